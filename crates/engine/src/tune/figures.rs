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
    let scores: Vec<f64> = trials.iter().filter_map(Trial::mean).collect();
    let rank = |score: f64| {
        let n_below = scores.iter().filter(|other| **other < score).count() as f64;
        let n_equal = scores.iter().filter(|other| **other == score).count() as f64;
        (scores.len() > 1).then(|| (n_below + (n_equal - 1.0) / 2.0) / (scores.len() - 1) as f64)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::ModelKind;
    use crate::tune::{Setting, StudySpec, TrialOutcome, Value};

    fn trials(scores: &[Option<f64>]) -> Vec<Trial> {
        let outcome = |score: Option<f64>| match score {
            Some(score) => TrialOutcome::Complete { fold_f1_macro: vec![score] },
            None => TrialOutcome::Pruned { fold_f1_macro: vec![0.1] },
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
