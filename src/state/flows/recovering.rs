//! Runs that were under way in a tab that was closed: crashed, said so, and in a tab that took over gone on with.

use flow::{crash, going_on};
use storage::{Batch, Order, Query};
use track::SCHEMA;
use track::flow::{
    FlowRun, LINES_PER_PAGE, LogLevel, LogLine, LogPage, State, StateName, StateType, TaskRun,
};
use track::id::{FlowRunId, Millis};
use track::record::{Collection, Record};

use super::due_runs::came_to;
use crate::services::store::StoreService;
use crate::services::{Services, clock};

/// What a run is told whose tab was closed.
const CLOSED: &str = "Its tab was closed.";
/// What it is told whose tab gave the writing away.
const TAKEN_OVER: &str = "Another tab took over.";
/// Flow runs looked at.
const MAX_LOOKED: usize = 1_000;
/// Tasks of one run.
const MAX_TASKS: usize = 1_000;

/// Brings runs that nothing runs any more to their end, where this tab is the writer. `is_here` says which this tab
/// runs itself.
pub(super) async fn recover(services: &Services, is_here: impl Fn(&FlowRunId) -> bool) -> Result<(), String> {
    let store = &services.store;
    let _turn = store.turn().await;
    let words = |error: storage::StoreError| error.to_string();
    let all =
        store.list(&Query::All(Collection::FlowRuns), Order::Descending, MAX_LOOKED).await.map_err(words)?;
    let reason = if store.has_taken_over() { TAKEN_OVER } else { CLOSED };
    for record in all {
        let Record::FlowRun(mut run) = record else { continue };
        let is_waiting = run.state.of_type() == StateType::Scheduled && run.state.name != StateName::Resuming;
        if run.has_ended() || is_waiting || is_here(&run.id) {
            continue;
        }
        let mut tasks = open_tasks(store, &run.id).await?;
        let now = clock::now();
        if run.state.of_type() == StateType::Cancelling {
            flow::enter_flow(&mut run, State::new(StateName::Cancelled, now));
        }
        crash(&mut run, &mut tasks, now, reason);
        let page = log_page(store, &run, now).await?;
        let mut records = vec![Record::FlowRun(run.clone()), Record::FlowLog(page)];
        records.push(Record::FlowEvent(came_to(&run, clock::entropy())));
        records.extend(tasks.into_iter().map(Record::TaskRun));
        if store.has_taken_over() && run.state.name == StateName::Crashed {
            let next = going_on(&run, FlowRunId::new(now, clock::entropy()), now);
            records.push(Record::FlowRun(next));
        }
        store.write(Batch { records, blobs: Vec::new() }).await.map_err(words)?;
    }
    Ok(())
}

async fn open_tasks(store: &StoreService, run: &FlowRunId) -> Result<Vec<TaskRun>, String> {
    let of_run = Query::OfFlowRun(Collection::TaskRuns, run.clone());
    let tasks = store.list(&of_run, Order::Ascending, MAX_TASKS).await.map_err(|error| error.to_string())?;
    let open = |record| match record {
        Record::TaskRun(task) if !task.has_ended() => Some(task),
        _ => None,
    };
    Ok(tasks.into_iter().filter_map(open).collect())
}

/// The last page of a run's log with one line more: how it ended.
async fn log_page(store: &StoreService, run: &FlowRun, now: Millis) -> Result<LogPage, String> {
    let of_run = Query::OfFlowRun(Collection::FlowLogs, run.id.clone());
    let last = store.list(&of_run, Order::Descending, 1).await.map_err(|error| error.to_string())?;
    let last = last.into_iter().find_map(|record| match record {
        Record::FlowLog(page) => Some(page),
        _ => None,
    });
    let text = format!("The run is {}: {}", run.state.name.as_str(), run.state.message);
    let line = LogLine { at: now, level: LogLevel::Error, task: String::new(), text };
    Ok(match last {
        Some(mut page) if page.lines.len() < LINES_PER_PAGE => {
            page.lines.push(line);
            page
        }
        last => {
            let number = last.map_or(0, |page| page.number + 1);
            LogPage { schema: SCHEMA, flow_run: run.id.clone(), number, lines: vec![line] }
        }
    })
}
