//! Settings with a name, fitted without a search.

use super::PipelineSpec;
use crate::features::{DocumentFrequency, TermStopWords, TokenRule, VectorizerSpec};
use crate::models::{ClassWeight, LogisticSolver, ModelSpec};
use crate::text::reference_cleaning;

/// A named setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// What a job that runs unattended fits: scikit-learn's own logistic regression, intercept free, on
    /// TF-IDF of one and two words without English stop words.
    ScheduledJob,
}

impl Preset {
    /// All of them, in the order they are shown.
    pub const ALL: [Preset; 1] = [Self::ScheduledJob];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::ScheduledJob => "Scheduled job",
        }
    }

    /// Cleaning, features and model.
    pub fn pipeline(self) -> PipelineSpec {
        match self {
            Self::ScheduledJob => PipelineSpec {
                cleaning: reference_cleaning(),
                vectorizer: VectorizerSpec {
                    tokens: TokenRule { stop_words: TermStopWords::English, ..TokenRule::default() },
                    min_df: DocumentFrequency::Count(3),
                    max_df: DocumentFrequency::Share(0.9),
                    max_features: Some(5000),
                    ..VectorizerSpec::tf_idf((1, 2))
                },
                model: ModelSpec::LogisticRegression {
                    c: 0.5,
                    class_weight: ClassWeight::Balanced,
                    solver: LogisticSolver::Lbfgs,
                },
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_can_be_saved_and_fitted() {
        for preset in Preset::ALL {
            let pipeline = preset.pipeline();
            assert!(!preset.name().is_empty());
            assert_eq!(pipeline.model.check(2), Ok(()));
            assert_eq!(json::from_str::<PipelineSpec>(&json::to_string(&pipeline)), Ok(pipeline));
        }
    }
}
