//! The head of a column: a press orders by it, a drag moves it, its right edge makes it wider or narrower.

use leptos::ev;
use leptos::prelude::*;
use markup::view;
use track::filter::{Attribute, Key};

use super::Table;
use crate::markup::{ElementRef, View};
use crate::reactive::{Derived, State};
use crate::services::files;
use crate::state::run_grid::{Column, WIDTHS};

/// How much an arrow key changes a width, in pixels.
const STEP: u32 = 16;

/// The head of a column; with the shift key a press orders also by it.
#[component]
pub(super) fn Head(table: Table, column: Column, left: Option<u32>) -> View {
    let search = table.search;
    let key = column.key.clone();
    let sorted = {
        let key = key.clone();
        Derived::new(move || {
            search.asked.with(|asked| {
                asked.order.0.iter().find(|sort| sort.key == key).map(|sort| sort.is_descending)
            })
        })
    };
    let order = move || match sorted.get() {
        None => None,
        Some(true) => Some("descending"),
        Some(false) => Some("ascending"),
    };
    let arrow = move || match sorted.get() {
        None => "",
        Some(true) => " ↓",
        Some(false) => " ↑",
    };
    let press = {
        let key = key.clone();
        move |event: ev::MouseEvent| {
            let also = event.shift_key();
            search.ask(|asked| asked.sorted_by(&key, also));
        }
    };
    let is_name = key == Key::Attribute(Attribute::RunName);
    let class = if column.is_number { "number" } else { "" };
    let all = is_name.then(|| view! { <AllBox table /> });
    let carried = key.clone();
    let dropped = {
        let key = key.clone();
        move |event: ev::DragEvent| {
            event.prevent_default();
            if let Some(Ok(moved)) = files::carried(&event).map(|text| Key::parse(&text)) {
                search.ask(|asked| asked.move_column(&moved, &key));
            }
        }
    };
    view! {
        <th
            scope="col"
            class=class
            class:grid__pin=left.is_some()
            style:left=left.map(|left| format!("{left}px"))
            aria-sort=order
            title=key.to_string()
            on:dragover=move |event| event.prevent_default()
            on:drop=dropped
        >
            <span
                class="grid__cell"
                draggable=(!is_name).to_string()
                on:dragstart=move |event| files::carry(&event, &carried.to_string())
            >
                {all}
                <button type="button" class="grid__head" on:click=press>
                    {column.name.clone()} <span aria-hidden="true">{arrow}</span>
                </button>
            </span>
            <Edge table column />
        </th>
    }
}

/// The box that chooses every run shown.
#[component]
fn AllBox(table: Table) -> View {
    let is_all = move || {
        let n_chosen = table.selection.n_chosen();
        table
            .grid
            .with(|grid| grid.as_ref().is_some_and(|grid| n_chosen > 0 && n_chosen == grid.runs().count()))
    };
    let press = move |is_on: bool| {
        if is_on { table.choose_all() } else { table.selection.replace([]) }
    };
    view! {
        <input
            type="checkbox"
            class="grid__box"
            aria-label="Choose all runs shown"
            prop:checked=is_all
            on:change:target=move |event| press(event.target().checked())
        />
    }
}

/// The right edge of a head, to be dragged or moved by arrow keys.
#[component]
fn Edge(table: Table, column: Column) -> View {
    let held: State<Option<f64>> = State::new(None);
    let edge = ElementRef::new(None);
    let (key, width) = (column.key.clone(), column.width);
    let set = move |width: u32| table.search.ask(|asked| asked.set_width(&key, width));
    let by_keys = {
        let set = set.clone();
        move |event: ev::KeyboardEvent| {
            let wider = match event.key().as_str() {
                "ArrowRight" => width + STEP,
                "ArrowLeft" => width.saturating_sub(STEP),
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            set(wider);
        }
    };
    let press = move |event: ev::PointerEvent| {
        event.prevent_default();
        if let Some(edge) = edge.get_untracked() {
            // Without it a drag ends where the pointer leaves the edge.
            edge.set_pointer_capture(event.pointer_id()).ok();
        }
        held.set(Some(f64::from(event.client_x())));
    };
    let moved = move |event: &ev::PointerEvent| {
        let begun = held.get_untracked()?;
        Some((f64::from(width) + f64::from(event.client_x()) - begun).max(0.0) as u32)
    };
    let release = move |event: ev::PointerEvent| {
        if let Some(width) = moved(&event) {
            held.set(None);
            set(width);
        }
    };
    view! {
        <span
            class="grid__edge"
            class:grid__edge--held=move || held.with(Option::is_some)
            node_ref=edge
            role="slider"
            tabindex="0"
            aria-label=format!("Width of {}", column.name)
            aria-orientation="horizontal"
            aria-valuenow=width.to_string()
            aria-valuemin=WIDTHS.start().to_string()
            aria-valuemax=WIDTHS.end().to_string()
            on:pointerdown=press
            on:pointerup=release
            on:keydown=by_keys
        ></span>
    }
}
