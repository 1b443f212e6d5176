//! Automations: when something happens, or does not, then something is done.

use leptos::prelude::*;
use leptos::task::spawn_local;
use markup::view;
use track::flow::Automation;

use super::automation::form_card;
use super::{NONE, date, is_fixed, of_book};
use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::field::Switch;
use crate::markup::View;
use crate::reactive::{Derived, State};
use crate::services::notices::{self, Permission};
use crate::state::flows::automation_form::{AutomationForm, action_words, trigger_words};
use crate::state::flows::{Flows, use_flows};

/// The part of the page.
pub fn automations() -> View {
    let flows = use_flows();
    let opened: State<Option<AutomationForm>> = State::new(None);
    let rows = of_book(flows, |book| {
        let row = |one: &Automation| {
            (one.clone(), trigger_words(&one.trigger, book), action_words(&one.actions, book))
        };
        book.automations.iter().map(row).collect::<Vec<_>>()
    });
    let table = View::live(move || {
        let rows = rows.get();
        if rows.is_empty() {
            return view! {
                <p class="note">
                    "None yet. An automation can run a deployment, switch schedules off, move an alias or tell you, when a flow ends in some way, drift is found, a metric is over or under a value, or a model has a new version; or when none of that happens for a time."
                </p>
            };
        }
        let rows: View = rows.into_iter().map(|row| view! { <Line flows opened row /> }).collect();
        view! {
            <div class="table-scroll" tabindex="0" role="region" aria-label="Automations, all columns">
                <table class="table" aria-label="Automations">
                    <thead>
                        <tr>
                            <th scope="col">"Automation"</th>
                            <th scope="col">"When"</th>
                            <th scope="col">"Then"</th>
                            <th scope="col">"Acted last"</th>
                            <th scope="col">"Listens"</th>
                            <th scope="col"><span class="visually-hidden">"What can be done"</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    });
    let add = move |()| opened.set(Some(AutomationForm::new()));
    view! {
        {form_card(flows, opened)}
        <Card title="Automations">
            <div class="stack">
                <div class="row">
                    <Button label="Add an automation" on_press=add emphasis=Emphasis::Primary disabled=is_fixed() />
                </div>
                {table}
            </div>
        </Card>
        <NoticesCard />
    }
}

#[component]
fn Line(flows: Flows, opened: State<Option<AutomationForm>>, row: (Automation, String, String)) -> View {
    let (one, when, then) = row;
    let disabled = is_fixed();
    let (listen_id, gone_id) = (one.id.clone(), one.id.clone());
    let listen = move |on: bool| flows.set_listening(listen_id.clone(), on);
    let delete = move |()| flows.delete_automation(gone_id.clone());
    let fired = one.progress.fired.map_or_else(|| NONE.to_owned(), date);
    let (name, is_active) = (one.name.clone(), one.is_active);
    let edit = move |()| opened.set(Some(AutomationForm::of(&one)));
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td class="wide">{when}</td>
            <td class="wide">{then}</td>
            <td>{fired}</td>
            <td><Switch label="Listens" on=Derived::from(is_active) on_change=listen disabled /></td>
            <td>
                <span class="row">
                    <Button label="Edit" on_press=edit emphasis=Emphasis::Quiet disabled />
                    <Button label="Delete" on_press=delete emphasis=Emphasis::Quiet disabled />
                </span>
            </td>
        </tr>
    }
}

/// Whether the system tells, too.
#[component]
fn NoticesCard() -> View {
    let permission = State::new(notices::permission());
    let ask = move |()| {
        spawn_local(async move {
            let now = notices::ask().await;
            permission.set_if_new(now);
        });
    };
    let body = View::live(move || match permission.get() {
        Permission::Absent => {
            view! { <p class="note">"This browser shows no notices of a page; what automations tell is shown above."</p> }
        }
        Permission::Granted => {
            view! { <p class="note">"What automations tell is also shown by your system, while a tab of Reviewlab is open."</p> }
        }
        Permission::Denied => {
            view! {
                <p class="note">
                    "Your browser does not let this page show notices: allow them in its settings for this site. What automations tell is shown above."
                </p>
            }
        }
        Permission::NotAsked => {
            view! {
                <div class="row">
                    <Button label="Let my system tell me" on_press=ask />
                    <p class="note">"Your browser asks you whether this page may show notices."</p>
                </div>
            }
        }
    });
    view! { <Card title="Notices">{body}</Card> }
}
