//! The board of charts: cards of the runs that the filter shows, added, moved, made wider and removed, kept as they are.

mod card;

use std::rc::Rc;

use leptos::prelude::*;
use markup::view;
use track::board::{BOARD_COLUMNS, Board, Card as BoardCard, ChartSpec, MAX_CARDS};
use track::id::RunId;
use track::run::RunKind;

use self::card::{CardView, Cards};
use super::charts::body::title;
use super::charts::set::RunSet;
use crate::components::button::{Button, Emphasis};
use crate::components::states::{Loading, Nothing, Problem};
use crate::markup::{For, Show, View};
use crate::reactive::{Callback, Derived, Held, State};
use crate::state::format;
use crate::state::loadable::Loadable;
use crate::state::run_board::RunBoard;
use crate::state::run_search::{Meant, use_run_search};
use crate::state::run_selection::use_run_selection;
use crate::state::tab::use_tab;

/// What can be added: its name, and the chart.
fn kinds() -> [(&'static str, ChartSpec); 9] {
    let metric = |name: &str| format!("metrics.{name}");
    let model = || "params.model".to_owned();
    [
        ("Bars", ChartSpec::Bars { metric: String::new() }),
        ("Scatter", ChartSpec::Scatter { x: metric("accuracy"), y: metric("test_f1"), colour: model() }),
        ("Boxes", ChartSpec::Boxes { value: metric("cv_f1_macro"), by: model() }),
        (
            "Contour",
            ChartSpec::Contour {
                x: "params.C".to_owned(),
                y: "params.max_features".to_owned(),
                value: metric("cv_f1_macro"),
            },
        ),
        ("Parallel coordinates", ChartSpec::Parallel { axes: Vec::new(), colour: String::new() }),
        ("Fold scores", ChartSpec::Folds),
        ("Train against test", ChartSpec::Overfitting),
        ("Confusion matrices", ChartSpec::Confusion),
        ("ROC curves", ChartSpec::Roc { class: 1 }),
    ]
}

/// The runs that are drawn: those the filter means, but for studies, whose trials and fits are.
fn set_of(meant: &Meant) -> RunSet {
    let drawn = meant.runs.iter().filter(|run| run.kind != RunKind::Study).cloned().collect();
    RunSet::new(Rc::new(drawn), meant.dataset_names.clone())
}

/// The board of the page's search.
#[component]
pub fn ChartBoard() -> View {
    let search = use_run_search();
    search.records.need_all();
    let board = RunBoard::new(search.records, Derived::new(move || search.one_experiment()));
    let meant = Derived::new(move || search.meant());
    let is_ready = Derived::new(move || meant.with(Option::is_some));
    let set = Derived::new(move || meant.with(|meant| meant.as_ref().map(set_of).unwrap_or_default()));
    let state = Derived::new(move || match (is_ready.get(), board.board.with(Loadable::without_value)) {
        (false, Loadable::Loaded(())) => Loadable::Loading,
        (_, state) => state,
    });
    View::live(move || match state.get() {
        Loadable::Nothing | Loadable::Loading => view! { <Loading what="charts" /> },
        Loadable::Failed(reason) => {
            view! { <Problem text=reason on_retry=move |()| board.retry() /> }
        }
        Loadable::Loaded(()) => view! { <Whole board set /> },
    })
}

#[component]
fn Whole(board: RunBoard, set: Derived<RunSet>) -> View {
    let selection = use_run_selection();
    let cards = Derived::new(move || board.board.with(|board| board.loaded().cloned().unwrap_or_default()));
    let held: Cards = Cards { elements: Held::new(Vec::new()), over: State::new(None) };
    let on_brush = Callback::new(move |ids: Vec<RunId>| selection.replace(ids));
    let is_empty = Derived::new(move || cards.with(|board| board.cards.is_empty()));
    let has_runs = Derived::new(move || set.with(|set| !set.is_empty()));
    let drawn = move || {
        let n_runs = set.with(RunSet::len) as u64;
        format!(
            "{} drawn; studies are not, their trials and fits are.",
            format::counted(n_runs, "run is", "runs are")
        )
    };
    view! {
        <div class="stack">
            <Tools board cards set />
            <p class="note" role="status" aria-label="Runs drawn">{drawn}</p>
            <Show when=move || !has_runs.get()>
                <Nothing
                    title="No trial or fit to draw"
                    text="Charts show the trials and fits that the filter finds: start a study on the Train page, or take a part of the filter away."
                />
            </Show>
            <Show when=move || is_empty.get()>
                <Nothing title="No chart on this board" text="Add one above: it is kept with this experiment." />
            </Show>
            <Show when=move || has_runs.get()>
                <div class="board">
                    <For
                        each=move || cards.with(|board| board.cards.iter().map(|card| card.id).collect::<Vec<u32>>())
                        key=|id| id.to_string()
                        children=move |id: u32| view! { <CardView id board cards set held on_brush /> }
                    />
                </div>
            </Show>
        </div>
    }
}

/// What can be added, and what was removed last.
#[component]
fn Tools(board: RunBoard, cards: Derived<Board>, set: Derived<RunSet>) -> View {
    let tab = use_tab();
    let cannot_add =
        Derived::new(move || tab.is_reader() || cards.with(|board| board.cards.len() >= MAX_CARDS));
    let kind = move |(name, chart): (&'static str, ChartSpec)| {
        let add = move |()| board.add(chart.clone());
        view! { <Button label=format!("Add {name}") on_press=add disabled=cannot_add /> }
    };
    let removed = move || {
        let card: Option<BoardCard> = board.removed.get();
        card.map(|card| {
            let name = set.with(|set| title(&card.chart, set));
            view! {
                <p class="success">
                    {format!("Removed: {name}.")}
                    <Button
                        label="Undo"
                        on_press=move |()| board.undo()
                        emphasis=Emphasis::Quiet
                        disabled=Derived::new(move || tab.is_reader())
                    />
                </p>
            }
        })
    };
    let problem = move || board.problem.get().map(|text| view! { <Problem text /> });
    view! {
        <details class="chart-choices">
            <summary class="btn btn--plain">"Add a chart"</summary>
            <div class="choices chart-choices__axes">{kinds().into_iter().map(kind).collect::<View>()}</div>
        </details>
        <div role="status" aria-label="Last change of the board">{removed}</div>
        {problem}
    }
}

/// The columns after a step of a key.
fn columns_after(key: &str, columns: u8) -> Option<u8> {
    Some(match key {
        "ArrowRight" | "ArrowUp" => (columns + 1).min(BOARD_COLUMNS),
        "ArrowLeft" | "ArrowDown" => columns.saturating_sub(1),
        "Home" => 0,
        "End" => BOARD_COLUMNS,
        _ => return None,
    })
}

/// The place after a step of a key, of so many cards.
fn place_after(key: &str, place: usize, n_cards: usize) -> Option<usize> {
    let last = n_cards.saturating_sub(1);
    Some(match key {
        "ArrowRight" | "ArrowDown" => (place + 1).min(last),
        "ArrowLeft" | "ArrowUp" => place.saturating_sub(1),
        "Home" => 0,
        "End" => last,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use track::run::Run;

    use super::super::charts::set::samples::fit;
    use super::*;

    #[test]
    fn keys_move_and_widen() {
        for (key, place, expected) in [
            ("ArrowRight", 2, Some(2)),
            ("ArrowDown", 0, Some(1)),
            ("ArrowLeft", 0, Some(0)),
            ("End", 0, Some(2)),
        ] {
            assert_eq!(place_after(key, place, 3), expected, "{key} at {place}");
        }
        assert_eq!((columns_after("ArrowRight", 6), columns_after("ArrowLeft", 3)), (Some(6), Some(2)));
        assert_eq!((columns_after("a", 3), place_after("a", 0, 3)), (None, None));
    }

    #[test]
    fn studies_are_not_drawn() {
        let study = Run { kind: RunKind::Study, ..fit(1, "LinearSVC", 1.0, 0.8) };
        let runs = Rc::new(vec![Rc::new(study), Rc::new(fit(2, "LinearSVC", 1.0, 0.8))]);
        assert_eq!(set_of(&Meant { runs, dataset_names: Rc::default() }).len(), 1);
    }

    #[test]
    fn every_kind_can_be_added() {
        let mut board = Board::default();
        for (name, chart) in kinds() {
            assert!(board.add(chart).is_ok(), "{name}");
        }
    }
}
