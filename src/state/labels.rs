//! Fix a label: the reviews whose labels held-out predictions contradict, one at a time, and what a person says.
//!
//! The file is read by the recipe as it was before anybody looked at labels; what was said since is given to the
//! worker with each question, so what is shown depends on file, recipe and what was said alone. Every word is in the
//! dataset's recipe, stored before it is shown.

pub mod decisions;
mod session;
mod judging;

use engine::dataset::{DatasetRecipe, LabelId};
use engine::metrics::Metrics;
use engine::num::ContentHash;
use engine::pipeline::{PipelineSpec, Predictor};
use jobs::{Session, Suspect};
use leptos::prelude::*;
use track::dataset::DatasetRef;

use self::decisions::{Decision, Decisions};
use super::Shared;
use super::lab::Lab;
use super::pace::Pace;
use super::views::PredictionView;
use crate::reactive::{Held, State};
use crate::services::pump::Pump;

/// How far the look for suspect labels is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    /// Nobody asked yet.
    #[default]
    NotAsked,
    /// The file is read.
    Reading(Pace),
    /// The first models are fitted.
    Fitting,
    /// There is a queue.
    Ready,
    /// It could not be made; one sentence.
    Failed(String),
}

/// What held-out predictions say of the labels as they stand.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// Their scores.
    pub held_out: Metrics,
    /// Suspect labels there are.
    pub n_suspects: u64,
    /// The surest of them, with their row numbers.
    pub suspects: Vec<(u64, Suspect)>,
    /// Milliseconds it took.
    pub fit_ms: f64,
}

/// A suspect label, ready to show.
#[derive(Clone, Debug, PartialEq)]
pub struct SuspectView {
    /// Row number in the file.
    pub record: u64,
    /// Its text.
    pub text: String,
    /// Its label.
    pub given: LabelId,
    /// The label that the predictions speak for.
    pub likely: LabelId,
    /// Probability of each class, held out.
    pub probabilities: Vec<f64>,
    /// Rows that no model can tell from it, with their labels.
    pub like: Vec<(u64, LabelId)>,
    /// The words behind the answer of a model of all training reviews.
    pub why: Option<PredictionView>,
}

/// The model whose predictions judge.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgeModel {
    /// What it is called.
    pub name: String,
    /// Its setting.
    pub pipeline: PipelineSpec,
}

/// What a session is about.
struct Bench {
    /// The dataset as it stands, with what was said.
    data: DatasetRef,
    /// The recipe before anybody looked at labels.
    recipe: DatasetRecipe,
    pipeline: PipelineSpec,
    /// Rows of each class by it.
    classes: Vec<(String, u64)>,
    /// Row number of each review.
    records: Vec<u64>,
    counts: ContentHash,
    terms: ContentHash,
    session: Session,
    predictor: Option<Predictor>,
}

#[derive(Default)]
struct Desk {
    bench: Option<Bench>,
    reading: Option<Pump>,
    judging: Option<Pump>,
    is_stale: bool,
    /// What was said is taken back: what is in doubt again by it is shown, and not what was being read.
    goes_back: bool,
    is_storing: bool,
    n_sessions: u64,
    n_shown: u64,
}

/// Labels to look at. `Copy`; from context by `use_labels`.
#[derive(Clone, Copy)]
pub struct Labels {
    /// How far the look for suspect labels is.
    pub phase: State<Phase>,
    /// What the predictions say; of the labels before the last word while `is_judging`.
    pub judged: State<Option<Judged>>,
    /// What they said before anything was said here.
    pub first: State<Option<Judged>>,
    /// The worker weighs what was said.
    pub is_judging: State<bool>,
    /// What was said of labels.
    pub decisions: State<Decisions>,
    /// Which of the open suspects is looked at.
    pub place: State<usize>,
    /// It, once its text is there.
    pub shown: State<Option<SuspectView>>,
    /// Models that can judge.
    pub models: State<Vec<JudgeModel>>,
    /// Which of them does.
    pub model: State<usize>,
    /// What went wrong with the last word, in one sentence.
    pub problem: State<Option<String>>,
    desk: Held<Desk>,
    lab: Lab,
    shared: Shared,
}

impl Labels {
    /// Suspects that nothing was said of yet.
    pub fn open(self) -> Vec<(u64, Suspect)> {
        self.judged.with(|judged| self.decisions.with(|decisions| open_of(judged.as_ref(), decisions)))
    }

    fn open_untracked(self) -> Vec<(u64, Suspect)> {
        self.judged.with_untracked(|judged| {
            self.decisions.with_untracked(|decisions| open_of(judged.as_ref(), decisions))
        })
    }

    /// The suspect that is shown; none while it is one that was decided, for the next one's text is still being read.
    fn undecided(self) -> Option<SuspectView> {
        let shown = self.shown.get_untracked()?;
        let is_decided = self.decisions.with_untracked(|decisions| decisions.knows(shown.record));
        (!is_decided).then_some(shown)
    }

    /// The label is what the predictions say, or another.
    pub fn accept(self, label: Option<LabelId>) {
        if let Some(suspect) = self.undecided() {
            self.decide(suspect.record, suspect.given, label.unwrap_or(suspect.likely));
        }
    }

    /// The label is right.
    pub fn reject(self) {
        if let Some(suspect) = self.undecided() {
            self.decide(suspect.record, suspect.given, suspect.given);
        }
    }

    /// Goes on to the next suspect, or back to the one before, without a word.
    pub fn step(self, by: isize) {
        let n_open = self.open_untracked().len();
        self.place.update(|place| *place = stepped(*place, by, n_open));
        self.show_current();
    }

    /// Takes back what was said of a row.
    pub fn undo(self, record: u64) {
        self.desk.update(|desk| desk.goes_back = true);
        self.change(move |decisions| decisions.take_back(record));
    }

    /// Takes back all that was said.
    pub fn undo_all(self) {
        self.desk.update(|desk| desk.goes_back = true);
        self.change(Decisions::take_back_all);
    }

    fn decide(self, record: u64, was: LabelId, label: LabelId) {
        self.change(move |decisions| decisions.say(Decision { record, was, label }));
    }
}

/// Suspects that nothing was said of.
fn open_of(judged: Option<&Judged>, decisions: &Decisions) -> Vec<(u64, Suspect)> {
    let suspects = judged.map_or(&[][..], |judged| &judged.suspects);
    suspects.iter().filter(|(record, _)| !decisions.knows(*record)).cloned().collect()
}

/// The place `by` places on, round and round.
fn stepped(place: usize, by: isize, n_open: usize) -> usize {
    let n_open = n_open.max(1) as isize;
    (place as isize + by).rem_euclid(n_open) as usize
}

pub(super) fn provide_labels(shared: Shared, lab: Lab) {
    provide_context(Labels {
        phase: State::new(Phase::NotAsked),
        judged: State::new(None),
        first: State::new(None),
        is_judging: State::new(false),
        decisions: State::new(Decisions::default()),
        place: State::new(0),
        shown: State::new(None),
        models: State::new(Vec::new()),
        model: State::new(0),
        problem: State::new(None),
        desk: Held::new(Desk::default()),
        lab,
        shared,
    });
}

/// Labels to look at.
pub fn use_labels() -> Labels {
    use_context().expect("`provide_app_state` in `App` provides the labels")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_go_round() {
        for (place, by, n_open, expected) in
            [(0, 1, 3, 1), (2, 1, 3, 0), (0, -1, 3, 2), (0, 1, 0, 0), (5, 0, 3, 2)]
        {
            assert_eq!(stepped(place, by, n_open), expected, "{place} {by} {n_open}");
        }
    }
}
