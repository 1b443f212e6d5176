//! One task at work: the driver or the questions that do it, and what came of them.

use std::collections::VecDeque;

use engine::dataset::DatasetRecipe;
use engine::table::TableSummary;
use engine::tune::CorpusSpec;
use jobs::{ReadOutput, Session};
use track::id::Millis;

use crate::pass::{PassError, Read, ReadDriver, SESSIONS_PER_PASS, ScanDriver};
use crate::protocol::{Command, Driver, Event};
use crate::study::StudyDriver;

use super::drifting::Drifting;
use super::judging::Judging;
use super::scoring::Scoring;

/// What does a task.
#[derive(Debug)]
pub(super) enum Work {
    /// Looks through a file.
    Scan(Box<ScanDriver>),
    /// Reads it and counts, once for each corpus.
    Count(Box<Counting>),
    /// Searches and fits.
    Study(Box<StudyDriver>),
    /// Holds a new fit against the champion.
    Judge(Box<Judging>),
    /// Scores files.
    Score(Box<Scoring>),
    /// Looks for drift.
    Drift(Box<Drifting>),
}

impl Work {
    fn driver(&mut self) -> &mut dyn Driver {
        match self {
            Self::Scan(driver) => driver.as_mut(),
            Self::Count(driver) => driver.as_mut(),
            Self::Study(driver) => driver.as_mut(),
            Self::Judge(driver) => driver.as_mut(),
            Self::Score(driver) => driver.as_mut(),
            Self::Drift(driver) => driver.as_mut(),
        }
    }

    pub fn next(&mut self) -> Vec<Command> {
        self.driver().next()
    }

    pub fn on(&mut self, event: Event) {
        self.driver().on(event);
    }

    pub fn is_finished(&mut self) -> bool {
        self.driver().is_finished()
    }

    pub fn wakes_at(&self) -> Option<Millis> {
        match self {
            Self::Study(driver) => driver.wakes_at(),
            Self::Scan(_) | Self::Count(_) | Self::Judge(_) | Self::Score(_) | Self::Drift(_) => None,
        }
    }
}

/// Reads one file in several ways, one after another.
#[derive(Debug)]
pub(super) struct Counting {
    recipe: DatasetRecipe,
    wanted: VecDeque<CorpusSpec>,
    total_bytes: u64,
    next_session: u64,
    reading: Option<ReadDriver>,
    /// Tickets of a pass begin anew; here they go on.
    n_tickets: u64,
    first_ticket: u64,
    outcome: Result<Vec<ReadOutput>, PassError>,
}

impl Counting {
    /// Of the file of `total_bytes`, with sessions from `first` on.
    pub fn new(recipe: DatasetRecipe, wanted: Vec<CorpusSpec>, total_bytes: u64, first: Session) -> Self {
        Self {
            recipe,
            wanted: wanted.into(),
            total_bytes,
            next_session: first.0,
            reading: None,
            n_tickets: 0,
            first_ticket: 0,
            outcome: Ok(Vec::new()),
        }
    }

    /// What was read, in the order wanted.
    pub fn outcome(&self) -> &Result<Vec<ReadOutput>, PassError> {
        &self.outcome
    }

    fn begin_next(&mut self) {
        if self.reading.is_some() || self.outcome.is_err() {
            return;
        }
        let Some(corpus) = self.wanted.pop_front() else { return };
        let recipe = DatasetRecipe { cleaning: corpus.cleaning, ..self.recipe.clone() };
        let read = Read { recipe, counting: corpus.counting };
        self.reading = Some(ReadDriver::new(Session(self.next_session), self.total_bytes, read));
        self.next_session += SESSIONS_PER_PASS;
        self.first_ticket = self.n_tickets;
    }

    fn take_outcome(&mut self) {
        let Some(found) = self.reading.as_mut().filter(|reading| reading.is_finished()) else { return };
        let found = found.take_outcome();
        self.reading = None;
        match (found, &mut self.outcome) {
            (Some(Ok(output)), Ok(outputs)) => outputs.push(output),
            (Some(Err(error)), outcome) => *outcome = Err(error),
            (None, _) | (Some(Ok(_)), Err(_)) => {}
        }
    }
}

impl Driver for Counting {
    fn next(&mut self) -> Vec<Command> {
        let mut commands = Vec::new();
        // A pass that was given up still has workers to release.
        if let Some(reading) = &mut self.reading {
            commands.extend(reading.next());
            self.take_outcome_after(&mut commands);
            return commands;
        }
        self.begin_next();
        if let Some(reading) = &mut self.reading {
            commands.extend(reading.next());
            self.take_outcome_after(&mut commands);
        }
        commands
    }

    fn on(&mut self, event: Event) {
        let first = self.first_ticket;
        let Some(reading) = &mut self.reading else { return };
        reading.on(event.numbered_from(first));
        self.take_outcome();
    }

    fn is_finished(&self) -> bool {
        self.reading.is_none() && (self.wanted.is_empty() || self.outcome.is_err())
    }
}

impl Counting {
    /// Numbers the commands of the pass at hand, and looks whether they ended it.
    fn take_outcome_after(&mut self, commands: &mut [Command]) {
        for command in commands {
            match command {
                Command::Run { ticket, .. } | Command::Store { ticket, .. } => {
                    ticket.0 += self.first_ticket;
                    self.n_tickets = self.n_tickets.max(ticket.0 + 1);
                }
                Command::Cancel { tickets } => {
                    tickets.iter_mut().for_each(|ticket| ticket.0 += self.first_ticket);
                }
            }
        }
        self.take_outcome();
    }
}

/// What a file that was looked through holds, where it is the one expected.
pub(super) fn looked(scan: &ScanDriver) -> Result<&TableSummary, String> {
    match scan.outcome() {
        Some(Ok(table)) => Ok(table),
        Some(Err(error)) => Err(error.to_string()),
        None => Err("Looking through the file did not come to an end.".to_owned()),
    }
}
