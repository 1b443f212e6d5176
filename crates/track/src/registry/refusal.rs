//! Why the registry cannot be changed: one sentence each.

use engine::quote::Quoted;
use thiserror::Error;

use super::model::Reference;

/// Longest name a registered model may have, in characters.
pub const MAX_MODEL_NAME: usize = 100;
/// Most events a history has: above it nothing is added.
pub const MAX_EVENTS: usize = 100_000;

/// Why the registry cannot be changed so.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RegistryError {
    /// The model's name was empty.
    #[error("a model needs a name: type one, such as the product's")]
    EmptyName,
    /// The name cannot stand in `models:/name/version`.
    #[error("a model's name cannot hold '{found}': leave that character out")]
    BadCharacter {
        /// The first offender.
        found: char,
    },
    /// The name means another place in an address or a path.
    #[error(
        "a model cannot be called '{name}', which means another place in an address: choose another name"
    )]
    ReservedName {
        /// The name.
        name: String,
    },
    /// The name is longer than `MAX_MODEL_NAME`.
    #[error("a model's name has at most {MAX_MODEL_NAME} characters, this one has {n_chars}: shorten it")]
    LongName {
        /// Its length.
        n_chars: usize,
    },
    /// Another model has the name.
    #[error("there is a model '{name}' already: choose another name", name = Quoted(.name))]
    NameTaken {
        /// The name.
        name: String,
    },
    /// No model has the name.
    #[error("there is no model '{name}'", name = Quoted(.name))]
    UnknownModel {
        /// The name.
        name: String,
    },
    /// The model has no such version.
    #[error("'{model}' has no version {version}", model = Quoted(.model))]
    UnknownVersion {
        /// The model.
        model: String,
        /// The number.
        version: u32,
    },
    /// The alias was empty.
    #[error("an alias needs a name: champion, challenger or one of your own")]
    EmptyAlias,
    /// The alias holds what MLflow does not take.
    #[error("an alias has letters, digits, '_' and '-' only: leave '{found}' out")]
    BadAlias {
        /// The first offender.
        found: char,
    },
    /// The alias means something already.
    #[error("'{alias}' already means a version by itself: choose another alias", alias = Quoted(.alias))]
    ReservedAlias {
        /// The alias.
        alias: String,
    },
    /// No version has the alias.
    #[error("no version of '{model}' has the alias {alias}", model = Quoted(.model), alias = Quoted(.alias))]
    UnknownAlias {
        /// The model.
        model: String,
        /// The alias.
        alias: String,
    },
    /// The tag's name was empty, or holds what MLflow does not take.
    #[error(
        "a tag's name has letters, digits, spaces and _ . - / only, and no empty part between two /: change '{key}'",
        key = Quoted(.key)
    )]
    BadTag {
        /// The name.
        key: String,
    },
    /// There is no such tag.
    #[error("there is no tag {key}", key = Quoted(.key))]
    UnknownTag {
        /// The name.
        key: String,
    },
    /// A text is longer than it may be.
    #[error("{what} has at most {max} characters, this one has {n_chars}: shorten it")]
    LongText {
        /// Which text.
        what: &'static str,
        /// Its bound.
        max: usize,
        /// Its length.
        n_chars: usize,
    },
    /// It is so already.
    #[error("that is so already: nothing was changed")]
    Unchanged,
    /// What was typed is not the name.
    #[error("type '{expected}' to delete it", expected = Quoted(.expected))]
    NotConfirmed {
        /// The name.
        expected: String,
    },
    /// Something uses a version that would go.
    #[error(
        "version {version} of '{model}' is in use by {by}: take that away first",
        model = Quoted(.model),
        by = listed(.references)
    )]
    InUse {
        /// The model.
        model: String,
        /// The version.
        version: u32,
        /// What uses it.
        references: Vec<Reference>,
    },
    /// The margin is no share.
    #[error("a model is better by 0 to 1 of macro F1: type a number such as 0.01")]
    BadMargin,
    /// Nothing was moved yet.
    #[error("no alias and no stage of '{model}' was different then: there is nothing to go back to", model = Quoted(.model))]
    NothingToRollBack {
        /// The model.
        model: String,
    },
    /// What an alias meant at the time gone back to is no more.
    #[error("version {version} of '{model}', which was {alias} then, is deleted: give {alias} to another version", model = Quoted(.model))]
    VersionOfThenDeleted {
        /// The model.
        model: String,
        /// The alias.
        alias: String,
        /// The version that is deleted.
        version: u32,
    },
    /// The history is full.
    #[error(
        "the registry's history is full ({MAX_EVENTS} entries): download the project and begin a new one"
    )]
    Full,
}

fn listed(references: &[Reference]) -> String {
    let all: Vec<String> = references.iter().map(Reference::to_string).collect();
    all.join(" and ")
}
