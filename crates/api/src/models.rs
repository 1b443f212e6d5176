//! Which models there are, and which of them is meant. In: the registry, what a request asks for. Out: a list, an
//! address with its pipeline's hash. Never: another version than `track::registry` would find.

use engine::num::ContentHash;
use engine::pipeline::{FittedPipeline, Predictor};
use json::ToJson;
use track::id::RunId;
use track::registry::{ModelUri, ModelVersion, RegisteredModel, Registry, Resolved, UriError};

use crate::call::{PredictCall, Which};
use crate::refusal::{ModelFault, Refusal};

/// Where models come from: a project file, a browser's store.
pub trait Models {
    /// The registry as its history adds up.
    fn registry(&self) -> &Registry;

    /// What answers while no model is registered.
    fn unregistered(&self) -> Option<&Unregistered>;

    /// The predictor of the pipeline with this hash; it is kept for the next time.
    ///
    /// # Errors
    /// Where the pipeline is not there or cannot be used.
    fn predictor(&mut self, pipeline: ContentHash) -> Result<&mut Predictor, ModelFault>;
}

/// A fit that no model is registered of.
#[derive(Clone, Debug, PartialEq)]
pub struct Unregistered {
    /// The fit.
    pub run: RunId,
    /// Its pipeline.
    pub pipeline: ContentHash,
}

impl Unregistered {
    fn address(&self) -> String {
        ModelUri::Run { run: self.run.clone() }.to_string()
    }
}

/// Who answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// `models:/shop/3`, or `runs:/ID/model` of what is not registered.
    pub address: String,
    /// The registered model and its version.
    pub version: Option<(String, u32)>,
    /// What it predicts with.
    pub pipeline: ContentHash,
}

impl From<&ModelVersion> for Chosen {
    fn from(version: &ModelVersion) -> Self {
        Self {
            address: version.address(),
            version: Some((version.model.clone(), version.version)),
            pipeline: version.pipeline,
        }
    }
}

impl From<&Unregistered> for Chosen {
    fn from(fit: &Unregistered) -> Self {
        Self { address: fit.address(), version: None, pipeline: fit.pipeline }
    }
}

impl PredictCall {
    /// Who is to answer it.
    ///
    /// # Errors
    /// Where there is no such model, or none at all.
    pub fn choose(
        &self,
        registry: &Registry,
        unregistered: Option<&Unregistered>,
    ) -> Result<Chosen, Refusal> {
        match &self.which {
            Which::Newest => newest(registry, unregistered).ok_or(Refusal::NoModel),
            Which::Named(name) => {
                // Of a model without versions this says so, and of one that is not there what it is called now.
                let latest = ModelUri::Latest { model: name.clone() };
                registry.resolve(&latest).map_err(Refusal::NoSuchModel)?;
                let version = registry.model(name).and_then(RegisteredModel::answering);
                let none = || Refusal::NoSuchModel(UriError::NoVersion { model: name.clone() });
                version.map(Chosen::from).ok_or_else(none)
            }
            Which::At(uri) => match registry.resolve(uri).map_err(Refusal::NoSuchModel)? {
                Resolved::Version(version) => Ok(version.into()),
                Resolved::Run(run) => match newest(registry, unregistered) {
                    Some(chosen)
                        if unregistered.is_some_and(|fit| fit.run == run) && chosen.version.is_none() =>
                    {
                        Ok(chosen)
                    }
                    _ => Err(Refusal::RunsModel { address: uri.to_string() }),
                },
            },
        }
    }
}

/// Who answers where nobody is named.
fn newest(registry: &Registry, unregistered: Option<&Unregistered>) -> Option<Chosen> {
    registry.answering().map(Chosen::from).or_else(|| unregistered.map(Chosen::from))
}

/// A predictor from a pipeline's bytes.
///
/// # Errors
/// Where they are no pipeline, or one that this build cannot use.
pub fn predictor_of(bytes: &[u8]) -> Result<Predictor, ModelFault> {
    Ok(Predictor::new(FittedPipeline::from_bytes(bytes)?)?)
}

/// The answer to `GET models`.
#[derive(Clone, Debug, PartialEq, ToJson)]
pub struct ModelList {
    /// The address that answers where a request names none.
    pub answering: Option<String>,
    /// In alphabetical order.
    pub models: Vec<ListedModel>,
}

/// A registered model.
#[derive(Clone, Debug, PartialEq, ToJson)]
pub struct ListedModel {
    /// Its name.
    pub name: String,
    /// What it is for, in a person's words.
    pub description: String,
    /// The version that answers where a request names the model alone.
    pub answering: Option<u32>,
    /// Newest first.
    pub versions: Vec<ListedVersion>,
}

/// A version of a registered model.
#[derive(Clone, Debug, PartialEq, ToJson)]
pub struct ListedVersion {
    /// `models:/shop/3`.
    pub address: String,
    /// Its number.
    pub version: u32,
    /// In alphabetical order.
    pub aliases: Vec<String>,
    /// `None`, `Staging`, `Production` or `Archived`.
    pub stage: String,
    /// What it is, in a person's words.
    pub description: String,
    /// When it was registered, in milliseconds since 1970.
    pub created: u64,
}

impl ModelList {
    /// The models of a home.
    pub fn of(registry: &Registry, unregistered: Option<&Unregistered>) -> Self {
        let models = registry.models().filter_map(|name| registry.model(name));
        Self {
            answering: newest(registry, unregistered).map(|chosen| chosen.address),
            models: models.map(ListedModel::of).collect(),
        }
    }
}

impl ListedModel {
    fn of(model: &RegisteredModel) -> Self {
        Self {
            name: model.name.clone(),
            description: model.description.clone(),
            answering: model.answering().map(|version| version.version),
            versions: model.versions.iter().rev().map(|version| ListedVersion::of(model, version)).collect(),
        }
    }
}

impl ListedVersion {
    fn of(model: &RegisteredModel, version: &ModelVersion) -> Self {
        Self {
            address: version.address(),
            version: version.version,
            aliases: model.aliases_of(version.version).into_iter().map(str::to_owned).collect(),
            stage: version.stage.as_str().to_owned(),
            description: version.description.clone(),
            created: version.created.0,
        }
    }
}
