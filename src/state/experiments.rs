//! Experiments: made, named, described, moved to the trash and brought back; and which of them new runs belong to.

use leptos::prelude::*;
use leptos::task::spawn_local;
use storage::{Batch, Order, Query, StoreError};
use track::experiment::{Experiment, Lifecycle, MAX_EXPERIMENT_NAME};
use track::id::ExperimentId;
use track::record::{Collection, Record};

use super::Shared;
use super::lab::Lab;
use super::loadable::{Loadable, show};
use super::refresh::Refresh;
use super::run_edits::MAX_NOTE_CHARS;
use crate::reactive::{Held, State};
use crate::services::clock;
use crate::services::store::StoreService;

/// Experiments that are listed.
const MAX_EXPERIMENTS: usize = 1_000;

/// An experiment, ready to show.
#[derive(Clone, Debug, PartialEq)]
pub struct ExperimentView {
    /// Its record.
    pub record: Experiment,
    /// Its runs that are not in the trash.
    pub n_runs: u64,
    /// New runs of the reviews in use belong to it.
    pub is_in_use: bool,
}

/// What is to become of an experiment.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// There is one of this name.
    Make(String),
    /// It is called this, and this is written about it.
    Describe(ExperimentId, String, String),
    /// It goes to the trash, or comes back.
    Lifecycle(ExperimentId, Lifecycle),
    /// New runs of the reviews in use belong to it.
    Use(ExperimentId),
}

/// Experiments. `Copy`; from context by `use_experiments`.
#[derive(Clone, Copy)]
pub struct Experiments {
    /// Newest first, those in the trash among them.
    pub all: State<Loadable<Vec<ExperimentView>>>,
    /// How the last wish went, in one sentence.
    pub said: State<String>,
    /// What was wrong with it.
    pub problem: State<Option<String>>,
    /// What takes it back, where that can be.
    pub undo: State<Option<Wish>>,
    lab: Lab,
    refresh: Refresh,
    shared: Shared,
}

impl Experiments {
    /// A page shows them: they are read, and kept true.
    pub fn want(self) {
        self.refresh.want();
    }

    /// Reads again after they could not be read.
    pub fn retry(self) {
        self.refresh.retry();
    }

    /// Does what is wished, and calls `then` once it is done; what was wrong is told by `problem`.
    pub fn wish(self, wish: Wish, then: impl FnOnce() + 'static) {
        let then: Box<dyn FnOnce()> = Box::new(then);
        spawn_local(async move {
            let file = self.lab.dataset.with_untracked(|data| data.loaded().map(|data| data.name.clone()));
            let granted = self.grant(&wish, file.as_deref()).await;
            self.problem.set(granted.as_ref().err().cloned());
            self.undo.set(granted.is_ok().then(|| opposite(&wish)).flatten());
            let is_granted = granted.is_ok();
            self.said.set(granted.unwrap_or_default());
            if is_granted {
                then();
            }
        });
    }

    async fn grant(self, wish: &Wish, file: Option<&str>) -> Result<String, String> {
        let store = &self.shared.get().store;
        let _turn = store.turn().await;
        let all = list(store).await.map_err(|error| error.to_string())?;
        let now = clock::now();
        let make = |name: &str| Experiment::named(name, ExperimentId::new(now, clock::entropy()), now);
        let (records, said) = granted(&all, wish, file, make)?;
        let records = records.into_iter().map(Record::Experiment).collect();
        let written = store.write(Batch { records, blobs: Vec::new() }).await;
        written.map(|()| said).map_err(|error| error.to_string())
    }

    async fn load(self) {
        let store = &self.shared.get().store;
        let file = self.lab.dataset.with_untracked(|data| data.loaded().map(|data| data.name.clone()));
        let found = async {
            let mut views = Vec::new();
            for record in list(store).await? {
                let n_runs = store.count(&Query::RunsOfExperiment(record.id.clone())).await?;
                let is_in_use = file.as_ref().is_some_and(|file| record.is_about(file));
                views.push(ExperimentView { record, n_runs, is_in_use });
            }
            Ok::<_, StoreError>((!views.is_empty()).then_some(views))
        };
        show(self.all, Loadable::from_result(found.await));
    }
}

async fn list(store: &StoreService) -> Result<Vec<Experiment>, StoreError> {
    let all = Query::All(Collection::Experiments);
    let records = store.list(&all, Order::Descending, MAX_EXPERIMENTS).await?;
    Ok(records
        .into_iter()
        .filter_map(|record| if let Record::Experiment(found) = record { Some(found) } else { None })
        .collect())
}

/// The wish that takes a wish back.
fn opposite(wish: &Wish) -> Option<Wish> {
    match wish {
        Wish::Lifecycle(id, Lifecycle::Deleted) => Some(Wish::Lifecycle(id.clone(), Lifecycle::Active)),
        _ => None,
    }
}

/// The records that a wish changes, and what is said of it.
fn granted(
    all: &[Experiment],
    wish: &Wish,
    file: Option<&str>,
    make: impl Fn(&str) -> Experiment,
) -> Result<(Vec<Experiment>, String), String> {
    let find = |id: &ExperimentId| {
        let found = all.iter().find(|known| known.id == *id).cloned();
        found.ok_or("This experiment is no longer on this device: reload the page.".to_owned())
    };
    Ok(match wish {
        Wish::Make(name) => {
            let name = free_name(all, name, None)?;
            let said = format!("Made the experiment '{name}'.");
            (vec![make(&name)], said)
        }
        Wish::Describe(id, name, note) => {
            let name = free_name(all, name, Some(id))?;
            let note = note.trim().chars().take(MAX_NOTE_CHARS).collect();
            let said = format!("'{name}' is kept.");
            (vec![Experiment { note, ..find(id)?.renamed(&name) }], said)
        }
        Wish::Lifecycle(id, Lifecycle::Deleted) => {
            let experiment = find(id)?;
            let said = format!("Moved '{}' and its runs to the trash.", experiment.name);
            (vec![Experiment { lifecycle: Lifecycle::Deleted, ..experiment }], said)
        }
        Wish::Lifecycle(id, Lifecycle::Active) => {
            let experiment = find(id)?;
            // Another may have got its name meanwhile.
            let name = free_name(all, &experiment.name, Some(id));
            let name =
                name.or_else(|_| free_name(all, &format!("{} (restored)", experiment.name), Some(id)))?;
            let experiment = if name == experiment.name { experiment } else { experiment.renamed(&name) };
            let (restored, taken) = experiment.restored(all);
            let stays = taken.map(|taken| format!(" New runs of its file stay with '{}'.", taken.name));
            (vec![restored], format!("'{name}' is back.{}", stays.unwrap_or_default()))
        }
        Wish::Use(id) => {
            let file = file.ok_or("There is no data yet: choose a file or try the sample reviews.")?;
            let chosen = find(id)?;
            let said = format!("New runs on '{file}' belong to '{}' from now on.", chosen.name);
            let others = all.iter().filter(|known| known.id != *id && known.is_about(file)).cloned();
            let others = others.map(|other| other.with_runs_of(file, false));
            (others.chain([chosen.with_runs_of(file, true)]).collect(), said)
        }
    })
}

/// A name that no other active experiment has.
fn free_name(all: &[Experiment], name: &str, own: Option<&ExperimentId>) -> Result<String, String> {
    let name: String = name.trim().chars().filter(|c| !c.is_control()).take(MAX_EXPERIMENT_NAME).collect();
    if name.is_empty() {
        return Err("An experiment needs a name: type one.".to_owned());
    }
    let is_taken = |other: &Experiment| {
        other.lifecycle == Lifecycle::Active && Some(&other.id) != own && other.name == name
    };
    if all.iter().any(is_taken) {
        return Err(format!("There is an experiment called '{name}' already: choose another name."));
    }
    Ok(name)
}

pub(super) fn provide_experiments(shared: Shared, lab: Lab) {
    let handle: Held<Option<Experiments>> = Held::new(None);
    let refresh = Refresh::new(shared, move || async move {
        if let Some(experiments) = handle.get() {
            experiments.load().await;
        }
    });
    let experiments = Experiments {
        all: State::new(Loadable::Loading),
        said: State::new(String::new()),
        problem: State::new(None),
        undo: State::new(None),
        lab,
        refresh,
        shared,
    };
    handle.set(Some(experiments));
    provide_context(experiments);
}

/// Experiments.
pub fn use_experiments() -> Experiments {
    use_context().expect("`provide_app_state` in `App` provides the experiments")
}

#[cfg(test)]
mod tests {
    use track::id::Millis;

    use super::*;

    fn id(name: &str) -> ExperimentId {
        ExperimentId(name.into())
    }

    fn make(name: &str) -> Experiment {
        Experiment::named(name, id(name), Millis(1))
    }

    fn known() -> Vec<Experiment> {
        let deleted = Experiment { lifecycle: Lifecycle::Deleted, ..make("old") };
        vec![make("spring"), deleted, Experiment::about("reviews.csv", id("reviews"), Millis(1))]
    }

    /// Names of what a wish changes, or what is wrong with it.
    #[track_caller]
    fn check(wish: Wish, expected: Result<&str, &str>) {
        let names = granted(&known(), &wish, Some("reviews.csv"), make).map(|(records, _)| {
            let name = |record: &Experiment| {
                let mark = if record.is_about("reviews.csv") { "*" } else { "" };
                let gone = if record.lifecycle == Lifecycle::Deleted { "-" } else { "" };
                format!("{gone}{}{mark}", record.name)
            };
            records.iter().map(name).collect::<Vec<_>>().join(" ")
        });
        match (names, expected) {
            (Ok(names), Ok(expected)) => assert_eq!(names, expected),
            (Err(said), Err(expected)) => assert!(said.contains(expected), "{said}"),
            (found, _) => panic!("{found:?}, not {expected:?}"),
        }
    }

    #[test]
    fn names_are_given_once() {
        check(Wish::Make(" autumn ".into()), Ok("autumn"));
        check(Wish::Make("spring".into()), Err("already"));
        check(Wish::Make("old".into()), Ok("old"));
        check(Wish::Make(" ".into()), Err("needs a name"));
        check(Wish::Describe(id("spring"), "spring".into(), String::new()), Ok("spring"));
        check(Wish::Describe(id("spring"), "reviews".into(), String::new()), Err("already"));
        check(Wish::Describe(id("nobody"), "x".into(), String::new()), Err("no longer"));
    }

    #[test]
    fn a_file_keeps_its_experiment_through_names() {
        check(Wish::Describe(id("reviews"), "summer".into(), "n".into()), Ok("summer*"));
    }

    #[test]
    fn new_runs_of_a_file_belong_to_one_experiment() {
        check(Wish::Use(id("spring")), Ok("reviews spring*"));
        check(Wish::Use(id("reviews")), Ok("reviews*"));
        assert!(granted(&known(), &Wish::Use(id("spring")), None, make).is_err());
    }

    #[test]
    fn what_is_deleted_comes_back_under_a_name_of_its_own() {
        check(Wish::Lifecycle(id("spring"), Lifecycle::Deleted), Ok("-spring"));
        check(Wish::Lifecycle(id("old"), Lifecycle::Active), Ok("old"));
        let taken =
            [make("old"), Experiment { id: id("gone"), lifecycle: Lifecycle::Deleted, ..make("old") }];
        let wish = Wish::Lifecycle(id("gone"), Lifecycle::Active);
        let (records, _) = granted(&taken, &wish, None, make).unwrap();
        assert_eq!(records[0].name, "old (restored)");
    }

    #[test]
    fn what_comes_back_leaves_new_runs_where_they_are() {
        let about = |id: &str| Experiment::about("reviews.csv", ExperimentId(id.into()), Millis(1));
        let all = [about("now"), Experiment { lifecycle: Lifecycle::Deleted, ..about("gone") }];
        let wish = Wish::Lifecycle(id("gone"), Lifecycle::Active);
        let (records, said) = granted(&all, &wish, None, make).unwrap();
        assert!(!records[0].is_about("reviews.csv"), "'now' has them");
        assert_eq!(said, "'reviews (restored)' is back. New runs of its file stay with 'reviews'.");
    }
}
