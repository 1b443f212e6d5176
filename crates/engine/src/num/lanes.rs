//! Small vectors of fixed width, one lane a fold: plain IEEE arithmetic on each lane, so a lane's bits do
//! not depend on its neighbours or on the machine. Exponential and logarithm are this module's own, made of
//! additions, multiplications and bit patterns only.

use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

/// Lanes that carry something.
pub const LANES: usize = 6;
/// Lanes of a single-precision vector: a whole number of machine vectors, the last ones idle.
pub const WIDE: usize = 8;

/// One double a lane.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C, align(16))]
pub struct F64s(pub [f64; LANES]);

/// One single a lane.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C, align(32))]
pub struct F32s(pub [f32; WIDE]);

macro_rules! lane_arithmetic {
    ($vector:ident, $scalar:ty, $n_lanes:expr) => {
        impl $vector {
            /// The same value in each lane.
            #[inline(always)]
            pub fn splat(value: $scalar) -> Self {
                Self([value; $n_lanes])
            }

            /// `f` of each lane.
            #[inline(always)]
            pub fn map(self, f: impl Fn($scalar) -> $scalar) -> Self {
                let mut out = self;
                let mut lane = 0;
                while lane < $n_lanes {
                    out.0[lane] = f(self.0[lane]);
                    lane += 1;
                }
                out
            }

            /// `f` of each pair of lanes.
            #[inline(always)]
            pub fn zip(self, other: Self, f: impl Fn($scalar, $scalar) -> $scalar) -> Self {
                let mut out = self;
                let mut lane = 0;
                while lane < $n_lanes {
                    out.0[lane] = f(self.0[lane], other.0[lane]);
                    lane += 1;
                }
                out
            }
        }

        impl Add for $vector {
            type Output = Self;
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                self.zip(other, |a, b| a + b)
            }
        }

        impl AddAssign for $vector {
            #[inline(always)]
            fn add_assign(&mut self, other: Self) {
                *self = *self + other;
            }
        }

        impl Sub for $vector {
            type Output = Self;
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                self.zip(other, |a, b| a - b)
            }
        }

        impl SubAssign for $vector {
            #[inline(always)]
            fn sub_assign(&mut self, other: Self) {
                *self = *self - other;
            }
        }

        impl Mul for $vector {
            type Output = Self;
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                self.zip(other, |a, b| a * b)
            }
        }

        impl Mul<$scalar> for $vector {
            type Output = Self;
            #[inline(always)]
            fn mul(self, factor: $scalar) -> Self {
                self.map(|a| a * factor)
            }
        }

        impl Div for $vector {
            type Output = Self;
            #[inline(always)]
            fn div(self, other: Self) -> Self {
                self.zip(other, |a, b| a / b)
            }
        }

        impl Neg for $vector {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                self.map(|a| -a)
            }
        }
    };
}

lane_arithmetic!(F64s, f64, LANES);
lane_arithmetic!(F32s, f32, WIDE);

impl F64s {
    /// Rounded to single precision; the idle lanes are 0.
    #[inline(always)]
    pub fn narrow(self) -> F32s {
        let mut out = F32s::default();
        let mut lane = 0;
        while lane < LANES {
            out.0[lane] = self.0[lane] as f32;
            lane += 1;
        }
        out
    }

    /// `exp` of each lane, for lanes from -700 to 0; below, `exp(-700)`. Error below 2 units in the last
    /// place.
    ///
    /// `exp(x) = 2^k exp(r)` with `k = round(x / ln 2)` and `|r| <= ln 2 / 2`; `exp(r)` is its Taylor
    /// polynomial of degree 13.
    #[inline(always)]
    pub fn exp_negative(self) -> Self {
        // Adding 1.5 * 2^52 leaves round(x / ln 2) in the low bits.
        const ROUND: f64 = 6_755_399_441_055_744.0;
        const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
        const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
        const TAYLOR: [f64; 12] = [
            1.0 / 479_001_600.0,
            1.0 / 39_916_800.0,
            1.0 / 3_628_800.0,
            1.0 / 362_880.0,
            1.0 / 40_320.0,
            1.0 / 5_040.0,
            1.0 / 720.0,
            1.0 / 120.0,
            1.0 / 24.0,
            1.0 / 6.0,
            0.5,
            1.0,
        ];
        let x = self.map(|a| if a < -700.0 { -700.0 } else { a });
        let shifted = x * std::f64::consts::LOG2_E + Self::splat(ROUND);
        let k = shifted - Self::splat(ROUND);
        let r = x - k * LN2_HIGH - k * LN2_LOW;
        let mut series = Self::splat(1.0 / 6_227_020_800.0);
        for coefficient in TAYLOR {
            series = series * r + Self::splat(coefficient);
        }
        series = series * r + Self::splat(1.0);
        // The low bits of `shifted` hold k in two's complement: as an addend to the exponent.
        series.zip(shifted, |value, shifted| {
            f64::from_bits(value.to_bits().wrapping_add(shifted.to_bits() << 52))
        })
    }

    /// Natural logarithm of each lane, for normal positive lanes. Error below 2 units in the last place.
    ///
    /// `ln(x) = k ln 2 + ln(m)` with `m` from about 0.707 to 1.414, and `ln(m) = 2 atanh(s)` with
    /// `s = (m - 1) / (m + 1)`, by the polynomial of fdlibm's `e_log.c`.
    #[inline(always)]
    pub fn ln_positive(self) -> Self {
        const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
        const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
        const ATANH: [f64; 7] = [
            1.479_819_860_511_658_6e-1,
            1.531_383_769_920_937_3e-1,
            1.818_357_216_161_805e-1,
            2.222_219_843_214_978_4e-1,
            2.857_142_874_366_239e-1,
            3.999_999_999_940_942e-1,
            6.666_666_666_666_735e-1,
        ];
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
        let mut out = F64s::default();
        let mut lane = 0;
        while lane < LANES {
            out.0[lane] = f64::from(self.0[lane]);
            lane += 1;
        }
        out
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
                assert!(ulps(F64s::splat(x).exp_negative().0[3], libm::exp(x)) <= 2.0, "exp({x})");
            }
        }
        assert_eq!(F64s::splat(0.0).exp_negative().0, [1.0; LANES]);
        assert_eq!(F64s::splat(-1e300).exp_negative(), F64s::splat(-700.0).exp_negative());
    }

    #[test]
    fn ln_is_libms_within_two_ulps() {
        for step in 1..60_000 {
            let x = f64::from(step) * f64::from(step) * 1.7e-5;
            let (ours, theirs) = (F64s::splat(x).ln_positive().0[2], libm::log(x));
            assert!((ours - theirs).abs() <= 2.0 * f64::EPSILON * theirs.abs().max(1e-3), "ln({x})");
        }
        assert_eq!(F64s::splat(1.0).ln_positive().0, [0.0; LANES]);
    }

    #[test]
    fn lanes_do_not_touch_each_other() {
        let mixed = F64s([-0.5, -1.0, -30.0, -699.0, 0.0, -0.1]);
        let all = mixed.exp_negative();
        for lane in 0..LANES {
            assert_eq!(all.0[lane].to_bits(), F64s::splat(mixed.0[lane]).exp_negative().0[0].to_bits());
        }
    }

    #[test]
    fn bits_are_pinned() {
        // The same numbers are asserted wherever this runs: natively and in wasm.
        let values = F64s([-0.1, -1.0, -2.5, -17.25, -345.678, -699.9]);
        let hash = values.exp_negative().0.iter().fold(0_u64, |sum, v| sum.rotate_left(9) ^ v.to_bits());
        let hash = (-values).ln_positive().0.iter().fold(hash, |sum, v| sum.rotate_left(9) ^ v.to_bits());
        assert_eq!(hash, 16_081_828_522_797_427_993);
    }
}
