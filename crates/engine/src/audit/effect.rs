//! What a finding does to the score.

use super::Effect;
use crate::dataset::LabelId;
use crate::models::f1_macro;

/// Predictions of reviews by fits that did not see them. Shapes: `docs` (by index), `predicted`: n_held_out;
/// `probabilities`: n_held_out x n_classes row-major.
#[derive(Clone, Copy, Debug)]
pub struct HeldOutView<'a> {
    /// Which reviews, by index.
    pub docs: &'a [u32],
    /// The class predicted for each.
    pub predicted: &'a [u8],
    /// The probability of each class for each.
    pub probabilities: &'a [f64],
}

impl HeldOutView<'_> {
    /// Macro F1 with and without the reviews concerned; `None` where none of them, or no other, is held out.
    pub(super) fn effect(&self, labels: &[LabelId], n_classes: usize, concerned: &[u32]) -> Option<Effect> {
        let mut is_concerned = vec![false; labels.len()];
        concerned.iter().for_each(|&doc| is_concerned[doc as usize] = true);
        let mut all = vec![0; n_classes * n_classes];
        let mut without = all.clone();
        let mut n_without = 0;
        for (&doc, &class) in self.docs.iter().zip(self.predicted) {
            let cell = usize::from(labels[doc as usize].0) * n_classes + usize::from(class);
            all[cell] += 1;
            if !is_concerned[doc as usize] {
                without[cell] += 1;
                n_without += 1;
            }
        }
        let is_telling = n_without > 0 && n_without < self.docs.len();
        is_telling.then(|| Effect {
            f1_macro: f1_macro(&all, n_classes),
            f1_macro_without: f1_macro(&without, n_classes),
        })
    }

    /// Macro F1 of all of them.
    pub(super) fn f1_macro(&self, labels: &[LabelId], n_classes: usize) -> f64 {
        let mut confusion = vec![0; n_classes * n_classes];
        for (&doc, &class) in self.docs.iter().zip(self.predicted) {
            confusion[usize::from(labels[doc as usize].0) * n_classes + usize::from(class)] += 1;
        }
        f1_macro(&confusion, n_classes)
    }

    /// Whether all lists belong together and to these reviews.
    pub(super) fn fits(&self, n_docs: usize, n_classes: usize) -> bool {
        self.docs.len() == self.predicted.len()
            && self.probabilities.len() == self.docs.len() * n_classes
            && self.docs.iter().all(|&doc| (doc as usize) < n_docs)
            && self.predicted.iter().all(|&class| usize::from(class) < n_classes)
    }
}
