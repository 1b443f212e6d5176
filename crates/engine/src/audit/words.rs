//! A finding in plain words: what was found, what it does to the score, what can be done about it.

use super::{AuditFix, Effect, Finding, FindingKind, Language, TextEdge};
use crate::dataset::{Fix, LabelId};
use crate::quote::{Grouped, Quoted};
use crate::split::SplitKind;
use crate::text::CleanStep;

/// Names of findings, by which fixes are asked for and ignored.
pub const FINDING_NAMES: [&str; 12] = [
    "missing",
    "empty_after_cleaning",
    "exact_repeats",
    "same_text",
    "near_duplicates",
    "conflicting_labels",
    "boilerplate",
    "stars_in_text",
    "giveaway",
    "class_imbalance",
    "language_mix",
    "label_errors",
];

impl FindingKind {
    /// Its name: one of `FINDING_NAMES`.
    pub fn name(&self) -> &'static str {
        let place = match self {
            Self::Missing => 0,
            Self::EmptyAfterCleaning => 1,
            Self::ExactRepeats => 2,
            Self::SameText { .. } => 3,
            Self::NearDuplicates { .. } => 4,
            Self::ConflictingLabels { .. } => 5,
            Self::Boilerplate { .. } => 6,
            Self::StarsInText => 7,
            Self::Giveaway { .. } => 8,
            Self::ClassImbalance { .. } => 9,
            Self::LanguageMix { .. } => 10,
            Self::LabelErrors => 11,
        };
        FINDING_NAMES[place]
    }
}

impl Finding {
    /// What was found, in one sentence. `classes`: their names, in label order.
    pub fn sentence(&self, classes: &[String]) -> String {
        let n = Grouped(self.n_rows);
        let name = |label: LabelId| classes.get(usize::from(label.0)).map_or("?", String::as_str);
        let crossing = |n_crossing: &Option<u64>| match n_crossing {
            Some(0) => " None of them stands on both sides of the split.".to_owned(),
            Some(n) => format!(" {} rows that test have their like among those that train.", Grouped(*n)),
            None => String::new(),
        };
        match &self.kind {
            FindingKind::Missing => format!("{n} rows lack a text or a label."),
            FindingKind::EmptyAfterCleaning => format!("Cleaning leaves no word of {n} reviews."),
            FindingKind::ExactRepeats => format!("{n} rows repeat an earlier one word for word."),
            FindingKind::SameText { n_repeats, n_crossing } => format!(
                "{n} reviews share their cleaned text with another, {} of them repeat an earlier one.{}",
                Grouped(*n_repeats),
                crossing(n_crossing)
            ),
            FindingKind::NearDuplicates { n_clusters, n_crossing } => format!(
                "{n} reviews are nearly the same as another, in {} clusters.{}",
                Grouped(*n_clusters),
                crossing(n_crossing)
            ),
            FindingKind::ConflictingLabels { n_texts } => {
                format!("{n} reviews of {} equal texts have different labels.", Grouped(*n_texts))
            }
            FindingKind::Boilerplate { edge, text } => {
                let verb = if *edge == TextEdge::Start { "begin" } else { "end" };
                format!("{n} reviews {verb} with '{}'.", Quoted(text))
            }
            FindingKind::StarsInText => format!("{n} reviews say in words how many stars they give."),
            FindingKind::Giveaway { word, class, precision, support } => format!(
                "Of the {n} reviews with the word '{}' ({:.1} % of all), {:.1} % are {}.",
                Quoted(word),
                support * 100.0,
                precision * 100.0,
                name(*class)
            ),
            FindingKind::ClassImbalance { largest, smallest, ratio } => format!(
                "There are {ratio:.1} {} reviews for each {} one, of which there are {n}.",
                name(*largest),
                name(*smallest)
            ),
            FindingKind::LanguageMix { main, others } => {
                let others: Vec<String> =
                    others.iter().map(|(l, n)| format!("{} {}", Grouped(*n), l.as_str())).collect();
                format!("{n} reviews are not {} as most are: {}.", main.as_str(), others.join(", "))
            }
            FindingKind::LabelErrors => {
                format!(
                    "{n} reviews have a label that predictions by models which did not see them firmly contradict."
                )
            }
        }
    }
}

impl Finding {
    /// What it does to the score, in one sentence, where that is known.
    pub fn effect_sentence(&self) -> Option<String> {
        let Some(Effect { f1_macro, f1_macro_without }) = self.effect else {
            // What is left out is neither learned from nor tested on.
            let is_left_out = match self.kind {
                FindingKind::Missing => true,
                FindingKind::ExactRepeats => self.fix.is_none(),
                _ => false,
            };
            return is_left_out.then(|| "They are left out: no score counts them.".to_owned());
        };
        let (with, without) = match self.kind {
            FindingKind::ClassImbalance { .. } => {
                return Some(format!(
                    "Always answering the most frequent class has a macro F1 of {f1_macro_without:.4}, held-out predictions {f1_macro:.4}: accuracy alone would hide that."
                ));
            }
            FindingKind::Boilerplate { .. } => ("with it", "once it is stripped"),
            FindingKind::Giveaway { .. } => ("with such words", "once all of them are dropped"),
            _ => ("with them", "without"),
        };
        Some(format!("Held-out macro F1 is {f1_macro:.4} {with} and {f1_macro_without:.4} {without}."))
    }
}

impl AuditFix {
    /// What the fix does, in one sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::Repair { fix } => match fix {
                Fix::DropRepeats => "Drop rows that repeat an earlier one.".to_owned(),
                Fix::DropEmpty => "Drop rows of which cleaning leaves no word.".to_owned(),
                Fix::DropRows { records } => format!("Drop these {} rows.", Grouped(records.len() as u64)),
                Fix::Relabel { labels } => {
                    format!("Give these {} rows another label.", Grouped(labels.len() as u64))
                }
                Fix::KeepTogether => "Keep equal texts on one side of the split.".to_owned(),
                Fix::Ignore { .. } => "Leave it as it is.".to_owned(),
            },
            Self::CleanFirst { .. } => "Strip it from every review before anything else.".to_owned(),
            Self::CleanLast { step: CleanStep::RemoveWords { .. } } => {
                "Drop the word from every review before words are counted.".to_owned()
            }
            Self::CleanLast { .. } => "Take it out of the cleaned reviews.".to_owned(),
            Self::Split { kind: SplitKind::Grouped } => {
                "Keep equal cleaned texts on one side of the split.".to_owned()
            }
            Self::Split { .. } => "Part the rows otherwise.".to_owned(),
            Self::BalanceClasses => "Weigh classes so that each counts alike.".to_owned(),
        }
    }
}

impl Language {
    /// Its English name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::HindiInLatin => "Hindi in Latin letters",
            Self::Spanish => "Spanish",
            Self::French => "French",
            Self::German => "German",
            Self::Portuguese => "Portuguese",
            Self::Devanagari => "Devanagari",
            Self::OtherIndic => "of another script of India",
            Self::Arabic => "Arabic",
            Self::Cyrillic => "Cyrillic",
            Self::EastAsian => "East Asian",
        }
    }
}
