//! How well a model does where labels are not known: how often answers of each probability were right, in; the macro F1
//! that is to be expected of new answers, with an interval, out.
//!
//! Confidence-based estimation: it holds as long as answers of one probability are right as often as they were. Where the
//! meaning of reviews changes it cannot know, and must not be shown without saying so.

use engine::metrics::F1Interval;
use engine::num::RandomStream;
use engine::stats::{draw_binomial, draw_gamma, quantile};
use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use crate::calibrated::{AnswerCounts, PROBABILITY_CELLS};

/// Fewest labelled answers of a group of probabilities.
const MIN_GROUP_ROWS: u64 = 40;
/// Most groups of a predicted class.
const MAX_GROUPS: u64 = 12;
/// Fewest labelled answers an estimate is made from, and fewest answers it is made for.
pub const MIN_LABELLED: u64 = 100;
/// Likewise.
pub const MIN_ANSWERS: u64 = 30;

/// How intervals are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct EstimateSpec {
    /// Share of draws inside, above 0 and below 1.
    pub level: f64,
    /// Draws, at least 1.
    pub n_draws: u32,
    /// What they derive from.
    pub seed: u64,
}

impl EstimateSpec {
    /// 95 %, 1,000 draws.
    pub fn usual(seed: u64) -> Self {
        Self { level: 0.95, n_draws: 1_000, seed }
    }
}

/// What is to be expected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Estimate {
    /// Answers it is made for.
    pub n_rows: u64,
    /// Labelled answers it is made from.
    pub n_labelled: u64,
    /// Expected macro F1.
    pub f1_macro: f64,
    /// Where the realised one is to be expected.
    pub interval: F1Interval,
    /// Expected share right.
    pub accuracy: f64,
    /// Expected recall of each class, in label order.
    pub recall: Vec<f64>,
    /// Expected rows of true class (row) predicted as class (column).
    pub confusion: Vec<Vec<f64>>,
}

/// Answers of one predicted class and of neighbouring probabilities: labelled ones by true class, and new ones.
struct Group {
    predicted: usize,
    truth: Vec<u64>,
    n_new: u64,
    /// What is believed before labels: the shares of the predicted class as a whole, one row in weight.
    prior: Vec<f64>,
}

impl Group {
    fn weight(&self, class: usize) -> f64 {
        self.truth[class] as f64 + self.prior[class]
    }
}

/// What the answers counted in `new` will be worth, by the labelled ones of `known`. `None` where either are too few, they
/// are of different classes, or the level is none.
pub fn estimate(known: &AnswerCounts, new: &AnswerCounts, spec: &EstimateSpec) -> Option<Estimate> {
    let is_level = spec.level > 0.0 && spec.level < 1.0;
    let is_enough = known.n_labelled() >= MIN_LABELLED && new.n_rows() >= MIN_ANSWERS;
    if !is_level || !is_enough || known.n_classes != new.n_classes || !known.is_valid() || !new.is_valid() {
        return None;
    }
    let n_classes = known.n_classes as usize;
    let groups: Vec<Group> = (0..n_classes).flat_map(|class| groups(known, new, class)).collect();
    let mut expected = vec![0.0; n_classes * n_classes];
    for group in &groups {
        let all: f64 = (0..n_classes).map(|class| group.weight(class)).sum();
        for class in 0..n_classes {
            expected[class * n_classes + group.predicted] += group.n_new as f64 * group.weight(class) / all;
        }
    }
    let mut stream = RandomStream::new("performance without labels", &[spec.seed]);
    let mut drawn = vec![0.0; n_classes * n_classes];
    let mut scores: Vec<f64> = (0..spec.n_draws.max(1))
        .map(|_| {
            drawn.fill(0.0);
            groups.iter().for_each(|group| draw_truth(group, n_classes, &mut drawn, &mut stream));
            f1_macro(&drawn, n_classes)
        })
        .collect();
    scores.sort_by(f64::total_cmp);
    let tail = (1.0 - spec.level) / 2.0;
    let n_rows = new.n_rows();
    let right: f64 = (0..n_classes).map(|class| expected[class * n_classes + class]).sum();
    let recall = |class: usize| {
        let of_class: f64 = expected[class * n_classes..(class + 1) * n_classes].iter().sum();
        if of_class > 0.0 { expected[class * n_classes + class] / of_class } else { 0.0 }
    };
    Some(Estimate {
        n_rows,
        n_labelled: known.n_labelled(),
        f1_macro: f1_macro(&expected, n_classes),
        interval: F1Interval { low: quantile(&scores, tail)?, high: quantile(&scores, 1.0 - tail)? },
        accuracy: right / n_rows as f64,
        recall: (0..n_classes).map(recall).collect(),
        confusion: expected.chunks(n_classes).map(<[f64]>::to_vec).collect(),
    })
}

/// The answers of one predicted class, by probability, in groups of enough labelled ones.
fn groups(known: &AnswerCounts, new: &AnswerCounts, predicted: usize) -> Vec<Group> {
    let n_classes = known.n_classes as usize;
    let n_cells = PROBABILITY_CELLS as usize;
    let mut truth = vec![vec![0_u64; n_classes]; n_cells];
    let mut n_new = vec![0_u64; n_cells];
    let of_class = |counts: &AnswerCounts| {
        counts.cells.iter().copied().filter(|cell| cell.predicted as usize == predicted).collect::<Vec<_>>()
    };
    for found in of_class(known).into_iter().filter(|found| found.truth < known.n_classes) {
        truth[found.cell as usize][found.truth as usize] += found.n_rows;
    }
    of_class(new).into_iter().for_each(|found| n_new[found.cell as usize] += found.n_rows);
    let of_all: Vec<u64> = (0..n_classes).map(|class| truth.iter().map(|cell| cell[class]).sum()).collect();
    let n_labelled: u64 = of_all.iter().sum();
    // Where nothing is known of a predicted class, all classes are as likely.
    let prior: Vec<f64> =
        of_all.iter().map(|n| (*n as f64 + 1.0 / n_classes as f64) / (n_labelled as f64 + 1.0)).collect();
    let target = MIN_GROUP_ROWS.max(n_labelled / MAX_GROUPS);
    let empty = || Group { predicted, truth: vec![0; n_classes], n_new: 0, prior: prior.clone() };
    let mut groups = vec![empty()];
    let mut n_left = n_labelled;
    for (truth, n_new) in truth.iter().zip(n_new) {
        let of_last: u64 = groups[groups.len() - 1].truth.iter().sum();
        if of_last >= target && n_left >= target {
            groups.push(empty());
        }
        let at = groups.len() - 1;
        groups[at].truth.iter_mut().zip(truth).for_each(|(sum, n)| *sum += n);
        groups[at].n_new += n_new;
        n_left -= truth.iter().sum::<u64>();
    }
    groups
}

/// Draws true classes for a group's new answers: their shares from what labels leave open (Dirichlet), rows from these.
fn draw_truth(group: &Group, n_classes: usize, confusion: &mut [f64], stream: &mut RandomStream) {
    if group.n_new == 0 {
        return;
    }
    let weights: Vec<f64> = (0..n_classes).map(|class| draw_gamma(group.weight(class), stream)).collect();
    let (mut n_left, mut weight_left) = (group.n_new, weights.iter().sum::<f64>());
    for (class, weight) in weights.iter().enumerate() {
        let share = if weight_left > 0.0 { (weight / weight_left).clamp(0.0, 1.0) } else { 1.0 };
        let is_last = class + 1 == n_classes;
        let n = if is_last { n_left } else { draw_binomial(n_left, share, stream) };
        confusion[class * n_classes + group.predicted] += n as f64;
        n_left -= n;
        weight_left -= weight;
    }
}

/// Mean F1 of the classes that occur, of a confusion matrix in parts of rows.
fn f1_macro(confusion: &[f64], n_classes: usize) -> f64 {
    let (mut sum, mut n_occurring) = (0.0, 0.0);
    for class in 0..n_classes {
        let of_class: f64 = confusion[class * n_classes..(class + 1) * n_classes].iter().sum();
        let said: f64 = (0..n_classes).map(|row| confusion[row * n_classes + class]).sum();
        if of_class + said > 0.0 {
            sum += 2.0 * confusion[class * n_classes + class] / (of_class + said);
            n_occurring += 1.0;
        }
    }
    if n_occurring > 0.0 { sum / n_occurring } else { 0.0 }
}

/// Macro F1 of answers whose right classes came; `None` where none did.
pub fn realised_f1_macro(answers: &AnswerCounts) -> Option<f64> {
    let n_classes = answers.n_classes as usize;
    let mut confusion = vec![0.0; n_classes * n_classes];
    for cell in answers.cells.iter().filter(|cell| cell.truth < answers.n_classes) {
        confusion[cell.truth as usize * n_classes + cell.predicted as usize] += cell.n_rows as f64;
    }
    (answers.n_labelled() > 0).then(|| f1_macro(&confusion, n_classes))
}

/// The answers whose labels decide most of the macro F1: those least sure, of classes that few answers have. `answers`:
/// predicted class and its probability. At most `n` places, the first first.
pub fn decide_most(answers: &[(u8, f64)], n_classes: usize, n: usize) -> Vec<usize> {
    let mut n_said = vec![0_u64; n_classes];
    for (class, _) in answers {
        if let Some(n) = n_said.get_mut(usize::from(*class)) {
            *n += 1;
        }
    }
    let gain = |&(class, probability): &(u8, f64)| {
        let n_said = n_said.get(usize::from(class)).copied().unwrap_or(0).max(1);
        let variance = probability * (1.0 - probability);
        if variance.is_finite() { variance / n_said as f64 } else { 0.0 }
    };
    let mut order: Vec<usize> = (0..answers.len()).collect();
    order.sort_by(|&a, &b| gain(&answers[b]).total_cmp(&gain(&answers[a])).then(a.cmp(&b)));
    order.truncate(n);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(answers: &[(u8, f64, Option<u8>)]) -> AnswerCounts {
        let mut counts = AnswerCounts::new(2);
        counts.extend(answers.iter().copied()).unwrap();
        counts
    }

    /// `n` answers of which a share as large as their probability is right.
    fn calibrated(n: u32, seed: u64, lowest: f64, with_labels: bool) -> Vec<(u8, f64, Option<u8>)> {
        let mut stream = RandomStream::new("test", &[seed]);
        let mut answer = || {
            let predicted = u8::from(stream.unit() < 0.7);
            let probability = lowest + (1.0 - lowest) * stream.unit();
            let truth = if stream.unit() < probability { predicted } else { 1 - predicted };
            (predicted, probability, with_labels.then_some(truth))
        };
        (0..n).map(|_| answer()).collect()
    }

    // By hand, the binary formula of NannyML's CBPE: of answers "1" with p 0.9 (60 rows) and 0.6 (40), TP = 78, FP = 22; of
    // "0" with p 0.8 (100), TN = 80, FN = 20. F1 of 1: 156 / 198, of 0: 160 / 202; their mean is 0.78998.
    #[test]
    fn the_expected_matrix_is_filled_by_probabilities() {
        let labelled = |predicted: u8, p: f64, n_right: usize, n: usize| {
            (0..n).map(move |row| (predicted, p, Some(if row < n_right { predicted } else { 1 - predicted })))
        };
        let known: Vec<_> = labelled(1, 0.9, 90_000, 100_000)
            .chain(labelled(1, 0.6, 60_000, 100_000))
            .chain(labelled(0, 0.8, 80_000, 100_000))
            .collect();
        let new: Vec<_> = (0..200)
            .map(|row| match row {
                0..60 => (1, 0.9, None),
                60..100 => (1, 0.6, None),
                _ => (0, 0.8, None),
            })
            .collect();
        let found = estimate(&counts(&known), &counts(&new), &EstimateSpec::usual(1)).unwrap();
        assert!((found.f1_macro - (156.0 / 198.0 + 160.0 / 202.0) / 2.0).abs() < 1e-4, "{found:?}");
        assert!((found.accuracy - 158.0 / 200.0).abs() < 1e-4);
        assert!((found.recall[1] - 78.0 / 98.0).abs() < 1e-4);
    }

    #[test]
    fn intervals_hold_what_labels_say_later() {
        let known = counts(&calibrated(1_500, 1, 0.5, true));
        let mut n_inside = 0;
        for seed in 0..60 {
            let with_labels = calibrated(300, 100 + seed, 0.5, true);
            let new: Vec<_> = with_labels.iter().map(|answer| (answer.0, answer.1, None)).collect();
            let found =
                estimate(&known, &counts(&new), &EstimateSpec { n_draws: 300, ..EstimateSpec::usual(seed) })
                    .unwrap();
            let realised = realised_f1_macro(&counts(&with_labels)).unwrap();
            n_inside += u32::from((found.interval.low..=found.interval.high).contains(&realised));
        }
        assert!(n_inside >= 54, "{n_inside} of 60");
    }

    #[test]
    fn surer_answers_promise_more() {
        let known = counts(&calibrated(2_000, 1, 0.5, true));
        let f1 = |lowest: f64| {
            let new = counts(&calibrated(500, 2, lowest, false));
            estimate(&known, &new, &EstimateSpec::usual(1)).unwrap().f1_macro
        };
        assert!(f1(0.9) > f1(0.5) + 0.1);
    }

    #[test]
    fn too_few_answers_are_not_enough_and_one_class_is_no_fault() {
        let known = counts(&calibrated(1_500, 1, 0.5, true));
        let spec = EstimateSpec::usual(1);
        assert_eq!(estimate(&known, &counts(&calibrated(10, 2, 0.5, false)), &spec), None);
        assert_eq!(estimate(&counts(&calibrated(50, 1, 0.5, true)), &known, &spec), None);
        assert_eq!(estimate(&known, &AnswerCounts::new(3), &spec), None);
        let one_class: Vec<_> = (0..50).map(|_| (1, 0.97, None)).collect();
        assert!(estimate(&known, &counts(&one_class), &spec).is_some_and(|found| found.f1_macro.is_finite()));
        assert_eq!(realised_f1_macro(&AnswerCounts::new(2)), None);
    }

    #[test]
    fn what_decides_most_is_unsure_and_of_a_rare_class() {
        let answers = [(1, 0.99), (1, 0.52), (0, 0.6), (1, 0.7), (1, f64::NAN)];
        assert_eq!(decide_most(&answers, 2, 3), [2, 1, 3]);
        assert!(decide_most(&[], 2, 3).is_empty());
    }
}
