//! The rows of a leaderboard: the best setting of each model, from a status or from records; guessing comes last.

use drivers::{FitSummary, GUESS_STD, GUESS_TEST, SearchStatus, StudyStatus, plain_words};
use engine::metrics::Metric;
use engine::models::ModelKind;
use engine::num::stable_sort;
use track::name::memorable;
use track::run::{Run, RunKind, RunState};

use crate::state::record_views::{model_of, run_row, words_of};
use crate::state::views::LeaderboardRow;

/// The mean of a run's folds, of a study after `metric`.
pub(super) fn cv(run: &Run, metric: Metric) -> Option<f64> {
    run.metrics.get(&format!("cv_{}", metric.as_str())).copied()
}

/// The standard deviation of the same.
pub(super) fn cv_spread(run: &Run, metric: Metric) -> Option<f64> {
    let name = if metric.is_usual() { "cv_f1_std".to_owned() } else { format!("cv_{}_std", metric.as_str()) };
    run.metrics.get(&name).copied()
}

/// The metric of a study that says what guessing scores over the folds.
pub(super) fn guess_name(metric: Metric) -> String {
    format!("dummy_cv_{}", metric.as_str())
}

/// As a driver says.
pub(super) fn rows(status: &StudyStatus) -> Vec<LeaderboardRow> {
    let metric = status.metric;
    let row = |search: &SearchStatus| match status.fits.iter().find(|fit| fit.model == search.model) {
        Some(fit) => Some(fit_row(fit, metric)),
        None => search.best.as_ref().map(|best| LeaderboardRow {
            run: Some(best.run.clone()),
            name: memorable(best.run.as_str()),
            cv: Some(metric.signed(best.score)),
            cv_spread: Some(best.spread),
            ..empty_row(Some(search.model))
        }),
    };
    let guess = Guessed {
        is_known: status.guess.is_some(),
        cv: status.guess.as_ref().and_then(|guess| match &guess.cv_metric {
            Some(own) => Some((own.mean, own.std)),
            None => metric.is_usual().then_some((guess.cv_f1_macro, guess.cv_f1_std)),
        }),
        test: status.guess.as_ref().and_then(|guess| guess.test),
    };
    ranked(status.searches.iter().filter_map(row).collect(), guess, metric)
}

fn fit_row(fit: &FitSummary, metric: Metric) -> LeaderboardRow {
    let (mean, spread) =
        fit.cv_metric.as_ref().map_or((fit.cv_f1_macro, fit.cv_f1_std), |own| (own.mean, own.std));
    LeaderboardRow {
        run: Some(fit.run.clone()),
        name: memorable(fit.run.as_str()),
        model: Some(fit.model),
        cv: Some(mean),
        cv_spread: Some(spread),
        train: metric.of(&fit.train),
        test: metric.of(&fit.test),
        fit_ms: Some(fit.fit_time * 1000.0),
        predict_ms: Some(fit.predict_time * 1000.0),
        study_ms: Some(fit.study_time * 1000.0),
        n_bytes: Some(fit.model_size_bytes),
        words: Some(plain_words(fit)),
        is_best: false,
    }
}

fn empty_row(model: Option<ModelKind>) -> LeaderboardRow {
    LeaderboardRow {
        run: None,
        name: String::new(),
        model,
        cv: None,
        cv_spread: None,
        train: None,
        test: None,
        fit_ms: None,
        predict_ms: None,
        study_ms: None,
        n_bytes: None,
        words: None,
        is_best: false,
    }
}

/// What guessing scores, as far as it is known.
struct Guessed {
    /// It was asked, though the metric may be measurable nowhere.
    is_known: bool,
    /// Mean and standard deviation over the folds.
    cv: Option<(f64, f64)>,
    test: Option<f64>,
}

/// Best first; of equal ones the first in the study's order. Guessing comes last.
fn ranked(mut rows: Vec<LeaderboardRow>, guess: Guessed, metric: Metric) -> Vec<LeaderboardRow> {
    let score = |row: &LeaderboardRow| row.cv.map_or(f64::NEG_INFINITY, |cv| metric.signed(cv));
    stable_sort(&mut rows, |a, b| score(b).total_cmp(&score(a)));
    if let Some(first) = rows.first_mut() {
        first.is_best = first.cv.is_some();
    }
    if guess.is_known || guess.test.is_some() {
        rows.push(LeaderboardRow {
            name: "always the same answer".to_owned(),
            cv: guess.cv.map(|(mean, _)| mean),
            cv_spread: guess.cv.map(|(_, spread)| spread),
            test: guess.test,
            ..empty_row(None)
        });
    }
    rows
}

/// As records say.
pub(super) fn rows_of_records(study: &Run, children: &[Run], metric: Metric) -> Vec<LeaderboardRow> {
    let fits: Vec<&Run> =
        children.iter().filter(|run| run.kind == RunKind::Fit && run.state == RunState::Finished).collect();
    let score = |run: &Run| cv(run, metric).map(|cv| metric.signed(cv));
    let row = |model: ModelKind| {
        let of_model = |run: &&Run| model_of(run) == Some(model);
        // A study that went on has fitted anew what came out better: the last fit is that of the best setting.
        let fit = fits.iter().rev().copied().find(of_model);
        let trials = children.iter().filter(|run| run.kind == RunKind::Trial).filter(of_model);
        let best = trials.reduce(|most, next| if score(next) > score(most) { next } else { most });
        let run = fit.or(best.filter(|run| cv(run, metric).is_some()))?;
        let shown = run_row(run, None);
        let measured = |name: &str| run.metrics.get(name).copied();
        let of_part = |part: &str, f1| match metric {
            Metric::F1Macro => f1,
            other => measured(&format!("{part}_{}", other.as_str())),
        };
        Some(LeaderboardRow {
            run: Some(run.id.clone()),
            name: run.name.clone(),
            model: Some(model),
            cv: cv(run, metric),
            cv_spread: cv_spread(run, metric),
            train: of_part("train", shown.train),
            test: of_part("test", shown.test),
            fit_ms: fit.and_then(|_| measured("fit_time")).map(|seconds| seconds * 1000.0),
            predict_ms: measured("predict_time").map(|seconds| seconds * 1000.0),
            study_ms: measured("study_time").map(|seconds| seconds * 1000.0),
            n_bytes: measured("model_size_bytes").map(|n_bytes| n_bytes as u64),
            words: words_of(run),
            is_best: false,
        })
    };
    let of_study = |name: &str| study.metrics.get(name).copied();
    let spread = match metric {
        Metric::F1Macro => GUESS_STD.to_owned(),
        other => format!("{}_std", guess_name(other)),
    };
    let guess = Guessed {
        is_known: of_study(&guess_name(Metric::F1Macro)).is_some(),
        cv: of_study(&guess_name(metric)).map(|mean| (mean, of_study(&spread).unwrap_or(0.0))),
        test: of_study(&format!("{GUESS_TEST}{}", metric.as_str()))
            .or_else(|| fits.first()?.metrics.get("dummy_f1").copied()),
    };
    ranked(ModelKind::EVERY.into_iter().filter_map(row).collect(), guess, metric)
}
