//! An automation typed: when, how often, and what is done then.

use leptos::prelude::*;
use markup::view;
use track::flow::StateName;

use super::{is_fixed, of_book};
use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::field::{NumberField, SelectField, Switch, TextField};
use crate::components::states::Problem;
use crate::markup::View;
use crate::reactive::{Callback, Derived, State};
use crate::services::clock;
use crate::state::flows::Flows;
use crate::state::flows::automation_form::{ACTIONS, AutomationForm, EXPECTATIONS};

type Form = State<AutomationForm>;

/// The form in a card, where it is open.
pub fn form_card(flows: Flows, opened: State<Option<AutomationForm>>) -> View {
    View::live(move || {
        let form = opened.get()?;
        Some(view! { <FormCard flows opened form=State::new(form) /> })
    })
}

/// What stands in the form, and what takes what is typed.
fn field(
    form: Form,
    read: impl Fn(&AutomationForm) -> &String + 'static,
    write: impl Fn(&mut AutomationForm) -> &mut String + 'static,
) -> (Derived<String>, Callback<String>) {
    (
        Derived::new(move || form.with(|form| read(form).clone())),
        Callback::new(move |text: String| form.update(|form| *write(form) = text)),
    )
}

fn listed(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(key, name)| ((*key).to_owned(), (*name).to_owned())).collect()
}

#[component]
fn FormCard(flows: Flows, opened: State<Option<AutomationForm>>, form: Form) -> View {
    let problem = State::new(None::<String>);
    let keep = move |()| match form.with_untracked(|form| form.check(clock::now(), clock::entropy())) {
        Err(sentence) => problem.set(Some(sentence)),
        Ok(automation) => {
            flows.keep_automation(automation);
            opened.set(None);
        }
    };
    let (name, type_name) = field(form, |form| &form.name, |form| &mut form.name);
    let (expect, choose_expect) = field(form, |form| &form.expect, |form| &mut form.expect);
    let (action, choose_action) = field(form, |form| &form.action, |form| &mut form.action);
    let (threshold, type_threshold) = field(form, |form| &form.threshold, |form| &mut form.threshold);
    let (within, type_within) = field(form, |form| &form.within, |form| &mut form.within);
    let is_proactive = Derived::new(move || form.with(|form| form.is_proactive));
    let set_proactive = move |on: bool| form.update(|form| form.is_proactive = on);
    let expected = View::live(move || expect_fields(flows, form, &expect.get()));
    let done = View::live(move || action_fields(flows, form, &action.get()));
    let problem = View::live(move || problem.get().map(|text| view! { <Problem text /> }));
    let title = if form.with_untracked(|form| form.known.is_some()) {
        "Change an automation"
    } else {
        "Add an automation"
    };
    view! {
        <Card title=title>
            <div class="stack">
                <div class="fields fields--wide">
                    <TextField id="automation-name" label="Automation name" value=name on_type=type_name />
                    <SelectField
                        id="automation-expect"
                        label="When"
                        options=Derived::from(listed(&EXPECTATIONS))
                        value=expect
                        on_choose=choose_expect
                    />
                    {expected}
                    <NumberField id="automation-times" label="Times" value=threshold on_type=type_threshold />
                    <NumberField
                        id="automation-within"
                        label="Within minutes (0: whenever)"
                        value=within
                        on_type=type_within
                    />
                </div>
                <Switch label="Act when it does not happen" on=is_proactive on_change=set_proactive />
                <div class="fields fields--wide">
                    <SelectField
                        id="automation-action"
                        label="Then"
                        options=Derived::from(listed(&ACTIONS))
                        value=action
                        on_choose=choose_action
                    />
                    {done}
                </div>
                {problem}
                <div class="row">
                    <Button label="Keep automation" on_press=keep emphasis=Emphasis::Primary disabled=is_fixed() />
                    <Button label="Close" on_press=move |()| opened.set(None) emphasis=Emphasis::Quiet />
                </div>
            </div>
        </Card>
    }
}

/// Deployments to choose from, after `first`.
fn deployments(flows: Flows, first: &'static str) -> Derived<Vec<(String, String)>> {
    of_book(flows, move |book| {
        let known = book.deployments.iter().map(|known| (known.id.0.clone(), known.name.clone()));
        std::iter::once((String::new(), first.to_owned())).chain(known).collect()
    })
}

fn expect_fields(flows: Flows, form: Form, expect: &str) -> View {
    let (model, type_model) = field(form, |form| &form.model, |form| &mut form.model);
    let model = move || {
        view! {
            <TextField id="automation-model" label="Model (empty: any)" value=model on_type=type_model />
        }
    };
    match expect {
        "state" => {
            let (state, choose_state) = field(form, |form| &form.state, |form| &mut form.state);
            let (of, choose_of) = field(form, |form| &form.of, |form| &mut form.of);
            let states: Vec<(String, String)> = StateName::ALL
                .iter()
                .map(|name| (name.as_str().to_owned(), name.as_str().to_owned()))
                .collect();
            view! {
                <SelectField
                    id="automation-state"
                    label="State listened to"
                    options=Derived::from(states)
                    value=state
                    on_choose=choose_state
                />
                <SelectField
                    id="automation-of"
                    label="Runs of"
                    options=deployments(flows, "Any deployment")
                    value=of
                    on_choose=choose_of
                />
            }
        }
        "metric" => {
            let (metric, type_metric) = field(form, |form| &form.metric, |form| &mut form.metric);
            let (value, type_value) = field(form, |form| &form.value, |form| &mut form.value);
            let is_over = Derived::new(move || form.with(|form| form.is_over));
            let set_over = move |on: bool| form.update(|form| form.is_over = on);
            view! {
                {model()}
                <TextField id="automation-metric" label="Metric" value=metric on_type=type_metric />
                <TextField id="automation-value" label="Value" value=value on_type=type_value />
                <Switch label="Over it, not under" on=is_over on_change=set_over />
            }
        }
        _ => model(),
    }
}

fn action_fields(flows: Flows, form: Form, action: &str) -> View {
    match action {
        "run" | "pause" => {
            let (deployment, choose) = field(form, |form| &form.deployment, |form| &mut form.deployment);
            view! {
                <SelectField
                    id="automation-deployment"
                    label="Which deployment"
                    options=deployments(flows, "Choose one")
                    value=deployment
                    on_choose=choose
                />
            }
        }
        "alias" => {
            let (moved, type_moved) = field(form, |form| &form.moved, |form| &mut form.moved);
            let (alias, type_alias) = field(form, |form| &form.alias, |form| &mut form.alias);
            view! {
                <TextField id="automation-moved" label="Of the model" value=moved on_type=type_moved />
                <TextField id="automation-alias" label="Alias" value=alias on_type=type_alias />
            }
        }
        _ => {
            let (text, type_text) = field(form, |form| &form.text, |form| &mut form.text);
            view! { <TextField id="automation-text" label="What I am told" value=text on_type=type_text /> }
        }
    }
}
