//! Trials as points of the study's pictures, where that is more than reading them off.

use crate::tune::{ParamName, Range, SearchSpec, Trial};

/// The empirical distribution of complete trials' scores: each score once, ascending, with the share of trials that
/// do not lie above it.
pub fn distribution(trials: &[Trial]) -> Vec<(f64, f64)> {
    let mut scores: Vec<f64> = trials.iter().filter_map(Trial::mean).collect();
    scores.sort_by(f64::total_cmp);
    let n_trials = scores.len() as f64;
    let mut points: Vec<(f64, f64)> = Vec::new();
    for (place, score) in scores.into_iter().enumerate() {
        let share = (place + 1) as f64 / n_trials;
        match points.last_mut() {
            Some(last) if last.0 == score => last.1 = share,
            _ => points.push((score, share)),
        }
    }
    points
}

/// The rank of each trial's score from 0, the lowest, to 1; equal scores share their mean rank. `None` of a trial that
/// is not complete, and of a single one.
pub fn ranks(trials: &[Trial]) -> Vec<Option<f64>> {
    let mut scores: Vec<f64> = trials.iter().filter_map(Trial::mean).collect();
    scores.sort_by(f64::total_cmp);
    let rank = |score: f64| {
        let n_below = scores.partition_point(|other| *other < score);
        let n_equal = scores.partition_point(|other| *other <= score) - n_below;
        let middle = n_below as f64 + (n_equal as f64 - 1.0) / 2.0;
        (scores.len() > 1).then(|| middle / (scores.len() - 1) as f64)
    };
    trials.iter().map(|trial| trial.mean().and_then(rank)).collect()
}

/// A trial's place along each axis of the space, from 0 to 1: even in the logarithm where the range is, choices at
/// equal distances. `None` where the parameter does not matter in it.
pub fn places(search: &SearchSpec, trial: &Trial) -> Vec<(ParamName, Option<f64>)> {
    let place = |(name, range): &(ParamName, Range)| {
        (*name, trial.setting.get(name).and_then(|value| range.share_of(value)))
    };
    search.space.iter().map(place).collect()
}

/// Width of the kernel that smooths a surface, as a share of each axis.
const SURFACE_WIDTH: f64 = 0.06;
/// Cells with less weight of trials than this are left empty: one trial weighs 1 in its own cell.
const LEAST_WEIGHT: f64 = 0.05;

/// The mean score around each cell of a grid of `n_cells` across and up, row by row from the lowest: the kernel regression
/// of Nadaraya and Watson (1964), `Σ k(x − xᵢ) yᵢ / Σ k(x − xᵢ)`, with `k = exp(−(Δ/h)² / 2)` over both axes and each
/// trial moved to the middle of its cell. `points`: shares across and up, from 0 to 1, and the score. `None` where no
/// trial lies near.
pub fn surface(points: &[(f64, f64, f64)], n_cells: (usize, usize)) -> Vec<Option<f64>> {
    let (n_across, n_up) = n_cells;
    let cell =
        |share: f64, n_cells: usize| ((share * n_cells as f64) as usize).min(n_cells.saturating_sub(1));
    let mut weighed = vec![(0.0, 0.0); n_across * n_up];
    for (across, up, score) in points {
        let (sum, weight) = &mut weighed[cell(*up, n_up) * n_across + cell(*across, n_across)];
        (*sum, *weight) = (*sum + score, *weight + 1.0);
    }
    let along = blurred(&weighed, n_across, (n_across, 1));
    let both = blurred(&along, n_up, (n_up, n_across));
    both.into_iter().map(|(sum, weight)| (weight >= LEAST_WEIGHT).then(|| sum / weight)).collect()
}

/// Sums by the kernel along one axis of `length` cells that lie `stride` apart.
fn blurred(cells: &[(f64, f64)], length: usize, (n_cells, stride): (usize, usize)) -> Vec<(f64, f64)> {
    let kernel: Vec<f64> = (0..length)
        .map(|distance| {
            let steps = distance as f64 / (SURFACE_WIDTH * n_cells as f64);
            libm::exp(-steps * steps / 2.0)
        })
        .collect();
    let sums = |at: usize| {
        let place = at / stride % length;
        let first = at - place * stride;
        (0..length).fold((0.0, 0.0), |(sum, weight), other| {
            let near = kernel[place.abs_diff(other)];
            let (other_sum, other_weight) = cells[first + other * stride];
            (sum + near * other_sum, weight + near * other_weight)
        })
    };
    (0..cells.len()).map(sums).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::ModelKind;
    use crate::tune::{Setting, StudySpec, TrialOutcome, Value};

    fn trials(scores: &[Option<f64>]) -> Vec<Trial> {
        let outcome = |score: Option<f64>| match score {
            Some(score) => TrialOutcome::complete(vec![score]),
            None => TrialOutcome::pruned(vec![0.1]),
        };
        let trial = |(number, score): (u32, &Option<f64>)| Trial {
            number,
            setting: Setting::new(),
            outcome: outcome(*score),
            rungs: Vec::new(),
            elapsed_ms: 0.0,
        };
        (0..).zip(scores).map(trial).collect()
    }

    #[test]
    fn a_distribution_rises_to_one() {
        let trials = trials(&[Some(0.5), None, Some(0.75), Some(0.5), Some(0.25)]);
        assert_eq!(distribution(&trials), [(0.25, 0.25), (0.5, 0.75), (0.75, 1.0)]);
        assert_eq!(distribution(&[]), []);
    }

    #[test]
    fn equal_scores_share_a_rank() {
        let trials = trials(&[Some(0.5), None, Some(0.75), Some(0.5), Some(0.25)]);
        assert_eq!(ranks(&trials), [Some(0.5), None, Some(1.0), Some(0.5), Some(0.0)]);
        assert_eq!(ranks(&trials[..1]), [None]);
    }

    #[test]
    fn a_surface_is_the_mean_of_what_lies_near() {
        // Two trials in the same cell, one far away: of ten cells, h is 0.6 of a cell, so a neighbour weighs
        // exp(-1/(2·0.36)) = 0.2494 of each and cells two away 0.0039.
        let points = [(0.0, 0.5, 0.2), (0.05, 0.5, 0.4), (0.95, 0.5, 0.9)];
        let found = surface(&points, (10, 1));
        let near = |at: usize, expected: f64| {
            let value = found[at].expect("trials lie near");
            assert!((value - expected).abs() < 1e-9, "cell {at}: {value}");
        };
        near(0, 0.3);
        near(1, 0.3);
        near(8, 0.9);
        near(9, 0.9);
        assert_eq!((found[3], found[5]), (None, None));
        assert_eq!(surface(&[], (2, 2)), [None; 4]);
    }

    #[test]
    fn a_surface_weighs_by_distance_along_both_axes() {
        // 10 by 10 cells; 1 and 2 cells away a trial weighs 0.2494 and 0.0039 along each axis.
        let (one, two) = (0.249_352_209, 0.003_865_920);
        let found = surface(&[(0.05, 0.05, 1.0), (0.25, 0.15, 0.0)], (10, 10));
        let value = found[1].expect("one cell right of the first, one left of and one below the second");
        assert!((value - one / (one + one * one)).abs() < 1e-6, "{value}");
        let value = found[0].expect("the first trial lies in it");
        assert!((value - 1.0 / (1.0 + two * one)).abs() < 1e-6, "{value}");
    }

    #[test]
    fn places_run_from_end_to_end() {
        let study = StudySpec::reference(&[ModelKind::RandomForest, ModelKind::LogisticRegression], 9, 1);
        let mut trial = trials(&[Some(0.5)]).remove(0);
        trial.setting = Setting::from([
            (ParamName::LimitDepth, Value::Text("true".into())),
            (ParamName::MaxDepth, Value::Int(35)),
            (ParamName::MinSamplesLeaf, Value::Int(5)),
        ]);
        let found = places(&study.searches[0], &trial);
        let of = |name| found.iter().find(|(known, _)| *known == name).and_then(|(_, place)| *place);
        assert_eq!(of(ParamName::LimitDepth), Some(1.0));
        assert_eq!(of(ParamName::MaxDepth), Some(0.5));
        assert_eq!(of(ParamName::MinSamplesLeaf), Some(1.0));
        assert_eq!(of(ParamName::NEstimators), None);
        trial.setting = Setting::from([(ParamName::C, Value::Float(0.01))]);
        assert_eq!(places(&study.searches[1], &trial)[0], (ParamName::C, Some(0.0)));
    }
}
