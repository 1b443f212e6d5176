//! The name of a metric in, which way it is better out: scores up, losses, spreads, times and sizes down.
//!
//! What only says what was measured (guessing, a subset of the rows, an end of an interval, a count) is better neither
//! way: nothing is the best of it.

use engine::metrics::Metric;

/// Which way a metric is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Neither is.
    Neither,
}

/// What names of metrics begin with before the metric itself.
const PARTS: [&str; 4] = ["cv_", "train_", "test_", "held_out_"];
/// What tells how a metric came about, not how good a model is.
const SETTING_BEGINS: [&str; 2] = ["dummy_", "rung_"];
const SETTING: [&str; 4] = ["n_terms", "threshold", "coverage", "n_rows"];
/// Ends of an interval: wider is not better.
const INTERVAL_ENDS: [&str; 2] = ["_low", "_high"];
/// Losses that are no study's metric.
const OTHER_LOSSES: [&str; 2] = ["ece", "model_size_bytes"];
/// Spreads over folds, and seconds.
const LESS_ENDS: [&str; 2] = ["_std", "_time"];

impl Sense {
    /// That of a metric by its name in records, such as `cv_log_loss`.
    pub fn of(metric: &str) -> Self {
        let begins = |all: &[&str]| all.iter().any(|begin| metric.starts_with(begin));
        let ends = |all: &[&str]| all.iter().any(|end| metric.ends_with(end));
        if SETTING.contains(&metric) || begins(&SETTING_BEGINS) || ends(&INTERVAL_ENDS) {
            return Self::Neither;
        }
        let own = PARTS.iter().find_map(|part| metric.strip_prefix(part)).unwrap_or(metric);
        let is_loss = Metric::ALL.into_iter().any(|known| known.is_loss() && known.as_str() == own);
        match is_loss || OTHER_LOSSES.contains(&own) || ends(&LESS_ENDS) {
            true => Self::Lower,
            false => Self::Higher,
        }
    }

    /// The best of some values; none of none, and where neither way is better.
    pub fn best(self, values: impl Iterator<Item = f64>) -> Option<f64> {
        match self {
            Self::Higher => values.reduce(f64::max),
            Self::Lower => values.reduce(f64::min),
            Self::Neither => None,
        }
    }

    /// How two values stand where the better comes first, the higher where neither is better.
    pub fn better_first(self, a: f64, b: f64) -> std::cmp::Ordering {
        match self {
            Self::Lower => a.total_cmp(&b),
            Self::Higher | Self::Neither => b.total_cmp(&a),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_known_which_way_a_metric_is_better() {
        use Sense::{Higher, Lower, Neither};
        for (metric, expected) in [
            ("test_f1", Higher),
            ("train_f1", Higher),
            ("accuracy", Higher),
            ("cv_f1_macro", Higher),
            ("cv_roc_auc", Higher),
            ("test_recall_positive", Higher),
            ("answered_accuracy", Higher),
            ("log_loss", Lower),
            ("cv_log_loss", Lower),
            ("cv_brier", Lower),
            ("test_brier", Lower),
            ("train_log_loss", Lower),
            ("cv_log_loss_std", Lower),
            ("cv_f1_std", Lower),
            ("ece", Lower),
            ("held_out_ece", Lower),
            ("fit_time", Lower),
            ("model_size_bytes", Lower),
            ("n_terms", Neither),
            ("threshold", Neither),
            ("coverage", Neither),
            ("test_f1_low", Neither),
            ("test_f1_high", Neither),
            ("rung_0_f1_macro", Neither),
            ("rung_1_log_loss", Neither),
            ("dummy_f1", Neither),
            ("dummy_cv_f1_macro", Neither),
            ("dummy_cv_log_loss", Neither),
            ("dummy_cv_log_loss_std", Neither),
            ("dummy_test_brier", Neither),
        ] {
            assert_eq!(Sense::of(metric), expected, "{metric}");
        }
    }

    #[test]
    fn the_best_and_the_order_follow_the_sense() {
        #[track_caller]
        fn check(sense: Sense, best: Option<f64>, order: [f64; 3]) {
            let mut values = [0.2, 0.5, 0.1];
            assert_eq!(sense.best(values.into_iter()), best);
            values.sort_by(|a, b| sense.better_first(*a, *b));
            assert_eq!(values, order);
        }
        check(Sense::Higher, Some(0.5), [0.5, 0.2, 0.1]);
        check(Sense::Lower, Some(0.1), [0.1, 0.2, 0.5]);
        check(Sense::Neither, None, [0.5, 0.2, 0.1]);
    }
}
