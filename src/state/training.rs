//! A study from the form to the summary: started, watched, stopped, and found again after a reload.

use drivers::{StudyDriver, StudyPlan};
use leptos::prelude::*;
use storage::{Order, Query, StoreError};
use track::id::RunId;
use track::record::Record;
use track::run::{Run, RunKind};

use super::Shared;
use super::lab::{Lab, ReadyCounts};
use super::live_study::{LivePhase, LiveStudy};
use super::loadable::{self, Loadable};
use super::refresh::Refresh;
use super::study_form::{FormProblems, StudyForm};
use super::tab::{Role, Tab};
use crate::reactive::{Held, State, follow};
use crate::services::pump::Pump;
use crate::services::{clock, files, settings};

/// Most trials of a study that are read to show it again after a reload; the newest are.
const MAX_TRIALS_SHOWN: usize = 5_000;
/// A study of more trials draws its history when it is done, not in every frame.
const MAX_LIVE_HISTORY: u64 = 2_000;

/// What cannot stand in a signal.
#[derive(Default)]
struct Bench {
    pump: Option<Pump>,
    summary_json: Option<String>,
    n_starts: u64,
}

/// The form and the study. `Copy`; from context by `use_training`.
#[derive(Clone, Copy)]
pub struct Training {
    /// What is asked for. Change it by `update`.
    pub form: State<StudyForm>,
    /// What is wrong with the form, beside each field; nothing until a start was tried.
    pub problems: State<FormProblems>,
    /// The study at work, or the last one.
    pub live: State<Loadable<LiveStudy>>,
    bench: Held<Bench>,
    refresh: Refresh,
    lab: Lab,
    shared: Shared,
}

impl Training {
    /// Whether a study is under way.
    pub fn is_running(self) -> bool {
        self.live.with(|live| live.loaded().is_some_and(LiveStudy::is_running))
    }

    /// Starts what the form asks for; where it is wrong, says so beside the field.
    pub fn start(self) {
        if self.live.with_untracked(|live| live.loaded().is_some_and(LiveStudy::is_running)) {
            return;
        }
        let study = match self.form.with_untracked(StudyForm::check) {
            Ok(study) => study,
            Err(problems) => return self.problems.set(problems),
        };
        self.problems.set(FormProblems::default());
        let start = self.next_start();
        self.lab.begin_study();
        self.live.set(Loadable::Loaded(LiveStudy::preparing(study.n_trials())));
        self.lab.with_counts(move |counts| {
            if self.bench.with(|bench| bench.n_starts) != start {
                return;
            }
            match counts {
                Ok(counts) => self.begin(study, counts),
                Err(sentence) => self.fail(sentence),
            }
        });
    }

    /// Ends the study; what finished is kept.
    pub fn stop(self) {
        // A deletion that failed has abandoned the pump.
        match self.bench.with(|bench| bench.pump.clone().filter(|pump| !pump.is_over())) {
            Some(pump) => pump.stop(),
            None => {
                self.bench.update(|bench| bench.pump = None);
                self.cancel_start();
                self.restore();
            }
        }
    }

    /// Tries again to store what was not stored, or to load what was not loaded.
    pub fn retry(self) {
        match self.bench.with(|bench| bench.pump.clone()) {
            Some(pump) => pump.retry(),
            None => self.restore(),
        }
    }

    /// Whether the finished study's summary can be had as JSON.
    pub fn has_summary(self) -> bool {
        self.live.with(|live| live.loaded().is_some_and(|live| !live.is_running()))
            && self.bench.with(|bench| bench.summary_json.is_some())
    }

    /// Offers the summary as the JSON that the terminal prints, too.
    pub fn download_summary(self) {
        if let Some(json) = self.bench.with(|bench| bench.summary_json.clone()) {
            files::download("summary.json", "application/json", json.as_bytes());
        }
    }

    fn next_start(self) -> u64 {
        let start = self.bench.update(|bench| {
            bench.n_starts += 1;
            bench.summary_json = None;
            bench.n_starts
        });
        start.expect("the bench lives as long as the app")
    }

    fn fail(self, sentence: String) {
        self.lab.end_study();
        self.live.update(|live| {
            let was = match std::mem::take(live) {
                Loadable::Loaded(was) => was,
                Loadable::Nothing | Loadable::Loading | Loadable::Failed(_) => LiveStudy::preparing(0),
            };
            *live = Loadable::Loaded(was.failed(sentence));
        });
    }

    fn begin(self, mut study: engine::tune::StudySpec, counts: ReadyCounts) {
        self.lab.keep_for_study(&counts);
        study.follow(&counts.recipe);
        let now = clock::now();
        let plan = StudyPlan {
            run: RunId::new(now, clock::entropy()),
            experiment: counts.experiment,
            dataset: counts.data,
            classes: counts.classes,
            study,
            counts: counts.counts.hash,
            terms: counts.terms.hash,
            variants: Vec::new(),
            owner: settings::your_name(),
            created: now,
        };
        let driver = match StudyDriver::new(plan) {
            Ok(driver) => driver,
            Err(error) => return self.fail(error.to_string()),
        };
        let ended = move |driver: &mut StudyDriver| {
            let summary = driver.summary();
            self.bench.update(|bench| {
                bench.pump = None;
                bench.summary_json = Some(summary.to_json());
            });
            self.lab.end_study();
            self.live.set(Loadable::Loaded(LiveStudy::from_driver(&driver.status(), Some(&summary))));
        };
        let on_change = move |driver: &StudyDriver| self.show(driver);
        let pump = Pump::start(self.shared.get(), driver, None, on_change, ended);
        self.bench.update(|bench| bench.pump = Some(pump));
    }

    fn show(self, driver: &StudyDriver) {
        let status = driver.status();
        let summary = (status.n_total <= MAX_LIVE_HISTORY).then(|| driver.summary());
        self.live.set(Loadable::Loaded(LiveStudy::from_driver(&status, summary.as_ref())));
    }

    /// This tab may no longer write: the study it drives or prepares is given up.
    fn give_up(self) {
        let pump = self.bench.update(|bench| bench.pump.take()).flatten();
        let was_running = pump.is_some() || self.live.with_untracked(is_preparing);
        pump.iter().for_each(Pump::abandon);
        if was_running {
            self.cancel_start();
            self.fail(
                "Another tab took over while this study was under way; its finished trials are kept."
                    .to_owned(),
            );
        }
    }

    /// The start under way, if any, comes to nothing.
    fn cancel_start(self) {
        self.next_start();
        self.lab.abandon_recount();
        self.lab.end_study();
    }

    /// Reads the last study of the store again and shows it.
    fn restore(self) {
        self.live.set(Loadable::Loading);
        self.refresh.retry();
    }

    /// Shows the last study of the store, unless this tab is making one or could not begin one.
    async fn follow(self) {
        let start = self.bench.with(|bench| bench.n_starts);
        let is_free = move || {
            self.bench.with(|bench| bench.pump.is_none() && bench.n_starts == start)
                && self.live.with_untracked(|live| live.loaded().is_none_or(|live| live.run.is_some()))
        };
        if !is_free() {
            return;
        }
        let found = self.last_study().await;
        if !is_free() {
            return;
        }
        match found {
            Ok(Last::AsShown) => {}
            // What was loaded stays: the next change of the store is another chance.
            Err(_) if self.live.with_untracked(Loadable::is_loaded) => {}
            Ok(Last::None) => loadable::show(self.live, Loadable::Nothing),
            Ok(Last::Study(study)) => {
                self.bench.update(|bench| bench.summary_json = None);
                loadable::show(self.live, Loadable::Loaded(*study));
            }
            Err(error) => self.live.set(Loadable::Failed(error.to_string())),
        }
    }

    async fn last_study(self) -> Result<Last, StoreError> {
        let services = self.shared.get();
        let last = services.store.list(&Query::RunsOfKind(RunKind::Study), Order::Descending, 1).await?;
        let Some(Record::Run(study)) = last.into_iter().next() else { return Ok(Last::None) };
        if self.live.with_untracked(|live| live.loaded().is_some_and(|live| live.is_end_of(&study.id))) {
            return Ok(Last::AsShown);
        }
        let children = Query::RunsOfParent(study.id.clone());
        let children: Vec<Run> = services
            .store
            .list(&children, Order::Descending, MAX_TRIALS_SHOWN)
            .await?
            .into_iter()
            .rev()
            .filter_map(|record| if let Record::Run(run) = record { Some(run) } else { None })
            .collect();
        // One that has not ended, and that this tab would write but does not drive, was cut off.
        let was_cut_off = !study.has_ended() && services.store.is_writer().await;
        let study = if was_cut_off { study.cut_off(children.last()) } else { study };
        Ok(Last::Study(Box::new(LiveStudy::from_records(&study, &children))))
    }
}

/// The last study of the store, beside what is shown.
enum Last {
    None,
    /// Shown already, to its end: what was seen of it here says more than its records.
    AsShown,
    Study(Box<LiveStudy>),
}

fn is_preparing(live: &Loadable<LiveStudy>) -> bool {
    live.loaded().is_some_and(|live| live.phase == LivePhase::Preparing)
}

pub(super) fn provide_training(shared: Shared, tab: Tab, lab: Lab) -> Training {
    let handle: Held<Option<Training>> = Held::new(None);
    let refresh = Refresh::new(shared, move || async move {
        if let Some(training) = handle.get() {
            training.follow().await;
        }
    });
    let training = Training {
        form: State::new(StudyForm::default()),
        problems: State::new(FormProblems::default()),
        live: State::new(Loadable::Loading),
        bench: Held::new(Bench::default()),
        refresh,
        lab,
        shared,
    };
    handle.set(Some(training));
    provide_context(training);
    refresh.want();
    follow(move || match tab.role.get() {
        Role::Asking => {}
        Role::Reader => training.give_up(),
        Role::Writer => refresh.retry(),
    });
    training
}

/// The form and the study.
pub fn use_training() -> Training {
    use_context().expect("`provide_app_state` in `App` provides training")
}
