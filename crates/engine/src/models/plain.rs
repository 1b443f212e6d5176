//! Settings that are not fitted in lanes: fold by fold, each with its own vocabulary and matrix.
//!
//! In: the training part as counts. Out: what the lanes give: held-out scores, and the fit of the whole
//! part. A setting's bits depend on counts, split and setting alone.

use kernels::TrainRows;

use super::extent::Extent;
use super::group::{Lane, TrainDocs};
use super::training::{FitWarning, Fitted, TrainingSet, Truth, fit_model};
use super::{EvaluateError, FinalModel, ModelSpec, OutOfFold, Scorer};
use crate::dataset::{LabelId, RowKeys};
use crate::features::{Counting, Counts, Selection, SparseRow, VectorizerSpec};

/// The training part, document by document.
pub(super) struct PlainPart {
    counts: Counts,
    fold_of: Vec<u8>,
    /// Of each fold, what it learns from.
    lanes: Vec<Lane>,
    sample_weights: Option<Vec<f64>>,
}

/// What a setting gives.
pub(super) struct PlainRun {
    pub folds: OutOfFold,
    pub full: Option<FinalModel>,
    pub warnings: Vec<FitWarning>,
}

impl PlainPart {
    /// Undoes the merging of equal rows. Shape of `sample_weights`: n_train.
    pub fn new(
        counted: &Counting,
        rows: &TrainRows,
        docs: &TrainDocs,
        sample_weights: Option<Vec<f64>>,
    ) -> Self {
        let n_terms = rows.terms.iter().max().map_or(0, |last| last + 1);
        let mut counts = Counts {
            n_classes: docs.n_classes as u8,
            n_terms,
            df_floor: counted.df_floor,
            ngram_range: counted.ngram_range,
            tokens: counted.tokens.clone(),
            labels: docs.class_of.iter().map(|&class| LabelId(class)).collect(),
            doc_starts: vec![0],
            term_ids: Vec::new(),
            counts: Vec::new(),
            keys: RowKeys::default(),
        };
        let mut entries: Vec<(u32, u16)> = Vec::new();
        for &row in &rows.row_of {
            let (cols, of_cols) = rows.row(row as usize);
            entries.clear();
            entries.extend(cols.iter().map(|&col| rows.terms[col as usize]).zip(of_cols.iter().copied()));
            entries.sort_unstable();
            counts.term_ids.extend(entries.iter().map(|entry| entry.0));
            counts.counts.extend(entries.iter().map(|entry| entry.1));
            counts.doc_starts.push(counts.term_ids.len() as u32);
        }
        let lanes = (0..docs.n_folds as u8).map(|fold| docs.lane(fold)).collect();
        Self { counts, fold_of: docs.fold_of.clone(), lanes, sample_weights }
    }

    /// Fits the setting without each wanted fold in turn and, where that is wanted, with all.
    pub fn run(
        &self,
        features: &VectorizerSpec,
        model: &ModelSpec,
        extent: Extent,
    ) -> Result<PlainRun, EvaluateError> {
        let n_classes = usize::from(self.counts.n_classes);
        let n_scores = if n_classes == 2 { 1 } else { n_classes };
        let mut scores = vec![0.0; self.fold_of.len() * n_scores];
        let mut warnings = Vec::new();
        for lane in self.lanes.iter().filter(|lane| extent.asks(**lane)) {
            let docs = || (0..self.fold_of.len() as u32).zip(&self.fold_of);
            let of_docs = |is_in: &dyn Fn(u8) -> bool| -> Vec<u32> {
                docs().filter(|(_, fold)| is_in(**fold)).map(|(doc, _)| doc).collect()
            };
            let held_out = of_docs(&|fold| lane.held_out() == Some(fold));
            let train = of_docs(&|fold| lane.learns_from(fold));
            let (selection, fitted) = self.fit(features, model, &train)?;
            warnings.extend(fitted.warnings);
            let scorer = Scorer::new(&fitted.model);
            let mut of_row = Vec::with_capacity(n_scores);
            for (row, &doc) in selection.rows(&self.counts, &held_out).rows().zip(&held_out) {
                of_row.clear();
                let row = SparseRow { term_ids: row.columns.to_vec(), values: row.values.to_vec() };
                scorer.score(&row, &mut of_row);
                scores[doc as usize * n_scores..][..n_scores].copy_from_slice(&of_row);
            }
        }
        let mut full = None;
        if extent == Extent::FoldsAndFull {
            let all: Vec<u32> = (0..self.fold_of.len() as u32).collect();
            let (selection, fitted) = self.fit(features, model, &all)?;
            warnings.extend(fitted.warnings);
            let (term_ids, idf) = (selection.term_ids().to_vec(), selection.idf().to_vec());
            full = Some(FinalModel { term_ids, idf, model: fitted.model });
        }
        Ok(PlainRun { folds: OutOfFold { n_scores, scores }, full, warnings })
    }

    fn fit(
        &self,
        features: &VectorizerSpec,
        model: &ModelSpec,
        train: &[u32],
    ) -> Result<(Selection, Fitted), EvaluateError> {
        let selection = Selection::new(&self.counts, train, features)?;
        let x = selection.rows(&self.counts, train);
        let labels: Vec<_> = train.iter().map(|&doc| self.counts.labels[doc as usize]).collect();
        let weights: Option<Vec<f64>> = self
            .sample_weights
            .as_ref()
            .map(|weights| train.iter().map(|&doc| weights[doc as usize]).collect());
        let truth = Truth {
            labels: &labels,
            n_classes: usize::from(self.counts.n_classes),
            sample_weights: weights.as_deref(),
        };
        let fitted = fit_model(&TrainingSet { x: &x, truth }, model)?;
        Ok((selection, fitted))
    }
}
