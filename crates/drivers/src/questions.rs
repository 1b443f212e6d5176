//! Jobs of one kind whose answers are wanted in order: a learning curve's points, what is luck in each search.

use engine::models::ModelKind;
use engine::pipeline::PipelineSpec;
use engine::tune::{CURVE_SHARES, Trial, best_trial};
use jobs::{Answer, Job, JobError, LearnFromShare, MeasureLuck, Request};
use thiserror::Error;

use crate::protocol::{Command, Driver, Event, Ticket};
use crate::records::StudyPlan;
use crate::study::MAX_LOSSES;

/// Why there are no answers.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum QuestionError {
    /// A job has none.
    #[error("{0}")]
    Job(JobError),
    /// Its worker died again and again.
    #[error("The worker died {n_losses} times ({reason}): close other tabs and try again.")]
    Lost {
        /// How it died at last.
        reason: String,
        /// How often it died.
        n_losses: u32,
    },
    /// Another job's answer came.
    #[error("An answer came that belongs to another question: try again.")]
    Fault,
    /// The person pressed Stop.
    #[error("It was stopped.")]
    Stopped,
}

/// Asks jobs, all at a time, and keeps their answers in order.
#[derive(Debug)]
pub struct QuestionDriver<J: Job> {
    jobs: Vec<J>,
    answers: Vec<Option<J::Output>>,
    /// The job of each ticket under way.
    in_flight: Vec<(Ticket, usize)>,
    to_ask: Vec<usize>,
    cancelled: Vec<Ticket>,
    n_tickets: u64,
    n_losses: u32,
    failed: Option<QuestionError>,
}

impl<J: Job + Clone> QuestionDriver<J> {
    /// Of these jobs; the pump holds what they need.
    pub fn new(jobs: Vec<J>) -> Self {
        Self {
            answers: jobs.iter().map(|_| None).collect(),
            to_ask: (0..jobs.len()).collect(),
            jobs,
            in_flight: Vec::new(),
            cancelled: Vec::new(),
            n_tickets: 0,
            n_losses: 0,
            failed: None,
        }
    }

    /// How many of how many are answered.
    pub fn progress(&self) -> (usize, usize) {
        (self.answers.iter().flatten().count(), self.jobs.len())
    }

    /// The answers so far, in the order of the jobs.
    pub fn answers(&self) -> impl Iterator<Item = &J::Output> {
        self.answers.iter().flatten()
    }

    /// Why it ended without all answers.
    pub fn failed(&self) -> Option<&QuestionError> {
        self.failed.as_ref()
    }

    fn take(&mut self, ticket: Ticket) -> Option<usize> {
        let at = self.in_flight.iter().position(|(known, _)| *known == ticket)?;
        Some(self.in_flight.remove(at).1)
    }

    fn fail(&mut self, error: QuestionError) {
        self.cancelled.extend(self.in_flight.drain(..).map(|(ticket, _)| ticket));
        self.to_ask.clear();
        self.failed = Some(error);
    }

    fn answered(&mut self, job: usize, answer: Answer) {
        match J::Output::try_from(answer) {
            Ok(output) => self.answers[job] = Some(output),
            Err(_) => self.fail(QuestionError::Fault),
        }
    }

    fn lost(&mut self, job: usize, reason: String) {
        self.n_losses += 1;
        if self.n_losses >= MAX_LOSSES {
            return self.fail(QuestionError::Lost { reason, n_losses: self.n_losses });
        }
        self.to_ask.push(job);
    }
}

impl QuestionDriver<LearnFromShare> {
    /// The learning curve of a pipeline of a study.
    pub fn learning_curve(plan: &StudyPlan, pipeline: &PipelineSpec) -> Self {
        let counts = plan.corpus_of(pipeline).map_or(plan.counts, |(counts, _)| counts);
        let point = |share| LearnFromShare {
            counts,
            split: plan.study.split.clone(),
            pipeline: pipeline.clone(),
            share,
        };
        Self::new(CURVE_SHARES.into_iter().map(point).collect())
    }
}

impl QuestionDriver<MeasureLuck> {
    /// How much is luck in each search that has a best trial, given all its trials.
    pub fn luck(plan: &StudyPlan, trials: &[&[Trial]]) -> (Vec<ModelKind>, Self) {
        let searched =
            (0..plan.study.searches.len()).zip(trials).filter(|(_, trials)| best_trial(trials).is_some());
        let (models, jobs) = searched
            .map(|(search, trials)| {
                let complete = trials.iter().filter(|trial| trial.mean().is_some());
                let settings = complete.map(|trial| trial.setting.clone()).collect();
                let (counts, study) = (plan.all_counts(), plan.study.clone());
                (plan.study.searches[search].model(), MeasureLuck { counts, study, search, settings })
            })
            .unzip();
        (models, Self::new(jobs))
    }
}

impl<J: Job + Clone> Driver for QuestionDriver<J> {
    fn next(&mut self) -> Vec<Command> {
        let mut commands = Vec::new();
        if !self.cancelled.is_empty() {
            commands.push(Command::Cancel { tickets: std::mem::take(&mut self.cancelled) });
        }
        for at in std::mem::take(&mut self.to_ask) {
            self.n_tickets += 1;
            let ticket = Ticket(self.n_tickets);
            self.in_flight.push((ticket, at));
            let job: Request = self.jobs[at].clone().into();
            commands.push(Command::Run { ticket, job, input: None });
        }
        commands
    }

    fn on(&mut self, event: Event) {
        match event {
            Event::Ran { ticket, answer, .. } => {
                if let Some(job) = self.take(ticket) {
                    self.answered(job, answer);
                }
            }
            Event::Failed { ticket, error, .. } => {
                if self.take(ticket).is_some() {
                    self.fail(QuestionError::Job(error));
                }
            }
            Event::Lost { ticket, reason, .. } => {
                if let Some(job) = self.take(ticket) {
                    self.lost(job, reason);
                }
            }
            Event::Stop { .. } => {
                if !self.is_finished() {
                    self.fail(QuestionError::Stopped);
                }
            }
            Event::Stored { .. } | Event::NotStored { .. } | Event::Tick { .. } | Event::Retry { .. } => {}
        }
    }

    fn is_finished(&self) -> bool {
        let is_done = self.failed.is_some() || self.answers.iter().all(Option::is_some);
        is_done && self.cancelled.is_empty()
    }
}
