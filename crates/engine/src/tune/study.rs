//! A study as ask and tell: finished trials in, the next setting out, and what the trials add up to.

use crate::stats;
use crate::tune::grid::{gridded, place};
use crate::tune::halton::Halton;
use crate::tune::parzen::Neighbours;
use crate::tune::random::{Stream, at_share, uniform};
use crate::tune::tpe::{Lesson, Proposing, groups, propose};
use crate::tune::{
    Enumeration, MAX_TRIALS, ParamName, Range, SamplerSpec, Setting, StudySpec, Trial, TrialOutcome,
};

/// How often a repeated setting is drawn again before the ones left are looked for.
const MAX_REDRAWS: u32 = 100;

/// The setting of the next trial of `study`'s search number `search`, after `finished` in order; `None` where
/// every setting was tried and none may be repeated.
///
/// Queued settings come first; a parameter that is held keeps its value. The same arguments give the same setting
/// in any process. Failed trials count as asked but teach the sampler nothing. Asserts that there is such a search.
pub fn ask(study: &StudySpec, search: usize, finished: &[Trial]) -> Option<Setting> {
    assert!(search < study.searches.len(), "search {search} of {}", study.searches.len());
    let spec = &study.searches[search];
    let queued = spec.waiting(finished).next();
    let mut held = spec.frozen.clone();
    held.extend(queued.iter().flatten().map(|(name, value)| (*name, value.clone())));
    let is_open = |name: ParamName| !held.contains_key(&name) && name.is_active(&held);
    let space: Vec<(ParamName, Range)> =
        spec.space.iter().filter(|(name, _)| is_open(*name)).cloned().collect();
    let asking = Asking { study, search, finished, space: &space, held: &held };
    let mut stream = Stream::of_trial(study.seed, search, asking.number());
    if let SamplerSpec::Grid { n_points } = study.sampler {
        return Asking { space: &gridded(&space, n_points), ..asking }.untried(None);
    }
    for attempt in 0..MAX_REDRAWS {
        let setting = asking.draw(attempt, &mut stream);
        if study.may_repeat || queued.is_some() || !finished.iter().any(|trial| trial.setting == setting) {
            return Some(setting);
        }
    }
    asking.untried(Some(&mut stream))
}

/// What a setting is drawn from.
#[derive(Clone, Copy)]
struct Asking<'a> {
    study: &'a StudySpec,
    search: usize,
    finished: &'a [Trial],
    /// What is not held.
    space: &'a [(ParamName, Range)],
    held: &'a Setting,
}

impl<'a> Asking<'a> {
    fn number(&self) -> u32 {
        u32::try_from(self.finished.len()).expect("MAX_TRIALS is within u32")
    }

    fn draw(&self, attempt: u32, stream: &mut Stream) -> Setting {
        let drawn = match self.study.sampler {
            SamplerSpec::Random | SamplerSpec::Grid { .. } => self.at_random(self.space, stream),
            SamplerSpec::QuasiRandom => self.evenly(attempt),
            SamplerSpec::Tpe { n_startup_trials, .. }
            | SamplerSpec::TpeIndependent { n_startup_trials, .. } => {
                let lessons = self.lessons();
                if lessons.is_empty() || lessons.len() < n_startup_trials as usize {
                    self.at_random(self.space, stream)
                } else {
                    self.learned(&lessons, stream)
                }
            }
        };
        self.settled(drawn)
    }

    fn at_random(&self, space: &[(ParamName, Range)], stream: &mut Stream) -> Setting {
        space.iter().map(|(name, range)| (*name, uniform(range, stream))).collect()
    }

    /// The next point of Halton's sequence; a point that gives a known setting is passed over.
    fn evenly(&self, attempt: u32) -> Setting {
        let points = Halton { seed: self.study.seed, search: self.search };
        let index = u64::from(self.number()) + u64::from(attempt) * u64::from(MAX_TRIALS);
        let value = |(dimension, (name, range)): (usize, &(ParamName, Range))| {
            (*name, at_share(range, points.coordinate(dimension, index)))
        };
        self.space.iter().enumerate().map(value).collect()
    }

    /// By the finished trials: each part of the space that was tried together is proposed together.
    fn learned(&self, lessons: &[Lesson], stream: &mut Stream) -> Setting {
        let (n_candidates, neighbours) = match self.study.sampler {
            SamplerSpec::TpeIndependent { n_ei_candidates, .. } => {
                (n_ei_candidates, Neighbours::SettingsAndPrior)
            }
            SamplerSpec::Tpe { n_ei_candidates, .. } => (n_ei_candidates, Neighbours::Settings),
            SamplerSpec::Random | SamplerSpec::Grid { .. } | SamplerSpec::QuasiRandom => {
                (1, Neighbours::Settings)
            }
        };
        let how = Proposing { n_candidates, neighbours };
        let (single, open): (Vec<_>, Vec<_>) = self.space.iter().partition(|(_, range)| range.is_single());
        let mut setting: Setting =
            single.iter().map(|(name, range)| (*name, uniform(range, stream))).collect();
        for part in self.parts(&open, lessons) {
            setting.extend(propose(&part, lessons, how, stream));
        }
        setting
    }

    /// What is proposed together: of a multivariate sampler the groups, or what all trials have; each other
    /// parameter by itself.
    fn parts<'b>(
        &self,
        open: &[&'b (ParamName, Range)],
        lessons: &[Lesson],
    ) -> Vec<Vec<&'b (ParamName, Range)>> {
        let tried = || lessons.iter().map(|lesson| &lesson.trial.setting);
        let together: Vec<Vec<ParamName>> = match self.study.sampler {
            SamplerSpec::Tpe { multivariate: true, group: true, .. } => groups(tried()),
            SamplerSpec::Tpe { multivariate: true, group: false, .. } => {
                let in_all = |name: &ParamName| tried().all(|setting| setting.contains_key(name));
                vec![open.iter().map(|(name, _)| *name).filter(in_all).collect()]
            }
            _ => Vec::new(),
        };
        let members = |names: &[ParamName]| -> Vec<&'b (ParamName, Range)> {
            open.iter().filter(|(name, _)| names.contains(name)).copied().collect()
        };
        let alone = open.iter().filter(|(name, _)| !together.iter().any(|names| names.contains(name)));
        let mut parts: Vec<Vec<_>> = together.iter().map(|names| members(names)).collect();
        parts.extend(alone.map(|param| vec![*param]));
        parts.retain(|part| !part.is_empty());
        parts
    }

    /// The trials that teach. One of another space (changed since, or a damaged record) has no coordinates here.
    fn lessons(&self) -> Vec<Lesson<'a>> {
        let fits = |trial: &Trial| {
            self.space.iter().all(|(name, range)| match trial.setting.get(name) {
                Some(value) => range.coordinate(value).is_some(),
                None => !name.is_active(&trial.setting),
            })
        };
        let lesson = |trial: &'a Trial| match (trial.mean(), trial.pruned_after()) {
            (Some(value), _) => Some(Lesson { trial, pruned_after: None, value }),
            (None, Some((n_steps, value))) => Some(Lesson { trial, pruned_after: Some(n_steps), value }),
            (None, None) => None,
        };
        self.finished.iter().filter(|trial| fits(trial)).filter_map(lesson).collect()
    }

    /// With what is held, and without what does not matter.
    fn settled(&self, mut setting: Setting) -> Setting {
        setting.extend(self.held.iter().map(|(name, value)| (*name, value.clone())));
        let decided = setting.clone();
        setting.retain(|name, _| name.is_active(&decided));
        setting
    }

    /// A setting that was not tried, if one is left: the first from a random place on, or from a grid's own.
    fn untried(&self, stream: Option<&mut Stream>) -> Option<Setting> {
        let all = Enumeration::new(self.space)?;
        let n_settings = all.n_settings();
        let mut tried: Vec<String> =
            self.finished.iter().map(|trial| json::to_string(&trial.setting)).collect();
        tried.sort_unstable();
        let begin = stream.map(|stream| (stream.unit() * n_settings as f64) as u64);
        // Of more different settings than there are trials, one was not tried.
        (0..=tried.len() as u64).take_while(|step| *step < n_settings).find_map(|step| {
            let at = match begin {
                Some(begin) => (u128::from(begin) + u128::from(step)) % u128::from(n_settings),
                None => {
                    let number = u64::from(self.number()) + step;
                    u128::from(place(n_settings, number, (self.study.seed, self.search)))
                }
            };
            let setting = self.settled(all.nth(at as u64)?);
            tried.binary_search(&json::to_string(&setting)).is_err().then_some(setting)
        })
    }
}

/// An earlier trial with exactly this setting: scores are deterministic, so it need not be evaluated again.
pub fn known_trial<'a>(setting: &Setting, finished: &'a [Trial]) -> Option<&'a Trial> {
    finished.iter().find(|trial| trial.setting == *setting)
}

/// The complete trial with the largest mean; of equal ones the earlier.
pub fn best_trial(trials: &[Trial]) -> Option<&Trial> {
    let mut best: Option<(&Trial, f64)> = None;
    for trial in trials {
        if let Some(mean) = trial.mean()
            && best.is_none_or(|(_, most)| mean > most)
        {
            best = Some((trial, mean));
        }
    }
    best.map(|(trial, _)| trial)
}

impl Trial {
    /// Scores of the folds that it saw, in order, by the study's metric: more is better; none of a failed trial.
    pub fn fold_scores(&self) -> &[f64] {
        match &self.outcome {
            TrialOutcome::Complete { fold_f1_macro, fold_scores }
            | TrialOutcome::Pruned { fold_f1_macro, fold_scores } => {
                if fold_scores.is_empty() {
                    fold_f1_macro
                } else {
                    fold_scores
                }
            }
            TrialOutcome::Failed { .. } => &[],
        }
    }

    /// Macro F1 of the folds that it saw, whatever the study is after; none of a failed trial.
    pub fn fold_f1_macro(&self) -> &[f64] {
        match &self.outcome {
            TrialOutcome::Complete { fold_f1_macro, .. } | TrialOutcome::Pruned { fold_f1_macro, .. } => {
                fold_f1_macro
            }
            TrialOutcome::Failed { .. } => &[],
        }
    }

    /// Whether it was given up for what it showed so far.
    pub fn is_pruned(&self) -> bool {
        matches!(self.outcome, TrialOutcome::Pruned { .. })
    }

    /// Whether it could not be evaluated.
    pub fn is_failed(&self) -> bool {
        matches!(self.outcome, TrialOutcome::Failed { .. })
    }

    fn is_complete(&self) -> bool {
        matches!(self.outcome, TrialOutcome::Complete { .. })
    }

    /// Mean score over the folds: what is searched for, more being better. `None` of a trial that is not complete.
    pub fn mean(&self) -> Option<f64> {
        if !self.is_complete() {
            return None;
        }
        stats::mean(self.fold_scores()).filter(|mean| mean.is_finite())
    }

    /// Standard deviation of the folds' scores (divisor n, as numpy's `std`). `None` of a trial that is not complete.
    pub fn spread(&self) -> Option<f64> {
        if !self.is_complete() {
            return None;
        }
        stats::population_sd(self.fold_scores())
    }

    /// After how many steps it was pruned, and the last mean it showed. `None` of a trial that was not.
    pub fn pruned_after(&self) -> Option<(usize, f64)> {
        if !self.is_pruned() {
            return None;
        }
        let scores = self.fold_scores();
        let last = self.rungs.iter().rev().find_map(|mean| *mean).or_else(|| stats::mean(scores));
        let n_steps = if self.rungs.is_empty() { scores.len() } else { self.rungs.len() };
        Some((n_steps, last.filter(|mean| mean.is_finite())?))
    }
}

#[cfg(test)]
mod tests;
