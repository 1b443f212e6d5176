//! A deployment as it is typed, and what it asks for once it makes sense.
//!
//! Texts in; a checked deployment or one sentence a field out. The rules are the crate `flow`'s.

use flow::{ReadyMade, SCHEDULED_MODEL, Timing, Zone, from_wall};
use track::flow::{Cadence, CatchUp, Deployment, Overflow, Schedule};
use track::id::{DeploymentId, FlowId, Millis};

use super::book::FlowBook;
use super::due_runs::Zones;
use crate::state::format;

/// Longest name, in characters.
const MAX_NAME_CHARS: usize = 80;
/// Most schedules of a deployment.
pub const MAX_SCHEDULES: usize = 8;
/// Most runs at a time.
const MAX_AT_A_TIME: u32 = 100;
/// Flows that come with the program.
pub const READY_MADE: [ReadyMade; 4] = ReadyMade::ALL;
/// Begins the key of a ready-made flow among those to choose from.
const READY: &str = "ready:";

/// The unit of an interval.
const UNITS: [(&str, &str, u64); 5] = [
    ("s", "seconds", 1),
    ("min", "minutes", 60),
    ("h", "hours", 3_600),
    ("d", "days", 86_400),
    ("w", "weeks", 604_800),
];

/// What is run.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A flow that is kept.
    Kept {
        /// Which.
        flow: FlowId,
        /// Its version; none: always the newest.
        version: Option<u32>,
    },
    /// One that comes with the program, kept from then on.
    ReadyMade {
        /// Which.
        flow: ReadyMade,
        /// The dataset it loads; empty: the one used last.
        dataset: String,
        /// The model it keeps.
        model: String,
        /// The folder it scores, where it scores one.
        folder: String,
    },
}

/// A deployment that makes sense.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The one that is changed; none: a new one.
    pub id: Option<DeploymentId>,
    /// Its name.
    pub name: String,
    /// What it runs.
    pub source: Source,
    /// When.
    pub schedules: Vec<Schedule>,
    /// Most of its runs at a time.
    pub n_at_a_time: u32,
    /// What happens to one more.
    pub overflow: Overflow,
}

/// A schedule as it is typed.
#[derive(Clone, Debug, PartialEq)]
pub struct ScheduleForm {
    /// Tells it from the others.
    pub number: u32,
    /// By cron's expression, else by an interval.
    pub is_cron: bool,
    /// Cron's expression.
    pub cron: String,
    /// How many units an interval has.
    pub every: String,
    /// Its unit, by its key.
    pub unit: String,
    /// The zone's name.
    pub zone: String,
    /// What is done about missed runs.
    pub catch_up: CatchUp,
    /// Whether it makes runs.
    pub is_active: bool,
    /// One of an interval's times, by the zone's clocks; empty: as it was, of a new one the beginning of 1970.
    pub counted_from: String,
    /// One of an interval's times, as it was.
    anchor: Millis,
    /// All up to this is dealt with.
    handled: Option<Millis>,
}

impl ScheduleForm {
    /// Every hour.
    pub fn new(number: u32, zone: String) -> Self {
        Self {
            number,
            is_cron: false,
            cron: "0 9 * * mon-fri".to_owned(),
            every: "1".to_owned(),
            unit: "h".to_owned(),
            zone,
            catch_up: CatchUp::Latest,
            is_active: true,
            counted_from: String::new(),
            anchor: Millis(0),
            handled: None,
        }
    }

    fn of(schedule: &Schedule) -> Self {
        let new = Self::new(schedule.number, schedule.zone.clone());
        let new = Self {
            catch_up: schedule.catch_up,
            is_active: schedule.is_active,
            handled: Some(schedule.handled),
            ..new
        };
        match &schedule.cadence {
            Cadence::Cron { expression } => Self { is_cron: true, cron: expression.clone(), ..new },
            Cadence::Interval { seconds, anchor } => {
                let fits = |(_, _, length): &&(&str, &str, u64)| seconds.is_multiple_of(*length);
                let (unit, _, length) = UNITS.iter().rev().find(fits).unwrap_or(&UNITS[0]);
                let every = (seconds / length).to_string();
                Self { is_cron: false, every, unit: (*unit).to_owned(), anchor: *anchor, ..new }
            }
        }
    }

    fn cadence(&self, zone: &dyn Zone) -> Result<Cadence, String> {
        if self.is_cron {
            return Ok(Cadence::Cron { expression: self.cron.trim().to_owned() });
        }
        let length = UNITS.iter().find(|(key, ..)| *key == self.unit).map_or(60, |(_, _, length)| *length);
        let every = format::parse_whole(&self.every).ok_or("Type a whole number, such as 5.")?;
        let anchor = match self.counted_from.trim() {
            "" => self.anchor,
            text => from_wall(zone, text).ok_or("Type a date and a time, such as 2026-11-22 09:30.")?,
        };
        Ok(Cadence::Interval { seconds: every.saturating_mul(length), anchor })
    }

    /// The schedule, where it can be kept.
    ///
    /// # Errors
    /// One sentence.
    pub fn check(&self, zones: Zones<'_>, now: Millis) -> Result<Schedule, String> {
        let zone = self.zone.trim();
        let clocks = zones(zone).ok_or_else(|| {
            format!("This browser knows no time zone '{zone}': use a name such as Europe/Berlin or UTC.")
        })?;
        let cadence = self.cadence(&*clocks)?;
        Timing::new(&cadence).map_err(|error| format::sentence(&error.to_string()))?;
        Ok(Schedule {
            number: self.number,
            cadence,
            zone: zone.to_owned(),
            is_active: self.is_active,
            catch_up: self.catch_up,
            handled: self.handled.unwrap_or(now),
        })
    }

    /// Units to choose from.
    pub fn units() -> Vec<(String, String)> {
        UNITS.iter().map(|(key, name, _)| ((*key).to_owned(), (*name).to_owned())).collect()
    }
}

/// Policies to choose from, by their keys.
pub const CATCH_UPS: [(CatchUp, &str, &str); 3] = [
    (CatchUp::Latest, "latest", "Run the latest once"),
    (CatchUp::Skip, "skip", "Leave them out"),
    (CatchUp::All, "all", "Run all of them"),
];

/// A deployment as it is typed.
#[derive(Clone, Debug, PartialEq)]
pub struct DeployForm {
    /// The one that is changed; none: a new one.
    pub id: Option<DeploymentId>,
    /// Its name.
    pub name: String,
    /// The key of what it runs.
    pub flow: String,
    /// The dataset of a ready-made flow.
    pub dataset: String,
    /// The model of a ready-made flow.
    pub model: String,
    /// The folder that a ready-made flow scores.
    pub folder: String,
    /// When.
    pub schedules: Vec<ScheduleForm>,
    /// Most runs at a time.
    pub n_at_a_time: String,
    /// What happens to one more.
    pub overflow: Overflow,
}

impl DeployForm {
    /// A new one, in a zone.
    pub fn new(zone: String) -> Self {
        Self {
            id: None,
            name: String::new(),
            flow: format!("{READY}{}", ReadyMade::Retrain.name()),
            dataset: String::new(),
            model: SCHEDULED_MODEL.to_owned(),
            folder: String::new(),
            schedules: vec![ScheduleForm::new(0, zone)],
            n_at_a_time: "1".to_owned(),
            overflow: Overflow::Queue,
        }
    }

    /// One that is kept.
    pub fn of(deployment: &Deployment, zone: String) -> Self {
        Self {
            id: Some(deployment.id.clone()),
            name: deployment.name.clone(),
            flow: deployment.flow.0.clone(),
            schedules: deployment.schedules.iter().map(ScheduleForm::of).collect(),
            n_at_a_time: deployment.n_at_a_time.to_string(),
            overflow: deployment.overflow,
            ..Self::new(zone)
        }
    }

    /// Whether it runs a flow that comes with the program, whose data and model are asked for.
    pub fn is_ready_made(&self) -> bool {
        self.flow.starts_with(READY)
    }

    /// Whether it runs the ready-made flow that scores a folder.
    pub fn scores_folder(&self) -> bool {
        self.flow.strip_prefix(READY) == Some(ReadyMade::ScoreFolder.name())
    }

    /// Flows to choose from: key and shown name.
    pub fn flows(book: &FlowBook) -> Vec<(String, String)> {
        let kept = book.all_newest().into_iter();
        let kept =
            kept.map(|flow| (flow.id.0.clone(), format!("{} (yours, version {})", flow.name, flow.version)));
        let ready = READY_MADE.into_iter();
        ready
            .map(|flow| (format!("{READY}{}", flow.name()), format!("{} (ready-made)", flow.name())))
            .chain(kept)
            .collect()
    }

    /// Adds a schedule.
    pub fn add_schedule(&mut self, zone: String) {
        if self.schedules.len() < MAX_SCHEDULES {
            let number = self.schedules.iter().map(|schedule| schedule.number + 1).max().unwrap_or(0);
            self.schedules.push(ScheduleForm::new(number, zone));
        }
    }

    /// What is asked for.
    ///
    /// # Errors
    /// One sentence: the first thing that is wrong.
    pub fn check(&self, zones: Zones<'_>, now: Millis) -> Result<Checked, String> {
        let name: String = self.name.trim().chars().take(MAX_NAME_CHARS).collect();
        if name.is_empty() {
            return Err("Type a name for the deployment.".to_owned());
        }
        let model = self.model.trim();
        let source = match self.flow.strip_prefix(READY).and_then(ReadyMade::named) {
            Some(_) if model.is_empty() => return Err("Type the name of the model it keeps.".to_owned()),
            Some(_) if self.scores_folder() && self.folder.is_empty() => {
                return Err("Choose the folder it scores: 'Pick a folder' adds one.".to_owned());
            }
            Some(flow) => {
                let (dataset, model) = (self.dataset.trim().to_owned(), model.to_owned());
                Source::ReadyMade { flow, dataset, model, folder: self.folder.clone() }
            }
            None => Source::Kept { flow: FlowId(self.flow.clone()), version: None },
        };
        let n_at_a_time = format::parse_whole(&self.n_at_a_time).and_then(|n| u32::try_from(n).ok());
        let n_at_a_time = n_at_a_time.filter(|n| (1..=MAX_AT_A_TIME).contains(n));
        let n_at_a_time = n_at_a_time.ok_or_else(|| format!("Runs at a time are 1 to {MAX_AT_A_TIME}."))?;
        let schedules = self.schedules.iter().map(|schedule| schedule.check(zones, now));
        let schedules = schedules.collect::<Result<Vec<Schedule>, String>>()?;
        Ok(Checked { id: self.id.clone(), name, source, schedules, n_at_a_time, overflow: self.overflow })
    }
}

#[cfg(test)]
mod tests {
    use flow::Utc;

    use super::*;

    fn utc(name: &str) -> Option<Box<dyn Zone>> {
        (name == "UTC").then(|| Box::new(Utc) as Box<dyn Zone>)
    }

    fn form() -> DeployForm {
        DeployForm { name: "nightly".into(), ..DeployForm::new("UTC".into()) }
    }

    #[track_caller]
    fn check(change: impl Fn(&mut DeployForm), expected: &str) {
        let mut form = form();
        change(&mut form);
        let said = form.check(&utc, Millis(9)).err().unwrap_or_default();
        assert!(said.starts_with(expected), "{said}");
    }

    #[test]
    fn what_is_wrong_is_said_in_one_sentence() {
        check(|_| (), "");
        check(|form| form.name = " ".into(), "Type a name");
        check(|form| form.flow = "ready:score folder".into(), "Choose the folder it scores");
        check(|form| form.n_at_a_time = "0".into(), "Runs at a time are 1 to 100.");
        check(|form| form.schedules[0].every = "often".into(), "Type a whole number");
        check(|form| form.schedules[0].counted_from = "soon".into(), "Type a date and a time");
        check(|form| form.schedules[0].unit = "s".into(), "An interval is 10 seconds");
        check(
            |form| form.schedules[0].zone = "Mars/Base".into(),
            "This browser knows no time zone 'Mars/Base'",
        );
        check(
            |form| (form.schedules[0].is_cron, form.schedules[0].cron) = (true, "a b".into()),
            "A cron expression has 5 fields",
        );
    }

    #[test]
    fn an_interval_is_counted_from_what_is_typed() {
        let mut one = ScheduleForm::new(0, "UTC".into());
        (one.unit, one.counted_from) = ("d".into(), "1970-01-02 09:30".into());
        let anchor = Millis(((24 + 9) * 60 + 30) * 60_000);
        let cadence = one.check(&utc, Millis(9)).map(|schedule| schedule.cadence);
        assert_eq!(cadence, Ok(Cadence::Interval { seconds: 86_400, anchor }));
    }

    #[test]
    fn a_kept_schedule_comes_back_as_it_was() {
        for cadence in [
            Cadence::Interval { seconds: 300, anchor: Millis(7) },
            Cadence::Interval { seconds: 90, anchor: Millis(0) },
            Cadence::Interval { seconds: 86_400, anchor: Millis(3) },
            Cadence::Cron { expression: "*/5 * * * *".into() },
        ] {
            let schedule = Schedule {
                number: 3,
                cadence,
                zone: "UTC".into(),
                is_active: false,
                catch_up: CatchUp::All,
                handled: Millis(5),
            };
            assert_eq!(ScheduleForm::of(&schedule).check(&utc, Millis(9)), Ok(schedule));
        }
    }
}
