//! Flow runs under a scripted executor: whatever ends them wherever, nothing is lost and nothing is done twice.

use drivers::{Driver, Event, FLOW_RUN_TAG, FlowDriver, FlowPlan, blobs_of, study_run_id};
use engine::models::ModelKind;
use engine::table::TableSummary;
use engine::tune::StudySpec;
use flow::{ReadyMade, crash, going_on, new_run};
use track::dataset::{Dataset, Origin, UsedFile};
use track::flow::{
    Cause, FlowDefinition, FlowRun, LogLevel, RetryDelay, RetrySpec, StateName, TaskKind, TaskResult, TaskRun,
};
use track::id::{DatasetId, ExperimentId, FlowId, FlowRunId, Millis};
use track::record::Record;
use track::registry::{CHAMPION, Registry, RegistryEvent};
use track::run::{Run, RunKind, RunState};

use crate::reviews;
use crate::support::{Pump, Script, runs};

const N_ROWS: usize = 160;
pub const MODEL: &str = "shop";

fn pump(script: Script) -> Pump {
    Pump::new(reviews::csv(N_ROWS), 2, script)
}

fn table() -> TableSummary {
    table_of(&reviews::csv(N_ROWS))
}

pub fn table_of(file: &[u8]) -> TableSummary {
    let total_bytes = file.len() as u64;
    reviews::read(&mut Pump::new(file.to_vec(), 1, Script::default()), total_bytes).0
}

fn dataset(table: &TableSummary) -> Dataset {
    let recipe = reviews::recipe(table);
    let used = UsedFile {
        name: "reviews.csv",
        origin: Origin::Sample,
        file: table.hash,
        n_bytes: table.n_bytes,
        recipe: &recipe,
        class_counts: &[1, 1],
        n_set_aside: 0,
        originals: &[],
        n_unread: 0,
    };
    used.dataset(DatasetId("01".into()), Millis(1))
}

/// The ready-made flow, searching little.
pub fn retune(n_trials: u32) -> FlowDefinition {
    let mut flow = ReadyMade::Retune.definition(("", MODEL), FlowId("02".into()), Millis(1));
    let study = StudySpec::reference(&[ModelKind::MultinomialNb, ModelKind::LogisticRegression], n_trials, 7);
    flow.tasks[4].kind = TaskKind::Tune { study };
    flow.tasks.iter_mut().for_each(|task| task.retry.delay = RetryDelay::Fixed { seconds: 5.0 });
    flow
}

pub fn first_run(flow: &FlowDefinition) -> FlowRun {
    let now = Millis(1_000);
    new_run(flow, FlowRunId::new(now, [5; 10]), (now, now), Cause::Person { who: "me".into() })
}

pub fn all<'a, T>(pump: &'a Pump, of: impl Fn(&'a Record) -> Option<T>) -> Vec<T> {
    pump.records.values().filter_map(of).collect()
}

pub fn results(pump: &Pump) -> Vec<TaskResult> {
    all(pump, |record| if let Record::TaskResult(result) = record { Some(result.clone()) } else { None })
}

pub fn registry_events(pump: &Pump) -> Vec<RegistryEvent> {
    all(pump, |record| if let Record::Registry(event) = record { Some(event.clone()) } else { None })
}

pub fn task_runs(pump: &Pump, run: &FlowRun) -> Vec<TaskRun> {
    all(pump, |record| match record {
        Record::TaskRun(task) if task.flow_run == run.id => Some(task.clone()),
        _ => None,
    })
}

pub fn flow_run(pump: &Pump, run: &FlowRun) -> Option<FlowRun> {
    all(pump, |record| match record {
        Record::FlowRun(found) if found.id == run.id => Some(found.clone()),
        _ => None,
    })
    .pop()
}

pub fn lines(pump: &Pump, run: &FlowRun) -> Vec<(LogLevel, String)> {
    let pages = all(pump, |record| match record {
        Record::FlowLog(page) if page.flow_run == run.id => Some(page.lines.clone()),
        _ => None,
    });
    pages.into_iter().flatten().map(|line| (line.level, format!("{} {}", line.task, line.text))).collect()
}

/// What a pump that opens the store knows.
pub fn plan(pump: &Pump, flow: &FlowDefinition, run: FlowRun, table: &TableSummary) -> FlowPlan {
    let dataset = dataset(table);
    let keys = FlowPlan::keys(flow, &dataset, &run.root).expect("a flow that can be run");
    let is_whole =
        |result: &TaskResult| blobs_of(&result.output).iter().all(|blob| pump.stored_blobs.contains(blob));
    let results: Vec<TaskResult> =
        results(pump).into_iter().filter(|result| keys.contains(&result.key) && is_whole(result)).collect();
    let registry = Registry::from_events(&registry_events(pump));
    let needed = FlowPlan::runs_needed(flow, &run.root, &results, &registry);
    let is_needed = |run: &Run| {
        let of = run.parent.as_ref().unwrap_or(&run.id);
        needed.runs.contains(&run.id) || needed.studies.contains(of)
    };
    FlowPlan {
        run,
        flow: flow.clone(),
        recipe: reviews::recipe(table),
        dataset,
        experiment: ExperimentId("03".into()),
        results,
        runs: all(pump, |record| match record {
            Record::Run(run) if is_needed(run) => Some(run.clone()),
            _ => None,
        }),
        registry,
        who: "me".into(),
    }
}

pub fn driver(plan: FlowPlan, pump: &Pump) -> FlowDriver {
    let needed = plan.recipes_needed();
    let mut driver = FlowDriver::new(plan, Millis(pump.now)).expect("a flow that can be run");
    driver.know_recipes(all(pump, |record| match record {
        Record::Recipe(recipe) if needed.contains(&recipe.hash) => Some(recipe.recipe.clone()),
        _ => None,
    }));
    driver
}

/// Runs a flow to its end.
pub fn whole(mut pump: Pump, flow: &FlowDefinition, run: &FlowRun) -> Pump {
    let table = table_of(pump.file());
    let mut driver = driver(plan(&pump, flow, run.clone(), &table), &pump);
    pump.pump(&mut driver, |driver, pump| {
        if driver.status().error.is_some() {
            driver.on(Event::Retry { now: Millis(pump.now) });
        }
    });
    assert_eq!(driver.status().run, flow_run(&pump, run).expect("it is stored"));
    pump
}

fn states(pump: &Pump, run: &FlowRun) -> String {
    let tasks =
        task_runs(pump, run).into_iter().map(|task| format!("{} {}", task.task, task.state.name.as_str()));
    tasks.collect::<Vec<_>>().join(", ")
}

/// What has to be so however often the flow run was ended and went on.
#[track_caller]
fn check_done_once(pump: &Pump, expected: &[String]) {
    let registry = Registry::from_events(&registry_events(pump));
    assert_eq!(registry_events(pump).len(), 2, "registered once, crowned once");
    let model = registry.model(MODEL).expect("it was registered");
    assert_eq!((model.versions.len(), model.aliases.get(CHAMPION)), (1, Some(&1)));
    let studies = runs(pump, RunKind::Study);
    assert_eq!(studies.len(), 1, "one study");
    assert_eq!(studies[0].state, RunState::Finished);
    assert_eq!(models(pump), expected, "the same trials and fits");
}

/// Scores of trials and hashes of models, which depend on nothing but data, settings and seed.
fn models(pump: &Pump) -> Vec<String> {
    let trials =
        runs(pump, RunKind::Trial).into_iter().map(|run| format!("{:?}", run.metrics.get("cv_f1_macro")));
    let fits = runs(pump, RunKind::Fit).into_iter();
    trials.chain(fits.map(|run| run.artifacts[0].sha256.to_string())).collect()
}

#[test]
fn a_flow_run_does_its_tasks_in_order_and_leaves_what_it_made() {
    let flow = retune(4);
    let run = first_run(&flow);
    let pump = whole(pump(Script::default()), &flow, &run);
    let done = flow_run(&pump, &run).expect("it is stored");
    assert_eq!((done.state.name, done.n_warnings), (StateName::Completed, 0));
    let names: Vec<&str> = done.earlier.iter().map(|state| state.name.as_str()).collect();
    assert_eq!(names, ["Scheduled", "Pending", "Running"]);
    assert_eq!(
        states(&pump, &run),
        "load data Completed, clean Completed, split Completed, vectorise Completed, tune Completed, \
         evaluate Completed, log Completed, register Completed, promote Completed"
    );
    assert_eq!(results(&pump).len(), 9);
    check_done_once(&pump, &models(&pump));
    let study = runs(&pump, RunKind::Study)[0];
    assert_eq!(study.id, study_run_id(&run.root, "tune"));
    assert_eq!(study.tags[FLOW_RUN_TAG], run.id.0);
    let said = lines(&pump, &run);
    assert!(said.contains(&(LogLevel::Info, "register Registered version 1 of shop.".into())), "{said:?}");
    let events = all(&pump, |record| match record {
        Record::FlowEvent(event) => Some(event.happening.name()),
        _ => None,
    });
    let events: Vec<&str> =
        events.iter().map(String::as_str).filter(|name| !name.starts_with("metric")).collect();
    let expected = ["flow-run.Pending", "flow-run.Running", "model-version.registered", "flow-run.Completed"];
    assert_eq!(events, expected, "in the order they happened");
}

#[test]
fn what_was_done_before_is_taken_from_there() {
    let flow = retune(4);
    let run = first_run(&flow);
    let pump = whole(pump(Script::default()), &flow, &run).after(100_000);
    let n_runs = runs(&pump, RunKind::Trial).len();
    let now = Millis(100_000);
    let second = new_run(&flow, FlowRunId::new(now, [6; 10]), (now, now), Cause::Schedule { schedule: 0 });
    let pump = whole(pump, &flow, &second);
    assert_eq!(
        states(&pump, &second),
        "load data Cached, clean Cached, split Cached, vectorise Cached, tune Cached, \
         evaluate Completed, log Completed, register Completed, promote Completed"
    );
    assert_eq!(runs(&pump, RunKind::Trial).len(), n_runs, "nothing is tried again");
    assert_eq!(registry_events(&pump).len(), 2, "the same model is no new version");
    assert_eq!(runs(&pump, RunKind::Study)[0].tags[FLOW_RUN_TAG], run.id.0, "it stays the first run's");
}

#[test]
fn a_run_that_ends_anywhere_goes_on_and_repeats_nothing() {
    let flow = retune(3);
    let run = first_run(&flow);
    let expected = models(&whole(pump(Script::default()), &flow, &run));
    let table = table();
    let mut ended_in: Vec<String> = Vec::new();
    for n_steps in 1.. {
        let mut pump = pump(Script::default());
        let mut driver = driver(plan(&pump, &flow, run.clone(), &table), &pump);
        let mut left = n_steps;
        pump.pump_while(&mut driver, |_, _| {
            left -= 1;
            left > 0
        });
        if driver.is_finished() {
            break;
        }
        let at = driver.active_task().unwrap_or("-").to_owned();
        if ended_in.last() != Some(&at) {
            ended_in.push(at);
        }
        drop(driver);
        // The next opening finds what was stored, and nothing else.
        let mut pump = pump.after(500_000);
        let Some(mut left) = flow_run(&pump, &run) else { continue };
        let mut tasks = task_runs(&pump, &left);
        crash(&mut left, &mut tasks, Millis(500_000), "The program was closed.");
        assert_eq!(left.state.name, StateName::Crashed);
        let next = going_on(&left, FlowRunId::new(Millis(500_000), [7; 10]), Millis(500_000));
        for record in tasks.into_iter().map(Record::TaskRun).chain([Record::FlowRun(left)]) {
            pump.records.insert((record.collection().as_str(), record.key()), record);
        }
        let pump = whole(pump, &flow, &next);
        let state = flow_run(&pump, &next).expect("it is stored").state;
        assert_eq!(state.name, StateName::Completed, "after {n_steps} steps: {}", state.message);
        check_done_once(&pump, &expected);
    }
    for task in ["load data", "vectorise", "tune", "evaluate"] {
        assert!(ended_in.iter().any(|at| at == task), "it ended in {task}: {ended_in:?}");
    }
}

#[test]
fn whatever_happens_to_workers_and_stores_the_models_are_the_same() {
    let flow = retune(4);
    let run = first_run(&flow);
    let expected = models(&whole(pump(Script::default()), &flow, &run));
    for seed in 0..12u8 {
        let bytes = (0..4_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> (7 + seed % 8)) as u8).collect();
        let pump = whole(pump(Script::new(bytes, usize::from(seed % 4), usize::from(seed % 3))), &flow, &run);
        assert_eq!(flow_run(&pump, &run).map(|run| run.state.name), Some(StateName::Completed), "{seed}");
        check_done_once(&pump, &expected);
    }
}

#[test]
fn a_task_that_fails_is_tried_again_as_often_as_it_may() {
    let mut flow = retune(2);
    flow.tasks[0].retry = RetrySpec { n_retries: 1, delay: RetryDelay::Fixed { seconds: 30.0 }, jitter: 0.0 };
    let run = first_run(&flow);
    let mut pump = pump(Script::default());
    // A file whose bytes are not the ones that were stored.
    let mut table = table();
    table.hash = engine::num::ContentHash::of(b"another file");
    let mut driver = driver(plan(&pump, &flow, run.clone(), &table), &pump);
    pump.pump(&mut driver, |_, _| ());
    let failed = flow_run(&pump, &run).expect("it is stored");
    let reason = "Task 'load data': The stored file of 'reviews.csv' is damaged: give it again.";
    assert_eq!((failed.state.name, failed.state.message.as_str()), (StateName::Failed, reason));
    let tasks = task_runs(&pump, &run);
    let [task] = tasks.as_slice() else { panic!("nothing that comes after it is begun") };
    let states = task.earlier.iter().map(|state| state.name.as_str()).collect::<Vec<_>>();
    assert_eq!(states, ["Pending", "Running", "AwaitingRetry", "Retrying"]);
    let waited = task.earlier[3].at.0 - task.earlier[2].at.0;
    assert!((30_000..31_000).contains(&waited), "{waited} ms");
    let said = lines(&pump, &run);
    let told = |level, text: &str| said.iter().any(|line| line.0 == level && line.1.contains(text));
    assert!(told(LogLevel::Warning, "It is tried again in 30.0 s."), "{said:?}");
    assert!(told(LogLevel::Error, "It was tried 2 times."), "{said:?}");
    assert_eq!(failed.n_warnings, 2);
}

#[test]
fn a_task_that_takes_too_long_is_ended_and_goes_on_when_it_is_tried_again() {
    let mut flow = retune(40);
    flow.tasks[4].timeout_s = Some(1);
    flow.tasks[4].retry = RetrySpec { n_retries: 50, ..RetrySpec::never() };
    let run = first_run(&flow);
    // Answers take up to 50 ms each.
    let bytes = (0..40_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 11) as u8).collect();
    let pump = whole(pump(Script::new(bytes, 0, 0)), &flow, &run);
    let tasks = task_runs(&pump, &run);
    let tune = &tasks[4];
    assert!(tune.n_begun > 1, "it was ended once at least");
    assert_eq!(tune.state.name, StateName::Completed, "{}", tune.state.message);
    assert_eq!(runs(&pump, RunKind::Study).len(), 1);
    assert_eq!(models(&pump), models(&whole(self::pump(Script::default()), &retune(40), &run)));
}

#[test]
fn a_cancelled_run_ends_at_once_and_keeps_what_was_done() {
    let flow = retune(300);
    let run = first_run(&flow);
    let mut pump = pump(Script::default());
    let mut driver = driver(plan(&pump, &flow, run.clone(), &table()), &pump);
    let mut n_jobs_then = None;
    pump.pump(&mut driver, |driver, pump| {
        if n_jobs_then.is_none() && driver.active_task() == Some("tune") && pump.n_jobs >= 14 {
            n_jobs_then = Some(pump.n_jobs);
            driver.on(Event::Stop { now: Millis(pump.now) });
        }
    });
    assert_eq!(Some(pump.n_jobs), n_jobs_then, "no further job is run");
    let ended = flow_run(&pump, &run).expect("it is stored");
    assert_eq!(ended.state.name, StateName::Cancelled);
    assert_eq!(ended.earlier.last().map(|state| state.name), Some(StateName::Cancelling));
    let tasks = task_runs(&pump, &run);
    assert_eq!(
        tasks.last().map(|task| (task.task.as_str(), task.state.name)),
        Some(("tune", StateName::Cancelled))
    );
    assert_eq!(runs(&pump, RunKind::Study)[0].state, RunState::Killed);
    assert!(runs(&pump, RunKind::Trial).len() > 5 && registry_events(&pump).is_empty());
}

#[test]
fn a_paused_run_begins_no_task_until_it_goes_on() {
    let flow = retune(2);
    let run = first_run(&flow);
    let mut pump = pump(Script::default());
    let mut driver = driver(plan(&pump, &flow, run.clone(), &table()), &pump);
    let mut idle = 0;
    pump.pump(&mut driver, |driver, pump| {
        let state = driver.status().run.state.name;
        if idle == 0 && driver.active_task() == Some("vectorise") {
            driver.pause(Millis(pump.now));
            idle = 1;
        } else if state == StateName::Paused && driver.active_task().is_none() {
            idle += 1;
            if idle == 20 {
                driver.resume(Millis(pump.now));
            }
        }
    });
    assert!(idle >= 20, "it waited");
    let done = flow_run(&pump, &run).expect("it is stored");
    let names: Vec<&str> = done.earlier.iter().map(|state| state.name.as_str()).collect();
    assert_eq!(names, ["Scheduled", "Pending", "Running", "Paused", "Resuming", "Pending", "Running"]);
    assert_eq!(done.state.name, StateName::Completed);
}
