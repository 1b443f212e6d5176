//! Kinds of reviews in which the fit is wrong more often than in others, the surest difference first.

use std::rc::Rc;

use engine::errors::{MIN_SLICE_ROWS, SLICE_LEVEL, Slice, SliceKind, SlicesFound};
use leptos::prelude::*;
use markup::view;

use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::markup::View;
use crate::reactive::{Derived, State};
use crate::state::error_analysis::{Asked, ErrorAnalysis, FileWork};
use crate::state::format;

/// Lines shown before all are asked for.
const FIRST_LINES: usize = 12;

/// The card.
#[component]
pub(super) fn Slices(analysis: ErrorAnalysis) -> View {
    let found = Derived::new(move || {
        analysis.file.with(|file| match file {
            FileWork::Done(read) => Some(Rc::new(read.found.clone())),
            FileWork::Nothing | FileWork::Reading(_) | FileWork::Failed(_) => None,
        })
    });
    let body = View::live(move || match found.get() {
        Some(found) => view! { <Found analysis found /> },
        None => view! { <p class="note">"They are compared once the reviews are read."</p> },
    });
    view! {
        <Card title="Where it is worse" sub="kinds of reviews against all others">
            {body}
        </Card>
    }
}

#[component]
fn Found(analysis: ErrorAnalysis, found: Rc<SlicesFound>) -> View {
    let shows_all = State::new(false);
    let n_sure = found.slices.iter().filter(|slice| slice.low > 0.0).count();
    let verdict = match n_sure {
        0 => "In no kind of review it is surely worse than in the others.".to_owned(),
        1 => "In one kind of review it is surely worse than in the others.".to_owned(),
        _ => format!("In {n_sure} kinds of reviews it is surely worse than in the others."),
    };
    let how = format!(
        "{} of at least {MIN_SLICE_ROWS} reviews are compared: by length, rating, word and group. Each interval is so wide that \
         all hold together in {} of 100 cases (Newcombe, Bonferroni). {} of {} are predicted wrong in all.",
        format::counted(found.n_compared, "kind", "kinds"),
        (SLICE_LEVEL * 100.0).round(),
        format::whole(found.n_wrong),
        format::counted(found.n_rows, "review", "reviews"),
    );
    let n_lines = found.slices.len();
    let label = Derived::new(move || {
        if shows_all.get() { "Show the worst".to_owned() } else { format!("Show all {n_lines}") }
    });
    let more = (n_lines > FIRST_LINES).then(|| {
        view! {
            <div>
                <Button label on_press=move |()| shows_all.update(|all| *all = !*all) emphasis=Emphasis::Quiet />
            </div>
        }
    });
    let lines = View::live(move || {
        let n_shown = if shows_all.get() { n_lines } else { FIRST_LINES };
        found.slices.iter().take(n_shown).map(|slice| line(analysis, slice)).collect::<View>()
    });
    view! {
        <div class="stack stack--tight">
            <p class="says" role="status" aria-label="Where it is worse">{verdict}</p>
            <div class="table-scroll table-scroll--tall" tabindex="0" role="region" aria-label="Kinds of reviews, all lines">
                <table class="table" aria-label="Kinds of reviews">
                    <thead>
                        <tr>
                            <th scope="col">"Reviews"</th>
                            <th scope="col" class="number">"Wrong"</th>
                            <th scope="col" class="number">"Of"</th>
                            <th scope="col" class="number">"More often by"</th>
                            <th scope="col" class="number">"Somewhere between"</th>
                        </tr>
                    </thead>
                    <tbody>{lines}</tbody>
                </table>
            </div>
            {more}
            <p class="note note--small">{how}</p>
        </div>
    }
}

/// What the reviews of a kind have in common.
pub(super) fn kind_words(kind: &SliceKind) -> String {
    match kind {
        SliceKind::Length { from, to: Some(to) } => format!("{from} to {to} words long"),
        SliceKind::Length { from, to: None } => format!("{from} words long or longer"),
        SliceKind::Rating { value } => format!("rated {value}"),
        SliceKind::Word { word } => format!("with the word '{word}'"),
        SliceKind::Group { value } => format!("of the group {value}"),
    }
}

fn line(analysis: ErrorAnalysis, slice: &Slice) -> View {
    let kind = slice.kind.clone();
    let list = move |_: leptos::ev::MouseEvent| analysis.show_rows(Some(Asked::Slice(kind.clone())));
    let words = kind_words(&slice.kind);
    let share = slice.n_wrong as f64 / slice.n_rows.max(1) as f64;
    let mark =
        (slice.low > 0.0).then(|| view! { <span class="chip chip--bad table__chip">"surely worse"</span> });
    view! {
        <tr>
            <th scope="row">
                <button type="button" class="btn btn--plain btn--small" aria-label=format!("List the reviews {words}") on:click=list>
                    {words.clone()}
                </button>
                {mark}
            </th>
            <td class="number">{format!("{} ({})", format::whole(slice.n_wrong), format::percent(share))}</td>
            <td class="number">{format::whole(slice.n_rows)}</td>
            <td class="number">{points(slice.worse_by)}</td>
            <td class="number">{format!("{} to {}", points(slice.low), points(slice.high))}</td>
        </tr>
    }
}

/// A difference of shares in percentage points.
fn points(difference: f64) -> String {
    let points = difference * 100.0;
    if points < 0.0 { format!("−{:.1} pp", -points) } else { format!("{points:.1} pp") }
}
