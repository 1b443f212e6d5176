//! A board of charts: which cards it has, in order, how wide they are, and what each draws of the runs shown.
//!
//! Keys are written as a filter writes them (`metrics.test_f1`); one that no run has is no fault, its card says so.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

/// Columns of a board.
pub const BOARD_COLUMNS: u8 = 6;
/// Columns of the narrowest card.
pub const MIN_CARD_COLUMNS: u8 = 2;
/// Most cards of a board; no further one is added.
pub const MAX_CARDS: usize = 24;

/// A card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Card {
    /// Tells it from the other cards of its board.
    pub id: u32,
    /// How many of the board's columns it takes, from `MIN_CARD_COLUMNS` to `BOARD_COLUMNS`.
    pub columns: u8,
    /// What it draws.
    pub chart: ChartSpec,
}

/// What a card draws.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ChartSpec {
    /// A bar a run.
    Bars {
        /// The metric; empty: the score that most runs have.
        metric: String,
    },
    /// A line of fold scores a run.
    Folds,
    /// A dot a run.
    Scatter {
        /// Across.
        x: String,
        /// Up.
        y: String,
        /// Coloured by.
        colour: String,
    },
    /// A box a group of runs.
    Boxes {
        /// Of what.
        value: String,
        /// Grouped by.
        by: String,
    },
    /// The mean of a key around each pair of values.
    Contour {
        /// Across.
        x: String,
        /// Up.
        y: String,
        /// Of what.
        value: String,
    },
    /// A line a run across many axes.
    Parallel {
        /// From left to right; none: those that are usual for the runs.
        axes: Vec<String>,
        /// Shaded by one of them; empty: the last.
        colour: String,
    },
    /// Confusion matrices side by side.
    Confusion,
    /// ROC curves laid over each other.
    Roc {
        /// Of the class with this number.
        class: u8,
    },
    /// Train against test score.
    Overfitting,
}

/// What of a board cannot be changed so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoardFull;

/// The cards of a board, and what can be done with them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Board {
    /// In order.
    pub cards: Vec<Card>,
}

impl Board {
    /// Puts a card behind the others.
    ///
    /// # Errors
    /// Where there are `MAX_CARDS` already.
    pub fn add(&mut self, chart: ChartSpec) -> Result<u32, BoardFull> {
        if self.cards.len() >= MAX_CARDS {
            return Err(BoardFull);
        }
        let id = self.cards.iter().map(|card| card.id + 1).max().unwrap_or(0);
        let columns = if matches!(chart, ChartSpec::Parallel { .. }) { BOARD_COLUMNS } else { 3 };
        self.cards.push(Card { id, columns, chart });
        Ok(id)
    }

    /// Takes a card away: where it stood, and the card.
    pub fn remove(&mut self, id: u32) -> Option<(usize, Card)> {
        let place = self.place(id)?;
        Some((place, self.cards.remove(place)))
    }

    /// Puts a card back where it stood.
    pub fn put_back(&mut self, place: usize, card: Card) {
        let is_new = self.place(card.id).is_none();
        if is_new {
            self.cards.insert(place.min(self.cards.len()), card);
        }
    }

    /// Moves a card to a place.
    pub fn move_to(&mut self, id: u32, place: usize) {
        if let Some((_, card)) = self.remove(id) {
            self.cards.insert(place.min(self.cards.len()), card);
        }
    }

    /// Gives a card so many columns, as far as that can be.
    pub fn resize(&mut self, id: u32, columns: u8) {
        if let Some(place) = self.place(id) {
            self.cards[place].columns = columns.clamp(MIN_CARD_COLUMNS, BOARD_COLUMNS);
        }
    }

    /// Lets a card draw something else.
    pub fn redraw(&mut self, id: u32, chart: ChartSpec) {
        if let Some(place) = self.place(id) {
            self.cards[place].chart = chart;
        }
    }

    /// Where a card stands.
    pub fn place(&self, id: u32) -> Option<usize> {
        self.cards.iter().position(|card| card.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn board(n_cards: usize) -> Board {
        let mut board = Board::default();
        for _ in 0..n_cards {
            board.add(ChartSpec::Folds).expect("there is room");
        }
        board
    }

    fn ids(board: &Board) -> Vec<u32> {
        board.cards.iter().map(|card| card.id).collect()
    }

    #[test]
    fn a_card_moves_and_the_others_keep_their_order() {
        for (id, place, expected) in
            [(0, 2, [1, 2, 0]), (2, 0, [2, 0, 1]), (1, 9, [0, 2, 1]), (7, 0, [0, 1, 2])]
        {
            let mut board = board(3);
            board.move_to(id, place);
            assert_eq!(ids(&board), expected, "{id} to {place}");
        }
    }

    #[test]
    fn a_removed_card_comes_back_where_it_stood() {
        let mut board = board(3);
        let (place, card) = board.remove(1).expect("it is there");
        assert_eq!((ids(&board), board.remove(1)), (vec![0, 2], None));
        board.put_back(place, card.clone());
        board.put_back(0, card);
        assert_eq!(ids(&board), [0, 1, 2]);
    }

    #[test]
    fn cards_are_as_wide_as_can_be_and_no_more_than_have_room() {
        let mut board = board(MAX_CARDS);
        assert_eq!(board.add(ChartSpec::Confusion), Err(BoardFull));
        for (columns, expected) in [(0, 2), (4, 4), (9, 6)] {
            board.resize(3, columns);
            assert_eq!(board.cards[3].columns, expected);
        }
    }

    #[test]
    fn a_new_card_has_an_id_of_its_own() {
        let mut board = board(3);
        board.remove(0);
        assert_eq!(board.add(ChartSpec::Overfitting), Ok(3));
        board.redraw(3, ChartSpec::Confusion);
        assert_eq!(board.cards[2].chart, ChartSpec::Confusion);
    }
}
