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
    /// How many of each kind there were, in the order of `RowReason`'s kinds, the last two apart.
    n_by_kind: [u64; N_KINDS],
    /// How many a fix left out.
    #[serde(default, skip_serializing_if = "is_zero")]
    n_left_out: u64,
    /// How many are no objects.
    #[serde(default, skip_serializing_if = "is_zero")]
    n_no_objects: u64,
}

const N_KINDS: usize = 7;

fn is_zero(n: &u64) -> bool {
    *n == 0
}

impl IssueList {
    /// Counts the issue and keeps it if there is room for its kind.
    pub fn push(&mut self, issue: RowIssue) {
        let n = self.counter(&issue.reason);
        *n += 1;
        let has_room = *n <= MAX_KEPT_ISSUES as u64;
        self.n += 1;
        if has_room {
            self.kept.push(issue);
        }
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
        self.n_left_out += other.n_left_out;
        self.n_no_objects += other.n_no_objects;
    }

    /// How many rows had a reason of the same kind as `reason`.
    pub fn n_like(&self, reason: &RowReason) -> u64 {
        match (place_of(reason), reason) {
            (Some(place), _) => self.n_by_kind[place],
            (None, RowReason::NotAnObject { .. }) => self.n_no_objects,
            (None, _) => self.n_left_out,
        }
    }

    fn counter(&mut self, reason: &RowReason) -> &mut u64 {
        match (place_of(reason), reason) {
            (Some(place), _) => &mut self.n_by_kind[place],
            (None, RowReason::NotAnObject { .. }) => &mut self.n_no_objects,
            (None, _) => &mut self.n_left_out,
        }
    }
}

fn place_of(reason: &RowReason) -> Option<usize> {
    match reason {
        RowReason::TooManyCells { .. } => Some(0),
        RowReason::OpenQuote => Some(1),
        RowReason::CellTooLong { .. } => Some(2),
        RowReason::BadBytes => Some(3),
        RowReason::Missing { .. } => Some(4),
        RowReason::UnknownLabel { .. } => Some(5),
        RowReason::Repeat => Some(6),
        RowReason::LeftOut | RowReason::NotAnObject { .. } => None,
    }
}
