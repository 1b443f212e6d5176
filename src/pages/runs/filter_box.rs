//! The search box of runs: completion while typing, and what is wrong, pointed at.

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use markup::view;
use track::filter::{Completion, complete};

use crate::markup::{ElementRef, View};
use crate::reactive::{Callback, Derived, State};
use crate::services::text_box;
use crate::state::run_search::RunSearch;

const LIST_ID: &str = "filter-offers";
const FAULT_ID: &str = "filter-fault";

/// What is offered, and which of it is marked.
#[derive(Clone, Debug, Default, PartialEq)]
struct Offer {
    completion: Option<Completion>,
    marked: Option<usize>,
}

impl Offer {
    fn texts(&self) -> &[String] {
        self.completion.as_ref().map_or(&[], |completion| &completion.texts)
    }

    /// The mark one further, or one back, round the list.
    fn step(&mut self, is_forward: bool) {
        let n_texts = self.texts().len();
        if n_texts == 0 {
            return;
        }
        self.marked = Some(match (self.marked, is_forward) {
            (None, true) => 0,
            (None, false) => n_texts - 1,
            (Some(place), true) => (place + 1) % n_texts,
            (Some(place), false) => (place + n_texts - 1) % n_texts,
        });
    }
}

/// The box, what it offers, and what is wrong with what stands in it.
#[component]
pub fn FilterBox(
    /// Whose box.
    search: RunSearch,
) -> View {
    let offer = State::new(Offer::default());
    let element = ElementRef::new(None);
    let offered = move |cursor: usize| {
        let known = search.known.get_untracked();
        let completion = search.typed.with_untracked(|typed| complete(typed, cursor, &known));
        offer.set(Offer { completion: Some(completion), marked: None });
    };
    let look = move |(typed, cursor): (String, usize)| {
        search.want();
        search.type_filter(typed);
        offered(cursor);
    };
    let take = move |place: usize| {
        let Some((completion, text)) = offer.with_untracked(|offer| {
            let completion = offer.completion.clone()?;
            Some((completion.clone(), completion.texts.get(place)?.clone()))
        }) else {
            return;
        };
        let (typed, cursor) = search.typed.with_untracked(|typed| completed(typed, &completion, &text));
        search.type_filter(typed.clone());
        offered(cursor);
        // The box has the new text once what follows it has run.
        spawn_local(async move {
            if let Some(element) = element.get_untracked() {
                text_box::put_cursor(&element, &typed, cursor);
            }
        });
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let marked = offer.with_untracked(|offer| offer.marked);
        match (event.key().as_str(), marked) {
            ("ArrowDown", _) => offer.update(|offer| offer.step(true)),
            ("ArrowUp", _) => offer.update(|offer| offer.step(false)),
            ("Enter" | "Tab", Some(place)) => take(place),
            // A box that offers something is not emptied by the key that puts the offers away.
            ("Escape", _) if offer.with_untracked(|offer| !offer.texts().is_empty()) => {
                offer.set(Offer::default());
            }
            ("Enter", None) => return offer.set(Offer::default()),
            _ => return,
        }
        event.prevent_default();
    };
    let is_open = Derived::new(move || offer.with(|offer| !offer.texts().is_empty()));
    let active = move || offer.with(|offer| offer.marked.map(option_id));
    view! {
        <div class="search" on:keydown=on_key on:focusout=move |_: ev::Event| offer.set(Offer::default())>
            <input
                class="input input--code"
                type="search"
                aria-label="Filter runs"
                placeholder="metrics.test_f1 > 0.8 AND status = finished"
                autocomplete="off"
                spellcheck="false"
                aria-autocomplete="list"
                aria-controls=move || is_open.get().then_some(LIST_ID)
                aria-activedescendant=active
                aria-invalid=move || search.fault.with(Option::is_some).to_string()
                aria-describedby=move || search.fault.with(Option::is_some).then_some(FAULT_ID)
                node_ref=element
                prop:value=move || search.typed.get()
                on:focus:target=move |event| look(text_box::typed(&event.target()))
                on:input:target=move |event| look(text_box::typed(&event.target()))
            />
            <Offers offer take=Callback::new(take) />
            <FaultLine search />
        </div>
    }
}

#[component]
fn Offers(offer: State<Offer>, take: Callback<usize>) -> View {
    let option = move |(place, text): (usize, String)| {
        let is_marked = Derived::new(move || offer.with(|offer| offer.marked == Some(place)));
        // The box keeps the focus: the press is taken before it would be lost.
        let press = move |event: ev::Event| {
            event.prevent_default();
            take.run(place);
        };
        view! {
            <li class="search__offer" role="option" id=option_id(place) aria-selected=move || is_marked.get().to_string() on:mousedown=press>
                {text}
            </li>
        }
    };
    View::live(move || {
        let texts = offer.with(|offer| offer.texts().to_vec());
        if texts.is_empty() {
            return View::nothing();
        }
        view! {
            <ul class="search__offers" role="listbox" id=LIST_ID aria-label="Suggestions">
                {texts.into_iter().enumerate().map(option).collect::<View>()}
            </ul>
        }
    })
}

/// The filter with the part marked that is wrong, and why.
#[component]
fn FaultLine(search: RunSearch) -> View {
    View::live(move || {
        let Some(fault) = search.fault.get() else { return View::nothing() };
        let (before, part, after) = search.typed.with(|typed| {
            let cut = |range: std::ops::Range<usize>| typed.get(range).unwrap_or_default().to_owned();
            (cut(0..fault.span.start), cut(fault.span.clone()), cut(fault.span.end..typed.len()))
        });
        // Where the text ends too early there is nothing to mark but the place.
        let part = if part.is_empty() { " ".to_owned() } else { part };
        view! {
            <div class="search__fault" id=FAULT_ID role="status" aria-label="What is wrong with the filter">
                <p class="search__text" aria-hidden="true">{before}<mark class="search__part">{part}</mark>{after}</p>
                <p class="field__error">{fault.sentence}</p>
            </div>
        }
    })
}

fn option_id(place: usize) -> String {
    format!("{LIST_ID}-{place}")
}

/// The text with the completion taken and a blank behind it, and where the cursor comes to stand.
fn completed(typed: &str, completion: &Completion, text: &str) -> (String, usize) {
    let before = typed.get(..completion.replaces.start).unwrap_or_default();
    let after = typed.get(completion.replaces.end..).unwrap_or_default().trim_start();
    let done = format!("{before}{text} ");
    let cursor = done.len();
    (done + after, cursor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_completion_takes_the_place_of_what_was_typed() {
        let completion = Completion { replaces: 0..3, texts: Vec::new() };
        assert_eq!(completed("met", &completion, "metrics.f1"), ("metrics.f1 ".to_owned(), 11));
        assert_eq!(completed("met > 1", &completion, "metrics.f1"), ("metrics.f1 > 1".to_owned(), 11));
    }

    #[test]
    fn the_mark_goes_round() {
        let completion = Completion { replaces: 0..0, texts: vec!["a".into(), "b".into()] };
        let mut offer = Offer { completion: Some(completion), marked: None };
        let mut step = |is_forward| {
            offer.step(is_forward);
            offer.marked
        };
        assert_eq!([step(true), step(true), step(true), step(false)], [Some(0), Some(1), Some(0), Some(1)]);
    }
}
