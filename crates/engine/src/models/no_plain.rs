//! Stands for `plain` where the engine is built without its feature `all-models`: says so of every setting.

use kernels::TrainRows;

use super::extent::Extent;
use super::group::TrainDocs;
use super::training::FitWarning;
use super::{EvaluateError, FinalModel, ModelSpec, OutOfFold};
use crate::features::{Counting, VectorizerSpec};

/// Nothing.
pub(super) struct PlainPart;

/// What a setting would give.
pub(super) struct PlainRun {
    pub folds: OutOfFold,
    pub full: Option<FinalModel>,
    pub warnings: Vec<FitWarning>,
}

impl PlainPart {
    /// Keeps nothing.
    pub fn new(_: &Counting, _: &TrainRows, _: &TrainDocs, _: Option<Vec<f64>>) -> Self {
        Self
    }

    /// Refuses every setting.
    pub fn run(&self, _: &VectorizerSpec, model: &ModelSpec, _: Extent) -> Result<PlainRun, EvaluateError> {
        Err(EvaluateError::NotInThisBuild { model: model.kind() })
    }
}
