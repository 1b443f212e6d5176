//! A pipeline and what was asked of its answers in, parameters by scikit-learn's names out.

use engine::features::{
    Analyzer, DocumentFrequency, Norm, TermStopWords, TokenRule, VectorizerKind, VectorizerSpec,
};
use engine::models::{
    ClassWeight, Criterion, DummyStrategy, ForestSpec, LogisticSolver, MaxFeatures, ModelSpec, SvmLoss,
};
use engine::num::SortedMap;
use engine::pipeline::{AbstainRule, CalibrationMethod, DecisionSpec, PipelineSpec, ThresholdGoal};
use engine::text::CleanStep;
use jobs::FinalFitOutput;
use track::run::{ParamValue, Run};

/// A run's parameters under way.
#[derive(Default)]
pub(super) struct Params(pub SortedMap<String, ParamValue>);

impl Params {
    fn put(&mut self, name: &str, value: ParamValue) {
        self.0.insert(name.to_owned(), value);
    }

    pub fn text(&mut self, name: &str, words: &str) {
        self.put(name, ParamValue::Text(words.to_owned()));
    }

    pub fn int(&mut self, name: &str, number: impl Into<i64>) {
        self.put(name, ParamValue::Int(number.into()));
    }

    pub fn float(&mut self, name: &str, number: f64) {
        self.put(name, ParamValue::Float(number));
    }

    fn bool(&mut self, name: &str, is_so: bool) {
        self.put(name, ParamValue::Bool(is_so));
    }
}

/// A pipeline by scikit-learn's names.
pub(super) fn pipeline_params(pipeline: &PipelineSpec) -> SortedMap<String, ParamValue> {
    let vectorizer = &pipeline.vectorizer;
    let (shortest, longest) = vectorizer.ngram_range;
    let mut params = Params::default();
    params.text("model", pipeline.model.kind().as_str());
    params.text("vectorizer", if vectorizer.kind == VectorizerKind::BagOfWords { "bow" } else { "tfidf" });
    params.text("preprocessing", preprocessing(&pipeline.cleaning));
    params.text("ngram_range", &format!("{shortest}-{longest}"));
    params.bool("sublinear_tf", vectorizer.sublinear_tf);
    params.put("min_df", document_frequency(vectorizer.min_df));
    params.put("max_df", document_frequency(vectorizer.max_df));
    if let Some(max_features) = vectorizer.max_features {
        params.int("max_features", max_features);
    }
    put_unusual(&mut params, vectorizer);
    put_model(&mut params, &pipeline.model);
    params.0
}

/// A model's parameters by scikit-learn's names, and how it is fitted.
fn put_model(params: &mut Params, model: &ModelSpec) {
    match model {
        ModelSpec::LogisticRegression { c, class_weight, solver } => {
            params.float("C", *c);
            put_class_weight(params, class_weight);
            params.text(
                "solver",
                if *solver == LogisticSolver::LiblinearL1 { "newton-cd" } else { "newton-cg" },
            );
            match solver {
                LogisticSolver::Liblinear => {}
                LogisticSolver::LiblinearL1 => params.text("penalty", "l1"),
                LogisticSolver::Lbfgs => params.text("intercept", "free"),
            }
        }
        ModelSpec::LinearSvc { c, class_weight, loss } => {
            params.float("C", *c);
            put_class_weight(params, class_weight);
            match loss {
                SvmLoss::SquaredHinge => params.text("solver", "newton-cg"),
                SvmLoss::Hinge => {
                    params.text("solver", "dual-cd");
                    params.text("loss", "hinge");
                }
            }
        }
        ModelSpec::MultinomialNb { alpha } => {
            params.float("alpha", *alpha);
            params.text("algorithm", "multinomial");
        }
        ModelSpec::ComplementNb { alpha, norm } => {
            params.float("alpha", *alpha);
            // `norm` is the vectorizer's.
            params.bool("complement_norm", *norm);
            params.text("algorithm", "complement");
        }
        ModelSpec::RandomForest(forest) => put_forest(params, forest),
        ModelSpec::Dummy { strategy } => {
            params
                .text("strategy", if *strategy == DummyStrategy::Prior { "prior" } else { "most_frequent" });
        }
    }
}

fn put_class_weight(params: &mut Params, weight: &ClassWeight) {
    match weight {
        ClassWeight::None => params.text("class_weight", "none"),
        ClassWeight::Balanced => params.text("class_weight", "balanced"),
        ClassWeight::Given(weights) => {
            let shown: Vec<String> = weights.as_slice().iter().map(f64::to_string).collect();
            params.text("class_weight", &shown.join(", "));
        }
    }
}

fn put_forest(params: &mut Params, forest: &ForestSpec) {
    params.int("n_estimators", forest.n_estimators);
    params.text("criterion", if forest.criterion == Criterion::Gini { "gini" } else { "entropy" });
    match forest.max_depth {
        Some(depth) => params.int("max_depth", depth),
        None => params.text("max_depth", "none"),
    }
    params.int("min_samples_leaf", forest.min_samples_leaf);
    match forest.max_features {
        MaxFeatures::Sqrt => params.text("forest_max_features", "sqrt"),
        MaxFeatures::Log2 => params.text("forest_max_features", "log2"),
        MaxFeatures::Share(share) => params.float("forest_max_features", share),
        MaxFeatures::All => params.text("forest_max_features", "all"),
    }
    params.bool("bootstrap", forest.bootstrap);
    put_class_weight(params, &forest.class_weight);
}

/// Parameters of a vectorizer that are not scikit-learn's defaults.
fn put_unusual(params: &mut Params, vectorizer: &VectorizerSpec) {
    let TokenRule { analyzer, token_pattern, stop_words } = &vectorizer.tokens;
    match analyzer {
        Analyzer::Word => {}
        Analyzer::Char => params.text("analyzer", "char"),
        Analyzer::CharWb => params.text("analyzer", "char_wb"),
    }
    if let Some(pattern) = token_pattern {
        params.text("token_pattern", pattern);
    }
    if *stop_words == TermStopWords::English {
        params.text("stop_words", "english");
    }
    if vectorizer.binary {
        params.bool("binary", true);
    }
    if !vectorizer.use_idf {
        params.bool("use_idf", false);
    }
    if !vectorizer.smooth_idf {
        params.bool("smooth_idf", false);
    }
    match vectorizer.norm {
        Norm::L1 => params.text("norm", "l1"),
        Norm::L2 => {}
        Norm::None => params.text("norm", "none"),
    }
}

fn document_frequency(frequency: DocumentFrequency) -> ParamValue {
    match frequency {
        DocumentFrequency::Count(count) => ParamValue::Int(i64::from(count)),
        DocumentFrequency::Share(share) => ParamValue::Float(share),
    }
}

/// What the words become, in one word: the last step that changes their form.
fn preprocessing(cleaning: &[CleanStep]) -> &'static str {
    let stems = cleaning.iter().any(|step| matches!(step, CleanStep::Stem { .. }));
    match (stems, cleaning.is_empty()) {
        (true, _) => "stemming",
        (false, true) => "none",
        (false, false) => "cleaning",
    }
}

/// What was asked for beyond the model's own answers, and what came of it.
pub(super) fn put_decision(run: &mut Run, decision: &DecisionSpec, output: &FinalFitOutput) {
    let mut params = Params::default();
    match decision.calibration {
        CalibrationMethod::Own => {}
        CalibrationMethod::Platt => params.text("calibration", "platt"),
        CalibrationMethod::Isotonic => params.text("calibration", "isotonic"),
    }
    let goal = match &decision.threshold {
        ThresholdGoal::Own => None,
        ThresholdGoal::MacroF1 => Some("macro_f1"),
        ThresholdGoal::Cost { .. } => Some("costs"),
        ThresholdGoal::MinPrecision { .. } => Some("precision"),
    };
    if let Some(goal) = goal {
        params.text("threshold_goal", goal);
        params.float("threshold", output.threshold);
    }
    match decision.abstain {
        AbstainRule::Never => {}
        AbstainRule::Share { share } => params.float("abstain_share", share),
        AbstainRule::Width { width } => params.float("abstain_width", width),
    }
    run.params.extend(params.0);
}
