//! The suspect that is looked at: its text, why it is one, and the three answers, each on a button and a key.

use engine::dataset::LabelId;
use leptos::ev;
use leptos::prelude::*;
use markup::view;

use super::{class_names, name_of};
use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::states::Problem;
use crate::markup::{ElementRef, View};
use crate::pages::predict::answer::MarkedText;
use crate::reactive::{Derived, follow};
use crate::state::format;
use crate::state::labels::{Labels, SuspectView};
use crate::state::tab::use_tab;
use crate::state::views::{ContributionBar, PredictionView};

/// Most words named as the reason.
const MAX_WHY: usize = 6;

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Accept,
    Reject,
    Skip,
    Back,
}

impl Asked {
    fn of(key: &str) -> Option<Self> {
        match key {
            "a" | "A" => Some(Self::Accept),
            "r" | "R" => Some(Self::Reject),
            "s" | "S" | "ArrowRight" | "ArrowDown" => Some(Self::Skip),
            "ArrowLeft" | "ArrowUp" => Some(Self::Back),
            _ => None,
        }
    }
}

/// The queue.
#[component]
pub fn Queue(
    /// Whose.
    labels: Labels,
) -> View {
    let tab = use_tab();
    let element = ElementRef::new(None);
    // Keys work without a click first.
    follow(move || {
        if let Some(element) = element.get() {
            element.focus().ok();
        }
    });
    let act = move |asked: Asked| match asked {
        Asked::Skip => labels.step(1),
        Asked::Back => labels.step(-1),
        Asked::Accept | Asked::Reject if tab.role.get_untracked() == crate::state::tab::Role::Reader => {}
        Asked::Accept => labels.accept(None),
        Asked::Reject => labels.reject(),
    };
    let pressed = move |event: ev::KeyboardEvent| {
        let is_plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
        if let Some(asked) = Asked::of(&event.key()).filter(|_| is_plain) {
            event.prevent_default();
            act(asked);
        }
    };
    let n_open = Derived::new(move || labels.open().len());
    let sub = move || match n_open.get() {
        0 => String::new(),
        n_open => format!("{} of {}", labels.place.get().min(n_open - 1) + 1, format::whole(n_open as u64)),
    };
    let body = move || match (n_open.get(), labels.shown.get()) {
        (0, _) => view! { <p class="lead" role="status">"No label is left to look at."</p> },
        (_, None) => view! { <p class="note" role="status">"Reading the review …"</p> },
        (_, Some(suspect)) => view! { <Suspect labels suspect /> },
    };
    let problem = Derived::new(move || labels.problem.get());
    view! {
        <div role="group" aria-label="Label queue" class="queue" tabindex="0" node_ref=element on:keydown=pressed>
            <Card title="Is this label right?" sub=Derived::new(sub)>
                <div class="stack">
                    {move || {
                        problem.get().map(|text| view! { <Problem text on_retry=move |()| labels.start() /> })
                    }}
                    {body}
                </div>
            </Card>
        </div>
    }
}

#[component]
fn Suspect(labels: Labels, suspect: SuspectView) -> View {
    let tab = use_tab();
    let names = class_names().get_untracked();
    let SuspectView { record, text, given, likely, probabilities, like, why } = suspect;
    let cannot = Derived::new(move || tab.is_reader());
    let (given_name, likely_name) = (name_of(&names, given), name_of(&names, likely));
    let shown = match why.clone() {
        Some(PredictionView { segments, toward, .. }) => view! { <MarkedText segments toward /> },
        None => view! { <p class="marked">{text}</p> },
    };
    let shares = names.iter().zip(&probabilities);
    let shares: Vec<String> =
        shares.map(|(name, share)| format!("{name} {}", format::percent(*share))).collect();
    let reasons = [
        format!("Models that have not learned from it say: {}.", shares.join(", ")),
        why.map(words).unwrap_or_default(),
        alike(&names, &like, given),
    ];
    let reasons = reasons.into_iter().filter(|reason| !reason.is_empty());
    let others = names.iter().enumerate().map(|(class, name)| (LabelId(class as u8), name.clone()));
    let others = others.filter(|(class, _)| *class != given && *class != likely);
    let other = move |(class, name): (LabelId, String)| {
        view! { <Button label=format!("It is {name}") on_press=move |()| labels.accept(Some(class)) disabled=cannot /> }
    };
    view! {
        <p class="note">
            {format!("Row {}: labelled ", format::whole(record))} <b>{given_name.clone()}</b> ", probably "
            <b>{likely_name.clone()}</b>
        </p>
        {shown}
        <ul class="reasons" aria-label="Why">
            {reasons.map(|reason| view! { <li>{reason}</li> }).collect::<View>()}
        </ul>
        <div class="row">
            <Button
                label=format!("Accept: it is {likely_name} (A)")
                on_press=move |()| labels.accept(None)
                emphasis=Emphasis::Primary
                disabled=cannot
            />
            <Button label=format!("Reject: it is {given_name} (R)") on_press=move |()| labels.reject() disabled=cannot />
            {others.map(other).collect::<View>()}
            <Button label="Skip (S, →)" on_press=move |()| labels.step(1) emphasis=Emphasis::Quiet />
            <Button label="Back (←)" on_press=move |()| labels.step(-1) emphasis=Emphasis::Quiet />
        </div>
    }
}

/// The words that speak loudest, in a sentence.
fn words(why: PredictionView) -> String {
    let said = |bar: &ContributionBar| format!("'{}' {:+.2}", bar.term, bar.value);
    let is_word = |bar: &&ContributionBar| {
        bar.term != crate::state::explain::BASE_RATE && bar.term != crate::state::explain::THE_REST
    };
    let said: Vec<String> = why.bars.iter().filter(is_word).take(MAX_WHY).map(said).collect();
    match said.is_empty() {
        true => String::new(),
        false => format!("Words that speak loudest (above 0 for {}): {}.", why.toward, said.join(", ")),
    }
}

/// Other rows of the same words, in a sentence.
fn alike(names: &[String], like: &[(u64, LabelId)], given: LabelId) -> String {
    let otherwise: Vec<&(u64, LabelId)> = like.iter().filter(|(_, label)| *label != given).collect();
    if like.is_empty() {
        return String::new();
    }
    let row = |(record, label): &&(u64, LabelId)| {
        format!("row {} {}", format::whole(*record), name_of(names, *label))
    };
    let rows = format::counted(like.len() as u64, "other row has", "other rows have");
    match otherwise.is_empty() {
        true => format!("{rows} the same words and the same label."),
        false => {
            let named: Vec<String> = otherwise.iter().take(MAX_WHY).map(row).collect();
            format!("{rows} the same words; labelled otherwise: {}.", named.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_ask_as_the_buttons_say() {
        for (key, expected) in [
            ("a", Some(Asked::Accept)),
            ("R", Some(Asked::Reject)),
            ("s", Some(Asked::Skip)),
            ("ArrowRight", Some(Asked::Skip)),
            ("ArrowLeft", Some(Asked::Back)),
            ("Enter", None),
            ("Tab", None),
        ] {
            assert_eq!(Asked::of(key), expected, "{key}");
        }
    }

    #[test]
    fn rows_of_the_same_words_are_named() {
        let names = ["negative", "positive"].map(str::to_owned);
        let say = |like: &[(u64, u8)]| {
            let like: Vec<_> = like.iter().map(|(record, label)| (*record, LabelId(*label))).collect();
            alike(&names, &like, LabelId(0))
        };
        assert_eq!(say(&[]), "");
        assert_eq!(say(&[(4, 0)]), "1 other row has the same words and the same label.");
        assert_eq!(
            say(&[(4, 0), (1200, 1)]),
            "2 other rows have the same words; labelled otherwise: row 1,200 positive."
        );
    }
}
