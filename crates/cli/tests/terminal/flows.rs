//! Flows in a terminal: run, deployed, served, cut off at every task and gone on with.

use std::fs::File;
use std::path::Path;
#[cfg(unix)]
use std::process::Child;
use std::process::Stdio;
#[cfg(unix)]
use std::{
    os::unix::fs::MetadataExt as _,
    time::{Duration, Instant},
};

#[cfg(unix)]
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;
use storage::{Batch, Order, ProjectFileStore, Query, Store as _};
use track::experiment::Lifecycle;
use track::flow::{
    Action, Automation, Cadence, CatchUp, Cause, Deployment, Expectation, FlowEvent, FlowRun, Happening,
    Posture, StateName, TaskOutput, TaskRun, Trigger, TriggerProgress,
};
use track::id::{AutomationId, FlowEventId, Millis};
use track::record::{Collection, Record};
use track::registry::{CHAMPION, Registry};
use track::run::{RunKind, RunState};

use crate::run::{Said, Terminal};

const TASKS: [&str; 9] =
    ["load data", "clean", "split", "vectorise", "fit", "evaluate", "log", "register", "promote"];

/// Those that end in the write they begin in: the last three with the flow, so that what they do is there whole or not
/// at all.
#[cfg(unix)]
const IN_ONE_WRITE: [&str; 5] = ["clean", "split", "log", "register", "promote"];
/// How often a task may go unseen.
#[cfg(unix)]
const MAX_TRIES: usize = 20;

/// A project with reviews in it.
fn project() -> Terminal {
    let terminal = Terminal::new();
    terminal.summary(&["--trials", "1", "--models", "nb"]);
    terminal
}

fn store(path: &Path) -> ProjectFileStore {
    pollster::block_on(ProjectFileStore::open(path)).unwrap()
}

fn all(path: &Path, collection: Collection) -> Vec<Record> {
    let store = store(path);
    pollster::block_on(store.list(&Query::All(collection), Order::Ascending, 100_000)).unwrap()
}

fn flow_runs(path: &Path) -> Vec<FlowRun> {
    let of = |record| if let Record::FlowRun(run) = record { Some(run) } else { None };
    all(path, Collection::FlowRuns).into_iter().filter_map(of).collect()
}

fn task_runs(path: &Path) -> Vec<TaskRun> {
    let of = |record| if let Record::TaskRun(run) = record { Some(run) } else { None };
    all(path, Collection::TaskRuns).into_iter().filter_map(of).collect()
}

fn registry(path: &Path) -> (usize, Registry) {
    let of = |record| if let Record::Registry(event) = record { Some(event) } else { None };
    let events: Vec<_> = all(path, Collection::Registry).into_iter().filter_map(of).collect();
    (events.len(), Registry::from_events(&events))
}

/// States of a printed run's tasks.
fn states(said: &Said) -> Vec<(String, String)> {
    let run: Value = serde_json::from_str(said.out.lines().last().unwrap()).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let tasks = run["tasks"].as_array().unwrap();
    tasks.iter().map(|task| (text(&task["task"]), text(&task["state"]["name"]))).collect()
}

#[track_caller]
fn check_whole(path: &Path) {
    let (n_events, registry) = registry(path);
    let model = registry.model("reviews").expect("it is registered");
    assert_eq!((n_events, model.versions.len(), model.aliases.get(CHAMPION)), (2, 1, Some(&1)));
    // The first training's study, and the flow's.
    let studies = Query::RunsOfKind(RunKind::Study);
    let studies = pollster::block_on(store(path).list(&studies, Order::Ascending, 9)).unwrap();
    let finished = |record: &Record| matches!(record, Record::Run(run) if run.state == RunState::Finished);
    assert!(studies.len() == 2 && studies.iter().all(finished), "{studies:?}");
}

#[test]
fn a_flow_makes_a_model_that_answers() {
    let terminal = project();
    let said = terminal.must(&["flow", "run", "retrain"]);
    assert!(said.out.contains("register") && said.out.ends_with(": Completed.\n"), "{}", said.out);
    check_whole(&terminal.path("project.reviewlab"));
    let texts = ["predict", "--model", "models:/reviews@champion", "broken, waste of money"];
    assert!(terminal.must(&texts).out.starts_with("negative"));
    // On the same reviews it makes the same model, and no new version.
    let again = terminal.must(&["flow", "run", "retrain", "--json"]);
    let cached = states(&again).into_iter().filter(|(_, state)| state == "cached").count();
    assert_eq!(cached, 5, "{}", again.out);
    check_whole(&terminal.path("project.reviewlab"));
    let listed = terminal.must(&["flow", "list"]);
    assert!(listed.out.starts_with("Nothing is deployed"), "{}", listed.out);
    assert_eq!(listed.out.lines().filter(|line| line.contains("Completed")).count(), 2, "{}", listed.out);
}

/// Lets the program run in slices too short for a task to begin and end in one, and kills it as soon as the record of
/// `task` is on disk.
#[cfg(unix)]
fn kill_in(mut child: Child, path: &Path, task: &str) {
    let process = Pid::from_raw(child.id().try_into().unwrap());
    let mut seen = None;
    while child.try_wait().unwrap().is_none() {
        kill(process, Signal::SIGSTOP).unwrap();
        let file = std::fs::metadata(path).unwrap();
        let version = Some((file.ino(), file.len(), file.modified().unwrap()));
        if version != seen && task_runs(path).iter().any(|run| run.task == task) {
            child.kill().unwrap();
            child.wait().unwrap();
            return;
        }
        seen = version;
        kill(process, Signal::SIGCONT).unwrap();
        let began = Instant::now();
        while began.elapsed() < Duration::from_micros(20) {
            std::hint::spin_loop();
        }
    }
}

#[cfg(unix)]
#[test]
fn a_run_killed_in_each_task_goes_on_and_does_nothing_twice() {
    let base = project();
    let base = std::fs::read(base.path("project.reviewlab")).unwrap();
    let killed_in = |task: &str| {
        let terminal = Terminal::new();
        let path = terminal.file("project.reviewlab", &base);
        let mut program = terminal.command(&["flow", "run", "retrain"]);
        let child = program.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        kill_in(child, &path, task);
        let is_at_work = task_runs(&path).iter().any(|run| run.task == task && !run.has_ended());
        (terminal, path, is_at_work)
    };
    let mut n_cut_off = 0;
    for (number, task) in TASKS.into_iter().enumerate() {
        let takes_time = !IN_ONE_WRITE.contains(&task);
        // On a busy machine the slice in which it is at work may go unseen.
        let mut tries = (0..MAX_TRIES).map(|_| killed_in(task));
        let (terminal, path, is_at_work) =
            tries.find(|(.., is_at_work)| *is_at_work || !takes_time).expect(task);
        assert_eq!(is_at_work, takes_time, "{task} was at work on disk");
        let before = task_runs(&path);
        assert!(before.len() > number, "{task} was on disk");
        let was_cut_off = flow_runs(&path).iter().any(|run| !run.has_ended());
        assert!(was_cut_off || !takes_time, "{task} was at work in a run that had ended");
        let said = terminal.must(&["flow", "run", "retrain", "--json"]);
        let runs = flow_runs(&path);
        let [first, second] = runs.as_slice() else { panic!("{runs:?}") };
        assert_eq!(second.state.name, StateName::Completed, "{task}: {}", second.state.message);
        check_whole(&path);
        if was_cut_off {
            n_cut_off += 1;
            assert_eq!(first.state.name, StateName::Crashed, "{task}");
            assert_eq!(second.cause, Cause::GoesOn { earlier: first.id.clone() });
            let after = states(&said);
            for done in before.iter().filter(|run| run.state.name == StateName::Completed) {
                assert!(after.contains(&(done.task.clone(), "cached".into())), "{} after {task}", done.task);
            }
        }
    }
    assert!(n_cut_off >= 4, "{n_cut_off} of {} kills came before the end", TASKS.len());
}

/// Changes a record of the project, as another program would.
fn put(path: &Path, records: Vec<Record>) {
    let store = store(path);
    pollster::block_on(store.write(Batch { records, blobs: Vec::new() })).unwrap();
    pollster::block_on(store.save(Millis(0))).unwrap();
}

fn deployment(path: &Path) -> Deployment {
    match all(path, Collection::Deployments).pop() {
        Some(Record::Deployment(deployment)) => deployment,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_missed_run_is_made_up_for_once_and_automations_act() {
    let terminal = project();
    let path = terminal.path("project.reviewlab");
    let line = ["flow", "deploy", "mornings", "--cron", "0 9 * * *", "--zone", "Europe/Berlin"];
    let said = terminal.must(&line);
    assert!(
        said.out.starts_with("mornings: flow retrain\n  at 09:00 (Europe/Berlin); next "),
        "{}",
        said.out
    );
    assert_eq!(said.out.matches(" 09:00").count(), 6, "{}", said.out);
    // Nothing looked at it for a year.
    let mut missed = deployment(&path);
    missed.schedules[0].handled = Millis(missed.schedules[0].handled.0 - 365 * 86_400_000);
    let expect = Expectation::NewVersion { model: "reviews".into() };
    let watch = Automation {
        schema: track::SCHEMA,
        id: AutomationId("01".into()),
        created: Millis(0),
        lifecycle: Lifecycle::Active,
        name: "stop when there is one".into(),
        is_active: true,
        trigger: Trigger { posture: Posture::Reactive, expect, threshold: 1, within_s: 0 },
        actions: vec![
            Action::PauseSchedules { deployment: missed.id.clone() },
            Action::MoveAlias { model: "reviews".into(), alias: "newest".into() },
            Action::Notify { text: "a version came".into() },
        ],
        progress: TriggerProgress::default(),
    };
    put(&path, vec![Record::Deployment(missed), Record::Automation(watch)]);
    let said = terminal.must(&["flow", "serve", "--for", "1"]);
    assert!(said.err.contains("stop when there is one: a version came"), "{}", said.err);
    let runs = flow_runs(&path);
    let [run] = runs.as_slice() else { panic!("the latest is run once: {runs:?}") };
    assert_eq!((run.state.name, &run.cause), (StateName::Completed, &Cause::Schedule { schedule: 0 }));
    assert!(run.earlier.iter().any(|state| state.name == StateName::Late), "it was late");
    assert!(!deployment(&path).schedules[0].is_active, "the automation paused it");
    assert_eq!(registry(&path).1.model("reviews").unwrap().aliases.get("newest"), Some(&1));
    terminal.must(&["flow", "serve", "--for", "1"]);
    assert_eq!(flow_runs(&path).len(), 1, "nothing is due any more");
}

#[test]
fn missed_runs_can_all_be_made_up_for_or_none() {
    let base = project();
    for (catch_up, n_expected) in [(CatchUp::All, 3), (CatchUp::Skip, 0)] {
        let terminal = Terminal::new();
        let path = terminal.file("project.reviewlab", std::fs::read(base.path("project.reviewlab")).unwrap());
        terminal.must(&["flow", "deploy", "daily", "--every", "1d", "--zone", "UTC"]);
        let mut missed = deployment(&path);
        let now = missed.schedules[0].handled.0;
        missed.schedules[0].catch_up = catch_up;
        missed.schedules[0].handled = Millis(now - 3 * 86_400_000);
        // Due some hours ago, three days in a row.
        missed.schedules[0].cadence = Cadence::Interval { seconds: 86_400, anchor: Millis(now - 10_000_000) };
        put(&path, vec![Record::Deployment(missed)]);
        let said = terminal.must(&["flow", "serve", "--for", "1"]).err;
        let runs = flow_runs(&path);
        assert_eq!(runs.len(), n_expected, "{catch_up:?}");
        let n_told = said.matches("daily: 3 missed runs are left out.").count();
        assert_eq!(n_told, usize::from(catch_up == CatchUp::Skip), "{said}");
        assert!(runs.iter().all(|run| run.state.name == StateName::Completed));
        assert!(runs.is_sorted_by_key(|run| run.due));
    }
}

/// `n_rows` reviews of four words, no two alike.
fn made_up(n_rows: usize) -> String {
    const GOOD: [&str; 8] = ["great", "lovely", "perfect", "soft", "value", "fast", "happy", "bright"];
    const BAD: [&str; 8] = ["broken", "waste", "poor", "late", "torn", "fake", "dull", "refund"];
    const BOTH: [&str; 4] = ["phone", "shirt", "box", "price"];
    let row = |n: usize| {
        let (words, stars) = if n.is_multiple_of(2) { (GOOD, 5) } else { (BAD, 1) };
        let [a, b] = [words[n / 2 % 8], words[(n / 16 + n / 2 + 1) % 8]];
        format!("{a} {b} {} indeed,{stars}\n", BOTH[n / 4 % 4])
    };
    "Review text,Rating\n".to_owned() + &(0..n_rows).map(row).collect::<String>()
}

#[test]
fn what_flows_leave_is_bounded() {
    let terminal = project();
    let path = terminal.path("project.reviewlab");
    let happening = Happening::DriftFound { model: "shop".into(), reason: "new words".into() };
    let event = |at: u64| FlowEvent {
        schema: track::SCHEMA,
        id: FlowEventId::new(Millis(at), [0; 10]),
        at: Millis(at),
        happening: happening.clone(),
    };
    put(&path, (0..10_050).map(|at| Record::FlowEvent(event(at))).collect());
    // Each file of reviews is counted anew.
    for seed in 0..6 {
        let extra = terminal.file(&format!("extra{seed}.csv"), made_up(64 + seed));
        terminal.must(&["train", extra.to_str().unwrap(), "--trials", "1", "--models", "nb"]);
        terminal.must(&["flow", "run", "retrain", "--model-name", &format!("shop{seed}")]);
    }
    let events = all(&path, Collection::FlowEvents);
    assert_eq!(events.len(), 10_000);
    assert!(
        events.iter().all(|event| *event.key() > *FlowEventId::new(Millis(50), [0; 10]).0),
        "the oldest went"
    );
    let counted = |record: &Record| matches!(record, Record::TaskResult(result) if matches!(result.output, TaskOutput::Counts { .. }));
    assert_eq!(all(&path, Collection::TaskResults).iter().filter(|record| counted(record)).count(), 4);
}

#[test]
fn a_project_is_one_programs_and_what_is_wrong_is_said() {
    let terminal = project();
    let lock = File::create(terminal.path("project.reviewlab.lock")).unwrap();
    lock.lock().unwrap();
    let said = terminal.run(&["flow", "run", "retrain"]);
    assert_eq!(said.code, Some(1));
    assert!(
        said.err.contains(
            "Another program writes project.reviewlab, such as `reviewlab flow serve`: end it first"
        ),
        "{}",
        said.err
    );
    let before = std::fs::read(terminal.path("project.reviewlab")).unwrap();
    let reviews = terminal.file("more.csv", made_up(64));
    let said = terminal.run(&["train", reviews.to_str().unwrap(), "--trials", "1", "--models", "nb"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("Another program writes project.reviewlab"), "{}", said.err);
    assert_eq!(std::fs::read(terminal.path("project.reviewlab")).unwrap(), before, "and it stays as it is");
    drop(lock);
    let said = terminal.run(&["flow", "run", "dance"]);
    assert!(
        said.err.contains("the ready-made ones are retrain, retune, score folder, monitor."),
        "{}",
        said.err
    );
    let said = terminal.run(&["flow", "deploy", "d", "--every", "1h", "--zone", "Europe/Atlantis"]);
    assert!(said.err.contains("There is no time zone 'Europe/Atlantis'"), "{}", said.err);
    let said = terminal.run(&["flow", "run", "retrain", "--dataset", "other"]);
    assert!(said.err.contains("The project holds no reviews called 'other'."), "{}", said.err);
    let failed = flow_runs(&terminal.path("project.reviewlab"));
    assert_eq!(failed.last().map(|run| run.state.name), Some(StateName::Failed));
    let said = terminal.run(&["flow", "list", "--project", "nothing.reviewlab"]);
    assert_eq!(said.code, Some(1));
}
