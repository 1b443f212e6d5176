//! What a picture of trials is, whatever it shows: marks, words, a key to the colours.

use engine::models::ModelKind;
use engine::tune::{ParamName, Range, Trial};

use crate::charts::axis::{Axis, AxisKind};
use crate::charts::bars;
use crate::charts::hover::Tip;
pub use crate::charts::picture::{Figure, Picture};
use crate::charts::plot::Legend;
use crate::charts::scene::Ink;
use crate::charts::twin::Twin;
use crate::state::format;
use crate::state::study_plots::{StudyTrials, value_words};

/// An axis of scores never spans less.
const LEAST_SPAN: f64 = 0.02;

/// What is said of an item: a trial, but for amounts.
pub fn tell(picture: &Picture, trials: &StudyTrials, item: u32) -> Tip {
    match picture {
        Picture::Bars { amounts, .. } => bars::tip(amounts, item),
        _ => tip_of_trial(trials, item),
    }
}

/// A trial in words, and the way to its page.
pub fn tip_of_trial(trials: &StudyTrials, item: u32) -> Tip {
    let to = |(search, trial): (usize, &Trial)| format!("/runs/{}", trials.run_of(search, trial));
    Tip { text: trials.says(item), to: trials.trial(item).map(to) }
}

/// What a person chose among: the model, two of its parameters, earlier studies with their scores.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    /// The search that pictures of one model show.
    pub search: usize,
    /// Two different parameters of it, or one twice; none where none is searched.
    pub params: Option<(ParamName, ParamName)>,
    /// Earlier studies with the scores of their complete trials.
    pub others: Vec<(String, Vec<f64>)>,
}

/// A kind of picture. Where it cannot be drawn yet, `figure` says why in one sentence.
pub struct Kind {
    /// What it is called.
    pub name: &'static str,
    /// Draws it.
    pub figure: fn(&StudyTrials, &Choice) -> Result<Figure, String>,
    /// The same as a table.
    pub twin: fn(&StudyTrials, &Choice) -> Twin,
}

/// An axis of the scores that some `trials` of a study have.
pub fn score_axis<'a>(study: &StudyTrials, trials: impl Iterator<Item = &'a Trial>) -> Axis {
    let shown = trials.filter_map(|trial| Some(study.shown(trial.mean()?)));
    Axis::around(study.score_name(), shown, LEAST_SPAN)
}

/// A parameter's axis.
pub fn param_axis(name: ParamName, range: &Range) -> Axis {
    let kind = match range {
        Range::Float { low, high, log: true } => AxisKind::Log(*low, *high),
        Range::IntLog { low, high } => AxisKind::Log(*low as f64, *high as f64),
        Range::Float { low, high, log: false } | Range::FloatStep { low, high, .. } => {
            AxisKind::Even(*low, *high)
        }
        Range::Int { low, high, .. } => AxisKind::Whole(*low as f64, *high as f64),
        Range::Choice { choices } => AxisKind::Choices(choices.iter().map(value_words).collect()),
    };
    Axis { name: name.as_str().to_owned(), kind }
}

/// A model's colour.
pub fn ink_of(model: ModelKind) -> Ink {
    Ink::Model(Some(model))
}

/// The models that have a trial, with their colours.
pub fn models_legend(trials: &StudyTrials) -> Legend {
    let own = (0..trials.searches.len()).filter(|search| !trials.searches[*search].trials.is_empty());
    own.map(|search| (ink_of(trials.model(search)), format::model_name(trials.model(search)).to_owned()))
        .collect()
}

/// The complete trials of a search, with their scores as they are shown.
pub fn complete(trials: &StudyTrials, search: usize) -> impl Iterator<Item = (&Trial, f64)> {
    let own = trials.searches.get(search).into_iter().flat_map(|search| &search.trials);
    own.filter_map(|trial| Some((trial, trials.shown(trial.mean()?))))
}

/// What is said where there is no complete trial.
pub fn no_trial_yet() -> String {
    "Drawn once the first trial has come to its end.".to_owned()
}

/// What is said where no parameter of a model is searched.
pub fn nothing_searched() -> String {
    "No parameter of this model is searched: every one is held at a value.".to_owned()
}
