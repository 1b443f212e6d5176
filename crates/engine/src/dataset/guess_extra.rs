//! What a table's columns hold in, which of them could be a date, a group or a title out.

use super::guess::name_has;
use super::{ColumnRoles, DateColumn, NamedColumn};
use crate::table::{ColumnSummary, DateOrder, TableSummary};

/// Nearly all filled cells of a date column are dates.
const MIN_DATE_SHARE: f64 = 0.95;
/// Header words of a date. Only under one of them are plain numbers taken for dates.
const DATE_NAMES: [&str; 10] =
    ["date", "time", "timestamp", "datetime", "day", "month", "year", "created", "posted", "published"];
/// Header words of what reviews are about, or of who wrote them.
const GROUP_NAMES: [&str; 16] = [
    "group",
    "product",
    "item",
    "asin",
    "sku",
    "app",
    "hotel",
    "restaurant",
    "business",
    "store",
    "brand",
    "user",
    "customer",
    "reviewer",
    "author",
    "userid",
];
/// Header words of a title.
const TITLE_NAMES: [&str; 5] = ["title", "headline", "subject", "summary", "heading"];

/// The column of dates: the first one of which nearly all filled cells are dates, those that are called so before
/// others.
pub fn guess_date(table: &TableSummary, roles: ColumnRoles) -> Option<DateColumn> {
    let mut dates = free_columns(table, roles).filter(|(_, column)| is_date(table, column)).peekable();
    let first = dates.peek().copied();
    let named = dates.find(|(_, column)| name_has(column, &DATE_NAMES));
    DateColumn::of(table, named.or(first)?.0)
}

impl DateColumn {
    /// A column that a person chose, with the order that more of its cells are dates in. `None` where hardly any
    /// cell is one.
    pub fn of(table: &TableSummary, column: u32) -> Option<Self> {
        let found = table.columns.get(column as usize)?;
        let n_filled = table.n_rows.saturating_sub(table.issues.n).saturating_sub(found.n_missing);
        let order = match found.n_day_first > found.n_month_first {
            true => DateOrder::DayFirst,
            false => DateOrder::MonthFirst,
        };
        let is_half = found.n_month_first.max(found.n_day_first) * 2 >= n_filled.max(1);
        is_half.then(|| Self { column, name: found.name.clone(), order })
    }
}

/// A column that could say which reviews belong together: called so, and with values that come again.
pub fn guess_group(table: &TableSummary, roles: ColumnRoles) -> Option<NamedColumn> {
    let could_be = |column: &ColumnSummary| {
        let comes_again = column.values.is_empty() || column.values.iter().any(|(_, n_rows)| *n_rows > 1);
        name_has(column, &GROUP_NAMES) && column.n_distinct > 1 && comes_again && !is_date(table, column)
    };
    named(free_columns(table, roles).find(|(_, column)| could_be(column))?)
}

/// A column that could be the reviews' title. Whether it is joined to them is for a person to say: it changes
/// what is learned.
pub fn guess_title(table: &TableSummary, roles: ColumnRoles) -> Option<NamedColumn> {
    let could_be = |column: &ColumnSummary| {
        let n_filled = table.n_rows.saturating_sub(column.n_missing);
        name_has(column, &TITLE_NAMES) && column.n_numeric * 2 < n_filled && !is_date(table, column)
    };
    named(free_columns(table, roles).find(|(_, column)| could_be(column))?)
}

fn named((column, found): (u32, &ColumnSummary)) -> Option<NamedColumn> {
    Some(NamedColumn { column, name: found.name.clone() })
}

/// Columns that are neither review nor label.
fn free_columns(table: &TableSummary, roles: ColumnRoles) -> impl Iterator<Item = (u32, &ColumnSummary)> {
    (0..).zip(&table.columns).filter(move |(at, _)| *at != roles.text_column && *at != roles.label_column)
}

fn is_date(table: &TableSummary, column: &ColumnSummary) -> bool {
    let n_good_rows = table.n_rows.saturating_sub(table.issues.n);
    let n_filled = n_good_rows.saturating_sub(column.n_missing);
    let n_dates = column.n_month_first.max(column.n_day_first);
    let is_plain = column.n_numeric * 2 > n_filled;
    n_filled > 0
        && n_dates as f64 >= MIN_DATE_SHARE * n_filled as f64
        && (!is_plain || name_has(column, &DATE_NAMES))
}
