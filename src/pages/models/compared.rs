//! Two versions of a model side by side: settings and scores that differ, terms gained and lost.

use engine::errors::TermChange;
use leptos::prelude::*;
use markup::view;

use super::{NONE, of_book};
use crate::components::card::Card;
use crate::components::field::SelectField;
use crate::components::link::PageLink;
use crate::components::states::{Loading, Problem};
use crate::components::term::Term;
use crate::glossary::Word;
use crate::markup::View;
use crate::reactive::{Derived, State, follow};
use crate::state::format;
use crate::state::loadable::Loadable;
use crate::state::registry::{Registry, TermsCompared};
use crate::state::views::{VersionDifference, VersionRow};

/// The card; nothing where there is one version only.
#[component]
pub fn Compared(
    /// Whose.
    registry: Registry,
    /// The model.
    name: String,
) -> View {
    let of = name.clone();
    let rows = of_book(registry, move |book| Some(book.versions_of(&of)));
    let rows = Derived::new(move || rows.get().unwrap_or_default());
    let can = Derived::new(move || rows.with(|rows| rows.len() > 1));
    View::live(move || can.get().then(|| view! { <Two registry name=name.clone() rows /> }))
}

/// The version of a number; the newest, or the one before it, where none is chosen.
fn chosen(rows: &[VersionRow], number: Option<u32>, place: usize) -> Option<VersionRow> {
    rows.iter().find(|row| Some(row.version) == number).or_else(|| rows.get(place)).cloned()
}

#[component]
fn Two(registry: Registry, name: String, rows: Derived<Vec<VersionRow>>) -> View {
    let (first, second) = (State::new(None::<u32>), State::new(None::<u32>));
    let from = Derived::new(move || rows.with(|rows| chosen(rows, first.get(), 1)));
    let to = Derived::new(move || rows.with(|rows| chosen(rows, second.get(), 0)));
    let numbers = Derived::new(move || {
        let number = |row: Derived<Option<VersionRow>>| row.with(|row| row.as_ref().map(|row| row.version));
        number(from).zip(number(to))
    });
    let options = Derived::new(move || {
        rows.with(|rows| {
            rows.iter()
                .map(|row| (row.version.to_string(), format!("Version {}", row.version)))
                .collect::<Vec<_>>()
        })
    });
    follow(move || {
        if let Some((from, to)) = numbers.get() {
            registry.compare_terms(&name, from, to);
        }
    });
    let shown = |row: Derived<Option<VersionRow>>| {
        Derived::new(move || {
            row.with(|row| row.as_ref().map(|row| row.version.to_string()).unwrap_or_default())
        })
    };
    let differences = Derived::new(move || {
        let (from, to) = from.get().zip(to.get())?;
        registry.book.with(|book| Some(book.loaded()?.differences(&from.run, &to.run)))
    });
    let table = View::live(move || {
        let (from, to) = numbers.get()?;
        let lines = differences.get().unwrap_or_default();
        Some(view! { <Differences from to lines /> })
    });
    let beyond = View::live(move || {
        let (from, to) = from.get().zip(to.get())?;
        let runs = format!("/runs/compare?runs={},{}", from.run, to.run);
        Some(view! {
            <p class="note">
                "Which reviews they predict differently, and whether that is chance: "
                <PageLink to=runs>"compare their runs"</PageLink> "."
            </p>
        })
    });
    view! {
        <Card title="Versions compared">
            <div class="stack">
                <div class="register">
                    <div class="register__name">
                        <SelectField
                            id="first-version"
                            label="From"
                            options
                            value=shown(from)
                            on_choose=move |number: String| first.set(number.parse().ok())
                        />
                    </div>
                    <div class="register__name">
                        <SelectField
                            id="second-version"
                            label="To"
                            options
                            value=shown(to)
                            on_choose=move |number: String| second.set(number.parse().ok())
                        />
                    </div>
                </div>
                {table}
                <Terms registry />
                {beyond}
            </div>
        </Card>
    }
}

#[component]
fn Differences(from: u32, to: u32, lines: Vec<VersionDifference>) -> View {
    if lines.is_empty() {
        return view! { <p class="note">"Their settings and scores are the same."</p> };
    }
    let line = |line: VersionDifference| {
        let shown = match Word::of_field(&line.name) {
            Some(word) => view! { <Term word text=line.name /> },
            None => View::from(line.name),
        };
        view! {
            <tr>
                <th scope="row">{shown}</th>
                <td class="number">{line.first.unwrap_or_else(|| NONE.to_owned())}</td>
                <td class="number">{line.second.unwrap_or_else(|| NONE.to_owned())}</td>
            </tr>
        }
    };
    view! {
        <div class="table-scroll table-scroll--tall" tabindex="0" role="region" aria-label="Differences, all lines">
            <table class="table" aria-label="Differences">
                <thead>
                    <tr>
                        <th scope="col">"Differs"</th>
                        <th scope="col" class="number">{format!("Version {from}")}</th>
                        <th scope="col" class="number">{format!("Version {to}")}</th>
                    </tr>
                </thead>
                <tbody>{lines.into_iter().map(line).collect::<View>()}</tbody>
            </table>
        </div>
    }
}

/// Terms gained and lost, in their state.
#[component]
fn Terms(registry: Registry) -> View {
    View::live(move || match registry.terms.get() {
        Loadable::Nothing => View::nothing(),
        Loadable::Loading => view! { <Loading what="their words" /> },
        Loadable::Failed(text) => view! { <Problem text /> },
        Loadable::Loaded(TermsCompared { n_shared, gained, lost, changes, of: (_, from, to) }) => {
            let shared = format::counted(n_shared as u64, "word or phrase", "words and phrases");
            view! {
                <div class="stack stack--tight">
                    <p class="note">{format!("{shared} stand in both vocabularies.")}</p>
                    {terms("Gained", gained)}
                    {terms("Lost", lost)}
                    <div class="split split--even split--top">
                        {changes.into_iter().map(|change| weights(change, from, to)).collect::<View>()}
                    </div>
                </div>
            }
        }
    })
}

fn terms(word: &'static str, (n_terms, told): (usize, Vec<String>)) -> View {
    let rest = n_terms - told.len();
    let chips = told.into_iter().map(|term| view! { <span class="chip">{term}</span> });
    let more = (rest > 0).then(|| format!("and {} more", format::whole(rest as u64)));
    view! {
        <div class="row" role="group" aria-label=word>
            <b>{format!("{word}: {}", format::whole(n_terms as u64))}</b>
            {chips.collect::<View>()}
            {more.map(|more| view! { <span class="note">{more}</span> })}
        </div>
    }
}

/// Terms that speak otherwise for a class than before.
fn weights((class, changes): (String, Vec<TermChange>), from: u32, to: u32) -> View {
    if changes.is_empty() {
        return View::nothing();
    }
    let weight =
        |weight: Option<f64>| weight.map_or_else(|| NONE.to_owned(), |weight| format!("{weight:.3}"));
    let line = |change: &TermChange| {
        view! {
            <tr>
                <th scope="row">{change.term.clone()}</th>
                <td class="number">{weight(change.before)}</td>
                <td class="number">{weight(change.after)}</td>
            </tr>
        }
    };
    let lines: View = changes.iter().map(line).collect();
    let label = format!("Terms that weigh otherwise for {class}");
    view! {
        <div class="stack stack--tight">
            <h3>{format!("What changed for {class}")}</h3>
            <div class="table-scroll">
                <table class="table" aria-label=label>
                    <thead>
                        <tr>
                            <th scope="col">"Term"</th>
                            <th scope="col" class="number">{format!("Weight in {from}")}</th>
                            <th scope="col" class="number">{format!("in {to}")}</th>
                        </tr>
                    </thead>
                    <tbody>{lines}</tbody>
                </table>
            </div>
        </div>
    }
}
