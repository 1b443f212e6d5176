//! The groups of the form: what is counted, how it is searched, how reviews are parted, what answers are like.

use engine::tune::ParamName;
use leptos::prelude::*;
use markup::view;

use super::part::{Chosen, Group, Typed, Words};
use crate::components::field::{Chip, Switch};
use crate::components::term::Term;
use crate::glossary::Word;
use crate::markup::{Show, View};
use crate::reactive::Derived;
use crate::state::study_form::{Choice, Cleaning, FEATURES, Field};
use crate::state::training::Training;

/// Whether something at one of these places, or below it, is wrong.
pub fn is_wrong_at(training: Training, places: &'static [&'static str]) -> Derived<bool> {
    Derived::new(move || {
        training.checked.with(|checked| places.iter().any(|place| checked.problem(place).is_some()))
    })
}

fn is_chosen(training: Training, choice: Choice, keys: &'static [&'static str]) -> Derived<bool> {
    Derived::new(move || training.form.with(|form| keys.contains(&form.choice(choice))))
}

/// What is counted in the reviews.
#[component]
pub fn Features(
    /// Whose form.
    training: Training,
    /// It cannot be changed now.
    disabled: Derived<bool>,
) -> View {
    let form = training.form;
    let cleaning = move |cleaning: Cleaning| {
        view! {
            <li>
                <Chip
                    label=cleaning.as_str()
                    one_of=None
                    on=Derived::new(move || form.with(|form| form.has_cleaning(cleaning)))
                    on_change=move |is_wanted: bool| form.update(|form| form.set_cleaning(cleaning, is_wanted))
                    disabled
                />
            </li>
        }
    };
    let shared = move |title: &'static str, word: Word, name: ParamName| {
        view! {
            <fieldset>
                <legend class="choices__legend">{title} " " <Term word mark=true /></legend>
                <Words training model=None name disabled />
            </fieldset>
        }
    };
    view! {
        <Group title="Words and cleaning" is_wrong=is_wrong_at(training, &[FEATURES])>
            <p class="note note--small">"Of several the best is looked for."</p>
            {shared("Weights", Word::TfIdf, ParamName::Vectorizer)}
            {shared("Phrases", Word::Bigram, ParamName::NgramRange)}
            {shared("Filler words", Word::StopWords, ParamName::StopWords)}
            <fieldset>
                <legend class="choices__legend">"Cleaning " <Term word=Word::Cleaning mark=true /></legend>
                <ul class="choices">{Cleaning::ALL.map(cleaning)}</ul>
            </fieldset>
        </Group>
    }
}

/// How settings are chosen, given up and ended.
#[component]
pub fn Searching(
    /// Whose form.
    training: Training,
    /// It cannot be changed now.
    disabled: Derived<bool>,
) -> View {
    let form = training.form;
    let is_tpe = is_chosen(training, Choice::Sampler, &["grouped", "optuna", "independent"]);
    let is_grid = is_chosen(training, Choice::Sampler, &["grid"]);
    let is_median = is_chosen(training, Choice::Pruner, &["median"]);
    let is_wilcoxon = is_chosen(training, Choice::Pruner, &["wilcoxon"]);
    let is_halving = is_chosen(training, Choice::Pruner, &["halving"]);
    let stops = Derived::new(move || form.with(|form| form.stops_early));
    let fields = move |shown: Derived<bool>, fields: &'static [Field]| {
        let typed = move |field: &Field| view! { <Typed training field=*field disabled /> };
        view! {
            <Show when=move || shown.get()>
                <div class="fields">{fields.iter().map(typed).collect::<View>()}</div>
            </Show>
        }
    };
    let places = &["metric", "sampler", "pruner", "stop_rule", "seed"];
    view! {
        <Group title="How to search" is_wrong=is_wrong_at(training, places)>
            <Chosen training choice=Choice::Metric disabled />
            <Chosen training choice=Choice::Sampler disabled />
            {fields(is_tpe, &[Field::Startup, Field::Candidates])}
            {fields(is_grid, &[Field::Points])}
            <Switch
                label="Try a setting twice, as Optuna does"
                on=Derived::new(move || form.with(|form| form.may_repeat))
                on_change=move |is_on: bool| form.update(|form| form.may_repeat = is_on)
                disabled
            />
            <Chosen training choice=Choice::Pruner disabled />
            {fields(is_median, &[Field::MedianStartup, Field::MedianWarmup])}
            {fields(is_wilcoxon, &[Field::WilcoxonP, Field::WilcoxonStartup])}
            {fields(is_halving, &[Field::HalvingFactor, Field::HalvingRungs])}
            <Switch
                label="Stop when it is pointless to go on"
                on=stops
                on_change=move |is_on: bool| form.update(|form| form.stops_early = is_on)
                disabled
            />
            {fields(stops, &[Field::Patience])}
            <Typed training field=Field::Seed disabled />
        </Group>
    }
}

/// How reviews are parted.
#[component]
pub fn Splitting(
    /// Whose form.
    training: Training,
    /// It cannot be changed now.
    disabled: Derived<bool>,
) -> View {
    let is_forced = Derived::new(move || {
        let is_chance =
            training.form.with(|form| matches!(form.choice(Choice::Split), "stratified" | "plain"));
        is_chance && training.facts.with(|facts| facts.keeps_together)
    });
    view! {
        <Group title="Test and folds" is_wrong=is_wrong_at(training, &["split"])>
            <Chosen training choice=Choice::Split disabled />
            <Show when=move || is_forced.get()>
                <p class="note note--small">
                    "The data keep equal texts on one side, so that is how they are parted."
                </p>
            </Show>
            <div class="fields">
                <Typed training field=Field::Folds disabled />
                <Typed training field=Field::TestShare disabled />
                <Typed training field=Field::Repeats disabled />
                <Typed training field=Field::SplitSeed disabled />
            </div>
        </Group>
    }
}

/// How scores become answers.
#[component]
pub fn Answers(
    /// Whose form.
    training: Training,
    /// It cannot be changed now.
    disabled: Derived<bool>,
) -> View {
    let is_precise = is_chosen(training, Choice::Threshold, &["precision"]);
    let is_costs = is_chosen(training, Choice::Threshold, &["costs"]);
    let abstains = is_chosen(training, Choice::Abstain, &["share", "width"]);
    view! {
        <Group title="Answers" is_wrong=is_wrong_at(training, &["decision"])>
            <Chosen training choice=Choice::Calibration disabled />
            <Chosen training choice=Choice::Threshold disabled />
            <Show when=move || is_precise.get()>
                <Chosen training choice=Choice::PreciseClass disabled />
                <Typed training field=Field::Precision disabled />
            </Show>
            <Show when=move || is_costs.get()>
                <Typed training field=Field::CostFirst disabled />
                <Typed training field=Field::CostSecond disabled />
            </Show>
            <Chosen training choice=Choice::Abstain disabled />
            <Show when=move || abstains.get()>
                <Typed training field=Field::Unanswered disabled />
            </Show>
        </Group>
    }
}
