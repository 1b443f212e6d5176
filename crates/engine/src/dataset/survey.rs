//! A file read by a recipe in; what each of its cleaning steps changes, and the reviews to look at first, out.
//!
//! It reads what training would read, so its counts are of those reviews. It keeps a few texts and no more.

use std::cmp::Reverse;

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use super::{DatasetReader, DatasetRecipe, Fix, KeptRow};
use crate::table::FileError;
use crate::text::{EffectTally, StepEffect, WordsLeft};

/// Most reviews of each kind that are picked.
pub const MAX_PICKED: usize = 20;
/// Longest text of a picked review, in characters; of a longer one the beginning is kept.
pub const MAX_PICKED_CHARS: usize = 4_000;
/// Fewest words of a review of which a part is lost: of shorter ones one word is a large part.
const MIN_WORDS_TO_LOSE: usize = 5;

/// What a cleaning does to all reviews of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct SurveyedCleaning {
    /// Reviews.
    pub n_reviews: u64,
    /// Different words before the first step; none where they are more than `text::MAX_WORDS`.
    pub n_first_words: Option<u64>,
    /// What each step does, in order.
    pub steps: Vec<StepEffect>,
    /// Reviews of which no word is left.
    pub n_emptied: u64,
    /// The first of them.
    pub emptied: Vec<PickedReview>,
    /// The longest reviews, the longest first.
    pub longest: Vec<PickedReview>,
    /// Those that lose the largest part of their words and keep some, the largest first.
    pub most_lost: Vec<PickedReview>,
}

/// A review to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct PickedReview {
    /// Row number in the file, as pandas counts.
    pub record: u64,
    /// Its text before cleaning.
    pub text: String,
}

/// Reads a file and watches its cleaning, from chunks of any size.
pub struct CleaningSurvey {
    reader: DatasetReader,
    watch: Watch,
}

impl CleaningSurvey {
    /// Of the cleaning of `recipe`. Reviews of which it leaves no word are looked at, too, whatever the fixes say.
    ///
    /// # Errors
    /// As `DatasetReader::new`.
    pub fn new(recipe: &DatasetRecipe) -> Result<Self, FileError> {
        let mut recipe = recipe.clone();
        recipe.fixes.retain(|fix| *fix != Fix::DropEmpty);
        let tally = EffectTally::new(&recipe.cleaning);
        let tally = tally.map_err(|error| FileError::CannotClean { reason: error.to_string() })?;
        Ok(Self { reader: DatasetReader::new(&recipe)?, watch: Watch::new(tally) })
    }

    /// Reviews seen so far.
    pub fn n_reviews(&self) -> u64 {
        self.watch.n_reviews
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// As `DatasetReader::push`.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), FileError> {
        let watch = &mut self.watch;
        self.reader.push_watched(chunk, &mut |row| watch.see(&row))
    }

    /// What was seen, after the last chunk.
    ///
    /// # Errors
    /// As `DatasetReader::finish`.
    pub fn finish(self) -> Result<SurveyedCleaning, FileError> {
        let Self { reader, mut watch } = self;
        reader.finish_watched(&mut |row| watch.see(&row))?;
        let Watch { tally, n_reviews, n_emptied, emptied, longest, most_lost } = watch;
        Ok(SurveyedCleaning {
            n_reviews,
            n_first_words: tally.n_first_words(),
            steps: tally.effects(),
            n_emptied,
            emptied,
            longest: longest.reviews(),
            most_lost: most_lost.reviews(),
        })
    }
}

struct Watch {
    tally: EffectTally,
    n_reviews: u64,
    n_emptied: u64,
    emptied: Vec<PickedReview>,
    longest: Worst<usize>,
    /// By millionths of the words lost.
    most_lost: Worst<usize>,
}

impl Watch {
    fn new(tally: EffectTally) -> Self {
        let (longest, most_lost) = (Worst::default(), Worst::default());
        Self { tally, n_reviews: 0, n_emptied: 0, emptied: Vec::new(), longest, most_lost }
    }

    fn see(&mut self, row: &KeptRow<'_>) {
        let WordsLeft { n_before, n_after } = self.tally.see(row.text);
        self.n_reviews += 1;
        self.longest.see(row.text.len(), row);
        if n_after == 0 {
            self.n_emptied += 1;
            if self.emptied.len() < MAX_PICKED {
                self.emptied.push(picked(row));
            }
        } else if n_before >= MIN_WORDS_TO_LOSE && n_after < n_before {
            self.most_lost.see((n_before - n_after) * 1_000_000 / n_before, row);
        }
    }
}

/// The reviews of the highest measure, of equal ones the first of the file.
#[derive(Default)]
struct Worst<T> {
    found: Vec<(T, PickedReview)>,
}

impl<T: Copy + Ord> Worst<T> {
    fn see(&mut self, measure: T, row: &KeptRow<'_>) {
        if self.found.len() >= MAX_PICKED && self.found.last().is_some_and(|(least, _)| *least >= measure) {
            return;
        }
        let place = self.found.partition_point(|(known, _)| Reverse(*known) <= Reverse(measure));
        self.found.insert(place, (measure, picked(row)));
        self.found.truncate(MAX_PICKED);
    }

    fn reviews(self) -> Vec<PickedReview> {
        self.found.into_iter().map(|(_, review)| review).collect()
    }
}

fn picked(row: &KeptRow<'_>) -> PickedReview {
    PickedReview { record: row.record, text: row.text.chars().take(MAX_PICKED_CHARS).collect() }
}
