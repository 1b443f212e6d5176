//! Rows of several tables in, one table out: each column at the place that its name has in the first of them.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use crate::table::{FileError, MAX_COLUMNS, Row, push_row};

/// The columns of all tables together, and the rows that came out.
#[derive(Default)]
pub(super) struct Joined {
    names: Vec<String>,
    places: HashMap<String, usize, FxBuildHasher>,
    /// Whose columns count; none before there is one.
    first: Option<First>,
    pub n_rows: u64,
    cells: Vec<String>,
}

/// The table whose columns the others must have.
struct First {
    name: String,
    /// Its objects may name further columns at any line.
    may_grow: bool,
}

impl Joined {
    /// A table with this header begins: the place in the joined table of each of its columns.
    ///
    /// # Errors
    /// `MissingColumn`, `StrangeColumn`.
    pub fn begin_table(&mut self, name: &str, header: &[String]) -> Result<Vec<usize>, FileError> {
        if let Some(first) = &self.first {
            let has = |column: &String| header.contains(column);
            if let Some(column) = self.names.iter().find(|column| !has(column)) {
                return Err(FileError::MissingColumn {
                    name: name.to_owned(),
                    column: column.clone(),
                    first: first.name.clone(),
                });
            }
        } else {
            self.first = Some(First { name: name.to_owned(), may_grow: true });
        }
        let places = header.iter().map(|column| self.place_of(name, column)).collect();
        if let Some(first) = &mut self.first {
            first.may_grow = false;
        }
        places
    }

    /// A table of objects begins.
    pub fn begin_objects(&mut self, name: &str) {
        self.first.get_or_insert_with(|| First { name: name.to_owned(), may_grow: true });
    }

    /// Adds a row of the table whose columns have these places.
    pub fn add_row(&mut self, row: &Row<'_>, places: &[usize], out: &mut Vec<u8>) {
        self.blank();
        for (cell, &place) in row.cells().zip(places) {
            self.cells[place].push_str(cell);
        }
        self.put(out);
    }

    /// Adds an object of the table `name`.
    ///
    /// # Errors
    /// `StrangeColumn`, `TooManyColumns`.
    pub fn add_object(
        &mut self,
        name: &str,
        fields: Vec<(String, String)>,
        out: &mut Vec<u8>,
    ) -> Result<(), FileError> {
        self.blank();
        for (column, cell) in fields {
            let place = self.place_of(name, &column)?;
            if place == self.cells.len() {
                self.cells.push(String::new());
            }
            self.cells[place] = cell;
        }
        self.put(out);
        Ok(())
    }

    /// The header, which belongs before all rows. Rows that came before a column was known are short: a reader fills
    /// them.
    pub fn header(&self) -> Vec<u8> {
        let mut out = Vec::new();
        push_row(&mut out, self.names.iter().map(String::as_str));
        out
    }

    fn blank(&mut self) {
        self.cells.resize_with(self.names.len(), String::new);
        self.cells.iter_mut().for_each(String::clear);
    }

    fn put(&mut self, out: &mut Vec<u8>) {
        push_row(out, self.cells.iter().map(String::as_str));
        self.n_rows += 1;
    }

    fn place_of(&mut self, name: &str, column: &str) -> Result<usize, FileError> {
        if let Some(&place) = self.places.get(column) {
            return Ok(place);
        }
        if let Some(first) = self.first.as_ref().filter(|first| !first.may_grow) {
            let (name, column, first) = (name.to_owned(), column.to_owned(), first.name.clone());
            return Err(FileError::StrangeColumn { name, column, first });
        }
        let place = self.names.len();
        if place == MAX_COLUMNS {
            return Err(FileError::TooManyColumns { found: place as u64 + 1, most: MAX_COLUMNS as u64 });
        }
        self.names.push(column.to_owned());
        self.places.insert(column.to_owned(), place);
        Ok(place)
    }
}
