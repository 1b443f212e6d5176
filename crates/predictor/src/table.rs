//! A table's bytes in, chunk by chunk: first what columns it has, then its rows with answers.

use engine::dataset::{NamedColumn, guess_roles};
use engine::pipeline::{FileAnswers, FileColumns, FittedPipeline, OutputKind};
use engine::table::{DETECT_BYTES, FileError, TableScan, TableSummary, detect_format_of_texts};
use json::ToJson;

/// A column of a table.
#[derive(Clone, Debug, PartialEq, ToJson)]
pub struct ColumnTold {
    /// Its header.
    pub name: String,
    /// What stands in it, once.
    pub example: String,
}

/// What a table holds.
#[derive(Clone, Debug, PartialEq, ToJson)]
pub struct TableTold {
    /// Its columns.
    pub columns: Vec<ColumnTold>,
    /// The column that holds the texts, as far as can be told.
    pub text: u32,
    /// Its rows.
    pub n_rows: u64,
}

/// How far the passes over a table are.
#[derive(Default)]
pub(crate) enum Table {
    /// There is none.
    #[default]
    None,
    /// The first pass begins: nothing was read.
    Begun { total_bytes: u64 },
    /// The first pass.
    Scanning(Box<TableScan>),
    /// Between the passes.
    Known(Box<TableSummary>),
    /// The second pass.
    Answering(Box<FileAnswers>),
}

fn sentence(error: &FileError) -> String {
    let text = error.to_string();
    let end = if text.ends_with('.') { "" } else { "." };
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect::<String>() + end)
}

/// A step that does not follow the one before.
const OUT_OF_ORDER: &str = "The table was not begun: choose the file again.";

impl Table {
    /// Takes the next bytes of the first pass.
    pub fn scan(&mut self, chunk: &[u8]) -> Result<(), String> {
        let mut scan = match std::mem::take(self) {
            Self::Begun { total_bytes } => {
                let head = &chunk[..chunk.len().min(DETECT_BYTES)];
                let begun = detect_format_of_texts(head, total_bytes)
                    .and_then(|format| TableScan::new(&format, total_bytes));
                Box::new(begun.map_err(|error| sentence(&error))?.of_texts())
            }
            Self::Scanning(scan) => scan,
            _ => return Err(OUT_OF_ORDER.to_owned()),
        };
        scan.push(chunk).map_err(|error| sentence(&error))?;
        *self = Self::Scanning(scan);
        Ok(())
    }

    /// Ends the first pass.
    pub fn told(&mut self) -> Result<TableTold, String> {
        let Self::Scanning(scan) = std::mem::take(self) else { return Err(OUT_OF_ORDER.to_owned()) };
        let table = scan.finish().map_err(|error| sentence(&error))?;
        let columns = table.columns.iter();
        let told = TableTold {
            columns: columns
                .map(|column| ColumnTold { name: column.name.clone(), example: column.example.clone() })
                .collect(),
            text: text_column(&table),
            n_rows: table.n_rows,
        };
        *self = Self::Known(Box::new(table));
        Ok(told)
    }

    /// Begins the second pass: texts stand in this column.
    pub fn answer_column(&mut self, column: u32, pipeline: FittedPipeline) -> Result<(), String> {
        let Self::Known(table) = std::mem::take(self) else { return Err(OUT_OF_ORDER.to_owned()) };
        let Some(named) = table.columns.get(column as usize) else {
            return Err("The table has no such column: choose another.".to_owned());
        };
        let columns = FileColumns {
            format: table.format.clone(),
            text: NamedColumn { column, name: named.name.clone() },
            title: None,
            group: None,
            label: None,
        };
        let answers =
            FileAnswers::new(&columns, pipeline, OutputKind::Csv).map_err(|error| sentence(&error))?;
        *self = Self::Answering(Box::new(answers));
        Ok(())
    }

    /// Takes the next bytes of the second pass; rows that are answered.
    pub fn push(&mut self, chunk: &[u8]) -> Result<Vec<u8>, String> {
        let Self::Answering(answers) = self else { return Err(OUT_OF_ORDER.to_owned()) };
        answers.push(chunk, &mut |_| {}).map_err(|error| sentence(&error))
    }

    /// Ends the second pass: the last rows.
    pub fn finish(&mut self) -> Result<Vec<u8>, String> {
        let Self::Answering(answers) = std::mem::take(self) else { return Err(OUT_OF_ORDER.to_owned()) };
        let (rows, _) = answers.finish(&mut |_| {}).map_err(|error| sentence(&error))?;
        Ok(rows)
    }
}

/// The column with reviews; where none is like them, that with the longest texts.
fn text_column(table: &TableSummary) -> u32 {
    if let Ok(roles) = guess_roles(table) {
        return roles.text_column;
    }
    let by_length = table.columns.iter().enumerate();
    let longest = by_length.max_by(|a, b| a.1.mean_chars.total_cmp(&b.1.mean_chars).then(b.0.cmp(&a.0)));
    longest.map_or(0, |(place, _)| place as u32)
}
