//! `reviewlab flow automate`, `automations` and `forget`: when something happens, or does not, something is done.
//! In: a name, words. Out: the automation's record. Never: two automations of one name, or one that would set itself off.

use ::flow::check_automation;
use track::SCHEMA;
use track::experiment::Lifecycle;
use track::flow::{Action, Automation, Deployment, Expectation, Posture, Trigger, TriggerProgress};
use track::id::{AutomationId, DeploymentId};
use track::record::Record;

use crate::arguments::{ActionWords, AutomationWords, EventWords};
use crate::clock;
use crate::failure::Failure;
use crate::pump::print;

use super::desk::Desk;

/// Keeps an automation; one of that name is changed.
///
/// # Errors
/// Where a deployment is not there, or it cannot work.
pub fn automate(desk: &Desk, name: &str, words: &AutomationWords) -> Result<(), Failure> {
    if name.trim().is_empty() {
        return Err(Failure::wrong("An automation needs a name."));
    }
    let deployments = desk.deployments()?;
    let find = |wanted: &str| -> Result<DeploymentId, Failure> {
        let found = deployments.iter().find(|known| known.name == wanted);
        found.map(|known| known.id.clone()).ok_or_else(|| {
            Failure::wrong(format!(
                "There is no deployment '{wanted}': make it with `reviewlab flow deploy`."
            ))
        })
    };
    let expect = match words.event.clone() {
        EventWords::State { states, deployment } => {
            Expectation::FlowState { deployment: deployment.as_deref().map(find).transpose()?, states }
        }
        EventWords::Drift { model } => Expectation::Drift { model },
        EventWords::Metric { model, name, is_over, value } => {
            Expectation::Metric { model, name, is_over, value }
        }
        EventWords::Version { model } => Expectation::NewVersion { model },
    };
    let action = |words: &ActionWords| {
        Ok(match words {
            ActionWords::Run(name) => Action::RunDeployment { deployment: find(name)? },
            ActionWords::Pause(name) => Action::PauseSchedules { deployment: find(name)? },
            ActionWords::Alias { model, alias } => {
                Action::MoveAlias { model: model.clone(), alias: alias.clone() }
            }
            ActionWords::Notify(text) => Action::Notify { text: text.clone() },
        })
    };
    let actions: Result<Vec<Action>, Failure> = words.actions.iter().map(action).collect();
    let now = clock::now();
    let known = desk.automations()?.into_iter().find(|known| known.name == name);
    let automation = Automation {
        schema: SCHEMA,
        id: known.map_or_else(|| AutomationId::new(now, clock::entropy()), |known| known.id),
        // What happened before it listened so is not heard.
        created: now,
        lifecycle: Lifecycle::Active,
        name: name.to_owned(),
        is_active: true,
        trigger: Trigger {
            posture: words.posture,
            expect,
            threshold: words.threshold,
            within_s: words.within_s,
        },
        actions: actions?,
        progress: TriggerProgress { since: now, ..TriggerProgress::default() },
    };
    check_automation(&automation).map_err(|error| Failure::wrong(format!("'{name}': {error}.")))?;
    let text = described(&automation, &deployments);
    desk.write(vec![Record::Automation(automation)])?;
    print(&text)
}

/// Takes an automation out of use.
///
/// # Errors
/// Where there is none of that name.
pub fn forget(desk: &Desk, name: &str) -> Result<(), Failure> {
    let found = desk.automations()?.into_iter().find(|known| known.name == name);
    let Some(mut gone) = found else {
        return Err(Failure::wrong(format!("There is no automation '{name}'.")));
    };
    (gone.lifecycle, gone.is_active) = (Lifecycle::Deleted, false);
    desk.write(vec![Record::Automation(gone)])?;
    print(&format!("{name} is forgotten.\n"))
}

/// An automation in a line.
pub fn described(automation: &Automation, deployments: &[Deployment]) -> String {
    let name_of = |id: &DeploymentId| {
        let found = deployments.iter().find(|known| known.id == *id);
        found.map_or("a deployment that is gone", |known| known.name.as_str()).to_owned()
    };
    let of_model = |model: &str| if model.is_empty() { String::new() } else { format!(" of {model}") };
    let Trigger { posture, expect, threshold, within_s } = &automation.trigger;
    let what = match expect {
        Expectation::FlowState { deployment, states } => {
            let of = deployment
                .as_ref()
                .map_or_else(|| "a run".to_owned(), |id| format!("a run of {}", name_of(id)));
            let names: Vec<&str> = states.iter().map(|state| state.as_str()).collect();
            match names.is_empty() {
                true => format!("{of} comes to another state"),
                false => format!("{of} is {}", names.join(" or ")),
            }
        }
        Expectation::Drift { model } => format!("drift{} is found", of_model(model)),
        Expectation::Metric { model, name, is_over, value } => {
            let side = if *is_over { "over" } else { "under" };
            format!("{name}{} is {side} {value}", of_model(model))
        }
        Expectation::NewVersion { model } => format!("a version{} is registered", of_model(model)),
    };
    let times = if *threshold == 1 { String::new() } else { format!(", {threshold} times") };
    let within = if *within_s == 0 { String::new() } else { format!(" within {within_s} s") };
    let when = match posture {
        Posture::Reactive => format!("when {what}{times}{within}"),
        Posture::Proactive => format!("unless {what}{times}{within}"),
    };
    let done = automation.actions.iter().map(|action| match action {
        Action::RunDeployment { deployment } => format!("run {}", name_of(deployment)),
        Action::PauseSchedules { deployment } => format!("pause {}", name_of(deployment)),
        Action::MoveAlias { model, alias } => format!("let {alias} of {model} be the newest version"),
        Action::Notify { text } => format!("say \"{text}\""),
    });
    let asleep = if automation.is_active { "" } else { " (switched off)" };
    format!("{}: {when}: {}{asleep}\n", automation.name, done.collect::<Vec<_>>().join(", "))
}
