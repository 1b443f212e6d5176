//! Rows of a file that were read to be looked at: stretches of it in, one row at a time out. Pure.
//!
//! A file is cut into slices of `ROWS_PER_MARK` rows that can be read; only the last few slices looked at are held.

use std::ops::Range;
use std::rc::Rc;

use engine::table::ROWS_PER_MARK;

/// Slices held at a time: what is in sight lies in two at most.
pub const MAX_SLICES: usize = 6;

/// A row: its number in the file, as pandas counts, and its cells.
pub type FileRow = (u64, Vec<String>);

/// The slices held, the one added last at the end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowWindow {
    slices: Vec<(u64, Rc<Vec<FileRow>>)>,
    /// Why the last slice could not be read.
    pub failed: Option<String>,
}

impl RowWindow {
    /// The first slice that is needed for the rows at these places and is not here.
    pub fn missing(&self, places: &Range<u64>) -> Option<u64> {
        let last = places.end.checked_sub(1).filter(|last| *last >= places.start)?;
        let mut needed = places.start / ROWS_PER_MARK..=last / ROWS_PER_MARK;
        needed.find(|slice| self.slice(*slice).is_none())
    }

    /// Another slice; the one that was added first goes.
    pub fn add(&mut self, slice: u64, rows: Vec<FileRow>) {
        self.slices.retain(|(known, _)| *known != slice);
        if self.slices.len() >= MAX_SLICES {
            self.slices.remove(0);
        }
        self.slices.push((slice, Rc::new(rows)));
    }

    /// The row at a place, counted from 0 among rows that can be read; none where it was not read yet.
    pub fn row(&self, place: u64) -> Option<&FileRow> {
        self.slice(place / ROWS_PER_MARK)?.get((place % ROWS_PER_MARK) as usize)
    }

    /// The row of this number; none where it was not read.
    pub fn by_record(&self, record: u64) -> Option<&FileRow> {
        self.slices.iter().flat_map(|(_, rows)| rows.iter()).find(|(known, _)| *known == record)
    }

    fn slice(&self, slice: u64) -> Option<&Rc<Vec<FileRow>>> {
        self.slices.iter().find(|(known, _)| *known == slice).map(|(_, rows)| rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(slice: u64) -> Vec<FileRow> {
        // Every row's number is one more than its place, as behind a row that cannot be read.
        (0..ROWS_PER_MARK).map(|nth| (slice * ROWS_PER_MARK + nth + 1, vec![nth.to_string()])).collect()
    }

    #[test]
    fn what_is_in_sight_is_missing_until_it_was_read() {
        let mut window = RowWindow::default();
        let seen = 250..270;
        assert_eq!(window.missing(&seen), Some(0));
        window.add(0, rows(0));
        assert_eq!(window.missing(&seen), Some(1));
        window.add(1, rows(1));
        assert_eq!(window.missing(&seen), None);
        assert_eq!(window.missing(&(5..5)), None, "nothing is in sight");
        assert_eq!(window.row(255), Some(&(256, vec!["255".to_owned()])));
        assert_eq!(window.row(256), Some(&(257, vec!["0".to_owned()])));
        assert_eq!(window.row(512), None);
        assert_eq!(window.by_record(257).map(|(record, _)| *record), Some(257));
        assert_eq!(window.by_record(0), None);
    }

    #[test]
    fn what_was_looked_at_long_ago_goes() {
        let mut window = RowWindow::default();
        (0..=MAX_SLICES as u64).for_each(|slice| window.add(slice, rows(slice)));
        assert_eq!(window.missing(&(0..1)), Some(0));
        assert_eq!(window.missing(&(ROWS_PER_MARK..ROWS_PER_MARK + 1)), None);
    }
}
