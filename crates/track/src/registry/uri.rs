//! Addresses of models, read and resolved in one place: `models:/name/3`, `models:/name@champion`,
//! `models:/name/Production`, `models:/name/latest`, `runs:/id/model`.

use std::fmt;
use std::str::FromStr;

use engine::quote::Quoted;
use thiserror::Error;

use super::change::Stage;
use super::fold::Registry;
use super::model::ModelVersion;
use super::words::LATEST;
use crate::id::RunId;
use crate::run::PIPELINE_ARTIFACT;

const MODELS: &str = "models:/";
const RUNS: &str = "runs:/";
/// What the model of a run is called in its address.
const RUN_MODEL: &str = "model";

/// Which model is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelUri {
    /// A version by its number.
    Version {
        /// The registered model.
        model: String,
        /// Its version.
        version: u32,
    },
    /// The version that has an alias.
    Alias {
        /// The registered model.
        model: String,
        /// The alias.
        alias: String,
    },
    /// The newest version in a stage.
    Stage {
        /// The registered model.
        model: String,
        /// The stage.
        stage: Stage,
    },
    /// The newest version.
    Latest {
        /// The registered model.
        model: String,
    },
    /// What a run fitted.
    Run {
        /// The run.
        run: RunId,
    },
}

/// What an address leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum Resolved<'a> {
    /// A version of a registered model.
    Version(&'a ModelVersion),
    /// A run, whose record names its pipeline.
    Run(RunId),
}

/// Why an address leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UriError {
    /// It is none.
    #[error(
        "'{text}' is no address of a model: write models:/name/3, models:/name@champion, models:/name/Production or runs:/id/model",
        text = Quoted(.text)
    )]
    NoAddress {
        /// What was given.
        text: String,
    },
    /// There is no such model.
    #[error("there is no registered model '{name}'{}", hint(.renamed_to), name = Quoted(.name))]
    UnknownModel {
        /// The name.
        name: String,
        /// What it is called now.
        renamed_to: Option<String>,
    },
    /// The model has no such version.
    #[error("'{model}' has no version {version}: its newest is {newest}", model = Quoted(.model))]
    UnknownVersion {
        /// The model.
        model: String,
        /// The number.
        version: u32,
        /// The newest.
        newest: u32,
    },
    /// The model has no version at all.
    #[error("'{model}' has no version", model = Quoted(.model))]
    NoVersion {
        /// The model.
        model: String,
    },
    /// No version has the alias.
    #[error("no version of '{model}' has the alias {alias}", model = Quoted(.model), alias = Quoted(.alias))]
    UnknownAlias {
        /// The model.
        model: String,
        /// The alias.
        alias: String,
    },
    /// No version is in the stage.
    #[error("no version of '{model}' is in {}", .stage.as_str(), model = Quoted(.model))]
    EmptyStage {
        /// The model.
        model: String,
        /// The stage.
        stage: Stage,
    },
}

fn hint(renamed_to: &Option<String>) -> String {
    renamed_to.as_ref().map(|to| format!(": it is called '{}' now", Quoted(to))).unwrap_or_default()
}

impl FromStr for ModelUri {
    type Err = UriError;

    fn from_str(text: &str) -> Result<Self, UriError> {
        parsed(text.trim()).ok_or_else(|| UriError::NoAddress { text: text.to_owned() })
    }
}

fn parsed(text: &str) -> Option<ModelUri> {
    if let Some(rest) = text.strip_prefix(RUNS) {
        let (run, path) = rest.split_once('/')?;
        let is_model = !run.is_empty() && matches!(path, RUN_MODEL | PIPELINE_ARTIFACT);
        return is_model.then(|| ModelUri::Run { run: RunId(run.to_owned()) });
    }
    let rest = text.strip_prefix(MODELS)?;
    let whole = |name: &str, part: &str| {
        let is_name = !name.is_empty() && !name.contains(['/', '@', ':']);
        (is_name && !part.is_empty()).then(|| name.to_owned())
    };
    if let Some((name, alias)) = rest.split_once('@') {
        let model = whole(name, alias)?;
        return (!alias.contains(['/', '@'])).then(|| ModelUri::Alias { model, alias: alias.to_owned() });
    }
    let (name, part) = rest.split_once('/')?;
    let model = whole(name, part)?;
    if part.eq_ignore_ascii_case(LATEST) {
        return Some(ModelUri::Latest { model });
    }
    if let Some(stage) = Stage::named(part) {
        return Some(ModelUri::Stage { model, stage });
    }
    let is_number = part.bytes().all(|byte| byte.is_ascii_digit());
    part.parse().ok().filter(|_| is_number).map(|version| ModelUri::Version { model, version })
}

impl fmt::Display for ModelUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version { model, version } => write!(f, "{MODELS}{model}/{version}"),
            Self::Alias { model, alias } => write!(f, "{MODELS}{model}@{alias}"),
            Self::Stage { model, stage } => write!(f, "{MODELS}{model}/{}", stage.as_str()),
            Self::Latest { model } => write!(f, "{MODELS}{model}/{LATEST}"),
            Self::Run { run } => write!(f, "{RUNS}{run}/{RUN_MODEL}"),
        }
    }
}

impl Registry {
    /// What an address leads to.
    ///
    /// # Errors
    /// Where there is no such model, version or alias, or the stage is empty.
    pub fn resolve(&self, uri: &ModelUri) -> Result<Resolved<'_>, UriError> {
        let name = match uri {
            ModelUri::Run { run } => return Ok(Resolved::Run(run.clone())),
            ModelUri::Version { model, .. }
            | ModelUri::Alias { model, .. }
            | ModelUri::Stage { model, .. }
            | ModelUri::Latest { model } => model,
        };
        let unknown = || UriError::UnknownModel {
            name: name.clone(),
            renamed_to: self.renamed_to(name).map(str::to_owned),
        };
        let model = self.model(name).ok_or_else(unknown)?;
        let none = || UriError::NoVersion { model: name.clone() };
        let found = match uri {
            ModelUri::Alias { alias, .. } => model
                .aliased(alias)
                .ok_or_else(|| UriError::UnknownAlias { model: name.clone(), alias: alias.clone() }),
            ModelUri::Stage { stage, .. } => model
                .in_stage(*stage)
                .ok_or_else(|| UriError::EmptyStage { model: name.clone(), stage: *stage }),
            ModelUri::Version { version, .. } => {
                let newest = model.latest().ok_or_else(none)?.version;
                let unknown = || UriError::UnknownVersion { model: name.clone(), version: *version, newest };
                model.version(*version).ok_or_else(unknown)
            }
            ModelUri::Latest { .. } | ModelUri::Run { .. } => model.latest().ok_or_else(none),
        };
        found.map(Resolved::Version)
    }
}
