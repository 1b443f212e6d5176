//! A study that goes on where it was left, with more trials, or with what a person wants tried or held.

use drivers::{OWNER_TAG, Said, StudyDriver, StudyPlan};
use engine::tune::{MAX_SEARCHES, MAX_TRIALS, ParamName, Setting, SpecError, StudySpec, Value};
use leptos::task::spawn_local;
use storage::{Batch, Order, Query};
use track::id::RunId;
use track::record::{Collection, Record};
use track::run::{Run, RunKind, RunSpec};

use super::Training;
use crate::services::clock;
use crate::state::lab::Wanted;
use crate::state::live_study::{LivePhase, LiveStudy};
use crate::state::loadable::Loadable;
use crate::state::steering::{Hold, apply, only};

/// Children read of one study: all that one can have, and room for fits.
pub(super) const MAX_CHILDREN: usize = (MAX_TRIALS as usize + 100) * MAX_SEARCHES;

/// Changes the instructions of a study before it goes on; told how many trials each search has made.
type Change = Box<dyn FnOnce(&mut StudySpec, &[u32])>;

/// A study as it is stored.
struct Earlier {
    run: Run,
    study: StudySpec,
    children: Vec<Run>,
}

impl Earlier {
    /// Trials of each search.
    fn n_trials(&self) -> Vec<u32> {
        let mut n_trials = vec![0; self.study.searches.len()];
        for child in self.children.iter().filter(|child| child.kind == RunKind::Trial) {
            if let Some((search, Some(_))) = child.id.child_of(&self.run.id)
                && let Some(n_trials) = n_trials.get_mut(search)
            {
                *n_trials += 1;
            }
        }
        n_trials
    }
}

impl Training {
    /// Goes on with the study shown, where it was left.
    pub fn go_on(self) {
        self.resume(Box::new(|_, _| ()));
    }

    /// Gives each search of the study shown so many trials more.
    pub fn add_trials(self, n_more: u32) {
        self.resume(Box::new(move |study, done| {
            for (search, n_done) in study.searches.iter_mut().zip(done) {
                search.n_trials = n_done.saturating_add(n_more).min(MAX_TRIALS);
            }
            // Who asks for more does not want to be told again that it is pointless, or that the minutes are over.
            (study.stop_rule, study.minutes) = (None, None);
        }));
    }

    /// Has a setting tried as soon as can be; a study that has ended goes on for it
    /// alone.
    ///
    /// # Errors
    /// One sentence where it cannot be tried.
    pub fn try_setting(self, search: usize, setting: Setting) -> Result<(), String> {
        if let Some(amended) = self.amend(|driver| driver.enqueue(search, setting.clone())) {
            return amended;
        }
        self.refuse_tried(search, &setting)?;
        self.resume(Box::new(move |study, done| only(study, done, (search, setting))));
        Ok(())
    }

    /// Refuses a setting that a trial of the study shown had already.
    fn refuse_tried(self, search: usize, setting: &Setting) -> Result<(), String> {
        let shown = self.live.with_untracked(|live| live.loaded().and_then(|live| live.run.clone()));
        let tried = self.plots.trials.with_untracked(|trials| {
            let study = trials.as_ref().filter(|study| Some(&study.run) == shown.as_ref())?;
            let (spec, own) = (study.spec.searches.get(search)?, study.searches.get(search)?);
            Some(spec.tried(setting, &own.trials)?.number)
        });
        match tried {
            Some(number) => Err(SpecError::AlreadyTried { number: number + 1 }.to_string()),
            None => Ok(()),
        }
    }

    /// Holds a parameter at a value from the next trial on, or lets it go; of a study that has ended when it goes
    /// on.
    ///
    /// # Errors
    /// One sentence where it cannot be held there.
    pub fn hold(self, search: usize, name: ParamName, value: Option<Value>) -> Result<(), String> {
        if let Some(amended) = self.amend(|driver| driver.freeze(search, name, value.clone())) {
            return amended;
        }
        self.live.update(|live| {
            if let Loadable::Loaded(live) = live {
                live.hold((search, name, value));
            }
        });
        Ok(())
    }

    /// Changes the study under way; none where none is.
    fn amend<E: ToString>(
        self,
        change: impl FnOnce(&mut StudyDriver) -> Result<(), E>,
    ) -> Option<Result<(), String>> {
        let (driver, pump) = self.bench.with(|bench| Some((bench.driver.clone()?, bench.pump.clone()?)))?;
        let amended = change(&mut driver.borrow_mut()).map_err(|error| error.to_string());
        pump.carry_on();
        self.show(&driver.borrow());
        Some(amended)
    }

    fn resume(self, change: Change) {
        let shown = self.live.with_untracked(|live| {
            let live = live.loaded().filter(|live| live.has_ended())?;
            Some((live.run.clone()?, live.holds.clone()))
        });
        let Some((run, holds)) = shown else { return };
        let start = self.begin_start();
        self.live.update(|live| {
            if let Loadable::Loaded(live) = live {
                live.phase = LivePhase::Preparing;
            }
        });
        spawn_local(async move {
            let earlier = self.earlier(&run).await;
            if !self.is_wanted(start) {
                return;
            }
            match earlier {
                Ok(earlier) => self.go_on_from(start, earlier, (holds, change)),
                Err(sentence) => self.fail(sentence),
            }
        });
    }

    fn go_on_from(self, start: u64, earlier: Earlier, (holds, change): (Vec<Hold>, Change)) {
        let mut study = earlier.study.clone();
        change(&mut study, &earlier.n_trials());
        holds.iter().for_each(|hold| apply(&mut study.searches, hold));
        let wanted =
            Wanted::Of { data: earlier.run.dataset.clone(), experiment: earlier.run.experiment.clone() };
        self.with_reviews(
            (start, wanted, study),
            Box::new(move |study, counts| {
                let plan = self.plan(study, counts);
                spawn_local(async move {
                    let driver = self.resumed(start, earlier, plan).await;
                    if self.is_wanted(start) {
                        self.drive_or_fail(driver);
                    }
                });
            }),
        );
    }

    /// The driver that goes on. What people said of the study is read again, for minutes may have passed, and stored as
    /// under way in the same turn: from then on nobody changes it but the driver.
    async fn resumed(self, start: u64, earlier: Earlier, plan: StudyPlan) -> Result<StudyDriver, String> {
        let services = self.shared.get();
        let _turn = services.store.turn().await;
        let run = self.stored_study(&earlier.run.id).await?;
        let driver = StudyDriver::resume(plan_again(&run, plan), &earlier.children, clock::now());
        let driver = driver.map_err(|error| error.to_string())?;
        if self.is_wanted(start) {
            let records = vec![Record::Run(run.clone().taken_up())];
            let batch = Batch { records, blobs: Vec::new() };
            services.store.write(batch).await.map_err(|error| error.to_string())?;
        }
        if !self.is_wanted(start) {
            // Given up in that very moment: it stays as it ended.
            let batch = Batch { records: vec![Record::Run(run)], blobs: Vec::new() };
            services.store.write(batch).await.map_err(|error| error.to_string())?;
        }
        Ok(driver)
    }

    async fn stored_study(self, run: &RunId) -> Result<Run, String> {
        let record = self.shared.get().store.get(Collection::Runs, run.as_str()).await;
        match record.map_err(|error| error.to_string())? {
            Some(Record::Run(run)) => Ok(run),
            _ => Err("This study is no longer on this device: start another.".to_owned()),
        }
    }

    async fn earlier(self, run: &RunId) -> Result<Earlier, String> {
        let services = self.shared.get();
        let run = self.stored_study(run).await?;
        let Some(RunSpec::Study(study)) = run.spec.clone() else {
            return Err(format!("Study {} does not say what it was asked for: start another.", run.name));
        };
        let children = Query::RunsOfParent(run.id.clone());
        let children = services.store.list(&children, Order::Ascending, MAX_CHILDREN).await;
        let children = children.map_err(|error| error.to_string())?.into_iter();
        let children =
            children.filter_map(|record| if let Record::Run(child) = record { Some(child) } else { None });
        let children = children.collect();
        Ok(Earlier { run, study, children })
    }
}

/// The plan of a study that goes on as `run` is stored now.
fn plan_again(run: &Run, plan: StudyPlan) -> StudyPlan {
    StudyPlan {
        owner: run.tags.get(OWNER_TAG).cloned().unwrap_or_default(),
        said: Said::of(run),
        run: run.id.clone(),
        created: run.created,
        ..plan
    }
}

impl LiveStudy {
    fn hold(&mut self, hold: Hold) {
        self.holds.retain(|(search, name, _)| (*search, *name) != (hold.0, hold.1));
        self.holds.push(hold);
    }
}

#[cfg(test)]
mod tests {
    use engine::models::ModelKind;
    use track::run::RunState;

    use super::*;
    use crate::state::comparison::samples::run;

    #[test]
    fn a_study_goes_on_with_what_was_said_of_it_last() {
        let study = StudySpec::reference(&[ModelKind::MultinomialNb], 5, 1);
        let read = Run { kind: RunKind::Study, spec: Some(RunSpec::Study(study.clone())), ..run(&[], &[]) };
        let plan = StudyPlan {
            run: RunId("other".into()),
            experiment: read.experiment.clone(),
            dataset: read.dataset.clone(),
            classes: vec![("bad".into(), 50), ("good".into(), 50)],
            study,
            counts: read.dataset.file,
            terms: read.dataset.file,
            variants: Vec::new(),
            owner: "somebody else".into(),
            created: track::id::Millis(9),
            said: Said::of(&read),
        };
        // Somebody wrote a note while the reviews were being counted again.
        let tags = [(OWNER_TAG.to_owned(), "me".to_owned()), ("team".to_owned(), "a".to_owned())];
        let stored = Run { name: "spring".into(), note: "keep".into(), tags: tags.into(), ..read };
        let plan = plan_again(&stored, plan);
        assert_eq!((plan.said, plan.owner.as_str()), (Said::of(&stored), "me"));
        assert_eq!((plan.run, plan.created), (stored.id.clone(), stored.created));
        assert_eq!(stored.taken_up().state, RunState::Running);
    }
}
