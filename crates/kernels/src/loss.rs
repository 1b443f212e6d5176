//! A row's score and weights in; value, slope and curvature of its loss out, in all lanes at once.

use crate::machine::{Doubles, ExpFactors};

/// A convex loss of a row's score `z`, with the weights of its positive and negative documents.
pub(crate) trait Loss {
    /// Value, slope and curvature at 0, each a multiple of: weight, (negative - positive weight), weight.
    const AT_ZERO: [f64; 3];
    /// Value (or a lower bound of it), slope and curvature; must be `#[inline(always)]`.
    fn at<V: Doubles>(exp: &ExpFactors, z: V, positive: V, negative: V) -> [V; 3];
}

/// `ln(1 + exp(-y z))`.
pub(crate) struct Logistic;

impl Loss for Logistic {
    const AT_ZERO: [f64; 3] = [std::f64::consts::LN_2, 0.5, 0.25];

    #[inline(always)]
    fn at<V: Doubles>(exp: &ExpFactors, z: V, positive: V, negative: V) -> [V; 3] {
        let (zero, one) = (V::zero(), V::splat(1.0));
        let decay = z.negative_abs().exp_negative(exp);
        let near = one / (one + decay);
        let far = decay * near;
        let weight = positive + negative;
        let sigmoid = z.choose_above(zero, near, far);
        // ln(1 + e) >= e ln 2 from 0 to 1: a lower bound that needs no logarithm.
        let value = weight * (z.max(zero) + decay * V::splat(std::f64::consts::LN_2)) - positive * z;
        [value, weight * sigmoid - positive, weight * far * near]
    }
}

/// `max(0, 1 - y z)^2`.
pub(crate) struct SquaredHinge;

impl Loss for SquaredHinge {
    const AT_ZERO: [f64; 3] = [1.0, 2.0, 2.0];

    #[inline(always)]
    fn at<V: Doubles>(_: &ExpFactors, z: V, positive: V, negative: V) -> [V; 3] {
        let (zero, one, two) = (V::zero(), V::splat(1.0), V::splat(2.0));
        let (short_below, short_above) = (one - z, one + z);
        let active_positive = short_below.choose_above(zero, positive, zero);
        let active_negative = short_above.choose_above(zero, negative, zero);
        let (lost_positive, lost_negative) = (active_positive * short_below, active_negative * short_above);
        [
            lost_positive * short_below + lost_negative * short_above,
            (lost_negative - lost_positive) * two,
            (active_positive + active_negative) * two,
        ]
    }
}
