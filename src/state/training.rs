//! A study from the form to the summary: started, watched, stopped, and found again after a reload.

use drivers::{StudyDriver, StudyPlan};
use leptos::prelude::*;
use leptos::task::spawn_local;
use storage::{Order, Query};
use track::id::RunId;
use track::record::Record;
use track::run::{Run, RunKind};

use super::Shared;
use super::lab::{Lab, ReadyCounts};
use super::live_study::LiveStudy;
use super::loadable::Loadable;
use super::study_form::{FormProblems, StudyForm};
use super::tab::{Role, Tab};
use crate::services::pump::Pump;
use crate::services::{clock, files, settings};

/// Most trials of a study that are read to show it again after a reload; the newest are.
const MAX_TRIALS_SHOWN: usize = 5_000;
/// A study of more trials draws its history when it is done, not in every frame.
const MAX_LIVE_HISTORY: u64 = 2_000;

/// What cannot stand in a signal.
#[derive(Default)]
struct Bench {
    pump: Option<Pump<StudyDriver>>,
    summary_json: Option<String>,
    n_starts: u64,
}

/// The form and the study. `Copy`; from context by `use_training`.
#[derive(Clone, Copy)]
pub struct Training {
    /// What is asked for. Change it by `update`.
    pub form: RwSignal<StudyForm>,
    /// What is wrong with the form, beside each field; nothing until a start was tried.
    pub problems: RwSignal<FormProblems>,
    /// The study at work, or the last one.
    pub live: RwSignal<Loadable<LiveStudy>>,
    bench: StoredValue<Bench, LocalStorage>,
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
        self.live.set(Loadable::Loaded(LiveStudy::preparing(study.n_trials())));
        self.lab.with_counts(move |counts| {
            if self.bench.with_value(|bench| bench.n_starts) != start {
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
        match self.bench.with_value(|bench| bench.pump.clone()) {
            Some(pump) => pump.stop(),
            None => {
                self.next_start();
                self.restore();
            }
        }
    }

    /// Tries again to store what was not stored, or to load what was not loaded.
    pub fn retry(self) {
        match self.bench.with_value(|bench| bench.pump.clone()) {
            Some(pump) => pump.retry(),
            None => self.restore(),
        }
    }

    /// Whether the finished study's summary can be had as JSON.
    pub fn has_summary(self) -> bool {
        self.live.with(|live| live.loaded().is_some_and(|live| !live.is_running()))
            && self.bench.with_value(|bench| bench.summary_json.is_some())
    }

    /// Offers the summary as the JSON that the terminal prints, too.
    pub fn download_summary(self) {
        if let Some(json) = self.bench.with_value(|bench| bench.summary_json.clone()) {
            files::download("summary.json", "application/json", json.as_bytes());
        }
    }

    fn next_start(self) -> u64 {
        let start = self.bench.try_update_value(|bench| {
            bench.n_starts += 1;
            bench.summary_json = None;
            bench.n_starts
        });
        start.expect("the bench lives as long as the app")
    }

    fn fail(self, sentence: String) {
        self.live.update(|live| {
            let was = match std::mem::take(live) {
                Loadable::Loaded(was) => was,
                Loadable::Nothing | Loadable::Loading | Loadable::Failed(_) => LiveStudy::preparing(0),
            };
            *live = Loadable::Loaded(was.failed(sentence));
        });
    }

    fn begin(self, study: engine::tune::StudySpec, counts: ReadyCounts) {
        let now = clock::now();
        let plan = StudyPlan {
            run: RunId::new(now, clock::entropy()),
            experiment: counts.experiment,
            dataset: counts.data,
            classes: counts.classes,
            study,
            counts: counts.counts.hash,
            terms: counts.terms.hash,
            owner: settings::your_name(),
            created: now,
        };
        let driver = match StudyDriver::new(plan) {
            Ok(driver) => driver,
            Err(error) => return self.fail(error.to_string()),
        };
        let ended = move |driver: &StudyDriver| {
            let json = driver.summary().to_json();
            self.bench.update_value(|bench| {
                bench.pump = None;
                bench.summary_json = Some(json);
            });
            self.live.set(Loadable::Loaded(LiveStudy::from_driver(&driver.status(), &driver.summary())));
        };
        let on_change = move |driver: &StudyDriver| self.show(driver);
        let pump = Pump::start(&self.shared.get(), driver, None, on_change, ended);
        self.bench.update_value(|bench| bench.pump = Some(pump));
    }

    fn show(self, driver: &StudyDriver) {
        let status = driver.status();
        let mut summary = driver.summary();
        if status.n_total > MAX_LIVE_HISTORY {
            summary.models.iter_mut().for_each(|model| model.trials.clear());
        }
        self.live.set(Loadable::Loaded(LiveStudy::from_driver(&status, &summary)));
    }

    /// This tab may no longer write: the study it drives is given up.
    fn give_up(self) {
        let pump = self.bench.try_update_value(|bench| bench.pump.take()).flatten();
        if let Some(pump) = pump {
            pump.abandon();
            self.fail(
                "Another tab took over while this study was under way; its finished trials are kept."
                    .to_owned(),
            );
        }
    }

    /// Shows the last study of the store.
    fn restore(self) {
        self.live.set(Loadable::Loading);
        let start = self.bench.with_value(|bench| bench.n_starts);
        spawn_local(async move {
            let found = self.last_study().await;
            if self.bench.with_value(|bench| bench.n_starts) == start {
                self.live.set(Loadable::from_result(found));
            }
        });
    }

    async fn last_study(self) -> Result<Option<LiveStudy>, storage::StoreError> {
        let store = self.shared.get().store;
        let last = store.list(&Query::RunsOfKind(RunKind::Study), Order::Descending, 1).await?;
        let Some(Record::Run(study)) = last.into_iter().next() else { return Ok(None) };
        let children = Query::RunsOfParent(study.id.clone());
        let children: Vec<Run> = store
            .list(&children, Order::Descending, MAX_TRIALS_SHOWN)
            .await?
            .into_iter()
            .rev()
            .filter_map(|record| if let Record::Run(run) = record { Some(run) } else { None })
            .collect();
        Ok(Some(LiveStudy::from_records(&study, &children)))
    }
}

pub(super) fn provide_training(shared: Shared, tab: Tab, lab: Lab) -> Training {
    let training = Training {
        form: RwSignal::new(StudyForm::default()),
        problems: RwSignal::new(FormProblems::default()),
        live: RwSignal::new(Loadable::Nothing),
        bench: StoredValue::new_local(Bench::default()),
        lab,
        shared,
    };
    provide_context(training);
    training.restore();
    Effect::new(move |_| {
        if tab.role.get() == Role::Reader {
            training.give_up();
        }
    });
    training
}

/// The form and the study.
pub fn use_training() -> Training {
    use_context().expect("`provide_app_state` in `App` provides training")
}
