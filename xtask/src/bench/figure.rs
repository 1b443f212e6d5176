//! One measured figure and what it must come to.
//! In: seconds, or any number with a bound. Out: a JSON line; whether it holds. Never: a mean that one outlier moves.

use serde_json::{Value, json};

/// A figure.
pub struct Figure {
    /// Which.
    pub bench: String,
    fields: Vec<(&'static str, Value)>,
    holds: bool,
}

impl Figure {
    /// Ours against the peer's, in seconds: how many times faster.
    pub fn ratio(bench: &str, ours_s: f64, peer_s: f64, at_least: f64) -> Self {
        let ratio = peer_s / ours_s;
        let fields = vec![
            ("ours_s", json!(ours_s)),
            ("peer_s", json!(peer_s)),
            ("ratio", json!(ratio)),
            ("at_least", json!(at_least)),
        ];
        Self { bench: bench.to_owned(), fields, holds: ratio >= at_least }
    }

    /// Ours against another build of ours, in seconds: at most so many times as long.
    pub fn times_as_long(bench: &str, ours_s: f64, peer_s: f64, at_most: f64) -> Self {
        let ratio = ours_s / peer_s;
        let fields = vec![
            ("ours_s", json!(ours_s)),
            ("peer_s", json!(peer_s)),
            ("ratio", json!(ratio)),
            ("at_most", json!(at_most)),
        ];
        Self { bench: bench.to_owned(), fields, holds: ratio <= at_most }
    }

    /// A number that must reach a bound.
    pub fn at_least(bench: &str, ours: f64, at_least: f64, unit: &str) -> Self {
        let fields = vec![("ours", json!(ours)), ("at_least", json!(at_least)), ("unit", json!(unit))];
        Self { bench: bench.to_owned(), fields, holds: ours >= at_least }
    }

    /// A number that must stay within a bound.
    pub fn at_most(bench: &str, ours: f64, at_most: f64, unit: &str) -> Self {
        let fields = vec![("ours", json!(ours)), ("at_most", json!(at_most)), ("unit", json!(unit))];
        Self { bench: bench.to_owned(), fields, holds: ours <= at_most }
    }

    /// A number without a bound, for a person to read.
    pub fn shown(bench: &str, ours: f64, unit: &str) -> Self {
        let fields = vec![("ours", json!(ours)), ("unit", json!(unit))];
        Self { bench: bench.to_owned(), fields, holds: ours.is_finite() }
    }

    /// Whether it is within its bound.
    pub fn holds(&self) -> bool {
        self.holds
    }

    /// `{"bench": …, "ours_s": …, "peer_s": …, "ratio": …, "at_least": …, "holds": …}`
    pub fn to_json(&self) -> String {
        let fields = self.fields.iter().map(|(name, value)| format!("\"{name}\": {value}"));
        let fields: Vec<String> = fields.collect();
        format!("{{\"bench\": {}, {}, \"holds\": {}}}", json!(self.bench), fields.join(", "), self.holds)
    }
}

/// Seconds of two sides that ran in turn.
#[derive(Default)]
pub struct Sides {
    ours: Vec<f64>,
    theirs: Vec<f64>,
}

impl Sides {
    /// Takes one turn of both.
    pub fn push(&mut self, ours: f64, theirs: f64) {
        self.ours.push(ours);
        self.theirs.push(theirs);
    }

    /// Prints medians and spreads of both, and compares the medians.
    pub fn figure(&self, bench: &str, peer: &str, at_least: f64) -> Figure {
        let (ours_s, peer_s) = self.print(bench, peer);
        Figure::ratio(bench, ours_s, peer_s, at_least)
    }

    /// As `figure`, where ours may be the slower one.
    pub fn figure_of_slower(&self, bench: &str, peer: &str, at_most: f64) -> Figure {
        let (ours_s, peer_s) = self.print(bench, peer);
        Figure::times_as_long(bench, ours_s, peer_s, at_most)
    }

    fn print(&self, bench: &str, peer: &str) -> (f64, f64) {
        let (ours_s, peer_s) = (median(&self.ours), median(&self.theirs));
        println!("{peer:<36} {}", spread(&self.theirs));
        println!("{bench:<36} {}, {:.2} times as fast", spread(&self.ours), peer_s / ours_s);
        (ours_s, peer_s)
    }
}

/// The middle of some measurements.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => sorted[n / 2],
        n => f64::midpoint(sorted[n / 2 - 1], sorted[n / 2]),
    }
}

/// `median 0.042 s (0.040 to 0.051, 5 runs)`
pub fn spread(values: &[f64]) -> String {
    let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    format!("median {:.3} s ({lowest:.3} to {highest:.3}, {} runs)", median(values), values.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_hold_within_their_bounds_only() {
        assert!(Figure::ratio("a", 0.1, 10.0, 100.0).holds());
        assert!(!Figure::ratio("a", 0.11, 10.0, 100.0).holds());
        assert!(!Figure::ratio("a", f64::NAN, 10.0, 100.0).holds());
        assert!(Figure::at_most("a", 50.0, 50.0, "ms").holds());
        assert!(!Figure::at_most("a", f64::NAN, 50.0, "ms").holds());
        assert!(!Figure::at_least("a", 1999.0, 2000.0, "a second").holds());
        assert!(Figure::times_as_long("a", 1.3, 1.0, 1.3).holds());
        assert!(!Figure::times_as_long("a", 1.31, 1.0, 1.3).holds());
    }

    #[test]
    fn a_figure_is_one_json_line() {
        let line = Figure::ratio("seed-job", 0.5, 10.0, 20.0).to_json();
        let value: Value = serde_json::from_str(&line).expect("it is JSON");
        let expected = json!({"bench": "seed-job", "ours_s": 0.5, "peer_s": 10.0, "ratio": 20.0, "at_least": 20.0, "holds": true});
        assert_eq!(value, expected);
    }

    #[test]
    fn sides_are_compared_by_their_medians() {
        let mut sides = Sides::default();
        [(1.0, 4.0), (9.0, 5.0), (2.0, 6.0)].iter().for_each(|(ours, theirs)| sides.push(*ours, *theirs));
        assert!(sides.figure("a", "peer", 2.5).holds());
        assert!(!sides.figure("a", "peer", 2.6).holds());
        assert!(sides.figure_of_slower("a", "peer", 0.4).holds());
    }

    #[test]
    fn medians_are_of_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(&[]).is_nan());
    }
}
