//! Every transition there is, and what holds whatever is asked in whatever order.

use engine::num::ContentHash;
use flow::{
    LATE_AFTER_MS, MAX_STATES, Proposal, Refusal, SILENT_AFTER_MS, TaskContext, Verdict, enter_flow,
    enter_task, flow_transition, has_lost_its_runner, is_late, task_transition,
};
use proptest::prelude::{ProptestConfig, any, prop, proptest};
use proptest::{prop_assert, prop_assert_eq};
use track::SCHEMA;
use track::flow::{Cause, FlowRun, RetryDelay, RetrySpec, State, StateName, StateType, TaskRun};
use track::id::{FlowId, FlowRunId, Millis};

const NOW: Millis = Millis(1_000_000);

fn flow_run(state: State) -> FlowRun {
    let id = FlowRunId("01".into());
    FlowRun {
        schema: SCHEMA,
        root: id.clone(),
        id,
        name: "calm-otter".into(),
        flow: FlowId("02".into()),
        version: 1,
        deployment: None,
        created: Millis(1),
        due: Millis(1),
        begun: None,
        ended: None,
        cause: Cause::Person { who: "me".into() },
        state,
        earlier: Vec::new(),
        n_states: 1,
        heartbeat: None,
        n_warnings: 0,
    }
}

fn task_run(state: State, n_begun: u32) -> TaskRun {
    let flow_run = FlowRunId("01".into());
    TaskRun {
        schema: SCHEMA,
        id: flow_run.task(0),
        flow_run,
        task: "fit".into(),
        created: Millis(1),
        begun: None,
        ended: None,
        n_begun,
        n_states: 1,
        state,
        earlier: Vec::new(),
        cache_key: ContentHash::of(b"fit"),
    }
}

/// m moves, r moves under another name, i comes to another state instead, . is refused.
fn letter(wanted: StateName, verdict: &Verdict) -> char {
    match verdict {
        Verdict::Moves(state) if state.name == wanted => 'm',
        Verdict::Moves(_) => 'r',
        Verdict::Instead(_) => 'i',
        Verdict::Wait { .. } => 'w',
        Verdict::Refused(_) => '.',
    }
}

/// A line for each state a run may be in, a letter for each it may be asked for, in the order of `StateName::ALL`.
fn table(ask: impl Fn(Option<StateName>, StateName) -> Verdict) -> String {
    let from = [None].into_iter().chain(StateName::ALL.map(Some));
    let line = |from: Option<StateName>| {
        let letters: String = StateName::ALL.into_iter().map(|to| letter(to, &ask(from, to))).collect();
        format!("{letters} {}\n", from.map_or("-", StateName::as_str))
    };
    from.map(line).collect()
}

#[test]
fn every_transition_of_a_flow_is_as_the_rules_say() {
    let found = table(|from, to| {
        let run = from.map(|name| flow_run(State::new(name, NOW)));
        let n_seen = u32::from(run.is_some());
        flow_transition(run.as_ref(), Proposal { state: State::new(to, NOW), n_seen })
    });
    // Columns: Scheduled Late AwaitingRetry AwaitingConcurrencySlot Resuming, Pending, Running Retrying, Paused,
    // Cancelling, Cancelled, Completed Cached, Failed TimedOut, Crashed.
    let expected = "\
mmmmmm.......... -
mmmm.mmm.im..... Scheduled
mmmm.mmm.im..... Late
mmmm.mmm.im..... AwaitingRetry
mmmm.mmm.im..... AwaitingConcurrencySlot
mmmm.mmm.im..... Resuming
...m..mm.im..mmm Pending
........mm.mmmmm Running
........mm.mmmmm Retrying
....m....im..mm. Paused
..........m..... Cancelling
................ Cancelled
................ Completed
................ Cached
................ Failed
................ TimedOut
................ Crashed
";
    assert_eq!(found, expected);
}

#[test]
fn every_transition_of_a_task_is_as_the_rules_say() {
    let ask = |retry: RetrySpec, is_known: bool, flow: StateType| {
        table(|from, to| {
            let run = from
                .map(|name| task_run(State::new(name, NOW), u32::from(name.of_type() == StateType::Running)));
            let n_seen = u32::from(run.is_some());
            let context = TaskContext { flow, retry: &retry, is_known, seed: 1 };
            task_transition(run.as_ref(), Proposal { state: State::new(to, NOW), n_seen }, context)
        })
    };
    let expected = "\
mmmmmm.......... -
.....mmm.im..... Scheduled
.....mmm.im..... Late
.....mmm.im..... AwaitingRetry
.....mmm.im..... AwaitingConcurrencySlot
.....mmm.im..... Resuming
......mm.im..mmm Pending
.........m.mmmmm Running
.........m.mmmmm Retrying
................ Paused
..........m..... Cancelling
................ Cancelled
................ Completed
................ Cached
................ Failed
................ TimedOut
................ Crashed
";
    let never = RetrySpec::never();
    assert_eq!(ask(never.clone(), false, StateType::Running), expected);
    // With a retry left, what runs and fails waits for it; what failed before it began has failed.
    let twice = RetrySpec { n_retries: 2, ..never.clone() };
    let retried = expected
        .replace(".........m.mmmmm Running", ".........m.mmiim Running")
        .replace(".........m.mmmmm Retrying", ".........m.mmiim Retrying");
    assert_eq!(ask(twice, false, StateType::Running), retried);
    // What is known is not begun.
    let known = expected.replace(".....mmm.im", ".....mii.im").replace("......mm.im", "......ii.im");
    assert_eq!(ask(never.clone(), true, StateType::Running), known);
    // Nothing begins while its flow does not run.
    let stopped = expected
        .replace("mmmmmm....", "mmmmm.....")
        .replace(".....mmm.im", ".........im")
        .replace("......mm.im", ".........im");
    for flow in StateType::ALL.into_iter().filter(|of| *of != StateType::Running) {
        assert_eq!(ask(never.clone(), false, flow), stopped, "{}", flow.as_str());
    }
}

#[test]
fn a_failed_task_waits_for_its_next_retry_and_then_retries() {
    let retry = RetrySpec { n_retries: 1, delay: RetryDelay::Fixed { seconds: 3.0 }, jitter: 0.0 };
    let context = TaskContext { flow: StateType::Running, retry: &retry, is_known: false, seed: 5 };
    let mut run = task_run(State::new(StateName::Pending, Millis(0)), 0);
    let mut ask = |name, at| {
        let state = State::new(name, Millis(at)).because("no room");
        let verdict = task_transition(Some(&run), Proposal { state, n_seen: run.n_states }, context);
        if let Verdict::Moves(state) | Verdict::Instead(state) = &verdict {
            enter_task(&mut run, state.clone());
        }
        (verdict, run.clone())
    };
    assert_eq!(ask(StateName::Running, 10).1.n_begun, 1);
    let (_, waiting) = ask(StateName::Failed, 20);
    assert_eq!((waiting.state.name, waiting.state.due), (StateName::AwaitingRetry, Some(Millis(3020))));
    assert_eq!(waiting.state.message, "Retry 1 of 1 after: no room");
    assert_eq!(ask(StateName::Running, 3019).0, Verdict::Wait { until: Millis(3020) });
    let (_, again) = ask(StateName::Running, 3020);
    assert_eq!((again.state.name, again.n_begun), (StateName::Retrying, 2));
    let (_, failed) = ask(StateName::TimedOut, 4000);
    assert_eq!((failed.state.name, failed.ended), (StateName::TimedOut, Some(Millis(4000))));
    let refused = Verdict::Refused(Refusal::Ended(StateName::TimedOut));
    assert_eq!(ask(StateName::Running, 5000).0, refused);
    let names: Vec<&str> = failed.earlier.iter().map(|state| state.name.as_str()).collect();
    assert_eq!(names, ["Pending", "Running", "AwaitingRetry", "Retrying"]);
}

#[test]
fn a_wish_made_twice_or_of_an_older_state_changes_nothing() {
    let mut run = flow_run(State::new(StateName::Pending, Millis(0)));
    let begin = Proposal { state: State::new(StateName::Running, Millis(5)), n_seen: 1 };
    let Verdict::Moves(state) = flow_transition(Some(&run), begin.clone()) else { panic!("it may begin") };
    enter_flow(&mut run, state);
    assert_eq!(run.begun, Some(Millis(5)));
    let again = flow_transition(Some(&run), begin);
    assert_eq!(again, Verdict::Refused(Refusal::Stale { n_states: 2, n_seen: 1 }));
    let error = Refusal::NotAllowed { from: None, to: StateName::Failed }.to_string();
    assert_eq!(error, "a run that is not made yet cannot become Failed");
}

#[test]
fn nothing_begins_before_its_time() {
    let run = flow_run(State::scheduled(Millis(0), Millis(100)));
    for name in [StateName::Pending, StateName::Running] {
        let ask =
            |at| flow_transition(Some(&run), Proposal { state: State::new(name, Millis(at)), n_seen: 1 });
        assert_eq!(ask(99), Verdict::Wait { until: Millis(100) });
        assert_eq!(ask(100), Verdict::Moves(State::new(name, Millis(100))));
    }
}

#[test]
fn a_run_is_late_after_15_seconds_and_without_a_runner_after_30() {
    let scheduled = flow_run(State::scheduled(Millis(0), Millis(100)));
    assert!(
        !is_late(&scheduled, Millis(99 + LATE_AFTER_MS)) && is_late(&scheduled, Millis(100 + LATE_AFTER_MS))
    );
    assert!(!is_late(&flow_run(State::new(StateName::Late, Millis(0))), Millis(u64::MAX)));
    let silent = |name, heartbeat| {
        let run = FlowRun { heartbeat, ..flow_run(State::new(name, Millis(1000))) };
        has_lost_its_runner(&run, Millis(1001 + SILENT_AFTER_MS))
    };
    assert!(silent(StateName::Running, None) && silent(StateName::Cancelling, Some(Millis(900))));
    assert!(!silent(StateName::Running, Some(Millis(1500))));
    for name in [StateName::Scheduled, StateName::Paused, StateName::Completed] {
        assert!(!silent(name, None), "{}", name.as_str());
    }
}

#[test]
fn a_run_remembers_its_beginning_and_its_newest_states() {
    let mut run = flow_run(State::new(StateName::Scheduled, Millis(0)));
    for at in 1..=500 {
        enter_flow(&mut run, State::new(StateName::Late, Millis(at)));
    }
    assert_eq!((run.n_states, run.earlier.len()), (501, MAX_STATES));
    assert_eq!((run.earlier[0].at, run.earlier[MAX_STATES - 1].at), (Millis(0), Millis(499)));
}

const N_TASKS: usize = 3;

/// A flow run with its tasks, and how often each task's effect was done.
struct World {
    now: u64,
    flow: Option<FlowRun>,
    tasks: [Option<TaskRun>; N_TASKS],
    n_effects: [u32; N_TASKS],
}

impl World {
    /// One event: who is asked, for which state, how long after the last, how well informed.
    fn step(&mut self, (who, name, wait, is_stale): (usize, usize, u16, bool), retry: &RetrySpec) {
        self.now += u64::from(wait);
        let state = State::new(StateName::ALL[name % StateName::ALL.len()], Millis(self.now));
        let who = who % (N_TASKS + 1);
        let seen = |n_states: u32| if is_stale { n_states.saturating_sub(1) } else { n_states };
        if who == N_TASKS {
            let n_seen = seen(self.flow.as_ref().map_or(0, |run| run.n_states));
            let verdict = flow_transition(self.flow.as_ref(), Proposal { state, n_seen });
            if let Verdict::Moves(state) | Verdict::Instead(state) = verdict {
                match &mut self.flow {
                    Some(run) => enter_flow(run, state),
                    None => self.flow = Some(flow_run(state)),
                }
            }
            return;
        }
        let flow = self.flow.as_ref().map_or(StateType::Pending, |run| run.state.of_type());
        let is_known = self.n_effects[who] > 0;
        let context = TaskContext { flow, retry, is_known, seed: who as u64 };
        let run = &mut self.tasks[who];
        let n_seen = seen(run.as_ref().map_or(0, |run| run.n_states));
        let verdict = task_transition(run.as_ref(), Proposal { state, n_seen }, context);
        let (Verdict::Moves(state) | Verdict::Instead(state)) = verdict else { return };
        if state.name == StateName::Completed {
            self.n_effects[who] += 1;
        }
        match run {
            Some(run) => enter_task(run, state),
            None => *run = Some(task_run(state, 0)),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_asked_in_whatever_order(
        events in prop::collection::vec((any::<usize>(), any::<usize>(), 0u16..4_000, any::<bool>()), 0..200),
        n_retries in 0u32..4,
    ) {
        let retry = RetrySpec { n_retries, delay: RetryDelay::Exponential { factor: 1.0 }, jitter: 0.5 };
        let mut world = World { now: 0, flow: None, tasks: [None, None, None], n_effects: [0; N_TASKS] };
        for (who, name, wait, is_stale) in events {
            let (flow, tasks) = (world.flow.clone(), world.tasks.clone());
            world.step((who, name, wait, is_stale), &retry);
            if let Some(before) = flow.filter(FlowRun::has_ended) {
                prop_assert_eq!(Some(&before), world.flow.as_ref(), "an ended flow run stays");
            }
            let flow_runs =
                world.flow.as_ref().is_some_and(|run| run.state.of_type() == StateType::Running);
            for (before, after) in tasks.iter().zip(&world.tasks) {
                let Some(after) = after else { continue };
                if let Some(before) = before.as_ref().filter(|run| run.has_ended()) {
                    prop_assert_eq!(before, after, "an ended task run stays");
                }
                let n_begun_before = before.as_ref().map_or(0, |run| run.n_begun);
                if after.n_begun > n_begun_before {
                    prop_assert!(flow_runs, "tasks begin only while their flow runs");
                    let due = before.as_ref().and_then(|run| run.state.due);
                    prop_assert!(due.is_none_or(|due| due.0 <= world.now), "nothing begins early");
                    let was_running =
                        before.as_ref().is_some_and(|run| run.state.of_type() == StateType::Running);
                    prop_assert!(!was_running, "one run of a task at a time");
                }
                prop_assert!(after.n_begun <= n_retries + 1, "{} times begun", after.n_begun);
                prop_assert_eq!(after.has_ended(), after.ended.is_some());
                prop_assert_eq!(after.n_states as usize, after.earlier.len() + 1);
            }
            prop_assert!(world.n_effects.iter().all(|n| *n <= 1), "a finished task is never done again");
        }
    }
}
