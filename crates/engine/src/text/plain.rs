//! The plain way: any list of steps, one after another on the whole text; words at the end of the list are
//! worked on once each.

use super::space::words;
use super::steps::{PreparedStep, prepare};
use super::words::WordMemory;
use super::{CleanError, CleanStep};

pub(super) struct PlainWay {
    /// All steps up to the last that looks at characters.
    steps: Vec<PreparedStep>,
    pub(super) memory: WordMemory,
    text: String,
    spare: String,
}

impl PlainWay {
    pub(super) fn new(steps: &[CleanStep]) -> Result<Self, CleanError> {
        let mut steps = prepare(steps)?;
        let n_first =
            steps.iter().rposition(|step| matches!(step, PreparedStep::Text(_))).map_or(0, |last| last + 1);
        let last = steps.split_off(n_first).into_iter().filter_map(|step| match step {
            PreparedStep::Word(step) => Some(step),
            PreparedStep::Text(_) => None,
        });
        Ok(Self { steps, memory: WordMemory::new(last.collect()), text: String::new(), spare: String::new() })
    }

    pub(super) fn clean_to_ids(&mut self, text: &str, ids: &mut Vec<u32>) {
        let Self { steps, memory, text: current, spare } = self;
        current.clear();
        current.push_str(text);
        for step in steps.iter() {
            match step {
                PreparedStep::Text(step) => step.apply(current, spare),
                PreparedStep::Word(step) => {
                    spare.clear();
                    for word in words(current).filter_map(|(_, word)| step.apply(word.to_owned())) {
                        if !spare.is_empty() {
                            spare.push(' ');
                        }
                        spare.push_str(&word);
                    }
                    std::mem::swap(current, spare);
                }
            }
        }
        ids.extend(words(current).filter_map(|(_, word)| memory.id_of(word)));
    }
}
