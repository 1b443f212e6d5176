//! What uses registered models beside their aliases: deployments and automations. The history in; versions that know who
//! uses them out.

use storage::{Order, Query, StoreError};
use track::flow::users_of_models;
use track::record::{Collection, Record};
use track::registry::{Registry, RegistryEvent};

use crate::services::store::StoreService;

/// Records of a kind that are looked at, the newest.
const MAX_LOOKED_AT: usize = 10_000;

/// What the history adds up to, with who uses what.
pub(super) async fn with_users(
    store: &StoreService,
    events: &[RegistryEvent],
) -> Result<Registry, StoreError> {
    let (mut flows, mut deployments, mut automations) = (Vec::new(), Vec::new(), Vec::new());
    for collection in [Collection::Flows, Collection::Deployments, Collection::Automations] {
        for record in store.list(&Query::All(collection), Order::Descending, MAX_LOOKED_AT).await? {
            match record {
                Record::Flow(flow) => flows.push(flow),
                Record::Deployment(deployment) => deployments.push(deployment),
                Record::Automation(automation) => automations.push(automation),
                _ => {}
            }
        }
    }
    let mut now = Registry::from_events(events);
    now.know_users(users_of_models(&flows, &deployments, &automations));
    Ok(now)
}
