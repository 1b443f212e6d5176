//! A new fit beside the champion: what is asked of workers of both, and what the answers come to.

use engine::num::SortedMap;
use flow::{Champion, Contest};
use jobs::{Answer, FitBlobs, HeldOutOutput, JobError};
use track::flow::TaskOutput;
use track::registry::{CHAMPION, ModelVersion};
use track::run::{OUT_OF_FOLD_ARTIFACT, Run};

use super::FlowDriver;
use super::inputs::FittedRun;

const F1: &str = "f1_macro";
const CHAMPION_F1: &str = "champion_f1_macro";
const P_VALUE: &str = "p_value";
const RECALL: &str = "recall_";
const CHAMPION_RECALL: &str = "champion_recall_";
/// 1 where the champion is the same model.
const IS_SAME: &str = "is_the_champion";

impl FlowDriver {
    /// The champion of a model.
    pub(super) fn champion(&self, model: &str) -> Option<&ModelVersion> {
        self.plan.registry.model(model).and_then(|model| model.aliased(CHAMPION))
    }

    /// What the champion's fit left behind; none where there is no champion, or its run or scores are gone.
    pub(super) fn champion_fit(&self, model: &str) -> Option<FitBlobs> {
        let version = self.champion(model)?;
        let run = self.plan.runs.iter().find(|run| run.id == version.run)?;
        let out_of_fold = artifact(run, OUT_OF_FOLD_ARTIFACT)?;
        Some(FitBlobs { pipeline: version.pipeline, out_of_fold })
    }

    /// What the answers about a fit and the champion come to.
    pub(super) fn scores(
        &self,
        model: &str,
        fitted: &FittedRun,
        answers: &[Result<Answer, JobError>],
    ) -> Result<TaskOutput, String> {
        let held_out = |answer: Option<&Result<Answer, JobError>>| match answer {
            Some(Ok(Answer::HeldOut(output))) => Ok(output.clone()),
            Some(Err(error)) => Err(error.to_string()),
            Some(Ok(_)) | None => Err("A worker gave another answer than was asked for.".to_owned()),
        };
        let new = held_out(answers.first())?;
        let mut metrics = SortedMap::new();
        put(&mut metrics, (F1, RECALL), &new);
        let mut reason = String::new();
        match (self.champion(model), answers.get(1), answers.get(2)) {
            (None, ..) => {}
            (Some(version), ..) if version.pipeline == fitted.pipeline => {
                metrics.insert(IS_SAME.to_owned(), 1.0);
            }
            (Some(_), Some(old), Some(Ok(Answer::Compared(compared)))) => match held_out(Some(old)) {
                Ok(old) => {
                    put(&mut metrics, (CHAMPION_F1, CHAMPION_RECALL), &old);
                    metrics.insert(P_VALUE.to_owned(), compared.p_value);
                }
                Err(error) => reason = error,
            },
            (Some(_), _, Some(Err(error))) => reason = error.to_string(),
            (Some(version), ..) => {
                let version = version.version;
                reason = format!("Version {version}'s scores of held-out reviews are not kept.");
            }
        }
        metrics.retain(|_, value| value.is_finite());
        Ok(TaskOutput::Scores { metrics, reason })
    }

    /// The contest that an evaluation's scores describe, for the version with this fit.
    pub(super) fn contest(
        &self,
        model: &str,
        fitted: &FittedRun,
        (metrics, reason): (&SortedMap<String, f64>, &str),
    ) -> Contest {
        let run = self.plan.runs.iter().find(|run| run.id == fitted.fit);
        let of_run = |name: &str| run.and_then(|run| run.metrics.get(name)).copied();
        let n_bytes = of_run("model_size_bytes").unwrap_or(0.0) as u64;
        let predict_ms = of_run("predict_time").map(|seconds| seconds * 1000.0);
        let number = |name: &str| metrics.get(name).copied();
        let champion = match (self.champion(model), number(CHAMPION_F1), number(P_VALUE)) {
            (None, ..) => Champion::None,
            (Some(version), ..) if version.pipeline == fitted.pipeline => Champion::Same,
            (Some(_), Some(old), Some(p_value)) => {
                let recall = metrics.iter().filter_map(|(name, new)| {
                    let class = name.strip_prefix(RECALL)?;
                    Some((class.to_owned(), *new, number(&format!("{CHAMPION_RECALL}{class}"))?))
                });
                let f1 = (number(F1).unwrap_or(f64::NAN), old);
                Champion::Measured { f1, p_value, recall: recall.collect() }
            }
            (Some(_), ..) if !reason.is_empty() => Champion::Incomparable { reason: reason.to_owned() },
            (Some(_), ..) => {
                Champion::Incomparable { reason: "It became the champion after the evaluation.".to_owned() }
            }
        };
        Contest { n_bytes, predict_ms, champion }
    }
}

fn put(metrics: &mut SortedMap<String, f64>, (f1, recall): (&str, &str), found: &HeldOutOutput) {
    metrics.insert(f1.to_owned(), found.metrics.f1_macro);
    for (class, value) in found.labels.iter().zip(&found.metrics.recall) {
        metrics.insert(format!("{recall}{class}"), *value);
    }
}

/// The hash of a run's file of that name.
pub(super) fn artifact(run: &Run, name: &str) -> Option<engine::num::ContentHash> {
    run.artifacts.iter().find(|artifact| artifact.name == name).map(|artifact| artifact.sha256)
}
