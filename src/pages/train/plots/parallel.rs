//! All parameters of a model side by side with the score; what is brushed of each axis, by pointer or by keys.

use engine::num::stable_sort;
use leptos::ev;
use leptos::prelude::*;
use markup::view;

use super::figure::{complete, no_trial_yet, nothing_searched, param_axis, score_axis, shades_legend};
use super::slice::coordinate;
use super::told;
use crate::charts::axis::{Axis, AxisKind};
use crate::charts::frame::Chart;
use crate::charts::parallel::{Brushes, ENDS, MAX_LINES, Parallel, Row, SIDE};
use crate::charts::scene::Scene;
use crate::components::button::{Button, Emphasis};
use crate::markup::{ElementRef, For, Show, View};
use crate::reactive::{Callback, Derived, State};
use crate::services::layout;
use crate::state::format;
use crate::state::study_plots::{StudyPlots, StudyTrials, item_of, searched_params};

/// What a key moves the end of a brush by, as a share of the axis.
const STEP: f64 = 0.05;
const PAGE: f64 = 0.2;
/// How near the end of a brush a press takes hold of it, as a share of the axis.
const GRIP: f64 = 0.05;
/// A brush narrower than this is none.
const NARROWEST: f64 = 0.02;

/// The axes with the complete trials that have every parameter, the best first; and how many lack one.
fn parallel(trials: &StudyTrials, search: usize) -> Result<(Parallel, usize), String> {
    let names = searched_params(trials, search);
    if names.is_empty() {
        return Err(nothing_searched());
    }
    let mut rows: Vec<Row> = Vec::new();
    let mut n_all = 0;
    for (trial, score) in complete(trials, search) {
        n_all += 1;
        let values: Option<Vec<f64>> =
            names.iter().map(|name| coordinate(trials, search, trial, *name)).collect();
        if let Some(mut values) = values {
            values.push(score);
            rows.push(Row { values, item: item_of(search, trial) });
        }
    }
    if n_all == 0 {
        return Err(no_trial_yet());
    }
    let n_lacking = n_all - rows.len();
    stable_sort(&mut rows, |a, b| b.values[names.len()].total_cmp(&a.values[names.len()]));
    let space = &trials.spec.searches[search];
    let axes = names.iter().filter_map(|name| Some(param_axis(*name, space.range(*name)?)));
    let score = score_axis(complete(trials, search).map(|(trial, _)| trial));
    Ok((Parallel { axes: axes.chain([score]).collect(), rows }, n_lacking))
}

/// What the picture means.
fn says(parallel: &Parallel, n_lacking: usize, brushes: &Brushes) -> String {
    let n_rows = parallel.rows.len();
    let n_within = parallel.within(brushes).count();
    let best = parallel.within(brushes).next().and_then(|row| row.values.last());
    let within = match best {
        Some(best) if brushes.iter().any(Option::is_some) => format!(
            "{} of {} lie within what is brushed; the best of them scores {}.",
            format::whole(n_within as u64),
            format::counted(n_rows as u64, "trial", "trials"),
            format::score(*best)
        ),
        Some(_) => "A line is a trial: darker is better. Drag along an axis to keep a part of it.".to_owned(),
        None => "No trial lies within what is brushed.".to_owned(),
    };
    let lacking = match n_lacking {
        0 => String::new(),
        n_lacking => {
            let words = format::counted(n_lacking as u64, "trial lacks", "trials lack");
            format!(" {words} a parameter and {} left out.", if n_lacking == 1 { "is" } else { "are" })
        }
    };
    let bound = match n_rows > MAX_LINES {
        true => format!(" The best {} are drawn.", format::whole(MAX_LINES as u64)),
        false => String::new(),
    };
    format!("{within}{lacking}{bound}")
}

/// The picture with its brushes.
#[component]
pub fn AllParameters(plots: StudyPlots) -> View {
    let found = Derived::new(move || {
        plots.trials.with(|trials| {
            let trials = trials.as_ref().ok_or_else(no_trial_yet)?;
            parallel(trials, plots.shown_search(trials))
        })
    });
    let brushes = Derived::new(move || {
        let of_axis = |axis: &Axis| plots.brushes.with(|brushes| brushes.get(&axis.name).copied());
        found.with(|found| match found {
            Ok((parallel, _)) => parallel.axes.iter().map(of_axis).collect(),
            Err(_) => Brushes::new(),
        })
    });
    let scene = Callback::new(move |width: f64| {
        found.with(|found| match found {
            Ok((parallel, _)) => brushes.with(|brushes| parallel.scene(brushes, width)),
            Err(_) => Scene::default(),
        })
    });
    let said = Derived::new(move || {
        found.with(|found| match found {
            Ok((parallel, n_lacking)) => brushes.with(|brushes| says(parallel, *n_lacking, brushes)),
            Err(_) => String::new(),
        })
    });
    let twin = Derived::new(move || {
        let name = |item: u32| {
            plots.trials.with(|trials| trials.as_ref().map(|trials| trials.name(item))).unwrap_or_default()
        };
        found.with(|found| match found {
            Ok((parallel, _)) => brushes.with(|brushes| parallel.twin(brushes, "Trial", name)),
            Err(_) => crate::charts::twin::Twin::default(),
        })
    });
    let axes = move || -> Vec<(usize, usize, String)> {
        found.with(|found| match found {
            Ok((parallel, _)) => {
                let n_axes = parallel.axes.len();
                let names = parallel.axes.iter().map(|axis| axis.name.clone()).enumerate();
                names.map(|(place, name)| (place, n_axes, name)).collect()
            }
            Err(_) => Vec::new(),
        })
    };
    let axis_of = Callback::new(move |place: usize| {
        found.with(|found| found.as_ref().ok().and_then(|(parallel, _)| parallel.axes.get(place).cloned()))
    });
    let missing = Derived::new(move || found.with(|found| found.as_ref().err().cloned()));
    let is_brushed = Derived::new(move || brushes.with(|brushes| brushes.iter().any(Option::is_some)));
    View::live(move || match missing.get() {
        Some(why) => view! { <p class="lead" role="status" aria-label="Parallel coordinates">{why}</p> },
        None => view! {
            <Chart
                name="Parallel coordinates"
                says=said
                scene
                twin
                tell=move |item: u32| told(plots, item)
                legend=shades_legend("low score".to_owned(), "high score".to_owned())
                sentence=true
            >
                <For
                    each=axes
                    key=|(place, n_axes, name)| format!("{place} {n_axes} {name}")
                    children=move |(place, n_axes, name)| view! { <Brush plots place n_axes name axis_of /> }
                />
            </Chart>
            <Show when=move || is_brushed.get()>
                <div>
                    <Button
                        label="Clear what is brushed"
                        on_press=move |()| plots.brushes.set(engine::num::SortedMap::new())
                        emphasis=Emphasis::Quiet
                    />
                </div>
            </Show>
        },
    })
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
    plots: StudyPlots,
    place: usize,
    n_axes: usize,
    name: String,
    axis_of: Callback<usize, Option<Axis>>,
) -> View {
    let strip = ElementRef::new(None);
    let hold: State<Option<Hold>> = State::new(None);
    let key = name.clone();
    let brush = Derived::new(move || plots.brushes.with(|brushes| brushes.get(&key).copied()));
    let key = name.clone();
    let set = Callback::new(move |new: Option<(f64, f64)>| {
        plots.brushes.update(|brushes| {
            match new {
                Some(new) => drop(brushes.insert(key.clone(), new)),
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
    let across = if n_axes > 1 { place as f64 / (n_axes - 1) as f64 } else { 0.5 };
    let left = format!("calc({SIDE}px + (100% - {}px) * {across:.4})", 2.0 * SIDE);
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
            <End place name=name.clone() is_high=false brush set axis_of />
            <End place name is_high=true brush set axis_of />
        </div>
    }
}

/// One end of a brush.
#[component]
fn End(
    place: usize,
    name: String,
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
        let n_choices = axis_of.run(place).and_then(|axis| match axis.kind {
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
            aria-label=format!("{name}, {}", if is_high { "at most" } else { "at least" })
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
    use super::super::figure::SCORE;
    use super::super::samples::{study, two_models};
    use super::*;

    #[test]
    fn trials_without_a_parameter_are_left_out_and_counted() {
        let (found, n_lacking) = parallel(&two_models(), 0).unwrap();
        let names: Vec<&str> = found.axes.iter().map(|axis| axis.name.as_str()).collect();
        assert_eq!(names, ["C", "vectorizer", "norm", SCORE]);
        let items: Vec<u32> = found.rows.iter().map(|row| row.item).collect();
        assert_eq!((items, n_lacking), (vec![2, 0], 1), "the best first");
        let none = vec![None; 4];
        assert!(says(&found, n_lacking, &none).ends_with("1 trial lacks a parameter and is left out."));
    }

    #[test]
    fn what_is_brushed_is_counted() {
        let (found, _) = parallel(&two_models(), 0).unwrap();
        let brushes = vec![Some((0.5, 1.0)), None, None, None];
        assert_eq!(
            says(&found, 0, &brushes),
            "1 of 2 trials lie within what is brushed; the best of them scores 0.820."
        );
        let nothing = vec![Some((0.9, 1.0)), None, None, None];
        assert_eq!(says(&found, 0, &nothing), "No trial lies within what is brushed.");
        assert_eq!(parallel(&study(), 0), Err(no_trial_yet()));
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
