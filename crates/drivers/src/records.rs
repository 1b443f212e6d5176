//! Trials, fits and studies in, their records out, with the field's names for parameters and metrics.

use engine::ENGINE_VERSION;
use engine::features::{
    Analyzer, DocumentFrequency, Norm, TermStopWords, TokenRule, VectorizerKind, VectorizerSpec,
};
use engine::metrics::Metrics;
use engine::models::{
    ClassWeight, Criterion, DummyStrategy, ForestSpec, LogisticSolver, MaxFeatures, ModelSpec, SvmLoss,
};
use engine::num::{ContentHash, SortedMap};
use engine::pipeline::PipelineSpec;
use engine::text::CleanStep;
use engine::tune::{StudySpec, Trial, TrialOutcome};
use jobs::FinalFitOutput;
use track::SCHEMA;
use track::dataset::DatasetRef;
use track::experiment::Lifecycle;
use track::id::{ExperimentId, Millis, RunId};
use track::name::memorable;
use track::run::{
    Artifact, FoldScore, PIPELINE_ARTIFACT, PIPELINE_MEDIA_TYPE, ParamValue, Run, RunKind, RunSpec, RunState,
};

/// Tag of a study: id of its fit with the best cross-validated score.
pub const BEST_FIT_TAG: &str = "best_fit";
/// Tag of a study: who ran it.
pub const OWNER_TAG: &str = "owner";

/// Everything a study needs to know before it begins.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyPlan {
    /// The study run's id, made by the caller; its trials' and fits' ids follow from it.
    pub run: RunId,
    /// The experiment it belongs to.
    pub experiment: ExperimentId,
    /// The file and recipe it learns from.
    pub dataset: DatasetRef,
    /// Class names in label order, each with its rows.
    pub classes: Vec<(String, u64)>,
    /// What to search.
    pub study: StudySpec,
    /// The encoded counts, kept by the executor.
    pub counts: ContentHash,
    /// The encoded terms, kept by the executor.
    pub terms: ContentHash,
    /// Who runs it.
    pub owner: String,
    /// When it begins.
    pub created: Millis,
}

impl StudyPlan {
    /// Class names in label order.
    pub fn labels(&self) -> Vec<String> {
        self.classes.iter().map(|(name, _)| name.clone()).collect()
    }

    fn run(&self, id: RunId, kind: RunKind, state: RunState) -> Run {
        Run {
            schema: SCHEMA,
            name: memorable(id.as_str()),
            parent: (id != self.run).then(|| self.run.clone()),
            id,
            experiment: self.experiment.clone(),
            kind,
            state,
            created: self.created,
            ended: None,
            lifecycle: Lifecycle::Active,
            params: SortedMap::new(),
            metrics: SortedMap::new(),
            folds: Vec::new(),
            tags: SortedMap::new(),
            note: String::new(),
            dataset: self.dataset.clone(),
            spec: None,
            seed: self.study.seed,
            engine_version: ENGINE_VERSION.to_owned(),
            artifacts: Vec::new(),
        }
    }
}

/// The study's own record in `state`, with what is known of it so far.
pub(crate) fn study_run(
    plan: &StudyPlan,
    state: RunState,
    ended: Option<Millis>,
    best: Option<(RunId, &Trial)>,
) -> Run {
    let study = &plan.study;
    let models: Vec<&str> = study.searches.iter().map(|search| search.model().as_str()).collect();
    let mut run = plan.run(plan.run.clone(), RunKind::Study, state);
    run.ended = ended;
    run.params = params([
        ("models", ParamValue::Text(models.join(","))),
        ("n_trials", ParamValue::Int(i64::try_from(study.n_trials()).unwrap_or(i64::MAX))),
        ("n_folds", ParamValue::Int(i64::from(study.split.n_folds))),
        ("test_share", ParamValue::Float(study.split.test_share)),
    ]);
    if !plan.owner.is_empty() {
        run.tags.insert(OWNER_TAG.to_owned(), plan.owner.clone());
    }
    if let Some((fit, trial)) = best {
        run.tags.insert(BEST_FIT_TAG.to_owned(), fit.0);
        run.metrics = cv_metrics(trial);
    }
    run.spec = Some(RunSpec::Study(study.clone()));
    run
}

/// A trial's record. `ended` is when its answer came, less what came after it in the same answer.
pub(crate) fn trial_run(plan: &StudyPlan, search: usize, trial: &Trial, ended: Millis) -> Run {
    let state = match &trial.outcome {
        TrialOutcome::Complete { .. } => RunState::Finished,
        TrialOutcome::Failed { reason } => RunState::Failed { reason: reason.clone() },
    };
    let id = plan.run.trial(search, trial.number as usize);
    let mut run = plan.run(id, RunKind::Trial, state);
    run.created = before(ended, trial.elapsed_ms);
    run.ended = Some(ended);
    run.params = pipeline_params(&plan.study.searches[search].pipeline(&trial.setting));
    run.metrics = cv_metrics(trial);
    run.metrics.insert("fit_time".into(), trial.elapsed_ms / 1000.0);
    let n_folds = trial.fold_scores().len().max(1) as f64;
    let fit_ms = trial.elapsed_ms / n_folds;
    run.folds = trial.fold_scores().iter().map(|score| FoldScore { f1_macro: *score, fit_ms }).collect();
    run
}

/// What a final fit gave, and the search it ended.
pub(crate) struct Fit<'a> {
    pub search: usize,
    pub trial: &'a Trial,
    pub output: &'a FinalFitOutput,
    /// Milliseconds of all the search's trials.
    pub study_ms: f64,
    pub ended: Millis,
}

/// A final fit's record.
pub(crate) fn fit_run(plan: &StudyPlan, fit: &Fit) -> Run {
    let Fit { search, trial, output, study_ms, ended } = *fit;
    let pipeline = plan.study.searches[search].pipeline(&trial.setting);
    let mut run = plan.run(plan.run.final_fit(search), RunKind::Fit, RunState::Finished);
    run.created = before(ended, output.fit_ms);
    run.ended = Some(ended);
    run.params = pipeline_params(&pipeline);
    run.params.insert("trial".into(), ParamValue::Int(i64::from(trial.number)));
    run.metrics = cv_metrics(trial);
    run.metrics.extend(test_metrics(&plan.classes, &output.test));
    let numbers = [
        ("train_f1", output.train.f1_macro),
        ("test_f1", output.test.f1_macro),
        ("dummy_f1", output.dummy_test_f1),
        ("fit_time", output.fit_ms / 1000.0),
        ("study_time", study_ms / 1000.0),
        ("model_size_bytes", output.pipeline.n_bytes as f64),
        ("n_terms", f64::from(output.n_terms)),
    ];
    run.metrics.extend(numbers.map(|(name, value)| (name.to_owned(), value)));
    run.spec = Some(RunSpec::Pipeline(pipeline));
    run.artifacts = vec![Artifact {
        name: PIPELINE_ARTIFACT.to_owned(),
        media_type: PIPELINE_MEDIA_TYPE.to_owned(),
        sha256: output.pipeline.hash,
        bytes: output.pipeline.n_bytes,
    }];
    run
}

/// The record of a search that gave no model, with its reason.
pub(crate) fn failed_fit_run(plan: &StudyPlan, search: usize, reason: &str, now: Millis) -> Run {
    let state = RunState::Failed { reason: reason.to_owned() };
    let mut run = plan.run(plan.run.final_fit(search), RunKind::Fit, state);
    run.created = now;
    run.ended = Some(now);
    let model = plan.study.searches[search].model().as_str();
    run.params = params([("model", ParamValue::Text(model.to_owned()))]);
    run
}

fn before(now: Millis, elapsed_ms: f64) -> Millis {
    Millis(now.0.saturating_sub(elapsed_ms.max(0.0).round() as u64))
}

fn params<const N: usize>(pairs: [(&str, ParamValue); N]) -> SortedMap<String, ParamValue> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A pipeline by scikit-learn's names.
fn pipeline_params(pipeline: &PipelineSpec) -> SortedMap<String, ParamValue> {
    let text = |words: &str| ParamValue::Text(words.to_owned());
    let vectorizer = &pipeline.vectorizer;
    let (shortest, longest) = vectorizer.ngram_range;
    let mut params = params([
        ("model", text(pipeline.model.kind().as_str())),
        ("vectorizer", text(if vectorizer.kind == VectorizerKind::BagOfWords { "bow" } else { "tfidf" })),
        ("preprocessing", text(preprocessing(&pipeline.cleaning))),
        ("ngram_range", ParamValue::Text(format!("{shortest}-{longest}"))),
        ("sublinear_tf", ParamValue::Bool(vectorizer.sublinear_tf)),
        ("min_df", document_frequency(vectorizer.min_df)),
        ("max_df", document_frequency(vectorizer.max_df)),
    ]);
    if let Some(max_features) = vectorizer.max_features {
        params.insert("max_features".into(), ParamValue::Int(i64::from(max_features)));
    }
    params.extend(unusual_params(vectorizer));
    params.extend(model_params(&pipeline.model));
    params
}

/// A model's parameters by scikit-learn's names, and how it is fitted.
fn model_params(model: &ModelSpec) -> SortedMap<String, ParamValue> {
    let text = |words: &str| ParamValue::Text(words.to_owned());
    let class_weight = |weight: ClassWeight| match weight {
        ClassWeight::None => text("none"),
        ClassWeight::Balanced => text("balanced"),
        ClassWeight::Given(weights) => {
            let shown: Vec<String> = weights.as_slice().iter().map(f64::to_string).collect();
            ParamValue::Text(shown.join(", "))
        }
    };
    match model {
        ModelSpec::LogisticRegression { c, class_weight: weight, solver } => {
            let (fitted_by, minimised) = match solver {
                LogisticSolver::Liblinear => ("newton-cg", None),
                LogisticSolver::LiblinearL1 => ("newton-cd", Some(("penalty", "l1"))),
                LogisticSolver::Lbfgs => ("newton-cg", Some(("intercept", "free"))),
            };
            let strength = ParamValue::Float(*c);
            let always =
                [("C", strength), ("class_weight", class_weight(*weight)), ("solver", text(fitted_by))];
            let mut all = params(always);
            all.extend(minimised.map(|(name, value)| (name.to_owned(), text(value))));
            all
        }
        ModelSpec::LinearSvc { c, class_weight: weight, loss } => {
            let (fitted_by, loss) = match loss {
                SvmLoss::SquaredHinge => ("newton-cg", None),
                SvmLoss::Hinge => ("dual-cd", Some("hinge")),
            };
            let strength = ParamValue::Float(*c);
            let always =
                [("C", strength), ("class_weight", class_weight(*weight)), ("solver", text(fitted_by))];
            let mut all = params(always);
            all.extend(loss.map(|loss| ("loss".to_owned(), text(loss))));
            all
        }
        ModelSpec::MultinomialNb { alpha } => {
            params([("alpha", ParamValue::Float(*alpha)), ("algorithm", text("multinomial"))])
        }
        ModelSpec::ComplementNb { alpha, norm } => params([
            ("alpha", ParamValue::Float(*alpha)),
            ("norm", ParamValue::Bool(*norm)),
            ("algorithm", text("complement")),
        ]),
        ModelSpec::RandomForest(forest) => forest_params(forest, class_weight(forest.class_weight)),
        ModelSpec::Dummy { strategy } => params([(
            "strategy",
            text(if *strategy == DummyStrategy::Prior { "prior" } else { "most_frequent" }),
        )]),
    }
}

fn forest_params(forest: &ForestSpec, class_weight: ParamValue) -> SortedMap<String, ParamValue> {
    let text = |words: &str| ParamValue::Text(words.to_owned());
    let max_features = match forest.max_features {
        MaxFeatures::Sqrt => text("sqrt"),
        MaxFeatures::Log2 => text("log2"),
        MaxFeatures::Share(share) => ParamValue::Float(share),
        MaxFeatures::All => text("all"),
    };
    let max_depth = forest.max_depth.map_or(text("none"), |depth| ParamValue::Int(i64::from(depth)));
    params([
        ("n_estimators", ParamValue::Int(i64::from(forest.n_estimators))),
        ("criterion", text(if forest.criterion == Criterion::Gini { "gini" } else { "entropy" })),
        ("max_depth", max_depth),
        ("min_samples_leaf", ParamValue::Int(i64::from(forest.min_samples_leaf))),
        ("forest_max_features", max_features),
        ("bootstrap", ParamValue::Bool(forest.bootstrap)),
        ("class_weight", class_weight),
    ])
}

/// Parameters of a vectorizer that are not scikit-learn's defaults.
fn unusual_params(vectorizer: &VectorizerSpec) -> SortedMap<String, ParamValue> {
    let text = |words: &str| ParamValue::Text(words.to_owned());
    let TokenRule { analyzer, token_pattern, stop_words } = &vectorizer.tokens;
    let analyzer = match analyzer {
        Analyzer::Word => None,
        Analyzer::Char => Some(text("char")),
        Analyzer::CharWb => Some(text("char_wb")),
    };
    let norm = match vectorizer.norm {
        Norm::L1 => Some(text("l1")),
        Norm::L2 => None,
        Norm::None => Some(text("none")),
    };
    let stop_words = (*stop_words == TermStopWords::English).then(|| text("english"));
    let pairs = [
        ("analyzer", analyzer),
        ("token_pattern", token_pattern.as_deref().map(text)),
        ("stop_words", stop_words),
        ("binary", vectorizer.binary.then_some(ParamValue::Bool(true))),
        ("use_idf", (!vectorizer.use_idf).then_some(ParamValue::Bool(false))),
        ("smooth_idf", (!vectorizer.smooth_idf).then_some(ParamValue::Bool(false))),
        ("norm", norm),
    ];
    pairs.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
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

/// Mean and standard deviation (divisor n, as numpy's `std`) of the folds.
fn cv_metrics(trial: &Trial) -> SortedMap<String, f64> {
    let numbers = [("cv_f1_macro", trial.mean()), ("cv_f1_std", trial.spread())];
    numbers.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn test_metrics(classes: &[(String, u64)], test: &Metrics) -> SortedMap<String, f64> {
    let mut metrics = SortedMap::new();
    for (name, values) in [("precision", &test.precision), ("recall", &test.recall), ("f1", &test.f1)] {
        for ((class, _), value) in classes.iter().zip(values) {
            metrics.insert(format!("test_{name}_{class}"), *value);
        }
    }
    let numbers = [
        ("accuracy", Some(test.accuracy)),
        ("f1_weighted", Some(test.f1_weighted)),
        ("mcc", Some(test.mcc)),
        ("roc_auc", test.roc_auc),
        ("average_precision", test.average_precision),
        ("log_loss", test.log_loss),
        ("brier", test.brier),
    ];
    metrics.extend(numbers.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    // A record holds finite numbers only: JSON has no others.
    metrics.retain(|_, value| value.is_finite());
    metrics
}
