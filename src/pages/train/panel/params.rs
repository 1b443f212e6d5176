//! Every parameter of every model that is searched: held or searched, in which numbers.

use engine::models::ModelKind;
use engine::tune::ParamName;
use leptos::prelude::*;
use markup::view;

use super::part::{Group, Words};
use crate::components::reason::why_not;
use crate::components::term::Term;
use crate::glossary::Word;
use crate::markup::{For, View};
use crate::reactive::Derived;
use crate::state::format;
use crate::state::study_form::{How, ParamForm, Part, StudyForm};
use crate::state::training::Training;

/// The spaces of all models that are searched.
#[component]
pub fn EveryParameter(
    /// Whose form.
    training: Training,
    /// It cannot be changed now.
    disabled: Derived<bool>,
) -> View {
    let is_wrong = move |of: Option<ModelKind>| {
        Derived::new(move || {
            let models = training.form.with(StudyForm::models);
            let mut models = models.into_iter().filter(|model| of.is_none_or(|of| of == *model));
            training.checked.with(|checked| models.any(|model| checked.problem(model.as_str()).is_some()))
        })
    };
    let model = move |model: ModelKind| {
        view! {
            <Group title=format::model_name(model) is_wrong=is_wrong(Some(model))>
                <Space training model disabled />
            </Group>
        }
    };
    view! {
        <Group title="Every parameter" is_wrong=is_wrong(None)>
            <p class="note note--small">"What is not fixed is searched between the numbers given."</p>
            <div>
                <For
                    each=move || training.form.with(StudyForm::models)
                    key=|model: &ModelKind| model.as_str().to_owned()
                    children=model
                />
            </div>
        </Group>
    }
}

/// The space of one model.
#[component]
fn Space(training: Training, model: ModelKind, disabled: Derived<bool>) -> View {
    let form = training.form;
    let names = move || {
        form.with(|form| {
            let search = form.searches.iter().find(|search| search.model == model);
            let names = search.into_iter().flat_map(|search| search.params.iter().map(|param| param.name));
            names.filter(|name| form.applies(model, *name)).collect::<Vec<_>>()
        })
    };
    let row = move |name: ParamName| {
        let is_number =
            form.with_untracked(|form| form.param(Some(model), name).is_some_and(ParamForm::is_number));
        let word = Word::of_field(name.as_str()).map(|word| view! { <Term word mark=true /> });
        if is_number {
            view! { <Number training model name disabled /> }
        } else {
            view! {
                <fieldset>
                    <legend class="choices__legend">
                        <span class="param__name">{name.as_str()}</span>
                        " "
                        {word}
                    </legend>
                    <Words training model=Some(model) name disabled />
                </fieldset>
            }
        }
    };
    view! { <For each=names key=|name: &ParamName| name.as_str().to_owned() children=row /> }
}

/// A parameter that is a number.
#[component]
fn Number(training: Training, model: ModelKind, name: ParamName, disabled: Derived<bool>) -> View {
    let form = training.form;
    let how = Derived::new(move || {
        form.with(|form| form.param(Some(model), name).map_or(How::Held, |param| param.how))
    });
    let place = format!("{}.{}", model.as_str(), name.as_str());
    let problem = Derived::new(move || training.checked.with(|checked| checked.problem(&place).cloned()));
    let error_id = format!("{}-{}-error", format::model_slug(model), name.as_str());
    let called = format!("{} of {}", name.as_str(), format::model_name(model));
    let change = move |key: String| {
        let Some(how) = How::ALL.into_iter().find(|how| how.as_str() == key) else { return };
        form.update(|form| {
            if let Some(param) = form.param_mut(Some(model), name) {
                param.how = how;
            }
        });
    };
    let option = move |other: How| {
        view! { <option value=other.as_str() prop:selected=move || how.get() == other>{other.as_str()}</option> }
    };
    let label = called.clone();
    let (described, shown_id) = (error_id.clone(), error_id);
    let part = move |part: Part| {
        let place = format!("{}.{}.{}", model.as_str(), name.as_str(), part.place());
        let is_wrong =
            Derived::new(move || training.checked.with(|checked| checked.problem(&place).is_some()));
        let described = described.clone();
        view! {
            <label class="param__part">
                {part.label()}
                <input
                    class="input input--number"
                    type="text"
                    inputmode="decimal"
                    autocomplete="off"
                    aria-label=format!("{called}, {}", part.label())
                    prop:value=move || {
                        form.with(|form| form.param(Some(model), name).map(|param| param.text(part).to_owned()).unwrap_or_default())
                    }
                    title=why_not(disabled)
                    prop:disabled=move || disabled.get()
                    aria-invalid=move || is_wrong.get().to_string()
                    aria-describedby=move || is_wrong.get().then(|| described.clone())
                    on:input:target=move |event| {
                        let typed = event.target().value();
                        form.update(|form| {
                            if let Some(param) = form.param_mut(Some(model), name) {
                                param.set_text(part, typed);
                            }
                        });
                    }
                />
            </label>
        }
    };
    let error = move || {
        let problem = problem.get()?;
        Some(view! { <p class="field__error" id=shown_id.clone()>{problem.sentence}</p> })
    };
    view! {
        <div class="param">
            <div class="row">
                <span class="param__name">{name.as_str()}</span>
                {Word::of_field(name.as_str()).map(|word| view! { <Term word mark=true /> })}
            </div>
            <select
                class="input select"
                aria-label=format!("How {label} is asked for")
                title=why_not(disabled)
                prop:disabled=move || disabled.get()
                on:change:target=move |event| change(event.target().value())
            >
                {How::ALL.map(option)}
            </select>
            <div class="param__parts">
                {move || Part::of(how.get()).iter().map(|of| part(*of)).collect::<View>()}
            </div>
            {error}
        </div>
    }
}
