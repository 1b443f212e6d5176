//! What a study can be after, fold by fold, against scikit-learn's `cross_val_score` on made-up reviews.

use engine::dataset::{CleanedDocs, LabelId};
use engine::features::{VectorizerSpec, count};
use engine::metrics::Metric;
use engine::models::{ClassWeight, FoldRows, ModelSpec, RepeatedValidator};
use engine::split::{FoldTraining, SplitPlan};
use engine::tune::Measure;

const N_DOCS: usize = 150;
const N_WORDS: u32 = 30;
const N_FOLDS: u32 = 5;

/// Reviews of 4 to 9 words `w00` to `w29`, a third of them of the review's class; the same generator is in the command
/// below.
fn reviews(n_classes: u32) -> CleanedDocs {
    let mut state = 1_u64;
    let mut below = |n: u32| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % u64::from(n)) as u32
    };
    let words = (0..N_WORDS).map(|word| format!("w{word:02}")).collect();
    let mut docs = CleanedDocs { doc_starts: vec![0], words, ..CleanedDocs::default() };
    for record in 0..N_DOCS {
        let class = below(n_classes);
        for _ in 0..4 + below(6) {
            let word = if below(3) == 0 { class * 10 + below(10) } else { below(N_WORDS) };
            docs.word_ids.push(word);
        }
        docs.doc_starts.push(docs.word_ids.len() as u32);
        docs.labels.push(LabelId(class as u8));
        docs.records.push(record as u64);
    }
    docs
}

#[track_caller]
fn check(n_classes: u32, model: &ModelSpec, metric: Metric, expected: (f64, f64)) {
    let features = VectorizerSpec::tf_idf((1, 1));
    let corpus = count(reviews(n_classes), n_classes as u8, &features.counting(1)).expect("few reviews");
    let plan = SplitPlan {
        train: (0..N_DOCS as u32).collect(),
        test: Vec::new(),
        fold_of: (0..N_DOCS).map(|doc| (doc % N_FOLDS as usize) as u8).collect(),
        n_folds: N_FOLDS,
        learns_from: FoldTraining::Others,
    };
    let mut validator =
        RepeatedValidator::new(&corpus.counts, &[plan]).expect("the plan is of these reviews");
    let measure = Measure::new(metric, model, n_classes as usize);
    let judge = &mut |rows: FoldRows| measure.score(rows.truth, rows.scores, rows.n_scores);
    let by_scores = !metric.is_of_classes();
    let all =
        validator.evaluate_judged(&features, model, (None, by_scores, judge)).expect("it can be fitted");
    let mean = all.judged.iter().sum::<f64>() / f64::from(N_FOLDS);
    let (near, found) = (1e-7, (mean, all.judged[0]));
    let is_near = (found.0 - expected.0).abs() < near && (found.1 - expected.1).abs() < near;
    assert!(is_near, "{metric:?} of {n_classes} classes: {found:?} is not {expected:?}");
    let judge = &mut |rows: FoldRows| measure.score(rows.truth, rows.scores, rows.n_scores);
    let one =
        validator.evaluate_judged(&features, model, (Some(0), by_scores, judge)).expect("it can be fitted");
    assert_eq!(one.judged.len(), 1);
    assert!((one.judged[0] - all.judged[0]).abs() < 1e-9, "a fold alone scores as among all");
}

fn logistic() -> ModelSpec {
    ModelSpec::logistic_regression(1.0, ClassWeight::None)
}

const BAYES: ModelSpec = ModelSpec::MultinomialNb { alpha: 1.0 };

// scikit-learn 1.9.1, the mean of five folds and the first of them:
// cross_val_score(make_pipeline(TfidfVectorizer(), model), texts, labels, scoring=name,
// cv=PredefinedSplit([i % 5 for i in range(150)])), model LogisticRegression(solver="liblinear", tol=1e-12,
// max_iter=100000) (three classes: in OneVsRestClassifier) or MultinomialNB(); names in the order of `Metric::ALL`:
// f1_macro, accuracy, balanced_accuracy, f1_weighted, matthews_corrcoef, roc_auc (three classes: roc_auc_ovr),
// average_precision, neg_log_loss, neg_brier_score.
#[test]
#[rustfmt::skip]
fn two_classes_score_as_in_scikit_learn() {
    check(2, &logistic(), Metric::F1Macro, (0.8479641190177258, 0.8316498316498316));
    check(2, &logistic(), Metric::Accuracy, (0.8533333333333335, 0.8333333333333334));
    check(2, &logistic(), Metric::BalancedAccuracy, (0.8598643186878482, 0.8472222222222222));
    check(2, &logistic(), Metric::F1Weighted, (0.8539541871643017, 0.8350168350168351));
    check(2, &logistic(), Metric::Mcc, (0.7095964203305846, 0.6804138174397717));
    check(2, &logistic(), Metric::RocAuc, (0.9236525865202336, 0.9212962962962963));
    check(2, &logistic(), Metric::AveragePrecision, (0.9126154811958447, 0.952271910188577));
    check(2, &logistic(), Metric::LogLoss, (-0.4531424922729457, -0.4653846073969658));
    check(2, &logistic(), Metric::Brier, (-0.1411945409916745, -0.14810578490058843));
    check(2, &BAYES, Metric::F1Macro, (0.8215809458976541, 0.8331479421579533));
    check(2, &BAYES, Metric::Accuracy, (0.8266666666666665, 0.8333333333333334));
    check(2, &BAYES, Metric::BalancedAccuracy, (0.8400819360378184, 0.8611111111111112));
    check(2, &BAYES, Metric::F1Weighted, (0.8277139626039516, 0.8342602892102337));
    check(2, &BAYES, Metric::Mcc, (0.6666670610026209, 0.7140055472954167));
    check(2, &BAYES, Metric::RocAuc, (0.9207569935511112, 0.9351851851851852));
    check(2, &BAYES, Metric::AveragePrecision, (0.9054170517013626, 0.962180335097002));
    check(2, &BAYES, Metric::LogLoss, (-0.47596708360763484, -0.48712521899134675));
    check(2, &BAYES, Metric::Brier, (-0.15049550377995569, -0.15560590779369407));
}

#[test]
#[rustfmt::skip]
fn three_classes_score_as_in_scikit_learn() {
    check(3, &logistic(), Metric::F1Macro, (0.6897479575807749, 0.6005593694380879));
    check(3, &logistic(), Metric::Accuracy, (0.6933333333333332, 0.6));
    check(3, &logistic(), Metric::BalancedAccuracy, (0.7124603174603175, 0.6111111111111112));
    check(3, &logistic(), Metric::F1Weighted, (0.6910349251711481, 0.596694635138571));
    check(3, &logistic(), Metric::Mcc, (0.5468588188787178, 0.40000508448363914));
    check(3, &logistic(), Metric::RocAuc, (0.8726445306466284, 0.8115432098765432));
    check(3, &logistic(), Metric::AveragePrecision, (0.7922996163380075, 0.7695929660390446));
    check(3, &logistic(), Metric::LogLoss, (-0.8006209219367129, -0.8905777283228059));
    check(3, &logistic(), Metric::Brier, (-0.4633246696283022, -0.5206689602380543));
    check(3, &BAYES, Metric::F1Macro, (0.6901449141387221, 0.5978835978835978));
    check(3, &BAYES, Metric::Accuracy, (0.6933333333333332, 0.6));
    check(3, &BAYES, Metric::BalancedAccuracy, (0.7103463203463204, 0.625));
    check(3, &BAYES, Metric::F1Weighted, (0.6902257030894802, 0.5915343915343915));
    check(3, &BAYES, Metric::Mcc, (0.5569833276423406, 0.4210580932653502));
    check(3, &BAYES, Metric::RocAuc, (0.8757677373972188, 0.8439365881032548));
    check(3, &BAYES, Metric::AveragePrecision, (0.8010380502148438, 0.7941735116735117));
    check(3, &BAYES, Metric::LogLoss, (-0.8407189821448103, -0.8944002257313973));
    check(3, &BAYES, Metric::Brier, (-0.48855998861879907, -0.5227723707992641));
}
