//! Trials that failed: how many, why, and the way to each. The study goes on without them.

use leptos::prelude::*;
use markup::view;

use crate::components::card::Card;
use crate::components::link::PageLink;
use crate::markup::{Show, View};
use crate::reactive::Derived;
use crate::state::failed_trials::{Failure, failures};
use crate::state::format;
use crate::state::study_plots::{StudyTrials, use_study_plots};

/// The card; nothing where no trial failed.
#[component]
pub fn FailedTrials() -> View {
    let plots = use_study_plots();
    let found =
        Derived::new(move || plots.trials.with(|trials| trials.as_ref().map(failures).unwrap_or_default()));
    let n_failed =
        Derived::new(move || found.with(|found| found.iter().map(|failure| failure.n_trials).sum::<u64>()));
    let sub = Derived::new(move || {
        let n_trials = plots.trials.with(|trials| trials.as_ref().map_or(0, StudyTrials::n_trials));
        format!(
            "{} of {}; the study goes on without them",
            format::whole(n_failed.get()),
            format::whole(n_trials as u64)
        )
    });
    let reasons = move || found.get().into_iter().map(reason).collect::<View>();
    view! {
        <Show when=move || n_failed.get() != 0>
            <Card title="Failed trials" sub>
                <ul class="stack" aria-label="Reasons">{reasons}</ul>
            </Card>
        </Show>
    }
}

fn reason(failure: Failure) -> View {
    let plots = use_study_plots();
    let n_unnamed = failure.n_trials - failure.items.len() as u64;
    let link = move |item: u32| {
        plots.trials.with_untracked(|trials| {
            let (trials, name) = (trials.as_ref()?, trials.as_ref()?.name(item));
            let (search, trial) = trials.trial(item)?;
            let to = format!("/runs/{}", trials.run_of(search, trial));
            Some(view! { <li><PageLink to>{name}</PageLink></li> })
        })
    };
    let more = (n_unnamed > 0).then(|| view! { <li>{format!("and {} more", format::whole(n_unnamed))}</li> });
    let n_trials = format::counted(failure.n_trials, "trial", "trials");
    let links = failure.items.into_iter().filter_map(link).collect::<View>();
    view! {
        <li class="stack stack--tight">
            <p><b>{n_trials}</b> ": " {failure.reason}</p>
            <ul class="choices note note--small">{links} {more}</ul>
        </li>
    }
}
