//! Everything that a model can leave as: each export with what it is for, its size, whether it answers as the model does, and
//! its download.

use export::{CHECK_TEXTS, ExportKind, Parity};
use leptos::prelude::*;
use markup::view;

use super::button::{Button, Emphasis};
use super::card::Card;
use crate::markup::View;
use crate::reactive::Derived;
use crate::state::exports::{Exports, Stage, Subject, use_exports};
use crate::state::format;

/// The card.
#[component]
pub fn ExportCard(
    /// Which model.
    subject: Subject,
) -> View {
    let exports = use_exports();
    let model = subject.facts.pipeline;
    let is_busy = Derived::new(move || exports.is_busy(model));
    let all = {
        let subject = subject.clone();
        move |()| exports.make(subject.clone(), &ExportKind::ALL)
    };
    let stop = move || {
        is_busy
            .get()
            .then(|| view! { <Button label="Stop" of="making exports" on_press=move |()| exports.stop() /> })
    };
    let rows: View = ExportKind::ALL.into_iter().map(|kind| row(exports, &subject, kind)).collect();
    view! {
        <Card title="Take it with you" sub="as files that other tools load">
            <div class="stack stack--tight">
                <p class="note">"Each file is made in this browser, read back, and held to the model's own answers to "{format::whole(u64::from(CHECK_TEXTS))}" texts."</p>
                <div class="row">
                    <Button label="Make and check all" on_press=all disabled=is_busy />
                    {stop}
                </div>
                <ul class="exports" aria-label="Exports of this model">{rows}</ul>
            </div>
        </Card>
    }
}

fn row(exports: Exports, subject: &Subject, kind: ExportKind) -> View {
    let model = subject.facts.pipeline;
    let stage = Derived::new(move || exports.stage(model, kind));
    let size = move || {
        stage.with(|stage| stage.as_ref().and_then(Stage::made).map(|made| format::bytes(made.file.n_bytes)))
    };
    let badge = View::live(move || stage.get().map_or_else(View::nothing, |stage| badge(&stage)));
    let note = View::live(move || {
        let note =
            stage.with(|stage| stage.as_ref().and_then(Stage::made).and_then(|made| made.note.clone()));
        note.map_or_else(View::nothing, |note| view! { <p class="note">{note}</p> })
    });
    let is_busy = Derived::new(move || stage.with(|stage| stage.as_ref().is_some_and(Stage::is_busy)));
    let subject = subject.clone();
    let download = move |()| exports.download(subject.clone(), kind);
    view! {
        <li class="stack stack--tight">
            <div class="row">
                <b>{kind.name()}</b>
                <span class="note">{size}</span>
                <Button
                    label=format!("Download {}", kind.name())
                    on_press=download
                    disabled=is_busy
                    emphasis=Emphasis::Quiet
                />
            </div>
            <p class="note">{kind.purpose()}</p>
            {note}
            <div role="status" aria-label=format!("Check of {}", kind.name())>{badge}</div>
        </li>
    }
}

fn badge(stage: &Stage) -> View {
    match stage {
        Stage::Making => view! { <span class="note">"being made …"</span> },
        Stage::Checking(_, (n_done, n_all)) => {
            let n_texts = u64::from(CHECK_TEXTS) * *n_done as u64 / (*n_all).max(1) as u64;
            let said = format!(
                "checking: {} of {} texts",
                format::whole(n_texts),
                format::whole(u64::from(CHECK_TEXTS))
            );
            view! { <span class="note">{said}</span> }
        }
        Stage::Checked(_, parity) if parity.holds() => {
            view! { <span class="success">{of_parity(parity)}</span> }
        }
        Stage::Checked(_, parity) => view! { <span class="field__error">{of_parity(parity)}</span> },
        Stage::Unread(_, reason) => {
            view! { <span class="field__error">{format!("It does not answer: {reason}")}</span> }
        }
        Stage::Failed(sentence) => view! { <span class="field__error">{sentence.clone()}</span> },
    }
}

/// What a check found, in words.
fn of_parity(parity: &Parity) -> String {
    let texts = format::counted(u64::from(parity.n_texts), "text", "texts");
    let labels = match parity.n_other_labels {
        0 => "all labels equal".to_owned(),
        n => format!("{} otherwise", format::counted(u64::from(n), "label", "labels")),
    };
    let doubts = match parity.n_other_doubts {
        0 => String::new(),
        n => format!(", {} in doubt otherwise", format::whole(u64::from(n))),
    };
    let shares = if parity.gap == 0.0 {
        "probabilities equal to the last bit".to_owned()
    } else {
        format!("probabilities within {}", within(parity.gap))
    };
    format!("{texts}: {labels}{doubts}, {shares}")
}

/// A small number as one digit and a power of ten, rounded up: `3e-8`.
fn within(gap: f64) -> String {
    let (mut digit, mut power) = (gap, 0);
    while digit < 1.0 {
        digit *= 10.0;
        power -= 1;
    }
    if power == 0 { format!("{gap:.2}") } else { format!("{}e{power}", digit.ceil().min(9.9)) }
}
