//! Flows as data: what makes sense, what an editor does, what is kept under which key.

use std::slice::from_ref;

use engine::num::ContentHash;
use engine::split::SplitSpec;
use flow::{ReadyMade, add_task, cache_keys, change_task, drop_task, levels, order, validate};
use track::dataset::DatasetRef;
use track::experiment::Lifecycle;
use track::flow::{
    Action, Automation, Deployment, Expectation, FlowDefinition, Overflow, Posture, RetrySpec, TaskKind,
    TaskSpec, Trigger, TriggerProgress, users_of_models,
};
use track::id::{AutomationId, DeploymentId, FlowId, FlowRunId, Millis, RunId};
use track::registry::Registry;

fn retrain() -> FlowDefinition {
    ReadyMade::Retrain.definition(("", "reviews"), FlowId("01".into()), Millis(1))
}

fn task(key: &str, kind: TaskKind, needs: &[&str]) -> TaskSpec {
    let needs = needs.iter().map(|need| (*need).to_owned()).collect();
    TaskSpec { key: key.into(), kind, needs, retry: RetrySpec::never(), timeout_s: None, is_cached: true }
}

fn of(tasks: Vec<TaskSpec>) -> FlowDefinition {
    FlowDefinition { tasks, ..retrain() }
}

#[track_caller]
fn check_wrong(flow: &FlowDefinition, expected: &str) {
    assert_eq!(validate(flow).map_err(|error| error.to_string()), Err(expected.to_owned()));
}

#[test]
fn ready_made_flows_can_be_run_and_saved() {
    for ready in ReadyMade::ALL {
        let flow = ready.definition(("shop", "reviews"), FlowId("01".into()), Millis(1));
        assert_eq!(validate(&flow), Ok(()), "{}", ready.name());
        assert_eq!(json::from_str::<FlowDefinition>(&json::to_string(&flow)), Ok(flow));
        assert_eq!(ReadyMade::named(ready.name()), Some(ready));
    }
}

#[test]
fn what_makes_no_sense_is_said_in_one_sentence() {
    let load = || task("load", TaskKind::LoadData { dataset: String::new() }, &[]);
    check_wrong(&of(vec![]), "a flow needs one task at least: add one");
    check_wrong(&of(vec![load(), load()]), "two tasks are called 'load': give one of them another name");
    let bad = of(vec![task("a/b", TaskKind::Vectorise, &[])]);
    check_wrong(&bad, "'a/b' cannot be a task's name: use letters, digits, spaces, '-' and '_', at most 40");
    let unknown = of(vec![task("clean", TaskKind::Clean { steps: None }, &["load"])]);
    check_wrong(&unknown, "'clean' comes after 'load', and there is no such task: choose another");
    let alone = of(vec![load(), task("count", TaskKind::Vectorise, &["load"])]);
    check_wrong(
        &alone,
        "'count' (Count words) needs 'Clean' before it: add that task, or let it come after one",
    );
    let round = of(vec![
        load(),
        task("a", TaskKind::Clean { steps: None }, &["load", "c"]),
        task("b", TaskKind::Split { split: SplitSpec::reference() }, &["a"]),
        task("c", TaskKind::Vectorise, &["b"]),
    ]);
    check_wrong(&round, "these tasks wait for each other: a → b → c → a; let one of them begin earlier");
    let itself = of(vec![task("a", TaskKind::Vectorise, &["a"])]);
    check_wrong(&itself, "these tasks wait for each other: a → a; let one of them begin earlier");
    let mut often = retrain();
    often.tasks[0].retry.n_retries = 51;
    check_wrong(&often, "'load data': a task is tried again at most 50 times, not 51");
    let mut hurried = retrain();
    hurried.tasks[3].timeout_s = Some(0);
    check_wrong(&hurried, "'vectorise': its time limit is 1 second at least");
    let two = of(vec![
        load(),
        task("more", load().kind, &[]),
        task("clean", TaskKind::Clean { steps: None }, &["load", "more"]),
    ]);
    check_wrong(
        &two,
        "'clean': two tasks before it do the work of 'Load data': let it come after one of them only",
    );
    let mut nameless = retrain();
    nameless.tasks[7].kind = TaskKind::Register { model: " ".into() };
    check_wrong(&nameless, "'register': it needs the name of a model");
}

#[test]
fn each_task_comes_after_what_it_needs_whatever_their_order_in_the_list() {
    let mut flow = retrain();
    let listed = order(&flow).expect("it has an order");
    assert_eq!(listed, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    flow.tasks.reverse();
    assert_eq!(order(&flow), Ok(vec![8, 7, 6, 5, 4, 3, 2, 1, 0]));
    let load = || TaskKind::LoadData { dataset: String::new() };
    let wide = of(vec![
        task("a", load(), &[]),
        task("b", load(), &[]),
        task("c", load(), &["a", "b"]),
        task("d", load(), &["b"]),
    ]);
    assert_eq!(levels(&wide), Ok(vec![vec![0, 1], vec![2, 3]]));
}

#[test]
fn a_dropped_task_leaves_no_gap() {
    let flow = drop_task(&retrain(), "log").expect("there is one");
    assert_eq!(flow.task("register").map(|task| task.needs.clone()), Some(vec!["evaluate".to_owned()]));
    assert_eq!(validate(&flow), Ok(()));
    assert!(drop_task(&flow, "log").is_err());
    // What can be edited need not be runnable yet; why not is said when it is to run.
    let gapped = drop_task(&flow, "vectorise").expect("there is one");
    check_wrong(
        &gapped,
        "'fit' (Fit) needs 'Count words' before it: add that task, or let it come after one",
    );
    let mended = add_task(&gapped, task("count", TaskKind::Vectorise, &["split"])).expect("a good name");
    let mut fit = mended.task("fit").cloned().expect("it is there");
    fit.needs = vec!["count".into()];
    assert_eq!(change_task(&mended, "fit", fit).map(|flow| validate(&flow)), Ok(Ok(())));
}

#[test]
fn a_renamed_task_keeps_its_place() {
    let flow = retrain();
    let mut split = flow.tasks[2].clone();
    split.key = "part".into();
    let renamed = change_task(&flow, "split", split).expect("a good name");
    assert_eq!(renamed.tasks[3].needs, ["part"]);
    assert_eq!(validate(&renamed), Ok(()));
    let mut twice = renamed.tasks[2].clone();
    twice.key = "clean".into();
    let error = change_task(&renamed, "part", twice).expect_err("there is one").to_string();
    assert_eq!(error, "two tasks are called 'clean': give one of them another name");
}

#[test]
fn a_key_changes_with_what_the_result_depends_on_and_with_nothing_else() {
    let data = DatasetRef { file: ContentHash::of(b"file"), recipe: ContentHash::of(b"recipe") };
    let keys = |flow: &FlowDefinition, data: &DatasetRef, root: &str| {
        let keys = cache_keys(flow, data, &FlowRunId(root.into())).expect("it has an order");
        flow.tasks.iter().map(|task| keys[&task.key]).collect::<Vec<_>>()
    };
    let flow = retrain();
    let base = keys(&flow, &data, "01");
    let differ = |other: Vec<ContentHash>| {
        let places = base.iter().zip(other).enumerate().filter(|(_, (a, b))| *a != b);
        places.map(|(place, _)| flow.tasks[place].key.clone()).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(differ(keys(&flow, &data, "02")), "evaluate, log, register, promote");
    let other_file = DatasetRef { file: ContentHash::of(b"other"), ..data.clone() };
    let all = "load data, clean, split, vectorise, fit, evaluate, log, register, promote";
    assert_eq!(differ(keys(&flow, &other_file, "01")), all);
    let mut split = flow.clone();
    split.tasks[2].kind = TaskKind::Split { split: SplitSpec { seed: 7, ..SplitSpec::reference() } };
    assert_eq!(differ(keys(&split, &data, "01")), "split, vectorise, fit, evaluate, log, register, promote");
    // What is counted follows from what is to learn from it.
    let mut tuned = flow.clone();
    tuned.tasks[4].kind =
        ReadyMade::Retune.definition(("", ""), flow.id.clone(), Millis(1)).tasks[4].kind.clone();
    assert_eq!(differ(keys(&tuned, &data, "01")), "vectorise, fit, evaluate, log, register, promote");
    let mut patient = flow.clone();
    patient.tasks[0].retry.n_retries = 9;
    patient.tasks[4].timeout_s = Some(60);
    assert_eq!(differ(keys(&patient, &data, "01")), "");
}

#[test]
fn a_version_that_a_deployment_or_an_automation_asks_is_not_deleted() {
    let flow = ReadyMade::ScoreFolder.definition(("", "shop"), FlowId("01".into()), Millis(1));
    let deployment = Deployment {
        schema: track::SCHEMA,
        id: DeploymentId("02".into()),
        created: Millis(1),
        lifecycle: Lifecycle::Active,
        name: "inbox".into(),
        flow: flow.id.clone(),
        version: None,
        schedules: Vec::new(),
        n_at_a_time: 1,
        overflow: Overflow::Queue,
    };
    let automation = Automation {
        schema: track::SCHEMA,
        id: AutomationId("03".into()),
        created: Millis(1),
        lifecycle: Lifecycle::Active,
        name: "newest".into(),
        is_active: true,
        trigger: Trigger {
            posture: Posture::Reactive,
            expect: Expectation::NewVersion { model: "shop".into() },
            threshold: 1,
            within_s: 0,
        },
        actions: vec![Action::MoveAlias { model: "shop".into(), alias: "newest".into() }],
        progress: TriggerProgress::default(),
    };
    let mut registry = Registry::default();
    for number in 1..=2_u8 {
        let change = registry
            .register("shop", RunId::new(Millis(1), [number; 10]), ContentHash::of(&[number]))
            .expect("a change");
        let event = registry.event(change, ("me", ""), Millis(u64::from(number)), [number; 10]);
        registry.apply(&event.expect("an event"));
    }
    let users = users_of_models(from_ref(&flow), from_ref(&deployment), from_ref(&automation));
    registry.know_users(users);
    let refusal = registry.delete_version("shop", 2, "shop").expect_err("it answers").to_string();
    let expected = "version 2 of 'shop' is in use by the deployment 'inbox' and the automation 'newest': take that away first";
    assert_eq!(refusal, expected);
    assert!(registry.delete_version("shop", 1, "shop").is_ok(), "nobody asks an old version");
    let gone = Deployment { lifecycle: Lifecycle::Deleted, ..deployment };
    let asleep = Automation { lifecycle: Lifecycle::Deleted, ..automation };
    registry.know_users(users_of_models(&[flow], &[gone], &[asleep]));
    assert!(registry.delete_version("shop", 2, "shop").is_ok());
}
