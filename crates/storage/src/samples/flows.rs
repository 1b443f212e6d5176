//! A flow with its deployment, runs of it, and what they leave.

use engine::num::ContentHash;
use track::dataset::DatasetRef;
use track::experiment::Lifecycle;
use track::flow::{
    Action, Automation, Cadence, CatchUp, Cause, Deployment, Expectation, FlowDefinition, FlowEvent, FlowRun,
    Happening, LogLevel, LogLine, LogPage, Overflow, Posture, RetrySpec, Schedule, State, StateName,
    TaskKind, TaskOutput, TaskResult, TaskRun, TaskSpec, Trigger, TriggerProgress,
};
use track::id::{AutomationId, DeploymentId, FlowEventId, FlowId, FlowRunId};
use track::name::memorable;
use track::record::Record;

use super::{entropy, instant};

/// One record of every kind that flows leave.
pub fn flow_records() -> Vec<Record> {
    let run = flow_run(0, StateName::Running);
    vec![
        Record::Flow(flow_definition(0)),
        Record::Deployment(deployment(0)),
        Record::TaskRun(task_run(&run, 0, StateName::Completed)),
        Record::TaskResult(task_result(&run)),
        Record::FlowLog(log_page(&run, 0)),
        Record::FlowEvent(flow_event(&run, 0)),
        Record::Automation(automation(0)),
        Record::FlowRun(run),
    ]
}

/// The `number`th flow, of one task.
pub fn flow_definition(number: u32) -> FlowDefinition {
    let kind = TaskKind::LoadData { dataset: String::new() };
    let task = TaskSpec {
        key: "load".into(),
        kind,
        needs: Vec::new(),
        retry: RetrySpec::never(),
        timeout_s: None,
        is_cached: true,
    };
    FlowDefinition {
        schema: track::SCHEMA,
        id: FlowId::new(instant(number), entropy(number)),
        version: 1,
        created: instant(number),
        lifecycle: Lifecycle::Active,
        name: format!("flow {number}"),
        tasks: vec![task],
    }
}

/// A deployment of the `number`th flow, every hour.
pub fn deployment(number: u32) -> Deployment {
    let cadence = Cadence::Cron { expression: "@hourly".into() };
    let schedule = Schedule {
        number: 0,
        cadence,
        zone: "Europe/Berlin".into(),
        is_active: true,
        catch_up: CatchUp::Latest,
        handled: instant(number),
    };
    Deployment {
        schema: track::SCHEMA,
        id: DeploymentId::new(instant(number), entropy(number)),
        created: instant(number),
        lifecycle: Lifecycle::Active,
        name: format!("hourly {number}"),
        flow: flow_definition(number).id,
        version: None,
        schedules: vec![schedule],
        n_at_a_time: 1,
        overflow: Overflow::Queue,
    }
}

/// The `number`th flow run, in a state.
pub fn flow_run(number: u32, state: StateName) -> FlowRun {
    let id = FlowRunId::new(instant(number), entropy(number));
    FlowRun {
        schema: track::SCHEMA,
        root: id.clone(),
        name: memorable(id.as_str()),
        id,
        flow: flow_definition(0).id,
        version: 1,
        deployment: None,
        created: instant(number),
        due: instant(number),
        begun: None,
        ended: None,
        cause: Cause::Person { who: "me".into() },
        state: State::new(state, instant(number)),
        earlier: Vec::new(),
        n_states: 1,
        heartbeat: None,
        n_warnings: 0,
    }
}

/// Task `number` of a flow run, in a state.
pub fn task_run(run: &FlowRun, number: usize, state: StateName) -> TaskRun {
    TaskRun {
        schema: track::SCHEMA,
        id: run.id.task(number),
        flow_run: run.id.clone(),
        task: "load".into(),
        created: run.created,
        begun: None,
        ended: None,
        n_begun: 1,
        n_states: 1,
        state: State::new(state, run.created),
        earlier: Vec::new(),
        cache_key: ContentHash::of(b"load"),
    }
}

/// What a task of a flow run gave.
pub fn task_result(run: &FlowRun) -> TaskResult {
    TaskResult {
        schema: track::SCHEMA,
        key: ContentHash::of(b"load"),
        created: run.created,
        task_run: run.id.task(0),
        output: TaskOutput::Data { file: ContentHash::of(b"file"), n_rows: 3 },
    }
}

/// What the `number`th counting of words gave.
pub fn counting(number: u32, corpus: (ContentHash, ContentHash)) -> TaskResult {
    let data = DatasetRef { file: corpus.0, recipe: corpus.1 };
    TaskResult {
        key: ContentHash::of(&number.to_le_bytes()),
        created: instant(number),
        output: TaskOutput::Counts { data, classes: Vec::new(), corpora: vec![corpus] },
        ..task_result(&flow_run(0, StateName::Completed))
    }
}

/// A page of what a flow run said.
pub fn log_page(run: &FlowRun, number: u32) -> LogPage {
    let line = LogLine {
        at: run.created,
        level: LogLevel::Info,
        task: "load".into(),
        text: format!("Line of page {number}."),
    };
    LogPage { schema: track::SCHEMA, flow_run: run.id.clone(), number, lines: vec![line] }
}

/// Something that happened to a flow run.
pub fn flow_event(run: &FlowRun, number: u32) -> FlowEvent {
    let happening = Happening::FlowRunState {
        flow_run: run.id.clone(),
        name: run.name.clone(),
        deployment: None,
        state: run.state.name,
        message: String::new(),
    };
    let at = instant(number);
    FlowEvent { schema: track::SCHEMA, id: FlowEventId::new(at, entropy(number)), at, happening }
}

/// The `number`th automation: it tells of failed runs.
pub fn automation(number: u32) -> Automation {
    let expect = Expectation::FlowState { deployment: None, states: vec![StateName::Failed] };
    Automation {
        schema: track::SCHEMA,
        id: AutomationId::new(instant(number), entropy(number)),
        created: instant(number),
        lifecycle: Lifecycle::Active,
        name: format!("tell me {number}"),
        is_active: true,
        trigger: Trigger { posture: Posture::Reactive, expect, threshold: 1, within_s: 0 },
        actions: vec![Action::Notify { text: "A run failed.".into() }],
        progress: TriggerProgress::default(),
    }
}
