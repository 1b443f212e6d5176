//! Fix a label: the reviews whose labels held-out predictions contradict, one at a time, and the score that follows.

mod queue;
mod score;
mod said;

use leptos::prelude::*;
use markup::view;

use self::queue::Queue;
use self::said::Said;
use self::score::Scores;
use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::field::SelectField;
use crate::components::progress::Progress;
use crate::components::states::Problem;
use crate::markup::View;
use crate::reactive::{Derived, follow};
use crate::state::lab::use_lab;
use crate::state::labels::{Labels, Phase, use_labels};

/// Which part is shown: changes less often than its progress.
#[derive(Clone, PartialEq)]
enum Shown {
    NotAsked,
    Busy,
    Ready,
    Failed(String),
}

/// The queue, in its state.
#[component]
pub fn FixLabels() -> View {
    let (lab, labels) = (use_lab(), use_labels());
    follow(move || {
        lab.dataset.track();
        labels.look();
    });
    let shown = Derived::new(move || {
        labels.phase.with(|phase| match phase {
            Phase::NotAsked => Shown::NotAsked,
            Phase::Reading(_) | Phase::Fitting => Shown::Busy,
            Phase::Ready => Shown::Ready,
            Phase::Failed(sentence) => Shown::Failed(sentence.clone()),
        })
    });
    View::live(move || match shown.get() {
        Shown::NotAsked => view! { <NotAsked labels /> },
        Shown::Busy => view! { <Busy labels /> },
        Shown::Failed(text) => view! { <Problem text on_retry=move |()| labels.start() /> },
        Shown::Ready => view! {
            <div class="split split--answer">
                <Queue labels />
                <div class="stack">
                    <Scores labels />
                    <Said labels />
                </div>
            </div>
        },
    })
}

#[component]
fn NotAsked(labels: Labels) -> View {
    let options = Derived::new(move || {
        let named =
            |(place, model): (usize, crate::state::labels::JudgeModel)| (place.to_string(), model.name);
        labels.models.get().into_iter().enumerate().map(named).collect::<Vec<_>>()
    });
    let choose = move |place: String| labels.model.set(place.parse().unwrap_or(0));
    view! {
        <Card title="Labels that may be wrong">
            <div class="stack">
                <p class="lead">
                    "Each review is read by models that have not learned from it. Where they firmly say another label, \
                     you decide: the score follows at once, and all of it can be taken back."
                </p>
                <div class="row row--fields">
                    <SelectField
                        id="judge-model"
                        label="Judged by"
                        options
                        value=Derived::new(move || labels.model.get().to_string())
                        on_choose=choose
                        word=None
                    />
                    <Button label="Find labels to check" on_press=move |()| labels.start() />
                </div>
            </div>
        </Card>
    }
}

#[component]
fn Busy(labels: Labels) -> View {
    let words = Derived::new(move || {
        labels.phase.with(|phase| match phase {
            Phase::Reading(pace) => {
                let left = pace.words().map_or_else(String::new, |left| format!(", {left}"));
                format!("Reading the reviews{left}")
            }
            _ => "Fitting models on the reviews".to_owned(),
        })
    });
    let share = Derived::new(move || {
        labels.phase.with(|phase| if let Phase::Reading(pace) = phase { pace.share } else { 1.0 })
    });
    view! {
        <Card title="Labels that may be wrong">
            <div class="stack">
                <p class="row">
                    <span role="status">{move || words.get()}</span>
                    <span class="push">
                        <Button label="Stop looking" on_press=move |()| labels.forget() emphasis=Emphasis::Quiet />
                    </span>
                </p>
                <Progress name="Labels progress" share />
            </div>
        </Card>
    }
}

/// Class names of the dataset in use, in label order.
fn class_names() -> Derived<Vec<String>> {
    let lab = use_lab();
    Derived::new(move || {
        lab.dataset.with(|dataset| {
            let classes = dataset.loaded().map_or(&[][..], |dataset| &dataset.classes);
            classes.iter().map(|(name, _)| name.clone()).collect()
        })
    })
}

/// The name of a label.
fn name_of(names: &[String], label: engine::dataset::LabelId) -> String {
    names.get(usize::from(label.0)).cloned().unwrap_or_default()
}
