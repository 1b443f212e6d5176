use engine::models::ModelKind;
use engine::pipeline::HeldOut;
use engine::tune::StudyPreset;
use expect_test::expect_file;
use track::id::RunId;
use track::run::{FoldScore, ParamValue, RunKind, RunSpec, RunState};

use super::*;
use crate::card::tests::{fit, pipeline, test};
use crate::card::{CardFacts, ModelCard};

const MADE_MS: u64 = 1_790_000_100_000;

fn trial(number: u32, c: f64, score: f64) -> Run {
    Run {
        id: RunId(format!("01STUDY.00.{number:06}")),
        kind: RunKind::Trial,
        name: format!("trial <{number}>"),
        params: [
            ("C".to_owned(), ParamValue::Float(c)),
            ("model".to_owned(), ParamValue::Text("LogisticRegression".into())),
        ]
        .into_iter()
        .collect(),
        metrics: [("cv_f1_macro".to_owned(), score), ("cv_f1_std".to_owned(), 0.01)].into_iter().collect(),
        folds: vec![
            FoldScore { f1_macro: score - 0.01, score: None, fit_ms: 12.5 },
            FoldScore { f1_macro: score + 0.01, score: None, fit_ms: 12.5 },
        ],
        artifacts: Vec::new(),
        ..fit()
    }
}

fn study() -> Run {
    Run {
        id: RunId("01STUDY".into()),
        parent: None,
        kind: RunKind::Study,
        name: "bold-ant-1".into(),
        note: "First <b>try</b>\n\nSecond line".into(),
        tags: [("best_fit".to_owned(), fit().id.to_string())].into_iter().collect(),
        spec: Some(RunSpec::Study(StudyPreset::Fast.study(&[ModelKind::LogisticRegression], 42))),
        params: [("n_trials".to_owned(), ParamValue::Int(3))].into_iter().collect(),
        ..trial(0, 1.0, 0.8)
    }
}

fn check_alone(html: &str) {
    for forbidden in ["<script", "javascript:", " src=", "@import", "url(", " href="] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
    let links = html.matches("http").count();
    let names = html.matches("xmlns=\"http://www.w3.org/2000/svg\"").count();
    // The policy's `http-equiv`, and the data's own name in the card.
    assert!(links <= names + 2, "{links} against {names}");
    assert_eq!(html.matches("<table>").count(), html.matches("</table>").count());
}

#[test]
fn a_study_is_one_file() {
    let failed = Run {
        state: RunState::Failed { reason: "no <memory>".into() },
        metrics: Default::default(),
        ..trial(2, 3.0, 0.0)
    };
    let children = [trial(0, 1.0, 0.7), trial(1, 2.0, 0.8), failed, fit()];
    let pipeline = pipeline();
    let card = ModelCard::new(&CardFacts { fit: Some(fit()), ..CardFacts::of(&pipeline) });
    let study = study();
    let about = Reported::Study { study: &study, children: &children, card: Some(&card) };
    let html = report(&about, Some("reviews & more.csv"), MADE_MS);
    check_alone(&html);
    expect_file!["../../testdata/report_study.html"].assert_eq(&html);
}

#[test]
fn a_trial_is_one_file() {
    let run = trial(0, 1.0, 0.7);
    let html = report(&Reported::Run { run: &run, card: None }, None, MADE_MS);
    check_alone(&html);
    assert!(html.contains("Macro F1 of each fold") && html.contains("trial &lt;0&gt; (trial)"), "{html}");
}

#[test]
fn runs_are_compared_on_the_same_reviews() {
    let (pipeline, rows) = (pipeline(), test());
    let better = HeldOut { scores: rows.scores.iter().map(|score| score.abs()).collect(), ..test() };
    let other = HeldOut { docs: (8..16).collect(), ..test() };
    let one = fit();
    let two = Run {
        name: "#new".into(),
        params: [("C".to_owned(), ParamValue::Float(2.0))].into_iter().collect(),
        ..fit()
    };
    let three = Run { name: "elsewhere".into(), ..fit() };
    let compared = [
        ComparedRun { run: &one, tested: Some((&pipeline, &rows)) },
        ComparedRun { run: &two, tested: Some((&pipeline, &better)) },
        ComparedRun { run: &three, tested: Some((&pipeline, &other)) },
    ];
    let html = report(&Reported::Comparison(&compared), Some("reviews.csv"), MADE_MS);
    check_alone(&html);
    assert!(html.contains("may be luck") && html.contains("measured on different reviews"), "{html}");
    assert!(html.contains("Settings that differ") && html.contains(">#new</th>"), "{html}");
    expect_file!["../../testdata/report_comparison.html"].assert_eq(&html);
}

#[test]
fn a_comparison_of_too_many_says_so() {
    let run = fit();
    let compared = [ComparedRun { run: &run, tested: None }; MAX_COMPARED + 1];
    let html = report(&Reported::Comparison(&compared), None, MADE_MS);
    assert!(html.contains("The first 20 of 21 runs are compared."));
}
