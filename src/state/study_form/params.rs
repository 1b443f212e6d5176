//! One parameter of a model in the form: held at a value or searched, as typed.
//!
//! In: a pipeline's value and a range, or what a person types. Out: the value or the range, or what is wrong, beside
//! the part it is about.

use engine::models::ModelKind;
use engine::pipeline::PipelineSpec;
use engine::tune::{ParamKind, ParamName, Range, SearchSpec, Value};

/// How a number is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// One value.
    Held,
    /// Any from low to high.
    Range,
    /// The same, even in the logarithm.
    Log,
    /// From low to high in steps.
    Steps,
    /// One of a list.
    Choices,
}

impl How {
    /// All, in the order they are offered.
    pub const ALL: [How; 5] = [Self::Held, Self::Range, Self::Log, Self::Steps, Self::Choices];

    /// For people, and the key of its option.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Held => "fixed",
            Self::Range => "from … to",
            Self::Log => "from … to, logarithmic",
            Self::Steps => "in steps",
            Self::Choices => "one of a list",
        }
    }
}

/// A part of a number's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The one value.
    Value,
    /// The smallest.
    Low,
    /// The largest.
    High,
    /// The distance of neighbours.
    Step,
    /// The list.
    Choices,
}

impl Part {
    /// All of them.
    pub const ALL: [Part; 5] = [Self::Value, Self::Low, Self::High, Self::Step, Self::Choices];

    /// Its name among a study's problems.
    pub fn place(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Low => "low",
            Self::High => "high",
            Self::Step => "step",
            Self::Choices => "choices",
        }
    }

    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Low => "lowest",
            Self::High => "highest",
            Self::Step => "step",
            Self::Choices => "values, parted by commas",
        }
    }

    /// The parts that a way to ask has.
    pub fn of(how: How) -> &'static [Part] {
        match how {
            How::Held => &[Self::Value],
            How::Range | How::Log => &[Self::Low, Self::High],
            How::Steps => &[Self::Low, Self::High, Self::Step],
            How::Choices => &[Self::Choices],
        }
    }
}

/// A parameter as it stands in the form.
#[derive(Clone, Debug, PartialEq)]
pub struct ParamForm {
    /// Which.
    pub name: ParamName,
    /// How a number is asked for.
    pub how: How,
    /// What is typed, in the order of `Part::ALL`.
    pub typed: [String; 5],
    /// Chosen words, in the order they are offered.
    pub words: Vec<String>,
}

/// What a parameter comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// One value.
    Held(Value),
    /// No limit.
    Unlimited,
    /// A range.
    Searched(Range),
}

/// What is wrong with a parameter, in one sentence, beside a part of it.
pub type Wrong = (Part, String);

impl ParamForm {
    /// As `range` has it, or held where `base` holds it; what is not said is filled with the reference's.
    pub fn of(name: ParamName, model: ModelKind, base: &PipelineSpec, range: Option<&Range>) -> Self {
        let held = name.held_at(base);
        let usual = SearchSpec::reference(model, 1, 0);
        let shown = range.or(usual.range(name));
        let mut form = Self { name, how: How::Held, typed: Default::default(), words: Vec::new() };
        if !form.is_number() {
            let chosen: Vec<Value> = match range {
                Some(Range::Choice { choices }) => choices.clone(),
                _ => held.into_iter().collect(),
            };
            form.words = chosen.iter().filter_map(|value| value.word().map(str::to_owned)).collect();
            return form;
        }
        let (low, high) = shown.map_or((0.0, 1.0), |range| (range.low(), range.high()));
        let step = match shown {
            Some(Range::Int { step, .. }) => step.to_string(),
            Some(Range::FloatStep { step, .. }) => step.to_string(),
            _ if matches!(name.kind(), ParamKind::Whole(..)) => "1".to_owned(),
            _ => "0.1".to_owned(),
        };
        let choices = match shown {
            Some(Range::Choice { choices }) => {
                choices.iter().map(|value| value.as_f64().to_string()).collect::<Vec<_>>().join(", ")
            }
            _ => format!("{low}, {high}"),
        };
        let value = match held {
            Some(value) => value.as_f64().to_string(),
            None if form.has_unlimited() => String::new(),
            None => low.to_string(),
        };
        form.typed = [value, low.to_string(), high.to_string(), step, choices];
        form.how = match range {
            None => How::Held,
            Some(Range::Float { log: true, .. } | Range::IntLog { .. }) => How::Log,
            Some(Range::Float { .. } | Range::Int { step: 1, .. }) => How::Range,
            Some(Range::Int { .. } | Range::FloatStep { .. }) => How::Steps,
            Some(Range::Choice { .. }) => How::Choices,
        };
        form
    }

    /// Whether it is a number, rather than a word.
    pub fn is_number(&self) -> bool {
        matches!(self.name.kind(), ParamKind::Real(..) | ParamKind::Whole(..))
    }

    /// Whether an empty value stands for no limit.
    pub fn has_unlimited(&self) -> bool {
        self.name == ParamName::MaxFeatures
    }

    /// The words that can be chosen, in order; those chosen that are not usual come last.
    pub fn offered(&self) -> Vec<String> {
        let usual: &[&str] = match self.name.kind() {
            ParamKind::Words(words) => words,
            ParamKind::Lengths => &["1-1", "1-2", "1-3", "2-2"],
            ParamKind::Real(..) | ParamKind::Whole(..) | ParamKind::Names => &[],
        };
        let others = self.words.iter().filter(|word| !usual.contains(&word.as_str()));
        usual.iter().map(|word| (*word).to_owned()).chain(others.cloned()).collect()
    }

    /// Adds a word or takes it away.
    pub fn set_word(&mut self, word: &str, is_wanted: bool) {
        let offered = self.offered();
        let keeps = |offered: &String| {
            if offered == word { is_wanted } else { self.words.contains(offered) }
        };
        self.words = offered.into_iter().filter(keeps).collect();
    }

    /// What is typed into a part.
    pub fn text(&self, part: Part) -> &str {
        &self.typed[part as usize]
    }

    /// Takes what is typed into a part.
    pub fn set_text(&mut self, part: Part, typed: String) {
        self.typed[part as usize] = typed;
    }

    /// What it asks for.
    ///
    /// # Errors
    /// What cannot be read as a number, or that no word is chosen.
    pub fn asked(&self) -> Result<Asked, Wrong> {
        match self.name.kind() {
            ParamKind::Whole(..) => self.asked_whole(),
            ParamKind::Real(..) => self.asked_real(),
            ParamKind::Words(_) | ParamKind::Lengths | ParamKind::Names => match self.words.as_slice() {
                [] => Err((Part::Choices, "Choose at least one.".to_owned())),
                [word] => Ok(Asked::Held(Value::Text(word.clone()))),
                words => {
                    Ok(Asked::Searched(Range::words(&words.iter().map(String::as_str).collect::<Vec<_>>())))
                }
            },
        }
    }

    fn asked_whole(&self) -> Result<Asked, Wrong> {
        let whole = |part: Part| whole(self.text(part)).map_err(|sentence| (part, sentence));
        Ok(match self.how {
            How::Held if self.has_unlimited() && self.text(Part::Value).trim().is_empty() => Asked::Unlimited,
            How::Held => Asked::Held(Value::Int(whole(Part::Value)?)),
            How::Range => {
                Asked::Searched(Range::Int { low: whole(Part::Low)?, high: whole(Part::High)?, step: 1 })
            }
            How::Steps => Asked::Searched(Range::Int {
                low: whole(Part::Low)?,
                high: whole(Part::High)?,
                step: whole(Part::Step)?,
            }),
            How::Log => Asked::Searched(Range::IntLog { low: whole(Part::Low)?, high: whole(Part::High)? }),
            How::Choices => Asked::Searched(Range::Choice {
                choices: self.list(whole_value).map_err(|sentence| (Part::Choices, sentence))?,
            }),
        })
    }

    fn asked_real(&self) -> Result<Asked, Wrong> {
        let real = |part: Part| real(self.text(part)).map_err(|sentence| (part, sentence));
        let range = |log| -> Result<Asked, Wrong> {
            Ok(Asked::Searched(Range::Float { low: real(Part::Low)?, high: real(Part::High)?, log }))
        };
        Ok(match self.how {
            How::Held => Asked::Held(Value::Float(real(Part::Value)?)),
            How::Range => range(false)?,
            How::Log => range(true)?,
            How::Steps => Asked::Searched(Range::FloatStep {
                low: real(Part::Low)?,
                high: real(Part::High)?,
                step: real(Part::Step)?,
            }),
            How::Choices => Asked::Searched(Range::Choice {
                choices: self.list(real_value).map_err(|sentence| (Part::Choices, sentence))?,
            }),
        })
    }

    fn list(&self, read: fn(&str) -> Result<Value, String>) -> Result<Vec<Value>, String> {
        self.text(Part::Choices).split(',').map(read).collect()
    }
}

fn whole_value(text: &str) -> Result<Value, String> {
    whole(text).map(Value::Int)
}

fn real_value(text: &str) -> Result<Value, String> {
    real(text).map(Value::Float)
}

/// A whole number, as typed.
pub(super) fn whole(text: &str) -> Result<i64, String> {
    text.trim().parse().map_err(|_| "Type a whole number.".to_owned())
}

/// A real number, as typed.
pub(super) fn real(text: &str) -> Result<f64, String> {
    let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| "Type a number, such as 0.3.".to_owned())
}
