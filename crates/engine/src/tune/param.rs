//! What each searched parameter is called, may be, belongs to and changes.
//!
//! In: a name and a value. Out: bounds, or the pipeline with the value put in. Never: a value of another kind
//! taken for one of this.

use crate::features::{DocumentFrequency, Norm, TermStopWords, VectorizerKind, VectorizerSpec};
use crate::models::{
    ALPHA_RANGE, C_RANGE, ClassWeight, Criterion, LogisticSolver, MAX_LEAF_ROWS, MaxFeatures, ModelKind,
    ModelSpec, SvmLoss, TREES_RANGE,
};
use crate::pipeline::PipelineSpec;
use crate::tune::{ParamName, Setting, Value};

/// Largest whole number a range may reach.
pub const MAX_WHOLE: i64 = u32::MAX as i64;
/// The choices of a switch.
const SWITCH: &[&str] = &["false", "true"];

/// What values a parameter has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ParamKind {
    /// Real numbers within these, in words at the end.
    Real(f64, f64, &'static str),
    /// Whole numbers within these, in words at the end.
    Whole(i64, i64, &'static str),
    /// One of these words.
    Words(&'static [&'static str]),
    /// Two lengths, such as `1-2`.
    Lengths,
    /// A name that the study gives.
    Names,
}

impl ParamName {
    /// All of them, in order.
    pub const ALL: [ParamName; 25] = [
        Self::C,
        Self::Alpha,
        Self::MaxFeatures,
        Self::MinDf,
        Self::MaxDf,
        Self::Solver,
        Self::Loss,
        Self::ClassWeight,
        Self::ComplementNorm,
        Self::NEstimators,
        Self::LimitDepth,
        Self::MaxDepth,
        Self::MinSamplesLeaf,
        Self::ForestMaxFeatures,
        Self::Criterion,
        Self::Bootstrap,
        Self::Vectorizer,
        Self::NgramRange,
        Self::Binary,
        Self::SublinearTf,
        Self::UseIdf,
        Self::SmoothIdf,
        Self::Norm,
        Self::StopWords,
        Self::Cleaning,
    ];

    /// Its name in scikit-learn, or the nearest; its name in records and on pages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::C => "C",
            Self::Alpha => "alpha",
            Self::MaxFeatures => "max_features",
            Self::MinDf => "min_df",
            Self::MaxDf => "max_df",
            Self::Solver => "solver",
            Self::Loss => "loss",
            Self::ClassWeight => "class_weight",
            Self::ComplementNorm => "complement_norm",
            Self::NEstimators => "n_estimators",
            Self::LimitDepth => "limit_depth",
            Self::MaxDepth => "max_depth",
            Self::MinSamplesLeaf => "min_samples_leaf",
            Self::ForestMaxFeatures => "forest_max_features",
            Self::Criterion => "criterion",
            Self::Bootstrap => "bootstrap",
            Self::Vectorizer => "vectorizer",
            Self::NgramRange => "ngram_range",
            Self::Binary => "binary",
            Self::SublinearTf => "sublinear_tf",
            Self::UseIdf => "use_idf",
            Self::SmoothIdf => "smooth_idf",
            Self::Norm => "norm",
            Self::StopWords => "stop_words",
            Self::Cleaning => "cleaning",
        }
    }

    /// What values it has.
    pub fn kind(self) -> ParamKind {
        match self {
            Self::C => ParamKind::Real(C_RANGE.0, C_RANGE.1, "from 0.000001 to 1000000"),
            Self::Alpha => ParamKind::Real(ALPHA_RANGE.0, ALPHA_RANGE.1, "from 0.0000000001 to 1000000"),
            Self::MaxDf => ParamKind::Real(f64::MIN_POSITIVE, 1.0, "above 0 and at most 1"),
            Self::MaxFeatures | Self::MinDf | Self::MaxDepth => {
                ParamKind::Whole(1, MAX_WHOLE, "from 1 to 4294967295")
            }
            Self::NEstimators => {
                ParamKind::Whole(i64::from(TREES_RANGE.0), i64::from(TREES_RANGE.1), "from 1 to 2000")
            }
            Self::MinSamplesLeaf => ParamKind::Whole(1, i64::from(MAX_LEAF_ROWS), "from 1 to 1000000"),
            Self::Solver => ParamKind::Words(&["liblinear", "liblinear_l1", "lbfgs"]),
            Self::Loss => ParamKind::Words(&["squared_hinge", "hinge"]),
            Self::ClassWeight => ParamKind::Words(&["none", "balanced"]),
            Self::ForestMaxFeatures => ParamKind::Words(&["sqrt", "log2", "all"]),
            Self::Criterion => ParamKind::Words(&["gini", "entropy"]),
            Self::Vectorizer => ParamKind::Words(&["tfidf", "bow"]),
            Self::Norm => ParamKind::Words(&["l1", "l2", "none"]),
            Self::StopWords => ParamKind::Words(&["none", "english"]),
            Self::ComplementNorm
            | Self::LimitDepth
            | Self::Bootstrap
            | Self::Binary
            | Self::SublinearTf
            | Self::UseIdf
            | Self::SmoothIdf => ParamKind::Words(SWITCH),
            Self::NgramRange => ParamKind::Lengths,
            Self::Cleaning => ParamKind::Names,
        }
    }

    /// Whether it is on or off.
    pub fn is_switch(self) -> bool {
        matches!(self.kind(), ParamKind::Words(words) if words == SWITCH)
    }

    /// Whether a model of that family has it.
    pub fn belongs_to(self, model: ModelKind) -> bool {
        let is_forest = model == ModelKind::RandomForest;
        let is_linear = matches!(model, ModelKind::LogisticRegression | ModelKind::LinearSvc);
        match self {
            Self::C => is_linear,
            Self::Alpha => matches!(model, ModelKind::MultinomialNb | ModelKind::ComplementNb),
            Self::Solver => model == ModelKind::LogisticRegression,
            Self::Loss => model == ModelKind::LinearSvc,
            Self::ComplementNorm => model == ModelKind::ComplementNb,
            Self::ClassWeight => is_linear || is_forest,
            Self::NEstimators
            | Self::LimitDepth
            | Self::MaxDepth
            | Self::MinSamplesLeaf
            | Self::ForestMaxFeatures
            | Self::Criterion
            | Self::Bootstrap => is_forest,
            _ => true,
        }
    }

    /// The parameter that decides whether this one matters, and its value for which it does.
    pub fn depends_on(self) -> Option<(ParamName, &'static str)> {
        match self {
            Self::MaxDepth => Some((Self::LimitDepth, "true")),
            Self::SublinearTf | Self::UseIdf | Self::SmoothIdf | Self::Norm => {
                Some((Self::Vectorizer, "tfidf"))
            }
            _ => None,
        }
    }

    /// Whether it matters, given what is chosen so far; where what decides is not searched, it does.
    pub fn is_active(self, chosen: &Setting) -> bool {
        self.depends_on().is_none_or(|(decides, wanted)| {
            chosen.get(&decides).is_none_or(|value| value.word() == Some(wanted))
        })
    }
}

/// The lengths that `1-2` stands for.
pub(super) fn lengths(word: &str) -> Option<(u8, u8)> {
    let (shortest, longest) = word.split_once('-')?;
    Some((shortest.parse().ok()?, longest.parse().ok()?))
}

/// Puts one value into a pipeline. One that its model does not have, or of another kind, changes nothing;
/// a cleaning variant is the study's matter.
pub(super) fn put(pipeline: &mut PipelineSpec, name: ParamName, value: &Value) {
    match value {
        Value::Int(_) | Value::Float(_) => put_number(pipeline, name, value.as_f64()),
        Value::Text(word) => {
            put_model_word(&mut pipeline.model, name, word);
            put_vectorizer_word(&mut pipeline.vectorizer, name, word);
        }
    }
}

fn put_number(pipeline: &mut PipelineSpec, name: ParamName, number: f64) {
    // `as` saturates, and validated values are within u32.
    let whole = number as u32;
    match (name, &mut pipeline.model) {
        (ParamName::C, ModelSpec::LogisticRegression { c, .. } | ModelSpec::LinearSvc { c, .. }) => {
            *c = number;
        }
        (ParamName::Alpha, ModelSpec::MultinomialNb { alpha } | ModelSpec::ComplementNb { alpha, .. }) => {
            *alpha = number;
        }
        (ParamName::NEstimators, ModelSpec::RandomForest(forest)) => forest.n_estimators = whole,
        (ParamName::MaxDepth, ModelSpec::RandomForest(forest)) => forest.max_depth = Some(whole),
        (ParamName::MinSamplesLeaf, ModelSpec::RandomForest(forest)) => forest.min_samples_leaf = whole,
        (ParamName::MaxFeatures, _) => pipeline.vectorizer.max_features = Some(whole),
        (ParamName::MinDf, _) => pipeline.vectorizer.min_df = DocumentFrequency::Count(whole),
        (ParamName::MaxDf, _) => pipeline.vectorizer.max_df = DocumentFrequency::Share(number),
        _ => {}
    }
}

fn put_model_word(model: &mut ModelSpec, name: ParamName, word: &str) {
    let is_on = word == "true";
    let weight = if word == "balanced" { ClassWeight::Balanced } else { ClassWeight::None };
    match (name, model) {
        (ParamName::Solver, ModelSpec::LogisticRegression { solver, .. }) => {
            *solver = match word {
                "liblinear_l1" => LogisticSolver::LiblinearL1,
                "lbfgs" => LogisticSolver::Lbfgs,
                _ => LogisticSolver::Liblinear,
            };
        }
        (ParamName::Loss, ModelSpec::LinearSvc { loss, .. }) => {
            *loss = if word == "hinge" { SvmLoss::Hinge } else { SvmLoss::SquaredHinge };
        }
        (
            ParamName::ClassWeight,
            ModelSpec::LogisticRegression { class_weight, .. } | ModelSpec::LinearSvc { class_weight, .. },
        ) => *class_weight = weight,
        (ParamName::ComplementNorm, ModelSpec::ComplementNb { norm, .. }) => *norm = is_on,
        (ParamName::ClassWeight, ModelSpec::RandomForest(forest)) => forest.class_weight = weight,
        (ParamName::LimitDepth, ModelSpec::RandomForest(forest)) if !is_on => forest.max_depth = None,
        (ParamName::ForestMaxFeatures, ModelSpec::RandomForest(forest)) => {
            forest.max_features = match word {
                "log2" => MaxFeatures::Log2,
                "all" => MaxFeatures::All,
                _ => MaxFeatures::Sqrt,
            };
        }
        (ParamName::Criterion, ModelSpec::RandomForest(forest)) => {
            forest.criterion = if word == "entropy" { Criterion::Entropy } else { Criterion::Gini };
        }
        (ParamName::Bootstrap, ModelSpec::RandomForest(forest)) => forest.bootstrap = is_on,
        _ => {}
    }
}

fn put_vectorizer_word(vectorizer: &mut VectorizerSpec, name: ParamName, word: &str) {
    let is_on = word == "true";
    match name {
        ParamName::Vectorizer => {
            vectorizer.kind = if word == "bow" { VectorizerKind::BagOfWords } else { VectorizerKind::TfIdf };
        }
        ParamName::NgramRange => {
            vectorizer.ngram_range = lengths(word).unwrap_or(vectorizer.ngram_range);
        }
        ParamName::Binary => vectorizer.binary = is_on,
        ParamName::SublinearTf => vectorizer.sublinear_tf = is_on,
        ParamName::UseIdf => vectorizer.use_idf = is_on,
        ParamName::SmoothIdf => vectorizer.smooth_idf = is_on,
        ParamName::Norm => {
            vectorizer.norm = match word {
                "l1" => Norm::L1,
                "none" => Norm::None,
                _ => Norm::L2,
            };
        }
        ParamName::StopWords => {
            vectorizer.tokens.stop_words =
                if word == "english" { TermStopWords::English } else { TermStopWords::None };
        }
        _ => {}
    }
}
