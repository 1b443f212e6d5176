//! What an automation is told: words in, checked words out. Never: an event or an action that there is not.

use track::flow::{Posture, StateName};

/// When something happens, or does not, then something is done.
#[derive(Clone, Debug, PartialEq)]
pub struct AutomationWords {
    /// Because it happened, or because it did not.
    pub posture: Posture,
    /// What.
    pub event: EventWords,
    /// How often.
    pub threshold: u32,
    /// Within how many seconds.
    pub within_s: u64,
    /// What is done.
    pub actions: Vec<ActionWords>,
}

/// What is listened to.
#[derive(Clone, Debug, PartialEq)]
pub enum EventWords {
    /// A flow run comes to one of these states; of any deployment where none is named.
    State {
        /// The states.
        states: Vec<StateName>,
        /// The deployment's name.
        deployment: Option<String>,
    },
    /// Drift is found.
    Drift {
        /// Of this model; empty: of any.
        model: String,
    },
    /// A metric is over or under a value.
    Metric {
        /// Of this model; empty: of any.
        model: String,
        /// Its name.
        name: String,
        /// Over, else under.
        is_over: bool,
        /// The value.
        value: f64,
    },
    /// A version is registered.
    Version {
        /// Of this model; empty: of any.
        model: String,
    },
}

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActionWords {
    /// A deployment is run.
    Run(String),
    /// A deployment's schedules are switched off.
    Pause(String),
    /// An alias comes to a model's newest version.
    Alias {
        /// The model.
        model: String,
        /// The alias.
        alias: String,
    },
    /// The person is told this.
    Notify(String),
}

/// `failed`, `state:Crashed,Failed@nightly`, `drift`, `drift:shop`, `metric:f1_macro<0.8`, `metric:f1_macro<0.8@shop`,
/// `version:shop`.
pub fn event(text: &str) -> Result<EventWords, lexopt::Error> {
    let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
    match kind {
        "state" => {
            let (states, deployment) = rest.rsplit_once('@').map_or((rest, None), |(a, b)| (a, Some(b)));
            let states: Result<Vec<StateName>, lexopt::Error> = states.split(',').map(state).collect();
            Ok(EventWords::State { states: states?, deployment: deployment.map(str::to_owned) })
        }
        "drift" => Ok(EventWords::Drift { model: rest.to_owned() }),
        "version" => Ok(EventWords::Version { model: rest.to_owned() }),
        "metric" => metric(rest),
        _ => {
            let known = "state:NAME,NAME@DEPLOYMENT, drift:MODEL, metric:NAME<VALUE@MODEL and version:MODEL";
            Err(format!("an automation listens to {known}, not '{text}'").into())
        }
    }
}

fn state(word: &str) -> Result<StateName, lexopt::Error> {
    let is_it = |name: &StateName| name.as_str().eq_ignore_ascii_case(word.trim());
    StateName::ALL.into_iter().find(is_it).ok_or_else(|| {
        let names: Vec<&str> = StateName::ALL.iter().map(|name| name.as_str()).collect();
        format!("a state is one of {}, not '{word}'", names.join(", ")).into()
    })
}

fn metric(text: &str) -> Result<EventWords, lexopt::Error> {
    let wrong = || format!("a metric is named as in metric:f1_macro<0.8@shop, not 'metric:{text}'");
    let (text_of, model) = text.rsplit_once('@').unwrap_or((text, ""));
    let at = text_of.find(['<', '>']).ok_or_else(wrong)?;
    let (name, value) = (&text_of[..at], &text_of[at + 1..]);
    let value: f64 = value.trim().parse().map_err(|_| wrong())?;
    if name.trim().is_empty() || !value.is_finite() {
        return Err(wrong().into());
    }
    let is_over = text_of.as_bytes()[at] == b'>';
    Ok(EventWords::Metric { model: model.to_owned(), name: name.trim().to_owned(), is_over, value })
}

/// `run:nightly`, `pause:nightly`, `alias:shop@challenger`, `notify:Look at the shop`.
pub fn action(text: &str) -> Result<ActionWords, lexopt::Error> {
    let wrong = || {
        let known = "run:DEPLOYMENT, pause:DEPLOYMENT, alias:MODEL@ALIAS and notify:TEXT";
        format!("an automation does {known}, not '{text}'")
    };
    let (kind, rest) = text.split_once(':').filter(|(_, rest)| !rest.trim().is_empty()).ok_or_else(wrong)?;
    match kind {
        "run" => Ok(ActionWords::Run(rest.to_owned())),
        "pause" => Ok(ActionWords::Pause(rest.to_owned())),
        "notify" => Ok(ActionWords::Notify(rest.to_owned())),
        "alias" => {
            let (model, alias) = rest.rsplit_once('@').ok_or_else(wrong)?;
            Ok(ActionWords::Alias { model: model.to_owned(), alias: alias.to_owned() })
        }
        _ => Err(wrong().into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_named_in_words() {
        let states = vec![StateName::Failed, StateName::TimedOut];
        let found = event("state:failed,TimedOut@every night").expect("states");
        assert_eq!(found, EventWords::State { states, deployment: Some("every night".into()) });
        assert_eq!(event("drift").expect("drift"), EventWords::Drift { model: String::new() });
        let metric = |model: &str, is_over| EventWords::Metric {
            model: model.into(),
            name: "f1_macro".into(),
            is_over,
            value: 0.8,
        };
        assert_eq!(event("metric:f1_macro<0.8").expect("a metric"), metric("", false));
        assert_eq!(event("metric:f1_macro > 0.8@shop").expect("a metric"), metric("shop", true));
        assert_eq!(event("version:shop").expect("a version"), EventWords::Version { model: "shop".into() });
        for wrong in ["rain", "state:Happy", "metric:f1", "metric:<3", "metric:f1<many"] {
            assert!(event(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn actions_are_named_in_words() {
        assert_eq!(action("run:a b").expect("a run"), ActionWords::Run("a b".into()));
        let alias = ActionWords::Alias { model: "shop".into(), alias: "newest".into() };
        assert_eq!(action("alias:shop@newest").expect("an alias"), alias);
        assert_eq!(action("notify:a: b").expect("words"), ActionWords::Notify("a: b".into()));
        for wrong in ["run:", "run", "alias:shop", "dance:now"] {
            assert!(action(wrong).is_err(), "{wrong}");
        }
    }
}
