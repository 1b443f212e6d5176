//! A card of the board: its chart, and what it is moved, widened and removed by, each by pointer and by keys.

use leptos::ev;
use leptos::prelude::*;
use markup::view;
use track::board::{BOARD_COLUMNS, Board, ChartSpec, MIN_CARD_COLUMNS};
use track::id::RunId;

use super::{columns_after, place_after};
use crate::components::reason::why_not_or;
use crate::markup::{ElementRef, View};
use crate::pages::runs::charts::body::{ChartOf, body, title};
use crate::pages::runs::charts::set::RunSet;
use crate::reactive::{Callback, Derived, Held, State};
use crate::services::layout;
use crate::state::run_board::RunBoard;
use crate::state::tab::use_tab;

/// Where the cards of a board are. `Copy`.
#[derive(Clone, Copy)]
pub struct Cards {
    /// Cards with their elements.
    pub elements: Held<Vec<(u32, ElementRef)>>,
    /// The place that a dragged card would come to.
    pub over: State<Option<usize>>,
}

impl Cards {
    /// The card whose box is nearest to a point of the screen.
    fn nearest(self, (x, y): (f64, f64)) -> Option<u32> {
        let place = |element: &ElementRef| element.get_untracked().map(|one| layout::place_of(&one.into()));
        self.elements.with(|elements| {
            let places = elements.iter().filter_map(|(id, element)| Some((*id, place(element)?)));
            let distance = |place: layout::Place| {
                let across = (place.left - x).max(x - place.left - place.width).max(0.0);
                let down = (place.top - y).max(y - place.top - place.height).max(0.0);
                across + down
            };
            let all = places.map(|(id, place)| (id, distance(place)));
            all.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(id, _)| id)
        })
    }
}

/// A card.
#[component]
pub fn CardView(
    /// Which.
    id: u32,
    /// Its board.
    board: RunBoard,
    /// The board as it is shown.
    cards: Derived<Board>,
    /// The runs.
    set: Derived<RunSet>,
    /// Where the cards are.
    held: Cards,
    /// Takes the runs that are brushed.
    on_brush: Callback<Vec<RunId>>,
) -> View {
    let tab = use_tab();
    let element = ElementRef::new(None);
    held.elements.update(|elements| elements.push((id, element)));
    on_cleanup(move || {
        held.elements.update(|elements| elements.retain(|(known, _)| *known != id));
    });
    let card =
        Derived::new(move || cards.with(|board| board.cards.iter().find(|card| card.id == id).cloned()));
    let spec = Derived::new(move || {
        card.with(|card| card.as_ref().map(|card| card.chart.clone())).unwrap_or(ChartSpec::Folds)
    });
    let columns =
        Derived::new(move || card.with(|card| card.as_ref().map_or(BOARD_COLUMNS, |card| card.columns)));
    let name = Derived::new(move || set.with(|set| spec.with(|spec| title(spec, set))));
    let place = move || cards.with(|board| board.place(id));
    let is_over = move || held.over.get().is_some_and(|over| place() == Some(over));
    let is_fixed = Derived::new(move || tab.is_reader());
    let class = move || format!("board__card card board__card--{}", columns.get());
    let on_change = Callback::new(move |chart: ChartSpec| board.redraw(id, chart));
    view! {
        <section class=class class:board__card--over=is_over aria-label=move || name.get() node_ref=element>
            <div class="card__head">
                <Grip id board cards held name is_fixed />
                <h2>{move || name.get()}</h2>
                <button
                    type="button"
                    class="btn btn--quiet btn--small push"
                    aria-label=move || format!("Remove {}", name.get())
                    title=why_not_or(is_fixed, "Remove")
                    prop:disabled=move || is_fixed.get()
                    on:click=move |_| board.remove(id)
                >
                    "×"
                </button>
            </div>
            <div class="stack stack--tight">{body(ChartOf { id, set, spec, on_change, is_fixed, on_brush })}</div>
            <Edge id board columns element name is_fixed />
        </section>
    }
}

/// What a card is moved by.
#[component]
fn Grip(
    id: u32,
    board: RunBoard,
    cards: Derived<Board>,
    held: Cards,
    name: Derived<String>,
    is_fixed: Derived<bool>,
) -> View {
    let grip = ElementRef::new(None);
    let is_held = State::new(false);
    let under = move |event: &ev::PointerEvent| {
        let other = held.nearest((f64::from(event.client_x()), f64::from(event.client_y())))?;
        cards.with_untracked(|board| board.place(other))
    };
    let press = move |event: ev::PointerEvent| {
        if is_fixed.get_untracked() {
            return;
        }
        if let Some(grip) = grip.get_untracked() {
            // Without it a drag ends where the pointer leaves the grip.
            grip.set_pointer_capture(event.pointer_id()).ok();
        }
        is_held.set(true);
    };
    let drag = move |event: ev::PointerEvent| {
        if is_held.get_untracked() {
            held.over.set_if_new(under(&event));
        }
    };
    let release = move |event: ev::PointerEvent| {
        if is_held.get_untracked() {
            is_held.set(false);
            held.over.set_if_new(None);
            if let Some(place) = under(&event) {
                board.move_to(id, place);
            }
        }
    };
    let cancel = move |_| {
        is_held.set(false);
        held.over.set_if_new(None);
    };
    let key = move |event: ev::KeyboardEvent| {
        let to = cards.with_untracked(|board| place_after(&event.key(), board.place(id)?, board.cards.len()));
        if let Some(to) = to {
            event.prevent_default();
            if !is_fixed.get_untracked() {
                board.move_to(id, to);
            }
        }
    };
    // A card that moves is put elsewhere on the page, which takes the focus from what is in it.
    let place = Derived::new(move || cards.with(|board| board.place(id)));
    let was_focused = State::new(false);
    crate::reactive::follow(move || {
        place.track();
        if was_focused.get_untracked()
            && let Some(grip) = grip.get_untracked()
        {
            // A grip that cannot take the focus leaves it where it was.
            grip.focus().ok();
        }
    });
    let label = move || {
        let n_cards = cards.with(|board| board.cards.len());
        format!("Move {}, chart {} of {n_cards}", name.get(), place.get().map_or(0, |place| place + 1))
    };
    view! {
        <button
            type="button"
            class="grip board__grip"
            class:grip--held=move || is_held.get()
            aria-label=label
            title=why_not_or(is_fixed, "Drag to another place, or press an arrow key")
            prop:disabled=move || is_fixed.get()
            node_ref=grip
            on:pointerdown=press
            on:pointermove=drag
            on:pointerup=release
            on:pointercancel=cancel
            on:keydown=key
            on:focus=move |_| was_focused.set(true)
            on:pointerleave=move |_| was_focused.set(false)
        >
            <svg viewBox="0 0 12 12" aria-hidden="true">
                <path d="M4 2h.01M8 2h.01M4 6h.01M8 6h.01M4 10h.01M8 10h.01" />
            </svg>
        </button>
    }
}

/// The edge that a card is made wider by: its value is how many columns it takes.
#[component]
fn Edge(
    id: u32,
    board: RunBoard,
    columns: Derived<u8>,
    element: ElementRef,
    name: Derived<String>,
    is_fixed: Derived<bool>,
) -> View {
    let edge = ElementRef::new(None);
    let is_held = State::new(false);
    let wanted = move |event: &ev::PointerEvent| {
        let place = layout::place_of(&element.get_untracked()?.into());
        let column = place.width / f64::from(columns.get_untracked().max(1));
        let wanted = (f64::from(event.client_x()) - place.left) / column.max(1.0);
        Some(wanted.round().clamp(f64::from(MIN_CARD_COLUMNS), f64::from(BOARD_COLUMNS)) as u8)
    };
    let press = move |event: ev::PointerEvent| {
        if is_fixed.get_untracked() {
            return;
        }
        event.prevent_default();
        if let Some(edge) = edge.get_untracked() {
            // Without it a drag ends where the pointer leaves the edge.
            edge.set_pointer_capture(event.pointer_id()).ok();
            edge.focus().ok();
        }
        is_held.set(true);
    };
    let release = move |event: ev::PointerEvent| {
        if is_held.get_untracked() {
            is_held.set(false);
            if let Some(columns) = wanted(&event) {
                board.resize(id, columns);
            }
        }
    };
    let key = move |event: ev::KeyboardEvent| {
        if let Some(to) = columns_after(&event.key(), columns.get_untracked()) {
            event.prevent_default();
            if !is_fixed.get_untracked() {
                board.resize(id, to);
            }
        }
    };
    view! {
        <span
            class="board__edge"
            class:board__edge--held=move || is_held.get()
            role="slider"
            tabindex="0"
            aria-label=move || format!("Width of {}", name.get())
            aria-valuemin=MIN_CARD_COLUMNS.to_string()
            aria-valuemax=BOARD_COLUMNS.to_string()
            aria-valuenow=move || columns.get().to_string()
            aria-valuetext=move || format!("{} of {BOARD_COLUMNS} columns", columns.get())
            aria-disabled=move || is_fixed.get().to_string()
            node_ref=edge
            on:pointerdown=press
            on:pointerup=release
            on:pointercancel=move |_| is_held.set(false)
            on:keydown=key
        ></span>
    }
}
