//! What automations do because of what happened: events and the time in; changed records, notices and wanted runs out.
//!
//! Never: an event acted on twice.

use flow::{on_event, on_time};
use storage::{Order, Query};
use track::SCHEMA;
use track::flow::{Action, Automation, FlowEvent, Happening};
use track::id::{AutomationId, DeploymentId, FlowEventId, Millis};
use track::record::{Collection, Record};
use track::registry::{RegistryError, RegistryEvent};

use super::book::FlowBook;
use super::prepare::registry;
use crate::services::store::StoreService;
use crate::services::{Services, clock, settings};
use crate::state::format;

/// Events that are looked at, the newest: of more at once the oldest are not heard.
const MAX_HEARD: usize = 1_000;
/// Events read at first: mostly only a few are new.
const N_FRESH: usize = 20;

/// What came of a look.
#[derive(Default)]
pub(super) struct Reacted {
    /// The newest event that is known now.
    pub seen: Option<FlowEventId>,
    /// Whether records were written.
    pub has_changed: bool,
    /// Runs that are wanted, and by which automation.
    pub wanted: Vec<(DeploymentId, AutomationId)>,
    /// What the person is told: the automation's name and its words.
    pub notices: Vec<(String, String)>,
}

/// The id of the newest event.
pub(super) async fn newest_event(store: &StoreService) -> Option<FlowEventId> {
    events(store, 1).await.ok()?.into_iter().next().map(|event| event.id)
}

/// Newest first.
async fn events(store: &StoreService, limit: usize) -> Result<Vec<FlowEvent>, String> {
    let all = Query::All(Collection::FlowEvents);
    let records = store.list(&all, Order::Descending, limit).await.map_err(|error| error.to_string())?;
    let event = |record| if let Record::FlowEvent(event) = record { Some(event) } else { None };
    Ok(records.into_iter().filter_map(event).collect())
}

/// Events after `seen`, oldest first.
async fn new_events(store: &StoreService, seen: Option<&FlowEventId>) -> Result<Vec<FlowEvent>, String> {
    let is_new = |event: &FlowEvent| seen.is_none_or(|seen| event.id > *seen);
    let mut found = events(store, N_FRESH).await?;
    if found.len() == N_FRESH && found.iter().all(is_new) {
        found = events(store, MAX_HEARD).await?;
    }
    found.retain(is_new);
    found.reverse();
    Ok(found)
}

/// Shows all automations what happened after `seen`, and the time. What they change is written.
pub(super) async fn react(
    services: &Services,
    book: &FlowBook,
    seen: Option<FlowEventId>,
    now: Millis,
) -> Result<Reacted, String> {
    let new = new_events(&services.store, seen.as_ref()).await?;
    let seen = new.last().map(|event| event.id.clone()).or(seen);
    let mut reacted = Reacted { seen, ..Reacted::default() };
    for known in &book.automations {
        let mut automation = known.clone();
        let mut n_acts = new.iter().filter(|event| on_event(&mut automation, event)).count();
        n_acts += usize::from(on_time(&mut automation, now));
        if automation == *known {
            continue;
        }
        reacted.has_changed = true;
        let mut records = vec![Record::Automation(automation.clone())];
        for _ in 0..n_acts {
            act(services, (book, &automation), now, (&mut records, &mut reacted)).await?;
        }
        services.write_records(records).await?;
    }
    Ok(reacted)
}

/// What an automation does, as records to be written with what it counted.
async fn act(
    services: &Services,
    (book, automation): (&FlowBook, &Automation),
    now: Millis,
    (records, reacted): (&mut Vec<Record>, &mut Reacted),
) -> Result<(), String> {
    for action in &automation.actions {
        match action {
            Action::RunDeployment { deployment } => {
                reacted.wanted.push((deployment.clone(), automation.id.clone()));
            }
            Action::PauseSchedules { deployment } => {
                if let Some(mut paused) = book.deployment(deployment).cloned() {
                    paused.schedules.iter_mut().for_each(|schedule| schedule.is_active = false);
                    records.push(Record::Deployment(paused));
                }
            }
            Action::MoveAlias { model, alias } => {
                match moved_alias(services, (model, alias), automation, now).await? {
                    Ok(event) => records.push(Record::Registry(event)),
                    Err(RegistryError::Unchanged) => {}
                    Err(error) => {
                        let why = format::sentence(&error.to_string());
                        reacted.notices.push((automation.name.clone(), why));
                    }
                }
            }
            Action::Notify { text } => reacted.notices.push((automation.name.clone(), text.clone())),
        }
    }
    let happening =
        Happening::AutomationFired { automation: automation.id.clone(), name: automation.name.clone() };
    let id = FlowEventId::new(now, clock::entropy());
    records.push(Record::FlowEvent(FlowEvent { schema: SCHEMA, id, at: now, happening }));
    Ok(())
}

/// An alias comes to the newest version, or why it cannot.
async fn moved_alias(
    services: &Services,
    (model, alias): (&str, &str),
    automation: &Automation,
    now: Millis,
) -> Result<Result<RegistryEvent, RegistryError>, String> {
    let registry = registry(services).await?;
    let newest = registry.model(model).and_then(|model| model.latest()).map(|version| version.version);
    let who = settings::your_name();
    Ok(newest.ok_or_else(|| RegistryError::UnknownModel { name: model.to_owned() }).and_then(|version| {
        let change = registry.set_alias(model, alias, version)?;
        let why = format!("Automation '{}'.", automation.name);
        registry.event(change, (&who, &why), now, clock::entropy())
    }))
}
