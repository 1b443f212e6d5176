//! Scores and their sides in, the sigmoid that makes probabilities of scores out.

use crate::lanes::{F64s, LANES};

/// Most Newton steps of a sigmoid's fit.
const MAX_STEPS: u32 = 100;
/// Shortest step of its line search.
const MIN_STEP: f64 = 1e-10;
/// Added to the diagonal of its Hessian.
const RIDGE: f64 = 1e-12;
/// Gradient at which it is done.
const GRADIENT_ENOUGH: f64 = 1e-6;

/// Fits Platt's sigmoid `1 / (1 + exp(a s + b))` to scores and their sides.
///
/// Maximum likelihood with the targets `(n_positive + 1) / (n_positive + 2)` and `1 / (n_negative + 2)`, by
/// Newton's method with backtracking: Lin, Lin and Weng, "A note on Platt's probabilistic outputs for
/// support vector machines", 2007, appendix C.
#[inline(never)]
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
}
