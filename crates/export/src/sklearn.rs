//! A fitted pipeline in, scikit-learn's Pipeline of it out: ready by what it learned, and to be fitted anew from the file.

use engine::dataset::{DatasetRecipe, Fix, LabelRule};
use engine::features::{DocumentFrequency, Norm, VectorizerKind, VectorizerSpec};
use engine::models::{
    ClassWeight, Criterion, DummyStrategy, FittedModel, ForestSpec, LogisticSolver, MaxFeatures, ModelSpec,
    SvmLoss,
};
use engine::pipeline::{FittedPipeline, PipelineSpec};
use engine::split::{SplitKind, SplitSpec};
use engine::table::Encoding;
use engine::text::CleanStep;
use json::ToJson;

use crate::card::ModelCard;
use crate::file::ExportFile;
use crate::golden::{golden_json, golden_rows};
use crate::python_model::{
    ExportError, REVIEW_ANSWER, REVIEW_TEXT, analyzer, check_tokens, cleaning_json, decision_json, packages,
    stop_words_of, trees_json,
};

/// The scikit-learn whose numbers are compared with ours.
pub const SKLEARN_VERSION: &str = "1.9.1";
pub(crate) const PIPELINE: &str = include_str!("python/review_pipeline.py");
const PREDICT: &str = include_str!("python/predict_sklearn.py");
pub(crate) const TRAIN: &str = include_str!("python/train_sklearn.py");
const JSON: &str = "application/json";
const PYTHON: &str = "text/x-python";

/// What a model was fitted to, and how that was parted.
#[derive(Clone, Copy, Debug)]
pub struct TrainingFacts<'a> {
    /// How the file was read.
    pub recipe: &'a DatasetRecipe,
    /// How the rows were parted.
    pub split: &'a SplitSpec,
}

/// Every file of the folder; `train.py` only where `training` says what it is fitted to.
///
/// # Errors
/// Where Python would clean or cut texts, read the file or part its rows otherwise.
pub fn sklearn_folder(
    pipeline: &FittedPipeline,
    spec: &PipelineSpec,
    training: Option<TrainingFacts<'_>>,
    card: &ModelCard,
) -> Result<Vec<ExportFile>, ExportError> {
    let settings = settings(&pipeline.cleaning, spec, &pipeline.labels, training)?;
    let own = packages(&pipeline.cleaning).into_iter().map(str::to_owned);
    let needed = [format!("scikit-learn=={SKLEARN_VERSION}"), "numpy".to_owned(), "pandas".to_owned()];
    let needed: Vec<String> = needed.into_iter().chain(own).collect();
    let mut files = vec![
        card.file(),
        ExportFile::new("predict.py", PYTHON, PREDICT.to_owned()),
        ExportFile::new("review_pipeline.py", PYTHON, PIPELINE.to_owned()),
        ExportFile::new("review_text.py", PYTHON, REVIEW_TEXT.to_owned()),
        ExportFile::new("review_answer.py", PYTHON, REVIEW_ANSWER.to_owned()),
        ExportFile::new("settings.json", JSON, object(&settings) + "\n"),
        ExportFile::new("learned.json", JSON, learned(pipeline) + "\n"),
        ExportFile::new("golden.json", JSON, golden_json(&golden_rows(pipeline)?)),
        ExportFile::new("requirements.txt", "text/plain", needed.join("\n") + "\n"),
    ];
    if training.is_some() {
        files.insert(0, ExportFile::new("train.py", PYTHON, TRAIN.to_owned()));
    }
    Ok(files)
}

/// What `review_pipeline.py` and `train.py` read.
pub(crate) fn settings(
    cleaning: &[CleanStep],
    spec: &PipelineSpec,
    labels: &[String],
    training: Option<TrainingFacts<'_>>,
) -> Result<Vec<(&'static str, String)>, ExportError> {
    check_tokens(&spec.vectorizer)?;
    let mut settings = vec![
        ("cleaning", cleaning_json(cleaning)?),
        ("vectorizer", vectorizer(&spec.vectorizer)),
        ("model", model(&spec.model)),
        ("labels", json::to_string(&labels.to_vec())),
    ];
    if let Some(TrainingFacts { recipe, split }) = training {
        settings.extend([("data", data(recipe)?), ("split", parting(split)?)]);
    }
    Ok(settings)
}

/// Names and JSON in, a JSON object out.
pub(crate) fn object(fields: &[(&str, String)]) -> String {
    let fields: Vec<String> =
        fields.iter().map(|(name, value)| format!("\"{name}\": {}", value.trim_end())).collect();
    format!("{{{}}}", fields.join(", "))
}

fn of<T: ToJson>(value: &T) -> String {
    json::to_string(value)
}

fn word(word: &str) -> String {
    json::to_string(&word.to_owned())
}

fn vectorizer(spec: &VectorizerSpec) -> String {
    let frequency = |bound: DocumentFrequency| match bound {
        DocumentFrequency::Count(count) => of(&count),
        DocumentFrequency::Share(share) => of(&share),
    };
    let norm = match spec.norm {
        Norm::L1 => "l1",
        Norm::L2 => "l2",
        Norm::None => "none",
    };
    object(&[
        ("kind", word(if spec.kind == VectorizerKind::BagOfWords { "bow" } else { "tfidf" })),
        ("analyzer", word(analyzer(spec.tokens.analyzer))),
        ("ngram_range", of(&spec.ngram_range)),
        ("stop_words", of(&stop_words_of(spec))),
        ("binary", of(&spec.binary)),
        ("sublinear_tf", of(&spec.sublinear_tf)),
        ("use_idf", of(&spec.use_idf)),
        ("smooth_idf", of(&spec.smooth_idf)),
        ("norm", word(norm)),
        ("min_df", frequency(spec.min_df)),
        ("max_df", frequency(spec.max_df)),
        ("max_features", of(&spec.max_features)),
    ])
}

fn model(spec: &ModelSpec) -> String {
    let options = match spec {
        ModelSpec::LogisticRegression { c, class_weight, solver } => {
            let is_l1 = *solver == LogisticSolver::LiblinearL1;
            let name = if *solver == LogisticSolver::Lbfgs { "lbfgs" } else { "liblinear" };
            vec![
                ("C", of(c)),
                ("class_weight", weights(class_weight)),
                ("solver", word(name)),
                ("l1_ratio", of(&if is_l1 { 1.0 } else { 0.0 })),
            ]
        }
        ModelSpec::LinearSvc { c, class_weight, loss } => {
            let loss = if *loss == SvmLoss::Hinge { "hinge" } else { "squared_hinge" };
            vec![("C", of(c)), ("class_weight", weights(class_weight)), ("loss", word(loss))]
        }
        ModelSpec::MultinomialNb { alpha } => vec![("alpha", of(alpha))],
        ModelSpec::ComplementNb { alpha, norm } => vec![("alpha", of(alpha)), ("norm", of(norm))],
        ModelSpec::RandomForest(forest) => forest_options(forest),
        ModelSpec::Dummy { strategy } => {
            let prior = *strategy == DummyStrategy::Prior;
            vec![("strategy", word(if prior { "prior" } else { "most_frequent" }))]
        }
    };
    object(&[("class", word(spec.kind().as_str())), ("options", object(&options))])
}

fn forest_options(forest: &ForestSpec) -> Vec<(&'static str, String)> {
    let max_features = match forest.max_features {
        MaxFeatures::Sqrt => word("sqrt"),
        MaxFeatures::Log2 => word("log2"),
        MaxFeatures::Share(share) => of(&share),
        MaxFeatures::All => "null".to_owned(),
    };
    vec![
        ("n_estimators", of(&forest.n_estimators)),
        ("criterion", word(if forest.criterion == Criterion::Gini { "gini" } else { "entropy" })),
        ("max_depth", of(&forest.max_depth)),
        ("min_samples_leaf", of(&forest.min_samples_leaf)),
        ("max_features", max_features),
        ("bootstrap", of(&forest.bootstrap)),
        ("class_weight", weights(&forest.class_weight)),
        // numpy takes 32 bits.
        ("random_state", of(&(forest.seed as u32))),
    ]
}

fn weights(weight: &ClassWeight) -> String {
    match weight {
        ClassWeight::None => "null".to_owned(),
        ClassWeight::Balanced => word("balanced"),
        ClassWeight::Given(weights) => of(&weights.as_slice().to_vec()),
    }
}

/// How the file is read.
fn data(recipe: &DatasetRecipe) -> Result<String, ExportError> {
    let is_joined = recipe.extra.title.is_some() || recipe.keep_missing || !recipe.format.has_header;
    if is_joined {
        return Err(ExportError::Reading);
    }
    let (rule, classes) = match &recipe.mapping.rule {
        LabelRule::Ratings { classes } => ("ratings", of(classes)),
        LabelRule::Words { classes } => ("words", of(classes)),
    };
    let encoding = match recipe.format.encoding {
        Encoding::Utf8 => "utf-8-sig",
        Encoding::Utf16Le | Encoding::Utf16Be => "utf-16",
        Encoding::Windows1252 => "cp1252",
    };
    let (mut drop_rows, mut relabel) = (Vec::new(), Vec::new());
    for fix in &recipe.fixes {
        match fix {
            Fix::DropRows { records } => drop_rows.extend_from_slice(records),
            Fix::Relabel { labels } => relabel.extend_from_slice(labels),
            Fix::DropRepeats | Fix::DropEmpty | Fix::KeepTogether | Fix::Ignore { .. } => {}
        }
    }
    Ok(object(&[
        ("text", word(&recipe.text_name)),
        ("label", word(&recipe.label_name)),
        ("delimiter", word(&recipe.format.delimiter.to_string())),
        ("encoding", word(encoding)),
        ("rule", word(rule)),
        ("classes", classes),
        ("drop_repeats", of(&recipe.fixes.contains(&Fix::DropRepeats))),
        ("drop_empty", of(&recipe.fixes.contains(&Fix::DropEmpty))),
        ("drop_rows", of(&drop_rows)),
        ("relabel", of(&relabel)),
    ]))
}

/// How rows are parted.
fn parting(split: &SplitSpec) -> Result<String, ExportError> {
    if !matches!(split.kind, SplitKind::Stratified | SplitKind::Plain) {
        return Err(ExportError::Parting);
    }
    Ok(object(&[
        ("kind", word(split.kind.as_str())),
        ("test_share", of(&split.test_share)),
        ("n_folds", of(&split.n_folds)),
        ("seed", of(&split.seed)),
    ]))
}

/// What was learned, by scikit-learn's names.
fn learned(pipeline: &FittedPipeline) -> String {
    let features = &pipeline.features;
    let n_terms = features.terms.len();
    let rows = |matrix: &[f64]| {
        let rows: Vec<String> =
            matrix.chunks(n_terms.max(1)).map(|row| json::to_string(&row.to_vec())).collect();
        format!("[{}]", rows.join(", "))
    };
    let model = match &pipeline.model {
        FittedModel::Linear { coef, intercept, .. } | FittedModel::Softmax { coef, intercept } => {
            object(&[("coef", rows(coef)), ("intercept", of(intercept))])
        }
        FittedModel::NaiveBayes { feature_log_prob, class_log_prior } => {
            object(&[("feature_log_prob", rows(feature_log_prob)), ("class_log_prior", of(class_log_prior))])
        }
        FittedModel::ComplementNb { weights, n_classes } => object(&[
            ("feature_log_prob", rows(weights)),
            ("class_log_prior", of(&vec![0.0; *n_classes as usize])),
        ]),
        FittedModel::Forest(forest) => object(&[("trees", trees_json(forest))]),
        FittedModel::Constant { probabilities } => object(&[("class_prior", of(probabilities))]),
    };
    let decision = decision_json(pipeline);
    let fields: Vec<(&str, String)> =
        [("terms", of(&features.terms)), ("idf", of(&features.idf)), ("model", model)]
            .into_iter()
            .chain(decision)
            .collect();
    object(&fields)
}
