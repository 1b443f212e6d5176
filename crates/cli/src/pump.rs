//! Carries out what a driver commands, with threads and a project file, until it is finished.
//! In: a driver, the pool, the file, the project. Out: the driver, finished. Never: a record shown before it
//! is in the project.

use drivers::{Command, Driver, Event};
use jobs::Request;
use std::io::Write as _;
use storage::{Batch, Blob, Store as _};
use track::record::Record;

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
        self.drive_with(driver, |_, driver| {
            on_change(driver);
            Ok(())
        })
    }

    /// The same, where what answers bring is taken from the pool after every event.
    ///
    /// # Errors
    /// Where the file cannot be read, or `on_change` fails.
    pub fn drive_with<D: Driver>(
        &mut self,
        driver: &mut D,
        mut on_change: impl FnMut(&mut Pool, &D) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
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
            on_change(self.pool, driver)?;
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

    /// Has the pool hold what a job needs and only the project has.
    fn fetch(&mut self, job: &Request) -> Result<(), Failure> {
        let Some(project) = self.project else { return Ok(()) };
        for hash in job.needs().into_iter().filter(|hash| !self.pool.holds(*hash)).collect::<Vec<_>>() {
            if let Some(blob) = pollster::block_on(project.store().blob(hash))? {
                self.pool.keep(hash, pollster::block_on(blob.bytes())?);
            }
        }
        Ok(())
    }

    fn carry_out<D: Driver>(&mut self, command: Command, driver: &mut D) -> Result<(), Failure> {
        match command {
            Command::Run { ticket, job, input } => {
                let bytes = input.map_or(Ok(Vec::new()), |input| self.source.bytes(input))?;
                self.fetch(&job)?;
                self.pool.submit(ticket, job, bytes);
            }
            Command::Cancel { tickets } => self.pool.cancel(&tickets),
            Command::Store { ticket, records, blobs } => {
                let is_of_flow = records.iter().any(must_be_on_disk);
                let mut batch = Batch { records, blobs: Vec::new() };
                for hash in blobs {
                    batch.blobs.push((hash, Blob::Bytes(self.pool.blob(hash)?)));
                }
                let project = self.project()?;
                driver.on(match pollster::block_on(project.store().write(batch)) {
                    Ok(()) if is_of_flow => {
                        project.save()?;
                        Event::Stored { ticket, now: clock::now() }
                    }
                    Ok(()) => Event::Stored { ticket, now: clock::now() },
                    Err(error) => return Err(error.into()),
                });
            }
        }
        Ok(())
    }
}

/// Whether a record says how far a flow run is: the program may end at any time, and its next run goes on from there.
fn must_be_on_disk(record: &Record) -> bool {
    matches!(record, Record::FlowRun(_) | Record::TaskRun(_) | Record::TaskResult(_))
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
