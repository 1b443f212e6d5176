//! A model and its parameters, as data: what a search proposes and a fit is asked for.
//!
//! JSON written by earlier versions reads the same, and what it could say is still written the same.

use json::{FromJson, Node, ToJson, Writer};
use serde::{Deserialize, Serialize};

use super::EvaluateError;
use crate::dataset::MAX_CLASSES;

/// Smallest and largest inverse regularisation `C`.
pub const C_RANGE: (f64, f64) = (1e-6, 1e6);
/// Smallest and largest smoothing `alpha` of naive Bayes.
pub const ALPHA_RANGE: (f64, f64) = (1e-10, 1e6);
/// Fewest and most trees of a forest.
pub const TREES_RANGE: (u32, u32) = (1, 2000);
/// Most rows a leaf may be asked to hold at least.
pub const MAX_LEAF_ROWS: u32 = 1_000_000;
/// Smallest and largest weight given to a class.
pub const CLASS_WEIGHT_RANGE: (f64, f64) = (1e-6, 1e6);

/// A model's family.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToJson, FromJson,
)]
pub enum ModelKind {
    /// Logistic regression, L2- or L1-regularised.
    LogisticRegression,
    /// Multinomial naive Bayes.
    #[serde(rename = "MultinomialNB")]
    MultinomialNb,
    /// Linear support vector machine.
    #[serde(rename = "LinearSVC")]
    LinearSvc,
    /// Complement naive Bayes.
    #[serde(rename = "ComplementNB")]
    ComplementNb,
    /// Random forest.
    RandomForest,
    /// A baseline that looks at no text.
    #[serde(rename = "DummyClassifier")]
    Dummy,
}

impl ModelKind {
    /// Those searched where nothing else is asked for, in the order they are shown.
    pub const ALL: [ModelKind; 3] = [Self::LogisticRegression, Self::MultinomialNb, Self::LinearSvc];
    /// Every family there is.
    pub const EVERY: [ModelKind; 6] = [
        Self::LogisticRegression,
        Self::MultinomialNb,
        Self::LinearSvc,
        Self::ComplementNb,
        Self::RandomForest,
        Self::Dummy,
    ];

    /// scikit-learn's class name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LogisticRegression => "LogisticRegression",
            Self::MultinomialNb => "MultinomialNB",
            Self::LinearSvc => "LinearSVC",
            Self::ComplementNb => "ComplementNB",
            Self::RandomForest => "RandomForestClassifier",
            Self::Dummy => "DummyClassifier",
        }
    }

    /// Whether its scores are turned into probabilities by a model of their own.
    pub fn has_probabilities(self) -> bool {
        self != Self::LinearSvc
    }
}

/// How much a row of each class counts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum ClassWeight {
    /// Every row counts 1.
    None,
    /// `n / (n_classes * n_class)` over the rows fitted (scikit-learn's `balanced`).
    Balanced,
    /// A weight for each class.
    Given(GivenWeights),
}

/// One weight a class, in label order.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<f64>", into = "Vec<f64>")]
pub struct GivenWeights {
    n_classes: u8,
    values: [f64; MAX_CLASSES],
}

impl GivenWeights {
    /// The weights, one a class.
    pub fn as_slice(&self) -> &[f64] {
        &self.values[..usize::from(self.n_classes)]
    }
}

impl TryFrom<Vec<f64>> for GivenWeights {
    type Error = EvaluateError;

    /// # Errors
    /// Where there are more than `MAX_CLASSES`, or one is out of `CLASS_WEIGHT_RANGE`.
    fn try_from(weights: Vec<f64>) -> Result<Self, EvaluateError> {
        if weights.len() > MAX_CLASSES {
            return Err(EvaluateError::BadClassWeights { n_weights: weights.len(), n_classes: MAX_CLASSES });
        }
        let mut values = [1.0; MAX_CLASSES];
        for (place, &weight) in values.iter_mut().zip(&weights) {
            check("class weight", weight, CLASS_WEIGHT_RANGE)?;
            *place = weight;
        }
        Ok(Self { n_classes: weights.len() as u8, values })
    }
}

impl From<GivenWeights> for Vec<f64> {
    fn from(weights: GivenWeights) -> Self {
        weights.as_slice().to_vec()
    }
}

impl ToJson for GivenWeights {
    fn write(&self, out: &mut Writer) {
        self.as_slice().write(out);
    }
}

impl FromJson for GivenWeights {
    fn read(node: Node<'_>) -> Self {
        Vec::<f64>::read(node).try_into().unwrap_or_else(|_| {
            node.misfit("a weight for each class");
            Self { n_classes: 0, values: [1.0; MAX_CLASSES] }
        })
    }
}

/// What logistic regression minimises, named as scikit-learn names its solvers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum LogisticSolver {
    /// L2 penalty, intercept included (`solver="liblinear"`); one-vs-rest beyond two classes.
    #[default]
    Liblinear,
    /// L1 penalty, intercept included (`solver="liblinear"`, `penalty="l1"`); one-vs-rest beyond two
    /// classes.
    LiblinearL1,
    /// L2 penalty, intercept free (`solver="lbfgs"`); multinomial (softmax) beyond two classes.
    Lbfgs,
}

/// What a linear support vector machine loses on a margin `m`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum SvmLoss {
    /// `max(0, 1 - m)^2`.
    #[default]
    SquaredHinge,
    /// `max(0, 1 - m)`.
    Hinge,
}

/// What a tree's split is judged by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// `1 - sum p^2`.
    #[default]
    Gini,
    /// `-sum p log p`.
    Entropy,
}

/// How many columns a split is chosen from, at least 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum MaxFeatures {
    /// The square root of their number.
    #[default]
    Sqrt,
    /// Its binary logarithm.
    Log2,
    /// A share of them.
    Share(f64),
    /// All.
    All,
}

/// scikit-learn's `RandomForestClassifier`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct ForestSpec {
    /// Number of trees.
    pub n_estimators: u32,
    /// What a split is judged by.
    #[serde(default)]
    pub criterion: Criterion,
    /// Most splits from the root to a leaf.
    #[serde(default)]
    pub max_depth: Option<u32>,
    /// Fewest rows of a leaf.
    #[serde(default = "one")]
    pub min_samples_leaf: u32,
    /// Columns a split is chosen from.
    #[serde(default)]
    pub max_features: MaxFeatures,
    /// Whether each tree learns from rows drawn with replacement, as many as there are.
    #[serde(default = "yes")]
    pub bootstrap: bool,
    /// Weights by class.
    pub class_weight: ClassWeight,
    /// Seed of the trees' streams.
    pub seed: u64,
}

impl ForestSpec {
    /// scikit-learn's defaults.
    pub fn new(n_estimators: u32, seed: u64) -> Self {
        Self {
            n_estimators,
            criterion: Criterion::Gini,
            max_depth: None,
            min_samples_leaf: 1,
            max_features: MaxFeatures::Sqrt,
            bootstrap: true,
            class_weight: ClassWeight::None,
            seed,
        }
    }
}

/// What a baseline answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum DummyStrategy {
    /// The most frequent class, for certain.
    MostFrequent,
    /// The most frequent class, with the classes' shares as probabilities.
    Prior,
}

/// A model and its parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type")]
pub enum ModelSpec {
    /// scikit-learn's `LogisticRegression`.
    LogisticRegression {
        /// Inverse strength of the regularisation.
        #[serde(rename = "C")]
        c: f64,
        /// Weights by class.
        class_weight: ClassWeight,
        /// What is minimised.
        #[serde(default, skip_serializing_if = "is_default")]
        solver: LogisticSolver,
    },
    /// scikit-learn's `MultinomialNB`.
    #[serde(rename = "MultinomialNB")]
    MultinomialNb {
        /// Additive smoothing.
        alpha: f64,
    },
    /// scikit-learn's `LinearSVC`.
    #[serde(rename = "LinearSVC")]
    LinearSvc {
        /// Inverse strength of the regularisation.
        #[serde(rename = "C")]
        c: f64,
        /// Weights by class.
        class_weight: ClassWeight,
        /// What is lost on a margin.
        #[serde(default, skip_serializing_if = "is_default")]
        loss: SvmLoss,
    },
    /// scikit-learn's `ComplementNB`.
    #[serde(rename = "ComplementNB")]
    ComplementNb {
        /// Additive smoothing.
        alpha: f64,
        /// Whether each class's weights are divided by their sum.
        #[serde(default)]
        norm: bool,
    },
    /// scikit-learn's `RandomForestClassifier`.
    #[serde(rename = "RandomForestClassifier")]
    RandomForest(ForestSpec),
    /// scikit-learn's `DummyClassifier`.
    #[serde(rename = "DummyClassifier")]
    Dummy {
        /// What it answers.
        strategy: DummyStrategy,
    },
}

impl ModelSpec {
    /// Logistic regression as the reference searches it: L2, intercept penalised.
    pub fn logistic_regression(c: f64, class_weight: ClassWeight) -> Self {
        Self::LogisticRegression { c, class_weight, solver: LogisticSolver::Liblinear }
    }

    /// A linear SVM as the reference searches it: squared hinge.
    pub fn linear_svc(c: f64, class_weight: ClassWeight) -> Self {
        Self::LinearSvc { c, class_weight, loss: SvmLoss::SquaredHinge }
    }

    /// Its family.
    pub fn kind(&self) -> ModelKind {
        match self {
            Self::LogisticRegression { .. } => ModelKind::LogisticRegression,
            Self::MultinomialNb { .. } => ModelKind::MultinomialNb,
            Self::LinearSvc { .. } => ModelKind::LinearSvc,
            Self::ComplementNb { .. } => ModelKind::ComplementNb,
            Self::RandomForest(_) => ModelKind::RandomForest,
            Self::Dummy { .. } => ModelKind::Dummy,
        }
    }

    /// How rows are weighted by class; naive Bayes and the baseline know no such weights.
    pub fn class_weight(&self) -> ClassWeight {
        match self {
            Self::LogisticRegression { class_weight, .. } | Self::LinearSvc { class_weight, .. } => {
                *class_weight
            }
            Self::RandomForest(forest) => forest.class_weight,
            Self::MultinomialNb { .. } | Self::ComplementNb { .. } | Self::Dummy { .. } => ClassWeight::None,
        }
    }

    /// Checks every parameter, and that class weights are given for `n_classes` classes.
    ///
    /// # Errors
    /// The first that is out of range.
    pub fn check(&self, n_classes: usize) -> Result<(), EvaluateError> {
        match self {
            Self::LogisticRegression { c, .. } | Self::LinearSvc { c, .. } => check("C", *c, C_RANGE)?,
            Self::MultinomialNb { alpha } | Self::ComplementNb { alpha, .. } => {
                check("alpha", *alpha, ALPHA_RANGE)?;
            }
            Self::RandomForest(forest) => forest.check()?,
            Self::Dummy { .. } => {}
        }
        match self.class_weight() {
            ClassWeight::Given(weights) if weights.as_slice().len() != n_classes => {
                Err(EvaluateError::BadClassWeights { n_weights: weights.as_slice().len(), n_classes })
            }
            _ => Ok(()),
        }
    }
}

impl ForestSpec {
    fn check(&self) -> Result<(), EvaluateError> {
        let whole = |name, value: u32, (low, high): (u32, u32)| {
            check(name, f64::from(value), (f64::from(low), f64::from(high)))
        };
        whole("n_estimators", self.n_estimators, TREES_RANGE)?;
        whole("min_samples_leaf", self.min_samples_leaf, (1, MAX_LEAF_ROWS))?;
        if let Some(depth) = self.max_depth {
            whole("max_depth", depth, (1, u32::MAX))?;
        }
        match self.max_features {
            MaxFeatures::Share(share) => check("max_features", share, (f64::MIN_POSITIVE, 1.0)),
            MaxFeatures::Sqrt | MaxFeatures::Log2 | MaxFeatures::All => Ok(()),
        }
    }
}

fn check(name: &'static str, value: f64, (low, high): (f64, f64)) -> Result<(), EvaluateError> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(EvaluateError::BadParameter { name, value, low, high })
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn one() -> u32 {
    1
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reads_and_writes(json: &str, spec: &ModelSpec) {
        assert_eq!(&serde_json::from_str::<ModelSpec>(json).unwrap(), spec);
        assert_eq!(serde_json::to_string(spec).unwrap(), json);
        assert_eq!(&json::from_str::<ModelSpec>(json).unwrap(), spec);
        assert_eq!(json::to_string(spec), json);
    }

    #[test]
    fn first_specs_are_read_and_written_as_ever() {
        let balanced = ClassWeight::Balanced;
        reads_and_writes(
            r#"{"type":"LogisticRegression","C":0.5,"class_weight":"balanced"}"#,
            &ModelSpec::logistic_regression(0.5, balanced),
        );
        reads_and_writes(
            r#"{"type":"LinearSVC","C":2.0,"class_weight":"none"}"#,
            &ModelSpec::linear_svc(2.0, ClassWeight::None),
        );
        reads_and_writes(r#"{"type":"MultinomialNB","alpha":0.1}"#, &ModelSpec::MultinomialNb { alpha: 0.1 });
    }

    #[test]
    fn later_parameters_are_written_where_they_differ() {
        let class_weight = ClassWeight::Given(vec![1.0, 2.5].try_into().unwrap());
        reads_and_writes(
            r#"{"type":"LogisticRegression","C":0.5,"class_weight":{"given":[1.0,2.5]},"solver":"liblinear_l1"}"#,
            &ModelSpec::LogisticRegression { c: 0.5, class_weight, solver: LogisticSolver::LiblinearL1 },
        );
        reads_and_writes(
            r#"{"type":"LinearSVC","C":1.0,"class_weight":"none","loss":"hinge"}"#,
            &ModelSpec::LinearSvc { c: 1.0, class_weight: ClassWeight::None, loss: SvmLoss::Hinge },
        );
        reads_and_writes(
            r#"{"type":"DummyClassifier","strategy":"most_frequent"}"#,
            &ModelSpec::Dummy { strategy: DummyStrategy::MostFrequent },
        );
        let forest = ForestSpec { max_features: MaxFeatures::Share(0.25), ..ForestSpec::new(100, 7) };
        let json = r#"{"type":"RandomForestClassifier","n_estimators":100,"criterion":"gini","max_depth":null,"min_samples_leaf":1,"max_features":{"share":0.25},"bootstrap":true,"class_weight":"none","seed":7}"#;
        reads_and_writes(json, &ModelSpec::RandomForest(forest));
    }

    #[track_caller]
    fn refused(spec: ModelSpec, expected: &str) {
        assert_eq!(spec.check(2).unwrap_err().to_string(), expected);
    }

    #[test]
    fn parameters_out_of_range_are_named() {
        let none = ClassWeight::None;
        refused(
            ModelSpec::logistic_regression(f64::NAN, none),
            "C is NaN: choose a value from 0.000001 to 1000000",
        );
        refused(
            ModelSpec::RandomForest(ForestSpec::new(0, 1)),
            "n_estimators is 0: choose a value from 1 to 2000",
        );
        let given = ClassWeight::Given(vec![1.0, 2.0, 3.0].try_into().unwrap());
        refused(
            ModelSpec::linear_svc(1.0, given),
            "3 class weights are given for 2 classes: give one for each class",
        );
        assert!(serde_json::from_str::<ClassWeight>(r#"{"given":[1.0,-1.0]}"#).is_err());
        assert!(json::from_str::<ClassWeight>(r#"{"given":[1.0,-1.0]}"#).is_err());
        let eleven = serde_json::to_string(&vec![1.0; 11]).unwrap();
        assert!(serde_json::from_str::<GivenWeights>(&eleven).is_err());
    }
}
