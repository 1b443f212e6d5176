//! Which terms a vocabulary keeps, and what they weigh: bounds on document frequencies, the most frequent
//! terms, idf.

use super::{Counting, Counts, DocumentFrequency, FeatureError, VectorizerSpec};

/// `min_df` and `max_df` in numbers of documents: a term is kept where `low <= df <= high`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DfBounds {
    /// Fewest documents.
    pub low: u32,
    /// Most documents.
    pub high: u32,
}

impl DfBounds {
    /// Resolves the bounds of `spec` for `n_docs` documents; shares are compared unrounded, as in
    /// scikit-learn.
    ///
    /// # Errors
    /// Where a share is no number from 0 to 1, or `max_df` lies below `min_df`.
    pub fn resolve(spec: &VectorizerSpec, n_docs: u32) -> Result<Self, FeatureError> {
        let fewest = documents(spec.min_df, n_docs)?;
        let most = documents(spec.max_df, n_docs)?;
        if most < fewest {
            return Err(FeatureError::MaxBelowMin { most, fewest });
        }
        Ok(Self { low: fewest.ceil() as u32, high: most.floor() as u32 })
    }

    /// Whether a term in `df` documents is kept.
    pub fn keeps(self, df: u32) -> bool {
        self.low <= df && df <= self.high
    }
}

fn documents(bound: DocumentFrequency, n_docs: u32) -> Result<f64, FeatureError> {
    match bound {
        DocumentFrequency::Count(count) => Ok(f64::from(count)),
        DocumentFrequency::Share(share) if (0.0..=1.0).contains(&share) => Ok(share * f64::from(n_docs)),
        DocumentFrequency::Share(share) => Err(FeatureError::BadShare { share }),
    }
}

/// Refuses settings that the counts cannot answer.
pub(crate) fn check_answerable(
    counted: &Counting,
    spec: &VectorizerSpec,
    bounds: DfBounds,
) -> Result<(), FeatureError> {
    if spec.ngram_range != counted.ngram_range {
        return Err(FeatureError::OtherNgramRange { wanted: spec.ngram_range, counted: counted.ngram_range });
    }
    if spec.tokens != counted.tokens {
        return Err(FeatureError::OtherTokens);
    }
    if bounds.low.max(1) < counted.df_floor {
        return Err(FeatureError::BelowFloor { wanted: bounds.low, floor: counted.df_floor });
    }
    Ok(())
}

impl Counts {
    /// What was counted.
    pub fn counting(&self) -> Counting {
        Counting { ngram_range: self.ngram_range, tokens: self.tokens.clone(), df_floor: self.df_floor }
    }
}

/// Keeps the `limit` terms of greatest term frequency; of equally frequent ones those of smaller id, which
/// is their alphabetical order. `kept` ascends before and after.
pub(crate) fn keep_most_frequent(kept: &mut Vec<u32>, term_frequency: &[u64], limit: usize) {
    if kept.len() <= limit {
        return;
    }
    kept.sort_unstable_by_key(|&term| (std::cmp::Reverse(term_frequency[term as usize]), term));
    kept.truncate(limit);
    kept.sort_unstable();
}

/// `idf = ln((1 + n) / (1 + df)) + 1`, with n documents of which df hold the term (scikit-learn's
/// `smooth_idf`).
pub fn smooth_idf(n_docs: u32, df: u32) -> f64 {
    libm::log((f64::from(n_docs) + 1.0) / (f64::from(df) + 1.0)) + 1.0
}

/// `idf = ln(n / df) + 1`: `smooth_idf` switched off. `df` is not 0.
pub fn plain_idf(n_docs: u32, df: u32) -> f64 {
    libm::log(f64::from(n_docs) / f64::from(df)) + 1.0
}
