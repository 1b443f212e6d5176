//! What to search: preset, models, trials, seed.

use engine::models::ModelKind;
use leptos::prelude::*;
use markup::view;

use crate::components::card::Card;
use crate::components::field::NumberField;
use crate::components::figures::ModelMark;
use crate::components::term::Term;
use crate::glossary::Word;
use crate::markup::View;
use crate::reactive::Derived;
use crate::state::format;
use crate::state::study_form::Preset;
use crate::state::training::Training;

/// The form. Nothing has to be changed before a start.
#[component]
pub fn Panel(
    /// Whose form.
    training: Training,
) -> View {
    let form = training.form;
    let disabled = Derived::new(move || training.is_running());
    let n_models = move || form.with(|form| format::counted(form.models.len() as u64, "model", "models"));
    let n_trials = move || form.with(|form| form.trials.trim().to_owned());
    let problem = move |of: fn(&crate::state::study_form::FormProblems) -> Option<String>| {
        Derived::new(move || training.problems.with(of))
    };
    view! {
        <Card title="Search">
            <div class="stack">
                <Presets training disabled />
                <p class="note">
                    {n_models} ", " {n_trials} " " <Term word=Word::Trial text="trials" /> " each, five "
                    <Term word=Word::Fold text="folds" /> ", best " <Term word=Word::MacroF1 /> "."
                </p>
                <Models training disabled problem=problem(|problems| problems.models.clone()) />
                <div class="fields">
                    <NumberField
                        id="trials"
                        label="Trials per model"
                        value=Derived::new(move || form.with(|form| form.trials.clone()))
                        on_type=move |typed: String| form.update(|form| form.trials = typed)
                        word=Some(Word::Trial)
                        error=problem(|problems| problems.trials.clone())
                        disabled
                    />
                    <NumberField
                        id="seed"
                        label="Seed"
                        value=Derived::new(move || form.with(|form| form.seed.clone()))
                        on_type=move |typed: String| form.update(|form| form.seed = typed)
                        word=Some(Word::Seed)
                        error=problem(|problems| problems.seed.clone())
                        disabled
                    />
                </div>
                <p class="note note--small">
                    "Texts are counted as " <Term word=Word::Bigram /> ", weighed by " <Term word=Word::TfIdf />
                    ", with " <Term word=Word::ClassWeight /> "; in " <Term word=Word::Tuning />
                    " settings are chosen by " <Term word=Word::Tpe /> "."
                </p>
            </div>
        </Card>
    }
}

#[component]
fn Presets(training: Training, disabled: Derived<bool>) -> View {
    let form = training.form;
    let option = move |preset: Preset| {
        view! {
            <label class="themes__option">
                <input
                    class="choice__box"
                    type="radio"
                    name="preset"
                    value=preset.as_str()
                    prop:checked=move || form.with(|form| form.preset() == Some(preset))
                    prop:disabled=move || disabled.get()
                    on:change=move |_| form.update(|form| form.set_preset(preset))
                />
                {preset.as_str()}
            </label>
        }
    };
    view! {
        <fieldset>
            <legend class="visually-hidden">"How long to search"</legend>
            <div class="themes">{Preset::ALL.map(option)}</div>
        </fieldset>
    }
}

#[component]
fn Models(training: Training, disabled: Derived<bool>, problem: Derived<Option<String>>) -> View {
    let form = training.form;
    let option = move |model: ModelKind| {
        view! {
            <li class="choices__one">
                <label class="choice">
                    <input
                        class="choice__box"
                        type="checkbox"
                        prop:checked=move || form.with(|form| form.models.contains(&model))
                        prop:disabled=move || disabled.get()
                        on:change:target=move |event| form.update(|form| form.set_model(model, event.target().checked()))
                    />
                    {format::model_name(model)}
                </label>
                <ModelMark model />
            </li>
        }
    };
    view! {
        <fieldset>
            <legend class="choices__legend">"Models"</legend>
            <ul class="choices">{ModelKind::ALL.map(option)}</ul>
            {move || problem.get().map(|problem| view! { <p class="field__error" role="alert">{problem}</p> })}
        </fieldset>
    }
}
