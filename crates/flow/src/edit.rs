//! What an editor does with a flow: a version in, the next version's tasks out, or one sentence why not.
//!
//! An edit may leave a flow that cannot be run yet; it never leaves one with a name that is wrong or given twice.

use track::flow::{FlowDefinition, TaskSpec};

use crate::graph::{FlowError, MAX_TASKS};

/// Adds a task behind the others.
///
/// # Errors
/// Where its name cannot be used, it comes after a task that is not there, or there are too many.
pub fn add_task(flow: &FlowDefinition, task: TaskSpec) -> Result<FlowDefinition, FlowError> {
    if flow.tasks.len() >= MAX_TASKS {
        return Err(FlowError::TooMany { n_tasks: flow.tasks.len() + 1 });
    }
    let mut next = flow.clone();
    next.tasks.push(task);
    checked(next)
}

/// Takes a task away. Those that came after it come after what it came after.
///
/// # Errors
/// Where there is no such task.
pub fn drop_task(flow: &FlowDefinition, key: &str) -> Result<FlowDefinition, FlowError> {
    let Some(gone) = flow.task(key).cloned() else {
        return Err(FlowError::Unknown { task: flow.name.clone(), needed: key.to_owned() });
    };
    let mut next = flow.clone();
    next.tasks.retain(|task| task.key != key);
    for task in &mut next.tasks {
        if let Some(place) = task.needs.iter().position(|needed| needed == key) {
            task.needs.remove(place);
            let new = gone.needs.iter().filter(|needed| !task.needs.contains(needed)).cloned();
            let new: Vec<String> = new.collect();
            task.needs.splice(place..place, new);
        }
    }
    checked(next)
}

/// Puts `task` in the place of the one called `key`; those that came after it still do, whatever it is called now.
///
/// # Errors
/// Where there is no such task, or the new one's name cannot be used, or it comes after a task that is not there, or
/// after itself.
pub fn change_task(flow: &FlowDefinition, key: &str, task: TaskSpec) -> Result<FlowDefinition, FlowError> {
    let Some(place) = flow.tasks.iter().position(|known| known.key == key) else {
        return Err(FlowError::Unknown { task: flow.name.clone(), needed: key.to_owned() });
    };
    let mut next = flow.clone();
    let needs = next.tasks.iter_mut().flat_map(|other| &mut other.needs);
    needs.filter(|needed| *needed == key).for_each(|needed| needed.clone_from(&task.key));
    next.tasks[place] = task;
    checked(next)
}

/// The edited flow as the next version, where it has an order.
fn checked(next: FlowDefinition) -> Result<FlowDefinition, FlowError> {
    crate::graph::order(&next)?;
    Ok(next)
}
