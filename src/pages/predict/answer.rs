//! The answer for one text: class, how sure, the person's own words marked, and the bars behind it.

use engine::text::lower_chars;
use leptos::prelude::*;
use markup::view;

use crate::charts::contributions;
use crate::charts::frame::Chart;
use crate::components::card::Card;
use crate::components::marked::{class_of, spoken};
use crate::components::term::Term;
use crate::glossary::Word;
use crate::markup::View;
use crate::reactive::{Callback, Derived};
use crate::services::words;
use crate::state::format;
use crate::state::views::{ContributionBar, CutView, Mark, PredictionView, ScoreSum, Segment};

/// The person's own text with the words that counted; a word can be pressed where `on_word` takes it.
#[component]
pub fn MarkedText(
    /// The text, cut where the mark changes.
    segments: Vec<Segment>,
    /// The class that green words speak for.
    toward: String,
    /// Takes a word out, or puts it back.
    #[prop(optional, into)]
    on_word: Option<Callback<u32>>,
) -> View {
    let first = segments.iter().position(|segment| segment.word.is_some());
    let shown = {
        let toward = toward.clone();
        move |(place, segment): (usize, Segment)| match (class_of(segment.mark), segment.word) {
            (class, Some(word)) if on_word.is_some() => {
                let class = format!("word {}", class.unwrap_or_default());
                // One of them is reached by Tab, the others from there by arrows.
                let tab = if Some(place) == first { "0" } else { "-1" };
                view! {
                    <button
                        type="button"
                        class=class
                        data-word=word.to_string()
                        tabindex=tab
                        aria-pressed=(segment.mark == Mark::Out).to_string()
                        title=spoken(segment.mark, &toward)
                    >
                        {segment.text}
                    </button>
                }
            }
            (None, _) => View::from(segment.text),
            (Some(class), _) => {
                view! { <mark class=class title=spoken(segment.mark, &toward)>{segment.text}</mark> }
            }
        }
    };
    let press = move |event: leptos::ev::MouseEvent| {
        if let (Some(on_word), Some(word)) = (on_word, words::pressed(&event)) {
            on_word.run(word);
        }
    };
    let step = move |event: leptos::ev::KeyboardEvent| match event.key().as_str() {
        "ArrowRight" | "ArrowDown" => words::move_focus(&event, true),
        "ArrowLeft" | "ArrowUp" => words::move_focus(&event, false),
        _ => {}
    };
    view! {
        <div class="marked" role="group" aria-label="Words of the review" on:click=press on:keydown=step>
            {segments.into_iter().enumerate().map(shown).collect::<View>()}
        </div>
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
            let against = against_the_odds(&answer);
            let how = if against.is_some() { "likely" } else { "sure" };
            view! {
                <p class=format!("prediction__class {tone}")>{capitalised(&answer.class)}</p>
                {answer.is_unsure.then(|| view! { <p class="note">"Too close to call: this model leaves such reviews to you."</p> })}
                <p class="note">
                    {format!("{} ", format::percent(answer.sure))} <Term word=Word::Probability text=how />
                </p>
                {against.map(|sentence| view! { <p class="note">{sentence}</p> })}
            }
        }
    };
    view! {
        <div class="prediction">
            <div role="status" aria-live="polite" aria-label="Prediction" class="prediction__answer">
                {verdict}
            </div>
            {move || answer.get().map(shares)}
        </div>
    }
}

/// Why a class is answered that is the less likely of two: its model parts them elsewhere than at a half.
fn against_the_odds(answer: &PredictionView) -> Option<String> {
    let ([first, second], Some(cut)) = (answer.classes.as_slice(), answer.cut) else { return None };
    if answer.sure >= 0.5 {
        return None;
    }
    let (said, other) = if answer.class_index == 1 { (second, first) } else { (first, second) };
    let from = if answer.class_index == 1 { "from" } else { "only from" };
    Some(format!(
        "{} is likelier, {}; but this model says {} {from} {} on, so its answer is {}.",
        capitalised(&other.0),
        format::percent(other.1),
        second.0,
        format::percent(cut.at),
        said.0
    ))
}

fn shares(answer: PredictionView) -> View {
    match (answer.classes.as_slice(), answer.cut) {
        ([first, second], Some(cut)) => between(first, second, cut),
        _ => view! { <Probabilities classes=answer.classes /> },
    }
}

/// Two classes on one track, and where between them no answer is given.
fn between(first: &(String, f64), second: &(String, f64), cut: CutView) -> View {
    let percent = |share: f64| format!("{:.2}%", 100.0 * share.clamp(0.0, 1.0));
    let (from, to) = (1.0 - cut.at - cut.half_band, 1.0 - cut.at + cut.half_band);
    let band = (cut.half_band > 0.0).then(|| {
        let (left, width) = (percent(from), percent(to.min(1.0) - from.max(0.0)));
        view! { <span class="between__band" style:left=left style:width=width></span> }
    });
    let doubt = (cut.half_band > 0.0).then(|| view! { <span>"needs a person"</span> });
    let told = format!(
        "{} {}, {} {}; from {} on it is {}",
        first.0,
        format::percent(first.1),
        second.0,
        format::percent(second.1),
        format::percent(cut.at),
        second.0
    );
    view! {
        <div class="between">
            <div class="between__track" role="img" aria-label=told>
                <span class="between__fill" style:transform=format!("scaleX({:.4})", first.1)></span>
                {band}
                <span class="between__cut" style:left=percent(1.0 - cut.at)></span>
            </div>
            <div class="between__names" aria-hidden="true">
                <span>{format!("{} {}", first.0, format::percent(first.1))}</span>
                {doubt}
                <span>{format!("{} {}", second.0, format::percent(second.1))}</span>
            </div>
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
                {move || answer.with(|answer| answer.as_ref().map(|answer| sum(&answer.toward, answer.sum, answer.cut)))}
            </div>
        </Card>
    }
}

/// The sum, line by line, as a person would add it up.
fn sum(toward: &str, sum: ScoreSum, cut: Option<CutView>) -> View {
    let terms = |n: usize| format::counted(n as u64, "word or phrase", "words and phrases");
    let line = |what: String, value: f64| {
        view! {
            <tr>
                <th scope="row">{what}</th>
                <td class="number">{contributions::signed(value)}</td>
            </tr>
        }
    };
    let lines = [
        line("base rate".to_owned(), sum.base),
        line(format!("{} for {toward}", terms(sum.for_it.0)), sum.for_it.1),
        line(format!("{} against {toward}", terms(sum.against.0)), sum.against.1),
    ];
    let rule = cut.map(|cut| {
        let at = contributions::signed(cut.score);
        view! { <p class="note note--small">{format!("Above a score of {at}, a probability of {}, the answer is {toward}.", format::percent(cut.at))}</p> }
    });
    view! {
        <table class="table sum" aria-label="Sum">
            <tbody>{lines.into_iter().collect::<View>()}</tbody>
            <tfoot>{line(format!("score for {toward}"), sum.score)}</tfoot>
        </table>
        {rule}
    }
}

fn listed(bar: ContributionBar) -> View {
    view! { <li>{format!("{} {}", bar.term, contributions::signed(bar.value))}</li> }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(second: f64, class_index: usize, cut: Option<CutView>) -> PredictionView {
        PredictionView {
            class: ["negative", "positive"][class_index].to_owned(),
            class_index,
            classes: vec![("negative".to_owned(), 1.0 - second), ("positive".to_owned(), second)],
            sure: if class_index == 1 { second } else { 1.0 - second },
            is_unsure: false,
            toward: "positive".to_owned(),
            segments: Vec::new(),
            bars: Vec::new(),
            sum: ScoreSum { base: 0.0, for_it: (0, 0.0), against: (0, 0.0), score: 0.0 },
            cut,
            n_unmarked: 0,
            sentence: String::new(),
            elapsed_ms: 0.0,
        }
    }

    #[test]
    fn a_less_likely_answer_says_why_it_is_given() {
        let cut = |at| Some(CutView { at, half_band: 0.0, score: 0.0 });
        assert_eq!(
            against_the_odds(&answer(0.34, 1, cut(0.3))).as_deref(),
            Some(
                "Negative is likelier, 66 %; but this model says positive from 30 % on, so its answer is positive."
            )
        );
        assert_eq!(
            against_the_odds(&answer(0.6, 0, cut(0.71))).as_deref(),
            Some(
                "Positive is likelier, 60 %; but this model says positive only from 71 % on, so its answer is negative."
            )
        );
        for likely in [answer(0.94, 1, cut(0.5)), answer(0.2, 0, cut(0.3)), answer(0.34, 1, None)] {
            assert_eq!(against_the_odds(&likely), None);
        }
    }

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
