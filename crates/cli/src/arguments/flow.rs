//! What `flow` is asked: words in, arguments out. Never: a schedule that cannot be kept.

use ::flow::{MAX_THRESHOLD, ReadyMade, SCHEDULED_MODEL, Timing};
use lexopt::{Arg, Parser, ValueExt as _};
use std::path::PathBuf;
use track::flow::{Cadence, CatchUp, LogLevel, Overflow, Posture, StateName};
use track::id::Millis;

use super::automation::{ActionWords, AutomationWords, EventWords, action, event};
use super::{Command, DEFAULT_PROJECT, MAX_WORKERS, bounded, help};

/// Most runs or events that are listed, and how many where nobody says.
const MAX_LISTED: usize = 10_000;
const USUAL_LISTED: usize = 50;
const VERBS: &str = "run, serve, deploy, list, runs, events, logs, automate, automations and forget";
/// Those that are told a name.
const NAMED: [&str; 5] = ["run", "deploy", "logs", "automate", "forget"];
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
    /// List flow runs.
    Runs {
        /// Those in this state.
        state: Option<StateName>,
        /// At most so many.
        max: usize,
    },
    /// List what happened.
    Events {
        /// At most so many.
        max: usize,
    },
    /// Print what a flow run said.
    Logs {
        /// Its name; empty: the last.
        run: String,
        /// Lines of this level and above.
        level: LogLevel,
    },
    /// Keep an automation.
    Automate {
        /// Its name.
        name: String,
        /// When it does what.
        words: AutomationWords,
    },
    /// List automations.
    Automations,
    /// Take an automation out of use.
    Forget {
        /// Its name.
        name: String,
    },
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
    /// The folder whose new files are scored.
    pub folder: Option<PathBuf>,
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
        None => return Err(format!("flow needs to know what to do: {VERBS}").into()),
    };
    let mut words = Words::default();
    while let Some(word) = parser.next()? {
        match word {
            Arg::Long("help") | Arg::Short('h') => return Ok(help()),
            Arg::Value(name) if words.name.is_none() && NAMED.contains(&verb.as_str()) => {
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
    folder: Option<PathBuf>,
    cron: Option<String>,
    every: Option<u64>,
    zone: Option<String>,
    catch_up: Option<CatchUp>,
    n_at_a_time: Option<usize>,
    overflow: Option<Overflow>,
    for_s: Option<usize>,
    max: Option<usize>,
    state: Option<StateName>,
    level: Option<LogLevel>,
    when: Option<(Posture, EventWords)>,
    actions: Vec<ActionWords>,
    threshold: Option<usize>,
    within: Option<u64>,
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
            "folder" => self.folder = Some(parser.value()?.into()),
            "cron" => self.cron = Some(parser.value()?.string()?),
            "every" => self.every = Some(seconds(&parser.value()?.string()?)?),
            "zone" => self.zone = Some(parser.value()?.string()?),
            "catch-up" => self.catch_up = Some(catch_up(&parser.value()?.string()?)?),
            "at-a-time" => self.n_at_a_time = Some(bounded(parser, "--at-a-time", MAX_AT_A_TIME)?),
            "overflow" => self.overflow = Some(overflow(&parser.value()?.string()?)?),
            "max" => self.max = Some(bounded(parser, "--max", MAX_LISTED)?),
            "state" => {
                let word = format!("state:{}", parser.value()?.string()?);
                if let EventWords::State { states, .. } = event(&word)? {
                    self.state = states.first().copied();
                }
            }
            "level" => self.level = Some(level(&parser.value()?.string()?)?),
            "when" => self.when = Some((Posture::Reactive, event(&parser.value()?.string()?)?)),
            "unless" => self.when = Some((Posture::Proactive, event(&parser.value()?.string()?)?)),
            "then" => self.actions.push(action(&parser.value()?.string()?)?),
            "threshold" => {
                self.threshold = Some(bounded(parser, "--threshold", MAX_THRESHOLD as usize)?);
            }
            "within" => self.within = Some(seconds(&parser.value()?.string()?)?),
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
            folder: words.folder,
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
            "runs" => Ok(FlowAsked::Runs { state: self.state, max: self.max.unwrap_or(USUAL_LISTED) }),
            "events" => Ok(FlowAsked::Events { max: self.max.unwrap_or(USUAL_LISTED) }),
            "logs" => Ok(FlowAsked::Logs {
                run: name.unwrap_or_default(),
                level: self.level.unwrap_or(LogLevel::Info),
            }),
            "automate" => {
                let name = name.ok_or(
                    "a name is missing: reviewlab flow automate NAME --when drift --then run:nightly",
                )?;
                Ok(FlowAsked::Automate { name, words: self.automation()? })
            }
            "automations" => Ok(FlowAsked::Automations),
            "forget" => {
                Ok(FlowAsked::Forget { name: name.ok_or("a name is missing: reviewlab flow forget NAME")? })
            }
            other => Err(format!("flow knows {VERBS}, not '{other}'").into()),
        }
    }

    fn automation(self) -> Result<AutomationWords, lexopt::Error> {
        let (posture, event) =
            self.when.ok_or("say when it acts: --when EVENT, or --unless EVENT --within TIME")?;
        if posture == Posture::Proactive && self.within.is_none() {
            return Err("--unless needs to know how long it waits: --within 1h".into());
        }
        if self.actions.is_empty() {
            return Err("say what it does: --then run:DEPLOYMENT".into());
        }
        let threshold = self.threshold.unwrap_or(1) as u32;
        let within_s = self.within.unwrap_or(0);
        Ok(AutomationWords { posture, event, threshold, within_s, actions: self.actions })
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

fn level(word: &str) -> Result<LogLevel, lexopt::Error> {
    let is_it = |level: &LogLevel| level.as_str().eq_ignore_ascii_case(word);
    let found = LogLevel::ALL.into_iter().find(is_it);
    found.ok_or_else(|| format!("--level knows debug, info, warning and error, not '{word}'").into())
}

/// `90`, `90s`, `5m`, `1h`, `2d`.
fn seconds(text: &str) -> Result<u64, lexopt::Error> {
    let unknown = || format!("--every and --within know times such as 90s, 5m, 1h and 2d, not '{text}'");
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
        let what =
            FlowWords { name: "retrain".into(), dataset: "may".into(), model: "shop".into(), folder: None };
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
        check_wrong(
            &[],
            "flow needs to know what to do: run, serve, deploy, list, runs, events, logs, automate",
        );
        check_wrong(
            &["dance"],
            "flow knows run, serve, deploy, list, runs, events, logs, automate, automations and",
        );
        check_wrong(&["automate", "a"], "say when it acts");
        check_wrong(&["automate", "a", "--unless", "drift"], "--unless needs to know how long it waits");
        check_wrong(&["automate", "a", "--when", "drift"], "say what it does");
        check_wrong(&["run"], "a name is missing: reviewlab flow run retrain");
        check_wrong(&["run", "a", "--every", "5m"], "a schedule belongs to a deployment");
        check_wrong(
            &["deploy", "d", "--every", "5y"],
            "--every and --within know times such as 90s, 5m, 1h and 2d, not '5y'",
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
