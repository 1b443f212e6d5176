//! What may be changed: a wish and the registry in, the change it comes to out, or one sentence why not.

use engine::num::{ContentHash, SortedMap};

use super::change::{RegistryChange, RegistryEvent, Stage};
use super::fold::Registry;
use super::model::{ModelVersion, RegisteredModel};
use super::refusal::{MAX_EVENTS, RegistryError};
use super::words::{
    MAX_DESCRIPTION, MAX_TAG_VALUE, MAX_WHY, bounded, checked_alias, checked_name, checked_tag, confirmed,
};
use crate::SCHEMA;
use crate::id::{EventId, Millis, RunId};

impl Registry {
    /// The entry of the history that makes `change`: later than every other, whatever the clock says.
    ///
    /// # Errors
    /// Where the reason is too long, or the history full.
    pub fn event(
        &self,
        change: RegistryChange,
        (who, why): (&str, &str),
        now: Millis,
        entropy: [u8; 10],
    ) -> Result<RegistryEvent, RegistryError> {
        if self.n_events() >= MAX_EVENTS {
            return Err(RegistryError::Full);
        }
        let why = bounded("a reason", why.trim(), MAX_WHY)?;
        let at = self.last_at().map_or(now, |last| now.max(Millis(last.0 + 1)));
        let id = EventId::new(at, entropy);
        Ok(RegistryEvent { schema: SCHEMA, id, at, who: who.to_owned(), why, change })
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
        let model = checked_name(model)?;
        let version = self.last_number(&model) + 1;
        Ok(RegistryChange::Register { model, version, run, pipeline })
    }

    /// The change that gives a model, or one of its versions, a description.
    ///
    /// # Errors
    /// Where there is no such model or version, or the text is too long or the same.
    pub fn describe(
        &self,
        model: &str,
        version: Option<u32>,
        text: &str,
    ) -> Result<RegistryChange, RegistryError> {
        let text = bounded("a description", text.trim(), MAX_DESCRIPTION)?;
        let known = self.known(model)?;
        let now = match version {
            None => &known.description,
            Some(number) => &self.known_version(model, number)?.description,
        };
        if *now == text {
            return Err(RegistryError::Unchanged);
        }
        Ok(RegistryChange::Describe { model: model.to_owned(), version, text })
    }

    /// The change that sets a tag of a model or version.
    ///
    /// # Errors
    /// Where there is no such model or version, or the tag's name or value cannot be used.
    pub fn tag(
        &self,
        model: &str,
        version: Option<u32>,
        key: &str,
        value: &str,
    ) -> Result<RegistryChange, RegistryError> {
        let key = checked_tag(key)?;
        let value = bounded("a tag", value.trim(), MAX_TAG_VALUE)?;
        if self.tags(model, version)?.get(&key) == Some(&value) {
            return Err(RegistryError::Unchanged);
        }
        Ok(RegistryChange::Tag { model: model.to_owned(), version, key, value })
    }

    /// The change that takes a tag away.
    ///
    /// # Errors
    /// Where there is no such model, version or tag.
    pub fn untag(
        &self,
        model: &str,
        version: Option<u32>,
        key: &str,
    ) -> Result<RegistryChange, RegistryError> {
        if !self.tags(model, version)?.contains_key(key) {
            return Err(RegistryError::UnknownTag { key: key.to_owned() });
        }
        Ok(RegistryChange::Untag { model: model.to_owned(), version, key: key.to_owned() })
    }

    /// The change that lets an alias mean a version.
    ///
    /// # Errors
    /// Where there is no such version, or the alias cannot be used or means it already.
    pub fn set_alias(&self, model: &str, alias: &str, version: u32) -> Result<RegistryChange, RegistryError> {
        let alias = checked_alias(alias)?;
        self.known_version(model, version)?;
        if self.known(model)?.aliases.get(&alias) == Some(&version) {
            return Err(RegistryError::Unchanged);
        }
        Ok(RegistryChange::SetAlias { model: model.to_owned(), alias, version })
    }

    /// The change that takes an alias away.
    ///
    /// # Errors
    /// Where there is no such model or alias.
    pub fn remove_alias(&self, model: &str, alias: &str) -> Result<RegistryChange, RegistryError> {
        if !self.known(model)?.aliases.contains_key(alias) {
            return Err(RegistryError::UnknownAlias { model: model.to_owned(), alias: alias.to_owned() });
        }
        Ok(RegistryChange::RemoveAlias { model: model.to_owned(), alias: alias.to_owned() })
    }

    /// The change that brings a version to a stage, from any other. `archive_existing` counts where the stage is
    /// `Staging` or `Production`: MLflow archives nothing else.
    ///
    /// # Errors
    /// Where there is no such version, or it is in that stage already.
    pub fn set_stage(
        &self,
        model: &str,
        version: u32,
        stage: Stage,
        archive_existing: bool,
    ) -> Result<RegistryChange, RegistryError> {
        if self.known_version(model, version)?.stage == stage {
            return Err(RegistryError::Unchanged);
        }
        let archive_existing = archive_existing && stage.is_active();
        Ok(RegistryChange::SetStage { model: model.to_owned(), version, stage, archive_existing })
    }

    /// The change that gives a model another name.
    ///
    /// # Errors
    /// Where there is no such model, or the name cannot be used or is taken.
    pub fn rename(&self, model: &str, to: &str) -> Result<RegistryChange, RegistryError> {
        self.known(model)?;
        let to = checked_name(to)?;
        if to == model {
            return Err(RegistryError::Unchanged);
        }
        if self.model(&to).is_some() {
            return Err(RegistryError::NameTaken { name: to });
        }
        Ok(RegistryChange::Rename { model: model.to_owned(), to })
    }

    /// The change that deletes a version; `typed` is what the person typed to confirm it: the version's address or
    /// its model's name.
    ///
    /// # Errors
    /// Where something uses it, saying what, or something else was typed.
    pub fn delete_version(
        &self,
        model: &str,
        version: u32,
        typed: &str,
    ) -> Result<RegistryChange, RegistryError> {
        self.known_version(model, version)?;
        self.refuse_in_use(self.known(model)?, version)?;
        confirmed(model, typed)?;
        Ok(RegistryChange::DeleteVersion { model: model.to_owned(), version })
    }

    /// The change that deletes a model with all its versions; `typed` is what the person typed to confirm it.
    ///
    /// # Errors
    /// Where something uses one of them, saying what, or something else was typed.
    pub fn delete_model(&self, model: &str, typed: &str) -> Result<RegistryChange, RegistryError> {
        let known = self.known(model)?;
        known.versions.iter().try_for_each(|version| self.refuse_in_use(known, version.version))?;
        confirmed(model, typed)?;
        Ok(RegistryChange::DeleteModel { model: model.to_owned() })
    }

    /// The change that lets studies register their best where it is better than the champion by so much; none ends it.
    ///
    /// # Errors
    /// Where there is no such model, or the margin is none.
    pub fn set_rule(&self, model: &str, better_by: Option<f64>) -> Result<RegistryChange, RegistryError> {
        if self.known(model)?.rule.map(|rule| rule.better_by) == better_by {
            return Err(RegistryError::Unchanged);
        }
        if better_by.is_some_and(|margin| !(0.0..=1.0).contains(&margin)) {
            return Err(RegistryError::BadMargin);
        }
        Ok(RegistryChange::SetRule { model: model.to_owned(), better_by })
    }

    fn refuse_in_use(&self, model: &RegisteredModel, version: u32) -> Result<(), RegistryError> {
        let references = model.references_to(version);
        if references.is_empty() {
            return Ok(());
        }
        Err(RegistryError::InUse { model: model.name.clone(), version, references })
    }

    pub(super) fn known(&self, model: &str) -> Result<&RegisteredModel, RegistryError> {
        self.model(model).ok_or_else(|| RegistryError::UnknownModel { name: model.to_owned() })
    }

    fn known_version(&self, model: &str, version: u32) -> Result<&ModelVersion, RegistryError> {
        let unknown = || RegistryError::UnknownVersion { model: model.to_owned(), version };
        self.known(model)?.version(version).ok_or_else(unknown)
    }

    fn tags(&self, model: &str, version: Option<u32>) -> Result<&SortedMap<String, String>, RegistryError> {
        match version {
            None => Ok(&self.known(model)?.tags),
            Some(number) => Ok(&self.known_version(model, number)?.tags),
        }
    }
}
