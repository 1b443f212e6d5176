//! Folds by time learn from what came before them, and repeated ones are scored draw after draw.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use engine::dataset::{CleanedDocs, LabelId};
use engine::features::{self, Counting, DocumentFrequency, Selection, SparseRow, VectorizerSpec};
use engine::models::{
    ClassWeight, CrossValidator, ModelSpec, RepeatedValidator, Scorer, TrainingSet, Truth, f1_macro,
    fit_model,
};
use engine::num::RandomStream;
use engine::pipeline::HeldOut;
use engine::split::{NEVER_HELD_OUT, SplitKind, SplitPlan, SplitRows, SplitSpec, split_repeats};

const WORDS: [&str; 10] =
    ["broken", "refund", "worst", "torn", "good", "love", "super", "perfect", "racket", "grip"];

fn docs(n_docs: u64) -> CleanedDocs {
    let mut stream = RandomStream::new("reviews in time", &[]);
    let words: Vec<String> = WORDS.iter().map(|word| (*word).to_owned()).collect();
    let mut docs = CleanedDocs { doc_starts: vec![0], words, ..CleanedDocs::default() };
    for record in 0..n_docs {
        let label = stream.below(2);
        for _ in 0..1 + stream.below(7) {
            let leans = stream.below(3) == 0;
            let word = if leans { label * 4 + stream.below(4) } else { stream.below(10) };
            docs.word_ids.push(word as u32);
        }
        docs.labels.push(LabelId(label as u8));
        docs.records.push(record);
        docs.doc_starts.push(docs.word_ids.len() as u32);
    }
    docs
}

fn models() -> Vec<ModelSpec> {
    let forest = r#"{"type":"RandomForestClassifier","n_estimators":5,"class_weight":"none","seed":1}"#;
    vec![
        ModelSpec::logistic_regression(0.7, ClassWeight::Balanced),
        ModelSpec::MultinomialNb { alpha: 0.3 },
        ModelSpec::linear_svc(0.4, ClassWeight::Balanced),
        serde_json::from_str(forest).unwrap(),
    ]
}

#[test]
fn a_fold_is_scored_by_a_fit_of_the_rows_before_it() {
    let docs = docs(300);
    let times: Vec<i64> = (0..300).map(|doc| (doc * 37) % 300).collect();
    let rows = SplitRows { labels: &docs.labels, n_classes: 2, groups: &[], times: &times };
    let spec = SplitSpec { kind: SplitKind::ByTime, n_folds: 4, ..SplitSpec::reference() };
    let plan = SplitPlan::of_rows(rows, &spec).unwrap();
    let counts = features::count(docs, 2, &Counting::words((1, 2), 1)).unwrap().counts;
    let features = VectorizerSpec::tf_idf((1, 2));
    let mut validator = CrossValidator::new(&counts, &plan).unwrap();
    for model in models() {
        let (found, folds) = validator.evaluate_with_scores(&features, &model).unwrap();
        assert_eq!(validator.evaluate(&features, &model).unwrap(), found);
        assert_eq!(found.fold_f1_macro.len(), 4);
        for fold in 0..4_u8 {
            let places = |is_in: &dyn Fn(u8) -> bool| -> Vec<usize> {
                (0..plan.train.len()).filter(|&place| is_in(plan.fold_of[place])).collect()
            };
            let before = places(&|other| other < fold || other == NEVER_HELD_OUT);
            let held_out = places(&|other| other == fold);
            assert!(before.last() < held_out.first());
            let docs_of =
                |places: &[usize]| places.iter().map(|&place| plan.train[place]).collect::<Vec<u32>>();
            let selection = Selection::new(&counts, &docs_of(&before), &features).unwrap();
            let x = selection.rows(&counts, &docs_of(&before));
            let labels: Vec<LabelId> =
                docs_of(&before).iter().map(|&doc| counts.labels[doc as usize]).collect();
            let truth = Truth { labels: &labels, n_classes: 2, sample_weights: None };
            let fitted = fit_model(&TrainingSet { x: &x, truth }, &model).unwrap();
            let scorer = Scorer::new(&fitted.model);
            let mut confusion = [0; 4];
            for place in held_out {
                let doc = plan.train[place];
                let row: SparseRow = selection.row(&counts, doc);
                let mut scores = Vec::new();
                scorer.score(&row, &mut scores);
                assert!(
                    (scores[0] - folds.scores[place]).abs() < 1e-5,
                    "{} {}",
                    scores[0],
                    folds.scores[place]
                );
                let truth = usize::from(counts.labels[doc as usize].0);
                confusion[2 * truth + usize::from(folds.scores[place] > 0.0)] += 1;
            }
            assert_eq!(found.fold_f1_macro[usize::from(fold)], f1_macro(&confusion, 2));
        }
        let held_out = HeldOut::new(&folds, &counts.labels, &plan);
        let n_never = plan.fold_of.iter().filter(|&&fold| fold == NEVER_HELD_OUT).count();
        assert_eq!(held_out.truth.len(), plan.train.len() - n_never);
    }
}

#[test]
fn repeated_folds_are_scored_draw_after_draw() {
    let docs = docs(200);
    let rows = SplitRows { labels: &docs.labels, n_classes: 2, groups: &[], times: &[] };
    let spec = SplitSpec { n_repeats: 3, n_folds: 4, ..SplitSpec::reference() };
    let plans = split_repeats(rows, &spec).unwrap();
    let counts = features::count(docs.clone(), 2, &Counting::words((1, 2), 1)).unwrap().counts;
    let features = VectorizerSpec::tf_idf((1, 2));
    let model = &models()[0];
    let found = RepeatedValidator::new(&counts, &plans).unwrap().evaluate(&features, model).unwrap();
    let mut expected = Vec::new();
    for plan in &plans {
        let mut validator = CrossValidator::new(&counts, plan).unwrap();
        expected.extend(validator.evaluate(&features, model).unwrap().fold_f1_macro);
    }
    assert_eq!((found.fold_f1_macro.len(), &found.fold_f1_macro), (12, &expected));
    assert_ne!(expected[..4], expected[4..8]);
    assert!(RepeatedValidator::new(&counts, &[]).is_err());
}

#[test]
fn what_was_fitted_before_changes_no_score() {
    let docs = docs(400);
    let rows = SplitRows { labels: &docs.labels, n_classes: 2, groups: &[], times: &[] };
    let plan = SplitPlan::of_rows(rows, &SplitSpec::reference()).unwrap();
    let counts = features::count(docs, 2, &Counting::words((1, 2), 1)).unwrap().counts;
    let mut stream = RandomStream::new("settings one after another", &[]);
    let mut one_after_another = CrossValidator::new(&counts, &plan).unwrap();
    for _ in 0..60 {
        let c = libm::pow(10.0, stream.unit() * 5.0 - 3.0);
        let model = match stream.below(2) {
            0 => ModelSpec::logistic_regression(c, ClassWeight::Balanced),
            _ => ModelSpec::linear_svc(c, ClassWeight::None),
        };
        let features = VectorizerSpec {
            min_df: DocumentFrequency::Count(1 + stream.below(9) as u32),
            sublinear_tf: stream.below(4) == 0,
            ..VectorizerSpec::tf_idf((1, 2))
        };
        let mut alone = CrossValidator::new(&counts, &plan).unwrap();
        let expected = alone.evaluate(&features, &model).unwrap();
        assert_eq!(one_after_another.evaluate(&features, &model).unwrap(), expected, "{model:?}");
        assert_eq!(one_after_another.fit(&features, &model).unwrap(), alone.fit(&features, &model).unwrap());
    }
}
