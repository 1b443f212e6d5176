//! `/runs/compare`: some runs side by side: their records, their pictures, and what two of them predict.

mod table;
mod pictures;
mod predictions;

use leptos::prelude::*;
use markup::view;

use self::pictures::Pictures;
use self::predictions::Predictions;
use self::table::SideBySide;
use crate::components::button::{ButtonLink, Emphasis};
use crate::components::page_head::PageHead;
use crate::components::states::{Loading, Nothing, Problem};
use crate::markup::{Show, View};
use crate::pages::runs::report_button::ReportButton;
use crate::reactive::Derived;
use crate::router::use_router;
use crate::state::comparing::{Comparing, provide_comparing};
use crate::state::format;
use crate::state::lab::use_lab;
use crate::state::loadable::Loadable;
use crate::state::run_selection::COMPARED;
use crate::state::stored_fits::use_stored_fits;

/// The page.
#[component]
pub fn ComparePage() -> View {
    let comparing = Comparing::new(use_stored_fits(), use_lab(), use_router());
    provide_comparing(comparing);
    let n_runs = Derived::new(move || comparing.ids.with(Vec::len));
    let sub = Derived::new(move || match n_runs.get() {
        0 => String::new(),
        n_runs => format::counted(n_runs as u64, "run", "runs"),
    });
    let state = Derived::new(move || {
        comparing.runs.with(|runs| match runs {
            Loadable::Loaded(found) if found.runs.len() < *COMPARED.start() => Loadable::Nothing,
            other => other.without_value(),
        })
    });
    let body = View::live(move || match state.get() {
        Loadable::Nothing => TooFew(),
        Loadable::Loading => view! { <Loading what="the runs" /> },
        Loadable::Failed(reason) => {
            view! { <Problem text=reason on_retry=move |()| comparing.retry() /> }
        }
        Loadable::Loaded(()) => view! { <Body comparing /> },
    });
    let is_shown = Derived::new(move || state.with(|state| matches!(state, Loadable::Loaded(()))));
    let button = move || is_shown.get().then(|| view! { <ReportButton ids=comparing.ids /> });
    view! {
        <PageHead title="Compare runs" sub>
            {button}
            <ButtonLink href="/runs" label="See all runs" />
        </PageHead>
        {body}
    }
}

#[component]
fn Body(comparing: Comparing) -> View {
    let n_missing = Derived::new(move || {
        comparing.runs.with(|runs| runs.loaded().map_or(0, |runs| runs.n_missing as u64))
    });
    let missing = move || {
        let are = if n_missing.get() == 1 { "is" } else { "are" };
        format!("{} {are} not on this device any more.", format::counted(n_missing.get(), "run", "runs"))
    };
    view! {
        <div class="stack">
            <Show when=move || n_missing.get().gt(&0)>
                <p class="note" role="status">{missing}</p>
            </Show>
            <SideBySide comparing />
            <Pictures />
            <Predictions comparing />
        </div>
    }
}

#[component]
fn TooFew() -> View {
    let text = format!(
        "Choose {} to {} runs in the table of all runs, and press Compare: their settings, scores, pictures and \
         predictions stand here side by side.",
        COMPARED.start(),
        COMPARED.end()
    );
    view! {
        <Nothing title="Choose runs to compare" text>
            <ButtonLink href="/runs" label="Choose runs" emphasis=Emphasis::Primary />
        </Nothing>
    }
}
