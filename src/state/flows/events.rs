//! What happened around flows, newest first, as far as a page wants it, in words.

use leptos::prelude::on_cleanup;
use storage::{Order, Query};
use track::flow::{FlowEvent, Happening};
use track::record::{Collection, Record};

use super::Flows;
use crate::reactive::{Held, State};
use crate::state::format;
use crate::state::loadable::{Loadable, show};
use crate::state::refresh::Refresh;

/// Events that are read, the newest.
pub const MAX_READ: usize = 1_000;

impl Flows {
    /// The newest events, kept true while the current owner lives.
    pub fn events(self) -> State<Loadable<Vec<FlowEvent>>> {
        let shown = State::new(Loadable::Loading);
        let alive = Held::new(true);
        on_cleanup(move || alive.set(false));
        let refresh = Refresh::new(self.shared, move || async move {
            let Some(services) = self.shared.try_get() else { return };
            let all = Query::All(Collection::FlowEvents);
            let found = services.store.list(&all, Order::Descending, MAX_READ).await;
            let event = |record| if let Record::FlowEvent(event) = record { Some(event) } else { None };
            let found = found.map(|records| {
                let events: Vec<FlowEvent> = records.into_iter().filter_map(event).collect();
                (!events.is_empty()).then_some(events)
            });
            if alive.try_get() == Some(true) {
                show(shown, Loadable::from_result(found));
            }
        });
        refresh.want();
        shown
    }
}

/// What happened, in words, and the page about it.
pub fn words(happening: &Happening) -> (String, Option<String>) {
    match happening {
        Happening::FlowRunState { flow_run, name, state, message, .. } => {
            let why = if message.is_empty() { String::new() } else { format!(": {message}") };
            (format!("Run {name} is {}{why}", state.as_str()), Some(format!("/flows/runs/{flow_run}")))
        }
        Happening::DriftFound { model, reason } => {
            (format!("Reviews differ from those of {model}: {reason}"), None)
        }
        Happening::Metric { model, name, value } => {
            (format!("{name} of {model} is {}", format::metric_words(name, *value)), None)
        }
        Happening::NewVersion { model, version } => {
            (format!("{model} has version {version}"), Some(format!("/models/{model}/{version}")))
        }
        Happening::AutomationFired { name, .. } => (format!("Automation '{name}' acted"), None),
    }
}

/// Which events are to be seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventFilter {
    /// Those whose name begins so; empty: all.
    pub kind: String,
    /// Those whose words hold this text, whatever its letters' case.
    pub text: String,
}

/// Kinds to choose from: how their names begin, and as they are shown.
pub const KINDS: [(&str, &str); 6] = [
    ("", "All"),
    ("flow-run.", "Flow runs"),
    ("model-version.", "New versions"),
    ("metric.", "Metrics"),
    ("drift.", "Drift"),
    ("automation.", "Automations"),
];

impl EventFilter {
    /// Whether an event is to be seen.
    pub fn holds(&self, event: &FlowEvent) -> bool {
        let text = self.text.trim().to_lowercase();
        let name = event.happening.name();
        name.starts_with(&self.kind)
            && (text.is_empty()
                || name.to_lowercase().contains(&text)
                || words(&event.happening).0.to_lowercase().contains(&text))
    }
}

#[cfg(test)]
mod tests {
    use track::SCHEMA;
    use track::id::{FlowEventId, Millis};

    use super::*;

    #[test]
    fn events_are_filtered_by_kind_and_text() {
        let event =
            |happening| FlowEvent { schema: SCHEMA, id: FlowEventId("1".into()), at: Millis(1), happening };
        let new = event(Happening::NewVersion { model: "reviews".into(), version: 3 });
        let drift = event(Happening::DriftFound { model: "shop".into(), reason: "Longer texts.".into() });
        let seen = |kind: &str, text: &str| {
            let filter = EventFilter { kind: kind.into(), text: text.into() };
            [filter.holds(&new), filter.holds(&drift)]
        };
        assert_eq!(seen("", ""), [true, true]);
        assert_eq!(seen("model-version.", ""), [true, false]);
        assert_eq!(seen("", "LONGER"), [false, true]);
        assert_eq!(seen("drift.", "reviews has"), [false, false]);
    }
}
