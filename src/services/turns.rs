//! Work that reads a record, changes it and writes it back, one after another: in the order in which it asked.
//!
//! A turn that is asked for must be waited for: whoever drops the wait lets those behind it pass.

use std::cell::RefCell;
use std::rc::Rc;

use super::arrival::Arrival;

/// Whose turn it is. Clones share it.
#[derive(Clone, Default)]
pub struct Turns(Rc<RefCell<Option<Rc<Arrival<()>>>>>);

/// A turn; it ends when it is dropped.
pub struct Turn(Rc<Arrival<()>>);

impl Turns {
    /// Waits until all turns asked for before have ended.
    pub async fn take(&self) -> Turn {
        let own = Turn(Rc::default());
        let before = self.0.borrow_mut().replace(own.0.clone());
        if let Some(before) = before {
            before.get().await;
        }
        own
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.arrive(());
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::pin::{Pin, pin};
    use std::task::{Context, Poll, Waker};

    use super::*;

    /// Reads a number, waits, and writes it back with one added.
    async fn add_one(turns: Turns, number: &Cell<u32>) {
        let _turn = turns.take().await;
        let read = number.get();
        let mut has_waited = false;
        std::future::poll_fn(|_| {
            let is_ready = std::mem::replace(&mut has_waited, true);
            if is_ready { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        number.set(read + 1);
    }

    #[test]
    fn nobody_writes_between_anothers_reading_and_writing() {
        let (turns, number) = (Turns::default(), Cell::new(0));
        let mut work: Vec<Pin<Box<dyn Future<Output = ()> + '_>>> =
            (0..3).map(|_| Box::pin(add_one(turns.clone(), &number)) as _).collect();
        let mut ctx = Context::from_waker(Waker::noop());
        for _ in 0..9 {
            work.retain_mut(|one| one.as_mut().poll(&mut ctx).is_pending());
        }
        assert_eq!((number.get(), work.len()), (3, 0));
        assert!(pin!(turns.take()).poll(&mut ctx).is_ready(), "it is free again");
    }
}
