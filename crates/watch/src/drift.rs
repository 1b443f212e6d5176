//! A profile of what was, a profile of what is now, in; what changed by more than luck, out.
//!
//! Each column is tested by what fits its kind and size, and the verdict bears that many were tested (Holm). How large a
//! change is is told apart from how sure it is, and too few rows are an answer of their own.

mod classes;

use engine::stats::{
    fisher_mid_p, holm, jensen_shannon, ks_of_cells, population_stability, stability_by_luck, two_share_test,
    wasserstein,
};
use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use self::classes::classes;
use crate::domain::DomainDrift;
use crate::profile::{ColumnCounts, Profile};
use crate::terms::{TermShifts, term_shifts};

/// Probability of any false alarm in a report.
pub const ALARM_LEVEL: f64 = 0.05;
/// Fewest rows of a side that are tested.
pub const MIN_ROWS: u64 = 30;
/// A change below this size is small: Wasserstein's distance in standard deviations, or Jensen and Shannon's.
pub const SMALL_SIZE: f64 = 0.1;
/// An area under the ROC curve up to this is small.
pub const SMALL_AREA: f64 = 0.55;
/// A change of a word's share up to this is small.
pub const SMALL_TERM_CHANGE: f64 = 0.05;
/// Where luck alone brings the stability index above this, silence says nothing.
const BLIND_FROM: f64 = 0.1;
/// Below this least expected count, two shares are tested exactly.
const EXACT_BELOW: f64 = 30.0;
/// Cells of the stability index of numbers.
const STABILITY_CELLS: u64 = 10;
/// Least standard deviation that numbers are measured in (Evidently's).
const LEAST_SD: f64 = 0.001;
/// What 4 of 5 tests at 5 % find, in standard errors: Φ⁻¹(0.975) + Φ⁻¹(0.8).
const FOUND_BY_MOST: f64 = 2.801_585;
/// How many more rows a Kolmogorov–Smirnov test needs than a t test, under a root.
const KS_LOSS: f64 = 1.25;

/// How a column was tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Kolmogorov and Smirnov's, ties and all.
    KolmogorovSmirnov,
    /// Pearson's χ², rare classes together.
    ChiSquare,
    /// The z test of two shares.
    TwoShares,
    /// Fisher's exact test with mid-p.
    Exact,
    /// Not at all: too few rows.
    None,
}

/// What is said of a column, or of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It changed, by much.
    Drift,
    /// It changed for sure, by little.
    SmallShift,
    /// A change that matters would have been seen, and was not.
    Stable,
    /// Too few rows to see one.
    NotEnoughData,
}

impl Verdict {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Drift => "drift",
            Self::SmallShift => "small shift",
            Self::Stable => "stable",
            Self::NotEnoughData => "not enough data",
        }
    }
}

/// What became of one column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct ColumnDrift {
    /// The column.
    pub name: String,
    /// How it was tested.
    pub method: Method,
    /// Rows of the reference with a value.
    pub n_reference: u64,
    /// Rows of the batch.
    pub n_batch: u64,
    /// What the test is of: a distance, χ², z.
    pub statistic: f64,
    /// Of the column alone.
    pub p_value: f64,
    /// With all others tested, too.
    pub adjusted_p: f64,
    /// How large the change is: Wasserstein's distance in standard deviations of the reference, or Jensen and Shannon's.
    pub size: f64,
    /// The population stability index.
    pub stability: f64,
    /// What it stays below by luck alone, 19 times of 20.
    pub stability_by_luck: f64,
    /// About the least change that 4 of 5 such batches would show: in standard deviations, or of a share.
    pub would_see: f64,
    /// Mean, or share of yes, before; of classes the share of `class`.
    pub before: Option<f64>,
    /// Now.
    pub now: Option<f64>,
    /// Of classes: the one whose share changed most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// What is said of it.
    pub verdict: Verdict,
}

/// What became of a batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Drift {
    /// Rows of the reference.
    pub n_reference: u64,
    /// Rows of the batch.
    pub n_batch: u64,
    /// Columns that both have, the most changed first.
    pub columns: Vec<ColumnDrift>,
    /// Rising and falling words.
    pub terms: Option<TermShifts>,
    /// What `terms` says, the others being tested, too.
    pub terms_adjusted_p: f64,
    /// Whether texts can be told apart, where those of the reference were at hand.
    pub texts: Option<DomainDrift>,
    /// Likewise.
    pub texts_adjusted_p: f64,
    /// Of all.
    pub verdict: Verdict,
}

/// Holds a batch against a reference. `texts`: what the texts themselves say, where both are at hand.
pub fn drift(reference: &Profile, batch: &Profile, texts: Option<DomainDrift>) -> Drift {
    let mut columns: Vec<ColumnDrift> = reference
        .columns
        .iter()
        .filter_map(|column| column_drift(&column.name, &column.values, batch.column(&column.name)?))
        .collect();
    let (n_reference, n_batch) = (reference.n_rows(), batch.n_rows());
    let are_many = reference.terms.n_rows.min(batch.terms.n_rows) >= MIN_ROWS;
    let terms = if are_many { term_shifts(&reference.terms, &batch.terms) } else { None };
    let mut p_values: Vec<f64> =
        columns.iter().filter(|column| column.method != Method::None).map(|column| column.p_value).collect();
    p_values.extend(terms.iter().map(|terms| terms.p_value));
    p_values.extend(texts.iter().map(|texts| texts.p_value));
    let mut adjusted = holm(&p_values).into_iter();
    let tested = columns.iter_mut().filter(|column| column.method != Method::None);
    for (column, p) in tested.zip(adjusted.by_ref()) {
        column.adjusted_p = p;
        column.verdict = column_verdict(column);
    }
    let terms_adjusted_p = terms.as_ref().and_then(|_| adjusted.next()).unwrap_or(1.0);
    let texts_adjusted_p = texts.as_ref().and_then(|_| adjusted.next()).unwrap_or(1.0);
    columns.sort_by(|a, b| {
        let rank = |column: &ColumnDrift| column.verdict;
        rank(a).cmp(&rank(b)).then(a.p_value.total_cmp(&b.p_value)).then_with(|| a.name.cmp(&b.name))
    });
    let mut verdicts: Vec<Verdict> = columns.iter().map(|column| column.verdict).collect();
    let by_size = |is_large: bool| if is_large { Verdict::Drift } else { Verdict::SmallShift };
    if let (Some(terms), true) = (&terms, terms_adjusted_p <= ALARM_LEVEL) {
        verdicts.push(by_size(terms.largest > SMALL_TERM_CHANGE));
    }
    if let (Some(texts), true) = (&texts, texts_adjusted_p <= ALARM_LEVEL) {
        verdicts.push(by_size(texts.auc > SMALL_AREA));
    }
    let verdict = all_verdicts(&verdicts);
    Drift { n_reference, n_batch, columns, terms, terms_adjusted_p, texts, texts_adjusted_p, verdict }
}

/// What changed outweighs what did not; where most columns could not be judged, all cannot.
fn all_verdicts(verdicts: &[Verdict]) -> Verdict {
    let n_of = |wanted: Verdict| verdicts.iter().filter(|verdict| **verdict == wanted).count();
    if n_of(Verdict::Drift) > 0 {
        Verdict::Drift
    } else if n_of(Verdict::SmallShift) > 0 {
        Verdict::SmallShift
    } else if n_of(Verdict::Stable) > n_of(Verdict::NotEnoughData) {
        Verdict::Stable
    } else {
        Verdict::NotEnoughData
    }
}

fn column_verdict(column: &ColumnDrift) -> Verdict {
    match (column.adjusted_p <= ALARM_LEVEL, column.size >= SMALL_SIZE) {
        (true, true) => Verdict::Drift,
        (true, false) => Verdict::SmallShift,
        (false, _) if column.stability_by_luck > BLIND_FROM => Verdict::NotEnoughData,
        (false, _) => Verdict::Stable,
    }
}

/// One column alone; `None` where the two are of different kinds.
pub fn column_drift(name: &str, reference: &ColumnCounts, batch: &ColumnCounts) -> Option<ColumnDrift> {
    let found = match (reference, batch) {
        (ColumnCounts::Numbers { scale, counts }, ColumnCounts::Numbers { scale: other, counts: others })
            if scale == other =>
        {
            let values = |cell: usize| scale.value(cell);
            numbers(counts, others, values)
        }
        (
            ColumnCounts::Flag { n_yes, n_rows },
            ColumnCounts::Flag { n_yes: other_yes, n_rows: other_rows },
        ) => {
            let (before, now) = ((*n_yes, *n_rows), (*other_yes, *other_rows));
            let share = |part: (u64, u64)| (part.1 > 0).then(|| part.0 as f64 / part.1 as f64);
            Found { before: share(before), now: share(now), ..two_shares(before, now) }
        }
        (ColumnCounts::Classes { counts }, ColumnCounts::Classes { counts: others }) => {
            classes(counts, others)
        }
        _ => return None,
    };
    let (n_reference, n_batch) = (reference.n_rows(), batch.n_rows());
    let is_testable = n_reference.min(n_batch) >= MIN_ROWS;
    Some(ColumnDrift {
        name: name.to_owned(),
        method: if is_testable { found.method } else { Method::None },
        n_reference,
        n_batch,
        statistic: found.statistic,
        p_value: if is_testable { found.p_value } else { 1.0 },
        adjusted_p: 1.0,
        size: found.size,
        stability: found.stability,
        stability_by_luck: stability_by_luck((n_reference, n_batch), found.n_cells.max(2), 0.95)
            .unwrap_or(0.0),
        would_see: found.would_see,
        before: found.before,
        now: found.now,
        class: found.class,
        verdict: Verdict::NotEnoughData,
    })
}

/// What a test says, before others are asked.
struct Found {
    method: Method,
    statistic: f64,
    p_value: f64,
    size: f64,
    stability: f64,
    n_cells: usize,
    would_see: f64,
    before: Option<f64>,
    now: Option<f64>,
    class: Option<String>,
}

fn found(method: Method, statistic: f64, p_value: f64) -> Found {
    Found {
        method,
        statistic,
        p_value,
        size: 0.0,
        stability: 0.0,
        n_cells: 2,
        would_see: 0.0,
        before: None,
        now: None,
        class: None,
    }
}

fn numbers(counts: &[u64], others: &[u64], value: impl Fn(usize) -> f64) -> Found {
    let at = |counts: &[u64], cell: usize| counts.get(cell).copied().unwrap_or(0);
    let cells: Vec<(u64, u64)> =
        (0..counts.len().max(others.len())).map(|cell| (at(counts, cell), at(others, cell))).collect();
    let Some(test) = ks_of_cells(&cells) else { return found(Method::None, 0.0, 1.0) };
    let valued: Vec<(f64, u64, u64)> =
        cells.iter().enumerate().map(|(cell, &(n, other))| (value(cell), n, other)).collect();
    let n: u64 = cells.iter().map(|cell| cell.0).sum();
    let other_n: u64 = cells.iter().map(|cell| cell.1).sum();
    let mean = |count: &dyn Fn(&(f64, u64, u64)) -> u64, n: u64| {
        valued.iter().map(|cell| cell.0 * count(cell) as f64).sum::<f64>() / n as f64
    };
    let (before, now) = (mean(&|cell| cell.1, n), mean(&|cell| cell.2, other_n));
    let squares: f64 = valued.iter().map(|cell| (cell.0 - before) * (cell.0 - before) * cell.1 as f64).sum();
    let sd = (squares / n as f64).sqrt().max(LEAST_SD);
    let (coarse, coarse_others) = deciles(&cells, n);
    Found {
        size: wasserstein(&valued).map_or(0.0, |distance| distance / sd),
        stability: population_stability(&coarse, &coarse_others).unwrap_or(0.0),
        n_cells: coarse.len(),
        would_see: KS_LOSS * FOUND_BY_MOST * (1.0 / n as f64 + 1.0 / other_n as f64).sqrt(),
        before: Some(before),
        now: Some(now),
        ..found(Method::KolmogorovSmirnov, test.statistic, test.p_value)
    }
}

/// The cells put together to about ten, equally many rows of the reference in each.
fn deciles(cells: &[(u64, u64)], n: u64) -> (Vec<u64>, Vec<u64>) {
    let (mut of_reference, mut of_batch) = (vec![0], vec![0]);
    let mut n_before = 0;
    for (at, cell) in cells.iter().enumerate() {
        let last = of_reference.len() - 1;
        of_reference[last] += cell.0;
        of_batch[last] += cell.1;
        n_before += cell.0;
        let is_full = n_before * STABILITY_CELLS >= n * of_reference.len() as u64;
        let has_more = cells[at + 1..].iter().any(|cell| cell.0 > 0);
        if is_full && of_reference[last] > 0 && has_more {
            of_reference.push(0);
            of_batch.push(0);
        }
    }
    (of_reference, of_batch)
}

/// `before` and `now`: how many of how many.
fn two_shares(before: (u64, u64), now: (u64, u64)) -> Found {
    let Some(test) = two_share_test(before, now) else { return found(Method::None, 0.0, 1.0) };
    let n_hits = (before.0 + now.0) as f64;
    let pooled = n_hits / (before.1 + now.1) as f64;
    let least = pooled.min(1.0 - pooled) * before.1.min(now.1) as f64;
    let (method, p_value) = match least >= EXACT_BELOW {
        true => (Method::TwoShares, test.p_value),
        false => (Method::Exact, fisher_mid_p(now, before).unwrap_or(1.0)),
    };
    let both = |part: (u64, u64)| [part.0, part.1 - part.0];
    let error = (pooled * (1.0 - pooled) * (1.0 / before.1 as f64 + 1.0 / now.1 as f64)).sqrt();
    Found {
        size: jensen_shannon(&both(before), &both(now)).unwrap_or(0.0),
        stability: population_stability(&both(before), &both(now)).unwrap_or(0.0),
        would_see: FOUND_BY_MOST * error,
        ..found(method, test.z, p_value)
    }
}

#[cfg(test)]
mod tests {
    use engine::num::RandomStream;

    use super::classes::common_cells;
    use super::*;
    use crate::profile::{ProfileBuilder, Value};

    fn profile(n: u32, seed: u64, longer: f64, yes: f64) -> Profile {
        let mut stream = RandomStream::new("test", &[seed]);
        let mut builder = ProfileBuilder::new(&["a".into(), "b".into()]);
        for _ in 0..n {
            builder.push("words", Value::Count((20.0 * stream.unit() * stream.unit() * longer).floor()));
            builder.push("link", Value::Flag(stream.unit() < yes));
            builder.push("predicted", Value::Class(if stream.unit() < 0.3 { "a" } else { "b" }));
            let month = ["apr", "feb", "jan", "mar"][stream.below(4) as usize];
            builder.push("month", Value::Class(month));
        }
        builder.finish().unwrap()
    }

    #[track_caller]
    fn verdict_of(found: &Drift, name: &str) -> Verdict {
        found.columns.iter().find(|column| column.name == name).unwrap().verdict
    }

    #[test]
    fn a_column_that_changed_is_found_and_the_others_are_stable() {
        let found = drift(&profile(3_000, 1, 1.0, 0.1), &profile(1_000, 2, 1.6, 0.1), None);
        assert_eq!(verdict_of(&found, "words"), Verdict::Drift);
        assert_eq!(verdict_of(&found, "link"), Verdict::Stable);
        assert_eq!((found.columns[0].name.as_str(), found.verdict), ("words", Verdict::Drift));
        let words = &found.columns[0];
        assert!(words.now > words.before && words.size > 0.3 && words.stability > words.stability_by_luck);
    }

    #[test]
    fn a_small_change_of_many_rows_is_sure_and_small() {
        let found = drift(&profile(60_000, 1, 1.0, 0.10), &profile(60_000, 2, 1.0, 0.12), None);
        assert_eq!(verdict_of(&found, "link"), Verdict::SmallShift);
        assert_eq!(found.verdict, Verdict::SmallShift);
    }

    #[test]
    fn few_rows_are_not_enough() {
        let found = drift(&profile(3_000, 1, 1.0, 0.1), &profile(12, 2, 1.0, 0.1), None);
        assert_eq!(found.verdict, Verdict::NotEnoughData);
        assert!(found.columns.iter().all(|column| column.method == Method::None && column.adjusted_p == 1.0));
        let some = drift(&profile(3_000, 1, 1.0, 0.1), &profile(80, 3, 1.0, 0.1), None);
        assert_eq!(verdict_of(&some, "words"), Verdict::NotEnoughData, "eighty rows do not tell ten cells");
        let large = drift(&profile(3_000, 1, 1.0, 0.1), &profile(80, 2, 9.0, 0.1), None);
        assert_eq!(verdict_of(&large, "words"), Verdict::Drift, "what is plain is seen in few");
    }

    #[test]
    fn one_class_one_value_and_nothing_are_tested_paths() {
        let one = |n: u64| ColumnCounts::Classes { counts: vec![("a".into(), n)] };
        let same = column_drift("label", &one(500), &one(90)).unwrap();
        assert_eq!((same.p_value, same.size), (1.0, 0.0));
        let other = ColumnCounts::Classes { counts: vec![("b".into(), 90)] };
        let moved = column_drift("label", &one(500), &other).unwrap();
        assert_eq!((moved.class.as_deref(), moved.before, moved.now), (Some("b"), Some(0.0), Some(1.0)));
        assert!(moved.p_value < 1e-12 && moved.size > 0.8, "{moved:?}");
        let constant =
            |n: u64| ColumnCounts::Numbers { scale: crate::scale::Scale::Count, counts: vec![0, 0, n] };
        assert_eq!(column_drift("words", &constant(700), &constant(40)).unwrap().p_value, 1.0);
        let empty = ColumnCounts::Numbers { scale: crate::scale::Scale::Count, counts: Vec::new() };
        assert_eq!(column_drift("words", &constant(700), &empty).unwrap().method, Method::None);
        assert!(column_drift("words", &constant(700), &one(3)).is_none(), "kinds differ");
        let nothing = drift(&ProfileBuilder::new(&[]).finish().unwrap(), &profile(50, 1, 1.0, 0.1), None);
        assert_eq!((nothing.verdict, nothing.columns.len()), (Verdict::NotEnoughData, 0));
    }

    #[test]
    fn a_column_of_two_hundred_million_rows_is_judged_at_once() {
        let flag = |n_yes: u64| ColumnCounts::Flag { n_yes, n_rows: 200_000_000 };
        assert!(column_drift("link", &flag(20_000_000), &flag(20_003_000)).unwrap().p_value > 0.4);
        let numbers = |counts: Vec<u64>| ColumnCounts::Numbers { scale: crate::scale::Scale::Count, counts };
        let found =
            column_drift("words", &numbers(vec![50_000_000; 4]), &numbers(vec![50_010_000; 4])).unwrap();
        assert!(found.p_value > 0.4, "{found:?}");
    }

    // `cargo xtask bench statistics` does this at length, on real reviews.
    #[test]
    fn batches_of_the_same_kind_alarm_seldom_at_any_size() {
        const N_REPEATS: u64 = 300;
        for n_batch in [30, 300] {
            let (mut n_false, mut n_of_words) = (0, 0);
            for repeat in 0..N_REPEATS {
                let sides = (profile(600, 2 * repeat, 1.0, 0.2), profile(n_batch, 2 * repeat + 1, 1.0, 0.2));
                let found = drift(&sides.0, &sides.1, None);
                n_false += u64::from(found.verdict <= Verdict::SmallShift);
                let words = found.columns.iter().find(|column| column.name == "words").unwrap();
                n_of_words += u64::from(words.p_value <= ALARM_LEVEL);
            }
            // Of 300 at 5 %, 27 or more come once in a thousand times.
            assert!(n_false <= 26 && (3..=26).contains(&n_of_words), "{n_false}, {n_of_words} of {n_batch}");
        }
    }

    #[test]
    fn rare_classes_are_counted_together() {
        assert_eq!(common_cells(&[(400, 40), (300, 30), (9, 1), (3, 2)], (712, 73)), [(312, 33), (400, 40)]);
        assert_eq!(common_cells(&[(400, 40), (3, 2)], (403, 42)), [(400, 40), (3, 2)]);
        assert_eq!(common_cells(&[(5, 0), (0, 2), (0, 0)], (5, 2)), [(5, 2)]);
    }
}
