//! Plain arrays, where there is no vector unit we know.

/// Two doubles.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct F64x2([f64; 2]);

/// Four singles.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct F32x4([f32; 4]);

impl F64x2 {
    /// The same in each lane.
    #[inline(always)]
    pub fn splat(value: f64) -> Self {
        Self([value; 2])
    }

    /// From an array.
    #[inline(always)]
    pub fn load(lanes: [f64; 2]) -> Self {
        Self(lanes)
    }

    /// To an array.
    #[inline(always)]
    pub fn store(self) -> [f64; 2] {
        self.0
    }

    /// Sum.
    #[inline(always)]
    pub fn add(self, other: Self) -> Self {
        Self([0, 1].map(|lane| self.0[lane] + other.0[lane]))
    }

    /// Difference.
    #[inline(always)]
    pub fn sub(self, other: Self) -> Self {
        Self([0, 1].map(|lane| self.0[lane] - other.0[lane]))
    }

    /// Product.
    #[inline(always)]
    pub fn mul(self, other: Self) -> Self {
        Self([0, 1].map(|lane| self.0[lane] * other.0[lane]))
    }

    /// Quotient.
    #[inline(always)]
    pub fn div(self, other: Self) -> Self {
        Self([0, 1].map(|lane| self.0[lane] / other.0[lane]))
    }

    /// Absolute value.
    #[inline(always)]
    pub fn abs(self) -> Self {
        Self(self.0.map(f64::abs))
    }

    /// `-|self|`.
    #[inline(always)]
    pub fn negative_abs(self) -> Self {
        Self(self.0.map(|lane| -lane.abs()))
    }

    /// `self` where it is above `other`, else `other`.
    #[inline(always)]
    pub fn max(self, other: Self) -> Self {
        Self([0, 1].map(|lane| if self.0[lane] > other.0[lane] { self.0[lane] } else { other.0[lane] }))
    }

    /// All bits set in a lane where `self > other`, else none.
    #[inline(always)]
    pub fn greater(self, other: Self) -> Self {
        Self([0, 1].map(|lane| f64::from_bits(if self.0[lane] > other.0[lane] { u64::MAX } else { 0 })))
    }

    /// `yes` where the mask is set, else `no`.
    #[inline(always)]
    pub fn select(mask: Self, yes: Self, no: Self) -> Self {
        let bits = |lane: usize| {
            let mask = mask.0[lane].to_bits();
            f64::from_bits(yes.0[lane].to_bits() & mask | no.0[lane].to_bits() & !mask)
        };
        Self([bits(0), bits(1)])
    }

    /// Sum of the bit patterns as whole numbers.
    #[inline(always)]
    pub fn add_bits(self, other: Self) -> Self {
        Self([0, 1].map(|lane| f64::from_bits(self.0[lane].to_bits().wrapping_add(other.0[lane].to_bits()))))
    }

    /// Bit patterns shifted left by 52.
    #[inline(always)]
    pub fn shift_left_52(self) -> Self {
        Self(self.0.map(|lane| f64::from_bits(lane.to_bits() << 52)))
    }

    /// Both rounded to singles, `self` first.
    #[inline(always)]
    pub fn narrow_with(self, other: Self) -> F32x4 {
        F32x4([self.0[0] as f32, self.0[1] as f32, other.0[0] as f32, other.0[1] as f32])
    }
}

impl F32x4 {
    /// The same in each lane.
    #[inline(always)]
    pub fn splat(value: f32) -> Self {
        Self([value; 4])
    }

    /// From an array.
    #[inline(always)]
    pub fn load(lanes: [f32; 4]) -> Self {
        Self(lanes)
    }

    /// To an array.
    #[inline(always)]
    pub fn store(self) -> [f32; 4] {
        self.0
    }

    /// Sum.
    #[inline(always)]
    pub fn add(self, other: Self) -> Self {
        Self([0, 1, 2, 3].map(|lane| self.0[lane] + other.0[lane]))
    }

    /// Difference.
    #[inline(always)]
    pub fn sub(self, other: Self) -> Self {
        Self([0, 1, 2, 3].map(|lane| self.0[lane] - other.0[lane]))
    }

    /// Product.
    #[inline(always)]
    pub fn mul(self, other: Self) -> Self {
        Self([0, 1, 2, 3].map(|lane| self.0[lane] * other.0[lane]))
    }

    /// Quotient.
    #[inline(always)]
    pub fn div(self, other: Self) -> Self {
        Self([0, 1, 2, 3].map(|lane| self.0[lane] / other.0[lane]))
    }

    /// The first two lanes as doubles.
    #[inline(always)]
    pub fn widen_low(self) -> F64x2 {
        F64x2([f64::from(self.0[0]), f64::from(self.0[1])])
    }

    /// The last two lanes as doubles.
    #[inline(always)]
    pub fn widen_high(self) -> F64x2 {
        F64x2([f64::from(self.0[2]), f64::from(self.0[3])])
    }
}
