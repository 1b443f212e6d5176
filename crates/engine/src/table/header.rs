//! The first row in, column names out.

use crate::num::SortedMap;

use super::row::Row;

/// What is known of the header.
#[derive(Debug)]
pub(super) enum Header {
    /// The next row is the header.
    Expected,
    /// The next row says by its width how many columns there are.
    Counted,
    /// Column names, made distinct.
    Read(Vec<String>),
    /// A part of a file, without one.
    None,
}

/// Names of columns that have none.
pub(super) fn numbered_names(n_columns: usize) -> Vec<String> {
    (1..=n_columns).map(|number| format!("Column {number}")).collect()
}

/// Column names as pandas makes them: empty ones are numbered, repeated ones get `.1`, `.2`, ….
pub(super) fn distinct_names(row: &Row<'_>) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(row.ends.len());
    let mut taken: SortedMap<String, ()> = SortedMap::new();
    for (column, cell) in row.cells().take(row.ends.len()).enumerate() {
        let first = if cell.is_empty() { format!("Unnamed: {column}") } else { cell.to_owned() };
        let numbered = (1..).map(|n| format!("{first}.{n}"));
        let free = std::iter::once(first.clone()).chain(numbered).find(|name| !taken.contains_key(name));
        let name = free.expect("there are more numbers than columns");
        taken.insert(name.clone(), ());
        names.push(name);
    }
    names
}
