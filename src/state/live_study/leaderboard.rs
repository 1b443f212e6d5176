//! The rows of a leaderboard: the best setting of each model, from a status or from records; guessing comes last.

use drivers::{FitSummary, GUESS_CV, GUESS_STD, SearchStatus, StudyStatus, plain_words};
use engine::models::ModelKind;
use engine::num::stable_sort;
use track::name::memorable;
use track::run::{Run, RunKind, RunState};

use crate::state::record_views::{model_of, run_row, words_of};
use crate::state::views::LeaderboardRow;

/// The mean macro F1 of a run's folds.
pub(super) fn cv(run: &Run) -> Option<f64> {
    run.metrics.get("cv_f1_macro").copied()
}

/// As a driver says.
pub(super) fn rows(status: &StudyStatus) -> Vec<LeaderboardRow> {
    let row = |search: &SearchStatus| match status.fits.iter().find(|fit| fit.model == search.model) {
        Some(fit) => Some(fit_row(fit)),
        None => search.best.as_ref().map(|best| LeaderboardRow {
            run: Some(best.run.clone()),
            name: memorable(best.run.as_str()),
            cv: Some(best.cv_f1_macro),
            cv_spread: Some(best.cv_f1_std),
            ..empty_row(Some(search.model))
        }),
    };
    let guess = Guessed {
        cv: status.guess.as_ref().map(|guess| (guess.cv_f1_macro, guess.cv_f1_std)),
        test: status.fits.first().map(|fit| fit.dummy_f1),
    };
    ranked(status.searches.iter().filter_map(row).collect(), guess)
}

fn fit_row(fit: &FitSummary) -> LeaderboardRow {
    LeaderboardRow {
        run: Some(fit.run.clone()),
        name: memorable(fit.run.as_str()),
        model: Some(fit.model),
        cv: Some(fit.cv_f1_macro),
        cv_spread: Some(fit.cv_f1_std),
        train: Some(fit.train.f1_macro),
        test: Some(fit.test.f1_macro),
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
    /// Mean and standard deviation over the folds.
    cv: Option<(f64, f64)>,
    test: Option<f64>,
}

/// Best first; of equal ones the first in the study's order. Guessing comes last.
fn ranked(mut rows: Vec<LeaderboardRow>, guess: Guessed) -> Vec<LeaderboardRow> {
    stable_sort(&mut rows, |a, b| {
        b.cv.unwrap_or(f64::NEG_INFINITY).total_cmp(&a.cv.unwrap_or(f64::NEG_INFINITY))
    });
    if let Some(first) = rows.first_mut() {
        first.is_best = first.cv.is_some();
    }
    if guess.cv.is_some() || guess.test.is_some() {
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
pub(super) fn rows_of_records(study: &Run, children: &[Run]) -> Vec<LeaderboardRow> {
    let fits: Vec<&Run> =
        children.iter().filter(|run| run.kind == RunKind::Fit && run.state == RunState::Finished).collect();
    let row = |model: ModelKind| {
        let of_model = |run: &&Run| model_of(run) == Some(model);
        let fit = fits.iter().copied().find(of_model);
        let trials = children.iter().filter(|run| run.kind == RunKind::Trial).filter(of_model);
        let best = trials.reduce(|most, next| if cv(next) > cv(most) { next } else { most });
        let run = fit.or(best.filter(|run| cv(run).is_some()))?;
        let shown = run_row(run, None);
        let metric = |name: &str| run.metrics.get(name).copied();
        Some(LeaderboardRow {
            run: Some(run.id.clone()),
            name: run.name.clone(),
            model: Some(model),
            cv: shown.cv,
            cv_spread: shown.cv_spread,
            train: shown.train,
            test: shown.test,
            fit_ms: fit.and_then(|_| metric("fit_time")).map(|seconds| seconds * 1000.0),
            predict_ms: metric("predict_time").map(|seconds| seconds * 1000.0),
            study_ms: metric("study_time").map(|seconds| seconds * 1000.0),
            n_bytes: metric("model_size_bytes").map(|n_bytes| n_bytes as u64),
            words: words_of(run),
            is_best: false,
        })
    };
    let of_study = |name: &str| study.metrics.get(name).copied();
    let guess = Guessed {
        cv: of_study(GUESS_CV).map(|mean| (mean, of_study(GUESS_STD).unwrap_or(0.0))),
        test: fits.first().and_then(|run| run.metrics.get("dummy_f1").copied()),
    };
    ranked(ModelKind::EVERY.into_iter().filter_map(row).collect(), guess)
}
