//! The leading tab: a clock that ticks in a worker, and a look at what is to be done whenever something can be.
//!
//! A look makes the runs that are due, lets automations act, and begins the next run. Looks never overlap.

use std::rc::Rc;

use flow::Zone;
use leptos::task::spawn_local;
use storage::{Batch, prune_flows};
use track::flow::{Cause, StateType};
use track::id::Millis;
use track::record::Record;

use super::due_runs::{late_runs, made_run, make_due_runs, next_run, wakes_at};
use super::reading::{newest_runs, read_plans};
use super::recovering::recover;
use super::{Desk, Flows, Said, reacting};
use crate::services::store::Role;
use crate::services::ticks::Ticks;
use crate::services::zones::Named;
use crate::services::{Services, clock, later};
use crate::state::flows::book::FlowBook;

/// How often the clock ticks.
const TICK_MS: u32 = 1_000;
/// Ticks after which events are looked at, where automations listen.
const TICKS_PER_LOOK: u64 = 3;
/// Flow runs that a look knows, the newest.
const MAX_LOOKED: usize = 500;
/// How long the page is drawn before flows are looked at.
const WAIT_MS: i32 = 400;

/// This tab is the writer: looks what is to be done, once the program's second part is there.
pub fn begin_to_lead(flows: Flows) {
    spawn_local(async move {
        clock::sleep(WAIT_MS).await;
        if later::arrival().await.is_ok() && flows.is_writer() {
            flows.lead().await;
        }
    });
}

/// A zone by its name.
pub(super) fn zone(name: &str) -> Option<Box<dyn Zone>> {
    Named::new(name).map(|zone| Box::new(zone) as Box<dyn Zone>)
}

impl Flows {
    fn is_writer(self) -> bool {
        self.shared.try_get().is_some_and(|services| services.store.role().get_untracked() == Role::Writer)
    }

    async fn lead(self) {
        let services = self.services();
        if let Err(sentence) = recover(&services, |run| self.is_at_work(run)).await {
            self.said.set(Said::Failed(sentence));
        }
        let newest = reacting::newest_event(&services.store).await;
        self.desk.update(|desk| {
            desk.is_leading = true;
            desk.is_to_prune = true;
            desk.seen = newest;
        });
        self.look();
    }

    /// Another tab writes: whatever runs here is given up, and the clock stops.
    pub(super) fn follow_only(self) {
        let Some(before) = self.desk.update(std::mem::take) else { return };
        let n_sessions = before.n_sessions;
        self.desk.update(|desk| desk.n_sessions = n_sessions);
        let is_any = !before.at_work.is_empty();
        before.at_work.into_iter().for_each(|work| work.give_up(&self.services()));
        if is_any {
            self.live.set(Vec::new());
        }
    }

    /// Something may be to be done: looks, after the look under way if there is one.
    pub(super) fn look(self) {
        let begins = self.desk.update(|desk| {
            desk.looks_again = true;
            desk.is_leading && !std::mem::replace(&mut desk.is_looking, true)
        });
        if begins != Some(true) {
            return;
        }
        spawn_local(async move {
            while self.desk.update(|desk| std::mem::take(&mut desk.looks_again)) == Some(true) {
                let Some(services) = self.shared.try_get() else { return };
                if !self.is_writer() {
                    break;
                }
                if let Err(sentence) = self.look_once(&services).await {
                    self.said.set_if_new(Said::Failed(sentence));
                }
            }
            self.desk.update(|desk| desk.is_looking = false);
        });
    }

    async fn look_once(self, services: &Rc<Services>) -> Result<(), String> {
        let mut book = {
            // Between reading what is due and writing that it is dealt with nobody changes a deployment.
            let _turn = services.store.turn().await;
            let book = self.make_what_is_due(services).await?;
            self.react(services, book).await?
        };
        while let Some(run) = self.may_begin(&book).cloned() {
            self.drive(services, &book, run).await?;
            book = self.read_all(services).await?;
        }
        self.wake_at(&book);
        self.prune(services).await
    }

    /// What ended runs leave is bounded.
    async fn prune(self, services: &Services) -> Result<(), String> {
        if self.desk.update(|desk| std::mem::take(&mut desk.is_to_prune)) != Some(true) {
            return Ok(());
        }
        let words = |error: storage::StoreError| error.to_string();
        if prune_flows(services.store.opened().await.map_err(words)?).await.map_err(words)? > 0 {
            services.store.changed();
        }
        Ok(())
    }

    pub(super) async fn read_all(self, services: &Services) -> Result<FlowBook, String> {
        let words = |error: storage::StoreError| error.to_string();
        let runs = newest_runs(&services.store, MAX_LOOKED).await.map_err(words)?;
        Ok(FlowBook { runs, ..read_plans(&services.store).await.map_err(words)? })
    }

    async fn make_what_is_due(self, services: &Services) -> Result<FlowBook, String> {
        let book = self.read_all(services).await?;
        let now = clock::now();
        let made = make_due_runs(&book, &zone, now, &mut clock::entropy);
        let late = late_runs(&book, now).into_iter().map(Record::FlowRun);
        let records: Vec<Record> = made.records.into_iter().chain(late).collect();
        if made.n_skipped > 0 {
            let missed = crate::state::format::counted(made.n_skipped as u64, "run was", "runs were");
            self.said.set(Said::Done(format!("{missed} missed while no tab was open, and left out.")));
        }
        if records.is_empty() {
            return Ok(book);
        }
        services.write_records(records).await?;
        self.read_all(services).await
    }

    /// Lets automations act on what happened and on the time.
    async fn react(self, services: &Services, book: FlowBook) -> Result<FlowBook, String> {
        if book.automations.is_empty() {
            return Ok(book);
        }
        let seen = self.desk.with(|desk| desk.seen.clone());
        let reacted = reacting::react(services, &book, seen, clock::now()).await?;
        self.desk.update(|desk| desk.seen = reacted.seen);
        for (title, text) in reacted.notices {
            self.tell(&title, &text);
        }
        if !reacted.has_changed {
            return Ok(book);
        }
        let mut book = self.read_all(services).await?;
        for (deployment, automation) in reacted.wanted {
            let Some(deployment) = book.deployment(&deployment).cloned() else { continue };
            let (now, cause) = (clock::now(), Cause::Automation { automation });
            let records = made_run(&book, &deployment, (now, now), cause, &mut clock::entropy);
            services.write_records(records).await?;
            book = self.read_all(services).await?;
        }
        Ok(book)
    }

    /// The next run, where none is under way but paused ones.
    fn may_begin(self, book: &FlowBook) -> Option<&track::flow::FlowRun> {
        let is_busy =
            self.desk.with(|desk| desk.at_work.iter().any(|work| work.state_type() != StateType::Paused));
        if is_busy { None } else { next_run(book, clock::now()) }
    }

    /// The clock ticks for as long as there is something to wait for.
    fn wake_at(self, book: &FlowBook) {
        let at = wakes_at(book, &zone, clock::now());
        let listens = book.automations.iter().any(|automation| automation.is_active);
        let is_needed = at.is_some() || listens || self.desk.with(|desk| !desk.at_work.is_empty());
        self.desk.update(|desk| {
            desk.wakes_at = at;
            desk.listens = listens;
            match is_needed {
                false => desk.ticks = None,
                true if desk.ticks.is_none() => desk.ticks = Ticks::start(TICK_MS, move || self.tick()),
                true => {}
            }
        });
    }

    fn tick(self) {
        let is_time = |desk: &mut Desk| {
            desk.n_ticks += 1;
            let is_time = desk.wakes_at.is_some_and(|at: Millis| at <= clock::now());
            is_time || (desk.listens && desk.n_ticks.is_multiple_of(TICKS_PER_LOOK))
        };
        let Some(is_time) = self.desk.update(is_time) else { return };
        let pumps: Vec<_> =
            self.desk.with(|desk| desk.at_work.iter().map(|work| work.pump.clone()).collect());
        pumps.iter().for_each(crate::services::pump::Pump::tick);
        if !pumps.is_empty() {
            spawn_local(async move { self.look_around(&self.services()).await });
        }
        if is_time {
            self.look();
        }
    }
}

impl Services {
    /// Writes records in one transaction.
    pub(super) async fn write_records(&self, records: Vec<Record>) -> Result<(), String> {
        if records.is_empty() {
            return Ok(());
        }
        self.store.write(Batch { records, blobs: Vec::new() }).await.map_err(|error| error.to_string())
    }
}
