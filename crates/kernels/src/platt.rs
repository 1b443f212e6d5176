//! Scores and their sides in, the sigmoid that makes probabilities of scores out.

use crate::lanes::{ATANH, F64s, LANES, LN2_HIGH, LN2_LOW};
use crate::machine::{self, Doubles, ExpFactors, Lanes as _, Machine, Task};

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
    let rows = in_sixes(scores, &targets);
    let likelihood = |a: f64, b: f64| machine::run(Sigmoid { rows: &rows, a, b });
    let mut here = likelihood(a, b);
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
            let next = likelihood(next_a, next_b);
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

/// The likelihood of a sigmoid.
struct Likelihood {
    /// Its negative logarithm.
    loss: f64,
    /// Derivatives of that by a and b, and second ones by aa, ab, bb.
    derivatives: [f64; 5],
}

/// A sigmoid over `rows`, six rows at a time: scores, targets, and 1 where there is a row, else 0.
struct Sigmoid<'a> {
    rows: &'a [[F64s; 3]],
    a: f64,
    b: f64,
}

impl Task for Sigmoid<'_> {
    type Output = Likelihood;

    #[inline(always)]
    fn run<M: Machine>(self) -> Likelihood {
        let (zero, one) = (M::F64::zero(), M::F64::splat(1.0));
        let (a, b) = (M::F64::splat(self.a), M::F64::splat(self.b));
        let exp = ExpFactors::here();
        let mut sums = [zero; 6];
        for [score, target, count] in self.rows {
            let (score, target, count) = (M::F64::load(score), M::F64::load(target), M::F64::load(count));
            let fit = score * a + b;
            let decay = fit.negative_abs().exp_negative(exp);
            let near = one / (one + decay);
            let p = fit.choose_above(zero, decay * near, near);
            let loss = (target * fit + (zero - fit).max(zero) + ln_from_1_to_2(one + decay)) * count;
            let (slope, bend) = ((target - p) * count, p * (one - p) * count);
            sums[0] += loss;
            sums[1] += score * slope;
            sums[2] += slope;
            sums[3] += score * score * bend;
            sums[4] += score * bend;
            sums[5] += bend;
        }
        let [loss, by_a, by_b, aa, ab, bb] = sums.map(|sum| {
            let mut lanes = F64s::default();
            sum.store(&mut lanes);
            lanes.to_array().iter().sum::<f64>()
        });
        Likelihood { loss, derivatives: [by_a, by_b, aa + RIDGE, ab, bb + RIDGE] }
    }
}

/// `F64s::ln_positive` of lanes from 1 to 2, to the same bits.
#[inline(always)]
fn ln_from_1_to_2<V: Doubles>(x: V) -> V {
    let one = V::splat(1.0);
    let below = V::splat(std::f64::consts::SQRT_2.next_down());
    let k = x.choose_above(below, one, V::zero());
    let f = x.choose_above(below, x * V::splat(0.5), x) - one;
    let s = f / (f + V::splat(2.0));
    let square = s * s;
    let mut series = V::splat(ATANH[0]);
    let mut term = 1;
    while term < ATANH.len() {
        series = series * square + V::splat(ATANH[term]);
        term += 1;
    }
    let series = series * square;
    let half_square = f * f * V::splat(0.5);
    k * V::splat(LN2_HIGH) - ((half_square - (s * (half_square + series) + k * V::splat(LN2_LOW))) - f)
}

/// Rows six by six; where the last six are fewer, the rest counts nothing.
fn in_sixes(scores: &[f64], targets: &[f64]) -> Vec<[F64s; 3]> {
    let padded = |values: &[f64]| {
        F64s::from_array(std::array::from_fn(|lane| values.get(lane).copied().unwrap_or(0.0)))
    };
    let six = |(scores, targets): (&[f64], &[f64])| {
        let counts = F64s::from_array(std::array::from_fn(|lane| f64::from(u8::from(lane < scores.len()))));
        [padded(scores), padded(targets), counts]
    };
    scores.chunks(LANES).zip(targets.chunks(LANES)).map(six).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCORES: [f64; 12] = [-1.2, 0.3, 0.3, -0.4, 2.0, 1.1, 0.9, -0.4, -2.5, 0.0, 1.5, -0.1];
    const POSITIVE: [bool; 12] =
        [false, true, false, true, true, true, false, false, false, true, true, false];

    #[test]
    fn the_logarithm_has_the_bits_of_the_other() {
        let bound = std::f64::consts::SQRT_2;
        let near = [bound.next_down(), bound, bound.next_up(), 1.0, 2.0, 1.0_f64.next_up()];
        let check = |x: F64s| assert_eq!(ln_from_1_to_2(x), x.ln_positive(), "{x:?}");
        check(F64s::from_array(near));
        for step in 0..20_000 {
            check(F64s::splat(1.0 + f64::from(step) / 20_000.0));
        }
    }

    #[test]
    fn a_sigmoid_is_scikit_learns() {
        let (a, b) = fit_platt(&SCORES, &POSITIVE);
        // sklearn 1.9.1: _SigmoidCalibration().fit(scores, y), which stops at a gradient of 1e-6.
        assert!((a + 0.8422677433234553).abs() < 1e-6 && (b - 0.13328415371677466).abs() < 1e-6, "{a} {b}");
        // scipy 1.17.1: minimize of the same loss, method="Nelder-Mead", xatol=1e-13.
        assert!((a + 0.8422676964319902).abs() < 1e-7 && (b - 0.13328422000753948).abs() < 1e-7, "{a} {b}");
    }
}
