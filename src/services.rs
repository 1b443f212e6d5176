//! Everything the app does outside its own memory: workers, storage, files, settings, time.
//!
//! Only these modules and `worker` touch web-sys. They know nothing of pages or signals but two: the
//! store's version, which changes whenever something was stored here or in another tab, and this tab's role.

pub mod clock;
pub mod settings;
pub mod files;
pub mod layout;
pub mod locks;
pub mod device;
pub mod wire;
pub mod schedule;
pub mod shelf;
pub mod pool;
pub mod store;
pub mod project;
pub mod pump;

use std::rc::Rc;

use pool::Pool;
use shelf::Shelf;
use store::StoreService;

/// What every part of the app shares; cheap to clone.
#[derive(Clone)]
pub struct Services {
    /// Records and blobs.
    pub store: Rc<StoreService>,
    /// Web workers.
    pub pool: Pool,
    /// Blobs that jobs need or brought.
    pub shelf: Shelf,
}

impl Services {
    /// Begins to open the store and to win the writer's lock; no worker is started before the first job.
    pub fn start() -> Self {
        let shelf = Shelf::default();
        Self { store: StoreService::start(), pool: Pool::of_page(shelf.clone()), shelf }
    }
}
