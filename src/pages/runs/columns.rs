//! Which columns the table has, in which order, and which stay in sight.

use leptos::ev;
use leptos::prelude::*;
use markup::view;
use track::filter::{Attribute, Key};

use crate::components::field::Chip;
use crate::markup::View;
use crate::reactive::Derived;
use crate::state::run_grid::{column_name, usual_columns};
use crate::state::run_search::RunSearch;

/// Attributes that can be chosen as columns beyond the usual ones.
const FURTHER_COLUMNS: [Attribute; 6] = [
    Attribute::EndTime,
    Attribute::ExperimentId,
    Attribute::Seed,
    Attribute::EngineVersion,
    Attribute::Note,
    Attribute::RunId,
];

/// A list of all keys with a box each, and the order of those that are shown, behind a word.
#[component]
pub fn ColumnChoice(
    /// Of which table.
    search: RunSearch,
) -> View {
    let keys = Derived::new(move || {
        let mut keys = usual_columns();
        keys.extend(FURTHER_COLUMNS.map(Key::Attribute));
        let known = search.known.get();
        let further = known.keys.iter().map(|(key, _)| key.clone()).filter(|key| !keys.contains(key));
        let further: Vec<Key> = further.collect();
        keys.extend(further);
        // The run's name leads to it, so it stays.
        keys.retain(|key| *key != Key::Attribute(Attribute::RunName));
        keys
    });
    let shown = Derived::new(move || {
        let mut shown = search.asked.with(|asked| asked.shown_columns());
        shown.retain(|key| *key != Key::Attribute(Attribute::RunName));
        shown
    });
    let choice = move |key: Key| {
        let name = name_of(&key);
        let is_on = {
            let key = key.clone();
            Derived::new(move || shown.with(|shown| shown.contains(&key)))
        };
        let set = move |is_wanted: bool| search.ask(|asked| asked.set_column(&key, is_wanted));
        view! { <li><Chip label=name one_of=None on=is_on on_change=set /></li> }
    };
    view! {
        <details class="search__columns" on:toggle=move |_: ev::Event| search.want()>
            <summary class="btn btn--plain">"Columns"</summary>
            <div class="stack stack--tight search__choices">
                <ol class="columns" aria-label="Order of columns">
                    {move || order(search, &shown.get())}
                </ol>
                <ul class="choices" aria-label="Columns shown">
                    {move || keys.get().into_iter().map(choice).collect::<View>()}
                </ul>
            </div>
        </details>
    }
}

fn name_of(key: &Key) -> String {
    match key {
        Key::Attribute(_) => column_name(key),
        Key::Metric(_) | Key::Param(_) if usual_columns().contains(key) => column_name(key),
        _ => key.to_string(),
    }
}

fn order(search: RunSearch, shown: &[Key]) -> View {
    let line = |place: usize| {
        let earlier = place.checked_sub(1).and_then(|place| shown.get(place)).cloned();
        let later = shown.get(place + 1).cloned();
        view! { <Placed search key=shown[place].clone() earlier later /> }
    };
    (0..shown.len()).map(line).collect()
}

/// A column that is shown, with buttons that move it and pin it.
#[component]
fn Placed(search: RunSearch, key: Key, earlier: Option<Key>, later: Option<Key>) -> View {
    let name = name_of(&key);
    let is_pinned = {
        let key = key.clone();
        Derived::new(move || search.asked.with(|asked| asked.pinned.contains(&key)))
    };
    let mover = |words: &'static str, label: String, to: Option<Key>| {
        let (key, is_end) = (key.clone(), to.is_none());
        let press = move |_: ev::MouseEvent| {
            if let Some(to) = &to {
                search.ask(|asked| asked.move_column(&key, to));
            }
        };
        view! {
            <button type="button" class="btn btn--quiet btn--small" aria-label=label prop:disabled=is_end on:click=press>
                {words}
            </button>
        }
    };
    let (before, after) = (
        mover("←", format!("Move {name} to the left"), earlier),
        mover("→", format!("Move {name} to the right"), later),
    );
    let pin = {
        let key = key.clone();
        move |_: ev::MouseEvent| search.ask(|asked| asked.toggle_pin(&key))
    };
    view! {
        <li class="columns__one">
            <span class="columns__name">{name.clone()}</span>
            {before}
            {after}
            <button
                type="button"
                class="btn btn--quiet btn--small"
                aria-label=format!("Pin {name}")
                aria-pressed=move || is_pinned.get().to_string()
                on:click=pin
            >
                {move || if is_pinned.get() { "Unpin" } else { "Pin" }}
            </button>
        </li>
    }
}
