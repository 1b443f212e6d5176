//! What a page asks of a model, from opening to a scored table.

use engine::features::{FittedVectorizer, VectorizerSpec};
use engine::models::{FittedModel, ModelKind};
use engine::pipeline::{Calibration, FittedPipeline};
use engine::text::{CleanStep, reference_cleaning};

use crate::Session;

fn pipeline(cleaning: Vec<CleanStep>) -> FittedPipeline {
    FittedPipeline {
        engine_version: "0.1.0".to_owned(),
        cleaning,
        features: FittedVectorizer {
            spec: VectorizerSpec::tf_idf((1, 2)),
            terms: ["bad", "good", "good phone", "phone"].map(str::to_owned).to_vec(),
            idf: vec![1.5, 1.25, 2.0, 1.0],
        },
        model: FittedModel::Linear {
            kind: ModelKind::LogisticRegression,
            coef: vec![-3.0, 2.0, 0.5, 0.0],
            intercept: vec![0.25],
        },
        calibration: Calibration::Own,
        threshold: 0.0,
        abstain: None,
        labels: vec!["negative".to_owned(), "positive".to_owned()],
    }
}

fn session() -> Session {
    Session::open(&pipeline(reference_cleaning()).to_bytes()).expect("a model").0
}

#[test]
fn pieces_are_the_whole_text_with_its_words_marked() {
    let text = "Good 😀 phone, NOT bad… good";
    let told = session().answer(text).expect("an answer");
    let told = json::Document::parse(&told).expect("JSON");
    let pieces: Vec<(String, f64)> = told
        .root()
        .required("pieces")
        .items()
        .map(|piece| {
            let value = piece.required("value").number().and_then(|text| text.parse().ok());
            (piece.required("text").text().into_owned(), value.expect("a number"))
        })
        .collect();
    let whole: String = pieces.iter().map(|piece| piece.0.as_str()).collect();
    assert_eq!(whole, text);
    let of = |word: &str| pieces.iter().find(|piece| piece.0 == word).map(|piece| piece.1);
    assert!(of("Good").is_some_and(|value| value > 0.0), "{pieces:?}");
    assert!(of("bad").is_some_and(|value| value < 0.0), "{pieces:?}");
    assert!(pieces.iter().any(|piece| piece.1 == 0.0 && piece.0.contains('😀')), "{pieces:?}");
}

#[test]
fn a_table_comes_back_with_answers_whatever_the_chunks() {
    let table = b"id,review\n1,good phone\n2,=bad\n3,\n";
    let mut session = session();
    for size in [table.len(), 7, 1] {
        session.begin_table(table.len() as u64);
        table.chunks(size).for_each(|chunk| session.scan(chunk).expect("a table"));
        let told = session.table_told().expect("a table");
        assert!(told.contains("\"text\":1") && told.contains("\"n_rows\":3"), "{told}");
        session.answer_column(1).expect("a column");
        let mut scored: Vec<u8> = Vec::new();
        for chunk in table.chunks(size) {
            scored.extend(session.push(chunk).expect("rows"));
        }
        scored.extend(session.finish().expect("rows"));
        let scored = String::from_utf8(scored).expect("text");
        let lines: Vec<&str> = scored.lines().collect();
        assert!(lines[0].starts_with("id,review,predicted,probability"), "{scored}");
        assert!(lines[1].contains("positive") && lines[2].starts_with("2,'=bad,negative"), "{scored}");
    }
}

#[test]
fn what_cannot_be_answered_is_one_sentence() {
    assert!(
        Session::open(b"nothing").is_err_and(|said| said.starts_with("The model: this is not a saved model"))
    );
    let mut cut = pipeline(reference_cleaning()).to_bytes();
    cut.truncate(100);
    assert!(Session::open(&cut).is_err());
    let mut session = session();
    assert!(
        session
            .answer(&"a".repeat(crate::MAX_TEXT_BYTES + 1))
            .is_err_and(|said| said.ends_with("shorten it."))
    );
    assert!(session.push(b"a").is_err() && session.finish().is_err() && session.answer_column(0).is_err());
    session.begin_table(0);
    assert!(session.scan(b"").is_err_and(|said| said.ends_with('.')));
}

/// What the exports take for small, the small build runs. A build of all crates together has every step.
#[cfg(not(feature = "all-steps"))]
#[test]
fn the_small_build_runs_what_exports_give_it() {
    let opens = |cleaning: Vec<CleanStep>| Session::open(&pipeline(cleaning).to_bytes()).is_ok();
    assert!(opens(reference_cleaning()) && !export::needs_all_steps(&pipeline(reference_cleaning())));
    let more = [CleanStep::StripAccents, CleanStep::UnescapeHtml, CleanStep::EmojiToWords];
    for step in more {
        let cleaning = vec![step];
        assert!(export::needs_all_steps(&pipeline(cleaning)));
    }
}
