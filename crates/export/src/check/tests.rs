//! Every export of every kind of model is read back, and a changed one is seen.

use engine::features::{Analyzer, FittedVectorizer, VectorizerKind, VectorizerSpec};
use engine::models::{ClassWeight, FittedModel, Forest, LEAF, LogisticSolver, ModelKind, ModelSpec, Tree};
use engine::pipeline::{AbstainBand, Calibration, FittedPipeline, IsotonicCurve, PipelineSpec};
use engine::text::reference_cleaning;

use super::*;
use crate::{
    CardFacts, ExportFile, ModelCard, ModelFacts, coefficients_csv, model_folder, onnx_folder,
    sklearn_folder, zip_of,
};

const TERMS: [&str; 6] = ["=sum", "bad", "good", "great phone", "phone", "very bad"];

fn pipeline(model: FittedModel, labels: &[&str]) -> FittedPipeline {
    let spec = VectorizerSpec { sublinear_tf: true, ..VectorizerSpec::tf_idf((1, 2)) };
    FittedPipeline {
        engine_version: "0.1.0".to_owned(),
        cleaning: reference_cleaning(),
        features: FittedVectorizer {
            spec,
            terms: TERMS.map(str::to_owned).to_vec(),
            idf: vec![1.0, 1.25, 1.5, 2.0, 1.125, 1.75],
        },
        model,
        calibration: Calibration::Own,
        threshold: 0.0,
        abstain: None,
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
    }
}

fn weights(n: usize) -> Vec<f64> {
    (0..n * TERMS.len()).map(|place| ((place * 7 + 3) % 11) as f64 / 3.0 - 1.5).collect()
}

fn linear() -> FittedPipeline {
    let model =
        FittedModel::Linear { kind: ModelKind::LogisticRegression, coef: weights(1), intercept: vec![-0.75] };
    pipeline(model, &["negative", "positive"])
}

/// Nodes in the order of a walk.
fn tree(shares: &[f32]) -> Tree {
    Tree {
        columns: vec![2, LEAF, LEAF],
        thresholds: vec![0.25, 0.0, 0.0],
        rights: vec![2, 0, 0],
        shares: shares.to_vec(),
    }
}

fn models() -> Vec<(&'static str, FittedPipeline)> {
    let two = ["negative", "positive"];
    let three = ["bad", "so so", "good"];
    let bayes = |n: usize| FittedModel::NaiveBayes {
        feature_log_prob: weights(n).into_iter().map(|weight| weight - 4.0).collect(),
        class_log_prior: (0..n).map(|class| -1.5 + 0.7 * class as f64).collect(),
    };
    let mut curved = linear();
    curved.calibration = Calibration::Isotonic {
        curves: vec![IsotonicCurve { scores: vec![-1.0, 0.0, 0.5], probabilities: vec![0.125, 0.25, 0.75] }],
    };
    curved.abstain = Some(AbstainBand { margin: 0.25 });
    let mut sided = pipeline(
        FittedModel::Linear {
            kind: ModelKind::LinearSvc,
            coef: weights(3),
            intercept: vec![0.0, 0.25, -0.5],
        },
        &three,
    );
    sided.calibration = Calibration::Platt { sigmoids: vec![(-1.5, 0.25), (-1.0, 0.0), (-2.0, -0.125)] };
    sided.threshold = 0.0;
    let mut letters = linear();
    letters.features.spec.tokens.analyzer = Analyzer::CharWb;
    letters.features.spec.kind = VectorizerKind::BagOfWords;
    letters.features.terms = [" b", "ad", "ba", "d ", "go", "oo"].map(str::to_owned).to_vec();
    letters.features.spec.ngram_range = (2, 2);
    letters.features.idf = vec![1.0; 6];
    let forest = |n_scores: u32, shares: &[f32]| {
        FittedModel::Forest(Forest { n_columns: 6, n_scores, trees: vec![tree(shares), tree(shares)] })
    };
    vec![
        ("a linear model", linear()),
        ("isotonic calibration and doubt", curved),
        ("three classes, calibrated", sided),
        ("characters, counted", letters),
        ("naive Bayes", pipeline(bayes(2), &two)),
        ("naive Bayes of three", pipeline(bayes(3), &three)),
        (
            "softmax",
            pipeline(FittedModel::Softmax { coef: weights(3), intercept: vec![0.5, 0.0, -0.25] }, &three),
        ),
        ("a forest", pipeline(forest(1, &[0.5, 0.25, 0.875]), &two)),
        (
            "a forest of three",
            pipeline(forest(3, &[0.25, 0.25, 0.5, 0.5, 0.25, 0.25, 0.0, 0.125, 0.875]), &three),
        ),
        ("a baseline", pipeline(FittedModel::Constant { probabilities: vec![0.25, 0.75] }, &two)),
    ]
}

fn exports(pipeline: &FittedPipeline) -> Vec<(ExportKind, Vec<u8>)> {
    let facts = ModelFacts {
        pipeline: engine::num::ContentHash::of(b"model"),
        run: "run".to_owned(),
        made_ms: 0,
        n_bytes: 1,
    };
    let card = ModelCard::new(&CardFacts::of(pipeline));
    let zip =
        |files: Result<Vec<ExportFile>, crate::ExportError>| zip_of("model", &files.expect("an export"));
    let model = match &pipeline.model {
        FittedModel::NaiveBayes { .. } => ModelSpec::MultinomialNb { alpha: 1.0 },
        _ => ModelSpec::LogisticRegression {
            c: 1.0,
            class_weight: ClassWeight::None,
            solver: LogisticSolver::Liblinear,
        },
    };
    let spec = PipelineSpec {
        cleaning: pipeline.cleaning.clone(),
        vectorizer: pipeline.features.spec.clone(),
        model,
    };
    let mut all = vec![
        (ExportKind::Page, crate::carried::one_file(pipeline, b"program", &card).expect("a page")),
        (ExportKind::Npm, zip(crate::carried::npm_package(pipeline, b"program", &card))),
        (ExportKind::Mlflow, zip(model_folder(pipeline, &facts, &card))),
        (ExportKind::Onnx, zip(onnx_folder(pipeline, &card))),
        (ExportKind::Sklearn, zip(sklearn_folder(pipeline, &spec, None, &card))),
        (ExportKind::ModelFile, pipeline.to_bytes()),
    ];
    all.extend(coefficients_csv(pipeline).map(|csv| (ExportKind::Coefficients, csv.into_bytes())));
    all
}

#[test]
fn every_export_of_every_model_answers_as_it_does() {
    for (name, pipeline) in models() {
        for (kind, bytes) in exports(&pipeline) {
            let parity = check_export(&pipeline, (kind, &bytes), (0, 200));
            let parity = parity.unwrap_or_else(|error| panic!("{name} as {kind:?}: {error}"));
            assert!(parity.holds() && parity.n_texts == 200, "{name} as {kind:?}: {parity:?}");
        }
    }
}

#[test]
fn the_texts_lead_to_every_label() {
    for (name, pipeline) in models().into_iter().filter(|(name, _)| *name != "a baseline") {
        let mut predictor = Predictor::new(pipeline.clone()).expect("it predicts");
        let texts = texts_of(&pipeline.features.terms, CHECK_TEXTS as usize);
        let mut labels: Vec<u8> = texts.iter().map(|text| predictor.predict(text).label).collect();
        labels.sort_unstable();
        labels.dedup();
        assert!(labels.len() >= 2, "{name}");
    }
}

/// A byte of what the export holds is changed where it says it is another weight, with the checksum made to fit: only the
/// answers can tell.
#[test]
fn another_weight_turns_the_badge_red() {
    let ours = linear();
    let mut other = ours.clone();
    let FittedModel::Linear { coef, .. } = &mut other.model else { unreachable!("it is linear") };
    coef[2] += 0.01;
    for (kind, bytes) in exports(&other) {
        let parity = check_export(&ours, (kind, &bytes), (0, 200)).expect("it answers");
        assert!(!parity.holds(), "{kind:?}: {parity:?}");
    }
}

#[test]
fn a_changed_byte_is_seen() {
    let ours = linear();
    for (kind, bytes) in exports(&ours) {
        let step = (bytes.len() / 60).max(1);
        for place in (0..bytes.len()).step_by(step) {
            let mut changed = bytes.clone();
            changed[place] ^= 0x15;
            // A changed byte of a comment or of a file that is not read may leave all answers as they were; nothing may panic,
            // and zip files and the model's own file carry sums of their bytes.
            let outcome = check_export(&ours, (kind, &changed), (0, 40));
            let has_sum = kind == ExportKind::ModelFile;
            assert!(!has_sum || outcome.is_err(), "{kind:?} at {place}");
        }
        let cut = &bytes[..bytes.len() / 2];
        assert!(!check_export(&ours, (kind, cut), (0, 40)).is_ok_and(|parity| parity.holds()), "{kind:?}");
    }
}
