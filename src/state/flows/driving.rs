//! Flow runs under way in this tab: begun, watched, held, ended.
//!
//! A run is driven as a study is, by a pump of its own. Until it ends, nobody lets go of the bytes it works on.

use std::cell::RefCell;
use std::rc::Rc;

use drivers::{FlowDriver, FlowPlan, study_run_id};
use engine::dataset::DatasetRecipe;
use engine::num::ContentHash;
use flow::{ToScore, enter_flow, folder_of};
use jobs::Session;
use storage::Query;
use track::flow::{FlowDefinition, FlowRun, State, StateName, StateType, TaskKind};
use track::id::{FlowRunId, RunId};
use track::record::{Collection, Record};

use super::book::FlowBook;
use super::due_runs::{came_to, cancelled};
use super::inbox::new_files;
use super::prepare::{Prepared, champions, prepare, registry};
use super::{Flows, LiveRun, Said};
use crate::services::files::Blob;
use crate::services::pump::Pump;
use crate::services::{Services, clock, notices};
use crate::state::format;

/// Sessions of flow runs begin here: those of files that a person reads stay below.
const FIRST_SESSION: u64 = 1 << 40;
/// Sessions of one flow run.
const SESSIONS_PER_RUN: u64 = 1 << 20;
/// Notices that are shown.
const MAX_NOTICES: usize = 5;

/// A flow run at work.
pub(super) struct AtWork {
    pub id: FlowRunId,
    pub flow: FlowDefinition,
    pub driver: Rc<RefCell<FlowDriver>>,
    pub pump: Pump,
    /// Studies that it makes.
    studies: Vec<RunId>,
    /// What lay on the shelf before.
    before: Vec<ContentHash>,
}

impl AtWork {
    /// How its run stands.
    pub fn state_type(&self) -> StateType {
        self.driver.borrow().status().run.state.of_type()
    }

    /// Gives it up: the next writer finds it cut off.
    pub fn give_up(self, services: &Services) {
        self.pump.abandon();
        self.let_go(services);
    }

    /// Nobody needs what it brought any more.
    fn let_go(self, services: &Services) {
        services.studies_of_flows.borrow_mut().retain(|study| !self.studies.contains(study));
        services.shelf.release();
        // Where other work is under way it may have brought some of it.
        if !services.under_way.is_any() {
            services.shelf.keep_only(&self.before);
        }
    }
}

impl Flows {
    /// Whether a run is at work here.
    pub(super) fn is_at_work(self, run: &FlowRunId) -> bool {
        self.desk.with(|desk| desk.at_work.iter().any(|work| work.id == *run))
    }

    /// Begins to run a flow run that is stored; one that cannot begin has failed, and says why.
    pub(super) async fn drive(
        self,
        services: &Rc<Services>,
        book: &FlowBook,
        run: FlowRun,
    ) -> Result<(), String> {
        let before = services.shelf.hashes();
        services.shelf.hold();
        let prepared = match book.flow_of(&run) {
            Some(flow) => prepare(services, flow.clone(), run.clone()).await,
            None => Err(format!("The flow of run {} is gone: deploy it again.", run.name)),
        };
        let made = match prepared {
            Ok(Prepared { plan, file, recipes }) => match new_files(services, &plan.flow, file).await {
                Ok((files, file)) => self.driver(plan, recipes, files).map(|driver| (driver, file)),
                Err(sentence) => Err(sentence),
            },
            Err(sentence) => Err(sentence),
        };
        match made {
            Ok((driver, file)) => {
                self.pump(services, (driver, file), before);
                Ok(())
            }
            Err(sentence) => {
                services.shelf.release();
                let mut failed = run;
                for name in [StateName::Pending, StateName::Failed] {
                    enter_flow(&mut failed, State::new(name, clock::now()).because(sentence.clone()));
                }
                let event = Record::FlowEvent(came_to(&failed, clock::entropy()));
                services.write_records(vec![Record::FlowRun(failed), event]).await
            }
        }
    }

    fn driver(
        self,
        plan: FlowPlan,
        recipes: Vec<DatasetRecipe>,
        files: Option<Vec<ToScore>>,
    ) -> Result<(FlowDriver, FlowDefinition, Vec<RunId>), String> {
        let flow = plan.flow.clone();
        let learners = flow
            .tasks
            .iter()
            .filter(|task| matches!(task.kind, TaskKind::Tune { .. } | TaskKind::Fit { .. }));
        let studies = learners.map(|task| study_run_id(&plan.run.root, &task.key)).collect();
        let n_before = self.desk.update(|desk| {
            desk.n_sessions += 1;
            desk.n_sessions
        });
        let first = Session(FIRST_SESSION + SESSIONS_PER_RUN * n_before.unwrap_or_default());
        let driver =
            FlowDriver::new(plan, clock::now()).map_err(|error| format::sentence(&error.to_string()))?;
        let mut driver = driver.sessions_from(first);
        driver.know_recipes(recipes);
        files.into_iter().for_each(|files| driver.give_folder(files));
        Ok((driver, flow, studies))
    }

    fn pump(
        self,
        services: &Rc<Services>,
        ((driver, flow, studies), file): ((FlowDriver, FlowDefinition, Vec<RunId>), Blob),
        before: Vec<ContentHash>,
    ) {
        services.studies_of_flows.borrow_mut().extend(studies.iter().cloned());
        let id = driver.status().run.id;
        let driver = Rc::new(RefCell::new(driver));
        let (changed, ended) = (id.clone(), id.clone());
        let on_change = move |driver: &FlowDriver| self.show(&changed, driver);
        let on_end = move |driver: &mut FlowDriver| self.ended(&ended, driver.status().run.state.name);
        let pump = Pump::start_shared(services.clone(), driver.clone(), Some(file), on_change, on_end);
        self.live.update(|live| {
            live.push(LiveRun {
                id: id.clone(),
                state: StateName::Scheduled,
                task: None,
                trials: None,
                error: None,
            });
        });
        self.desk.update(|desk| desk.at_work.push(AtWork { id, flow, driver, pump, studies, before }));
    }

    fn show(self, id: &FlowRunId, driver: &FlowDriver) {
        let status = driver.status();
        let trials = driver.study().map(|study| {
            let of = |count: &dyn Fn(&drivers::SearchStatus) -> u64| study.searches.iter().map(count).sum();
            (of(&|search| u64::from(search.n_done)), of(&|search| u64::from(search.n_total)))
        });
        let now = LiveRun {
            id: id.clone(),
            task: driver.active_task().map(str::to_owned),
            trials,
            error: status.error,
            state: status.run.state.name,
        };
        let before = self.live.with_untracked(|live| live.iter().find(|one| one.id == *id).cloned());
        if before.as_ref().is_some_and(|before| before.state != now.state) {
            // Automations may listen, and beside a paused run another may begin.
            self.look();
        }
        if before.as_ref() != Some(&now) {
            self.live.update(|live| {
                if let Some(one) = live.iter_mut().find(|one| one.id == *id) {
                    *one = now;
                }
            });
        }
    }

    fn ended(self, id: &FlowRunId, state: StateName) {
        let Some(services) = self.shared.try_get() else { return };
        let work = self.desk.update(|desk| {
            let place = desk.at_work.iter().position(|work| work.id == *id);
            desk.is_to_prune = true;
            place.map(|place| desk.at_work.remove(place))
        });
        let scored = work.flatten().and_then(|work| {
            let scored = folder_of(&work.flow).is_some().then(|| work.flow.clone());
            work.let_go(&services);
            scored
        });
        self.live.update(|live| live.retain(|one| one.id != *id));
        if state == StateName::Completed {
            self.said.set_if_new(Said::Nothing);
        }
        match scored {
            Some(flow) => self.deliver_then_look(flow),
            None => self.look(),
        }
    }

    /// Ends a run: at once, whatever it does.
    pub fn cancel(self, id: FlowRunId) {
        let pump = self
            .desk
            .with(|desk| desk.at_work.iter().find(|work| work.id == id).map(|work| work.pump.clone()));
        match pump {
            Some(pump) => pump.stop(),
            None => self.wish(async move |services: &Services, book: &FlowBook| {
                let run = book.run(&id).ok_or("This run is no longer here.")?;
                let run = cancelled(run, clock::now())?;
                let event = came_to(&run, clock::entropy());
                let said = format!("Run {} is cancelled.", run.name);
                services.write_records(vec![Record::FlowRun(run), Record::FlowEvent(event)]).await?;
                Ok(said)
            }),
        }
    }

    /// No task of a run begins any more; the one at work goes on to its end.
    pub fn pause(self, id: &FlowRunId) {
        self.with_driver(id, |driver| driver.pause(clock::now()));
    }

    /// A paused run goes on.
    pub fn resume(self, id: &FlowRunId) {
        self.with_driver(id, |driver| driver.resume(clock::now()));
    }

    /// Tries again to store what was not stored.
    pub fn store_again(self, id: &FlowRunId) {
        let pump = self
            .desk
            .with(|desk| desk.at_work.iter().find(|work| work.id == *id).map(|work| work.pump.clone()));
        pump.iter().for_each(Pump::retry);
    }

    fn with_driver(self, id: &FlowRunId, change: impl FnOnce(&mut FlowDriver)) {
        let found = self.desk.with(|desk| {
            let work = desk.at_work.iter().find(|work| work.id == *id)?;
            Some((work.driver.clone(), work.pump.clone()))
        });
        if let Some((driver, pump)) = found {
            change(&mut driver.borrow_mut());
            pump.carry_on();
        }
    }

    /// Shows runs under way the registry as it is now, where that has changed.
    pub(super) async fn look_around(self, services: &Services) {
        let n_events = services.store.count(&Query::All(Collection::Registry)).await.unwrap_or(0);
        let before = self.desk.update(|desk| std::mem::replace(&mut desk.n_registry, n_events));
        if before == Some(n_events) {
            return;
        }
        let at_work: Vec<_> = self
            .desk
            .with(|desk| desk.at_work.iter().map(|work| (work.flow.clone(), work.driver.clone())).collect());
        for (flow, driver) in at_work {
            let version = services.store.version().get_untracked();
            let Ok(now) = registry(services).await else { continue };
            let Ok(runs) = champions(services, &flow, &now).await else { continue };
            // What was read is the whole truth only where the run itself wrote nothing meanwhile.
            if services.store.version().get_untracked() == version && driver.borrow().is_stored() {
                driver.borrow_mut().look_around(now, runs);
            }
        }
    }

    /// Tells the person something: on the page, and by the system where that is allowed.
    pub(super) fn tell(self, title: &str, text: &str) {
        notices::show(title, text);
        self.notices.update(|notices| {
            notices.insert(0, format!("{title}: {text}"));
            notices.truncate(MAX_NOTICES);
        });
    }

    /// The notices were read.
    pub fn clear_notices(self) {
        self.notices.set(Vec::new());
    }
}
