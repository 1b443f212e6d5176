//! Reviews like the text, from the file the model learned from.

use std::rc::Rc;

use engine::pipeline::SimilarReview;
use leptos::prelude::*;
use markup::view;

use crate::components::button::Button;
use crate::components::card::Card;
use crate::components::progress::Progress;
use crate::components::states::Problem;
use crate::markup::View;
use crate::reactive::Derived;
use crate::state::format;
use crate::state::loadable::Loadable;
use crate::state::prediction::Prediction;
use crate::state::what_if::{SimilarView, use_what_if};

/// Asked for by a button: the whole file is read.
#[component]
pub fn Similar(
    /// The model that answers.
    prediction: Prediction,
) -> View {
    let what_if = use_what_if();
    let has_text = Derived::new(move || prediction.answered.with(|text| !text.trim().is_empty()));
    let cannot = Derived::new(move || !has_text.get());
    let find = move || {
        view! {
            <div>
                <Button label="Find similar reviews" on_press=move |()| what_if.find_similar() disabled=cannot />
            </div>
        }
    };
    let body = move || match what_if.similar.get() {
        Loadable::Nothing => find(),
        Loadable::Loading => view! {
            <Progress name="Search progress" share=what_if.share.into() />
            <div>
                <Button label="Stop searching" on_press=move |()| what_if.stop() />
            </div>
        },
        Loadable::Failed(sentence) => {
            view! { <Problem text=sentence on_retry=move |()| what_if.find_similar() /> }
        }
        Loadable::Loaded(view) => view! {
            {list(&view)}
            {find()}
        },
    };
    view! {
        <Card title="Similar reviews">
            <div class="stack stack--tight">
                <p class="note">"Reviews this model learned from that weigh the same words, each with its label."</p>
                {body}
            </div>
        </Card>
    }
}

fn list(view: &Rc<SimilarView>) -> View {
    let shown = view.clone();
    let item = move |review: &SimilarReview| {
        let name = |class: u8| shown.labels.get(usize::from(class)).cloned().unwrap_or_default();
        let (label, predicted) = (name(review.label.0), name(review.predicted));
        let answered = match label == predicted {
            true => String::new(),
            false => format!("the model says {predicted} ·"),
        };
        view! {
            <li>
                <p class="similar__text">{review.text.clone()}</p>
                <p class="note note--small">
                    <span class="chip">{label}</span> " "
                    {format!("{answered} {} alike · row {}", format::percent(review.cosine), format::whole(review.record))}
                </p>
            </li>
        }
    };
    let n_reviews = format::counted(view.found.n_reviews, "review", "reviews");
    let left_out = match view.found.n_left_out {
        Some(0) => String::new(),
        Some(n) => format!("; {} left out", format::counted(n, "test review is", "test reviews are")),
        None => {
            ", those of the test part among them: this model's run does not say which they are".to_owned()
        }
    };
    if view.found.reviews.is_empty() {
        return view! { <p class="note">{format!("None of {n_reviews} has a word in common with it{left_out}.")}</p> };
    }
    let items: View = view.found.reviews.iter().map(item).collect();
    view! {
        <ol class="similar" aria-label="Similar reviews">
            {items}
        </ol>
        <p class="note note--small">{format!("Of {n_reviews}{left_out}.")}</p>
    }
}
