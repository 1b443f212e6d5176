//! Flows that come with the program.

use engine::models::ModelKind;
use engine::split::SplitSpec;
use engine::tune::StudyPreset;
use track::SCHEMA;
use track::experiment::Lifecycle;
use track::flow::{FlowDefinition, PromotionRule, RetryDelay, RetrySpec, TaskKind, TaskSpec};
use track::id::{FlowId, Millis};

/// The registered model that ready-made flows keep, where no other is named.
pub const SCHEDULED_MODEL: &str = "reviews";
/// What the ready-made flows draw by.
const SEED: u64 = 42;

/// A flow that comes with the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadyMade {
    /// Fit the scheduled job's setting to the newest data.
    Retrain,
    /// Search for the best setting on the newest data.
    Retune,
    /// Score the new files of a folder, and look whether they are of another kind.
    ScoreFolder,
    /// Look whether the newest data are of another kind than those the model was tested on.
    Monitor,
}

impl ReadyMade {
    /// All of them, in the order they are shown.
    pub const ALL: [Self; 4] = [Self::Retrain, Self::Retune, Self::ScoreFolder, Self::Monitor];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Retrain => "retrain",
            Self::Retune => "retune",
            Self::ScoreFolder => "score folder",
            Self::Monitor => "monitor",
        }
    }

    /// The one of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flow| flow.name() == name)
    }

    /// Its first version, which keeps `model`, of the dataset called `dataset` (empty: the one used last).
    pub fn definition(self, (dataset, model): (&str, &str), id: FlowId, created: Millis) -> FlowDefinition {
        let model = || model.to_owned();
        let load = || ("load data", TaskKind::LoadData { dataset: dataset.to_owned() });
        let check = || ("check drift", TaskKind::CheckDrift { model: model() });
        let learn = match self {
            Self::ScoreFolder => {
                let score = TaskKind::ScoreFolder { model: model(), folder: String::new() };
                return self.of(vec![("score new reviews", score), check()], id, created);
            }
            Self::Monitor => return self.of(vec![load(), check()], id, created),
            Self::Retrain => ("fit", TaskKind::Fit { study: StudyPreset::ScheduledJob.study(&[], SEED) }),
            Self::Retune => {
                ("tune", TaskKind::Tune { study: StudyPreset::Fast.study(&ModelKind::ALL, SEED) })
            }
        };
        let rule =
            PromotionRule { max_p_value: 0.05, max_recall_loss: 0.02, max_bytes: None, max_predict_ms: None };
        let kinds = vec![
            load(),
            ("clean", TaskKind::Clean { steps: None }),
            ("split", TaskKind::Split { split: SplitSpec::reference() }),
            ("vectorise", TaskKind::Vectorise),
            learn,
            ("evaluate", TaskKind::Evaluate { model: model() }),
            ("log", TaskKind::Log),
            ("register", TaskKind::Register { model: model() }),
            ("promote", TaskKind::Promote { model: model(), rule }),
        ];
        self.of(kinds, id, created)
    }

    /// Tasks one after another.
    fn of(self, kinds: Vec<(&str, TaskKind)>, id: FlowId, created: Millis) -> FlowDefinition {
        let mut tasks: Vec<TaskSpec> = Vec::with_capacity(kinds.len());
        for (key, kind) in kinds {
            let needs = tasks.last().map(|before| before.key.clone()).into_iter().collect();
            tasks.push(task(key, kind, needs));
        }
        FlowDefinition {
            schema: SCHEMA,
            id,
            version: 1,
            created,
            lifecycle: Lifecycle::Active,
            name: self.name().to_owned(),
            tasks,
        }
    }
}

/// A task as the ready-made flows have it: tried again twice, after 10 and 60 seconds.
fn task(key: &str, kind: TaskKind, needs: Vec<String>) -> TaskSpec {
    let delay = RetryDelay::List { seconds: vec![10.0, 60.0] };
    let is_cached =
        !kind.is_effect() && !matches!(kind, TaskKind::Evaluate { .. } | TaskKind::CheckDrift { .. });
    TaskSpec {
        key: key.to_owned(),
        kind,
        needs,
        retry: RetrySpec { n_retries: 2, delay, jitter: 0.1 },
        timeout_s: None,
        is_cached,
    }
}
