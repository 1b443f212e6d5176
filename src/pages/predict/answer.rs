//! The answer for one text: class, how sure, the person's own words marked, and the bars behind it.

use engine::text::lower_chars;
use leptos::prelude::*;
use markup::view;

use crate::charts::contributions;
use crate::charts::frame::Chart;
use crate::components::card::Card;
use crate::components::term::Term;
use crate::glossary::Word;
use crate::markup::View;
use crate::reactive::{Callback, Derived};
use crate::state::format;
use crate::state::views::{ContributionBar, Mark, PredictionView, Segment};

/// Strongest step of a marked word.
const STRONGEST: u8 = 3;

fn class_of(mark: Mark) -> Option<String> {
    match mark {
        Mark::Plain => None,
        Mark::For(strength) => Some(format!("mark mark--pos-{}", strength.clamp(1, STRONGEST))),
        Mark::Against(strength) => Some(format!("mark mark--neg-{}", strength.clamp(1, STRONGEST))),
        Mark::Dropped => Some("mark mark--dropped".to_owned()),
        Mark::Unknown => Some("mark mark--unknown".to_owned()),
    }
}

/// What a marked stretch did, for those who do not see its colour.
fn spoken(mark: Mark, toward: &str) -> Option<String> {
    match mark {
        Mark::Plain | Mark::Unknown => None,
        Mark::For(_) => Some(format!("speaks for {toward}")),
        Mark::Against(_) => Some(format!("speaks against {toward}")),
        Mark::Dropped => Some("dropped by cleaning".to_owned()),
    }
}

/// The person's own text with the words that counted.
#[component]
pub fn MarkedText(
    /// The text, cut where the mark changes.
    segments: Vec<Segment>,
    /// The class that green words speak for.
    toward: String,
) -> View {
    let shown = {
        let toward = toward.clone();
        move |segment: Segment| match class_of(segment.mark) {
            None => View::from(segment.text),
            Some(class) => {
                view! { <mark class=class title=spoken(segment.mark, &toward)>{segment.text}</mark> }
            }
        }
    };
    view! {
        <p class="marked">{segments.into_iter().map(shown).collect::<View>()}</p>
        <ul class="legend">
            <li>
                <span class="mark mark--pos-2">{format!("for {toward}")}</span>
            </li>
            <li>
                <span class="mark mark--neg-2">{format!("against {toward}")}</span>
            </li>
            <li>
                <span class="mark mark--dropped">"dropped by cleaning"</span>
            </li>
            <li>
                <span class="mark mark--unknown">"not seen in training"</span>
            </li>
        </ul>
    }
}

/// Class, probability and the probabilities of all classes. Announced politely when it changes.
#[component]
pub fn Verdict(
    /// The answer.
    #[prop(into)]
    answer: Derived<Option<PredictionView>>,
) -> View {
    let verdict = move || match answer.get() {
        None => view! { <p class="note">"Type or paste a review: the answer comes while you write."</p> },
        Some(answer) => {
            let tone = tone_of(&answer);
            view! {
                <p class=format!("prediction__class {tone}")>{capitalised(&answer.class)}</p>
                {answer.is_unsure.then(|| view! { <p class="note">"Too close to call: this model leaves such reviews to you."</p> })}
                <p class="note">
                    {format!("{} ", format::percent(answer.sure))} <Term word=Word::Probability text="sure" />
                </p>
            }
        }
    };
    view! {
        <div class="prediction">
            <div role="status" aria-live="polite" aria-label="Prediction" class="prediction__answer">
                {verdict}
            </div>
            {move || answer.get().map(|answer| view! { <Probabilities classes=answer.classes /> })}
        </div>
    }
}

/// Two classes are unhappy and happy; more have no tone.
fn tone_of(answer: &PredictionView) -> &'static str {
    match (answer.classes.len(), answer.class_index) {
        (2, 0) => "prediction__class--neg",
        (2, _) => "prediction__class--pos",
        _ => "",
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| std::iter::once(capital(first)).chain(letters).collect())
}

/// A letter's capital, if it stands at most so far before it: it does in every script but a few letters.
const MAX_STEPS_TO_CAPITAL: u32 = 80;

/// The letter whose lower case this is. `to_uppercase` would bring a table of 12 KB for one letter.
fn capital(letter: char) -> char {
    let code = u32::from(letter);
    let mut before = (code.saturating_sub(MAX_STEPS_TO_CAPITAL)..code).rev().filter_map(char::from_u32);
    before.find(|other| lower_chars(*other).eq([letter])).unwrap_or(letter)
}

/// A bar a class, adding up to the whole.
#[component]
fn Probabilities(classes: Vec<(String, f64)>) -> View {
    let bar = |(index, (class, probability)): (usize, (String, f64))| {
        view! {
            <li class="probability">
                <span>{class}</span>
                <span class="progress progress--thick" aria-hidden="true">
                    <span
                        class=format!("progress__fill fill-class-{index}")
                        style:transform=format!("scaleX({probability:.4})")
                    ></span>
                </span>
                <span class="probability__figure">{format::percent(probability)}</span>
            </li>
        }
    };
    view! { <ul class="probabilities">{classes.into_iter().enumerate().map(bar).collect::<View>()}</ul> }
}

/// The bars behind the answer.
#[component]
pub fn Why(
    /// The answer.
    #[prop(into)]
    answer: Derived<Option<PredictionView>>,
) -> View {
    let bars = Derived::new(move || {
        answer.with(|answer| answer.as_ref().map_or_else(Vec::new, |answer| answer.bars.clone()))
    });
    let says = Derived::new(move || {
        answer.with(|answer| answer.as_ref().map_or_else(String::new, |answer| answer.sentence.clone()))
    });
    view! {
        <Card title="Why">
            <div class="stack">
                <p class="note">
                    "Each bar is what a word or phrase added to the score: its " <Term word=Word::Contribution />
                    ". The " <Term word=Word::BaseRate /> " is where an empty review stands."
                </p>
                <ul class="visually-hidden" aria-label="Why">
                    {move || bars.get().into_iter().map(listed).collect::<View>()}
                </ul>
                <Chart
                    name="Contributions"
                    says
                    scene=Callback::new(move |width: f64| bars.with(|bars| contributions::scene(bars, width)))
                    twin=Derived::new(move || bars.with(|bars| contributions::twin(bars)))
                    tell=Callback::new(move |bar: u32| bars.with(|bars| contributions::tip(bars, bar)))
                    sentence=true
                />
            </div>
        </Card>
    }
}

fn listed(bar: ContributionBar) -> View {
    view! { <li>{format!("{} {}", bar.term, contributions::signed(bar.value))}</li> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_begins_with_a_capital() {
        assert_eq!(capitalised("negative"), "Negative");
        assert_eq!(capitalised("éloge"), "Éloge");
        assert_eq!(capitalised("ѐ ž"), "Ѐ ž");
        assert_eq!(capitalised("žádný"), "Žádný");
        assert_eq!(capitalised("4 stars"), "4 stars");
        assert_eq!(capitalised(""), "");
    }

    #[test]
    fn a_mark_never_asks_for_a_colour_that_is_not_there() {
        assert_eq!(class_of(Mark::For(9)).as_deref(), Some("mark mark--pos-3"));
        assert_eq!(class_of(Mark::Against(0)).as_deref(), Some("mark mark--neg-1"));
        assert_eq!(class_of(Mark::Plain), None);
    }
}
