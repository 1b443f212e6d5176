//! Everything the app does outside its own memory: workers, storage, files, settings, time.
//!
//! Only these modules and `worker` touch web-sys. They know nothing of pages or signals but two: the
//! store's version, which changes whenever something was stored here or in another tab, and this tab's role.

pub mod clock;
pub mod settings;
pub mod files;
pub mod address;
pub mod layout;
pub mod focus;
pub mod words;
pub mod text_box;
pub mod locks;
pub mod device;
pub mod leaving;
pub mod later;
pub mod wire;
pub mod zones;
pub mod ticks;
pub mod notices;
pub mod due_notices;
pub mod offline;
pub mod requests;
pub mod schedule;
pub mod shelf;
pub mod arrival;
pub mod turns;
pub mod pool;
pub mod store;
pub mod folders;
pub mod project;
pub mod pump;

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use pool::Pool;
use shelf::Shelf;
use store::StoreService;
use track::id::RunId;

/// What every part of the app shares.
pub struct Services {
    /// Records and blobs.
    pub store: Rc<StoreService>,
    /// Web workers.
    pub pool: Pool,
    /// Blobs that jobs need or brought.
    pub shelf: Shelf,
    /// Work under way, to give up all of it.
    pub under_way: UnderWay,
    /// Studies that flow runs of this tab make: nobody else goes on with them.
    pub studies_of_flows: RefCell<Vec<RunId>>,
}

/// Work that can be given up.
pub trait Abandon {
    /// Its jobs are cancelled, nothing more is stored, nobody is told.
    fn abandon(&self);

    /// Whether it is not done yet.
    fn is_under_way(&self) -> bool;
}

/// All work under way.
#[derive(Default)]
pub struct UnderWay(RefCell<Vec<Weak<dyn Abandon>>>);

impl UnderWay {
    /// Work begins; it is forgotten when nobody holds it any more.
    pub fn add(&self, work: Weak<dyn Abandon>) {
        let mut all = self.0.borrow_mut();
        all.retain(|work| work.strong_count() > 0);
        all.push(work);
    }

    /// Whether any is not done yet.
    pub fn is_any(&self) -> bool {
        self.0.borrow().iter().filter_map(Weak::upgrade).any(|work| work.is_under_way())
    }

    /// Gives everything up.
    pub fn abandon_all(&self) {
        let all = self.0.take();
        all.iter().filter_map(Weak::upgrade).for_each(|work| work.abandon());
    }
}

impl Services {
    /// Begins to open the store and to win the writer's lock; no worker is started before the first job.
    pub fn start() -> Rc<Self> {
        let shelf = Shelf::default();
        let pool = Pool::of_page(shelf.clone());
        let under_way = UnderWay::default();
        Rc::new(Self {
            store: StoreService::start(),
            pool,
            shelf,
            under_way,
            studies_of_flows: RefCell::default(),
        })
    }
}
