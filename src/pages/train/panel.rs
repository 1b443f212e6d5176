//! What to search: a preset is enough; everything else is behind groups that open.

pub mod part;
pub mod groups;
pub mod params;
pub mod kept;

use engine::models::ModelKind;
use engine::tune::StudyPreset;
use leptos::prelude::*;
use markup::view;

use self::groups::{Answers, Features, Searching, Splitting};
use self::kept::Kept;
use self::params::EveryParameter;
use self::part::{Typed, problem_at};
use crate::components::card::Card;
use crate::components::field::Chip;
use crate::components::figures::{ModelMark, word_of_metric};
use crate::components::term::Term;
use crate::glossary::Word;
use crate::markup::View;
use crate::reactive::Derived;
use crate::state::format;
use crate::state::study_form::{Field, MODELS, StudyForm};
use crate::state::training::Training;

/// Places of fields that stand outside the groups.
const ALWAYS_SHOWN: [&str; 3] = ["n_trials", "minutes", "searches"];

/// The form. Nothing has to be changed before a start.
#[component]
pub fn Panel(
    /// Whose form.
    training: Training,
) -> View {
    let disabled = Derived::new(move || training.is_running());
    view! {
        <Card title="Search">
            <div class="stack">
                <Presets training disabled />
                <Said training />
                <ToMend training />
                <Models training disabled />
                <div class="fields">
                    <Typed training field=Field::Trials disabled />
                    <Typed training field=Field::Minutes disabled />
                </div>
                <div>
                    <Features training disabled />
                    <Searching training disabled />
                    <Splitting training disabled />
                    <Answers training disabled />
                    <EveryParameter training disabled />
                    <Kept disabled />
                </div>
            </div>
        </Card>
    }
}

/// What the form asks for, in one sentence.
#[component]
fn Said(training: Training) -> View {
    let form = training.form;
    let n_models = move || form.with(|form| format::counted(form.models().len() as u64, "model", "models"));
    let typed =
        move |field: Field| Derived::new(move || form.with(|form| form.text(field).trim().to_owned()));
    let metric = Derived::new(move || training.checked.with(|checked| checked.study.metric));
    let metric = View::live(move || view! { <Term word=word_of_metric(metric.get()) /> });
    let minutes = typed(Field::Minutes);
    let at_most = move || match minutes.get() {
        minutes if minutes.is_empty() => String::new(),
        minutes if minutes == "1" => ", in at most 1 minute".to_owned(),
        minutes => format!(", in at most {minutes} minutes"),
    };
    view! {
        <p class="note">
            {n_models} ", " {typed(Field::Trials)} " " <Term word=Word::Trial text="trials" /> " each, "
            {typed(Field::Folds)} " " <Term word=Word::Fold text="folds" /> ", best " {metric}
            {at_most} "."
        </p>
    }
}

/// What is wrong with a field that may be behind a closed group: a start waits for it.
#[component]
fn ToMend(training: Training) -> View {
    let hidden = Derived::new(move || {
        training.checked.with(|checked| {
            let is_behind = |place: &str| !ALWAYS_SHOWN.contains(&place);
            let problem = checked.problems.iter().find(|problem| is_behind(&problem.place));
            problem.map(|problem| problem.sentence.clone())
        })
    });
    View::live(move || {
        let sentence = hidden.get()?;
        Some(
            view! { <p class="field__error" role="alert">{format!("To be mended before a start: {sentence}")}</p> },
        )
    })
}

#[component]
fn Presets(training: Training, disabled: Derived<bool>) -> View {
    let form = training.form;
    let chosen = Derived::new(move || training.checked.with(|checked| checked.preset()));
    let option = move |preset: StudyPreset| {
        let choose = move |_| {
            let checked = training.checked.get_untracked();
            form.update(|form| form.set_preset(preset, &checked));
        };
        view! {
            <li>
                <Chip
                    label=preset.name()
                    one_of=Some("preset")
                    on=Derived::new(move || chosen.get() == Some(preset))
                    on_change=choose
                    disabled
                />
            </li>
        }
    };
    view! {
        <fieldset>
            <legend class="visually-hidden">"How long to search"</legend>
            <ul class="choices">{StudyPreset::ALL.map(option)}</ul>
        </fieldset>
    }
}

#[component]
fn Models(training: Training, disabled: Derived<bool>) -> View {
    let form = training.form;
    let problem = problem_at(training, "searches");
    let option = move |model: ModelKind| {
        view! {
            <li class="choices__one">
                <Chip
                    label=format::model_name(model)
                    one_of=None
                    on=Derived::new(move || form.with(|form: &StudyForm| form.has_model(model)))
                    on_change=move |is_wanted: bool| form.update(|form| form.set_model(model, is_wanted))
                    disabled
                />
                <ModelMark model />
            </li>
        }
    };
    view! {
        <fieldset>
            <legend class="choices__legend">"Models"</legend>
            <ul class="choices">{MODELS.map(option)}</ul>
            {move || problem.get().map(|problem| view! { <p class="field__error" role="alert">{problem}</p> })}
        </fieldset>
    }
}
