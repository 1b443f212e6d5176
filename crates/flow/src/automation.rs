//! Automations: an event or the time in, whether they act now out.
//!
//! Reactive ones act when what they listen to has happened `threshold` times within so long; proactive ones when so
//! long went by and it happened fewer times. After acting, counting begins anew. None acts more often than every
//! `MIN_GAP_MS`, so that two that call each other cannot run away.

use engine::quote::Quoted;
use thiserror::Error;
use track::flow::{Action, Automation, Expectation, FlowEvent, Happening, Posture};
use track::id::Millis;

/// Shortest time between two actings of one automation.
pub const MIN_GAP_MS: u64 = 10_000;
/// Shortest time that a proactive one waits, in seconds.
pub const MIN_WITHIN_S: u64 = 60;
/// Longest time counted, in seconds: 90 days.
pub const MAX_WITHIN_S: u64 = 90 * 86_400;
/// Most events counted.
pub const MAX_THRESHOLD: u32 = 1000;
/// Most actions of an automation.
pub const MAX_ACTIONS: usize = 8;

/// Why an automation cannot work.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AutomationError {
    /// It does nothing.
    #[error("an automation does 1 to {MAX_ACTIONS} things, this one {n_actions}")]
    Actions {
        /// How many.
        n_actions: usize,
    },
    /// It counts to nothing.
    #[error("it counts 1 to {MAX_THRESHOLD} events, not {threshold}")]
    Threshold {
        /// What was given.
        threshold: u32,
    },
    /// It waits too short or too long.
    #[error("'within' is {low} to {MAX_WITHIN_S} seconds (90 days), not {within_s}")]
    Within {
        /// The least.
        low: u64,
        /// What was given.
        within_s: u64,
    },
    /// A number that is none.
    #[error("the value of '{name}' has to be a number", name = Quoted(.name))]
    Value {
        /// The metric.
        name: String,
    },
    /// It would set itself off.
    #[error(
        "it runs the deployment whose runs it listens to, and would never end: choose another deployment or state"
    )]
    Loop,
}

/// Whether an automation can work.
///
/// # Errors
/// Names what does not do.
pub fn check_automation(automation: &Automation) -> Result<(), AutomationError> {
    let trigger = &automation.trigger;
    if !(1..=MAX_ACTIONS).contains(&automation.actions.len()) {
        return Err(AutomationError::Actions { n_actions: automation.actions.len() });
    }
    if !(1..=MAX_THRESHOLD).contains(&trigger.threshold) {
        return Err(AutomationError::Threshold { threshold: trigger.threshold });
    }
    let low = if trigger.posture == Posture::Proactive { MIN_WITHIN_S } else { 0 };
    if !(low..=MAX_WITHIN_S).contains(&trigger.within_s) {
        return Err(AutomationError::Within { low, within_s: trigger.within_s });
    }
    match &trigger.expect {
        Expectation::Metric { name, value, .. } if !value.is_finite() => {
            return Err(AutomationError::Value { name: name.clone() });
        }
        Expectation::FlowState { deployment, .. } if trigger.posture == Posture::Reactive => {
            let runs_it = |action: &Action| match action {
                Action::RunDeployment { deployment: run } => deployment.as_ref().is_none_or(|of| of == run),
                _ => false,
            };
            if automation.actions.iter().any(runs_it) {
                return Err(AutomationError::Loop);
            }
        }
        _ => {}
    }
    Ok(())
}

/// Whether what happened is what is listened to.
pub fn hears(expect: &Expectation, happening: &Happening) -> bool {
    let is_of = |wanted: &str, model: &str| wanted.is_empty() || wanted == model;
    match (expect, happening) {
        (
            Expectation::FlowState { deployment, states },
            Happening::FlowRunState { deployment: of, state, .. },
        ) => (deployment.is_none() || deployment == of) && (states.is_empty() || states.contains(state)),
        (Expectation::Drift { model }, Happening::DriftFound { model: of, .. })
        | (Expectation::NewVersion { model }, Happening::NewVersion { model: of, .. }) => is_of(model, of),
        (
            Expectation::Metric { model, name, is_over, value },
            Happening::Metric { model: of, name: measured, value: found },
        ) => {
            let is_beyond = if *is_over { found > value } else { found < value };
            is_of(model, of) && name == measured && is_beyond
        }
        _ => false,
    }
}

/// Takes an event; whether the automation acts because of it. Events come in order; one that came before, or before the
/// automation was made, is not heard, so that all that are kept can be shown to it after a program was ended.
pub fn on_event(automation: &mut Automation, event: &FlowEvent) -> bool {
    let is_new = event.at >= automation.created
        && automation.progress.heard.as_ref().is_none_or(|heard| event.id > *heard);
    if !automation.is_active || !is_new || !hears(&automation.trigger.expect, &event.happening) {
        return false;
    }
    automation.progress.heard = Some(event.id.clone());
    let trigger = &automation.trigger;
    let progress = &mut automation.progress;
    let window_ms = trigger.within_s.saturating_mul(1000);
    if window_ms > 0 && trigger.posture == Posture::Reactive {
        progress.seen.retain(|at| at.0.saturating_add(window_ms) >= event.at.0);
    }
    progress.seen.push(event.at);
    let is_reached = progress.seen.len() >= trigger.threshold as usize;
    match trigger.posture {
        Posture::Proactive => {
            if is_reached {
                progress.seen.clear();
                progress.since = event.at;
            }
            false
        }
        Posture::Reactive if is_reached && may_act(progress.fired, event.at) => {
            progress.seen.clear();
            progress.fired = Some(event.at);
            true
        }
        Posture::Reactive => {
            let n_old = progress.seen.len().saturating_sub(trigger.threshold as usize);
            progress.seen.drain(..n_old);
            false
        }
    }
}

/// Looks at the time; whether the automation acts because something has not happened.
pub fn on_time(automation: &mut Automation, now: Millis) -> bool {
    let Some(end) = acts_at(automation).filter(|end| *end <= now) else { return false };
    let progress = &mut automation.progress;
    let acts = may_act(progress.fired, now);
    progress.seen.clear();
    progress.since = now.max(end);
    if acts {
        progress.fired = Some(now);
    }
    acts
}

/// When a proactive automation acts if nothing happens until then.
pub fn acts_at(automation: &Automation) -> Option<Millis> {
    let waits = automation.is_active && automation.trigger.posture == Posture::Proactive;
    let window_ms = automation.trigger.within_s.saturating_mul(1000);
    waits.then(|| Millis(automation.progress.since.0.saturating_add(window_ms)))
}

fn may_act(fired: Option<Millis>, now: Millis) -> bool {
    fired.is_none_or(|fired| now.0 >= fired.0.saturating_add(MIN_GAP_MS))
}

#[cfg(test)]
mod tests {
    use track::SCHEMA;
    use track::experiment::Lifecycle;
    use track::flow::{StateName, Trigger, TriggerProgress};
    use track::id::{AutomationId, DeploymentId, FlowEventId, FlowRunId};

    use super::*;

    fn automation(posture: Posture, threshold: u32, within_s: u64) -> Automation {
        let expect = Expectation::FlowState { deployment: None, states: vec![StateName::Failed] };
        Automation {
            schema: SCHEMA,
            id: AutomationId("01".into()),
            created: Millis(0),
            lifecycle: Lifecycle::Active,
            name: "tell me".into(),
            is_active: true,
            trigger: Trigger { posture, expect, threshold, within_s },
            actions: vec![Action::Notify { text: "look".into() }],
            progress: TriggerProgress::default(),
        }
    }

    fn came_to(state: StateName, at: u64) -> FlowEvent {
        let happening = Happening::FlowRunState {
            flow_run: FlowRunId("02".into()),
            name: "calm-otter".into(),
            deployment: Some(DeploymentId("03".into())),
            state,
            message: String::new(),
        };
        FlowEvent { schema: SCHEMA, id: FlowEventId::new(Millis(at), [0; 10]), at: Millis(at), happening }
    }

    #[track_caller]
    fn check(mut automation: Automation, failures_s: &[u64], expected_s: &[u64]) {
        let mut acts = |at: &&u64| on_event(&mut automation, &came_to(StateName::Failed, **at * 1000));
        let found: Vec<u64> = failures_s.iter().filter(|at| acts(at)).copied().collect();
        assert_eq!(found, expected_s);
    }

    #[test]
    fn a_reactive_one_acts_when_it_has_happened_often_enough_in_time() {
        check(automation(Posture::Reactive, 1, 0), &[5, 50, 500], &[5, 50, 500]);
        check(automation(Posture::Reactive, 3, 0), &[5, 50, 500, 501, 502, 560], &[500, 560]);
        check(automation(Posture::Reactive, 2, 60), &[0, 61, 121, 200, 300, 360], &[121, 360]);
        // Two that call each other do not run away.
        check(automation(Posture::Reactive, 1, 0), &[1, 2, 3, 11, 12], &[1, 11]);
    }

    #[test]
    fn a_proactive_one_acts_when_it_has_not() {
        let mut watch = automation(Posture::Proactive, 1, 600);
        let mut acts_at_s = Vec::new();
        for second in (0..3600).step_by(10) {
            if second == 500 || second == 1000 {
                assert!(!on_event(&mut watch, &came_to(StateName::Failed, second * 1000)));
            }
            if on_time(&mut watch, Millis(second * 1000)) {
                acts_at_s.push(second);
            }
        }
        assert_eq!(acts_at_s, [1600, 2200, 2800, 3400]);
        watch.is_active = false;
        assert_eq!(acts_at(&watch), None);
    }

    #[test]
    fn only_what_is_listened_to_is_heard() {
        let mut asleep = Automation { is_active: false, ..automation(Posture::Reactive, 1, 0) };
        assert!(!on_event(&mut asleep, &came_to(StateName::Failed, 1)));
        let mut awake = automation(Posture::Reactive, 1, 0);
        assert!(!on_event(&mut awake, &came_to(StateName::Completed, 1)));
        let metric = |value| Happening::Metric { model: "shop".into(), name: "f1".into(), value };
        let below = |model: &str| Expectation::Metric {
            model: model.into(),
            name: "f1".into(),
            is_over: false,
            value: 0.8,
        };
        assert!(hears(&below(""), &metric(0.79)) && hears(&below("shop"), &metric(0.79)));
        assert!(!hears(&below(""), &metric(0.8)) && !hears(&below("other"), &metric(0.1)));
        let drift = Happening::DriftFound { model: "shop".into(), reason: "new words".into() };
        assert!(hears(&Expectation::Drift { model: "shop".into() }, &drift));
        assert!(!hears(&Expectation::NewVersion { model: "shop".into() }, &drift));
        let version = Happening::NewVersion { model: "shop".into(), version: 2 };
        assert!(hears(&Expectation::NewVersion { model: String::new() }, &version));
        assert_eq!(version.name(), "model-version.registered");
    }

    #[test]
    fn nothing_is_heard_twice_and_nothing_from_before_it_was_made() {
        let mut watch = Automation { created: Millis(50_000), ..automation(Posture::Reactive, 2, 0) };
        let events: Vec<FlowEvent> =
            [10, 40, 60, 80, 100, 120].map(|at| came_to(StateName::Failed, at * 1000)).into();
        let acts = |watch: &mut Automation, events: &[FlowEvent]| {
            events.iter().filter(|event| on_event(watch, event)).map(|event| event.at.0 / 1000).collect()
        };
        let at: Vec<u64> = acts(&mut watch, &events[..4]);
        assert_eq!(at, [80], "two of those it may hear");
        // A program that was ended shows all of them again.
        let at: Vec<u64> = acts(&mut watch, &events);
        assert_eq!(at, [120]);
    }

    /// A month, in which runs fail at times: when two failures are within an hour, and when no run completes in a day.
    #[test]
    fn a_simulated_month_is_as_counted_by_hand() {
        const MINUTE: u64 = 60;
        let mut pair = automation(Posture::Reactive, 2, 60 * MINUTE);
        let mut quiet = automation(Posture::Proactive, 1, 24 * 60 * MINUTE);
        quiet.trigger.expect =
            Expectation::FlowState { deployment: None, states: vec![StateName::Completed] };
        let mut state = 7_u64;
        let (mut failures, mut completions): (Vec<u64>, Vec<u64>) = (Vec::new(), vec![0]);
        let (mut pairs, mut expected_pairs, mut alarms, mut expected_alarms) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for second in (0..30 * 24 * 60 * MINUTE).step_by(10 * MINUTE as usize) {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let drawn = (state >> 33) % 1000;
            if drawn < 40 {
                if on_event(&mut pair, &came_to(StateName::Failed, second * 1000)) {
                    pairs.push(second);
                }
                failures.push(second);
                let n_recent = failures.iter().filter(|at| **at + 60 * MINUTE >= second).count();
                if n_recent >= 2 {
                    expected_pairs.push(second);
                    failures.clear();
                }
            } else if drawn > 992 {
                assert!(!on_event(&mut quiet, &came_to(StateName::Completed, second * 1000)));
                completions.push(second);
            }
            if on_time(&mut quiet, Millis(second * 1000)) {
                alarms.push(second);
            }
            if completions.last().is_some_and(|last| last + 24 * 60 * MINUTE <= second) {
                expected_alarms.push(second);
                completions.push(second);
            }
        }
        assert!(pairs.len() > 10 && alarms.len() > 3, "{} and {}", pairs.len(), alarms.len());
        assert_eq!((pairs, alarms), (expected_pairs, expected_alarms));
    }

    #[test]
    fn what_cannot_work_is_refused() {
        let base = || automation(Posture::Reactive, 1, 0);
        assert_eq!(check_automation(&base()), Ok(()));
        let nothing = Automation { actions: Vec::new(), ..base() };
        assert_eq!(check_automation(&nothing), Err(AutomationError::Actions { n_actions: 0 }));
        let mut itself = base();
        itself.actions = vec![Action::RunDeployment { deployment: DeploymentId("03".into()) }];
        assert_eq!(check_automation(&itself), Err(AutomationError::Loop));
        itself.trigger.expect =
            Expectation::FlowState { deployment: Some(DeploymentId("99".into())), states: Vec::new() };
        assert_eq!(check_automation(&itself), Ok(()));
        let hasty = automation(Posture::Proactive, 1, 59);
        assert_eq!(check_automation(&hasty), Err(AutomationError::Within { low: 60, within_s: 59 }));
        let never = automation(Posture::Reactive, 0, 0);
        assert_eq!(check_automation(&never), Err(AutomationError::Threshold { threshold: 0 }));
    }
}
