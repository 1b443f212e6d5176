//! The model registry: an append-only history, and the models and versions it adds up to.
//!
//! Nothing is edited: `Registry::from_events` folds the history into what stands now.

use engine::num::{ContentHash, SortedMap};
use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::id::{EventId, Millis, RunId};

/// One change of the registry: who did what, when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct RegistryEvent {
    /// Schema number of this record.
    pub schema: u32,
    /// Sortable by time: the order in which events are folded.
    pub id: EventId,
    /// When.
    pub at: Millis,
    /// `Your name` of the settings.
    pub who: String,
    /// Why, if the person said so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// What changed.
    pub change: RegistryChange,
}

/// What a registry event changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RegistryChange {
    /// The next version of `model` is the pipeline of `run`.
    Register {
        /// The registered model's name.
        model: String,
        /// Its number: one more than the model's last.
        version: u32,
        /// The fit it came from.
        run: RunId,
        /// The blob that holds the fitted pipeline.
        pipeline: ContentHash,
    },
}

/// A version of a registered model. It never changes.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelVersion {
    /// The registered model's name.
    pub model: String,
    /// 1, 2, …
    pub version: u32,
    /// The fit it came from.
    pub run: RunId,
    /// The blob that holds the fitted pipeline.
    pub pipeline: ContentHash,
    /// When it was registered.
    pub created: Millis,
    /// Who registered it.
    pub who: String,
}

/// What the history adds up to now: models by name, each with its versions in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Registry {
    models: SortedMap<String, Vec<ModelVersion>>,
}

/// Longest name a registered model may have, in characters.
pub const MAX_MODEL_NAME: usize = 100;

/// Why a model could not be registered.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RegistryError {
    /// The name was empty.
    #[error("a model needs a name: type one, such as the product's")]
    EmptyName,
    /// The name cannot stand in `models:/name/version`.
    #[error("a model's name cannot hold '{found}': leave that character out")]
    BadCharacter {
        /// The first offender.
        found: char,
    },
    /// The name is longer than `MAX_MODEL_NAME`.
    #[error("a model's name has at most {MAX_MODEL_NAME} characters, this one has {n_chars}: shorten it")]
    LongName {
        /// Its length.
        n_chars: usize,
    },
}

impl Registry {
    /// Folds the history, oldest first.
    pub fn from_events<'a>(events: impl IntoIterator<Item = &'a RegistryEvent>) -> Self {
        let mut registry = Self::default();
        for event in events {
            registry.apply(event);
        }
        registry
    }

    /// Adds one event. An event that repeats a version already there changes nothing.
    pub fn apply(&mut self, event: &RegistryEvent) {
        let RegistryChange::Register { model, version, run, pipeline } = &event.change;
        let versions = self.models.get_or_insert_with(model.clone(), Vec::new);
        if versions.iter().all(|known| known.version != *version) {
            versions.push(ModelVersion {
                model: model.clone(),
                version: *version,
                run: run.clone(),
                pipeline: *pipeline,
                created: event.at,
                who: event.who.clone(),
            });
        }
    }

    /// The change that registers `run`'s pipeline as the next version of `model`.
    ///
    /// # Errors
    /// Where the name cannot be used, with the reason.
    pub fn register(
        &self,
        model: &str,
        run: RunId,
        pipeline: ContentHash,
    ) -> Result<RegistryChange, RegistryError> {
        let model = model.trim();
        if model.is_empty() {
            return Err(RegistryError::EmptyName);
        }
        if let Some(found) = model.chars().find(|c| matches!(c, '/' | ':' | '@') || c.is_control()) {
            return Err(RegistryError::BadCharacter { found });
        }
        let n_chars = model.chars().count();
        if n_chars > MAX_MODEL_NAME {
            return Err(RegistryError::LongName { n_chars });
        }
        let version = self.versions(model).iter().map(|known| known.version).max().unwrap_or(0) + 1;
        Ok(RegistryChange::Register { model: model.to_owned(), version, run, pipeline })
    }

    /// Names of the registered models, in alphabetical order.
    pub fn models(&self) -> impl Iterator<Item = &str> {
        self.models.keys().map(String::as_str)
    }

    /// The versions of `model`, oldest first; none where there is no such model.
    pub fn versions(&self, model: &str) -> &[ModelVersion] {
        self.models.get(model).map_or(&[], Vec::as_slice)
    }

    /// The version registered last, over all models.
    pub fn latest(&self) -> Option<&ModelVersion> {
        self.models.values().flatten().max_by_key(|version| (version.created, version.version))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(at: u64, change: RegistryChange) -> RegistryEvent {
        RegistryEvent {
            schema: 1,
            id: EventId::new(Millis(at), [0; 10]),
            at: Millis(at),
            who: "me".into(),
            why: String::new(),
            change,
        }
    }

    fn run() -> RunId {
        RunId::new(Millis(1), [1; 10])
    }

    #[test]
    fn versions_count_up_by_model() {
        let mut registry = Registry::default();
        for (at, model, expected) in [(1, "a", 1), (2, "a", 2), (3, "b", 1), (4, "a", 3)] {
            let change = registry.register(model, run(), ContentHash::of(b"x")).unwrap();
            let RegistryChange::Register { version, .. } = &change;
            assert_eq!(*version, expected, "{model}");
            registry.apply(&event(at, change));
        }
        assert_eq!(registry.models().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(registry.latest().map(|v| (v.model.as_str(), v.version)), Some(("a", 3)));
    }

    #[test]
    fn names_that_break_addresses_are_refused() {
        let registry = Registry::default();
        let refuse = |name: &str| registry.register(name, run(), ContentHash::of(b"x")).unwrap_err();
        assert_eq!(refuse("  "), RegistryError::EmptyName);
        assert_eq!(refuse("a/b"), RegistryError::BadCharacter { found: '/' });
        assert_eq!(refuse(&"x".repeat(101)), RegistryError::LongName { n_chars: 101 });
    }

    #[test]
    fn an_event_read_twice_counts_once() {
        let change = Registry::default().register("a", run(), ContentHash::of(b"x")).unwrap();
        let once = event(5, change);
        assert_eq!(Registry::from_events([&once, &once]), Registry::from_events([&once]));
    }
}
