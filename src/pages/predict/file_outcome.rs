//! What came of a file: rows by class and by group, and how well they fit the labels where it has some.

use std::rc::Rc;

use engine::metrics::Metrics;
use engine::pipeline::OutputKind;
use leptos::prelude::*;
use markup::view;

use crate::charts::frame::Chart;
use crate::charts::matrices::{self, Matrix};
use crate::components::states::Problem;
use crate::markup::View;
use crate::reactive::{Callback, Derived};
use crate::state::answered_file::FileOutcome;
use crate::state::format;

/// Groups that are listed.
const MAX_LISTED: usize = 50;

/// The summary.
#[component]
pub fn Outcome(
    /// What came of it.
    outcome: Rc<FileOutcome>,
) -> View {
    let tally = &outcome.tally;
    let kind = if outcome.kind == OutputKind::Csv { "CSV" } else { "JSON lines" };
    let rows = format::counted(tally.n_rows, "row is", "rows are");
    let sentence = format!(
        "{}: {rows} answered by {} in {}; {} of {kind} to download.",
        outcome.name,
        outcome.by,
        format::duration(outcome.elapsed_ms),
        format::bytes(outcome.n_bytes)
    );
    let asides = [
        (tally.n_without_text, "without a text went through unanswered"),
        (outcome.n_unreadable, "could not be read and left out"),
        (tally.n_unknown_labels, "with a label that is no class of this model not measured"),
    ];
    let asides = asides.into_iter().filter(|(n_rows, _)| *n_rows > 0).map(|(n_rows, what)| {
        let rows = format::counted(n_rows, "row", "rows");
        view! { <li>{format!("{rows} {what}.")}</li> }
    });
    let asides: Vec<View> = asides.collect();
    let asides = (!asides.is_empty()).then(|| view! { <ul class="note">{asides}</ul> });
    let kept = outcome.kept.clone().map(|kept| match kept {
        Ok(sentence) => view! { <p class="note">{sentence}</p> },
        Err(sentence) => view! { <Problem text=format!("The answers are not kept. {sentence}") /> },
    });
    let measured = tally.metrics.as_ref().map(|metrics| measured(metrics, &outcome));
    let groups = (!tally.groups.is_empty()).then(|| groups(&outcome));
    view! {
        <p role="status" aria-label="Scored">
            {sentence}
        </p>
        {asides}
        {kept}
        {classes(&outcome)}
        {groups}
        {measured}
    }
}

fn classes(outcome: &FileOutcome) -> View {
    let n_rows = outcome.tally.n_rows.max(1) as f64;
    let rows = outcome.tally.classes.iter().map(|class| {
        view! {
            <tr>
                <th scope="row">{class.class.clone()}</th>
                <td class="number">{format::whole(class.n_rows)}</td>
                <td class="number">{format::percent(class.n_rows as f64 / n_rows)}</td>
                <td class="number">{format::whole(class.n_unsure)}</td>
            </tr>
        }
    });
    let rows: View = rows.collect();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Answers by class, all columns">
            <table class="table" aria-label="Answers by class">
                <thead>
                    <tr>
                        <th scope="col">"Class"</th>
                        <th scope="col" class="number">
                            "Rows"
                        </th>
                        <th scope="col" class="number">
                            "Share"
                        </th>
                        <th scope="col" class="number">
                            "Too close to call"
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn groups(outcome: &FileOutcome) -> View {
    let names = outcome.tally.classes.iter().map(|class| {
        view! {
            <th scope="col" class="number">
                {class.class.clone()}
            </th>
        }
    });
    let names: View = names.collect();
    let rows = outcome.tally.groups.iter().take(MAX_LISTED).map(|group| {
        let n_rows = group.classes.iter().sum::<u64>().max(1) as f64;
        let cells = group.classes.iter().map(|n| {
            view! {
                <td class="number">{format!("{} · {}", format::whole(*n), format::percent(*n as f64 / n_rows))}</td>
            }
        });
        let cells: View = cells.collect();
        let name = if group.group.is_empty() { "no group".to_owned() } else { group.group.clone() };
        view! {
            <tr>
                <th scope="row">{name}</th>
                {cells}
            </tr>
        }
    });
    let rows: View = rows.collect();
    let n_more = outcome.tally.groups.len().saturating_sub(MAX_LISTED);
    let n_others = outcome.tally.n_of_other_groups;
    let more = (n_more > 0 || n_others > 0).then(|| {
        let others = match n_others {
            0 => String::new(),
            n_rows => format!(", and {} of groups beyond 500", format::counted(n_rows, "row", "rows")),
        };
        view! { <p class="note">{format!("{} more{others}.", format::counted(n_more as u64, "group", "groups"))}</p> }
    });
    view! {
        <div class="table-scroll table-scroll--tall">
            <table class="table" aria-label="Answers by group">
                <thead>
                    <tr>
                        <th scope="col">"Group"</th>
                        {names}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {more}
    }
}

/// Against the labels.
fn measured(metrics: &Metrics, outcome: &FileOutcome) -> View {
    let figures = [
        ("Accuracy", Some(format::percent(metrics.accuracy))),
        ("Macro F1", Some(format::score(metrics.f1_macro))),
        ("ROC AUC", metrics.roc_auc.map(format::score)),
        ("Log loss", metrics.log_loss.map(format::score)),
    ];
    let figures = figures.into_iter().filter_map(|(name, value)| {
        let value = value?;
        Some(view! {
            <dt>{name}</dt>
            <dd>{value}</dd>
        })
    });
    let figures: View = figures.collect();
    let matrix = vec![Matrix {
        name: "Label and answer".to_owned(),
        classes: outcome.tally.classes.iter().map(|class| class.class.clone()).collect(),
        counts: metrics.confusion.clone(),
        to: None,
    }];
    let says = format!("{} of the answers are as the file's labels say.", format::percent(metrics.accuracy));
    let (drawn, told, pointed) = (matrix.clone(), matrix.clone(), matrix);
    view! {
        <h3>"Against the file's labels"</h3>
        <dl class="facts">{figures}</dl>
        <Chart
            name="Confusion matrix"
            says=Derived::new(move || says.clone())
            scene=Callback::new(move |width: f64| matrices::scene(&drawn, width))
            twin=Derived::new(move || matrices::twin(&told))
            tell=Callback::new(move |cell: u32| matrices::tip(&pointed, cell))
            sentence=true
        />
    }
}
