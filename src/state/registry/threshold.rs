//! A threshold that a person chose: a version of its own, with the reason in the history. The version it was chosen for
//! stays as it is.

use engine::num::ContentHash;
use engine::pipeline::FittedPipeline;
use leptos::task::spawn_local;
use storage::{Batch, Blob};
use track::record::Record;
use track::registry::{Registry as Versions, RegistryChange};

use super::{Registering, Registry, events_of};
use crate::services::store::StoreService;
use crate::state::error_analysis::Subject;
use crate::state::format;

/// Decimals of a threshold in words.
const DECIMALS: usize = 4;

impl Registry {
    /// Makes the pipeline of `subject` with another threshold the next version of the model `name`, because of `why`,
    /// and calls `then` once it is stored.
    pub fn register_threshold(
        self,
        subject: Subject,
        name: String,
        threshold: f64,
        why: String,
        then: impl FnOnce() + 'static,
    ) {
        let then: Box<dyn FnOnce()> = Box::new(then);
        self.registering.set(Registering::Busy);
        spawn_local(async move {
            let services = self.shared.get();
            match self.with_threshold(&services.store, &subject, &name, threshold, &why).await {
                Ok(done) => {
                    self.registering.set(done);
                    then();
                }
                Err(sentence) => self.registering.set(Registering::Failed(sentence)),
            }
        });
    }

    async fn with_threshold(
        self,
        store: &StoreService,
        subject: &Subject,
        name: &str,
        threshold: f64,
        why: &str,
    ) -> Result<Registering, String> {
        if why.trim().is_empty() {
            return Err(
                "Say why this threshold is the better one: it stands in the model's history.".to_owned()
            );
        }
        let bytes = store.blob_bytes(subject.fit.pipeline).await.map_err(|error| error.to_string())?;
        let bytes = bytes.ok_or("The file of this model is no longer on this device: train it again.")?;
        let pipeline = FittedPipeline::from_bytes(&bytes).map_err(|error| error.to_string())?;
        let about = description(subject, pipeline.threshold, threshold);
        let changed = FittedPipeline { threshold, ..pipeline }.to_bytes();
        let hash = ContentHash::of(&changed);
        let mut events = events_of(store).await.map_err(|error| error.to_string())?;
        let now = Versions::from_events(&events);
        let told = |error: track::registry::RegistryError| format::sentence(&error.to_string());
        let change = now.register(name, subject.run.clone(), hash).map_err(told)?;
        let RegistryChange::Register { model, version, .. } = change.clone() else {
            return Err("A version could not be made: try again.".to_owned());
        };
        let registered = self.event(&now, change, why)?;
        events.push(registered.clone());
        let now = Versions::from_events(&events);
        let described = now.describe(&model, Some(version), &about).map_err(told)?;
        let described = self.event(&now, described, "")?;
        let records = vec![Record::Registry(registered), Record::Registry(described)];
        let batch = Batch { records, blobs: vec![(hash, Blob::Bytes(changed))] };
        store.write(batch).await.map_err(|error| error.to_string())?;
        Ok(Registering::Done { model, version })
    }
}

/// What the new version is, in words.
fn description(subject: &Subject, before: f64, after: f64) -> String {
    let of = match &subject.version {
        Some((model, version)) => format!("version {version} of {model}"),
        None => "its run".to_owned(),
    };
    format!(
        "As {of}, with a threshold of {after:.DECIMALS$} instead of {before:.DECIMALS$}. Its scores are those of the fit."
    )
}
