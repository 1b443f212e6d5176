//! `reviewlab flow deploy`: a flow with its schedule, kept in the project.
//! In: a name, a flow, times. Out: the deployment's record, and what it comes to in plain words. Never: a second
//! deployment of one name: the first is changed.

use ::flow::{Timing, at_wall, cadence_words, next_times};
use track::SCHEMA;
use track::experiment::Lifecycle;
use track::flow::{Deployment, Overflow, Schedule};
use track::id::DeploymentId;
use track::record::Record;

use crate::arguments::{FlowWords, ScheduleWords};
use crate::clock;
use crate::failure::Failure;
use crate::pump::print;

use super::desk::Desk;
use super::run::find_or_make;
use super::zones::Named;

/// Times shown ahead.
pub const N_SHOWN: usize = 5;

/// Keeps a deployment.
///
/// # Errors
/// Where the flow is not there, or the zone unknown.
pub fn deploy(
    desk: &mut Desk,
    (name, what): (&str, &FlowWords),
    words: Option<&ScheduleWords>,
    (n_at_a_time, overflow): (u32, Overflow),
) -> Result<(), Failure> {
    if name.trim().is_empty() {
        return Err(Failure::wrong("A deployment needs a name."));
    }
    let (flow, _) = find_or_make(desk, what)?;
    let now = clock::now();
    let schedules = match words {
        None => Vec::new(),
        Some(words) => {
            let zone = words.zone.clone().unwrap_or_else(Named::here);
            Named::new(&zone)?;
            vec![Schedule {
                number: 0,
                cadence: words.cadence.clone(),
                zone,
                is_active: true,
                catch_up: words.catch_up,
                handled: now,
            }]
        }
    };
    let known = desk.deployments()?.into_iter().find(|known| known.name == name);
    let deployment = Deployment {
        schema: SCHEMA,
        id: known.as_ref().map_or_else(|| DeploymentId::new(now, clock::entropy()), |known| known.id.clone()),
        created: known.map_or(now, |known| known.created),
        lifecycle: Lifecycle::Active,
        name: name.to_owned(),
        flow: flow.id,
        version: None,
        schedules,
        n_at_a_time,
        overflow,
    };
    let text = described(&deployment, &flow.name)?;
    desk.write(vec![Record::Deployment(deployment)])?;
    print(&text)
}

/// A deployment in plain words, with its next times.
///
/// # Errors
/// Where its zone is unknown.
pub fn described(deployment: &Deployment, flow: &str) -> Result<String, Failure> {
    let mut text = format!("{}: flow {flow}", deployment.name);
    if deployment.schedules.is_empty() {
        text.push_str(", run when it is asked for");
    }
    text.push('\n');
    for schedule in &deployment.schedules {
        let zone = Named::new(&schedule.zone)?;
        let words = cadence_words(&schedule.cadence, &zone);
        let Ok(timing) = Timing::new(&schedule.cadence) else {
            text.push_str(&format!("  {words}: cannot be kept\n"));
            continue;
        };
        if !schedule.is_active {
            text.push_str(&format!("  {words} ({}), switched off\n", schedule.zone));
            continue;
        }
        let next = next_times(&timing, &zone, clock::now().max(schedule.handled), N_SHOWN);
        let next: Vec<String> = next.iter().map(|at| at_wall(&zone, *at)).collect();
        text.push_str(&format!("  {words} ({}); next {}\n", schedule.zone, next.join(", ")));
    }
    Ok(text)
}
