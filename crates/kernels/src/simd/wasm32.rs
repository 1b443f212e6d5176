//! wasm's simd128.

use core::arch::wasm32::{
    f32x4, f32x4_add, f32x4_demote_f64x2_zero, f32x4_div, f32x4_extract_lane, f32x4_mul, f32x4_splat,
    f32x4_sub, f64x2, f64x2_abs, f64x2_add, f64x2_div, f64x2_extract_lane, f64x2_gt, f64x2_mul, f64x2_pmax,
    f64x2_promote_low_f32x4, f64x2_splat, f64x2_sub, i64x2_add, i64x2_shl, i64x2_shuffle, v128,
    v128_bitselect, v128_or,
};

/// Two doubles.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct F64x2(v128);

/// Four singles.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct F32x4(v128);

impl F64x2 {
    /// The same in each lane.
    #[inline(always)]
    pub fn splat(value: f64) -> Self {
        Self(f64x2_splat(value))
    }

    /// From an array.
    #[inline(always)]
    pub fn load(lanes: [f64; 2]) -> Self {
        Self(f64x2(lanes[0], lanes[1]))
    }

    /// To an array.
    #[inline(always)]
    pub fn store(self) -> [f64; 2] {
        [f64x2_extract_lane::<0>(self.0), f64x2_extract_lane::<1>(self.0)]
    }

    /// Sum.
    #[inline(always)]
    pub fn add(self, other: Self) -> Self {
        Self(f64x2_add(self.0, other.0))
    }

    /// Difference.
    #[inline(always)]
    pub fn sub(self, other: Self) -> Self {
        Self(f64x2_sub(self.0, other.0))
    }

    /// Product.
    #[inline(always)]
    pub fn mul(self, other: Self) -> Self {
        Self(f64x2_mul(self.0, other.0))
    }

    /// Quotient.
    #[inline(always)]
    pub fn div(self, other: Self) -> Self {
        Self(f64x2_div(self.0, other.0))
    }

    /// Absolute value.
    #[inline(always)]
    pub fn abs(self) -> Self {
        Self(f64x2_abs(self.0))
    }

    /// `-|self|`.
    #[inline(always)]
    pub fn negative_abs(self) -> Self {
        Self(v128_or(f64x2_splat(-0.0), self.0))
    }

    /// `self` where it is above `other`, else `other`.
    #[inline(always)]
    pub fn max(self, other: Self) -> Self {
        Self(f64x2_pmax(other.0, self.0))
    }

    /// All bits set in a lane where `self > other`, else none.
    #[inline(always)]
    pub fn greater(self, other: Self) -> Self {
        Self(f64x2_gt(self.0, other.0))
    }

    /// `yes` where the mask is set, else `no`.
    #[inline(always)]
    pub fn select(mask: Self, yes: Self, no: Self) -> Self {
        Self(v128_bitselect(yes.0, no.0, mask.0))
    }

    /// Sum of the bit patterns as whole numbers.
    #[inline(always)]
    pub fn add_bits(self, other: Self) -> Self {
        Self(i64x2_add(self.0, other.0))
    }

    /// Bit patterns shifted left by 52.
    #[inline(always)]
    pub fn shift_left_52(self) -> Self {
        Self(i64x2_shl(self.0, 52))
    }

    /// Both rounded to singles, `self` first.
    #[inline(always)]
    pub fn narrow_with(self, other: Self) -> F32x4 {
        let (low, high) = (f32x4_demote_f64x2_zero(self.0), f32x4_demote_f64x2_zero(other.0));
        // Put together by one shuffle, the compiler would round four doubles one by one instead.
        F32x4(v128_or(low, i64x2_shuffle::<2, 0>(high, f64x2_splat(0.0))))
    }
}

impl F32x4 {
    /// The same in each lane.
    #[inline(always)]
    pub fn splat(value: f32) -> Self {
        Self(f32x4_splat(value))
    }

    /// From an array.
    #[inline(always)]
    pub fn load(lanes: [f32; 4]) -> Self {
        Self(f32x4(lanes[0], lanes[1], lanes[2], lanes[3]))
    }

    /// To an array.
    #[inline(always)]
    pub fn store(self) -> [f32; 4] {
        [
            f32x4_extract_lane::<0>(self.0),
            f32x4_extract_lane::<1>(self.0),
            f32x4_extract_lane::<2>(self.0),
            f32x4_extract_lane::<3>(self.0),
        ]
    }

    /// Sum.
    #[inline(always)]
    pub fn add(self, other: Self) -> Self {
        Self(f32x4_add(self.0, other.0))
    }

    /// Difference.
    #[inline(always)]
    pub fn sub(self, other: Self) -> Self {
        Self(f32x4_sub(self.0, other.0))
    }

    /// Product.
    #[inline(always)]
    pub fn mul(self, other: Self) -> Self {
        Self(f32x4_mul(self.0, other.0))
    }

    /// Quotient.
    #[inline(always)]
    pub fn div(self, other: Self) -> Self {
        Self(f32x4_div(self.0, other.0))
    }

    /// The first two lanes as doubles.
    #[inline(always)]
    pub fn widen_low(self) -> F64x2 {
        F64x2(f64x2_promote_low_f32x4(self.0))
    }

    /// The last two lanes as doubles.
    #[inline(always)]
    pub fn widen_high(self) -> F64x2 {
        F64x2(f64x2_promote_low_f32x4(i64x2_shuffle::<1, 1>(self.0, self.0)))
    }
}
