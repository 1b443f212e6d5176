//! Small vectors of fixed width, one lane a fold: plain IEEE arithmetic on each lane, so a lane's bits do
//! not depend on its neighbours or on the machine. Exponential and logarithm are this module's own, made of
//! additions, multiplications and bit patterns only.

use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

use super::simd::{F32x4, F64x2};

/// Lanes that carry something.
pub const LANES: usize = 6;
/// Lanes of a single-precision vector: a whole number of machine vectors, the last ones idle.
pub const WIDE: usize = 8;

/// The first bits of ln 2, and the others.
pub(crate) const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
/// See `LN2_HIGH`.
pub(crate) const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// `2 atanh(s) / s - 2` by powers of `s^2`, the highest first: fdlibm's `e_log.c`.
pub(crate) const ATANH: [f64; 7] = [
    1.479_819_860_511_658_6e-1,
    1.531_383_769_920_937_3e-1,
    1.818_357_216_161_805e-1,
    2.222_219_843_214_978_4e-1,
    2.857_142_874_366_239e-1,
    3.999_999_999_940_942e-1,
    6.666_666_666_666_735e-1,
];

/// One double a lane.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct F64s(pub(super) [F64x2; 3]);

/// One single a lane.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct F32s(pub(super) [F32x4; 2]);

macro_rules! lane_arithmetic {
    ($vector:ident, $machine:ident, $scalar:ty, $n_lanes:expr, $n_parts:expr) => {
        impl $vector {
            /// The same value in each lane.
            #[inline(always)]
            pub fn splat(value: $scalar) -> Self {
                Self([$machine::splat(value); $n_parts])
            }

            /// One value a lane.
            #[inline(always)]
            pub fn from_array(lanes: [$scalar; $n_lanes]) -> Self {
                const WIDTH: usize = $n_lanes / $n_parts;
                Self(std::array::from_fn(|part| {
                    $machine::load(std::array::from_fn(|lane| lanes[part * WIDTH + lane]))
                }))
            }

            /// The lanes.
            #[inline(always)]
            pub fn to_array(self) -> [$scalar; $n_lanes] {
                const WIDTH: usize = $n_lanes / $n_parts;
                let parts = self.0.map($machine::store);
                std::array::from_fn(|lane| parts[lane / WIDTH][lane % WIDTH])
            }

            /// One lane.
            #[inline(always)]
            pub fn lane(self, lane: usize) -> $scalar {
                self.to_array()[lane]
            }

            /// `f` of each lane, one by one.
            #[inline(always)]
            pub fn map(self, f: impl Fn($scalar) -> $scalar) -> Self {
                Self::from_array(self.to_array().map(f))
            }

            /// `f` of each pair of lanes, one by one.
            #[inline(always)]
            pub fn zip(self, other: Self, f: impl Fn($scalar, $scalar) -> $scalar) -> Self {
                let (a, b) = (self.to_array(), other.to_array());
                Self::from_array(std::array::from_fn(|lane| f(a[lane], b[lane])))
            }
        }

        impl Default for $vector {
            #[inline(always)]
            fn default() -> Self {
                Self::splat(0.0)
            }
        }

        impl PartialEq for $vector {
            fn eq(&self, other: &Self) -> bool {
                self.to_array() == other.to_array()
            }
        }

        lane_arithmetic!(@operator $vector, $machine, Add, add);
        lane_arithmetic!(@operator $vector, $machine, Sub, sub);
        lane_arithmetic!(@operator $vector, $machine, Mul, mul);
        lane_arithmetic!(@operator $vector, $machine, Div, div);

        impl AddAssign for $vector {
            #[inline(always)]
            fn add_assign(&mut self, other: Self) {
                *self = *self + other;
            }
        }

        impl SubAssign for $vector {
            #[inline(always)]
            fn sub_assign(&mut self, other: Self) {
                *self = *self - other;
            }
        }

        impl Mul<$scalar> for $vector {
            type Output = Self;
            #[inline(always)]
            fn mul(self, factor: $scalar) -> Self {
                self * Self::splat(factor)
            }
        }

        impl Neg for $vector {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                Self::splat(0.0) - self
            }
        }
    };
    (@operator $vector:ident, $machine:ident, $operator:ident, $method:ident) => {
        impl $operator for $vector {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                let mut out = self;
                let mut part = 0;
                while part < out.0.len() {
                    out.0[part] = self.0[part].$method(other.0[part]);
                    part += 1;
                }
                out
            }
        }
    };
}

lane_arithmetic!(F64s, F64x2, f64, 6, 3);
lane_arithmetic!(F32s, F32x4, f32, 8, 2);

impl F64s {
    /// Rounded to single precision; the idle lanes are 0.
    #[inline(always)]
    pub fn narrow(self) -> F32s {
        F32s([self.0[0].narrow_with(self.0[1]), self.0[2].narrow_with(F64x2::splat(0.0))])
    }

    /// Absolute values.
    #[inline(always)]
    pub fn abs(self) -> Self {
        Self(self.0.map(F64x2::abs))
    }

    /// Each lane where it is above that of `bound`, else that of `otherwise`.
    #[inline(always)]
    pub fn where_above(self, bound: Self, otherwise: Self) -> Self {
        self.choose_above(bound, self, otherwise)
    }

    /// For each lane `yes` where it is above that of `bound`, else `no`.
    #[inline(always)]
    pub fn choose_above(self, bound: Self, yes: Self, no: Self) -> Self {
        let part = |part: usize| F64x2::select(self.0[part].greater(bound.0[part]), yes.0[part], no.0[part]);
        Self([part(0), part(1), part(2)])
    }

    /// `Doubles::exp_negative`.
    #[inline(always)]
    pub fn exp_negative(self) -> Self {
        let by = super::machine::ExpFactors::here();
        super::machine::Doubles::exp_negative(self, by)
    }

    /// Natural logarithm of each lane, for normal positive lanes. Error below 2 units in the last place.
    ///
    /// `ln(x) = k ln 2 + ln(m)` with `m` from about 0.707 to 1.414, and `ln(m) = 2 atanh(s)` with
    /// `s = (m - 1) / (m + 1)`, by the polynomial of fdlibm's `e_log.c`.
    #[inline(always)]
    pub fn ln_positive(self) -> Self {
        // Bits of sqrt(1/2): subtracting them makes the exponent field k for m in [0.707, 1.414).
        const SQRT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
        const EXPONENT: u64 = 0xfff0_0000_0000_0000;
        let steps = self.map(|a| f64::from_bits(a.to_bits().wrapping_sub(SQRT_HALF) & EXPONENT));
        let mantissa = self.zip(steps, |a, step| f64::from_bits(a.to_bits().wrapping_sub(step.to_bits())));
        let k = steps.map(|step| ((step.to_bits() as i64) >> 52) as i32 as f64);
        let f = mantissa - Self::splat(1.0);
        let s = f / (f + Self::splat(2.0));
        let square = s * s;
        let mut series = Self::splat(ATANH[0]);
        for coefficient in &ATANH[1..] {
            series = series * square + Self::splat(*coefficient);
        }
        series = series * square;
        let half_square = f * f * 0.5;
        k * LN2_HIGH - ((half_square - (s * (half_square + series) + k * LN2_LOW)) - f)
    }
}

impl F32s {
    /// As doubles; the idle lanes fall away.
    #[inline(always)]
    pub fn widen(self) -> F64s {
        F64s([self.0[0].widen_low(), self.0[0].widen_high(), self.0[1].widen_low()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ulps(ours: f64, theirs: f64) -> f64 {
        (ours - theirs).abs() / (theirs.abs() * f64::EPSILON)
    }

    #[test]
    fn exp_is_libms_within_two_ulps() {
        for step in 0..60_000 {
            let x = -f64::from(step) * 0.011_3;
            if x > -700.0 {
                assert!(ulps(F64s::splat(x).exp_negative().lane(3), libm::exp(x)) <= 2.0, "exp({x})");
            }
        }
        assert_eq!(F64s::splat(0.0).exp_negative().to_array(), [1.0; LANES]);
        assert_eq!(F64s::splat(-1e300).exp_negative(), F64s::splat(-700.0).exp_negative());
    }

    #[test]
    fn ln_is_libms_within_two_ulps() {
        for step in 1..60_000 {
            let x = f64::from(step) * f64::from(step) * 1.7e-5;
            let (ours, theirs) = (F64s::splat(x).ln_positive().lane(2), libm::log(x));
            assert!((ours - theirs).abs() <= 2.0 * f64::EPSILON * theirs.abs().max(1e-3), "ln({x})");
        }
        assert_eq!(F64s::splat(1.0).ln_positive().to_array(), [0.0; LANES]);
    }

    #[test]
    fn lanes_do_not_touch_each_other() {
        let mixed = F64s::from_array([-0.5, -1.0, -30.0, -699.0, 0.0, -0.1]);
        let all = mixed.exp_negative();
        for lane in 0..LANES {
            assert_eq!(
                all.lane(lane).to_bits(),
                F64s::splat(mixed.lane(lane)).exp_negative().lane(0).to_bits()
            );
        }
    }

    #[test]
    fn bits_are_pinned() {
        // The same numbers are asserted wherever this runs: natively and in wasm.
        let values = F64s::from_array([-0.1, -1.0, -2.5, -17.25, -345.678, -699.9]);
        let hash =
            values.exp_negative().to_array().iter().fold(0_u64, |sum, v| sum.rotate_left(9) ^ v.to_bits());
        let hash =
            (-values).ln_positive().to_array().iter().fold(hash, |sum, v| sum.rotate_left(9) ^ v.to_bits());
        assert_eq!(hash, 6_858_456_520_302_521_624);
    }
}
