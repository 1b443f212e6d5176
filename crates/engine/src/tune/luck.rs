//! How much of a search's best score is luck: bootstrap-corrected cross-validation (BBC-CV: Tsamardinos, Greasidou
//! and Borboudakis, "Bootstrapping the out-of-sample predictions for efficient and accurate cross-validation", 2018).
//!
//! Of the held-out predictions of all settings, rows are drawn anew; the setting best on the drawn rows is scored on
//! those left out. What the best score on all rows lies above the mean of that is what choosing flatters.

use json::{FromJson, ToJson};

use crate::dataset::LabelId;
use crate::metrics::Metric;
use crate::models::{OutOfFold, class_of, f1_macro};
use crate::num::RandomStream;
use crate::stats::{mean, quantile};

/// Most settings whose predictions are weighed; of more the first are.
pub const MAX_LUCK_SETTINGS: usize = 2_000;
/// Times that rows are drawn.
pub const LUCK_RESAMPLES: u32 = 200;
/// Share of the resamples between the ends of the interval.
const LEVEL: f64 = 0.95;

/// What choosing the best of many settings is worth.
#[derive(Clone, Copy, Debug, PartialEq, ToJson, FromJson)]
pub struct Luck {
    /// The score of the best setting over all held-out rows together.
    pub apparent: f64,
    /// What it would be on new rows, choosing and all.
    pub corrected: f64,
    /// Ends of the 95 % interval of that.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// Settings with different predictions.
    pub n_settings: u32,
}

impl Luck {
    /// By how much the best score flatters.
    pub fn flattery(&self) -> f64 {
        self.apparent - self.corrected
    }
}

/// The predicted class of each held-out row.
pub fn predicted_classes(scores: &OutOfFold) -> Vec<u8> {
    scores.scores.chunks_exact(scores.n_scores).map(|scores| class_of(scores, 0.0)).collect()
}

/// Weighs the held-out predictions of the settings of a search. Shapes: `predictions`: n_settings lists of n_rows
/// classes; `truth`: n_rows. A metric that asks for more than classes is weighed by macro F1. `None` where there is no setting or no row, or lengths differ.
pub fn luck(
    predictions: &[Vec<u8>],
    truth: &[LabelId],
    (n_classes, metric): (usize, Metric),
    seed: u64,
) -> Option<Luck> {
    let n_rows = truth.len();
    if n_rows == 0 || predictions.iter().any(|classes| classes.len() != n_rows) {
        return None;
    }
    let mut settings: Vec<&Vec<u8>> = predictions.iter().take(MAX_LUCK_SETTINGS).collect();
    settings.sort_unstable();
    settings.dedup();
    let score = |classes: &[u8], weights: &[u32]| {
        let mut confusion = vec![0u64; n_classes * n_classes];
        for ((class, label), weight) in classes.iter().zip(truth).zip(weights) {
            confusion[usize::from(label.0) * n_classes + usize::from(*class)] += u64::from(*weight);
        }
        metric.of_confusion(&confusion, n_classes).unwrap_or_else(|| f1_macro(&confusion, n_classes))
    };
    let best_on = |weights: &[u32]| {
        settings
            .iter()
            .map(|classes| (classes, score(classes, weights)))
            .reduce(|best, next| if next.1 > best.1 { next } else { best })
    };
    let (_, apparent) = best_on(&vec![1; n_rows])?;
    let mut stream = RandomStream::new("luck", &[seed]);
    let mut outside: Vec<f64> = Vec::with_capacity(LUCK_RESAMPLES as usize);
    for _ in 0..LUCK_RESAMPLES {
        let mut drawn = vec![0u32; n_rows];
        (0..n_rows).for_each(|_| drawn[stream.below(n_rows as u64) as usize] += 1);
        let (chosen, _) = best_on(&drawn)?;
        let left_out: Vec<u32> = drawn.iter().map(|n| u32::from(*n == 0)).collect();
        if left_out.iter().any(|n| *n > 0) {
            outside.push(score(chosen, &left_out));
        }
    }
    outside.sort_by(f64::total_cmp);
    let tail = (1.0 - LEVEL) / 2.0;
    Some(Luck {
        apparent,
        corrected: mean(&outside)?,
        low: quantile(&outside, tail)?,
        high: quantile(&outside, 1.0 - tail)?,
        n_settings: settings.len() as u32,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn truth(n_rows: usize) -> Vec<LabelId> {
        (0..n_rows).map(|row| LabelId((row % 2) as u8)).collect()
    }

    /// Predictions that are right with this probability.
    fn guesses(n_rows: usize, n_settings: u64, right: f64) -> Vec<Vec<u8>> {
        let setting = |setting| {
            let mut stream = RandomStream::new("guesses", &[setting]);
            (0..n_rows)
                .map(|row| {
                    let class = (row % 2) as u8;
                    if stream.unit() < right { class } else { 1 - class }
                })
                .collect()
        };
        (0..n_settings).map(setting).collect()
    }

    #[test]
    fn the_best_of_many_coins_is_no_better_than_a_coin() {
        let (n_rows, n_settings) = (300, 60);
        let luck = luck(&guesses(n_rows, n_settings, 0.5), &truth(n_rows), (2, Metric::F1Macro), 1)
            .expect("there are settings");
        assert!(luck.apparent > 0.54, "{luck:?}");
        // Rows left out of a draw are what the chosen one did not shine on, so the estimate errs to the safe side.
        assert!((0.45..0.51).contains(&luck.corrected), "{luck:?}");
        assert!(luck.flattery() > 0.03 && luck.low < 0.5 && luck.high > 0.5, "{luck:?}");
        assert_eq!(luck.n_settings, 60);
    }

    #[test]
    fn one_setting_flatters_nobody() {
        let luck = luck(&guesses(2_000, 1, 0.8), &truth(2_000), (2, Metric::F1Macro), 1)
            .expect("there is a setting");
        assert!(luck.flattery().abs() < 0.005, "{luck:?}");
        assert!(luck.low < luck.corrected && luck.corrected < luck.high);
    }

    #[test]
    fn a_setting_that_stands_out_is_chosen_each_time() {
        let mut predictions = guesses(500, 30, 0.5);
        predictions.extend(guesses(500, 31, 0.9).pop());
        let luck = luck(&predictions, &truth(500), (2, Metric::F1Macro), 1).expect("there are settings");
        assert!((luck.apparent - 0.9).abs() < 0.04 && luck.flattery().abs() < 0.01, "{luck:?}");
    }

    #[test]
    fn nothing_to_weigh_has_no_answer() {
        assert_eq!(luck(&[], &truth(3), (2, Metric::F1Macro), 1), None);
        assert_eq!(luck(&[vec![0, 1]], &truth(3), (2, Metric::F1Macro), 1), None);
        assert_eq!(luck(&[vec![]], &[], (2, Metric::F1Macro), 1), None);
    }

    #[test]
    fn equal_predictions_count_once() {
        let one = guesses(200, 1, 0.7);
        let thrice = [one.clone(), one.clone(), one.clone()].concat();
        assert_eq!(
            luck(&thrice, &truth(200), (2, Metric::F1Macro), 5),
            luck(&one, &truth(200), (2, Metric::F1Macro), 5)
        );
    }
}
