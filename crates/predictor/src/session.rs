//! One model and the table that is under way: what a page asks, one call after another. Answers are JSON, refusals one
//! sentence.

use engine::pipeline::{FittedPipeline, Predictor};

use crate::answers::{about, answer};
use crate::table::Table;

/// A model ready to answer.
pub struct Session {
    predictor: Predictor,
    table: Table,
}

impl Session {
    /// By a saved model; and what it is, as JSON ([`crate::About`]).
    ///
    /// # Errors
    /// Where it is damaged, newer, or needs what this build lacks: one sentence.
    pub fn open(model: &[u8]) -> Result<(Self, String), String> {
        let pipeline = FittedPipeline::from_bytes(model).map_err(|error| format!("The model: {error}."))?;
        let predictor = Predictor::new(pipeline).map_err(|error| error.to_string())?;
        let told = json::to_string(&about(&predictor));
        Ok((Self { predictor, table: Table::None }, told))
    }

    /// What it says of a text, as JSON ([`crate::Answered`]).
    ///
    /// # Errors
    /// Where the text is too long.
    pub fn answer(&mut self, text: &str) -> Result<String, String> {
        Ok(json::to_string(&answer(&mut self.predictor, text)?))
    }

    /// Begins with a table of so many bytes; one that was under way is given up.
    pub fn begin_table(&mut self, total_bytes: u64) {
        self.table = Table::Begun { total_bytes };
    }

    /// Takes the next bytes of the first pass.
    ///
    /// # Errors
    /// Where the file is no table.
    pub fn scan(&mut self, chunk: &[u8]) -> Result<(), String> {
        self.table.scan(chunk)
    }

    /// Ends the first pass: [`crate::TableTold`] as JSON.
    ///
    /// # Errors
    /// Where the file is no table.
    pub fn table_told(&mut self) -> Result<String, String> {
        Ok(json::to_string(&self.table.told()?))
    }

    /// Begins the second pass: texts stand in this column.
    ///
    /// # Errors
    /// Where there is no such column.
    pub fn answer_column(&mut self, column: u32) -> Result<(), String> {
        let pipeline = self.predictor.pipeline().clone();
        self.table.answer_column(column, pipeline)
    }

    /// Takes the next bytes of the second pass; the same rows with answers, as CSV.
    ///
    /// # Errors
    /// Where the file is no longer the one of the first pass.
    pub fn push(&mut self, chunk: &[u8]) -> Result<Vec<u8>, String> {
        self.table.push(chunk)
    }

    /// Ends the second pass: the last rows.
    ///
    /// # Errors
    /// As [`Session::push`].
    pub fn finish(&mut self) -> Result<Vec<u8>, String> {
        self.table.finish()
    }
}
