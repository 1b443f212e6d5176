//! What `export` and `import` are asked: words in, arguments out. Never: a format that does not fit what is exported.

use engine::metrics::Metric;
use engine::models::ModelKind;
use lexopt::{Arg, Parser, ValueExt as _};
use std::path::PathBuf;
use track::registry::ModelUri;

use super::models::meant;
use super::{Command, DEFAULT_PROJECT, help, metric, models, next_option, only};

/// What `--format` knows.
const FORMATS: &str = "mlflow, onnx, sklearn, html, npm, optuna, mlruns, prefect";

/// Where studies are written where that is not said.
const DEFAULT_JOURNAL: &str = "study.log";
/// Where a project of Prefect's is.
const DEFAULT_PREFECT: &str = "prefect-project";
/// Where runs are.
const DEFAULT_RUNS: &str = "mlflow-runs";

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
        /// The folder of a built site, whose small program goes with it; where the format takes one.
        site: Option<PathBuf>,
    },
    /// Studies, as a journal of Optuna's.
    Studies {
        /// Which one; none for all.
        study: Option<String>,
    },
    /// Every run that is not in the trash, as MLflow's file store.
    Runs,
    /// A deployment, as a project of Prefect's.
    Deployment {
        /// Its name.
        name: String,
    },
}

/// What to read of another tool's.
#[derive(Debug, PartialEq)]
pub struct ImportArguments {
    /// The journal.
    pub file: PathBuf,
    /// The project file it is added to.
    pub project: PathBuf,
    /// What is measured, where the file does not say so.
    pub metric: Option<Metric>,
    /// Which model is tuned, where the file does not say so.
    pub model: Option<ModelKind>,
    /// Print JSON.
    pub json: bool,
}

/// What to bring where.
#[derive(Debug, PartialEq)]
pub struct PushArguments {
    /// The project file.
    pub project: PathBuf,
    /// The tracking server's address.
    pub tracking_uri: String,
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
    /// One page that answers without a network.
    Html,
    /// A package for npm with a web component.
    Npm,
}

impl ModelFormat {
    /// The tool's name.
    pub fn tool(self) -> &'static str {
        match self {
            Self::Mlflow => "MLflow",
            Self::Onnx => "ONNX",
            Self::Sklearn => "scikit-learn",
            Self::Html => "a page",
            Self::Npm => "npm",
        }
    }

    /// Whether a program that answers goes with it.
    pub fn has_program(self) -> bool {
        matches!(self, Self::Html | Self::Npm)
    }

    /// Where it is written where that is not said.
    fn folder(self) -> &'static str {
        match self {
            Self::Mlflow => "mlflow-model",
            Self::Onnx => "onnx-model",
            Self::Sklearn => "sklearn-model",
            Self::Html => "sentiment.html",
            Self::Npm => "review-sentiment",
        }
    }
}

/// `reviewlab export`.
pub(super) fn parse_export(parser: &mut Parser) -> Result<Command, lexopt::Error> {
    let (mut model, mut project, mut out, mut format) = (None, None, None, None);
    let (mut study, mut deployment, mut site) = (None, None, None);
    while let Some(word) = parser.next()? {
        match word {
            Arg::Long("model") => model = Some(parser.value()?),
            Arg::Value(word) if format.is_none() && word == "prefect" => format = Some("prefect".to_owned()),
            Arg::Value(name) if deployment.is_none() && format.as_deref() == Some("prefect") => {
                deployment = Some(name.string()?);
            }
            Arg::Long("study") => study = Some(parser.value()?.string()?),
            Arg::Long("project") => project = Some(PathBuf::from(parser.value()?)),
            Arg::Long("out") => out = Some(PathBuf::from(parser.value()?)),
            Arg::Long("site") => site = Some(PathBuf::from(parser.value()?)),
            Arg::Long("format") => format = Some(parser.value()?.string()?),
            Arg::Long("help") | Arg::Short('h') => return Ok(help()),
            other => return Err(other.unexpected()),
        }
    }
    if site.is_some() && !matches!(format.as_deref(), Some("html" | "npm")) {
        return Err("--site goes with --format html or npm: they carry a program of a built site".into());
    }
    if format.as_deref() == Some("optuna") {
        if model.is_some() {
            return Err(
                "--format optuna takes studies of a project: give --project, and --study for one of them"
                    .into(),
            );
        }
        let project = project.unwrap_or_else(|| DEFAULT_PROJECT.into());
        let out = out.unwrap_or_else(|| DEFAULT_JOURNAL.into());
        return Ok(Command::Export(ExportArguments { project, what: Exported::Studies { study }, out }));
    }
    if format.as_deref() == Some("prefect") {
        let (None, None, Some(name)) = (&model, &study, deployment) else {
            return Err(
                "a deployment is missing: reviewlab export prefect DEPLOYMENT [--project PROJECT]".into()
            );
        };
        let project = project.unwrap_or_else(|| DEFAULT_PROJECT.into());
        let out = out.unwrap_or_else(|| DEFAULT_PREFECT.into());
        return Ok(Command::Export(ExportArguments { project, what: Exported::Deployment { name }, out }));
    }
    if format.as_deref() == Some("mlruns") {
        if model.is_some() || study.is_some() {
            return Err("--format mlruns takes all runs of a project: give --project alone".into());
        }
        let project = project.unwrap_or_else(|| DEFAULT_PROJECT.into());
        let out = out.unwrap_or_else(|| DEFAULT_RUNS.into());
        return Ok(Command::Export(ExportArguments { project, what: Exported::Runs, out }));
    }
    if study.is_some() {
        return Err("--study goes with --format optuna: a model is named by --model".into());
    }
    let format = match format.as_deref() {
        Some("mlflow") => ModelFormat::Mlflow,
        Some("onnx") => ModelFormat::Onnx,
        Some("sklearn") => ModelFormat::Sklearn,
        Some("html") => ModelFormat::Html,
        Some("npm") => ModelFormat::Npm,
        Some(other) => return Err(format!("--format knows {FORMATS}, not '{other}'").into()),
        None => return Err(format!("--format is missing: {FORMATS}").into()),
    };
    if format.has_program() && site.is_none() {
        return Err(
            "--site is missing: the folder that `cargo xtask dist` wrote has the program that goes with it"
                .into(),
        );
    }
    let (project, address) = meant(model, project)?;
    let out = out.unwrap_or_else(|| format.folder().into());
    Ok(Command::Export(ExportArguments { project, what: Exported::Model { address, format, site }, out }))
}

/// `reviewlab push`.
pub(super) fn parse_push(parser: &mut Parser) -> Result<Command, lexopt::Error> {
    let (mut project, mut tracking_uri) = (None, None);
    while let Some(word) = parser.next()? {
        match word {
            Arg::Long("tracking-uri") => tracking_uri = Some(parser.value()?.string()?),
            Arg::Long("project") => project = Some(PathBuf::from(parser.value()?)),
            Arg::Long("help") | Arg::Short('h') => return Ok(help()),
            other => return Err(other.unexpected()),
        }
    }
    let tracking_uri =
        tracking_uri.ok_or("--tracking-uri is missing: a server's address such as http://127.0.0.1:5000")?;
    let project = project.unwrap_or_else(|| DEFAULT_PROJECT.into());
    Ok(Command::Push(PushArguments { project, tracking_uri }))
}

/// `reviewlab import`.
pub(super) fn parse_import(parser: &mut Parser) -> Result<Command, lexopt::Error> {
    let mut files: Vec<PathBuf> = Vec::new();
    let (mut project, mut named, mut model, mut json) = (None, None, None, false);
    while let Some(option) = next_option(parser, &mut files)? {
        match option.as_str() {
            "project" => project = Some(PathBuf::from(parser.value()?)),
            "metric" => named = Some(metric(&parser.value()?.string()?)?),
            "as" => {
                let found = models(&parser.value()?.string()?)?;
                let [one] = found[..] else {
                    return Err("--as takes one model: lr, nb, svm, cnb or rf".into());
                };
                model = Some(one);
            }
            "json" => json = true,
            "help" => return Ok(help()),
            _ => return Err(Arg::Long(&option).unexpected()),
        }
    }
    let file = only(&files, "a file is missing: reviewlab import STUDY.log")?;
    let project = project.unwrap_or_else(|| DEFAULT_PROJECT.into());
    Ok(Command::Import(ImportArguments { file, project, metric: named, model, json }))
}
