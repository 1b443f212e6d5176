//! What the texts say: whether they can be told apart, by which words, which reviews are typical, what rises and falls.

use std::rc::Rc;

use leptos::prelude::*;
use markup::view;
use watch::domain::{DomainDrift, DrivingWord};
use watch::drift::ALARM_LEVEL;
use watch::terms::{TermShift, TermShifts};

use crate::components::card::Card;
use crate::markup::View;
use crate::state::format;
use crate::state::monitor::ShownReport;

/// The card.
#[component]
pub fn Words(
    /// The report.
    shown: Rc<ShownReport>,
) -> View {
    let report = &shown.report;
    let texts = report.drift.texts.as_ref().map(|texts| apart(texts, report.drift.texts_adjusted_p));
    let no_texts = report.drift.texts.is_none().then(|| {
        view! {
            <p class="note">
                "Whole texts were not compared: the file this version learned from is no longer here, or a side has fewer than 20 \
                 different texts."
            </p>
        }
    });
    let shifts = report.drift.terms.as_ref().map(shifts);
    let typical = [
        ("Typical of the new reviews", &report.typical_of_batch),
        ("Typical of those before", &report.typical_of_reference),
    ];
    let typical: View = typical.into_iter().map(|(title, texts)| listed(title, texts.clone())).collect();
    view! {
        <Card title="Words and texts">
            <div class="stack stack--tight">
                {texts}
                {no_texts}
                {shifts}
                {typical}
            </div>
        </Card>
    }
}

fn apart(texts: &DomainDrift, adjusted_p: f64) -> View {
    let sentence = format!(
        "A model that guesses which side a text is of has an area of {:.3} under its ROC curve; luck alone stays below {:.3} in 19 \
         of 20 cases (p {:.4} of {} deals, {adjusted_p:.4} with all else tested).",
        texts.auc, texts.by_luck, texts.p_value, texts.n_deals
    );
    let words =
        |words: &[DrivingWord]| words.iter().map(|word| word.word.clone()).collect::<Vec<_>>().join(", ");
    let driving = [
        ("Words that tell the new reviews", words(&texts.words_of_batch)),
        ("Words that tell those before", words(&texts.words_of_reference)),
    ];
    let driving = driving.into_iter().filter(|(_, words)| !words.is_empty());
    let driving: View =
        driving.map(|(title, words)| view! { <p>{format!("{title}: {words}.")}</p> }).collect();
    view! {
        <p>{sentence}</p>
        {driving}
    }
}

fn shifts(terms: &TermShifts) -> View {
    let item = |shift: &TermShift| {
        let (before, now) = (format::percent(shift.share_before), format::percent(shift.share_now));
        let sure = if shift.p_value <= ALARM_LEVEL { "" } else { " (may be luck)" };
        format!("{}: {before} to {now} of reviews{sure}", shift.term)
    };
    let both = [("Rising words", &terms.rising), ("Falling words", &terms.falling)];
    both.into_iter().map(|(title, shifts)| listed(title, shifts.iter().map(item).collect())).collect()
}

/// A list with its title; nothing where it is empty.
fn listed(title: &'static str, items: Vec<String>) -> View {
    if items.is_empty() {
        return View::nothing();
    }
    let items: View = items.into_iter().map(|item| view! { <li>{item}</li> }).collect();
    view! {
        <details>
            <summary>{title}</summary>
            <ul aria-label=title>{items}</ul>
        </details>
    }
}
