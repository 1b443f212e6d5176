//! What several versions say of the same rows in; which is better by more than luck, and which are as good as equal, out.

use engine::dataset::LabelId;
use engine::metrics::{F1Interval, IntervalSpec, PairedF1, paired_bootstrap_f1_macro};
use engine::stats::{corrected_t_test, holm, mcnemar_exact};
use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::WATCH_SCHEMA;

/// Most versions of one comparison: 45 pairs.
pub const MAX_VERSIONS: usize = 10;
/// Differences in macro F1 up to this are none, where nothing else is said.
pub const USUAL_MARGIN: f64 = 0.01;
/// Probability of any false finding.
const LEVEL: f64 = 0.05;

/// How versions are compared.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct CompareSpec {
    /// What the resamples derive from.
    pub seed: u64,
    /// Resamples of the paired bootstrap.
    pub n_resamples: u32,
    /// Differences in macro F1 up to this are none.
    pub margin: f64,
}

impl CompareSpec {
    /// 2,000 resamples, a margin of 0.01.
    pub fn usual(seed: u64) -> Self {
        Self { seed, n_resamples: 2_000, margin: USUAL_MARGIN }
    }
}

/// What one version says. Shapes: `predicted`: one a row; `folds`: macro F1 of each fold in its cross-validation, none
/// where that is not known.
#[derive(Clone, Debug, PartialEq)]
pub struct VersionAnswers {
    /// Its name.
    pub name: String,
    /// Its classes.
    pub predicted: Vec<u8>,
    /// Its folds.
    pub folds: Vec<f64>,
}

/// What is said of two versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum PairVerdict {
    /// The first is right more often, by more than luck.
    FirstBetter,
    /// The second is.
    SecondBetter,
    /// They differ by less than the margin.
    Equal,
    /// Nothing can be said: more rows may tell.
    Open,
}

/// Two versions side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Pair {
    /// The one.
    pub first: String,
    /// The other.
    pub second: String,
    /// Rows that the first alone gets right.
    pub n_first_only: u64,
    /// Rows that the second alone does.
    pub n_second_only: u64,
    /// McNemar's exact test.
    pub p_value: f64,
    /// With all other pairs tested, too (Holm).
    pub adjusted_p: f64,
    /// Macro F1 of both and its difference, at 95 %.
    pub f1: PairedF1,
    /// Where the difference lies at 90 %: within the margin, two one-sided tests at 5 % call it none.
    pub within: F1Interval,
    /// p-value of equal fold scores (Nadeau and Bengio), where both have them.
    pub folds_p: Option<f64>,
    /// What is said of them.
    pub verdict: PairVerdict,
}

/// Versions on the same rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Comparison {
    /// Schema number.
    pub schema: u32,
    /// How it was made.
    pub spec: CompareSpec,
    /// Rows.
    pub n_rows: u64,
    /// Versions by macro F1, the best first.
    pub versions: Vec<(String, f64)>,
    /// All pairs, in the order the versions were given.
    pub pairs: Vec<Pair>,
}

/// Why versions cannot be compared.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum CompareError {
    /// Too few or too many.
    #[error("{found} versions cannot be compared: choose 2 to {MAX_VERSIONS}")]
    Versions {
        /// How many were given.
        found: usize,
    },
    /// Nothing to compare them on.
    #[error("there is no labelled review that all versions can be asked about: choose a file with labels")]
    NoRows,
    /// A margin that is none.
    #[error("a margin of {found} makes no sense: choose a number from 0 to 1")]
    BadMargin {
        /// What was asked for.
        found: f64,
    },
}

/// Compares versions on rows whose classes are known; every version says something of each row.
///
/// # Errors
/// `Versions`, `NoRows`, `BadMargin`.
///
/// # Panics
/// Where lengths differ or a class is out of range: our own mistake.
pub fn compare(
    truth: &[LabelId],
    n_classes: usize,
    versions: &[VersionAnswers],
    spec: &CompareSpec,
) -> Result<Comparison, CompareError> {
    if !(2..=MAX_VERSIONS).contains(&versions.len()) {
        return Err(CompareError::Versions { found: versions.len() });
    }
    if !(0.0..=1.0).contains(&spec.margin) {
        return Err(CompareError::BadMargin { found: spec.margin });
    }
    let mut pairs = Vec::new();
    for (place, first) in versions.iter().enumerate() {
        for second in &versions[place + 1..] {
            pairs.push(pair(truth, n_classes, (first, second), spec).ok_or(CompareError::NoRows)?);
        }
    }
    let p_values: Vec<f64> = pairs.iter().map(|pair| pair.p_value).collect();
    for (pair, adjusted) in pairs.iter_mut().zip(holm(&p_values)) {
        pair.adjusted_p = adjusted;
        pair.verdict = verdict(pair, spec.margin);
    }
    let f1_of = |name: &str| {
        let first = pairs.iter().find(|pair| pair.first == name).map(|pair| pair.f1.first);
        first.or_else(|| pairs.iter().find(|pair| pair.second == name).map(|pair| pair.f1.second))
    };
    let mut scores: Vec<(String, f64)> =
        versions.iter().map(|version| (version.name.clone(), f1_of(&version.name).unwrap_or(0.0))).collect();
    scores.sort_by(|a, b| b.1.total_cmp(&a.1));
    Ok(Comparison { schema: WATCH_SCHEMA, spec: *spec, n_rows: truth.len() as u64, versions: scores, pairs })
}

fn pair(
    truth: &[LabelId],
    n_classes: usize,
    (first, second): (&VersionAnswers, &VersionAnswers),
    spec: &CompareSpec,
) -> Option<Pair> {
    let interval = |level: f64| {
        let spec = IntervalSpec { level, n_resamples: spec.n_resamples, seed: spec.seed };
        paired_bootstrap_f1_macro(truth, (&first.predicted, &second.predicted), n_classes, &spec)
    };
    let (f1, within) = (interval(1.0 - LEVEL)?, interval(1.0 - 2.0 * LEVEL)?.difference);
    let (mut n_first_only, mut n_second_only) = (0, 0);
    for ((label, one), other) in truth.iter().zip(&first.predicted).zip(&second.predicted) {
        n_first_only += u64::from(label.0 == *one && label.0 != *other);
        n_second_only += u64::from(label.0 == *other && label.0 != *one);
    }
    let p_value = mcnemar_exact(n_first_only, n_second_only);
    Some(Pair {
        first: first.name.clone(),
        second: second.name.clone(),
        n_first_only,
        n_second_only,
        p_value,
        adjusted_p: p_value,
        f1,
        within,
        folds_p: folds_p(&first.folds, &second.folds),
        verdict: PairVerdict::Open,
    })
}

/// Folds of K hold a K-th out: measured on over learned from is 1 / (K − 1).
fn folds_p(first: &[f64], second: &[f64]) -> Option<f64> {
    if first.len() != second.len() || first.len() < 2 {
        return None;
    }
    let differences: Vec<f64> = first.iter().zip(second).map(|(first, second)| second - first).collect();
    Some(corrected_t_test(&differences, 1.0 / (first.len() - 1) as f64)?.p_value)
}

fn verdict(pair: &Pair, margin: f64) -> PairVerdict {
    if pair.within.low > -margin && pair.within.high < margin {
        PairVerdict::Equal
    } else if pair.adjusted_p > LEVEL {
        PairVerdict::Open
    } else if pair.n_first_only > pair.n_second_only {
        PairVerdict::FirstBetter
    } else {
        PairVerdict::SecondBetter
    }
}

impl Comparison {
    /// As JSON.
    pub fn to_json(&self) -> String {
        json::to_string(self)
    }
}

#[cfg(test)]
mod tests {
    use engine::num::RandomStream;

    use super::*;

    /// Rows of two classes, and a version that is right in a share of them.
    fn version(name: &str, truth: &[LabelId], right: f64, seed: u64) -> VersionAnswers {
        let mut stream = RandomStream::new("test", &[seed]);
        let answer = |label: &LabelId| if stream.unit() < right { label.0 } else { 1 - label.0 };
        VersionAnswers { name: name.into(), predicted: truth.iter().map(answer).collect(), folds: Vec::new() }
    }

    fn truth(n: usize) -> Vec<LabelId> {
        (0..n).map(|row| LabelId((row % 3 == 0) as u8)).collect()
    }

    #[test]
    fn the_better_is_found_among_three_and_equals_are_equal() {
        let truth = truth(3_000);
        let good = version("good", &truth, 0.9, 1);
        let versions =
            [version("poor", &truth, 0.8, 2), good.clone(), VersionAnswers { name: "copy".into(), ..good }];
        let found = compare(&truth, 2, &versions, &CompareSpec::usual(7)).unwrap();
        let verdicts: Vec<PairVerdict> = found.pairs.iter().map(|pair| pair.verdict).collect();
        assert_eq!(verdicts, [PairVerdict::SecondBetter, PairVerdict::SecondBetter, PairVerdict::Equal]);
        assert_eq!(found.versions[2].0, "poor");
        assert!(found.pairs.iter().all(|pair| pair.adjusted_p >= pair.p_value));
        assert_eq!(compare(&truth, 2, &versions, &CompareSpec::usual(7)), Ok(found), "the seed says it all");
    }

    #[test]
    fn few_rows_leave_it_open() {
        let truth = truth(40);
        let versions = [version("a", &truth, 0.9, 1), version("b", &truth, 0.85, 2)];
        let found = compare(&truth, 2, &versions, &CompareSpec::usual(7)).unwrap();
        assert_eq!(found.pairs[0].verdict, PairVerdict::Open);
    }

    // scipy 1.17.1: d = second - first; s = ((1 / 5 + 1 / 4) * d.var(ddof=1)) ** .5; 2 * stats.t.sf(abs(d.mean()) / s, 4)
    // of d = [0.012, 0.004, 0.019, -0.003, 0.011], as engine::stats tests it
    #[test]
    fn folds_are_compared_by_the_corrected_test() {
        let first = [0.8, 0.81, 0.79, 0.82, 0.8];
        let second = [0.812, 0.814, 0.809, 0.817, 0.811];
        let differences: Vec<f64> = first.iter().zip(&second).map(|(a, b)| b - a).collect();
        let expected = corrected_t_test(&differences, 0.25).unwrap().p_value;
        assert_eq!(folds_p(&first, &second), Some(expected));
        assert_eq!(folds_p(&first, &second[..4]), None);
    }

    #[test]
    fn what_cannot_be_compared_says_so() {
        let rows = truth(40);
        let versions = [version("a", &rows, 0.9, 1), version("b", &rows, 0.8, 2)];
        let spec = CompareSpec::usual(7);
        assert_eq!(compare(&rows, 2, &versions[..1], &spec), Err(CompareError::Versions { found: 1 }));
        let nothing = [version("a", &[], 0.9, 1), version("b", &[], 0.8, 2)];
        assert_eq!(compare(&[], 2, &nothing, &spec), Err(CompareError::NoRows));
        let spec = CompareSpec { margin: -1.0, ..spec };
        assert_eq!(compare(&rows, 2, &versions, &spec), Err(CompareError::BadMargin { found: -1.0 }));
    }
}
