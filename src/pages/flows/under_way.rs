//! What is under way now, with what can be done about it.

use leptos::prelude::*;
use markup::view;
use track::flow::StateType;
use track::id::FlowRunId;

use super::{is_fixed, of_book, run_chip, run_path};
use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::link::PageLink;
use crate::components::states::Problem;
use crate::markup::View;
use crate::reactive::Derived;
use crate::state::flows::Flows;
use crate::state::flows::book::Offered;
use crate::state::format;

/// Runs that are listed.
const MAX_SHOWN: usize = 20;

/// Runs that have begun and not ended.
#[component]
pub fn UnderWay(
    /// Of these flows.
    flows: Flows,
) -> View {
    let runs = of_book(flows, |book| {
        let is_under_way =
            |run: &&track::flow::FlowRun| !run.has_ended() && run.state.of_type() != StateType::Scheduled;
        book.runs.iter().filter(is_under_way).take(MAX_SHOWN).cloned().collect::<Vec<_>>()
    });
    View::live(move || {
        let runs = runs.get();
        if runs.is_empty() {
            return View::nothing();
        }
        let line = |run: track::flow::FlowRun| {
            let (id, name) = (run.id.clone(), run.name.clone());
            view! {
                <div class="row">
                    {run_chip(&run)}
                    <PageLink to=run_path(&run.id)>{name}</PageLink>
                    {at_work(flows, id.clone())}
                    <div class="push">{actions(flows, id)}</div>
                </div>
            }
        };
        let lines: View = runs.into_iter().map(line).collect();
        view! {
            <Card title="Under way">
                <div class="stack stack--tight">{lines}</div>
            </Card>
        }
    })
}

/// What a run does now.
pub fn at_work(flows: Flows, id: FlowRunId) -> View {
    let words = Derived::new(move || {
        flows.live.with(|live| {
            let one = live.iter().find(|one| one.id == id)?;
            let task = one.task.as_ref()?;
            Some(match one.trials {
                Some((done, all)) => format!("{task}: {done} of {}", format::counted(all, "trial", "trials")),
                None => task.clone(),
            })
        })
    });
    view! { <span class="note">{move || words.get().unwrap_or_default()}</span> }
}

/// What can be done about a run.
pub fn actions(flows: Flows, id: FlowRunId) -> View {
    let disabled = is_fixed();
    let of = id.clone();
    let offered = Derived::new(move || {
        let is_here = flows.is_here(&of);
        flows.book.with(|book| {
            let book = book.loaded()?;
            Some(book.offered(book.run(&of)?, is_here))
        })
    });
    let refused = id.clone();
    let error = Derived::new(move || {
        flows.live.with(|live| live.iter().find(|one| one.id == refused).and_then(|one| one.error.clone()))
    });
    let again = id.clone();
    let problem = View::live(move || {
        let (text, id) = (error.get()?, again.clone());
        Some(view! { <Problem text on_retry=move |()| flows.store_again(&id) /> })
    });
    let buttons = View::live(move || {
        let button = |offered: Offered| {
            let id = id.clone();
            match offered {
                Offered::Cancel => {
                    view! { <Button label="Cancel" on_press=move |()| flows.cancel(id.clone()) disabled /> }
                }
                Offered::Pause => {
                    view! { <Button label="Pause" on_press=move |()| flows.pause(&id) disabled /> }
                }
                Offered::Resume => {
                    view! { <Button label="Resume" on_press=move |()| flows.resume(&id) disabled /> }
                }
                Offered::GoOn => {
                    view! {
                        <Button
                            label="Go on from there"
                            on_press=move |()| flows.go_on(id.clone())
                            emphasis=Emphasis::Primary
                            disabled
                        />
                    }
                }
            }
        };
        offered.get().into_iter().flatten().map(button).collect::<View>()
    });
    view! {
        <span class="row">{buttons}</span>
        {problem}
    }
}
