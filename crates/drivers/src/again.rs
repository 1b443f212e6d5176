//! A stored trial or fit asked of a worker once more; whether every number came out the same, bit for bit.

use engine::metrics::IntervalSpec;
use engine::pipeline::PipelineSpec;
use engine::tune::{Setting, Trial, TrialOutcome};
use jobs::{FinalFitOutput, FitFinal};
use thiserror::Error;
use track::id::Millis;
use track::run::{Run, RunKind, RunSpec, RunState};

use crate::records::{Fit, StudyPlan, fit_run, trial_of, trial_run};

/// Metrics that are times, which no run repeats.
const TIMES: [&str; 3] = ["fit_time", "predict_time", "study_time"];

/// Why a run cannot be made again.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AgainError {
    /// It did not end with a result.
    #[error("Run {name} has no result to compare with: only finished trials and fits have one.")]
    NoResult {
        /// The run's name.
        name: String,
    },
    /// Its record does not say what it did.
    #[error("The record of run {name} does not say how it was made: it is of another version.")]
    NoInstructions {
        /// The run's name.
        name: String,
    },
    /// The reviews were not counted as it needs them.
    #[error("The reviews cannot be counted as run {name} needs them: its file has changed.")]
    NoCounts {
        /// The run's name.
        name: String,
    },
    /// It was made by another engine.
    #[error(
        "Run {name} was made by engine {stored}, this is {ours}: numbers may differ, so they are not compared."
    )]
    OtherEngine {
        /// The run's name.
        name: String,
        /// The engine that made it.
        stored: String,
        /// This one.
        ours: &'static str,
    },
}

/// A number that came out otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Its name.
    pub name: String,
    /// As stored; none where there was no such number.
    pub stored: Option<String>,
    /// As it came out; none where it did not.
    pub again: Option<String>,
}

/// What a run made again gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Again {
    /// Numbers and files that are the same, bit for bit.
    pub n_same: u64,
    /// Those that are not.
    pub different: Vec<Difference>,
}

/// A run with what it followed.
struct Instructions {
    search: usize,
    pipeline: PipelineSpec,
    setting: Setting,
}

impl StudyPlan {
    /// The job that makes a stored trial or fit of this study again.
    ///
    /// # Errors
    /// Where the run has no result, or what made it is not known.
    pub fn make_again(&self, run: &Run) -> Result<FitFinal, AgainError> {
        let name = || run.name.clone();
        if run.state != RunState::Finished || run.kind == RunKind::Study {
            return Err(AgainError::NoResult { name: name() });
        }
        if run.engine_version != engine::ENGINE_VERSION {
            let (stored, ours) = (run.engine_version.clone(), engine::ENGINE_VERSION);
            return Err(AgainError::OtherEngine { name: name(), stored, ours });
        }
        let Instructions { pipeline, .. } =
            self.instructions(run).ok_or_else(|| AgainError::NoInstructions { name: name() })?;
        let (counts, terms) =
            self.corpus_of(&pipeline).ok_or_else(|| AgainError::NoCounts { name: name() })?;
        Ok(FitFinal {
            counts,
            terms,
            split: self.study.split.clone(),
            pipeline,
            labels: self.labels(),
            decision: self.study.decision.clone(),
            interval: IntervalSpec::usual(self.study.seed),
        })
    }

    /// What of a stored run is the same in the answer to that job.
    pub fn compared(&self, run: &Run, output: &FinalFitOutput) -> Again {
        let Some(Instructions { search, setting, .. }) = self.instructions(run) else {
            return Again::default();
        };
        // Of repeated folds a fit makes the first draw only.
        let n_folds = output.fold_f1_macro.len();
        let trial = Trial {
            number: 0,
            setting,
            outcome: TrialOutcome::Complete {
                fold_f1_macro: output.fold_f1_macro.clone(),
                fold_scores: Vec::new(),
            },
            rungs: Vec::new(),
            elapsed_ms: 0.0,
        };
        let ended = run.ended.unwrap_or(Millis(0));
        let again = match run.kind {
            RunKind::Trial => trial_run(self, search, &trial, ended),
            RunKind::Study | RunKind::Fit => {
                let fit = Fit { search, n_earlier: 0, trial: &trial, output, study_ms: 0.0, ended };
                fit_run(self, &fit)
            }
        };
        let is_repeated = self.study.split.n_repeats > 1;
        // A fit says macro F1 of its folds, whatever else the study was after.
        let metric = self.study.metric;
        let of_metric = (!metric.is_usual()).then(|| format!("cv_{}", metric.as_str()));
        let is_compared = |name: &str| {
            let is_unsaid = of_metric.as_ref().is_some_and(|of_metric| name.starts_with(of_metric.as_str()));
            let is_of_all_draws = is_repeated && (name == "cv_f1_macro" || name == "cv_f1_std");
            !TIMES.contains(&name) && !name.starts_with("rung_") && !is_of_all_draws && !is_unsaid
        };
        let mut told = Again::default();
        let names =
            run.metrics.keys().chain(again.metrics.keys().filter(|name| !run.metrics.contains_key(*name)));
        for name in names.filter(|name| is_compared(name)) {
            told.number(name, run.metrics.get(name).copied(), again.metrics.get(name).copied());
        }
        for (fold, score) in run.folds.iter().take(n_folds).enumerate() {
            let name = format!("fold {}", fold + 1);
            told.number(&name, Some(score.f1_macro), output.fold_f1_macro.get(fold).copied());
        }
        for artifact in &run.artifacts {
            let other = again.artifacts.iter().find(|other| other.name == artifact.name);
            let hash = other.map(|other| other.sha256.to_string());
            told.text(&artifact.name, Some(artifact.sha256.to_string()), hash);
        }
        told
    }

    /// What a run followed.
    fn instructions(&self, run: &Run) -> Option<Instructions> {
        let (search, _) = run.id.child_of(&self.run)?;
        self.study.searches.get(search)?;
        match (&run.spec, run.kind) {
            (Some(RunSpec::Pipeline(pipeline)), _) => {
                Some(Instructions { search, pipeline: pipeline.clone(), setting: Setting::new() })
            }
            (_, RunKind::Trial) => {
                let (search, trial) = trial_of(&self.run, &self.study, run)?;
                let pipeline = self.study.pipeline(search, &trial.setting);
                Some(Instructions { search, pipeline, setting: trial.setting })
            }
            _ => None,
        }
    }
}

impl Again {
    /// Adds what another run of the same study gave, its differences under the run's name.
    pub fn add_run(&mut self, run: &str, other: Self) {
        self.n_same += other.n_same;
        let named = |one: Difference| Difference { name: format!("{run}: {}", one.name), ..one };
        self.different.extend(other.different.into_iter().map(named));
    }

    fn number(&mut self, name: &str, stored: Option<f64>, again: Option<f64>) {
        let is_same = stored.map(f64::to_bits) == again.map(f64::to_bits);
        self.add(
            name,
            is_same,
            stored.map(|number| number.to_string()),
            again.map(|number| number.to_string()),
        );
    }

    fn text(&mut self, name: &str, stored: Option<String>, again: Option<String>) {
        self.add(name, stored == again, stored, again);
    }

    fn add(&mut self, name: &str, is_same: bool, stored: Option<String>, again: Option<String>) {
        if is_same {
            self.n_same += 1;
        } else {
            self.different.push(Difference { name: name.to_owned(), stored, again });
        }
    }
}
