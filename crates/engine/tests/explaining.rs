//! Why a text got its class, word by word and term by term, for every model.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use engine::dataset::{CleanedDocs, LabelId};
use engine::features::{self, Corpus, Counting, VectorizerSpec};
use engine::models::{
    ClassWeight, CrossValidator, DummyStrategy, LogisticSolver, ModelSpec, Scorer, SvmLoss,
};
use engine::num::RandomStream;
use engine::pipeline::{
    Explanation, FinalFit, FinalTask, FittedPipeline, Flip, FlipSearch, PipelineSpec, Predictor,
    SimilarReviews, fit_final_with, top_terms,
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

/// 1,000 reviews of the shared file, with their row numbers; none where it is absent.
fn real_reviews() -> Option<Vec<String>> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let shared = std::env::var_os("REVIEWLAB_SHARED").map_or_else(|| beside.into(), std::path::PathBuf::from);
    let bytes = std::fs::read(shared.join("data/flipkart_reviews.csv")).ok()?;
    let format = engine::table::detect_format(&bytes, bytes.len() as u64).unwrap();
    let mut reader = engine::table::TableReader::new(&format);
    let mut texts = Vec::new();
    let mut longest = |row: engine::table::Row<'_>| {
        texts.push(row.cells().max_by_key(|cell| cell.len()).unwrap_or_default().to_owned());
    };
    reader.push(&bytes, &mut longest).unwrap();
    let step = (texts.len() / 1_000).max(1);
    Some(texts.into_iter().step_by(step).take(1_000).collect())
}

/// One of every kind of model, for two classes and for three, learned from real words.
fn fitted_on(texts: &[String], n_classes: usize, model: ModelSpec) -> FittedPipeline {
    let mut cleaner = engine::text::Cleaner::new(&reference_cleaning()).unwrap();
    let mut docs = CleanedDocs { doc_starts: vec![0], ..CleanedDocs::default() };
    for (record, text) in texts.iter().enumerate() {
        cleaner.clean_to_ids(text, &mut docs.word_ids);
        docs.labels.push(LabelId((text.len() % n_classes) as u8));
        docs.records.push(record as u64);
        docs.doc_starts.push(docs.word_ids.len() as u32);
    }
    docs.words = cleaner.into_words();
    let plan = SplitPlan::new(&docs.labels, n_classes, &SplitSpec::reference()).unwrap();
    let corpus = features::count(docs, n_classes as u8, &Counting::words((1, 2), 1)).unwrap();
    let spec =
        PipelineSpec { cleaning: reference_cleaning(), vectorizer: VectorizerSpec::tf_idf((1, 2)), model };
    let labels: Vec<String> = (0..n_classes).map(|class| format!("class {class}")).collect();
    let task =
        FinalTask { counts: &corpus.counts, terms: &corpus.terms, plan: &plan, spec: &spec, labels: &labels };
    let mut validator = CrossValidator::new(&corpus.counts, &plan).unwrap();
    fit_final_with(&mut validator, task).unwrap().pipeline
}

#[test]
fn contributions_add_up_on_a_thousand_real_reviews_for_every_kind_of_model() {
    let Some(texts) = real_reviews() else {
        println!("skipped: the real reviews of the shared folder (REVIEWLAB_SHARED) are not here");
        return;
    };
    assert!(texts.len() >= 900, "{} reviews", texts.len());
    let others = [
        ModelSpec::ComplementNb { alpha: 0.5, norm: false },
        ModelSpec::LogisticRegression {
            c: 0.7,
            class_weight: ClassWeight::None,
            solver: LogisticSolver::Lbfgs,
        },
        ModelSpec::LinearSvc { c: 0.4, class_weight: ClassWeight::None, loss: SvmLoss::Hinge },
        ModelSpec::Dummy { strategy: DummyStrategy::Prior },
    ];
    let kinds: Vec<ModelSpec> = models().into_iter().chain(others).collect();
    for n_classes in [2, 3] {
        for model in &kinds {
            let mut predictor = predictor(&fitted_on(&texts, n_classes, model.clone()));
            for text in &texts {
                let explained = predictor.explain(text);
                let sum = explained.base + explained.contributions.iter().map(|part| part.value).sum::<f64>();
                let score = score_of(&explained.prediction.scores, usize::from(explained.toward));
                assert!((sum - score).abs() < 1e-9, "{sum} is not {score} for {text:?} by {model:?}");
                let (answer, terms) = predictor.answer_with_terms(text, 3);
                assert_eq!(answer, explained.prediction);
                let told: Vec<f64> =
                    explained.contributions.iter().map(|part| part.value.abs()).take(terms.len()).collect();
                let found: Vec<f64> = terms.iter().map(|(_, value)| value.abs()).collect();
                assert_eq!(found, told, "{text:?}");
                let spans = explained.contributions.iter().flat_map(|part| part.places.iter().flatten());
                for span in spans.chain(&explained.dropped).chain(&explained.unknown).chain(&explained.words)
                {
                    assert!(
                        text.get(span.start as usize..span.end as usize).is_some(),
                        "{span:?} of {text:?}"
                    );
                }
            }
        }
    }
}

/// The words of a text that a mark stands on.
fn marked<'a>(text: &'a str, spans: &[engine::pipeline::Span]) -> Vec<&'a str> {
    spans.iter().map(|span| &text[span.start as usize..span.end as usize]).collect()
}

#[test]
fn marks_stand_on_the_right_letters_among_emoji_and_combining_marks() {
    let Fitted { fit, .. } = &FITTED[0];
    let mut predictor = predictor(&fit.pipeline);
    let flag = "\u{1f1ee}\u{1f1f3}";
    let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}";
    let cases = [
        (format!("{family} perfect {flag}refund"), vec!["perfect", "refund"]),
        ("e\u{301} love\u{301} broken".to_owned(), vec!["love", "broken"]),
        ("\u{202e}perfect\u{202c} good".to_owned(), vec!["perfect", "good"]),
        ("good\u{0}worst refund".to_owned(), vec!["refund"]),
        ("\u{fffd}\u{fffd} torn".to_owned(), vec!["torn"]),
        ("\u{1f600}\u{1f621}\u{1f44d}\u{1f3fd}".to_owned(), vec![]),
        (String::new(), vec![]),
    ];
    for (text, expected) in cases {
        let explained = predictor.explain(&text);
        let mut spans: Vec<_> =
            explained.contributions.iter().flat_map(|part| part.places.concat()).collect();
        spans.sort_unstable();
        spans.dedup();
        let found = marked(&text, &spans);
        for word in &expected {
            assert!(found.iter().any(|part| part.starts_with(word)), "{word} in {text:?}: {found:?}");
        }
        assert!(found.iter().all(|part| part.chars().any(char::is_alphabetic)), "{text:?}: {found:?}");
    }
}

#[test]
fn a_megabyte_of_anything_gets_an_answer() {
    let Fitted { fit, .. } = &FITTED[0];
    let mut predictor = predictor(&fit.pipeline);
    for part in ["perfect refund ", "\u{1f600}", "\u{5e9}\u{5dc}\u{5d5}\u{5dd} ", "\u{0}", "\u{fffd}", "x"] {
        let text = part.repeat((1 << 20) / part.len());
        let explained = predictor.explain(&text);
        assert_eq!(explained.prediction, predictor.predict(&text), "{part:?}");
        assert!((explained.prediction.probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-6);
        let mut search = FlipSearch::new(&mut predictor, &text, &[]);
        assert!(search.advance(&mut predictor, 10_000).is_some(), "the search ends for {part:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_turns_an_answer_does_and_nothing_smaller_where_that_is_said(words in prop::collection::vec(prop::sample::select(&WORDS[..]), 1..9)) {
        for Fitted { fit, .. } in FITTED.iter() {
            let mut predictor = predictor(&fit.pipeline);
            let text = words.join(" ");
            let before = predictor.predict(&text).label;
            let without = |predictor: &mut Predictor, gone: &[u32]| {
                predictor.explain_without(&text, gone).prediction.label
            };
            let mut search = FlipSearch::new(&mut predictor, &text, &[]);
            let found = search.advance(&mut predictor, 100_000).unwrap();
            let n_words = words.len();
            let smallest = (1_u32..1 << n_words)
                .map(|set| (0..n_words as u32).filter(|word| set >> word & 1 == 1).collect::<Vec<u32>>())
                .filter(|gone| without(&mut predictor, gone) != before)
                .map(|gone| gone.len())
                .min();
            match found {
                Flip::Without { words, label, is_fewest } => {
                    prop_assert_eq!(without(&mut predictor, &words), label);
                    prop_assert!(label != before);
                    prop_assert!(!is_fewest || Some(words.len()) == smallest, "{:?} {:?}", words, smallest);
                }
                Flip::Never | Flip::NotFound => {}
                Flip::TooLong => prop_assert!(false, "it is short"),
            }
        }
    }
}

#[test]
fn the_most_similar_reviews_are_those_that_weigh_the_same_words() {
    let csv = "review,rating\nperfect good love,5\nbroken refund worst,1\ngood perfect,4\nbox,3\n";
    let format = engine::table::detect_format(csv.as_bytes(), csv.len() as u64).unwrap();
    let mut scan = engine::table::TableScan::new(&format, csv.len() as u64).unwrap();
    scan.push(csv.as_bytes()).unwrap();
    let table = scan.finish().unwrap();
    let roles = engine::dataset::ColumnRoles { text_column: 0, label_column: 1 };
    let mapping = engine::dataset::guess_mapping(&table.columns[1]).unwrap();
    let recipe = engine::dataset::DatasetRecipe::reference(&table, roles, mapping);
    let find = |left_out: &[u32]| {
        let similar = SimilarReviews::new(&recipe, FITTED[0].fit.pipeline.clone(), "good perfect").unwrap();
        let mut similar = similar.leaving_out(left_out.to_vec());
        for chunk in csv.as_bytes().chunks(7) {
            similar.push(chunk).unwrap();
        }
        similar.finish().unwrap()
    };
    let (found, n_left_out) = find(&[]);
    let texts: Vec<&str> = found.iter().map(|review| review.text.as_str()).collect();
    assert_eq!((texts.as_slice(), n_left_out), (["good perfect", "perfect good love"].as_slice(), 0));
    assert!((found[0].cosine - 1.0).abs() < 1e-12 && found[1].cosine < 1.0);
    let (found, n_left_out) = find(&[3, 2]);
    let texts: Vec<&str> = found.iter().map(|review| review.text.as_str()).collect();
    assert_eq!(
        (texts.as_slice(), n_left_out),
        (["perfect good love"].as_slice(), 2),
        "a test review is none of them"
    );
}
