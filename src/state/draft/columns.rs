//! What a scan found in each column in, one line of words about each out.

use engine::dataset::{DatasetRecipe, DateColumn};
use engine::table::{ColumnSummary, MAX_LISTED_VALUES, TableSummary};

use crate::state::format;
use crate::state::views::ColumnView;

/// Nearly all filled cells of a column are of its kind.
const MIN_SHARE_OF_KIND: f64 = 0.95;

/// Every column, with the role that the recipe gives it.
pub fn column_views(summary: &TableSummary, recipe: &DatasetRecipe) -> Vec<ColumnView> {
    let view = |(index, column): (u32, &ColumnSummary)| ColumnView {
        index,
        name: column.name.clone(),
        role: role_of(index, recipe),
        kind: kind_of(column, n_filled(summary, column)),
        can_be_date: DateColumn::of(summary, index).is_some(),
        n_missing: column.n_missing,
        distinct: distinct_words(column.n_distinct),
        example: column.example.clone(),
    };
    (0..).zip(&summary.columns).map(view).collect()
}

fn role_of(index: u32, recipe: &DatasetRecipe) -> Option<&'static str> {
    let extra = &recipe.extra;
    let is = |column: Option<u32>| column == Some(index);
    if is(Some(recipe.text_column)) {
        Some("review")
    } else if is(Some(recipe.label_column)) {
        Some("rating")
    } else if is(extra.title.as_ref().map(|title| title.column)) {
        Some("title")
    } else if is(extra.date.as_ref().map(|date| date.column)) {
        Some("date")
    } else if is(extra.group.as_ref().map(|group| group.column)) {
        Some("group")
    } else {
        None
    }
}

fn n_filled(summary: &TableSummary, column: &ColumnSummary) -> u64 {
    summary.n_rows.saturating_sub(summary.issues.n).saturating_sub(column.n_missing)
}

fn kind_of(column: &ColumnSummary, n_filled: u64) -> &'static str {
    let is_mostly = |n_cells: u64| n_cells as f64 >= MIN_SHARE_OF_KIND * n_filled as f64;
    if n_filled == 0 {
        "empty"
    } else if is_mostly(column.n_numeric) {
        "numbers"
    } else if is_mostly(column.n_month_first.max(column.n_day_first)) {
        "dates"
    } else {
        "text"
    }
}

fn distinct_words(n_distinct: u64) -> String {
    if n_distinct > MAX_LISTED_VALUES as u64 {
        format!("more than {MAX_LISTED_VALUES}")
    } else {
        format::whole(n_distinct)
    }
}

#[cfg(test)]
mod tests {
    use engine::table::{TableScan, detect_format};

    use super::*;
    use crate::state::draft::Draft;

    #[test]
    fn each_column_is_said_in_a_line() {
        let rows: String = (0..200)
            .map(|row| format!("it is nice {row},{},{}.05.2024,\n", 1 + row % 5, 1 + row % 28))
            .collect();
        let csv = format!("Review,Stars,Day,Notes\n{rows}NA,5,,\n");
        let format = detect_format(csv.as_bytes(), csv.len() as u64).unwrap();
        let mut scan = TableScan::new(&format, csv.len() as u64).unwrap();
        scan.push(csv.as_bytes()).unwrap();
        let draft = Draft::new("a.csv".into(), scan.finish().unwrap());
        let lines: Vec<String> = column_views(&draft.summary, &draft.recipe)
            .into_iter()
            .map(|column| {
                let ColumnView { name, role, kind, n_missing, distinct, example, .. } = column;
                format!("{name}|{}|{kind}|{n_missing}|{distinct}|{example}", role.unwrap_or("-"))
            })
            .collect();
        assert_eq!(
            lines,
            [
                "Review|review|text|1|more than 128|it is nice 0",
                "Stars|rating|numbers|0|5|1",
                "Day|date|dates|1|28|1.05.2024",
                "Notes|-|empty|201|0|",
            ]
        );
    }
}
