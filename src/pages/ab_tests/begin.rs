//! A new test: its name, its sides, how answers are given.

use leptos::prelude::*;
use markup::view;

use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::field::{SelectField, TextField};
use crate::markup::{Show, View};
use crate::reactive::Derived;
use crate::state::ab_tests::{AbForm, use_ab_tests};
use crate::state::prediction::use_prediction;
use crate::state::tab::use_tab;

/// The card.
#[component]
pub fn Begin() -> View {
    let (tests, prediction, tab) = (use_ab_tests(), use_prediction(), use_tab());
    let versions = Derived::new(move || {
        let found = prediction.choices.get();
        let named = found.into_iter().filter(|(address, _)| address.starts_with("models:/"));
        std::iter::once((String::new(), "Choose …".to_owned())).chain(named).collect::<Vec<_>>()
    });
    let field =
        move |look: fn(&AbForm) -> &String| Derived::new(move || tests.form.with(|form| look(form).clone()));
    let modes = Derived::new(|| {
        [
            ("split", "Split: each review goes to one side for good"),
            ("shadow", "Shadow: the challenger answers unseen"),
            ("thompson", "Thompson: more reviews to the better side"),
        ]
        .map(|(key, shown)| (key.to_owned(), shown.to_owned()))
        .to_vec()
    });
    let (name, champion, challenger, mode, weight) = (
        field(|form| &form.name),
        field(|form| &form.champion),
        field(|form| &form.challenger),
        field(|form| &form.mode),
        field(|form| &form.weight),
    );
    let cannot = Derived::new(move || {
        tab.is_reader()
            || tests.form.with(|form| {
                form.name.trim().is_empty() || form.champion.is_empty() || form.challenger.is_empty()
            })
    });
    let is_split = Derived::new(move || mode.with(|mode| mode == "split"));
    let is_thompson = Derived::new(move || mode.with(|mode| mode == "thompson"));
    view! {
        <Card title="Begin an A/B test">
            <div class="stack stack--tight">
                <p class="note">
                    "It counts the reviews you type under Predict while the champion is asked. Those on which the two differ are kept \
                     word by word on this device, because somebody has to say who is right."
                </p>
                <div class="register">
                    <TextField
                        id="ab-name"
                        label="Name of the test"
                        value=name
                        on_type=move |typed| tests.form.update(|form| form.name = typed)
                        word=None
                    />
                    <SelectField
                        id="ab-champion"
                        label="Champion"
                        options=versions
                        value=champion
                        on_choose=move |chosen| tests.form.update(|form| form.champion = chosen)
                        word=None
                    />
                    <SelectField
                        id="ab-challenger"
                        label="Challenger"
                        options=versions
                        value=challenger
                        on_choose=move |chosen| tests.form.update(|form| form.challenger = chosen)
                        word=None
                    />
                    <SelectField
                        id="ab-mode"
                        label="How answers are given"
                        options=modes
                        value=mode
                        on_choose=move |chosen| tests.form.update(|form| form.mode = chosen)
                        word=None
                    />
                    <Show when=move || is_split.get()>
                        <TextField
                            id="ab-weight"
                            label="Challenger's share in %"
                            value=weight
                            on_type=move |typed| tests.form.update(|form| form.weight = typed)
                            word=None
                        />
                    </Show>
                </div>
                <Show when=move || is_thompson.get()>
                    <p class="note">
                        "Thompson sampling shows fewer answers of the worse side while the test runs. What it counts of each side is \
                         then no fair sample: of the worse one it sees less. The evidence here is not touched by that, because both \
                         sides answer every review."
                    </p>
                </Show>
                <div>
                    <Button
                        label="Begin the test"
                        emphasis=Emphasis::Primary
                        on_press=move |()| tests.begin()
                        disabled=cannot
                    />
                </div>
            </div>
        </Card>
    }
}
