//! The button that offers a report of what a page shows.

use leptos::prelude::*;
use markup::view;
use track::id::RunId;

use crate::components::button::Button;
use crate::components::states::Problem;
use crate::markup::View;
use crate::reactive::{Derived, State};
use crate::state::runs::use_runs;

/// Offers the report of one run, or of several side by side.
#[component]
pub fn ReportButton(
    /// Of which.
    #[prop(into)]
    ids: Derived<Vec<RunId>>,
) -> View {
    let problem: State<Option<String>> = State::new(None);
    let runs = use_runs();
    let download = move |()| runs.download_report(ids.get_untracked(), problem);
    let problem = move || problem.get().map(|text| view! { <Problem text /> });
    view! {
        <Button label="Download report" on_press=download />
        {problem}
    }
}
