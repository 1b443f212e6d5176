//! Numbers in, cells of a histogram out: edges that are the same for every file, so that two profiles can be compared and
//! added without the rows they were made from.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

/// Whole numbers up to here have a cell each.
const EXACT_UP_TO: f64 = 32.0;
/// How much larger each further cell's beginning is.
const STEP: f64 = 1.08;
/// Most cells of one histogram: numbers above a few billions share the last.
pub const MAX_CELLS: usize = 256;

/// How a column's numbers fall into cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Scale {
    /// Counts from 0: up to 32 a cell each, then cells that grow by 8 %.
    Count,
    /// Shares from 0 to 1, in so many cells of equal width.
    Share {
        /// From 1 to `MAX_CELLS`.
        n_cells: u32,
    },
}

impl Scale {
    /// The cell of a number; below 0 it is the first. `None` of what is no number.
    pub fn cell(self, value: f64) -> Option<usize> {
        if value.is_nan() {
            return None;
        }
        let value = value.max(0.0);
        Some(match self {
            Self::Count if value <= EXACT_UP_TO => value.round() as usize,
            Self::Count => {
                let beyond = libm::log(value / EXACT_UP_TO) / libm::log(STEP);
                EXACT_UP_TO as usize + 1 + (beyond.floor() as usize).min(MAX_CELLS - 2 - EXACT_UP_TO as usize)
            }
            Self::Share { n_cells } => {
                let n_cells = (n_cells as usize).clamp(1, MAX_CELLS);
                ((value * n_cells as f64).floor() as usize).min(n_cells - 1)
            }
        })
    }

    /// The number that stands for a cell: its middle.
    pub fn value(self, cell: usize) -> f64 {
        match self {
            Self::Count if cell as f64 <= EXACT_UP_TO => cell as f64,
            Self::Count => EXACT_UP_TO * libm::pow(STEP, cell as f64 - EXACT_UP_TO - 0.5),
            Self::Share { n_cells } => (cell as f64 + 0.5) / f64::from(n_cells.max(1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_cell_lies_in_it() {
        for scale in [Scale::Count, Scale::Share { n_cells: 50 }, Scale::Share { n_cells: 1 }] {
            let n_cells = if let Scale::Share { n_cells } = scale { n_cells as usize } else { MAX_CELLS };
            for cell in 0..n_cells {
                assert_eq!(scale.cell(scale.value(cell)), Some(cell), "{scale:?}");
            }
        }
    }

    #[test]
    fn larger_numbers_are_in_later_cells_and_none_is_beyond() {
        let cells: Vec<usize> = [0.0, 1.0, 31.6, 33.0, 40.0, 900.0, 1e6, 1e300, f64::INFINITY]
            .iter()
            .filter_map(|value| Scale::Count.cell(*value))
            .collect();
        assert!(cells.is_sorted() && cells[8] < MAX_CELLS, "{cells:?}");
        assert_eq!(Scale::Share { n_cells: 10 }.cell(1.0), Some(9));
        assert_eq!(Scale::Share { n_cells: 10 }.cell(-0.2), Some(0));
        assert_eq!(Scale::Count.cell(f64::NAN), None);
    }
}
