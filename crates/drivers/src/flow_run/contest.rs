//! A new fit beside the champion: whom it is held against, and what the answers come to.

use engine::num::SortedMap;
use flow::{Champion, Contest};
use jobs::{FitBlobs, HeldOutOutput, LearnedFrom, Rescore};
use track::flow::TaskOutput;
use track::id::RunId;
use track::registry::{CHAMPION, ModelVersion};
use track::run::{OUT_OF_FOLD_ARTIFACT, Run, TEST_SCORES_ARTIFACT};

use super::FlowDriver;
use super::inputs::FittedRun;
use super::judging::{Against, Compared, Judged};

const F1: &str = "f1_macro";
const CHAMPION_F1: &str = "champion_f1_macro";
const P_VALUE: &str = "p_value";
const RECALL: &str = "recall_";
const CHAMPION_RECALL: &str = "champion_recall_";
/// Reviews that both answered.
const N_COMPARED: &str = "n_rows_compared";
/// Held-out reviews that the champion did not answer, for it has learned from them.
const N_LEFT_OUT: &str = "n_rows_left_out";
/// 1 where the champion is the same model.
const IS_SAME: &str = "is_the_champion";

impl FlowDriver {
    /// The champion of a model.
    pub(super) fn champion(&self, model: &str) -> Option<&ModelVersion> {
        self.plan.registry.model(model).and_then(|model| model.aliased(CHAMPION))
    }

    /// Whom a new fit is held against, and how.
    pub(super) fn against(&self, place: usize, model: &str, fitted: &FittedRun) -> Against {
        let Some(version) = self.champion(model).filter(|version| version.pipeline != fitted.pipeline) else {
            return Against::Nobody;
        };
        let run_of = |id: &RunId| self.plan.runs.iter().find(|run| run.id == *id);
        let (own, champion) = (run_of(&fitted.fit), run_of(&version.run));
        let held_out = own.and_then(|run| artifact(run, TEST_SCORES_ARTIFACT));
        let recipe = self.recipe_of(place);
        let data = self.data(&recipe);
        let rescore = held_out.map(|held_out| Rescore {
            recipe,
            held_out,
            pipeline: version.pipeline,
            learned: champion.and_then(|run| self.learned_from(run)),
        });
        let kept = champion.filter(|run| run.dataset == data);
        match (kept.and_then(|run| artifact(run, OUT_OF_FOLD_ARTIFACT)), rescore) {
            (Some(out_of_fold), rescore) => {
                Against::Kept(FitBlobs { pipeline: version.pipeline, out_of_fold }, rescore)
            }
            (None, Some(rescore)) => Against::Answers(rescore),
            (None, None) => Against::Cannot("It is not stored which reviews were held out.".to_owned()),
        }
    }

    /// What a fit has learned from, where it is known how that was read.
    pub(super) fn learned_from(&self, run: &Run) -> Option<LearnedFrom> {
        let recipe = self.recipes.get(&run.dataset.recipe)?.clone();
        let tested = artifact(run, TEST_SCORES_ARTIFACT);
        Some(LearnedFrom { file: run.dataset.file, recipe, tested })
    }

    /// What the answers about a fit and the champion come to.
    pub(super) fn scores(
        &self,
        model: &str,
        fitted: &FittedRun,
        judged: &Judged,
    ) -> Result<TaskOutput, String> {
        let new = judged.new.clone().ok_or("Nothing was measured.")??;
        let mut metrics = SortedMap::new();
        put(&mut metrics, (F1, RECALL), &new);
        let mut reason = String::new();
        if self.champion(model).is_some_and(|version| version.pipeline == fitted.pipeline) {
            metrics.insert(IS_SAME.to_owned(), 1.0);
        }
        match &judged.champion {
            None => {}
            Some(Ok(Compared { champion, difference })) => {
                put(&mut metrics, (CHAMPION_F1, CHAMPION_RECALL), champion);
                metrics.insert(P_VALUE.to_owned(), difference.p_value);
                metrics.insert(N_COMPARED.to_owned(), new.n_rows as f64);
            }
            Some(Err(error)) => reason.clone_from(error),
        }
        if let Some(rescored) = &judged.rescored {
            metrics.insert(N_LEFT_OUT.to_owned(), rescored.n_learned as f64);
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
