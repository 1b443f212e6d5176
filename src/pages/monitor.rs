//! `/monitor`: new reviews held against those a version was tested on; what changed, how good its answers still are,
//! which rows to label, and the reports that were kept.

mod given;
mod report;
mod columns;
mod words;
mod queue;
mod over_time;
mod kept;

use leptos::prelude::*;
use markup::view;

use self::given::Given;
use self::kept::KeptReports;
use self::over_time::OverTime;
use self::report::Report;
use super::predict::ModelChoice;
use crate::components::button::{ButtonLink, Emphasis};
use crate::components::page_head::PageHead;
use crate::components::states::{Loading, Nothing, Problem};
use crate::markup::View;
use crate::reactive::{Derived, follow};
use crate::router::use_router;
use crate::state::loadable::Loadable;
use crate::state::monitor::use_monitor;
use crate::state::prediction::use_prediction;
use crate::state::registry::use_registry;

/// The word of the address that says whose answers are looked at.
const MODEL_PARAMETER: &str = "model";

/// The page.
#[component]
pub fn MonitorPage() -> View {
    let (prediction, monitor) = (use_prediction(), use_monitor());
    let router = use_router();
    follow(move || prediction.ask(router.asked(MODEL_PARAMETER).unwrap_or_default()));
    prediction.want();
    monitor.want();
    use_registry().want();
    let stage = Derived::new(move || prediction.source.with(Loadable::without_value));
    let body = move || match stage.get() {
        Loadable::Nothing => view! {
            <Nothing
                title="There is no model to watch yet"
                text="Train one. From then on you can hold new reviews against those it was tested on."
            >
                <div class="row">
                    <ButtonLink href="/train" label="Train a model" emphasis=Emphasis::Primary />
                </div>
            </Nothing>
        },
        Loadable::Loading => view! { <Loading what="the model" /> },
        Loadable::Failed(reason) => view! { <Problem text=reason on_retry=move |()| prediction.retry() /> },
        Loadable::Loaded(()) => view! { <Given /> },
    };
    let fault = move || monitor.fault.get().map(|text| view! { <Problem text /> });
    let sub = move || {
        prediction
            .source
            .with(|source| source.loaded().map(|source| source.title.clone()).unwrap_or_default())
    };
    view! {
        <PageHead title="Monitor" sub=Derived::new(sub) />
        <div class="stack">
            <ModelChoice prediction />
            {body}
            {fault}
            <Report />
            <OverTime />
            <KeptReports />
        </div>
    }
}
