//! The predictions of two fits for rows that neither saw in; row by row side by side, or why they cannot be, out.

use thiserror::Error;

use super::HeldOut;
use crate::dataset::LabelId;

/// Two predictions a row. Shapes: all n_rows, in ascending order of `docs`.
#[derive(Clone, Debug, PartialEq)]
pub struct PairedPredictions {
    /// Which reviews, by index.
    pub docs: Vec<u32>,
    /// Their classes.
    pub truth: Vec<LabelId>,
    /// What the first predicts.
    pub first: Vec<u8>,
    /// What the second predicts.
    pub second: Vec<u8>,
}

/// Of how many rows who is right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RightCounts {
    /// Both are.
    pub both: u64,
    /// The first alone is.
    pub first_only: u64,
    /// The second alone is.
    pub second_only: u64,
    /// Neither is.
    pub neither: u64,
}

/// Why two fits cannot be compared row by row.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UnpairedError {
    /// They were measured on other rows.
    #[error(
        "The two runs were measured on different reviews: of {n_first} and {n_second} only {n_common} are the same. \
         Compare runs that part the reviews alike: of one study, or of two with the same split and seed."
    )]
    OtherRows {
        /// Rows of the first.
        n_first: u64,
        /// Rows of the second.
        n_second: u64,
        /// Rows of both.
        n_common: u64,
    },
    /// A row has two classes.
    #[error(
        "The two runs learned from different labels: {n_rows} of their reviews belong to another class in the second. \
         Compare runs that learned from the same labels."
    )]
    OtherLabels {
        /// Rows with two classes.
        n_rows: u64,
    },
}

impl PairedPredictions {
    /// Of rows that both were measured on, with what each predicts of them. `predicted`: as long as its rows.
    ///
    /// # Errors
    /// Where rows or their classes differ.
    pub fn new(
        (first, of_first): (&HeldOut, &[u8]),
        (second, of_second): (&HeldOut, &[u8]),
    ) -> Result<Self, UnpairedError> {
        let (first, second) = (rows(first, of_first), rows(second, of_second));
        let is_same = |((a, ..), (b, ..)): (&Row, &Row)| a == b;
        if first.len() != second.len() || !first.iter().zip(&second).all(is_same) {
            let is_in_second = |row: &&Row| second.binary_search_by_key(&row.0, |other| other.0).is_ok();
            return Err(UnpairedError::OtherRows {
                n_first: first.len() as u64,
                n_second: second.len() as u64,
                n_common: first.iter().filter(is_in_second).count() as u64,
            });
        }
        let n_rows = first.iter().zip(&second).filter(|(a, b)| a.1 != b.1).count() as u64;
        if n_rows > 0 {
            return Err(UnpairedError::OtherLabels { n_rows });
        }
        Ok(Self {
            docs: first.iter().map(|row| row.0).collect(),
            truth: first.iter().map(|row| row.1).collect(),
            first: first.iter().map(|row| row.2).collect(),
            second: second.iter().map(|row| row.2).collect(),
        })
    }

    /// Who is right how often.
    pub fn right_counts(&self) -> RightCounts {
        let mut counts = RightCounts::default();
        for ((truth, &first), &second) in self.truth.iter().zip(&self.first).zip(&self.second) {
            *match (truth.0 == first, truth.0 == second) {
                (true, true) => &mut counts.both,
                (true, false) => &mut counts.first_only,
                (false, true) => &mut counts.second_only,
                (false, false) => &mut counts.neither,
            } += 1;
        }
        counts
    }

    /// The rows that the two predict differently: review, class, and both predictions.
    pub fn changed(&self) -> impl Iterator<Item = (u32, LabelId, LabelId, LabelId)> + '_ {
        let row = |at: usize| {
            let (first, second) = (self.first[at], self.second[at]);
            (first != second).then(|| (self.docs[at], self.truth[at], LabelId(first), LabelId(second)))
        };
        (0..self.docs.len()).filter_map(row)
    }
}

/// Review, class, prediction.
type Row = (u32, LabelId, u8);

/// In ascending order of reviews.
fn rows(held_out: &HeldOut, predicted: &[u8]) -> Vec<Row> {
    let all = held_out.docs.iter().zip(&held_out.truth).zip(predicted);
    let mut rows: Vec<Row> = all.map(|((&doc, &truth), &class)| (doc, truth, class)).collect();
    rows.sort_unstable_by_key(|row| row.0);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held_out(docs: &[u32], truth: &[u8]) -> HeldOut {
        HeldOut {
            docs: docs.to_vec(),
            scores: vec![0.5; docs.len()],
            n_scores: 1,
            truth: truth.iter().map(|label| LabelId(*label)).collect(),
        }
    }

    #[test]
    fn rows_are_paired_whatever_their_order() {
        let (first, second) =
            (held_out(&[4, 1, 9, 2], &[0, 1, 1, 0]), held_out(&[1, 2, 4, 9], &[1, 0, 0, 1]));
        let paired = PairedPredictions::new((&first, &[0, 0, 1, 1]), (&second, &[1, 1, 1, 1])).unwrap();
        assert_eq!(paired.docs, [1, 2, 4, 9]);
        assert_eq!(paired.right_counts(), RightCounts { both: 1, first_only: 1, second_only: 1, neither: 1 });
        let changed: Vec<_> = paired.changed().collect();
        let label = LabelId;
        assert_eq!(changed, [(1, label(1), label(0), label(1)), (4, label(0), label(0), label(1))]);
    }

    #[track_caller]
    fn check(first: &HeldOut, second: &HeldOut, expected: UnpairedError) {
        let of = |held_out: &HeldOut| vec![0; held_out.docs.len()];
        let found = PairedPredictions::new((first, &of(first)), (second, &of(second)));
        assert_eq!(found, Err(expected));
    }

    #[test]
    fn other_rows_and_other_labels_are_told() {
        let first = held_out(&[1, 2, 3], &[0, 1, 1]);
        let other = |n_second, n_common| UnpairedError::OtherRows { n_first: 3, n_second, n_common };
        check(&first, &held_out(&[1, 2, 4], &[0, 1, 1]), other(3, 2));
        check(&first, &held_out(&[7], &[0]), other(1, 0));
        check(&first, &held_out(&[3, 1, 2], &[0, 0, 1]), UnpairedError::OtherLabels { n_rows: 1 });
    }
}
