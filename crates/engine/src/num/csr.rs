//! Sparse matrices by rows (CSR), and the same numbers by columns: what features hand to models.
//!
//! Three arrays come in, checked by `validate`; rows or columns go out in order. A matrix never holds a
//! column twice in a row, nor a value that is no finite number.

use thiserror::Error;

/// Most columns a matrix may have: a column number has 32 bits.
pub const MAX_COLUMNS: usize = 1 << 31;

/// A matrix of n_rows x n_columns, stored by rows.
///
/// Shapes: `row_starts`: n_rows + 1 into `columns` and `values`; columns ascend within a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Csr {
    /// Number of rows.
    pub n_rows: usize,
    /// Number of columns.
    pub n_columns: usize,
    /// Where each row's entries begin, and where the last end.
    pub row_starts: Vec<usize>,
    /// Column of each entry.
    pub columns: Vec<u32>,
    /// Value of each entry.
    pub values: Vec<f64>,
}

/// Columns, ascending, and values of one row (or, of a transposed matrix, rows and values of one column).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CsrRow<'a> {
    /// Where the values stand.
    pub columns: &'a [u32],
    /// What stands there.
    pub values: &'a [f64],
}

/// What contradicts in the parts of a matrix.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum CsrError {
    /// More columns than `MAX_COLUMNS`.
    #[error("{n_columns} columns are more than the {MAX_COLUMNS} that can be numbered")]
    TooManyColumns {
        /// How many there are.
        n_columns: usize,
    },
    /// Not one start a row and one end, from 0 to the number of entries, ascending.
    #[error("the starts of {n_rows} rows do not lead through {n_entries} entries")]
    BadStarts {
        /// Number of rows.
        n_rows: usize,
        /// Number of entries.
        n_entries: usize,
    },
    /// Another number of columns than of values.
    #[error("{n_columns} column numbers stand for {n_values} values")]
    UnequalLengths {
        /// Column numbers.
        n_columns: usize,
        /// Values.
        n_values: usize,
    },
    /// Columns of a row that repeat, descend or leave the matrix.
    #[error("the columns of row {row} do not ascend within {n_columns}")]
    BadColumns {
        /// The row.
        row: usize,
        /// Columns of the matrix.
        n_columns: usize,
    },
    /// A value that is no finite number.
    #[error("row {row} holds the value {value}")]
    BadValue {
        /// The row.
        row: usize,
        /// What stands there.
        value: f64,
    },
}

impl Csr {
    /// A matrix of `n_columns` columns and no rows; `push_row` adds them.
    pub fn empty(n_columns: usize) -> Self {
        Self { n_rows: 0, n_columns, row_starts: vec![0], columns: Vec::new(), values: Vec::new() }
    }

    /// The same, with room for as many rows and entries.
    pub fn with_room(n_columns: usize, n_rows: usize, n_entries: usize) -> Self {
        let mut row_starts = Vec::with_capacity(n_rows + 1);
        row_starts.push(0);
        let (columns, values) = (Vec::with_capacity(n_entries), Vec::with_capacity(n_entries));
        Self { n_rows: 0, n_columns, row_starts, columns, values }
    }

    /// Adds a row by its columns, ascending, and their values.
    pub fn push_lists(&mut self, columns: &[u32], values: &[f64]) {
        self.columns.extend_from_slice(columns);
        self.values.extend_from_slice(values);
        self.n_rows += 1;
        self.row_starts.push(self.columns.len());
    }

    /// Adds a row of entries in ascending order of column; `validate` finds those that are not.
    pub fn push_row(&mut self, entries: impl IntoIterator<Item = (u32, f64)>) {
        for (column, value) in entries {
            self.columns.push(column);
            self.values.push(value);
        }
        self.n_rows += 1;
        self.row_starts.push(self.columns.len());
    }

    /// Number of stored entries.
    pub fn n_entries(&self) -> usize {
        self.columns.len()
    }

    /// One row.
    ///
    /// # Panics
    /// Where the matrix has no such row.
    pub fn row(&self, row: usize) -> CsrRow<'_> {
        let range = self.row_starts[row]..self.row_starts[row + 1];
        CsrRow { columns: &self.columns[range.clone()], values: &self.values[range] }
    }

    /// The rows in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = CsrRow<'_>> {
        (0..self.n_rows).map(|row| self.row(row))
    }

    /// These rows, in this order; a row may come more than once.
    pub fn select_rows(&self, rows: &[u32]) -> Self {
        let n_entries = rows.iter().map(|&row| self.row(row as usize).columns.len()).sum();
        let mut selected = Self::empty(self.n_columns);
        selected.columns.reserve(n_entries);
        selected.values.reserve(n_entries);
        for &row in rows {
            let row = self.row(row as usize);
            selected.push_row(row.columns.iter().copied().zip(row.values.iter().copied()));
        }
        selected
    }

    /// The same numbers by columns (CSC of this matrix): row `j` of the result holds what stands in column
    /// `j` here, in ascending order of row. The matrix has fewer than 2^32 rows.
    pub fn transpose(&self) -> Self {
        let mut starts = vec![0; self.n_columns + 1];
        for &column in &self.columns {
            starts[column as usize + 1] += 1;
        }
        for column in 0..self.n_columns {
            starts[column + 1] += starts[column];
        }
        let mut next = starts.clone();
        let mut rows = vec![0; self.columns.len()];
        let mut values = vec![0.0; self.columns.len()];
        for (row, entries) in (0..).zip(self.rows()) {
            for (column, value) in entries.entries() {
                let place = next[column as usize];
                next[column as usize] += 1;
                rows[place] = row;
                values[place] = value;
            }
        }
        Self { n_rows: self.n_columns, n_columns: self.n_rows, row_starts: starts, columns: rows, values }
    }

    /// Checks that all parts agree: after building, after loading.
    ///
    /// # Errors
    /// `CsrError` with the first contradiction.
    pub fn validate(&self) -> Result<(), CsrError> {
        if self.n_columns > MAX_COLUMNS {
            return Err(CsrError::TooManyColumns { n_columns: self.n_columns });
        }
        let (n_columns, n_values) = (self.columns.len(), self.values.len());
        if n_columns != n_values {
            return Err(CsrError::UnequalLengths { n_columns, n_values });
        }
        let leads_through = self.row_starts.len().checked_sub(1) == Some(self.n_rows)
            && self.row_starts.first() == Some(&0)
            && self.row_starts.last() == Some(&n_values)
            && self.row_starts.is_sorted();
        if !leads_through {
            return Err(CsrError::BadStarts { n_rows: self.n_rows, n_entries: n_values });
        }
        for (row, entries) in self.rows().enumerate() {
            let ascends = entries.columns.windows(2).all(|pair| pair[0] < pair[1]);
            if !ascends || entries.columns.last().is_some_and(|&last| last as usize >= self.n_columns) {
                return Err(CsrError::BadColumns { row, n_columns: self.n_columns });
            }
            if let Some(&value) = entries.values.iter().find(|value| !value.is_finite()) {
                return Err(CsrError::BadValue { row, value });
            }
        }
        Ok(())
    }
}

impl<'a> CsrRow<'a> {
    /// Columns with their values.
    pub fn entries(self) -> impl Iterator<Item = (u32, f64)> + 'a {
        self.columns.iter().copied().zip(self.values.iter().copied())
    }

    /// `row · dense`, entries summed in order. Shape of `dense`: n_columns.
    pub fn dot(self, dense: &[f64]) -> f64 {
        self.entries().fold(0.0, |sum, (column, value)| sum + value * dense[column as usize])
    }

    /// `dense += factor * row`.
    pub fn add_to(self, dense: &mut [f64], factor: f64) {
        self.entries().for_each(|(column, value)| dense[column as usize] += factor * value);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};

    use super::*;

    fn matrix(n_columns: usize, rows: &[&[(u32, f64)]]) -> Csr {
        let mut csr = Csr::empty(n_columns);
        rows.iter().for_each(|row| csr.push_row(row.iter().copied()));
        csr
    }

    #[test]
    fn rows_come_back_as_pushed() {
        let csr = matrix(4, &[&[(0, 1.0), (3, -2.0)], &[], &[(1, 0.5)]]);
        assert_eq!(csr.validate(), Ok(()));
        assert_eq!(csr.rows().len(), 3);
        assert_eq!(csr.row(0).entries().collect::<Vec<_>>(), [(0, 1.0), (3, -2.0)]);
        assert_eq!(csr.row(1).columns, [] as [u32; 0]);
        assert_eq!(csr.row(0).dot(&[1.0, 9.0, 9.0, 0.25]), 0.5);
        assert_eq!(csr.n_entries(), 3);
    }

    #[test]
    fn columns_hold_their_rows_in_order() {
        let csr = matrix(3, &[&[(0, 1.0), (2, 2.0)], &[(2, 3.0)], &[(0, 4.0)]]);
        let expected = matrix(3, &[&[(0, 1.0), (2, 4.0)], &[], &[(0, 2.0), (1, 3.0)]]);
        assert_eq!(csr.transpose(), expected);
    }

    #[test]
    fn selected_rows_may_repeat() {
        let csr = matrix(2, &[&[(0, 1.0)], &[(1, 2.0)]]);
        assert_eq!(csr.select_rows(&[1, 0, 1]), matrix(2, &[&[(1, 2.0)], &[(0, 1.0)], &[(1, 2.0)]]));
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut Csr), expected: CsrError) {
        let mut csr = matrix(3, &[&[(0, 1.0), (2, 2.0)], &[(1, 3.0)]]);
        change(&mut csr);
        assert_eq!(csr.validate(), Err(expected));
    }

    #[test]
    fn what_contradicts_is_named() {
        let bad_starts = CsrError::BadStarts { n_rows: 2, n_entries: 3 };
        check(|csr| csr.row_starts = vec![0, 2], bad_starts.clone());
        check(|csr| csr.row_starts = vec![0, 3, 2], bad_starts.clone());
        check(|csr| csr.row_starts = vec![1, 2, 3], bad_starts.clone());
        check(|csr| csr.row_starts = vec![], bad_starts);
        check(|csr| csr.values.truncate(2), CsrError::UnequalLengths { n_columns: 3, n_values: 2 });
        check(|csr| csr.columns[1] = 0, CsrError::BadColumns { row: 0, n_columns: 3 });
        check(|csr| csr.columns[2] = 3, CsrError::BadColumns { row: 1, n_columns: 3 });
        check(|csr| csr.values[2] = f64::INFINITY, CsrError::BadValue { row: 1, value: f64::INFINITY });
        let n_columns = MAX_COLUMNS + 1;
        check(|csr| csr.n_columns = n_columns, CsrError::TooManyColumns { n_columns });
    }

    fn any_matrix() -> impl Strategy<Value = Csr> {
        let cells = proptest::collection::btree_map((0u32..20, 0u32..12), -9i8..9, 0..80);
        cells.prop_map(|cells| {
            let mut csr = Csr::empty(12);
            for row in 0..20 {
                let of_row = cells.iter().filter(|((at, _), _)| *at == row);
                csr.push_row(of_row.map(|(&(_, column), &value)| (column, f64::from(value))));
            }
            csr
        })
    }

    proptest! {
        #[test]
        fn transposing_twice_gives_the_matrix(csr in any_matrix()) {
            let transposed = csr.transpose();
            prop_assert_eq!(transposed.validate(), Ok(()));
            prop_assert_eq!(transposed.transpose(), csr);
        }

        #[test]
        fn no_parts_make_validate_panic(
            starts in proptest::collection::vec(0usize..6, 0..5),
            columns in proptest::collection::vec(0u32..6, 0..6),
            n_columns in any::<usize>(),
        ) {
            let values = vec![1.0; columns.len()];
            let csr = Csr { n_rows: starts.len().saturating_sub(1), n_columns, row_starts: starts, columns, values };
            if csr.validate().is_ok() {
                prop_assert!(csr.rows().all(|row| row.columns.len() == row.values.len()));
            }
        }
    }
}
