//! Two doubles or four singles as one machine vector: SSE2, wasm's simd128, or plain arrays elsewhere.
//!
//! Every operation is the IEEE one on each lane, so all three give the same bits. Nothing is fused.

#[cfg(target_arch = "x86_64")]
#[path = "simd/x86_64.rs"]
mod machine;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[path = "simd/wasm32.rs"]
mod machine;
#[cfg(not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128"))))]
#[path = "simd/plain.rs"]
mod machine;

#[cfg(all(target_arch = "x86_64", not(feature = "baseline")))]
mod avx2;

#[cfg(all(target_arch = "x86_64", not(feature = "baseline")))]
pub use avx2::{F32x8, F64x6};
pub use machine::{F32x4, F64x2};

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [f64; 6] = [0.0, -0.0, 1.5, -2.25, 1e300, f64::NAN];

    #[test]
    fn each_operation_is_that_of_its_lanes() {
        for a in VALUES {
            for b in VALUES {
                let (x, y) = (F64x2::load([a, 3.0]), F64x2::load([b, -7.0]));
                let check = |vector: F64x2, expected: f64| {
                    assert_eq!(vector.store()[0].to_bits() << 1, expected.to_bits() << 1, "{a} and {b}");
                };
                check(x.add(y), a + b);
                check(x.sub(y), a - b);
                check(x.mul(y), a * b);
                check(x.abs(), a.abs());
                check(x.negative_abs(), -a.abs());
                check(x.max(y), if a > b { a } else { b });
                check(F64x2::select(x.greater(y), x, y), if a > b { a } else { b });
                check(x.add_bits(y), f64::from_bits(a.to_bits().wrapping_add(b.to_bits())));
                check(x.shift_left_52(), f64::from_bits(a.to_bits() << 52));
            }
        }
        assert_eq!(F64x2::load([9.0, 2.0]).div(F64x2::splat(4.0)).store(), [2.25, 0.5]);
    }

    #[test]
    fn narrow_and_wide() {
        let narrow = F64x2::load([1.1, -2.0]).narrow_with(F64x2::load([3.0, 4.5]));
        assert_eq!(narrow.store(), [1.1_f32, -2.0, 3.0, 4.5]);
        assert_eq!(narrow.widen_low().store(), [f64::from(1.1_f32), -2.0]);
        assert_eq!(narrow.widen_high().store(), [3.0, 4.5]);
        let product = narrow.mul(F32x4::splat(2.0)).sub(F32x4::load([1.0; 4])).add(F32x4::splat(1.0));
        assert_eq!(product.div(F32x4::splat(2.0)).store()[1..], [-2.0, 3.0, 4.5]);
    }
}
