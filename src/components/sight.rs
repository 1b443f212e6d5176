//! Which rows of a long list are in sight, so that only they are drawn: how far it is scrolled in, rows and the room
//! above and below them out.

use std::ops::Range;

use crate::services::layout;

/// Rows drawn above and below those in sight.
const MARGIN_ROWS: usize = 8;
/// Height of the part in sight until it is known.
const FIRST_HEIGHT: f64 = 800.0;
/// Browsers lay nothing out beyond some millions of pixels: the tallest list. A longer one is scrolled in larger steps.
const MAX_TRACK: f64 = 8_000_000.0;

/// How far a list is scrolled, and how much of it is in sight, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sight {
    /// Scrolled so far.
    pub top: f64,
    /// In sight.
    pub height: f64,
}

impl Default for Sight {
    fn default() -> Self {
        Self { top: 0.0, height: FIRST_HEIGHT }
    }
}

impl Sight {
    /// Of a list that is not scrolled yet and takes at most this share of the window's height.
    pub fn at_most(share: f64) -> Self {
        Self { top: 0.0, height: layout::viewport().1 * share }
    }
}

/// What is drawn of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// These rows.
    pub rows: Range<usize>,
    /// Room above them, in pixels.
    pub above: f64,
    /// Room below them, in pixels.
    pub below: f64,
}

impl Sight {
    /// What to draw of `n_rows` rows, each `row_height` pixels high.
    pub fn drawn(self, row_height: f64, n_rows: usize) -> Drawn {
        let track = Track { row_height, n_rows, height: self.height };
        let scrolled = track.scrolled(self.top);
        let first = (scrolled / row_height) as usize;
        let n_seen = (self.height / row_height).ceil() as usize + 1;
        let end = (first + n_seen + MARGIN_ROWS).min(n_rows);
        // What the list is scrolled further than the page shows would stand above its upper edge.
        let n_hidden = ((scrolled - self.top).max(0.0) / row_height).ceil() as usize;
        let start = first.saturating_sub(MARGIN_ROWS).max(n_hidden.min(first)).min(end);
        let above = (self.top - (scrolled - start as f64 * row_height)).max(0.0);
        let drawn = (end - start) as f64 * row_height;
        Drawn { rows: start..end, above, below: (track.shown() - above - drawn).max(0.0) }
    }

    /// The rows of `n_rows` that a person sees.
    pub fn seen(self, row_height: f64, n_rows: usize) -> Range<usize> {
        let scrolled = Track { row_height, n_rows, height: self.height }.scrolled(self.top);
        let first = (scrolled / row_height).round() as usize;
        let n_seen = (self.height / row_height) as usize;
        first.min(n_rows)..(first + n_seen).min(n_rows)
    }

    /// How far to scroll to see a row first.
    pub fn top_of(self, row: usize, row_height: f64, n_rows: usize) -> f64 {
        Track { row_height, n_rows, height: self.height }.top_of(row as f64 * row_height)
    }
}

/// All rows one below the other, and how much of that there is room to scroll.
#[derive(Clone, Copy)]
struct Track {
    row_height: f64,
    n_rows: usize,
    height: f64,
}

impl Track {
    fn full(self) -> f64 {
        self.row_height * self.n_rows as f64
    }

    fn shown(self) -> f64 {
        self.full().min(MAX_TRACK)
    }

    /// Rows passed for each pixel scrolled, relative to a list that is not too long.
    fn ratio(self) -> f64 {
        if self.full() <= MAX_TRACK {
            return 1.0;
        }
        (self.full() - self.height) / (MAX_TRACK - self.height).max(1.0)
    }

    fn scrolled(self, top: f64) -> f64 {
        top * self.ratio()
    }

    fn top_of(self, scrolled: f64) -> f64 {
        (scrolled / self.ratio()).min(self.shown())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: f64 = 40.0;

    #[track_caller]
    fn check(top: f64, height: f64, n_rows: usize, expected: Range<usize>) {
        let drawn = Sight { top, height }.drawn(ROW, n_rows);
        assert_eq!(drawn.rows, expected);
        assert_eq!(drawn.above, expected.start as f64 * ROW);
        assert_eq!(drawn.below, (n_rows - expected.end) as f64 * ROW);
    }

    #[test]
    fn rows_in_sight_and_some_more_are_drawn() {
        check(0.0, 400.0, 10_000, 0..19);
        check(4_000.0, 400.0, 10_000, 92..119);
        check(0.0, 400.0, 3, 0..3);
        check(9_999.0 * ROW, 400.0, 10_000, 9_991..10_000);
        check(1_000_000.0, 400.0, 5, 5..5);
        check(0.0, 400.0, 0, 0..0);
    }

    #[test]
    fn every_row_of_a_list_that_is_too_long_can_be_seen() {
        let n_rows = 1_000_000;
        for row in [0, 1, 7, 100, 4_999, 500_000, 999_000, 999_989] {
            let sight = Sight { top: 0.0, height: 400.0 };
            let sight = Sight { top: sight.top_of(row, ROW, n_rows).floor(), ..sight };
            let drawn = sight.drawn(ROW, n_rows);
            assert!(drawn.rows.contains(&row), "row {row} of {drawn:?}");
            // Where the row stands within the part in sight.
            let stands = drawn.above + (row - drawn.rows.start) as f64 * ROW - sight.top;
            assert!(stands.abs() <= 5.0 * ROW, "row {row} stands {stands} pixels below the edge");
            assert!(drawn.above + drawn.below <= MAX_TRACK);
        }
        let end = Sight { top: MAX_TRACK - 400.0, height: 400.0 };
        assert_eq!(end.drawn(ROW, n_rows).rows.end, n_rows);
        assert_eq!(end.seen(ROW, n_rows), n_rows - 10..n_rows);
        assert!(end.drawn(ROW, n_rows).below < 1.0);
    }

    #[test]
    fn scrolling_a_long_list_goes_on_row_by_row() {
        let at = |top: f64| Sight { top, height: 400.0 }.drawn(ROW, 1_000_000);
        let mut before = at(0.0);
        for step in 1..2_000 {
            let now = at(f64::from(step) * 37.0);
            assert!(now.rows.start >= before.rows.start && now.rows.end >= before.rows.end);
            assert!((now.above + now.below + now.rows.len() as f64 * ROW - MAX_TRACK).abs() < 0.5);
            before = now;
        }
    }
}
