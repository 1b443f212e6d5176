//! Axes side by side with what is brushed of each, by pointer or by keys, and their order, likewise.

use engine::num::SortedMap;
use leptos::ev;
use leptos::prelude::*;
use markup::view;

use super::axis::{Axis, AxisKind};
use super::frame::Chart;
use super::hover::Tip;
use super::parallel::{Brushes, ENDS, Parallel, SIDE};
use super::plot::Legend;
use super::scene::Scene;
use super::twin::Twin;
use crate::markup::{ElementRef, Show, View};
use crate::reactive::{Callback, Derived, Held, State};
use crate::services::layout;

/// What a key moves the end of a brush by, as a share of the axis.
const STEP: f64 = 0.05;
const PAGE: f64 = 0.2;
/// How near the end of a brush a press takes hold of it, as a share of the axis.
const GRIP: f64 = 0.05;
/// A brush narrower than this is none.
const NARROWEST: f64 = 0.02;

/// Room between an axis and its grip, in pixels.
const GRIP_GAP: f64 = 8.0;

/// What is brushed, as shares from low to high, by the name of the axis.
pub type Brushed = State<SortedMap<String, (f64, f64)>>;

/// What is brushed of each axis, in their order.
pub fn brushes_of(axes: &[Axis], brushed: &SortedMap<String, (f64, f64)>) -> Brushes {
    axes.iter().map(|axis| brushed.get(&axis.name).copied()).collect()
}

/// Rows across axes, or why there are none in one sentence.
pub type Found = Derived<Result<Parallel, String>>;

/// The picture with its brushes.
#[component]
pub fn ParallelChart(
    /// What is drawn.
    found: Found,
    /// What is brushed.
    brushed: Brushed,
    /// What it means, in one or two sentences.
    #[prop(into)]
    says: Callback<Brushes, String>,
    /// What a row is, for its table.
    what: &'static str,
    /// A row's name.
    #[prop(into)]
    name_of: Callback<u32, String>,
    /// Says what a row is.
    #[prop(into)]
    tell: Callback<u32, Tip>,
    /// The key to the colours.
    #[prop(into)]
    legend: Derived<Legend>,
    /// Puts the axis at one place at another; absent where axes have their places.
    #[prop(optional, into)]
    on_move: Option<Callback<(usize, usize)>>,
    /// Why axes cannot be moved now; none while they can be.
    #[prop(optional, into)]
    fixed_by: Derived<Option<&'static str>>,
) -> View {
    let brushes = Derived::new(move || {
        found.with(|found| match found {
            Ok(parallel) => brushed.with(|brushed| brushes_of(&parallel.axes, brushed)),
            Err(_) => Brushes::new(),
        })
    });
    let scene = Callback::new(move |width: f64| {
        found.with(|found| match found {
            Ok(parallel) => brushes.with(|brushes| parallel.scene(brushes, width)),
            Err(_) => Scene::default(),
        })
    });
    let twin = Derived::new(move || {
        found.with(|found| match found {
            Ok(parallel) => brushes.with(|brushes| parallel.twin(brushes, what, |item| name_of.run(item))),
            Err(_) => Twin::default(),
        })
    });
    let axis_of = Callback::new(move |place: usize| {
        found.with(|found| found.as_ref().ok().and_then(|parallel| parallel.axes.get(place).cloned()))
    });
    let n_axes = Derived::new(move || found.with(|found| found.as_ref().map_or(0, |one| one.axes.len())));
    let says = Derived::new(move || says.run(brushes.get()));
    let missing = Derived::new(move || found.with(|found| found.as_ref().err().cloned()));
    let is_brushed = Derived::new(move || brushes.with(|brushes| brushes.iter().any(Option::is_some)));
    View::live(move || match missing.get() {
        Some(why) => view! { <p class="lead" role="status" aria-label="Parallel coordinates">{why}</p> },
        None => view! {
            <Chart name="Parallel coordinates" says scene twin tell legend sentence=true>
                {View::live(move || view! { <Strips n_axes=n_axes.get() brushed axis_of on_move fixed_by /> })}
            </Chart>
            <Show when=move || is_brushed.get()>
                <div>
                    <button type="button" class="btn btn--quiet" on:click=move |_| brushed.set(SortedMap::new())>
                        "Clear what is brushed"
                    </button>
                </div>
            </Show>
        },
    })
}

/// A strip over each axis, and its grip where axes can be moved.
#[component]
fn Strips(
    n_axes: usize,
    brushed: Brushed,
    axis_of: Callback<usize, Option<Axis>>,
    #[prop(optional_no_strip)] on_move: Option<Callback<(usize, usize)>>,
    fixed_by: Derived<Option<&'static str>>,
) -> View {
    let grips: Held<Vec<ElementRef>> = Held::new((0..n_axes).map(|_| ElementRef::new(None)).collect());
    let strip = move |place: usize| {
        let name = Derived::new(move || axis_of.run(place).map_or_else(String::new, |axis| axis.name));
        let grip = on_move.map(|on_move| view! { <Grip place n_axes name grips on_move fixed_by /> });
        view! {
            <Brush place n_axes name brushed axis_of />
            {grip}
        }
    };
    (0..n_axes).map(strip).collect()
}

/// Where an axis stands in its picture.
fn left_of(place: usize, n_axes: usize) -> String {
    let across = if n_axes > 1 { place as f64 / (n_axes - 1) as f64 } else { 0.5 };
    format!("calc({SIDE}px + (100% - {}px) * {across:.4})", 2.0 * SIDE)
}

/// The place of the axis nearest to a share of what lies between the first and the last.
fn nearest(share: f64, n_axes: usize) -> usize {
    let last = n_axes.saturating_sub(1);
    ((share * last as f64).round().max(0.0) as usize).min(last)
}

/// What an axis is moved by: dragged to another place, or by arrow keys.
#[component]
fn Grip(
    place: usize,
    n_axes: usize,
    name: Derived<String>,
    grips: Held<Vec<ElementRef>>,
    on_move: Callback<(usize, usize)>,
    fixed_by: Derived<Option<&'static str>>,
) -> View {
    let grip = grips.with(|grips| grips[place]);
    let is_held = State::new(false);
    // The grip at the new place takes over: grips stay where they are, the axes under them change.
    let move_to = move |to: usize| {
        if to != place {
            on_move.run((place, to));
            if let Some(grip) = grips.with(|grips| grips.get(to).and_then(|grip| grip.get_untracked())) {
                // A grip that cannot take the focus leaves it where it was.
                grip.focus().ok();
            }
        }
    };
    let press = move |event: ev::PointerEvent| {
        if let Some(grip) = grip.get_untracked() {
            // Without it a drag ends where the pointer leaves the grip.
            grip.set_pointer_capture(event.pointer_id()).ok();
        }
        is_held.set(true);
    };
    let release = move |event: ev::PointerEvent| {
        if !is_held.get_untracked() {
            return;
        }
        is_held.set(false);
        let picture = grip.get_untracked().and_then(|grip| grip.parent_element());
        let Some(picture) = picture.map(|element| layout::place_of(&element)) else { return };
        let room = (picture.width - 2.0 * SIDE).max(1.0);
        move_to(nearest((f64::from(event.client_x()) - picture.left - SIDE) / room, n_axes));
    };
    let key = move |event: ev::KeyboardEvent| {
        let to = match event.key().as_str() {
            "ArrowLeft" => place.saturating_sub(1),
            "ArrowRight" => (place + 1).min(n_axes.saturating_sub(1)),
            "Home" => 0,
            "End" => n_axes.saturating_sub(1),
            _ => return,
        };
        event.prevent_default();
        move_to(to);
    };
    view! {
        <button
            type="button"
            class="grip brush__grip"
            class:grip--held=move || is_held.get()
            aria-label=move || format!("Move axis {}", name.get())
            title=move || fixed_by.get().unwrap_or("Drag to another place, or press an arrow key")
            prop:disabled=move || fixed_by.get().is_some()
            style:left=left_of(place, n_axes)
            style:top=format!("{}px", ENDS.1 + GRIP_GAP)
            node_ref=grip
            on:pointerdown=press
            on:pointerup=release
            on:pointercancel=move |_| is_held.set(false)
            on:keydown=key
        >
            <svg viewBox="0 0 12 12" aria-hidden="true">
                <path d="M4 2 1 6l3 4M8 2l3 4-3 4M1 6h10" />
            </svg>
        </button>
    }
}

/// What a press took hold of.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Hold {
    Low,
    High,
    /// A new brush that begins here.
    New(f64),
}

/// What a press at a share takes hold of.
fn taken(brush: Option<(f64, f64)>, at: f64) -> Hold {
    let (low, high) = brush.unwrap_or((0.0, 1.0));
    match ((at - low).abs(), (at - high).abs()) {
        (to_low, to_high) if to_low <= GRIP && to_low <= to_high => Hold::Low,
        (_, to_high) if to_high <= GRIP => Hold::High,
        _ => Hold::New(at),
    }
}

/// The brush once what is held is at a share.
fn held_at(hold: Hold, brush: Option<(f64, f64)>, at: f64) -> (f64, f64) {
    let (low, high) = brush.unwrap_or((0.0, 1.0));
    match hold {
        Hold::Low => (at.min(high), high),
        Hold::High => (low, at.max(low)),
        Hold::New(begin) => (begin.min(at), begin.max(at)),
    }
}

/// A brush that keeps all of an axis, or next to nothing, is none.
fn settled((low, high): (f64, f64)) -> Option<(f64, f64)> {
    let is_all = low <= 0.0 && high >= 1.0;
    (!is_all && high - low >= NARROWEST).then_some((low, high))
}

/// Where a key moves the end of a brush, on an axis of so many choices.
fn moved(key: &str, at: f64, n_choices: Option<usize>) -> Option<f64> {
    let step = n_choices.map_or(STEP, |n_choices| 1.0 / n_choices.max(1) as f64);
    let to = match key {
        "ArrowUp" | "ArrowRight" => at + step,
        "ArrowDown" | "ArrowLeft" => at - step,
        "PageUp" => at + PAGE,
        "PageDown" => at - PAGE,
        "Home" => 0.0,
        "End" => 1.0,
        _ => return None,
    };
    Some(to.clamp(0.0, 1.0))
}

/// The brush of one axis: a strip to drag along, and its two ends as sliders.
#[component]
fn Brush(
    place: usize,
    n_axes: usize,
    name: Derived<String>,
    brushed: Brushed,
    axis_of: Callback<usize, Option<Axis>>,
) -> View {
    let strip = ElementRef::new(None);
    let hold: State<Option<Hold>> = State::new(None);
    let brush = Derived::new(move || brushed.with(|brushes| brushes.get(&name.get()).copied()));
    let set = Callback::new(move |new: Option<(f64, f64)>| {
        let key = name.get_untracked();
        brushed.update(|brushes| {
            match new {
                Some(new) => drop(brushes.insert(key, new)),
                None => drop(brushes.remove(&key)),
            };
        });
    });
    let share_at = move |event: &ev::PointerEvent| {
        let place = layout::place_of(&strip.get_untracked()?.into());
        let up = 1.0 - (f64::from(event.client_y()) - place.top) / place.height.max(1.0);
        Some(up.clamp(0.0, 1.0))
    };
    let press = move |event: ev::PointerEvent| {
        let Some(at) = share_at(&event) else { return };
        event.prevent_default();
        if let Some(strip) = strip.get_untracked() {
            // Without it a drag ends where the pointer leaves the strip.
            strip.set_pointer_capture(event.pointer_id()).ok();
        }
        hold.set(Some(taken(brush.get_untracked(), at)));
    };
    let drag = move |event: ev::PointerEvent| {
        if let (Some(hold), Some(at)) = (hold.get_untracked(), share_at(&event)) {
            set.run(Some(held_at(hold, brush.get_untracked(), at)));
        }
    };
    let release = move |event: ev::PointerEvent| {
        let Some(held) = hold.get_untracked() else { return };
        hold.set(None);
        // A press without a drag takes the brush away.
        let moved = share_at(&event).is_some_and(|at| match held {
            Hold::New(begin) => (at - begin).abs() >= NARROWEST,
            Hold::Low | Hold::High => true,
        });
        let brush = brush.get_untracked().filter(|_| moved);
        set.run(brush.and_then(settled));
    };
    let left = left_of(place, n_axes);
    let edge = move |share: f64| format!("{:.1}%", 100.0 * share);
    let kept = move || brush.get().unwrap_or((0.0, 1.0));
    view! {
        <div
            class="brush"
            node_ref=strip
            style:left=left
            style:top=format!("{}px", ENDS.0)
            style:height=format!("{}px", ENDS.1 - ENDS.0)
            on:pointerdown=press
            on:pointermove=drag
            on:pointerup=release
            on:pointercancel=release
        >
            <div
                class="brush__kept"
                class:brush__kept--part=move || brush.with(Option::is_some)
                style:bottom=move || edge(kept().0)
                style:top=move || edge(1.0 - kept().1)
            ></div>
            <End place name is_high=false brush set axis_of />
            <End place name is_high=true brush set axis_of />
        </div>
    }
}

/// One end of a brush.
#[component]
fn End(
    place: usize,
    name: Derived<String>,
    is_high: bool,
    brush: Derived<Option<(f64, f64)>>,
    set: Callback<Option<(f64, f64)>>,
    axis_of: Callback<usize, Option<Axis>>,
) -> View {
    let at = Derived::new(move || {
        let (low, high) = brush.get().unwrap_or((0.0, 1.0));
        if is_high { high } else { low }
    });
    let words = move || axis_of.run(place).map_or_else(String::new, |axis| axis.words(axis.value(at.get())));
    let key = move |event: ev::KeyboardEvent| {
        let key = event.key();
        let axis = untrack(|| axis_of.run(place));
        let n_choices = axis.and_then(|axis| match axis.kind {
            AxisKind::Choices(choices) => Some(choices.len()),
            _ => None,
        });
        if key == "Escape" || key == "Delete" {
            set.run(None);
        } else if let Some(to) = moved(&key, at.get_untracked(), n_choices) {
            let hold = if is_high { Hold::High } else { Hold::Low };
            let new = held_at(hold, brush.get_untracked(), to);
            set.run(Some(new).filter(|(low, high)| *low > 0.0 || *high < 1.0));
        } else {
            return;
        }
        event.prevent_default();
    };
    view! {
        <span
            class="brush__end"
            role="slider"
            tabindex="0"
            aria-label=move || format!("{}, {}", name.get(), if is_high { "at most" } else { "at least" })
            aria-orientation="vertical"
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=move || format!("{:.0}", 100.0 * at.get())
            aria-valuetext=words
            style:bottom=move || format!("{:.1}%", 100.0 * at.get())
            on:keydown=key
        ></span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dragged_axis_lands_at_the_nearest_place() {
        for (share, expected) in [(-0.4, 0), (0.1, 0), (0.4, 1), (0.7, 2), (1.0, 3), (9.0, 3)] {
            assert_eq!(nearest(share, 4), expected, "{share}");
        }
        assert_eq!((nearest(0.5, 1), nearest(0.5, 0)), (0, 0));
    }

    #[test]
    fn brushes_follow_their_axes() {
        let axes = [Axis::even("C", (0.0, 1.0)), Axis::even("F1", (0.0, 1.0))];
        let brushed = SortedMap::from([("F1".to_owned(), (0.5, 1.0)), ("gone".to_owned(), (0.0, 0.1))]);
        assert_eq!(brushes_of(&axes, &brushed), [None, Some((0.5, 1.0))]);
    }

    #[test]
    fn a_press_takes_hold_of_an_end_or_begins_anew() {
        assert_eq!(taken(None, 0.02), Hold::Low);
        assert_eq!(taken(None, 0.97), Hold::High);
        assert_eq!(taken(Some((0.3, 0.6)), 0.58), Hold::High);
        assert_eq!(taken(Some((0.3, 0.6)), 0.45), Hold::New(0.45));
    }

    #[test]
    fn ends_never_pass_each_other() {
        assert_eq!(held_at(Hold::Low, Some((0.2, 0.5)), 0.9), (0.5, 0.5));
        assert_eq!(held_at(Hold::High, Some((0.2, 0.5)), 0.1), (0.2, 0.2));
        assert_eq!(held_at(Hold::New(0.7), Some((0.2, 0.5)), 0.4), (0.4, 0.7));
        assert_eq!(settled((0.0, 1.0)), None);
        assert_eq!(settled((0.5, 0.51)), None);
        assert_eq!(settled((0.0, 0.5)), Some((0.0, 0.5)));
    }

    #[test]
    fn keys_move_an_end() {
        for (key, at, n_choices, expected) in [
            ("ArrowUp", 0.0, None, Some(0.05)),
            ("ArrowUp", 0.0, Some(4), Some(0.25)),
            ("PageDown", 0.1, None, Some(0.0)),
            ("End", 0.3, None, Some(1.0)),
            ("a", 0.3, None, None),
        ] {
            assert_eq!(moved(key, at, n_choices), expected, "{key}");
        }
    }
}
