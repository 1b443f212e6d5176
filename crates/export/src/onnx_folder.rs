//! A fitted pipeline in, `model.onnx` with all that runs and checks it out.

use engine::pipeline::FittedPipeline;

use crate::card::ModelCard;
use crate::file::ExportFile;
use crate::golden::{golden_json, golden_rows};
use crate::onnx::onnx_model;
use crate::python_model::{ExportError, REVIEW_TEXT, packages, text_json};

/// The onnxruntime whose numbers are compared with ours.
pub const ONNX_RUNTIME_VERSION: &str = "1.31.1";
const PREDICT: &str = include_str!("python/predict_onnx.py");

/// Every file of the folder.
///
/// # Errors
/// Where Python would clean or cut texts otherwise, or the model is too large.
pub fn onnx_folder(pipeline: &FittedPipeline, card: &ModelCard) -> Result<Vec<ExportFile>, ExportError> {
    let own = packages(&pipeline.cleaning).into_iter().map(str::to_owned);
    let packages: Vec<String> =
        ["numpy".to_owned(), format!("onnxruntime=={ONNX_RUNTIME_VERSION}")].into_iter().chain(own).collect();
    Ok(vec![
        card.file(),
        ExportFile::binary("model.onnx", onnx_model(pipeline)?),
        ExportFile::new(
            "text.json",
            "application/json",
            text_json(&pipeline.cleaning, &pipeline.features.spec)?,
        ),
        ExportFile::new("review_text.py", "text/x-python", REVIEW_TEXT.to_owned()),
        ExportFile::new("predict.py", "text/x-python", PREDICT.to_owned()),
        ExportFile::new("golden.json", "application/json", golden_json(&golden_rows(pipeline)?)),
        ExportFile::new("requirements.txt", "text/plain", packages.join("\n") + "\n"),
    ])
}
