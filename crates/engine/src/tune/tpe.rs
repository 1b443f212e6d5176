//! The tree-structured Parzen estimator of Optuna 5.0 (Bergstra et al., 2011): finished trials in, the
//! next setting out.
//!
//! The best trials give a density l, the others a density g; of some points drawn from l the one with
//! the largest l/g is tried.

use crate::tune::parzen::Parzen;
use crate::tune::random::Stream;
use crate::tune::{ParamName, Range, Setting, Trial, Value};

/// At most this many trials count as the best.
const MAX_GOOD: usize = 25;
/// One trial in so many counts as one of the best.
const GOOD_ONE_IN: usize = 10;

/// The setting that follows from complete `trials`, whose coordinates are `space`'s.
pub(crate) fn propose(
    space: &[(ParamName, Range)],
    trials: &[(&Trial, f64)],
    n_candidates: u32,
    stream: &mut Stream,
) -> Setting {
    let (good, bad) = part(trials);
    let ranges: Vec<&Range> = space.iter().map(|(_, range)| range).collect();
    let point = |trial: &Trial| space.iter().map(|(name, _)| trial.setting[name].as_f64()).collect();
    let good_density = Parzen::new(&ranges, &good.into_iter().map(point).collect::<Vec<_>>());
    let bad_density = Parzen::new(&ranges, &bad.into_iter().map(point).collect::<Vec<_>>());
    let candidates: Vec<Vec<f64>> = (0..n_candidates.max(1)).map(|_| good_density.sample(stream)).collect();
    let promise = |candidate: &Vec<f64>| good_density.log_pdf(candidate) - bad_density.log_pdf(candidate);
    let (mut best, mut most) = (&candidates[0], promise(&candidates[0]));
    for candidate in &candidates[1..] {
        let promised = promise(candidate);
        if promised > most {
            (best, most) = (candidate, promised);
        }
    }
    space.iter().zip(best).map(|((name, range), value)| (*name, as_value(range, *value))).collect()
}

/// How many of `n` trials count as good: `min(⌈0.1 n⌉, 25)`.
fn n_good(n: usize) -> usize {
    n.div_ceil(GOOD_ONE_IN).min(MAX_GOOD)
}

/// The best trials and the others, both in trial order; of equal trials the earlier is the better.
fn part<'a>(trials: &[(&'a Trial, f64)]) -> (Vec<&'a Trial>, Vec<&'a Trial>) {
    let mut ranking: Vec<usize> = (0..trials.len()).collect();
    ranking.sort_by(|a, b| trials[*b].1.total_cmp(&trials[*a].1));
    let (good, bad) = ranking.split_at_mut(n_good(trials.len()));
    good.sort_unstable();
    bad.sort_unstable();
    let pick = |chosen: &[usize]| chosen.iter().map(|i| trials[*i].0).collect();
    (pick(good), pick(bad))
}

fn as_value(range: &Range, value: f64) -> Value {
    match range {
        Range::Float { .. } => Value::Float(value),
        Range::Int { .. } => Value::Int(value as i64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tune::TrialOutcome;

    // Optuna 5.0.0: optuna.samplers._tpe.sampler.default_gamma(n).
    #[test]
    fn share_of_good_trials_agrees_with_optuna() {
        for (n, good) in [(1, 1), (5, 1), (10, 1), (11, 2), (100, 10), (250, 25), (300, 25)] {
            assert_eq!(n_good(n), good);
        }
    }

    #[test]
    fn equal_trials_are_parted_by_their_order() {
        let trials: Vec<Trial> = (0..12)
            .map(|number| Trial {
                number,
                setting: Setting::new(),
                outcome: TrialOutcome::Failed { reason: String::new() },
                elapsed_ms: 0.0,
            })
            .collect();
        let values = [0.1, 0.5, 0.2, 0.5, 0.5, 0.0, 0.3, 0.1, 0.1, 0.1, 0.1, 0.1];
        let scored: Vec<(&Trial, f64)> = trials.iter().zip(values).collect();
        let (good, bad) = part(&scored);
        assert_eq!(good.iter().map(|trial| trial.number).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(
            bad.iter().map(|trial| trial.number).collect::<Vec<_>>(),
            [0, 2, 4, 5, 6, 7, 8, 9, 10, 11]
        );
    }
}
