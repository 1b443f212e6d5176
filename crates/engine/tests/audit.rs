//! What an audit finds in files made for it, and in a real one. The real one is skipped where it is absent.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::PathBuf;

use engine::audit::{
    Audit, AuditFix, AuditedDocs, Auditor, Finding, FindingKind, HeldOutView, Language, TextEdge,
};
use engine::dataset::{DatasetRecipe, Fix, LabelId, LabelMapping, guess_roles};
use engine::features::{self, Counting, VectorizerSpec};
use engine::models::{CrossValidator, ModelSpec};
use engine::pipeline::{FinalTask, PipelineSpec, fit_final_with};
use engine::split::{SplitKind, SplitPlan, SplitRows, SplitSpec, group_equal_texts};
use engine::table::{DETECT_BYTES, TableScan, detect_format, parse_number};
use engine::text::reference_cleaning;

fn recipe(bytes: &[u8]) -> DatasetRecipe {
    let format = detect_format(&bytes[..bytes.len().min(DETECT_BYTES)], bytes.len() as u64).unwrap();
    let mut scan = TableScan::new(&format, bytes.len() as u64).unwrap();
    scan.push(bytes).unwrap();
    let table = scan.finish().unwrap();
    let roles = guess_roles(&table).unwrap();
    let values = &table.columns[roles.label_column as usize].values;
    let ratings: Vec<f64> = values.iter().filter_map(|(value, _)| parse_number(value)).collect();
    DatasetRecipe::reference(&table, roles, LabelMapping::from_threshold(&ratings, 2.0))
}

fn audited(bytes: &[u8], recipe: &DatasetRecipe) -> AuditedDocs {
    let mut auditor = Auditor::new(recipe).expect("steps of every build");
    for chunk in bytes.chunks(1_000) {
        auditor.push(chunk).unwrap();
    }
    auditor.finish().unwrap()
}

fn finding(audit: &Audit, is_it: impl Fn(&FindingKind) -> bool) -> Option<&Finding> {
    audit.findings.iter().find(|finding| is_it(&finding.kind))
}

/// Forty plain rows of each side, and `more`.
fn file(more: &[(&str, &str)]) -> Vec<u8> {
    let things = ["racket", "grip", "string", "box", "shuttle", "bag", "net", "cork"];
    let mut text = String::from("text,rating\n");
    for row in 0..80 {
        let thing = things[row % 8];
        let (words, rating) =
            if row % 2 == 0 { ("works well and lasts", 5) } else { ("fell apart within days", 1) };
        text.push_str(&format!("the {thing} number{} {words},{rating}\n", "x".repeat(row / 8 + 1)));
    }
    more.iter().for_each(|(review, rating)| text.push_str(&format!("\"{review}\",{rating}\n")));
    text.into_bytes()
}

fn report(more: &[(&str, &str)]) -> Audit {
    let bytes = file(more);
    audited(&bytes, &recipe(&bytes)).report(&SplitSpec::reference(), None)
}

#[test]
fn a_plain_file_has_few_findings() {
    let kinds: Vec<FindingKind> = report(&[]).findings.into_iter().map(|finding| finding.kind).collect();
    let is_expected = |kind: &FindingKind| {
        matches!(
            kind,
            FindingKind::Giveaway { .. } | FindingKind::NearDuplicates { .. } | FindingKind::SameText { .. }
        )
    };
    assert!(kinds.iter().all(is_expected), "{kinds:?}");
}

#[test]
fn what_is_missing_or_empty_is_found() {
    let audit = report(&[("NA", "5"), ("5 !!!", "4"), ("??", "2")]);
    assert_eq!(finding(&audit, |kind| *kind == FindingKind::Missing).unwrap().n_rows, 1);
    let empty = finding(&audit, |kind| *kind == FindingKind::EmptyAfterCleaning).unwrap();
    assert_eq!((empty.n_rows, empty.examples[0].record), (2, 81));
    assert_eq!(empty.fix, Some(AuditFix::Repair { fix: Fix::DropEmpty }));
    let bytes = file(&[("NA", "5"), ("5 !!!", "4"), ("??", "2")]);
    let mut recipe = recipe(&bytes);
    empty.fix.as_ref().unwrap().apply_to_recipe(&mut recipe);
    let audit = audited(&bytes, &recipe).report(&SplitSpec::reference(), None);
    assert!(finding(&audit, |kind| *kind == FindingKind::EmptyAfterCleaning).is_none());
}

#[test]
fn repeats_are_found_whether_or_not_they_are_dropped() {
    let bytes = file(&[("truly one of a kind", "5"), ("truly one of a kind", "5")]);
    let mut recipe = recipe(&bytes);
    let is_repeat = |kind: &FindingKind| *kind == FindingKind::ExactRepeats;
    let dropped = audited(&bytes, &recipe).report(&SplitSpec::reference(), None);
    assert_eq!(
        finding(&dropped, is_repeat).map(|finding| (finding.n_rows, finding.fix.clone())),
        Some((1, None))
    );
    recipe.fixes.clear();
    let kept = audited(&bytes, &recipe).report(&SplitSpec::reference(), None);
    let found = finding(&kept, is_repeat).unwrap();
    assert_eq!((found.n_rows, found.examples[0].record), (1, 81));
    found.fix.as_ref().unwrap().apply_to_recipe(&mut recipe);
    assert_eq!(recipe.fixes, [Fix::DropRepeats]);
}

#[test]
fn one_text_with_two_labels_is_a_conflict() {
    let audit = report(&[("Quite a marvel!", "5"), ("quite a marvel", "1"), ("quite a MARVEL.", "5")]);
    let is_conflict = |kind: &FindingKind| matches!(kind, FindingKind::ConflictingLabels { n_texts: 1 });
    let found = finding(&audit, is_conflict).unwrap();
    assert_eq!(found.n_rows, 3);
    assert_eq!(found.fix, Some(AuditFix::Repair { fix: Fix::DropRows { records: vec![80, 81, 82] } }));
    let bytes = file(&[("Quite a marvel!", "5"), ("quite a marvel", "1"), ("quite a MARVEL.", "5")]);
    let mut recipe = recipe(&bytes);
    found.fix.as_ref().unwrap().apply_to_recipe(&mut recipe);
    let fixed = audited(&bytes, &recipe);
    assert_eq!((fixed.summary.n_left_out, fixed.summary.n_rows_kept), (3, 80));
    assert!(finding(&fixed.report(&SplitSpec::reference(), None), is_conflict).is_none());
}

#[test]
fn nearly_equal_texts_are_one_cluster_and_may_cross_a_split() {
    let letters = "abcdefghijklmnopqrst";
    let text = |topic: usize, last: &str| {
        let topic = &letters[topic..=topic];
        let words = ["parcel", "came", "torn", "seller", "sent", "another", "racket", "frame", "cracked"];
        let words: Vec<String> = words.iter().map(|word| format!("{word}{topic}{topic}")).collect();
        format!("{} {last}", words.join(" "))
    };
    let texts: Vec<String> = (0..20)
        .flat_map(|topic| [text(topic, "soon"), text(topic, "today"), text(topic, "weekend")])
        .collect();
    let more: Vec<(&str, &str)> = texts.iter().map(|text| (text.as_str(), "1")).collect();
    let audit = report(&more);
    let found = finding(&audit, |kind| matches!(kind, FindingKind::NearDuplicates { .. })).unwrap();
    let FindingKind::NearDuplicates { n_clusters, n_crossing } = found.kind else { unreachable!() };
    assert_eq!((n_clusters, found.n_rows), (20, 60));
    assert!(n_crossing.is_some_and(|n| (10..=30).contains(&n)), "{n_crossing:?}");
}

#[test]
fn stars_words_and_languages_are_found() {
    let mut more = vec![("I would give it 2 stars for that", "2"), ("4/5 from me", "4")];
    more.extend([("bahut accha hai bhai", "5"), ("ekdam bakwas hai yaar", "1"), ("yeh sahi hai bhai", "5")]);
    let audit = report(&more);
    assert_eq!(finding(&audit, |kind| *kind == FindingKind::StarsInText).unwrap().n_rows, 2);
    let others = finding(&audit, |kind| matches!(kind, FindingKind::LanguageMix { .. })).unwrap();
    let expected = vec![(Language::HindiInLatin, 3)];
    assert_eq!(others.kind, FindingKind::LanguageMix { main: Language::English, others: expected });
    let is_apart = |kind: &FindingKind| matches!(kind, FindingKind::Giveaway { word, .. } if word == "apart");
    let word = finding(&audit, is_apart).unwrap();
    let FindingKind::Giveaway { class, precision, support, .. } = word.kind.clone() else { unreachable!() };
    assert_eq!((class, precision, support), (LabelId(0), 1.0, 40.0 / 85.0));
    assert_eq!(word.effect, None, "it takes another reading to know");
    let fix = word.fix.as_ref().unwrap();
    let bytes = file(&more);
    let mut recipe = recipe(&bytes);
    fix.apply_to_recipe(&mut recipe);
    assert!(!audited(&bytes, &recipe).docs.words.contains(&"apart".to_owned()));
}

#[test]
fn a_rare_class_is_told() {
    let rare: Vec<(String, &str)> = (0..300)
        .map(|i| (format!("fine thing {} {}", "y".repeat(i % 50 + 1), "z".repeat(i / 50 + 1)), "5"))
        .collect();
    let rare: Vec<(&str, &str)> = rare.iter().map(|(text, rating)| (text.as_str(), *rating)).collect();
    let audit = report(&rare);
    let found = finding(&audit, |kind| matches!(kind, FindingKind::ClassImbalance { .. })).unwrap();
    let FindingKind::ClassImbalance { largest, smallest, .. } = found.kind.clone() else { unreachable!() };
    assert_eq!((largest, smallest, found.n_rows), (LabelId(1), LabelId(0), 40));
    assert_eq!(found.fix, Some(AuditFix::BalanceClasses));
}

/// The real file, or `None` after saying that the test is skipped.
fn real_file() -> Option<Vec<u8>> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let shared = std::env::var_os("REVIEWLAB_SHARED").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let bytes = std::fs::read(shared.join("data/flipkart_reviews.csv")).ok();
    if bytes.is_none() {
        println!("skipped: there is no {}", shared.join("data/flipkart_reviews.csv").display());
    }
    bytes
}

#[test]
fn the_real_file_ends_every_review_alike_and_repeats_itself() {
    let Some(bytes) = real_file() else { return };
    let read = audited(&bytes, &recipe(&bytes));
    let audit = read.report(&SplitSpec::reference(), None);
    assert_eq!(audit.n_rows_kept, 5_241);
    let end = finding(&audit, |kind| matches!(kind, FindingKind::Boilerplate { .. })).unwrap();
    assert_eq!(end.kind, FindingKind::Boilerplate { edge: TextEdge::End, text: "READ MORE".to_owned() });
    assert_eq!(end.n_rows, 5_241);
    let mut without = recipe(&bytes);
    end.fix.as_ref().unwrap().apply_to_recipe(&mut without);
    end.fix.as_ref().unwrap().apply_to_recipe(&mut without);
    let clean = audited(&bytes, &without);
    assert!(!clean.docs.words.iter().any(|word| word.ends_with("productread")));
    assert!(clean.docs.words.len() < read.docs.words.len());

    let same = finding(&audit, |kind| matches!(kind, FindingKind::SameText { .. })).unwrap();
    let FindingKind::SameText { n_repeats, n_crossing } = same.kind.clone() else { unreachable!() };
    assert_eq!((same.n_rows, n_repeats), (1_370, 1_078));
    assert!(n_crossing.is_some_and(|n| n > 100), "{n_crossing:?}");
    assert_eq!(same.fix, Some(AuditFix::Split { kind: SplitKind::Grouped }));

    // pandas 3.0 and a regular expression of the same rule: 4 star, 3 star, 10/10, 5star, 10 out of 10, …
    assert_eq!(finding(&audit, |kind| *kind == FindingKind::StarsInText).unwrap().n_rows, 16);

    // Comparing all pairs in Python finds none that share 0.7 of their words and pairs of words.
    assert!(finding(&audit, |kind| matches!(kind, FindingKind::NearDuplicates { .. })).is_none());

    let mut split = SplitSpec::reference();
    same.fix.as_ref().unwrap().apply_to_split(&mut split);
    let apart = read.report(&split, None);
    let same = finding(&apart, |kind| matches!(kind, FindingKind::SameText { .. })).unwrap();
    assert!(matches!(same.kind, FindingKind::SameText { n_crossing: Some(0), .. }), "{:?}", same.kind);
}

#[test]
fn held_out_predictions_show_effects_and_label_errors() {
    let Some(bytes) = real_file() else { return };
    let read = audited(&bytes, &recipe(&bytes));
    let groups = group_equal_texts(&read.docs);
    let rows = SplitRows { labels: &read.docs.labels, n_classes: 2, groups: &groups, times: &[] };
    let plan = SplitPlan::of_rows(rows, &SplitSpec::reference()).unwrap();
    let corpus = features::count(read.docs.clone(), 2, &Counting::words((1, 2), 2)).unwrap();
    let vectorizer: VectorizerSpec = serde_json::from_str(
        r#"{"ngram_range":[1,2],"sublinear_tf":true,"min_df":{"type":"count","value":3},
            "max_df":{"type":"share","value":0.9},"max_features":null}"#,
    )
    .unwrap();
    let model: ModelSpec =
        serde_json::from_str(r#"{"type":"LogisticRegression","C":1.0,"class_weight":"balanced"}"#).unwrap();
    let spec = PipelineSpec { cleaning: reference_cleaning(), vectorizer, model };
    let labels = ["negative", "positive"].map(str::to_owned);
    let task =
        FinalTask { counts: &corpus.counts, terms: &corpus.terms, plan: &plan, spec: &spec, labels: &labels };
    let mut validator = CrossValidator::new(&corpus.counts, &plan).unwrap();
    let fit = fit_final_with(&mut validator, task).unwrap();
    let answers = fit.held_out_answers();
    let view = HeldOutView {
        docs: &fit.held_out.docs,
        predicted: &answers.predicted,
        probabilities: &answers.probabilities,
    };
    let audit = read.report(&SplitSpec::reference(), Some(view));
    let same = finding(&audit, |kind| matches!(kind, FindingKind::SameText { .. })).unwrap();
    let effect = same.effect.unwrap();
    assert_eq!(effect.f1_macro, fit.held_out_metrics().f1_macro);
    assert!(effect.f1_macro_without < effect.f1_macro, "{effect:?}");
    let errors = finding(&audit, |kind| *kind == FindingKind::LabelErrors).unwrap();
    assert!((20..600).contains(&errors.n_rows), "{}", errors.n_rows);
    assert!(errors.effect.is_some_and(|effect| effect.f1_macro_without > effect.f1_macro));
    let written = serde_json::to_string(&audit).unwrap();
    assert_eq!(json::to_string(&audit), written);
    assert_eq!(serde_json::from_str::<Audit>(&written).unwrap(), audit);
}
