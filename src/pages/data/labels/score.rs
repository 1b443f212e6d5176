//! The score of the held-out predictions against the labels as they stand, and what is mistaken for what.

use leptos::prelude::*;
use markup::view;

use super::class_names;
use crate::components::card::Card;
use crate::components::figures::Stat;
use crate::components::term::Term;
use crate::glossary::Word;
use crate::markup::View;
use crate::reactive::Derived;
use crate::state::format;
use crate::state::labels::{Judged, Labels};

/// Score, change and confusion matrix.
#[component]
pub fn Scores(
    /// Whose.
    labels: Labels,
) -> View {
    let judged = move |read: fn(&Judged) -> String| {
        Derived::new(move || labels.judged.with(|judged| judged.as_ref().map(read).unwrap_or_default()))
    };
    let score = judged(|judged| format!("{:.4}", judged.held_out.f1_macro));
    let suspects = judged(|judged| format::whole(judged.n_suspects));
    let change = Derived::new(move || {
        let f1 = |judged: &Option<Judged>| judged.as_ref().map_or(0.0, |judged| judged.held_out.f1_macro);
        format!("{:+.4}", labels.judged.with(f1) - labels.first.with(f1))
    });
    let state = move || match labels.is_judging.get() {
        true => "Weighing what you said …".to_owned(),
        false => labels.judged.with(|judged| {
            judged.as_ref().map_or_else(String::new, |judged| {
                format!("Fitted anew in {}.", format::duration(judged.fit_ms))
            })
        }),
    };
    view! {
        <Card title="Score">
            <div class="stack">
                <div class="stats">
                    <Stat value=score>
                        <Term word=Word::MacroF1 /> ", " <Term word=Word::HeldOut />
                    </Stat>
                    <Stat value=change>"since you began"</Stat>
                    <Stat value=suspects>"labels in doubt"</Stat>
                </div>
                <Confusion labels />
                <p class="note" role="status" aria-label="Refit">
                    {state}
                </p>
            </div>
        </Card>
    }
}

/// What is mistaken for what.
#[component]
fn Confusion(labels: Labels) -> View {
    let names = class_names();
    let rows = Derived::new(move || {
        labels.judged.with(|judged| judged.as_ref().map(|judged| judged.held_out.confusion.clone()))
    });
    let body = move || {
        let names = names.get();
        let row = |(name, cells): (String, Vec<u64>)| {
            let cell = |n: u64| view! { <td class="number">{format::whole(n)}</td> };
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    {cells.into_iter().map(cell).collect::<View>()}
                </tr>
            }
        };
        names.into_iter().zip(rows.get().unwrap_or_default()).map(row).collect::<View>()
    };
    let head = move || {
        let column = |name: String| view! { <th scope="col" class="number">{format!("said {name}")}</th> };
        names.get().into_iter().map(column).collect::<View>()
    };
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Label against prediction">
            <table class="table" aria-label="Confusion matrix">
                <thead>
                    <tr>
                        <th scope="col">"Labelled"</th>
                        {head}
                    </tr>
                </thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
}
