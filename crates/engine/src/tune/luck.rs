//! How much of a search's best score is luck: bootstrap-corrected cross-validation (BBC-CV: Tsamardinos, Greasidou
//! and Borboudakis, "Bootstrapping the out-of-sample predictions for efficient and accurate cross-validation", 2018).
//!
//! Of the held-out predictions of all settings, rows are drawn anew; the setting best on the drawn rows is scored on
//! those left out. What the best score on all rows lies above the mean of that is what choosing flatters.

use json::{FromJson, ToJson};

use super::weighed::{Weighed, Weigher};
use crate::dataset::LabelId;
use crate::metrics::Metric;
use crate::num::RandomStream;
use crate::stats::{mean, quantile};

/// Most settings whose predictions are weighed; of more the first are.
pub const MAX_LUCK_SETTINGS: usize = 2_000;
/// Most bytes that what is weighed may take; settings beyond are not.
pub const MAX_LUCK_BYTES: usize = 192 << 20;
/// Times that rows are drawn.
pub const LUCK_RESAMPLES: u32 = 200;
/// Share of the resamples between the ends of the interval.
const LEVEL: f64 = 0.95;

/// What choosing the best of many settings is worth, by the study's metric itself: a loss is not negated.
#[derive(Clone, Copy, Debug, PartialEq, ToJson, FromJson)]
pub struct Luck {
    /// The score of the best setting over all held-out rows together.
    pub apparent: f64,
    /// What it would be on new rows, choosing and all.
    pub corrected: f64,
    /// The lower end of the 95 % interval of that.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// Settings with different predictions.
    pub n_settings: u32,
}

impl Luck {
    /// By how much the best score flatters: above 0 where it is better than what new rows would give.
    pub fn flattery(&self, metric: Metric) -> f64 {
        metric.signed(self.apparent) - metric.signed(self.corrected)
    }
}

/// Weighs what the settings of a search say of the held-out rows by a metric. `settings`: each weighed by the same
/// `Measure::weigh` on the rows of `truth`. Draws that lack what the metric needs (a class, for the area under the ROC
/// curve) do not count. `None` where there is no setting or no row, or lengths differ.
pub fn luck(
    settings: &[Weighed],
    truth: &[LabelId],
    (n_classes, metric): (usize, Metric),
    seed: u64,
) -> Option<Luck> {
    let n_rows = truth.len();
    if n_rows == 0 || settings.iter().any(|setting| setting.n_rows() != n_rows) {
        return None;
    }
    let mut settings: Vec<&Weighed> = settings.iter().take(MAX_LUCK_SETTINGS).collect();
    settings.sort_unstable_by(|a, b| a.in_order(b));
    settings.dedup_by(|a, b| a.in_order(b).is_eq());
    let weigher = Weigher { truth, n_classes, metric };
    // Held as trials are: more is better of all.
    let best_on = |weights: &[u32]| {
        let scored = settings.iter().map(|setting| Some((*setting, weigher.score(setting, weights)?)));
        let scored: Option<Vec<(&Weighed, f64)>> = scored.collect();
        scored?.into_iter().reduce(|best, next| if next.1 > best.1 { next } else { best })
    };
    let (_, apparent) = best_on(&vec![1; n_rows])?;
    let mut stream = RandomStream::new("luck", &[seed]);
    let mut outside: Vec<f64> = Vec::with_capacity(LUCK_RESAMPLES as usize);
    for _ in 0..LUCK_RESAMPLES {
        let mut drawn = vec![0u32; n_rows];
        (0..n_rows).for_each(|_| drawn[stream.below(n_rows as u64) as usize] += 1);
        let left_out: Vec<u32> = drawn.iter().map(|n| u32::from(*n == 0)).collect();
        if left_out.iter().all(|n| *n == 0) {
            continue;
        }
        let of_left_out = best_on(&drawn).and_then(|(chosen, _)| weigher.score(chosen, &left_out));
        outside.extend(of_left_out.map(|score| metric.signed(score)));
    }
    outside.sort_by(f64::total_cmp);
    let tail = (1.0 - LEVEL) / 2.0;
    Some(Luck {
        apparent: metric.signed(apparent),
        corrected: mean(&outside)?,
        low: quantile(&outside, tail)?,
        high: quantile(&outside, 1.0 - tail)?,
        n_settings: settings.len() as u32,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::{ClassWeight, ModelSpec};
    use crate::tune::Measure;

    fn truth(n_rows: usize) -> Vec<LabelId> {
        (0..n_rows).map(|row| LabelId((row % 2) as u8)).collect()
    }

    /// Predictions that are right with this probability.
    fn guesses(n_rows: usize, n_settings: u64, right: f64) -> Vec<Weighed> {
        let setting = |setting| {
            let mut stream = RandomStream::new("guesses", &[setting]);
            let guess = |row: usize| {
                let class = (row % 2) as u8;
                if stream.unit() < right { class } else { 1 - class }
            };
            Weighed::Classes((0..n_rows).map(guess).collect())
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
        assert!(luck.flattery(Metric::F1Macro) > 0.03 && luck.low < 0.5 && luck.high > 0.5, "{luck:?}");
        assert_eq!(luck.n_settings, 60);
    }

    #[test]
    fn one_setting_flatters_nobody() {
        let luck = luck(&guesses(2_000, 1, 0.8), &truth(2_000), (2, Metric::F1Macro), 1)
            .expect("there is a setting");
        assert!(luck.flattery(Metric::F1Macro).abs() < 0.005, "{luck:?}");
        assert!(luck.low < luck.corrected && luck.corrected < luck.high);
    }

    #[test]
    fn a_setting_that_stands_out_is_chosen_each_time() {
        let mut predictions = guesses(500, 30, 0.5);
        predictions.extend(guesses(500, 31, 0.9).pop());
        let luck = luck(&predictions, &truth(500), (2, Metric::F1Macro), 1).expect("there are settings");
        assert!(
            (luck.apparent - 0.9).abs() < 0.04 && luck.flattery(Metric::F1Macro).abs() < 0.01,
            "{luck:?}"
        );
    }

    #[test]
    fn nothing_to_weigh_has_no_answer() {
        assert_eq!(luck(&[], &truth(3), (2, Metric::F1Macro), 1), None);
        assert_eq!(luck(&[Weighed::Classes(vec![0, 1])], &truth(3), (2, Metric::F1Macro), 1), None);
        assert_eq!(luck(&[Weighed::Classes(vec![])], &[], (2, Metric::F1Macro), 1), None);
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

    /// A score for each row, so far above 0 for the second class and below for the first, with noise.
    fn scores(n_rows: usize, setting: u64, signal: f64) -> Vec<f64> {
        let mut stream = RandomStream::new("scores", &[setting]);
        let score = |row: usize| signal * (2.0 * (row % 2) as f64 - 1.0) + 2.0 * stream.unit() - 1.0;
        (0..n_rows).map(score).collect()
    }

    #[track_caller]
    fn check_noise(metric: Metric, expected: f64) {
        let (n_rows, truth) = (300, truth(300));
        let measure = Measure::new(metric, &ModelSpec::logistic_regression(1.0, ClassWeight::None), 2);
        let settings: Vec<Weighed> =
            (0..40).map(|setting| measure.weigh(&truth, &scores(n_rows, setting, 0.0), 1)).collect();
        let luck = luck(&settings, &truth, (2, metric), 1).expect("there are settings");
        assert_eq!(luck.n_settings, 40, "{metric:?}");
        assert!((luck.corrected - expected).abs() < 0.03, "{metric:?} {luck:?}");
        assert!(luck.flattery(metric) > 0.0 && luck.low < luck.high, "{metric:?} {luck:?}");
        let measured = measure.score(&truth, &scores(n_rows, 0, 0.0), 1).map(|score| metric.signed(score));
        let alone = super::luck(&settings[..1], &truth, (2, metric), 1).expect("a setting");
        assert!((alone.apparent - measured.expect("both classes")).abs() < 1e-12, "{metric:?}");
    }

    #[test]
    fn scores_of_noise_are_weighed_by_the_metric_itself() {
        check_noise(Metric::RocAuc, 0.5);
        check_noise(Metric::AveragePrecision, 0.5);
        // Sigmoids of noise between -1 and 1: E ln(1 + e^-x) = 0.734, E (1 - σ(x))² = 0.264.
        check_noise(Metric::LogLoss, 0.734);
        check_noise(Metric::Brier, 0.264);
        check_noise(Metric::Accuracy, 0.5);
    }

    #[test]
    fn a_loss_is_best_where_it_is_least() {
        let (n_rows, truth) = (400, truth(400));
        let metric = Metric::LogLoss;
        let measure = Measure::new(metric, &ModelSpec::logistic_regression(1.0, ClassWeight::None), 2);
        let settings =
            [0.0, 0.5, 2.0, 0.1].map(|signal| measure.weigh(&truth, &scores(n_rows, 3, signal), 1));
        let all = luck(&settings, &truth, (2, metric), 1).expect("there are settings");
        let best = luck(&settings[2..3], &truth, (2, metric), 1).expect("there is a setting");
        assert_eq!((all.apparent, all.corrected), (best.apparent, best.corrected));
    }
}
