//! Scores in, probabilities out.

use json::{FromJson, ToJson};
use kernels::fit_platt;
use serde::{Deserialize, Serialize};

use super::{Calibration, fit_isotonic};
use crate::dataset::LabelId;
use crate::models::FittedModel;

/// `1 / (1 + exp(-x))`.
fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + libm::exp(-x))
    } else {
        let grown = libm::exp(x);
        grown / (1.0 + grown)
    }
}

/// How scores become probabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum CalibrationMethod {
    /// The model's own probabilities; Platt's sigmoid where it has none.
    #[default]
    Own,
    /// Platt's sigmoid.
    Platt,
    /// Isotonic regression: any rising curve. Wants about a thousand rows.
    Isotonic,
}

/// Fits a calibration on scores by fits that did not see the row, one against the rest for each score.
/// Shapes: `scores`: n_rows x n_scores row-major; `truth`: n_rows.
pub fn fit_calibration(
    method: CalibrationMethod,
    scores: &[f64],
    n_scores: usize,
    truth: &[LabelId],
) -> Calibration {
    let sides = |score: usize| {
        let class = LabelId(if n_scores == 1 { 1 } else { score as u8 });
        let positive: Vec<bool> = truth.iter().map(|&label| label == class).collect();
        let of_score: Vec<f64> = scores.iter().skip(score).step_by(n_scores).copied().collect();
        (of_score, positive)
    };
    let sides = (0..n_scores).map(sides);
    match method {
        CalibrationMethod::Own => Calibration::Own,
        CalibrationMethod::Platt => Calibration::Platt {
            sigmoids: sides.map(|(scores, positive)| fit_platt(&scores, &positive)).collect(),
        },
        CalibrationMethod::Isotonic => Calibration::Isotonic {
            curves: sides.map(|(scores, positive)| fit_isotonic(&scores, &positive)).collect(),
        },
    }
}

/// Appends the probability of each class to `out`. Calibrated scores, and a linear model's own sigmoids, are
/// one against the rest and divided by their sum beyond two classes (scikit-learn's `CalibratedClassifierCV`
/// and `OneVsRestClassifier`); those of naive Bayes and multinomial logistic regression are a softmax, a
/// forest's and a baseline's the scores themselves. Where all are 0, all are equally likely.
pub fn probabilities(model: &FittedModel, calibration: &Calibration, scores: &[f64], out: &mut Vec<f64>) {
    let is_share = matches!(model, FittedModel::Forest(_) | FittedModel::Constant { .. });
    let sided = |(score, &value): (usize, &f64)| match calibration {
        Calibration::Own => sigmoid(value),
        Calibration::Platt { sigmoids } => sigmoid(-(sigmoids[score].0 * value + sigmoids[score].1)),
        Calibration::Isotonic { curves } => curves[score].at(value),
    };
    if let [score] = *scores {
        let is_own_share = is_share && *calibration == Calibration::Own;
        let second = if is_own_share { (score + 0.5).clamp(0.0, 1.0) } else { sided((0, &score)) };
        out.extend([1.0 - second, second]);
        return;
    }
    let begin = out.len();
    match (calibration, model) {
        (Calibration::Own, _) if is_share => out.extend_from_slice(scores),
        (
            Calibration::Own,
            FittedModel::NaiveBayes { .. } | FittedModel::ComplementNb { .. } | FittedModel::Softmax { .. },
        ) => {
            let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            out.extend(scores.iter().map(|score| libm::exp(score - highest)));
        }
        _ => out.extend(scores.iter().enumerate().map(sided)),
    }
    let sum: f64 = out[begin..].iter().sum();
    let n_classes = scores.len() as f64;
    out[begin..].iter_mut().for_each(|p| *p = if sum > 0.0 { *p / sum } else { 1.0 / n_classes });
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRUTH: [u8; 15] = [2, 2, 1, 1, 0, 0, 2, 1, 2, 0, 1, 2, 1, 0, 0];
    #[rustfmt::skip]
    const THREE_SCORES: [f64; 45] = [
        -0.6, 0.6, 1.8, -1.1, 0.6, 1.4, 0.4, 1.8, -1.2, 0.4, 0.9, 1.5, 2.2, 0.0, -1.0, 1.6, 0.2, -1.2, 2.2, 0.4,
        3.2, -1.1, 3.1, -1.4, -0.7, 0.5, 1.5, -0.9, -1.1, 0.8, 2.1, 2.4, -0.3, 0.8, -1.1, 2.0, -1.3, 1.5, -0.1,
        2.3, -0.3, 1.2, 1.3, 0.8, 0.8,
    ];

    #[track_caller]
    fn check_three(method: CalibrationMethod, tolerance: f64, expected: [[f64; 3]; 4]) {
        let calibration = fit_calibration(method, &THREE_SCORES, 3, &TRUTH.map(LabelId));
        let model = FittedModel::NaiveBayes { feature_log_prob: Vec::new(), class_log_prior: Vec::new() };
        let asked = [[-5.0, -5.0, -5.0], [0.2, 0.1, -0.4], [3.0, 0.5, -2.0], [-1.0, 2.5, 0.3]];
        for (scores, expected) in asked.iter().zip(expected) {
            let mut found = Vec::new();
            probabilities(&model, &calibration, scores, &mut found);
            let worst = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(worst < tolerance, "{found:?} is not {expected:?}");
        }
    }

    // sklearn 1.9.1: _SigmoidCalibration and IsotonicRegression(out_of_bounds="clip") of each class against the
    // rest, divided by their sum as _CalibratedClassifier.predict_proba does.
    #[test]
    fn three_classes_are_calibrated_as_scikit_learn_does() {
        check_three(
            CalibrationMethod::Platt,
            3e-6,
            [
                [0.9880389064361683, 0.0008801034671008659, 0.011080990096730758],
                [0.5787137887640927, 0.24721229390371757, 0.17407391733218974],
                [0.738782444806154, 0.2477019795329859, 0.01351557566086002],
                [0.1368113428605671, 0.7135243702732282, 0.14966428686620467],
            ],
        );
        let third = 1.0 / 3.0;
        check_three(
            CalibrationMethod::Isotonic,
            1e-15,
            [
                [third, third, third],
                [1.0, 0.0, 0.0],
                [1.0, 0.0, 0.0],
                [0.07692307692307696, 0.9230769230769229, 0.0],
            ],
        );
    }
}
