//! The project file: opened or begun, added to, written when all is done.
//! In: a path, records. Out: the file, and the best model in it. Never: a file half written, or records
//! thrown away that were in it.

use engine::dataset::DatasetRecipe;
use engine::num::ContentHash;
use engine::pipeline::FittedPipeline;
use engine::tune::StudySpec;
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use storage::{Order, ProjectFileStore, Query, Store as _};
use track::record::{Collection, Record};
use track::registry::{MAX_EVENTS, ModelUri, ModelVersion, Registry, Resolved};
use track::run::{PIPELINE_ARTIFACT, Run, RunKind, RunSpec};

use crate::clock;
use crate::failure::Failure;

/// Studies looked through for a model, newest first.
const MAX_STUDIES: usize = 1000;

/// A project file and what is in it.
pub struct Project {
    path: PathBuf,
    store: ProjectFileStore,
    /// The file as it was when it was last read or written.
    seen: Cell<Option<Signature>>,
}

/// What changes when a file is replaced or written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    n_bytes: u64,
    modified: Option<SystemTime>,
    file: u64,
}

impl Signature {
    /// Of the file at `path`; none where there is none.
    pub fn of(path: &Path) -> Option<Self> {
        let found = std::fs::metadata(path).ok()?;
        #[cfg(unix)]
        let file = std::os::unix::fs::MetadataExt::ino(&found);
        #[cfg(not(unix))]
        let file = 0;
        Some(Self { n_bytes: found.len(), modified: found.modified().ok(), file })
    }
}

/// A model and where it comes from.
pub struct StoredModel {
    /// What to call it: its run's name, or its registered name and version.
    pub name: String,
    /// What automations call it: its registered name alone, or its run's name.
    pub heard_as: String,
    /// The model.
    pub pipeline: FittedPipeline,
    /// The fit it comes from, where that is in this project.
    pub fit: Option<Run>,
}

/// What a model was trained on, and how.
pub struct Trained {
    /// The file's hash.
    pub file: ContentHash,
    /// How it was read.
    pub recipe: DatasetRecipe,
    /// How it was parted, where the study is in this project.
    pub study: Option<StudySpec>,
}

impl Project {
    /// The project at `path`; an empty one where there is none yet.
    ///
    /// # Errors
    /// Where the file is no project file or is damaged.
    pub fn open_or_begin(path: &Path) -> Result<Self, Failure> {
        let seen = Cell::new(Signature::of(path));
        let store = pollster::block_on(ProjectFileStore::open(path))?;
        Ok(Self { path: path.to_path_buf(), store, seen })
    }

    /// The project at `path`.
    ///
    /// # Errors
    /// Where there is none, or it is damaged.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        std::fs::metadata(path).map_err(|error| Failure::file(path, &error))?;
        Self::open_or_begin(path)
    }

    /// Its records.
    pub fn store(&self) -> &ProjectFileStore {
        &self.store
    }

    /// Writes the file.
    ///
    /// # Errors
    /// Where it cannot be written; the old file stays.
    pub fn save(&self) -> Result<(), Failure> {
        pollster::block_on(self.store.save(clock::now()))?;
        self.seen.set(Signature::of(&self.path));
        Ok(())
    }

    /// The project as it is now, where another file has come in its place since it was read or written here.
    ///
    /// # Errors
    /// Where that is no project file.
    pub fn if_replaced(&self) -> Result<Option<Self>, Failure> {
        let now = Signature::of(&self.path);
        match now.is_some() && now != self.seen.get() {
            true => Self::open(&self.path).map(Some),
            false => Ok(None),
        }
    }

    /// The model at `address`. Where none is given: the newest champion, else the version registered last, else the
    /// best fit of the last study that has one.
    ///
    /// # Errors
    /// Where there is none, or it cannot be read.
    pub fn model(&self, address: Option<&ModelUri>) -> Result<StoredModel, Failure> {
        pollster::block_on(async {
            let registry = self.registry().await?;
            let version = match address.map(|address| registry.resolve(address)).transpose() {
                Ok(Some(Resolved::Run(run))) => return self.model_of_run(run.as_str()).await,
                Ok(Some(Resolved::Version(version))) => Some(version),
                Ok(None) => registry.answering(),
                Err(error) => return Err(self.wrong(&error.to_string())),
            };
            match version {
                Some(version) => self.registered(version).await,
                None => self.model_of_best_fit().await,
            }
        })
    }

    /// What a model was trained on.
    ///
    /// # Errors
    /// Where the project does not say.
    pub fn trained(&self, model: &StoredModel) -> Result<Trained, Failure> {
        let missing = || {
            self.wrong("it does not say how the model's reviews were read: use the project that trained it")
        };
        pollster::block_on(async {
            let fit = model.fit.as_ref().ok_or_else(missing)?;
            let key = fit.dataset.recipe.to_string();
            let Some(Record::Recipe(recipe)) = self.store.get(Collection::Recipes, &key).await? else {
                return Err(missing());
            };
            let study = match &fit.parent {
                Some(parent) => self.run(parent.as_str()).await?,
                None => None,
            };
            let study = study.and_then(|study| match study.spec {
                Some(RunSpec::Study(study)) => Some(study),
                _ => None,
            });
            Ok(Trained { file: fit.dataset.file, recipe: recipe.recipe, study })
        })
    }

    /// The registry as its history adds up.
    ///
    /// # Errors
    /// Where the history cannot be read.
    pub async fn registry(&self) -> Result<Registry, Failure> {
        let events = self.store.list(&Query::All(Collection::Registry), Order::Ascending, MAX_EVENTS).await?;
        let events: Vec<_> = events
            .into_iter()
            .filter_map(|record| if let Record::Registry(event) = record { Some(event) } else { None })
            .collect();
        Ok(Registry::from_events(&events))
    }

    /// The best fit of the last study that has one, and its pipeline.
    ///
    /// # Errors
    /// Where records cannot be read.
    pub async fn best_fit(&self) -> Result<Option<(Run, ContentHash)>, Failure> {
        let studies = Query::RunsOfKind(RunKind::Study);
        for record in self.store.list(&studies, Order::Descending, MAX_STUDIES).await? {
            let Record::Run(study) = record else { continue };
            let Some(best) = study.tags.get(drivers::BEST_FIT_TAG) else { continue };
            if let Some(fit) = self.run(best).await? {
                let pipeline = pipeline_of(&fit)?;
                return Ok(Some((fit, pipeline)));
            }
        }
        Ok(None)
    }

    /// A blob's bytes; none where they are not in this project.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub async fn blob(&self, hash: ContentHash) -> Result<Option<Vec<u8>>, Failure> {
        match self.store.blob(hash).await? {
            Some(blob) => Ok(Some(blob.bytes().await?)),
            None => Ok(None),
        }
    }

    /// A run's record; none where it is not in this project.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub async fn run(&self, id: &str) -> Result<Option<Run>, Failure> {
        Ok(match self.store.get(Collection::Runs, id).await? {
            Some(Record::Run(run)) => Some(run),
            _ => None,
        })
    }

    async fn model_of_best_fit(&self) -> Result<StoredModel, Failure> {
        match self.best_fit().await? {
            Some((fit, pipeline)) => Ok(StoredModel {
                name: fit.name.clone(),
                heard_as: fit.name.clone(),
                pipeline: self.pipeline(pipeline).await?,
                fit: Some(fit),
            }),
            None => {
                let path = self.path.display();
                Err(Failure::wrong(format!(
                    "{path} holds no trained model: train one with `reviewlab train`."
                )))
            }
        }
    }

    async fn registered(&self, version: &ModelVersion) -> Result<StoredModel, Failure> {
        let name = format!("{} version {}", version.model, version.version);
        let fit = self.run(version.run.as_str()).await?;
        let pipeline = self.pipeline(version.pipeline).await?;
        Ok(StoredModel { name, heard_as: version.model.clone(), pipeline, fit })
    }

    async fn model_of_run(&self, id: &str) -> Result<StoredModel, Failure> {
        match self.run(id).await? {
            Some(run) => self.model_of(&run).await,
            None => Err(self.wrong(&format!("there is no run {id}"))),
        }
    }

    fn wrong(&self, sentence: &str) -> Failure {
        Failure::wrong(format!("{}: {sentence}.", self.path.display()))
    }

    async fn model_of(&self, fit: &Run) -> Result<StoredModel, Failure> {
        let pipeline = self.pipeline(pipeline_of(fit)?).await?;
        let name = fit.name.clone();
        Ok(StoredModel { heard_as: name.clone(), name, pipeline, fit: Some(fit.clone()) })
    }

    async fn pipeline(&self, hash: ContentHash) -> Result<FittedPipeline, Failure> {
        let path = self.path.display();
        let bytes = self.blob(hash).await?.ok_or_else(|| {
            Failure::wrong(format!("{path} lacks the bytes of its model: use another copy."))
        })?;
        FittedPipeline::from_bytes(&bytes).map_err(|error| Failure::wrong(format!("{path}: {error}.")))
    }
}

fn pipeline_of(fit: &Run) -> Result<ContentHash, Failure> {
    let artifact = fit.artifacts.iter().find(|artifact| artifact.name == PIPELINE_ARTIFACT);
    artifact
        .map(|artifact| artifact.sha256)
        .ok_or_else(|| Failure::wrong(format!("Run {} holds no model.", fit.name)))
}
