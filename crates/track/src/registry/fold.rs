//! The history added up: what stands after its events, or stood after those up to a time.
//!
//! Folding never fails: an event that does not fit what stands, as two devices' histories in one may
//! have them, changes nothing.

use engine::num::SortedMap;

use super::change::{RegistryChange, RegistryEvent, Stage};
use super::model::{CHAMPION, ModelVersion, Reference, RegisteredModel, Rule};
use crate::id::Millis;

/// What the history adds up to: models by name, each with its versions in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Registry {
    models: SortedMap<String, RegisteredModel>,
    /// The highest number a name ever had: an address never means two things.
    last_numbers: SortedMap<String, u32>,
    /// What a name that is gone was changed to.
    renamed: SortedMap<String, String>,
    /// When each champion became it: of several models, the newest champion answers.
    crowned: SortedMap<String, Millis>,
    last_at: Option<Millis>,
    n_events: usize,
}

impl Registry {
    /// What uses models beside their aliases and stages, with the model's name: the version of it that answers cannot be
    /// deleted then. It is no part of the history, and is said again when that is read again.
    pub fn know_users(&mut self, users: impl IntoIterator<Item = (String, Reference)>) {
        self.models.iter_mut().for_each(|(_, model)| model.users.clear());
        for (name, user) in users {
            if let Some(model) = self.models.get_mut(&name)
                && !model.users.contains(&user)
            {
                model.users.push(user);
            }
        }
    }

    /// Folds the history, oldest first.
    pub fn from_events<'a>(events: impl IntoIterator<Item = &'a RegistryEvent>) -> Self {
        let mut registry = Self::default();
        for event in events {
            registry.apply(event);
        }
        registry
    }

    /// What stood at a time: the events up to and at it.
    pub fn as_of<'a>(events: impl IntoIterator<Item = &'a RegistryEvent>, at: Millis) -> Self {
        Self::from_events(events.into_iter().filter(|event| event.at <= at))
    }

    /// Adds one event. An event that does not fit changes nothing.
    pub fn apply(&mut self, event: &RegistryEvent) {
        self.n_events += 1;
        self.last_at = self.last_at.max(Some(event.at));
        match &event.change {
            RegistryChange::Register { .. } => self.add_version(event),
            RegistryChange::Rename { model, to } => self.apply_rename(model, to),
            RegistryChange::DeleteModel { model } => {
                self.models.remove(model);
                self.crowned.remove(model);
                self.renamed.remove(model);
            }
            RegistryChange::Describe { model, version, text } => {
                if let Some((description, _)) = self.said_of(model, *version) {
                    description.clone_from(text);
                }
            }
            RegistryChange::Tag { model, version, key, value } => {
                if let Some((_, tags)) = self.said_of(model, *version) {
                    tags.insert(key.clone(), value.clone());
                }
            }
            RegistryChange::Untag { model, version, key } => {
                if let Some((_, tags)) = self.said_of(model, *version) {
                    tags.remove(key);
                }
            }
            change => self.change_model(change, event.at),
        }
    }

    /// Changes that stay within one model that is there.
    fn change_model(&mut self, change: &RegistryChange, at: Millis) {
        let name = change.model();
        let Some(model) = self.models.get_mut(name) else { return };
        let champion = model.aliases.get(CHAMPION).copied();
        match change {
            RegistryChange::SetAlias { alias, version, .. } if model.version(*version).is_some() => {
                model.aliases.insert(alias.clone(), *version);
            }
            RegistryChange::RemoveAlias { alias, .. } => {
                model.aliases.remove(alias);
            }
            RegistryChange::SetStage { version, stage, archive_existing, .. } => {
                set_stage(model, *version, *stage, *archive_existing);
            }
            RegistryChange::DeleteVersion { version, .. } => {
                model.versions.retain(|known| known.version != *version);
                model.aliases.retain(|_, meant| meant != version);
            }
            RegistryChange::SetRule { better_by, .. } => {
                model.rule = better_by.map(|better_by| Rule { better_by });
            }
            RegistryChange::RollBack { aliases, stages, .. } => {
                let there: Vec<u32> = model.versions.iter().map(|version| version.version).collect();
                model.aliases = aliases.clone();
                model.aliases.retain(|_, version| there.contains(version));
                for version in &mut model.versions {
                    let stage = stages.iter().find(|(number, _)| *number == version.version);
                    version.stage = stage.map_or(Stage::None, |(_, stage)| *stage);
                }
            }
            _ => {}
        }
        let now = model.aliases.get(CHAMPION).copied();
        if now.is_none() {
            self.crowned.remove(name);
        } else if now != champion {
            self.crowned.insert(name.to_owned(), at);
        }
    }

    fn add_version(&mut self, event: &RegistryEvent) {
        let RegistryChange::Register { model: name, version, run, pipeline } = &event.change else { return };
        let new = || RegisteredModel {
            name: name.clone(),
            created: event.at,
            description: String::new(),
            tags: SortedMap::new(),
            versions: Vec::new(),
            aliases: SortedMap::new(),
            users: Vec::new(),
            rule: None,
        };
        let model = self.models.get_or_insert_with(name.clone(), new);
        if model.version(*version).is_some() {
            return;
        }
        let last = self.last_numbers.get_or_insert_with(name.clone(), || 0);
        *last = (*last).max(*version);
        model.versions.push(ModelVersion {
            model: name.clone(),
            version: *version,
            run: run.clone(),
            pipeline: *pipeline,
            created: event.at,
            who: event.who.clone(),
            description: String::new(),
            tags: SortedMap::new(),
            stage: Stage::None,
        });
    }

    fn apply_rename(&mut self, from: &str, to: &str) {
        if self.models.contains_key(to) {
            return;
        }
        let Some(mut model) = self.models.remove(from) else { return };
        model.name = to.to_owned();
        for version in &mut model.versions {
            version.model = to.to_owned();
        }
        let last = self.last_number(from).max(self.last_number(to));
        self.last_numbers.insert(to.to_owned(), last);
        if let Some(at) = self.crowned.remove(from) {
            self.crowned.insert(to.to_owned(), at);
        }
        self.renamed.insert(from.to_owned(), to.to_owned());
        self.models.insert(to.to_owned(), model);
    }

    /// The words and tags of a model, or of one of its versions.
    fn said_of(
        &mut self,
        model: &str,
        version: Option<u32>,
    ) -> Option<(&mut String, &mut SortedMap<String, String>)> {
        let model = self.models.get_mut(model)?;
        match version {
            None => Some((&mut model.description, &mut model.tags)),
            Some(number) => {
                let version = model.versions.iter_mut().find(|known| known.version == number)?;
                Some((&mut version.description, &mut version.tags))
            }
        }
    }

    /// Names of the registered models, in alphabetical order.
    pub fn models(&self) -> impl Iterator<Item = &str> {
        self.models.keys().map(String::as_str)
    }

    /// The model of that name.
    pub fn model(&self, name: &str) -> Option<&RegisteredModel> {
        self.models.get(name)
    }

    /// The versions of `model`, oldest first; none where there is no such model.
    pub fn versions(&self, model: &str) -> &[ModelVersion] {
        self.models.get(model).map_or(&[], |model| model.versions.as_slice())
    }

    /// One version of a model.
    pub fn version(&self, model: &str, number: u32) -> Option<&ModelVersion> {
        self.model(model)?.version(number)
    }

    /// Every version of every model.
    pub fn all_versions(&self) -> impl Iterator<Item = &ModelVersion> {
        self.models.values().flat_map(|model| &model.versions)
    }

    /// The version registered last, over all models.
    pub fn latest(&self) -> Option<&ModelVersion> {
        self.all_versions().max_by_key(|version| (version.created, version.version))
    }

    /// The version that answers where nobody says which: the newest champion of any model, else the version
    /// that came last.
    pub fn answering(&self) -> Option<&ModelVersion> {
        let newest = self.crowned.iter().max_by_key(|(_, at)| **at);
        newest.and_then(|(name, _)| self.model(name)?.aliased(CHAMPION)).or_else(|| self.latest())
    }

    /// What a model that is gone under this name is called now.
    pub fn renamed_to(&self, name: &str) -> Option<&str> {
        let mut now = self.renamed.get(name)?;
        // As many steps as there are names, so that names that went round end.
        for _ in 0..self.renamed.len() {
            if self.models.contains_key(now) {
                return Some(now);
            }
            now = self.renamed.get(now)?;
        }
        None
    }

    /// The highest version number that a name ever had; 0 where it had none.
    pub(super) fn last_number(&self, model: &str) -> u32 {
        self.last_numbers.get(model).copied().unwrap_or(0)
    }

    /// When the newest event happened.
    pub(super) fn last_at(&self) -> Option<Millis> {
        self.last_at
    }

    /// How many events were folded.
    pub(super) fn n_events(&self) -> usize {
        self.n_events
    }
}

fn set_stage(model: &mut RegisteredModel, number: u32, stage: Stage, archive_existing: bool) {
    if model.version(number).is_none() {
        return;
    }
    for version in &mut model.versions {
        if version.version == number {
            version.stage = stage;
        } else if archive_existing && stage.is_active() && version.stage == stage {
            version.stage = Stage::Archived;
        }
    }
}
