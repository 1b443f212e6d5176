use super::*;
use crate::num::RandomStream;

fn labels(classes: &[u8]) -> Vec<LabelId> {
    classes.iter().map(|&class| LabelId(class)).collect()
}

/// What scikit-learn 1.9.1 says of a table: `accuracy_score`, `matthews_corrcoef`,
/// `precision_recall_fscore_support(zero_division=0)` by class, macro and weighted, `roc_auc_score` (macro
/// one-vs-rest beyond two classes), `average_precision_score`, `brier_score_loss`, `log_loss`. The calibration
/// error is numpy's of the same definition.
struct Expected<'a> {
    accuracy: f64,
    mcc: f64,
    by_class: [&'a [f64]; 3],
    macro_scores: [f64; 3],
    weighted_scores: [f64; 3],
    roc_auc: Option<f64>,
    average_precision: Option<f64>,
    brier: f64,
    log_loss: f64,
    calibration_error: f64,
}

#[track_caller]
fn near(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= 1e-15 + 1e-14 * expected.abs(), "{what}: {found} is not {expected}");
}

impl Expected<'_> {
    #[track_caller]
    fn check(&self, truth: &[u8], predicted: &[u8], probabilities: &[f64]) {
        let n_classes = probabilities.len() / truth.len();
        let second: Vec<f64> = probabilities.iter().skip(1).step_by(n_classes).copied().collect();
        let score = (n_classes == 2).then_some(second.as_slice());
        let found = evaluate(&labels(truth), predicted, n_classes, score, Some(probabilities));
        near(found.accuracy, self.accuracy, "accuracy");
        near(found.mcc, self.mcc, "mcc");
        for (found, expected) in [&found.precision, &found.recall, &found.f1].iter().zip(self.by_class) {
            found.iter().zip(expected).for_each(|(found, expected)| near(*found, *expected, "of a class"));
        }
        for (found, expected) in
            [(found.macro_scores(), self.macro_scores), (found.weighted_scores(), self.weighted_scores)]
        {
            near(found.precision, expected[0], "mean precision");
            near(found.recall, expected[1], "mean recall");
            near(found.f1, expected[2], "mean f1");
        }
        near(found.f1_macro, self.macro_scores[2], "f1_macro");
        near(found.f1_weighted, self.weighted_scores[2], "f1_weighted");
        assert_eq!(found.roc_auc.is_some(), self.roc_auc.is_some());
        near(found.roc_auc.unwrap_or(0.0), self.roc_auc.unwrap_or(0.0), "roc_auc");
        assert_eq!(found.average_precision.is_some(), self.average_precision.is_some());
        let average_precision = self.average_precision.unwrap_or(0.0);
        near(found.average_precision.unwrap_or(0.0), average_precision, "average_precision");
        near(found.brier.unwrap(), self.brier, "brier");
        near(found.log_loss.unwrap(), self.log_loss, "log_loss");
        near(found.calibration_error.unwrap(), self.calibration_error, "calibration_error");
    }
}

const TRUTH: [u8; 12] = [1, 1, 0, 1, 0, 0, 1, 1, 0, 1, 1, 1];
const SCORE: [f64; 12] = [0.9, 0.5, 0.5, 0.55, 0.1, 0.3, 0.3, 0.85, 0.6, 0.2, 0.7, 0.5];

fn two_columns(second: &[f64]) -> Vec<f64> {
    second.iter().flat_map(|&p| [1.0 - p, p]).collect()
}

#[test]
fn two_classes_with_ties_are_measured_as_scikit_learn_does() {
    Expected {
        accuracy: 0.5833333333333334,
        mcc: 0.23904572186687872,
        by_class: [&[0.42857142857142855, 0.8], &[0.75, 0.5], &[0.5454545454545454, 0.6153846153846154]],
        macro_scores: [0.6142857142857143, 0.625, 0.5804195804195804],
        weighted_scores: [0.6761904761904761, 0.5833333333333334, 0.5920745920745921],
        roc_auc: Some(0.703125),
        average_precision: Some(0.8409090909090909),
        brier: 0.2220833333333333,
        log_loss: 0.6244641533133783,
        calibration_error: 0.1583333333333333,
    }
    .check(&TRUTH, &SCORE.map(|p| u8::from(p > 0.5)), &two_columns(&SCORE));
}

#[test]
fn a_class_never_predicted_has_scores_of_0() {
    Expected {
        accuracy: 0.6666666666666666,
        mcc: 0.0,
        by_class: [&[0.0, 0.6666666666666666], &[0.0, 1.0], &[0.0, 0.8]],
        macro_scores: [0.3333333333333333, 0.5, 0.4],
        weighted_scores: [0.4444444444444444, 0.6666666666666666, 0.5333333333333333],
        roc_auc: Some(0.703125),
        average_precision: Some(0.8409090909090909),
        brier: 0.2220833333333333,
        log_loss: 0.6244641533133783,
        calibration_error: 0.20833333333333334,
    }
    .check(&TRUTH, &[1; 12], &two_columns(&SCORE));
}

#[test]
fn a_class_without_rows_follows_scikit_learn() {
    Expected {
        accuracy: 0.75,
        mcc: 0.0,
        by_class: [&[1.0, 0.0], &[0.75, 0.0], &[0.8571428571428571, 0.0]],
        macro_scores: [0.5, 0.375, 0.42857142857142855],
        weighted_scores: [1.0, 0.75, 0.8571428571428571],
        roc_auc: None,
        average_precision: Some(0.0),
        brier: 0.11249999999999999,
        log_loss: 0.3669845875401002,
        calibration_error: 0.27499999999999997,
    }
    .check(&[0; 4], &[0, 1, 0, 0], &two_columns(&[0.2, 0.6, 0.1, 0.2]));
}

#[test]
fn scores_that_are_all_equal_tell_nothing() {
    Expected {
        accuracy: 0.5,
        mcc: 0.0,
        by_class: [&[0.5, 0.0], &[1.0, 0.0], &[0.6666666666666666, 0.0]],
        macro_scores: [0.25, 0.5, 0.3333333333333333],
        weighted_scores: [0.25, 0.5, 0.3333333333333333],
        roc_auc: Some(0.5),
        average_precision: Some(0.5),
        brier: 0.25,
        log_loss: std::f64::consts::LN_2,
        calibration_error: 0.0,
    }
    .check(&[0, 1, 1, 0], &[0; 4], &[0.5; 8]);
}

#[rustfmt::skip]
const THREE_CLASSES: [f64; 30] = [
    0.27, 0.42, 0.31, 0.33, 0.23, 0.43999999999999995, 0.09, 0.36, 0.55, 0.17, 0.56, 0.2699999999999999,
    0.24, 0.74, 0.020000000000000018, 0.05, 0.01, 0.94, 0.2, 0.28, 0.52, 0.43, 0.17, 0.4,
    0.1, 0.78, 0.12, 0.69, 0.18, 0.13000000000000006,
];

#[test]
fn three_classes_are_measured_as_scikit_learn_does() {
    Expected {
        accuracy: 0.3,
        mcc: -0.09525009525014287,
        by_class: [
            &[0.0, 0.25, 0.5],
            &[0.0, 0.3333333333333333, 0.4],
            &[0.0, 0.2857142857142857, 0.4444444444444444],
        ],
        macro_scores: [0.25, 0.24444444444444446, 0.24338624338624337],
        weighted_scores: [0.325, 0.3, 0.30793650793650795],
        roc_auc: Some(0.3936904761904762),
        average_precision: Some(0.37605820105820104),
        brier: 0.8869,
        log_loss: 1.4569384651185184,
        calibration_error: 0.38099999999999995,
    }
    .check(&[0, 1, 2, 2, 1, 0, 2, 1, 2, 2], &[1, 2, 2, 1, 1, 2, 2, 0, 1, 0], &THREE_CLASSES);
}

#[test]
fn a_class_of_three_without_rows_counts_where_it_is_predicted() {
    Expected {
        accuracy: 0.16666666666666666,
        mcc: -0.16666666666666666,
        by_class: [
            &[0.0, 0.3333333333333333, 0.0],
            &[0.0, 0.3333333333333333, 0.0],
            &[0.0, 0.3333333333333333, 0.0],
        ],
        macro_scores: [0.1111111111111111, 0.1111111111111111, 0.1111111111111111],
        weighted_scores: [0.16666666666666666, 0.16666666666666666, 0.16666666666666666],
        roc_auc: None,
        average_precision: None,
        brier: 0.9013666666666665,
        log_loss: 1.4782424576407456,
        calibration_error: 0.5283333333333333,
    }
    .check(&[0, 1, 1, 0, 1, 0], &[1, 2, 2, 1, 1, 2], &THREE_CLASSES[..18]);
}

// sklearn 1.9.1: roc_curve(y, score, drop_intermediate=…), false positive rate, true positive rate, threshold.
#[test]
fn roc_curves_have_scikit_learns_points() {
    let positive = TRUTH.map(|class| class == 1);
    let points = |points| {
        let curve = roc_curve(&positive, &SCORE, points).unwrap();
        curve.iter().map(|p| (p.false_positive_rate, p.true_positive_rate, p.threshold)).collect::<Vec<_>>()
    };
    let corners = [
        (0.0, 0.0, None),
        (0.0, 0.125, Some(0.9)),
        (0.0, 0.375, Some(0.7)),
        (0.25, 0.375, Some(0.6)),
        (0.25, 0.5, Some(0.55)),
        (0.5, 0.75, Some(0.5)),
        (0.75, 0.875, Some(0.3)),
        (0.75, 1.0, Some(0.2)),
        (1.0, 1.0, Some(0.1)),
    ];
    assert_eq!(points(CurvePoints::Corners), corners);
    let mut all = corners.to_vec();
    all.insert(2, (0.0, 0.25, Some(0.85)));
    assert_eq!(points(CurvePoints::All), all);
    assert_eq!(roc_curve(&[true; 3], &[0.1, 0.2, 0.3], CurvePoints::All), None);
    assert_eq!(roc_curve(&[], &[], CurvePoints::All), None);
}

#[track_caller]
fn check_precision_recall(positive: &[bool], score: &[f64], points: CurvePoints, expected: [&[f64]; 3]) {
    let curve = precision_recall_curve(positive, score, points);
    let precision: Vec<f64> = curve.iter().map(|point| point.precision).collect();
    let recall: Vec<f64> = curve.iter().map(|point| point.recall).collect();
    let thresholds: Vec<f64> = curve.iter().filter_map(|point| point.threshold).collect();
    assert_eq!([precision.as_slice(), &recall, &thresholds], expected);
}

// sklearn 1.9.1: precision_recall_curve(y, score, drop_intermediate=…)
#[test]
fn precision_recall_curves_have_scikit_learns_points() {
    let (precision, recall): (Vec<f64>, Vec<f64>) = [
        (0.6666666666666666, 1.0),
        (0.7272727272727273, 1.0),
        (0.7, 0.875),
        (0.75, 0.75),
        (0.8, 0.5),
        (0.75, 0.375),
        (1.0, 0.375),
        (1.0, 0.25),
        (1.0, 0.125),
        (1.0, 0.0),
    ]
    .into_iter()
    .unzip();
    let thresholds = [0.1, 0.2, 0.3, 0.5, 0.55, 0.6, 0.7, 0.85, 0.9];
    let positive = TRUTH.map(|class| class == 1);
    check_precision_recall(&positive, &SCORE, CurvePoints::All, [&precision, &recall, &thresholds]);
    check_precision_recall(
        &[false; 4],
        &[0.2, 0.6, 0.1, 0.2],
        CurvePoints::All,
        [&[0.0, 0.0, 0.0, 1.0], &[1.0, 1.0, 1.0, 0.0], &[0.1, 0.2, 0.6]],
    );
    check_precision_recall(
        &[true, true, false, false, false, true, false],
        &[0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3],
        CurvePoints::Corners,
        [
            &[0.42857142857142855, 0.5, 0.4, 1.0, 1.0, 1.0],
            &[1.0, 1.0, 0.6666666666666666, 0.6666666666666666, 0.3333333333333333, 0.0],
            &[0.3, 0.4, 0.5, 0.8, 0.9],
        ],
    );
    check_precision_recall(&[], &[], CurvePoints::All, [&[], &[], &[]]);
}

#[test]
fn calibration_curves_are_scikit_learns() {
    // sklearn 1.9.1: calibration_curve(y, p, n_bins=10), the empty bins left out.
    let curve = calibration_curve(&SCORE, &TRUTH.map(|class| class == 1));
    let filled: Vec<(f64, f64)> =
        curve.iter().filter(|bin| bin.n_rows > 0).map(|bin| (bin.share_true, bin.mean_probability)).collect();
    let expected = [
        (0.0, 0.1),
        (1.0, 0.2),
        (0.5, 0.3),
        (0.6666666666666666, 0.5),
        (0.5, 0.575),
        (1.0, 0.7),
        (1.0, 0.875),
    ];
    for (found, expected) in filled.iter().zip(expected) {
        near(found.0, expected.0, "share");
        near(found.1, expected.1, "mean");
    }
    assert_eq!(filled.len(), expected.len());
}

#[test]
fn an_interval_is_what_the_bootstrap_of_rows_gives() {
    // scipy 1.17.1: bootstrap of f1_score(average="macro"), paired, method="percentile", n_resamples=4000,
    // rng 0: 0.75956 to 0.80519. Two draws of 4,000 differ by about 0.001 at an end.
    let spec = IntervalSpec { level: 0.95, n_resamples: 4_000, seed: 7 };
    let confusion = vec![vec![300, 120], vec![153, 1000]];
    let found = bootstrap_f1_macro(&confusion, &spec).unwrap();
    assert!((found.low - 0.75956).abs() < 0.002 && (found.high - 0.80519).abs() < 0.002, "{found:?}");
    assert_eq!(bootstrap_f1_macro(&confusion, &spec), Some(found));
    assert_ne!(bootstrap_f1_macro(&confusion, &IntervalSpec { seed: 8, ..spec }), Some(found));
    assert_eq!(bootstrap_f1_macro(&[vec![0, 0], vec![0, 0]], &spec), None);
    assert_eq!(bootstrap_f1_macro(&confusion, &IntervalSpec { level: 1.0, ..spec }), None);
}

#[test]
fn an_interval_is_what_drawing_rows_gives() {
    let confusion = [[30_u64, 5, 9], [4, 17, 6], [1, 0, 28]];
    let rows: Vec<usize> =
        (0..9).flat_map(|cell| std::iter::repeat_n(cell, confusion[cell / 3][cell % 3] as usize)).collect();
    let mut stream = RandomStream::new("rows", &[]);
    let mut scores: Vec<f64> = (0..4_000)
        .map(|_| {
            let mut drawn = [0; 9];
            rows.iter().for_each(|_| drawn[rows[stream.below(rows.len() as u64) as usize]] += 1);
            f1_macro(&drawn, 3)
        })
        .collect();
    scores.sort_by(f64::total_cmp);
    let spec = IntervalSpec { level: 0.9, n_resamples: 4_000, seed: 1 };
    let found = bootstrap_f1_macro(&confusion.map(|row| row.to_vec()), &spec).unwrap();
    let (low, high) = (scores[200], scores[3_799]);
    assert!((found.low - low).abs() < 0.008 && (found.high - high).abs() < 0.008, "{found:?} {low} {high}");
}

/// Rows of the cells (true class, first, second), row-major.
fn rows_of_cells(cells: &[u64], n_classes: usize) -> (Vec<LabelId>, Vec<u8>, Vec<u8>) {
    let (mut truth, mut first, mut second) = (Vec::new(), Vec::new(), Vec::new());
    for (cell, n_rows) in cells.iter().enumerate() {
        for _ in 0..*n_rows {
            truth.push(LabelId((cell / (n_classes * n_classes)) as u8));
            first.push((cell / n_classes % n_classes) as u8);
            second.push((cell % n_classes) as u8);
        }
    }
    (truth, first, second)
}

// scipy 1.17.1: bootstrap((t, a, b), lambda t, a, b: f1_score(t, b, average="macro") - f1_score(t, a,
// average="macro"), paired=True, method="percentile", n_resamples=10000, rng=default_rng(0)), f1_score of
// scikit-learn 1.9.1. Two draws of 10,000 differ by about 0.001 at an end.
#[test]
fn a_paired_interval_is_what_the_bootstrap_of_rows_gives() {
    let spec = IntervalSpec { level: 0.95, n_resamples: 10_000, seed: 7 };
    let (truth, first, second) = rows_of_cells(&[60, 9, 14, 37, 8, 12, 31, 229], 2);
    let found = paired_bootstrap_f1_macro(&truth, (&first, &second), 2, &spec).unwrap();
    near(found.first, 0.7700758587747634, "first");
    near(found.second, 0.7426406582343634, "second");
    let F1Interval { low, high } = found.difference;
    assert!((low + 0.07521).abs() < 0.002 && (high - 0.02060).abs() < 0.002, "{found:?}");
    assert!((found.second_better - 0.12895).abs() < 0.012, "{found:?}");
    assert_eq!(paired_bootstrap_f1_macro(&truth, (&first, &second), 2, &spec), Some(found));
    let other = paired_bootstrap_f1_macro(&truth, (&first, &second), 2, &IntervalSpec { seed: 8, ..spec });
    assert_ne!(other, Some(found));
    let swapped = paired_bootstrap_f1_macro(&truth, (&second, &first), 2, &spec).unwrap();
    assert!((swapped.difference.low + high).abs() < 0.002, "{swapped:?}");
    let three = [30, 4, 2, 3, 9, 1, 2, 0, 6, 5, 3, 0, 4, 41, 5, 1, 2, 4, 2, 1, 3, 0, 6, 4, 1, 7, 52];
    let (truth, first, second) = rows_of_cells(&three, 3);
    let found = paired_bootstrap_f1_macro(&truth, (&first, &second), 3, &spec).unwrap();
    near(found.first, 0.730745621392023, "first");
    near(found.second, 0.7015250544662309, "second");
    let F1Interval { low, high } = found.difference;
    assert!((low + 0.09119).abs() < 0.003 && (high - 0.03371).abs() < 0.003, "{found:?}");
    assert!((found.second_better - 0.1851).abs() < 0.015, "{found:?}");
}

#[test]
fn a_paired_interval_of_one_prediction_twice_is_nothing() {
    let spec = IntervalSpec { level: 0.95, n_resamples: 100, seed: 7 };
    let (truth, first, _) = rows_of_cells(&[6, 0, 0, 3, 8, 0, 0, 22], 2);
    let found = paired_bootstrap_f1_macro(&truth, (&first, &first), 2, &spec).unwrap();
    assert_eq!((found.difference.low, found.difference.high, found.second_better), (0.0, 0.0, 0.5));
    assert_eq!(paired_bootstrap_f1_macro(&[], (&[], &[]), 2, &spec), None);
    let no_level = IntervalSpec { level: 1.0, ..spec };
    assert_eq!(paired_bootstrap_f1_macro(&truth, (&first, &first), 2, &no_level), None);
}
