//! What a filter says, as data.

use std::fmt;

use super::token::{Operator, Token, tokens};
use crate::id::Millis;

/// A condition, or several joined.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression {
    /// All hold.
    And(Vec<Expression>),
    /// One holds.
    Or(Vec<Expression>),
    /// It does not hold.
    Not(Box<Expression>),
    /// One key against what is asked of it.
    Clause { key: Key, test: Test },
}

/// What is compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// A property of the run itself.
    Attribute(Attribute),
    /// A metric by name.
    Metric(String),
    /// A parameter by name.
    Param(String),
    /// A tag by name.
    Tag(String),
    /// A property of the run's dataset.
    Dataset(DatasetKey),
    /// A name without prefix: the metric, else the parameter, else the tag that has it.
    Any(String),
}

/// A property of a run. The first seven are MLflow's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attribute {
    /// Its id.
    RunId,
    /// Its memorable name.
    RunName,
    /// Who ran it.
    UserId,
    /// `RUNNING`, `FINISHED`, `FAILED`, `KILLED`, and `PRUNED`, which MLflow lacks.
    Status,
    /// When it began.
    StartTime,
    /// When it ended.
    EndTime,
    /// Where its files are: `runs:/id`.
    ArtifactUri,
    /// `study`, `trial` or `fit`.
    Kind,
    /// The id of the study above it.
    Parent,
    /// Its experiment's id.
    ExperimentId,
    /// Seconds from begin to end.
    Duration,
    /// Its seed.
    Seed,
    /// The engine that did it.
    EngineVersion,
    /// What the person wrote about it.
    Note,
}

impl Attribute {
    pub(super) const ALL: [Attribute; 14] = [
        Self::RunId,
        Self::RunName,
        Self::UserId,
        Self::Status,
        Self::StartTime,
        Self::EndTime,
        Self::ArtifactUri,
        Self::Kind,
        Self::Parent,
        Self::ExperimentId,
        Self::Duration,
        Self::Seed,
        Self::EngineVersion,
        Self::Note,
    ];

    /// Its name in a filter.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RunId => "run_id",
            Self::RunName => "run_name",
            Self::UserId => "user_id",
            Self::Status => "status",
            Self::StartTime => "start_time",
            Self::EndTime => "end_time",
            Self::ArtifactUri => "artifact_uri",
            Self::Kind => "kind",
            Self::Parent => "parent",
            Self::ExperimentId => "experiment_id",
            Self::Duration => "duration",
            Self::Seed => "seed",
            Self::EngineVersion => "engine_version",
            Self::Note => "note",
        }
    }

    pub(super) fn of(name: &str) -> Option<Self> {
        match name {
            "created" | "Created" => Some(Self::StartTime),
            "ended" => Some(Self::EndTime),
            "name" | "run name" | "Run name" | "Run Name" => Some(Self::RunName),
            "state" => Some(Self::Status),
            _ => Self::ALL.into_iter().find(|attribute| attribute.as_str() == name),
        }
    }

    pub(super) fn kind(self) -> Kind {
        match self {
            Self::StartTime | Self::EndTime => Kind::Time,
            Self::Duration | Self::Seed => Kind::Number,
            _ => Kind::Text,
        }
    }
}

/// What attributes there are, for a sentence.
pub(super) const ATTRIBUTES: &str = "run_id, run_name, user_id, status, start_time, end_time, artifact_uri, kind, parent, experiment_id, duration, seed, engine_version and note";
/// What keys a dataset has, for a sentence.
pub(super) const DATASET_KEYS: &str = "dataset.name, dataset.digest and dataset.context";

/// A property of a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DatasetKey {
    /// Its name.
    Name,
    /// The beginning of its file's hash.
    Digest,
    /// What the run used it for: `training`.
    Context,
}

impl DatasetKey {
    /// Its name in a filter.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Digest => "digest",
            Self::Context => "context",
        }
    }

    pub(super) fn of(name: &str) -> Option<Self> {
        [Self::Name, Self::Digest, Self::Context].into_iter().find(|key| key.as_str() == name)
    }
}

/// What may be asked of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Text,
    Time,
    /// A text that may be a number.
    Either,
}

impl Key {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Attribute(attribute) => attribute.kind(),
            Self::Metric(_) => Kind::Number,
            Self::Dataset(_) => Kind::Text,
            Self::Param(_) | Self::Tag(_) | Self::Any(_) => Kind::Either,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attribute(attribute) => f.write_str(attribute.as_str()),
            Self::Metric(name) => write!(f, "metrics.{}", plain_or_ticked(name)),
            Self::Param(name) => write!(f, "params.{}", plain_or_ticked(name)),
            Self::Tag(name) => write!(f, "tags.{}", plain_or_ticked(name)),
            Self::Dataset(key) => write!(f, "dataset.{}", key.as_str()),
            Self::Any(name) => f.write_str(&plain_or_ticked(name)),
        }
    }
}

/// A key's name, between backticks where a plain one would be read as something else.
fn plain_or_ticked(name: &str) -> String {
    let is_plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match name.contains('`') {
        _ if is_plain => name.to_owned(),
        false => format!("`{name}`"),
        true => format!("\"{name}\""),
    }
}

/// A value between the marks that leave it as it is; where neither do, its bytes as hexadecimal digits behind an `x`.
pub(super) fn quoted(value: &str) -> String {
    let is_left = |mark: char| {
        let between = format!("{mark}{value}{mark}");
        let whole = Token::Quoted { text: value.to_owned(), mark };
        let is_whole = tokens(&between).is_ok_and(|found| found.len() == 2 && found[0].token == whole);
        is_whole.then_some(between)
    };
    is_left('\'').or_else(|| is_left('"')).unwrap_or_else(|| {
        let digits: String = value.bytes().map(|byte| format!("{byte:02x}")).collect();
        format!("x'{digits}'")
    })
}

/// What is asked of a key's value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    /// Compared with one value.
    Compare(Operator, Literal),
    /// `%` stands for any characters, `_` for one.
    Like { pattern: String, ignores_case: bool, is_negated: bool },
    /// One of a list.
    In { values: Vec<Literal>, is_negated: bool },
    /// The run lacks it.
    Null { is_negated: bool },
}

impl Test {
    /// Whether it holds of what is not so.
    pub(super) fn is_negated(&self) -> bool {
        match self {
            Self::Compare(operator, _) => *operator == Operator::NotEqual,
            Self::Like { is_negated, .. } | Self::In { is_negated, .. } | Self::Null { is_negated } => {
                *is_negated
            }
        }
    }
}

/// A value as it was written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    /// Without quotes.
    Number(f64),
    /// Between quotes: compared as it stands.
    Text(String),
    /// A word without quotes: compared without regard to case.
    Word(String),
    /// A date.
    At(Millis),
    /// The moment of asking, and milliseconds after it (or before).
    FromNow(i64),
}
