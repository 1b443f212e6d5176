//! What an axis measures in; shares along it, round values beside it, and its grid out.

use super::scale::{decimals, ticks};
use super::scene::{Anchor, Ink, Mark};
use crate::state::format;

/// Room between two labels along the lower axis, in pixels.
const LABEL_ROOM: f64 = 56.0;
/// Room between two labels along the left axis, in pixels.
const LINE_ROOM: f64 = 30.0;
/// Most letters of a word beside an axis.
pub const MAX_LETTERS: usize = 14;

/// A named measure. Values lie between its ends; choices lie at their numbers, from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// What is measured.
    pub name: String,
    /// How.
    pub kind: AxisKind,
}

/// How an axis measures.
#[derive(Clone, Debug, PartialEq)]
pub enum AxisKind {
    /// Numbers from the first to the second, evenly.
    Even(f64, f64),
    /// The same, of whole numbers alone.
    Whole(f64, f64),
    /// Positive numbers from the first to the second, evenly in the logarithm.
    Log(f64, f64),
    /// Words in no order.
    Choices(Vec<String>),
}

impl Axis {
    /// Numbers from `low` to `high`.
    pub fn even(name: impl Into<String>, (low, high): (f64, f64)) -> Self {
        Self { name: name.into(), kind: AxisKind::Even(low, high) }
    }

    /// Whole numbers from `low` to `high`.
    pub fn whole(name: impl Into<String>, (low, high): (f64, f64)) -> Self {
        Self { name: name.into(), kind: AxisKind::Whole(low, high) }
    }

    /// An axis over all of `values` that never spans less than `least`, so that noise does not look like a landslide.
    pub fn around(name: impl Into<String>, values: impl Iterator<Item = f64>, least: f64) -> Self {
        let grow = |(low, high): (f64, f64), value: f64| (low.min(value), high.max(value));
        let (low, high) =
            values.filter(|value| value.is_finite()).fold((f64::INFINITY, f64::NEG_INFINITY), grow);
        if high < low {
            return Self::even(name, (0.0, 1.0));
        }
        let missing = (least - (high - low)).max(0.0) / 2.0;
        Self::even(name, (low - missing, high + missing))
    }

    /// Where a value lies between the ends, from 0 to 1; in the middle of an axis of one value.
    pub fn share(&self, value: f64) -> f64 {
        let between = |low: f64, high: f64, value: f64| {
            if high > low { (value - low) / (high - low) } else { 0.5 }
        };
        match &self.kind {
            AxisKind::Even(low, high) | AxisKind::Whole(low, high) => between(*low, *high, value),
            AxisKind::Log(low, high) => between(libm::log(*low), libm::log(*high), libm::log(value)),
            AxisKind::Choices(choices) => (value + 0.5) / choices.len().max(1) as f64,
        }
    }

    /// The value at a share, `share`'s inverse.
    pub fn value(&self, share: f64) -> f64 {
        let between = |low: f64, high: f64| low + share * (high - low);
        match &self.kind {
            AxisKind::Even(low, high) | AxisKind::Whole(low, high) => between(*low, *high),
            AxisKind::Log(low, high) => libm::exp(between(libm::log(*low), libm::log(*high))),
            AxisKind::Choices(choices) => share * choices.len() as f64 - 0.5,
        }
    }

    /// A value as it is written: a number with four digits at most, a choice by its word.
    pub fn words(&self, value: f64) -> String {
        match &self.kind {
            AxisKind::Choices(choices) => {
                let last = choices.len().saturating_sub(1);
                choices.get((value.round().max(0.0) as usize).min(last)).cloned().unwrap_or_default()
            }
            AxisKind::Whole(..) => format!("{value:.0}"),
            AxisKind::Even(..) | AxisKind::Log(..) => format::short(value),
        }
    }

    /// Shares and texts of at most `n_most` values beside it.
    pub fn ticks(&self, n_most: usize) -> Vec<(f64, String)> {
        let n_most = n_most.max(1);
        match &self.kind {
            AxisKind::Even(low, high) => {
                let values = ticks(*low, *high, n_most);
                let places = decimals(&values);
                let tick = |value: f64| (self.share(value), format!("{value:.places$}"));
                values.into_iter().map(tick).collect()
            }
            AxisKind::Whole(low, high) => {
                let values = ticks(*low, *high, n_most).into_iter().filter(|value| value.fract() == 0.0);
                values.map(|value| (self.share(value), format!("{value:.0}"))).collect()
            }
            AxisKind::Log(low, high) => log_values(*low, *high, n_most)
                .into_iter()
                .map(|value| (self.share(value), format::short(value)))
                .collect(),
            AxisKind::Choices(choices) => {
                let every = choices.len().div_ceil(n_most).max(1);
                let tick = |(place, word): (usize, &String)| {
                    (self.share(place as f64), shortened(word, MAX_LETTERS))
                };
                choices.iter().enumerate().step_by(every).map(tick).collect()
            }
        }
    }
}

/// A word cut to so many letters.
pub fn shortened(word: &str, n_most: usize) -> String {
    if word.chars().count() <= n_most {
        return word.to_owned();
    }
    word.chars().take(n_most.saturating_sub(1)).chain(['…']).collect()
}

/// Powers of ten, or 1, 2 and 5 times them where there are few, at most `n_most`.
fn log_values(low: f64, high: f64, n_most: usize) -> Vec<f64> {
    let within = |value: &f64| *value >= low * (1.0 - 1e-9) && *value <= high * (1.0 + 1e-9);
    let mut powers = Vec::new();
    let mut power = libm::pow(10.0, libm::floor(libm::log10(low)));
    while power <= high * 10.0 {
        powers.push(power);
        power *= 10.0;
    }
    let fine: Vec<f64> =
        powers.iter().flat_map(|power| [1.0, 2.0, 5.0].map(|times| times * power)).filter(within).collect();
    let coarse: Vec<f64> = powers.into_iter().filter(within).collect();
    let chosen = if coarse.len() < 3 && fine.len() <= n_most.max(3) { fine } else { coarse };
    let every = chosen.len().div_ceil(n_most).max(1);
    chosen.into_iter().step_by(every).collect()
}

/// Where values are drawn, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field {
    /// Left edge.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl Field {
    /// The place of two shares, the second upwards.
    pub fn at(&self, across: f64, up: f64) -> (f64, f64) {
        (self.left + across * self.width, self.top + (1.0 - up) * self.height)
    }

    /// Its lower edge.
    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }

    /// Grid lines and labels of an axis at the left; its name above it where `is_named`.
    pub fn draw_left(&self, axis: &Axis, is_named: bool, marks: &mut Vec<Mark>) {
        for (share, text) in axis.ticks((self.height / LINE_ROOM) as usize) {
            let (left, height) = self.at(0.0, share);
            marks.push(Mark::Rule { from: (left, height), to: (left + self.width, height), ink: Ink::Grid });
            marks.push(label((left - 8.0, height + 4.0), Anchor::End, text));
        }
        if is_named {
            marks.push(label((self.left - 8.0, self.top - 8.0), Anchor::Start, axis.name.clone()));
        }
    }

    /// Labels of an axis below, and its name below them.
    pub fn draw_below(&self, axis: &Axis, marks: &mut Vec<Mark>) {
        for (share, text) in axis.ticks((self.width / LABEL_ROOM) as usize) {
            marks.push(label((self.at(share, 0.0).0, self.bottom() + 18.0), Anchor::Middle, text));
        }
        let middle = self.left + self.width / 2.0;
        marks.push(label((middle, self.bottom() + 35.0), Anchor::Middle, axis.name.clone()));
    }
}

/// A text that is not read first.
pub fn label(at: (f64, f64), anchor: Anchor, text: String) -> Mark {
    Mark::Text { at, anchor, strong: false, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(low: f64, high: f64) -> Axis {
        Axis { name: "C".into(), kind: AxisKind::Log(low, high) }
    }

    fn choices(words: &[&str]) -> Axis {
        Axis {
            name: "loss".into(),
            kind: AxisKind::Choices(words.iter().map(|word| (*word).into()).collect()),
        }
    }

    #[track_caller]
    fn check_ticks(axis: &Axis, n_most: usize, expected: &[&str]) {
        let found: Vec<String> = axis.ticks(n_most).into_iter().map(|(_, text)| text).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn ticks_suit_their_kind() {
        check_ticks(&Axis::even("n", (0.771, 0.818)), 5, &["0.78", "0.79", "0.80", "0.81"]);
        check_ticks(&log(0.01, 100.0), 6, &["0.01", "0.1", "1", "10", "100"]);
        check_ticks(&log(0.01, 100.0), 3, &["0.01", "1", "100"]);
        check_ticks(&log(1.0, 30.0), 6, &["1", "2", "5", "10", "20"]);
        check_ticks(&choices(&["hinge", "squared_hinge_and_more"]), 5, &["hinge", "squared_hinge…"]);
        check_ticks(&Axis::even("n", (3.0, 3.0)), 5, &["3"]);
        check_ticks(&Axis::whole("trial", (1.0, 3.0)), 10, &["1", "2", "3"]);
    }

    #[test]
    fn shares_and_values_are_inverse() {
        for axis in [Axis::even("n", (2.0, 7.0)), log(0.01, 100.0), choices(&["a", "b", "c"])] {
            for value in [1.0, 2.0] {
                let back = axis.value(axis.share(value));
                assert!((back - value).abs() < 1e-9, "{} of {value} is {back}", axis.name);
            }
        }
        assert_eq!(log(0.01, 100.0).share(1.0), 0.5);
        assert_eq!(choices(&["a", "b"]).share(0.0), 0.25);
        assert_eq!(Axis::even("n", (3.0, 3.0)).share(3.0), 0.5);
    }

    #[test]
    fn an_axis_around_values_never_spans_less_than_asked() {
        assert_eq!(Axis::around("F1", [0.5, 0.51].into_iter(), 0.03).kind, AxisKind::Even(0.49, 0.52));
        assert_eq!(Axis::around("F1", [0.2, f64::NAN, 0.8].into_iter(), 0.02).kind, AxisKind::Even(0.2, 0.8));
        assert_eq!(Axis::around("F1", std::iter::empty(), 0.02).kind, AxisKind::Even(0.0, 1.0));
    }

    #[test]
    fn a_value_is_written_as_its_axis_measures() {
        assert_eq!(log(0.01, 100.0).words(0.012_345), "0.01235");
        assert_eq!(Axis::whole("trial", (1.0, 9.0)).words(3.0), "3");
        assert_eq!(choices(&["a", "b"]).words(1.2), "b");
    }
}
