//! The module of page and worker; trunk builds it.

fn main() {
    reviewlab::start();
}
