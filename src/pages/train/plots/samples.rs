//! Studies for the tests of pictures.

use std::rc::Rc;

use engine::metrics::Metric;
use engine::models::ModelKind;
use engine::tune::{ParamName, Range, Setting, StudySpec, Trial, TrialOutcome, Value};
use track::dataset::DatasetRef;
use track::id::{ExperimentId, Millis, RunId};

use crate::state::study_plots::StudyTrials;

/// Two models, no trial.
pub fn study() -> StudyTrials {
    let models = [ModelKind::LogisticRegression, ModelKind::RandomForest];
    let hash = engine::num::ContentHash::of(b"a file");
    let data = DatasetRef { file: hash, recipe: hash };
    let mut study = StudyTrials::new(
        RunId("01STUDY".into()),
        (data, ExperimentId("01".into())),
        StudySpec::reference(&models, 20, 1),
    );
    let mut spec = (*study.spec).clone();
    spec.searches[0].space = vec![
        (ParamName::C, Range::Float { low: 0.01, high: 100.0, log: true }),
        (ParamName::MinDf, Range::Int { low: 3, high: 3, step: 1 }),
        (ParamName::Vectorizer, Range::words(&["tfidf", "bow"])),
        (ParamName::Norm, Range::words(&["l1", "l2"])),
    ];
    study.spec = Rc::new(spec);
    study
}

/// A trial of the first model: `C`, and the norm where there is TF-IDF.
pub fn trial(number: u32, c: f64, norm: Option<&str>, outcome: TrialOutcome) -> Trial {
    let word = |word: &str| Value::Text(word.to_owned());
    let mut setting = Setting::from([
        (ParamName::C, Value::Float(c)),
        (ParamName::MinDf, Value::Int(3)),
        (ParamName::Vectorizer, word(if norm.is_some() { "tfidf" } else { "bow" })),
    ]);
    if let Some(norm) = norm {
        setting.insert(ParamName::Norm, word(norm));
    }
    Trial { number, setting, outcome, rungs: Vec::new(), elapsed_ms: 10.0 }
}

/// A complete outcome.
pub fn scored(folds: &[f64]) -> TrialOutcome {
    TrialOutcome::complete(folds.to_vec())
}

/// The same after log loss: each score `s` is a loss of `1 - s`, held as its negative.
pub fn by_log_loss() -> StudyTrials {
    let mut study = two_models();
    study.spec = Rc::new(StudySpec { metric: Metric::LogLoss, ..(*study.spec).clone() });
    for trial in study.searches.iter_mut().flat_map(|search| &mut search.trials) {
        if let TrialOutcome::Complete { fold_f1_macro, fold_scores }
        | TrialOutcome::Pruned { fold_f1_macro, fold_scores } = &mut trial.outcome
        {
            *fold_scores = fold_f1_macro.iter().map(|score| score - 1.0).collect();
        }
    }
    study
}

/// Trials of both models: three and two complete, one given up, one failed.
pub fn two_models() -> StudyTrials {
    let mut study = study();
    let pruned = TrialOutcome::pruned(vec![0.5]);
    let failed = TrialOutcome::Failed { reason: "no word is left".into() };
    let first = [
        trial(0, 0.1, Some("l1"), scored(&[0.78, 0.82])),
        trial(1, 1.0, None, scored(&[0.77, 0.81])),
        trial(2, 10.0, Some("l2"), scored(&[0.80, 0.84])),
        trial(3, 99.0, Some("l2"), pruned),
    ];
    let bare = |number, outcome| Trial { setting: Setting::new(), ..trial(number, 1.0, None, outcome) };
    let second = [bare(0, scored(&[0.6, 0.7])), bare(1, failed), bare(2, scored(&[0.7, 0.7]))];
    for (search, trials) in [first.to_vec(), second.to_vec()].into_iter().enumerate() {
        for (place, trial) in trials.into_iter().enumerate() {
            study.searches[search].ended.push(Millis(1_000 + 10 * (place as u64 + 1)));
            study.searches[search].trials.push(trial);
        }
    }
    study
}
