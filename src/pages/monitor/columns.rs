//! What became of each column: its test, how large the change is, and how large a one would have been seen.

use std::rc::Rc;

use leptos::prelude::*;
use markup::view;
use watch::drift::ColumnDrift;
use watch::report::{before_and_now, method_name};

use crate::components::card::Card;
use crate::markup::View;
use crate::state::format;
use crate::state::monitor::ShownReport;

const HEADINGS: [&str; 8] =
    ["Test", "Statistic", "p", "p, all tested", "Before", "Now", "Size", "Would have been seen"];

/// The table `Drift`.
#[component]
pub fn Columns(
    /// The report.
    shown: Rc<ShownReport>,
) -> View {
    let drift = &shown.report.drift;
    let headings: View =
        HEADINGS.iter().map(|heading| view! { <th scope="col" class="number">{*heading}</th> }).collect();
    let rows: View = drift.columns.iter().map(row).collect();
    let caption = format!(
        "{} new reviews against {}. Adjusted p-values bear that all columns, words and texts were tested (Holm). \"Would have \
         been seen\" is about the least change that 4 of 5 such files would show: in standard deviations, or of a share.",
        format::whole(drift.n_batch),
        format::whole(drift.n_reference)
    );
    view! {
        <Card title="What changed">
            <div class="table-scroll" tabindex="0" role="region" aria-label="Drift, all columns">
                <table class="table" aria-label="Drift">
                    <caption class="note">{caption}</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Column"</th>
                            <th scope="col">"Verdict"</th>
                            {headings}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </Card>
    }
}

fn row(column: &ColumnDrift) -> View {
    let [before, now] = before_and_now(column);
    let cells = [
        method_name(column.method).to_owned(),
        format!("{:.3}", column.statistic),
        format!("{:.4}", column.p_value),
        format!("{:.4}", column.adjusted_p),
        before,
        now,
        format!("{:.3}", column.size),
        format!("{:.3}", column.would_see),
    ];
    let cells: View = cells.into_iter().map(|cell| view! { <td class="number">{cell}</td> }).collect();
    view! {
        <tr>
            <th scope="row">{column.name.replace('_', " ")}</th>
            <td>{column.verdict.as_str()}</td>
            {cells}
        </tr>
    }
}
