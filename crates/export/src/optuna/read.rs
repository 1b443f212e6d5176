//! A journal's lines in, its studies out.
//!
//! Lines that Optuna itself would pass over are passed over: what is said of a trial that has ended, or of a study that was
//! deleted. A line cut off at the end is left out, as a writer may be at it.

use engine::tune::{Range, Value};
use json::{Document, FromJson as _, Node, Writer};
use thiserror::Error;

use super::{OptunaState, OptunaStudy, OptunaTrial, time};

/// Most bytes of a journal that is read.
pub const MAX_JOURNAL_BYTES: usize = 256 << 20;

/// Why a file is no journal, or one that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum JournalError {
    /// Too long.
    #[error("it has {found} bytes, at most {MAX_JOURNAL_BYTES} are read: export fewer studies")]
    TooLong {
        /// Its length.
        found: usize,
    },
    /// Not UTF-8.
    #[error("it is no text: an Optuna journal is lines of JSON, such as JournalFileBackend writes")]
    NoText,
    /// A line that is none of a journal's.
    #[error(
        "line {line} is no line of an Optuna journal ({what}): give a file that JournalFileBackend wrote"
    )]
    Line {
        /// From 1.
        line: usize,
        /// What is wrong with it.
        what: String,
    },
    /// More than one objective.
    #[error("the study '{name}' has {n_objectives} objectives: only studies with one are taken")]
    Objectives {
        /// Its name.
        name: String,
        /// How many.
        n_objectives: usize,
    },
    /// Nothing in it.
    #[error("there is no study in it")]
    NoStudy,
}

/// The studies of a journal that were not deleted.
///
/// # Errors
/// At the first line that is none of a journal's.
pub fn read_journal(bytes: &[u8]) -> Result<Vec<OptunaStudy>, JournalError> {
    if bytes.len() > MAX_JOURNAL_BYTES {
        return Err(JournalError::TooLong { found: bytes.len() });
    }
    let text = std::str::from_utf8(bytes).map_err(|_| JournalError::NoText)?;
    let mut journal = Journal::default();
    let n_lines = text.lines().count();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = |what: String| JournalError::Line { line: number + 1, what };
        let document = match Document::parse(line) {
            Ok(document) => document,
            Err(_) if number > 0 && number + 1 == n_lines && !text.ends_with('\n') => break,
            Err(error) => return Err(wrong(error.to_string())),
        };
        match journal.apply(document.root()) {
            Ok(()) => {}
            Err(Refused::Line(what)) => return Err(wrong(what)),
            Err(Refused::Study(error)) => return Err(error),
        }
    }
    let studies: Vec<OptunaStudy> = journal.studies.into_iter().flatten().collect();
    if studies.is_empty() { Err(JournalError::NoStudy) } else { Ok(studies) }
}

enum Refused {
    Line(String),
    Study(JournalError),
}

fn lacks(name: &str) -> Refused {
    Refused::Line(format!("it lacks '{name}', or that is of another kind"))
}

/// What the lines so far add up to: studies by number, none where deleted, and where each trial stands.
#[derive(Default)]
struct Journal {
    studies: Vec<Option<OptunaStudy>>,
    places: Vec<(usize, usize)>,
}

impl Journal {
    fn apply(&mut self, line: Node<'_>) -> Result<(), Refused> {
        if !line.is_object() {
            return Err(Refused::Line("it is no object".to_owned()));
        }
        match whole(line, "op_code")? {
            0 => self.create_study(line),
            1 => {
                *self.study(line)? = None;
                Ok(())
            }
            2 => {
                let attributes = attributes(line.field("user_attr"))?;
                if let Some(study) = self.study(line)? {
                    put_all(&mut study.attributes, attributes);
                }
                Ok(())
            }
            3 => {
                let names = line.field("system_attr").field_of("study:metric_names");
                let metric = names.and_then(|names| Some(names.items().next()?.text().into_owned()));
                if let (Some(study), Some(metric)) = (self.study(line)?, metric) {
                    study.metric = Some(metric);
                }
                Ok(())
            }
            4 => self.create_trial(line),
            5 => {
                let range = range(&text(line, "distribution")?)?;
                let value = outer(
                    &range,
                    number(line.field("param_value_internal"))
                        .ok_or_else(|| lacks("param_value_internal"))?,
                )?;
                let name = text(line, "param_name")?;
                if let Some(trial) = self.open_trial(line)? {
                    trial.params.push((name, range, value));
                }
                Ok(())
            }
            6 => self.set_state(line),
            7 => {
                let step = whole(line, "step")?;
                let value = number(line.field("intermediate_value"));
                if let (Some(trial), Some(value)) = (self.open_trial(line)?, value) {
                    trial.steps.retain(|(known, _)| *known != step);
                    trial.steps.push((step, value));
                }
                Ok(())
            }
            8 => {
                let attributes = attributes(line.field("user_attr"))?;
                if let Some(trial) = self.open_trial(line)? {
                    put_all(&mut trial.attributes, attributes);
                }
                Ok(())
            }
            9 | 10 => Ok(()),
            other => {
                Err(Refused::Line(format!("it has operation {other}, which this version does not know")))
            }
        }
    }

    fn create_study(&mut self, line: Node<'_>) -> Result<(), Refused> {
        let name = text(line, "study_name")?;
        let directions = line.field("directions");
        if !directions.is_list() {
            return Err(lacks("directions"));
        }
        let directions: Vec<Option<i64>> = directions.items().map(Node::integer).collect();
        match directions[..] {
            [Some(direction)] => {
                self.studies.push(Some(OptunaStudy {
                    name,
                    is_minimised: direction == 1,
                    ..OptunaStudy::default()
                }));
                Ok(())
            }
            _ => Err(Refused::Study(JournalError::Objectives { name, n_objectives: directions.len() })),
        }
    }

    fn create_trial(&mut self, line: Node<'_>) -> Result<(), Refused> {
        let number_of_study = place(line, "study_id")?;
        let values = line.field("values");
        let value = number(line.field("value"))
            .or_else(|| if values.is_list() { values.items().next().and_then(number) } else { None });
        let mut trial = OptunaTrial {
            state: state(line.field("state"))?,
            value,
            began_ms: instant(line.field("datetime_start")),
            ended_ms: instant(line.field("datetime_complete")),
            attributes: attributes(line.field("user_attrs"))?,
            ..OptunaTrial::default()
        };
        let (distributions, params) = (line.field("distributions"), line.field("params"));
        if distributions.is_object() && params.is_object() {
            for (name, distribution) in distributions.members() {
                let name = name.text().into_owned();
                let range = range(&distribution.text())?;
                let inner =
                    params.members().find(|(key, _)| key.text() == name).and_then(|(_, value)| number(value));
                let value = outer(&range, inner.ok_or_else(|| lacks(&name))?)?;
                trial.params.push((name, range, value));
            }
        }
        let steps = line.field("intermediate_values");
        if steps.is_object() {
            for (step, value) in steps.members() {
                let step = step.text().parse().map_err(|_| lacks("intermediate_values"))?;
                trial.steps.extend(number(value).map(|value| (step, value)));
            }
        }
        let study = self.studies.get_mut(number_of_study).ok_or_else(|| lacks("study_id"))?;
        let place = study.as_ref().map_or(0, |study| study.trials.len());
        if let Some(study) = study {
            study.trials.push(trial);
        }
        self.places.push((number_of_study, place));
        Ok(())
    }

    fn set_state(&mut self, line: Node<'_>) -> Result<(), Refused> {
        let state = state(line.field("state"))?;
        let values = line.field("values");
        let value = if values.is_list() { values.items().next().and_then(number) } else { None };
        let (began, ended) =
            (instant(line.field("datetime_start")), instant(line.field("datetime_complete")));
        if let Some(trial) = self.open_trial(line)? {
            trial.state = state;
            trial.value = value.or(trial.value);
            trial.began_ms = began.or(trial.began_ms);
            trial.ended_ms = ended.or(trial.ended_ms);
        }
        Ok(())
    }

    fn study(&mut self, line: Node<'_>) -> Result<&mut Option<OptunaStudy>, Refused> {
        let place = place(line, "study_id")?;
        self.studies.get_mut(place).ok_or_else(|| lacks("study_id"))
    }

    /// The trial a line speaks of; none where it has ended or its study was deleted.
    fn open_trial(&mut self, line: Node<'_>) -> Result<Option<&mut OptunaTrial>, Refused> {
        let (study, trial) = *self.places.get(place(line, "trial_id")?).ok_or_else(|| lacks("trial_id"))?;
        let trial = self.studies[study].as_mut().and_then(|study| study.trials.get_mut(trial));
        Ok(trial.filter(|trial| matches!(trial.state, OptunaState::Running | OptunaState::Waiting)))
    }
}

/// A field by a name that is no Rust name.
trait FieldOf<'a> {
    fn field_of(self, name: &str) -> Option<Node<'a>>;
}

impl<'a> FieldOf<'a> for Node<'a> {
    fn field_of(self, name: &str) -> Option<Node<'a>> {
        if !self.is_object() {
            return None;
        }
        self.members()
            .find(|(key, _)| key.text() == name)
            .map(|(_, value)| value)
            .filter(|value| value.is_list())
    }
}

fn whole(line: Node<'_>, name: &'static str) -> Result<i64, Refused> {
    line.field(name).integer().ok_or_else(|| lacks(name))
}

fn place(line: Node<'_>, name: &'static str) -> Result<usize, Refused> {
    usize::try_from(whole(line, name)?).map_err(|_| lacks(name))
}

fn text(line: Node<'_>, name: &'static str) -> Result<String, Refused> {
    let field = line.field(name);
    if field.is_text() { Ok(field.text().into_owned()) } else { Err(lacks(name)) }
}

/// A finite number.
fn number(node: Node<'_>) -> Option<f64> {
    node.number()?;
    Some(f64::read(node)).filter(|number| number.is_finite())
}

fn instant(node: Node<'_>) -> Option<u64> {
    if node.is_text() { time::read(&node.text()) } else { None }
}

fn state(node: Node<'_>) -> Result<OptunaState, Refused> {
    if node.is_null() {
        return Ok(OptunaState::Running);
    }
    Ok(match node.integer() {
        Some(0) => OptunaState::Running,
        Some(1) => OptunaState::Complete,
        Some(2) => OptunaState::Pruned,
        Some(3) => OptunaState::Failed,
        Some(4) => OptunaState::Waiting,
        _ => return Err(lacks("state")),
    })
}

fn attributes(node: Node<'_>) -> Result<Vec<(String, String)>, Refused> {
    if node.is_null() {
        return Ok(Vec::new());
    }
    if !node.is_object() {
        return Err(lacks("user_attr"));
    }
    let read = |(name, value): (Node<'_>, Node<'_>)| {
        let mut again = Writer::default();
        value.write_again(&mut again);
        (name.text().into_owned(), again.finish())
    };
    Ok(node.members().map(read).collect())
}

fn put_all(known: &mut Vec<(String, String)>, new: Vec<(String, String)>) {
    for (name, value) in new {
        known.retain(|(other, _)| *other != name);
        known.push((name, value));
    }
}

/// A distribution's JSON as a range.
fn range(json: &str) -> Result<Range, Refused> {
    let unknown = || lacks("distribution");
    let document = Document::parse(json).map_err(|_| unknown())?;
    let root = document.root();
    if !root.is_object() {
        return Err(unknown());
    }
    let attributes = root.field("attributes");
    let name = text(root, "name")?;
    if !attributes.is_object() {
        return Err(unknown());
    }
    if name == "CategoricalDistribution" {
        let choices = attributes.field("choices");
        if !choices.is_list() {
            return Err(unknown());
        }
        return Ok(Range::Choice { choices: choices.items().map(choice).collect() });
    }
    let real = |name| number(attributes.field(name)).ok_or_else(unknown);
    let integer = |name| attributes.field(name).integer().ok_or_else(unknown);
    let is_log = attributes.field("log").truth().unwrap_or(false);
    let range = match name.as_str() {
        "FloatDistribution" => match number(attributes.field("step")) {
            Some(step) if step > 0.0 => Range::FloatStep { low: real("low")?, high: real("high")?, step },
            _ => Range::Float { low: real("low")?, high: real("high")?, log: is_log },
        },
        "IntDistribution" if is_log => Range::IntLog { low: integer("low")?, high: integer("high")? },
        "IntDistribution" => {
            Range::Int { low: integer("low")?, high: integer("high")?, step: integer("step")?.max(1) }
        }
        _ => {
            return Err(Refused::Line(format!(
                "the distribution '{name}' is not one of Optuna's since version 3"
            )));
        }
    };
    Ok(range)
}

/// A choice; a switch is a word, and so is nothing.
fn choice(node: Node<'_>) -> Value {
    match (node.integer(), node.truth()) {
        (Some(whole), _) => Value::Int(whole),
        (None, Some(is_on)) => Value::Text(is_on.to_string()),
        (None, None) => match number(node) {
            Some(real) => Value::Float(real),
            None if node.is_text() => Value::Text(node.text().into_owned()),
            None => Value::Text("none".to_owned()),
        },
    }
}

/// A value from how Optuna holds it within.
fn outer(range: &Range, inner: f64) -> Result<Value, Refused> {
    match range {
        Range::Choice { choices } => {
            let is_place = inner >= 0.0 && inner.fract() == 0.0;
            let choice = if is_place { choices.get(inner as usize) } else { None };
            choice.cloned().ok_or_else(|| lacks("params"))
        }
        Range::Int { .. } | Range::IntLog { .. } => Ok(Value::Int(inner as i64)),
        Range::Float { .. } | Range::FloatStep { .. } => Ok(Value::Float(inner)),
    }
}
