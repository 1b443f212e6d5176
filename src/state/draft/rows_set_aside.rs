//! Rows that were set aside in, what is said of them out.

use engine::num::stable_sort;
use engine::quote::Quoted;
use engine::table::{IssueList, RowIssue, RowReason};

use crate::services::files::Unread;
use crate::state::views::{IssueCount, IssueView, SetAsideView};

/// Rows set aside that are listed; all are counted.
pub const MAX_SHOWN_ISSUES: usize = 200;
/// Rows of the files given of which only the number is known.
const UNREAD_WORDS: &str = "unreadable in the files given";

/// Rows that were set aside: counts by reason, and the first of them.
pub fn set_aside(issues: &IssueList) -> SetAsideView {
    let mut counts: Vec<IssueCount> = Vec::new();
    for issue in &issues.kept {
        let reason = reason_words(&issue.reason);
        if counts.iter().all(|known| known.reason != reason) {
            counts.push(IssueCount { reason, n_rows: issues.n_like(&issue.reason) });
        }
    }
    stable_sort(&mut counts, |a, b| b.n_rows.cmp(&a.n_rows));
    let view = |issue: &RowIssue| IssueView {
        record: issue.record,
        line: issue.line,
        sentence: reason_sentence(&issue.reason),
    };
    SetAsideView {
        counts,
        issues: issues.kept.iter().take(MAX_SHOWN_ISSUES).map(view).collect(),
        n_issues: Some(issues.n),
    }
}

impl SetAsideView {
    /// The rows that could not be read in what the file was made of come first; where they are not known any more, they
    /// are counted.
    #[must_use]
    pub fn with_unread(mut self, unread: &Unread) -> Self {
        if unread.tables.is_empty() && unread.n_rows > 0 {
            self.counts.push(IssueCount { reason: UNREAD_WORDS, n_rows: unread.n_rows });
            self.n_issues = self.n_issues.map(|n_issues| n_issues + unread.n_rows);
        }
        for table in unread.tables.iter().rev().filter(|table| table.issues.n > 0) {
            let SetAsideView { counts, issues, n_issues } = set_aside(&table.issues);
            for count in counts {
                match self.counts.iter_mut().find(|known| known.reason == count.reason) {
                    Some(known) => known.n_rows += count.n_rows,
                    None => self.counts.push(count),
                }
            }
            let within = |issue: IssueView| {
                let sentence = format!("{}: {}", Quoted(&table.name), issue.sentence);
                IssueView { sentence, ..issue }
            };
            self.issues.splice(0..0, issues.into_iter().map(within));
            self.n_issues = self.n_issues.zip(n_issues).map(|(ours, theirs)| ours + theirs);
        }
        self.issues.truncate(MAX_SHOWN_ISSUES);
        stable_sort(&mut self.counts, |a, b| b.n_rows.cmp(&a.n_rows));
        self
    }
}

fn reason_words(reason: &RowReason) -> &'static str {
    match reason {
        RowReason::TooManyCells { .. } => "too many cells",
        RowReason::OpenQuote => "a quote is never closed",
        RowReason::CellTooLong { .. } => "a cell is too long",
        RowReason::BadBytes => "unreadable characters",
        RowReason::Missing { .. } => "missing text or rating",
        RowReason::UnknownLabel { .. } => "rating left out",
        RowReason::Repeat => "repeats an earlier row",
        RowReason::LeftOut => "left out by a fix",
        RowReason::NotAnObject { .. } => "no JSON object",
    }
}

fn reason_sentence(reason: &RowReason) -> String {
    match reason {
        RowReason::TooManyCells { found, expected } => {
            format!(
                "It has {found} cells, the header has {expected} columns: put texts with separators in quotes."
            )
        }
        RowReason::OpenQuote => "A quote is opened and never closed: close or double it.".to_owned(),
        RowReason::CellTooLong { most } => format!("A cell is longer than {most} bytes: shorten it."),
        RowReason::BadBytes => {
            "Its bytes are no characters in the file's encoding: save the file as UTF-8.".to_owned()
        }
        RowReason::Missing { column, value } if value.is_empty() => {
            format!("Column {} is empty.", column + 1)
        }
        RowReason::Missing { column, value } => {
            format!(
                "Column {} says '{value}', which reads as missing: keep such cells if it is meant.",
                column + 1
            )
        }
        RowReason::UnknownLabel { value } => {
            format!("'{value}' belongs to no class: give it one if it should count.")
        }
        RowReason::Repeat => "Text and rating repeat an earlier row.".to_owned(),
        RowReason::LeftOut => "A fix of the recipe leaves it out.".to_owned(),
        RowReason::NotAnObject { reason } => {
            format!("The line is no JSON object ({reason}): write {{ and }} around its names and values.")
        }
    }
}
