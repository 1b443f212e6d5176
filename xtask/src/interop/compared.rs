//! Answers of ours and of another tool, text by text.

use anyhow::{Context as _, Result, ensure};
use engine::pipeline::{FittedPipeline, Predictor};
use export::{CHECK_TEXTS, ExportFile, ExportKind, check_export, zip_of};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is said of a text.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Answer {
    pub(super) label: String,
    pub(super) probabilities: BTreeMap<String, f64>,
    #[serde(default, alias = "abstains")]
    pub(super) unsure: bool,
}

/// Holds an exported folder to the model by its bytes alone, as the page's badge does.
///
/// # Errors
/// Where it cannot be read back or an answer differs.
pub(super) fn read_back(pipeline: &FittedPipeline, kind: ExportKind, files: &[ExportFile]) -> Result<()> {
    let zip = zip_of("model", files);
    let parity = check_export(pipeline, (kind, &zip), (0, CHECK_TEXTS)).map_err(anyhow::Error::msg)?;
    ensure!(parity.holds(), "read back it answers otherwise: {parity:?}");
    Ok(())
}

/// What our side says of texts.
///
/// # Errors
/// Where the pipeline needs what this build lacks.
pub(super) fn ours(pipeline: &FittedPipeline, texts: &[String]) -> Result<Vec<Answer>> {
    let mut predictor = Predictor::new(pipeline.clone())?;
    let answer = |text: &String| {
        let answer = predictor.predict(text);
        Answer {
            label: pipeline.labels[usize::from(answer.label)].clone(),
            probabilities: pipeline.labels.iter().cloned().zip(answer.probabilities).collect(),
            unsure: answer.abstains,
        }
    };
    Ok(texts.iter().map(answer).collect())
}

/// The largest difference of a probability.
///
/// # Errors
/// Where a label or a doubt differs, or an answer is missing.
pub(super) fn worst(ours: &[Answer], theirs: &[Answer]) -> Result<f64> {
    ensure!(ours.len() == theirs.len(), "{} of {} answers came", theirs.len(), ours.len());
    let mut worst: f64 = 0.0;
    for (row, (own, other)) in ours.iter().zip(theirs).enumerate() {
        ensure!(own.label == other.label, "review {row} is {} here and {} there", own.label, other.label);
        ensure!(own.unsure == other.unsure, "review {row} is too close to call on one side only");
        for (class, p) in &own.probabilities {
            let there =
                other.probabilities.get(class).with_context(|| format!("review {row} has no {class}"))?;
            // A difference that is no number is the largest.
            let gap = (p - there).abs();
            worst = if gap.is_nan() { f64::INFINITY } else { worst.max(gap) };
        }
    }
    Ok(worst)
}
