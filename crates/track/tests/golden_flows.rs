//! What version 6 keeps of flows is written and read for good, by our JSON and by serde's.
#![allow(clippy::unwrap_used)]

use engine::models::ModelKind;
use engine::num::{ContentHash, SortedMap};
use engine::split::SplitSpec;
use engine::text::CleanStep;
use engine::tune::StudyPreset;
use expect_test::expect_file;
use track::dataset::DatasetRef;
use track::experiment::Lifecycle;
use track::flow::{
    Action, Automation, Cadence, CatchUp, Cause, Deployment, Expectation, FlowDefinition, FlowEvent, FlowRun,
    FolderFile, Happening, LogLevel, LogLine, LogPage, Overflow, Posture, PromotionRule, RetryDelay,
    RetrySpec, Schedule, ScoredFile, State, StateName, TaskKind, TaskOutput, TaskResult, TaskRun, TaskSpec,
    Trigger, TriggerProgress,
};
use track::id::{AutomationId, DeploymentId, FlowEventId, FlowId, FlowRunId, Millis, RunId, TaskRunId};
use track::record::Record;

const BEGIN: Millis = Millis(1_795_381_500_123);

#[track_caller]
fn check(file: &str, record: Record) {
    let path = format!("{}/testdata/v6/{file}.json", env!("CARGO_MANIFEST_DIR"));
    let text = record.to_json().unwrap();
    expect_file![path.clone()].assert_eq(&text);
    let stored = std::fs::read_to_string(&path).unwrap();
    assert_eq!(serde_json::to_string(&record).unwrap(), stored, "{file} is written as serde writes it");
    let read = Record::from_json(&stored).unwrap();
    assert_eq!(read, record, "{file} reads as what was written");
    assert_eq!(read.to_json().unwrap(), stored, "{file} is written as it was read");
    assert_eq!(serde_json::from_str::<Record>(&stored).unwrap(), record, "{file} reads as serde reads it");
}

fn flow_id() -> FlowId {
    FlowId::new(BEGIN, [1; 10])
}

fn deployment_id() -> DeploymentId {
    DeploymentId::new(BEGIN, [2; 10])
}

fn run_id() -> FlowRunId {
    FlowRunId::new(BEGIN, [3; 10])
}

#[test]
fn every_kind_of_task_is_read_for_good() {
    let model = || "shop reviews".to_owned();
    let rule = PromotionRule {
        max_p_value: 0.05,
        max_recall_loss: 0.02,
        max_bytes: Some(1_000_000),
        max_predict_ms: Some(12.5),
    };
    let retries = [
        RetrySpec::never(),
        RetrySpec { n_retries: 3, delay: RetryDelay::List { seconds: vec![1.0, 10.5] }, jitter: 0.25 },
        RetrySpec { n_retries: 50, delay: RetryDelay::Exponential { factor: 2.0 }, jitter: 0.0 },
    ];
    let kinds = vec![
        TaskKind::LoadData { dataset: "reviews".into() },
        TaskKind::Clean { steps: None },
        TaskKind::Clean { steps: Some(vec![CleanStep::Lowercase]) },
        TaskKind::Split { split: SplitSpec::reference() },
        TaskKind::Vectorise,
        TaskKind::Tune { study: StudyPreset::Reference.study(&[ModelKind::MultinomialNb], 7) },
        TaskKind::Fit { study: StudyPreset::ScheduledJob.study(&[], 42) },
        TaskKind::Evaluate { model: model() },
        TaskKind::Log,
        TaskKind::Register { model: model() },
        TaskKind::Promote { model: model(), rule },
        TaskKind::Promote {
            model: model(),
            rule: PromotionRule {
                max_p_value: 1.0,
                max_recall_loss: 0.0,
                max_bytes: None,
                max_predict_ms: None,
            },
        },
    ];
    let task = |(number, kind): (usize, TaskKind)| TaskSpec {
        key: format!("task {number}"),
        kind,
        needs: if number == 0 { Vec::new() } else { vec![format!("task {}", number - 1)] },
        retry: retries[number % 3].clone(),
        timeout_s: (number % 2 == 0).then_some(60),
        is_cached: number % 3 != 1,
    };
    let flow = FlowDefinition {
        schema: 6,
        id: flow_id(),
        version: 12,
        created: BEGIN,
        lifecycle: Lifecycle::Deleted,
        name: "retrain".into(),
        tasks: kinds.into_iter().enumerate().map(task).collect(),
    };
    assert_eq!(flow.key(), format!("{}.000012", flow.id));
    check("flow", Record::Flow(flow.clone()));
    let kinds = [
        TaskKind::ScoreFolder { model: "shop".into(), folder: "/srv/reviews".into() },
        TaskKind::CheckDrift { model: "shop".into() },
    ];
    let tasks = kinds.into_iter().enumerate().map(task).collect();
    check("flow_folder", Record::Flow(FlowDefinition { tasks, ..flow }));
}

#[test]
fn deployments_are_read_for_good() {
    let schedule = |number, cadence, catch_up| Schedule {
        number,
        cadence,
        zone: "Europe/Berlin".into(),
        is_active: number == 0,
        catch_up,
        handled: BEGIN,
    };
    let schedules = vec![
        schedule(0, Cadence::Cron { expression: "*/5 9-17 * * mon-fri".into() }, CatchUp::Latest),
        schedule(1, Cadence::Interval { seconds: 300, anchor: BEGIN }, CatchUp::Skip),
        schedule(2, Cadence::Cron { expression: "@hourly".into() }, CatchUp::All),
    ];
    let busy = Deployment {
        schema: 6,
        id: deployment_id(),
        created: BEGIN,
        lifecycle: Lifecycle::Active,
        name: "every morning".into(),
        flow: flow_id(),
        version: Some(3),
        schedules,
        n_at_a_time: 2,
        overflow: Overflow::CancelNew,
    };
    check("deployment", Record::Deployment(busy.clone()));
    let idle = Deployment { version: None, schedules: Vec::new(), overflow: Overflow::Queue, ..busy };
    check("deployment_idle", Record::Deployment(idle));
}

fn flow_run(cause: Cause) -> FlowRun {
    FlowRun {
        schema: 6,
        id: run_id(),
        root: FlowRunId::new(Millis(BEGIN.0 - 1000), [9; 10]),
        name: "calm-otter-12".into(),
        flow: flow_id(),
        version: 12,
        deployment: Some(deployment_id()),
        created: BEGIN,
        due: Millis(BEGIN.0 + 500),
        begun: Some(Millis(BEGIN.0 + 600)),
        ended: None,
        cause,
        state: State { due: Some(Millis(9)), ..State::new(StateName::AwaitingConcurrencySlot, BEGIN) },
        earlier: StateName::ALL.map(|name| State::new(name, BEGIN).because("Because.")).to_vec(),
        n_states: 17,
        heartbeat: Some(Millis(BEGIN.0 + 700)),
        n_warnings: 2,
    }
}

#[test]
fn flow_runs_and_their_tasks_are_read_for_good() {
    check("flow_run", Record::FlowRun(flow_run(Cause::Schedule { schedule: 1 })));
    let plain = FlowRun {
        deployment: None,
        begun: None,
        state: State::new(StateName::Scheduled, BEGIN),
        earlier: Vec::new(),
        n_states: 1,
        heartbeat: None,
        n_warnings: 0,
        ..flow_run(Cause::Person { who: "me".into() })
    };
    check("flow_run_plain", Record::FlowRun(plain.clone()));
    let goes_on = FlowRun { cause: Cause::GoesOn { earlier: run_id() }, ..plain.clone() };
    check("flow_run_goes_on", Record::FlowRun(goes_on));
    let automation = AutomationId::new(BEGIN, [4; 10]);
    check(
        "flow_run_automation",
        Record::FlowRun(FlowRun { cause: Cause::Automation { automation }, ..plain }),
    );
    let task = TaskRun {
        schema: 6,
        id: run_id().task(7),
        flow_run: run_id(),
        task: "fit".into(),
        created: BEGIN,
        begun: Some(BEGIN),
        ended: Some(Millis(BEGIN.0 + 5)),
        n_begun: 2,
        n_states: 3,
        state: State::new(StateName::TimedOut, BEGIN).because("Too long."),
        earlier: vec![State::new(StateName::Pending, BEGIN), State::new(StateName::Running, BEGIN)],
        cache_key: ContentHash::of(b"fit"),
    };
    check("task_run", Record::TaskRun(task));
}

#[test]
fn what_tasks_give_is_read_for_good() {
    let hash = |text: &str| ContentHash::of(text.as_bytes());
    let run = |number: u8| RunId::new(BEGIN, [number; 10]);
    let mut metrics = SortedMap::new();
    metrics.insert("p_value".to_owned(), 0.012_345_678_901_234_5);
    let outputs = [
        ("data", TaskOutput::Data { file: hash("file"), n_rows: 8518 }),
        ("recipe", TaskOutput::Recipe { recipe: hash("recipe") }),
        ("parts", TaskOutput::Parts),
        (
            "counts",
            TaskOutput::Counts {
                data: DatasetRef { file: hash("file"), recipe: hash("recipe") },
                classes: vec![("negative".into(), 812), ("positive".into(), 4429)],
                corpora: vec![(hash("counts"), hash("terms"))],
            },
        ),
        (
            "fit",
            TaskOutput::Fit {
                study: run(1),
                fit: run(1).final_fit(0),
                pipeline: hash("pipeline"),
                out_of_fold: hash("scores"),
            },
        ),
        ("scores", TaskOutput::Scores { metrics: metrics.clone(), reason: String::new() }),
        ("scores_alone", TaskOutput::Scores { metrics, reason: "Other reviews were held out.".into() }),
        ("logged", TaskOutput::Logged { n_runs: 2 }),
        ("version", TaskOutput::Version { model: "shop".into(), version: 3, is_new: true }),
        (
            "scored",
            TaskOutput::Scored {
                folder: "/srv/reviews".into(),
                model: "shop".into(),
                version: 3,
                files: vec![
                    ScoredFile {
                        file: FolderFile { name: "may.csv".into(), n_bytes: 812, modified: BEGIN },
                        result: "may.scored.csv".into(),
                        n_rows: 40,
                        parts: vec![hash("part")],
                        rows: vec![hash("rows")],
                        is_written: false,
                        reason: String::new(),
                    },
                    ScoredFile { is_written: true, result: "a.scored-2.csv".into(), ..ScoredFile::default() },
                    ScoredFile { reason: "It has no rows.".into(), ..ScoredFile::default() },
                ],
            },
        ),
        ("drift", TaskOutput::Drift { is_found: true, n_rows: 40, sentence: "Other words.".into() }),
        ("promoted", TaskOutput::Promoted { is_champion: false, reason: "It may be chance.".into() }),
    ];
    for (name, output) in outputs {
        let task_run = TaskRunId(format!("{}.004", run_id()));
        let result = TaskResult { schema: 6, key: hash(name), created: BEGIN, task_run, output };
        check(&format!("task_result_{name}"), Record::TaskResult(result));
    }
}

#[test]
fn what_flows_say_is_read_for_good() {
    let line =
        |level, task: &str| LogLine {
            at: BEGIN, level, task: task.into(), text: "„So“\n\u{1f600}".into()
        };
    let lines = LogLevel::ALL.map(|level| line(level, if level == LogLevel::Info { "" } else { "fit" }));
    let page = LogPage { schema: 6, flow_run: run_id(), number: 3, lines: lines.to_vec() };
    check("flow_log", Record::FlowLog(page));
    let happenings = [
        (
            "state",
            Happening::FlowRunState {
                flow_run: run_id(),
                name: "calm-otter-12".into(),
                deployment: Some(deployment_id()),
                state: StateName::Crashed,
                message: "The tab was closed.".into(),
            },
        ),
        ("drift", Happening::DriftFound { model: "shop".into(), reason: "New words.".into() }),
        ("metric", Happening::Metric { model: "shop".into(), name: "f1".into(), value: 0.8125 }),
        ("version", Happening::NewVersion { model: "shop".into(), version: 3 }),
        (
            "automation",
            Happening::AutomationFired {
                automation: AutomationId::new(BEGIN, [4; 10]),
                name: "tell me".into(),
            },
        ),
    ];
    for (name, happening) in happenings {
        let id = FlowEventId::new(BEGIN, [5; 10]);
        let event = FlowEvent { schema: 6, id, at: BEGIN, happening };
        check(&format!("flow_event_{name}"), Record::FlowEvent(event));
    }
}

#[test]
fn automations_are_read_for_good() {
    let expects = [
        ("state", Expectation::FlowState { deployment: None, states: StateName::ALL.to_vec() }),
        ("drift", Expectation::Drift { model: String::new() }),
        (
            "metric",
            Expectation::Metric { model: "shop".into(), name: "f1".into(), is_over: false, value: 0.75 },
        ),
        ("version", Expectation::NewVersion { model: "shop".into() }),
    ];
    let deployment = deployment_id;
    let actions = vec![
        Action::RunDeployment { deployment: deployment() },
        Action::PauseSchedules { deployment: deployment() },
        Action::MoveAlias { model: "shop".into(), alias: "challenger".into() },
        Action::Notify { text: "Look.".into() },
    ];
    for (name, expect) in expects {
        let posture = if name == "drift" { Posture::Proactive } else { Posture::Reactive };
        let seen = if name == "metric" { vec![BEGIN] } else { Vec::new() };
        let automation = Automation {
            schema: 6,
            id: AutomationId::new(BEGIN, [4; 10]),
            created: BEGIN,
            lifecycle: Lifecycle::Active,
            name: "tell me".into(),
            is_active: true,
            trigger: Trigger { posture, expect, threshold: 2, within_s: 600 },
            actions: actions.clone(),
            progress: TriggerProgress {
                fired: (!seen.is_empty()).then_some(BEGIN),
                seen,
                since: BEGIN,
                heard: None,
            },
        };
        check(&format!("automation_{name}"), Record::Automation(automation));
    }
}
