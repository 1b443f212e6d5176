//! What people change in runs that have ended: name, note, tags, and whether they are in the trash. Each change can be
//! taken back.

use engine::num::SortedMap;
use leptos::prelude::*;
use leptos::task::spawn_local;
use storage::{Batch, Order, Query, StoreError};
use track::experiment::Lifecycle;
use track::id::RunId;
use track::record::{Collection, Record};
use track::run::{Run, RunKind};

use super::Shared;
use super::format;
use super::runs::runs_of;
use crate::reactive::State;
use crate::services::store::StoreService;

/// Runs below one study that follow it into the trash and out of it.
const MAX_NESTED: usize = 50_000;
/// Longest name of a run and of a tag, and longest value of a tag, in characters.
pub const MAX_WORD_CHARS: usize = 200;
/// Longest note, in characters.
pub const MAX_NOTE_CHARS: usize = 20_000;

const BUSY: &str = "A run that is under way cannot be changed: press Stop, or wait until it has ended.";

/// What is to become of runs.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// They are called this.
    Name(String),
    /// This is written about them.
    Note(String),
    /// They have this tag.
    Tag(String, String),
    /// They have this tag no more.
    Untag(String),
    /// They go to the trash, or come back.
    Lifecycle(Lifecycle),
}

/// How the last change went.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Edited {
    /// None was made.
    #[default]
    Nothing,
    /// Under way.
    Busy,
    /// Done, in one sentence; how runs were before it.
    Done(String, Vec<Before>),
    /// What is wrong, in one sentence.
    Failed(String),
}

/// What a person can change in a run, as it was before a change.
#[derive(Clone, Debug, PartialEq)]
pub struct Before {
    id: RunId,
    name: String,
    note: String,
    tags: SortedMap<String, String>,
    lifecycle: Lifecycle,
}

impl Before {
    fn of(run: &Run) -> Self {
        Self {
            id: run.id.clone(),
            name: run.name.clone(),
            note: run.note.clone(),
            tags: run.tags.clone(),
            lifecycle: run.lifecycle,
        }
    }

    fn put_back(self, run: Run) -> Run {
        let Self { name, note, tags, lifecycle, .. } = self;
        Run { name, note, tags, lifecycle, ..run }
    }
}

/// Runs as they were before a change, and how many of them are under way again: their driver would write its own over it.
fn put_back(found: Vec<(Before, Run)>) -> (Vec<Record>, usize) {
    let n_found = found.len();
    let ended = found.into_iter().filter(|(_, run)| run.has_ended());
    let records: Vec<Record> = ended.map(|(before, run)| Record::Run(before.put_back(run))).collect();
    let n_busy = n_found - records.len();
    (records, n_busy)
}

/// What is said after a change was taken back, but for runs under way.
fn undone_words(n_put_back: usize, n_busy: usize) -> Result<String, String> {
    match (n_put_back, n_busy) {
        (_, 0) => Ok("It is as it was before.".to_owned()),
        (0, _) => Err(BUSY.to_owned()),
        (_, n_busy) => Ok(format!("It is as it was before. {} under way again and stayed.", n_of(n_busy))),
    }
}

impl Change {
    /// The same within its bounds.
    ///
    /// # Errors
    /// One sentence where nothing is left of it.
    fn checked(self) -> Result<Self, String> {
        let cut = |text: &str, n_chars: usize| text.trim().chars().take(n_chars).collect::<String>();
        Ok(match self {
            Self::Name(name) => match cut(&name, MAX_WORD_CHARS) {
                name if name.is_empty() => return Err("A run needs a name: type one.".to_owned()),
                name => Self::Name(name),
            },
            Self::Note(note) => Self::Note(note.chars().take(MAX_NOTE_CHARS).collect()),
            Self::Tag(name, value) => match cut(&name, MAX_WORD_CHARS) {
                name if name.is_empty() => {
                    return Err("A tag needs a name, such as team: type one.".to_owned());
                }
                name => Self::Tag(name, cut(&value, MAX_WORD_CHARS)),
            },
            Self::Untag(_) | Self::Lifecycle(_) => self,
        })
    }

    fn make(&self, run: &mut Run) {
        match self {
            Self::Name(name) => run.name.clone_from(name),
            Self::Note(note) => run.note.clone_from(note),
            Self::Tag(name, value) => drop(run.tags.insert(name.clone(), value.clone())),
            Self::Untag(name) => drop(run.tags.remove(name)),
            Self::Lifecycle(lifecycle) => run.lifecycle = *lifecycle,
        }
    }

    /// What was done, of `n_runs` that were asked for, `n_busy` of which are under way.
    fn done(&self, n_runs: usize, n_busy: usize) -> String {
        if n_runs == 0 && n_busy == 0 {
            return "No run was changed: they are as was asked already, or are gone.".to_owned();
        }
        let runs = format::counted(n_runs as u64, "run", "runs");
        let are = if n_runs == 1 { "is" } else { "are" };
        let done = match self {
            Self::Name(name) => format!("The run is called {name} now."),
            Self::Note(_) => "The note is kept.".to_owned(),
            Self::Tag(name, _) => format!("Tagged {runs} with {name}."),
            Self::Untag(name) => format!("Took the tag {name} off {runs}."),
            Self::Lifecycle(Lifecycle::Deleted) => format!("Moved {runs} to the trash."),
            Self::Lifecycle(Lifecycle::Active) => format!("{runs} {are} back."),
        };
        match n_busy {
            0 => done,
            _ => format!("{done} {} still under way and stayed.", n_of(n_busy)),
        }
    }

    /// Whether it reaches what is nested in a study, too.
    fn goes_deep(&self) -> bool {
        matches!(self, Self::Lifecycle(_))
    }
}

fn n_of(n_runs: usize) -> String {
    if n_runs == 1 { "One is".to_owned() } else { format!("{n_runs} are") }
}

/// Changes of runs. `Copy`; from context by `use_run_edits`.
#[derive(Clone, Copy)]
pub struct RunEdits {
    /// How the last one went.
    pub edited: State<Edited>,
    shared: Shared,
}

impl RunEdits {
    /// Changes these runs.
    pub fn change(self, ids: Vec<RunId>, change: Change) {
        self.change_then(ids, change, || ());
    }

    /// The same, and calls `then` once it is stored.
    pub fn change_then(self, ids: Vec<RunId>, change: Change, then: impl FnOnce() + 'static) {
        let then: Box<dyn FnOnce()> = Box::new(then);
        self.edited.set(Edited::Busy);
        spawn_local(async move {
            let changed = self.changed(ids, change).await;
            let is_done = changed.is_ok();
            self.edited.set(changed.unwrap_or_else(Edited::Failed));
            if is_done {
                then();
            }
        });
    }

    /// Takes the last change back.
    pub fn undo(self) {
        let Edited::Done(_, before) = self.edited.get_untracked() else { return };
        self.edited.set(Edited::Busy);
        spawn_local(async move {
            let undone = self.put_back(before).await.map_err(|error| error.to_string());
            let undone = undone.and_then(|(n_put_back, n_busy)| undone_words(n_put_back, n_busy));
            self.edited.set(match undone {
                Ok(said) => Edited::Done(said, Vec::new()),
                Err(sentence) => Edited::Failed(sentence),
            });
        });
    }

    /// Forgets how the last change went.
    pub fn reset(self) {
        self.edited.set_if_new(Edited::Nothing);
    }

    async fn changed(self, ids: Vec<RunId>, change: Change) -> Result<Edited, String> {
        let change = change.checked()?;
        let store = &self.shared.get().store;
        let _turn = store.turn().await;
        let found = found(store, &ids, change.goes_deep()).await.map_err(|error| error.to_string())?;
        let n_found = found.len();
        // A name and a note may be given while a run is under way, but its driver would write its own over them.
        let (ended, busy): (Vec<Run>, Vec<Run>) = found.into_iter().partition(Run::has_ended);
        let mut before = Vec::new();
        let mut records = Vec::new();
        for mut run in ended {
            let was = Before::of(&run);
            change.make(&mut run);
            if Before::of(&run) != was {
                before.push(was);
                records.push(Record::Run(run));
            }
        }
        if n_found == 0 {
            return Err("These runs are no longer on this device.".to_owned());
        }
        if before.is_empty() && !busy.is_empty() {
            return Err(BUSY.to_owned());
        }
        let said = change.done(before.len(), busy.len());
        let batch = Batch { records, blobs: Vec::new() };
        store.write(batch).await.map_err(|error| error.to_string())?;
        Ok(Edited::Done(said, before))
    }

    /// How many runs were put back, and how many are under way again.
    async fn put_back(self, before: Vec<Before>) -> Result<(usize, usize), StoreError> {
        let store = &self.shared.get().store;
        let _turn = store.turn().await;
        let mut found = Vec::new();
        for before in before {
            if let Some(Record::Run(run)) = store.get(Collection::Runs, before.id.as_str()).await? {
                found.push((before, run));
            }
        }
        let (records, n_busy) = put_back(found);
        let n_put_back = records.len();
        store.write(Batch { records, blobs: Vec::new() }).await?;
        Ok((n_put_back, n_busy))
    }
}

/// The runs, each once, and what is nested in them where that is asked for.
async fn found(store: &StoreService, ids: &[RunId], goes_deep: bool) -> Result<Vec<Run>, StoreError> {
    let mut found: SortedMap<RunId, Run> = SortedMap::new();
    for id in ids {
        let Some(Record::Run(run)) = store.get(Collection::Runs, id.as_str()).await? else { continue };
        if goes_deep && run.kind == RunKind::Study {
            let nested = Query::RunsOfParent(run.id.clone());
            let nested = store.list(&nested, Order::Ascending, MAX_NESTED).await?;
            found.extend(runs_of(nested).into_iter().map(|run| (run.id.clone(), run)));
        }
        found.insert(run.id.clone(), run);
    }
    Ok(found.into_values().collect())
}

pub(super) fn provide_run_edits(shared: Shared) {
    provide_context(RunEdits { edited: State::new(Edited::Nothing), shared });
}

/// Changes of runs.
pub fn use_run_edits() -> RunEdits {
    use_context().expect("`provide_app_state` in `App` provides the changes of runs")
}

#[cfg(test)]
mod tests {
    use track::run::RunState;

    use super::*;
    use crate::state::comparison::samples::run;

    #[test]
    fn words_have_bounds() {
        let tag = |name: &str, value: &str| Change::Tag(name.into(), value.into());
        assert_eq!(tag(" team ", " a ").checked(), Ok(tag("team", "a")));
        assert_eq!(tag("team", "").checked(), Ok(tag("team", "")));
        assert!(tag("  ", "a").checked().is_err());
        assert!(Change::Name(" ".into()).checked().is_err());
        let long = Change::Name("x".repeat(999)).checked();
        assert_eq!(long, Ok(Change::Name("x".repeat(MAX_WORD_CHARS))));
    }

    #[test]
    fn a_run_under_way_again_is_not_put_back() {
        let ended = run(&[], &[]);
        let before = || Before { name: "as it was".into(), ..Before::of(&ended) };
        let again = Run { state: RunState::Running, ended: None, ..ended.clone() };
        let (records, n_busy) = put_back(vec![(before(), ended.clone()), (before(), again)]);
        assert_eq!(records, [Record::Run(Run { name: "as it was".into(), ..ended.clone() })]);
        assert_eq!(n_busy, 1);
        assert_eq!(
            undone_words(1, n_busy).as_deref(),
            Ok("It is as it was before. One is under way again and stayed.")
        );
        assert_eq!(undone_words(0, 2), Err(BUSY.to_owned()));
        assert_eq!(undone_words(0, 0).as_deref(), Ok("It is as it was before."));
    }

    #[test]
    fn what_was_done_is_told_with_its_number() {
        let deleted = Change::Lifecycle(Lifecycle::Deleted);
        assert_eq!(deleted.done(3, 0), "Moved 3 runs to the trash.");
        assert_eq!(deleted.done(1, 2), "Moved 1 run to the trash. 2 are still under way and stayed.");
        assert_eq!(Change::Lifecycle(Lifecycle::Active).done(1, 0), "1 run is back.");
        assert_eq!(
            Change::Tag("team".into(), "a".into()).done(2, 1),
            "Tagged 2 runs with team. One is still under way and stayed."
        );
    }
}
