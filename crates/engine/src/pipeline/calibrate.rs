//! Scores in, probabilities out.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use super::{Calibration, fit_isotonic};
use crate::dataset::LabelId;
use crate::models::FittedModel;
use crate::num::lanes::{F64s, LANES};

/// Most Newton steps of a sigmoid's fit.
const MAX_STEPS: u32 = 100;
/// Shortest step of its line search.
const MIN_STEP: f64 = 1e-10;
/// Added to the diagonal of its Hessian.
const RIDGE: f64 = 1e-12;
/// Gradient at which it is done.
const GRADIENT_ENOUGH: f64 = 1e-6;

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

/// Fits Platt's sigmoid `1 / (1 + exp(a s + b))` to scores and their sides.
///
/// Maximum likelihood with the targets `(n_positive + 1) / (n_positive + 2)` and `1 / (n_negative + 2)`, by
/// Newton's method with backtracking: Lin, Lin and Weng, "A note on Platt's probabilistic outputs for
/// support vector machines", 2007, appendix C.
pub fn fit_platt(scores: &[f64], positive: &[bool]) -> (f64, f64) {
    let n_positive = positive.iter().filter(|&&positive| positive).count() as f64;
    let n_negative = positive.len() as f64 - n_positive;
    let (high, low) = ((n_positive + 1.0) / (n_positive + 2.0), 1.0 / (n_negative + 2.0));
    let targets: Vec<f64> = positive.iter().map(|&side| if side { high } else { low }).collect();
    let (mut a, mut b) = (0.0, libm::log((n_negative + 1.0) / (n_positive + 1.0)));
    let mut here = Likelihood::at(scores, &targets, a, b);
    for _ in 0..MAX_STEPS {
        let [slope_a, slope_b, bend_aa, bend_ab, bend_bb] = here.derivatives;
        if slope_a.abs() < GRADIENT_ENOUGH && slope_b.abs() < GRADIENT_ENOUGH {
            break;
        }
        let determinant = bend_aa * bend_bb - bend_ab * bend_ab;
        let step_a = -(bend_bb * slope_a - bend_ab * slope_b) / determinant;
        let step_b = -(bend_aa * slope_b - bend_ab * slope_a) / determinant;
        let descent = slope_a * step_a + slope_b * step_b;
        let mut length = 1.0;
        while length >= MIN_STEP {
            let (next_a, next_b) = (a + length * step_a, b + length * step_b);
            let next = Likelihood::at(scores, &targets, next_a, next_b);
            if next.loss < here.loss + 1e-4 * length * descent {
                (a, b, here) = (next_a, next_b, next);
                break;
            }
            length /= 2.0;
        }
        if length < MIN_STEP {
            break;
        }
    }
    (a, b)
}

/// The likelihood of a sigmoid, six rows at a time.
struct Likelihood {
    /// Its negative logarithm.
    loss: f64,
    /// Derivatives of that by a and b, and second ones by aa, ab, bb.
    derivatives: [f64; 5],
}

impl Likelihood {
    fn at(scores: &[f64], targets: &[f64], a: f64, b: f64) -> Self {
        let (zero, one) = (F64s::default(), F64s::splat(1.0));
        let mut loss = zero;
        let mut sums = [zero; 5];
        for (scores, targets) in scores.chunks(LANES).zip(targets.chunks(LANES)) {
            let padded = |values: &[f64]| {
                F64s::from_array(std::array::from_fn(|lane| values.get(lane).copied().unwrap_or(0.0)))
            };
            let counts =
                F64s::from_array(std::array::from_fn(|lane| f64::from(u8::from(lane < scores.len()))));
            let (score, target) = (padded(scores), padded(targets));
            let fit = score * a + F64s::splat(b);
            let decay = (-fit.abs()).exp_negative();
            let near = one / (one + decay);
            let p = fit.choose_above(zero, decay * near, near);
            loss += (target * fit + (-fit).where_above(zero, zero) + (one + decay).ln_positive()) * counts;
            let (slope, bend) = ((target - p) * counts, p * (one - p) * counts);
            for (sum, term) in
                sums.iter_mut().zip([score * slope, slope, score * score * bend, score * bend, bend])
            {
                *sum += term;
            }
        }
        let total = |lanes: F64s| lanes.to_array().iter().sum::<f64>();
        let [by_a, by_b, aa, ab, bb] = sums.map(total);
        Self { loss: total(loss), derivatives: [by_a, by_b, aa + RIDGE, ab, bb + RIDGE] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCORES: [f64; 12] = [-1.2, 0.3, 0.3, -0.4, 2.0, 1.1, 0.9, -0.4, -2.5, 0.0, 1.5, -0.1];
    const POSITIVE: [bool; 12] =
        [false, true, false, true, true, true, false, false, false, true, true, false];

    #[test]
    fn a_sigmoid_is_scikit_learns() {
        let (a, b) = fit_platt(&SCORES, &POSITIVE);
        // sklearn 1.9.1: _SigmoidCalibration().fit(scores, y), which stops at a gradient of 1e-6.
        assert!((a + 0.8422677433234553).abs() < 1e-6 && (b - 0.13328415371677466).abs() < 1e-6, "{a} {b}");
        // scipy 1.17.1: minimize of the same loss, method="Nelder-Mead", xatol=1e-13.
        assert!((a + 0.8422676964319902).abs() < 1e-7 && (b - 0.13328422000753948).abs() < 1e-7, "{a} {b}");
    }

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
