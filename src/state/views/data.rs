//! What pages show of a file and a dataset.

use engine::dataset::{DatasetRecipe, LabelId};
use track::dataset::{DatasetRef, Origin, Original};
use track::id::DatasetId;

/// A column of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnView {
    /// From 0.
    pub index: u32,
    /// Its header.
    pub name: String,
    /// What it is for, where it is for anything: `review`, `rating`, `title`, `date`, `group`.
    pub role: Option<&'static str>,
    /// `text`, `numbers`, `dates`, `empty`.
    pub kind: &'static str,
    /// Its cells are dates, most of them.
    pub can_be_date: bool,
    /// Cells that read as missing.
    pub n_missing: u64,
    /// How many different values it has, in words.
    pub distinct: String,
    /// Its first filled cell.
    pub example: String,
}

/// What a column can be for beyond review and rating.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExtraRole {
    /// Joined before the review.
    Title,
    /// When the review was written.
    Date,
    /// What the review belongs to.
    Group,
}

/// A value of the label column, and the class it is mapped to.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelValueView {
    /// As it stands in the file (`4` for `4.0`).
    pub value: String,
    /// Rows that hold it.
    pub n_rows: u64,
    /// Its class, or none: its rows are set aside.
    pub class: Option<LabelId>,
}

/// A row of the preview.
#[derive(Clone, Debug, PartialEq)]
pub struct PreviewRow {
    /// Row number, as pandas counts: from 0.
    pub record: u64,
    /// The review.
    pub text: String,
    /// The rating or label cell.
    pub label: String,
    /// The class it is mapped to, or none.
    pub class: Option<String>,
}

/// A row that was set aside.
#[derive(Clone, Debug, PartialEq)]
pub struct IssueView {
    /// Row number, as pandas counts: from 0.
    pub record: u64,
    /// Line of the file, from 1.
    pub line: u64,
    /// Why, in one sentence.
    pub sentence: String,
}

/// Rows set aside for one reason.
#[derive(Clone, Debug, PartialEq)]
pub struct IssueCount {
    /// The reason in a few words: `missing text or rating`.
    pub reason: &'static str,
    /// Rows.
    pub n_rows: u64,
}

/// A file that was looked through, and what a person can choose about it.
#[derive(Clone, Debug, PartialEq)]
pub struct ScannedFile {
    /// Its name.
    pub name: String,
    /// Its size.
    pub n_bytes: u64,
    /// Rows below the header.
    pub n_rows: u64,
    /// Its columns.
    pub columns: Vec<ColumnView>,
    /// What is chosen now: columns, mapping, missing cells. The guess at first.
    pub recipe: DatasetRecipe,
    /// Values of the chosen label column, in order, with their classes.
    pub label_values: Vec<LabelValueView>,
    /// Rows that can be read.
    pub n_readable: u64,
    /// Bad rows found while looking through.
    pub issues: SetAsideView,
    /// Cells of the text column that read as missing (`NA`, `None`, empty, …).
    pub n_missing: u64,
    /// It is looked through again, by the format that `recipe` says.
    pub is_rescanning: bool,
    /// What is proposed for a label column of many values, in words.
    pub label_note: Option<String>,
    /// Why `Use this data` cannot go on with what is chosen, beside the control it is about.
    pub problem: Option<String>,
}

impl ScannedFile {
    /// A row of the file by what is chosen.
    pub fn preview_row(&self, record: u64, cells: &[String]) -> PreviewRow {
        let cell = |column: u32| cells.get(column as usize).cloned().unwrap_or_default();
        let (text, label) = (cell(self.recipe.text_column), cell(self.recipe.label_column));
        let mapping = &self.recipe.mapping;
        let is_left_out = !self.recipe.keep_missing && engine::table::is_missing(&text);
        let class = mapping.class_of(&label).filter(|_| !is_left_out);
        let class = class.and_then(|class| mapping.classes.get(usize::from(class.0)).cloned());
        PreviewRow { record, text, label, class }
    }
}

/// A dataset that is ready to learn from.
#[derive(Clone, Debug, PartialEq)]
pub struct DatasetView {
    /// Its record.
    pub id: DatasetId,
    /// Shown name: the file's.
    pub name: String,
    /// Where it came from.
    pub origin: Origin,
    /// Reviews kept.
    pub n_rows: u64,
    /// Classes with their reviews, in label order.
    pub classes: Vec<(String, u64)>,
    /// Size of the file.
    pub n_bytes: u64,
    /// Rows that reading it set aside, where its record knows.
    pub n_set_aside: Option<u64>,
    /// What it was made of; empty where the file is as it was given.
    pub originals: Vec<Original>,
    /// Rows of these that could not be read.
    pub n_unread: u64,
    /// The file and the recipe.
    pub data: DatasetRef,
}

impl DatasetView {
    /// `flipkart.csv · 5,241 reviews · 82 % positive`.
    pub fn sentence(&self) -> String {
        let mut text =
            format!("{} · {}", self.name, crate::state::format::counted(self.n_rows, "review", "reviews"));
        if let Some((class, n_rows)) = self.classes.iter().max_by_key(|(_, n_rows)| *n_rows)
            && self.n_rows > 0
        {
            let share = *n_rows as f64 / self.n_rows as f64;
            text.push_str(&format!(" · {} {class}", crate::state::format::percent(share)));
        }
        text
    }
}

/// What reading a dataset set aside.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SetAsideView {
    /// By reason, most rows first.
    pub counts: Vec<IssueCount>,
    /// The first rows of them.
    pub issues: Vec<IssueView>,
    /// How many there are; not known before the file has been read in this tab.
    pub n_issues: Option<u64>,
}
