//! What reviews look like, in counts that can be shared: no text, no row, no word that few reviews have.
//!
//! Made of the reviews a version was measured on, and of every batch that is held against them. Profiles of the same
//! columns can be compared whatever their size.

use engine::num::SortedMap;
use json::{Document, FromJson, ToJson};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::WATCH_SCHEMA;
use crate::calibrated::{AnswerCounts, ProbabilityError};
use crate::scale::{MAX_CELLS, Scale};

/// A term is named only where so many reviews have it: words of few may tell who wrote them.
pub const MIN_TERM_ROWS: u64 = 5;
/// Most terms of one profile, those of most reviews.
pub const MAX_TERMS: usize = 3_000;
/// Most classes of one column; rows of further ones are counted as `OTHER_CLASSES`.
pub const MAX_COLUMN_CLASSES: usize = 50;
/// The name under which they are.
pub const OTHER_CLASSES: &str = "(other)";
/// Largest profile file that is read.
pub const MAX_PROFILE_BYTES: usize = 8 << 20;

/// The values of one column, counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ColumnCounts {
    /// Numbers.
    Numbers {
        /// How they fall into cells.
        scale: Scale,
        /// Rows of each cell, up to the last that has any.
        counts: Vec<u64>,
    },
    /// Yes or no.
    Flag {
        /// Rows that say yes.
        n_yes: u64,
        /// Rows.
        n_rows: u64,
    },
    /// One of several names, in alphabetical order.
    Classes {
        /// Name and rows.
        counts: Vec<(String, u64)>,
    },
}

impl ColumnCounts {
    /// Rows that have a value.
    pub fn n_rows(&self) -> u64 {
        match self {
            Self::Numbers { counts, .. } => counts.iter().sum(),
            Self::Flag { n_rows, .. } => *n_rows,
            Self::Classes { counts } => counts.iter().map(|class| class.1).sum(),
        }
    }
}

/// A column and its values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct ColumnProfile {
    /// Its name: a descriptor's, or that of a file's column.
    pub name: String,
    /// Its values.
    pub values: ColumnCounts,
}

/// In how many reviews terms stand.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct TermCounts {
    /// Reviews counted.
    pub n_rows: u64,
    /// Terms of fewer reviews than this may be missing.
    pub least_kept: u64,
    /// Term and reviews, in alphabetical order.
    pub terms: Vec<(String, u64)>,
}

impl TermCounts {
    /// Of all terms those that `min_rows` reviews have, or the `max_terms` of most reviews.
    pub(crate) fn kept(n_rows: u64, mut terms: Vec<(String, u64)>, min_rows: u64, max_terms: usize) -> Self {
        terms.retain(|term| term.1 >= min_rows);
        terms.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let is_cut = terms.len() > max_terms;
        terms.truncate(max_terms);
        // Of the terms that as many reviews have as the last that is kept, some were left out.
        let least_kept = terms.last().filter(|_| is_cut).map_or(min_rows, |last| last.1 + 1);
        terms.sort_unstable();
        Self { n_rows, least_kept, terms }
    }
}

/// What reviews look like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Profile {
    /// Schema number.
    pub schema: u32,
    /// The engine that made it.
    pub engine_version: String,
    /// Class names, in label order.
    pub labels: Vec<String>,
    /// Columns, in alphabetical order.
    pub columns: Vec<ColumnProfile>,
    /// Terms.
    pub terms: TermCounts,
    /// Answers by probability, with their right classes where they are known.
    pub answers: AnswerCounts,
}

/// Why a file is no profile.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProfileError {
    /// It is none.
    #[error("this is no profile of reviews ({reason}): choose one that Reviewlab saved")]
    NotAProfile {
        /// What does not fit.
        reason: String,
    },
    /// Written by a newer version.
    #[error(
        "this profile was saved by a newer Reviewlab (format {found}, this one reads up to {WATCH_SCHEMA}): update and try again"
    )]
    Newer {
        /// Its schema number.
        found: u32,
    },
    /// Over `MAX_PROFILE_BYTES`.
    #[error("the profile has {found} bytes, at most {MAX_PROFILE_BYTES} are read")]
    TooLarge {
        /// Its size.
        found: usize,
    },
}

#[derive(Deserialize, FromJson)]
struct Head {
    #[serde(rename = "type")]
    kind: String,
    schema: u32,
}

/// As it is written: with its type first, as every record.
#[derive(Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Tagged {
    Profile(Profile),
}

impl Profile {
    /// Its one stored form.
    pub fn to_json(&self) -> String {
        json::to_string(&Tagged::Profile(self.clone()))
    }

    /// Reads what `to_json` wrote, and checks it.
    ///
    /// # Errors
    /// Where it is no profile, one of a newer build, or one that cannot be.
    pub fn from_json(text: &str) -> Result<Self, ProfileError> {
        let wrong = |reason: String| ProfileError::NotAProfile { reason };
        if text.len() > MAX_PROFILE_BYTES {
            return Err(ProfileError::TooLarge { found: text.len() });
        }
        let document = Document::parse(text).map_err(|error| wrong(error.to_string()))?;
        let head: Head = document.read().map_err(|error| wrong(error.to_string()))?;
        if head.kind != "profile" || head.schema == 0 {
            return Err(wrong("its type is another".to_owned()));
        }
        if head.schema > WATCH_SCHEMA {
            return Err(ProfileError::Newer { found: head.schema });
        }
        let Tagged::Profile(profile) = document.read().map_err(|error| wrong(error.to_string()))?;
        match profile.fault() {
            None => Ok(profile),
            Some(what) => Err(wrong(what.to_owned())),
        }
    }

    fn fault(&self) -> Option<&'static str> {
        let fits = |column: &ColumnProfile| match &column.values {
            ColumnCounts::Numbers { counts, .. } => counts.len() <= MAX_CELLS,
            ColumnCounts::Flag { n_yes, n_rows } => n_yes <= n_rows,
            ColumnCounts::Classes { counts } => counts.len() <= MAX_COLUMN_CLASSES + 1,
        };
        if !self.columns.iter().all(fits) {
            return Some("a column's counts");
        }
        if self.terms.terms.iter().any(|term| term.1 > self.terms.n_rows)
            || self.terms.terms.len() > MAX_TERMS
        {
            return Some("its terms");
        }
        (!self.answers.is_valid() || self.answers.n_classes as usize != self.labels.len())
            .then_some("its answers")
    }

    /// A column by its name.
    pub fn column(&self, name: &str) -> Option<&ColumnCounts> {
        self.columns.iter().find(|column| column.name == name).map(|column| &column.values)
    }

    /// Reviews it was made of: those of its largest column.
    pub fn n_rows(&self) -> u64 {
        self.columns.iter().map(|column| column.values.n_rows()).max().unwrap_or(0)
    }
}

/// A row's value in a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// A count, in a column of counts.
    Count(f64),
    /// A share, in a column of shares.
    Share(f64),
    /// Yes or no.
    Flag(bool),
    /// A name.
    Class(&'a str),
}

/// Cells of a column of shares.
pub const SHARE_CELLS: u32 = 50;

/// Gathers a profile, row after row.
#[derive(Clone, Debug)]
pub struct ProfileBuilder {
    labels: Vec<String>,
    columns: SortedMap<String, ColumnCounts>,
    terms: FxHashMap<String, u64>,
    n_term_rows: u64,
    answers: Vec<(u8, f64, Option<u8>)>,
}

impl ProfileBuilder {
    /// Of answers in these classes.
    pub fn new(labels: &[String]) -> Self {
        Self {
            labels: labels.to_vec(),
            columns: SortedMap::new(),
            terms: FxHashMap::default(),
            n_term_rows: 0,
            answers: Vec::new(),
        }
    }

    /// A row's value in the column `name`. A column keeps the kind of its first value; a value of another kind, or that is
    /// no number, is left out.
    pub fn push(&mut self, name: &str, value: Value<'_>) {
        if self.columns.get(name).is_none() {
            self.columns.insert(name.to_owned(), empty_column(&value));
        }
        let Some(column) = self.columns.get_mut(name) else { return };
        match (column, value) {
            (ColumnCounts::Numbers { scale, counts }, Value::Count(value) | Value::Share(value)) => {
                let Some(cell) = scale.cell(value) else { return };
                if counts.len() <= cell {
                    counts.resize(cell + 1, 0);
                }
                counts[cell] += 1;
            }
            (ColumnCounts::Flag { n_yes, n_rows }, Value::Flag(is_yes)) => {
                *n_yes += u64::from(is_yes);
                *n_rows += 1;
            }
            (ColumnCounts::Classes { counts }, Value::Class(name)) => count_class(counts, name),
            _ => {}
        }
    }

    /// A row's class in the column `name`, where it is known.
    pub fn push_label(&mut self, name: &str, class: Option<u8>) {
        let labels = std::mem::take(&mut self.labels);
        if let Some(label) = class.and_then(|class| labels.get(usize::from(class))) {
            self.push(name, Value::Class(label));
        }
        self.labels = labels;
    }

    /// The different terms of a row.
    pub fn push_terms<'a>(&mut self, terms: impl IntoIterator<Item = &'a str>) {
        let mut terms: Vec<&str> = terms.into_iter().collect();
        terms.sort_unstable();
        terms.dedup();
        self.n_term_rows += 1;
        for term in terms {
            match self.terms.get_mut(term) {
                Some(n_rows) => *n_rows += 1,
                None => {
                    self.terms.insert(term.to_owned(), 1);
                }
            }
        }
    }

    /// A row's answer: class, its probability, and the right class where that is known.
    pub fn push_answer(&mut self, predicted: u8, probability: f64, truth: Option<u8>) {
        self.answers.push((predicted, probability, truth));
    }

    /// The profile, to be kept and shared. Terms are left out that fewer than `MIN_TERM_ROWS` reviews have, or beyond
    /// `MAX_TERMS`.
    ///
    /// # Errors
    /// Where a probability is not from 0 to 1.
    pub fn finish(self) -> Result<Profile, ProbabilityError> {
        self.finish_with(MIN_TERM_ROWS, MAX_TERMS)
    }

    /// The profile of a batch with all its terms, to be compared and let go.
    ///
    /// # Errors
    /// As `finish`.
    pub fn finish_whole(self) -> Result<Profile, ProbabilityError> {
        self.finish_with(1, usize::MAX)
    }

    fn finish_with(self, min_rows: u64, max_terms: usize) -> Result<Profile, ProbabilityError> {
        let mut answers = AnswerCounts::new(self.labels.len() as u32);
        answers.extend(self.answers)?;
        let terms = TermCounts::kept(self.n_term_rows, self.terms.into_iter().collect(), min_rows, max_terms);
        let column = |(name, values): (String, ColumnCounts)| ColumnProfile { name, values };
        Ok(Profile {
            schema: WATCH_SCHEMA,
            engine_version: engine::ENGINE_VERSION.to_owned(),
            labels: self.labels,
            columns: self.columns.into_iter().map(column).collect(),
            terms,
            answers,
        })
    }
}

fn empty_column(value: &Value<'_>) -> ColumnCounts {
    match value {
        Value::Count(_) => ColumnCounts::Numbers { scale: Scale::Count, counts: Vec::new() },
        Value::Share(_) => {
            ColumnCounts::Numbers { scale: Scale::Share { n_cells: SHARE_CELLS }, counts: Vec::new() }
        }
        Value::Flag(_) => ColumnCounts::Flag { n_yes: 0, n_rows: 0 },
        Value::Class(_) => ColumnCounts::Classes { counts: Vec::new() },
    }
}

fn count_class(counts: &mut Vec<(String, u64)>, name: &str) {
    let place =
        |name: &str, counts: &[(String, u64)]| counts.binary_search_by(|class| class.0.as_str().cmp(name));
    let is_full = counts.len() >= MAX_COLUMN_CLASSES;
    let name = if is_full && place(name, counts).is_err() { OTHER_CLASSES } else { name };
    match place(name, counts) {
        Ok(at) => counts[at].1 += 1,
        Err(at) => counts.insert(at, (name.to_owned(), 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Profile {
        let mut builder = ProfileBuilder::new(&["negative".into(), "positive".into()]);
        for row in 0..40_u8 {
            builder.push("words", Value::Count(f64::from(row % 7)));
            builder.push("unknown_words", Value::Share(f64::from(row) / 40.0));
            builder.push("exclamation", Value::Flag(row % 5 == 0));
            builder.push("predicted", Value::Class(if row % 3 == 0 { "negative" } else { "positive" }));
            builder.push_terms(["good", "good", if row < 4 { "asha" } else { "fine" }]);
            builder.push_answer(u8::from(row % 3 != 0), 0.5 + f64::from(row) / 100.0, Some(row % 2));
        }
        builder.finish().unwrap()
    }

    #[test]
    fn a_profile_comes_back_as_it_went() {
        assert_eq!(Profile::from_json(&sample().to_json()), Ok(sample()));
    }

    #[test]
    fn the_first_version_is_read_for_good() {
        expect_test::expect_file!["../testdata/v1/profile.json"]
            .assert_eq(&format!("{}\n", sample().to_json()));
    }

    #[test]
    fn words_of_few_reviews_are_not_named() {
        assert_eq!(sample().terms.terms, [("fine".to_owned(), 36), ("good".to_owned(), 40)]);
        assert!(!sample().to_json().contains("asha"));
    }

    #[test]
    fn what_is_no_profile_says_so() {
        let text = sample().to_json();
        assert!(matches!(Profile::from_json("{}"), Err(ProfileError::NotAProfile { .. })));
        assert!(matches!(
            Profile::from_json(&text.replace("\"schema\":1", "\"schema\":9")),
            Err(ProfileError::Newer { found: 9 })
        ));
        assert!(Profile::from_json(&text.replace("\"n_yes\":8", "\"n_yes\":80")).is_err());
        for end in [0, 1, text.len() / 2, text.len() - 1] {
            assert!(Profile::from_json(&text[..end]).is_err());
        }
    }

    #[test]
    fn further_classes_are_counted_together_and_other_kinds_left_out() {
        let mut builder = ProfileBuilder::new(&[]);
        for row in 0..80 {
            builder.push("month", Value::Class(&format!("m{row:02}")));
        }
        builder.push("month", Value::Flag(true));
        builder.push("words", Value::Count(f64::NAN));
        let profile = builder.finish().unwrap();
        let Some(ColumnCounts::Classes { counts }) = profile.column("month") else { panic!("classes") };
        assert_eq!(counts.len(), MAX_COLUMN_CLASSES + 1);
        assert_eq!(counts.iter().find(|class| class.0 == OTHER_CLASSES).map(|class| class.1), Some(30));
        assert_eq!(profile.column("words").map(ColumnCounts::n_rows), Some(0));
    }

    #[test]
    fn a_probability_that_is_none_is_refused() {
        let mut builder = ProfileBuilder::new(&["a".into(), "b".into()]);
        builder.push_answer(0, f64::NAN, None);
        assert!(builder.finish().is_err());
    }
}
