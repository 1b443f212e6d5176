//! A deployment typed: what is run, when, and how often at a time.

use leptos::prelude::*;
use markup::view;
use track::flow::{CatchUp, Overflow};

use super::overview::Opened;
use super::{is_fixed, of_book};
use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::field::{NumberField, SelectField, Switch, TextField};
use crate::components::states::Problem;
use crate::markup::{For, View};
use crate::reactive::{Callback, Derived, State};
use crate::services::clock;
use crate::services::zones::Named;
use crate::state::flows::Flows;
use crate::state::flows::deploy_form::{CATCH_UPS, DeployForm, MAX_SCHEDULES, ScheduleForm};
use crate::state::flows::figures::schedule_words;

/// What is typed.
type Form = State<DeployForm>;

fn zones(name: &str) -> Option<Box<dyn flow::Zone>> {
    Named::new(name).map(|zone| Box::new(zone) as Box<dyn flow::Zone>)
}

/// The form in a card, where it is open.
pub fn form_card(flows: Flows, opened: Opened) -> View {
    View::live(move || {
        let form = opened.get()?;
        Some(view! { <DeployCard flows opened form=State::new(form) /> })
    })
}

/// What stands in the form, and what takes what is typed.
fn field(
    form: Form,
    read: impl Fn(&DeployForm) -> String + 'static,
    write: impl Fn(&mut DeployForm, String) + 'static,
) -> (Derived<String>, Callback<String>) {
    (
        Derived::new(move || form.with(&read)),
        Callback::new(move |text: String| form.update(|form| write(form, text))),
    )
}

#[component]
fn DeployCard(flows: Flows, opened: Opened, form: Form) -> View {
    let problem = State::new(None::<String>);
    let title =
        if form.with_untracked(|form| form.id.is_some()) { "Change a deployment" } else { "Deploy a flow" };
    let deploy = move |()| match form.with_untracked(|form| form.check(&zones, clock::now())) {
        Err(sentence) => problem.set(Some(sentence)),
        Ok(checked) => {
            flows.deploy(checked);
            opened.set(None);
        }
    };
    let (name, type_name) = field(form, |form| form.name.clone(), |form, text| form.name = text);
    let (flow, choose_flow) = field(form, |form| form.flow.clone(), |form, key| form.flow = key);
    let (most, type_most) =
        field(form, |form| form.n_at_a_time.clone(), |form, text| form.n_at_a_time = text);
    let is_ready_made = Derived::new(move || form.with(DeployForm::is_ready_made));
    let own = View::live(move || is_ready_made.get().then(|| own_fields(form)));
    let scores_folder = Derived::new(move || form.with(DeployForm::scores_folder));
    let folder = View::live(move || scores_folder.get().then(|| folder_field(flows, form)));
    let problem = View::live(move || problem.get().map(|text| view! { <Problem text /> }));
    let overflow = Derived::new(move || {
        form.with(|form| if form.overflow == Overflow::Queue { "queue" } else { "cancel" }.to_owned())
    });
    let choose_overflow = move |key: String| {
        form.update(|form| {
            form.overflow = if key == "queue" { Overflow::Queue } else { Overflow::CancelNew };
        });
    };
    let overflows = [("queue", "it waits for its turn"), ("cancel", "it is cancelled")]
        .map(|(key, text)| (key.to_owned(), text.to_owned()));
    view! {
        <Card title=title>
            <div class="stack">
                <div class="fields fields--wide">
                    <TextField id="deploy-name" label="Deployment name" value=name on_type=type_name />
                    <SelectField
                        id="deploy-flow"
                        label="Flow"
                        options=of_book(flows, DeployForm::flows)
                        value=flow
                        on_choose=choose_flow
                    />
                    {own}
                    {folder}
                </div>
                <Schedules form />
                <div class="fields fields--wide">
                    <NumberField id="deploy-most" label="Runs at a time" value=most on_type=type_most />
                    <SelectField
                        id="deploy-overflow"
                        label="One more than that"
                        options=Derived::from(overflows.to_vec())
                        value=overflow
                        on_choose=choose_overflow
                    />
                </div>
                {problem}
                <div class="row">
                    <Button label="Deploy" on_press=deploy emphasis=Emphasis::Primary disabled=is_fixed() />
                    <Button label="Close" on_press=move |()| opened.set(None) emphasis=Emphasis::Quiet />
                </div>
            </div>
        </Card>
    }
}

fn own_fields(form: Form) -> View {
    let (dataset, type_dataset) = field(form, |form| form.dataset.clone(), |form, text| form.dataset = text);
    let (model, type_model) = field(form, |form| form.model.clone(), |form, text| form.model = text);
    view! {
        <TextField
            id="deploy-dataset"
            label="Dataset (empty: the one used last)"
            value=dataset
            on_type=type_dataset
        />
        <TextField id="deploy-model" label="Model it keeps" value=model on_type=type_model />
    }
}

fn folder_field(flows: Flows, form: Form) -> View {
    let (folder, choose) = field(form, |form| form.folder.clone(), |form, key| form.folder = key);
    let options = Derived::new(move || {
        let kept = flows.folders.with(|all| all.iter().map(|one| one.name.clone()).collect::<Vec<_>>());
        let first = (String::new(), "Choose a folder".to_owned());
        std::iter::once(first).chain(kept.into_iter().map(|name| (name.clone(), name))).collect::<Vec<_>>()
    });
    view! {
        <SelectField id="deploy-folder" label="Folder it scores" options value=folder on_choose=choose />
    }
}

#[component]
fn Schedules(form: Form) -> View {
    let numbers = move || form.with(|form| form.schedules.iter().map(|one| one.number).collect::<Vec<_>>());
    let numbers = Derived::new(numbers);
    let add = move |()| form.update(|form| form.add_schedule(Named::here()));
    let is_full = Derived::new(move || numbers.with(|numbers| numbers.len() >= MAX_SCHEDULES));
    view! {
        <div class="stack">
            <For
                each=move || numbers.get()
                key=u32::to_string
                children=move |number| view! { <OneSchedule form number /> }
            />
            <div class="row">
                <Button label="Add a schedule" on_press=add disabled=is_full />
            </div>
        </div>
    }
}

/// One thing of a schedule; the default where it is gone.
fn of_schedule<T: Default + PartialEq + 'static>(
    form: Form,
    number: u32,
    read: impl Fn(&ScheduleForm) -> T + 'static,
) -> Derived<T> {
    Derived::new(move || {
        form.with(|form| {
            form.schedules.iter().find(|one| one.number == number).map(&read).unwrap_or_default()
        })
    })
}

fn change(form: Form, number: u32, write: impl Fn(&mut ScheduleForm, String) + 'static) -> Callback<String> {
    Callback::new(move |text: String| {
        form.update(|form| {
            if let Some(one) = form.schedules.iter_mut().find(|one| one.number == number) {
                write(one, text);
            }
        });
    })
}

#[component]
fn OneSchedule(form: Form, number: u32) -> View {
    let is_cron = of_schedule(form, number, |one| one.is_cron);
    let kinds = View::live(move || match is_cron.get() {
        true => cron_field(form, number),
        false => interval_fields(form, number),
    });
    let catch_up = of_schedule(form, number, |one| catch_up_key(one.catch_up).to_owned());
    let choose_catch_up = change(form, number, |one, key| {
        let found = CATCH_UPS.iter().find(|(_, known, _)| *known == key);
        one.catch_up = found.map_or(CatchUp::Latest, |(policy, ..)| *policy);
    });
    let policies = CATCH_UPS.map(|(_, key, text)| (key.to_owned(), text.to_owned())).to_vec();
    let set_kind = move |is_cron: bool| {
        form.update(|form| {
            form.schedules
                .iter_mut()
                .filter(|one| one.number == number)
                .for_each(|one| one.is_cron = is_cron);
        });
    };
    let remove = move |()| form.update(|form| form.schedules.retain(|one| one.number != number));
    let shown = Derived::new(move || {
        form.with(|form| {
            let one = form.schedules.iter().find(|one| one.number == number);
            one.map(|one| match one.check(&zones, clock::now()) {
                Err(sentence) => Err(sentence),
                Ok(schedule) => {
                    let words = schedule_words(&schedule, &zones, clock::now());
                    Ok(format!("{}; next {}", words.words, words.next.join(", ")))
                }
            })
        })
    });
    let shown = View::live(move || match shown.get() {
        None => View::nothing(),
        Some(Ok(words)) => view! { <p class="note">{words}</p> },
        Some(Err(fault)) => view! { <p class="field__error">{fault}</p> },
    });
    let zone = of_schedule(form, number, |one| one.zone.clone());
    view! {
        <fieldset class="flow-schedule">
            <legend>{format!("Schedule {}", number + 1)}</legend>
            <div class="stack stack--tight">
                <div class="row">
                    <Switch label="At times, as cron has them" on=is_cron on_change=set_kind />
                    <span class="push">
                        <Button label="Remove" on_press=remove emphasis=Emphasis::Quiet />
                    </span>
                </div>
                <div class="fields fields--wide">
                    {kinds}
                    <TextField
                        id=format!("zone-{number}")
                        label="Time zone"
                        value=zone
                        on_type=change(form, number, |one, text| one.zone = text)
                    />
                    <SelectField
                        id=format!("catch-up-{number}")
                        label="Missed while no tab was open"
                        options=Derived::from(policies)
                        value=catch_up
                        on_choose=choose_catch_up
                    />
                </div>
                {shown}
            </div>
        </fieldset>
    }
}

fn catch_up_key(policy: CatchUp) -> &'static str {
    CATCH_UPS.iter().find(|(known, ..)| *known == policy).map_or("latest", |(_, key, _)| key)
}

fn cron_field(form: Form, number: u32) -> View {
    let cron = of_schedule(form, number, |one| one.cron.clone());
    view! {
        <TextField
            id=format!("cron-{number}")
            label="Minute, hour, day, month, weekday"
            value=cron
            on_type=change(form, number, |one, text| one.cron = text)
        />
    }
}

fn interval_fields(form: Form, number: u32) -> View {
    let every = of_schedule(form, number, |one| one.every.clone());
    let unit = of_schedule(form, number, |one| one.unit.clone());
    let counted_from = of_schedule(form, number, |one| one.counted_from.clone());
    view! {
        <NumberField
            id=format!("every-{number}")
            label="Every"
            value=every
            on_type=change(form, number, |one, text| one.every = text)
        />
        <SelectField
            id=format!("unit-{number}")
            label="Unit"
            options=Derived::from(ScheduleForm::units())
            value=unit
            on_choose=change(form, number, |one, key| one.unit = key)
        />
        <TextField
            id=format!("counted-from-{number}")
            label="Counted from (date, time)"
            value=counted_from
            on_type=change(form, number, |one, text| one.counted_from = text)
        />
    }
}
