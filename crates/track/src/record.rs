//! Every kind of record there is, and where each is kept.

use engine::quote::Quoted;
use json::{Document, FromJson, JsonError, ToJson};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::SCHEMA;
use crate::dataset::{Dataset, RecipeRecord};
use crate::experiment::Experiment;
use crate::registry::RegistryEvent;
use crate::run::{Run, RunSpec};
use crate::saved::{Saved, SavedContent};

/// The collections of the store, in the order a project file lists them.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToJson, FromJson,
)]
#[serde(rename_all = "snake_case")]
pub enum Collection {
    /// `Experiment` by id.
    Experiments,
    /// `RecipeRecord` by hash.
    Recipes,
    /// `Dataset` by id.
    Datasets,
    /// `Run` by id.
    Runs,
    /// `RegistryEvent` by id: append-only.
    Registry,
    /// `Saved` by id.
    Saved,
}

impl Collection {
    /// All of them, in order.
    pub const ALL: [Collection; 6] =
        [Self::Experiments, Self::Recipes, Self::Datasets, Self::Runs, Self::Registry, Self::Saved];

    /// Whether a project file without it is whole: it came after the first version.
    pub fn may_lack_in_project_file(self) -> bool {
        self == Self::Saved
    }

    /// Its name in the database and in a project file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Experiments => "experiments",
            Self::Recipes => "recipes",
            Self::Datasets => "datasets",
            Self::Runs => "runs",
            Self::Registry => "registry",
            Self::Saved => "saved",
        }
    }
}

/// One record of any kind, as it is stored and as a project file holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "nearly all records are runs: a box for each would cost more")]
pub enum Record {
    /// A group of runs.
    Experiment(Experiment),
    /// A recipe under its hash.
    Recipe(RecipeRecord),
    /// A stored file and what reading it gave.
    Dataset(Dataset),
    /// A study, trial or fit.
    Run(Run),
    /// An entry of the registry's history.
    Registry(RegistryEvent),
    /// Something kept under a name.
    Saved(Saved),
}

impl Record {
    /// Where it is kept.
    pub fn collection(&self) -> Collection {
        match self {
            Self::Experiment(_) => Collection::Experiments,
            Self::Recipe(_) => Collection::Recipes,
            Self::Dataset(_) => Collection::Datasets,
            Self::Run(_) => Collection::Runs,
            Self::Registry(_) => Collection::Registry,
            Self::Saved(_) => Collection::Saved,
        }
    }

    /// Its key in that collection.
    pub fn key(&self) -> String {
        match self {
            Self::Experiment(experiment) => experiment.id.0.clone(),
            Self::Recipe(recipe) => recipe.hash.to_string(),
            Self::Dataset(dataset) => dataset.id.0.clone(),
            Self::Run(run) => run.id.0.clone(),
            Self::Registry(event) => event.id.0.clone(),
            Self::Saved(saved) => saved.id.0.clone(),
        }
    }

    /// The schema number it carries.
    pub fn schema(&self) -> u32 {
        match self {
            Self::Experiment(experiment) => experiment.schema,
            Self::Recipe(recipe) => recipe.schema,
            Self::Dataset(dataset) => dataset.schema,
            Self::Run(run) => run.schema,
            Self::Registry(event) => event.schema,
            Self::Saved(saved) => saved.schema,
        }
    }

    /// Its one stored form: compact JSON, fields in the order of the type.
    ///
    /// # Errors
    /// Where a number in it is NaN or infinite.
    pub fn to_json(&self) -> Result<String, RecordError> {
        if let Self::Run(run) = self {
            run.check_finite().map_err(|error| RecordError::NotFinite { reason: error.to_string() })?;
        }
        Ok(json::to_string(self))
    }

    /// Reads a record from JSON, whatever its kind.
    ///
    /// # Errors
    /// Where it is no record, a record of a newer build, or one with a field that does not fit.
    pub fn from_json(text: &str) -> Result<Self, RecordError> {
        let document = Document::parse(text).map_err(not_a_record)?;
        let head: Head = document.read().map_err(not_a_record)?;
        if head.schema == 0 || head.schema > SCHEMA {
            return Err(RecordError::Newer { what: head.kind, found: head.schema, known: SCHEMA });
        }
        if !KINDS.contains(&head.kind.as_str()) {
            return Err(RecordError::UnknownType { found: head.kind });
        }
        let record: Self = document
            .read()
            .map_err(|error| RecordError::Invalid { what: head.kind, reason: error.to_string() })?;
        match record.inner_schema() {
            Some((what, found)) if found > SCHEMA => {
                Err(RecordError::Newer { what: what.to_owned(), found, known: SCHEMA })
            }
            _ => Ok(record),
        }
    }

    /// The schema of the engine's value inside, where there is one.
    fn inner_schema(&self) -> Option<(&'static str, u32)> {
        match self {
            Self::Recipe(recipe) => Some(("recipe", recipe.recipe.schema)),
            Self::Run(run) => match &run.spec {
                Some(RunSpec::Study(study)) => Some(("study", study.schema)),
                _ => None,
            },
            Self::Saved(saved) => match &saved.content {
                SavedContent::Study { study } => Some(("study", study.schema)),
                SavedContent::Cleaning { .. }
                | SavedContent::RunsView { .. }
                | SavedContent::Board { .. } => None,
            },
            _ => None,
        }
    }
}

/// What every stored record begins with.
#[derive(Deserialize, FromJson)]
struct Head {
    #[serde(rename = "type")]
    kind: String,
    schema: u32,
}

/// Every `type` a record may have.
const KINDS: [&str; 6] = ["experiment", "recipe", "dataset", "run", "registry", "saved"];

fn not_a_record(error: JsonError) -> RecordError {
    RecordError::NotARecord { reason: error.to_string() }
}

/// Why a text is no record that can be used, or a record cannot be stored.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RecordError {
    /// It is not JSON, or has no type or no schema number.
    #[error("this is no record of Reviewlab: {reason}")]
    NotARecord {
        /// What the parser said.
        reason: String,
    },
    /// Its schema number is one this build does not know.
    #[error(
        "this {what} was written by another version of Reviewlab (schema {found}, this one knows 1 to {known}): open it with a newer one",
        what = Quoted(.what)
    )]
    Newer {
        /// Kind of record.
        what: String,
        /// Its number.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// Its type is one this build does not know.
    #[error(
        "this build of Reviewlab knows no record of type '{found}': open it with a newer one",
        found = Quoted(.found)
    )]
    UnknownType {
        /// The type.
        found: String,
    },
    /// A field is missing or does not fit.
    #[error(
        "this {what} cannot be read: {reason}",
        what = Quoted(.what)
    )]
    Invalid {
        /// Kind of record.
        what: String,
        /// What the parser said.
        reason: String,
    },
    /// It holds a number that JSON has no form for.
    #[error("{reason}")]
    NotFinite {
        /// Which run and which number.
        reason: String,
    },
}
