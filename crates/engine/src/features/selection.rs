//! Counts in, the terms of one training part and the weighted rows of any part out.
//!
//! What a model needs that is not fitted in lanes: choose terms from the fold's training rows, then weigh both its
//! training and its held-out rows with the idf of the training rows. Nothing here holds text.

use super::select::{check_answerable, keep_most_frequent, plain_idf};
use super::weigh::push_weight;
use super::{Counts, DfBounds, FeatureError, FittedVectorizer, SparseRow, VectorizerSpec, smooth_idf};
use crate::num::Csr;

/// A counted term that the vocabulary does not hold.
const NO_COLUMN: u32 = u32::MAX;

/// The vocabulary of one training part, by the counts' term ids, and its idf.
///
/// ```text
/// let selection = Selection::new(&counts, &train_rows, &spec)?;
/// let (train, held_out): (Csr, Csr) = (selection.rows(&counts, &train_rows), selection.rows(&counts, &rest));
/// ```
///
/// Shapes: `term_ids` (ascending), `idf`: n_columns; `column_of`: n_terms of the counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    spec: VectorizerSpec,
    term_ids: Vec<u32>,
    idf: Vec<f64>,
    column_of: Vec<u32>,
}

impl Selection {
    /// Chooses the terms that `spec` keeps of the documents `train` and computes their idf (scikit-learn's
    /// `fit`; equally frequent terms at `max_features` are kept in alphabetical order).
    ///
    /// # Errors
    /// Where the settings cannot be answered by these counts or leave no term.
    pub fn new(counts: &Counts, train: &[u32], spec: &VectorizerSpec) -> Result<Self, FeatureError> {
        let n_docs = train.len() as u32;
        if n_docs == 0 {
            return Err(FeatureError::NoDocs);
        }
        let bounds = DfBounds::resolve(spec, n_docs)?;
        check_answerable(&counts.counting(), spec, bounds)?;
        let mut df = vec![0_u32; counts.n_terms as usize];
        let mut term_frequency = vec![0_u64; counts.n_terms as usize];
        for &row in train {
            let (term_ids, term_counts) = counts.row(row);
            for (&term, &count) in term_ids.iter().zip(term_counts) {
                df[term as usize] += 1;
                term_frequency[term as usize] += u64::from(count);
            }
        }
        let mut kept: Vec<u32> = (0..counts.n_terms)
            .filter(|&term| df[term as usize] > 0 && bounds.keeps(df[term as usize]))
            .collect();
        if let Some(limit) = spec.max_features {
            // scikit-learn makes counts binary before it sums them.
            let frequency =
                if spec.binary { df.iter().map(|&df| u64::from(df)).collect() } else { term_frequency };
            keep_most_frequent(&mut kept, &frequency, limit as usize);
        }
        if kept.is_empty() {
            return Err(FeatureError::NoTerms);
        }
        let weights = spec.weights();
        let idf = |df: u32| match (weights.use_idf, weights.smooth_idf) {
            (false, _) => 1.0,
            (true, true) => smooth_idf(n_docs, df),
            (true, false) => plain_idf(n_docs, df),
        };
        let idf = kept.iter().map(|&term| idf(df[term as usize])).collect();
        Ok(Self::of_terms(counts, kept, idf, spec))
    }

    /// A vocabulary that is known: ascending ids of counted terms, and the idf of each (1 where the spec has
    /// none).
    pub fn of_terms(counts: &Counts, term_ids: Vec<u32>, idf: Vec<f64>, spec: &VectorizerSpec) -> Self {
        let mut column_of = vec![NO_COLUMN; counts.n_terms as usize];
        for (column, &term) in (0..).zip(&term_ids) {
            column_of[term as usize] = column;
        }
        Self { spec: spec.clone(), term_ids, idf, column_of }
    }

    /// Ids of the terms kept, ascending: the counted term of each column.
    pub fn term_ids(&self) -> &[u32] {
        &self.term_ids
    }

    /// idf of each column; 1 where the spec has none.
    pub fn idf(&self) -> &[f64] {
        &self.idf
    }

    /// The weighted row of document `row`.
    pub fn row(&self, counts: &Counts, row: u32) -> SparseRow {
        let mut weighted = SparseRow::default();
        self.weigh(counts, row, &mut weighted);
        weighted
    }

    fn weigh(&self, counts: &Counts, row: u32, weighted: &mut SparseRow) {
        let rule = self.spec.weights();
        let (term_ids, term_counts) = counts.row(row);
        for (&term, &count) in term_ids.iter().zip(term_counts) {
            let column = self.column_of[term as usize];
            if column != NO_COLUMN {
                push_weight(weighted, rule, (column, u32::from(count)), self.idf[column as usize]);
            }
        }
        weighted.normalise(rule.norm);
    }

    /// Hands over the weighted row of each of the documents `rows`, in their order.
    pub fn for_each_row(&self, counts: &Counts, rows: &[u32], mut take: impl FnMut(&SparseRow)) {
        let mut weighted = SparseRow::default();
        for &row in rows {
            weighted.term_ids.clear();
            weighted.values.clear();
            self.weigh(counts, row, &mut weighted);
            take(&weighted);
        }
    }

    /// The weighted rows of the documents `rows`, in their order: rows.len() x n_columns.
    pub fn rows(&self, counts: &Counts, rows: &[u32]) -> Csr {
        let n_counted = rows.iter().map(|&row| counts.row(row).0.len()).sum();
        let mut matrix = Csr::with_room(self.term_ids.len(), rows.len(), n_counted);
        self.for_each_row(counts, rows, |row| matrix.push_lists(&row.term_ids, &row.values));
        matrix
    }

    /// The vocabulary with its words; `terms` are those of the counts.
    pub fn into_fitted(self, terms: &[String]) -> FittedVectorizer {
        let terms = self.term_ids.iter().map(|&term| terms[term as usize].clone()).collect();
        FittedVectorizer { spec: self.spec, terms, idf: self.idf }
    }
}

/// Learns vocabulary and idf from the documents `rows` (scikit-learn's `fit`).
///
/// # Errors
/// As `Selection::new`.
pub fn fit_vectorizer(
    counts: &Counts,
    terms: &[String],
    rows: &[u32],
    spec: &VectorizerSpec,
) -> Result<FittedVectorizer, FeatureError> {
    Ok(Selection::new(counts, rows, spec)?.into_fitted(terms))
}
