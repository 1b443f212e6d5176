//! A fitted pipeline in, `model.onnx` out: prepared texts to labels and probabilities, by standard operators only.
//!
//! ONNX has no operator that cuts texts as `\b\w\w+\b` does, or stems; what goes in is prepared by `review_text.py`: the
//! tokens with a space between them, or the characters with a line feed. From there on nothing is left out: counts, weights,
//! scores, calibration and threshold are computed as here, in 64 bits.

mod proto;
mod graph;
mod weights;
mod scores;
mod answers;

use engine::features::Analyzer;
use engine::models::Scorer;
use engine::pipeline::FittedPipeline;

use self::answers::{Answers, answers};
use self::graph::{Element, Graph, Port, Value};
use crate::python_model::{ExportError, check_tokens};

/// Most bytes of a file that protobuf reads.
pub const MAX_ONNX_BYTES: usize = i32::MAX as usize;
/// Bytes that a node of a tree takes, at most.
const BYTES_PER_NODE: usize = 64;

/// The file.
///
/// # Errors
/// Where the texts of this model cannot be prepared by Python, or the file would be too large.
pub fn onnx_model(pipeline: &FittedPipeline) -> Result<Vec<u8>, ExportError> {
    check_tokens(&pipeline.features.spec)?;
    let scorer = Scorer::new(&pipeline.model);
    if scores::n_written(&scorer) > MAX_ONNX_BYTES / BYTES_PER_NODE {
        return Err(ExportError::TooLarge);
    }
    let mut graph = Graph::default();
    let text = Value("text".to_owned());
    let n_scores = scorer.n_scores();
    let n_terms = pipeline.features.terms.len();
    let scores = match &scorer {
        Scorer::Constant(scores) => scores::constant(&mut graph, &text, scores),
        Scorer::Linear(linear) => {
            let rows = weights::weights(&mut graph, &text, &pipeline.features);
            scores::linear(&mut graph, &rows, linear, n_terms)
        }
        Scorer::Forest(forest) => {
            let rows = weights::weights(&mut graph, &text, &pipeline.features);
            scores::forest(&mut graph, &rows, forest)
        }
    };
    let Answers { label, probabilities, unsure } = answers(&mut graph, &scores, n_scores, pipeline);
    graph.name(&label, "label");
    let probabilities = graph.cast(&probabilities, Element::Float);
    graph.name(&probabilities, "probabilities");
    let port = |name, element, n_columns| Port { name, element, n_columns };
    let mut outputs = vec![
        port("label", Element::Text, None),
        port("probabilities", Element::Float, Some(pipeline.labels.len())),
    ];
    if let Some(unsure) = unsure {
        graph.name(&unsure, "unsure");
        outputs.push(port("unsure", Element::Truth, None));
    }
    let units = match pipeline.features.spec.tokens.analyzer {
        Analyzer::Word => "cleaned tokens with one space between two of them",
        Analyzer::Char | Analyzer::CharWb => {
            "characters of the cleaned text with a line feed between two of them"
        }
    };
    let about = format!(
        "Input `text`: {units}, as ReviewText.prepare of review_text.py writes them. Outputs: `label`, and \
         `probabilities`, a column a class in the order of the property `labels`."
    );
    let properties =
        [("labels", json::to_string(&pipeline.labels)), ("engine_version", pipeline.engine_version.clone())];
    let bytes = graph.finish(&about, &properties, &[port("text", Element::Text, None)], &outputs);
    if bytes.len() > MAX_ONNX_BYTES { Err(ExportError::TooLarge) } else { Ok(bytes) }
}
