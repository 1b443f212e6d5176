//! A model of every kind, with every way to clean, cut, weigh and decide that an export has to carry, fitted to real
//! reviews.

use anyhow::{Context as _, Result};
use engine::dataset::DatasetRecipe;
use engine::features::{
    Analyzer, DocumentFrequency, Norm, TermStopWords, TokenRule, VectorizerKind, VectorizerSpec,
};
use engine::models::{
    ClassWeight, CrossValidator, DummyStrategy, ForestSpec, LogisticSolver, ModelSpec, SvmLoss,
};
use engine::pipeline::{
    AbstainRule, CalibrationMethod, DecisionSpec, FinalTask, FittedPipeline, PipelineSpec, ThresholdGoal,
    fit_final_deciding,
};
use engine::text::{CleanStep, reference_cleaning};
use export::{CardFacts, ModelCard};

use super::reviews::Reviews;
use crate::parity::data::{Data, Grouping};

/// Most terms of a model here: other tools hold rows of all of them.
const MAX_FEATURES: u32 = 3_000;
const MIN_DF: u32 = 3;

/// A fitted model.
pub(super) struct Subject {
    /// What to call it.
    pub(super) name: &'static str,
    /// What was fitted.
    pub(super) spec: PipelineSpec,
    /// How the reviews were read.
    pub(super) recipe: DatasetRecipe,
    /// It.
    pub(super) pipeline: FittedPipeline,
}

impl Subject {
    /// What its exports say of it.
    pub(super) fn card(&self) -> ModelCard {
        ModelCard::new(&CardFacts::of(&self.pipeline))
    }
}

struct Case {
    name: &'static str,
    grouping: Grouping,
    cleaning: Vec<CleanStep>,
    vectorizer: VectorizerSpec,
    model: ModelSpec,
    decision: DecisionSpec,
}

/// All of them.
///
/// # Errors
/// Where the reviews cannot be read or a model not fitted.
pub(super) fn subjects(reviews: &Reviews) -> Result<Vec<Subject>> {
    let bytes =
        std::fs::read(&reviews.file).with_context(|| format!("cannot read {}", reviews.file.display()))?;
    cases().into_iter().map(|case| fit(&bytes, reviews, case)).collect()
}

fn fit(bytes: &[u8], reviews: &Reviews, case: Case) -> Result<Subject> {
    let Case { name, grouping, cleaning, vectorizer, model, decision } = case;
    let data = Data::read_cleaned(bytes, &reviews.columns(), grouping, &cleaning)?;
    let corpus = data.corpus(&vectorizer.counting(MIN_DF))?;
    let spec = PipelineSpec { cleaning, vectorizer, model };
    let mut validator = CrossValidator::new(&corpus.counts, &data.plan)?;
    let task = FinalTask {
        counts: &corpus.counts,
        terms: &corpus.terms,
        plan: &data.plan,
        spec: &spec,
        labels: &data.labels,
    };
    let fit = fit_final_deciding(&mut validator, task, &decision)
        .with_context(|| format!("{name} cannot be fitted"))?;
    Ok(Subject { name, pipeline: fit.pipeline, recipe: data.recipe, spec })
}

fn vectorizer(ngram_range: (u8, u8)) -> VectorizerSpec {
    VectorizerSpec {
        min_df: DocumentFrequency::Count(MIN_DF),
        max_features: Some(MAX_FEATURES),
        ..VectorizerSpec::tf_idf(ngram_range)
    }
}

fn of_characters(analyzer: Analyzer, ngram_range: (u8, u8)) -> VectorizerSpec {
    VectorizerSpec { tokens: TokenRule { analyzer, ..TokenRule::default() }, ..vectorizer(ngram_range) }
}

/// Every step that has a twin in Python, in an order that gives each something to do.
pub(super) fn every_step() -> Vec<CleanStep> {
    let text = str::to_owned;
    vec![
        CleanStep::RemovePrefix { text: text("Nice") },
        CleanStep::RemoveSuffix { text: text("READ MORE") },
        CleanStep::StripAccents,
        CleanStep::RemoveEmails,
        CleanStep::RemoveHandles,
        CleanStep::RemoveUrls,
        CleanStep::RemoveHtmlTags,
        CleanStep::RemoveEmoji,
        CleanStep::ShortenElongations,
        CleanStep::MarkNegation { n_words: Some(3) },
        CleanStep::ReplaceDigits { with: text(" number ") },
        CleanStep::ReplacePunctuation { with: text(" ") },
        CleanStep::Lowercase,
        CleanStep::RemoveWords { words: vec![text("flipkart"), text("read")] },
    ]
}

fn cases() -> Vec<Case> {
    use Grouping::{ThreeIsItsOwn as Three, UnhappyUpToTwo as Two};
    let usual = vectorizer((1, 2));
    let damped = VectorizerSpec { sublinear_tf: true, ..vectorizer((1, 2)) };
    let counts = VectorizerSpec { kind: VectorizerKind::BagOfWords, ..vectorizer((1, 1)) };
    let tokens = TokenRule { stop_words: TermStopWords::English, ..TokenRule::default() };
    let logistic =
        |c, solver| ModelSpec::LogisticRegression { c, class_weight: ClassWeight::Balanced, solver };
    let svm = |loss| ModelSpec::LinearSvc { c: 0.5, class_weight: ClassWeight::None, loss };
    let forest = |n_estimators, depth| {
        let small = ForestSpec { min_samples_leaf: 3, max_depth: depth, ..ForestSpec::new(n_estimators, 7) };
        ModelSpec::RandomForest(small)
    };
    let own = DecisionSpec::default;
    let decided = |calibration, threshold, abstain| DecisionSpec { calibration, threshold, abstain };
    let platt = decided(CalibrationMethod::Platt, ThresholdGoal::MacroF1, AbstainRule::Share { share: 0.1 });
    let curve = decided(CalibrationMethod::Isotonic, ThresholdGoal::Own, AbstainRule::Never);
    let doubtful = decided(CalibrationMethod::Own, ThresholdGoal::Own, AbstainRule::Width { width: 0.3 });
    let case = |name, grouping, vectorizer, model, decision| Case {
        name,
        grouping,
        cleaning: reference_cleaning(),
        vectorizer,
        model,
        decision,
    };
    let cleaned = |case: Case, cleaning| Case { cleaning, ..case };
    let lower = || vec![CleanStep::Lowercase];
    vec![
        case("logistic regression", Two, damped, logistic(1.0, LogisticSolver::Liblinear), own()),
        case(
            "logistic regression, L1",
            Three,
            usual.clone(),
            logistic(2.0, LogisticSolver::LiblinearL1),
            own(),
        ),
        case(
            "logistic regression, softmax",
            Three,
            usual.clone(),
            logistic(1.0, LogisticSolver::Lbfgs),
            doubtful,
        ),
        case("linear SVM, sigmoid", Two, usual.clone(), svm(SvmLoss::SquaredHinge), platt),
        case(
            "linear SVM, curves",
            Three,
            VectorizerSpec { binary: true, tokens, ..counts.clone() },
            svm(SvmLoss::Hinge),
            curve.clone(),
        ),
        case("multinomial naive Bayes", Two, counts.clone(), ModelSpec::MultinomialNb { alpha: 0.5 }, own()),
        case(
            "multinomial naive Bayes, three classes",
            Three,
            usual.clone(),
            ModelSpec::MultinomialNb { alpha: 0.1 },
            own(),
        ),
        case(
            "complement naive Bayes",
            Two,
            usual.clone(),
            ModelSpec::ComplementNb { alpha: 0.3, norm: false },
            own(),
        ),
        case(
            "complement naive Bayes, three classes",
            Three,
            VectorizerSpec { norm: Norm::None, smooth_idf: false, ..usual.clone() },
            ModelSpec::ComplementNb { alpha: 0.3, norm: true },
            own(),
        ),
        case("random forest", Two, usual.clone(), forest(30, None), own()),
        case(
            "random forest, three classes",
            Three,
            VectorizerSpec { norm: Norm::L1, ..vectorizer((1, 1)) },
            forest(20, Some(12)),
            own(),
        ),
        case("random forest, curve", Two, counts, forest(10, Some(6)), curve),
        case("baseline", Two, usual.clone(), ModelSpec::Dummy { strategy: DummyStrategy::Prior }, own()),
        case(
            "baseline, three classes",
            Three,
            usual.clone(),
            ModelSpec::Dummy { strategy: DummyStrategy::MostFrequent },
            own(),
        ),
        cleaned(
            case(
                "characters",
                Two,
                of_characters(Analyzer::Char, (2, 4)),
                logistic(1.0, LogisticSolver::Liblinear),
                own(),
            ),
            lower(),
        ),
        cleaned(
            case(
                "characters of words",
                Two,
                VectorizerSpec { use_idf: false, ..of_characters(Analyzer::CharWb, (4, 5)) },
                svm(SvmLoss::SquaredHinge),
                own(),
            ),
            lower(),
        ),
        cleaned(
            case("every cleaning step", Two, usual, logistic(1.0, LogisticSolver::Liblinear), own()),
            every_step(),
        ),
    ]
}
