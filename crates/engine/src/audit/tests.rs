use super::boilerplate::EdgeWatch;
use super::*;

#[rustfmt::skip]
const TWO: [f64; 48] = [
    0.826, 0.174, 0.798, 0.202, 0.507, 0.493, 0.5, 0.5, 0.426, 0.574, 0.538, 0.462, 0.446, 0.554, 0.824, 0.176,
    0.5, 0.5, 0.875, 0.125, 0.063, 0.937, 0.305, 0.695, 0.772, 0.228, 0.285, 0.715, 0.36, 0.64, 0.096, 0.904,
    0.488, 0.512, 0.925, 0.075, 0.5, 0.5, 0.151, 0.849, 0.947, 0.053, 0.502, 0.498, 0.938, 0.062, 0.586, 0.414,
];
#[rustfmt::skip]
const THREE: [f64; 72] = [
    0.626, 0.036, 0.338, 0.301, 0.467, 0.232, 0.167, 0.033, 0.8, 0.033, 0.468, 0.499, 0.084, 0.714, 0.202,
    0.871, 0.026, 0.103, 0.005, 0.83, 0.165, 0.236, 0.761, 0.003, 0.269, 0.501, 0.23, 0.695, 0.244, 0.061,
    0.187, 0.363, 0.45, 0.115, 0.707, 0.178, 0.174, 0.312, 0.514, 0.029, 0.959, 0.012, 0.538, 0.461, 0.001,
    0.099, 0.47, 0.431, 0.829, 0.14, 0.031, 0.454, 0.275, 0.271, 0.157, 0.057, 0.786, 0.038, 0.696, 0.266,
    0.169, 0.52, 0.311, 0.232, 0.27, 0.498, 0.139, 0.701, 0.16, 0.164, 0.208, 0.628,
];

#[track_caller]
fn check_errors(labels: &[u8], probabilities: &[f64], expected: &[u32]) {
    let n_classes = probabilities.len() / labels.len();
    let labels: Vec<LabelId> = labels.iter().map(|&class| LabelId(class)).collect();
    let errors = label_errors(&labels, probabilities, n_classes);
    assert_eq!(errors.iter().map(|error| error.place).collect::<Vec<_>>(), expected);
    assert!(errors.iter().all(|error| error.likely != error.given && error.margin < 0.0));
}

// cleanlab 2.9.0: find_label_issues(labels, pred_probs, filter_by="confident_learning",
// return_indices_ranked_by="normalized_margin")
#[test]
fn label_errors_are_cleanlabs() {
    let two = [0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 0, 0, 0, 0, 1];
    check_errors(&two, &TWO, &[17, 9, 19, 1, 6]);
    let three = [0, 1, 2, 2, 1, 0, 1, 0, 1, 2, 1, 0, 1, 0, 1, 1, 0, 0, 2, 1, 1, 2, 1, 2];
    check_errors(&three, &THREE, &[13, 9, 11, 7, 14]);
    check_errors(&[0, 1], &[0.9, 0.1, 0.2, 0.8], &[]);
}

#[track_caller]
fn check_edge(edge: TextEdge, texts: &[&str], expected: Option<(&str, u64)>) {
    let mut watch = EdgeWatch::new(edge);
    // Repeated beyond one window, so that rows of later ones are counted, too.
    for (record, text) in (0_u64..).zip(texts.iter().cycle().take(texts.len() * 200)) {
        watch.see(record, text);
    }
    watch.finish();
    let found = watch.found();
    let found = found.as_ref().map(|found| (found.text.as_str(), found.n_rows / 200));
    assert_eq!(found, expected);
}

#[test]
fn boilerplate_is_what_most_texts_share_and_no_more() {
    let texts = ["Good.READ MORE", "Nice oneREAD MORE ", "Bad.READ MORE", "so so.READ MORE"];
    check_edge(TextEdge::End, &texts, Some(("READ MORE", 4)));
    check_edge(
        TextEdge::End,
        &["Good.READ MORE", "badREAD MORE", "fine", "okREAD MORE"],
        Some(("READ MORE", 3)),
    );
    check_edge(TextEdge::Start, &["Review: good", "Review: bad", "Review: ok"], Some(("Review:", 3)));
    check_edge(TextEdge::End, &["good product", "bad thing", "a nice racket", "broke"], None);
    check_edge(TextEdge::End, &["good...", "bad...", "so so..."], None);
    check_edge(TextEdge::End, &["", ""], None);
}

#[test]
fn a_fix_changes_what_it_is_about() {
    let mut split = SplitSpec::reference();
    AuditFix::Split { kind: SplitKind::Grouped }.apply_to_split(&mut split);
    assert_eq!(split.kind, SplitKind::Grouped);
    let text =
        serde_json::to_string(&AuditFix::Repair { fix: Fix::DropRows { records: vec![3, 5] } }).unwrap();
    assert_eq!(text, r#"{"type":"repair","fix":{"type":"drop_rows","records":[3,5]}}"#);
    assert_eq!(json::from_str::<AuditFix>(&text).unwrap(), serde_json::from_str(&text).unwrap());
}

#[test]
fn an_example_is_cut_at_a_character() {
    assert_eq!(Example::new(0, &"ü".repeat(500)).text.chars().count(), MAX_EXAMPLE_CHARS + 1);
    assert_eq!(Example::new(0, "short").text, "short");
}
