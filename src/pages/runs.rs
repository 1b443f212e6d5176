//! `/runs` and `/runs/:id`: everything that was done, studies with what is nested in them, and one run.

pub mod detail;
pub mod filter_box;
pub mod grid;
pub mod tools;

use leptos::prelude::*;
use markup::view;
use track::id::RunId;
use track::run::RunKind;

pub use self::detail::RunPage;
use self::grid::{RunGrid, state_of};
use self::tools::Tools;
use crate::components::button::{ButtonLink, Emphasis};
use crate::components::page_head::PageHead;
use crate::components::runs_table::{N_COLUMNS, RunLine, RunsHead};
use crate::components::states::{Loading, Nothing, Problem};
use crate::markup::{For, Show, View};
use crate::reactive::{Derived, State};
use crate::router::use_router;
use crate::state::format;
use crate::state::loadable::Loadable;
use crate::state::run_grid::Asked;
use crate::state::run_search::RunSearch;
use crate::state::runs::{Runs, use_runs};
use crate::state::views::RunRow;

/// Trials of a study shown at once.
const TRIALS_SHOWN: usize = 100;

/// The page of all runs.
#[component]
pub fn RunsPage() -> View {
    let runs = use_runs();
    runs.want();
    let sub = move || match runs.n_runs.get() {
        0 => String::new(),
        n_runs => format::counted(n_runs, "run is kept", "runs are kept"),
    };
    let body = move || {
        runs.rows.with(|rows| match rows {
            Loadable::Nothing => NothingYet(),
            Loadable::Loading => view! { <Loading what="runs" /> },
            Loadable::Failed(reason) => {
                view! { <Problem text=reason.clone() on_retry=move |()| runs.retry() /> }
            }
            Loadable::Loaded(_) => View::nothing(),
        })
    };
    let has_rows = Derived::new(move || runs.rows.with(|rows| rows.loaded().is_some()));
    view! {
        <PageHead title="Runs" sub=Derived::new(sub)>
            <ButtonLink href="/train" label="Start a study" emphasis=Emphasis::Primary />
        </PageHead>
        {body}
        <Show when=move || has_rows.get()>
            <Found runs />
        </Show>
    }
}

/// The search, and what it found: studies with what belongs to them where nothing is asked.
#[component]
fn Found(runs: Runs) -> View {
    let search = RunSearch::new(runs, use_router());
    let is_plain = Derived::new(move || search.asked.with(Asked::is_plain));
    let state = Derived::new(move || if is_plain.get() { None } else { Some(state_of(search)) });
    let body = View::live(move || match state.get() {
        None => view! { <RunsTable runs /> },
        Some(Loadable::Loading) => view! { <Loading what="runs" /> },
        Some(Loadable::Failed(reason)) => {
            view! { <Problem text=reason on_retry=move |()| search.retry() /> }
        }
        Some(Loadable::Nothing) => view! {
            <Nothing title="No run is like that" text="Take a part of the filter away, or clear it to see all runs again." />
        },
        Some(Loadable::Loaded(())) => view! { <RunGrid search /> },
    });
    view! {
        <section class="card stack" aria-label="All runs">
            <Tools search />
            {body}
        </section>
    }
}

#[component]
fn NothingYet() -> View {
    view! {
        <Nothing
            title="No runs yet"
            text="Every study, trial and fit is kept here with its settings and scores. Start a study on the Train page, and it stands here while it runs."
        />
    }
}

/// A line of the table.
#[derive(Clone, PartialEq)]
enum Line {
    Run(RunRow),
    Waiting(RunId),
    Failed(RunId, String),
    More(RunId, usize),
}

impl Line {
    /// Changes whenever what the line shows does.
    fn key(&self) -> String {
        match self {
            Self::Run(row) => {
                let cv = row.cv.map(|cv| cv.to_string()).unwrap_or_default();
                let registered = row.registered.as_deref().unwrap_or_default();
                format!("run {} {} {cv} {registered}", row.id, row.state.as_str())
            }
            Self::Waiting(study) => format!("waiting {study}"),
            Self::Failed(study, reason) => format!("failed {study} {reason}"),
            Self::More(study, n_hidden) => format!("more {study} {n_hidden}"),
        }
    }
}

/// Studies, each with its fits, and with its trials where it is unfolded.
fn lines(runs: Runs, limit: usize) -> Vec<Line> {
    let rows = runs.rows.with(|rows| rows.loaded().cloned().unwrap_or_default());
    runs.trials.with(|open| {
        let mut lines = Vec::with_capacity(rows.len());
        let mut family: Option<RunId> = None;
        for row in rows {
            if row.kind == RunKind::Study {
                push_trials(&mut lines, family.replace(row.id.clone()), open, limit);
            }
            lines.push(Line::Run(row));
        }
        push_trials(&mut lines, family, open, limit);
        lines
    })
}

fn push_trials(
    lines: &mut Vec<Line>,
    study: Option<RunId>,
    open: &engine::num::SortedMap<RunId, Loadable<Vec<RunRow>>>,
    limit: usize,
) {
    let Some(study) = study else { return };
    match open.get(&study) {
        None | Some(Loadable::Nothing) => {}
        Some(Loadable::Loading) => lines.push(Line::Waiting(study)),
        Some(Loadable::Failed(reason)) => lines.push(Line::Failed(study, reason.clone())),
        Some(Loadable::Loaded(trials)) => {
            lines.extend(trials.iter().take(limit).cloned().map(Line::Run));
            if trials.len() > limit {
                lines.push(Line::More(study, trials.len() - limit));
            }
        }
    }
}

#[component]
fn RunsTable(runs: Runs) -> View {
    let limit = State::new(TRIALS_SHOWN);
    let shown = move |line: Line| match line {
        Line::Run(row) if row.kind == RunKind::Study => {
            let (study, name) = (row.id.clone(), row.name.clone());
            view! {
                <RunLine row>
                    <Fold runs study name />
                </RunLine>
            }
        }
        Line::Run(row) => view! { <RunLine row /> },
        Line::Waiting(_) => {
            view! { <tr><td colspan=N_COLUMNS.to_string()>"Loading trials …"</td></tr> }
        }
        Line::Failed(_, reason) => {
            view! { <tr><td colspan=N_COLUMNS.to_string()>{reason}</td></tr> }
        }
        Line::More(_, n_hidden) => {
            let words = format!("Show {} more", format::counted(n_hidden as u64, "trial", "trials"));
            view! {
                <tr>
                    <td colspan=N_COLUMNS.to_string()>
                        <button type="button" class="btn btn--plain btn--small" on:click=move |_| limit.update(|limit| *limit *= 4)>
                            {words}
                        </button>
                    </td>
                </tr>
            }
        }
    };
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Runs, all columns">
            <table class="table" aria-label="Runs">
                <RunsHead />
                <tbody>
                    <For each=move || lines(runs, limit.get()) key=Line::key children=shown />
                </tbody>
            </table>
        </div>
    }
}

/// The arrow that shows or hides a study's trials.
#[component]
fn Fold(runs: Runs, study: RunId, name: String) -> View {
    let is_open = {
        let study = study.clone();
        Derived::new(move || runs.is_open(&study))
    };
    let label = move || format!("{} trials of {name}", if is_open.get() { "Hide" } else { "Show" });
    view! {
        <button
            type="button"
            class="table__fold"
            aria-expanded=move || is_open.get().to_string()
            aria-label=label
            on:click=move |_| runs.toggle(study.clone())
        >
            <svg class="table__arrow" viewBox="0 0 12 12" aria-hidden="true">
                <path d="M4.5 2.5 8 6 4.5 9.5" />
            </svg>
        </button>
    }
}
