//! A study from the form to the summary: started, watched, stopped, and found again after a reload.

mod resuming;
mod restoring;

use std::cell::RefCell;
use std::rc::Rc;

use drivers::{Said, StudyDriver, StudyError, StudyPlan};
use engine::dataset::DatasetRecipe;
use engine::tune::StudySpec;
use leptos::prelude::*;
use leptos::task::spawn_local;
use track::dataset::DatasetRef;
use track::id::RunId;

use super::Shared;
use super::dataset_records::stored_recipe;
use super::lab::{Lab, ReadyCounts, Wanted};
use super::live_study::{LivePhase, LiveStudy};
use super::loadable::Loadable;
use super::refresh::Refresh;
use super::study_form::{Checked, Facts, StudyForm};
use super::study_plots::StudyPlots;
use super::tab::{Role, Tab};
use crate::reactive::{Derived, Held, State, follow};
use crate::services::pump::Pump;
use crate::services::{clock, files, settings};

/// How long a study that was set down waits for the other tab; a tab that was closed meanwhile does not come.
const MAX_HANDED_OVER_MS: i32 = 3_000;

/// Makes a driver of a study and its reviews.
type Make = Box<dyn FnOnce(Training, StudySpec, ReadyCounts) -> Result<StudyDriver, StudyError>>;

/// What cannot stand in a signal.
#[derive(Default)]
struct Bench {
    pump: Option<Pump>,
    /// The study that the pump drives, for what a person changes on the way.
    driver: Option<Rc<RefCell<StudyDriver>>>,
    summary_json: Option<String>,
    n_starts: u64,
    /// The study that a person chose to look at; else it is the last one.
    chosen: Option<RunId>,
    /// The chosen one goes on as soon as it is shown.
    goes_on: bool,
}

/// The form and the study. `Copy`; from context by `use_training`.
#[derive(Clone, Copy)]
pub struct Training {
    /// What is asked for. Change it by `update`.
    pub form: State<StudyForm>,
    /// The study that the form asks for, and what is wrong with it.
    pub checked: Derived<Checked>,
    /// What is known of the reviews in use.
    pub facts: Derived<Facts>,
    /// The study at work, or the last one.
    pub live: State<Loadable<LiveStudy>>,
    bench: Held<Bench>,
    plots: StudyPlots,
    refresh: Refresh,
    lab: Lab,
    shared: Shared,
}

impl Training {
    /// Whether a study is under way.
    pub fn is_running(self) -> bool {
        self.live.with(|live| live.loaded().is_some_and(LiveStudy::is_running))
    }

    /// Starts what the form asks for; where that is wrong, nothing.
    pub fn start(self) {
        let checked = self.checked.get_untracked();
        if checked.is_right() {
            self.launch(
                Wanted::InUse,
                checked.study,
                Box::new(|training, study, counts| StudyDriver::new(training.plan(study, counts))),
            );
        }
    }

    /// Ends the study; what finished is kept.
    pub fn stop(self) {
        // A deletion that failed has abandoned the pump.
        match self.bench.with(|bench| bench.pump.clone().filter(|pump| !pump.is_over())) {
            Some(pump) => pump.stop(),
            None => {
                self.bench.update(|bench| (bench.pump, bench.driver) = (None, None));
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

    /// Gets the reviews for `study` ready and drives what `make` makes of both.
    fn launch(self, wanted: Wanted, study: StudySpec, make: Make) {
        if self.live.with_untracked(|live| live.loaded().is_some_and(LiveStudy::is_running)) {
            return;
        }
        let start = self.begin_start();
        self.bench.update(|bench| (bench.chosen, bench.goes_on) = (None, false));
        self.plots.clear();
        self.live.set(Loadable::Loaded(LiveStudy::preparing(study.n_trials())));
        self.prepare(start, wanted, study, make);
    }

    /// A study is about to begin or to go on; its number tells whether it is still wanted.
    fn begin_start(self) -> u64 {
        self.lab.begin_study();
        self.next_start()
    }

    fn prepare(self, start: u64, wanted: Wanted, study: StudySpec, make: Make) {
        self.with_reviews(
            (start, wanted, study),
            Box::new(move |study, counts| {
                let driver = make(self, study, counts).map_err(|error| error.to_string());
                self.drive_or_fail(driver);
            }),
        );
    }

    /// Has the reviews for a study read and counted; nothing comes of it where the start is no longer wanted.
    fn with_reviews(
        self,
        (start, wanted, study): (u64, Wanted, StudySpec),
        then: Box<dyn FnOnce(StudySpec, ReadyCounts)>,
    ) {
        self.lab.with_corpora(wanted, study, move |ready| {
            if !self.is_wanted(start) {
                return;
            }
            match ready {
                Ok((study, counts)) => {
                    self.lab.keep_for_study(&counts);
                    then(study, counts);
                }
                Err(sentence) => self.fail(sentence),
            }
        });
    }

    fn is_wanted(self, start: u64) -> bool {
        self.bench.with(|bench| bench.n_starts) == start
    }

    fn drive_or_fail(self, driver: Result<StudyDriver, String>) {
        match driver {
            Ok(driver) => self.drive(driver),
            Err(sentence) => self.fail(sentence),
        }
    }

    /// The plan of a new study.
    pub(super) fn plan(self, study: StudySpec, counts: ReadyCounts) -> StudyPlan {
        let now = clock::now();
        let mut corpora = counts.corpora.iter().map(|corpus| (corpus.counts.hash, corpus.terms.hash));
        // A study needs at least one corpus, and all are ready.
        let (first_counts, first_terms) = corpora.next().expect("a study has a corpus");
        StudyPlan {
            run: RunId::new(now, clock::entropy()),
            experiment: counts.experiment,
            dataset: counts.data,
            classes: counts.classes,
            study,
            counts: first_counts,
            terms: first_terms,
            variants: corpora.collect(),
            owner: settings::your_name(),
            created: now,
            said: Said::default(),
        }
    }

    fn drive(self, driver: StudyDriver) {
        let driver = Rc::new(RefCell::new(driver));
        self.bench.update(|bench| bench.driver = Some(driver.clone()));
        let ended = move |driver: &mut StudyDriver| {
            let summary = driver.summary();
            self.bench.update(|bench| {
                bench.pump = None;
                bench.driver = None;
                bench.summary_json = Some(summary.to_json());
            });
            self.lab.end_study();
            self.plots.take_over(driver);
            self.live.set(Loadable::Loaded(LiveStudy::from_driver(driver)));
        };
        let on_change = move |driver: &StudyDriver| self.show(driver);
        let pump = Pump::start_shared(self.shared.get(), driver, None, on_change, ended);
        self.bench.update(|bench| bench.pump = Some(pump));
    }

    fn show(self, driver: &StudyDriver) {
        self.plots.follow(driver);
        self.live.set(Loadable::Loaded(LiveStudy::from_driver(driver)));
    }

    /// This tab may no longer write: the study it drives or prepares is given up.
    fn give_up(self) {
        let pump = self.bench.update(|bench| (bench.pump.take(), bench.driver.take()).0).flatten();
        let was_running = pump.is_some() || self.live.with_untracked(is_preparing);
        pump.iter().for_each(Pump::abandon);
        if was_running {
            self.cancel_start();
            self.restore();
        }
    }

    /// Another tab is about to take over: what has finished of a study under way is stored, and the tab told so.
    async fn set_down(self) {
        let services = self.shared.get();
        let pump = self.bench.with(|bench| bench.pump.clone());
        let Some(pump) = pump else { return services.store.hand_over() };
        let turn = pump.set_down().await;
        services.store.hand_over();
        clock::sleep(MAX_HANDED_OVER_MS).await;
        if services.store.is_writer().await {
            pump.take_up(turn);
        }
    }

    /// The start under way, if any, comes to nothing.
    fn cancel_start(self) {
        self.next_start();
        self.lab.abandon_recount();
        self.lab.end_study();
    }
}

fn is_preparing(live: &Loadable<LiveStudy>) -> bool {
    live.loaded().is_some_and(|live| live.phase == LivePhase::Preparing)
}

pub(super) fn provide_training(shared: Shared, tab: Tab, lab: Lab, plots: StudyPlots) -> Training {
    let handle: Held<Option<Training>> = Held::new(None);
    let refresh = Refresh::new(shared, move || async move {
        if let Some(training) = handle.get() {
            training.follow().await;
        }
    });
    let form = State::new(StudyForm::default());
    let facts = facts(shared, lab);
    let training = Training {
        form,
        checked: Derived::new(move || form.with(|form| facts.with(|facts| form.check(facts)))),
        facts,
        live: State::new(Loadable::Loading),
        bench: Held::new(Bench::default()),
        plots,
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
    let asked = shared.get().store.asked_to_hand_over();
    follow(move || {
        if asked.get() > 0 {
            spawn_local(async move { training.set_down().await });
        }
    });
    training
}

/// What is known of the reviews in use; what their recipe says as soon as it was read.
fn facts(shared: Shared, lab: Lab) -> Derived<Facts> {
    let recipe: State<Option<(DatasetRef, DatasetRecipe)>> = State::new(None);
    let data = Derived::new(move || {
        lab.dataset.with(|dataset| dataset.loaded().map(|dataset| dataset.data.clone()))
    });
    follow(move || {
        let Some(data) = data.get() else { return };
        spawn_local(async move {
            let Some(services) = shared.try_get() else { return };
            // Where it cannot be read, a start says so.
            if let Ok(Some(found)) = stored_recipe(&services.store, &data).await {
                recipe.set(Some((data, found)));
            }
        });
    });
    Derived::new(move || {
        let classes = lab.dataset.with(|dataset| dataset.loaded().map(|dataset| dataset.classes.clone()));
        recipe.with(|recipe| {
            let of_data = recipe.as_ref().filter(|(of, _)| data.with(|data| data.as_ref() == Some(of)));
            Facts::new(classes.unwrap_or_default(), of_data.map(|(_, recipe)| recipe))
        })
    })
}

/// The form and the study.
pub fn use_training() -> Training {
    use_context().expect("`provide_app_state` in `App` provides training")
}
