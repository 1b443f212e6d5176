//! What if: words taken out, and the fewest without which the answer is another.

use leptos::prelude::*;
use markup::view;

use crate::components::button::{Button, Emphasis};
use crate::markup::View;
use crate::reactive::Derived;
use crate::state::prediction::Prediction;
use crate::state::views::PredictionView;
use crate::state::what_if::{Turn, use_what_if};

/// Most words that are named one by one.
const MAX_NAMED: usize = 8;

/// What was taken out, and what would turn the answer.
#[component]
pub fn Turning(
    /// The model that answers.
    prediction: Prediction,
    /// What it answers.
    answer: Derived<Option<PredictionView>>,
) -> View {
    let what_if = use_what_if();
    let n_out = Derived::new(move || prediction.left_out.with(Vec::len));
    let class = Derived::new(move || {
        answer.with(|answer| answer.as_ref().map(|answer| answer.class.clone()).unwrap_or_default())
    });
    let out = move || match n_out.get() {
        0 => view! { <p class="note">"Press a word to take it out and see the answer without it."</p> },
        n_out => {
            let words = if n_out == 1 { "one word is".to_owned() } else { format!("{n_out} words are") };
            view! {
                <div class="row">
                    <p class="note">{format!("What if: {words} taken out.")}</p>
                    <Button
                        label="Put all back"
                        emphasis=Emphasis::Quiet
                        on_press=move |()| prediction.left_out.set_if_new(Vec::new())
                    />
                </div>
            }
        }
    };
    view! {
        <div class="stack stack--tight">
            {out}
            <div class="row" role="status" aria-label="What turns it">
                {move || told(what_if.turn.get(), &class.get(), prediction)}
            </div>
        </div>
    }
}

fn told(turn: Turn, class: &str, prediction: Prediction) -> View {
    let note = |text: String| view! { <p class="note">{text}</p> };
    match turn {
        Turn::Nothing => View::nothing(),
        Turn::Searching => note("Looking for the fewest words that turn it …".to_owned()),
        Turn::Never => note(format!("It stays {class} even with every word taken out, one after another.")),
        Turn::NotFound => note(format!("It stays {class} without any set of up to 12 words that was tried.")),
        Turn::TooLong => {
            note("The text has more than 1,000 words: what turns it is not looked for.".to_owned())
        }
        Turn::Without { places, words, class: other, is_fewest } => {
            let fewest = match (is_fewest, words.len()) {
                (_, 1) => "",
                (true, _) => " No fewer words do.",
                (false, _) => " Fewer may do: 5,000 smaller sets were tried.",
            };
            let named = words.iter().take(MAX_NAMED).enumerate().map(|(place, word)| {
                let before = match place {
                    0 => "",
                    _ if place + 1 == words.len() => " and ",
                    _ => ", ",
                };
                view! {
                    {before}
                    <strong>{word.clone()}</strong>
                }
            });
            let named: View = named.collect();
            let more = words.len().saturating_sub(MAX_NAMED);
            let more = (more > 0).then(|| format!(" and {more} more"));
            let take_out = move |()| {
                let mut all = prediction.left_out.get_untracked();
                all.extend(&places);
                all.sort_unstable();
                prediction.left_out.set(all);
            };
            view! {
                <p class="note">
                    "Without " {named} {more} {format!(" it would turn {other}.{fewest}")}
                </p>
                <Button label="Take these out" emphasis=Emphasis::Quiet on_press=take_out />
            }
        }
    }
}
