//! `reviewlab export`: a model or a study of a project in, a folder or file that another tool loads out.
//! In: a project file, an address. Out: files in a folder of their own. Never: a file that was there before, changed.

use engine::num::ContentHash;
use export::{
    ExportError, ExportFile, ModelCard, ModelFacts, TrainingFacts, model_folder, npm_package, one_file,
    onnx_folder, sklearn_folder,
};
use std::path::Path;
use track::registry::ModelUri;
use track::run::{PIPELINE_ARTIFACT, RunSpec};

use crate::arguments::{ExportArguments, Exported, ModelFormat};
use crate::export_deployment;
use crate::export_runs;
use crate::failure::Failure;
use crate::model_card;
use crate::project::{Project, StoredModel};
use crate::pump::print;
use crate::small_program;

/// Writes the folder or the file.
///
/// # Errors
/// Where the project or the model cannot be read, the model has no twin there, or the folder is there already.
pub fn run(arguments: &ExportArguments) -> Result<(), Failure> {
    let project = Project::open(&arguments.project)?;
    let out = &arguments.out;
    if out.exists() {
        let shown = out.display();
        return Err(Failure::wrong(format!("{shown} is there already: give another place by --out.")));
    }
    match &arguments.what {
        Exported::Model { address, format, site } => {
            of_model(&project, address.as_ref(), (*format, site.as_deref()), out)
        }
        Exported::Studies { study } => export_runs::of_studies(&project, study.as_deref(), out),
        Exported::Deployment { name } => export_deployment::run(&project, name, out),
        Exported::Runs => export_runs::of_runs(&project, out),
    }
}

fn of_model(
    project: &Project,
    address: Option<&ModelUri>,
    (format, site): (ModelFormat, Option<&Path>),
    out: &Path,
) -> Result<(), Failure> {
    let model = project.model(address)?;
    let program = site.map(|site| small_program::of(site, &model.pipeline)).transpose()?.unwrap_or_default();
    let card = model_card::of(project, &model.pipeline, model.fit.as_ref())?;
    let files = match format {
        ModelFormat::Mlflow => model_folder(&model.pipeline, &facts_of(&model), &card),
        ModelFormat::Onnx => onnx_folder(&model.pipeline, &card),
        ModelFormat::Sklearn => for_sklearn(project, &model, &card)?,
        ModelFormat::Npm => npm_package(&model.pipeline, &program, &card),
        ModelFormat::Html => one_file(&model.pipeline, &program, &card)
            .map(|bytes| vec![ExportFile { path: String::new(), media_type: "text/html", bytes }]),
    };
    let tool = format.tool();
    let files = files
        .map_err(|error| Failure::wrong(format!("{} cannot be written for {tool}: {error}.", model.name)))?;
    let shown = out.display();
    if let (ModelFormat::Html, [page]) = (format, &files[..]) {
        std::fs::write(out, &page.bytes).map_err(|error| Failure::file(out, &error))?;
        let n_bytes = page.bytes.len();
        return print(&format!("{} is in {shown} ({n_bytes} bytes): open it in a browser\n", model.name));
    }
    export_runs::write(out, &files)?;
    let next = match format {
        ModelFormat::Mlflow => format!("mlflow.pyfunc.load_model(\"{shown}\")"),
        ModelFormat::Onnx | ModelFormat::Sklearn => format!("python {shown}/predict.py --check"),
        ModelFormat::Html | ModelFormat::Npm => format!("node {shown}/check.mjs"),
    };
    print(&format!("{} is in {shown} ({} files): {next}\n", model.name, files.len()))
}

/// scikit-learn's files: those that fit the model anew only where Python reads and parts the rows alike.
fn for_sklearn(
    project: &Project,
    model: &StoredModel,
    card: &ModelCard,
) -> Result<Result<Vec<ExportFile>, ExportError>, Failure> {
    let spec = model.fit.as_ref().and_then(|fit| fit.spec.as_ref());
    let Some(RunSpec::Pipeline(spec)) = spec else {
        return Err(Failure::wrong(format!(
            "{} does not say how it was fitted: use the project that trained it.",
            model.name
        )));
    };
    let trained = project.trained(model).ok();
    let training = trained.as_ref().and_then(|trained| {
        let split = &trained.study.as_ref()?.split;
        Some(TrainingFacts { recipe: &trained.recipe, split })
    });
    let files = sklearn_folder(&model.pipeline, spec, training, card);
    if let Err(error @ (ExportError::Reading | ExportError::Parting)) = &files {
        eprintln!("train.py is left out: {error}.");
        return Ok(sklearn_folder(&model.pipeline, spec, None, card));
    }
    Ok(files)
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
