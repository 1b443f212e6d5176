//! What was said of labels, the last first, each with its way back.

use leptos::prelude::*;
use markup::view;

use super::{class_names, name_of};
use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::markup::{For, View};
use crate::reactive::Derived;
use crate::state::format;
use crate::state::labels::Labels;
use crate::state::labels::decisions::Decision;
use crate::state::tab::use_tab;

/// Rows that are listed; all are counted.
const MAX_LISTED: usize = 100;

/// The list.
#[component]
pub fn Said(
    /// Whose.
    labels: Labels,
) -> View {
    let tab = use_tab();
    let names = class_names();
    let disabled = Derived::new(move || tab.is_reader());
    let has_any = Derived::new(move || labels.decisions.with(|said| !said.list().is_empty()));
    let sub = Derived::new(move || {
        labels.decisions.with(|said| {
            let (all, changed) = (said.list().len(), said.n_changed());
            format!(
                "{} changed, {} left as they are",
                format::whole(changed as u64),
                format::whole((all - changed) as u64)
            )
        })
    });
    let listed = move || {
        let last_first = |said: &crate::state::labels::decisions::Decisions| {
            said.list().iter().rev().take(MAX_LISTED).copied().collect::<Vec<Decision>>()
        };
        labels.decisions.with(last_first)
    };
    let row = move |Decision { record, was, label }: Decision| {
        let names = names.get_untracked();
        let row = format!("row {}", format::whole(record));
        let said = match was == label {
            true => format!("{row} is {}", name_of(&names, label)),
            false => format!("{row}: {} is now {}", name_of(&names, was), name_of(&names, label)),
        };
        view! {
            <li class="mended">
                <span>{said}</span>
                <Button
                    label=format!("Undo: {row}")
                    on_press=move |()| labels.undo(record)
                    emphasis=Emphasis::Quiet
                    disabled
                />
            </li>
        }
    };
    let body = move || match has_any.get() {
        false => view! { <p class="note">"Nothing yet. What you say is part of this data's recipe."</p> },
        true => view! {
            <ul class="findings" aria-label="What you said">
                <For
                    each=listed
                    key=|said| format!("{} {} {}", said.record, said.was.0, said.label.0)
                    children=row
                />
            </ul>
            <div>
                <Button label="Undo all" on_press=move |()| labels.undo_all() disabled />
            </div>
        },
    };
    view! {
        <Card title="What you said" sub>
            <div class="stack">{body}</div>
        </Card>
    }
}
