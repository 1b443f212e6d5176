//! What happened to a model, and what was in Production on a day.

use leptos::prelude::*;
use markup::view;

use super::of_book;
use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::term::Term;
use crate::glossary::Word;
use crate::markup::View;
use crate::reactive::{Derived, State};
use crate::services::clock;
use crate::state::format;
use crate::state::registry::{Changing, Registry};
use crate::state::tab::use_tab;
use crate::state::views::HistoryRow;

/// Entries that are shown; the newest are.
const MAX_SHOWN: usize = 500;

fn date(at: track::id::Millis) -> String {
    format::date_time(at, clock::offset_minutes())
}

/// The whole history, newest first.
#[component]
pub fn History(
    /// Whose.
    registry: Registry,
    /// The model.
    name: String,
) -> View {
    let tab = use_tab();
    let disabled = Derived::new(move || {
        tab.is_reader() || registry.changing.with(|changing| *changing == Changing::Busy)
    });
    let of = name.clone();
    let rows = of_book(registry, move |book| Some(book.history(&of)));
    let rows = Derived::new(move || rows.get().unwrap_or_default());
    let sub = Derived::new(move || {
        let n_rows = rows.with(Vec::len);
        match n_rows > MAX_SHOWN {
            true => format!("the newest {MAX_SHOWN} of {}", format::whole(n_rows as u64)),
            false => format::counted(n_rows as u64, "entry", "entries"),
        }
    });
    let body = View::live(move || {
        let line = |(place, row): (usize, HistoryRow)| {
            // How it stands now needs no way back.
            let name = (place > 0 && row.moves).then(|| name.clone());
            view! { <Entry registry row name disabled /> }
        };
        rows.get().into_iter().take(MAX_SHOWN).enumerate().map(line).collect::<View>()
    });
    view! {
        <Card title="History" sub>
            <div class="table-scroll table-scroll--tall" tabindex="0" role="region" aria-label="History, all entries">
                <table class="table" aria-label="History">
                    <thead>
                        <tr>
                            <th scope="col">"When"</th>
                            <th scope="col">"Who"</th>
                            <th scope="col">"What"</th>
                            <th scope="col">"Why"</th>
                            <th scope="col"><span class="visually-hidden">"Go back"</span></th>
                        </tr>
                    </thead>
                    <tbody>{body}</tbody>
                </table>
            </div>
        </Card>
    }
}

/// An entry; `name` of the model where aliases and stages can go back to how they stood after it.
#[component]
fn Entry(registry: Registry, row: HistoryRow, name: Option<String>, disabled: Derived<bool>) -> View {
    let HistoryRow { at, who, what, why, .. } = row;
    let back = name.map(|name| {
        let go_back = move |()| registry.go_back(name.clone(), Some(at));
        view! { <Button label="Go back to this" on_press=go_back emphasis=Emphasis::Quiet disabled /> }
    });
    view! {
        <tr>
            <td>{date(at)}</td>
            <td>{who}</td>
            <td class="wide">{what}</td>
            <td class="wide">{why}</td>
            <td>{back}</td>
        </tr>
    }
}

/// What was in Production on a day.
#[component]
pub fn OnADay(
    /// Whose.
    registry: Registry,
    /// The model.
    name: String,
) -> View {
    let (day, time) = (State::new(String::new()), State::new(String::new()));
    let answer = of_book(registry, move |book| {
        let end = day.with(|day| time.with(|time| format::end_of(day, time, clock::offset_minutes())))?;
        Some(book.in_production_at(&name, end.min(clock::now()), date))
    });
    let said = move || answer.get().unwrap_or_else(|| "Choose a day.".to_owned());
    view! {
        <Card title="In Production on a day">
            <div class="stack stack--tight">
                <div class="field register__name">
                    <span class="field__label">
                        <label for="day">"Day"</label>
                        <Term word=Word::Stage mark=true />
                    </span>
                    <input
                        id="day"
                        class="input"
                        type="date"
                        prop:value=move || day.get()
                        on:input:target=move |event| day.set(event.target().value())
                    />
                </div>
                <div class="field register__name">
                    <label class="field__label" for="time-of-day">"Time, else the day's end"</label>
                    <input
                        id="time-of-day"
                        class="input"
                        type="time"
                        prop:value=move || time.get()
                        on:input:target=move |event| time.set(event.target().value())
                    />
                </div>
                <p class="note" role="status" aria-label="In Production">{said}</p>
            </div>
        </Card>
    }
}
