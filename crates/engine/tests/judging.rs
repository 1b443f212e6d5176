//! Labels judged by held-out predictions while they are corrected: a warm fit says what a cold one would.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use engine::audit::{JudgeError, JudgedLabels, LabelJudge};
use engine::dataset::{CleanedDocs, LabelId};
use engine::features::{self, Corpus, Counting, VectorizerSpec};
use engine::models::{CrossValidator, ModelSpec};
use engine::num::RandomStream;
use engine::pipeline::PipelineSpec;
use engine::split::{SplitPlan, SplitSpec, split_counts};
use engine::text::reference_cleaning;

const N_DOCS: u64 = 300;
const WORDS: [&str; 12] =
    ["good", "bad", "racket", "not", "price", "broke", "love", "box", "refund", "fine", "string", "grip"];

/// Reviews whose words lean towards their class; those of `flipped` have the other label.
fn corpus(flipped: &[u32]) -> Corpus {
    let mut stream = RandomStream::new("labels", &[1]);
    let words: Vec<String> = WORDS.iter().map(|word| (*word).to_owned()).collect();
    let mut docs = CleanedDocs { doc_starts: vec![0], words, ..CleanedDocs::default() };
    for record in 0..N_DOCS {
        let label = stream.below(2);
        for _ in 0..4 + stream.below(5) {
            let leans = stream.below(4) != 0;
            let word = if leans { label * 6 + stream.below(6) } else { stream.below(12) };
            docs.word_ids.push(word as u32);
        }
        let is_flipped = flipped.contains(&(record as u32));
        docs.labels.push(LabelId((label ^ u64::from(is_flipped)) as u8));
        docs.records.push(record);
        docs.doc_starts.push(docs.word_ids.len() as u32);
    }
    features::count(docs, 2, &Counting::words((1, 2), 1)).unwrap()
}

fn pipeline(model: &str) -> PipelineSpec {
    let vectorizer: VectorizerSpec = serde_json::from_str(
        r#"{"ngram_range":[1,2],"sublinear_tf":true,"min_df":{"type":"count","value":2},
            "max_df":{"type":"share","value":0.9},"max_features":null}"#,
    )
    .unwrap();
    PipelineSpec { cleaning: reference_cleaning(), vectorizer, model: serde_json::from_str(model).unwrap() }
}

const MODELS: [&str; 4] = [
    r#"{"type":"LogisticRegression","C":0.7,"class_weight":"balanced"}"#,
    r#"{"type":"MultinomialNB","alpha":0.3}"#,
    r#"{"type":"LinearSVC","C":0.4,"class_weight":"balanced"}"#,
    r#"{"type":"ComplementNB","alpha":1.0,"norm":false}"#,
];

fn names() -> Vec<String> {
    vec!["bad".to_owned(), "good".to_owned()]
}

fn judge(judge: &mut LabelJudge, corpus: &Corpus, corrections: &[(u32, LabelId)]) -> JudgedLabels {
    judge.judge((&corpus.counts, &corpus.terms, &names()), corrections).unwrap()
}

/// The other label of some reviews.
fn other(corpus: &Corpus, docs: &[u32]) -> Vec<(u32, LabelId)> {
    docs.iter().map(|doc| (*doc, LabelId(1 - corpus.counts.labels[*doc as usize].0))).collect()
}

#[test]
fn a_warm_fit_says_what_a_cold_one_of_the_same_rows_and_labels_says() {
    let corpus = corpus(&[]);
    let split = SplitSpec::reference();
    let plan: SplitPlan = split_counts(&corpus.counts, &split).unwrap().swap_remove(0);
    let corrections = other(&corpus, &[3, 17, 40, 41, 200]);
    for model in MODELS {
        let spec = pipeline(model);
        let mut warm = LabelJudge::new(&corpus.counts, &split, &spec).unwrap();
        let judged = judge(&mut warm, &corpus, &corrections);
        let mut counts = corpus.counts.clone();
        corrections.iter().for_each(|(doc, label)| counts.labels[*doc as usize] = *label);
        let mut cold = CrossValidator::new(&counts, &plan).unwrap();
        let model: &ModelSpec = &spec.model;
        let (scores, _, fitted) = cold.fit(&spec.vectorizer, model).unwrap();
        let mut again = CrossValidator::new(&corpus.counts, &plan).unwrap();
        let (_, _, _, start) = again.fit_from(&spec.vectorizer, model, None).unwrap();
        let labels: Vec<LabelId> = plan.train.iter().map(|doc| counts.labels[*doc as usize]).collect();
        again.relabel(&labels).unwrap();
        let (warm_scores, _, warm_fitted, _) = again.fit_from(&spec.vectorizer, model, Some(&start)).unwrap();
        assert_eq!(warm_scores.fold_f1_macro, scores.fold_f1_macro, "{model:?}");
        assert_eq!(warm_fitted.term_ids, fitted.term_ids);
        let mut probe = LabelJudge::new(&counts, &split, &spec).unwrap();
        // Parted by other labels, the rows that test are others: only the number of rows is the same.
        let parted_anew = judge(&mut probe, &Corpus { counts, ..corpus.clone() }, &[]);
        let n_rows = |judged: &JudgedLabels| judged.held_out.confusion.iter().flatten().sum::<u64>();
        assert_eq!(n_rows(&judged), n_rows(&parted_anew));
    }
}

#[test]
fn what_is_said_depends_on_the_corrections_alone() {
    let corpus = corpus(&[5, 9]);
    for model in MODELS {
        let spec = pipeline(model);
        let new = || LabelJudge::new(&corpus.counts, &SplitSpec::reference(), &spec).unwrap();
        let (few, many) = (other(&corpus, &[5]), other(&corpus, &[5, 9, 30, 31]));
        let expected = judge(&mut new(), &corpus, &few);
        let mut used = new();
        judge(&mut used, &corpus, &[]);
        judge(&mut used, &corpus, &many);
        assert_eq!(judge(&mut used, &corpus, &few), expected, "{model}");
    }
}

#[test]
fn labels_that_were_turned_round_are_found_and_mended() {
    let turned = [7, 21, 33, 60, 90, 120, 150, 180];
    let corpus = corpus(&turned);
    let spec = pipeline(MODELS[0]);
    let mut used = LabelJudge::new(&corpus.counts, &SplitSpec::reference(), &spec).unwrap();
    let before = judge(&mut used, &corpus, &[]);
    let found: Vec<u32> =
        before.suspects.iter().map(|suspect| suspect.place).filter(|doc| turned.contains(doc)).collect();
    assert!(found.len() >= 3, "{:?}", before.suspects);
    assert_eq!(before.probabilities.len(), 2 * before.suspects.len());
    let after = judge(&mut used, &corpus, &other(&corpus, &turned));
    assert!(after.held_out.f1_macro > before.held_out.f1_macro);
    assert!(after.suspects.iter().all(|suspect| !turned.contains(&suspect.place)));
}

#[test]
fn a_correction_that_cannot_be_is_refused() {
    let corpus = corpus(&[]);
    let mut used = LabelJudge::new(&corpus.counts, &SplitSpec::reference(), &pipeline(MODELS[0])).unwrap();
    for (doc, label) in [(N_DOCS as u32, LabelId(0)), (0, LabelId(2))] {
        let refused = used.judge((&corpus.counts, &corpus.terms, &names()), &[(doc, label)]);
        let n_docs = N_DOCS as usize;
        assert_eq!(refused, Err(JudgeError::BadCorrection { doc, label, n_docs }));
    }
    let all_good: Vec<(u32, LabelId)> = (0..N_DOCS as u32).map(|doc| (doc, LabelId(1))).collect();
    let refused = used.judge((&corpus.counts, &corpus.terms, &names()), &all_good);
    assert!(matches!(refused, Err(JudgeError::Evaluate(_))), "{refused:?}");
    assert!(
        used.judge((&corpus.counts, &corpus.terms, &names()), &[]).is_ok(),
        "the next question has an answer"
    );
}
