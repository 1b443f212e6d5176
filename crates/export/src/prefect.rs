//! A deployment of a flow in, a project of Prefect 3 out: the same tasks in the same order with scikit-learn and MLflow, and
//! `prefect.yaml` with its schedules.

use engine::dataset::DatasetRecipe;
use engine::pipeline::PipelineSpec;
use engine::quote::Quoted;
use engine::tune::StudySpec;
use track::flow::{Cadence, Deployment, Overflow, RetryDelay, RetrySpec, Schedule, TaskKind, TaskSpec};

use crate::date::utc;
use crate::file::ExportFile;
use crate::python_model::{ExportError, REVIEW_ANSWER, REVIEW_TEXT, packages};
use crate::sklearn::{PIPELINE, SKLEARN_VERSION, TRAIN, TrainingFacts, object, settings};

/// The Prefect whose files these are.
pub const PREFECT_VERSION: &str = "3.8.8";
const FLOW: &str = include_str!("python/prefect_flow.py");
const PYTHON: &str = "text/x-python";
/// The work pool that the deployment is for.
const POOL: &str = "reviews";
/// What Prefect does not take in a deployment's name.
const NOT_IN_NAMES: [char; 5] = ['/', '%', '&', '<', '>'];

/// A deployment and what it works on.
#[derive(Clone, Debug)]
pub struct DeploymentFacts<'a> {
    /// The deployment.
    pub deployment: &'a Deployment,
    /// Its flow's name.
    pub flow: &'a str,
    /// The flow's tasks, each after those it needs.
    pub tasks: Vec<&'a TaskSpec>,
    /// How the file of reviews is read.
    pub recipe: &'a DatasetRecipe,
    /// What that file is called.
    pub file: &'a str,
}

/// Every file of the project.
///
/// # Errors
/// Where a task has no twin there, or Python would read, part, clean or cut otherwise.
pub fn prefect_project(facts: &DeploymentFacts<'_>) -> Result<Vec<ExportFile>, ExportError> {
    let study = study_of(facts)?;
    let setting = study.searches.first().map(|search| search.frozen.clone()).unwrap_or_default();
    let spec: PipelineSpec = study.pipeline(0, &setting);
    let recipe = DatasetRecipe { cleaning: spec.cleaning.clone(), ..facts.recipe.clone() };
    let training = TrainingFacts { recipe: &recipe, split: &study.split };
    let mut fields = settings(&spec.cleaning, &spec, &recipe.mapping.classes, Some(training))?;
    let tasks: Vec<String> = facts.tasks.iter().map(|task| told(task)).collect::<Result<_, _>>()?;
    fields.extend([
        ("flow", json::to_string(facts.flow)),
        ("file", json::to_string(facts.file)),
        ("tasks", format!("[{}]", tasks.join(", "))),
    ]);
    let own = packages(&spec.cleaning).into_iter().map(str::to_owned);
    let needed = [
        format!("prefect=={PREFECT_VERSION}"),
        // Later ones refuse a keyword that this Prefect uses.
        "fastapi==0.139.0".to_owned(),
        format!("mlflow=={}", crate::mlflow::MLFLOW_VERSION),
        format!("scikit-learn=={SKLEARN_VERSION}"),
        "scipy".to_owned(),
        "pandas".to_owned(),
    ];
    let needed: Vec<String> = needed.into_iter().chain(own).collect();
    Ok(vec![
        ExportFile::new("prefect.yaml", "application/yaml", yaml(facts)),
        ExportFile::new("flow.py", PYTHON, FLOW.to_owned()),
        ExportFile::new("train_reviews.py", PYTHON, TRAIN.to_owned()),
        ExportFile::new("review_pipeline.py", PYTHON, PIPELINE.to_owned()),
        ExportFile::new("review_text.py", PYTHON, REVIEW_TEXT.to_owned()),
        ExportFile::new("review_answer.py", PYTHON, REVIEW_ANSWER.to_owned()),
        ExportFile::new("settings.json", "application/json", json::pretty(&object(&fields)) + "\n"),
        ExportFile::new("requirements.txt", "text/plain", needed.join("\n") + "\n"),
    ])
}

/// The study of the flow's one fit, after cleaning and parts of the tasks before it.
fn study_of(facts: &DeploymentFacts<'_>) -> Result<StudySpec, ExportError> {
    let (mut recipe, mut split, mut found) = (facts.recipe.clone(), None, None);
    for task in &facts.tasks {
        match &task.kind {
            TaskKind::Clean { steps: Some(steps) } => recipe.cleaning.clone_from(steps),
            TaskKind::Split { split: asked } => split = Some(asked.clone()),
            TaskKind::Fit { study } if found.is_none() => found = Some(study.clone()),
            TaskKind::Fit { .. } => return Err(without_twin(task)),
            _ => {}
        }
    }
    let mut study = found.ok_or(ExportError::NoFit)?;
    if !study.decision.is_the_models() || study.searches.is_empty() {
        return Err(ExportError::NoFit);
    }
    study.split = split.unwrap_or(study.split);
    study.follow(&recipe);
    Ok(study)
}

fn without_twin(task: &TaskSpec) -> ExportError {
    ExportError::Task { task: Quoted(&task.key).to_string(), what: task.kind.name() }
}

/// A task as `flow.py` reads it.
fn told(task: &TaskSpec) -> Result<String, ExportError> {
    let text = |text: &str| json::to_string(text);
    let (kind, own): (&str, Vec<(&str, String)>) = match &task.kind {
        TaskKind::LoadData { .. } => ("load_data", Vec::new()),
        TaskKind::Clean { .. } => ("clean", Vec::new()),
        TaskKind::Split { .. } => ("split", Vec::new()),
        TaskKind::Vectorise => ("vectorise", Vec::new()),
        TaskKind::Fit { .. } => ("fit", Vec::new()),
        TaskKind::Evaluate { model } => ("evaluate", vec![("model", text(model))]),
        TaskKind::Log => ("log", Vec::new()),
        TaskKind::Register { model } => ("register", vec![("model", text(model))]),
        TaskKind::Promote { model, rule } => {
            ("promote", vec![("model", text(model)), ("rule", json::to_string(rule))])
        }
        TaskKind::Tune { .. } | TaskKind::ScoreFolder { .. } | TaskKind::CheckDrift { .. } => {
            return Err(without_twin(task));
        }
    };
    let RetrySpec { n_retries, jitter, .. } = &task.retry;
    let mut fields = vec![
        ("key", text(&task.key)),
        ("kind", text(kind)),
        ("needs", json::to_string(&task.needs)),
        ("retries", n_retries.to_string()),
        ("retry_delay_seconds", json::to_string(&delays(&task.retry))),
        ("retry_jitter_factor", if *jitter > 0.0 { json::to_string(jitter) } else { "null".to_owned() }),
        ("timeout_s", task.timeout_s.map_or_else(|| "null".to_owned(), |seconds| seconds.to_string())),
    ];
    fields.extend(own);
    Ok(object(&fields))
}

/// Seconds before each retry.
fn delays(retry: &RetrySpec) -> Vec<f64> {
    let of = |number: u32| match &retry.delay {
        RetryDelay::Fixed { seconds } => *seconds,
        RetryDelay::List { seconds } => {
            seconds.get(number as usize).or(seconds.last()).copied().unwrap_or(0.0)
        }
        RetryDelay::Exponential { factor } => *factor * f64::from(1_u32 << number.min(30)),
    };
    (0..retry.n_retries).map(of).collect()
}

fn yaml(facts: &DeploymentFacts<'_>) -> String {
    let deployment = facts.deployment;
    let text = |text: &str| json::to_string(text);
    let name = deployment.name.replace(NOT_IN_NAMES, "_");
    let strategy = match deployment.overflow {
        Overflow::Queue => "ENQUEUE",
        Overflow::CancelNew => "CANCEL_NEW",
    };
    let mut lines = vec![
        "# prefect work-pool create reviews --type process".to_owned(),
        "# prefect deploy --all".to_owned(),
        "# prefect worker start --pool reviews".to_owned(),
        format!("name: {}", text(&name)),
        format!("prefect-version: {PREFECT_VERSION}"),
        "deployments:".to_owned(),
        format!("- name: {}", text(&name)),
        "  entrypoint: flow.py:reviews".to_owned(),
        "  parameters:".to_owned(),
        format!("    file: {}", text(facts.file)),
        "  concurrency_limit:".to_owned(),
        format!("    limit: {}", deployment.n_at_a_time),
        format!("    collision_strategy: {strategy}"),
        "  work_pool:".to_owned(),
        format!("    name: {POOL}"),
    ];
    match deployment.schedules.as_slice() {
        [] => lines.push("  schedules: []".to_owned()),
        schedules => {
            lines.push("  schedules:".to_owned());
            lines.extend(schedules.iter().flat_map(scheduled));
        }
    }
    lines.join("\n") + "\n"
}

fn scheduled(schedule: &Schedule) -> Vec<String> {
    let mut lines = match &schedule.cadence {
        Cadence::Cron { expression } => vec![format!("  - cron: {}", json::to_string(expression))],
        Cadence::Interval { seconds, anchor } => vec![
            format!("  - interval: {seconds}"),
            format!("    anchor_date: \"{}+00:00\"", utc(anchor.0).replace(' ', "T")),
        ],
    };
    lines.push(format!("    timezone: {}", json::to_string(&schedule.zone)));
    lines.push(format!("    active: {}", schedule.is_active));
    lines
}

#[cfg(test)]
mod tests {
    use engine::split::SplitSpec;
    use engine::tune::StudyPreset;
    use track::experiment::Lifecycle;
    use track::flow::{CatchUp, PromotionRule};
    use track::id::{DeploymentId, FlowId, Millis};

    use super::*;
    use crate::card::tests::recipe;

    fn task(key: &str, kind: TaskKind) -> TaskSpec {
        let delay = RetryDelay::Exponential { factor: 2.0 };
        let retry = RetrySpec { n_retries: 3, delay, jitter: 0.5 };
        TaskSpec {
            key: key.to_owned(),
            kind,
            needs: Vec::new(),
            retry,
            timeout_s: Some(60),
            is_cached: false,
        }
    }

    fn tasks() -> Vec<TaskSpec> {
        let rule =
            PromotionRule { max_p_value: 0.05, max_recall_loss: 0.02, max_bytes: None, max_predict_ms: None };
        vec![
            task("load", TaskKind::LoadData { dataset: String::new() }),
            task("split", TaskKind::Split { split: SplitSpec::reference() }),
            task("count", TaskKind::Vectorise),
            task("fit", TaskKind::Fit { study: StudyPreset::ScheduledJob.study(&[], 42) }),
            task("promote", TaskKind::Promote { model: "my \"model\"".into(), rule }),
        ]
    }

    fn deployment() -> Deployment {
        let schedule = |number, cadence| Schedule {
            number,
            cadence,
            zone: "Europe/Berlin".into(),
            is_active: number == 0,
            catch_up: CatchUp::Latest,
            handled: Millis(0),
        };
        Deployment {
            schema: 7,
            id: DeploymentId("01D".into()),
            created: Millis(0),
            lifecycle: Lifecycle::Active,
            name: "a/b: \"nightly\"\n- x".into(),
            flow: FlowId("01F".into()),
            version: None,
            schedules: vec![
                schedule(0, Cadence::Cron { expression: "0 3 * * *".into() }),
                schedule(1, Cadence::Interval { seconds: 3600, anchor: Millis(1_790_000_000_123) }),
            ],
            n_at_a_time: 2,
            overflow: Overflow::CancelNew,
        }
    }

    fn project(tasks: &[TaskSpec]) -> Result<Vec<ExportFile>, ExportError> {
        let (deployment, recipe) = (deployment(), recipe());
        let facts = DeploymentFacts {
            deployment: &deployment,
            flow: "retrain",
            tasks: tasks.iter().collect(),
            recipe: &recipe,
            file: "reviews.csv",
        };
        prefect_project(&facts)
    }

    #[test]
    fn a_deployment_is_a_project() {
        let files = project(&tasks()).expect("each task has a twin");
        let of = |path: &str| {
            files.iter().find(|file| file.path == path).and_then(ExportFile::text).expect(path).to_owned()
        };
        let yaml = of("prefect.yaml");
        for line in [
            "- name: \"a_b: \\\"nightly\\\"\\n- x\"\n",
            "  - cron: \"0 3 * * *\"\n    timezone: \"Europe/Berlin\"\n    active: true\n",
            "  - interval: 3600\n    anchor_date: \"2026-09-21T14:13:20.123000+00:00\"\n",
            "    active: false\n",
            "    collision_strategy: CANCEL_NEW\n",
        ] {
            assert!(yaml.contains(line), "{line} in {yaml}");
        }
        let settings: String = of("settings.json").split_whitespace().collect();
        assert!(settings.contains("\"retry_delay_seconds\":[2.0,4.0,8.0]"), "{settings}");
        assert!(
            settings.contains("\"model\":\"my\\\"model\\\"\"") && settings.contains("\"class\":\"Logistic")
        );
        assert!(of("requirements.txt").starts_with("prefect=="));
    }

    #[test]
    fn what_has_no_twin_is_named() {
        let mut all = tasks();
        all.push(task("drift <now>", TaskKind::CheckDrift { model: "m".into() }));
        let refused = project(&all).expect_err("drift is not looked for there").to_string();
        assert!(refused.contains("'drift <now>' (Check drift)"), "{refused}");
        assert_eq!(project(&tasks()[..3]), Err(ExportError::NoFit));
        let mut tuned = tasks();
        tuned[3].kind = TaskKind::Tune { study: StudyPreset::Fast.study(&[], 42) };
        assert!(project(&tuned).is_err());
    }
}
