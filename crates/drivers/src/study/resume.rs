//! A study that goes on: from its records after a stop or a crash, with more trials after its end, or with other
//! instructions while it runs.

use engine::tune::{MAX_TRIALS, ParamName, Setting, SpecError, Trial, Value, best_trial};
use track::id::Millis;
use track::record::Record;
use track::run::{ParamValue, Run, RunKind, RunState};

use super::{Stage, StudyDriver, StudyError};
use crate::records::{StudyPlan, study_run, trial_of};
use crate::worked::worked_ms;

impl StudyDriver {
    /// The study of `plan`, which has the id of an earlier one, from where `children` (that study's trials and fits)
    /// left it. What comes is what would have come had it never stopped; `plan.study` may ask for more trials.
    ///
    /// # Errors
    /// As `new`.
    pub fn resume(plan: StudyPlan, children: &[Run], now: Millis) -> Result<Self, StudyError> {
        let mut driver = Self::new(plan)?;
        driver.begun = now;
        driver.last = driver.last.max(now);
        driver.earlier_ms = worked_ms(driver.plan.created, children);
        let plan = &driver.plan;
        let trial =
            |run: &Run| Some((trial_of(&plan.run, &plan.study, run)?, run.ended.unwrap_or(run.created)));
        let mut trials: Vec<((usize, Trial), Millis)> = children.iter().filter_map(trial).collect();
        trials.sort_by_key(|((search, trial), _)| (*search, trial.number));
        for ((search, trial), ended) in trials {
            let state = &mut driver.searches[search];
            // After a gap nothing can be used: each trial follows from all before it.
            if trial.number as usize == state.trials.len() && state.trials.len() < state.n_total as usize {
                state.push(trial, ended);
            }
        }
        let mut fits: Vec<&Run> = children.iter().filter(|run| run.kind == RunKind::Fit).collect();
        fits.sort_by(|a, b| a.id.cmp(&b.id));
        for fit in fits {
            let Some((search, None)) = fit.id.child_of(&driver.plan.run) else { continue };
            let Some(state) = driver.searches.get_mut(search) else { continue };
            state.n_earlier_fits += 1;
            state.kept_fit = match (&fit.state, fit.params.get("trial")) {
                (RunState::Finished, Some(ParamValue::Int(number))) => u32::try_from(*number).ok(),
                _ => None,
            };
        }
        for search in 0..driver.searches.len() {
            let state = &driver.searches[search];
            if !state.trials.is_empty() && !state.is_searching() && best_trial(&state.trials).is_none() {
                driver.fail(search, driver.searches[search].why_nothing());
            }
        }
        driver.n_earlier = driver.searches.iter().map(|search| search.trials.len() as u64).sum();
        driver.show();
        Ok(driver)
    }

    /// Has a setting tried before any other that is not under way: some values or all of them.
    ///
    /// # Errors
    /// Where the space does not have a value of it, a trial had all of them, or nothing is searched any more.
    pub fn enqueue(&mut self, search: usize, setting: Setting) -> Result<(), SpecError> {
        let Some(state) = self.searches.get(search).filter(|state| state.is_searching()) else {
            return Err(SpecError::NotSearching);
        };
        let spec = &self.plan.study.searches[search];
        if let Some(trial) = spec.tried(&setting, &state.trials) {
            return Err(SpecError::AlreadyTried { number: trial.number + 1 });
        }
        let n_waiting = spec.waiting(&state.trials).count() + 1;
        let n_needed = u32::try_from(state.trials.len() + n_waiting).unwrap_or(MAX_TRIALS).min(MAX_TRIALS);
        self.amend(|plan| {
            if let Some(spec) = plan.study.searches.get_mut(search) {
                spec.queued.push(setting);
                spec.n_trials = spec.n_trials.max(n_needed);
            }
        })?;
        self.searches[search].n_total = self.searches[search].n_total.max(n_needed);
        Ok(())
    }

    /// Holds a parameter at a value from the next trial that is not under way on, or lets it go again.
    ///
    /// # Errors
    /// As `enqueue`.
    pub fn freeze(&mut self, search: usize, name: ParamName, value: Option<Value>) -> Result<(), SpecError> {
        self.amend(|plan| {
            let Some(spec) = plan.study.searches.get_mut(search) else { return };
            spec.frozen.remove(&name);
            if let Some(value) = value {
                spec.frozen.insert(name, value);
            }
        })
    }

    /// Changes the instructions of a study that is searching; they are stored with it.
    fn amend(&mut self, change: impl FnOnce(&mut StudyPlan)) -> Result<(), SpecError> {
        if self.stage != Stage::Searching {
            return Err(SpecError::NotSearching);
        }
        let mut plan = self.plan.clone();
        change(&mut plan);
        plan.study.validate()?;
        self.plan = plan;
        let run = self.own_run(study_run(&self.plan, RunState::Running, None, None));
        self.outbox.put(Record::Run(run));
        Ok(())
    }
}
