//! Two passes at once: while one worker looks through the file, another reads it as its beginning suggests.
//! In: the file, what the person said of its columns. Out: what the file holds, and what was read of it if the
//! beginning was right. Never: anything that came of a wrong guess, or another answer than one pass after the other.

use drivers::{Command, Driver, Event, Input, Read, ReadDriver, SESSIONS_PER_PASS, ScanDriver, Ticket};
use engine::dataset::DatasetRecipe;
use engine::table::{DETECT_BYTES, TableScan, TableSummary, detect_format};
use engine::tune::StudySpec;
use jobs::{ReadOutput, Session};

use crate::arguments::TrainArguments;
use crate::clock;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::pump::Pump;
use crate::read_reviews::{look, recipe};

/// Bytes of the file's beginning that the guess is made from: some hundreds of rows.
const BEGINNING_BYTES: usize = 32 * 1024;

/// What the file holds, and what was read of it by a recipe that proved to be the file's.
pub type Looked = (TableSummary, Option<(DatasetRecipe, ReadOutput)>);

/// Looks through the file; reads it for `study` meanwhile where a worker has nothing else to do.
///
/// # Errors
/// Where the file cannot be used.
pub fn look_and_read(
    pump: &mut Pump<'_>,
    progress: &mut Progress,
    (arguments, study): (&TrainArguments, &StudySpec),
) -> Result<Looked, Failure> {
    let total_bytes = pump.source.n_bytes();
    let by_arguments = |table: &TableSummary| recipe(table, &arguments.columns, &arguments.split).ok();
    // Fixes change the recipe once the file is known.
    let may_guess = pump.pool.n_workers() > 1 && arguments.fixes.is_empty();
    let guess = may_guess.then(|| beginning(pump)).flatten().and_then(|table| by_arguments(&table));
    let Some(guess) = guess else { return Ok((look(pump, progress)?, None)) };
    let read = Read { recipe: guess.clone(), counting: study.counting() };
    let mut both = Both {
        scan: ScanDriver::new(Session(0), total_bytes),
        read: ReadDriver::new(Session(SESSIONS_PER_PASS), total_bytes, read),
        is_right: |table: &TableSummary| by_arguments(table).as_ref() == Some(&guess),
        is_checked: false,
    };
    pump.drive(&mut both, |both| progress.pass("Looking", both.scan.progress()))?;
    let table = both.scan.take_outcome();
    let table = table.ok_or_else(|| Failure::Fault("a finished pass has no outcome".into()))??;
    // A pass that failed is made again, to say why.
    let read = both.read.take_outcome().and_then(Result::ok).filter(|_| (both.is_right)(&table));
    drop(both);
    Ok((table, read.map(|output| (guess, output))))
}

/// What the first rows hold; nothing where they do not tell.
fn beginning(pump: &mut Pump<'_>) -> Option<TableSummary> {
    let total_bytes = pump.source.n_bytes();
    let end = total_bytes.min(DETECT_BYTES as u64);
    let head = pump.source.bytes(Input { start: 0, end }).ok()?;
    let format = detect_format(&head, total_bytes).ok()?;
    let rows = &head[..head.len().min(BEGINNING_BYTES)];
    let n_whole = rows.iter().rposition(|&byte| byte == b'\n')? + 1;
    let mut scan = TableScan::new(&format, n_whole as u64).ok()?;
    scan.push(&rows[..n_whole]).ok()?;
    scan.finish().ok()
}

/// Drives both passes, each with every other ticket.
struct Both<F> {
    scan: ScanDriver,
    read: ReadDriver,
    /// Whether the file is read as it is to be.
    is_right: F,
    is_checked: bool,
}

const OF_SCAN: u64 = 0;
const OF_READ: u64 = 1;

impl<F: Fn(&TableSummary) -> bool> Both<F> {
    fn tell(&mut self, ticket: Ticket, event: impl FnOnce(Ticket) -> Event) {
        let event = event(Ticket(ticket.0 / 2));
        match ticket.0 % 2 {
            OF_SCAN => self.scan.on(event),
            _ => self.read.on(event),
        }
    }

    /// Gives the reading up once it is known to be of no use.
    fn check(&mut self) {
        let Some(looked) = self.scan.outcome().filter(|_| !self.is_checked) else { return };
        self.is_checked = true;
        if !looked.as_ref().is_ok_and(&self.is_right) {
            self.read.on(Event::Stop { now: clock::now() });
        }
    }
}

impl<F: Fn(&TableSummary) -> bool> Driver for Both<F> {
    fn next(&mut self) -> Vec<Command> {
        let mut commands = numbered(self.scan.next(), OF_SCAN);
        commands.extend(numbered(self.read.next(), OF_READ));
        commands
    }

    fn on(&mut self, event: Event) {
        match event {
            Event::Ran { ticket, answer, now } => {
                self.tell(ticket, |ticket| Event::Ran { ticket, answer, now });
            }
            Event::Failed { ticket, error, now } => {
                self.tell(ticket, |ticket| Event::Failed { ticket, error, now });
            }
            Event::Lost { ticket, reason, now } => {
                self.tell(ticket, |ticket| Event::Lost { ticket, reason, now });
            }
            Event::Stop { now } => {
                self.scan.on(Event::Stop { now });
                self.read.on(Event::Stop { now });
            }
            // Passes store nothing and wait for no time.
            Event::Stored { .. } | Event::NotStored { .. } | Event::Tick { .. } | Event::Retry { .. } => {}
        }
        self.check();
    }

    fn is_finished(&self) -> bool {
        self.scan.is_finished() && self.read.is_finished()
    }
}

fn numbered(commands: Vec<Command>, which: u64) -> Vec<Command> {
    let number = |ticket: Ticket| Ticket(2 * ticket.0 + which);
    let command = |command| match command {
        Command::Run { ticket, job, input } => Command::Run { ticket: number(ticket), job, input },
        Command::Store { ticket, records, blobs } => {
            Command::Store { ticket: number(ticket), records, blobs }
        }
        Command::Cancel { tickets } => Command::Cancel { tickets: tickets.into_iter().map(number).collect() },
    };
    commands.into_iter().map(command).collect()
}
