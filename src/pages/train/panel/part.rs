//! What the form's groups are made of: typed and chosen fields, words as chips, and the group itself.

use engine::models::ModelKind;
use engine::tune::ParamName;
use leptos::prelude::*;
use markup::view;

use crate::components::field::{Chip, NumberField, SelectField};
use crate::markup::{ChildrenFn, Show, View};
use crate::reactive::{Derived, State};
use crate::state::study_form::{Choice, FEATURES, Field, word_label};
use crate::state::training::Training;

/// What is wrong at a place of the form, or below it.
pub fn problem_at(training: Training, place: &'static str) -> Derived<Option<String>> {
    Derived::new(move || training.checked.with(|checked| checked.sentence(place)))
}

/// A place as an id.
pub fn id_of(place: &str) -> String {
    place.replace(['.', '_'], "-")
}

/// A field that is typed into.
#[component]
pub fn Typed(
    /// Whose form.
    training: Training,
    /// Which.
    field: Field,
    /// It cannot be changed now.
    disabled: Derived<bool>,
) -> View {
    let form = training.form;
    view! {
        <NumberField
            id=id_of(field.place())
            label=field.label()
            value=Derived::new(move || form.with(|form| form.text(field).to_owned()))
            on_type=move |typed: String| form.update(|form| form.set_text(field, typed))
            word=field.word()
            error=problem_at(training, field.place())
            disabled
        />
    }
}

/// A field with a list to choose from.
#[component]
pub fn Chosen(
    /// Whose form.
    training: Training,
    /// Which.
    choice: Choice,
    /// It cannot be changed now.
    disabled: Derived<bool>,
) -> View {
    let form = training.form;
    // What the classes are called is the data's matter.
    let options = Derived::new(move || {
        let named = |(place, (key, text)): (usize, &(&str, &str))| {
            let class = training.facts.with(|facts| facts.classes.get(place).map(|(name, _)| name.clone()));
            let class = class.filter(|_| choice == Choice::PreciseClass);
            ((*key).to_owned(), class.unwrap_or_else(|| (*text).to_owned()))
        };
        choice.options().iter().enumerate().map(named).collect::<Vec<_>>()
    });
    view! {
        <SelectField
            id=id_of(choice.place())
            label=choice.label()
            options
            value=Derived::new(move || form.with(|form| form.choice(choice).to_owned()))
            on_choose=move |key: String| form.update(|form| form.choose(choice, key))
            word=choice.word()
            error=problem_at(training, choice.place())
            disabled
        />
    }
}

/// The words of a parameter, of which one is taken and of several the best is looked for.
#[component]
pub fn Words(
    /// Whose form.
    training: Training,
    /// Whose parameter; none of what all models share.
    model: Option<ModelKind>,
    /// Which.
    name: ParamName,
    /// It cannot be changed now.
    disabled: Derived<bool>,
) -> View {
    let form = training.form;
    let offered = Derived::new(move || {
        form.with(|form| form.param(model, name).map(|param| param.offered()).unwrap_or_default())
    });
    let option = move |word: String| {
        let (is_on, chosen) = (word.clone(), word.clone());
        let is_on = Derived::new(move || {
            form.with(|form| form.param(model, name).is_some_and(|param| param.words.contains(&is_on)))
        });
        let choose = move |is_wanted: bool| {
            form.update(|form| {
                if let Some(param) = form.param_mut(model, name) {
                    param.set_word(&chosen, is_wanted);
                }
            });
        };
        view! {
            <li>
                <Chip label=word_label(name, &word) one_of=None on=is_on on_change=choose disabled />
            </li>
        }
    };
    let place = format!("{}.{}", model.map_or(FEATURES, ModelKind::as_str), name.as_str());
    let problem = Derived::new(move || training.checked.with(|checked| checked.sentence(&place)));
    view! {
        <ul class="choices">{move || offered.get().into_iter().map(option).collect::<View>()}</ul>
        {move || problem.get().map(|problem| view! { <p class="field__error" role="alert">{problem}</p> })}
    }
}

/// Settings behind a title that opens them; it says so where something below it is to be mended.
#[component]
pub fn Group(
    /// Its title.
    #[prop(into)]
    title: String,
    /// Whether something in it is wrong.
    is_wrong: Derived<bool>,
    /// What it holds, drawn when it is opened.
    mut children: ChildrenFn,
) -> View {
    let is_open = State::new(false);
    let mut body = move || children.act(());
    view! {
        <details
            class="group"
            on:toggle:target=move |event| is_open.set_if_new(event.target().has_attribute("open"))
        >
            <summary class="group__title">
                {title}
                <Show when=move || is_wrong.get()>
                    <span class="group__mark">"to be mended"</span>
                </Show>
            </summary>
            <div class="stack group__body">
                {move || is_open.get().then(&mut body)}
            </div>
        </details>
    }
}
