//! Reviews held against those that a registered model was tested on: answered first, where nobody has answered them yet.

use jobs::{Answer, CheckDrift, DriftChecked, Session};

use crate::pass::{AnswerRows, AnswersDriver};
use crate::protocol::{Command, Driver, Event};

use super::asking::Asking;

/// Numbers of tickets that the pass has: more than it gives out.
const TICKETS_PER_PASS: u64 = 1 << 32;

#[derive(Debug)]
enum Phase {
    Answering(Box<AnswersDriver>),
    Asking(Box<Asking>),
    Failed(String),
}

/// Looks for drift.
#[derive(Debug)]
pub(super) struct Drifting {
    question: CheckDrift,
    phase: Phase,
    first_ticket: u64,
    is_stopped: bool,
}

impl Drifting {
    /// Of rows that are answered.
    pub fn of_rows(question: CheckDrift) -> Self {
        let phase = Phase::Asking(Box::new(Asking::new(vec![question.clone().into()])));
        Self { question, phase, first_ticket: 0, is_stopped: false }
    }

    /// Of a file of `n_bytes`, whose rows are asked about once they are answered.
    pub fn of_file(question: CheckDrift, (session, n_bytes): (Session, u64), rows: AnswerRows) -> Self {
        let phase = Phase::Answering(Box::new(AnswersDriver::new(session, n_bytes, rows)));
        Self { question, phase, first_ticket: 0, is_stopped: false }
    }

    /// What was found.
    ///
    /// # Errors
    /// Why nothing was.
    pub fn checked(&self) -> Result<DriftChecked, String> {
        let Phase::Asking(asking) = &self.phase else {
            return match &self.phase {
                Phase::Failed(reason) => Err(reason.clone()),
                _ => Err("Answering the reviews did not come to an end.".to_owned()),
            };
        };
        match asking.answers().first() {
            Some(Ok(Answer::Drifted(found))) => Ok(found.clone()),
            Some(Err(error)) => Err(error.to_string()),
            Some(Ok(_)) | None => Err("A worker gave another answer than was asked for.".to_owned()),
        }
    }

    fn driver(&mut self) -> Option<&mut dyn Driver> {
        match &mut self.phase {
            Phase::Answering(pass) => Some(pass.as_mut()),
            Phase::Asking(asking) => Some(asking.as_mut()),
            Phase::Failed(_) => None,
        }
    }

    fn go_on(&mut self) -> bool {
        let Phase::Answering(pass) = &mut self.phase else { return false };
        if self.is_stopped || !pass.is_finished() {
            return false;
        }
        let outcome = pass.take_outcome();
        self.first_ticket = TICKETS_PER_PASS;
        self.phase = match outcome {
            Some(Ok(output)) => {
                let rows = output.kept_parts.iter().map(|part| part.hash).collect();
                let question = CheckDrift { rows, ..self.question.clone() };
                Phase::Asking(Box::new(Asking::new(vec![question.into()])))
            }
            Some(Err(error)) => Phase::Failed(error.to_string()),
            None => Phase::Failed("Answering the reviews did not come to an end.".to_owned()),
        };
        true
    }
}

impl Driver for Drifting {
    fn next(&mut self) -> Vec<Command> {
        let mut all = Vec::new();
        loop {
            let first = self.first_ticket;
            let mut commands = self.driver().map(|driver| driver.next()).unwrap_or_default();
            commands.iter_mut().for_each(|command| command.number_from(first));
            all.extend(commands);
            if !self.go_on() {
                return all;
            }
        }
    }

    fn on(&mut self, event: Event) {
        self.is_stopped |= matches!(event, Event::Stop { .. });
        let event = event.numbered_from(self.first_ticket);
        if let Some(driver) = self.driver() {
            driver.on(event);
        }
        self.go_on();
    }

    fn is_finished(&self) -> bool {
        match &self.phase {
            Phase::Answering(pass) => self.is_stopped && pass.is_finished(),
            Phase::Asking(asking) => asking.is_finished(),
            Phase::Failed(_) => true,
        }
    }
}
