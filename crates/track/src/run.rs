//! A run: one study, trial or final fit with its parameters, metrics, tags and artifacts.
//!
//! A fold is not a run: a trial holds the scores of its folds. A finished run is immutable but for its
//! name, note, tags and lifecycle.

use engine::num::{ContentHash, SortedMap};
use engine::pipeline::PipelineSpec;
use engine::tune::StudySpec;
use json::{FromJson, Node, ToJson, Writer};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::dataset::DatasetRef;
use crate::experiment::Lifecycle;
use crate::id::{ExperimentId, Millis, RunId};

/// What kind of work a run records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    /// A search over the settings of one or more models; parent of trials and fits.
    Study,
    /// One setting, cross-validated.
    Trial,
    /// One setting fitted on the training part and measured on the test part.
    Fit,
}

/// How a run stands. The names are MLflow's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RunState {
    /// Under way, or left so by a crash.
    Running,
    /// Done.
    Finished,
    /// Ended by a fault, with its reason.
    Failed {
        /// One sentence for the person.
        reason: String,
    },
    /// Ended by the person's Stop; what had finished is kept.
    Killed,
    /// A trial given up for what it showed so far.
    Pruned,
}

/// A parameter's value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ParamValue {
    /// A whole number.
    Int(i64),
    /// A real number.
    Float(f64),
    /// A switch.
    Bool(bool),
    /// A choice or a text.
    Text(String),
}

impl ParamValue {
    /// The text that MLflow holds for it, whose parameters are all texts: what Python's `str` gives.
    pub fn as_logged(&self) -> String {
        match self {
            Self::Int(whole) => whole.to_string(),
            Self::Float(real) => python_real(*real),
            Self::Bool(is_on) => if *is_on { "True" } else { "False" }.to_owned(),
            Self::Text(text) => text.clone(),
        }
    }
}

/// As Python's `repr`: an exponent of two digits below 1e-4 and from 1e16 on. Not by `Debug`, which is empty in the page's
/// program.
fn python_real(real: f64) -> String {
    let scientific = format!("{real:e}");
    let parts =
        scientific.split_once('e').and_then(|(digits, size)| Some((digits, size.parse::<i32>().ok()?)));
    match parts {
        // Neither finite nor a number.
        None => scientific.to_lowercase(),
        Some((_, size)) if (-4..16).contains(&size) => {
            let written = real.to_string();
            if written.contains('.') { written } else { format!("{written}.0") }
        }
        Some((digits, size)) => {
            format!("{digits}e{}{:02}", if size < 0 { '-' } else { '+' }, size.unsigned_abs())
        }
    }
}

impl ToJson for ParamValue {
    fn write(&self, out: &mut Writer) {
        match self {
            Self::Int(whole) => out.signed(*whole),
            Self::Float(real) => out.real(*real),
            Self::Bool(is_on) => is_on.write(out),
            Self::Text(text) => out.text(text),
        }
    }
}

impl FromJson for ParamValue {
    fn read(node: Node<'_>) -> Self {
        match (node.integer(), node.truth()) {
            (Some(whole), _) => Self::Int(whole),
            (None, Some(is_on)) => Self::Bool(is_on),
            (None, None) if node.number().is_some() => Self::Float(f64::read(node)),
            (None, None) => Self::Text(String::read(node)),
        }
    }
}

/// One fold's result inside a trial.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct FoldScore {
    /// Macro F1 on the held-out rows.
    pub f1_macro: f64,
    /// Of a study after another metric, that: a loss as it is, less being better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// Its share of the trial's time, in milliseconds (the folds are fitted together).
    pub fit_ms: f64,
}

/// The exact instructions a run followed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RunSpec {
    /// A study's.
    Study(StudySpec),
    /// A fit's: the whole pipeline. A trial's follows from its study and its parameters.
    Pipeline(PipelineSpec),
}

/// A file a run produced; its bytes lie in the blob store under `sha256`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Artifact {
    /// File name, unique in the run.
    pub name: String,
    /// Media type, such as `application/vnd.reviewlab.pipeline`.
    pub media_type: String,
    /// Hash of its bytes, and its key in the blob store.
    pub sha256: ContentHash,
    /// Its length.
    pub bytes: u64,
}

/// Name of the artifact that holds a fit's `FittedPipeline`.
pub const PIPELINE_ARTIFACT: &str = "model.rlp";
/// Media type of that artifact.
pub const PIPELINE_MEDIA_TYPE: &str = "application/vnd.reviewlab.pipeline";
/// Name of the artifact that holds the scores of the training rows by fits that did not see them.
pub const OUT_OF_FOLD_ARTIFACT: &str = "out_of_fold";
/// Media type of it: `engine::pipeline::HeldOut` as bytes.
pub const OUT_OF_FOLD_MEDIA_TYPE: &str = "application/vnd.reviewlab.out-of-fold";
/// Name of the artifact that holds what the reviews looked like that a fit was measured on.
pub const PROFILE_ARTIFACT: &str = "profile.json";
/// Media type of it: `watch::profile::Profile` as JSON.
pub const PROFILE_MEDIA_TYPE: &str = "application/vnd.reviewlab.profile+json";

/// Name of the artifact that holds the scores of the test rows by the fit itself. Fits made before there was such an
/// artifact do not have it.
///
/// To read it: get the blob under its hash, `engine::pipeline::HeldOut::from_bytes`, then
/// `FittedPipeline::held_out_answers` and `held_out_metrics` of the fit's pipeline, exactly as for the rows out of fold.
/// `docs` are rows of the dataset by index, in the order of `SplitPlan::test`.
pub const TEST_SCORES_ARTIFACT: &str = "test_scores";
/// Media type of it: `engine::pipeline::HeldOut` as bytes.
pub const TEST_SCORES_MEDIA_TYPE: &str = "application/vnd.reviewlab.test-scores";

/// One study, trial or fit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Run {
    /// Schema number of this record.
    pub schema: u32,
    /// Sortable by time; a child's id begins with its study's.
    pub id: RunId,
    /// The experiment it belongs to.
    pub experiment: ExperimentId,
    /// The study above it, for trials and fits.
    pub parent: Option<RunId>,
    /// Study, trial or fit.
    pub kind: RunKind,
    /// Memorable name, such as `carefree-mouse-245`.
    pub name: String,
    /// How it stands.
    pub state: RunState,
    /// When it began.
    pub created: Millis,
    /// When it ended, once it has.
    pub ended: Option<Millis>,
    /// In use or in the trash.
    pub lifecycle: Lifecycle,
    /// Parameters by the field's names: `model`, `C`, `alpha`, `min_df`, `max_df`, `max_features`, …
    pub params: SortedMap<String, ParamValue>,
    /// Metrics by the field's names: `cv_f1_macro`, `test_f1`, `fit_time` (seconds), `model_size_bytes`, …
    pub metrics: SortedMap<String, f64>,
    /// A trial's folds, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub folds: Vec<FoldScore>,
    /// Tags a person or the program set.
    #[serde(default, skip_serializing_if = "SortedMap::is_empty")]
    pub tags: SortedMap<String, String>,
    /// What the person wrote about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The file and recipe it worked on.
    pub dataset: DatasetRef,
    /// The exact instructions; a trial's follow from its study's and its parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spec: Option<RunSpec>,
    /// The seed everything random in it derives from.
    pub seed: u64,
    /// The engine that did it.
    pub engine_version: String,
    /// Files it produced.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub artifacts: Vec<Artifact>,
}

/// What a stored run may not become.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RunChangeError {
    /// A run's identity would change.
    #[error("Run {name} ({id}) cannot change its {field}: make a new run instead.")]
    Identity {
        /// Which run.
        id: RunId,
        /// Its stored name.
        name: String,
        /// What would change.
        field: &'static str,
    },
    /// A run that has ended would change in more than its name, note, tags and place.
    #[error(
        "Run {name} ({id}) has ended, so its {field} cannot change: only its name, note and tags can, and whether it is in the trash."
    )]
    Ended {
        /// Which run.
        id: RunId,
        /// Its stored name.
        name: String,
        /// What would change.
        field: &'static str,
    },
    /// A number is NaN or infinite, which no stored form can hold.
    #[error("Run {name} ({id}) has a {field} that is no finite number: leave it out.")]
    NotFinite {
        /// Which run.
        id: RunId,
        /// Its name.
        name: String,
        /// Which parameter, metric or fold score.
        field: String,
    },
}

/// Why a run that was under way when its page closed counts as failed.
pub const INTERRUPTED_REASON: &str =
    "The tab or the program was closed while this run was under way; the trials it had finished are kept.";

/// What of a study stays the same when it is resumed.
const LASTING: [&str; 3] = ["experiment", "dataset", "seed"];

/// A part of a run, as it is stored.
type Written = fn(&Run) -> String;

impl Run {
    /// Whether it is over: finished, failed or killed.
    pub fn has_ended(&self) -> bool {
        self.state != RunState::Running
    }

    /// A study that has ended, as it goes on: nobody but its driver changes it now.
    #[must_use]
    pub fn taken_up(self) -> Run {
        Run { state: RunState::Running, ended: None, ..self }
    }

    /// Whether this may be stored in `earlier`'s place.
    ///
    /// Id, kind, parent and begin never change. Once a run has ended, only its name, note, tags and
    /// lifecycle do, but for a study that is resumed: it may run again, on the same data with the same seed.
    ///
    /// # Errors
    /// Names the first field that may not change.
    pub fn may_follow(&self, earlier: &Run) -> Result<(), RunChangeError> {
        let identity = [
            ("id", self.id == earlier.id),
            ("kind", self.kind == earlier.kind),
            ("parent", self.parent == earlier.parent),
            ("beginning", self.created == earlier.created),
        ];
        if let Some((field, _)) = identity.into_iter().find(|(_, same)| !same) {
            return Err(RunChangeError::Identity {
                id: earlier.id.clone(),
                name: earlier.name.clone(),
                field,
            });
        }
        if !earlier.has_ended() {
            return Ok(());
        }
        // A study goes on where it stopped, or makes more trials than it was asked for.
        let is_resumed = self.kind == RunKind::Study && !self.has_ended();
        let written: [(&str, Written); 11] = [
            ("state", |run| json::to_string(&run.state)),
            ("end", |run| json::to_string(&run.ended)),
            ("experiment", |run| json::to_string(&run.experiment)),
            ("parameters", |run| json::to_string(&run.params)),
            ("metrics", |run| json::to_string(&run.metrics)),
            ("folds", |run| json::to_string(&run.folds)),
            ("dataset", |run| json::to_string(&run.dataset)),
            ("instructions", |run| json::to_string(&run.spec)),
            ("seed", |run| json::to_string(&run.seed)),
            ("engine version", |run| json::to_string(&run.engine_version)),
            ("artifacts", |run| json::to_string(&run.artifacts)),
        ];
        // What is stored is compared, not what it is read as: the code for it is there in any case.
        let may_differ = |field: &str| is_resumed && !LASTING.contains(&field);
        let differs = |(field, write): &(&str, Written)| !may_differ(field) && write(self) != write(earlier);
        match written.into_iter().find(differs) {
            None => Ok(()),
            Some((field, _)) => {
                Err(RunChangeError::Ended { id: earlier.id.clone(), name: earlier.name.clone(), field })
            }
        }
    }

    /// Whether every number in it is finite. JSON has no NaN, so such a run could not be read again.
    ///
    /// # Errors
    /// Names the first that is not.
    pub fn check_finite(&self) -> Result<(), RunChangeError> {
        match self.not_finite() {
            None => Ok(()),
            Some(field) => {
                Err(RunChangeError::NotFinite { id: self.id.clone(), name: self.name.clone(), field })
            }
        }
    }

    /// The first number that is not finite.
    fn not_finite(&self) -> Option<String> {
        for (name, value) in &self.params {
            if let ParamValue::Float(value) = value
                && !value.is_finite()
            {
                return Some(name.clone());
            }
        }
        for (name, value) in &self.metrics {
            if !value.is_finite() {
                return Some(name.clone());
            }
        }
        for (fold, score) in self.folds.iter().enumerate() {
            if !score.f1_macro.is_finite() {
                return Some(format!("score of fold {fold}"));
            }
            if !score.fit_ms.is_finite() {
                return Some(format!("time of fold {fold}"));
            }
        }
        None
    }

    /// What becomes of a run found at opening whose driver is gone: one under way has failed, with the
    /// reason; any other stays as it is.
    #[must_use]
    pub fn interrupted(mut self, now: Millis) -> Run {
        if !self.has_ended() {
            self.state = RunState::Failed { reason: INTERRUPTED_REASON.to_owned() };
            self.ended = Some(now.max(self.created));
        }
        self
    }

    /// A study whose tab was closed: `interrupted` when its last child ended, for nothing later is known of it.
    #[must_use]
    pub fn cut_off(self, last_child: Option<&Run>) -> Run {
        let seen = last_child.and_then(|child| child.ended).unwrap_or(self.created);
        self.interrupted(seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(state: RunState) -> Run {
        Run {
            schema: 1,
            id: RunId::new(Millis(10), [1; 10]),
            experiment: ExperimentId::new(Millis(1), [0; 10]),
            parent: None,
            kind: RunKind::Fit,
            name: "calm-owl-7".into(),
            state,
            created: Millis(10),
            ended: None,
            lifecycle: Lifecycle::Active,
            params: SortedMap::new(),
            metrics: SortedMap::new(),
            folds: Vec::new(),
            tags: SortedMap::new(),
            note: String::new(),
            dataset: DatasetRef { file: ContentHash::of(b"file"), recipe: ContentHash::of(b"recipe") },
            spec: None,
            seed: 7,
            engine_version: "0.1.0".into(),
            artifacts: Vec::new(),
        }
    }

    /// The field that `change` may not change in a run that is `state`; none where it may.
    #[track_caller]
    fn check(state: RunState, change: impl FnOnce(&mut Run), expected: Option<&str>) {
        let earlier = run(state);
        let mut later = earlier.clone();
        change(&mut later);
        let refused = later.may_follow(&earlier).err().map(|error| match error {
            RunChangeError::Identity { field, .. } | RunChangeError::Ended { field, .. } => field,
            RunChangeError::NotFinite { .. } => "finite",
        });
        assert_eq!(refused, expected);
    }

    #[test]
    fn an_ended_run_changes_only_its_name_note_tags_and_place() {
        let failed = || RunState::Failed { reason: "no room".into() };
        for state in [RunState::Finished, RunState::Killed, failed()] {
            let check = |change: fn(&mut Run), expected| check(state.clone(), change, expected);
            check(|_| (), None);
            check(|run| run.name = "b".into(), None);
            check(|run| run.note = "b".into(), None);
            check(|run| run.tags.extend([("owner".into(), "me".into())]), None);
            check(|run| run.lifecycle = Lifecycle::Deleted, None);
            check(|run| run.state = RunState::Running, Some("state"));
            check(|run| run.ended = Some(Millis(99)), Some("end"));
            check(|run| run.experiment = ExperimentId("other".into()), Some("experiment"));
            check(|run| run.params.extend([("C".into(), ParamValue::Float(1.0))]), Some("parameters"));
            check(|run| run.metrics.extend([("test_f1".into(), 0.9)]), Some("metrics"));
            check(|run| run.folds.push(FoldScore { f1_macro: 0.5, score: None, fit_ms: 1.0 }), Some("folds"));
            check(|run| run.dataset.file = ContentHash::of(b"other"), Some("dataset"));
            check(|run| run.seed = 8, Some("seed"));
            check(|run| run.engine_version = "0.2.0".into(), Some("engine version"));
        }
    }

    #[test]
    fn a_study_may_be_resumed_on_the_same_data() {
        let ended = Run { kind: RunKind::Study, ended: Some(Millis(20)), ..run(RunState::Killed) };
        let resumed = ended.clone().taken_up();
        assert_eq!(resumed.may_follow(&ended), Ok(()));
        assert_eq!(ended.may_follow(&resumed), Ok(()), "given up before it began");
        assert!(!resumed.has_ended());
        let longer = Run { params: [("n_trials".into(), ParamValue::Int(9))].into(), ..resumed.clone() };
        assert_eq!(longer.may_follow(&ended), Ok(()));
        for forged in [
            Run { seed: 8, ..resumed.clone() },
            Run { experiment: ExperimentId("other".into()), ..resumed.clone() },
            Run {
                dataset: DatasetRef { file: ContentHash::of(b"other"), ..resumed.dataset.clone() },
                ..resumed
            },
            Run { metrics: [("cv_f1_macro".into(), 1.0)].into(), ..ended.clone() },
        ] {
            assert!(forged.may_follow(&ended).is_err(), "{forged:?}");
        }
    }

    #[test]
    fn a_running_run_changes_anything_but_who_it_is() {
        let check = |change: fn(&mut Run), expected| check(RunState::Running, change, expected);
        check(|run| run.state = RunState::Finished, None);
        check(|run| run.metrics.extend([("test_f1".into(), 0.9)]), None);
        check(|run| run.id = RunId("other".into()), Some("id"));
        check(|run| run.kind = RunKind::Trial, Some("kind"));
        check(|run| run.parent = Some(RunId("study".into())), Some("parent"));
        check(|run| run.created = Millis(11), Some("beginning"));
    }

    #[test]
    fn parameters_are_logged_as_python_writes_them() {
        let check = |value: ParamValue, expected: &str| assert_eq!(value.as_logged(), expected);
        // python3 -c 'print(*(str(x) for x in (1, 1.0, 0.1, 1e-4, 1e-5, 2.5e-7, 1e15, 1e16, 1.5e300, -0.0, 123.25, 9.5e-5,
        // float('nan'), -float('inf'), True)))'
        check(ParamValue::Int(1), "1");
        for (real, expected) in [
            (1.0, "1.0"),
            (0.1, "0.1"),
            (1e-4, "0.0001"),
            (1e-5, "1e-05"),
            (2.5e-7, "2.5e-07"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1.5e300, "1.5e+300"),
            (-0.0, "-0.0"),
            (123.25, "123.25"),
            (9.5e-5, "9.5e-05"),
            (f64::NAN, "nan"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            check(ParamValue::Float(real), expected);
        }
        check(ParamValue::Bool(true), "True");
        check(ParamValue::Text("sqrt".into()), "sqrt");
    }

    #[test]
    fn only_a_run_under_way_can_be_interrupted() {
        let cut = run(RunState::Running).interrupted(Millis(50));
        assert_eq!(cut.state, RunState::Failed { reason: INTERRUPTED_REASON.into() });
        assert_eq!(cut.ended, Some(Millis(50)));
        assert_eq!(run(RunState::Running).interrupted(Millis(3)).ended, Some(Millis(10)), "a clock set back");
        assert_eq!(run(RunState::Finished).interrupted(Millis(50)), run(RunState::Finished));
    }

    #[test]
    fn a_study_cut_off_ends_with_its_last_child() {
        let child = |ended| Run { ended, ..run(RunState::Finished) };
        let ended = |child: Option<Run>| run(RunState::Running).cut_off(child.as_ref()).ended;
        assert_eq!(ended(Some(child(Some(Millis(70))))), Some(Millis(70)));
        assert_eq!(ended(Some(child(None))), Some(Millis(10)), "a child that was cut off, too");
        assert_eq!(ended(None), Some(Millis(10)));
        assert_eq!(run(RunState::Finished).cut_off(None), run(RunState::Finished));
    }

    #[test]
    fn numbers_that_cannot_be_stored_are_named() {
        let mut bad = run(RunState::Finished);
        assert_eq!(bad.check_finite(), Ok(()));
        bad.folds = vec![
            FoldScore { f1_macro: 0.5, score: None, fit_ms: 1.0 },
            FoldScore { f1_macro: 0.5, score: None, fit_ms: f64::INFINITY },
        ];
        assert!(
            matches!(bad.check_finite(), Err(RunChangeError::NotFinite { field, .. }) if field == "time of fold 1")
        );
        bad.metrics.insert("test_f1".into(), f64::NAN);
        assert!(
            matches!(bad.check_finite(), Err(RunChangeError::NotFinite { field, .. }) if field == "test_f1")
        );
        bad.params.insert("C".into(), ParamValue::Float(f64::NAN));
        assert!(matches!(bad.check_finite(), Err(RunChangeError::NotFinite { field, .. }) if field == "C"));
    }
}
