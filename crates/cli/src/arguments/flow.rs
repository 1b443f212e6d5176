//! What `flow` is asked: words in, arguments out. Never: a schedule that cannot be kept.

use ::flow::{ReadyMade, SCHEDULED_MODEL, Timing};
use lexopt::{Arg, Parser, ValueExt as _};
use std::path::PathBuf;
use track::flow::{Cadence, CatchUp, Overflow};
use track::id::Millis;

use super::{Command, DEFAULT_PROJECT, MAX_WORKERS, bounded, help};

/// Most runs at a time of a deployment.
const MAX_AT_A_TIME: usize = 100;
/// Longest time that `--for` lets it serve, in seconds: a year.
const MAX_SERVED_S: usize = 366 * 86_400;

/// What `flow` is asked.
#[derive(Debug, PartialEq)]
pub struct FlowArguments {
    /// The project file.
    pub project: PathBuf,
    /// Threads.
    pub n_workers: usize,
    /// Print JSON.
    pub json: bool,
    /// What is to be done.
    pub asked: FlowAsked,
}

/// What is to be done with flows.
#[derive(Debug, PartialEq)]
pub enum FlowAsked {
    /// Run one now.
    Run {
        /// Which.
        what: FlowWords,
    },
    /// Run what is due, for so many seconds or for good.
    Serve {
        /// Seconds.
        for_s: Option<u64>,
    },
    /// Keep a flow with its schedule.
    Deploy {
        /// The deployment's name.
        name: String,
        /// Which flow.
        what: FlowWords,
        /// When it is run.
        schedule: Option<ScheduleWords>,
        /// Most of its runs at a time.
        n_at_a_time: u32,
        /// What happens to one more.
        overflow: Overflow,
    },
    /// Say what there is.
    List,
}

/// Which flow, of which data, for which model.
#[derive(Debug, PartialEq)]
pub struct FlowWords {
    /// A deployment's, a kept flow's or a ready-made one's name.
    pub name: String,
    /// The dataset; empty: the one used last.
    pub dataset: String,
    /// The registered model.
    pub model: String,
}

/// When a deployment is run.
#[derive(Debug, PartialEq)]
pub struct ScheduleWords {
    /// At which times.
    pub cadence: Cadence,
    /// By the clocks of which zone; none: this machine's.
    pub zone: Option<String>,
    /// What of missed runs is made up for.
    pub catch_up: CatchUp,
}

/// `reviewlab flow`.
pub fn parse_flow(parser: &mut Parser) -> Result<Command, lexopt::Error> {
    let verb = match parser.next()? {
        Some(Arg::Value(verb)) => verb.string()?,
        Some(Arg::Long("help") | Arg::Short('h')) => return Ok(help()),
        Some(other) => return Err(other.unexpected()),
        None => return Err("flow needs to know what to do: run, serve, deploy or list".into()),
    };
    let mut words = Words::default();
    while let Some(word) = parser.next()? {
        match word {
            Arg::Long("help") | Arg::Short('h') => return Ok(help()),
            Arg::Value(name) if words.name.is_none() && (verb == "run" || verb == "deploy") => {
                words.name = Some(name.string()?);
            }
            Arg::Long(option) => {
                let option = option.to_owned();
                if !words.take(&option, parser)? {
                    return Err(Arg::Long(&option).unexpected());
                }
            }
            other => return Err(other.unexpected()),
        }
    }
    let n_workers = words
        .n_workers
        .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from).min(MAX_WORKERS));
    let project = words.project.take().unwrap_or_else(|| DEFAULT_PROJECT.into());
    let json = words.json;
    let asked = words.asked(&verb)?;
    Ok(Command::Flow(FlowArguments { project, n_workers, json, asked }))
}

#[derive(Default)]
struct Words {
    name: Option<String>,
    project: Option<PathBuf>,
    n_workers: Option<usize>,
    json: bool,
    flow: Option<String>,
    dataset: Option<String>,
    model: Option<String>,
    cron: Option<String>,
    every: Option<u64>,
    zone: Option<String>,
    catch_up: Option<CatchUp>,
    n_at_a_time: Option<usize>,
    overflow: Option<Overflow>,
    for_s: Option<usize>,
}

impl Words {
    /// Takes an option, if there is one of that name.
    fn take(&mut self, option: &str, parser: &mut Parser) -> Result<bool, lexopt::Error> {
        match option {
            "project" => self.project = Some(parser.value()?.into()),
            "workers" => self.n_workers = Some(bounded(parser, "--workers", MAX_WORKERS)?),
            "json" => self.json = true,
            "flow" => self.flow = Some(parser.value()?.string()?),
            "dataset" => self.dataset = Some(parser.value()?.string()?),
            "model-name" => self.model = Some(parser.value()?.string()?),
            "cron" => self.cron = Some(parser.value()?.string()?),
            "every" => self.every = Some(seconds(&parser.value()?.string()?)?),
            "zone" => self.zone = Some(parser.value()?.string()?),
            "catch-up" => self.catch_up = Some(catch_up(&parser.value()?.string()?)?),
            "at-a-time" => self.n_at_a_time = Some(bounded(parser, "--at-a-time", MAX_AT_A_TIME)?),
            "overflow" => self.overflow = Some(overflow(&parser.value()?.string()?)?),
            "for" => self.for_s = Some(bounded(parser, "--for", MAX_SERVED_S)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn asked(mut self, verb: &str) -> Result<FlowAsked, lexopt::Error> {
        let is_scheduled = self.cron.is_some() || self.every.is_some();
        let of_schedules = is_scheduled || self.zone.is_some() || self.catch_up.is_some();
        if of_schedules && verb != "deploy" {
            return Err("a schedule belongs to a deployment: reviewlab flow deploy NAME".into());
        }
        let name = self.name.take();
        let what = |name: String, words: Self| FlowWords {
            name,
            dataset: words.dataset.unwrap_or_default(),
            model: words.model.unwrap_or_else(|| SCHEDULED_MODEL.to_owned()),
        };
        match verb {
            "run" => {
                let name = name.ok_or("a name is missing: reviewlab flow run retrain")?;
                Ok(FlowAsked::Run { what: what(name, self) })
            }
            "serve" => Ok(FlowAsked::Serve { for_s: self.for_s.map(|seconds| seconds as u64) }),
            "deploy" => {
                let name = name.ok_or("a name is missing: reviewlab flow deploy NAME --every 1h")?;
                let schedule = is_scheduled.then(|| self.schedule()).transpose()?;
                let n_at_a_time = self.n_at_a_time.unwrap_or(1) as u32;
                let overflow = self.overflow.unwrap_or_default();
                let flow = self.flow.take().unwrap_or_else(|| ReadyMade::Retrain.name().to_owned());
                Ok(FlowAsked::Deploy { name, what: what(flow, self), schedule, n_at_a_time, overflow })
            }
            "list" => Ok(FlowAsked::List),
            other => Err(format!("flow knows run, serve, deploy and list, not '{other}'").into()),
        }
    }

    fn schedule(&mut self) -> Result<ScheduleWords, lexopt::Error> {
        let cadence = match (self.cron.take(), self.every) {
            (Some(_), Some(_)) => return Err("give --cron or --every, not both".into()),
            (Some(expression), None) => Cadence::Cron { expression },
            (None, every) => Cadence::Interval { seconds: every.unwrap_or(0), anchor: Millis(0) },
        };
        Timing::new(&cadence).map_err(|error| error.to_string())?;
        let catch_up = self.catch_up.unwrap_or_default();
        Ok(ScheduleWords { cadence, zone: self.zone.take(), catch_up })
    }
}

/// `90`, `90s`, `5m`, `1h`, `2d`.
fn seconds(text: &str) -> Result<u64, lexopt::Error> {
    let unknown = || format!("--every knows times such as 90s, 5m, 1h and 2d, not '{text}'");
    let digits = text.trim_end_matches(|letter: char| letter.is_alphabetic());
    let length: u64 = match &text[digits.len()..] {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return Err(unknown().into()),
    };
    let number: u64 = digits.parse().map_err(|_| unknown())?;
    number.checked_mul(length).ok_or_else(|| unknown().into())
}

fn catch_up(word: &str) -> Result<CatchUp, lexopt::Error> {
    Ok(match word {
        "latest" => CatchUp::Latest,
        "skip" => CatchUp::Skip,
        "all" => CatchUp::All,
        _ => return Err(format!("--catch-up knows latest, skip and all, not '{word}'").into()),
    })
}

fn overflow(word: &str) -> Result<Overflow, lexopt::Error> {
    Ok(match word {
        "queue" => Overflow::Queue,
        "cancel" => Overflow::CancelNew,
        _ => return Err(format!("--overflow knows queue and cancel, not '{word}'").into()),
    })
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;
    use crate::failure::Failure;

    fn parsed(line: &[&str]) -> Result<FlowArguments, String> {
        let words = ["flow"].iter().chain(line).map(OsString::from);
        match super::super::parse(words) {
            Ok(Command::Flow(arguments)) => Ok(arguments),
            Ok(other) => panic!("{other:?}"),
            Err(Failure::Wrong(sentence) | Failure::Fault(sentence)) => Err(sentence),
        }
    }

    #[track_caller]
    fn check_wrong(line: &[&str], expected: &str) {
        let sentence = parsed(line).expect_err("the line is wrong");
        assert!(sentence.starts_with(expected), "{sentence}");
    }

    #[test]
    fn a_flow_is_run_now_or_when_it_is_due() {
        let run = parsed(&["run", "retrain", "--model-name", "shop", "--dataset", "may"]).expect("a run");
        let what = FlowWords { name: "retrain".into(), dataset: "may".into(), model: "shop".into() };
        assert_eq!((run.asked, run.project), (FlowAsked::Run { what }, DEFAULT_PROJECT.into()));
        let serve = parsed(&["serve", "--project", "p", "--for", "60"]).expect("a service");
        assert_eq!((serve.asked, serve.project), (FlowAsked::Serve { for_s: Some(60) }, "p".into()));
    }

    #[test]
    fn a_deployment_has_the_schedule_it_is_given() {
        let schedule = |line: &[&str]| match parsed(&[&["deploy", "d"], line].concat()).map(|of| of.asked) {
            Ok(FlowAsked::Deploy { schedule, n_at_a_time, overflow, what, .. }) => {
                (schedule, n_at_a_time, overflow, what.name)
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(schedule(&[]), (None, 1, Overflow::Queue, "retrain".into()));
        let every = |seconds| Cadence::Interval { seconds, anchor: Millis(0) };
        let words = |cadence, zone: Option<&str>, catch_up| {
            Some(ScheduleWords { cadence, zone: zone.map(str::to_owned), catch_up })
        };
        for (text, seconds) in [("90", 90), ("5m", 300), ("1h", 3600), ("2d", 172_800)] {
            assert_eq!(schedule(&["--every", text]).0, words(every(seconds), None, CatchUp::Latest));
        }
        let line =
            ["--cron", "0 9 * * mon", "--zone", "Asia/Kolkata", "--catch-up", "all", "--overflow", "cancel"];
        let found = schedule(&[&line[..], &["--at-a-time", "3", "--flow", "retune"]].concat());
        let cron = Cadence::Cron { expression: "0 9 * * mon".into() };
        assert_eq!(found.0, words(cron, Some("Asia/Kolkata"), CatchUp::All));
        assert_eq!((found.1, found.2, found.3), (3, Overflow::CancelNew, "retune".into()));
    }

    #[test]
    fn what_is_wrong_is_named() {
        check_wrong(&[], "flow needs to know what to do: run, serve, deploy or list");
        check_wrong(&["dance"], "flow knows run, serve, deploy and list, not 'dance'");
        check_wrong(&["run"], "a name is missing: reviewlab flow run retrain");
        check_wrong(&["run", "a", "--every", "5m"], "a schedule belongs to a deployment");
        check_wrong(
            &["deploy", "d", "--every", "5y"],
            "--every knows times such as 90s, 5m, 1h and 2d, not '5y'",
        );
        check_wrong(&["deploy", "d", "--every", "5s"], "an interval is 10 seconds to");
        check_wrong(&["deploy", "d", "--cron", "* *"], "a cron expression has 5 fields");
        check_wrong(
            &["deploy", "d", "--cron", "@daily", "--every", "1h"],
            "give --cron or --every, not both",
        );
        check_wrong(
            &["deploy", "d", "--catch-up", "some"],
            "--catch-up knows latest, skip and all, not 'some'",
        );
    }
}
