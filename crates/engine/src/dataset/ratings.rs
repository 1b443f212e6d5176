//! Reviews by the rating or word that stands in their label cell: how many of each class.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use super::{LabelId, LabelMapping, LabelRule};

/// Reviews of one rating or label word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct RatingCount {
    /// The rating or word.
    pub rating: String,
    /// Reviews of each class; of another than the mapping's where labels were corrected.
    pub n_rows: Vec<u64>,
}

/// Counts while rows go by.
#[derive(Debug)]
pub(super) struct RatingTally {
    /// One row of classes for each label of the mapping.
    n_rows: Vec<Vec<u64>>,
}

impl RatingTally {
    pub(super) fn new(mapping: &LabelMapping) -> Self {
        let n_labels = match &mapping.rule {
            LabelRule::Ratings { classes } => classes.len(),
            LabelRule::Words { classes } => classes.len(),
        };
        Self { n_rows: vec![vec![0; mapping.classes.len()]; n_labels] }
    }

    /// A review with the mapping's label number `place`, of a class.
    pub(super) fn add(&mut self, place: usize, class: LabelId) {
        if let Some(n_rows) = self.n_rows.get_mut(place).and_then(|row| row.get_mut(usize::from(class.0))) {
            *n_rows += 1;
        }
    }

    /// The labels that reviews have, in the mapping's order.
    pub(super) fn finish(self, mapping: &LabelMapping) -> Vec<RatingCount> {
        let names: Vec<String> = match &mapping.rule {
            LabelRule::Ratings { classes } => classes.iter().map(|(rating, _)| rating.to_string()).collect(),
            LabelRule::Words { classes } => classes.iter().map(|(word, _)| word.clone()).collect(),
        };
        let counted = names.into_iter().zip(self.n_rows);
        let counted = counted.map(|(rating, n_rows)| RatingCount { rating, n_rows });
        counted.filter(|count| count.n_rows.iter().any(|n| *n > 0)).collect()
    }
}
