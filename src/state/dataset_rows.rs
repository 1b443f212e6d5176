//! The reviews of a stored file by their row numbers: the places of its rows in, one review at a time out.
//!
//! Bytes are read in slices of a few hundred rows, the last of which is kept; the file is never held whole.

use std::cell::RefCell;
use std::rc::Rc;

use engine::dataset::{DatasetRecipe, ReviewRow};
use engine::table::{RowMark, rows_of_part};

use crate::services::files::{self, Blob};

/// Most bytes that are read at a time; rows of a slice beyond them are not seen.
const MAX_SLICE_BYTES: u64 = 16 << 20;

/// Rows of one slice that hold a review: number and review.
type Slice = Rc<Vec<(u64, ReviewRow)>>;

/// A stored file and the places of its rows.
pub struct FileRows {
    file: Blob,
    recipe: DatasetRecipe,
    places: RowPlaces,
    last: RefCell<Option<(usize, Slice)>>,
}

/// Where some of a file's rows stand, ascending, the first among them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowPlaces {
    /// They.
    pub marks: Rc<Vec<RowMark>>,
    /// Size of the file.
    pub n_bytes: u64,
}

/// A review and its row number.
pub type NumberedReview = (u64, ReviewRow);

impl RowPlaces {
    /// The slice that holds row `record`, if it is in the file.
    fn slice_of(&self, record: u64) -> usize {
        self.marks.partition_point(|mark| mark.record <= record).saturating_sub(1)
    }

    /// The first row of a slice, the byte after it, and the first row after it.
    fn bounds(&self, slice: usize) -> Option<(RowMark, u64, u64)> {
        let first = *self.marks.get(slice)?;
        let next = self.marks.get(slice + 1);
        let end = next.map_or(self.n_bytes, |mark| mark.byte).min(first.byte + MAX_SLICE_BYTES);
        Some((first, end, next.map_or(u64::MAX, |mark| mark.record)))
    }

    fn n_slices(&self) -> usize {
        self.marks.len()
    }
}

impl FileRows {
    /// The rows of `file`, read by `recipe`.
    pub fn new(file: Blob, recipe: DatasetRecipe, places: RowPlaces) -> Self {
        Self { file, recipe, places, last: RefCell::default() }
    }

    /// The review of this row; none where the row holds none.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub async fn review(&self, record: u64) -> Result<Option<ReviewRow>, String> {
        let slice = self.slice(self.places.slice_of(record)).await?;
        Ok(slice.iter().find(|(known, _)| *known == record).map(|(_, review)| review.clone()))
    }

    /// The first review from this row on; after the last the first of the file.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub async fn from(&self, record: u64) -> Result<Option<NumberedReview>, String> {
        let begin = self.places.slice_of(record);
        for step in 0..=self.places.n_slices() {
            let slice = self.slice((begin + step) % self.places.n_slices().max(1)).await?;
            let is_it = |row: &&NumberedReview| step > 0 || row.0 >= record;
            if let Some(found) = slice.iter().find(is_it) {
                return Ok(Some(found.clone()));
            }
        }
        Ok(None)
    }

    /// The last review before this row; before the first the last of the file.
    ///
    /// # Errors
    /// As `from`.
    pub async fn before(&self, record: u64) -> Result<Option<NumberedReview>, String> {
        let n_slices = self.places.n_slices().max(1);
        let begin = self.places.slice_of(record);
        for step in 0..=n_slices {
            let slice = self.slice((begin + 2 * n_slices - step) % n_slices).await?;
            let is_it = |row: &&NumberedReview| step > 0 || row.0 < record;
            if let Some(found) = slice.iter().rev().find(is_it) {
                return Ok(Some(found.clone()));
            }
        }
        Ok(None)
    }

    /// A review of a slice that `draw` names by chance.
    ///
    /// # Errors
    /// As `from`.
    pub async fn drawn(&self, draw: u64) -> Result<Option<NumberedReview>, String> {
        let n_slices = self.places.n_slices().max(1) as u64;
        let slice = self.slice((draw % n_slices) as usize).await?;
        match slice.len() as u64 {
            0 => self.from(0).await,
            n_rows => Ok(slice.get((draw / n_slices % n_rows) as usize).cloned()),
        }
    }

    async fn slice(&self, place: usize) -> Result<Slice, String> {
        if let Some((known, slice)) = &*self.last.borrow()
            && *known == place
        {
            return Ok(slice.clone());
        }
        let Some((first, end, next)) = self.places.bounds(place) else { return Ok(Slice::default()) };
        let bytes = files::slice(&self.file, first.byte, end).await.map_err(|error| error.to_string())?;
        let rows = rows_of_part(&self.recipe.format, (first, &bytes.to_vec()), first.record..next);
        let review = |(record, cells): (u64, Vec<String>)| Some((record, self.recipe.review_of(&cells)?));
        let slice: Slice = Rc::new(rows.into_iter().filter_map(review).collect());
        self.last.replace(Some((place, slice.clone())));
        Ok(slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> RowPlaces {
        let mark = |record, byte| RowMark { record, line: record + 2, byte };
        // Rows 1 and 301 are set aside, so that marks do not stand at even numbers.
        RowPlaces { marks: Rc::new(vec![mark(0, 10), mark(257, 5_000), mark(514, 9_000)]), n_bytes: 9_500 }
    }

    #[test]
    fn a_row_lies_in_the_slice_that_begins_at_or_before_it() {
        for (record, expected) in [(0, 0), (256, 0), (257, 1), (513, 1), (514, 2), (99_999, 2)] {
            assert_eq!(places().slice_of(record), expected, "{record}");
        }
        assert_eq!(RowPlaces::default().slice_of(5), 0);
    }

    #[test]
    fn a_slice_ends_where_the_next_begins() {
        let bounds = |slice| places().bounds(slice).map(|(first, end, next)| (first.byte, end, next));
        assert_eq!(bounds(0), Some((10, 5_000, 257)));
        assert_eq!(bounds(2), Some((9_000, 9_500, u64::MAX)));
        assert_eq!(bounds(3), None);
    }
}
