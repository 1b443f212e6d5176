//! An export's bytes in, whether it answers as the model it was made of out: the bytes are read back and answer 1,000 texts.
//!
//! Never: a look at the model beside the bytes while the export answers.

use engine::pipeline::{FittedPipeline, Predictor};
use json::{FromJson, ToJson};

use crate::answer::ReadAnswer;
use crate::carried::model_of_page;
use crate::coefficients_read::with_coefficients;
use crate::golden::texts_of;
use crate::onnx_run::OnnxModel;
use crate::prepared::Prepared;
use crate::python_read::PythonModel;
use crate::unzip::unzip;

/// Texts that an export is held to.
pub const CHECK_TEXTS: u32 = 1_000;
/// The largest difference of a probability that rounding explains: ONNX gives them in 32 bits.
pub const MAX_GAP: f64 = 1e-6;
/// Numbers in the rows of texts that ONNX answers at a time.
const MAX_ROW_VALUES: usize = 1 << 20;
/// Texts that it answers at a time, at most.
const MAX_AT_ONCE: usize = 64;

/// What an export is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum ExportKind {
    /// One page with model and program.
    Page,
    /// A package with model, program and web component, as a zip file.
    Npm,
    /// The folder that MLflow loads, as a zip file.
    Mlflow,
    /// The ONNX model with all that runs it, as a zip file.
    Onnx,
    /// scikit-learn's pipeline, as a zip file.
    Sklearn,
    /// The weights as a table.
    Coefficients,
    /// The model's own file.
    ModelFile,
}

/// How an export's answers compare with the model's.
#[derive(Clone, Copy, Debug, Default, PartialEq, ToJson, FromJson)]
pub struct Parity {
    /// Texts that both answered.
    pub n_texts: u32,
    /// Those with another label.
    pub n_other_labels: u32,
    /// Those that one is sure of and the other is not.
    pub n_other_doubts: u32,
    /// The largest difference of a probability.
    pub gap: f64,
}

impl Parity {
    /// Both taken together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            n_texts: self.n_texts + other.n_texts,
            n_other_labels: self.n_other_labels + other.n_other_labels,
            n_other_doubts: self.n_other_doubts + other.n_other_doubts,
            gap: self.gap.max(other.gap),
        }
    }

    /// Whether it answers as the model does.
    pub fn holds(&self) -> bool {
        self.n_texts > 0 && self.n_other_labels == 0 && self.n_other_doubts == 0 && self.gap <= MAX_GAP
    }

    fn add(&mut self, ours: &ReadAnswer, theirs: &ReadAnswer) {
        self.n_texts += 1;
        self.n_other_labels += u32::from(ours.label != theirs.label);
        self.n_other_doubts += u32::from(ours.unsure != theirs.unsure);
        let is_alike = ours.probabilities.len() == theirs.probabilities.len();
        let pairs = ours.probabilities.iter().zip(&theirs.probabilities);
        let gap = pairs.map(|(ours, theirs)| (ours - theirs).abs()).fold(0.0, f64::max);
        // NaN is no small difference.
        let gap =
            if is_alike && theirs.probabilities.iter().all(|share| share.is_finite()) { gap } else { 1.0 };
        self.gap = self.gap.max(gap);
    }
}

/// What answers from an export's bytes.
enum Reader {
    Engine(Box<Predictor>),
    Python(Box<PythonModel>),
    Onnx(Box<(Prepared, OnnxModel)>),
}

/// Answers of `bytes` to the texts `from..to` of [`CHECK_TEXTS`], beside those of the model.
///
/// # Errors
/// Where the bytes cannot be read back or do not answer: what is wrong, to follow a colon.
pub fn check_export(
    pipeline: &FittedPipeline,
    (kind, bytes): (ExportKind, &[u8]),
    (from, to): (u32, u32),
) -> Result<Parity, String> {
    let texts = texts_of(&pipeline.features.terms, CHECK_TEXTS as usize);
    let texts = texts.get(from as usize..to as usize).ok_or("there are no such texts")?;
    let mut own = Predictor::new(pipeline.clone()).map_err(|error| error.to_string())?;
    let ours: Vec<ReadAnswer> = texts.iter().map(|text| of_engine(&mut own, text)).collect();
    let mut parity = Parity::default();
    for mut reader in readers(pipeline, kind, bytes)? {
        // Two readers of one export answer the same texts: the worse of both counts.
        let mut of_reader = Parity::default();
        let theirs = reader.answers(texts)?;
        for (ours, theirs) in ours.iter().zip(&theirs) {
            of_reader.add(ours, theirs);
        }
        parity = Parity {
            n_texts: of_reader.n_texts,
            n_other_labels: parity.n_other_labels.max(of_reader.n_other_labels),
            n_other_doubts: parity.n_other_doubts.max(of_reader.n_other_doubts),
            gap: parity.gap.max(of_reader.gap),
        };
    }
    Ok(parity)
}

fn readers(pipeline: &FittedPipeline, kind: ExportKind, bytes: &[u8]) -> Result<Vec<Reader>, String> {
    let file = |files: &[(&str, &[u8])], path: &str| -> Result<Vec<u8>, String> {
        let found = files.iter().find(|(known, _)| *known == path);
        found.map(|(_, content)| content.to_vec()).ok_or_else(|| format!("{path} is missing"))
    };
    let text = |files: &[(&str, &[u8])], path: &str| -> Result<String, String> {
        String::from_utf8(file(files, path)?).map_err(|_| format!("{path} is no text"))
    };
    let engine = |model: FittedPipeline| -> Result<Reader, String> {
        Ok(Reader::Engine(Box::new(Predictor::new(model).map_err(|error| error.to_string())?)))
    };
    let onnx = |bytes: &[u8]| -> Result<Reader, String> {
        let model = OnnxModel::read(bytes).map_err(|error| error.to_string())?;
        Ok(Reader::Onnx(Box::new((Prepared::new(pipeline)?, model))))
    };
    Ok(match kind {
        ExportKind::Page => vec![engine(model_of_page(bytes)?)?],
        ExportKind::Npm => {
            let model = file(&unzip(bytes)?, "model.rlm")?;
            vec![engine(FittedPipeline::from_bytes(&model).map_err(|error| error.to_string())?)?]
        }
        ExportKind::Mlflow => {
            let files = unzip(bytes)?;
            let model = PythonModel::of_mlflow(&text(&files, "data/model.json")?)?;
            vec![Reader::Python(Box::new(model)), onnx(&file(&files, "data/model.onnx")?)?]
        }
        ExportKind::Onnx => vec![onnx(&file(&unzip(bytes)?, "model.onnx")?)?],
        ExportKind::Sklearn => {
            let files = unzip(bytes)?;
            let (settings, learned) = (text(&files, "settings.json")?, text(&files, "learned.json")?);
            vec![Reader::Python(Box::new(PythonModel::of_sklearn(&settings, &learned)?))]
        }
        ExportKind::Coefficients => vec![engine(with_coefficients(pipeline, bytes)?)?],
        ExportKind::ModelFile => {
            vec![engine(FittedPipeline::from_bytes(bytes).map_err(|error| error.to_string())?)?]
        }
    })
}

impl Reader {
    fn answers(&mut self, texts: &[String]) -> Result<Vec<ReadAnswer>, String> {
        match self {
            Self::Engine(predictor) => Ok(texts.iter().map(|text| of_engine(predictor, text)).collect()),
            Self::Python(model) => {
                let answers = texts.iter().map(|text| model.answer(text));
                answers.collect::<Result<_, _>>().map_err(str::to_owned)
            }
            Self::Onnx(both) => {
                let (prepared, model) = &mut **both;
                let n_at_once = (MAX_ROW_VALUES / prepared.n_terms().max(1)).clamp(1, MAX_AT_ONCE);
                let mut answers = Vec::with_capacity(texts.len());
                for some in texts.chunks(n_at_once) {
                    let ready = some.iter().map(|text| prepared.prepare(text)).collect();
                    let found = model.run(ready).map_err(|error| error.to_string())?;
                    answers.extend(found.into_iter().map(|answer| ReadAnswer {
                        label: answer.label,
                        probabilities: answer.probabilities,
                        unsure: answer.unsure,
                    }));
                }
                Ok(answers)
            }
        }
    }
}

fn of_engine(predictor: &mut Predictor, text: &str) -> ReadAnswer {
    let answer = predictor.predict(text);
    ReadAnswer {
        label: predictor.pipeline().labels[usize::from(answer.label)].clone(),
        probabilities: answer.probabilities,
        unsure: answer.abstains,
    }
}

#[cfg(test)]
mod tests;
