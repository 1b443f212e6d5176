//! A fit's model as the folder that MLflow loads: made of the stored pipeline when it is asked for, offered as one file.

use engine::pipeline::FittedPipeline;
use export::{ExportFile, ModelFacts, about_model, coefficients_csv, model_folder, zip_of};
use leptos::task::spawn_local;

use track::run::{PIPELINE_ARTIFACT, Run};

use super::format;
use super::model_card::card_of;
use super::runs::Runs;
use crate::reactive::State;
use crate::services::files;
use crate::services::store::StoreService;

/// What the downloaded file and the folder in it are called.
const FOLDER: &str = "mlflow-model";

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

    /// Offers a model as a zip of the folder that `mlflow.pyfunc.load_model` loads; what is wrong, in one sentence, goes to
    /// `problem`.
    pub fn download_mlflow(self, facts: ModelFacts, problem: State<Option<String>>) {
        let services = self.services();
        spawn_local(async move {
            let sentence = match zipped(&services.store, &facts).await {
                Ok(zip) => {
                    files::download(&format!("{FOLDER}.zip"), "application/zip", &zip);
                    None
                }
                Err(sentence) => Some(sentence),
            };
            problem.try_update(|problem| *problem = sentence);
        });
    }
}

async fn zipped(store: &StoreService, facts: &ModelFacts) -> Result<Vec<u8>, String> {
    let pipeline = pipeline(store, facts).await?;
    let card = card_of(store, &pipeline, &facts.run).await.map_err(|error| error.to_string())?;
    let folder = model_folder(&pipeline, facts, &card);
    Ok(zip_of(FOLDER, &folder.map_err(|error| format::sentence(&error.to_string()))?))
}

async fn pipeline(store: &StoreService, facts: &ModelFacts) -> Result<FittedPipeline, String> {
    let bytes = store.blob_bytes(facts.pipeline).await.map_err(|error| error.to_string())?;
    let bytes = bytes.ok_or("The model of this run is no longer on this device: train it again.")?;
    FittedPipeline::from_bytes(&bytes).map_err(|error| format::sentence(&error.to_string()))
}
