//! What is known of a fit's model, and the files that say what it is, what it needs and what it weighs.

use engine::pipeline::FittedPipeline;
use export::{ExportFile, ModelFacts, about_model, coefficients_csv};
use leptos::task::spawn_local;

use track::run::{PIPELINE_ARTIFACT, Run};

use super::format;
use super::model_card::card_of;
use super::runs::Runs;
use crate::reactive::State;
use crate::services::store::StoreService;

/// What is known of the model that a run fitted; none of a run without one.
pub fn facts_of(run: &Run) -> Option<ModelFacts> {
    let artifact = run.artifacts.iter().find(|artifact| artifact.name == PIPELINE_ARTIFACT)?;
    Some(ModelFacts {
        pipeline: artifact.sha256,
        run: run.id.to_string(),
        made_ms: run.ended.unwrap_or(run.created).0,
        n_bytes: artifact.bytes,
    })
}

impl Runs {
    /// Makes the files that say what a model is, what it needs and what it weighs; where the model is no longer here, none.
    pub fn show_model_files(self, facts: ModelFacts, shown: State<Vec<ExportFile>>) {
        let services = self.services();
        spawn_local(async move {
            let Ok(pipeline) = pipeline(&services.store, &facts).await else { return };
            let mut files = about_model(&pipeline, &facts);
            let table = |text| ExportFile::new("coefficients.csv", "text/csv", text);
            files.extend(coefficients_csv(&pipeline).map(table));
            let card = card_of(&services.store, &pipeline, &facts.run).await.ok();
            files.extend(card.map(|card| card.file()));
            // The page may be gone by now.
            shown.try_update(|shown| *shown = files);
        });
    }
}

async fn pipeline(store: &StoreService, facts: &ModelFacts) -> Result<FittedPipeline, String> {
    let bytes = store.blob_bytes(facts.pipeline).await.map_err(|error| error.to_string())?;
    let bytes = bytes.ok_or("The model of this run is no longer on this device: train it again.")?;
    FittedPipeline::from_bytes(&bytes).map_err(|error| format::sentence(&error.to_string()))
}
