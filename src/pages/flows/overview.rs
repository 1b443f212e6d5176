//! The dashboard: what is under way, runs over time, what comes next, deployments, the runs themselves.

use flow::ReadyMade;
use leptos::prelude::*;
use markup::view;

use super::deployments::Deployments;
use super::folders::Folders;
use super::runs_table::RunsTable;
use super::strip::RunsOverTime;
use super::tabless::Tabless;
use super::under_way::UnderWay;
use super::{is_fixed, of_book, run_path};
use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::link::PageLink;
use crate::components::states::Nothing;
use crate::markup::View;
use crate::reactive::{Derived, State};
use crate::services::clock;
use crate::services::zones::Named;
use crate::state::flows::deploy_form::DeployForm;
use crate::state::flows::figures::{late, upcoming};
use crate::state::flows::{Flows, use_flows};

/// Seconds of five minutes and of an hour, and what such deployments are called.
pub const FIVE_MINUTES: (u64, &str) = (300, "every 5 minutes");
pub const HOUR: (u64, &str) = (3_600, "hourly");
/// Next runs that are listed.
const N_UPCOMING: usize = 6;

/// The form of a deployment that is open.
pub type Opened = State<Option<DeployForm>>;

/// The part of the page.
pub fn overview() -> View {
    let flows = use_flows();
    let opened: Opened = State::new(None);
    let is_empty = of_book(flows, |book| book.is_empty());
    let body = View::live(move || {
        if is_empty.get() {
            return view! { <Begin flows opened /> };
        }
        view! {
            <div class="stack">
                <UnderWay flows />
                <div class="split">
                    <RunsOverTime flows />
                    <Next flows />
                </div>
                <Deployments flows opened />
                <RunsTable flows />
            </div>
        }
    });
    view! {
        {super::deploy::form_card(flows, opened)}
        <div class="stack">
            {body}
            <Folders flows />
            <Tabless />
        </div>
    }
}

/// The buttons that deploy.
pub fn deploy_buttons(flows: Flows, opened: Opened) -> View {
    let disabled = is_fixed();
    let five = move |()| flows.deploy_every(ReadyMade::Retrain, FIVE_MINUTES);
    let hourly = move |()| flows.deploy_every(ReadyMade::Retrain, HOUR);
    let other = move |()| opened.set(Some(DeployForm::new(Named::here())));
    view! {
        <div class="row">
            <Button label="Retrain every 5 minutes" on_press=five disabled />
            <Button label="Retrain every hour" on_press=hourly disabled />
            <Button label="Deploy a flow" on_press=other emphasis=Emphasis::Primary disabled />
        </div>
    }
}

/// Nothing was ever deployed.
#[component]
fn Begin(flows: Flows, opened: Opened) -> View {
    view! {
        <Nothing
            title="Nothing runs by itself yet"
            text="A flow loads your reviews, learns from them, compares the model with the one in use, and registers it. Deploy one to run it every five minutes, every hour, or when you say."
        >
            {deploy_buttons(flows, opened)}
        </Nothing>
    }
}

/// Late runs and those to come.
#[component]
fn Next(flows: Flows) -> View {
    let late = of_book(flows, |book| {
        let of = |id| book.run(&id).map(|run| (id.clone(), run.name.clone()));
        late(&book.runs).into_iter().filter_map(of).collect::<Vec<_>>()
    });
    let zones = |name: &str| Named::new(name).map(|zone| Box::new(zone) as Box<dyn flow::Zone>);
    let next = of_book(flows, move |book| {
        let line = |next: crate::state::flows::figures::Upcoming| (super::date(next.at), next.name);
        upcoming(book, &zones, clock::now(), N_UPCOMING).into_iter().map(line).collect::<Vec<_>>()
    });
    let lates = View::live(move || {
        let line = |(id, name): (track::id::FlowRunId, String)| {
            view! {
                <li>
                    <PageLink to=run_path(&id)>{name}</PageLink>
                    " waits though its time has come"
                </li>
            }
        };
        late.get().into_iter().map(line).collect::<View>()
    });
    let nexts = View::live(move || {
        let next = next.get();
        if next.is_empty() {
            return view! { <li>"Nothing is due."</li> };
        }
        let line = |(at, name): (String, String)| view! { <li>{format!("{at} {name}")}</li> };
        next.into_iter().map(line).collect::<View>()
    });
    let sub = Derived::new(move || match late.with(Vec::len) {
        0 => "none is late".to_owned(),
        n_late => format!("{n_late} late"),
    });
    view! {
        <Card title="Late and upcoming" sub>
            <ul class="flow-next" aria-label="Late and upcoming runs">
                {lates}
                {nexts}
            </ul>
        </Card>
    }
}
