//! What `export` is asked: words in, arguments out. Never: a format that does not fit what is exported.

use lexopt::{Arg, Parser, ValueExt as _};
use std::path::PathBuf;
use track::registry::ModelUri;

use super::models::meant;
use super::{Command, help};

/// What `--format` knows.
const FORMATS: &str = "mlflow, onnx, sklearn";

/// What to write for another tool.
#[derive(Debug, PartialEq)]
pub struct ExportArguments {
    /// The project file.
    pub project: PathBuf,
    /// What of it.
    pub what: Exported,
    /// The file or folder that is made.
    pub out: PathBuf,
}

/// What is exported.
#[derive(Debug, PartialEq)]
pub enum Exported {
    /// A model.
    Model {
        /// Its address; none for what answers by itself.
        address: Option<ModelUri>,
        /// For which tool.
        format: ModelFormat,
    },
}

/// Tools that take a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelFormat {
    /// A folder that `mlflow.pyfunc.load_model` loads.
    Mlflow,
    /// `model.onnx`, and what prepares texts for it.
    Onnx,
    /// scikit-learn's Pipeline, ready and to be fitted anew.
    Sklearn,
}

impl ModelFormat {
    /// The tool's name.
    pub fn tool(self) -> &'static str {
        match self {
            Self::Mlflow => "MLflow",
            Self::Onnx => "ONNX",
            Self::Sklearn => "scikit-learn",
        }
    }

    /// Where it is written where that is not said.
    fn folder(self) -> &'static str {
        match self {
            Self::Mlflow => "mlflow-model",
            Self::Onnx => "onnx-model",
            Self::Sklearn => "sklearn-model",
        }
    }
}

/// `reviewlab export`.
pub(super) fn parse_export(parser: &mut Parser) -> Result<Command, lexopt::Error> {
    let (mut model, mut project, mut out, mut format) = (None, None, None, None);
    while let Some(word) = parser.next()? {
        match word {
            Arg::Long("model") => model = Some(parser.value()?),
            Arg::Long("project") => project = Some(PathBuf::from(parser.value()?)),
            Arg::Long("out") => out = Some(PathBuf::from(parser.value()?)),
            Arg::Long("format") => format = Some(parser.value()?.string()?),
            Arg::Long("help") | Arg::Short('h') => return Ok(help()),
            other => return Err(other.unexpected()),
        }
    }
    let format = match format.as_deref() {
        Some("mlflow") => ModelFormat::Mlflow,
        Some("onnx") => ModelFormat::Onnx,
        Some("sklearn") => ModelFormat::Sklearn,
        Some(other) => return Err(format!("--format knows {FORMATS}, not '{other}'").into()),
        None => return Err(format!("--format is missing: {FORMATS}").into()),
    };
    let (project, address) = meant(model, project)?;
    let out = out.unwrap_or_else(|| format.folder().into());
    Ok(Command::Export(ExportArguments { project, what: Exported::Model { address, format }, out }))
}
