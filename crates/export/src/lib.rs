//! Other tools' files, made of fitted models: values in, named texts out, the same bytes for the same model.
//!
//! Never: a clock, a file system, or a pickle.

mod file;
mod zip;
mod picture;
mod coefficients;
mod python_model;
mod mlflow;

pub use coefficients::coefficients_csv;
pub use file::ExportFile;
pub use mlflow::{MLFLOW_VERSION, ModelFacts, PYTHON_VERSION, about_model, model_folder};
pub use picture::confusion_svg;
pub use python_model::ExportError;
pub use zip::zip_of;
