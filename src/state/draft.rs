//! A scanned file and what a person chooses about it, until it becomes a dataset. Pure.

mod columns;
mod classes;
mod rows_set_aside;

use engine::dataset::{
    ColumnRoles, DatasetRecipe, DateColumn, Fix, LabelId, LabelMapping, LabelRule, NamedColumn,
    guess_mapping, guess_roles, propose_mapping,
};
use engine::num::{SortedMap, stable_sort};
use engine::table::{
    ColumnSummary, FileError, ROWS_PER_MARK, RowMark, TableFormat, TableSummary, parse_number,
};

use self::columns::column_views;
pub use self::rows_set_aside::set_aside;
use super::class_names;
use super::format;
use super::views::{ExtraRole, LabelValueView, ScannedFile};
use crate::services::files::Unread;

/// A scanned file and the choices about it.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The file's name.
    pub name: String,
    /// What the scan found.
    pub summary: TableSummary,
    /// What is chosen.
    pub recipe: DatasetRecipe,
    /// Rows of what the file was made of that cannot be read.
    pub unread: Unread,
    text_problem: Option<String>,
    label_problem: Option<String>,
    /// What is proposed for a label column of many values.
    label_note: Option<String>,
    /// Why the file cannot be read as `recipe.format` says.
    format_problem: Option<String>,
}

impl Draft {
    /// The guess for a file that was just scanned.
    pub fn new(name: String, summary: TableSummary) -> Self {
        let roles = guess_roles(&summary);
        let (text_column, label_column) = match &roles {
            Ok(roles) => (roles.text_column, roles.label_column),
            Err(_) => {
                let text_column = longest_column(&summary);
                (text_column, fewest_values(&summary, text_column))
            }
        };
        let recipe =
            DatasetRecipe::reference(&summary, ColumnRoles { text_column, label_column }, unmapped());
        let mut draft = Self {
            name,
            summary,
            recipe,
            unread: Unread::default(),
            text_problem: None,
            label_problem: None,
            label_note: None,
            format_problem: None,
        };
        draft.set_text_column(text_column);
        draft.set_label_column(label_column);
        match roles {
            Ok(_) => {}
            Err(error @ FileError::NoTextColumn) => draft.text_problem = Some(error.to_string()),
            Err(error) => draft.label_problem = Some(draft.only_class().unwrap_or(error).to_string()),
        }
        draft
    }

    /// What is wrong with a label column that says the same in every row.
    fn only_class(&self) -> Option<FileError> {
        let column = self.summary.columns.get(self.recipe.label_column as usize)?;
        match column.values.as_slice() {
            [(class, n_rows)] if column.n_distinct == 1 => {
                Some(FileError::OneClass { n_rows: *n_rows, class: class.clone() })
            }
            _ => None,
        }
    }

    /// The choices a person made earlier about the same file.
    #[must_use]
    pub fn with_recipe(mut self, recipe: DatasetRecipe) -> Self {
        self.recipe = recipe;
        self.format_problem = None;
        self.text_problem = None;
        self.label_problem = None;
        self.label_note = None;
        self
    }

    /// Another column holds the reviews. One that is not there changes nothing.
    pub fn set_text_column(&mut self, column: u32) {
        if let Some(found) = self.summary.columns.get(column as usize) {
            self.recipe.text_column = column;
            self.recipe.extra.free(column);
            self.recipe.text_name = found.name.clone();
            self.text_problem = None;
        }
    }

    /// Another column holds the labels; its mapping is guessed. One that is not there changes nothing.
    pub fn set_label_column(&mut self, column: u32) {
        let Some(found) = self.summary.columns.get(column as usize) else { return };
        self.recipe.label_column = column;
        self.recipe.extra.free(column);
        self.recipe.label_name = found.name.clone();
        (self.label_problem, self.label_note) = (None, None);
        match guess_mapping(found) {
            Ok(mapping) => self.recipe.mapping = mapping,
            Err(error) => match propose_mapping(found) {
                Some(mapping) if matches!(error, FileError::TooManyClasses { .. }) => {
                    self.label_note = Some(proposal_words(found, &mapping));
                    self.recipe.mapping = mapping;
                }
                _ => {
                    self.recipe.mapping = unmapped();
                    self.label_problem = Some(error.to_string());
                }
            },
        }
    }

    /// Another column, or none, has a role beyond text and label. One that does not do changes nothing.
    pub fn set_extra(&mut self, role: ExtraRole, column: Option<u32>) {
        let named = |column: u32| {
            let name = self.summary.columns.get(column as usize)?.name.clone();
            Some(NamedColumn { column, name })
        };
        let is_taken = |column: u32| [self.recipe.text_column, self.recipe.label_column].contains(&column);
        let Some(column) = column else { return self.clear_extra(role) };
        let (found, date) = (named(column), DateColumn::of(&self.summary, column));
        if is_taken(column) || found.is_none() || (role == ExtraRole::Date && date.is_none()) {
            return;
        }
        self.recipe.extra.free(column);
        match role {
            ExtraRole::Title => self.recipe.extra.title = found,
            ExtraRole::Group => self.recipe.extra.group = found,
            ExtraRole::Date => self.recipe.extra.date = date,
        }
    }

    fn clear_extra(&mut self, role: ExtraRole) {
        match role {
            ExtraRole::Title => self.recipe.extra.title = None,
            ExtraRole::Group => self.recipe.extra.group = None,
            ExtraRole::Date => self.recipe.extra.date = None,
        }
    }

    /// The same file looked through again by the format that was asked for: choices go with their columns' names,
    /// where columns of these names are still there.
    #[must_use]
    pub fn rescanned(&self, summary: TableSummary) -> Self {
        let place = |name: &str| {
            let place = summary.columns.iter().position(|column| column.name == name)?;
            u32::try_from(place).ok()
        };
        let (text, label) = (place(&self.recipe.text_name), place(&self.recipe.label_name));
        let extra = &self.recipe.extra;
        let title = extra.title.as_ref().and_then(|title| place(&title.name));
        let date = extra.date.as_ref().and_then(|date| place(&date.name));
        let group = extra.group.as_ref().and_then(|group| place(&group.name));
        let mut draft = Self::new(self.name.clone(), summary);
        if let (Some(text), Some(label)) = (text, label) {
            draft.set_text_column(text);
            draft.set_label_column(label);
            draft.set_extra(ExtraRole::Title, title);
            draft.set_extra(ExtraRole::Date, date);
            draft.set_extra(ExtraRole::Group, group);
            draft.keep_mapping(self);
        }
        draft.recipe.keep_missing = self.recipe.keep_missing;
        draft.recipe.cleaning.clone_from(&self.recipe.cleaning);
        draft.keep_fixes(self);
        draft.unread.clone_from(&self.unread);
        draft
    }

    /// The classes chosen before, where any value of the label column is still known to them.
    fn keep_mapping(&mut self, before: &Self) {
        let Some(column) = self.summary.columns.get(self.recipe.label_column as usize) else { return };
        let mapping = &before.recipe.mapping;
        if column.values.iter().any(|(value, _)| mapping.class_of(value).is_some()) {
            self.recipe.mapping = mapping.clone();
            self.label_problem.clone_from(&before.label_problem);
            self.label_note.clone_from(&before.label_note);
        }
    }

    /// The fixes chosen before: those of single rows where the rows are as many as they were, corrected labels where the
    /// classes are the same, too.
    fn keep_fixes(&mut self, before: &Self) {
        let n_rows = |draft: &Self| (draft.summary.n_rows, draft.summary.issues.n);
        let has_same_rows = n_rows(self) == n_rows(before);
        let has_same_classes = self.recipe.mapping.classes == before.recipe.mapping.classes;
        let holds = |fix: &&Fix| match fix {
            Fix::DropRows { .. } => has_same_rows,
            Fix::Relabel { .. } => has_same_rows && has_same_classes,
            Fix::DropRepeats | Fix::DropEmpty | Fix::KeepTogether | Fix::Ignore { .. } => true,
        };
        self.recipe.fixes = before.recipe.fixes.iter().filter(holds).cloned().collect();
    }

    /// The file cannot be read by `format`: what was found before stays, and nothing can be used until another format
    /// is chosen.
    pub fn refuse_format(&mut self, format: TableFormat, sentence: String) {
        self.recipe.format = format;
        self.format_problem = Some(sentence);
    }

    /// A value of the label column belongs to another class, or to none. A class that is not there changes nothing.
    pub fn set_class(&mut self, value: &str, class: Option<LabelId>) {
        let n_classes = self.recipe.mapping.classes.len();
        if class.is_some_and(|class| usize::from(class.0) >= n_classes) {
            return;
        }
        // Who says what a value means has chosen the column.
        self.label_problem = None;
        match &mut self.recipe.mapping.rule {
            LabelRule::Ratings { classes } => {
                let Some(rating) = parse_number(value) else { return };
                classes.retain(|(known, _)| *known != rating);
                classes.extend(class.map(|class| (rating, class)));
                stable_sort(classes, |(a, _), (b, _)| a.total_cmp(b));
            }
            LabelRule::Words { classes } => {
                classes.retain(|(known, _)| known != value);
                classes.extend(class.map(|class| (value.to_owned(), class)));
                stable_sort(classes, |(a, _), (b, _)| a.cmp(b));
            }
        }
    }

    /// Cells that read as missing are kept as text, or not.
    pub fn set_keep_missing(&mut self, keep: bool) {
        self.recipe.keep_missing = keep;
    }

    /// Where a slice of `ROWS_PER_MARK` rows that can be read lies: its first row, the byte after it, the number of the
    /// row after it.
    pub fn slice(&self, slice: u64) -> Option<(RowMark, u64, u64)> {
        let place = usize::try_from(slice).ok()?;
        let first = *self.summary.row_index.get(place)?;
        let next = self.summary.row_index.get(place + 1);
        let end = next.map_or(self.summary.n_bytes, |mark| mark.byte);
        Some((first, end, next.map_or(u64::MAX, |mark| mark.record)))
    }

    /// About where the row of this number is among rows that can be read: exactly, but for rows of its slice that cannot.
    pub fn place_of(&self, record: u64) -> u64 {
        let index = &self.summary.row_index;
        let slice = index.partition_point(|mark| mark.record <= record).saturating_sub(1);
        let first = index.get(slice).map_or(0, |mark| mark.record);
        let place = slice as u64 * ROWS_PER_MARK + record.saturating_sub(first).min(ROWS_PER_MARK - 1);
        place.min(self.n_readable().saturating_sub(1))
    }

    fn n_readable(&self) -> u64 {
        self.summary.n_rows.saturating_sub(self.summary.issues.n)
    }

    /// Why this cannot be used as it stands.
    pub fn problem(&self) -> Option<String> {
        let of_choices = self.text_problem.as_ref().or(self.label_problem.as_ref());
        if let Some(problem) = self.format_problem.as_ref().or(of_choices) {
            return Some(problem.clone());
        }
        if self.recipe.text_column == self.recipe.label_column {
            return Some("Text and rating are the same column: choose another for one of them.".to_owned());
        }
        if let Some(problem) = class_names::first_problem(&self.recipe.mapping.classes) {
            return Some(problem);
        }
        let mut used: SortedMap<LabelId, u64> = SortedMap::new();
        for value in self.label_values() {
            if let Some(class) = value.class {
                *used.get_or_insert_with(class, || 0) += value.n_rows;
            }
        }
        match used.len() {
            0 => Some("Every rating is left out: give at least two classes a rating each.".to_owned()),
            1 => used.iter().next().map(|(class, n_rows)| {
                FileError::OneClass { n_rows: *n_rows, class: self.class_name(*class) }.to_string()
            }),
            _ => {
                let n_classes = self.recipe.mapping.classes.len();
                let empty = (0..n_classes).find(|place| used.get(&LabelId(*place as u8)).is_none())?;
                let name = self.recipe.mapping.classes.get(empty)?;
                Some(format!("Class '{name}' has no rating: move one to it, or remove it."))
            }
        }
    }

    fn class_name(&self, class: LabelId) -> String {
        self.recipe.mapping.classes.get(usize::from(class.0)).cloned().unwrap_or_default()
    }

    fn label_values(&self) -> Vec<LabelValueView> {
        let Some(column) = self.summary.columns.get(self.recipe.label_column as usize) else {
            return Vec::new();
        };
        let mapping = &self.recipe.mapping;
        if mapping.classes.is_empty() {
            return Vec::new();
        }
        let mut values: Vec<LabelValueView> = Vec::new();
        for (value, n_rows) in &column.values {
            let (shown, class) = match &mapping.rule {
                LabelRule::Ratings { .. } => match parse_number(value) {
                    Some(number) => (number.to_string(), mapping.class_of(value)),
                    None => (value.clone(), None),
                },
                LabelRule::Words { .. } => (value.clone(), mapping.class_of(value)),
            };
            match values.iter_mut().find(|known| known.value == shown) {
                Some(known) => known.n_rows += n_rows,
                None => values.push(LabelValueView { value: shown, n_rows: *n_rows, class }),
            }
        }
        let number = |view: &LabelValueView| parse_number(&view.value).unwrap_or(f64::INFINITY);
        stable_sort(&mut values, |a, b| number(a).total_cmp(&number(b)).then_with(|| a.value.cmp(&b.value)));
        values
    }

    /// What the page shows.
    pub fn view(&self) -> ScannedFile {
        let summary = &self.summary;
        ScannedFile {
            name: self.name.clone(),
            n_bytes: summary.n_bytes,
            n_rows: summary.n_rows,
            columns: column_views(summary, &self.recipe),
            recipe: self.recipe.clone(),
            label_values: self.label_values(),
            n_readable: self.n_readable(),
            n_missing: summary
                .columns
                .get(self.recipe.text_column as usize)
                .map_or(0, |column| column.n_missing),
            issues: set_aside(&summary.issues).with_unread(&self.unread),
            is_rescanning: false,
            label_note: self.label_note.clone(),
            problem: self.problem(),
        }
    }
}

fn unmapped() -> LabelMapping {
    LabelMapping { classes: Vec::new(), rule: LabelRule::Words { classes: Vec::new() } }
}

/// What is proposed for a label column of more values than classes.
fn proposal_words(column: &ColumnSummary, mapping: &LabelMapping) -> String {
    let n_values = format::whole(column.n_distinct);
    match &mapping.rule {
        LabelRule::Ratings { .. } => format!(
            "The column has {n_values} different numbers: the lower half of the rows is {}, the rest {}. Move numbers to another class, or add classes.",
            mapping.classes[0], mapping.classes[1]
        ),
        LabelRule::Words { classes } => format!(
            "The column has {n_values} different values: the {} most frequent are classes, the others are left out. Move values to a class, or remove classes.",
            classes.len()
        ),
    }
}

fn longest_column(summary: &TableSummary) -> u32 {
    let longest = (0..).zip(&summary.columns).max_by(|(_, a), (_, b)| a.mean_chars.total_cmp(&b.mean_chars));
    longest.map_or(0, |(index, _)| index)
}

/// The column a label is most likely in, where none looks like one: of the others the one with the fewest values.
fn fewest_values(summary: &TableSummary, text_column: u32) -> u32 {
    let others = (0..).zip(&summary.columns).filter(|(index, _)| *index != text_column);
    let fewest =
        others.filter(|(_, column)| column.n_distinct > 0).min_by_key(|(_, column)| column.n_distinct);
    fewest.map_or(0, |(index, _)| index)
}

#[cfg(test)]
mod tests {
    use engine::dataset::Fix;
    use engine::table::TableScan;

    use super::*;

    fn draft(csv: &str) -> Draft {
        let format = engine::table::detect_format(csv.as_bytes(), csv.len() as u64).unwrap();
        let mut scan = TableScan::new(&format, csv.len() as u64).unwrap();
        scan.push(csv.as_bytes()).unwrap();
        Draft::new("reviews.csv".into(), scan.finish().unwrap())
    }

    const RATED: &str = "Review text,Ratings\nworks very well for me,5\nbroke after one day,1\nit is quite nice,4.0\nvery nice indeed,4\n";

    #[test]
    fn ratings_that_are_one_number_are_one_value() {
        let view = draft(RATED).view();
        let values: Vec<(&str, u64, Option<LabelId>)> =
            view.label_values.iter().map(|v| (v.value.as_str(), v.n_rows, v.class)).collect();
        assert_eq!(
            values,
            [("1", 1, Some(LabelId(0))), ("4", 2, Some(LabelId(1))), ("5", 1, Some(LabelId(1)))]
        );
        assert_eq!(view.problem, None);
    }

    #[test]
    fn one_class_cannot_be_used() {
        let mut draft = draft(RATED);
        draft.set_class("1", Some(LabelId(1)));
        assert!(
            draft.problem().is_some_and(|problem| problem.contains("'positive'")),
            "{:?}",
            draft.problem()
        );
        draft.set_class("5", Some(LabelId(0)));
        assert_eq!(draft.problem(), None);
        ["1", "4", "5"].iter().for_each(|value| draft.set_class(value, None));
        assert!(draft.problem().is_some_and(|problem| problem.contains("left out")));
        draft.set_class("5", Some(LabelId(9)));
        assert_eq!(draft.recipe.mapping.class_of("5"), None);
    }

    #[track_caller]
    fn check_mapping(draft: &Draft, classes: &[&str], expected: &[(&str, Option<u8>)]) {
        assert_eq!(draft.recipe.mapping.classes, classes);
        let found = draft.view().label_values;
        let found: Vec<_> = found.iter().map(|v| (v.value.as_str(), v.class.map(|class| class.0))).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn classes_come_and_go_and_their_ratings_follow() {
        let mut draft = draft(RATED);
        draft.recipe.fixes.push(Fix::Relabel { labels: vec![(0, LabelId(1)), (2, LabelId(0))] });
        draft.add_class();
        check_mapping(
            &draft,
            &["negative", "neutral", "positive"],
            &[("1", Some(0)), ("4", Some(2)), ("5", Some(2))],
        );
        let problem = draft.problem().unwrap_or_default();
        assert_eq!(problem, "Class 'neutral' has no rating: move one to it, or remove it.");
        draft.set_class("4", Some(LabelId(1)));
        assert_eq!(draft.problem(), None);
        draft.rename_class(LabelId(1), "positive".into());
        assert!(draft.problem().is_some_and(|problem| problem.contains("Two classes")));
        draft.remove_class(LabelId(0));
        check_mapping(&draft, &["positive", "positive"], &[("1", None), ("4", Some(0)), ("5", Some(1))]);
        assert_eq!(
            draft.recipe.fixes.last(),
            Some(&Fix::Relabel { labels: vec![(0, LabelId(1))] }),
            "a corrected label keeps its class"
        );
        draft.remove_class(LabelId(0));
        assert_eq!(draft.recipe.mapping.classes.len(), 2, "two stay");
        (0..20).for_each(|_| draft.add_class());
        assert_eq!(draft.recipe.mapping.classes.len(), engine::dataset::MAX_CLASSES);
    }

    #[test]
    fn a_file_of_one_class_is_called_that() {
        // More different texts than there can be classes: fewer would pass for labels.
        let rows: String = (0..20).map(|row| format!("works very well for me {row},5\n")).collect();
        let view = draft(&format!("Review text,Rating\n{rows}")).view();
        let problem = view.problem.unwrap_or_default();
        assert!(problem.starts_with("All 20 usable rows are '5'"), "{problem}");
        assert_eq!((view.recipe.text_column, view.recipe.label_column), (0, 1));
        assert_eq!(view.label_values, []);
    }

    #[test]
    fn the_same_column_cannot_be_both() {
        let mut draft = draft(RATED);
        draft.set_text_column(draft.recipe.label_column);
        assert!(draft.problem().is_some_and(|problem| problem.contains("same column")));
        draft.set_text_column(99);
        assert_eq!(draft.recipe.text_column, draft.recipe.label_column);
    }

    #[test]
    fn the_preview_follows_the_choices() {
        let mut draft = draft(RATED);
        let cells = ["broke after one day".to_owned(), "1".to_owned()];
        let class_of = |draft: &Draft| draft.view().preview_row(1, &cells).class;
        assert_eq!(class_of(&draft).as_deref(), Some("negative"));
        draft.set_class("1", Some(LabelId(1)));
        assert_eq!(class_of(&draft).as_deref(), Some("positive"));
        draft.set_class("1", None);
        assert_eq!(class_of(&draft), None);
    }

    #[test]
    fn a_row_is_found_by_its_number_in_its_slice() {
        let rows: String = (0..600)
            .map(|row| {
                if row == 3 {
                    "too,many,cells\n".to_owned()
                } else {
                    format!("it is nice {row},{}\n", 1 + row % 5)
                }
            })
            .collect();
        let draft = draft(&format!("Review text,Ratings\n{rows}"));
        assert_eq!(draft.view().n_readable, 599);
        for (record, expected) in [(0, 0), (2, 2), (257, 256), (400, 399), (599, 598), (9_999, 598)] {
            assert_eq!(draft.place_of(record), expected, "row {record}");
        }
        let records = |slice| draft.slice(slice).map(|(first, _, next)| (first.record, next));
        assert_eq!(records(0), Some((0, 257)));
        assert_eq!(records(2), Some((513, u64::MAX)));
        assert_eq!(records(3), None);
    }

    const EXTRA: &str = "when,headline,item,body,stars\n2024-01-05,Fine,a,works very well for me,5\n2024-02-05,Bad,b,broke after one day,1\n2024-03-05,Good,a,it is quite nice,4\n";

    fn extra_names(draft: &Draft) -> [Option<String>; 3] {
        let extra = &draft.recipe.extra;
        [
            extra.title.as_ref().map(|title| title.name.clone()),
            extra.date.as_ref().map(|date| date.name.clone()),
            extra.group.as_ref().map(|group| group.name.clone()),
        ]
    }

    #[test]
    fn a_column_has_one_role() {
        let mut draft = draft(EXTRA);
        assert_eq!((draft.recipe.text_column, draft.recipe.label_column), (3, 4));
        assert_eq!(extra_names(&draft), [None, Some("when".into()), None], "a date is found");
        draft.set_extra(ExtraRole::Title, Some(1));
        draft.set_extra(ExtraRole::Group, Some(2));
        assert_eq!(extra_names(&draft), [Some("headline".into()), Some("when".into()), Some("item".into())]);
        draft.set_extra(ExtraRole::Group, Some(1));
        assert_eq!(extra_names(&draft), [None, Some("when".into()), Some("headline".into())]);
        for (role, column) in [(ExtraRole::Date, 1), (ExtraRole::Title, 3), (ExtraRole::Group, 9)] {
            draft.set_extra(role, Some(column));
        }
        assert_eq!(extra_names(&draft), [None, Some("when".into()), Some("headline".into())]);
        draft.set_text_column(1);
        draft.set_extra(ExtraRole::Date, None);
        assert_eq!(extra_names(&draft), [None, None, None]);
    }

    #[test]
    fn another_format_keeps_the_choices_whose_columns_are_still_there() {
        let mut draft = draft(EXTRA);
        draft.set_text_column(1);
        draft.set_extra(ExtraRole::Group, Some(2));
        let same = draft.rescanned(draft.summary.clone());
        assert_eq!(same.recipe.text_name, "headline");
        assert_eq!(extra_names(&same), [None, Some("when".into()), Some("item".into())]);
        let mut scan = TableScan::chosen(
            &TableFormat { has_header: false, ..draft.summary.format.clone() },
            EXTRA.len() as u64,
        )
        .unwrap();
        scan.push(EXTRA.as_bytes()).unwrap();
        let numbered = draft.rescanned(scan.finish().unwrap());
        assert_eq!(numbered.recipe.text_name, "Column 4");
        assert_eq!(numbered.summary.n_rows, 4);
    }

    #[test]
    fn another_encoding_keeps_what_was_mapped_cleaned_and_mended() {
        let mut before = draft(RATED);
        before.set_class("4", Some(LabelId(0)));
        before.recipe.cleaning.clear();
        before.recipe.fixes = vec![
            Fix::DropRepeats,
            Fix::DropRows { records: vec![1] },
            Fix::Relabel { labels: vec![(0, LabelId(0))] },
        ];
        let again = before.rescanned(before.summary.clone());
        assert_eq!(again.recipe.mapping, before.recipe.mapping);
        assert_eq!(again.recipe.fixes, before.recipe.fixes);
        assert_eq!(again.recipe.cleaning, []);
        let mut other = before.summary.clone();
        other.n_rows += 1;
        assert_eq!(before.rescanned(other).recipe.fixes, [Fix::DropRepeats], "rows are others");
    }

    #[test]
    fn a_label_column_of_many_values_is_mapped_to_begin_with() {
        let rows: String =
            (0..60).map(|row| format!("it is nice and works {row},{},{}\n", row % 5 + 1, row % 20)).collect();
        let mut draft = draft(&format!("Review text,Rating,days\n{rows}"));
        draft.set_label_column(2);
        assert_eq!(draft.problem(), None);
        let class_of = |cell: &str| draft.recipe.mapping.class_of(cell).map(|class| class.0);
        assert_eq!(["0", "9", "10", "19"].map(class_of), [Some(0), Some(0), Some(1), Some(1)]);
        let note = draft.view().label_note.unwrap_or_default();
        assert!(note.starts_with("The column has 20 different numbers"), "{note}");
        draft.set_label_column(1);
        assert_eq!(draft.view().label_note, None);
        draft.set_label_column(0);
        let note = draft.view().label_note.unwrap_or_default();
        assert!(note.starts_with("The column has 60 different values: the 10 most"), "{note}");
    }

    #[test]
    fn a_format_that_does_not_do_keeps_the_file_from_being_used() {
        let mut draft = draft(RATED);
        let pipe = TableFormat { delimiter: '|', ..draft.summary.format.clone() };
        draft.refuse_format(pipe.clone(), "No.".into());
        assert_eq!(draft.problem().as_deref(), Some("No."));
        assert_eq!(draft.view().recipe.format, pipe);
    }
}
