//! The training rows as trees read them: 32-bit values by row, and by column in ascending order of value.

use crate::num::Csr;

/// A non-zero value and where it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub(super) struct Cell {
    /// Its row, or its column.
    pub at: u32,
    pub value: f32,
}

/// Cells in lists, one a row or a column.
pub(super) struct CellLists {
    starts: Vec<usize>,
    cells: Vec<Cell>,
}

impl CellLists {
    /// By row; zeros that are stored are left out.
    pub fn by_row(x: &Csr) -> Self {
        let mut lists = Self { starts: vec![0], cells: Vec::with_capacity(x.n_entries()) };
        for row in x.rows() {
            let cells = row.entries().map(|(at, value)| Cell { at, value: value as f32 });
            lists.cells.extend(cells.filter(|cell| cell.value != 0.0));
            lists.starts.push(lists.cells.len());
        }
        lists
    }

    /// By column, the largest value first, equal ones by row.
    pub fn by_column(x: &Csr) -> Self {
        let mut lists = Self::by_row(&x.transpose());
        for column in 0..x.n_columns {
            let range = lists.starts[column]..lists.starts[column + 1];
            lists.cells[range].sort_by(|a, b| b.value.total_cmp(&a.value));
        }
        lists
    }

    #[inline]
    pub fn list(&self, place: u32) -> &[Cell] {
        &self.cells[self.starts[place as usize]..self.starts[place as usize + 1]]
    }

    pub fn n_lists(&self) -> usize {
        self.starts.len() - 1
    }
}
