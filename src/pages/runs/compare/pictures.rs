//! Pictures of the runs compared, a tab each.

use leptos::prelude::*;
use markup::view;
use track::board::ChartSpec;

use crate::components::card::Card;
use crate::components::tabs::{Tab, Tabs};
use crate::markup::View;
use crate::pages::runs::charts::body::{ChartOf, body};
use crate::pages::runs::charts::set::RunSet;
use crate::reactive::{Callback, Derived, State};
use crate::state::comparing::{Compared, use_comparing};

const PICTURES: &[Tab] = &[
    Tab { key: "parallel", name: "Parallel", body: || chart(0, all_settings()) },
    Tab { key: "bars", name: "Bars", body: || chart(1, ChartSpec::Bars { metric: String::new() }) },
    Tab { key: "overfitting", name: "Train against test", body: || chart(2, ChartSpec::Overfitting) },
    Tab { key: "confusion", name: "Confusion", body: || chart(3, ChartSpec::Confusion) },
    Tab { key: "roc", name: "ROC curves", body: || chart(4, ChartSpec::Roc { class: 1 }) },
];

fn all_settings() -> ChartSpec {
    ChartSpec::Parallel { axes: Vec::new(), colour: String::new() }
}

/// All of them.
#[component]
pub fn Pictures() -> View {
    view! {
        <Card title="Pictures" sub="click a run to open it">
            <div class="stack stack--tight">
                <Tabs name="Pictures of these runs" parameter="picture" tabs=PICTURES />
            </div>
        </Card>
    }
}

/// A chart of the runs compared. What is chosen about it is forgotten with it.
fn chart(id: u32, first: ChartSpec) -> View {
    let comparing = use_comparing();
    let set = Derived::new(move || {
        comparing.runs.with(|runs| {
            let set = |runs: &Compared| RunSet::new(runs.runs.clone(), runs.dataset_names.clone());
            runs.loaded().map(set).unwrap_or_default()
        })
    });
    let spec = State::new(first);
    body(ChartOf {
        id,
        set,
        spec: spec.into(),
        on_change: Callback::new(move |other| spec.set(other)),
        // What is chosen here is kept nowhere.
        is_fixed: Derived::new(|| false),
        // Runs are compared already: a brush shows them, and chooses nothing.
        on_brush: Callback::new(|_| ()),
    })
}
