//! What a setting says of the held-out rows, kept so that a metric can be taken of any draw of them: rows weighed by how
//! often they were drawn.

use std::cmp::Ordering;

use crate::dataset::LabelId;
use crate::metrics::Metric;

/// What of a setting's held-out scores its metric needs.
#[derive(Clone, Debug, PartialEq)]
pub enum Weighed {
    /// The predicted class of each row.
    Classes(Vec<u8>),
    /// What each row adds to a mean loss.
    Losses(Vec<f64>),
    /// For each class that is ranked (of two the second alone) the rows, from the highest score to the lowest: twice the
    /// row's number, and one more where a lower score follows or none.
    Orders(Vec<Vec<u32>>),
}

impl Weighed {
    /// Rows, each with so many scores, ranked by the score at each place of `of_classes`. Shape: n_rows x n_scores.
    pub(super) fn ranked(scores: &[f64], n_scores: usize) -> Self {
        let order = |score: usize| {
            let own: Vec<f64> = scores.iter().skip(score).step_by(n_scores).copied().collect();
            let rows = kernels::from_highest(&own);
            let is_last = |place: usize| {
                let next = rows.get(place + 1);
                next.is_none_or(|next| own[*next as usize] < own[rows[place] as usize])
            };
            (0..rows.len()).map(|place| rows[place] << 1 | u32::from(is_last(place))).collect()
        };
        Self::Orders((0..n_scores).map(order).collect())
    }

    /// How many rows it is of.
    pub fn n_rows(&self) -> usize {
        match self {
            Self::Classes(classes) => classes.len(),
            Self::Losses(losses) => losses.len(),
            Self::Orders(orders) => orders.first().map_or(0, Vec::len),
        }
    }

    /// Bytes that it takes.
    pub fn n_bytes(&self) -> usize {
        match self {
            Self::Classes(classes) => classes.len(),
            Self::Losses(losses) => 8 * losses.len(),
            Self::Orders(orders) => orders.iter().map(|order| 4 * order.len()).sum(),
        }
    }

    /// Some order of all of a kind, in which equal ones are equal.
    pub(super) fn in_order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Classes(own), Self::Classes(other)) => own.cmp(other),
            (Self::Losses(own), Self::Losses(other)) => {
                own.iter().map(|loss| loss.to_bits()).cmp(other.iter().map(|loss| loss.to_bits()))
            }
            (Self::Orders(own), Self::Orders(other)) => own.cmp(other),
            _ => self.n_bytes().cmp(&other.n_bytes()),
        }
    }
}

/// Takes a metric of rows that count as often as they were drawn.
pub(super) struct Weigher<'a> {
    pub truth: &'a [LabelId],
    pub n_classes: usize,
    pub metric: Metric,
}

impl Weigher<'_> {
    /// The metric, more being better. `None` where no row counts, or a class has none that the metric ranks.
    pub fn score(&self, setting: &Weighed, weights: &[u32]) -> Option<f64> {
        match setting {
            Weighed::Classes(classes) => {
                let mut confusion = vec![0_u64; self.n_classes * self.n_classes];
                for ((class, label), weight) in classes.iter().zip(self.truth).zip(weights) {
                    let place = usize::from(label.0) * self.n_classes + usize::from(*class);
                    confusion[place] += u64::from(*weight);
                }
                self.metric.of_confusion(&confusion, self.n_classes)
            }
            Weighed::Losses(losses) => {
                let n_rows: u64 = weights.iter().map(|weight| u64::from(*weight)).sum();
                let sum: f64 =
                    losses.iter().zip(weights).map(|(loss, weight)| loss * f64::from(*weight)).sum();
                (n_rows > 0).then(|| self.metric.signed(sum / n_rows as f64))
            }
            Weighed::Orders(orders) => {
                let of_class = |(place, order): (usize, &Vec<u32>)| {
                    let class = if orders.len() == 1 { 1 } else { place as u8 };
                    self.ranked(order, LabelId(class), weights)
                };
                let sum: f64 = orders.iter().enumerate().map(of_class).sum::<Option<f64>>()?;
                Some(sum / orders.len() as f64)
            }
        }
    }

    /// Area under the ROC curve or average precision of one class against the others, as `metrics` has them.
    fn ranked(&self, order: &[u32], class: LabelId, weights: &[u32]) -> Option<f64> {
        let (mut hits, mut alarms) = (0_u64, 0_u64);
        let (mut area, mut precision) = (0.0, 0.0);
        let mut before = (0, 0);
        for place in order {
            let row = (place >> 1) as usize;
            let weight = u64::from(weights[row]);
            *(if self.truth[row] == class { &mut hits } else { &mut alarms }) += weight;
            if place & 1 == 1 && (hits, alarms) != before {
                area += (alarms - before.1) as f64 * (hits + before.0) as f64 / 2.0;
                precision += (hits - before.0) as f64 * (hits as f64 / (hits + alarms) as f64);
                before = (hits, alarms);
            }
        }
        if hits == 0 || (alarms == 0 && self.metric == Metric::RocAuc) {
            return None;
        }
        Some(match self.metric {
            Metric::RocAuc => area / (hits as f64 * alarms as f64),
            _ => precision / hits as f64,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{average_precision, roc_auc};

    const TRUTH: [LabelId; 6] = [LabelId(0), LabelId(1), LabelId(1), LabelId(0), LabelId(1), LabelId(0)];
    const SCORES: [f64; 6] = [0.1, 0.9, 0.4, 0.4, 0.3, 0.2];

    #[track_caller]
    fn check(weights: [u32; 6]) {
        let rows = || (0..6).flat_map(|row| std::iter::repeat_n(row, weights[row] as usize));
        let positive: Vec<bool> = rows().map(|row| TRUTH[row] == LabelId(1)).collect();
        let drawn: Vec<f64> = rows().map(|row| SCORES[row]).collect();
        let setting = Weighed::ranked(&SCORES, 1);
        for (metric, measured) in [
            (Metric::RocAuc, roc_auc(&positive, &drawn)),
            (Metric::AveragePrecision, average_precision(&positive, &drawn)),
        ] {
            let weigher = Weigher { truth: &TRUTH, n_classes: 2, metric };
            let found = weigher.score(&setting, &weights);
            let (found, measured) = (found.unwrap_or(f64::NAN), measured.unwrap_or(f64::NAN));
            let is_same = (found - measured).abs() < 1e-12 || (found.is_nan() && measured.is_nan());
            assert!(is_same, "{metric:?} {weights:?}: {found}, not {measured}");
        }
    }

    #[test]
    fn rows_count_as_often_as_they_were_drawn() {
        check([1; 6]);
        check([2, 0, 1, 3, 1, 0]);
        check([0, 1, 0, 0, 2, 1]);
        check([0, 1, 1, 1, 0, 0]);
        let no_positive = [1, 0, 0, 2, 0, 1];
        let weigher = Weigher { truth: &TRUTH, n_classes: 2, metric: Metric::AveragePrecision };
        assert_eq!(weigher.score(&Weighed::ranked(&SCORES, 1), &no_positive), None);
    }

    #[test]
    fn a_mean_loss_is_negated_as_trials_hold_it() {
        let weigher = Weigher { truth: &TRUTH, n_classes: 2, metric: Metric::Brier };
        let losses = Weighed::Losses(vec![0.5, 0.25, 0.0, 1.0, 0.0, 0.0]);
        assert_eq!(weigher.score(&losses, &[2, 4, 0, 0, 0, 2]), Some(-0.25));
        assert_eq!(weigher.score(&losses, &[0; 6]), None);
    }
}
