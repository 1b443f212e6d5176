//! Reviews that a person types or pastes under their classes in, one on a line; rows of a table out. Pure.

use engine::dataset::{
    ColumnRoles, DatasetRecipe, LabelId, LabelMapping, LabelRule, MAX_CLASSES, MIN_CLASSES,
};
use engine::num::{ContentHash, stable_sort};
use engine::table::{Encoding, TableFormat, TableSummary, is_missing, push_row};
use json::{FromJson, ToJson};

use super::class_names::{first_problem, new_class};

/// Most that can be typed; more is a file.
pub const MAX_TYPED_BYTES: usize = 4 << 20;
/// What typed reviews are called until they have a name.
const UNNAMED: &str = "Typed reviews";
/// The columns of their table.
const COLUMNS: [&str; 2] = ["review", "class"];
/// Datasets for which typed rows are kept.
const MAX_ADDED: usize = 8;
/// Letters of a file name's ending, such as `csv`.
const MAX_ENDING: usize = 5;

/// A class and the reviews typed under it.
#[derive(Clone, Debug, Default, PartialEq, ToJson, FromJson)]
pub struct TypedClass {
    /// Its name.
    pub name: String,
    /// A review on each line.
    pub text: String,
}

/// What is typed.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct TypedForm {
    /// What the dataset is to be called.
    pub name: String,
    /// Its classes, the unhappiest first.
    pub classes: Vec<TypedClass>,
}

/// Rows typed for a dataset and not yet added.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct AddedRows {
    /// Hash of the dataset's file.
    pub file: ContentHash,
    /// What is typed.
    pub form: TypedForm,
}

/// What is typed for datasets and not yet added. At `MAX_ADDED` of them the one that was typed into least lately goes.
#[derive(Clone, Debug, Default, PartialEq, ToJson, FromJson)]
pub struct AllAddedRows {
    /// Typed into last at the end.
    pub of_files: Vec<AddedRows>,
}

impl AllAddedRows {
    /// What is typed for the dataset of `file`, under the classes it has now; the text of others goes.
    pub fn form(&self, file: ContentHash, classes: Vec<String>) -> TypedForm {
        let mut form = TypedForm::of_classes(classes);
        let known = self.of_files.iter().find(|known| known.file == file);
        for class in &mut form.classes {
            let typed = known.and_then(|known| known.form.classes.iter().find(|of| of.name == class.name));
            class.text = typed.map(|typed| typed.text.clone()).unwrap_or_default();
        }
        form
    }

    /// Whether anything is typed for the dataset of `file`.
    pub fn has(&self, file: ContentHash) -> bool {
        self.of_files.iter().any(|known| known.file == file)
    }

    /// This is typed for it; a form that is empty is forgotten.
    pub fn put(&mut self, file: ContentHash, form: TypedForm) {
        self.of_files.retain(|known| known.file != file);
        if form.n_bytes() > 0 {
            self.of_files.push(AddedRows { file, form });
        }
        let n_over = self.of_files.len().saturating_sub(MAX_ADDED);
        self.of_files.drain(..n_over);
    }

    /// How much is typed.
    pub fn n_bytes(&self) -> usize {
        self.of_files.iter().map(|known| known.form.n_bytes()).sum()
    }
}

impl Default for TypedForm {
    fn default() -> Self {
        Self::of_classes(["negative", "positive"].map(str::to_owned))
    }
}

impl TypedForm {
    /// Nothing typed yet under these classes.
    pub fn of_classes(names: impl IntoIterator<Item = String>) -> Self {
        let class = |name| TypedClass { name, text: String::new() };
        Self { name: String::new(), classes: names.into_iter().map(class).collect() }
    }

    /// The names of the classes.
    pub fn names(&self) -> Vec<String> {
        self.classes.iter().map(|class| class.name.clone()).collect()
    }

    /// What is typed under a class.
    pub fn text(&self, place: usize) -> String {
        self.classes.get(place).map(|class| class.text.clone()).unwrap_or_default()
    }

    /// Something else is typed under a class.
    pub fn set_text(&mut self, place: usize, text: String) {
        if let Some(class) = self.classes.get_mut(place) {
            class.text = text;
        }
    }

    /// A class is called otherwise. `problem` tells where the name will not do.
    pub fn rename_class(&mut self, place: usize, name: String) {
        if let Some(class) = self.classes.get_mut(place) {
            class.name = name;
        }
    }

    /// Another class; at `MAX_CLASSES` nothing changes.
    pub fn add_class(&mut self) {
        if self.classes.len() < MAX_CLASSES {
            let (place, name) = new_class(&self.names());
            self.classes.insert(place, TypedClass { name, text: String::new() });
        }
    }

    /// A class is gone with what was typed under it; at `MIN_CLASSES` nothing changes.
    pub fn remove_class(&mut self, place: usize) {
        if self.classes.len() > MIN_CLASSES && place < self.classes.len() {
            self.classes.remove(place);
        }
    }

    /// Reviews typed under a class.
    pub fn n_reviews(&self, place: usize) -> u64 {
        self.classes.get(place).map_or(0, |class| reviews(&class.text).count() as u64)
    }

    /// Reviews typed.
    pub fn n_all(&self) -> u64 {
        (0..self.classes.len()).map(|place| self.n_reviews(place)).sum()
    }

    /// How much is typed.
    pub fn n_bytes(&self) -> usize {
        self.classes.iter().map(|class| class.text.len()).sum()
    }

    /// Why these cannot become a dataset, in one sentence.
    pub fn problem(&self) -> Option<String> {
        let names = self.names();
        if let Some(problem) = first_problem(&names) {
            return Some(problem);
        }
        if let Some(name) = names.iter().find(|name| is_missing(name.trim())) {
            return Some(format!("'{}' reads as a missing cell: call that class otherwise.", name.trim()));
        }
        if let Some(empty) = (0..names.len()).find(|place| self.n_reviews(*place) == 0) {
            return Some(format!(
                "Class '{}' has no review: type one under it, or remove it.",
                names[empty].trim()
            ));
        }
        self.problem_of_size()
    }

    /// Why these cannot be added to a dataset, in one sentence.
    pub fn problem_of_added(&self) -> Option<String> {
        match self.n_all() {
            0 => Some("Nothing is typed yet: put a review under its class.".to_owned()),
            _ => self.problem_of_size(),
        }
    }

    fn problem_of_size(&self) -> Option<String> {
        (self.n_bytes() > MAX_TYPED_BYTES)
            .then(|| format!("This is more than {} MB: give it as a file.", MAX_TYPED_BYTES >> 20))
    }

    /// What the dataset is called.
    pub fn dataset_name(&self) -> String {
        let name = self.name.trim();
        if name.is_empty() { UNNAMED.to_owned() } else { name.to_owned() }
    }

    /// The table: a review and its class in each row.
    pub fn table(&self) -> Vec<u8> {
        let mut table = Vec::new();
        push_row(&mut table, COLUMNS.into_iter());
        for class in &self.classes {
            for review in reviews(&class.text) {
                push_row(&mut table, [review, class.name.trim()].into_iter());
            }
        }
        table
    }

    /// How the table is written.
    pub fn format() -> TableFormat {
        TableFormat::new(Encoding::Utf8, ',')
    }

    /// How the table is read: the classes in the order in which they stand here.
    pub fn recipe(&self, summary: &TableSummary) -> DatasetRecipe {
        let names = || self.classes.iter().map(|class| class.name.trim().to_owned());
        let mut classes: Vec<(String, LabelId)> = names().zip((0..).map(LabelId)).collect();
        stable_sort(&mut classes, |(a, _), (b, _)| a.cmp(b));
        let mapping = LabelMapping { classes: names().collect(), rule: LabelRule::Words { classes } };
        DatasetRecipe::reference(summary, ColumnRoles { text_column: 0, label_column: 1 }, mapping)
    }

    /// Rows for a file of `n_columns` that `recipe` reads: review and rating in their places, all other cells empty.
    pub fn rows_for(&self, recipe: &DatasetRecipe, n_columns: usize) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        for (class, typed) in (0..).map(LabelId).zip(&self.classes) {
            let Some(cell) = recipe.mapping.cell_of(class) else { continue };
            for review in reviews(&typed.text) {
                let mut row = vec![String::new(); n_columns];
                let places = [(recipe.text_column, review), (recipe.label_column, cell.as_str())];
                for (column, text) in places {
                    if let Some(place) = row.get_mut(column as usize) {
                        text.clone_into(place);
                    }
                }
                rows.push(row);
            }
        }
        rows
    }
}

fn reviews(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// What a file is called once rows were added to it: `shop + 3 rows.csv`.
pub fn extended_name(name: &str, n_rows: u64) -> String {
    let rows = super::format::counted(n_rows, "row", "rows");
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && ending.len() <= MAX_ENDING && !ending.contains(' ') => {
            format!("{stem} + {rows}.{ending}")
        }
        _ => format!("{name} + {rows}"),
    }
}

#[cfg(test)]
mod tests {
    use engine::table::{TableReader, TableScan};

    use super::*;

    fn typed() -> TypedForm {
        let mut form = TypedForm::default();
        form.add_class();
        form.set_text(0, "broke at once\n\n  waste, of \"money\" \r\n".into());
        form.set_text(1, "it is a lamp".into());
        form.set_text(2, "very good\nso good\nbest".into());
        form
    }

    fn scanned(bytes: &[u8], format: &TableFormat) -> TableSummary {
        let mut scan = TableScan::chosen(format, bytes.len() as u64).unwrap();
        scan.push(bytes).unwrap();
        scan.finish().unwrap()
    }

    fn rows(bytes: &[u8], format: &TableFormat) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        let mut keep = |row: engine::table::Row<'_>| rows.push(row.cells().map(str::to_owned).collect());
        let mut reader = TableReader::new(format);
        reader.push(bytes, &mut keep).unwrap();
        reader.finish(&mut keep).unwrap();
        rows
    }

    #[test]
    fn a_line_is_a_review_of_its_class() {
        let form = typed();
        assert_eq!(form.names(), ["negative", "neutral", "positive"]);
        assert_eq!((form.n_reviews(0), form.n_reviews(2), form.n_all()), (2, 3, 6));
        let table = form.table();
        assert_eq!(
            rows(&table, &TypedForm::format())[..3],
            [["broke at once", "negative"], ["waste, of \"money\"", "negative"], ["it is a lamp", "neutral"]]
        );
        let recipe = form.recipe(&scanned(&table, &TypedForm::format()));
        assert_eq!(recipe.mapping.classes, ["negative", "neutral", "positive"]);
        for (cell, class) in [("negative", 0), ("neutral", 1), ("positive", 2)] {
            assert_eq!(recipe.mapping.class_of(cell), Some(LabelId(class)));
        }
        assert_eq!(
            (recipe.text_name.as_str(), recipe.label_name.as_str(), recipe.extra.date),
            ("review", "class", None)
        );
    }

    #[test]
    fn classes_keep_the_order_they_stand_in() {
        let mut form = TypedForm::of_classes(["zebra".to_owned(), "ant".to_owned()]);
        form.set_text(0, "stripes".into());
        form.set_text(1, "legs".into());
        let recipe = form.recipe(&scanned(&form.table(), &TypedForm::format()));
        assert_eq!(recipe.mapping.class_of("zebra"), Some(LabelId(0)));
        assert_eq!(recipe.mapping.class_of("ant"), Some(LabelId(1)));
    }

    #[test]
    fn what_is_wrong_is_one_sentence() {
        #[track_caller]
        fn check(change: impl Fn(&mut TypedForm), expected: Option<&str>) {
            let mut form = typed();
            change(&mut form);
            assert_eq!(form.problem().as_deref(), expected);
        }
        check(|_| (), None);
        check(
            |form| form.set_text(1, " \n ".into()),
            Some("Class 'neutral' has no review: type one under it, or remove it."),
        );
        check(
            |form| form.rename_class(1, "negative".into()),
            Some("Two classes are called 'negative': rename one."),
        );
        check(
            |form| form.rename_class(1, "NA".into()),
            Some("'NA' reads as a missing cell: call that class otherwise."),
        );
        check(
            |form| form.set_text(1, "a lamp ".repeat(MAX_TYPED_BYTES / 7 + 1)),
            Some("This is more than 4 MB: give it as a file."),
        );
        assert!(TypedForm::default().problem_of_added().is_some());
        assert_eq!(typed().problem_of_added(), None);
    }

    #[test]
    fn rows_are_added_as_the_file_has_them() {
        let csv = "id;stars;text\n7;1;very bad\n8;5;very good\n";
        let format = TableFormat::new(Encoding::Utf8, ';');
        let summary = scanned(csv.as_bytes(), &format);
        let mapping = LabelMapping::from_threshold(&[1.0, 5.0], 2.0);
        let recipe =
            DatasetRecipe::reference(&summary, ColumnRoles { text_column: 2, label_column: 1 }, mapping);
        let mut form = TypedForm::of_classes(recipe.mapping.classes.clone());
        form.set_text(1, "so; good".into());
        assert_eq!(form.rows_for(&recipe, 3), [["", "5", "so; good"]]);
    }

    #[test]
    fn rows_to_add_are_kept_for_their_dataset_under_its_classes() {
        let (one, other) = (ContentHash::of(b"1"), ContentHash::of(b"2"));
        let classes = || vec!["negative".to_owned(), "positive".to_owned()];
        let mut all = AllAddedRows::default();
        let mut form = all.form(one, classes());
        form.set_text(1, "lovely".into());
        all.put(one, form.clone());
        assert_eq!((all.form(one, classes()), all.has(other)), (form.clone(), false));
        assert_eq!(all.form(one, vec!["positive".to_owned(), "new".to_owned()]).text(0), "lovely");
        assert_eq!((all.n_bytes(), all.form(other, classes()).n_all()), (6, 0));
        for number in 0..MAX_ADDED {
            all.put(ContentHash::of(&[number as u8]), form.clone());
        }
        assert_eq!((all.of_files.len(), all.has(one)), (MAX_ADDED, false));
        all.put(ContentHash::of(&[3]), TypedForm::of_classes(classes()));
        assert!(!all.has(ContentHash::of(&[3])), "what is empty is forgotten");
    }

    #[test]
    fn a_file_that_was_added_to_is_called_so() {
        for (name, n_rows, expected) in [
            ("shop.csv", 3, "shop + 3 rows.csv"),
            ("Typed reviews", 1, "Typed reviews + 1 row"),
            ("a.csv and b.csv", 2, "a.csv and b + 2 rows.csv"),
            ("No. 5 of them", 2, "No. 5 of them + 2 rows"),
        ] {
            assert_eq!(extended_name(name, n_rows), expected);
        }
    }
}
