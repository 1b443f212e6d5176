//! A study from its first trial to its last stored record.
//!
//! Searches advance independently, one slice of trials in flight each; when one is done its best setting is
//! fitted. Answers become records, records are stored in batches, and only what is stored is
//! shown. Nothing but times depends on who answered when.

mod answers;
mod early_end;
mod search;
mod guess;
mod resume;
mod view;

pub use early_end::early_ends;

use engine::metrics::IntervalSpec;
use engine::num::SortedMap;
use engine::pipeline::DecisionError;
use engine::table::FileError;
use engine::tune::{SpecError, Trial, best_trial};
use jobs::{AdvanceStudy, FitFinal, Request, check_classes};
use thiserror::Error;
use track::id::Millis;
use track::record::Record;
use track::run::RunState;

use crate::outbox::Outbox;
use crate::protocol::{Command, Driver, Event, Ticket};
use crate::records::{ENDED_TAG, StudyPlan, best_metrics, study_run};

use guess::Guessing;
use search::Search;

/// Milliseconds of trials asked for at a time: short enough to stop and to spread, long against a message.
pub const SLICE_MS: f64 = 30.0;
/// How often in a row the worker of one search may die before the search fails.
pub const MAX_LOSSES: u32 = 8;

/// Why a study cannot begin.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum StudyError {
    /// Its instructions cannot be followed.
    #[error("{0}")]
    Spec(#[from] SpecError),
    /// Its scores cannot become answers as asked.
    #[error("{0}.")]
    Decision(#[from] DecisionError),
    /// Its reviews cannot be split as asked.
    #[error("{0}")]
    File(#[from] FileError),
    /// Not all that it learns from was counted.
    #[error("The study needs the reviews read in {needed} ways, {found} are there: read them again.")]
    Corpora {
        /// Ways it needs.
        needed: usize,
        /// Ways they were read.
        found: usize,
    },
}

/// Drives one study.
#[derive(Debug)]
pub struct StudyDriver {
    plan: StudyPlan,
    searches: Vec<Search>,
    guessing: Guessing,
    stage: Stage,
    n_tickets: u64,
    in_flight: SortedMap<Ticket, usize>,
    cancelled: Vec<Ticket>,
    outbox: Outbox<Shown>,
    /// When it began, or was resumed.
    begun: Millis,
    /// Milliseconds that were worked at it before it was resumed.
    earlier_ms: u64,
    /// Trials that it had when it was resumed.
    n_earlier: u64,
    last: Millis,
}

/// What is being done.
#[derive(Clone, Debug, PartialEq)]
enum Stage {
    Searching,
    /// Only final fits are left.
    Fitting,
    /// The study's last record waits to be stored.
    Closing(RunState),
    /// All is stored, or the person gave up storing.
    Over(RunState),
}

/// What of the searches is stored: that is what is shown.
#[derive(Clone, Debug, Default)]
struct Shown {
    /// Trials, whether there is a fit, whether it failed; by search.
    searches: Vec<(usize, bool, bool)>,
    /// Whether what guessing scores is.
    is_guessed: bool,
}

impl StudyDriver {
    /// Checks `plan` and gets ready; the pump holds counts and terms by now.
    ///
    /// # Errors
    /// Where the instructions or the number of rows in a class do not allow the study.
    pub fn new(plan: StudyPlan) -> Result<Self, StudyError> {
        plan.study.validate()?;
        plan.study.decision.check_classes(plan.classes.len())?;
        check_classes(&plan.classes, &plan.study.split)?;
        // scikit-learn deals rows to more folds than a class fills, and warns: some folds then hold none of it.
        if let Some(problem) = plan.study.problems(&plan.classes).into_iter().next() {
            return Err(problem.error.into());
        }
        let (needed, found) = (plan.study.corpora().len(), 1 + plan.variants.len());
        if needed != found {
            return Err(StudyError::Corpora { needed, found });
        }
        let searches: Vec<Search> =
            plan.study.searches.iter().map(|spec| Search::new(spec.model(), spec.n_trials)).collect();
        let shown = Shown { searches: vec![(0, false, false); searches.len()], is_guessed: false };
        let mut outbox = Outbox::new(shown);
        outbox.put(Record::Run(study_run(&plan, RunState::Running, None, None)));
        let last = plan.created;
        Ok(Self {
            begun: last,
            earlier_ms: 0,
            n_earlier: 0,
            plan,
            searches,
            guessing: Guessing::default(),
            stage: Stage::Searching,
            n_tickets: 0,
            in_flight: SortedMap::new(),
            cancelled: Vec::new(),
            outbox,
            last,
        })
    }

    /// What it was made from.
    pub fn plan(&self) -> &StudyPlan {
        &self.plan
    }

    fn run(&mut self, search: usize, job: impl Into<Request>) -> Command {
        let ticket = self.new_ticket();
        self.in_flight.insert(ticket, search);
        Command::Run { ticket, job: job.into(), input: None }
    }

    fn new_ticket(&mut self) -> Ticket {
        self.n_tickets += 1;
        Ticket(self.n_tickets)
    }

    /// Which of its fits is this study's: one that was recorded before it was resumed, where that is of the best
    /// trial still.
    fn fit_number(&self, search: usize) -> usize {
        let state = &self.searches[search];
        let best = best_trial(&state.trials).map(|trial| trial.number);
        let is_kept = state.kept_fit.is_some() && state.kept_fit == best;
        state.n_earlier_fits - usize::from(is_kept)
    }

    fn is_idle(&self, search: usize) -> bool {
        self.in_flight.values().all(|busy| *busy != search)
    }

    fn slice(&self, search: usize) -> AdvanceStudy {
        AdvanceStudy {
            counts: self.plan.all_counts(),
            study: self.plan.study.clone(),
            search,
            history: self.searches[search].history.clone(),
            finished: self.searches[search].unkept().to_vec(),
            slice_ms: SLICE_MS,
        }
    }

    fn final_fit(&self, search: usize) -> Option<FitFinal> {
        let best = best_trial(&self.searches[search].trials)?;
        let pipeline = self.plan.study.pipeline(search, &best.setting);
        let (counts, terms) = self.plan.corpus_of(&pipeline)?;
        Some(FitFinal {
            counts,
            terms,
            split: self.plan.study.split.clone(),
            pipeline,
            labels: self.plan.labels(),
            decision: self.plan.study.decision.clone(),
            interval: IntervalSpec::usual(self.plan.study.seed),
        })
    }

    /// What is to be asked of workers now; moves on from searching to fitting to closing.
    fn ask(&mut self) -> Vec<Command> {
        let mut commands = Vec::new();
        if !matches!(self.stage, Stage::Searching | Stage::Fitting) {
            return commands;
        }
        if self.searches.len() == 1 && self.in_flight.is_empty() {
            // One worker is enough for a lone search; another would hold the reviews' counts, too.
            commands.extend(self.ask_guess());
            if self.guessing.is_open() {
                return commands;
            }
        }
        for search in 0..self.searches.len() {
            if !self.is_idle(search) {
                continue;
            }
            if self.searches[search].is_searching() {
                let slice = self.slice(search);
                commands.push(self.run(search, slice));
            } else if self.searches[search].is_fitting()
                && let Some(fit) = self.final_fit(search)
            {
                commands.push(self.run(search, fit));
            }
        }
        commands.extend(self.ask_guess());
        if !self.searches.iter().any(Search::is_searching) {
            self.stage = Stage::Fitting;
        }
        if self.in_flight.is_empty() && !self.guessing.is_open() {
            self.close();
        }
        commands
    }

    /// All that could be done is done: the study's last record says how.
    fn close(&mut self) {
        let no_fit = self.searches.iter().all(|search| search.fit.is_none());
        let reason = self.searches.iter().find_map(|search| search.failed.clone());
        let state = match reason {
            Some(reason) if no_fit => RunState::Failed { reason },
            _ => RunState::Finished,
        };
        self.end(state);
    }

    fn end(&mut self, state: RunState) {
        let fitted = (0..self.searches.len()).filter(|search| self.searches[*search].fit.is_some());
        let mut best: Option<(usize, &Trial)> = None;
        for (search, trial) in
            fitted.filter_map(|search| Some((search, best_trial(&self.searches[search].trials)?)))
        {
            if best.is_none_or(|(_, most)| trial.mean() > most.mean()) {
                best = Some((search, trial));
            }
        }
        let output = best.and_then(|(search, _)| self.searches[search].fit.as_ref());
        let best =
            best.map(|(search, trial)| (self.plan.run.later_fit(search, self.fit_number(search)), trial));
        let mut record = self.own_run(study_run(&self.plan, state.clone(), Some(self.last), best));
        let worked_ms = self.earlier_ms + self.last.0.saturating_sub(self.begun.0);
        record.metrics.insert("study_time".to_owned(), worked_ms as f64 / 1000.0);
        record.metrics.extend(output.map(best_metrics).unwrap_or_default());
        if let Some(ends) = self.early_ends() {
            record.tags.insert(ENDED_TAG.to_owned(), ends);
        }
        self.outbox.put(Record::Run(record));
        self.stage = Stage::Closing(state);
    }

    /// What is known now is shown once the records put so far are stored.
    fn show(&mut self) {
        let searches = self.searches.iter();
        let searches =
            searches.map(|search| (search.trials.len(), search.fit.is_some(), search.failed.is_some()));
        let is_guessed = self.guessing.guesses.is_some();
        self.outbox.show_then(Shown { searches: searches.collect(), is_guessed });
    }

    fn stop(&mut self) {
        match &self.stage {
            Stage::Searching | Stage::Fitting => {
                self.cancelled.extend(std::mem::take(&mut self.in_flight).into_keys());
                self.cancelled.extend(self.guessing.give_up());
                self.outbox.retry();
                self.end(RunState::Killed);
            }
            Stage::Closing(state) if self.outbox.refused().is_some() => {
                self.stage = Stage::Over(state.clone())
            }
            Stage::Closing(_) | Stage::Over(_) => {}
        }
    }
}

impl Driver for StudyDriver {
    fn next(&mut self) -> Vec<Command> {
        let mut commands = Vec::new();
        if !self.cancelled.is_empty() {
            commands.push(Command::Cancel { tickets: std::mem::take(&mut self.cancelled) });
        }
        if self.outbox.refused().is_some() {
            return commands;
        }
        commands.extend(self.ask());
        if self.outbox.is_ready() {
            let ticket = self.new_ticket();
            commands.push(self.outbox.send(ticket));
        }
        commands
    }

    fn on(&mut self, event: Event) {
        match event {
            Event::Ran { ticket, answer, now } => {
                if let Some(search) = self.in_flight.remove(&ticket) {
                    self.last = self.last.max(now);
                    self.answered(search, answer);
                } else if self.guessing.take(ticket) {
                    self.last = self.last.max(now);
                    self.guessed(answer);
                }
            }
            Event::Failed { ticket, error, now } => {
                if let Some(search) = self.in_flight.remove(&ticket) {
                    self.last = self.last.max(now);
                    self.failed(search, &error);
                } else {
                    self.guessing.take(ticket);
                }
            }
            Event::Lost { ticket, reason, now } => {
                if let Some(search) = self.in_flight.remove(&ticket) {
                    self.last = self.last.max(now);
                    self.lost(search, reason);
                } else if self.guessing.take(ticket) {
                    self.guessing.lost();
                }
            }
            Event::Stored { ticket, now } => {
                self.last = self.last.max(now);
                self.outbox.stored(ticket);
            }
            Event::NotStored { ticket, reason, now } => {
                self.last = self.last.max(now);
                self.outbox.not_stored(ticket, reason);
            }
            Event::Stop { now } => {
                self.last = self.last.max(now);
                self.stop();
            }
            Event::Tick { now } => self.last = self.last.max(now),
            Event::Retry { now } => {
                self.last = self.last.max(now);
                self.outbox.retry();
            }
        }
        self.end_in_time();
        if let Stage::Closing(state) = &self.stage
            && self.outbox.is_empty()
        {
            self.stage = Stage::Over(state.clone());
        }
    }

    fn wakes_at(&self) -> Option<Millis> {
        self.deadline()
    }

    fn is_finished(&self) -> bool {
        matches!(self.stage, Stage::Over(_)) && self.cancelled.is_empty()
    }
}
