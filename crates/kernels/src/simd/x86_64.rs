//! SSE2, which every x86-64 has.

use core::arch::x86_64::{
    __m128, __m128d, _mm_add_epi64, _mm_add_pd, _mm_add_ps, _mm_and_pd, _mm_andnot_pd, _mm_castpd_si128,
    _mm_castsi128_pd, _mm_cmpgt_pd, _mm_cvtpd_ps, _mm_cvtps_pd, _mm_cvtsd_f64, _mm_cvtss_f32, _mm_div_pd,
    _mm_div_ps, _mm_max_pd, _mm_movehl_ps, _mm_movelh_ps, _mm_mul_pd, _mm_mul_ps, _mm_or_pd, _mm_set_pd,
    _mm_set_ps, _mm_set1_pd, _mm_set1_ps, _mm_shuffle_ps, _mm_slli_epi64, _mm_sub_pd, _mm_sub_ps,
    _mm_unpackhi_pd,
};

/// Calls SSE2's operations.
macro_rules! sse2 {
    ($body:expr) => {
        // SAFETY: SSE2 belongs to the x86-64 baseline, so every machine this is compiled for has it.
        unsafe { $body }
    };
}

/// Two doubles.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct F64x2(__m128d);

/// Four singles.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct F32x4(__m128);

impl F64x2 {
    /// The same in each lane.
    #[inline(always)]
    pub fn splat(value: f64) -> Self {
        sse2!(Self(_mm_set1_pd(value)))
    }

    /// From an array.
    #[inline(always)]
    pub fn load(lanes: [f64; 2]) -> Self {
        sse2!(Self(_mm_set_pd(lanes[1], lanes[0])))
    }

    /// To an array.
    #[inline(always)]
    pub fn store(self) -> [f64; 2] {
        sse2!([_mm_cvtsd_f64(self.0), _mm_cvtsd_f64(_mm_unpackhi_pd(self.0, self.0))])
    }

    /// Sum.
    #[inline(always)]
    pub fn add(self, other: Self) -> Self {
        sse2!(Self(_mm_add_pd(self.0, other.0)))
    }

    /// Difference.
    #[inline(always)]
    pub fn sub(self, other: Self) -> Self {
        sse2!(Self(_mm_sub_pd(self.0, other.0)))
    }

    /// Product.
    #[inline(always)]
    pub fn mul(self, other: Self) -> Self {
        sse2!(Self(_mm_mul_pd(self.0, other.0)))
    }

    /// Quotient.
    #[inline(always)]
    pub fn div(self, other: Self) -> Self {
        sse2!(Self(_mm_div_pd(self.0, other.0)))
    }

    /// Absolute value.
    #[inline(always)]
    pub fn abs(self) -> Self {
        sse2!(Self(_mm_andnot_pd(_mm_set1_pd(-0.0), self.0)))
    }

    /// `-|self|`.
    #[inline(always)]
    pub fn negative_abs(self) -> Self {
        sse2!(Self(_mm_or_pd(_mm_set1_pd(-0.0), self.0)))
    }

    /// `self` where it is above `other`, else `other`.
    #[inline(always)]
    pub fn max(self, other: Self) -> Self {
        sse2!(Self(_mm_max_pd(self.0, other.0)))
    }

    /// All bits set in a lane where `self > other`, else none.
    #[inline(always)]
    pub fn greater(self, other: Self) -> Self {
        sse2!(Self(_mm_cmpgt_pd(self.0, other.0)))
    }

    /// `yes` where the mask is set, else `no`.
    #[inline(always)]
    pub fn select(mask: Self, yes: Self, no: Self) -> Self {
        sse2!(Self(_mm_or_pd(_mm_and_pd(mask.0, yes.0), _mm_andnot_pd(mask.0, no.0))))
    }

    /// Sum of the bit patterns as whole numbers.
    #[inline(always)]
    pub fn add_bits(self, other: Self) -> Self {
        sse2!(Self(_mm_castsi128_pd(_mm_add_epi64(_mm_castpd_si128(self.0), _mm_castpd_si128(other.0)))))
    }

    /// Bit patterns shifted left by 52.
    #[inline(always)]
    pub fn shift_left_52(self) -> Self {
        sse2!(Self(_mm_castsi128_pd(_mm_slli_epi64::<52>(_mm_castpd_si128(self.0)))))
    }

    /// Both rounded to singles, `self` first.
    #[inline(always)]
    pub fn narrow_with(self, other: Self) -> F32x4 {
        sse2!(F32x4(_mm_movelh_ps(_mm_cvtpd_ps(self.0), _mm_cvtpd_ps(other.0))))
    }
}

impl F32x4 {
    /// The same in each lane.
    #[inline(always)]
    pub fn splat(value: f32) -> Self {
        sse2!(Self(_mm_set1_ps(value)))
    }

    /// From an array.
    #[inline(always)]
    pub fn load(lanes: [f32; 4]) -> Self {
        sse2!(Self(_mm_set_ps(lanes[3], lanes[2], lanes[1], lanes[0])))
    }

    /// To an array.
    #[inline(always)]
    pub fn store(self) -> [f32; 4] {
        sse2!({
            let high = _mm_movehl_ps(self.0, self.0);
            let odd = _mm_shuffle_ps::<0b11_11_01_01>(self.0, self.0);
            let last = _mm_movehl_ps(odd, odd);
            [_mm_cvtss_f32(self.0), _mm_cvtss_f32(odd), _mm_cvtss_f32(high), _mm_cvtss_f32(last)]
        })
    }

    /// Sum.
    #[inline(always)]
    pub fn add(self, other: Self) -> Self {
        sse2!(Self(_mm_add_ps(self.0, other.0)))
    }

    /// Difference.
    #[inline(always)]
    pub fn sub(self, other: Self) -> Self {
        sse2!(Self(_mm_sub_ps(self.0, other.0)))
    }

    /// Product.
    #[inline(always)]
    pub fn mul(self, other: Self) -> Self {
        sse2!(Self(_mm_mul_ps(self.0, other.0)))
    }

    /// Quotient.
    #[inline(always)]
    pub fn div(self, other: Self) -> Self {
        sse2!(Self(_mm_div_ps(self.0, other.0)))
    }

    /// The first two lanes as doubles.
    #[inline(always)]
    pub fn widen_low(self) -> F64x2 {
        sse2!(F64x2(_mm_cvtps_pd(self.0)))
    }

    /// The last two lanes as doubles.
    #[inline(always)]
    pub fn widen_high(self) -> F64x2 {
        sse2!(F64x2(_mm_cvtps_pd(_mm_movehl_ps(self.0, self.0))))
    }
}
