//! `reviewlab export`: a model of a project in, a folder that another tool loads out.
//! In: a project file, an address. Out: files in a folder of their own. Never: a file that was there before, changed.

use engine::num::ContentHash;
use export::{ModelFacts, model_folder};
use track::run::PIPELINE_ARTIFACT;

use crate::arguments::ExportArguments;
use crate::failure::Failure;
use crate::project::{Project, StoredModel};
use crate::pump::print;

/// Writes the folder.
///
/// # Errors
/// Where the project or the model cannot be read, the model has no twin there, or the folder is there already.
pub fn run(arguments: &ExportArguments) -> Result<(), Failure> {
    let model = Project::open(&arguments.project)?.model(arguments.address.as_ref())?;
    let folder = &arguments.out;
    if folder.exists() {
        let shown = folder.display();
        return Err(Failure::wrong(format!("{shown} is there already: give another folder by --out.")));
    }
    let facts = facts_of(&model);
    let files = model_folder(&model.pipeline, &facts)
        .map_err(|error| Failure::wrong(format!("{} cannot be written for MLflow: {error}.", model.name)))?;
    for file in &files {
        let path = folder.join(&file.path);
        let parent = path.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent).map_err(|error| Failure::file(parent, &error))?;
        std::fs::write(&path, &file.text).map_err(|error| Failure::file(&path, &error))?;
    }
    let shown = folder.display();
    print(&format!(
        "{} is in {shown} ({} files): mlflow.pyfunc.load_model(\"{shown}\")\n",
        model.name,
        files.len()
    ))
}

/// What is known of a model: by the fit it comes from, where that is in the project.
fn facts_of(model: &StoredModel) -> ModelFacts {
    let fit = model.fit.as_ref();
    let stored = fit.and_then(|fit| fit.artifacts.iter().find(|artifact| artifact.name == PIPELINE_ARTIFACT));
    let (pipeline, n_bytes) = match stored {
        Some(artifact) => (artifact.sha256, artifact.bytes),
        None => {
            let bytes = model.pipeline.to_bytes();
            (ContentHash::of(&bytes), bytes.len() as u64)
        }
    };
    ModelFacts {
        pipeline,
        run: fit.map(|fit| fit.id.to_string()).unwrap_or_default(),
        made_ms: fit.map_or(0, |fit| fit.ended.unwrap_or(fit.created).0),
        n_bytes,
    }
}
