//! A file of reviews in, what is wrong with it out: findings, each with its count, examples, what it does to
//! the score and a fix that can be applied.
//!
//! Rows go by once and their texts are not kept; what needs all rows together works on the cleaned words.
//! Nothing here changes the data: a fix is a step of a recipe, a split or a weight, for someone to choose.

mod boilerplate;
mod stars;
mod language;
mod raw;
mod same_text;
mod near;
mod giveaway;
mod label_errors;
mod effect;
mod auditor;
mod report;
mod scored;
mod label_judge;
mod words;
#[cfg(test)]
mod tests;

pub use auditor::{AuditedDocs, Auditor};
pub use effect::HeldOutView;
pub use label_errors::{LabelError, label_errors};
pub use label_judge::{Correction, JudgeError, JudgedLabels, LabelJudge};
pub use language::Language;
pub use near::near_duplicates;
pub use words::FINDING_NAMES;

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use crate::dataset::{DatasetRecipe, Fix, LabelId};
use crate::split::{SplitKind, SplitSpec};
use crate::text::CleanStep;

/// Most examples of a finding.
pub const MAX_EXAMPLES: usize = 5;
/// Longest text of an example, in characters.
pub const MAX_EXAMPLE_CHARS: usize = 120;
/// Most words that are named for giving the label away.
pub const MAX_GIVEAWAYS: usize = 20;
/// Most rows that a fix names; where there are more, the finding has no such fix.
pub const MAX_FIX_ROWS: usize = 10_000;

/// What an audit found, in the order of `FindingKind`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Audit {
    /// Rows below the header.
    pub n_rows: u64,
    /// Reviews that are learned from and tested on.
    pub n_rows_kept: u64,
    /// Macro F1 of the held-out predictions, where there are some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_out_f1: Option<f64>,
    /// What was found; what was looked for and not found is absent.
    pub findings: Vec<Finding>,
}

/// Something found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Finding {
    /// What.
    pub kind: FindingKind,
    /// Rows concerned.
    pub n_rows: u64,
    /// Some of them, the first or the worst.
    pub examples: Vec<Example>,
    /// What it does to the score, where that can be computed.
    pub effect: Option<Effect>,
    /// What to do about it.
    pub fix: Option<AuditFix>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FindingKind {
    /// Text or label is missing.
    Missing,
    /// Cleaning left no word.
    EmptyAfterCleaning,
    /// Text and label repeat an earlier row.
    ExactRepeats,
    /// The cleaned text is that of another row.
    SameText {
        /// Rows that repeat the cleaned text of an earlier one.
        n_repeats: u64,
        /// Rows that test and whose text trains; `None` where the rows cannot be split.
        n_crossing: Option<u64>,
    },
    /// Nearly all words are those of another row.
    NearDuplicates {
        /// Clusters of such texts.
        n_clusters: u64,
        /// Rows that test and whose like trains, equal texts not counted.
        n_crossing: Option<u64>,
    },
    /// Rows of one cleaned text have different labels.
    ConflictingLabels {
        /// Such texts.
        n_texts: u64,
    },
    /// Most texts begin or end alike.
    Boilerplate {
        /// Where.
        edge: TextEdge,
        /// With what.
        text: String,
    },
    /// The text says how many stars it gives.
    StarsInText,
    /// A word that nearly always comes with one label.
    Giveaway {
        /// The cleaned word.
        word: String,
        /// The label.
        class: LabelId,
        /// Share of the rows with the word that have the label.
        precision: f64,
        /// Share of all rows that have the word.
        support: f64,
    },
    /// One class has many times the rows of another.
    ClassImbalance {
        /// The most frequent class.
        largest: LabelId,
        /// The rarest.
        smallest: LabelId,
        /// Rows of the first for each row of the second.
        ratio: f64,
    },
    /// Texts of other languages than most.
    LanguageMix {
        /// The language of most.
        main: Language,
        /// The others, from the most frequent on, with their rows.
        others: Vec<(Language, u64)>,
    },
    /// Labels that the held-out predictions firmly contradict.
    LabelErrors,
}

/// An end of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum TextEdge {
    /// Its beginning.
    Start,
    /// Its end.
    End,
}

/// A row concerned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Example {
    /// Row number in the file, as pandas counts.
    pub record: u64,
    /// The beginning of its text, of its cleaned text where only that is at hand.
    pub text: String,
}

/// Macro F1 of the held-out predictions with and without the rows concerned; of boilerplate with it and without; of
/// unequal classes theirs and that of always answering the most frequent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Effect {
    /// Of all held-out rows.
    pub f1_macro: f64,
    /// Of those not concerned.
    pub f1_macro_without: f64,
}

/// What can be done about a finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AuditFix {
    /// A repair of the data.
    Repair {
        /// The recipe's next fix.
        fix: Fix,
    },
    /// A cleaning step before all others.
    CleanFirst {
        /// The step.
        step: CleanStep,
    },
    /// A cleaning step after all others.
    CleanLast {
        /// The step.
        step: CleanStep,
    },
    /// Part rows so that equal texts stay on one side.
    Split {
        /// How to part them.
        kind: SplitKind,
    },
    /// Weigh classes so that each counts alike.
    BalanceClasses,
}

impl Finding {
    /// The fix that leaves it as it is, and says that it was seen.
    pub fn ignored(&self) -> Fix {
        Fix::Ignore { finding: self.kind.name().to_owned() }
    }
}

impl AuditFix {
    /// Adds a repair or a cleaning step to a recipe, unless it has it; of rows that are to be parted by their texts,
    /// that these stay together. Weights of classes are no matter of the data.
    pub fn apply_to_recipe(&self, recipe: &mut DatasetRecipe) {
        match self {
            Self::Repair { fix } if !recipe.fixes.contains(fix) => recipe.fixes.push(fix.clone()),
            Self::CleanFirst { step } if !recipe.cleaning.contains(step) => {
                recipe.cleaning.insert(0, step.clone());
            }
            Self::CleanLast { step: CleanStep::RemoveWords { words } } => drop_words(recipe, words),
            Self::CleanLast { step } if !recipe.cleaning.contains(step) => recipe.cleaning.push(step.clone()),
            Self::Repair { .. } | Self::CleanFirst { .. } | Self::CleanLast { .. } => {}
            Self::Split { kind: SplitKind::Grouped } if !recipe.fixes.contains(&Fix::KeepTogether) => {
                recipe.fixes.push(Fix::KeepTogether);
            }
            Self::Split { .. } | Self::BalanceClasses => {}
        }
    }

    /// Sets how rows are parted. Other fixes leave it as it is.
    pub fn apply_to_split(&self, split: &mut SplitSpec) {
        if let Self::Split { kind } = self {
            split.kind = *kind;
        }
    }
}

/// Words that the recipe does not drop yet are dropped by its last step, with those it drops already where there is room.
fn drop_words(recipe: &mut DatasetRecipe, words: &[String]) {
    let is_dropped = |word: &&String| {
        let drops =
            |step: &CleanStep| matches!(step, CleanStep::RemoveWords { words } if words.contains(word));
        !recipe.cleaning.iter().any(drops)
    };
    let new: Vec<String> = words.iter().filter(is_dropped).cloned().collect();
    if new.is_empty() {
        return;
    }
    let n_bytes = |words: &[String]| words.iter().map(String::len).sum::<usize>();
    match recipe.cleaning.last_mut() {
        Some(CleanStep::RemoveWords { words })
            if n_bytes(words) + n_bytes(&new) <= crate::text::MAX_STEP_TEXT_BYTES =>
        {
            words.extend(new);
        }
        _ => recipe.cleaning.push(CleanStep::RemoveWords { words: new }),
    }
}

impl Example {
    fn new(record: u64, text: &str) -> Self {
        let mut shown: String = text.chars().take(MAX_EXAMPLE_CHARS).collect();
        if shown.len() < text.len() {
            shown.push('…');
        }
        Self { record, text: shown }
    }
}
