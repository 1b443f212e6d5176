//! Rows that were set aside: all counted, the first of each kind kept.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use super::{RowIssue, RowReason};

/// How many rows of each kind of reason are kept with their places. The others are only counted.
pub const MAX_KEPT_ISSUES: usize = 200;

/// Rows that were set aside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct IssueList {
    /// How many there were.
    pub n: u64,
    /// The first `MAX_KEPT_ISSUES` of each kind, in the order they were met.
    pub kept: Vec<RowIssue>,
    /// How many of each kind there were, in the order of `RowReason`'s kinds.
    n_by_kind: [u64; N_KINDS],
}

const N_KINDS: usize = 7;

fn kind_of(reason: &RowReason) -> usize {
    match reason {
        RowReason::TooManyCells { .. } => 0,
        RowReason::OpenQuote => 1,
        RowReason::CellTooLong { .. } => 2,
        RowReason::BadBytes => 3,
        RowReason::Missing { .. } => 4,
        RowReason::UnknownLabel { .. } => 5,
        RowReason::Repeat => 6,
    }
}

impl IssueList {
    /// Counts the issue and keeps it if there is room for its kind.
    pub fn push(&mut self, issue: RowIssue) {
        let kind = kind_of(&issue.reason);
        if self.n_by_kind[kind] < MAX_KEPT_ISSUES as u64 {
            self.kept.push(issue);
        }
        self.n += 1;
        self.n_by_kind[kind] += 1;
    }

    /// Takes in another list of the same file; kept issues stand in the order of the file.
    ///
    /// The two must not share a kind, or more than `MAX_KEPT_ISSUES` of it are kept.
    pub fn merge(&mut self, other: Self) {
        self.n += other.n;
        self.kept.extend(other.kept);
        self.kept.sort_by_key(|issue| issue.record);
        for (n, more) in self.n_by_kind.iter_mut().zip(other.n_by_kind) {
            *n += more;
        }
    }

    /// How many rows had a reason of the same kind as `reason`.
    pub fn n_like(&self, reason: &RowReason) -> u64 {
        self.n_by_kind[kind_of(reason)]
    }
}
