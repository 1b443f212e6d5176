//! Settings of studies kept under a name, and settings that come with a link.

use engine::tune::StudySpec;
use leptos::prelude::*;
use leptos::task::spawn_local;
use storage::{Batch, Order, Query};
use track::experiment::Lifecycle;
use track::id::{Millis, SavedId};
use track::record::{Collection, Record};
use track::saved::{Saved, SavedContent};

use super::Shared;
use super::loadable::{self, Loadable};
use super::refresh::Refresh;
use super::study_form::StudyForm;
use super::study_link;
use super::training::Training;
use crate::reactive::{Held, State};
use crate::services::{address, clock, device};

/// Most things kept under a name that are looked at.
const MAX_KEPT: usize = 500;
/// Longest name, in characters.
const MAX_NAME_CHARS: usize = 80;
/// Begins the part of an address that holds settings.
const LINK_MARK: &str = "settings=";

/// Settings kept under a name.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptStudy {
    /// Its record.
    pub id: SavedId,
    /// Its name.
    pub name: String,
    /// When it was kept first.
    pub created: Millis,
    /// The study as the form asked for it.
    pub study: StudySpec,
}

impl KeptStudy {
    fn of(record: Record) -> Option<Self> {
        let Record::Saved(Saved { id, created, name, lifecycle: Lifecycle::Active, content, .. }) = record
        else {
            return None;
        };
        match content {
            SavedContent::Study { study } => Some(Self { id, name, created, study }),
            SavedContent::Cleaning { .. } | SavedContent::RunsView { .. } | SavedContent::Board { .. } => {
                None
            }
        }
    }

    fn saved(&self, lifecycle: Lifecycle) -> Saved {
        let content = SavedContent::Study { study: self.study.clone() };
        Saved { lifecycle, ..Saved::new(&self.name, content, self.id.clone(), self.created) }
    }
}

/// What is kept, and what was said about it. `Copy`; from context by `use_kept_studies`.
#[derive(Clone, Copy)]
pub struct KeptStudies {
    /// What is kept, the newest first.
    pub kept: State<Loadable<Vec<KeptStudy>>>,
    /// How the last wish went, in one sentence.
    pub said: State<String>,
    /// What went wrong with it.
    pub problem: State<Option<String>>,
    /// What was deleted last, to be taken back.
    pub deleted: State<Option<KeptStudy>>,
    training: Training,
    refresh: Refresh,
    shared: Shared,
}

impl KeptStudies {
    /// A page shows them: they are read, and kept true.
    pub fn want(self) {
        self.refresh.want();
    }

    /// Keeps what the form asks for under a name; settings of that name are replaced.
    pub fn keep(self, name: &str) {
        let Some(name) = clean(name) else {
            return self.problem.set(Some("Type a name under which to keep these settings.".to_owned()));
        };
        let checked = self.training.checked.get_untracked();
        if let Some(problem) = checked.problems.first() {
            return self.problem.set(Some(format!("Mend these settings first: {}", problem.sentence)));
        }
        let known = self.find(|kept| kept.name == name);
        let (id, created) = known.map_or_else(new_id, |known| (known.id, known.created));
        let said = format!("Saved as '{name}'.");
        self.store(KeptStudy { id, name, created, study: checked.study }, Lifecycle::Active, said);
    }

    /// The form becomes what is kept.
    pub fn open(self, id: &SavedId) {
        if let Some(kept) = self.find(|kept| kept.id == *id) {
            self.training.form.set(StudyForm::of(&kept.study));
            self.tell(Ok(format!("The form is as '{}' says.", kept.name)));
        }
    }

    /// Keeps the same once more under another name.
    pub fn copy(self, id: &SavedId) {
        let Some(kept) = self.find(|kept| kept.id == *id) else { return };
        let taken = |name: &str| self.find(|other| other.name == name).is_some();
        let name = copy_name(&kept.name, taken);
        let (id, created) = new_id();
        let said = format!("Copied as '{name}'.");
        self.store(KeptStudy { id, name, created, ..kept }, Lifecycle::Active, said);
    }

    /// Keeps it under another name, and calls `then` once it is.
    pub fn rename(self, id: &SavedId, name: &str, then: impl FnOnce() + 'static) {
        let Some(kept) = self.find(|kept| kept.id == *id) else { return };
        match new_name(name, |name| self.find(|other| other.name == name && other.id != *id).is_some()) {
            Ok(name) => {
                let said = format!("'{}' is called '{name}' now.", kept.name);
                self.store_then(KeptStudy { name, ..kept }, Lifecycle::Active, said, Box::new(then));
            }
            Err(sentence) => self.tell(Err(sentence)),
        }
    }

    /// Puts it away; `take_back` brings it again.
    pub fn delete(self, id: &SavedId) {
        let Some(kept) = self.find(|kept| kept.id == *id) else { return };
        self.deleted.set(Some(kept.clone()));
        let said = format!("Deleted '{}'.", kept.name);
        self.store(kept, Lifecycle::Deleted, said);
    }

    /// Brings back what was deleted last.
    pub fn take_back(self) {
        if let Some(kept) = self.deleted.try_update(Option::take).flatten() {
            let said = format!("'{}' is back.", kept.name);
            self.store(kept, Lifecycle::Active, said);
        }
    }

    /// A link that opens the form as it stands; it holds nothing of the data.
    pub fn link(self) -> String {
        let settings = self.training.checked.with(|checked| study_link::encode(&checked.study));
        address::whole(&format!("/train#{LINK_MARK}{settings}"))
    }

    /// Puts that link on the clipboard.
    pub fn copy_link(self) {
        let link = untrack(|| self.link());
        spawn_local(async move {
            self.tell(match device::copy(&link).await {
                true => {
                    Ok("The link is on the clipboard. It holds the settings and nothing of the data."
                        .to_owned())
                }
                false => {
                    Err("The browser gives no access to the clipboard: copy the link from its field."
                        .to_owned())
                }
            });
        });
    }

    /// Takes over the settings that the address holds, if it holds any, and says so; the address is then without.
    pub fn take_link(self) {
        let Some(settings) = address::take_fragment(LINK_MARK) else { return };
        self.tell(match study_link::decode(&settings) {
            Ok(_) if self.training.is_running() => {
                Err("A study is under way: open the link again when it has ended.".to_owned())
            }
            Ok(study) => {
                self.training.form.set(StudyForm::of(&study));
                Ok("These settings came with a link: look at them, then start.".to_owned())
            }
            Err(error) => Err(error.to_string()),
        });
    }

    /// Reads again what could not be read.
    pub fn retry(self) {
        self.refresh.retry();
    }

    fn find(self, fits: impl Fn(&KeptStudy) -> bool) -> Option<KeptStudy> {
        self.kept
            .with_untracked(|kept| kept.loaded().and_then(|kept| kept.iter().find(|one| fits(one)).cloned()))
    }

    fn tell(self, outcome: Result<String, String>) {
        self.said.set(outcome.as_ref().cloned().unwrap_or_default());
        self.problem.set(outcome.err());
    }

    fn store(self, kept: KeptStudy, lifecycle: Lifecycle, said: String) {
        self.store_then(kept, lifecycle, said, Box::new(|| ()));
    }

    fn store_then(self, kept: KeptStudy, lifecycle: Lifecycle, said: String, then: Box<dyn FnOnce()>) {
        let record = Record::Saved(kept.saved(lifecycle));
        spawn_local(async move {
            let batch = Batch { records: vec![record], blobs: Vec::new() };
            let written = self.shared.get().store.write(batch).await;
            let is_written = written.is_ok();
            self.tell(written.map(|()| said).map_err(|error| error.to_string()));
            if is_written {
                then();
            }
        });
    }

    async fn load(self) {
        let all = Query::All(Collection::Saved);
        let found = self.shared.get().store.list(&all, Order::Descending, MAX_KEPT).await;
        let found = found.map(|records| Some(records.into_iter().filter_map(KeptStudy::of).collect()));
        loadable::show(self.kept, Loadable::from_result(found));
    }
}

fn new_id() -> (SavedId, Millis) {
    let now = clock::now();
    (SavedId::new(now, clock::entropy()), now)
}

/// A name as it is kept; none where nothing is left of it.
fn clean(name: &str) -> Option<String> {
    let kept: String = name.trim().chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS).collect();
    (!kept.is_empty()).then_some(kept)
}

/// A typed name as it is kept, or why it cannot be.
fn new_name(name: &str, taken: impl Fn(&str) -> bool) -> Result<String, String> {
    let Some(name) = clean(name) else { return Err("Type a name for these settings.".to_owned()) };
    match taken(&name) {
        true => Err(format!("There are settings called '{name}' already: type another name.")),
        false => Ok(name),
    }
}

/// `Mine copy`, `Mine copy 2`, …: the first that is not taken.
fn copy_name(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let numbered = |number: u32| match number {
        1 => format!("{name} copy"),
        _ => format!("{name} copy {number}"),
    };
    // There are at most `MAX_KEPT` names to be taken.
    (1..).map(numbered).find(|name| !taken(name)).unwrap_or_default()
}

pub(super) fn provide_kept_studies(shared: Shared, training: Training) {
    let handle: Held<Option<KeptStudies>> = Held::new(None);
    let refresh = Refresh::new(shared, move || async move {
        if let Some(kept) = handle.get() {
            kept.load().await;
        }
    });
    let kept = KeptStudies {
        kept: State::new(Loadable::Loading),
        said: State::new(String::new()),
        problem: State::new(None),
        deleted: State::new(None),
        training,
        refresh,
        shared,
    };
    handle.set(Some(kept));
    provide_context(kept);
}

/// What is kept.
pub fn use_kept_studies() -> KeptStudies {
    use_context().expect("`provide_app_state` in `App` provides kept studies")
}

#[cfg(test)]
mod tests {
    use engine::models::ModelKind;
    use engine::tune::StudyPreset;

    use super::*;

    fn kept() -> KeptStudy {
        KeptStudy {
            id: SavedId::new(Millis(7), [1; 10]),
            name: "mine".into(),
            created: Millis(7),
            study: StudyPreset::Balanced.study(&ModelKind::ALL, 7),
        }
    }

    #[test]
    fn what_is_kept_is_read_again_and_what_was_deleted_is_not() {
        assert_eq!(KeptStudy::of(Record::Saved(kept().saved(Lifecycle::Active))), Some(kept()));
        assert_eq!(KeptStudy::of(Record::Saved(kept().saved(Lifecycle::Deleted))), None);
        let steps = Saved::new("c", SavedContent::Cleaning { steps: Vec::new() }, kept().id, Millis(7));
        assert_eq!(KeptStudy::of(Record::Saved(steps)), None);
    }

    #[test]
    fn a_copy_has_a_name_of_its_own() {
        assert_eq!(copy_name("mine", |_| false), "mine copy");
        assert_eq!(copy_name("mine", |name| ["mine copy", "mine copy 2"].contains(&name)), "mine copy 3");
    }

    #[test]
    fn a_new_name_is_one_that_no_other_has() {
        assert_eq!(new_name(" shop ", |_| false), Ok("shop".to_owned()));
        assert!(new_name("shop", |_| true).is_err_and(|why| why.contains("'shop' already")));
        assert!(new_name("  ", |_| false).is_err());
    }

    #[test]
    fn a_name_is_never_empty_nor_endless() {
        assert_eq!(clean(" \n"), None);
        assert_eq!(clean(" a\u{7}b ").as_deref(), Some("ab"));
        assert_eq!(clean(&"x".repeat(500)).map(|name| name.len()), Some(MAX_NAME_CHARS));
    }
}
