//! Which parameters decided whether a trial was among the best: PED-ANOVA (Watanabe et al., 2023; with parameters
//! that do not always matter: 2026) as Optuna 5.0.0 computes it by default.
//!
//! The best tenth of the trials and all of them each give a density of a parameter on a grid, by kernels of Scott's
//! width; the importance is their Pearson divergence.

use thiserror::Error;

use crate::stats::{TruncatedNormal, log_sum_exp};
use crate::tune::{ParamName, Range, SearchSpec, Trial};

/// Complete trials below which an answer would be chance: it takes five among the best tenth.
pub const MIN_IMPORTANCE_TRIALS: usize = 50;
/// One trial in so many is among the best.
const TOP_ONE_IN: usize = 10;
/// Points of the grid of a real parameter.
const N_STEPS: usize = 50;
/// Weight of the prior kernel.
const PRIOR_WEIGHT: f64 = 1.0;
/// Added to each probability, so that none is 0.
const FLOOR: f64 = 1e-12;
/// Trials that a parameter must matter in, to have an importance.
const MIN_REGIME: usize = 2;
/// Narrowest kernel, in steps of the grid: 90 % of it within one step.
const NARROWEST: f64 = 0.5 / 1.64;

/// There are not enough trials to say what is important.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{found} trials say too little about what is important: {needed} are needed.")]
pub struct TooFewTrials {
    /// Complete trials there are.
    pub found: usize,
    /// Complete trials it takes.
    pub needed: usize,
}

/// The importance of each searched parameter, the most important first, equal ones in the space's order; the unit is
/// PED-ANOVA's own (Optuna shows shares of their sum).
///
/// # Errors
/// With fewer than `MIN_IMPORTANCE_TRIALS` complete trials.
pub fn importances(search: &SearchSpec, trials: &[Trial]) -> Result<Vec<(ParamName, f64)>, TooFewTrials> {
    let complete: Vec<(&Trial, f64)> =
        trials.iter().filter_map(|trial| Some((trial, trial.mean()?))).collect();
    let (found, needed) = (complete.len(), MIN_IMPORTANCE_TRIALS);
    if found < needed {
        return Err(TooFewTrials { found, needed });
    }
    let mut descending: Vec<f64> = complete.iter().map(|(_, value)| *value).collect();
    descending.sort_by(|a, b| b.total_cmp(a));
    let cutoff = descending[found.div_ceil(TOP_ONE_IN) - 1];
    let is_top = |value: f64| value >= cutoff;
    let n_top = complete.iter().filter(|(_, value)| is_top(*value)).count();
    let quantile = n_top as f64 / found as f64;
    let of_param = |(name, range): &(ParamName, Range)| {
        let place = |trial: &Trial| range.coordinate(trial.setting.get(name)?);
        let all: Vec<f64> = complete.iter().filter_map(|(trial, _)| place(trial)).collect();
        let top: Vec<f64> = complete
            .iter()
            .filter(|(_, value)| is_top(*value))
            .filter_map(|(trial, _)| place(trial))
            .collect();
        if range.is_single() || all.len() < MIN_REGIME || top.is_empty() {
            return (*name, 0.0);
        }
        let share_of_top = top.len() as f64 / n_top as f64;
        let share_of_all = all.len() as f64 / found as f64;
        let divergence = pearson_divergence(&density(range, &top), &density(range, &all));
        (*name, share_of_top * share_of_top / share_of_all * divergence * quantile * quantile)
    };
    let mut importances: Vec<(ParamName, f64)> = search.space.iter().map(of_param).collect();
    importances.sort_by(|a, b| b.1.total_cmp(&a.1));
    Ok(importances)
}

/// `Σ q (p / q − 1)²`.
fn pearson_divergence(top: &[f64], all: &[f64]) -> f64 {
    let term = |(p, q): (&f64, &f64)| {
        let (p, q) = (p + FLOOR, q + FLOOR);
        let excess = p / q - 1.0;
        q * (excess * excess)
    };
    top.iter().zip(all).map(term).sum()
}

/// Probability of each point of the parameter's grid.
fn density(range: &Range, values: &[f64]) -> Vec<f64> {
    match range {
        Range::Choice { choices } => density_of_choices(&counts_of_choices(choices.len(), values)),
        _ => density_on_grid(&counts_on_grid(range, values)),
    }
}

fn counts_of_choices(n_choices: usize, values: &[f64]) -> Vec<usize> {
    let mut counts = vec![0; n_choices];
    values.iter().for_each(|value| counts[*value as usize] += 1);
    counts
}

fn counts_on_grid(range: &Range, values: &[f64]) -> Vec<usize> {
    let is_log = matches!(range, Range::Float { log: true, .. } | Range::IntLog { .. });
    let inner = |value: f64| if is_log { libm::log(value) } else { value };
    let n_steps = match *range {
        Range::IntLog { low, high } => {
            let doublings = libm::ceil(libm::log((high - low + 1) as f64) / std::f64::consts::LN_2);
            N_STEPS.min(doublings as usize + 1)
        }
        _ => range.n_values().map_or(N_STEPS, |n_values| N_STEPS.min(n_values as usize)),
    };
    let (low, high) = (inner(range.low()), inner(range.high()));
    let step = (high - low) / (n_steps - 1) as f64;
    let mut counts = vec![0; n_steps];
    for value in values {
        // Midway goes to the lower point.
        let point = libm::ceil((inner(*value) - low) / step - 0.5).max(0.0) as usize;
        counts[point.min(n_steps - 1)] += 1;
    }
    counts
}

fn density_of_choices(counts: &[usize]) -> Vec<f64> {
    let n_kernels = counts.iter().filter(|count| **count > 0).count() + 1;
    let least = PRIOR_WEIGHT / n_kernels as f64;
    let of_kernel = least * counts.len() as f64 + 1.0;
    let total: f64 = counts.iter().sum::<usize>() as f64 + PRIOR_WEIGHT;
    let probability = |at: usize| {
        let own = |(choice, count): (usize, &usize)| {
            let weight = if choice == at { least + 1.0 } else { least };
            *count as f64 / total * (weight / of_kernel)
        };
        let prior = PRIOR_WEIGHT / total / counts.len() as f64;
        counts.iter().enumerate().map(own).sum::<f64>() + prior
    };
    (0..counts.len()).map(probability).collect()
}

fn density_on_grid(counts: &[usize]) -> Vec<f64> {
    let observed: Vec<(f64, f64)> = (0u32..)
        .zip(counts)
        .filter(|(_, count)| **count > 0)
        .map(|(point, count)| (f64::from(point), *count as f64))
        .collect();
    let width = scotts_width(&observed);
    let total: f64 = observed.iter().map(|(_, count)| count).sum::<f64>() + PRIOR_WEIGHT;
    let last = (counts.len() - 1) as f64;
    let normal = |mean: f64, width: f64| TruncatedNormal::new(mean, width, -0.5, last + 0.5);
    let kernels: Vec<(f64, TruncatedNormal)> = observed
        .iter()
        .map(|(point, count)| (libm::log(count / total), normal(*point, width)))
        .chain([(libm::log(PRIOR_WEIGHT / total), normal(last / 2.0, last + 1.0))])
        .collect();
    let probability = |point: u32| {
        let (left, right) = (f64::from(point) - 0.5, f64::from(point) + 0.5);
        let terms: Vec<f64> =
            kernels.iter().map(|(weight, kernel)| weight + kernel.log_mass(left, right)).collect();
        libm::exp(log_sum_exp(&terms))
    };
    (0..counts.len() as u32).map(probability).collect()
}

/// Scott's rule (1992) on points with counts: `1.059 min(IQR / 1.34, σ) n^(−1/5)`, the quartiles as Optuna takes them.
fn scotts_width(observed: &[(f64, f64)]) -> f64 {
    let n: f64 = observed.iter().map(|(_, count)| count).sum();
    let mean = observed.iter().map(|(point, count)| point * count).sum::<f64>() / n;
    let squares: f64 = observed.iter().map(|(point, count)| (point - mean) * (point - mean) * count).sum();
    let spread = (squares / (n - 1.0).max(1.0)).sqrt();
    let mut reached = 0.0;
    let up_to: Vec<f64> = observed
        .iter()
        .map(|(_, count)| {
            reached += count;
            reached
        })
        .collect();
    let first = up_to.iter().position(|sum| *sum >= libm::floor(n / 4.0)).unwrap_or(0);
    let third = up_to.iter().position(|sum| *sum > libm::floor(n * 3.0 / 4.0)).unwrap_or(observed.len() - 1);
    let between = observed[third].0 - observed[first].0;
    (1.059 * (between / 1.34).min(spread) * libm::pow(n, -0.2)).max(NARROWEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::ModelKind;
    use crate::tune::{Setting, StudySpec, TrialOutcome, Value};

    fn search() -> SearchSpec {
        let mut search = StudySpec::reference(&[ModelKind::RandomForest], 100, 1).searches.remove(0);
        search.space = vec![
            (ParamName::MaxDf, Range::Float { low: 0.5, high: 1.0, log: false }),
            (ParamName::C, Range::Float { low: 0.01, high: 10.0, log: true }),
            (ParamName::MaxFeatures, Range::Int { low: 1000, high: 5000, step: 500 }),
            (ParamName::MinDf, Range::IntLog { low: 1, high: 100 }),
            (ParamName::LimitDepth, Range::words(&["false", "true"])),
            (ParamName::MaxDepth, Range::Int { low: 10, high: 60, step: 1 }),
            (ParamName::Norm, Range::words(&["l1", "l2", "none"])),
        ];
        search
    }

    /// Trials by a rule that is written down in whole numbers; the same is in the command beside the values.
    fn trials(n: u32) -> Vec<Trial> {
        let trial = |i: u32| {
            let draw = |k: u32, n: u32| (i * (2 * k + 7) * 131 + k * 977 + i * i * 17) % n;
            let unit = |k: u32| f64::from(draw(k, 1000)) / 1000.0;
            let c = libm::exp(libm::log(0.01) + unit(2) * (libm::log(10.0) - libm::log(0.01)));
            let mut setting = Setting::from([
                (ParamName::MaxDf, Value::Float(0.5 + 0.5 * unit(1))),
                (ParamName::C, Value::Float(c.clamp(0.01, 10.0))),
                (ParamName::MaxFeatures, Value::Int(i64::from(1000 + 500 * draw(3, 9)))),
                (ParamName::MinDf, Value::Int(i64::from(1 + draw(4, 100)))),
                (ParamName::LimitDepth, Value::Text(["false", "true"][draw(5, 2) as usize].into())),
                (ParamName::Norm, Value::Text(["l1", "l2", "none"][draw(6, 3) as usize].into())),
            ]);
            let mut value = -(unit(2) - 0.6).abs() + 0.1 * unit(1) - 0.02 * f64::from(draw(3, 9));
            if draw(5, 2) == 1 {
                setting.insert(ParamName::MaxDepth, Value::Int(i64::from(10 + draw(7, 51))));
                value += 0.005 * f64::from(draw(7, 51));
            }
            let outcome = TrialOutcome::complete(vec![value]);
            Trial { number: i, setting, outcome, rungs: Vec::new(), elapsed_ms: 0.0 }
        };
        (0..n).map(trial).collect()
    }

    #[track_caller]
    fn check(n: u32, expected: &[(ParamName, f64)]) {
        let found = importances(&search(), &trials(n)).expect("trials are enough");
        assert_eq!(found.len(), expected.len());
        for ((name, found), (expected_name, expected)) in found.iter().zip(expected) {
            assert_eq!(name, expected_name);
            assert!(
                (found - expected).abs() <= 1e-9 * expected.abs() + 1e-15,
                "{name:?}: {found} is not {expected}"
            );
        }
    }

    // Optuna 5.0.0: PedAnovaImportanceEvaluator().evaluate(study) of n trials added by add_trial(create_trial(...)) with
    // the parameters and values above, direction="maximize".
    #[test]
    fn importances_are_optunas() {
        check(
            50,
            &[
                (ParamName::C, 0.012579197788109323),
                (ParamName::MaxFeatures, 0.0048569796388473665),
                (ParamName::MinDf, 0.001271497720136131),
                (ParamName::MaxDf, 0.0005687547547509133),
                (ParamName::MaxDepth, 0.0005664973395369957),
                (ParamName::Norm, 0.0001620096172387532),
                (ParamName::LimitDepth, 7.11664979754763e-05),
            ],
        );
        check(
            120,
            &[
                (ParamName::C, 0.02320785074398081),
                (ParamName::MaxFeatures, 0.00376508426660084),
                (ParamName::MaxDepth, 0.002649432845269994),
                (ParamName::MinDf, 0.0007913890942017972),
                (ParamName::MaxDf, 0.0004920932027903449),
                (ParamName::Norm, 6.681122379233631e-05),
                (ParamName::LimitDepth, 1.5627604265705637e-05),
            ],
        );
    }

    #[test]
    fn too_few_trials_are_an_answer() {
        let error = importances(&search(), &trials(49)).expect_err("49 are too few");
        assert_eq!(error, TooFewTrials { found: 49, needed: 50 });
        assert_eq!(error.to_string(), "49 trials say too little about what is important: 50 are needed.");
    }

    #[test]
    fn a_held_parameter_has_no_importance() {
        let mut search = search();
        search.space[0].1 = Range::Float { low: 0.75, high: 0.75, log: false };
        let found = importances(&search, &trials(60)).expect("trials are enough");
        assert_eq!(found.last(), Some(&(ParamName::MaxDf, 0.0)));
    }
}
