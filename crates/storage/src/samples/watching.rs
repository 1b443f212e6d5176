//! A/B tests and reports of drift.

use engine::num::ContentHash;
use track::ab_test::{AbAnswer, AbMode, AbTest, SideAnswer};
use track::id::{AbAnswerId, AbTestId, ReportId};
use track::prediction::KeptRows;
use track::record::Record;
use track::report::{KeptReport, ReportVerdict};

use super::{answering_model, entropy, instant};

/// One record of every kind.
pub fn watching_records() -> Vec<Record> {
    vec![Record::AbTest(ab_test(0)), Record::AbAnswer(ab_answer(0)), Record::Report(report(0))]
}

/// The `number`th A/B test, under way.
pub fn ab_test(number: u32) -> AbTest {
    let id = AbTestId::new(instant(number), entropy(number));
    let mut other = answering_model();
    other.address = "models:/headphones/2".into();
    other.pipeline = ContentHash::of(b"another pipeline");
    let mode = AbMode::Split { challenger_of_10000: 5_000 };
    AbTest::new((id, instant(number)), &format!("test {number}"), mode, (answering_model(), other))
}

/// A review that waits for the first test.
pub fn ab_answer(number: u32) -> AbAnswer {
    let said = |class: u8| SideAnswer { class, is_unsure: false, took_ms: 0.5 };
    AbAnswer {
        schema: track::SCHEMA,
        id: AbAnswerId::new(instant(number), entropy(number)),
        test: ab_test(0).id,
        text: format!("review {number}"),
        keep_text: true,
        champion: said(0),
        challenger: said(1),
    }
}

/// The bytes that stand for the whole of a report.
pub fn report_content(number: u32) -> Vec<u8> {
    format!("report {number}").into_bytes()
}

/// The `number`th report.
pub fn report(number: u32) -> KeptReport {
    let bytes = report_content(number);
    let content = KeptRows { sha256: ContentHash::of(&bytes), bytes: bytes.len() as u64 };
    let id = ReportId::new(instant(number), entropy(number));
    let said = (ReportVerdict::Stable, "Nothing changed.".to_owned());
    let file = format!("reviews_{number}.csv");
    KeptReport::new((id, instant(number)), answering_model(), ("tested on", &file), said, content)
}
