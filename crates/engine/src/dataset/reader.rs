//! A file's bytes in, labelled and cleaned reviews out, in one pass that never holds the texts.
//!
//! Rows go the way of `read_csv`, `dropna`, `drop_duplicates` on text and rating, label, clean.

use std::collections::HashSet;

use json::{FromJson, ToJson};
use kernels::fingerprint;
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

use super::extra::{ExtraCells, check_column};
use super::ratings::{RatingCount, RatingTally};
use super::{CleanedDocs, DatasetRecipe, ExtraColumns, Fix, LabelId, LabelMapping, LabelRule, MAX_TOKENS};
use crate::num::SortedMap;
use crate::table::{FileError, IssueList, Row, RowMark, RowReason, TableReader, is_missing, parse_number};
use crate::text::{Cleaner, MAX_WORDS};

/// What became of a file's rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct DatasetSummary {
    /// Rows below the header.
    pub n_rows: u64,
    /// Reviews that are learned from and tested on.
    pub n_rows_kept: u64,
    /// Reviews of each class, in the mapping's order.
    pub class_counts: Vec<u64>,
    /// Reviews of each rating or label word, in the mapping's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ratings: Vec<RatingCount>,
    /// Rows left out because the text or the label is missing.
    pub n_missing: u64,
    /// Rows left out because text and label repeat an earlier row.
    pub n_repeats: u64,
    /// Rows left out because the mapping does not know their label.
    pub n_unknown_labels: u64,
    /// Rows left out because a fix says so.
    #[serde(default, skip_serializing_if = "is_none_left_out")]
    pub n_left_out: u64,
    /// Reviews kept without a date that can be read, where there is a column of dates.
    #[serde(default, skip_serializing_if = "is_none_left_out")]
    pub n_undated: u64,
    /// Rows left out because they could not be read.
    pub n_unreadable: u64,
    /// Reviews of which cleaning left no word. They are kept.
    pub n_empty_after_cleaning: u64,
    /// Rows left out, and where they stand.
    pub issues: IssueList,
}

/// A row that is learned from or tested on.
#[derive(Clone, Copy, Debug)]
pub struct KeptRow<'a> {
    /// Which review it is, from 0.
    pub doc_idx: u32,
    /// Row number in the file, as pandas counts.
    pub record: u64,
    /// Its text as it stands in the file.
    pub text: &'a str,
    /// Its class.
    pub label: LabelId,
    /// Its rating or label as it stands in the file.
    pub rating: &'a str,
    /// Its group; empty where it has none.
    pub group: &'a str,
    /// Its cleaned words, as numbers in `words`.
    pub word_ids: &'a [u32],
    /// Every word so far, by number.
    pub words: &'a [String],
}

/// A file, read by a recipe.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadDataset {
    /// The reviews.
    pub docs: CleanedDocs,
    /// What became of the rows.
    pub summary: DatasetSummary,
}

fn is_none_left_out(n_left_out: &u64) -> bool {
    *n_left_out == 0
}

/// Reads a file by a recipe, from chunks of any size.
#[derive(Debug)]
pub struct DatasetReader {
    reader: TableReader,
    is_header_checked: bool,
    text_name: String,
    label_name: String,
    extra: ExtraColumns,
    rows: RowCollector,
}

impl DatasetReader {
    /// A reader that follows `recipe`.
    ///
    /// # Errors
    /// `CannotClean` where a cleaning step is out of bounds or not part of this build.
    pub fn new(recipe: &DatasetRecipe) -> Result<Self, FileError> {
        Ok(Self {
            reader: TableReader::new(&recipe.format),
            is_header_checked: false,
            text_name: recipe.text_name.clone(),
            label_name: recipe.label_name.clone(),
            extra: recipe.extra.clone(),
            rows: RowCollector::new(recipe)?,
        })
    }

    /// A reader with a lower bound on words than `MAX_TOKENS`, which takes a file of hundreds of megabytes.
    #[cfg(test)]
    pub(super) fn with_max_tokens(recipe: &DatasetRecipe, max_tokens: usize) -> Self {
        let mut reader = Self::new(recipe).expect("steps of every build");
        reader.rows.max_tokens = max_tokens;
        reader
    }

    /// Reviews kept so far.
    pub fn n_docs(&self) -> usize {
        self.rows.docs.labels.len()
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// As `push_watched`.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), FileError> {
        self.push_watched(chunk, &mut |_| {})
    }

    /// Takes the next bytes and shows `on_kept` each row that is kept.
    ///
    /// # Errors
    /// `TooLarge`, `TooManyColumns`, `NoSuchColumn`, `TooManyTerms` above `MAX_WORDS` distinct words,
    /// `TooManyWords` above `MAX_TOKENS` in all.
    pub fn push_watched(
        &mut self,
        chunk: &[u8],
        on_kept: &mut dyn FnMut(KeptRow<'_>),
    ) -> Result<(), FileError> {
        let rows = &mut self.rows;
        self.reader.push(chunk, &mut |row| rows.add(&row, on_kept))?;
        if !self.is_header_checked
            && let Some(header) = self.reader.header()
        {
            check_column(header, rows.text_column, &self.text_name)?;
            check_column(header, rows.label_column, &self.label_name)?;
            self.extra.check(header)?;
            self.is_header_checked = true;
        }
        rows.check_words()
    }

    /// The reviews, after the last chunk.
    ///
    /// # Errors
    /// As `finish_watched`.
    pub fn finish(self) -> Result<ReadDataset, FileError> {
        self.finish_watched(&mut |_| {})
    }

    /// The reviews, after the last chunk; shows `on_kept` each further row that is kept.
    ///
    /// # Errors
    /// Those of `push`, and `Empty`, `NoRows`, `NoUsableRows`, `OneClass`.
    pub fn finish_watched(self, on_kept: &mut dyn FnMut(KeptRow<'_>)) -> Result<ReadDataset, FileError> {
        let mut rows = self.rows;
        let read = self.reader.finish(&mut |row| rows.add(&row, on_kept))?;
        check_column(&read.header, rows.text_column, &self.text_name)?;
        check_column(&read.header, rows.label_column, &self.label_name)?;
        self.extra.check(&read.header)?;
        rows.check_words()?;
        if read.n_rows == 0 {
            return Err(FileError::NoRows);
        }
        rows.finish(read.n_rows, read.issues)
    }
}

struct RowCollector {
    text_column: usize,
    label_column: usize,
    extra: ExtraCells,
    mapping: LabelMapping,
    ratings: RatingTally,
    keep_missing: bool,
    drop_repeats: bool,
    drop_empty: bool,
    /// Rows that a fix leaves out, ascending.
    left_out: Vec<u64>,
    /// Rows that a fix gives another class.
    relabelled: SortedMap<u64, LabelId>,
    cleaner: Cleaner,
    max_tokens: usize,
    seen: HashSet<u128, FxBuildHasher>,
    docs: CleanedDocs,
    n_empty: u64,
    issues: IssueList,
}

impl std::fmt::Debug for RowCollector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RowCollector").field("n_docs", &self.docs.labels.len()).finish_non_exhaustive()
    }
}

impl RowCollector {
    fn new(recipe: &DatasetRecipe) -> Result<Self, FileError> {
        let cleaner = Cleaner::new(&recipe.cleaning);
        Ok(Self {
            text_column: recipe.text_column as usize,
            label_column: recipe.label_column as usize,
            extra: ExtraCells::new(&recipe.extra),
            mapping: recipe.mapping.clone(),
            ratings: RatingTally::new(&recipe.mapping),
            keep_missing: recipe.keep_missing,
            drop_repeats: recipe.fixes.contains(&Fix::DropRepeats),
            drop_empty: recipe.fixes.contains(&Fix::DropEmpty),
            left_out: left_out(&recipe.fixes),
            relabelled: relabelled(recipe),
            cleaner: cleaner.map_err(|error| FileError::CannotClean { reason: error.to_string() })?,
            max_tokens: MAX_TOKENS,
            seen: HashSet::default(),
            docs: CleanedDocs { doc_starts: vec![0], ..CleanedDocs::default() },
            n_empty: 0,
            issues: IssueList::default(),
        })
    }

    fn check_words(&self) -> Result<(), FileError> {
        if self.cleaner.words().len() > MAX_WORDS {
            return Err(FileError::TooManyTerms { most: MAX_WORDS as u64 });
        }
        if self.docs.word_ids.len() > self.max_tokens {
            return Err(FileError::TooManyWords { most: self.max_tokens as u64 });
        }
        Ok(())
    }

    fn add(&mut self, row: &Row<'_>, on_kept: &mut dyn FnMut(KeptRow<'_>)) {
        let (text, label) = (row.cell(self.text_column), row.cell(self.label_column));
        if is_missing(text) && (text.is_empty() || !self.keep_missing) {
            return self.set_aside(row.mark, missing(self.text_column, text));
        }
        if is_missing(label) {
            return self.set_aside(row.mark, missing(self.label_column, label));
        }
        let Some((place, class)) = self.mapping.place_of(label) else {
            return self.set_aside(row.mark, RowReason::UnknownLabel { value: label.to_owned() });
        };
        if self.left_out.binary_search(&row.mark.record).is_ok() {
            return self.set_aside(row.mark, RowReason::LeftOut);
        }
        let class = self.relabelled.get(&row.mark.record).copied().unwrap_or(class);
        let group = self.extra.group(row);
        let joined = self.extra.join(row, text);
        let repeats =
            self.drop_repeats && !self.seen.insert(fingerprint_of(&self.mapping.rule, joined, label));
        if repeats {
            return self.set_aside(row.mark, RowReason::Repeat);
        }
        let n_before = self.docs.word_ids.len();
        self.cleaner.clean_to_ids(joined, &mut self.docs.word_ids);
        let n_words = self.docs.word_ids.len();
        if self.drop_empty && n_words == n_before {
            return self.set_aside(row.mark, RowReason::LeftOut);
        }
        on_kept(KeptRow {
            doc_idx: self.docs.labels.len() as u32,
            record: row.mark.record,
            text: joined,
            label: class,
            rating: label.trim(),
            group,
            word_ids: &self.docs.word_ids[n_before..],
            words: self.cleaner.words(),
        });
        self.n_empty += u64::from(n_words == n_before);
        self.docs.doc_starts.push(u32::try_from(n_words).expect("a file of MAX_CSV_BYTES has fewer words"));
        self.docs.labels.push(class);
        self.ratings.add(place, class);
        self.docs.records.push(row.mark.record);
        self.extra.keep(row);
    }

    fn set_aside(&mut self, mark: RowMark, reason: RowReason) {
        self.issues.push(mark.issue(reason));
    }

    fn finish(mut self, n_rows: u64, unreadable: IssueList) -> Result<ReadDataset, FileError> {
        let mut class_counts = vec![0; self.mapping.classes.len()];
        for label in &self.docs.labels {
            class_counts[usize::from(label.0)] += 1;
        }
        let n_rows_kept = self.docs.labels.len() as u64;
        if n_rows_kept == 0 {
            return Err(FileError::NoUsableRows { n_rows });
        }
        if let Some(class) = class_counts.iter().position(|&n| n == n_rows_kept) {
            return Err(FileError::OneClass {
                n_rows: n_rows_kept,
                class: self.mapping.classes[class].clone(),
            });
        }
        let n_like = |reason: &RowReason| self.issues.n_like(reason);
        let (n_missing, n_repeats) = (n_like(&missing(0, "")), n_like(&RowReason::Repeat));
        let n_unknown_labels = n_like(&RowReason::UnknownLabel { value: String::new() });
        let n_left_out = n_like(&RowReason::LeftOut);
        let n_unreadable = unreadable.n;
        self.issues.merge(unreadable);
        self.docs.words = self.cleaner.into_words();
        let (keys, n_undated) = self.extra.finish();
        self.docs.keys = keys;
        let summary = DatasetSummary {
            n_rows,
            n_rows_kept,
            class_counts,
            ratings: self.ratings.finish(&self.mapping),
            n_missing,
            n_repeats,
            n_unknown_labels,
            n_left_out,
            n_undated,
            n_unreadable,
            n_empty_after_cleaning: self.n_empty,
            issues: self.issues,
        };
        Ok(ReadDataset { docs: self.docs, summary })
    }
}

/// 128 bits of text and label (SipHash-1-3 with a fixed key): two of a hundred million rows share them by
/// chance once in 10^22 files. Ratings are compared as numbers, as pandas does.
fn fingerprint_of(rule: &LabelRule, text: &str, label: &str) -> u128 {
    match rule {
        LabelRule::Ratings { .. } => {
            // Adding 0 makes -0 and 0 one.
            let rating = parse_number(label).map_or(0, |number| (number + 0.0).to_bits());
            fingerprint(text, &rating.to_le_bytes())
        }
        LabelRule::Words { .. } => fingerprint(text, label.as_bytes()),
    }
}

/// The rows that fixes leave out by number, ascending.
fn left_out(fixes: &[Fix]) -> Vec<u64> {
    let of_fix = |fix: &Fix| match fix {
        Fix::DropRows { records } => records.clone(),
        Fix::DropRepeats | Fix::DropEmpty | Fix::Relabel { .. } | Fix::KeepTogether | Fix::Ignore { .. } => {
            Vec::new()
        }
    };
    let mut records: Vec<u64> = fixes.iter().flat_map(of_fix).collect();
    records.sort_unstable();
    records
}

/// The rows that fixes give another class of the mapping.
fn relabelled(recipe: &DatasetRecipe) -> SortedMap<u64, LabelId> {
    let of_fix = |fix: &Fix| match fix {
        Fix::Relabel { labels } => labels.clone(),
        Fix::DropRepeats | Fix::DropEmpty | Fix::DropRows { .. } | Fix::KeepTogether | Fix::Ignore { .. } => {
            Vec::new()
        }
    };
    let mut relabelled = SortedMap::new();
    let is_known = |(_, label): &(u64, LabelId)| usize::from(label.0) < recipe.mapping.classes.len();
    recipe.fixes.iter().flat_map(of_fix).filter(is_known).for_each(|(record, label)| {
        relabelled.insert(record, label);
    });
    relabelled
}

fn missing(column: usize, value: &str) -> RowReason {
    RowReason::Missing { column: column as u32, value: value.to_owned() }
}
