//! Real numbers as text: the fewest digits that read back to the same bits, laid out as serde_json does.

use std::fmt::Write as _;

/// Whole parts of up to so many digits are written out; larger numbers get an exponent.
const MAX_WHOLE_DIGITS: i32 = 16;
/// Up to so many zeros stand between the point and the first digit; smaller numbers get an exponent.
const MAX_LEADING_ZEROS: i32 = 4;

/// A tie has few digits more than the text itself; so many show that none but zeros follow.
const EXACT_DIGITS: usize = 40;

/// Appends `number`: `1.0`, `0.00001`, `1e-6`, `-2.5e+300`; `null` where it is not finite.
pub(crate) fn push_real(text: &mut String, number: f64) {
    if !number.is_finite() {
        text.push_str("null");
        return;
    }
    if number.is_sign_negative() {
        text.push('-');
    }
    // The digits come from here; where the point goes is ours to say.
    let scientific = shortest(number.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (first, others) = (&mantissa[..1], mantissa.get(2..).unwrap_or_default());
    let n_others = others.len() as i32;
    if (0..MAX_WHOLE_DIGITS).contains(&exponent) {
        text.push_str(first);
        let n_whole = exponent.min(n_others) as usize;
        text.push_str(&others[..n_whole]);
        push_zeros(text, exponent - n_others);
        text.push('.');
        text.push_str(if n_whole < others.len() { &others[n_whole..] } else { "0" });
    } else if (-1 - MAX_LEADING_ZEROS..0).contains(&exponent) {
        text.push_str("0.");
        push_zeros(text, -1 - exponent);
        text.push_str(first);
        text.push_str(others);
    } else {
        text.push_str(mantissa);
        // Writing to a string cannot fail.
        let _ = write!(text, "e{exponent:+}");
    }
}

/// `d.ddde-5`: the fewest digits, of two such texts the nearer one, of two equally near the even one.
fn shortest(number: f64) -> String {
    let mut shortest = format!("{number:e}");
    let end = shortest.find('e').unwrap_or(shortest.len());
    if may_be_tie(number, &shortest) {
        let exact = format!("{number:.EXACT_DIGITS$e}");
        let others = exact[..exact.find('e').unwrap_or(exact.len())].split_at_checked(end);
        if let Some((up_to_here, rest)) = others
            && rest.trim_end_matches('0') == "5"
            && let Some(floor) = up_to_here.bytes().last()
        {
            // The standard library rounds a tie up. The digits of odd and even bytes are odd and even.
            shortest.replace_range(end - 1..end, char::from(floor + floor % 2).encode_utf8(&mut [0; 4]));
        }
    }
    shortest
}

/// The middle of two texts of `n` decimals is a multiple of `1 / 2^(n + 1)`; few numbers of that many digits are.
fn may_be_tie(number: f64, shortest: &str) -> bool {
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((shortest, "0"));
    let n_decimals = mantissa.len() as i32 - 2 - exponent.parse().unwrap_or(0);
    (1..63).contains(&n_decimals) && (number * (1_u64 << (n_decimals + 1)) as f64).fract() == 0.0
}

fn push_zeros(text: &mut String, n_zeros: i32) {
    for _ in 0..n_zeros {
        text.push('0');
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};

    use super::push_real;

    fn written(number: f64) -> String {
        let mut text = String::new();
        push_real(&mut text, number);
        text
    }

    #[track_caller]
    fn check(number: f64) {
        assert_eq!(written(number), serde_json::to_string(&number).unwrap());
    }

    #[test]
    fn reals_are_written_as_serde_json_writes_them() {
        for power in -330..=309 {
            for digits in ["1", "1.5", "9.999999999999999", "1.2345678901234567", "4.9"] {
                let number: f64 = format!("{digits}e{power}").parse().unwrap();
                check(number);
                check(-number);
            }
        }
        for special in [0.0, -0.0, f64::MAX, f64::MIN_POSITIVE, 5e-324, f64::NAN, f64::INFINITY, 0.1 + 0.2] {
            check(special);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(50_000))]

        #[test]
        fn any_bits_are_written_as_serde_json_writes_them(bits in any::<u64>()) {
            let number = f64::from_bits(bits);
            prop_assert_eq!(written(number), serde_json::to_string(&number).unwrap());
            if number.is_finite() {
                prop_assert_eq!(written(number).parse::<f64>().unwrap().to_bits(), bits);
            }
        }

        #[test]
        fn ties_are_written_as_serde_json_writes_them(whole in 1_u64..1 << 53, shift in 0..54) {
            let number = whole as f64 / (1_u64 << shift) as f64;
            prop_assert_eq!(written(number), serde_json::to_string(&number).unwrap());
        }

        #[test]
        fn scores_are_written_as_serde_json_writes_them(number in -1e18..1e18, scale in 0..30) {
            let number = (0..scale).fold(number, |number, _| number / 10.0);
            prop_assert_eq!(written(number), serde_json::to_string(&number).unwrap());
        }
    }
}
