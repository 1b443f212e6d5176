//! A fitted pipeline and what is known of it in, the one file that is downloaded out.

use engine::dataset::DatasetRecipe;
use engine::pipeline::{FittedPipeline, PipelineSpec};
use engine::split::SplitSpec;
use json::{FromJson, ToJson};

use crate::card::ModelCard;
use crate::carried::{needs_all_steps, npm_package, one_file};
use crate::check::ExportKind;
use crate::coefficients::coefficients_csv;
use crate::mlflow::{ModelFacts, model_folder};
use crate::onnx_folder::onnx_folder;
use crate::python_model::ExportError;
use crate::sklearn::{TrainingFacts, sklearn_folder};
use crate::zip::zip_of;

/// What is known of a model beside what it learned.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct ExportFacts {
    /// Its file and its run.
    pub model: ModelFacts,
    /// Its card.
    pub card: ModelCard,
    /// What was fitted.
    #[serde(default)]
    pub spec: Option<PipelineSpec>,
    /// How its reviews were read.
    #[serde(default)]
    pub recipe: Option<DatasetRecipe>,
    /// How they were parted.
    #[serde(default)]
    pub split: Option<SplitSpec>,
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeExport {
    /// The file.
    pub bytes: Vec<u8>,
    /// What is not in it, in one sentence.
    pub note: Option<String>,
}

impl ExportKind {
    /// All of them, as they are listed.
    pub const ALL: [Self; 7] =
        [Self::Page, Self::Npm, Self::Mlflow, Self::Onnx, Self::Sklearn, Self::Coefficients, Self::ModelFile];

    /// Whether the small program goes with it.
    pub fn has_program(self) -> bool {
        matches!(self, Self::Page | Self::Npm)
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Page => "one-file predictor",
            Self::Npm => "npm package",
            Self::Mlflow => "MLflow model",
            Self::Onnx => "ONNX folder",
            Self::Sklearn => "scikit-learn project",
            Self::Coefficients => "coefficients",
            Self::ModelFile => "model file",
        }
    }

    /// What it is for, in one sentence.
    pub fn purpose(self) -> &'static str {
        match self {
            Self::Page => {
                "For anybody: one page that opens from a disk, answers and explains as you type, and scores a dropped CSV, without a network."
            }
            Self::Npm => {
                "For web developers: a module with types, the web component review-sentiment, the model, and a check to run."
            }
            Self::Mlflow => {
                "For teams with MLflow: a folder that mlflow.pyfunc.load_model loads, weights as JSON and a small loader, no pickle."
            }
            Self::Onnx => {
                "For any program that runs ONNX: standard operators only, with the cleaning as Python and 50 answers to check by."
            }
            Self::Sklearn => {
                "For data scientists: train.py fits the same pipeline from your CSV, predict.py answers without fitting."
            }
            Self::Coefficients => {
                "For a spreadsheet: each term with its weight and idf, cells that no spreadsheet runs."
            }
            Self::ModelFile => {
                "For Reviewlab elsewhere: the model as it is kept here, for reviewlab predict and the one-file predictor."
            }
        }
    }

    /// The name of the file that is downloaded, and its media type.
    pub fn file(self) -> (&'static str, &'static str) {
        match self {
            Self::Page => ("sentiment.html", "text/html"),
            Self::Npm => ("review-sentiment-npm.zip", "application/zip"),
            Self::Mlflow => ("mlflow-model.zip", "application/zip"),
            Self::Onnx => ("onnx-model.zip", "application/zip"),
            Self::Sklearn => ("scikit-learn-project.zip", "application/zip"),
            Self::Coefficients => ("coefficients.csv", "text/csv"),
            Self::ModelFile => ("model.rlm", "application/octet-stream"),
        }
    }
}

/// Makes the file; the same bytes for the same values. `program` is the small program, where it goes with it.
///
/// # Errors
/// Where the model has no twin there.
pub fn make_export(
    pipeline: &FittedPipeline,
    kind: ExportKind,
    facts: &ExportFacts,
    program: Option<&[u8]>,
) -> Result<MadeExport, ExportError> {
    let program = || program.ok_or(ExportError::NoProgram);
    let whole = |bytes: Vec<u8>| MadeExport { bytes, note: None };
    Ok(match kind {
        ExportKind::Page => {
            MadeExport { bytes: one_file(pipeline, program()?, &facts.card)?, note: size_note(pipeline) }
        }
        ExportKind::Npm => MadeExport {
            bytes: zip_of("review-sentiment", &npm_package(pipeline, program()?, &facts.card)?),
            note: size_note(pipeline),
        },
        ExportKind::Mlflow => {
            whole(zip_of("mlflow-model", &model_folder(pipeline, &facts.model, &facts.card)?))
        }
        ExportKind::Onnx => whole(zip_of("onnx-model", &onnx_folder(pipeline, &facts.card)?)),
        ExportKind::Sklearn => sklearn(pipeline, facts)?,
        ExportKind::Coefficients => {
            whole(coefficients_csv(pipeline).ok_or(ExportError::NoWeights)?.into_bytes())
        }
        ExportKind::ModelFile => whole(pipeline.to_bytes()),
    })
}

/// Why it is as large as it is.
fn size_note(pipeline: &FittedPipeline) -> Option<String> {
    needs_all_steps(pipeline).then(|| {
        "It carries the larger program, about 400 KB more: a cleaning step of this model, or its token pattern, is not in the small one."
            .to_owned()
    })
}

/// With `train.py` where Python reads and parts the rows alike.
fn sklearn(pipeline: &FittedPipeline, facts: &ExportFacts) -> Result<MadeExport, ExportError> {
    let spec = facts.spec.as_ref().ok_or(ExportError::NoSpec)?;
    let training = facts.recipe.as_ref().zip(facts.split.as_ref());
    let training = training.map(|(recipe, split)| TrainingFacts { recipe, split });
    let has_training = training.is_some();
    let (files, note) = match sklearn_folder(pipeline, spec, training, &facts.card) {
        Err(error @ (ExportError::Reading | ExportError::Parting)) => (
            sklearn_folder(pipeline, spec, None, &facts.card)?,
            Some(format!("train.py is left out: {error}.")),
        ),
        files if has_training => (files?, None),
        files => {
            (files?, Some("train.py is left out: how the reviews were read is no longer here.".to_owned()))
        }
    };
    Ok(MadeExport { bytes: zip_of("scikit-learn-project", &files), note })
}
