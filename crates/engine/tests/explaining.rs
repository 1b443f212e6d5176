//! Why a text got its class, word by word and term by term, for every model.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use engine::dataset::{CleanedDocs, LabelId};
use engine::features::{self, Corpus, Counting, VectorizerSpec};
use engine::models::{ClassWeight, CrossValidator, ModelSpec, Scorer};
use engine::num::RandomStream;
use engine::pipeline::{
    Explanation, FinalFit, FinalTask, FittedPipeline, PipelineSpec, Predictor, fit_final_with, top_terms,
};
use engine::split::{SplitPlan, SplitSpec};
use engine::text::reference_cleaning;
use proptest::prelude::*;
use std::sync::LazyLock;

const N_DOCS: u64 = 240;
/// Words that cleaning leaves as they are, four that lean to each of three classes.
const WORDS: [&str; 16] = [
    "broken", "refund", "worst", "torn", "good", "love", "super", "perfect", "okay", "averag", "fine",
    "decent", "racket", "box", "string", "grip",
];

fn docs(n_classes: u64) -> CleanedDocs {
    let mut stream = RandomStream::new("explained reviews", &[n_classes]);
    let words: Vec<String> = WORDS.iter().map(|word| (*word).to_owned()).collect();
    let mut docs = CleanedDocs { doc_starts: vec![0], words, ..CleanedDocs::default() };
    for record in 0..N_DOCS {
        let label = record % n_classes;
        for _ in 0..3 + stream.below(8) {
            let leans = stream.below(2) == 0;
            let word = if leans { label * 4 + stream.below(4) } else { stream.below(16) };
            docs.word_ids.push(word as u32);
        }
        docs.labels.push(LabelId(label as u8));
        docs.records.push(record);
        docs.doc_starts.push(docs.word_ids.len() as u32);
    }
    docs
}

fn models() -> Vec<ModelSpec> {
    let balanced = ClassWeight::Balanced;
    let forest = r#"{"type":"RandomForestClassifier","n_estimators":20,"class_weight":"none","seed":1}"#;
    vec![
        ModelSpec::logistic_regression(0.7, balanced),
        ModelSpec::MultinomialNb { alpha: 0.3 },
        ModelSpec::linear_svc(0.4, balanced),
        serde_json::from_str(forest).unwrap(),
    ]
}

/// A fitted pipeline, and what it was fitted on.
struct Fitted {
    corpus: Corpus,
    plan: SplitPlan,
    fit: FinalFit,
}

static FITTED: LazyLock<Vec<Fitted>> = LazyLock::new(|| {
    let cases =
        [2_usize, 3].into_iter().flat_map(|n_classes| models().into_iter().map(move |m| (n_classes, m)));
    cases.map(|(n_classes, model)| fitted(n_classes, model)).collect()
});

fn fitted(n_classes: usize, model: ModelSpec) -> Fitted {
    let docs = docs(n_classes as u64);
    let plan = SplitPlan::new(&docs.labels, n_classes, &SplitSpec::reference()).unwrap();
    let corpus = features::count(docs, n_classes as u8, &Counting::words((1, 2), 1)).unwrap();
    let vectorizer = VectorizerSpec { sublinear_tf: true, ..VectorizerSpec::tf_idf((1, 2)) };
    let spec = PipelineSpec { cleaning: reference_cleaning(), vectorizer, model };
    let labels: Vec<String> = (0..n_classes).map(|class| format!("class {class}")).collect();
    let task =
        FinalTask { counts: &corpus.counts, terms: &corpus.terms, plan: &plan, spec: &spec, labels: &labels };
    let mut validator = CrossValidator::new(&corpus.counts, &plan).unwrap();
    let fit = fit_final_with(&mut validator, task).unwrap();
    Fitted { corpus, plan, fit }
}

fn predictor(pipeline: &FittedPipeline) -> Predictor {
    Predictor::new(pipeline.clone()).unwrap()
}

fn score_of(scores: &[f64], class: usize) -> f64 {
    match scores {
        [score] => {
            if class == 0 {
                -score
            } else {
                *score
            }
        }
        _ => scores[class],
    }
}

fn any_text() -> impl Strategy<Value = String> {
    let word = prop::sample::select([&WORDS[..], &["unheard", "READ", "!!", "the"]].concat());
    prop::collection::vec(word, 0..25).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn contributions_add_up_to_the_score_of_each_class(text in any_text()) {
        for Fitted { fit, .. } in FITTED.iter() {
            let mut predictor = predictor(&fit.pipeline);
            let answer = predictor.predict(&text);
            for class in 0..fit.pipeline.labels.len() {
                let explained = predictor.explain_toward(&text, LabelId(class as u8));
                prop_assert_eq!(&explained.prediction, &answer);
                prop_assert_eq!(usize::from(explained.toward), class);
                let sum = explained.base + explained.contributions.iter().map(|part| part.value).sum::<f64>();
                let score = score_of(&answer.scores, class);
                prop_assert!((sum - score).abs() < 1e-9, "{} is not {} for {:?}", sum, score, text);
            }
            let Explanation { toward, .. } = predictor.explain(&text);
            let is_usual = if fit.pipeline.labels.len() == 2 { toward == 1 } else { toward == answer.label };
            prop_assert!(is_usual);
        }
    }

    #[test]
    fn a_words_effect_is_the_answer_without_it(words in prop::collection::vec(prop::sample::select(&WORDS[..]), 1..12)) {
        for Fitted { fit, .. } in FITTED.iter() {
            let mut predictor = predictor(&fit.pipeline);
            let text = words.join(" ");
            let with = predictor.predict(&text);
            for class in 0..fit.pipeline.labels.len() {
                let effects = predictor.word_effects(&text, LabelId(class as u8));
                prop_assert_eq!(effects.len(), words.len());
                for (left_out, effect) in effects.iter().enumerate() {
                    let others: Vec<&str> = (0..words.len()).filter(|place| *place != left_out).map(|place| words[place]).collect();
                    let without = predictor.predict(&others.join(" "));
                    prop_assert_eq!(effect.probability, with.probabilities[class] - without.probabilities[class]);
                    prop_assert_eq!(effect.score, score_of(&with.scores, class) - score_of(&without.scores, class));
                    prop_assert_eq!(effect.label_without, without.label);
                    let place = effect.place.start as usize..effect.place.end as usize;
                    prop_assert_eq!(&text[place], words[left_out]);
                }
            }
        }
    }
}

#[test]
fn a_word_the_model_does_not_know_has_no_effect() {
    let Fitted { fit, .. } = &FITTED[0];
    let effects = predictor(&fit.pipeline).word_effects("perfect unheard", LabelId(1));
    assert!(effects[0].probability > 0.0 && effects[0].score > 0.0);
    assert_eq!((effects[1].probability, effects[1].score), (0.0, 0.0));
}

#[test]
fn the_terms_that_speak_for_a_class_are_its_words_with_their_support() {
    for Fitted { corpus, plan, fit } in FITTED.iter() {
        let n_classes = fit.pipeline.labels.len();
        let found = top_terms(&fit.pipeline, (&corpus.counts, &corpus.terms), &plan.train, 3);
        assert_eq!(found.len(), n_classes);
        for (class, of_class) in found.iter().enumerate() {
            assert_eq!(usize::from(of_class.class.0), class);
            assert_eq!(of_class.terms.len(), 3);
            assert!(of_class.terms.windows(2).all(|pair| pair[0].weight >= pair[1].weight));
            for term in &of_class.terms {
                let id = corpus.terms.binary_search(&term.term).unwrap() as u32;
                let rows = plan.train.iter().filter(|&&row| corpus.counts.row(row).0.contains(&id));
                let labels: Vec<LabelId> = rows.map(|&row| corpus.counts.labels[row as usize]).collect();
                assert_eq!(term.n_docs, labels.len() as u64, "{term:?}");
                let n_of_class = labels.iter().filter(|label| usize::from(label.0) == class).count();
                assert_eq!(term.n_docs_of_class, n_of_class as u64, "{term:?}");
            }
        }
        if let Scorer::Linear(linear) = Scorer::new(&fit.pipeline.model) {
            let best = &found[1].terms[0];
            let column = fit.pipeline.features.terms.binary_search(&best.term).unwrap() as u32;
            let score = if n_classes == 2 { 0 } else { 1 };
            assert_eq!(best.weight, linear.coef(score, column));
            let mut words = best.term.split(' ');
            assert!(words.all(|word| ["good", "love", "super", "perfect"].contains(&word)), "{best:?}");
        }
    }
}
