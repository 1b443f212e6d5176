//! Whether answers are kept, what a person says of the one that is shown, and what is kept.

use leptos::prelude::*;
use markup::view;
use track::prediction::Verdict;

use super::kept_list::KeptList;
use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::field::{SelectField, Switch};
use crate::components::states::Problem;
use crate::markup::{Show, View};
use crate::reactive::{Derived, State};
use crate::state::kept_predictions::{KeptPredictions, use_kept_predictions};
use crate::state::loadable::Loadable;
use crate::state::prediction::Prediction;
use crate::state::tab::use_tab;
use crate::state::views::PredictionView;

/// The card.
#[component]
pub fn Keeping(
    /// The model that answers.
    prediction: Prediction,
    /// What it answers.
    answer: Derived<Option<PredictionView>>,
) -> View {
    let kept = use_kept_predictions();
    let tab = use_tab();
    let disabled = Derived::new(move || tab.is_reader());
    let typed = Derived::new(move || kept.choice.with(|choice| choice.typed));
    let texts = Derived::new(move || kept.choice.with(|choice| choice.texts));
    let said = move || match kept.said.get() {
        Some(Err(sentence)) => view! { <Problem text=sentence /> },
        Some(Ok(sentence)) => view! { <p class="note">{sentence}</p> },
        None => View::nothing(),
    };
    let log = move || match kept.log.get() {
        Loadable::Loaded(log) => view! { <KeptList log kept disabled /> },
        Loadable::Failed(sentence) => view! { <Problem text=sentence on_retry=move |()| kept.retry() /> },
        Loadable::Nothing | Loadable::Loading => View::nothing(),
    };
    view! {
        <Card title="Kept predictions">
            <div class="stack stack--tight">
                <p class="note">"What is kept stays on this device, for monitoring and for comparing models later."</p>
                <Switch
                    label="Keep answers to what I type"
                    on=typed
                    on_change=move |on| {
                        kept.choose(|choice| choice.typed = on);
                        kept.keep_soon();
                    }
                    disabled
                />
                <Switch
                    label="Keep the texts, too, not only their fingerprints"
                    on=texts
                    on_change=move |on| kept.choose(|choice| choice.texts = on)
                    disabled
                />
                <Feedback prediction answer kept disabled />
                <div role="status" aria-label="Kept">
                    {said}
                </div>
                {log}
            </div>
        </Card>
    }
}

/// `This was wrong`, and which class is right.
#[component]
fn Feedback(
    prediction: Prediction,
    answer: Derived<Option<PredictionView>>,
    kept: KeptPredictions,
    disabled: Derived<bool>,
) -> View {
    let right = State::new(String::new());
    let has_answer = Derived::new(move || answer.with(Option::is_some));
    let is_whole = Derived::new(move || prediction.left_out.with(Vec::is_empty));
    let options = Derived::new(move || {
        let said = answer.with(|answer| answer.as_ref().map(|answer| answer.class.clone()));
        let labels = prediction
            .source
            .with(|source| source.loaded().map(|source| source.labels.clone()).unwrap_or_default());
        let others = labels.into_iter().filter(|label| Some(label) != said.as_ref());
        let none = (String::new(), "I do not know".to_owned());
        others.map(|label| (label.clone(), label)).chain([none]).collect::<Vec<_>>()
    });
    let chosen = Derived::new(move || {
        let typed = right.get();
        options.with(|options| {
            let is_offered = options.iter().any(|(key, _)| *key == typed);
            if is_offered && !typed.is_empty() {
                typed
            } else {
                options.first().map(|(key, _)| key.clone()).unwrap_or_default()
            }
        })
    });
    let wrong = move |()| {
        let right_class = Some(chosen.get_untracked()).filter(|class| !class.is_empty());
        kept.say(Verdict::Wrong { right_class });
    };
    view! {
        <Show when=move || has_answer.get() && !is_whole.get()>
            <p class="note">"Put all words back to say whether the answer is right: what is kept is the answer to the whole text."</p>
        </Show>
        <Show when=move || has_answer.get() && is_whole.get()>
            <div class="register">
                <SelectField
                    id="right-class"
                    label="Right answer"
                    options
                    value=chosen
                    on_choose=move |class| right.set(class)
                    word=None
                    disabled
                />
                <Button label="This was wrong" on_press=wrong disabled />
                <Button
                    label="This was right"
                    emphasis=Emphasis::Quiet
                    on_press=move |()| kept.say(Verdict::Right)
                    disabled
                />
            </div>
        </Show>
    }
}
