//! Real numbers read from text, rounded to the nearest as by every exact reader, without a table.
//!
//! The standard library's reader brings 10 KB of powers of five, which do not compress. Here a number of up
//! to 19 digits and as many decimals is one division of whole numbers; any other is divided at full length.

use std::cmp::Ordering;

/// Powers of ten up to this one are real numbers exactly.
const MAX_EXACT_POWER: u32 = 22;
/// Whole numbers below this are real numbers exactly.
const MAX_EXACT_WHOLE: u64 = 1 << 53;
/// So many digits, and this power of ten, fit 64 bits.
const MAX_DIGITS_OF_64_BITS: u32 = 19;
/// Digits after these decide how a number is rounded only by not all being 0.
const MAX_DIGITS: usize = 800;
/// A number of at least one digit times this power of ten is infinite.
const INFINITE_POWER: i32 = 310;
/// A number of at most `MAX_DIGITS` times this power of ten is 0.
const ZERO_POWER: i32 = -1130;

/// The number that `text` is: a sign or none, digits with or without a point, an exponent or none.
/// `None` where it is none, or beyond the largest real number.
pub fn parse_real(text: &str) -> Option<f64> {
    let (is_negative, size) = without_sign(text.as_bytes());
    let (mantissa, power) = match size.iter().position(|byte| matches!(byte, b'e' | b'E')) {
        Some(at) => (&size[..at], parse_power(&size[at + 1..])?),
        None => (size, 0),
    };
    let (whole, decimals) = match mantissa.iter().position(|byte| *byte == b'.') {
        Some(at) => (&mantissa[..at], &mantissa[at + 1..]),
        None => (mantissa, &[][..]),
    };
    if !is_digits(whole) || !is_digits(decimals) || whole.len() + decimals.len() == 0 {
        return None;
    }
    let n_decimals = i32::try_from(decimals.len()).unwrap_or(i32::MAX);
    let digits = whole.iter().chain(decimals).map(|byte| byte - b'0');
    let number = nearest(digits.skip_while(|digit| *digit == 0), power.saturating_sub(n_decimals));
    Some(if is_negative { -number } else { number }).filter(|number| number.is_finite())
}

/// Whether `text` begins with a minus, and what follows its sign.
fn without_sign(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', size @ ..] => (true, size),
        [b'+', size @ ..] => (false, size),
        size => (false, size),
    }
}

fn is_digits(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_digit)
}

/// A power of ten; one too large for 32 bits does as well as the largest.
fn parse_power(text: &[u8]) -> Option<i32> {
    let (is_negative, digits) = without_sign(text);
    if digits.is_empty() || !is_digits(digits) {
        return None;
    }
    let ten_fold = |size: i32, byte: &u8| size.saturating_mul(10).saturating_add(i32::from(byte - b'0'));
    let size = digits.iter().fold(0, ten_fold);
    Some(if is_negative { -size } else { size })
}

/// The real number nearest to `digits`, of which the first is not 0, times ten to the `power`.
fn nearest(digits: impl Iterator<Item = u8> + Clone, power: i32) -> f64 {
    let n_digits = digits.clone().count();
    let size = power.unsigned_abs();
    if n_digits <= MAX_DIGITS_OF_64_BITS as usize {
        let whole = digits.clone().fold(0_u64, |whole, digit| 10 * whole + u64::from(digit));
        if whole < MAX_EXACT_WHOLE && size <= MAX_EXACT_POWER {
            let scale = (0..size).fold(1.0, |scale, _| 10.0 * scale);
            return if power < 0 { whole as f64 / scale } else { whole as f64 * scale };
        }
        if power < 0 && size <= MAX_DIGITS_OF_64_BITS {
            return ratio(whole, 10_u64.pow(size));
        }
    }
    let n_left_out = n_digits.saturating_sub(MAX_DIGITS);
    let power = power.saturating_add(i32::try_from(n_left_out).unwrap_or(i32::MAX));
    if n_digits == 0 || power <= ZERO_POWER {
        return 0.0;
    }
    if power >= INFINITE_POWER {
        return f64::INFINITY;
    }
    let mut above = Natural::default();
    for digit in digits.clone().take(MAX_DIGITS) {
        above.multiply_and_add(10, u32::from(digit));
    }
    let is_above = digits.skip(MAX_DIGITS).any(|digit| digit != 0);
    let mut below = Natural(vec![1]);
    let scaled = if power < 0 { &mut below } else { &mut above };
    for _ in 0..power.unsigned_abs() {
        scaled.multiply_and_add(10, 0);
    }
    long_ratio(above, below, is_above)
}

/// `above / below`, where both fit 64 bits, neither is 0 and the ratio is a normal number.
fn ratio(above: u64, below: u64) -> f64 {
    let (mut quotient, mut rest) = (above / below, u128::from(above % below));
    let mut n_shifts = 0;
    while quotient >> 63 == 0 {
        rest <<= 1;
        let is_one = rest >= u128::from(below);
        rest -= if is_one { u128::from(below) } else { 0 };
        quotient = (quotient << 1) | u64::from(is_one);
        n_shifts += 1;
    }
    rounded(quotient, -n_shifts, rest != 0)
}

/// `above / below`, a little more where `is_above`. Neither is 0.
fn long_ratio(mut above: Natural, mut below: Natural, is_above: bool) -> f64 {
    // Then the ratio lies in 1/2..2, and 65 bits of it hold 64 that count.
    let shift = above.n_bits() - below.n_bits();
    if shift > 0 {
        below.shift(shift)
    } else {
        above.shift(-shift)
    }
    let (mut quotient, mut exponent) = (0_u64, shift + 1);
    while quotient >> 63 == 0 {
        let is_one = above.compare(&below) != Ordering::Less;
        if is_one {
            above.subtract(&below);
        }
        above.shift(1);
        quotient = (quotient << 1) | u64::from(is_one);
        exponent -= 1;
    }
    rounded(quotient, exponent, is_above || !above.0.is_empty())
}

/// The real number nearest to `quotient` times two to the `exponent`, or a little more where `is_more`.
/// The quotient's highest bit is 1. Of two equally near the even one.
fn rounded(quotient: u64, exponent: i32, is_more: bool) -> f64 {
    // The lowest bit of a real number is worth 2^-1074; a normal one has 53.
    let n_dropped = (-1074 - exponent).max(11);
    if n_dropped > 64 {
        return 0.0;
    }
    let kept = quotient.checked_shr(n_dropped as u32).unwrap_or(0);
    let half = 1_u64 << (n_dropped - 1);
    let dropped = quotient & (half | (half - 1));
    let is_up = match dropped.cmp(&half) {
        Ordering::Greater => true,
        Ordering::Equal => is_more || kept & 1 == 1,
        Ordering::Less => false,
    };
    let kept = kept + u64::from(is_up);
    // A carry out of the 53 bits makes the next exponent by itself.
    let biased = exponent + n_dropped + 1074;
    if biased > 2045 {
        return f64::INFINITY;
    }
    f64::from_bits(kept + ((biased as u64) << 52))
}

/// A whole number of any length: 32 bits each, the lowest first, no 0 last.
#[derive(Clone, Default)]
struct Natural(Vec<u32>);

impl Natural {
    fn multiply_and_add(&mut self, factor: u32, addend: u32) {
        let mut carry = u64::from(addend);
        for part in &mut self.0 {
            carry += u64::from(*part) * u64::from(factor);
            *part = carry as u32;
            carry >>= 32;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
    }

    fn n_bits(&self) -> i32 {
        self.0.last().map_or(0, |last| 32 * self.0.len() as i32 - last.leading_zeros() as i32)
    }

    fn shift(&mut self, n_bits: i32) {
        self.multiply_and_add(1 << (n_bits % 32), 0);
        let n_parts = if self.0.is_empty() { 0 } else { n_bits as usize / 32 };
        self.0.splice(..0, std::iter::repeat_n(0, n_parts));
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }

    /// Takes away a number that is no larger.
    fn subtract(&mut self, other: &Self) {
        let mut borrow = 0;
        for (idx, part) in self.0.iter_mut().enumerate() {
            let taken = u64::from(other.0.get(idx).copied().unwrap_or(0)) + borrow;
            let left = (1 << 32) + u64::from(*part) - taken;
            *part = left as u32;
            borrow = 1 - (left >> 32);
        }
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};

    use super::parse_real;

    /// What the standard library reads, but for its words and what is infinite.
    fn by_the_standard_library(text: &str) -> Option<u64> {
        let is_part = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
        let number =
            text.parse::<f64>().ok().filter(|number| number.is_finite() && text.bytes().all(is_part));
        number.map(f64::to_bits)
    }

    #[track_caller]
    fn check(text: &str) {
        assert_eq!(parse_real(text).map(f64::to_bits), by_the_standard_library(text), "{text}");
    }

    #[test]
    fn numbers_are_read_to_the_last_bit() {
        for text in [
            "0",
            "-0",
            "0.0e5",
            "4.",
            ".5",
            "+5",
            "1e0",
            "1E+2",
            "",
            ".",
            "e5",
            "-",
            "1e",
            "1e+",
            "--1",
            "1.2.3",
            "0x1",
            "1e400",
            "-1e400",
            "1e-400",
            "1e99999999999",
            "1e-99999999999",
            "0e99999999999",
            "5e-324",
            "2.4703282292062327e-324",
            "2.4703282292062328e-324",
            "2.2250738585072011e-308",
            "2.2250738585072014e-308",
            "1.7976931348623157e308",
            "1.7976931348623158e308",
            "1.7976931348623159e308",
            "9007199254740993",
            "9007199254740992.5",
            "9007199254740993.00000000000000000000000000000000000000000000000000001",
            "0.1",
            "123456789012345678901234567890",
            "18446744073709551615",
            "18446744073709551616",
            "1e22",
            "1e23",
            "9999999999999999999e-19",
            "0.30000000000000004",
        ] {
            check(text);
        }
        for n_digits in [1, 17, 19, 20, 768, 799, 800, 801, 5000] {
            for end in ["1", "5", "9"] {
                for power in [-1200, -800, -330, -20, 0, 300] {
                    check(&format!("{}{end}e{power}", "4".repeat(n_digits)));
                    check(&format!("0.{}{end}e{power}", "0".repeat(n_digits)));
                    check(&format!("9007199254740993.{}{end}e{power}", "0".repeat(n_digits)));
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(50_000))]

        #[test]
        fn any_number_is_read_to_the_last_bit(bits in any::<u64>(), n_decimals in 0..40_usize) {
            let number = f64::from_bits(bits);
            for text in [format!("{number:e}"), format!("{number:.n_decimals$e}"), format!("{number}")] {
                prop_assert_eq!(parse_real(&text).map(f64::to_bits), by_the_standard_library(&text), "{}", text);
            }
        }

        #[test]
        fn any_digits_are_read_to_the_last_bit(text in "-?[0-9]{0,25}\\.?[0-9]{0,25}(e-?[0-9]{1,3})?") {
            prop_assert_eq!(parse_real(&text).map(f64::to_bits), by_the_standard_library(&text), "{}", text);
        }

        #[test]
        fn the_middle_of_two_numbers_is_read_as_the_even_one(bits in any::<u64>(), digit in "[0-9]") {
            let (low, high) = (f64::from_bits(bits >> 1), f64::from_bits((bits >> 1) + 1));
            if high.is_finite() {
                // 60 bits more than a real number has are enough for the exact middle's first digits.
                for text in [format!("{low:.60e}"), format!("{high:.60e}")] {
                    let (mantissa, power) = text.split_once('e').unwrap();
                    let longer = format!("{mantissa}{digit}e{power}");
                    prop_assert_eq!(parse_real(&longer).map(f64::to_bits), by_the_standard_library(&longer), "{}", longer);
                }
            }
        }

        #[test]
        fn scores_are_read_to_the_last_bit(above in 0_u64..100_000, below in 1_u64..100_000) {
            let text = format!("{}", above as f64 / below as f64);
            prop_assert_eq!(parse_real(&text).map(f64::to_bits), by_the_standard_library(&text), "{}", text);
        }
    }
}
