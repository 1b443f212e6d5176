//! A value that comes once, and those who wait for it: told together, whenever they asked.

use std::cell::{OnceCell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};

/// A value that comes once.
#[derive(Debug)]
pub struct Arrival<T> {
    value: OnceCell<T>,
    waiting: RefCell<Vec<Waker>>,
}

impl<T> Default for Arrival<T> {
    fn default() -> Self {
        Self { value: OnceCell::new(), waiting: RefCell::default() }
    }
}

impl<T> Arrival<T> {
    /// It is here. What comes after it is dropped.
    pub fn arrive(&self, value: T) {
        self.value.set(value).ok();
        wake(self.waiting.take());
    }

    /// The value, as soon as it is here.
    pub async fn get(&self) -> &T {
        poll_fn(|ctx| match self.value.get() {
            Some(value) => Poll::Ready(value),
            None => {
                self.waiting.borrow_mut().push(ctx.waker().clone());
                Poll::Pending
            }
        })
        .await
    }
}

fn wake(waiting: Vec<Waker>) {
    waiting.into_iter().for_each(Waker::wake);
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::Context;

    use super::*;

    #[test]
    fn who_asks_before_and_who_asks_after_get_the_first_value() {
        let arrival = Arrival::default();
        let mut ctx = Context::from_waker(Waker::noop());
        let mut early = pin!(arrival.get());
        assert!(early.as_mut().poll(&mut ctx).is_pending());
        arrival.arrive(1);
        arrival.arrive(2);
        assert_eq!(early.poll(&mut ctx), Poll::Ready(&1));
        assert_eq!(pin!(arrival.get()).poll(&mut ctx), Poll::Ready(&1));
    }
}
