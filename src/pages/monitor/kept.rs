//! The reports that are kept: what each said, to open again and to remove.

use std::rc::Rc;

use leptos::prelude::*;
use markup::view;
use track::report::{KeptReport, ReportVerdict};

use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::states::Problem;
use crate::markup::View;
use crate::reactive::Derived;
use crate::services::clock;
use crate::state::format;
use crate::state::loadable::Loadable;
use crate::state::monitor::{Monitor, use_monitor};
use crate::state::tab::use_tab;

/// The card; nothing while none is kept.
#[component]
pub fn KeptReports() -> View {
    let monitor = use_monitor();
    View::live(move || match monitor.list.get() {
        Loadable::Loaded(reports) => table(monitor, &reports),
        Loadable::Failed(sentence) => view! { <Problem text=sentence on_retry=move |()| monitor.retry() /> },
        Loadable::Nothing | Loadable::Loading => View::nothing(),
    })
}

fn table(monitor: Monitor, reports: &Rc<Vec<KeptReport>>) -> View {
    if reports.is_empty() {
        return View::nothing();
    }
    let rows: View = reports.iter().map(|kept| row(monitor, kept)).collect();
    view! {
        <Card title="Kept reports">
            <div class="table-scroll" tabindex="0" role="region" aria-label="Kept reports, all columns">
                <table class="table" aria-label="Kept reports">
                    <thead>
                        <tr>
                            <th scope="col">"Reviews"</th>
                            <th scope="col">"Model"</th>
                            <th scope="col">"Verdict"</th>
                            <th scope="col" class="number">
                                "Rows"
                            </th>
                            <th scope="col" class="number">
                                "Expected macro F1"
                            </th>
                            <th scope="col" class="number">
                                "By labels"
                            </th>
                            <th scope="col">"When"</th>
                            <th scope="col">"Do"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </Card>
    }
}

/// In words.
fn verdict(of: ReportVerdict) -> &'static str {
    match of {
        ReportVerdict::Drift => "drift",
        ReportVerdict::SmallShift => "small shift",
        ReportVerdict::Stable => "no drift",
        ReportVerdict::NotEnoughData => "not enough data",
    }
}

fn row(monitor: Monitor, kept: &KeptReport) -> View {
    let tab = use_tab();
    let disabled = Derived::new(move || tab.is_reader());
    let expected = kept.expected.map_or_else(
        || "–".to_owned(),
        |of| {
            format!(
                "{} ({} to {})",
                format::score(of.f1_macro),
                format::score(of.low),
                format::score(of.high)
            )
        },
    );
    let (shown, removed) = (kept.clone(), kept.clone());
    view! {
        <tr>
            <th scope="row">{kept.batch.clone()}</th>
            <td>{kept.model.address.clone()}</td>
            <td>{verdict(kept.verdict)}</td>
            <td class="number">{format::whole(kept.n_rows)}</td>
            <td class="number">{expected}</td>
            <td class="number">{kept.realised_f1_macro.map_or_else(|| "–".to_owned(), format::score)}</td>
            <td>{format::date_time(kept.at, clock::offset_minutes())}</td>
            <td>
                <div class="row">
                    <Button label="Show" of=kept.batch.clone() on_press=move |()| monitor.show(shown.clone()) />
                    <Button
                        label="Remove"
                        of=kept.batch.clone()
                        emphasis=Emphasis::Quiet
                        on_press=move |()| monitor.remove(removed.clone())
                        disabled
                    />
                </div>
            </td>
        </tr>
    }
}
