//! A table that was looked through and a model's classes in, what a person can choose about answering it out. Pure.

use engine::dataset::{DatasetRecipe, LabelMapping, NamedColumn, guess_classes, guess_group, guess_roles};
use engine::pipeline::{FileColumns, OutputKind};
use engine::table::TableSummary;

use crate::state::format;
use crate::state::kept_predictions::KeepChoice;

/// Whether the answers to a file are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// Nobody said yet.
    #[default]
    Ask,
    /// They are not.
    No,
    /// With hashes of the texts.
    Hashes,
    /// With the texts.
    Texts,
}

impl Keep {
    /// All that can be chosen, with their words.
    pub const CHOICES: [(Self, &'static str, &'static str); 3] = [
        (Self::No, "no", "No"),
        (Self::Hashes, "hashes", "Yes, without the texts"),
        (Self::Texts, "texts", "Yes, with the texts"),
    ];

    /// The choice of that word.
    pub fn of_word(word: &str) -> Self {
        Self::CHOICES.into_iter().find(|(_, known, _)| *known == word).map_or(Self::Ask, |(keep, ..)| keep)
    }

    /// Its word; none where nobody chose.
    pub fn word(self) -> &'static str {
        Self::CHOICES.into_iter().find(|(keep, ..)| *keep == self).map_or("", |(_, word, _)| word)
    }

    /// Whether the texts are kept with the answers; none where these are not.
    pub fn with_texts(self) -> Option<bool> {
        match self {
            Self::Ask | Self::No => None,
            Self::Hashes => Some(false),
            Self::Texts => Some(true),
        }
    }
}

impl KeepChoice {
    /// What was chosen for files before.
    pub fn remembered(&self) -> Keep {
        match (self.files, self.texts) {
            (None, _) => Keep::Ask,
            (Some(false), _) => Keep::No,
            (Some(true), false) => Keep::Hashes,
            (Some(true), true) => Keep::Texts,
        }
    }

    /// Chosen for a file: it is not asked again.
    pub fn remember(&mut self, keep: Keep) {
        self.files = match keep {
            Keep::Ask => self.files,
            Keep::No => Some(false),
            Keep::Hashes | Keep::Texts => Some(true),
        };
        if let Some(texts) = keep.with_texts() {
            self.texts = texts;
        }
    }
}

/// What a column can be for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// What is answered.
    Text,
    /// What stands before it.
    Title,
    /// What answers are measured against.
    Label,
    /// What they are counted by.
    Group,
}

/// What is chosen about a file.
#[derive(Clone, Debug, PartialEq)]
pub struct FileForm {
    /// Its name.
    pub name: String,
    /// What was found in it.
    pub table: TableSummary,
    /// The column of texts.
    pub text: Option<u32>,
    /// The column of titles, where it has one.
    pub title: Option<u32>,
    /// The column of labels, where it has one.
    pub label: Option<u32>,
    /// The column of groups, where it has one.
    pub group: Option<u32>,
    /// How the rows come out.
    pub kind: OutputKind,
    /// Whether the answers are kept.
    pub keep: Keep,
    classes: Vec<String>,
    learned: Option<LabelMapping>,
}

impl FileForm {
    /// The guess for a file and a model's classes; `learned`: how the file was read that it learned from.
    pub fn new(
        name: String,
        table: TableSummary,
        (classes, learned): (Vec<String>, Option<DatasetRecipe>),
        keep: Keep,
    ) -> Self {
        let roles = guess_roles(&table).ok();
        let text = roles.map(|roles| roles.text_column).or_else(|| longest(&table));
        let group = roles.and_then(|roles| guess_group(&table, roles)).map(|group| group.column);
        // Where titles stood before the texts it learned from, they do here.
        let title = learned.as_ref().and_then(|recipe| recipe.extra.title.as_ref());
        let title = title.and_then(|title| table.columns.iter().position(|column| column.name == title.name));
        let title = title.map(|column| column as u32).filter(|column| Some(*column) != text);
        let learned = learned.map(|recipe| recipe.mapping);
        let kind = OutputKind::Csv;
        let mut form = Self { name, table, text, title, label: None, group, kind, keep, classes, learned };
        let guessed = roles.map(|roles| roles.label_column).filter(|column| Some(*column) != text);
        form.label = guessed.filter(|column| form.mapping(*column).is_some());
        form
    }

    /// Another column has that role, or none.
    pub fn set(&mut self, role: Role, column: Option<u32>) {
        match role {
            Role::Text => self.text = column.or(self.text),
            Role::Title => self.title = column,
            Role::Label => self.label = column,
            Role::Group => self.group = column,
        }
    }

    /// The column of a role.
    pub fn column_of(&self, role: Role) -> Option<u32> {
        match role {
            Role::Text => self.text,
            Role::Title => self.title,
            Role::Label => self.label,
            Role::Group => self.group,
        }
    }

    /// Header of the column of texts.
    pub fn text_name(&self) -> String {
        self.text.and_then(|column| self.named(column)).map(|named| named.name).unwrap_or_default()
    }

    /// Why it cannot be answered as it is chosen, in one sentence.
    pub fn problem(&self) -> Option<String> {
        self.columns().err()
    }

    /// The chosen columns.
    ///
    /// # Errors
    /// One sentence where there is no column of texts, or one column has two roles, or its labels are not the model's.
    pub fn columns(&self) -> Result<FileColumns, String> {
        let text = self.text.and_then(|column| self.named(column));
        let text =
            text.ok_or("The file has no column of texts: choose the column that holds the reviews.")?;
        let others = [self.title, self.label, self.group];
        if others.contains(&Some(text.column)) {
            return Err(format!("'{}' is the column of texts already: choose another.", text.name));
        }
        let label = match self.label.and_then(|column| self.named(column)) {
            None => None,
            Some(named) => {
                let unknown = || {
                    format!(
                        "No value of '{}' is a class of this model ({}): choose another column of labels, or none.",
                        named.name,
                        self.classes.join(", ")
                    )
                };
                let mapping = self.mapping(named.column).ok_or_else(unknown)?;
                Some((named, mapping))
            }
        };
        let group = self.group.and_then(|column| self.named(column));
        let title = self.title.and_then(|column| self.named(column));
        Ok(FileColumns { format: self.table.format.clone(), text, title, group, label })
    }

    /// What the file that comes out is called.
    pub fn written_name(&self) -> String {
        let stem = self.name.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or("reviews");
        match self.kind {
            OutputKind::Csv => format!("{stem}-predicted.csv"),
            OutputKind::JsonLines => format!("{stem}-predicted.jsonl"),
        }
    }

    /// `shop.csv · 1,200 rows · 5 columns`.
    pub fn sentence(&self) -> String {
        let rows = format::counted(self.table.n_rows, "row", "rows");
        let columns = format::counted(self.table.columns.len() as u64, "column", "columns");
        format!("{} · {rows} · {columns} · {}", self.name, format::bytes(self.table.n_bytes))
    }

    fn named(&self, column: u32) -> Option<NamedColumn> {
        let found = self.table.columns.get(column as usize)?;
        Some(NamedColumn { column, name: found.name.clone() })
    }

    fn mapping(&self, column: u32) -> Option<LabelMapping> {
        let found = self.table.columns.get(column as usize)?;
        guess_classes(&self.classes, found, self.learned.as_ref())
    }
}

/// The column with the longest cells.
fn longest(table: &TableSummary) -> Option<u32> {
    let lengths = table.columns.iter().map(|column| column.mean_chars);
    let found = lengths.enumerate().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
    found.map(|(column, _)| column as u32)
}

#[cfg(test)]
mod tests {
    use engine::dataset::{ColumnRoles, LabelRule};
    use engine::table::{TableScan, detect_format_of_texts};

    use super::*;

    fn form(csv: &str) -> FileForm {
        let format = detect_format_of_texts(csv.as_bytes(), csv.len() as u64).expect("a table");
        let mut scan = TableScan::new(&format, csv.len() as u64).expect("small").of_texts();
        scan.push(csv.as_bytes()).expect("a table");
        let classes = ["negative", "positive"].map(str::to_owned).to_vec();
        FileForm::new("shop.csv".into(), scan.finish().expect("a table"), (classes, None), Keep::Ask)
    }

    const REVIEWS: &str = "review,sentiment,shop\nIt broke on the first day,Negative,a\nI love it very much,positive,b\n\
                           Worst purchase of this year,negative,a\nGood quality and quick,positive,b\n";

    #[test]
    fn columns_are_found_and_labels_that_are_the_models() {
        let found = form(REVIEWS);
        let columns = found.columns().expect("it can be answered");
        assert_eq!(columns.text.name, "review");
        let (label, mapping) = columns.label.expect("there are labels");
        assert_eq!(label.name, "sentiment");
        let class = |cell: &str| mapping.class_of(cell).map(|label| label.0);
        assert_eq!((class("Negative"), class("negative"), class("positive")), (Some(0), Some(0), Some(1)));
        assert_eq!(found.written_name(), "shop-predicted.csv");
    }

    #[test]
    fn a_file_without_labels_can_be_answered() {
        let found = form("order,comment\nA-17,It broke on the first day\nB-92,I love it very much\n");
        assert_eq!((found.text, found.label, found.problem()), (Some(1), None, None));
    }

    #[test]
    fn of_one_column_the_texts_are_clear() {
        let found = form("comment\nIt broke, on the first day\nGood\n");
        let columns = found.columns().expect("it can be answered");
        assert_eq!((columns.text.name.as_str(), found.table.n_rows, found.table.issues.n), ("comment", 2, 0));
        assert_eq!((columns.title, columns.group, columns.label), (None, None, None));
    }

    #[test]
    fn titles_stand_before_the_texts_as_they_did_when_the_model_learned() {
        let found = form("head,review\nBroken,It broke on the first day\nGood,I love it very much\n");
        let roles = ColumnRoles { text_column: 1, label_column: 0 };
        let mapping = LabelMapping { classes: Vec::new(), rule: LabelRule::Words { classes: Vec::new() } };
        let mut learned = DatasetRecipe::reference(&found.table, roles, mapping);
        learned.extra.title = Some(NamedColumn { column: 5, name: "head".to_owned() });
        let again = FileForm::new(found.name, found.table, (found.classes, Some(learned)), Keep::No);
        assert_eq!((again.title, again.text), (Some(0), Some(1)));
    }

    #[test]
    fn what_cannot_be_answered_says_why_in_one_sentence() {
        let mut found = form(REVIEWS);
        found.set(Role::Label, Some(2));
        let problem = found.problem().expect("shops are no classes");
        assert_eq!(
            problem,
            "No value of 'shop' is a class of this model (negative, positive): choose another column of labels, or none."
        );
        found.set(Role::Label, None);
        found.set(Role::Group, found.text);
        assert_eq!(
            found.problem().as_deref(),
            Some("'review' is the column of texts already: choose another.")
        );
    }

    #[test]
    fn the_choice_to_keep_is_asked_once() {
        let mut choice = KeepChoice::default();
        assert_eq!(choice.remembered(), Keep::Ask);
        for (keep, word, _) in Keep::CHOICES {
            choice.remember(keep);
            assert_eq!((choice.remembered(), Keep::of_word(word), keep.word()), (keep, keep, word));
        }
    }
}
