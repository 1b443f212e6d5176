//! A fitted pipeline as one file, and back to the same bits.
//!
//! Layout, numbers little-endian: magic (8 bytes), schema (u32), length of the header (u32), header (JSON),
//! length of the terms (u32), terms (`features::encode_terms`), idf (f64), model (its shape in the header),
//! SHA-256 of all before. A pipeline that the first version could hold is still written as that version.

mod model;

use json::{FromJson, ToJson};
use thiserror::Error;

use super::{AbstainBand, Calibration, FittedPipeline, IsotonicCurve, PIPELINE_SCHEMA};
use crate::dataset::{MAX_CLASSES, MIN_CLASSES};
use crate::features::{FittedVectorizer, VectorizerSpec, decode_terms, encode_terms};
use crate::num::ContentHash;
use crate::text::CleanStep;
use model::ModelShape;

/// Largest file that is read.
pub const MAX_PIPELINE_BYTES: usize = 512 << 20;

const MAGIC: &[u8; 8] = b"RLPIPE\r\n";
const HASH_BYTES: usize = 32;

/// Why a file is no pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PipelineFileError {
    /// It does not begin as one.
    #[error("this is not a saved model: choose a file that Reviewlab saved")]
    NotAPipeline,
    /// Written by a newer version.
    #[error(
        "this model was saved by a newer Reviewlab (format {found}, this one reads up to {known}): update and try again"
    )]
    Newer {
        /// Its schema number.
        found: u32,
        /// The newest that is read.
        known: u32,
    },
    /// Over `MAX_PIPELINE_BYTES`.
    #[error("the saved model has {found} bytes, at most {MAX_PIPELINE_BYTES} are read")]
    TooLarge {
        /// Its size.
        found: usize,
    },
    /// Cut off or changed.
    #[error("the saved model is damaged ({what}): save it again from where it was made")]
    Damaged {
        /// What does not hold.
        what: &'static str,
    },
}

fn damaged(what: &'static str) -> PipelineFileError {
    PipelineFileError::Damaged { what }
}

#[derive(ToJson, FromJson)]
struct Header {
    engine_version: String,
    cleaning: Vec<CleanStep>,
    vectorizer: VectorizerSpec,
    n_terms: u32,
    model: ModelShape,
    calibration: Calibration,
    threshold: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    abstain: Option<AbstainBand>,
    labels: Vec<String>,
}

impl FittedPipeline {
    /// The pipeline as a file; its length is the model's size.
    pub fn to_bytes(&self) -> Vec<u8> {
        let header = Header {
            engine_version: self.engine_version.clone(),
            cleaning: self.cleaning.clone(),
            vectorizer: self.features.spec.clone(),
            n_terms: self.features.terms.len() as u32,
            model: ModelShape::of(&self.model),
            calibration: self.calibration.clone(),
            threshold: self.threshold,
            abstain: self.abstain,
            labels: self.labels.clone(),
        };
        let schema = self.schema(&header.model);
        let header = json::to_string(&header);
        let terms = encode_terms(&self.features.terms);
        let mut bytes = Vec::with_capacity(1024 + header.len() + terms.len() + 16 * self.features.idf.len());
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&schema.to_le_bytes());
        for section in [header.as_bytes(), &terms] {
            bytes.extend_from_slice(&(section.len() as u32).to_le_bytes());
            bytes.extend_from_slice(section);
        }
        self.features.idf.iter().for_each(|idf| bytes.extend_from_slice(&idf.to_le_bytes()));
        model::write(&self.model, &mut bytes);
        let hash = ContentHash::of(&bytes);
        bytes.extend_from_slice(&hash.0);
        bytes
    }

    /// The oldest schema that can hold this pipeline, so that an older engine reads whatever it can apply.
    fn schema(&self, model: &ModelShape) -> u32 {
        let is_of_first = model.is_of_first_version()
            && self.features.spec.is_of_first_version()
            && self.abstain.is_none()
            && !matches!(self.calibration, Calibration::Isotonic { .. });
        if is_of_first { 1 } else { PIPELINE_SCHEMA }
    }

    /// Reads what `to_bytes` wrote, here or in an earlier version, and checks it.
    ///
    /// # Errors
    /// Where the file is no pipeline, is newer than this engine, or is damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PipelineFileError> {
        if bytes.len() > MAX_PIPELINE_BYTES {
            return Err(PipelineFileError::TooLarge { found: bytes.len() });
        }
        let rest = bytes.strip_prefix(MAGIC.as_slice()).ok_or(PipelineFileError::NotAPipeline)?;
        let mut rest = Sections { rest };
        let schema = rest.number()?;
        if schema > PIPELINE_SCHEMA {
            return Err(PipelineFileError::Newer { found: schema, known: PIPELINE_SCHEMA });
        }
        let (content, hash) = bytes
            .split_at_checked(bytes.len().saturating_sub(HASH_BYTES))
            .ok_or(damaged("it ends too early"))?;
        if schema == 0 || ContentHash::of(content).0 != hash {
            return Err(damaged("its checksum differs"));
        }
        let header = rest.section()?;
        let header = std::str::from_utf8(header).or(Err(damaged("its header is no text")))?;
        let header: Header = json::from_str(header).or(Err(damaged("its header cannot be read")))?;
        let terms = decode_terms(rest.section()?).or(Err(damaged("its terms cannot be read")))?;
        if terms.len() != header.n_terms as usize {
            return Err(damaged("number of terms"));
        }
        let numbers = rest.rest.split_at_checked(rest.rest.len().saturating_sub(HASH_BYTES));
        let (numbers, _) = numbers.ok_or(damaged("it ends too early"))?;
        Self::assemble(header, terms, numbers)
    }

    fn assemble(header: Header, terms: Vec<String>, numbers: &[u8]) -> Result<Self, PipelineFileError> {
        let n_terms = terms.len();
        let n_classes = header.labels.len();
        let n_scores = if n_classes == 2 { 1 } else { n_classes };
        let shapes_hold = (MIN_CLASSES..=MAX_CLASSES).contains(&n_classes) && n_terms > 0;
        let (idf, model) =
            numbers.split_at_checked(8 * n_terms).ok_or(damaged("its parts do not fit together"))?;
        let calibration_holds = match &header.calibration {
            Calibration::Own => true,
            Calibration::Platt { sigmoids } => sigmoids.len() == n_scores,
            Calibration::Isotonic { curves } => {
                curves.len() == n_scores && curves.iter().all(IsotonicCurve::is_valid)
            }
        };
        let band_holds = header.abstain.is_none_or(AbstainBand::is_valid);
        let is_countable = header.vectorizer.counting(1).check().is_ok();
        if !shapes_hold || !calibration_holds || !band_holds || !is_countable {
            return Err(damaged("its parts do not fit together"));
        }
        let [idf] = model::numbers(idf, [n_terms])?;
        if !header.threshold.is_finite() {
            return Err(damaged("a number is not finite"));
        }
        let model = header.model.read((n_classes, n_terms), model)?;
        Ok(Self {
            engine_version: header.engine_version,
            cleaning: header.cleaning,
            features: FittedVectorizer { spec: header.vectorizer, terms, idf },
            model,
            calibration: header.calibration,
            threshold: header.threshold,
            abstain: header.abstain,
            labels: header.labels,
        })
    }
}

struct Sections<'a> {
    rest: &'a [u8],
}

impl<'a> Sections<'a> {
    fn take(&mut self, n_bytes: usize) -> Result<&'a [u8], PipelineFileError> {
        let (taken, rest) = self.rest.split_at_checked(n_bytes).ok_or(damaged("it ends too early"))?;
        self.rest = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u32, PipelineFileError> {
        let bytes = self.take(4)?;
        Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    fn section(&mut self) -> Result<&'a [u8], PipelineFileError> {
        let n_bytes = self.number()? as usize;
        self.take(n_bytes)
    }
}
