//! A/B tests and reports of drift, as version 7 writes them: what is stored today must be read for good.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use engine::num::ContentHash;
use expect_test::expect_file;
use track::ab_test::{AbAnswer, AbEnd, AbMode, AbTest, Disagreement, SideAnswer};
use track::id::{AbAnswerId, AbTestId, Millis, PredictionId, ReportId};
use track::prediction::{AnsweringModel, KeptRows, KeptText};
use track::record::{Record, RecordError};
use track::report::{ExpectedF1, KeptReport, ReportVerdict};

const BEGIN: Millis = Millis(1_790_000_000_000);

#[track_caller]
fn check(file: &str, record: Record) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/v7/");
    let written = record.to_json().unwrap();
    assert_eq!(Record::from_json(&written).unwrap(), record);
    expect_file![format!("{path}{file}.json")].assert_eq(&format!("{written}\n"));
}

fn model(version: u32) -> AnsweringModel {
    AnsweringModel {
        address: format!("models:/headphones/{version}"),
        pipeline: ContentHash::of(format!("pipeline {version}").as_bytes()),
        labels: vec!["negative".into(), "positive".into()],
    }
}

fn test(mode: AbMode) -> AbTest {
    let id = AbTestId::new(BEGIN, [1; 10]);
    let mut test = AbTest { schema: 7, ..AbTest::new((id, BEGIN), "new words", mode, (model(1), model(2))) };
    test.champion.n_assigned = 3;
    test.champion.latency = vec![0, 2, 1];
    test.n_agreed = vec![1, 2];
    test.seen = vec![3, u64::MAX];
    let label = |text: &str, label: Option<u8>| Disagreement {
        text: KeptText::of(text, label.is_none()),
        champion: 0,
        challenger: 1,
        label,
        labelled: label.map(|_| BEGIN),
    };
    test.disagreements = vec![label("„Kaputt“?", None), label("fine", Some(1))];
    test.taken = vec![AbAnswerId::new(BEGIN, [2; 10])];
    test
}

#[test]
fn ab_tests_are_read_for_good() {
    check("ab_test_split", Record::AbTest(test(AbMode::Split { challenger_of_10000: 2_500 })));
    check("ab_test_thompson", Record::AbTest(test(AbMode::Thompson)));
    let ends = [
        ("promoted", AbEnd::Promoted { challenger: true, reason: "Right more often.".into() }),
        ("no_difference", AbEnd::NoDifference { reason: "As good as equal.".into() }),
        ("stopped", AbEnd::Stopped { reason: String::new() }),
    ];
    for (name, end) in ends {
        let ended = AbTest { ended: Some((BEGIN, end)), ..test(AbMode::Shadow) };
        assert!(!ended.uses("models:/headphones/1"));
        check(&format!("ab_test_{name}"), Record::AbTest(ended));
    }
    assert!(test(AbMode::Shadow).uses("models:/headphones/2"));
    let said = |class: u8| SideAnswer { class, is_unsure: class == 1, took_ms: 0.375 };
    let waiting = AbAnswer {
        schema: 7,
        id: AbAnswerId::new(BEGIN, [2; 10]),
        test: AbTestId::new(BEGIN, [1; 10]),
        text: "It broke.\nTwice.".into(),
        keep_text: true,
        champion: said(0),
        challenger: said(1),
    };
    check("ab_answer", Record::AbAnswer(waiting));
}

#[test]
fn reports_of_drift_are_read_for_good() {
    let id = ReportId::new(BEGIN, [3; 10]);
    let content = KeptRows { sha256: ContentHash::of(b"report"), bytes: 6 };
    let said = (ReportVerdict::NotEnoughData, "12 reviews are too few.".to_owned());
    let plain = KeptReport {
        schema: 7,
        ..KeptReport::new((id, BEGIN), model(1), ("tested on", "new.csv"), said, content)
    };
    check("report_not_enough_data", Record::Report(plain.clone()));
    let full = KeptReport {
        predictions: Some(PredictionId::new(BEGIN, [4; 10])),
        n_rows: 400,
        n_reference: 2_000,
        expected: Some(ExpectedF1 { f1_macro: 0.8125, low: 0.75, high: 0.875 }),
        realised_f1_macro: Some(0.796_875),
        ..plain
    };
    for (name, verdict) in [
        ("drift", ReportVerdict::Drift),
        ("small_shift", ReportVerdict::SmallShift),
        ("stable", ReportVerdict::Stable),
    ] {
        check(&format!("report_{name}"), Record::Report(KeptReport { verdict, ..full.clone() }));
    }
    let endless = KeptReport { realised_f1_macro: Some(f64::NAN), ..full };
    assert!(matches!(Record::Report(endless).to_json(), Err(RecordError::NotFinite { .. })));
}
