//! `Label these to confirm`: the rows that decide most, one button a class. What a person says is feedback on the answers.

use std::rc::Rc;

use leptos::prelude::*;
use markup::view;
use watch::report::RowToLabel;

use crate::components::button::Button;
use crate::components::card::Card;
use crate::markup::View;
use crate::reactive::Derived;
use crate::state::format;
use crate::state::monitor::{Monitor, ShownReport, use_monitor};
use crate::state::tab::use_tab;

/// The card; nothing where every row has a label.
#[component]
pub fn Queue(
    /// The report.
    shown: Rc<ShownReport>,
) -> View {
    let monitor = use_monitor();
    let to_label = shown.report.label_these.clone();
    if to_label.is_empty() {
        return View::nothing();
    }
    let n_rows = to_label.len() as u64;
    let labels = shown.kept.model.labels.clone();
    let rows: View = to_label.into_iter().map(|of| row(monitor, of, &labels)).collect();
    let told = move || {
        monitor.shown.with(|shown| {
            let shown = shown.as_ref()?;
            let n_same = shown.labelled.iter().filter(|(row, class)| {
                shown.report.label_these.iter().any(|of| of.row == *row && of.predicted == *class)
            });
            let (n_same, n) = (n_same.count() as u64, shown.labelled.len() as u64);
            (n > 0).then(|| {
                format!(
                    "You labelled {} of {}; the model says the same of {}. These are the reviews it is least sure of, so \
                     this is no measure of the others.",
                    format::whole(n), format::whole(n_rows), format::whole(n_same)
                )
            })
        })
    };
    view! {
        <Card title=format!("Label these {n_rows} to confirm")>
            <div class="stack stack--tight">
                <p class="note">"The rows whose labels would say most. What you say is kept as feedback on the answers."</p>
                <p role="status" aria-label="Labelled">
                    {told}
                </p>
                <div class="table-scroll" tabindex="0" role="region" aria-label="Reviews to label, all columns">
                    <table class="table" aria-label="Reviews to label">
                        <thead>
                            <tr>
                                <th scope="col">"Review"</th>
                                <th scope="col" class="number">"Row"</th>
                                <th scope="col">"Right class"</th>
                                <th scope="col">"You said"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </div>
        </Card>
    }
}

fn row(monitor: Monitor, of: RowToLabel, labels: &[String]) -> View {
    let tab = use_tab();
    let number = of.row;
    let shown_number = number + 1;
    let disabled = Derived::new(move || tab.is_reader());
    let said = move || {
        monitor.shown.with(|shown| {
            let labelled = shown.as_ref().map(|shown| shown.labelled.as_slice()).unwrap_or_default();
            labelled
                .iter()
                .find(|(row, _)| *row == number)
                .map(|(_, class)| class.clone())
                .unwrap_or_default()
        })
    };
    let buttons = labels.iter().map(|class| {
        let name = class.clone();
        let label = move |()| monitor.label(number, name.clone());
        view! { <Button label=class.clone() of=format!("for row {shown_number}") on_press=label disabled /> }
    });
    let buttons: View = buttons.collect();
    view! {
        <tr>
            <th scope="row" class="kept__text">
                {of.text}
            </th>
            <td class="number">{shown_number.to_string()}</td>
            <td>
                <div class="row" role="group" aria-label=format!("Right class of row {shown_number}")>
                    {buttons}
                </div>
            </td>
            <td>{said}</td>
        </tr>
    }
}
