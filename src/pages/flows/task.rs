//! One task of a flow that is edited: what it comes after, its parameters, retries, time limit, cache.

use leptos::prelude::*;
use markup::view;

use super::editor::{Edited, change};
use crate::components::button::{Button, Emphasis};
use crate::components::field::{Switch, TextField};
use crate::markup::View;
use crate::reactive::{Callback, Derived, State};
use crate::state::flows::flow_edit::{TaskForm, with_change, without_task};

type Form = State<TaskForm>;

fn field(
    form: Form,
    read: impl Fn(&TaskForm) -> &String + 'static,
    write: impl Fn(&mut TaskForm) -> &mut String + 'static,
) -> (Derived<String>, Callback<String>) {
    (
        Derived::new(move || form.with(|form| read(form).clone())),
        Callback::new(move |text: String| form.update(|form| *write(form) = text)),
    )
}

/// A task, folded until it is opened.
#[component]
pub fn TaskRow(
    /// The flow.
    edited: Edited,
    /// What is wrong.
    problem: State<Option<String>>,
    /// The task's name.
    key: String,
) -> View {
    let found = edited.with_untracked(|flow| flow.as_ref().and_then(|flow| flow.task(&key).cloned()));
    let Some(task) = found else { return View::nothing() };
    let form: Form = State::new(TaskForm::of(&task));
    let (of, gone) = (key.clone(), key.clone());
    let apply = move |()| {
        let form = form.get_untracked();
        let next = edited.with_untracked(|flow| flow.as_ref().map(|flow| with_change(flow, &of, &form)));
        change(edited, problem, next);
    };
    let drop = move |()| {
        let next = edited.with_untracked(|flow| flow.as_ref().map(|flow| without_task(flow, &gone)));
        change(edited, problem, next);
    };
    let id = |what: &str| format!("task-{}-{what}", key.replace(' ', "-"));
    let (name, type_name) = field(form, |form| &form.key, |form| &mut form.key);
    let (needs, type_needs) = field(form, |form| &form.needs, |form| &mut form.needs);
    let (retries, type_retries) = field(form, |form| &form.retries, |form| &mut form.retries);
    let (delay, type_delay) = field(form, |form| &form.delay, |form| &mut form.delay);
    let (jitter, type_jitter) = field(form, |form| &form.jitter, |form| &mut form.jitter);
    let (timeout, type_timeout) = field(form, |form| &form.timeout, |form| &mut form.timeout);
    let own = form.with_untracked(|form| form.own.clone());
    let own: View = own
        .into_iter()
        .enumerate()
        .map(|(place, (label, _))| {
            let value = Derived::new(move || {
                form.with(|form| form.own.get(place).map(|(_, value)| value.clone()).unwrap_or_default())
            });
            let typed = move |text: String| {
                form.update(|form| {
                    if let Some((_, value)) = form.own.get_mut(place) {
                        *value = text;
                    }
                });
            };
            view! { <TextField id=id(&format!("own-{place}")) label value on_type=typed /> }
        })
        .collect();
    let is_exponential = Derived::new(move || form.with(|form| form.is_exponential));
    let is_cached = Derived::new(move || form.with(|form| form.is_cached));
    let may_cache = !task.kind.is_effect();
    let cache = may_cache.then(|| {
        let set = move |on: bool| form.update(|form| form.is_cached = on);
        view! { <Switch label="Take what it gave before" on=is_cached on_change=set /> }
    });
    let summary = format!("{key} ({})", task.kind.name());
    view! {
        <details class="card">
            <summary>{summary}</summary>
            <div class="stack stack--tight">
                <div class="fields fields--wide">
                    <TextField id=id("name") label="Task name" value=name on_type=type_name />
                    <TextField id=id("needs") label="Comes after" value=needs on_type=type_needs />
                    {own}
                    <TextField id=id("retries") label="Retries" value=retries on_type=type_retries />
                    <TextField id=id("delay") label="Seconds before each" value=delay on_type=type_delay />
                    <TextField
                        id=id("jitter")
                        label="Chance adds (as a share)"
                        value=jitter
                        on_type=type_jitter
                    />
                    <TextField id=id("timeout") label="Time limit in seconds" value=timeout on_type=type_timeout />
                </div>
                <Switch
                    label="Wait twice as long each time"
                    on=is_exponential
                    on_change=move |on: bool| form.update(|form| form.is_exponential = on)
                />
                {cache}
                <div class="row">
                    <Button label="Change this task" on_press=apply />
                    <Button label="Drop this task" on_press=drop emphasis=Emphasis::Quiet />
                </div>
            </div>
        </details>
    }
}
