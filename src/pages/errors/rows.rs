//! The reviews that were asked for: text with its words marked, class, answer, how sure. Only those in sight are read.

use std::rc::Rc;

use engine::dataset::LabelId;
use engine::errors::{JudgedRow, Pick, Picked};
use leptos::prelude::*;
use markup::view;

use super::slices::kind_words;
use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::marked::marked;
use crate::components::sight::Sight;
use crate::components::states::{Loading, Problem};
use crate::markup::{ElementRef, For, Show, View};
use crate::reactive::{Derived, Held, State, follow};
use crate::services::layout;
use crate::state::error_analysis::{Asked, ErrorAnalysis, MAX_LISTED, text_key};
use crate::state::format;
use crate::state::loadable::Loadable;

/// Height of a row in pixels, as `--review-row` in the style sheet.
const ROW_HEIGHT: f64 = 84.0;

/// The card.
#[component]
pub(super) fn Rows(analysis: ErrorAnalysis, classes: Rc<Vec<String>>, n_wrong: u64) -> View {
    let named = classes.clone();
    let sub = Derived::new(move || {
        analysis.asked.with(|asked| asked.as_ref().map(|asked| words(asked, &named)).unwrap_or_default())
    });
    let state = Derived::new(move || analysis.picked.with(Loadable::without_value));
    let before: Held<Option<Asked>> = Held::new(None);
    let body = View::live(move || match state.get() {
        Loadable::Nothing => view! {
            <p class="note">"Press a cell of the confusion matrix, or a kind of reviews, or one of the buttons, to read the reviews behind it."</p>
        },
        Loadable::Loading => view! { <Loading what="reviews" /> },
        Loadable::Failed(text) => view! { <Problem text on_retry=move |()| analysis.list() /> },
        Loadable::Loaded(()) => {
            let found = analysis.picked.with_untracked(|picked| picked.loaded().cloned()).unwrap_or_default();
            let now = analysis.asked.get_untracked();
            let order = order(now.as_ref());
            // Whoever moves the threshold on stays with it.
            let is_moved = |asked: &Option<Asked>| matches!(asked, Some(Asked::Rows(Pick::Moved { .. })));
            let is_moved_now = is_moved(&now);
            let last = before.update(|before| std::mem::replace(before, now)).flatten();
            let takes_focus = !(is_moved(&last) && is_moved_now);
            view! { <List analysis classes=classes.clone() found order takes_focus /> }
        }
    });
    let is_open = Derived::new(move || analysis.asked.with(Option::is_some));
    let mistakes = format!("Most confident mistakes ({})", format::whole(n_wrong));
    view! {
        <Card title="Reviews" sub>
            <div class="stack stack--tight">
                <div class="row">
                    <Button label=mistakes on_press=move |()| analysis.show_rows(Some(Asked::Rows(Pick::Mistakes))) />
                    <Show when=move || is_open.get()>
                        <Button
                            label="Close the list"
                            on_press=move |()| analysis.show_rows(None)
                            emphasis=Emphasis::Quiet
                        />
                    </Show>
                </div>
                {body}
            </div>
        </Card>
    }
}

fn class_name(classes: &[String], label: LabelId) -> String {
    let number = usize::from(label.0);
    classes.get(number).cloned().unwrap_or_else(|| format!("class {}", number + 1))
}

/// Which rows are asked for.
fn words(asked: &Asked, classes: &[String]) -> String {
    let pick = match asked {
        Asked::Slice(kind) => return kind_words(kind),
        Asked::Rows(pick) => *pick,
    };
    match pick {
        Pick::Mistakes => "predicted wrong, the surest first".to_owned(),
        Pick::Moved { .. } => "that the threshold moves to the other class".to_owned(),
        Pick::Cell { truth, predicted } => {
            format!("{} predicted as {}", class_name(classes, truth), class_name(classes, predicted))
        }
    }
}

/// What stands first, and what of more rows than are listed is listed.
fn order(asked: Option<&Asked>) -> (&'static str, &'static str) {
    match asked {
        Some(Asked::Slice(_)) => {
            ("those predicted wrong first", "first, those predicted wrong before the others")
        }
        Some(Asked::Rows(_)) | None => ("the surest answers first", "that it is surest of"),
    }
}

#[component]
fn List(
    analysis: ErrorAnalysis,
    classes: Rc<Vec<String>>,
    found: Rc<Picked>,
    order: (&'static str, &'static str),
    takes_focus: bool,
) -> View {
    let sight = State::new(Sight::default());
    let n_rows = found.rows.len();
    let n_all = found.n_all;
    let n_lines = (n_rows + 1).to_string();
    let drawn = Derived::new(move || sight.get().drawn(ROW_HEIGHT, n_rows));
    let in_sight = {
        let found = found.clone();
        move || drawn.with(|drawn| found.rows.get(drawn.rows.clone()).unwrap_or_default().to_vec())
    };
    let wanted = in_sight.clone();
    follow(move || analysis.read_texts(wanted()));
    let list = ElementRef::new(None);
    follow(move || {
        if let Some(list) = list.get().filter(|_| takes_focus) {
            // What was asked for may stand far above or below; a list that cannot take the focus stays where it is.
            list.focus().ok();
        }
    });
    let place = match n_all {
        0 => "There is no such review.".to_owned(),
        _ if n_all > n_rows as u64 => format!(
            "The {} {}, of {}.",
            format::whole(u64::from(MAX_LISTED)),
            order.1,
            format::counted(n_all, "review", "reviews")
        ),
        _ => format!("{}, {}.", format::counted(n_all, "review", "reviews"), order.0),
    };
    let line = move |row: JudgedRow| view! { <Line analysis classes=classes.clone() row /> };
    let spaces = move |above: bool| {
        move || drawn.with(|drawn| format!("{:.0}px", if above { drawn.above } else { drawn.below }))
    };
    view! {
        <p class="note" role="status" aria-label="Reviews listed">{place}</p>
        <div
            class="table-scroll table-scroll--tall"
            tabindex="0"
            role="region"
            aria-label="Reviews, all rows"
            node_ref=list
            on:scroll:target=move |event| {
                let (top, height) = layout::scrolled(&event.target());
                sight.set_if_new(Sight { top, height });
            }
        >
            <table class="table reviews" aria-label="Reviews" aria-rowcount=n_lines>
                <thead>
                    <tr>
                        <th scope="col">"Review"</th>
                        <th scope="col">"Is"</th>
                        <th scope="col">"Predicted"</th>
                        <th scope="col" class="number">"Sure"</th>
                        <th scope="col" class="number">"Row"</th>
                    </tr>
                </thead>
                <tbody>
                    <tr class="reviews__space" aria-hidden="true" style:height=spaces(true)></tr>
                    <For each=in_sight key=|row: &JudgedRow| row.doc.to_string() children=line />
                    <tr class="reviews__space" aria-hidden="true" style:height=spaces(false)></tr>
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn Line(analysis: ErrorAnalysis, classes: Rc<Vec<String>>, row: JudgedRow) -> View {
    let key = text_key(&row);
    let found = Derived::new(move || analysis.texts.with(|texts| texts.get(&key).cloned()));
    let text = View::live(move || match found.get() {
        None => view! { <span class="note">"…"</span> },
        Some(Ok(review)) => marked(&review.segments, &review.toward),
        Some(Err(sentence)) => view! { <span class="field__error">{sentence}</span> },
    });
    let record = move || match found.get() {
        Some(Ok(review)) => format::whole(review.record + 1),
        Some(Err(_)) | None => "–".to_owned(),
    };
    let is_right = row.truth == row.predicted;
    let chip = if is_right { "chip chip--good" } else { "chip chip--bad" };
    let said = if is_right { " (right)" } else { " (wrong)" };
    view! {
        <tr class="reviews__row">
            <td>
                <div class="reviews__text" tabindex="0" role="region" aria-label=format!("Review {}", row.doc + 1)>
                    {text}
                </div>
            </td>
            <td>{class_name(&classes, row.truth)}</td>
            <td>
                <span class=chip>{class_name(&classes, row.predicted)}</span>
                <span class="visually-hidden">{said}</span>
            </td>
            <td class="number">{format::percent(row.probability)}</td>
            <td class="number">{record}</td>
        </tr>
    }
}
