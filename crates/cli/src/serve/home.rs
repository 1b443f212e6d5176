//! A project file's models, ready to answer from many threads. In: a project. Out: predictions. Never: the project's
//! reviews in memory, or a predictor that two requests use at once.

use api::{Chosen, ModelFault, ModelList, PredictCall, Predicted, Refusal, Unregistered, predictor_of};
use engine::num::{ContentHash, SortedMap};
use engine::pipeline::Predictor;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use track::registry::Registry;

use super::bounds::MAX_READY_PREDICTORS;
use crate::failure::Failure;
use crate::project::Project;

/// The models of a project.
pub struct Home {
    registry: Registry,
    unregistered: Option<Unregistered>,
    pipelines: SortedMap<ContentHash, Vec<u8>>,
    /// Predictors that wait for a request. Making one takes as long as thousands of predictions.
    ready: Mutex<Vec<(ContentHash, Predictor)>>,
}

impl Home {
    /// Reads a project file.
    ///
    /// # Errors
    /// Where it is no project file, or the model that answers by itself cannot be used.
    pub fn load(path: &Path) -> Result<Self, Failure> {
        let project = Project::open(path)?;
        let home = pollster::block_on(async {
            let registry = project.registry().await?;
            let unregistered = match registry.answering() {
                Some(_) => None,
                None => {
                    project.best_fit().await?.map(|(run, pipeline)| Unregistered { run: run.id, pipeline })
                }
            };
            let of_versions = registry.all_versions().map(|version| version.pipeline);
            let hashes: Vec<ContentHash> =
                of_versions.chain(unregistered.iter().map(|fit| fit.pipeline)).collect();
            let mut pipelines = SortedMap::new();
            for hash in hashes {
                if let Some(bytes) = project.blob(hash).await? {
                    pipelines.insert(hash, bytes);
                }
            }
            Ok::<_, Failure>(Self { registry, unregistered, pipelines, ready: Mutex::default() })
        })?;
        home.check(path)?;
        Ok(home)
    }

    /// Makes the first predictor of the model that answers by itself.
    fn check(&self, path: &Path) -> Result<(), Failure> {
        let Some(chosen) = self.newest() else { return Ok(()) };
        let predictor = self.take(chosen.pipeline).map_err(|fault| {
            Failure::wrong(format!("{}: {} cannot answer: {fault}.", path.display(), chosen.address))
        })?;
        self.give_back(chosen.pipeline, predictor);
        Ok(())
    }

    fn newest(&self) -> Option<Chosen> {
        self.registry.answering().map(Chosen::from).or_else(|| self.unregistered.as_ref().map(Chosen::from))
    }

    /// The address of who answers where a request names no model.
    pub fn answering(&self) -> Option<String> {
        self.newest().map(|chosen| chosen.address)
    }

    /// All models.
    pub fn list(&self) -> ModelList {
        ModelList::of(&self.registry, self.unregistered.as_ref())
    }

    /// Predicts.
    ///
    /// # Errors
    /// Where there is no such model, or it cannot be used.
    pub fn predict(&self, call: &PredictCall) -> Result<Predicted, Refusal> {
        let chosen = call.choose(&self.registry, self.unregistered.as_ref())?;
        let unusable = |fault| Refusal::Unusable { model: chosen.address.clone(), fault };
        let mut predictor = self.take(chosen.pipeline).map_err(unusable)?;
        let predicted = call.run(&chosen, &mut predictor);
        self.give_back(chosen.pipeline, predictor);
        Ok(predicted)
    }

    fn take(&self, pipeline: ContentHash) -> Result<Predictor, ModelFault> {
        let mut ready = self.ready();
        if let Some(place) = ready.iter().rposition(|(of, _)| *of == pipeline) {
            return Ok(ready.swap_remove(place).1);
        }
        drop(ready);
        predictor_of(self.pipelines.get(&pipeline).ok_or(ModelFault::Missing)?)
    }

    fn give_back(&self, pipeline: ContentHash, predictor: Predictor) {
        let mut ready = self.ready();
        if ready.len() == MAX_READY_PREDICTORS {
            ready.remove(0);
        }
        ready.push((pipeline, predictor));
    }

    fn ready(&self) -> MutexGuard<'_, Vec<(ContentHash, Predictor)>> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
