//! What is kept of flows, read for a page and kept true: all of it once, then what can have changed.
//!
//! A flow run that has ended stays as it is, so it is read once.

use std::rc::Rc;

use storage::{Order, Query, StoreError};
use track::experiment::Lifecycle;
use track::flow::{Automation, Deployment, FlowDefinition, FlowRun};
use track::record::{Collection, Record};

use super::Flows;
use super::book::FlowBook;
use crate::services::store::StoreService;
use crate::state::loadable::Loadable;

/// Flow runs that are read, the newest.
pub const MAX_RUNS_READ: usize = 2_000;
/// Flow runs read again at every change of the store.
const N_FRESH: usize = 40;
/// Records of definitions, deployments and automations.
const MAX_READ: usize = 10_000;

impl Flows {
    pub(super) async fn load(self) {
        let services = self.services();
        match self.read(&services.store).await {
            Ok(book) => {
                let is_new =
                    self.book.with_untracked(|known| known.loaded().is_none_or(|known| **known != book));
                if is_new {
                    self.book.set(Loadable::Loaded(Rc::new(book)));
                }
            }
            // What is shown stays: the next change of the store is another chance.
            Err(_) if self.book.with_untracked(Loadable::is_loaded) => {}
            Err(error) => self.book.set(Loadable::Failed(error.to_string())),
        }
    }

    async fn read(self, store: &StoreService) -> Result<FlowBook, StoreError> {
        let n_runs = store.count(&Query::All(Collection::FlowRuns)).await?;
        let known = self.known.with(Vec::clone);
        let is_whole = known.len() as u64 <= n_runs && n_runs <= known.len() as u64 + N_FRESH as u64 / 2;
        let runs = if known.is_empty() || !is_whole {
            newest_runs(store, MAX_RUNS_READ).await?
        } else {
            freshened(store, known).await?
        };
        self.known.set(runs.clone());
        Ok(FlowBook { runs, n_runs, ..read_plans(store).await? })
    }
}

/// The newest flow runs, newest first.
pub(super) async fn newest_runs(store: &StoreService, limit: usize) -> Result<Vec<FlowRun>, StoreError> {
    let records = store.list(&Query::All(Collection::FlowRuns), Order::Descending, limit).await?;
    let run = |record| if let Record::FlowRun(run) = record { Some(run) } else { None };
    Ok(records.into_iter().filter_map(run).collect())
}

/// Known runs with what can have changed: the newest, and those that have not ended.
async fn freshened(store: &StoreService, mut known: Vec<FlowRun>) -> Result<Vec<FlowRun>, StoreError> {
    let fresh = newest_runs(store, N_FRESH).await?;
    let oldest = fresh.last().map(|run| run.id.clone());
    known.retain(|run| oldest.as_ref().is_some_and(|oldest| run.id < *oldest));
    for run in known.iter_mut().filter(|run| !run.has_ended()) {
        if let Some(Record::FlowRun(now)) = store.get(Collection::FlowRuns, run.id.as_str()).await? {
            *run = now;
        }
    }
    let mut all = fresh;
    all.append(&mut known);
    all.truncate(MAX_RUNS_READ);
    Ok(all)
}

/// Everything but the runs.
pub(super) async fn read_plans(store: &StoreService) -> Result<FlowBook, StoreError> {
    async fn all(store: &StoreService, of: Collection) -> Result<Vec<Record>, StoreError> {
        store.list(&Query::All(of), Order::Ascending, MAX_READ).await
    }
    let flow = |record| match record {
        Record::Flow(flow) if flow.lifecycle == Lifecycle::Active => Some(flow),
        _ => None,
    };
    let deployment = |record| match record {
        Record::Deployment(deployment) if deployment.lifecycle == Lifecycle::Active => Some(deployment),
        _ => None,
    };
    let automation = |record| match record {
        Record::Automation(automation) if automation.lifecycle == Lifecycle::Active => Some(automation),
        _ => None,
    };
    let flows: Vec<FlowDefinition> =
        all(store, Collection::Flows).await?.into_iter().filter_map(flow).collect();
    let deployments: Vec<Deployment> =
        all(store, Collection::Deployments).await?.into_iter().filter_map(deployment).collect();
    let automations: Vec<Automation> =
        all(store, Collection::Automations).await?.into_iter().filter_map(automation).collect();
    Ok(FlowBook { flows, deployments, automations, ..FlowBook::default() })
}
