//! The same lane arithmetic on the vectors this machine has, with the same bits.
//!
//! A `Task` is written once, over `Machine`; `run` runs it compiled for the best vectors the processor
//! has. Everything a task calls in its loops must be `#[inline(always)]`, or it is compiled for the least
//! processor.

use std::ops::{Add, AddAssign, Div, Mul, Sub, SubAssign};

use super::lanes::{F32s, F64s, LN2_HIGH, LN2_LOW};
use super::simd::F64x2;
#[cfg(all(target_arch = "x86_64", not(feature = "baseline")))]
use super::simd::{F32x8, F64x6};

/// A vector of lanes in registers.
pub trait Lanes: Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + AddAssign {
    /// How it lies in memory.
    type Stored: Copy;
    /// All lanes 0.
    fn zero() -> Self;
    /// From memory.
    fn load(from: &Self::Stored) -> Self;
    /// To memory.
    fn store(self, to: &mut Self::Stored);
    /// Each lane times the same, rounded to the lane's precision.
    fn times(self, factor: f64) -> Self;
}

/// One double a lane.
pub trait Doubles: Lanes<Stored = F64s> + Div<Output = Self> {
    /// One single a lane.
    type Singles: Singles<Doubles = Self>;
    /// The same value in each lane.
    fn splat(value: f64) -> Self;
    /// `-|self|`.
    fn negative_abs(self) -> Self;
    /// `self` where it is above `other`, else `other`.
    fn max(self, other: Self) -> Self;
    /// `yes` where `self > bound`, else `no`.
    fn choose_above(self, bound: Self, yes: Self, no: Self) -> Self;
    /// Sum of the bit patterns as whole numbers.
    fn add_bits(self, other: Self) -> Self;
    /// Bit patterns shifted left by 52.
    fn shift_left_52(self) -> Self;
    /// Rounded to singles; idle lanes are 0.
    fn narrow(self) -> Self::Singles;

    /// `exp` of each lane, for lanes from -700 to 0; below, `exp(-700)`. Error below 2 units in the last
    /// place. `by`: `ExpFactors::here()`.
    ///
    /// `exp(x) = 2^k exp(r)` with `k = round(x / ln 2)` and `|r| <= ln 2 / 2`; `exp(r)` is the polynomial of
    /// degree 11 with the least largest error there, 3.2e-18 (mpmath 1.3 `chebyfit`, range widened by 0.05 %).
    #[inline(always)]
    fn exp_negative(self, by: &ExpFactors) -> Self {
        let x = self.max(Self::splat(by.least));
        let shifted = x * Self::splat(by.log2_e) + Self::splat(by.round);
        let k = shifted - Self::splat(by.round);
        let r = x - k * Self::splat(by.ln2_high) - k * Self::splat(by.ln2_low);
        // In fours (Estrin's scheme): no term waits for all the ones before it.
        let square = r * r;
        let fourth = square * square;
        let series = &by.series;
        let [first, second, last] =
            [four(series, 0, r, square), four(series, 4, r, square), four(series, 8, r, square)];
        let series = (first * fourth + second) * fourth + last;
        // The low bits of `shifted` hold k in two's complement: as an addend to the exponent.
        series.add_bits(shifted.shift_left_52())
    }
}

/// What `exp_negative` multiplies by.
pub struct ExpFactors {
    least: f64,
    log2_e: f64,
    /// Adding it leaves round(x / ln 2) in the low bits.
    round: f64,
    ln2_high: f64,
    ln2_low: f64,
    /// Of the polynomial, from the highest power on.
    series: [f64; 12],
}

static EXP_FACTORS: ExpFactors = ExpFactors {
    least: -700.0,
    log2_e: std::f64::consts::LOG2_E,
    // 1.5 * 2^52.
    round: 6_755_399_441_055_744.0,
    ln2_high: LN2_HIGH,
    ln2_low: LN2_LOW,
    series: [
        2.511_009_561_188_623_7e-8,
        2.763_271_507_163_225_5e-7,
        2.755_724_076_173_925_7e-6,
        2.480_148_527_837_006_2e-5,
        1.984_126_989_019_370_3e-4,
        1.388_888_895_250_540_6e-3,
        8.333_333_333_319_546e-3,
        4.166_666_666_648_738e-2,
        1.666_666_666_666_668e-1,
        5.000_000_000_000_019e-1,
        1.0,
        1.0,
    ],
};

impl ExpFactors {
    /// To be asked for once a loop. In a page they are read from memory: V8 makes every constant vector anew in each
    /// round of a loop, by three instructions.
    #[inline(always)]
    pub fn here() -> &'static Self {
        if cfg!(target_arch = "wasm32") { std::hint::black_box(&EXP_FACTORS) } else { &EXP_FACTORS }
    }
}

/// `((s[first] r + s[first + 1]) r + s[first + 2]) r + s[first + 3]`, in two pairs.
#[inline(always)]
fn four<V: Doubles>(series: &[f64; 12], first: usize, r: V, square: V) -> V {
    let above = V::splat(series[first]) * r + V::splat(series[first + 1]);
    above * square + (V::splat(series[first + 2]) * r + V::splat(series[first + 3]))
}

/// One single a lane.
pub trait Singles: Lanes<Stored = F32s> + Div<Output = Self> + SubAssign {
    /// One double a lane.
    type Doubles: Doubles<Singles = Self>;
    /// As doubles; idle lanes fall away.
    fn widen(self) -> Self::Doubles;
}

/// A processor's vectors.
pub trait Machine {
    /// Of doubles.
    type F64: Doubles<Singles = Self::F32>;
    /// Of singles.
    type F32: Singles<Doubles = Self::F64>;
}

/// The vectors every machine has that this is compiled for.
pub struct Baseline;

impl Machine for Baseline {
    type F64 = F64s;
    type F32 = F32s;
}

/// Work that runs on any machine's vectors.
pub trait Task {
    /// What it gives.
    type Output;
    /// Does it; must be `#[inline(always)]`.
    fn run<M: Machine>(self) -> Self::Output;
}

/// Runs `task` on the best vectors the processor has.
pub fn run<T: Task>(task: T) -> T::Output {
    #[cfg(all(target_arch = "x86_64", not(feature = "baseline")))]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { run_avx2(task) };
    }
    task.run::<Baseline>()
}

#[cfg(all(target_arch = "x86_64", not(feature = "baseline")))]
#[target_feature(enable = "avx2")]
fn run_avx2<T: Task>(task: T) -> T::Output {
    task.run::<Avx2>()
}

#[cfg(all(target_arch = "x86_64", not(feature = "baseline")))]
struct Avx2;

#[cfg(all(target_arch = "x86_64", not(feature = "baseline")))]
impl Machine for Avx2 {
    type F64 = F64x6;
    type F32 = F32x8;
}

macro_rules! lanes {
    ($vector:ident, $stored:ident, $scalar:ty, $load:expr, $store:expr) => {
        impl Lanes for $vector {
            type Stored = $stored;
            #[inline(always)]
            fn zero() -> Self {
                Self::splat(0.0)
            }
            #[inline(always)]
            fn load(from: &$stored) -> Self {
                $load(from)
            }
            #[inline(always)]
            fn store(self, to: &mut $stored) {
                $store(self, to)
            }
            #[inline(always)]
            fn times(self, factor: f64) -> Self {
                self * Self::splat(factor as $scalar)
            }
        }
    };
}

lanes!(F64s, F64s, f64, |from: &F64s| *from, |lanes: F64s, to: &mut F64s| *to = lanes);
lanes!(F32s, F32s, f32, |from: &F32s| *from, |lanes: F32s, to: &mut F32s| *to = lanes);
#[cfg(all(target_arch = "x86_64", not(feature = "baseline")))]
lanes!(F64x6, F64s, f64, |from: &F64s| F64x6::load(&from.0), |lanes: F64x6, to: &mut F64s| lanes
    .store(&mut to.0));
#[cfg(all(target_arch = "x86_64", not(feature = "baseline")))]
lanes!(F32x8, F32s, f32, |from: &F32s| F32x8::load(&from.0), |lanes: F32x8, to: &mut F32s| lanes
    .store(&mut to.0));

#[cfg(all(target_arch = "x86_64", not(feature = "baseline")))]
macro_rules! operator {
    ($vector:ident: $($trait:ident $method:ident),*) => {
        $(impl $trait for $vector {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                $vector::$method(self, other)
            }
        })*
        impl AddAssign for $vector {
            #[inline(always)]
            fn add_assign(&mut self, other: Self) {
                *self = $vector::add(*self, other);
            }
        }
        impl SubAssign for $vector {
            #[inline(always)]
            fn sub_assign(&mut self, other: Self) {
                *self = $vector::sub(*self, other);
            }
        }
    };
}

#[cfg(all(target_arch = "x86_64", not(feature = "baseline")))]
operator!(F64x6: Add add, Sub sub, Mul mul, Div div);
#[cfg(all(target_arch = "x86_64", not(feature = "baseline")))]
operator!(F32x8: Add add, Sub sub, Mul mul, Div div);

impl Doubles for F64s {
    type Singles = F32s;
    #[inline(always)]
    fn splat(value: f64) -> Self {
        F64s::splat(value)
    }
    #[inline(always)]
    fn negative_abs(self) -> Self {
        Self(self.0.map(F64x2::negative_abs))
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        let part = |part: usize| self.0[part].max(other.0[part]);
        Self([part(0), part(1), part(2)])
    }
    #[inline(always)]
    fn choose_above(self, bound: Self, yes: Self, no: Self) -> Self {
        F64s::choose_above(self, bound, yes, no)
    }
    #[inline(always)]
    fn add_bits(self, other: Self) -> Self {
        let part = |part: usize| self.0[part].add_bits(other.0[part]);
        Self([part(0), part(1), part(2)])
    }
    #[inline(always)]
    fn shift_left_52(self) -> Self {
        Self(self.0.map(F64x2::shift_left_52))
    }
    #[inline(always)]
    fn narrow(self) -> F32s {
        F64s::narrow(self)
    }
}

impl Singles for F32s {
    type Doubles = F64s;
    #[inline(always)]
    fn widen(self) -> F64s {
        F32s::widen(self)
    }
}

#[cfg(all(target_arch = "x86_64", not(feature = "baseline")))]
impl Doubles for F64x6 {
    type Singles = F32x8;
    #[inline(always)]
    fn splat(value: f64) -> Self {
        F64x6::splat(value)
    }
    #[inline(always)]
    fn negative_abs(self) -> Self {
        F64x6::negative_abs(self)
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        F64x6::max(self, other)
    }
    #[inline(always)]
    fn choose_above(self, bound: Self, yes: Self, no: Self) -> Self {
        F64x6::choose_above(self, bound, yes, no)
    }
    #[inline(always)]
    fn add_bits(self, other: Self) -> Self {
        F64x6::add_bits(self, other)
    }
    #[inline(always)]
    fn shift_left_52(self) -> Self {
        F64x6::shift_left_52(self)
    }
    #[inline(always)]
    fn narrow(self) -> F32x8 {
        F64x6::narrow(self)
    }
}

#[cfg(all(target_arch = "x86_64", not(feature = "baseline")))]
impl Singles for F32x8 {
    type Doubles = F64x6;
    #[inline(always)]
    fn widen(self) -> F64x6 {
        F32x8::widen(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every operation, mixed.
    struct Mix([F64s; 3]);

    impl Task for Mix {
        type Output = (F64s, F32s);

        #[inline(always)]
        fn run<M: Machine>(self) -> (F64s, F32s) {
            let [a, b, c] = self.0.map(|stored| M::F64::load(&stored));
            let decay = (a * b).negative_abs().exp_negative(ExpFactors::here());
            let mut sum = a.choose_above(b, decay / c, b.max(c)) - a.times(0.3);
            let mut single = sum.narrow() / (b.narrow() + M::F32::zero());
            single -= c.narrow().times(0.1) * single;
            sum += single.widen();
            let (mut sums, mut singles) = (F64s::default(), F32s::default());
            sum.store(&mut sums);
            single.store(&mut singles);
            (sums, singles)
        }
    }

    #[test]
    fn this_machine_gives_the_bits_of_the_baseline() {
        let bits = |(doubles, singles): (F64s, F32s)| {
            (doubles.to_array().map(f64::to_bits), singles.to_array().map(f32::to_bits).to_vec())
        };
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 50) as f64 - 4.0
        };
        for _ in 0..2_000 {
            let mut vector = || F64s::from_array(std::array::from_fn(|_| next()));
            let given = [vector(), vector(), vector()];
            let (here, baseline) = (bits(run(Mix(given))), bits(Mix(given).run::<Baseline>()));
            assert_eq!(here.0, baseline.0);
            assert_eq!(here.1[..6], baseline.1[..6]);
        }
    }
}
