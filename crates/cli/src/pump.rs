//! Carries out what a driver commands, with threads and a project file, until it is finished.
//! In: a driver, the pool, the file, the project. Out: the driver, finished. Never: a record shown before it
//! is in the project.

use drivers::{Command, Driver, Event};
use std::io::Write as _;
use storage::{Batch, Blob, Store as _};

use crate::clock;
use crate::failure::Failure;
use crate::pool::{Interrupted, Pool};
use crate::project::Project;
use crate::source::Source;

/// Where a driver's commands are carried out.
pub struct Pump<'a> {
    /// The threads.
    pub pool: &'a mut Pool,
    /// The reviews.
    pub source: &'a mut Source,
    /// Where records go, of work that has any.
    pub project: Option<&'a Project>,
}

impl Pump<'_> {
    /// Drives to the end; `on_change` is called after every event. Ctrl-C is told to the driver as Stop.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn drive<D: Driver>(&mut self, driver: &mut D, mut on_change: impl FnMut(&D)) -> Result<(), Failure> {
        self.pool.begin();
        loop {
            loop {
                let commands = driver.next();
                if commands.is_empty() {
                    break;
                }
                for command in commands {
                    self.carry_out(command, driver)?;
                }
            }
            if driver.is_finished() {
                return Ok(());
            }
            match self.pool.wait(driver.wakes_at()) {
                Ok(None) => driver.on(Event::Tick { now: clock::now() }),
                Ok(Some((ticket, Ok(answer)))) => driver.on(Event::Ran { ticket, answer, now: clock::now() }),
                Ok(Some((ticket, Err(error)))) => {
                    driver.on(Event::Failed { ticket, error, now: clock::now() })
                }
                Err(Interrupted) => driver.on(Event::Stop { now: clock::now() }),
            }
            on_change(driver);
        }
    }

    /// Where records go.
    ///
    /// # Errors
    /// A fault where there is no such place.
    pub fn project(&self) -> Result<&Project, Failure> {
        self.project
            .ok_or_else(|| Failure::Fault("work that keeps nothing asks for something to be kept".into()))
    }

    fn carry_out<D: Driver>(&mut self, command: Command, driver: &mut D) -> Result<(), Failure> {
        match command {
            Command::Run { ticket, job, input } => {
                let bytes = input.map_or(Ok(Vec::new()), |input| self.source.bytes(input))?;
                self.pool.submit(ticket, job, bytes);
            }
            Command::Cancel { tickets } => self.pool.cancel(&tickets),
            Command::Store { ticket, records, blobs } => {
                let mut batch = Batch { records, blobs: Vec::new() };
                for hash in blobs {
                    batch.blobs.push((hash, Blob::Bytes(self.pool.blob(hash)?)));
                }
                driver.on(match pollster::block_on(self.project()?.store().write(batch)) {
                    Ok(()) => Event::Stored { ticket, now: clock::now() },
                    Err(error) => return Err(error.into()),
                });
            }
        }
        Ok(())
    }
}

/// Prints to the standard output; a reader that has gone away (`| head`) is no failure.
///
/// # Errors
/// Where it cannot be written to for another reason.
pub fn print(text: &str) -> Result<(), Failure> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::wrong(format!("the standard output cannot be written to: {error}.")))
        }
        _ => Ok(()),
    }
}
