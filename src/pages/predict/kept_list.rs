//! What is kept of answers, newest first: what a person says of each, and forgetting all of it.

use std::rc::Rc;

use leptos::prelude::*;
use markup::view;
use track::id::PredictionId;
use track::prediction::{KeptPrediction, KeptText, PredictionBatch, PredictionSource, Verdict};

use crate::components::button::{Button, Emphasis};
use crate::components::reason::why_not;
use crate::markup::View;
use crate::reactive::Derived;
use crate::services::clock;
use crate::state::format;
use crate::state::kept_predictions::{KeptItem, KeptLog, KeptPredictions};

/// Letters of a kept text that are listed.
const MAX_LISTED_CHARS: usize = 80;
/// The value of an option that names no class.
const UNKNOWN: &str = "";

/// The table, what is too much for it, and the way to forget.
#[component]
pub fn KeptList(
    /// What is kept.
    log: Rc<KeptLog>,
    /// Takes what is said of it.
    kept: KeptPredictions,
    /// Nothing can be said from here.
    disabled: Derived<bool>,
) -> View {
    let dropped = (log.n_dropped > 0).then(|| {
        let answers = format::counted(log.n_dropped, "answer", "answers");
        let most = format::whole(log.most_waiting);
        view! { <p class="note">{format!("{answers} to programs went unkept: more than {most} waited for a page to be opened, and the oldest were dropped.")}</p> }
    });
    if log.n_records == 0 {
        return view! {
            <p class="note">"Nothing is kept."</p>
            {dropped}
        };
    }
    let now = clock::now();
    let row = |item: &KeptItem| {
        let (what, says, verdict, at) = match item {
            KeptItem::One(one, verdict) => {
                let said = said_of(one, verdict.as_ref(), kept, disabled);
                (text_of(one), one.class().to_owned(), said, one.at)
            }
            KeptItem::File(file) => (told_of(file), classes_of(file), View::nothing(), file.at),
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
    let more = log.has_more.then(|| {
        view! { <Button label="Show more" emphasis=Emphasis::Quiet on_press=move |()| kept.list_more() /> }
    });
    view! {
        <div class="table-scroll table-scroll--tall" tabindex="0" role="region" aria-label="Kept predictions, all columns">
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
        {dropped}
        <div class="row">
            <p class="note">{format::counted(log.n_records, "record is kept.", "records are kept.")}</p>
            {more}
            <Button
                label="Delete what was kept"
                emphasis=Emphasis::Danger
                on_press=move |()| kept.forget_all()
                disabled
            />
        </div>
    }
}

fn text_of(one: &KeptPrediction) -> String {
    let text = match &one.text {
        KeptText::Text { text } => text.chars().take(MAX_LISTED_CHARS).collect(),
        KeptText::Hash { sha256 } => format!("text {}", &sha256.to_string()[..8]),
    };
    match one.source {
        PredictionSource::Typed => text,
        PredictionSource::Api => format!("{text}, for a program"),
    }
}

fn told_of(file: &PredictionBatch) -> String {
    format!("{} · {}", file.file, format::counted(file.n_rows, "row", "rows"))
}

fn classes_of(file: &PredictionBatch) -> String {
    let classes = file.classes.iter().map(|class| format!("{} {}", format::whole(class.n_rows), class.class));
    classes.collect::<Vec<_>>().join(", ")
}

/// What was said of an answer, and the way to say it.
fn said_of(
    one: &KeptPrediction,
    verdict: Option<&Verdict>,
    kept: KeptPredictions,
    disabled: Derived<bool>,
) -> View {
    let of = text_of(one);
    let say = move |id: PredictionId, verdict: Verdict| kept.say_of(id, verdict);
    let id = one.id.clone();
    let back = {
        let (id, label) = (id.clone(), format!("Take back what you said of {of}"));
        view! {
            <button
                type="button"
                class="btn btn--quiet btn--small"
                aria-label=label
                title=why_not(disabled)
                prop:disabled=move || disabled.get()
                on:click=move |_| say(id.clone(), Verdict::Withdrawn)
            >
                "Take back"
            </button>
        }
    };
    match verdict {
        None | Some(Verdict::Withdrawn) => {
            let right_class = other_of_two(one);
            view! {
                <button
                    type="button"
                    class="btn btn--quiet btn--small"
                    aria-label=format!("This was wrong: {of}")
                    title=why_not(disabled)
                prop:disabled=move || disabled.get()
                    on:click=move |_| say(id.clone(), Verdict::Wrong { right_class: right_class.clone() })
                >
                    "This was wrong"
                </button>
            }
        }
        Some(Verdict::Right) => view! { "right " {back} },
        Some(Verdict::Wrong { right_class }) if other_of_two(one).is_some() => {
            let said =
                right_class.as_ref().map_or_else(|| "wrong".to_owned(), |class| format!("wrong: {class}"));
            view! { {said} " " {back} }
        }
        Some(Verdict::Wrong { right_class }) => {
            let chosen = right_class.clone().unwrap_or_default();
            let option = |(key, shown): (String, String)| {
                let is_chosen = key == chosen;
                view! { <option value=key prop:selected=is_chosen>{shown}</option> }
            };
            let others = one.model.labels.iter().filter(|label| *label != one.class());
            let others = others.map(|label| (label.clone(), label.clone()));
            let all = std::iter::once((UNKNOWN.to_owned(), "I do not know".to_owned())).chain(others);
            let options: View = all.map(option).collect();
            let choose = move |class: String| {
                let right_class = Some(class).filter(|class| class != UNKNOWN);
                say(id.clone(), Verdict::Wrong { right_class });
            };
            view! {
                "wrong: "
                <select
                    class="input select"
                    aria-label=format!("Right answer to {of}")
                    title=why_not(disabled)
                prop:disabled=move || disabled.get()
                    on:change:target=move |event| choose(event.target().value())
                >
                    {options}
                </select>
                " "
                {back}
            }
        }
    }
}

/// Of two classes the one that was not answered: where the answer was wrong it is right.
fn other_of_two(one: &KeptPrediction) -> Option<String> {
    let [first, second] = one.model.labels.as_slice() else { return None };
    Some(if one.class() == first { second } else { first }.clone())
}
