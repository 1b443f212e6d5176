//! A run and a key in, the value the run has for it out.

use std::borrow::Cow;
use std::cell::Cell;

use super::Subject;
use super::expression::{Attribute, DatasetKey, Key};
use super::literal::number;
use crate::id::{Millis, RunId};
use crate::run::{ParamValue, Run, RunKind, RunState};

/// Tag that MLflow keeps the person's name in; a study's `owner` says the same.
const USER_TAGS: [&str; 2] = ["mlflow.user", "owner"];
/// What every run uses its dataset for.
const CONTEXT: &str = "training";

/// A value a run has.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Found<'a> {
    Number(f64),
    At(Millis),
    Param(&'a ParamValue),
    Text(Cow<'a, str>),
}

impl<'a> Found<'a> {
    /// As a number: a text may write one.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(value) => Some(*value),
            Self::At(at) => Some(at.0 as f64),
            Self::Param(ParamValue::Int(value)) => Some(*value as f64),
            Self::Param(ParamValue::Float(value)) => Some(*value),
            Self::Param(ParamValue::Bool(_)) => None,
            Self::Param(ParamValue::Text(text)) => number(text),
            Self::Text(text) => number(text),
        }
    }

    /// As a text, as MLflow would hold it.
    pub(super) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Number(value) => Cow::Owned(ParamValue::Float(*value).as_logged()),
            Self::At(at) => Cow::Owned(at.0.to_string()),
            Self::Param(ParamValue::Text(text)) => Cow::Borrowed(text),
            Self::Param(value) => Cow::Owned(value.as_logged()),
            Self::Text(text) => Cow::Borrowed(text),
        }
    }

    /// The same, where a text of the run is not copied.
    pub(super) fn into_text(self) -> Cow<'a, str> {
        match self {
            Self::Param(ParamValue::Text(text)) => Cow::Borrowed(text),
            Self::Text(text) => text,
            other => Cow::Owned(other.text().into_owned()),
        }
    }
}

/// One key, to be looked up in many runs.
pub(super) struct Lookup<'k> {
    key: &'k Key,
    /// Where the last run had it among its parameters or metrics: runs of a study have the same ones.
    near: Cell<usize>,
}

impl<'k> Lookup<'k> {
    /// Of a key that was looked up nowhere yet.
    pub(super) const fn of(key: &'k Key) -> Self {
        Self { key, near: Cell::new(0) }
    }

    /// The value, where the run has one.
    pub(super) fn found<'a>(&self, subject: &Subject<'a>) -> Option<Found<'a>> {
        let run = subject.run;
        let text = |text: &'a str| Found::Text(Cow::Borrowed(text));
        match self.key {
            Key::Metric(name) => run.metrics.get_near(name, &self.near).map(|value| Found::Number(*value)),
            Key::Param(name) => run.params.get_near(name, &self.near).map(Found::Param),
            Key::Tag(name) => tag(run, name).map(text),
            Key::Any(name) => [Key::Metric(name.clone()), Key::Param(name.clone()), Key::Tag(name.clone())]
                .iter()
                .find_map(|key| found(key, subject)),
            Key::Dataset(DatasetKey::Name) => subject.dataset_name.map(text),
            Key::Dataset(DatasetKey::Digest) => Some(Found::Text(Cow::Owned(run.dataset.digest()))),
            Key::Dataset(DatasetKey::Context) => Some(text(CONTEXT)),
            Key::Attribute(attribute) => of_attribute(*attribute, run),
        }
    }
}

/// The value, where the run has one.
pub(super) fn found<'a>(key: &Key, subject: &Subject<'a>) -> Option<Found<'a>> {
    Lookup::of(key).found(subject)
}

/// A tag of the run, or what MLflow keeps in a tag of its own and a run says otherwise.
fn tag<'a>(run: &'a Run, name: &str) -> Option<&'a str> {
    let said = || match name {
        "mlflow.runName" => Some(run.name.as_str()),
        "mlflow.user" => user(run),
        "mlflow.parentRunId" => run.parent.as_ref().map(RunId::as_str),
        "mlflow.note.content" => Some(run.note.as_str()).filter(|note| !note.is_empty()),
        _ => None,
    };
    run.tags.get(name).map(String::as_str).or_else(said)
}

/// Who ran it.
fn user(run: &Run) -> Option<&str> {
    USER_TAGS.iter().find_map(|tag| run.tags.get(*tag)).map(String::as_str)
}

fn of_attribute(attribute: Attribute, run: &Run) -> Option<Found<'_>> {
    let text = |text| Some(Found::Text(Cow::Borrowed(text)));
    match attribute {
        Attribute::RunId => text(run.id.as_str()),
        Attribute::RunName => text(&run.name),
        Attribute::UserId => text(user(run)?),
        Attribute::Status => text(status(&run.state)),
        Attribute::StartTime => Some(Found::At(run.created)),
        Attribute::EndTime => run.ended.map(Found::At),
        Attribute::ArtifactUri => Some(Found::Text(Cow::Owned(format!("runs:/{}", run.id)))),
        Attribute::Kind => text(match run.kind {
            RunKind::Study => "study",
            RunKind::Trial => "trial",
            RunKind::Fit => "fit",
        }),
        Attribute::Parent => text(run.parent.as_ref()?.as_str()),
        Attribute::ExperimentId => text(run.experiment.as_str()),
        Attribute::Duration => {
            let milliseconds = run.ended?.0.saturating_sub(run.created.0);
            Some(Found::Number(milliseconds as f64 / 1000.0))
        }
        Attribute::Seed => Some(Found::Number(run.seed as f64)),
        Attribute::EngineVersion => text(&run.engine_version),
        Attribute::Note => (!run.note.is_empty()).then_some(Found::Text(Cow::Borrowed(&run.note))),
    }
}

/// MLflow's word for a state; what was pruned has one of its own, and MLflow holds it for finished.
pub(super) fn status(state: &RunState) -> &'static str {
    match state {
        RunState::Running => "RUNNING",
        RunState::Finished => "FINISHED",
        RunState::Failed { .. } => "FAILED",
        RunState::Killed => "KILLED",
        RunState::Pruned => "PRUNED",
    }
}
