//! A row of the table of runs: a group's head, a run with a cell for each column, a fold.

use std::rc::Rc;

use leptos::ev;
use leptos::prelude::*;
use markup::view;
use track::filter::{Attribute, Key, Value};
use track::run::{Run, RunKind};

use super::keys::box_id;
use super::{Line, Table, figure, lefts};
use crate::components::figures::{ModelKey, Score, run_link, time, version_mark};
use crate::components::runs_table::{KindName, StateChip};
use crate::markup::View;
use crate::reactive::Derived;
use crate::services::clock;
use crate::state::format;
use crate::state::record_views::{model_of, state_word};
use crate::state::run_grid::{Column, Grid, GridRow};

#[component]
pub(super) fn GridLine(table: Table, line: Line) -> View {
    let index = (line.place + 2).to_string();
    let n_columns = line.grid.columns.len().to_string();
    match (&line.row, line.grid.run(&line.row)) {
        (GridRow::Group { .. }, _) => group_line(table, &line, index),
        (GridRow::Run { .. }, Some(run)) => view! { <RunRow table line=line.clone() run=run.clone() /> },
        (GridRow::Fold { fold, .. }, Some(run)) => fold_line(&line.grid, run, *fold, index),
        (GridRow::Waiting(_), _) => view! {
            <tr aria-rowindex=index><td class="grid__name--1" colspan=n_columns>"Loading trials …"</td></tr>
        },
        _ => View::nothing(),
    }
}

/// The arrow before what folds.
fn arrow() -> View {
    view! {
        <svg class="table__arrow" viewBox="0 0 12 12" aria-hidden="true">
            <path d="M4.5 2.5 8 6 4.5 9.5" />
        </svg>
    }
}

fn group_line(table: Table, line: &Line, index: String) -> View {
    let GridRow::Group { value, n_runs, best_and_mean, is_open } = &line.row else { return View::nothing() };
    let grid = &line.grid;
    let name = grid.group_name(value.as_deref());
    let figures = best_and_mean.as_ref().map(|(best, mean)| {
        let best = best.map(|best| format!("best {}, ", format::score(best))).unwrap_or_default();
        format!("{}: {best}mean {}", grid.metric, format::score(*mean))
    });
    let count = format::counted(*n_runs as u64, "run", "runs");
    let value = value.clone();
    view! {
        <tr class="grid__group" aria-rowindex=index>
            <th scope="row" colspan=grid.columns.len().to_string()>
                <button
                    type="button"
                    class="table__fold"
                    aria-expanded=is_open.to_string()
                    on:click=move |_| table.search.toggle(value.clone())
                >
                    {arrow()}
                    <strong>{name}</strong>
                </button>
                <span class="grid__figures">{count} {figures.map(|figures| format!(" · {figures}"))}</span>
            </th>
        </tr>
    }
}

/// A fold has a score and a time, and nothing else of its own.
fn fold_line(grid: &Grid, run: &Run, fold: usize, index: String) -> View {
    let Some(score) = run.folds.get(fold) else { return View::nothing() };
    let cell = |column: &Column| match &column.key {
        Key::Attribute(Attribute::RunName) => {
            view! { <th scope="row" class="grid__pin grid__name--2">{format!("Fold {}", fold + 1)}</th> }
        }
        Key::Metric(name) if name == "cv_f1_macro" => {
            view! { <td class="number"><Score value=Some(score.f1_macro) spread=None /></td> }
        }
        Key::Attribute(Attribute::Duration) => view! { <td class="number">{time(Some(score.fit_ms))}</td> },
        _ => view! { <td></td> },
    };
    view! { <tr aria-rowindex=index>{grid.columns.iter().map(cell).collect::<View>()}</tr> }
}

#[component]
fn RunRow(table: Table, line: Line, run: Rc<Run>) -> View {
    let index = (line.place + 2).to_string();
    let id = run.id.clone();
    let is_chosen = Derived::new(move || table.selection.has(&id));
    let lefts = lefts(&line.grid.columns);
    let cells = line.grid.columns.iter().zip(lefts).map(|(column, left)| {
        if column.key == Key::Attribute(Attribute::RunName) {
            return name_cell(table, &line, &run, is_chosen);
        }
        cell(table, &line.grid, &run, (column, left))
    });
    let cells: View = cells.collect();
    view! {
        <tr class="grid__run" class:grid__run--chosen=move || is_chosen.get() aria-rowindex=index>
            {cells}
        </tr>
    }
}

/// The box that chooses the run, the arrow that unfolds it, and its name.
fn name_cell(table: Table, line: &Line, run: &Rc<Run>, is_chosen: Derived<bool>) -> View {
    let GridRow::Run { depth, is_open, .. } = line.row else { return View::nothing() };
    let place = line.place;
    let class = match depth {
        0 => "grid__pin",
        1 => "grid__pin grid__name--1",
        _ => "grid__pin grid__name--2",
    };
    let key = model_of(run).map(|model| view! { <ModelKey model=Some(model) /> });
    let registered = line.grid.registered(run).cloned();
    let registered = version_mark(registered.as_deref());
    let chosen = run.id.clone();
    let press = move || {
        let is_stretch = table.with_shift.with(|with_shift| *with_shift);
        table.choose(&chosen, is_stretch);
        // A stretch to a run that was chosen leaves it chosen.
        is_chosen.get_untracked()
    };
    let fold = is_open.map(|is_open| fold_button(table, run, is_open));
    view! {
        <th scope="row" class=class style:left="0px">
            <span class="grid__cell">
                <input
                    type="checkbox"
                    class="grid__box"
                    id=box_id(place)
                    aria-label=format!("Choose {}", run.name)
                    prop:checked=move || is_chosen.get()
                    on:focus=move |_| table.focused.set(Some(place))
                    on:blur=move |_| table.focused.set_if_new(None)
                    on:click=move |event: ev::MouseEvent| table.with_shift.set(event.shift_key())
                    on:change:target=move |event| event.target().set_checked(press())
                />
                {fold} {key} {run_link(Some(&run.id), &run.name)} {registered}
            </span>
        </th>
    }
}

fn fold_button(table: Table, run: &Rc<Run>, is_open: bool) -> View {
    let what = if run.kind == RunKind::Study { "trials" } else { "folds" };
    let label = format!("{} {what} of {}", if is_open { "Hide" } else { "Show" }, run.name);
    let (id, is_study) = (run.id.clone(), run.kind == RunKind::Study);
    view! {
        <button
            type="button"
            class="table__fold"
            aria-expanded=is_open.to_string()
            aria-label=label
            on:click=move |_| table.search.unfold(&id, is_study)
        >
            {arrow()}
        </button>
    }
}

/// A run's cell. What can be asked for by its value has a button that does.
fn cell(table: Table, grid: &Grid, run: &Run, (column, left): (&Column, Option<u32>)) -> View {
    let number = if column.is_number { "number" } else { "" };
    let class = if left.is_some() { format!("{number} grid__pin") } else { number.to_owned() };
    let left = left.map(|left| format!("{left}px"));
    let Some(value) = grid.value(run, column) else {
        return view! { <td class=class style:left=left>"–"</td> };
    };
    let key = column.key.clone();
    let (shown, asked, title) = match (&key, value) {
        (Key::Attribute(Attribute::Duration), Value::Number(seconds)) => {
            (View::from(time(Some(seconds * 1000.0))), None, None)
        }
        (Key::Metric(name), Value::Number(number)) if name == "cv_f1_macro" => {
            let spread = run.metrics.get("cv_f1_std").copied();
            (view! { <Score value=Some(number) spread=spread /> }, None, Some(number.to_string()))
        }
        (_, Value::Number(number)) => (View::from(figure(number)), None, Some(number.to_string())),
        (_, Value::At(at)) => {
            let exactly = format::date_time(at, clock::offset_minutes());
            (View::from(format::ago(at, clock::now())), None, Some(exactly))
        }
        (key, Value::Text(text)) => {
            let shown = match key {
                Key::Attribute(Attribute::Status) => view! { <StateChip state=state_word(&run.state) /> },
                Key::Attribute(Attribute::Kind) => view! { <KindName kind=run.kind /> },
                Key::Attribute(Attribute::ExperimentId) => View::from(grid.experiment_name(run)),
                Key::Param(name) if name == "model" => View::from(
                    model_of(run).map_or_else(|| text.clone(), |model| format::model_name(model).to_owned()),
                ),
                _ => View::from(text.clone()),
            };
            (shown, Some(text), None)
        }
    };
    let only = match (asked, &key, run_number(run, &key)) {
        (Some(text), ..) => Some(only_button(table, key, text)),
        (None, Key::Metric(_), Some(least)) => Some(least_button(table, key, least)),
        _ => None,
    };
    view! { <td class=class style:left=left title=title>{shown} {only}</td> }
}

fn run_number(run: &Run, key: &Key) -> Option<f64> {
    if let Key::Metric(name) = key { run.metrics.get(name).copied() } else { None }
}

/// Narrows the filter to runs with at least this much.
fn least_button(table: Table, key: Key, least: f64) -> View {
    let label = format!("Only {key} >= {least}");
    narrowing_button(label, move || table.search.narrow_to(&key, least))
}

/// Narrows the filter to runs with this value.
fn only_button(table: Table, key: Key, text: String) -> View {
    let label = format!("Only {key} = {text}");
    narrowing_button(label, move || table.search.narrow(&key, &text))
}

fn narrowing_button(label: String, narrow: impl Fn() + 'static) -> View {
    view! {
        <button type="button" class="grid__only" aria-label=label.clone() title=label on:click=move |_| narrow()>
            <svg viewBox="0 0 12 12" aria-hidden="true"><path d="M1.5 2h9L7 6.4V10L5 9V6.4z" /></svg>
        </button>
    }
}
