//! The table of runs: only the rows in sight are drawn. Runs are chosen in it by pointer and by keys.

mod head;
mod keys;
mod row;

use std::rc::Rc;

use leptos::prelude::*;
use markup::view;

use self::head::Head;
use self::keys::{Keys, Move};
use self::row::GridLine;
use crate::components::sight::Sight;
use crate::markup::{For, View};
use crate::reactive::{Derived, Held, State};
use crate::services::layout;
use crate::state::format;
use crate::state::loadable::Loadable;
use crate::state::run_grid::{Column, Grid, GridRow};
use crate::state::run_search::RunSearch;
use crate::state::run_selection::{RunSelection, use_run_selection};

/// Height of a row in pixels, as `--grid-row` in the style sheet.
const ROW_HEIGHT: f64 = 40.0;

/// Its tallest, as a share of the window's height: `max-height` of `.grid` in the style sheet.
const HEIGHT: f64 = 0.7;

/// What rows and heads of one table share.
#[derive(Clone, Copy)]
struct Table {
    search: RunSearch,
    selection: RunSelection,
    grid: Derived<Option<Rc<Grid>>>,
    /// The row whose box has the focus.
    focused: State<Option<usize>>,
    /// The last press was made with the shift key.
    with_shift: Held<bool>,
}

/// The table; it has a head for every column, which orders the runs.
#[component]
pub fn RunGrid(
    /// Whose answer.
    search: RunSearch,
) -> View {
    let sight = State::new(Sight::at_most(HEIGHT));
    let grid = Derived::new(move || search.grid.with(|grid| grid.loaded().cloned()));
    let table = Table {
        search,
        selection: use_run_selection(),
        grid,
        focused: State::new(None),
        with_shift: Held::new(false),
    };
    let columns = Derived::new(move || {
        grid.with(|grid| grid.as_ref().map(|grid| grid.columns.clone()).unwrap_or_default())
    });
    let n_rows = move || grid.with(|grid| grid.as_ref().map_or(0, |grid| grid.rows.len()));
    let drawn = Derived::new(move || sight.get().drawn(ROW_HEIGHT, n_rows()));
    let lines = move || {
        let range = drawn.with(|drawn| drawn.rows.clone());
        grid.with(|grid| {
            let Some(grid) = grid else { return Vec::new() };
            let rows = grid.rows.get(range.clone()).unwrap_or_default();
            let line = |(place, row): (usize, &GridRow)| Line { grid: grid.clone(), row: row.clone(), place };
            range.clone().zip(rows).map(line).collect()
        })
    };
    let scrolled = move |(top, height)| sight.set_if_new(Sight { top, height });
    let head = move || {
        let lefts = lefts(&columns.get());
        let head = |(column, left)| view! { <Head table column left /> };
        columns.get().into_iter().zip(lefts).map(head).collect::<View>()
    };
    let keys = Keys { table };
    view! {
        <div
            class="table-scroll grid"
            tabindex="0"
            role="region"
            aria-label="Runs, all columns"
            on:scroll:target=move |event| scrolled(layout::scrolled(&event.target()))
            on:keydown=move |event| keys.pressed(&event)
        >
            <table
                class="table grid__table"
                aria-label="Runs"
                aria-rowcount=move || (n_rows() + 1).to_string()
                style:min-width=move || format!("{}px", columns.with(|columns| total_width(columns)))
            >
                <colgroup>{move || widths(&columns.get())}</colgroup>
                <thead>
                    <tr aria-rowindex="1">{head}</tr>
                </thead>
                <tbody>
                    <tr class="grid__space" aria-hidden="true" style:height=move || format!("{:.0}px", drawn.with(|drawn| drawn.above))></tr>
                    <For each=lines key=Line::key children=move |line: Line| view! { <GridLine table line /> } />
                    <tr
                        class="grid__space"
                        aria-hidden="true"
                        style:height=move || format!("{:.0}px", drawn.with(|drawn| drawn.below))
                    ></tr>
                </tbody>
            </table>
        </div>
    }
}

fn total_width(columns: &[Column]) -> u32 {
    columns.iter().map(|column| column.width).sum()
}

/// Every column as wide as it is asked to be; the last takes the room that is left.
fn widths(columns: &[Column]) -> View {
    let last = columns.len().saturating_sub(1);
    let width = |(place, column): (usize, &Column)| {
        let width = (place != last).then(|| format!("{}px", column.width));
        view! { <col style:width=width /> }
    };
    columns.iter().enumerate().map(width).collect()
}

/// How far from the left edge each column stays, where it is pinned.
fn lefts(columns: &[Column]) -> Vec<Option<u32>> {
    let mut left = 0;
    let mut of = |column: &Column| {
        let own = column.is_pinned.then_some(left);
        left += column.width;
        own
    };
    columns.iter().map(&mut of).collect()
}

impl Table {
    /// A box was pressed: its run is chosen or not, with the shift key all from the one before to it.
    fn choose(self, run: &track::id::RunId, is_stretch: bool) {
        if is_stretch {
            self.selection.stretch(&self.shown(), run);
        } else {
            self.selection.toggle(run);
        }
    }

    /// Chooses every run that has a row.
    fn choose_all(self) {
        self.selection.replace(self.shown());
    }

    fn shown(self) -> Vec<track::id::RunId> {
        self.grid.with_untracked(|grid| {
            grid.as_ref().map(|grid| grid.runs().map(|run| run.id.clone()).collect()).unwrap_or_default()
        })
    }

    /// The next row of a run from a row on, in a direction.
    fn next(self, from: usize, step: Move) -> Option<usize> {
        self.grid.with_untracked(|grid| {
            let rows = &grid.as_ref()?.rows;
            let is_run = |place: &usize| matches!(rows.get(*place), Some(GridRow::Run { .. }));
            match step {
                Move::Down => (from + 1..rows.len()).find(is_run),
                Move::Up => (0..from.min(rows.len())).rev().find(is_run),
            }
        })
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
        // A record that changes is another one.
        let record = self.grid.run(&self.row).map(Rc::as_ptr);
        let record = record.map_or(0, |record| record as usize);
        let (place, shape) = (self.place, &self.grid.shape);
        match &self.row {
            GridRow::Group { value, n_runs, best_and_mean, is_open } => {
                let value = value.as_ref().map_or_else(String::new, |value| format!("={value}"));
                let figures =
                    best_and_mean.map(|(best, mean)| format!("{} {mean}", best.unwrap_or_default()));
                let figures = figures.unwrap_or_default();
                format!("group {value} {n_runs} {figures} {is_open} {}", self.grid.columns.len())
            }
            GridRow::Run { depth, is_open, .. } => {
                let is_open = is_open.map_or("", |is_open| if is_open { "open" } else { "closed" });
                format!("{place} {record} {depth} {is_open} {shape}")
            }
            GridRow::Fold { fold, .. } => format!("fold {place} {record} {fold} {shape}"),
            GridRow::Waiting(_) => format!("waiting {place} {record}"),
        }
    }
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

/// Shares as scores, whole numbers whole.
fn figure(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() >= 2.0 { format!("{number}") } else { format::score(number) }
}

#[cfg(test)]
mod tests {
    use track::filter::Key;

    use super::*;

    #[test]
    fn pinned_columns_stay_beside_each_other() {
        let column = |width, is_pinned| Column {
            key: Key::Metric("f1".into()),
            name: String::new(),
            is_number: true,
            is_pinned,
            width,
        };
        let columns = [column(300, true), column(90, true), column(80, false)];
        assert_eq!(lefts(&columns), [Some(0), Some(300), None]);
        assert_eq!(total_width(&columns), 470);
    }

    #[test]
    fn figures_are_short() {
        for (number, expected) in [(0.81234, "0.812"), (1.0, "1.000"), (2000.0, "2000"), (12.5, "12.500")] {
            assert_eq!(figure(number), expected);
        }
    }
}
