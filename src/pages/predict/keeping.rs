//! Whether answers are kept, what a person says of them, what is kept, and forgetting it.

use std::rc::Rc;

use leptos::prelude::*;
use markup::view;
use track::prediction::{KeptText, Verdict};

use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::field::{SelectField, Switch};
use crate::components::states::Problem;
use crate::markup::{Show, View};
use crate::reactive::{Derived, State};
use crate::services::clock;
use crate::state::format;
use crate::state::kept_predictions::{KeptItem, KeptLog, KeptPredictions, use_kept_predictions};
use crate::state::loadable::Loadable;
use crate::state::prediction::Prediction;
use crate::state::tab::use_tab;
use crate::state::views::PredictionView;

/// Letters of a kept text that are listed.
const MAX_LISTED_CHARS: usize = 80;

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
        Loadable::Loaded(log) => list(&log, kept, disabled),
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
        <Show when=move || has_answer.get()>
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

fn list(log: &Rc<KeptLog>, kept: KeptPredictions, disabled: Derived<bool>) -> View {
    if log.n_records == 0 {
        return view! { <p class="note">"Nothing is kept."</p> };
    }
    let now = clock::now();
    let row = move |item: &KeptItem| {
        let (what, says, verdict, at) = match item {
            KeptItem::One(one, verdict) => {
                let text = match &one.text {
                    KeptText::Text { text } => text.chars().take(MAX_LISTED_CHARS).collect(),
                    KeptText::Hash { sha256 } => format!("text {}", &sha256.to_string()[..8]),
                };
                let said = match verdict {
                    Some(Verdict::Right) => "right".to_owned(),
                    Some(Verdict::Wrong { right_class: Some(class) }) => format!("wrong: {class}"),
                    Some(Verdict::Wrong { right_class: None }) => "wrong".to_owned(),
                    Some(Verdict::Withdrawn) | None => String::new(),
                };
                (text, one.class().to_owned(), said, one.at)
            }
            KeptItem::File(file) => {
                let rows = format::counted(file.n_rows, "row", "rows");
                let classes = file
                    .classes
                    .iter()
                    .map(|class| format!("{} {}", format::whole(class.n_rows), class.class));
                (
                    format!("{} · {rows}", file.file),
                    classes.collect::<Vec<_>>().join(", "),
                    String::new(),
                    file.at,
                )
            }
        };
        view! {
            <tr>
                <th scope="row" class="kept__text">
                    {what}
                </th>
                <td>{says}</td>
                <td>{verdict}</td>
                <td>{format::ago(at, now)}</td>
            </tr>
        }
    };
    let rows: View = log.newest.iter().map(row).collect();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Kept predictions, all columns">
            <table class="table" aria-label="Kept predictions">
                <thead>
                    <tr>
                        <th scope="col">"Text or file"</th>
                        <th scope="col">"Answer"</th>
                        <th scope="col">"You said"</th>
                        <th scope="col">"When"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <div class="row">
            <p class="note">{format::counted(log.n_records, "record is kept.", "records are kept.")}</p>
            <Button
                label="Delete what was kept"
                emphasis=Emphasis::Danger
                on_press=move |()| kept.forget_all()
                disabled
            />
        </div>
    }
}
