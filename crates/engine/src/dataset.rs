//! Rows of cells in, labelled and cleaned reviews out, by a recipe that is data.

mod mapping;
mod ratings;
mod extra;
mod guess;
mod guess_extra;
mod guess_classes;
mod guess_many;
mod reader;
mod survey;
mod one_row;
mod docs;
mod export;
#[cfg(test)]
mod tests;

pub use docs::DocsError;
pub use export::DatasetExport;
pub(crate) use extra::check_column;
pub use extra::{DateColumn, ExtraColumns, NamedColumn, RowKeys, UNDATED};
pub use guess::{ColumnRoles, guess_mapping, guess_roles};
pub use guess_classes::guess_classes;
pub use guess_extra::{guess_date, guess_group, guess_title};
pub use guess_many::propose_mapping;
pub use one_row::ReviewRow;
pub use ratings::RatingCount;
pub use reader::{DatasetReader, DatasetSummary, KeptRow, ReadDataset};
pub use survey::{CleaningSurvey, MAX_PICKED, MAX_PICKED_CHARS, PickedReview, SurveyedCleaning};

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use crate::num::ContentHash;
use crate::table::{TableFormat, TableSummary};
use crate::text::{CleanStep, reference_cleaning};

/// Schema number of a recipe: 2 brought the extra columns and the fixes that are no matter of one row, 3 the labels
/// that are corrected.
pub const RECIPE_SCHEMA: u32 = 3;
/// Fewest classes that can be learned.
pub const MIN_CLASSES: usize = 2;
/// Most classes that can be learned.
pub const MAX_CLASSES: usize = 10;
/// Most cleaned words one dataset may hold. Counting needs about 28 bytes for each at its height, and a
/// worker has 4 GiB.
pub const MAX_TOKENS: usize = 100_000_000;

/// A class, counted from 0 in the order of `LabelMapping::classes`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToJson, FromJson,
)]
#[serde(transparent)]
pub struct LabelId(pub u8);

/// Which labels make which class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct LabelMapping {
    /// Class names in order; for sentiment the unhappiest first.
    pub classes: Vec<String>,
    /// How a cell becomes a class.
    pub rule: LabelRule,
}

/// How a label cell becomes a class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LabelRule {
    /// Cells are numbers (`4`, `4.0`, ` +4 ` are one); each known rating has its class.
    Ratings {
        /// Rating and class, ascending by rating.
        classes: Vec<(f64, LabelId)>,
    },
    /// Cells are words, compared after trimming; each known word has its class.
    Words {
        /// Word and class, in alphabetical order.
        classes: Vec<(String, LabelId)>,
    },
}

/// A repair of the data, applied after mapping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Fix {
    /// Rows whose text and rating repeat an earlier row are dropped (pandas' `drop_duplicates`).
    DropRepeats,
    /// Rows of which cleaning leaves no word are dropped.
    DropEmpty,
    /// Rows are dropped by number.
    DropRows {
        /// Row numbers in the file, as pandas counts, in any order.
        records: Vec<u64>,
    },
    /// Rows get another class by number, whatever their cell says.
    Relabel {
        /// Row number in the file, as pandas counts, and class, ascending by number; of two for one row the last
        /// holds. A class that the mapping lacks changes nothing.
        labels: Vec<(u64, LabelId)>,
    },
    /// Rows of one cleaned text stay on one side when rows are parted. Reading leaves all of them.
    KeepTogether,
    /// What an audit found stays as it is: it was seen, and is not asked about again. Reading leaves all rows.
    Ignore {
        /// The finding, by its name.
        finding: String,
    },
}

/// How a file is read into labelled, cleaned reviews.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct DatasetRecipe {
    /// Schema number of this record.
    pub schema: u32,
    /// Encoding and delimiter.
    pub format: TableFormat,
    /// Column that holds the review, from 0.
    pub text_column: u32,
    /// Its header.
    pub text_name: String,
    /// Column that holds the rating or label, from 0.
    pub label_column: u32,
    /// Its header.
    pub label_name: String,
    /// Title, date and group, where the file has them.
    #[serde(default, skip_serializing_if = "ExtraColumns::is_empty")]
    pub extra: ExtraColumns,
    /// Which labels make which class.
    pub mapping: LabelMapping,
    /// Take `NA`, `None`, `null` and the like in the text column as text.
    pub keep_missing: bool,
    /// Cleaning steps, in order.
    pub cleaning: Vec<CleanStep>,
    /// Repairs, in order.
    pub fixes: Vec<Fix>,
}

impl DatasetRecipe {
    /// Reads those two columns of a file as the reference does: its cleaning, missing cells and repeats left
    /// out; and the dates, where a column holds them. A role of a column the table does not have is named by an empty header, which no reading passes.
    pub fn reference(table: &TableSummary, roles: ColumnRoles, mapping: LabelMapping) -> Self {
        let name =
            |column: u32| table.columns.get(column as usize).map_or_else(String::new, |c| c.name.clone());
        Self {
            schema: RECIPE_SCHEMA,
            format: table.format.clone(),
            text_column: roles.text_column,
            text_name: name(roles.text_column),
            label_column: roles.label_column,
            label_name: name(roles.label_column),
            extra: ExtraColumns { date: guess_date(table, roles), ..ExtraColumns::default() },
            mapping,
            keep_missing: false,
            cleaning: reference_cleaning(),
            fixes: vec![Fix::DropRepeats],
        }
    }

    /// SHA-256 of the recipe's JSON, whose order of fields is fixed.
    pub fn hash(&self) -> ContentHash {
        ContentHash::of(json::to_string(self).as_bytes())
    }
}

/// Labelled, cleaned reviews: what is learned from. Row order is the file's.
///
/// Shapes: `labels`, `records`: n_docs; `doc_starts`: n_docs + 1 into `word_ids`; `words` by word id,
/// in order of first appearance. A cleaned text is its words joined by one space.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CleanedDocs {
    /// Class of each review.
    pub labels: Vec<LabelId>,
    /// Row number in the file, as pandas counts.
    pub records: Vec<u64>,
    /// Where each review's words begin in `word_ids`, and where the last ends.
    pub doc_starts: Vec<u32>,
    /// The words of all reviews, one after another, by number.
    pub word_ids: Vec<u32>,
    /// Each distinct cleaned word once.
    pub words: Vec<String>,
    /// Dates and groups.
    pub keys: RowKeys,
}
