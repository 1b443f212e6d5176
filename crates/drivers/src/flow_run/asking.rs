//! Questions that need no file, one after another.

use std::collections::VecDeque;

use jobs::{Answer, JobError, Request};

use crate::protocol::{Command, Driver, Event, Ticket};

/// How often in a row the worker of one question may die.
const MAX_LOSSES: u32 = 3;

/// Asks questions that need no file, one after another.
#[derive(Debug)]
pub(super) struct Asking {
    questions: VecDeque<Request>,
    asked: Option<(Ticket, Request)>,
    cancelled: Vec<Ticket>,
    n_tickets: u64,
    n_losses: u32,
    is_stopped: bool,
    answers: Vec<Result<Answer, JobError>>,
}

impl Asking {
    pub fn new(questions: Vec<Request>) -> Self {
        Self {
            questions: questions.into(),
            asked: None,
            cancelled: Vec::new(),
            n_tickets: 0,
            n_losses: 0,
            is_stopped: false,
            answers: Vec::new(),
        }
    }

    /// The answers, in the questions' order; an error where a worker would not answer.
    pub fn answers(&self) -> &[Result<Answer, JobError>] {
        &self.answers
    }
}

impl Driver for Asking {
    fn next(&mut self) -> Vec<Command> {
        if !self.cancelled.is_empty() {
            return vec![Command::Cancel { tickets: std::mem::take(&mut self.cancelled) }];
        }
        if self.is_stopped || self.asked.is_some() {
            return Vec::new();
        }
        let Some(job) = self.questions.pop_front() else { return Vec::new() };
        let ticket = Ticket(self.n_tickets);
        self.n_tickets += 1;
        self.asked = Some((ticket, job.clone()));
        vec![Command::Run { ticket, job, input: None }]
    }

    fn on(&mut self, event: Event) {
        let is_asked = |ticket: Ticket, asked: &Option<(Ticket, Request)>| {
            asked.as_ref().is_some_and(|(known, _)| *known == ticket)
        };
        match event {
            Event::Ran { ticket, answer, .. } if is_asked(ticket, &self.asked) => {
                (self.asked, self.n_losses) = (None, 0);
                self.answers.push(Ok(answer));
            }
            Event::Failed { ticket, error, .. } if is_asked(ticket, &self.asked) => {
                (self.asked, self.n_losses) = (None, 0);
                self.answers.push(Err(error));
            }
            Event::Lost { ticket, reason, .. } if is_asked(ticket, &self.asked) => {
                let Some((_, job)) = self.asked.take() else { return };
                self.n_losses += 1;
                if self.n_losses > MAX_LOSSES {
                    let reason = format!("The worker died {} times ({reason}).", self.n_losses);
                    self.answers.push(Err(JobError::CannotFit { reason }));
                } else {
                    self.questions.push_front(job);
                }
            }
            Event::Stop { .. } => {
                self.is_stopped = true;
                self.cancelled.extend(self.asked.take().map(|(ticket, _)| ticket));
            }
            _ => {}
        }
    }

    fn is_finished(&self) -> bool {
        let is_done = self.questions.is_empty() && self.asked.is_none();
        (is_done || self.is_stopped) && self.cancelled.is_empty()
    }
}
