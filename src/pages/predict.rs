//! `/predict`: type a review, see the answer and the words behind it at once; ask what would turn it, score a file.

pub mod answer;
mod turn;
mod similar;
mod beside;
mod kept_list;
mod keeping;
mod file;
mod file_outcome;

use leptos::prelude::*;
use markup::view;

use self::answer::{MarkedText, Verdict, Why};
use self::beside::Beside;
use self::file::ScoreFile;
use self::keeping::Keeping;
use self::similar::Similar;
use self::turn::Turning;
use crate::components::button::{Button, ButtonLink, Emphasis};
use crate::components::card::Card;
use crate::components::field::SelectField;
use crate::components::page_head::PageHead;
use crate::components::states::{Loading, Nothing, Problem};
use crate::glossary::Word;
use crate::markup::{Show, View};
use crate::reactive::{Callback, Derived, follow};
use crate::router::use_router;
use crate::state::ab_tests::use_ab_tests;
use crate::state::format;
use crate::state::kept_predictions::use_kept_predictions;
use crate::state::loadable::Loadable;
use crate::state::prediction::{Prediction, SourceView, use_prediction};
use crate::state::views::PredictionView;
use crate::state::what_if::use_what_if;

/// A review to begin with.
const EXAMPLE: &str = "The box was nice and delivery was quick 😀, but the shuttles are not original. \
Three of six broke on the first day. Worst purchase, total waste of money.";

/// The word of the address that says which model answers.
const MODEL_PARAMETER: &str = "model";

/// What the page shows: changes with the model, not with the text.
#[derive(Clone, PartialEq)]
enum Stage {
    Nothing,
    Loading,
    Failed(String),
    Ready,
}

/// The page.
#[component]
pub fn PredictPage() -> View {
    let prediction = use_prediction();
    let router = use_router();
    follow(move || prediction.ask(router.asked(MODEL_PARAMETER).unwrap_or_default()));
    prediction.want();
    let stage = Derived::new(move || {
        prediction.source.with(|source| match source {
            Loadable::Nothing => Stage::Nothing,
            Loadable::Loading => Stage::Loading,
            Loadable::Failed(reason) => Stage::Failed(reason.clone()),
            Loadable::Loaded(_) => Stage::Ready,
        })
    });
    let body = move || match stage.get() {
        Stage::Nothing => {
            view! {
                <Nothing
                    title="There is no model yet"
                    text="Train one on your reviews or on the sample. From then on it answers here while you type."
                />
            }
        }
        Stage::Loading => view! { <Loading what="the model" /> },
        Stage::Failed(reason) => view! { <Problem text=reason on_retry=move |()| prediction.retry() /> },
        Stage::Ready => view! { <Ready prediction /> },
    };
    view! {
        <Head prediction />
        <div class="stack">
            <ModelChoice prediction />
            {body}
        </div>
    }
}

/// Which model answers; nothing where there is none to choose.
#[component]
pub(super) fn ModelChoice(
    /// The choice.
    prediction: Prediction,
) -> View {
    let router = use_router();
    let options = Derived::new(move || {
        let mut choices = prediction.choices.get();
        let asked = prediction.asked.get();
        if choices.iter().all(|(address, _)| *address != asked) {
            // An address from elsewhere, such as a run's or a stage's.
            choices.push((asked.clone(), asked));
        }
        choices
    });
    let can_choose = Derived::new(move || prediction.choices.with(|choices| !choices.is_empty()));
    let choose = move |address: String| {
        router.amend(&[(MODEL_PARAMETER, Some(address).filter(|address| !address.is_empty()))]);
    };
    view! {
        <Show when=move || can_choose.get()>
            <div class="register__run">
                <SelectField
                    id="model"
                    label="Model that answers"
                    options
                    value=prediction.asked
                    on_choose=choose
                    word=Some(Word::Champion)
                />
            </div>
        </Show>
    }
}

/// The heading, the model that answers, and the next step.
#[component]
fn Head(prediction: Prediction) -> View {
    let sub = move || {
        prediction.source.with(|source| match source.loaded() {
            Some(SourceView { title, model, .. }) if model.is_empty() => title.clone(),
            Some(SourceView { title, model, .. }) => format!("{title} · {model}"),
            None => String::new(),
        })
    };
    let next = Derived::new(move || {
        prediction.source.with(|source| match source {
            Loadable::Loaded(source) if source.is_registered => None,
            Loadable::Loaded(_) => Some(("/models", "Keep this model")),
            Loadable::Nothing => Some(("/train", "Train a model")),
            Loadable::Loading | Loadable::Failed(_) => None,
        })
    });
    let has_text = Derived::new(move || prediction.text.with(|text| !text.is_empty()));
    let is_ready = Derived::new(move || prediction.source.with(|source| source.loaded().is_some()));
    let write = move || {
        let label = if has_text.get() { "Clear" } else { "Write an example" };
        let text = if has_text.get() { "" } else { EXAMPLE };
        is_ready
            .get()
            .then(|| view! { <Button label on_press=move |()| prediction.type_text(text.to_owned()) /> })
    };
    let step = move || {
        next.get().map(|(href, label)| view! { <ButtonLink href label emphasis=Emphasis::Primary /> })
    };
    view! {
        <PageHead title="Predict" sub=Derived::new(sub)>
            {write}
            {step}
        </PageHead>
    }
}

/// Everything there is with a model.
#[component]
fn Ready(prediction: Prediction) -> View {
    let answer = Derived::new(move || prediction.answer());
    let what_if = use_what_if();
    let kept = use_kept_predictions();
    kept.want();
    follow(move || {
        prediction.answered.track();
        prediction.left_out.track();
        prediction.source.track();
        prediction.test.track();
        what_if.look_again();
    });
    follow(move || {
        prediction.answered.track();
        prediction.source.track();
        prediction.test.track();
        kept.keep_soon();
    });
    let tests = use_ab_tests();
    follow(move || {
        prediction.answered.track();
        prediction.source.track();
        prediction.test.track();
        tests.see_soon();
    });
    view! {
        <Live prediction answer />
        <ScoreFile />
    }
}

/// The text, the answer, and why.
#[component]
fn Live(prediction: Prediction, answer: Derived<Option<PredictionView>>) -> View {
    let has_answer = Derived::new(move || answer.with(Option::is_some));
    let on_word = Callback::new(move |word: u32| prediction.toggle_word(word));
    let marked = move || {
        answer.get().map(|PredictionView { segments, toward, n_unmarked, .. }| {
            let rest = (n_unmarked > 0).then(|| {
                view! { <p class="note">"The text is long: its beginning is marked, all of it is answered."</p> }
            });
            view! {
                <MarkedText segments toward on_word />
                {rest}
            }
        })
    };
    let took =
        move || answer.with(|answer| answer.as_ref().map(|answer| format::duration(answer.elapsed_ms)));
    let by_challenger = move || {
        prediction.answered_by_challenger().map(|(address, test)| {
            view! { <p class="note">{format!("Answered by {address}, the challenger of the A/B test '{test}'.")}</p> }
        })
    };
    let words =
        move || prediction.source.with(|source| source.loaded().and_then(|source| source.words.clone()));
    view! {
        <div class="split split--answer">
            <div>
                <Card title="Review">
                    <div class="review">
                        <textarea
                            class="review__text"
                            aria-label="Review text"
                            rows="4"
                            placeholder="Type or paste a review"
                            prop:value=move || prediction.text.get()
                            on:input:target=move |event| prediction.type_text(event.target().value())
                        ></textarea>
                        {marked}
                        <Show when=move || has_answer.get()>
                            <Turning prediction answer />
                        </Show>
                    </div>
                </Card>
            </div>
            <div class="answer__said stack">
                <Card title="Prediction" sub=Derived::new(move || took().unwrap_or_default())>
                    <div class="stack stack--tight">
                        <Verdict answer=answer />
                        {by_challenger}
                        {move || words().map(|words| view! { <p class="note note--small">{format!("This model: {words}")}</p> })}
                    </div>
                </Card>
                <Show when=move || has_answer.get()>
                    <Why answer=answer />
                </Show>
            </div>
            <div class="stack">
                <Beside prediction />
                <Similar prediction />
                <Keeping prediction answer />
            </div>
        </div>
    }
}
