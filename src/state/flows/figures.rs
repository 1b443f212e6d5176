//! What the dashboard shows of flow runs: how many of each state there were when, what is late, what comes next.
//!
//! Runs, deployments, a zone and the time in; counts and texts out. Never: a clock.

use engine::num::SortedMap;
use flow::{Timing, Zone, at_wall, cadence_words, next_times};
use track::flow::{Deployment, FlowRun, Schedule, StateName, StateType};
use track::id::{DeploymentId, FlowRunId, Millis};

use super::book::FlowBook;
use super::due_runs::Zones;

/// Bars of the strip.
pub const N_BARS: usize = 48;
/// Days of the heat strip.
pub const N_DAYS: usize = 35;
/// Next times that are shown of a schedule.
pub const N_NEXT: usize = 5;
const DAY_MS: u64 = 86_400_000;

/// How far back the strip looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Span {
    /// An hour.
    Hour,
    /// A day.
    #[default]
    Day,
    /// A week.
    Week,
    /// 30 days.
    Month,
}

impl Span {
    /// All of them, shortest first.
    pub const ALL: [Self; 4] = [Self::Hour, Self::Day, Self::Week, Self::Month];

    /// Its word in the address, and as it is shown.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Hour => ("hour", "Last hour"),
            Self::Day => ("day", "Last 24 hours"),
            Self::Week => ("week", "Last 7 days"),
            Self::Month => ("month", "Last 30 days"),
        }
    }

    /// The one of that word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|span| span.words().0 == word)
    }

    /// How long it is.
    pub fn ms(self) -> u64 {
        match self {
            Self::Hour => 3_600_000,
            Self::Day => DAY_MS,
            Self::Week => 7 * DAY_MS,
            Self::Month => 30 * DAY_MS,
        }
    }
}

/// How many runs of each state.
pub type Counts = SortedMap<StateType, u32>;

/// Runs over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Strip {
    /// Oldest first, `N_BARS` of them.
    pub bars: Vec<Counts>,
    /// Of all bars.
    pub counts: Counts,
    /// The most runs of one bar.
    pub most: u32,
}

/// The strip of runs that were due within `span` before `now`.
pub fn strip(runs: &[FlowRun], span: Span, now: Millis) -> Strip {
    let from = now.0.saturating_sub(span.ms());
    let mut strip = Strip { bars: vec![Counts::new(); N_BARS], ..Strip::default() };
    for run in runs.iter().filter(|run| run.due.0 > from && run.due <= now) {
        let place = ((run.due.0 - from - 1) as u128 * N_BARS as u128 / u128::from(span.ms())) as usize;
        let of = run.state.of_type();
        for counts in [&mut strip.bars[place.min(N_BARS - 1)], &mut strip.counts] {
            *counts.get_or_insert_with(of, || 0) += 1;
        }
    }
    strip.most = strip.bars.iter().map(|bar| bar.values().sum()).max().unwrap_or(0);
    strip
}

/// A day of the heat strip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// `2026-11-22`.
    pub date: String,
    /// Runs that were due.
    pub n_runs: u32,
    /// Those that failed or crashed.
    pub n_failed: u32,
}

/// The last `N_DAYS` days, oldest first, in a zone.
pub fn days(runs: &[FlowRun], zone: &dyn Zone, now: Millis) -> Vec<Day> {
    let date_of = |at: Millis| at_wall(zone, at).chars().take(10).collect::<String>();
    let mut days: Vec<Day> = Vec::with_capacity(N_DAYS);
    // A day of 25 hours would be met twice.
    let noon_steps = (0..2 * N_DAYS as u64).map(|step| Millis(now.0.saturating_sub(step * DAY_MS / 2)));
    for at in noon_steps {
        let date = date_of(at);
        if days.last().is_none_or(|last| last.date != date) && days.len() < N_DAYS {
            days.push(Day { date, n_runs: 0, n_failed: 0 });
        }
    }
    let oldest = Millis(now.0.saturating_sub((N_DAYS as u64 + 1) * DAY_MS));
    // Runs come in order of time, so neighbours mostly share an hour: its date is looked up once.
    let mut known: Option<(u64, String)> = None;
    for run in runs.iter().filter(|run| run.due > oldest && run.due <= now) {
        let quarter = run.due.0 / 900_000;
        if known.as_ref().is_none_or(|(of, _)| *of != quarter) {
            known = Some((quarter, date_of(run.due)));
        }
        let Some((_, date)) = &known else { continue };
        if let Some(day) = days.iter_mut().find(|day| day.date == *date) {
            day.n_runs += 1;
            day.n_failed += u32::from(matches!(run.state.of_type(), StateType::Failed | StateType::Crashed));
        }
    }
    days.reverse();
    days
}

/// What comes next.
#[derive(Clone, Debug, PartialEq)]
pub struct Upcoming {
    /// When.
    pub at: Millis,
    /// Of which deployment.
    pub deployment: DeploymentId,
    /// Its name.
    pub name: String,
}

/// The next times of all deployments, soonest first.
pub fn upcoming(book: &FlowBook, zones: Zones<'_>, now: Millis, n_most: usize) -> Vec<Upcoming> {
    let mut all: Vec<Upcoming> = Vec::new();
    for deployment in &book.deployments {
        for schedule in deployment.schedules.iter().filter(|schedule| schedule.is_active) {
            let times = times_of(schedule, zones, now).unwrap_or_default();
            all.extend(times.into_iter().map(|at| Upcoming {
                at,
                deployment: deployment.id.clone(),
                name: deployment.name.clone(),
            }));
        }
    }
    engine::num::stable_sort(&mut all, |a, b| (a.at, &a.deployment).cmp(&(b.at, &b.deployment)));
    all.truncate(n_most);
    all
}

fn times_of(schedule: &Schedule, zones: Zones<'_>, now: Millis) -> Option<Vec<Millis>> {
    let timing = Timing::new(&schedule.cadence).ok()?;
    Some(next_times(&timing, &*zones(&schedule.zone)?, now, N_NEXT))
}

/// Runs that wait though their time has come.
pub fn late(runs: &[FlowRun]) -> Vec<FlowRunId> {
    let is_late =
        |run: &&FlowRun| matches!(run.state.name, StateName::Late | StateName::AwaitingConcurrencySlot);
    runs.iter().filter(is_late).map(|run| run.id.clone()).collect()
}

/// A schedule in words, with its next times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleWords {
    /// `every 5 minutes`.
    pub words: String,
    /// The zone.
    pub zone: String,
    /// Next times on the zone's clocks; empty where it is off.
    pub next: Vec<String>,
    /// Whether it makes runs.
    pub is_active: bool,
    /// What is wrong with it.
    pub problem: Option<String>,
}

/// A schedule in words.
pub fn schedule_words(schedule: &Schedule, zones: Zones<'_>, now: Millis) -> ScheduleWords {
    let shown = ScheduleWords {
        words: String::new(),
        zone: schedule.zone.clone(),
        next: Vec::new(),
        is_active: schedule.is_active,
        problem: None,
    };
    let Some(zone) = zones(&schedule.zone) else {
        let problem = format!("This browser knows no time zone '{}': choose another.", schedule.zone);
        return ScheduleWords { problem: Some(problem), ..shown };
    };
    let words = cadence_words(&schedule.cadence, &*zone);
    match Timing::new(&schedule.cadence) {
        Err(error) => {
            let problem = crate::state::format::sentence(&error.to_string());
            ScheduleWords { words, problem: Some(problem), ..shown }
        }
        Ok(timing) if schedule.is_active => {
            let times = next_times(&timing, &*zone, now.max(schedule.handled), N_NEXT);
            let next = times.into_iter().map(|at| at_wall(&*zone, at)).collect();
            ScheduleWords { words, next, ..shown }
        }
        Ok(_) => ScheduleWords { words, ..shown },
    }
}

/// What is done about a deployment's missed runs, in words.
pub fn catch_up_words(deployment: &Deployment) -> &'static str {
    use track::flow::CatchUp;

    match deployment.schedules.first().map(|schedule| schedule.catch_up) {
        None => "",
        Some(CatchUp::Latest) => "of missed runs the latest is made up for",
        Some(CatchUp::Skip) => "missed runs are left out",
        Some(CatchUp::All) => "all missed runs are made up for",
    }
}

#[cfg(test)]
mod tests {
    use flow::{ReadyMade, Utc, enter_flow, new_run};
    use track::flow::{Cause, State};
    use track::id::FlowId;

    use super::*;

    const NOW: Millis = Millis(1_795_381_500_000);

    fn run(due: u64, ends: StateName) -> FlowRun {
        let flow = ReadyMade::Retrain.definition(("", "m"), FlowId::new(Millis(1), [1; 10]), Millis(1));
        let id = FlowRunId::new(Millis(due), [3; 10]);
        let cause = Cause::Person { who: "me".into() };
        let mut run = new_run(&flow, id, (Millis(due), Millis(due)), cause);
        enter_flow(&mut run, State::new(ends, Millis(due + 1)));
        run
    }

    #[test]
    fn runs_fall_into_the_bar_of_their_time() {
        let hour = 3_600_000;
        let runs = [
            run(NOW.0, StateName::Completed),
            run(NOW.0 - hour / 2, StateName::Failed),
            run(NOW.0 - hour + 1, StateName::Completed),
            run(NOW.0 - hour, StateName::Completed),
            run(NOW.0 + 1, StateName::Scheduled),
        ];
        let strip = strip(&runs, Span::Hour, NOW);
        let places: Vec<usize> =
            (0..N_BARS).filter(|place| strip.bars[*place].values().sum::<u32>() > 0).collect();
        assert_eq!(places, [0, 23, 47], "what is a full hour old has left it, what comes is not in it yet");
        assert_eq!(strip.counts.get(&StateType::Completed), Some(&2));
        assert_eq!(strip.most, 1);
    }

    #[test]
    fn days_are_those_of_the_zone() {
        let runs = [run(NOW.0, StateName::Completed), run(NOW.0 - DAY_MS, StateName::Crashed)];
        let days = days(&runs, &Utc, NOW);
        assert_eq!(days.len(), N_DAYS);
        let last = &days[N_DAYS - 2..];
        let said: Vec<(&str, u32, u32)> =
            last.iter().map(|day| (day.date.as_str(), day.n_runs, day.n_failed)).collect();
        assert_eq!(said, [("2026-11-21", 1, 1), ("2026-11-22", 1, 0)]);
    }
}
