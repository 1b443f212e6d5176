//! AVX2: a lane vector in one or two machine vectors instead of two or three.
//!
//! Its operations may run only where the processor has AVX2, which `lanes::on_this_machine` finds out.

use core::arch::x86_64::{
    __m128d, __m256, __m256d, _CMP_GT_OQ, _mm_add_epi64, _mm_add_pd, _mm_blendv_pd, _mm_castpd_si128,
    _mm_castsi128_pd, _mm_cmpgt_pd, _mm_cvtpd_ps, _mm_cvtps_pd, _mm_div_pd, _mm_loadu_pd, _mm_max_pd,
    _mm_mul_pd, _mm_or_pd, _mm_set1_pd, _mm_slli_epi64, _mm_storeu_pd, _mm_sub_pd, _mm256_add_epi64,
    _mm256_add_pd, _mm256_add_ps, _mm256_blendv_pd, _mm256_castpd_si256, _mm256_castps256_ps128,
    _mm256_castsi256_pd, _mm256_cmp_pd, _mm256_cvtpd_ps, _mm256_cvtps_pd, _mm256_div_pd, _mm256_div_ps,
    _mm256_extractf128_ps, _mm256_loadu_pd, _mm256_loadu_ps, _mm256_max_pd, _mm256_mul_pd, _mm256_mul_ps,
    _mm256_or_pd, _mm256_set_m128, _mm256_set1_pd, _mm256_set1_ps, _mm256_slli_epi64, _mm256_storeu_pd,
    _mm256_storeu_ps, _mm256_sub_pd, _mm256_sub_ps,
};

use super::{F32x4, F64x2};

/// Calls operations of AVX2.
macro_rules! avx2 {
    ($body:expr) => {
        // SAFETY: values of these types are made only in tasks run by `lanes::on_this_machine`, which has
        // found AVX2. The baseline's vectors are
        // transparent around arrays of the width loaded and stored.
        unsafe { $body }
    };
}

/// Six doubles.
#[derive(Clone, Copy, Debug)]
pub struct F64x6(__m256d, __m128d);

/// Eight singles.
#[derive(Clone, Copy, Debug)]
pub struct F32x8(__m256);

impl F64x6 {
    /// The same in each lane.
    #[inline(always)]
    pub fn splat(value: f64) -> Self {
        avx2!(Self(_mm256_set1_pd(value), _mm_set1_pd(value)))
    }

    /// From the baseline's vectors.
    #[inline(always)]
    pub fn load(lanes: &[F64x2; 3]) -> Self {
        let lanes = lanes.as_ptr().cast::<f64>();
        avx2!(Self(_mm256_loadu_pd(lanes), _mm_loadu_pd(lanes.add(4))))
    }

    /// To the baseline's vectors.
    #[inline(always)]
    pub fn store(self, lanes: &mut [F64x2; 3]) {
        let lanes = lanes.as_mut_ptr().cast::<f64>();
        avx2!({
            _mm256_storeu_pd(lanes, self.0);
            _mm_storeu_pd(lanes.add(4), self.1);
        });
    }

    /// Sum.
    #[inline(always)]
    pub fn add(self, other: Self) -> Self {
        avx2!(Self(_mm256_add_pd(self.0, other.0), _mm_add_pd(self.1, other.1)))
    }

    /// Difference.
    #[inline(always)]
    pub fn sub(self, other: Self) -> Self {
        avx2!(Self(_mm256_sub_pd(self.0, other.0), _mm_sub_pd(self.1, other.1)))
    }

    /// Product.
    #[inline(always)]
    pub fn mul(self, other: Self) -> Self {
        avx2!(Self(_mm256_mul_pd(self.0, other.0), _mm_mul_pd(self.1, other.1)))
    }

    /// Quotient.
    #[inline(always)]
    pub fn div(self, other: Self) -> Self {
        avx2!(Self(_mm256_div_pd(self.0, other.0), _mm_div_pd(self.1, other.1)))
    }

    /// `-|self|`.
    #[inline(always)]
    pub fn negative_abs(self) -> Self {
        avx2!(Self(_mm256_or_pd(_mm256_set1_pd(-0.0), self.0), _mm_or_pd(_mm_set1_pd(-0.0), self.1)))
    }

    /// `self` where it is above `other`, else `other`.
    #[inline(always)]
    pub fn max(self, other: Self) -> Self {
        avx2!(Self(_mm256_max_pd(self.0, other.0), _mm_max_pd(self.1, other.1)))
    }

    /// `yes` where `self > bound`, else `no`.
    #[inline(always)]
    pub fn choose_above(self, bound: Self, yes: Self, no: Self) -> Self {
        avx2!(Self(
            _mm256_blendv_pd(no.0, yes.0, _mm256_cmp_pd::<_CMP_GT_OQ>(self.0, bound.0)),
            _mm_blendv_pd(no.1, yes.1, _mm_cmpgt_pd(self.1, bound.1)),
        ))
    }

    /// Sum of the bit patterns as whole numbers.
    #[inline(always)]
    pub fn add_bits(self, other: Self) -> Self {
        avx2!(Self(
            _mm256_castsi256_pd(_mm256_add_epi64(_mm256_castpd_si256(self.0), _mm256_castpd_si256(other.0))),
            _mm_castsi128_pd(_mm_add_epi64(_mm_castpd_si128(self.1), _mm_castpd_si128(other.1))),
        ))
    }

    /// Bit patterns shifted left by 52.
    #[inline(always)]
    pub fn shift_left_52(self) -> Self {
        avx2!(Self(
            _mm256_castsi256_pd(_mm256_slli_epi64::<52>(_mm256_castpd_si256(self.0))),
            _mm_castsi128_pd(_mm_slli_epi64::<52>(_mm_castpd_si128(self.1))),
        ))
    }

    /// Rounded to singles, the last two 0.
    #[inline(always)]
    pub fn narrow(self) -> F32x8 {
        avx2!(F32x8(_mm256_set_m128(_mm_cvtpd_ps(self.1), _mm256_cvtpd_ps(self.0))))
    }
}

impl F32x8 {
    /// The same in each lane.
    #[inline(always)]
    pub fn splat(value: f32) -> Self {
        avx2!(Self(_mm256_set1_ps(value)))
    }

    /// From the baseline's vectors.
    #[inline(always)]
    pub fn load(lanes: &[F32x4; 2]) -> Self {
        avx2!(Self(_mm256_loadu_ps(lanes.as_ptr().cast())))
    }

    /// To the baseline's vectors.
    #[inline(always)]
    pub fn store(self, lanes: &mut [F32x4; 2]) {
        avx2!(_mm256_storeu_ps(lanes.as_mut_ptr().cast(), self.0));
    }

    /// Sum.
    #[inline(always)]
    pub fn add(self, other: Self) -> Self {
        avx2!(Self(_mm256_add_ps(self.0, other.0)))
    }

    /// Difference.
    #[inline(always)]
    pub fn sub(self, other: Self) -> Self {
        avx2!(Self(_mm256_sub_ps(self.0, other.0)))
    }

    /// Product.
    #[inline(always)]
    pub fn mul(self, other: Self) -> Self {
        avx2!(Self(_mm256_mul_ps(self.0, other.0)))
    }

    /// Quotient.
    #[inline(always)]
    pub fn div(self, other: Self) -> Self {
        avx2!(Self(_mm256_div_ps(self.0, other.0)))
    }

    /// The first six as doubles.
    #[inline(always)]
    pub fn widen(self) -> F64x6 {
        avx2!(F64x6(
            _mm256_cvtps_pd(_mm256_castps256_ps128(self.0)),
            _mm_cvtps_pd(_mm256_extractf128_ps::<1>(self.0)),
        ))
    }
}
