//! Every row of a file as it will be read, however many there are: those in sight are drawn, and read when they come into
//! sight. A row is gone to by its number, and read in full.

use leptos::ev;
use leptos::prelude::*;
use markup::view;

use crate::components::button::Button;
use crate::components::card::Card;
use crate::components::field::NumberField;
use crate::components::sight::Sight;
use crate::components::states::Problem;
use crate::markup::{ElementRef, For, View};
use crate::reactive::{Callback, Derived, State, follow};
use crate::services::layout;
use crate::state::format;
use crate::state::lab::Lab;
use crate::state::row_window::FileRow;
use crate::state::views::{PreviewRow, ScannedFile};

/// Height of a row in pixels, as `--preview-row` in the style sheet.
const ROW_HEIGHT: f64 = 52.0;

/// The rows.
#[component]
pub fn Preview(
    /// Whose import.
    lab: Lab,
    /// The file and what is chosen about it.
    file: Derived<ScannedFile>,
) -> View {
    let sight = State::new(Sight::default());
    let list = ElementRef::new(None);
    let in_full: State<Option<u64>> = State::new(None);
    let n_rows = Derived::new(move || file.with(|file| file.n_readable as usize));
    let drawn = Derived::new(move || sight.get().drawn(ROW_HEIGHT, n_rows.get()));
    let seen = Derived::new(move || sight.get().seen(ROW_HEIGHT, n_rows.get()));
    follow(move || {
        // Another file or format has other rows at the same places.
        file.with(|file| (file.n_readable, file.is_rescanning));
        drawn.with(|drawn| lab.want_rows(drawn.rows.start as u64..drawn.rows.end as u64));
    });
    follow(move || {
        if let Some(list) = list.get() {
            let (top, height) = layout::scrolled(&list);
            sight.set_if_new(Sight { top, height });
        }
    });
    let sub = move || {
        let (seen, n_rows) = (seen.get(), n_rows.get() as u64);
        let (from, to) = (format::whole(seen.start as u64 + 1), format::whole(seen.end as u64));
        format!("rows {from} to {to} of {}", format::whole(n_rows))
    };
    let lines = move || {
        let rows = drawn.with(|drawn| drawn.rows.clone());
        lab.preview.with(|window| {
            let line = |place: usize| (place, window.row(place as u64).cloned());
            rows.map(line).collect::<Vec<_>>()
        })
    };
    let space = move |height: f64| format!("{height:.0}px");
    let failed = Derived::new(move || lab.preview.with(|window| window.failed.clone()));
    let again =
        move |()| drawn.with_untracked(|drawn| lab.want_rows(drawn.rows.start as u64..drawn.rows.end as u64));
    view! {
        <Card title="Preview" sub=Derived::new(sub)>
            <div class="stack stack--tight">
                {move || failed.get().map(|text| view! { <Problem text on_retry=again /> })}
                <div
                    class="table-scroll preview"
                    tabindex="0"
                    role="region"
                    aria-label="Preview rows"
                    node_ref=list
                    on:scroll:target=move |event| {
                        let (top, height) = layout::scrolled(&event.target());
                        sight.set_if_new(Sight { top, height });
                    }
                >
                    <table
                        class="table grid__table preview__table"
                        aria-label="Preview"
                        aria-rowcount=move || (n_rows.get() + 1).to_string()
                    >
                        <thead>
                            <tr aria-rowindex="1">
                                <th scope="col" class="number preview__row">"Row"</th>
                                <th scope="col">"Review"</th>
                                <th scope="col" class="preview__label">"Rating"</th>
                                <th scope="col" class="preview__label">"Class"</th>
                            </tr>
                        </thead>
                        <tbody>
                            <tr
                                class="grid__space"
                                aria-hidden="true"
                                style:height=move || space(drawn.with(|drawn| drawn.above))
                            ></tr>
                            <For
                                each=lines
                                key=|(place, row): &(usize, Option<FileRow>)| format!("{place} {}", row.is_some())
                                children=move |(place, row)| view! { <Line file place row in_full /> }
                            />
                            <tr
                                class="grid__space"
                                aria-hidden="true"
                                style:height=move || space(drawn.with(|drawn| drawn.below))
                            ></tr>
                        </tbody>
                    </table>
                </div>
                <GoTo lab list sight n_rows in_full />
                <InFull lab file in_full />
            </div>
        </Card>
    }
}

/// A row; its number alone until it is read.
#[component]
fn Line(file: Derived<ScannedFile>, place: usize, row: Option<FileRow>, in_full: State<Option<u64>>) -> View {
    let index = (place + 2).to_string();
    let Some((record, cells)) = row else {
        return view! {
            <tr aria-rowindex=index>
                <td class="number">"…"</td>
                <td></td>
                <td></td>
                <td></td>
            </tr>
        };
    };
    let number = format::whole(record);
    let label = format!("Row {number} in full");
    let is_shown = move || (in_full.get() == Some(record)).to_string();
    let cells = View::live(move || {
        let PreviewRow { text, label, class, .. } = file.with(|file| file.preview_row(record, &cells));
        let class = match class {
            Some(class) => view! { <span class="chip">{class}</span> },
            None => view! { <span class="chip chip--wait">"left out"</span> },
        };
        view! {
            <td><div class="preview__text">{text}</div></td>
            <td>{label}</td>
            <td>{class}</td>
        }
    });
    view! {
        <tr aria-rowindex=index>
            <td class="number">
                <button
                    type="button"
                    class="preview__number"
                    aria-label=label
                    aria-expanded=is_shown
                    on:click=move |_| in_full.update(|shown| *shown = (*shown != Some(record)).then_some(record))
                >
                    {number}
                </button>
            </td>
            {cells}
        </tr>
    }
}

/// The way to a row by its number.
#[component]
fn GoTo(
    lab: Lab,
    list: ElementRef,
    sight: State<Sight>,
    n_rows: Derived<usize>,
    in_full: State<Option<u64>>,
) -> View {
    let typed = State::new(String::new());
    let wanted = Derived::new(move || typed.with(|typed| format::parse_whole(typed)));
    let error = Derived::new(move || {
        let is_wrong = typed.with(|typed| !typed.trim().is_empty()) && wanted.get().is_none();
        is_wrong.then(|| "Type the number of a row, such as 1200.".to_owned())
    });
    let go = Callback::new(move |()| {
        let (Some(record), Some(list)) = (wanted.get_untracked(), list.get_untracked()) else { return };
        let place = lab.place_of_row(record) as usize;
        let top = sight.get_untracked().top_of(place, ROW_HEIGHT, n_rows.get_untracked());
        layout::scroll_to(&list, top);
        in_full.set(Some(record));
    });
    let cannot = Derived::new(move || wanted.get().is_none());
    view! {
        <div
            class="row row--fields"
            on:keydown=move |event: ev::KeyboardEvent| {
                if event.key() == "Enter" && wanted.get_untracked().is_some() {
                    event.prevent_default();
                    go.run(());
                }
            }
        >
            <NumberField
                id="go-to-row"
                label="Go to row"
                value=typed
                on_type=move |number: String| typed.set(number)
                word=None
                error
            />
            <Button label="Show this row" on_press=go disabled=cannot />
        </div>
    }
}

/// The row that was asked for, whole.
#[component]
fn InFull(lab: Lab, file: Derived<ScannedFile>, in_full: State<Option<u64>>) -> View {
    let shown = move || {
        let record = in_full.get()?;
        let n_last = file.with(|file| file.n_rows.saturating_sub(1));
        let number = format::whole(record);
        let found = lab.preview.with(|window| window.by_record(record).cloned());
        Some(match found {
            Some((record, cells)) => {
                let row = file.with(|file| file.preview_row(record, &cells));
                let class = row.class.unwrap_or_else(|| "left out".to_owned());
                view! {
                    <p class="note">{format!("Row {number}, rating {}, {class}", row.label)}</p>
                    <p class="preview__whole">{row.text}</p>
                }
            }
            None if record > n_last => {
                view! { <p class="note">{format!("There is no row {number}: the last is {}.", format::whole(n_last))}</p> }
            }
            None => {
                view! { <p class="note">{format!("Row {number} is not here: it is still read, or was set aside.")}</p> }
            }
        })
    };
    view! { <div role="status" aria-label="Row in full">{shown}</div> }
}
