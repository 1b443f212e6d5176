//! A technical word with its sentence behind it: shown on hover, focus and tap, closed by Escape.
//!
//! One tip serves the whole page. Screen readers get the sentence as the word's description, from a
//! list that is always there.

use leptos::ev;
use leptos::prelude::*;
use markup::view;

use crate::glossary::Word;
use crate::markup::{ElementRef, View};
use crate::reactive::{Derived, State};
use crate::services::layout::{self, Place};

/// Distance of the tip from its word, in pixels.
const GAP: f64 = 6.0;
/// Distance of the tip from the edges of the window, in pixels.
const MARGIN: f64 = 8.0;
/// The tip's largest width, as in `style/tokens.css`, in pixels.
const TIP_WIDTH: f64 = 280.0;
/// Room the tip needs below its word; with less it goes above.
const TIP_ROOM: f64 = 120.0;

/// Which word's tip is open, and the word on the page.
#[derive(Clone, Copy)]
struct OpenTip(State<Option<(Word, ElementRef)>>);

/// Provides the tip; call once, above all pages.
pub fn provide_tip() {
    provide_context(OpenTip(State::new(None)));
}

fn use_tip() -> OpenTip {
    use_context().expect("the shell calls provide_tip above every page")
}

fn description_id(word: Word) -> String {
    format!("word-{}", word.key())
}

/// A technical word. As a mark it is a small `?` beside the label of a field.
#[component]
pub fn Term(
    /// Which.
    word: Word,
    /// What is written, if not the word itself.
    #[prop(optional, into)]
    text: Option<Derived<String>>,
    /// A `?` instead of words.
    #[prop(optional)]
    mark: bool,
) -> View {
    let tip = use_tip();
    let node = ElementRef::new(None);
    let open = move || tip.0.set(Some((word, node)));
    let close = move || {
        // The shell may be gone before its words are.
        tip.0.try_update(|open| {
            if open.is_some_and(|(shown, _)| shown == word) {
                *open = None;
            }
        });
    };
    on_cleanup(close);
    let text = move || match text {
        Some(text) => text.get(),
        None if mark => "?".to_owned(),
        None => word.shown().to_owned(),
    };
    let label = mark.then(|| format!("What does {} mean?", word.shown()));
    view! {
        <button
            type="button"
            class=if mark { "term term--mark" } else { "term" }
            aria-label=label
            aria-describedby=description_id(word)
            node_ref=node
            on:pointerenter=move |_| open()
            on:pointerleave=move |_| close()
            on:focus=move |_| open()
            on:blur=move |_| close()
            on:click=move |event: ev::MouseEvent| {
                event.prevent_default();
                open();
            }
        >
            {text}
        </button>
    }
}

/// The one tip, and the sentences of all words for screen readers.
#[component]
pub fn TipLayer() -> View {
    let tip = use_tip();
    let escape = window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" {
            tip.0.set(None);
        }
    });
    // The tip goes with its word when the page is scrolled.
    let moved = State::new(());
    let scrolled = window_event_listener(ev::scroll, move |_| moved.set(()));
    on_cleanup(move || {
        escape.remove();
        scrolled.remove();
    });
    let descriptions = Word::ALL
        .iter()
        .map(|word| view! { <span id=description_id(*word)>{word.sentence()}</span> })
        .collect::<View>();
    let shown = move || {
        moved.track();
        tip.0.get().and_then(|(word, node)| {
            let place = layout::place_of(&node.get_untracked()?.into());
            let (left, top, up) = beside(place, layout::viewport());
            Some(view! {
                <aside aria-label="What a word means">
                    <div
                        class="tip"
                        role="tooltip"
                        style:transform=format!("translate({left:.0}px, {top:.0}px) translateY({})", if up { "-100%" } else { "0" })
                    >
                        <span class="tip__word">{word.shown()}</span>
                        {word.sentence()}
                    </div>
                </aside>
            })
        })
    };
    view! {
        <div hidden>{descriptions}</div>
        {shown}
    }
}

/// Left edge, upper (or, going up, lower) edge, and whether the tip goes up.
fn beside(place: Place, viewport: (f64, f64)) -> (f64, f64, bool) {
    let left = place.left.min(viewport.0 - TIP_WIDTH - MARGIN).max(MARGIN);
    let below = place.top + place.height + GAP;
    let up = below + TIP_ROOM > viewport.1 && place.top > TIP_ROOM;
    (left, if up { place.top - GAP } else { below }, up)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tip_stays_on_the_screen() {
        let word = |left: f64, top: f64| Place { left, top, width: 40.0, height: 16.0 };
        assert_eq!(beside(word(100.0, 50.0), (1280.0, 800.0)), (100.0, 72.0, false));
        assert_eq!(beside(word(1250.0, 50.0), (1280.0, 800.0)).0, 992.0);
        assert_eq!(beside(word(100.0, 760.0), (1280.0, 800.0)), (100.0, 754.0, true));
        assert_eq!(beside(word(0.0, 10.0), (280.0, 100.0)).0, MARGIN);
    }
}
