//! scikit-learn's vectorizer parameters as data. What a file does not say is scikit-learn's default.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use super::{FeatureError, MAX_CHAR_NGRAM, MAX_NGRAM};

/// A bound on document frequency.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum DocumentFrequency {
    /// A number of documents.
    Count(u32),
    /// A share of the documents, compared unrounded.
    Share(f64),
}

/// Which of scikit-learn's vectorizers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum VectorizerKind {
    /// `TfidfVectorizer`.
    #[default]
    TfIdf,
    /// `CountVectorizer`: plain counts. `sublinear_tf`, `use_idf`, `smooth_idf` and `norm` say nothing there.
    BagOfWords,
}

/// What n-grams are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum Analyzer {
    /// Tokens, joined by one space.
    #[default]
    Word,
    /// Characters of the whole cleaned text.
    Char,
    /// Characters of each word, with a space before and after it; phrases of words are not crossed.
    CharWb,
}

/// Which tokens are no terms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum TermStopWords {
    /// All are.
    #[default]
    None,
    /// scikit-learn's 318 English words; phrases are formed after they are gone.
    English,
}

/// How rows are normalised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum Norm {
    /// To a sum of absolute values of 1.
    L1,
    /// To a sum of squares of 1.
    #[default]
    L2,
    /// Not at all.
    None,
}

/// How a cleaned text becomes tokens or characters. Lower case and accents are the cleaning's matter: this is
/// scikit-learn's vectorizer with `lowercase=False`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct TokenRule {
    /// What n-grams are made of.
    #[serde(default, skip_serializing_if = "is_default")]
    pub analyzer: Analyzer,
    /// Which stretches of the cleaned text are tokens; `None` is `DEFAULT_TOKEN_PATTERN`. Without
    /// meaning for characters.
    #[serde(default, skip_serializing_if = "is_default")]
    pub token_pattern: Option<String>,
    /// Which tokens are no terms. Without meaning for characters.
    #[serde(default, skip_serializing_if = "is_default")]
    pub stop_words: TermStopWords,
}

/// What has to be counted before terms can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Counting {
    /// Shortest and longest n-gram.
    pub ngram_range: (u8, u8),
    /// Of what.
    #[serde(default, skip_serializing_if = "is_default")]
    pub tokens: TokenRule,
    /// Terms in fewer documents are left out, so no smaller `min_df` can be asked for afterwards.
    pub df_floor: u32,
}

/// The parameters of scikit-learn's `TfidfVectorizer` or `CountVectorizer`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct VectorizerSpec {
    /// TF-IDF or plain counts.
    #[serde(default, skip_serializing_if = "is_default")]
    pub kind: VectorizerKind,
    /// Shortest and longest n-gram, in words or characters.
    pub ngram_range: (u8, u8),
    /// How a text is cut into them.
    #[serde(default, skip_serializing_if = "is_default")]
    pub tokens: TokenRule,
    /// A term counts once a document.
    #[serde(default, skip_serializing_if = "is_default")]
    pub binary: bool,
    /// `1 + ln(tf)` instead of `tf`.
    pub sublinear_tf: bool,
    /// Weights by idf.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub use_idf: bool,
    /// `ln((1 + n) / (1 + df)) + 1` instead of `ln(n / df) + 1`.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub smooth_idf: bool,
    /// How rows are normalised.
    #[serde(default, skip_serializing_if = "is_default")]
    pub norm: Norm,
    /// Terms in fewer documents are left out.
    pub min_df: DocumentFrequency,
    /// Terms in more documents are left out.
    pub max_df: DocumentFrequency,
    /// Keep the most frequent terms only; equally frequent ones in alphabetical order.
    pub max_features: Option<u32>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn is_true(value: &bool) -> bool {
    *value
}

fn yes() -> bool {
    true
}

/// What decides a weight once the terms are chosen, in its plainest form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WeightRule {
    pub binary: bool,
    pub sublinear_tf: bool,
    pub use_idf: bool,
    pub smooth_idf: bool,
    pub norm: Norm,
}

impl VectorizerSpec {
    /// `TfidfVectorizer(ngram_range=ngram_range)`: all else as scikit-learn has it.
    pub fn tf_idf(ngram_range: (u8, u8)) -> Self {
        Self {
            kind: VectorizerKind::TfIdf,
            ngram_range,
            tokens: TokenRule::default(),
            binary: false,
            sublinear_tf: false,
            use_idf: true,
            smooth_idf: true,
            norm: Norm::L2,
            min_df: DocumentFrequency::Count(1),
            max_df: DocumentFrequency::Share(1.0),
            max_features: None,
        }
    }

    /// `CountVectorizer(ngram_range=ngram_range)`: all else as scikit-learn has it.
    pub fn bag_of_words(ngram_range: (u8, u8)) -> Self {
        Self { kind: VectorizerKind::BagOfWords, ..Self::tf_idf(ngram_range) }
    }

    /// What has to be counted for it, without terms in fewer than `df_floor` documents.
    pub fn counting(&self, df_floor: u32) -> Counting {
        Counting { ngram_range: self.ngram_range, tokens: self.tokens.clone(), df_floor }
    }

    /// Whether the first version of a saved pipeline could say all of it.
    pub(crate) fn is_of_first_version(&self) -> bool {
        let Self { sublinear_tf, min_df, max_df, max_features, .. } = *self;
        let first = Self::tf_idf(self.ngram_range);
        *self == Self { sublinear_tf, min_df, max_df, max_features, ..first }
    }

    pub(crate) fn weights(&self) -> WeightRule {
        let Self { binary, sublinear_tf, use_idf, smooth_idf, norm, .. } = *self;
        match self.kind {
            VectorizerKind::TfIdf => WeightRule { binary, sublinear_tf, use_idf, smooth_idf, norm },
            VectorizerKind::BagOfWords => WeightRule {
                binary,
                sublinear_tf: false,
                use_idf: false,
                smooth_idf: false,
                norm: Norm::None,
            },
        }
    }
}

impl Counting {
    /// Words of two or more characters in n-grams of `ngram_range`, each in `df_floor` documents or more.
    pub fn words(ngram_range: (u8, u8), df_floor: u32) -> Self {
        Self { ngram_range, tokens: TokenRule::default(), df_floor }
    }

    /// Refuses n-gram lengths that are zero, upside down or too long.
    ///
    /// # Errors
    /// `FeatureError::BadNgramRange`.
    pub fn check(&self) -> Result<(), FeatureError> {
        let (shortest, longest) = self.ngram_range;
        let most = self.tokens.longest_ngram();
        if shortest == 0 || shortest > longest || longest > most {
            return Err(FeatureError::BadNgramRange { shortest, longest, most });
        }
        Ok(())
    }
}

impl TokenRule {
    /// The longest n-gram that is counted.
    pub fn longest_ngram(&self) -> u8 {
        match self.analyzer {
            Analyzer::Word => MAX_NGRAM,
            Analyzer::Char | Analyzer::CharWb => MAX_CHAR_NGRAM,
        }
    }
}
