//! Labelled fields: select, number, text, switch. Values come in as signals and go out through callbacks.

use leptos::prelude::*;
use markup::view;

use super::reason::why_not;
use super::term::Term;
use crate::glossary::Word;
use crate::markup::{Children, View};
use crate::reactive::{Callback, Derived};

/// A label, its `?`, and the field below them.
#[component]
pub fn Labelled(
    /// The field's id.
    #[prop(into)]
    id: String,
    /// What it is called.
    #[prop(into)]
    label: String,
    /// The word to explain.
    #[prop(optional_no_strip)]
    word: Option<Word>,
    /// What is wrong with it.
    #[prop(optional_no_strip)]
    error: Option<Derived<Option<String>>>,
    /// The field.
    children: Children,
) -> View {
    let error_id = format!("{id}-error");
    let error = move || {
        let message = error.and_then(|error| error.get())?;
        Some(view! { <p class="field__error" id=error_id.clone()>{message}</p> })
    };
    view! {
        <div class="field">
            <div class="field__label">
                <label for=id>{label}</label>
                {word.map(|word| view! { <Term word mark=true /> })}
            </div>
            {children()}
            {error}
        </div>
    }
}

/// One of several values.
#[component]
pub fn SelectField(
    /// The field's id.
    #[prop(into)]
    id: String,
    /// What it is called.
    #[prop(into)]
    label: String,
    /// Value and shown text of each.
    #[prop(into)]
    options: Derived<Vec<(String, String)>>,
    /// The chosen value.
    #[prop(into)]
    value: Derived<String>,
    /// Takes another.
    #[prop(into)]
    on_choose: Callback<String>,
    /// The word to explain.
    #[prop(optional_no_strip)]
    word: Option<Word>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Derived<Option<String>>,
    /// It cannot be changed now.
    #[prop(optional, into)]
    disabled: Derived<bool>,
) -> View {
    let error_id = format!("{id}-error");
    let described = move || error.with(Option::is_some).then(|| error_id.clone());
    let listed = move || {
        let chosen = value.get();
        let option = |(key, text): (String, String)| {
            let is_chosen = key == chosen;
            view! { <option value=key prop:selected=is_chosen>{text}</option> }
        };
        options.get().into_iter().map(option).collect::<View>()
    };
    view! {
        <Labelled id=id.clone() label word error=Some(error)>
            <select
                id=id
                class="input select"
                title=why_not(disabled)
                prop:disabled=move || disabled.get()
                aria-invalid=move || error.with(Option::is_some).to_string()
                aria-describedby=described
                on:change:target=move |event| on_choose.run(event.target().value())
            >
                {listed}
            </select>
        </Labelled>
    }
}

/// A whole number.
#[component]
pub fn NumberField(
    /// The field's id.
    #[prop(into)]
    id: String,
    /// What it is called.
    #[prop(into)]
    label: String,
    /// What stands in it.
    #[prop(into)]
    value: Derived<String>,
    /// Takes what was typed.
    #[prop(into)]
    on_type: Callback<String>,
    /// The word to explain.
    #[prop(optional_no_strip)]
    word: Option<Word>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Derived<Option<String>>,
    /// It cannot be changed now.
    #[prop(optional, into)]
    disabled: Derived<bool>,
) -> View {
    let error_id = format!("{id}-error");
    let described = move || error.with(Option::is_some).then(|| error_id.clone());
    view! {
        <Labelled id=id.clone() label word error=Some(error)>
            <input
                id=id
                class="input input--number"
                type="text"
                inputmode="numeric"
                autocomplete="off"
                prop:value=move || value.get()
                title=why_not(disabled)
                prop:disabled=move || disabled.get()
                aria-invalid=move || error.with(Option::is_some).to_string()
                aria-describedby=described
                on:input:target=move |event| on_type.run(event.target().value())
            />
        </Labelled>
    }
}

/// A line of text.
#[component]
pub fn TextField(
    /// The field's id.
    #[prop(into)]
    id: String,
    /// What it is called.
    #[prop(into)]
    label: String,
    /// What stands in it.
    #[prop(into)]
    value: Derived<String>,
    /// Takes what was typed.
    #[prop(into)]
    on_type: Callback<String>,
    /// Called when the person leaves the field.
    #[prop(optional, into)]
    on_leave: Option<Callback<String>>,
    /// The word to explain.
    #[prop(optional_no_strip)]
    word: Option<Word>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Derived<Option<String>>,
    /// It cannot be changed now.
    #[prop(optional, into)]
    disabled: Derived<bool>,
) -> View {
    let error_id = format!("{id}-error");
    let described = move || error.with(Option::is_some).then(|| error_id.clone());
    let left = move |typed: String| {
        if let Some(leave) = on_leave {
            leave.run(typed);
        }
    };
    view! {
        <Labelled id=id.clone() label word error=Some(error)>
            <input
                id=id
                class="input"
                type="text"
                autocomplete="off"
                prop:value=move || value.get()
                title=why_not(disabled)
                prop:disabled=move || disabled.get()
                aria-invalid=move || error.with(Option::is_some).to_string()
                aria-describedby=described
                on:input:target=move |event| on_type.run(event.target().value())
                on:change:target=move |event| left(event.target().value())
            />
        </Labelled>
    }
}

/// A check box, or one of several radio buttons, as a chip that is on or off.
#[component]
pub fn Chip(
    /// What is on or off.
    #[prop(into)]
    label: String,
    /// The name of its group, where one of several is on.
    #[prop(optional_no_strip)]
    one_of: Option<&'static str>,
    /// Whether it is on.
    #[prop(into)]
    on: Derived<bool>,
    /// Takes the other.
    #[prop(into)]
    on_change: Callback<bool>,
    /// It cannot be changed now.
    #[prop(optional, into)]
    disabled: Derived<bool>,
) -> View {
    view! {
        <label class="choice">
            <input
                class="choice__box"
                type=if one_of.is_some() { "radio" } else { "checkbox" }
                name=one_of
                prop:checked=move || on.get()
                title=why_not(disabled)
                prop:disabled=move || disabled.get()
                on:change:target=move |event| on_change.run(event.target().checked())
            />
            {label}
        </label>
    }
}

/// On or off.
#[component]
pub fn Switch(
    /// What is on or off.
    #[prop(into)]
    label: Derived<String>,
    /// Whether it is on.
    #[prop(into)]
    on: Derived<bool>,
    /// Takes the other.
    #[prop(into)]
    on_change: Callback<bool>,
    /// It cannot be changed now.
    #[prop(optional, into)]
    disabled: Derived<bool>,
) -> View {
    view! {
        <label class="switch">
            <input
                class="switch__box"
                type="checkbox"
                role="switch"
                prop:checked=move || on.get()
                title=why_not(disabled)
                prop:disabled=move || disabled.get()
                on:change:target=move |event| on_change.run(event.target().checked())
            />
            <span>{move || label.get()}</span>
        </label>
    }
}
