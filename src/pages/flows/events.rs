//! What happened around flows, newest first, by kind and by text.

use leptos::prelude::*;
use markup::view;
use track::flow::FlowEvent;

use super::date;
use crate::components::card::Card;
use crate::components::field::{SelectField, TextField};
use crate::components::link::PageLink;
use crate::components::states::{Loading, Nothing, Problem};
use crate::markup::View;
use crate::reactive::{Derived, State};
use crate::state::flows::events::{EventFilter, KINDS, MAX_READ, words};
use crate::state::flows::use_flows;
use crate::state::format;
use crate::state::loadable::Loadable;

/// Events that are drawn.
const MAX_DRAWN: usize = 200;

/// The part of the page.
pub fn events() -> View {
    let events = use_flows().events();
    let filter = State::new(EventFilter::default());
    let found = Derived::new(move || {
        events.with(|events| {
            let all = events.loaded().map(Vec::as_slice).unwrap_or_default();
            filter.with(|filter| all.iter().filter(|event| filter.holds(event)).cloned().collect::<Vec<_>>())
        })
    });
    let state = Derived::new(move || events.with(Loadable::without_value));
    View::live(move || match state.get() {
        Loadable::Nothing => {
            view! {
                <Nothing
                    title="Nothing has happened yet"
                    text="Runs that begin and end, new versions, metrics, drift and what automations do are told here."
                />
            }
        }
        Loadable::Loading => view! { <Loading what="the events" /> },
        Loadable::Failed(reason) => view! { <Problem text=reason /> },
        Loadable::Loaded(()) => view! { <Feed filter found /> },
    })
}

#[component]
fn Feed(filter: State<EventFilter>, found: Derived<Vec<FlowEvent>>) -> View {
    let sub = Derived::new(move || match found.with(Vec::len) {
        n if n > MAX_DRAWN => format!("the newest {MAX_DRAWN} of {}", format::whole(n as u64)),
        n if n >= MAX_READ => format!("the newest {MAX_READ}"),
        n => format::counted(n as u64, "event", "events"),
    });
    let rows =
        View::live(move || found.with(|found| found.iter().take(MAX_DRAWN).map(row).collect::<View>()));
    let kinds = KINDS.map(|(key, name)| (key.to_owned(), name.to_owned())).to_vec();
    view! {
        <Card title="Events" sub>
            <div class="stack">
                <div class="fields fields--wide">
                    <SelectField
                        id="event-kind"
                        label="Kind of event"
                        options=Derived::from(kinds)
                        value=Derived::new(move || filter.with(|filter| filter.kind.clone()))
                        on_choose=move |kind: String| filter.update(|filter| filter.kind = kind)
                    />
                    <TextField
                        id="event-find"
                        label="Find in events"
                        value=Derived::new(move || filter.with(|filter| filter.text.clone()))
                        on_type=move |text: String| filter.update(|filter| filter.text = text)
                    />
                </div>
                <div class="table-scroll" tabindex="0" role="region" aria-label="Events, all columns">
                    <table class="table" aria-label="Events">
                        <thead>
                            <tr>
                                <th scope="col">"When"</th>
                                <th scope="col">"Event"</th>
                                <th scope="col">"What happened"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </div>
        </Card>
    }
}

fn row(event: &FlowEvent) -> View {
    let (text, to) = words(&event.happening);
    let shown = match to {
        Some(to) => view! { <PageLink to=to>{text}</PageLink> },
        None => View::from(text),
    };
    view! {
        <tr>
            <td>{date(event.at)}</td>
            <td><code>{event.happening.name()}</code></td>
            <td class="wide">{shown}</td>
        </tr>
    }
}
