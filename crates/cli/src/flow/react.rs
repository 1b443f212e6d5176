//! What automations do because of what happened.
//! In: the events that a run left, the time. Out: changed records, and what is to be run. Never: an event acted on
//! twice.

use ::flow::{on_event, on_time};
use storage::Query;
use track::SCHEMA;
use track::flow::{Action, Automation, FlowEvent, Happening};
use track::id::{DeploymentId, FlowEventId, Millis};
use track::record::{Collection, Record};
use track::registry::Registry;

use crate::clock;
use crate::failure::Failure;

use super::desk::{Desk, listed};
use super::run::OWNER;

/// A run that an automation asks for.
pub struct Wanted {
    /// Of which deployment.
    pub deployment: DeploymentId,
    /// Which automation asks.
    pub by: track::id::AutomationId,
}

fn events(desk: &Desk) -> Result<Vec<FlowEvent>, Failure> {
    let of = |record| if let Record::FlowEvent(event) = record { Some(event) } else { None };
    listed(&desk.project, &Query::All(Collection::FlowEvents), of)
}

/// Shows all automations what happened after `seen`, and the time. What they do is written; runs they want are given
/// back.
///
/// # Errors
/// Where records cannot be read or written.
pub fn react(desk: &Desk, seen: &mut Option<FlowEventId>, now: Millis) -> Result<Vec<Wanted>, Failure> {
    let new: Vec<FlowEvent> =
        events(desk)?.into_iter().filter(|event| seen.as_ref().is_none_or(|seen| event.id > *seen)).collect();
    if let Some(last) = new.last() {
        *seen = Some(last.id.clone());
    }
    let mut wanted = Vec::new();
    for mut automation in desk.automations()? {
        let before = automation.clone();
        let mut n_acts = new.iter().filter(|event| on_event(&mut automation, event)).count();
        n_acts += usize::from(on_time(&mut automation, now));
        if automation != before {
            desk.write(vec![Record::Automation(automation.clone())])?;
        }
        for _ in 0..n_acts {
            wanted.extend(act(desk, &automation, now)?);
        }
    }
    Ok(wanted)
}

/// Does what an automation does.
fn act(desk: &Desk, automation: &Automation, now: Millis) -> Result<Vec<Wanted>, Failure> {
    let mut wanted = Vec::new();
    for action in &automation.actions {
        match action {
            Action::RunDeployment { deployment } => {
                wanted.push(Wanted { deployment: deployment.clone(), by: automation.id.clone() });
            }
            Action::PauseSchedules { deployment } => {
                let found = desk.deployments()?.into_iter().find(|known| known.id == *deployment);
                if let Some(mut paused) = found {
                    paused.schedules.iter_mut().for_each(|schedule| schedule.is_active = false);
                    desk.write(vec![Record::Deployment(paused)])?;
                }
            }
            Action::MoveAlias { model, alias } => move_alias(desk, (model, alias), automation, now)?,
            Action::Notify { text } => eprintln!("reviewlab: {}: {text}", automation.name),
        }
    }
    let happening =
        Happening::AutomationFired { automation: automation.id.clone(), name: automation.name.clone() };
    let id = FlowEventId::new(now, clock::entropy());
    desk.write(vec![Record::FlowEvent(FlowEvent { schema: SCHEMA, id, at: now, happening })])?;
    Ok(wanted)
}

/// An alias comes to the newest version; where that cannot be, why is said.
fn move_alias(
    desk: &Desk,
    (model, alias): (&str, &str),
    automation: &Automation,
    now: Millis,
) -> Result<(), Failure> {
    let registry: Registry = pollster::block_on(desk.project.registry())?;
    let newest = registry.model(model).and_then(|model| model.latest()).map(|version| version.version);
    let event = newest
        .ok_or(track::registry::RegistryError::UnknownModel { name: model.to_owned() })
        .and_then(|version| {
            let change = registry.set_alias(model, alias, version)?;
            let why = format!("Automation '{}'.", automation.name);
            registry.event(change, (OWNER, &why), now, clock::entropy())
        });
    match event {
        Ok(event) => desk.write(vec![Record::Registry(event)]),
        Err(track::registry::RegistryError::Unchanged) => Ok(()),
        Err(error) => {
            eprintln!("reviewlab: {}: {error}.", automation.name);
            Ok(())
        }
    }
}
