//! Reading again when the store changed: at once, then not more often than every `MIN_GAP_MS`.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Shared;
use crate::reactive::{State, follow};
use crate::services::clock;

/// A study stores many times a second; a table that follows need not.
const MIN_GAP_MS: i32 = 300;

/// One type for all, so that what follows is compiled once.
type Load = Box<dyn Fn() -> Pin<Box<dyn Future<Output = ()>>>>;

/// Calls `load` when a page wants it, and again after every change of the store while one does.
///
/// `load` is awaited before the next one begins.
#[derive(Clone, Copy)]
pub struct Refresh {
    n_wanting: State<u32>,
    again: State<u64>,
}

impl Refresh {
    /// `load` for as long as the current owner lives.
    pub(super) fn new<F, Fut>(shared: Shared, load: F) -> Self
    where
        F: Fn() -> Fut + 'static,
        Fut: Future<Output = ()> + 'static,
    {
        Self::of(shared, Box::new(move || Box::pin(load())))
    }

    fn of(shared: Shared, load: Load) -> Self {
        let refresh = Self { n_wanting: State::new(0), again: State::new(0) };
        let version = shared.get().store.version();
        let load = Rc::new(load);
        let is_loading = Rc::new(Cell::new(false));
        let is_stale = Rc::new(Cell::new(false));
        follow(move || {
            version.track();
            refresh.again.track();
            is_stale.set(true);
            if refresh.n_wanting.get() == 0 {
                return;
            }
            if is_loading.replace(true) {
                return;
            }
            let (load, is_loading, is_stale) = (load.clone(), is_loading.clone(), is_stale.clone());
            spawn_local(async move {
                while is_stale.replace(false) {
                    load().await;
                    clock::sleep(MIN_GAP_MS).await;
                }
                is_loading.set(false);
            });
        });
        refresh
    }

    /// A page shows it: read it, and keep it true until the page's owner is gone.
    pub fn want(self) {
        self.n_wanting.update(|n_wanting| *n_wanting += 1);
        on_cleanup(move || {
            // With the app itself this is gone, too.
            self.n_wanting.try_update(|n_wanting| *n_wanting = n_wanting.saturating_sub(1));
        });
    }

    /// Read it again now.
    pub fn retry(self) {
        self.again.update(|times| *times += 1);
    }
}
