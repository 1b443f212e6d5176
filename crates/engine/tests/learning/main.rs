//! What holds of counting, fitting, predicting and saving, whatever the reviews. Here: fitting and predicting.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod counting;
mod saving;

use engine::dataset::{CleanedDocs, LabelId};
use engine::features::{
    self, Corpus, Counting, DocumentFrequency, FittedVectorizer, Norm, VectorizerKind, VectorizerSpec,
};
use engine::metrics;
use engine::models::{ClassWeight, CrossValidator, EvaluateError, FINAL_GAP, FittedModel, ModelSpec};
use engine::num::CsrRow;
use engine::pipeline::{FinalFit, FittedPipeline, PipelineSpec, Predictor, fit_final, fit_platt};
use engine::split::{FoldTraining, SplitPlan};
use engine::text::reference_cleaning;

const WORDS: [&str; 12] =
    ["good", "bad", "racket", "not", "price", "broke", "love", "x", "refund", "fine", "deliveri", "string"];

/// Numbers that look random and are the same everywhere.
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn docs_of(texts: &[(u8, Vec<&str>)]) -> CleanedDocs {
    let mut docs = CleanedDocs { doc_starts: vec![0], ..CleanedDocs::default() };
    for (record, (label, words)) in (0..).zip(texts) {
        docs.records.push(record);
        docs.labels.push(LabelId(*label));
        for word in words {
            let known = docs.words.iter().position(|known| known == word);
            let id = known.unwrap_or_else(|| {
                docs.words.push((*word).to_owned());
                docs.words.len() - 1
            });
            docs.word_ids.push(id as u32);
        }
        docs.doc_starts.push(docs.word_ids.len() as u32);
    }
    docs
}

/// Reviews of `n_classes` kinds, some alike, some empty, some with a word twice.
fn reviews(n_docs: u64, n_classes: u64) -> Vec<(u8, Vec<&'static str>)> {
    let mut draws = Draws(7);
    (0..n_docs)
        .map(|doc| {
            let label = doc % n_classes;
            let n_words = draws.below(6);
            let lean = |draws: &mut Draws| if draws.below(3) == 0 { label * 2 } else { draws.below(12) };
            (label as u8, (0..n_words).map(|_| WORDS[lean(&mut draws) as usize]).collect())
        })
        .collect()
}

fn corpus_of(texts: &[(u8, Vec<&str>)], n_classes: u8) -> Corpus {
    features::count(docs_of(texts), n_classes, &Counting::words((1, 2), 1)).unwrap()
}

/// Every fourth review tests; the others are dealt to the folds so that each holds every class.
fn plan_of(n_docs: u32, n_folds: u32, n_classes: u32) -> SplitPlan {
    let (test, train): (Vec<u32>, Vec<u32>) = (0..n_docs).partition(|doc| doc / n_classes % 4 == 3);
    let fold_of = (0..train.len() as u32).map(|place| (place / n_classes % n_folds) as u8).collect();
    SplitPlan { train, test, fold_of, n_folds, learns_from: FoldTraining::Others }
}

fn vectorizer() -> VectorizerSpec {
    VectorizerSpec {
        ngram_range: (1, 2),
        sublinear_tf: true,
        min_df: DocumentFrequency::Count(2),
        max_df: DocumentFrequency::Share(0.9),
        max_features: Some(40),
        ..VectorizerSpec::tf_idf((1, 2))
    }
}

/// One of each kind of weights.
fn vectorizers() -> Vec<VectorizerSpec> {
    let plain = vectorizer();
    vec![
        VectorizerSpec { kind: VectorizerKind::BagOfWords, ..plain.clone() },
        VectorizerSpec { binary: true, use_idf: false, ..plain.clone() },
        VectorizerSpec { smooth_idf: false, norm: Norm::L1, ..plain.clone() },
        VectorizerSpec { sublinear_tf: false, norm: Norm::None, ..plain.clone() },
        plain,
    ]
}

fn models() -> [ModelSpec; 3] {
    let class_weight = ClassWeight::Balanced;
    [
        ModelSpec::logistic_regression(0.7, class_weight),
        ModelSpec::MultinomialNb { alpha: 0.3 },
        ModelSpec::linear_svc(0.4, class_weight),
    ]
}

fn names(n_classes: u8) -> Vec<String> {
    (0..n_classes).map(|class| format!("class {class}")).collect()
}

fn fit(texts: &[(u8, Vec<&str>)], n_classes: u8, model: ModelSpec) -> FinalFit {
    let corpus = corpus_of(texts, n_classes);
    let plan = plan_of(texts.len() as u32, 5, u32::from(n_classes));
    let spec = PipelineSpec { cleaning: reference_cleaning(), vectorizer: vectorizer(), model };
    fit_final(&corpus.counts, &corpus.terms, &plan, &spec, &names(n_classes)).unwrap()
}

#[test]
fn fitting_twice_gives_the_same_bits() {
    for n_classes in [2, 3] {
        let texts = reviews(240, u64::from(n_classes));
        for model in models() {
            let (first, second) = (fit(&texts, n_classes, model.clone()), fit(&texts, n_classes, model));
            assert_eq!(first.pipeline.to_bytes(), second.pipeline.to_bytes());
            assert_eq!(first, second);
        }
    }
}

#[test]
fn a_setting_scores_the_same_whatever_came_before_it() {
    for n_folds in [2, 5, 6, 13, 20] {
        let corpus = corpus_of(&reviews(400, 2), 2);
        let plan = plan_of(400, n_folds, 2);
        let mut used = CrossValidator::new(&corpus.counts, &plan).unwrap();
        let narrow = VectorizerSpec { max_features: Some(7), ..vectorizer() };
        for model in models() {
            for spec in [vectorizer(), narrow.clone(), vectorizer()] {
                let mut fresh = CrossValidator::new(&corpus.counts, &plan).unwrap();
                let (scores, folds, _) = fresh.fit(&spec, &model).unwrap();
                assert_eq!(scores.fold_f1_macro.len(), n_folds as usize);
                assert_eq!(used.evaluate_with_scores(&spec, &model).unwrap(), (scores, folds));
            }
        }
    }
}

#[test]
fn the_order_of_documents_does_not_matter() {
    let texts = reviews(240, 2);
    let plan = plan_of(240, 5, 2);
    let mut order: Vec<u32> = (0..240).collect();
    let mut draws = Draws(3);
    (1..240).rev().for_each(|i| order.swap(i, draws.below(i as u64 + 1) as usize));
    let shuffled: Vec<_> = order.iter().map(|&doc| texts[doc as usize].clone()).collect();
    let mut place = vec![0; 240];
    (0..).zip(&order).for_each(|(new, &old)| place[old as usize] = new);
    let moved = |docs: &[u32]| docs.iter().map(|&doc| place[doc as usize]).collect::<Vec<u32>>();
    let moved_plan = SplitPlan { train: moved(&plan.train), test: moved(&plan.test), ..plan.clone() };
    let (corpus, moved_corpus) = (corpus_of(&texts, 2), corpus_of(&shuffled, 2));
    assert_eq!(corpus.terms, moved_corpus.terms);
    for model in models() {
        let spec = PipelineSpec { cleaning: Vec::new(), vectorizer: vectorizer(), model };
        let one = fit_final(&corpus.counts, &corpus.terms, &plan, &spec, &names(2)).unwrap();
        let other = fit_final(&moved_corpus.counts, &corpus.terms, &moved_plan, &spec, &names(2)).unwrap();
        for (a, b) in one.test_scores.iter().zip(&other.test_scores) {
            assert!((a - b).abs() < 1e-9, "{a} against {b}");
        }
    }
}

/// The gradient of the objective, summed document by document with no merging, is as small at the fit as the
/// promised gap demands: so merged repeats weigh as much as unmerged ones.
#[test]
fn a_final_fit_is_the_minimum_over_unmerged_documents() {
    let texts = reviews(300, 2);
    let corpus = corpus_of(&texts, 2);
    let plan = plan_of(300, 5, 2);
    let cases =
        vectorizers().into_iter().flat_map(|vectorizer| models().map(|model| (vectorizer.clone(), model)));
    for (vectorizer, model) in cases {
        let (ModelSpec::LogisticRegression { c, .. } | ModelSpec::LinearSvc { c, .. }) = model else {
            continue;
        };
        let hinge = matches!(model, ModelSpec::LinearSvc { .. });
        let spec = PipelineSpec { cleaning: Vec::new(), vectorizer, model };
        let fit = fit_final(&corpus.counts, &corpus.terms, &plan, &spec, &names(2)).unwrap();
        let FittedModel::Linear { coef, intercept, .. } = &fit.pipeline.model else {
            panic!("a linear model")
        };
        let n_positive = plan.train.iter().filter(|&&doc| texts[doc as usize].0 == 1).count() as f64;
        let n = plan.train.len() as f64;
        let rows: Vec<_> = plan
            .train
            .iter()
            .map(|&doc| {
                let (label, words) = &texts[doc as usize];
                let side = if *label == 1 { 1.0 } else { -1.0 };
                let weight = if *label == 1 { n / (2.0 * n_positive) } else { n / (2.0 * (n - n_positive)) };
                (side, weight, words.iter().copied())
            })
            .collect();
        let texts_of = rows.iter().map(|(_, _, words)| words.clone());
        let matrix = fit.pipeline.features.transform(texts_of).unwrap();
        let objective = |coef: &[f64], intercept: f64| {
            let penalty: f64 = coef.iter().map(|w| w * w).sum::<f64>() + intercept * intercept;
            let loss = |((side, weight, _), row): (&(f64, f64, _), CsrRow<'_>)| {
                let dot = row.columns.iter().zip(row.values).map(|(&t, v)| coef[t as usize] * v).sum::<f64>();
                let margin = side * (dot + intercept);
                let short = (1.0 - margin).max(0.0);
                weight * if hinge { short * short } else { libm::log1p(libm::exp(-margin)) }
            };
            penalty / 2.0 + c * rows.iter().zip(matrix.rows()).map(loss).sum::<f64>()
        };
        let here = objective(coef, intercept[0]);
        let ours = fit.train_objective(&corpus.counts, &plan, &spec.model).unwrap();
        assert!((here - ours).abs() < 1e-10 * here);
        let step = 1e-4;
        let mut squares = 0.0;
        for place in 0..=coef.len() {
            let moved = |by: f64| {
                let mut coef = coef.clone();
                match coef.get_mut(place) {
                    Some(weight) => {
                        *weight += by;
                        objective(&coef, intercept[0])
                    }
                    None => objective(&coef, intercept[0] + by),
                }
            };
            let slope = (moved(step) - moved(-step)) / (2.0 * step);
            squares += slope * slope;
        }
        // Differences of doubles of size `here` leave 1e-16 `here` / step in each slope.
        let noise = 1e-11 * here * (coef.len() as f64 + 1.0).sqrt();
        assert!(squares.sqrt() < (2.0 * FINAL_GAP * here).sqrt() + noise, "gradient {}", squares.sqrt());
    }
}

#[test]
fn an_unseen_document_is_weighed_by_the_training_idf() {
    // Three documents: "one" in all, "two" in one; idf = ln(4 / (1 + df)) + 1.
    let texts = [(0, vec!["one", "two"]), (1, vec!["one", "not"]), (1, vec!["one"])];
    let corpus = features::count(docs_of(&texts), 2, &Counting::words((1, 1), 1)).unwrap();
    let spec = VectorizerSpec {
        ngram_range: (1, 1),
        sublinear_tf: false,
        min_df: DocumentFrequency::Count(1),
        max_df: DocumentFrequency::Share(1.0),
        max_features: None,
        ..VectorizerSpec::tf_idf((1, 1))
    };
    let fitted = features::fit_vectorizer(&corpus.counts, &corpus.terms, &[0, 1, 2], &spec).unwrap();
    assert_eq!(fitted.terms, ["not", "one", "two"]);
    assert_eq!(fitted.idf, [libm::log(4.0 / 2.0) + 1.0, 1.0, libm::log(4.0 / 2.0) + 1.0]);
    let rows = fitted.transform([vec!["two", "unheard", "one", "two", "x"], vec!["unheard"]]).unwrap();
    rows.validate().unwrap();
    let row = rows.row(0);
    let (one, two) = (1.0, 2.0 * (libm::log(2.0) + 1.0));
    let norm = f64::sqrt(one * one + two * two);
    assert_eq!(row.columns, [1, 2]);
    assert_eq!(row.values, [one / norm, two / norm]);
    assert!(rows.row(1).columns.is_empty());
}

#[test]
fn a_prediction_is_explained_to_the_last_part() {
    for n_classes in [2, 3] {
        for model in models() {
            let mut predictor =
                Predictor::new(fit(&reviews(240, u64::from(n_classes)), n_classes, model).pipeline).unwrap();
            for text in [
                "Good racket, not bad! x",
                "broke broke <b>broke</b> http://a.b",
                "",
                "zzz qqq",
                "love the PRICE",
            ] {
                let explained = predictor.explain(text);
                assert_eq!(explained.prediction, predictor.predict(text));
                let score = if n_classes == 2 { 0 } else { usize::from(explained.toward) };
                let sum = explained.base + explained.contributions.iter().map(|part| part.value).sum::<f64>();
                assert!((sum - explained.prediction.scores[score]).abs() < 1e-12);
                let probabilities: f64 = explained.prediction.probabilities.iter().sum();
                assert!((probabilities - 1.0).abs() < 1e-9);
                for part in &explained.contributions {
                    assert!(!part.places.is_empty());
                    let n_words = part.term.split(' ').count();
                    assert!(part.places.iter().all(|place| place.len() == n_words));
                }
            }
            let stranger = predictor.explain("zzz qqq");
            assert_eq!(
                stranger.prediction.scores[if n_classes == 2 { 0 } else { usize::from(stranger.toward) }],
                stranger.base
            );
            assert_eq!(stranger.unknown.len(), 2);
        }
    }
}

#[test]
fn places_point_at_the_words_in_the_original() {
    let mut predictor = Predictor::new(fit(&reviews(240, 2), 2, models()[0].clone()).pipeline).unwrap();
    let text = "GOOD \u{1f600} racket";
    let explained = predictor.explain(text);
    let good = explained.contributions.iter().find(|part| part.term == "good").unwrap();
    assert_eq!(good.places.len(), 1);
    let span = good.places[0][0];
    assert_eq!(&text[span.start as usize..span.end as usize], "GOOD");
    let both = explained.contributions.iter().find(|part| part.term == "good racket").unwrap();
    assert_eq!(both.places[0].len(), 2);
    assert_eq!(explained.dropped.len(), 1);
}

#[test]
fn a_score_of_zero_is_the_first_class() {
    let pipeline = FittedPipeline {
        engine_version: "0".to_owned(),
        cleaning: reference_cleaning(),
        features: FittedVectorizer { spec: vectorizer(), terms: vec!["good".to_owned()], idf: vec![1.0] },
        model: FittedModel::Linear {
            kind: engine::models::ModelKind::LogisticRegression,
            coef: vec![1.0],
            intercept: vec![0.0],
        },
        calibration: engine::pipeline::Calibration::Own,
        threshold: 0.0,
        abstain: None,
        labels: names(2),
    };
    let mut predictor = Predictor::new(pipeline).unwrap();
    assert_eq!(predictor.predict("nothing known").label, 0);
    assert_eq!(predictor.predict("nothing known").probabilities, [0.5, 0.5]);
    assert_eq!(predictor.predict("good").label, 1);
}

#[test]
fn what_cannot_be_evaluated_is_said() {
    let corpus = corpus_of(&reviews(240, 2), 2);
    let plan = plan_of(240, 5, 2);
    let mut validator = CrossValidator::new(&corpus.counts, &plan).unwrap();
    let mut check = |spec: VectorizerSpec, model: ModelSpec, expected: &str| {
        assert_eq!(validator.evaluate(&spec, &model).unwrap_err().to_string(), expected);
    };
    let class_weight = ClassWeight::None;
    check(
        vectorizer(),
        ModelSpec::linear_svc(0.0, class_weight),
        "C is 0: choose a value from 0.000001 to 1000000",
    );
    check(
        VectorizerSpec {
            min_df: DocumentFrequency::Count(140),
            max_df: DocumentFrequency::Share(1.0),
            ..vectorizer()
        },
        ModelSpec::MultinomialNb { alpha: 1.0 },
        "no word or phrase is left: lower min_df or raise max_df",
    );
    check(
        VectorizerSpec { ngram_range: (1, 3), ..vectorizer() },
        ModelSpec::MultinomialNb { alpha: 1.0 },
        "phrases of 1 to 3 words are asked for, but 1 to 2 were counted: count the reviews again",
    );
    let one_class: Vec<_> = reviews(240, 2).into_iter().map(|(_, words)| (1, words)).collect();
    let missing = CrossValidator::new(&corpus_of(&one_class, 2).counts, &plan).err().unwrap();
    assert_eq!(missing, EvaluateError::MissingClass { class: LabelId(0) });
}

#[test]
fn metrics_follow_scikit_learns_conventions() {
    // Worked by hand: positives score 0.9, 0.5, 0.5; negatives 0.5, 0.1.
    let truth = [1, 1, 1, 0, 0].map(LabelId);
    let score = [0.9, 0.5, 0.5, 0.5, 0.1];
    let probabilities: Vec<f64> = score.iter().flat_map(|&p| [1.0 - p, p]).collect();
    let measured = metrics::evaluate(&truth, &[1, 0, 0, 0, 0], 2, Some(&score), Some(&probabilities));
    assert_eq!(measured.confusion, [[2, 0], [2, 1]]);
    assert_eq!((measured.accuracy, measured.precision[0], measured.recall[1]), (0.6, 0.5, 1.0 / 3.0));
    assert_eq!(measured.roc_auc, Some(5.0 / 6.0));
    assert_eq!(measured.average_precision, Some(1.0 / 3.0 + 2.0 / 3.0 * 0.75));
    assert!((measured.brier.unwrap() - (0.01 + 0.25 + 0.25 + 0.25 + 0.01) / 5.0).abs() < 1e-15);
    let never = metrics::evaluate(&truth, &[1; 5], 2, None, None);
    assert_eq!((never.precision[0], never.recall[0], never.f1[0], never.mcc), (0.0, 0.0, 0.0, 0.0));
    assert_eq!(never.roc_auc, None);
}

#[test]
fn platts_sigmoid_finds_the_one_that_drew_the_labels() {
    let mut draws = Draws(11);
    let scores: Vec<f64> = (0..20_000).map(|_| draws.below(6_000) as f64 / 1_000.0 - 3.0).collect();
    let positive: Vec<bool> = scores
        .iter()
        .map(|&score| (draws.below(1_000_000) as f64) < 1e6 / (1.0 + libm::exp(-1.7 * score + 0.4)))
        .collect();
    let (a, b) = fit_platt(&scores, &positive);
    assert!((a + 1.7).abs() < 0.1 && (b - 0.4).abs() < 0.1, "{a} {b}");
}
