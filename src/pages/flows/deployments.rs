//! Deployments: what is run when, in plain words, with its next times.

use leptos::prelude::*;
use markup::view;
use track::flow::{Deployment, Overflow};

use super::overview::{Opened, deploy_buttons};
use super::{NONE, is_fixed, of_book};
use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::field::Switch;
use crate::markup::{For, View};
use crate::reactive::Derived;
use crate::services::clock;
use crate::services::zones::Named;
use crate::state::flows::Flows;
use crate::state::flows::deploy_form::DeployForm;
use crate::state::flows::figures::{ScheduleWords, catch_up_words, schedule_words};

/// The deployments.
#[component]
pub fn Deployments(
    /// Of these flows.
    flows: Flows,
    /// The form that is open.
    opened: Opened,
) -> View {
    let all = of_book(flows, |book| book.deployments.clone());
    let ids = move || all.with(|all| all.iter().map(|one| one.id.0.clone()).collect::<Vec<_>>());
    let line = move |id: String| {
        let one = Derived::new(move || all.with(|all| all.iter().find(|one| one.id.0 == id).cloned()));
        View::live(move || one.get().map(|one| view! { <Line flows opened one /> }))
    };
    let is_any = Derived::new(move || all.with(|all| !all.is_empty()));
    let table = View::live(move || {
        if !is_any.get() {
            return view! { <p class="note">"Nothing is deployed."</p> };
        }
        view! {
            <div class="table-scroll" tabindex="0" role="region" aria-label="Deployments, all columns">
                <table class="table" aria-label="Deployments">
                    <thead>
                        <tr>
                            <th scope="col">"Deployment"</th>
                            <th scope="col">"When"</th>
                            <th scope="col">"Next five times"</th>
                            <th scope="col">"Schedules"</th>
                            <th scope="col"><span class="visually-hidden">"What can be done"</span></th>
                        </tr>
                    </thead>
                    <tbody><For each=ids key=String::clone children=line /></tbody>
                </table>
            </div>
        }
    });
    view! {
        <Card title="Deployments">
            <div class="stack">
                {deploy_buttons(flows, opened)}
                {table}
            </div>
        </Card>
    }
}

/// Schedules of a deployment in words, on the clocks of their zones.
pub fn words_of(deployment: &Deployment) -> Vec<ScheduleWords> {
    let zones = |name: &str| Named::new(name).map(|zone| Box::new(zone) as Box<dyn flow::Zone>);
    deployment.schedules.iter().map(|schedule| schedule_words(schedule, &zones, clock::now())).collect()
}

#[component]
fn Line(flows: Flows, opened: Opened, one: Deployment) -> View {
    let disabled = is_fixed();
    let flow = one.flow.clone();
    let flow = of_book(flows, move |book| book.flow_name(&flow));
    let words = words_of(&one);
    let limit = match (one.n_at_a_time, one.overflow) {
        (1, Overflow::Queue) => "one run at a time, others wait".to_owned(),
        (n, Overflow::Queue) => format!("{n} runs at a time, others wait"),
        (1, Overflow::CancelNew) => "one run at a time, others are cancelled".to_owned(),
        (n, Overflow::CancelNew) => format!("{n} runs at a time, others are cancelled"),
    };
    let catch_up = catch_up_words(&one);
    let id = one.id.clone();
    let set_active = move |is_active: bool| flows.set_active(id.clone(), is_active);
    let is_active = one.schedules.iter().any(|schedule| schedule.is_active);
    let switch = (!one.schedules.is_empty()).then(|| {
        view! { <Switch label="Active" on=Derived::from(is_active) on_change=set_active disabled /> }
    });
    let (run_id, gone_id) = (one.id.clone(), one.id.clone());
    let run = move |()| flows.run_now(run_id.clone());
    let delete = move |()| flows.delete_deployment(gone_id.clone());
    let name = one.name.clone();
    let edit = move |()| opened.set(Some(DeployForm::of(&one, Named::here())));
    view! {
        <tr>
            <th scope="row">
                <span class="two-lines">
                    <b>{name}</b>
                    <span class="two-lines__second">"flow " {flow} ", " {limit}</span>
                </span>
            </th>
            <td class="wide">
                {when(&words)}
                <span class="note note--small">{catch_up}</span>
            </td>
            <td>{next(&words)}</td>
            <td>{switch}</td>
            <td>
                <span class="row row--whole">
                    <Button label="Run now" on_press=run disabled />
                    <Button label="Edit" on_press=edit emphasis=Emphasis::Quiet disabled />
                    <Button label="Delete" on_press=delete emphasis=Emphasis::Quiet disabled />
                </span>
            </td>
        </tr>
    }
}

fn when(words: &[ScheduleWords]) -> View {
    if words.is_empty() {
        return View::from("when you say".to_owned());
    }
    let line = |words: &ScheduleWords| {
        let text = format!("{} ({})", words.words, words.zone);
        let problem = words.problem.clone();
        let off = (!words.is_active).then_some(", switched off");
        view! {
            <span class="two-lines">
                <span>{text} {off}</span>
                {problem.map(|problem| view! { <span class="field__error">{problem}</span> })}
            </span>
        }
    };
    words.iter().map(line).collect()
}

fn next(words: &[ScheduleWords]) -> View {
    let all: Vec<String> = words.iter().flat_map(|words| words.next.iter().cloned()).collect();
    if all.is_empty() {
        return View::from(NONE.to_owned());
    }
    let line = |at: String| view! { <li>{at}</li> };
    let lines: View = all.into_iter().map(line).collect();
    view! { <ol class="flow-times">{lines}</ol> }
}
