//! Parts of a page of which one is shown at a time, chosen by a list of tabs. Which one stands in the address.

use leptos::ev;
use leptos::prelude::*;
use markup::view;

use crate::markup::{ElementRef, View};
use crate::reactive::{Derived, Held};
use crate::router::use_router;

/// A part of a page.
pub struct Tab {
    /// Its word in the address: `check` in `/data?show=check`.
    pub key: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// Draws it.
    pub body: fn() -> View,
}

/// The tabs, and the part that is chosen: the first where the address names none.
#[component]
pub fn Tabs(
    /// What is chosen among.
    name: &'static str,
    /// The word of the address that says which: `show` in `/data?show=check`.
    parameter: &'static str,
    /// All parts, in order.
    tabs: &'static [Tab],
) -> View {
    let router = use_router();
    let chosen = Derived::new(move || {
        let asked = router.asked(parameter);
        tabs.iter().position(|tab| Some(tab.key) == asked.as_deref()).unwrap_or(0)
    });
    let elements: Held<Vec<ElementRef>> = Held::new(tabs.iter().map(|_| ElementRef::new(None)).collect());
    let choose = move |place: usize| router.ask(parameter, tabs[place].key);
    let step = move |event: ev::KeyboardEvent| {
        let Some(place) = moved(&event.key(), chosen.get_untracked(), tabs.len()) else { return };
        event.prevent_default();
        choose(place);
        if let Some(tab) = elements.with(|elements| elements[place].get_untracked()) {
            // A tab that cannot take the focus leaves it where it was.
            tab.focus().ok();
        }
    };
    let tab = move |(place, tab): (usize, &'static Tab)| {
        let is_chosen = Derived::new(move || chosen.get() == place);
        let element = elements.with(|elements| elements[place]);
        view! {
            <button
                type="button"
                role="tab"
                class="tabs__tab"
                id=tab_id(tab)
                aria-selected=move || is_chosen.get().to_string()
                aria-controls=move || is_chosen.get().then(|| panel_id(tab))
                tabindex=move || if is_chosen.get() { "0" } else { "-1" }
                node_ref=element
                on:click=move |_| choose(place)
            >
                {tab.name}
            </button>
        }
    };
    let panel = View::live(move || {
        let tab = &tabs[chosen.get()];
        view! {
            <div class="stack" role="tabpanel" id=panel_id(tab) aria-labelledby=tab_id(tab)>
                {untrack(tab.body)}
            </div>
        }
    });
    view! {
        <div class="tabs" role="tablist" aria-label=name on:keydown=step>
            {tabs.iter().enumerate().map(tab).collect::<View>()}
        </div>
        {panel}
    }
}

fn tab_id(tab: &Tab) -> String {
    format!("tab-{}", tab.key)
}

fn panel_id(tab: &Tab) -> String {
    format!("panel-{}", tab.key)
}

/// Where a key leads from the tab at `place` of `n_tabs`.
fn moved(key: &str, place: usize, n_tabs: usize) -> Option<usize> {
    Some(match key {
        "ArrowRight" => (place + 1) % n_tabs,
        "ArrowLeft" => (place + n_tabs - 1) % n_tabs,
        "Home" => 0,
        "End" => n_tabs - 1,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_go_round_and_other_keys_stay() {
        for (key, place, expected) in [
            ("ArrowRight", 0, Some(1)),
            ("ArrowRight", 2, Some(0)),
            ("ArrowLeft", 0, Some(2)),
            ("Home", 2, Some(0)),
            ("End", 0, Some(2)),
            ("a", 1, None),
        ] {
            assert_eq!(moved(key, place, 3), expected, "{key} at {place}");
        }
    }
}
