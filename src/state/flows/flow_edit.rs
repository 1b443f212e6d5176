//! A flow being edited: tasks added, dropped, changed; each change checked, kept as the next version when asked for.

use engine::models::ModelKind;
use engine::split::SplitSpec;
use engine::tune::StudyPreset;
use flow::{FlowError, add_task, change_task, drop_task, validate};
use track::flow::{FlowDefinition, PromotionRule, RetryDelay, RetrySpec, TaskKind, TaskSpec};

use super::task_params::{SEED, own, set_own};
use crate::state::format;

/// Longest wait before a retry that can be typed, in seconds.
const MAX_DELAY_S: f64 = 86_400.0;

/// Tasks that can be added: key and shown name.
pub const KINDS: [(&str, &str); 13] = [
    ("load", "Load data"),
    ("clean", "Clean"),
    ("split", "Split"),
    ("count", "Count words"),
    ("fit", "Fit (scheduled job)"),
    ("tune", "Tune (20 trials a model)"),
    ("evaluate", "Evaluate"),
    ("log", "Log"),
    ("register", "Register"),
    ("promote", "Promote by rule"),
    ("tune-more", "Tune (200 trials a model)"),
    ("score", "Score new reviews of a folder"),
    ("drift", "Check drift"),
];

/// The task of a key.
pub fn kind_of(key: &str) -> Option<TaskKind> {
    let model = || flow::SCHEDULED_MODEL.to_owned();
    let tune = |preset: StudyPreset| TaskKind::Tune { study: preset.study(&ModelKind::ALL, SEED) };
    Some(match key {
        "load" => TaskKind::LoadData { dataset: String::new() },
        "clean" => TaskKind::Clean { steps: None },
        "split" => TaskKind::Split { split: SplitSpec::reference() },
        "count" => TaskKind::Vectorise,
        "fit" => TaskKind::Fit { study: StudyPreset::ScheduledJob.study(&[], SEED) },
        "tune" => tune(StudyPreset::Fast),
        "tune-more" => tune(StudyPreset::Balanced),
        "evaluate" => TaskKind::Evaluate { model: model() },
        "log" => TaskKind::Log,
        "score" => TaskKind::ScoreFolder { model: model(), folder: String::new() },
        "drift" => TaskKind::CheckDrift { model: model() },
        "register" => TaskKind::Register { model: model() },
        "promote" => TaskKind::Promote {
            model: model(),
            rule: PromotionRule {
                max_p_value: 0.05,
                max_recall_loss: 0.02,
                max_bytes: None,
                max_predict_ms: None,
            },
        },
        _ => return None,
    })
}

/// What can be typed of a task, beside its name.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskForm {
    /// Its name.
    pub key: String,
    /// Tasks it comes after, by names with commas between.
    pub needs: String,
    /// Retries.
    pub retries: String,
    /// Seconds before the first retry.
    pub delay: String,
    /// Twice as long each time.
    pub is_exponential: bool,
    /// What chance adds at most, as a share of the wait.
    pub jitter: String,
    /// Seconds it may take; empty: as long as it takes.
    pub timeout: String,
    /// What it gave before is taken.
    pub is_cached: bool,
    /// Its own parameters: name and value.
    pub own: Vec<(&'static str, String)>,
}

impl TaskForm {
    /// Of a task.
    pub fn of(task: &TaskSpec) -> Self {
        let (delay, is_exponential) = match &task.retry.delay {
            RetryDelay::Fixed { seconds } => (format::short(*seconds), false),
            RetryDelay::List { seconds } => {
                let all: Vec<String> = seconds.iter().map(|seconds| format::short(*seconds)).collect();
                (all.join(", "), false)
            }
            RetryDelay::Exponential { factor } => (format::short(*factor), true),
        };
        Self {
            key: task.key.clone(),
            needs: task.needs.join(", "),
            retries: task.retry.n_retries.to_string(),
            delay,
            is_exponential,
            jitter: format::short(task.retry.jitter),
            timeout: task.timeout_s.map(|seconds| seconds.to_string()).unwrap_or_default(),
            is_cached: task.is_cached,
            own: own(&task.kind),
        }
    }

    /// The task as it is typed.
    ///
    /// # Errors
    /// One sentence.
    pub fn task(&self, before: &TaskSpec) -> Result<TaskSpec, String> {
        let number = |text: &str, what: &str| {
            format::parse_whole(text)
                .and_then(|n| u32::try_from(n).ok())
                .ok_or(format!("{what} is a whole number."))
        };
        let seconds = |text: &str| {
            let found = json::parse_real(text.trim());
            let found = found.filter(|seconds| (0.0..=MAX_DELAY_S).contains(seconds));
            found.ok_or_else(|| format!("A wait is 0 to {MAX_DELAY_S} seconds; several have commas between."))
        };
        let delays = self.delay.split(',').map(seconds).collect::<Result<Vec<f64>, String>>()?;
        let delay = match (&delays[..], self.is_exponential) {
            ([factor, ..], true) => RetryDelay::Exponential { factor: *factor },
            ([seconds], false) => RetryDelay::Fixed { seconds: *seconds },
            (_, _) => RetryDelay::List { seconds: delays },
        };
        let timeout_s = match self.timeout.trim() {
            "" => None,
            text => Some(number(text, "The time limit")?),
        };
        let needs = self.needs.split(',').map(|key| key.trim().to_owned()).filter(|key| !key.is_empty());
        let mut kind = before.kind.clone();
        for (name, value) in &self.own {
            set_own(&mut kind, name, value.trim())?;
        }
        Ok(TaskSpec {
            key: self.key.trim().to_owned(),
            kind,
            needs: needs.collect(),
            retry: RetrySpec {
                n_retries: number(&self.retries, "The number of retries")?,
                delay,
                jitter: json::parse_real(self.jitter.trim())
                    .ok_or("What chance adds is a share of the wait, such as 0.1.")?,
            },
            timeout_s,
            is_cached: self.is_cached,
        })
    }
}

fn sentence(error: FlowError) -> String {
    format::sentence(&error.to_string())
}

/// The flow with one more task, after the last one, under a name of its own.
///
/// # Errors
/// One sentence.
pub fn with_task(flow: &FlowDefinition, kind: &str) -> Result<FlowDefinition, String> {
    let kind = kind_of(kind).ok_or("Choose what the task does.")?;
    let name = kind.name().to_lowercase();
    let is_free = |key: &String| flow.task(key).is_none();
    let numbered = (2..).map(|number| format!("{name} {number}"));
    let key = std::iter::once(name.clone()).chain(numbered).find(is_free).unwrap_or(name.clone());
    let needs = flow.tasks.last().map(|last| last.key.clone()).into_iter().collect();
    let is_cached = !kind.is_effect() && !matches!(kind, TaskKind::Evaluate { .. });
    let task = TaskSpec { key, kind, needs, retry: RetrySpec::never(), timeout_s: None, is_cached };
    add_task(flow, task).map_err(sentence)
}

/// The flow without a task.
///
/// # Errors
/// One sentence.
pub fn without_task(flow: &FlowDefinition, key: &str) -> Result<FlowDefinition, String> {
    drop_task(flow, key).map_err(sentence)
}

/// The flow with a task changed as it is typed.
///
/// # Errors
/// One sentence.
pub fn with_change(flow: &FlowDefinition, key: &str, form: &TaskForm) -> Result<FlowDefinition, String> {
    let before = flow.task(key).ok_or("This task is no longer there.")?;
    let task = form.task(before)?;
    flow::check_retry(&task.retry).map_err(|error| format::sentence(&error.to_string()))?;
    change_task(flow, key, task).map_err(sentence)
}

/// Why a flow cannot be run as it is; none where it can.
pub fn fault(flow: &FlowDefinition) -> Option<String> {
    validate(flow).err().map(sentence)
}

#[cfg(test)]
mod tests {
    use flow::ReadyMade;
    use track::id::{FlowId, Millis};

    use super::*;

    fn retrain() -> FlowDefinition {
        ReadyMade::Retrain.definition(("", "m"), FlowId::new(Millis(1), [1; 10]), Millis(1))
    }

    #[test]
    fn a_task_that_is_typed_as_it_was_is_the_same() {
        for task in &retrain().tasks {
            assert_eq!(TaskForm::of(task).task(task).as_ref(), Ok(task));
        }
    }

    #[test]
    fn folder_and_model_of_what_scores_and_checks_can_be_typed() {
        let flow = ReadyMade::ScoreFolder.definition(("", "m"), FlowId::new(Millis(1), [1; 10]), Millis(1));
        for task in &flow.tasks {
            assert_eq!(TaskForm::of(task).task(task).as_ref(), Ok(task));
        }
        let mut form = TaskForm::of(&flow.tasks[0]);
        (form.own[0].1, form.own[1].1) = ("shop".into(), "inbox".into());
        let changed = with_change(&flow, &flow.tasks[0].key, &form).unwrap();
        assert_eq!(
            changed.tasks[0].kind,
            TaskKind::ScoreFolder { model: "shop".into(), folder: "inbox".into() }
        );
        let mut form = TaskForm::of(&flow.tasks[1]);
        form.own[0].1 = " ".into();
        assert!(with_change(&flow, &flow.tasks[1].key, &form).is_err());
        let more = with_task(&with_task(&flow, "score").unwrap(), "drift").unwrap();
        assert_eq!(more.tasks.len(), 4);
    }

    #[test]
    fn tasks_are_added_and_dropped_and_the_fault_is_named() {
        let flow = with_task(&retrain(), "log").unwrap();
        assert_eq!(flow.tasks.last().map(|task| task.key.as_str()), Some("log 2"));
        assert_eq!(fault(&flow), None);
        let without = without_task(&flow, "split").unwrap();
        assert_eq!(without.tasks.len(), flow.tasks.len() - 1);
        let without = without_task(&without, "vectorise").unwrap();
        assert!(fault(&without).is_some_and(|fault| fault.contains("Count words")), "{:?}", fault(&without));
        assert!(with_task(&flow, "dance").is_err());
    }

    #[test]
    fn what_is_typed_wrong_is_said() {
        let flow = retrain();
        let said = |change: &dyn Fn(&mut TaskForm)| {
            let mut form = TaskForm::of(&flow.tasks[2]);
            change(&mut form);
            with_change(&flow, "split", &form).err().unwrap_or_default()
        };
        assert_eq!(said(&|_| ()), "");
        assert!(said(&|form| form.retries = "many".into()).starts_with("The number of retries"));
        assert!(said(&|form| form.delay = "1, soon".into()).starts_with("A wait is"));
        assert!(said(&|form| form.own[0].1 = "2".into()).starts_with("'Test share'"));
        assert!(said(&|form| form.jitter = "some".into()).starts_with("What chance adds"));
        assert!(said(&|form| form.jitter = "11".into()).contains("a share of 0 to 10"));
        assert!(said(&|form| form.needs = "nobody".into()).contains("nobody"));
    }
}
