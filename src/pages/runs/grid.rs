//! The table of runs that a search found: only the rows in sight are drawn.

use std::rc::Rc;

use leptos::ev;
use leptos::prelude::*;
use markup::view;
use track::filter::{Attribute, Key, Value};
use track::run::Run;

use crate::components::figures::{ModelKey, run_link, time};
use crate::components::runs_table::{KindName, StateChip};
use crate::markup::{For, View};
use crate::reactive::{Derived, State};
use crate::services::{clock, layout};
use crate::state::format;
use crate::state::loadable::Loadable;
use crate::state::record_views::{model_of, state_word};
use crate::state::run_grid::{Column, Grid, GridRow};
use crate::state::run_search::RunSearch;

/// Height of a row in pixels, as `--grid-row` in the style sheet.
const ROW_HEIGHT: f64 = 40.0;
/// Rows drawn above and below those in sight.
const MARGIN_ROWS: usize = 12;
/// Height of the part in sight until it is known.
const FIRST_HEIGHT: f64 = 800.0;

/// How far the table is scrolled, and how much of it is in sight.
#[derive(Clone, Copy, PartialEq)]
struct Sight {
    top: f64,
    height: f64,
}

impl Sight {
    /// The rows to draw of `n_rows`.
    fn rows(self, n_rows: usize) -> std::ops::Range<usize> {
        let first = (self.top / ROW_HEIGHT) as usize;
        let n_seen = (self.height / ROW_HEIGHT).ceil() as usize + 1;
        let end = (first + n_seen + MARGIN_ROWS).min(n_rows);
        first.saturating_sub(MARGIN_ROWS).min(end)..end
    }
}

/// The table; it has a head for every column, which orders the runs.
#[component]
pub fn RunGrid(
    /// Whose answer.
    search: RunSearch,
) -> View {
    let sight = State::new(Sight { top: 0.0, height: FIRST_HEIGHT });
    let grid = Derived::new(move || search.grid.with(|grid| grid.loaded().cloned()));
    let columns = Derived::new(move || {
        grid.with(|grid| grid.as_ref().map(|grid| grid.columns.clone()).unwrap_or_default())
    });
    let n_rows = move || grid.with(|grid| grid.as_ref().map_or(0, |grid| grid.rows.len()));
    let drawn = Derived::new(move || sight.get().rows(n_rows()));
    let space = move |n_rows: usize| format!("{:.0}px", n_rows as f64 * ROW_HEIGHT);
    let lines = move || {
        let range = drawn.get();
        grid.with(|grid| {
            let Some(grid) = grid else { return Vec::new() };
            let rows = grid.rows.get(range.clone()).unwrap_or_default();
            let line = |(place, row): (usize, &GridRow)| Line { grid: grid.clone(), row: row.clone(), place };
            range.clone().zip(rows).map(line).collect()
        })
    };
    let scrolled = move |(top, height)| sight.set_if_new(Sight { top, height });
    let head =
        move || columns.get().into_iter().map(|column| view! { <Head search column /> }).collect::<View>();
    let widths = move || {
        let width = |column: Column| view! { <col class=width_class(&column) /> };
        columns.get().into_iter().map(width).collect::<View>()
    };
    view! {
        <div
            class="table-scroll grid"
            tabindex="0"
            role="region"
            aria-label="Runs, all columns"
            on:scroll:target=move |event| scrolled(layout::scrolled(&event.target()))
        >
            <table class="table grid__table" aria-label="Runs" aria-rowcount=move || (n_rows() + 1).to_string()>
                <colgroup>{widths}</colgroup>
                <thead>
                    <tr aria-rowindex="1">{head}</tr>
                </thead>
                <tbody>
                    <tr class="grid__space" aria-hidden="true" style:height=move || space(drawn.with(|drawn| drawn.start))></tr>
                    <For each=lines key=Line::key children=move |line: Line| view! { <GridLine search line /> } />
                    <tr
                        class="grid__space"
                        aria-hidden="true"
                        style:height=move || space(n_rows().saturating_sub(drawn.with(|drawn| drawn.end)))
                    ></tr>
                </tbody>
            </table>
        </div>
    }
}

/// A row to draw.
#[derive(Clone)]
struct Line {
    grid: Rc<Grid>,
    row: GridRow,
    place: usize,
}

impl Line {
    /// Changes whenever what the line shows does.
    fn key(&self) -> String {
        let columns = || self.grid.columns.iter().map(|column| column.key.to_string()).collect::<String>();
        match (&self.row, self.grid.run(&self.row)) {
            (GridRow::Group { value, n_runs, best_and_mean, is_open }, _) => {
                format!("group {value:?} {n_runs} {best_and_mean:?} {is_open} {}", self.grid.columns.len())
            }
            (GridRow::Run(_), Some(run)) => {
                format!("{} {} {:?} {}", self.place, run.id, state_word(&run.state), columns())
            }
            (GridRow::Run(_), None) => String::new(),
        }
    }
}

/// The head of a column: a press orders by it, with the shift key also by it.
#[component]
fn Head(search: RunSearch, column: Column) -> View {
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
    let press = move |event: ev::MouseEvent| {
        let also = event.shift_key();
        search.ask(|asked| asked.sorted_by(&key, also));
    };
    let class = if column.is_number { "number" } else { "" };
    view! {
        <th scope="col" class=class aria-sort=order title=column.key.to_string()>
            <button type="button" class="grid__head" on:click=press>
                {column.name} <span aria-hidden="true">{arrow}</span>
            </button>
        </th>
    }
}

fn width_class(column: &Column) -> &'static str {
    match &column.key {
        Key::Attribute(Attribute::RunName) => "grid__wide",
        _ if column.is_number => "grid__narrow",
        _ => "grid__middle",
    }
}

#[component]
fn GridLine(search: RunSearch, line: Line) -> View {
    let index = (line.place + 2).to_string();
    match (&line.row, line.grid.run(&line.row)) {
        (GridRow::Group { value, n_runs, best_and_mean, is_open }, _) => {
            let value = value.clone();
            let (name, n_columns) =
                (value.clone().unwrap_or_else(|| "without it".to_owned()), line.grid.columns.len());
            let figures = best_and_mean.as_ref().map(|(best, mean)| {
                format!("{}: best {}, mean {}", line.grid.metric, format::score(*best), format::score(*mean))
            });
            let count = format::counted(*n_runs as u64, "run", "runs");
            view! {
                <tr class="grid__group" aria-rowindex=index>
                    <th scope="row" colspan=n_columns.to_string()>
                        <button
                            type="button"
                            class="table__fold"
                            aria-expanded=is_open.to_string()
                            on:click=move |_| search.toggle(value.clone())
                        >
                            <svg class="table__arrow" viewBox="0 0 12 12" aria-hidden="true">
                                <path d="M4.5 2.5 8 6 4.5 9.5" />
                            </svg>
                            <strong>{name}</strong>
                        </button>
                        <span class="grid__figures">{count} {figures.map(|figures| format!(" · {figures}"))}</span>
                    </th>
                </tr>
            }
        }
        (GridRow::Run(_), Some(run)) => {
            let cell = |column: &Column| cell(search, &line.grid, run, column);
            view! { <tr aria-rowindex=index>{line.grid.columns.iter().map(cell).collect::<View>()}</tr> }
        }
        (GridRow::Run(_), None) => View::nothing(),
    }
}

/// A run's cell. What can be asked for by its value is a button that does.
fn cell(search: RunSearch, grid: &Grid, run: &Run, column: &Column) -> View {
    let value = grid.value(run, column);
    if column.key == Key::Attribute(Attribute::RunName) {
        let key = model_of(run).map(|model| view! { <ModelKey model=Some(model) /> });
        return view! { <th scope="row">{key} {run_link(Some(&run.id), &run.name)}</th> };
    }
    let class = if column.is_number { "number" } else { "" };
    let Some(value) = value else { return view! { <td class=class>"–"</td> } };
    match (&column.key, value) {
        (Key::Attribute(Attribute::Duration), Value::Number(seconds)) => {
            view! { <td class=class>{time(Some(seconds * 1000.0))}</td> }
        }
        (_, Value::Number(number)) => {
            view! { <td class=class title=number.to_string()>{figure(number)}</td> }
        }
        (_, Value::At(at)) => {
            let exactly = format::date_time(at, clock::offset_minutes());
            view! { <td class=class title=exactly>{format::ago(at, clock::now())}</td> }
        }
        (key, Value::Text(text)) => {
            let shown = match key {
                Key::Attribute(Attribute::Status) => view! { <StateChip state=state_word(&run.state) /> },
                Key::Attribute(Attribute::Kind) => view! { <KindName kind=run.kind /> },
                Key::Param(name) if name == "model" => View::from(
                    model_of(run).map_or_else(|| text.clone(), |model| format::model_name(model).to_owned()),
                ),
                _ => View::from(text.clone()),
            };
            let (key, label) = (key.clone(), format!("Only {key} = {text}"));
            let narrow = move |_| search.narrow(&key, &text);
            view! {
                <td class=class>
                    {shown}
                    <button type="button" class="grid__only" aria-label=label.clone() title=label on:click=narrow>
                        <svg viewBox="0 0 12 12" aria-hidden="true"><path d="M1.5 2h9L7 6.4V10L5 9V6.4z" /></svg>
                    </button>
                </td>
            }
        }
    }
}

/// Shares as scores, whole numbers whole.
fn figure(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() >= 2.0 { format!("{number}") } else { format::score(number) }
}

/// Whether there is nothing to show, and why.
pub fn state_of(search: RunSearch) -> Loadable<()> {
    search.grid.with(|grid| match grid {
        Loadable::Nothing => Loadable::Nothing,
        Loadable::Loading => Loadable::Loading,
        Loadable::Failed(reason) => Loadable::Failed(reason.clone()),
        Loadable::Loaded(grid) if grid.n_meant == 0 => Loadable::Nothing,
        Loadable::Loaded(_) => Loadable::Loaded(()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(top: f64, height: f64, n_rows: usize, expected: std::ops::Range<usize>) {
        assert_eq!(Sight { top, height }.rows(n_rows), expected);
    }

    #[test]
    fn rows_in_sight_and_some_more_are_drawn() {
        check(0.0, 400.0, 10_000, 0..23);
        check(4_000.0, 400.0, 10_000, 88..123);
        check(0.0, 400.0, 3, 0..3);
        check(9_999.0 * ROW_HEIGHT, 400.0, 10_000, 9_987..10_000);
        check(1_000_000.0, 400.0, 5, 5..5);
        check(0.0, 400.0, 0, 0..0);
    }

    #[test]
    fn figures_are_short() {
        for (number, expected) in [(0.81234, "0.812"), (1.0, "1.000"), (2000.0, "2000"), (12.5, "12.500")] {
            assert_eq!(figure(number), expected);
        }
    }
}
