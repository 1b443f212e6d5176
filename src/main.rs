//! The module of page, worker and service worker; trunk builds it.

fn main() {
    reviewlab::start();
}
