//! From a file to a dataset: what is imported, what is chosen about it, what training learns from.
//!
//! The file stays the browser's; a worker reads it by chunks, the preview by slices. A dataset is shown
//! as ready once file, recipe and record are stored. Counts live on the shelf until the page is closed,
//! and are read again from the stored file when training asks for them after a reload.

mod reading;
mod previewing;
mod scanning;
mod taking_in;
mod keeping;
mod typing;
mod checking;
mod rows;
mod corpora;
mod labels;

use std::rc::Rc;

use drivers::{PassProgress, SESSIONS_PER_PASS};
use engine::dataset::LabelId;
use engine::num::ContentHash;
use jobs::Session;
use leptos::prelude::*;
use leptos::task::spawn_local;
use track::dataset::DatasetRef;

pub use self::keeping::Keeping;
pub use self::typing::Typing;
use super::Shared;
use super::audit::Check;
use super::dataset_records::{dataset_view, stored_source};
use super::dataset_rows::{FileRows, RowPlaces};
use super::draft::Draft;
pub use super::import::{Import, ReadyCounts};
use super::kept_datasets::KeptDatasets;
use super::loadable::{self, Loadable};
use super::refresh::Refresh;
use super::row_window::RowWindow;
use super::views::{DatasetView, ExtraRole, SetAsideView};
use crate::reactive::{Held, State};
use crate::services::files::{self, GivenFile, MadeOf, Unread};
use crate::services::pump::Pump;
use crate::services::store::Role;
use crate::services::{Services, clock, device};
pub(super) use corpora::Wanted;

/// Why the sample cannot be tried now.
const STUDY_UNDER_WAY: &str =
    "A study is under way: press Stop on the Train page, or wait until it has ended, and try again.";

/// Workers started before the first file comes: one reads it, and the first study begins on both.
const WORKERS_AHEAD: usize = 2;
/// When they are started, so that the page that takes a file is drawn before.
const WORKERS_AFTER_MS: i32 = 300;

/// What is to happen once a file was looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Choose,
    UseAndTrain,
}

/// What cannot stand in a signal: the file, the choices, the pass under way.
#[derive(Default)]
struct Desk {
    file: Option<GivenFile>,
    draft: Option<Draft>,
    scan: Option<Pump>,
    read: Option<Pump>,
    /// A read that training asked for; a new import does not end it.
    recount: Option<Pump>,
    /// A look for faults, or a read that mends some.
    check: Option<Pump>,
    /// A look for the places of rows.
    rows_scan: Option<Pump>,
    /// A read for the row numbers of its reviews.
    numbering: Option<Pump>,
    /// The places of rows in the file looked through last, by its hash.
    places: Option<(ContentHash, RowPlaces)>,
    /// The reviews of the dataset they were asked of last.
    rows: Option<(DatasetRef, Rc<FileRows>)>,
    counts: Option<ReadyCounts>,
    /// Rows of the file that are looked at.
    wanted: previewing::Wanted,
    /// Rows of the originals of the file read last that could not be read, by its hash.
    unread: Option<(ContentHash, Unread)>,
    /// A study is under way, and every blob on the shelf may be one of its own.
    is_studying: bool,
    n_sessions: u64,
    n_imports: u64,
    n_recounts: u64,
    n_checks: u64,
}

/// Import and dataset. `Copy`; from context by `use_lab`.
#[derive(Clone, Copy)]
pub struct Lab {
    /// How far the import is.
    pub import: State<Import>,
    /// Rows of the file being imported that were looked at.
    pub preview: State<RowWindow>,
    /// The dataset that training learns from: the last one used, also after a reload.
    pub dataset: State<Loadable<DatasetView>>,
    /// What reading it set aside; empty after a reload until it is read again.
    pub set_aside: State<SetAsideView>,
    /// Every dataset that is kept.
    pub kept: State<KeptDatasets>,
    /// How the last change of one of them went.
    pub keeping: State<Keeping>,
    /// What is typed and not yet used.
    pub typing: Typing,
    /// What is wrong with the dataset in use, once somebody asked.
    pub check: State<Check>,
    /// Counts up whenever the sample is ready and training is to begin by itself.
    pub(super) train_now: State<u32>,
    desk: Held<Desk>,
    refresh: Refresh,
    shared: Shared,
}

impl Lab {
    /// A page is shown that takes files: workers get ready for one.
    pub fn expect_a_file(self) {
        spawn_local(async move {
            clock::sleep(WORKERS_AFTER_MS).await;
            if let Some(services) = self.shared.try_get() {
                services.pool.warm_up(WORKERS_AHEAD);
            }
        });
    }

    /// Imports the sample reviews, uses them as they are, and lets training begin.
    pub fn open_sample(self) {
        let import = self.begin(files::SAMPLE_NAME.to_owned());
        if self.is_studying() {
            return self.fail(files::SAMPLE_NAME.to_owned(), STUDY_UNDER_WAY.to_owned());
        }
        spawn_local(async move {
            let fetched = files::fetch_sample(device::place_of("data-sample")).await;
            if self.is_current(import) {
                match fetched {
                    Ok(file) => self.open(file, Then::UseAndTrain),
                    Err(error) => self.fail(files::SAMPLE_NAME.to_owned(), error.to_string()),
                }
            }
        });
    }

    /// Opens the dataset in use again, to choose otherwise about its file: at once where its choices still lie here.
    pub fn reopen(self) {
        if self.import.with_untracked(|import| matches!(import, Import::Ready(_))) {
            return self.show_draft();
        }
        let Some(dataset) = self.dataset.with_untracked(|dataset| dataset.loaded().cloned()) else { return };
        let import = self.begin(dataset.name.clone());
        spawn_local(async move {
            let found = stored_source(&self.services().store, &dataset).await;
            if self.is_current(import) {
                match found {
                    Ok((blob, _)) => {
                        let unread = self.unread_of(&dataset);
                        let DatasetView { name, origin, originals, .. } = dataset;
                        let made_of = MadeOf { originals, unread, ..MadeOf::default() };
                        self.open(GivenFile { name, blob, origin, made_of }, Then::Choose);
                    }
                    Err(sentence) => self.fail(dataset.name, sentence),
                }
            }
        });
    }

    /// Forgets the file being imported; the dataset in use stays.
    pub fn close(self) {
        self.begin(String::new());
        self.import.set(Import::Idle);
    }

    /// Another column holds the reviews.
    pub fn set_text_column(self, column: u32) {
        self.choose(|draft| draft.set_text_column(column));
    }

    /// Another column holds the ratings.
    pub fn set_label_column(self, column: u32) {
        self.choose(|draft| draft.set_label_column(column));
    }

    /// Another column, or none, holds titles, dates or groups.
    pub fn set_extra(self, role: ExtraRole, column: Option<u32>) {
        self.choose(|draft| draft.set_extra(role, column));
    }

    /// A value of the rating column belongs to another class, or to none.
    pub fn set_class(self, value: &str, class: Option<LabelId>) {
        self.choose(|draft| draft.set_class(value, class));
    }

    /// Another class, for ratings to be moved to.
    pub fn add_class(self) {
        self.choose(Draft::add_class);
    }

    /// A class is gone; its ratings are left out.
    pub fn remove_class(self, class: LabelId) {
        self.choose(|draft| draft.remove_class(class));
    }

    /// A class is called otherwise.
    pub fn rename_class(self, class: LabelId, name: String) {
        self.choose(|draft| draft.rename_class(class, name));
    }

    /// Cells that read as missing are kept as text, or not.
    pub fn set_keep_missing(self, keep: bool) {
        self.choose(|draft| draft.set_keep_missing(keep));
    }

    /// Reads the file by what is chosen and stores it as the dataset to learn from.
    pub fn use_this_data(self) {
        self.read_chosen(Then::Choose);
    }

    /// Shows the last dataset used: after the page was opened, when a project file brought one, and when
    /// the tab that writes used another.
    async fn follow(self) {
        let services = self.services();
        let is_settled = || {
            self.dataset.with_untracked(Loadable::is_loaded)
                && services.store.role().get_untracked() != Role::Reader
        };
        self.show_kept().await;
        if is_settled() {
            return;
        }
        let all = self.all_datasets().await;
        let last = all.map(|all| all.iter().find(|dataset| dataset.is_active()).map(dataset_view));
        // A file may have been used meanwhile; and what is shown stays where it cannot be read again.
        if is_settled() || (last.is_err() && self.dataset.with_untracked(Loadable::is_loaded)) {
            return;
        }
        let last = Loadable::from_result(last);
        if self.dataset.with_untracked(|dataset| dataset.is_loaded() && *dataset != last) {
            self.set_aside.set(SetAsideView::default());
        }
        loadable::show(self.dataset, last);
    }

    /// Loads the dataset again after it could not be loaded.
    pub fn retry(self) {
        self.dataset.set(Loadable::Loading);
        self.refresh.retry();
    }

    fn services(self) -> Rc<Services> {
        self.shared.get()
    }

    /// A new import: whatever was under way is given up. Its number tells whether it is still wanted.
    fn begin(self, name: String) -> u64 {
        let (scan, read, import) = self
            .desk
            .update(|desk| {
                desk.n_imports += 1;
                (desk.scan.take(), desk.read.take(), desk.n_imports)
            })
            .expect("the desk lives as long as the app");
        scan.iter().for_each(Pump::abandon);
        read.iter().for_each(Pump::abandon);
        self.import.set(Import::Scanning { name, share: 0.0 });
        import
    }

    fn is_current(self, import: u64) -> bool {
        self.desk.with(|desk| desk.n_imports == import)
    }

    fn fail(self, name: String, sentence: String) {
        self.import.set(Import::Failed { name, sentence });
    }

    /// Changes a choice and shows it. While a file is read nothing can be changed.
    fn choose(self, change: impl FnOnce(&mut Draft)) {
        if self.import.with_untracked(Import::is_busy) {
            return;
        }
        self.desk.update(|desk| {
            if let Some(draft) = &mut desk.draft {
                change(draft);
            }
        });
        self.show_draft();
    }

    fn show_draft(self) {
        if let Some(view) = self.desk.with(|desk| desk.draft.as_ref().map(Draft::view)) {
            self.import.set(Import::Scanned(view));
        }
    }

    pub(in crate::state) fn next_session(self) -> Session {
        let first = self.desk.update(|desk| {
            desk.n_sessions += SESSIONS_PER_PASS;
            desk.n_sessions
        });
        Session(first.expect("the desk lives as long as the app"))
    }
}

pub(in crate::state) fn share_of(progress: PassProgress) -> f64 {
    if progress.total_bytes == 0 { 0.0 } else { progress.n_bytes as f64 / progress.total_bytes as f64 }
}

pub(super) fn provide_lab(shared: Shared) -> Lab {
    let handle: Held<Option<Lab>> = Held::new(None);
    let refresh = Refresh::new(shared, move || async move {
        if let Some(lab) = handle.get() {
            lab.follow().await;
        }
    });
    let lab = Lab {
        import: State::new(Import::Idle),
        preview: State::new(RowWindow::default()),
        dataset: State::new(Loadable::Loading),
        set_aside: State::new(SetAsideView::default()),
        check: State::new(Check::NotAsked),
        kept: State::new(KeptDatasets::default()),
        keeping: State::new(Keeping::Nothing),
        typing: Typing::new(),
        train_now: State::new(0),
        desk: Held::new(Desk::default()),
        refresh,
        shared,
    };
    handle.set(Some(lab));
    provide_context(lab);
    lab.typing.keep_from_now_on();
    refresh.want();
    lab
}

/// Import and dataset.
pub fn use_lab() -> Lab {
    use_context().expect("`provide_app_state` in `App` provides the lab")
}
