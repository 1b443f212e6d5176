//! The tree-structured Parzen estimator of Optuna 5.0 (Bergstra et al., 2011): finished trials in, the
//! next setting out.
//!
//! The best trials give a density l, the others a density g; of some points drawn from l the one with
//! the largest l/g is tried.

use crate::tune::parzen::{Neighbours, Parzen};
use crate::tune::random::Stream;
use crate::tune::{ParamName, Range, Setting, Trial, Value};

/// At most this many trials count as the best.
const MAX_GOOD: usize = 25;
/// One trial in so many counts as one of the best.
const GOOD_ONE_IN: usize = 10;

/// A finished trial that teaches the sampler.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lesson<'a> {
    pub trial: &'a Trial,
    /// Steps it saw before it was pruned; `None` of a complete one.
    pub pruned_after: Option<usize>,
    /// Its mean, or that of what it saw.
    pub value: f64,
}

/// How a setting is proposed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Proposing {
    pub n_candidates: u32,
    pub neighbours: Neighbours,
}

/// Values of `part` of a space, by the lessons that have values of all of it.
pub(crate) fn propose(
    part: &[&(ParamName, Range)],
    lessons: &[Lesson],
    how: Proposing,
    stream: &mut Stream,
) -> Vec<(ParamName, Value)> {
    let (good, bad) = split(lessons);
    let ranges: Vec<&Range> = part.iter().map(|(_, range)| range).collect();
    let point = |trial: &Trial| -> Option<Vec<f64>> {
        part.iter().map(|(name, range)| range.coordinate(trial.setting.get(name)?)).collect()
    };
    let density = |trials: Vec<&Trial>| {
        let settings: Vec<Vec<f64>> = trials.into_iter().filter_map(point).collect();
        Parzen::new(&ranges, &settings, how.neighbours)
    };
    let (good, bad) = (density(good), density(bad));
    let candidates: Vec<Vec<f64>> = (0..how.n_candidates.max(1)).map(|_| good.sample(stream)).collect();
    let promised = good.log_pdf(&candidates).into_iter().zip(bad.log_pdf(&candidates));
    let mut best: Option<(&Vec<f64>, f64)> = None;
    for (candidate, (of_good, of_bad)) in candidates.iter().zip(promised) {
        let promise = of_good - of_bad;
        if best.is_none_or(|(_, most)| promise > most) {
            best = Some((candidate, promise));
        }
    }
    let best = best.map(|(candidate, _)| candidate.as_slice()).unwrap_or_default();
    part.iter().zip(best).map(|((name, range), value)| (*name, range.value_at(*value))).collect()
}

/// The parameters that were tried together, from the settings in order (Optuna's `_SearchSpaceGroup`): no two
/// groups share one, and each setting holds each group whole or not at all.
pub(crate) fn groups<'a>(settings: impl Iterator<Item = &'a Setting>) -> Vec<Vec<ParamName>> {
    let mut groups: Vec<Vec<ParamName>> = Vec::new();
    for setting in settings {
        let mut left: Vec<ParamName> = setting.keys().copied().collect();
        let mut next = Vec::new();
        for group in groups {
            let (inside, outside): (Vec<_>, Vec<_>) = group.into_iter().partition(|name| left.contains(name));
            left.retain(|name| !inside.contains(name));
            next.extend([inside, outside]);
        }
        next.push(left);
        next.retain(|group| !group.is_empty());
        groups = next;
    }
    groups
}

/// How many of `n` trials count as good: `min(⌈0.1 n⌉, 25)`.
fn n_good(n: usize) -> usize {
    n.div_ceil(GOOD_ONE_IN).min(MAX_GOOD)
}

/// The best trials and the others, both in trial order. Complete ones come before those pruned, and of these
/// those that came further first; of equal trials the earlier is the better.
fn split<'a>(lessons: &[Lesson<'a>]) -> (Vec<&'a Trial>, Vec<&'a Trial>) {
    let mut ranking: Vec<usize> = (0..lessons.len()).collect();
    ranking.sort_by(|a, b| {
        let (a, b) = (&lessons[*a], &lessons[*b]);
        let further = |lesson: &Lesson| lesson.pruned_after.unwrap_or(usize::MAX);
        further(b).cmp(&further(a)).then(b.value.total_cmp(&a.value))
    });
    let (good, bad) = ranking.split_at_mut(n_good(lessons.len()));
    good.sort_unstable();
    bad.sort_unstable();
    let pick = |chosen: &[usize]| chosen.iter().map(|i| lessons[*i].trial).collect();
    (pick(good), pick(bad))
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

    fn trial(number: u32) -> Trial {
        let outcome = TrialOutcome::Failed { reason: String::new() };
        Trial { number, setting: Setting::new(), outcome, rungs: Vec::new(), elapsed_ms: 0.0 }
    }

    #[track_caller]
    fn check_split(lessons: &[(f64, Option<usize>)], expected: &[u32]) {
        let trials: Vec<Trial> = (0..lessons.len() as u32).map(trial).collect();
        let lesson = |(trial, &(value, pruned_after))| Lesson { trial, pruned_after, value };
        let lessons: Vec<Lesson> = trials.iter().zip(lessons).map(lesson).collect();
        let (good, bad) = split(&lessons);
        assert_eq!(good.iter().map(|trial| trial.number).collect::<Vec<_>>(), expected);
        assert_eq!(good.len() + bad.len(), trials.len());
        assert!(bad.is_sorted_by_key(|trial| trial.number));
    }

    #[test]
    fn equal_trials_are_parted_by_their_order() {
        let values = [0.1, 0.5, 0.2, 0.5, 0.5, 0.0, 0.3, 0.1, 0.1, 0.1, 0.1, 0.1];
        check_split(&values.map(|value| (value, None)), &[1, 3]);
    }

    #[test]
    fn pruned_trials_come_after_complete_ones_and_later_ones_first() {
        let mut lessons = vec![(0.9, Some(1)), (0.8, Some(3)), (0.7, Some(3)), (0.1, None)];
        lessons.extend([(0.95, Some(2)); 7]);
        check_split(&lessons, &[1, 3]);
    }

    // Optuna 5.0.0: optuna.search_space.group_decomposed._SearchSpaceGroup.add_distributions of these sets in turn.
    #[test]
    fn groups_are_what_was_tried_together() {
        let setting =
            |names: &[ParamName]| -> Setting { names.iter().map(|name| (*name, Value::Int(1))).collect() };
        use ParamName::{C, LimitDepth, MaxDepth, MinDf};
        let settings = [setting(&[C, LimitDepth]), setting(&[C, LimitDepth, MaxDepth]), setting(&[C, MinDf])];
        assert_eq!(groups(settings[..1].iter()), [vec![C, LimitDepth]]);
        assert_eq!(groups(settings[..2].iter()), [vec![C, LimitDepth], vec![MaxDepth]]);
        assert_eq!(groups(settings.iter()), [vec![C], vec![LimitDepth], vec![MaxDepth], vec![MinDf]]);
    }
}
