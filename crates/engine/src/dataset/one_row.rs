//! The cells of one row in, its review out, as reading the whole file by the recipe would take it.

use super::{DatasetRecipe, LabelId};
use crate::table::is_missing;

/// A row that holds a review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewRow {
    /// Its text, the title before it where there is one.
    pub text: String,
    /// The class of its label cell; none where the mapping does not know it.
    pub label: Option<LabelId>,
}

impl DatasetRecipe {
    /// The review in these cells; none where the text is missing.
    pub fn review_of(&self, cells: &[String]) -> Option<ReviewRow> {
        let cell = |column: u32| cells.get(column as usize).map_or("", String::as_str);
        let text = cell(self.text_column);
        if is_missing(text) && (text.is_empty() || !self.keep_missing) {
            return None;
        }
        let title = self.extra.title.as_ref().map_or("", |title| cell(title.column));
        let text = if is_missing(title) { text.to_owned() } else { format!("{title} {text}") };
        Some(ReviewRow { text, label: self.mapping.class_of(cell(self.label_column)) })
    }
}
