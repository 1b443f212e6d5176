//! What a person wants of flows: run, gone on with, deployed, switched on and off, put away.
//!
//! A wish is worked out from what is stored, stored, and only then shown.

use flow::{ReadyMade, going_on, new_run};
use leptos::task::spawn_local;
use track::SCHEMA;
use track::experiment::Lifecycle;
use track::flow::{Automation, Cadence, CatchUp, Cause, Deployment, FlowDefinition, Overflow, Schedule};
use track::id::{AutomationId, DeploymentId, FlowId, FlowRunId};
use track::record::{Collection, Record};

use super::book::FlowBook;
use super::deploy_form::{Checked, Source};
use super::due_runs::made_run;
use super::{Flows, Said};
use crate::services::zones::Named;
use crate::services::{Services, clock, settings};

impl Flows {
    /// Works a wish out from what is stored; one sentence says how it went.
    pub(super) fn wish<F>(self, work: F)
    where
        F: AsyncFnOnce(&Services, &FlowBook) -> Result<String, String> + 'static,
    {
        spawn_local(async move {
            let services = self.services();
            let said = {
                let _turn = services.store.turn().await;
                match self.read_all(&services).await {
                    Ok(book) => work(&services, &book).await,
                    Err(sentence) => Err(sentence),
                }
            };
            self.said.set(said.map_or_else(Said::Failed, Said::Done));
            self.look();
        });
    }

    /// Runs a deployment now; its schedules go on as they would have.
    pub fn run_now(self, deployment: DeploymentId) {
        self.wish(async move |services: &Services, book: &FlowBook| {
            let deployment = book.deployment(&deployment).ok_or("This deployment is no longer here.")?;
            let cause = Cause::Person { who: settings::your_name() };
            let now = clock::now();
            let records = made_run(book, deployment, (now, now), cause, &mut clock::entropy);
            if records.is_empty() {
                return Err(format!("The flow of '{}' is gone: choose another.", deployment.name));
            }
            services.write_records(records).await?;
            Ok(format!("'{}' runs as soon as it can.", deployment.name))
        });
    }

    /// Runs the newest version of a flow now.
    pub fn run_flow(self, flow: FlowId) {
        self.wish(async move |services: &Services, book: &FlowBook| {
            let flow = book.newest(&flow).ok_or("This flow is no longer here.")?;
            let now = clock::now();
            let cause = Cause::Person { who: settings::your_name() };
            let run = new_run(flow, FlowRunId::new(now, clock::entropy()), (now, now), cause);
            let said = format!("'{}' runs as soon as it can.", flow.name);
            services.write_records(vec![Record::FlowRun(run)]).await?;
            Ok(said)
        });
    }

    /// Goes on where a run ended, under a new one.
    pub fn go_on(self, run: FlowRunId) {
        self.wish(async move |services: &Services, _: &FlowBook| {
            let found = services.store.get(Collection::FlowRuns, run.as_str()).await;
            let Some(Record::FlowRun(earlier)) = found.map_err(|error| error.to_string())? else {
                return Err("This run is no longer here.".to_owned());
            };
            let now = clock::now();
            let next = going_on(&earlier, FlowRunId::new(now, clock::entropy()), now);
            let said = format!("Run {} goes on where {} ended.", next.name, earlier.name);
            services.write_records(vec![Record::FlowRun(next)]).await?;
            Ok(said)
        });
    }

    /// Deploys a ready-made flow to run again and again, with one click.
    pub fn deploy_every(self, flow: ReadyMade, (seconds, words): (u64, &'static str)) {
        let schedule = Schedule {
            number: 0,
            cadence: Cadence::Interval { seconds, anchor: track::id::Millis(0) },
            zone: Named::here(),
            is_active: true,
            catch_up: CatchUp::Latest,
            handled: clock::now(),
        };
        self.deploy(Checked {
            id: None,
            name: format!("{} {words}", flow.name()),
            source: Source::ReadyMade {
                flow,
                dataset: String::new(),
                model: flow::SCHEDULED_MODEL.to_owned(),
                folder: String::new(),
            },
            schedules: vec![schedule],
            n_at_a_time: 1,
            overflow: Overflow::Queue,
        });
    }

    /// Keeps a deployment; one that was opened is changed.
    pub fn deploy(self, wanted: Checked) {
        self.wish(async move |services: &Services, book: &FlowBook| {
            let now = clock::now();
            let known = wanted.id.as_ref().and_then(|id| book.deployment(id));
            let is_taken =
                |other: &&Deployment| other.name == wanted.name && Some(&other.id) != wanted.id.as_ref();
            if book.deployments.iter().any(|other| is_taken(&other)) {
                return Err(format!(
                    "There is a deployment called '{}' already: choose another name.",
                    wanted.name
                ));
            }
            let mut records = Vec::new();
            let (flow, version) = match &wanted.source {
                Source::Kept { flow, version } => (flow.clone(), *version),
                Source::ReadyMade { flow, dataset, model, folder } => {
                    let id = FlowId::new(now, clock::entropy());
                    let mut new = flow.definition((dataset, model), id, now);
                    flow::set_folder(&mut new, folder);
                    let is_same =
                        |known: &&FlowDefinition| known.name == new.name && known.tasks == new.tasks;
                    match book.all_newest().into_iter().find(is_same) {
                        Some(known) => (known.id.clone(), None),
                        None => {
                            let id = new.id.clone();
                            records.push(Record::Flow(new));
                            (id, None)
                        }
                    }
                }
            };
            let said = format!("'{}' is deployed.", wanted.name);
            records.push(Record::Deployment(Deployment {
                schema: SCHEMA,
                id: known.map_or_else(|| DeploymentId::new(now, clock::entropy()), |known| known.id.clone()),
                created: known.map_or(now, |known| known.created),
                lifecycle: Lifecycle::Active,
                name: wanted.name,
                flow,
                version,
                schedules: wanted.schedules,
                n_at_a_time: wanted.n_at_a_time,
                overflow: wanted.overflow,
            }));
            services.write_records(records).await?;
            Ok(said)
        });
    }

    /// Switches a deployment's schedules on or off. What was due while they were off is not made up for.
    pub fn set_active(self, deployment: DeploymentId, is_active: bool) {
        self.change_deployment(deployment, move |deployment| {
            for schedule in &mut deployment.schedules {
                schedule.is_active = is_active;
                schedule.handled = schedule.handled.max(clock::now());
            }
            let word = if is_active { "on" } else { "off" };
            format!("The schedules of '{}' are switched {word}.", deployment.name)
        });
    }

    /// Puts a deployment away; its runs stay.
    pub fn delete_deployment(self, deployment: DeploymentId) {
        self.change_deployment(deployment, |deployment| {
            deployment.lifecycle = Lifecycle::Deleted;
            format!("'{}' is deleted; its runs stay.", deployment.name)
        });
    }

    fn change_deployment(self, id: DeploymentId, change: impl FnOnce(&mut Deployment) -> String + 'static) {
        self.wish(async move |services: &Services, book: &FlowBook| {
            let found = book.deployment(&id).cloned();
            let mut changed = found.ok_or("This deployment is no longer here.")?;
            let said = change(&mut changed);
            services.write_records(vec![Record::Deployment(changed)]).await?;
            Ok(said)
        });
    }

    /// Keeps the next version of a flow, or the first of a new one. `then` runs once it is stored.
    pub fn keep_flow(self, edited: FlowDefinition, then: impl FnOnce(FlowDefinition) + 'static) {
        self.wish(async move |services: &Services, book: &FlowBook| {
            let now = clock::now();
            let newest = book.newest(&edited.id);
            let version = newest.map_or(1, |newest| newest.version + 1);
            if newest.is_some_and(|newest| newest.tasks == edited.tasks && newest.name == edited.name) {
                return Err(format!(
                    "Nothing has changed since version {} of '{}'.",
                    version - 1,
                    edited.name
                ));
            }
            let next = FlowDefinition { version, created: now, ..edited };
            services.write_records(vec![Record::Flow(next.clone())]).await?;
            let said = format!("Version {version} of '{}' is kept.", next.name);
            then(next);
            Ok(said)
        });
    }

    /// Keeps an automation, new or changed.
    pub fn keep_automation(self, automation: Automation) {
        self.wish(async move |services: &Services, _: &FlowBook| {
            let said = format!("Automation '{}' is kept.", automation.name);
            services.write_records(vec![Record::Automation(automation)]).await?;
            Ok(said)
        });
    }

    /// Lets an automation listen or not.
    pub fn set_listening(self, automation: AutomationId, is_active: bool) {
        self.change_automation(automation, move |automation| {
            automation.is_active = is_active;
            automation.progress.seen.clear();
            automation.progress.since = clock::now();
            let word = if is_active { "listens" } else { "listens no more" };
            format!("Automation '{}' {word}.", automation.name)
        });
    }

    /// Puts an automation away.
    pub fn delete_automation(self, automation: AutomationId) {
        self.change_automation(automation, |automation| {
            automation.lifecycle = Lifecycle::Deleted;
            format!("Automation '{}' is deleted.", automation.name)
        });
    }

    fn change_automation(self, id: AutomationId, change: impl FnOnce(&mut Automation) -> String + 'static) {
        self.wish(async move |services: &Services, book: &FlowBook| {
            let found = book.automations.iter().find(|known| known.id == id).cloned();
            let mut changed = found.ok_or("This automation is no longer here.")?;
            let said = change(&mut changed);
            services.write_records(vec![Record::Automation(changed)]).await?;
            Ok(said)
        });
    }
}
