//! Other tools' files, made of models and studies, and studies read from them: values in, named files out, the same bytes for
//! the same values.
//!
//! Never: a clock, a file system, or a pickle.

mod file;
mod zip;
mod date;
mod escaped;
mod picture;
mod chart;
mod document;
mod card;
mod report;
mod coefficients;
mod python_model;
mod golden;
mod onnx;
mod onnx_folder;
mod sklearn;
mod mlflow;
mod prefect;
mod mlruns;
mod optuna;
mod answer;
mod unzip;
mod prepared;
mod python_decision;
mod python_read;
mod onnx_run;
mod coefficients_read;
mod base64;
mod carried;
mod check;
mod make;

pub use card::{CARD_FILE, CardFacts, ModelCard};
pub use carried::{needs_all_steps, npm_package, one_file};
pub use check::{CHECK_TEXTS, ExportKind, MAX_GAP, Parity, check_export};
pub use coefficients::coefficients_csv;
pub use file::ExportFile;
pub use golden::{GoldenRow, golden_rows};
pub use make::{ExportFacts, MadeExport, make_export};
pub use mlflow::{MLFLOW_VERSION, ModelFacts, PYTHON_VERSION, about_model, model_folder};
pub use mlruns::{TrackedRun, mlflow_name, mlflow_run_id, mlflow_status, mlflow_tags, mlruns};
pub use onnx::{MAX_ONNX_BYTES, onnx_model};
pub use onnx_folder::{ONNX_RUNTIME_VERSION, onnx_folder};
pub use optuna::{
    JournalError, MAX_JOURNAL_BYTES, OptunaState, OptunaStudy, OptunaTrial, journal, read_journal,
};
pub use picture::confusion_svg;
pub use prefect::{DeploymentFacts, PREFECT_VERSION, prefect_project};
pub use python_model::ExportError;
pub use report::{ComparedRun, MAX_COMPARED, Reported, report};
pub use sklearn::{SKLEARN_VERSION, TrainingFacts, sklearn_folder};
pub use zip::zip_of;
