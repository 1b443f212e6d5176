//! How held-out scores become answers: calibration, threshold and band, fitted, saved and predicted with.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use engine::dataset::{CleanedDocs, LabelId};
use engine::features::{self, Corpus, Counting, VectorizerSpec};
use engine::metrics;
use engine::models::{CrossValidator, ModelSpec};
use engine::num::RandomStream;
use engine::pipeline::{
    AbstainRule, Calibration, CalibrationMethod, DecisionError, DecisionSpec, FinalFit, FinalTask, FitError,
    FittedPipeline, PIPELINE_SCHEMA, PipelineFileError, PipelineSpec, Predictor, ThresholdGoal,
    fit_final_deciding,
};
use engine::split::{SplitPlan, SplitSpec};
use engine::text::reference_cleaning;

const N_DOCS: usize = 400;
const WORDS: [&str; 12] =
    ["good", "bad", "racket", "not", "price", "broke", "love", "box", "refund", "fine", "string", "grip"];
const NAMES: [&str; 3] = ["bad", "good", "mixed"];

fn labels(n_classes: usize) -> Vec<String> {
    NAMES[..n_classes].iter().map(|name| (*name).to_owned()).collect()
}

/// Reviews whose words lean towards their class; the second class is the most frequent.
fn docs(n_classes: u64) -> CleanedDocs {
    let mut stream = RandomStream::new("reviews", &[n_classes]);
    let words: Vec<String> = WORDS.iter().map(|word| (*word).to_owned()).collect();
    let mut docs = CleanedDocs { doc_starts: vec![0], words, ..CleanedDocs::default() };
    for record in 0..N_DOCS as u64 {
        let label = if stream.below(3) == 0 { 1 } else { stream.below(n_classes) };
        for _ in 0..2 + stream.below(6) {
            let leans = stream.below(3) == 0;
            let word = if leans { label * 4 + stream.below(4) } else { stream.below(12) };
            docs.word_ids.push(word as u32);
        }
        docs.labels.push(LabelId(label as u8));
        docs.records.push(record);
        docs.doc_starts.push(docs.word_ids.len() as u32);
    }
    docs
}

fn vectorizer() -> VectorizerSpec {
    let json = r#"{"ngram_range":[1,2],"sublinear_tf":true,"min_df":{"type":"count","value":2},
        "max_df":{"type":"share","value":0.9},"max_features":null}"#;
    serde_json::from_str(json).unwrap()
}

fn models() -> [ModelSpec; 3] {
    [
        r#"{"type":"LogisticRegression","C":0.7,"class_weight":"balanced"}"#,
        r#"{"type":"MultinomialNB","alpha":0.3}"#,
        r#"{"type":"LinearSVC","C":0.4,"class_weight":"balanced"}"#,
    ]
    .map(|json| serde_json::from_str(json).unwrap())
}

struct Reviews {
    n_classes: usize,
    docs: CleanedDocs,
    corpus: Corpus,
    plan: SplitPlan,
}

impl Reviews {
    fn new(n_classes: usize) -> Self {
        let docs = docs(n_classes as u64);
        let corpus = features::count(docs.clone(), n_classes as u8, &Counting::words((1, 2), 1)).unwrap();
        let plan = SplitPlan::new(&docs.labels, n_classes, &SplitSpec::reference()).unwrap();
        Self { n_classes, docs, corpus, plan }
    }

    fn fit(&self, model: &ModelSpec, decision: &DecisionSpec) -> Result<FinalFit, FitError> {
        let Corpus { counts, terms } = &self.corpus;
        let spec =
            PipelineSpec { cleaning: reference_cleaning(), vectorizer: vectorizer(), model: model.clone() };
        let labels = labels(self.n_classes);
        let task = FinalTask { counts, terms, plan: &self.plan, spec: &spec, labels: &labels };
        fit_final_deciding(&mut CrossValidator::new(counts, &self.plan).unwrap(), task, decision)
    }
}

fn calibrated(calibration: CalibrationMethod) -> DecisionSpec {
    DecisionSpec { calibration, ..DecisionSpec::default() }
}

fn cut(threshold: ThresholdGoal) -> DecisionSpec {
    DecisionSpec { threshold, ..DecisionSpec::default() }
}

fn abstaining(abstain: AbstainRule) -> DecisionSpec {
    DecisionSpec { abstain, ..DecisionSpec::default() }
}

#[test]
fn every_calibration_gives_probabilities_and_survives_a_file() {
    for n_classes in [2, 3] {
        let reviews = Reviews::new(n_classes);
        for model in models() {
            for method in [CalibrationMethod::Own, CalibrationMethod::Platt, CalibrationMethod::Isotonic] {
                let fit = reviews.fit(&model, &calibrated(method)).unwrap();
                for row in fit.test_probabilities.chunks_exact(n_classes) {
                    assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{row:?}");
                    assert!(row.iter().all(|p| (0.0..=1.0).contains(p)), "{row:?}");
                }
                let bytes = fit.pipeline.to_bytes();
                let is_newer = method == CalibrationMethod::Isotonic;
                assert_eq!(u32::from(bytes[8]), if is_newer { PIPELINE_SCHEMA } else { 1 });
                assert_eq!(FittedPipeline::from_bytes(&bytes).unwrap(), fit.pipeline);
            }
        }
    }
}

#[test]
fn a_calibration_means_what_it_says_on_the_rows_it_learned_from() {
    let reviews = Reviews::new(2);
    for model in models() {
        let fit = reviews.fit(&model, &calibrated(CalibrationMethod::Isotonic)).unwrap();
        let answers = fit.held_out_answers();
        let second: Vec<f64> = answers.probabilities.chunks_exact(2).map(|row| row[1]).collect();
        let is_second: Vec<bool> = fit.held_out.truth.iter().map(|label| label.0 == 1).collect();
        for bin in metrics::calibration_curve(&second, &is_second) {
            assert!((bin.mean_probability - bin.share_true).abs() < 0.02, "{bin:?}");
        }
        let own = reviews.fit(&model, &DecisionSpec::default()).unwrap();
        let losses = [&fit, &own].map(|fit| fit.held_out_metrics().brier.unwrap());
        assert!(losses[0] <= losses[1], "{losses:?}");
    }
}

#[test]
fn a_tuned_threshold_serves_its_goal_on_held_out_rows() {
    let reviews = Reviews::new(2);
    for model in models() {
        let own = reviews.fit(&model, &DecisionSpec::default()).unwrap();
        assert_eq!(own.pipeline.threshold, 0.0);
        let own = own.held_out_metrics();

        let tuned = reviews.fit(&model, &cut(ThresholdGoal::MacroF1)).unwrap().held_out_metrics();
        assert!(tuned.f1_macro >= own.f1_macro);

        let costs = vec![vec![0.0, 5.0], vec![1.0, 0.0]];
        let cheap = reviews.fit(&model, &cut(ThresholdGoal::Cost { costs })).unwrap().held_out_metrics();
        let cost = |confusion: &[Vec<u64>]| 5 * confusion[0][1] + confusion[1][0];
        assert!(cost(&cheap.confusion) < cost(&own.confusion));

        let goal = ThresholdGoal::MinPrecision { class: LabelId(1), precision: 0.9 };
        let sure = reviews.fit(&model, &cut(goal)).unwrap();
        assert!(sure.held_out_metrics().precision[1] >= 0.9);
        assert!(sure.pipeline.threshold > 0.0);
    }
}

#[test]
fn a_band_leaves_the_doubtful_unanswered_wherever_it_is_used() {
    for n_classes in [2, 3] {
        let reviews = Reviews::new(n_classes);
        for model in models() {
            let share = AbstainRule::Share { share: 0.25 };
            let fit = reviews.fit(&model, &abstaining(share)).unwrap();
            let held_out = fit.held_out_answers().coverage(&fit.held_out.truth);
            assert!(held_out.share() >= 0.75 && held_out.share() < 0.9, "{held_out:?}");
            let everything = fit.held_out_metrics().accuracy;
            assert!(held_out.accuracy().unwrap() > everything, "{held_out:?} {everything}");

            let read = FittedPipeline::from_bytes(&fit.pipeline.to_bytes()).unwrap();
            assert_eq!(read, fit.pipeline);
            let mut predictor = Predictor::new(read).unwrap();
            let answers = reviews
                .plan
                .test
                .iter()
                .map(|&doc| predictor.predict(&reviews.docs.cleaned_text(doc as usize)));
            let n_answered = answers.filter(|answer| !answer.abstains).count() as u64;
            assert_eq!(n_answered, fit.test_coverage.n_answered);
            assert_eq!(fit.test_coverage.n_rows, reviews.plan.test.len() as u64);
        }
    }
}

#[test]
fn a_width_is_that_of_the_second_classs_probability_around_the_cut() {
    let reviews = Reviews::new(2);
    let spec = DecisionSpec {
        calibration: CalibrationMethod::Platt,
        threshold: ThresholdGoal::MacroF1,
        abstain: AbstainRule::Width { width: 0.2 },
    };
    let fit = reviews.fit(&models()[1], &spec).unwrap();
    let Calibration::Platt { sigmoids } = &fit.pipeline.calibration else { panic!("Platt was asked for") };
    let (a, b) = sigmoids[0];
    let at_cut = 1.0 / (1.0 + libm::exp(a * fit.pipeline.threshold + b));
    let answers = fit.held_out_answers();
    for (row, abstains) in answers.probabilities.chunks_exact(2).zip(&answers.abstains) {
        assert_eq!(*abstains, 2.0 * (row[1] - at_cut).abs() < 0.2, "{row:?} at {at_cut}");
    }
    assert!(answers.abstains.contains(&true) && answers.abstains.contains(&false));
}

#[test]
fn held_out_scores_are_those_of_cross_validation() {
    let reviews = Reviews::new(3);
    let model = &models()[0];
    let fit = reviews.fit(model, &DecisionSpec::default()).unwrap();
    let mut validator = CrossValidator::new(&reviews.corpus.counts, &reviews.plan).unwrap();
    let (_, folds) = validator.evaluate_with_scores(&vectorizer(), model).unwrap();
    assert_eq!((fit.held_out.scores, fit.held_out.n_scores), (folds.scores, folds.n_scores));
    assert_eq!(fit.held_out.truth.len(), reviews.plan.train.len());
}

#[test]
fn what_cannot_be_decided_says_why() {
    let (two, three) = (Reviews::new(2), Reviews::new(3));
    let error =
        |reviews: &Reviews, spec: DecisionSpec| reviews.fit(&models()[0], &spec).unwrap_err().to_string();
    assert_eq!(
        error(&three, cut(ThresholdGoal::MacroF1)),
        "a threshold parts two classes, and here are 3: leave the threshold to the model"
    );
    let never = ThresholdGoal::MinPrecision { class: LabelId(0), precision: 1.5 };
    assert_eq!(
        error(&two, cut(never)),
        "a precision of 1.5 cannot be asked for: choose a number above 0 and at most 1"
    );
    assert_eq!(
        error(&two, abstaining(AbstainRule::Share { share: 0.99 })),
        "a share of 0.99 cannot be left unanswered: choose a number from 0 to 0.9"
    );
    let cause = two.fit(&models()[0], &cut(ThresholdGoal::Cost { costs: Vec::new() })).unwrap_err();
    assert_eq!(cause, FitError::Decision(DecisionError::BadCosts));
}

/// `testdata/pipeline_2_decision.rlpipe` was written by schema 2 (`REVIEWLAB_BLESS=1` writes it where it is
/// missing); every later version must read it to these predictions.
#[test]
fn a_file_of_the_second_version_is_still_read() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/pipeline_2_decision.rlpipe");
    if std::env::var_os("REVIEWLAB_BLESS").is_some() && !std::path::Path::new(path).exists() {
        let spec = DecisionSpec {
            calibration: CalibrationMethod::Isotonic,
            threshold: ThresholdGoal::MacroF1,
            abstain: AbstainRule::Share { share: 0.2 },
        };
        let fit = Reviews::new(2).fit(&models()[2], &spec).unwrap();
        std::fs::write(path, fit.pipeline.to_bytes()).unwrap();
    }
    let bytes = std::fs::read(path).unwrap();
    let mut predictor = Predictor::new(FittedPipeline::from_bytes(&bytes).unwrap()).unwrap();
    let answers: Vec<_> = ["good good racket", "broke, want a refund", "good price", "not fine", ""]
        .map(|text| predictor.predict(text))
        .iter()
        .map(|answer| {
            let (score, second) = (answer.scores[0], answer.probabilities[1]);
            format!("{} {score:.12} {second:.12} {}", answer.label, answer.abstains)
        })
        .collect();
    expect_test::expect![[r#"
        0 -0.871440331996 0.100000000000 false
        1 1.071316246638 0.937500000000 false
        1 0.297263146126 0.812500000000 false
        0 -0.494669992731 0.333333333333 false
        1 0.077001724505 0.677419354839 false"#]]
    .assert_eq(&answers.join("\n"));
    let mut newer = bytes;
    newer[8] = PIPELINE_SCHEMA as u8 + 1;
    let expected = PipelineFileError::Newer { found: PIPELINE_SCHEMA + 1, known: PIPELINE_SCHEMA };
    assert_eq!(FittedPipeline::from_bytes(&newer).unwrap_err(), expected);
}
