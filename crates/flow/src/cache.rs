//! What a task's result is kept under: the hash of all that it depends on.
//!
//! File and recipe of the data, what the task and those before it do, the engine that does it. Names, retries and time
//! limits change nothing of a result, so they are not part of it. What changes the world outside the flow is kept for
//! one flow run and those that go on from it, so that it is done once.

use engine::ENGINE_VERSION;
use engine::num::{ContentHash, SortedMap};
use engine::tune::StudySpec;
use json::ToJson;
use track::dataset::DatasetRef;
use track::flow::{FlowDefinition, TaskKind, TaskSpec};
use track::id::FlowRunId;

use crate::graph::{FlowError, ancestors, order};

/// What is hashed.
#[derive(ToJson)]
struct DependsOn<'a> {
    engine: &'a str,
    kind: &'a TaskKind,
    data: &'a DatasetRef,
    root: &'a str,
    before: Vec<ContentHash>,
    /// Of counts: what is to learn from them decides what is counted.
    learners: Vec<&'a StudySpec>,
}

/// The cache keys of all tasks, by their names.
///
/// # Errors
/// Where the tasks have no order.
pub fn cache_keys(
    flow: &FlowDefinition,
    data: &DatasetRef,
    root: &FlowRunId,
) -> Result<SortedMap<String, ContentHash>, FlowError> {
    let mut keys: SortedMap<String, ContentHash> = SortedMap::new();
    for place in order(flow)? {
        let task = &flow.tasks[place];
        let mut before: Vec<ContentHash> =
            task.needs.iter().filter_map(|needed| keys.get(needed).copied()).collect();
        before.sort();
        let root = if is_cacheable(task) && !task.kind.is_effect() { "" } else { root.as_str() };
        let depends_on = DependsOn {
            engine: ENGINE_VERSION,
            kind: &task.kind,
            data,
            root,
            before,
            learners: learners(flow, place),
        };
        keys.insert(task.key.clone(), ContentHash::of(json::to_string(&depends_on).as_bytes()));
    }
    Ok(keys)
}

/// The studies that learn from what the task at `place` counts, in the order of their tasks; none of another task.
pub fn learners(flow: &FlowDefinition, place: usize) -> Vec<&StudySpec> {
    if flow.tasks[place].kind != TaskKind::Vectorise {
        return Vec::new();
    }
    let tasks = flow.tasks.iter().enumerate();
    tasks
        .filter(|(learner, _)| ancestors(flow, *learner).contains(&place))
        .filter_map(|(_, task)| match &task.kind {
            TaskKind::Tune { study } | TaskKind::Fit { study } => Some(study),
            _ => None,
        })
        .collect()
}

/// Whether other flow runs may take what it gave.
pub fn is_cacheable(task: &TaskSpec) -> bool {
    task.is_cached && !task.kind.is_effect()
}
