//! The report that is shown: the verdict, what its answers are worth, and its parts.

use std::rc::Rc;

use leptos::prelude::*;
use markup::view;
use watch::drift::Verdict;

use super::columns::Columns;
use super::queue::Queue;
use super::words::Words;
use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::markup::View;
use crate::state::format;
use crate::state::monitor::{Monitor, ShownReport, use_monitor};

/// The report; nothing while none is shown.
#[component]
pub fn Report() -> View {
    let monitor = use_monitor();
    let id = crate::reactive::Derived::new(move || {
        monitor.shown.with(|shown| shown.as_ref().map(|shown| shown.kept.id.clone()))
    });
    View::live(move || {
        id.track();
        let shown = monitor.shown.get_untracked();
        shown.map(|shown| whole(monitor, &shown))
    })
}

fn whole(monitor: Monitor, shown: &Rc<ShownReport>) -> View {
    let report = &shown.report;
    let (verdict, chip) = match report.drift.verdict {
        Verdict::Drift => ("Drift", "chip chip--bad"),
        Verdict::SmallShift => ("Small shift", "chip chip--wait"),
        Verdict::Stable => ("No drift", "chip chip--good"),
        Verdict::NotEnoughData => ("Not enough data", "chip chip--wait"),
    };
    let against = format!("{} against {}, answered by {}.", report.batch, report.reference, report.model);
    let (sentence, worth) = (report.sentence(), worth(shown));
    let (columns, words, queue) = (shown.clone(), shown.clone(), shown.clone());
    view! {
        <Card title="Report">
            <div class="stack stack--tight">
                <p role="status" aria-label="Verdict">
                    <span class=chip>{verdict}</span>
                    " "
                    {sentence}
                </p>
                <p class="note">{against}</p>
                {worth}
                <div class="row">
                    <Button
                        label="Download as HTML"
                        emphasis=Emphasis::Primary
                        on_press=move |()| monitor.download_html()
                    />
                    <Button label="Download as JSON" on_press=move |()| monitor.download_json() />
                </div>
            </div>
        </Card>
        <Columns shown=columns />
        <Words shown=words />
        <Queue shown=queue />
    }
}

/// Macro F1 without labels and by labels.
fn worth(shown: &ShownReport) -> View {
    let expected = match &shown.report.estimate {
        Some(found) => {
            let (low, high) = (format::score(found.interval.low), format::score(found.interval.high));
            format!(
                "Without labels, macro F1 is expected to be {}, from {low} to {high} in 95 of 100 cases. This holds as long as \
                 answers of one probability are right as often as they were: where reviews mean something else than they did, it \
                 cannot know.",
                format::score(found.f1_macro)
            )
        }
        None => "There are too few answers, or too few labelled ones before, to say what macro F1 to expect."
            .to_owned(),
    };
    let realised = shown.report.realised_f1_macro.map(|realised| {
        view! { <p>{format!("By the file's labels, macro F1 is {}.", format::score(realised))}</p> }
    });
    view! {
        <p>{expected}</p>
        {realised}
    }
}
