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
}

impl ReadyMade {
    /// All of them, in the order they are shown.
    pub const ALL: [Self; 2] = [Self::Retrain, Self::Retune];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Retrain => "retrain",
            Self::Retune => "retune",
        }
    }

    /// The one of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flow| flow.name() == name)
    }

    /// Its first version, which keeps `model`, of the dataset called `dataset` (empty: the one used last).
    pub fn definition(self, (dataset, model): (&str, &str), id: FlowId, created: Millis) -> FlowDefinition {
        let learn = match self {
            Self::Retrain => ("fit", TaskKind::Fit { study: StudyPreset::ScheduledJob.study(&[], SEED) }),
            Self::Retune => {
                ("tune", TaskKind::Tune { study: StudyPreset::Fast.study(&ModelKind::ALL, SEED) })
            }
        };
        let model = || model.to_owned();
        let rule =
            PromotionRule { max_p_value: 0.05, max_recall_loss: 0.02, max_bytes: None, max_predict_ms: None };
        let kinds = [
            ("load data", TaskKind::LoadData { dataset: dataset.to_owned() }),
            ("clean", TaskKind::Clean { steps: None }),
            ("split", TaskKind::Split { split: SplitSpec::reference() }),
            ("vectorise", TaskKind::Vectorise),
            learn,
            ("evaluate", TaskKind::Evaluate { model: model() }),
            ("log", TaskKind::Log),
            ("register", TaskKind::Register { model: model() }),
            ("promote", TaskKind::Promote { model: model(), rule }),
        ];
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
    let is_cached = !kind.is_effect() && !matches!(kind, TaskKind::Evaluate { .. });
    TaskSpec {
        key: key.to_owned(),
        kind,
        needs,
        retry: RetrySpec { n_retries: 2, delay, jitter: 0.1 },
        timeout_s: None,
        is_cached,
    }
}
