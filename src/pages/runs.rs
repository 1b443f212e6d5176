//! `/runs` and `/runs/:id`: everything that was done, studies with what is nested in them, and one run.

pub mod report_button;
pub mod last_change;
pub mod chosen;
pub mod columns;
pub mod charts;
pub mod board;
pub mod compare;
pub mod detail;
pub mod experiments;
pub mod filter_box;
pub mod grid;
pub mod tools;
pub mod views;

use leptos::prelude::*;
use markup::view;

use self::board::ChartBoard;
use self::chosen::ChosenRuns;
pub use self::compare::ComparePage;
pub use self::detail::RunPage;
use self::experiments::ExperimentList;
use self::grid::{RunGrid, state_of};
use self::tools::Tools;
use crate::components::button::{ButtonLink, Emphasis};
use crate::components::page_head::PageHead;
use crate::components::states::{Loading, Nothing, Problem};
use crate::components::tabs::{Tab, Tabs};
use crate::markup::{Show, View};
use crate::reactive::Derived;
use crate::router::use_router;
use crate::state::format;
use crate::state::loadable::Loadable;
use crate::state::run_grid::Asked;
use crate::state::run_records::use_run_records;
use crate::state::run_search::{RunSearch, provide_run_search, use_run_search};
use crate::state::runs::use_runs;

/// The page of all runs.
#[component]
pub fn RunsPage() -> View {
    let runs = use_runs();
    let records = use_run_records();
    let search = RunSearch::new(records, use_router());
    let sub = move || match runs.n_runs.get() {
        0 => String::new(),
        n_runs => format::counted(n_runs, "run is kept", "runs are kept"),
    };
    let body = move || {
        records.all.with(|all| match all {
            Loadable::Nothing => NothingYet(),
            Loadable::Loading => view! { <Loading what="runs" /> },
            Loadable::Failed(reason) => {
                view! { <Problem text=reason.clone() on_retry=move |()| records.retry() /> }
            }
            Loadable::Loaded(_) => View::nothing(),
        })
    };
    let has_rows = Derived::new(move || records.all.with(|all| all.loaded().is_some()));
    view! {
        <PageHead title="Runs" sub=Derived::new(sub)>
            <ButtonLink href="/train" label="Start a study" emphasis=Emphasis::Primary />
        </PageHead>
        {body}
        <Show when=move || has_rows.get()>
            <Found search />
        </Show>
    }
}

/// The ways to show runs.
const VIEWS: &[Tab] = &[
    Tab { key: "table", name: "Table", body: table },
    Tab { key: "charts", name: "Charts", body: ChartBoard },
];

/// The runs that were found, in a table.
fn table() -> View {
    let search = use_run_search();
    let state = Derived::new(move || state_of(search));
    View::live(move || match state.get() {
        Loadable::Loading => view! { <Loading what="runs" /> },
        Loadable::Failed(reason) => {
            view! { <Problem text=reason on_retry=move |()| search.records.retry() /> }
        }
        Loadable::Nothing => nothing_found(search),
        Loadable::Loaded(()) => view! { <RunGrid search /> },
    })
}

/// The search, and what it found.
#[component]
fn Found(search: RunSearch) -> View {
    provide_run_search(search);
    view! {
        <section class="card stack" aria-label="All runs">
            <ExperimentList search />
            <Tools search />
            <ChosenRuns search />
            <Tabs name="How runs are shown" parameter="view" tabs=VIEWS />
        </section>
    }
}

/// Why there is no row, and what to do about it.
fn nothing_found(search: RunSearch) -> View {
    let (is_trash, is_plain) = search.asked.with(|asked| (asked.is_trash, Asked::is_tree(asked)));
    match (is_trash, is_plain) {
        (true, true) => view! {
            <Nothing title="The trash is empty" text="Runs that are deleted lie here until they are restored." />
        },
        (false, true) => view! {
            <Nothing title="No runs here yet" text="Start a study on the Train page, and it stands here while it runs." />
        },
        _ => view! {
            <Nothing title="No run is like that" text="Take a part of the filter away, or clear it to see all runs again." />
        },
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
