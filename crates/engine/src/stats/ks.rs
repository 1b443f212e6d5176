//! Two samples in; whether one distribution can have given both, by the largest distance of their distribution
//! functions (Kolmogorov 1933, Smirnov 1939), out.
//!
//! Values that are equal are counted together, in cells: lengths in words have few values. The exact distribution is that
//! over all ways to deal the values out to both samples, ties kept.

use super::choose::log_binomial;
use super::kolmogorov_sf;

/// Most steps of the exact count, which takes milliseconds; beyond them the asymptotic distribution is taken.
const MAX_STEPS: f64 = 2e8;
/// How many standard deviations of a cell's share are followed: what is left out is below 1e-20.
const REACH: f64 = 10.0;
/// Least width of a cell's share that is followed.
const MIN_REACH: f64 = 12.0;

/// What two samples say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KsTest {
    /// The largest distance of the two distribution functions, from 0 to 1.
    pub statistic: f64,
    /// Two-sided.
    pub p_value: f64,
    /// Whether all ways to deal the values out were counted. Else ties make the p-value too large.
    pub is_exact: bool,
}

/// The test of two samples; `None` where one is empty or a value is no number.
///
/// Without ties the p-value is that of scipy's `ks_2samp`, by its `method="exact"` or beyond `MAX_STEPS` by its
/// `method="asymp"`. With ties scipy's is too large; the exact one here is R's `psmirnov(…, z = pooled values)`.
pub fn ks_two_sample(first: &[f64], second: &[f64]) -> Option<KsTest> {
    if first.iter().chain(second).any(|value| value.is_nan()) {
        return None;
    }
    let mut pooled: Vec<(f64, bool)> = first.iter().map(|value| (*value, true)).collect();
    pooled.extend(second.iter().map(|value| (*value, false)));
    pooled.sort_by(|a, b| a.0.total_cmp(&b.0));
    let cell = |same: &[(f64, bool)]| {
        let n_first = same.iter().filter(|(_, is_first)| *is_first).count() as u64;
        (n_first, same.len() as u64 - n_first)
    };
    let cells: Vec<(u64, u64)> = pooled.chunk_by(|a, b| a.0 == b.0).map(cell).collect();
    ks_of_cells(&cells)
}

/// The test of two samples that are counted: how often each value, in ascending order, is in either; `None` where a
/// sample is empty.
pub fn ks_of_cells(cells: &[(u64, u64)]) -> Option<KsTest> {
    let (n_first, n_second) = cells.iter().fold((0, 0), |sum, cell| (sum.0 + cell.0, sum.1 + cell.1));
    if n_first == 0 || n_second == 0 {
        return None;
    }
    let (mut before, mut widest) = ((0, 0), 0);
    for cell in cells {
        before = (before.0 + cell.0, before.1 + cell.1);
        widest = widest.max((before.0 * n_second).abs_diff(before.1 * n_first));
    }
    let statistic = widest as f64 / (n_first as f64 * n_second as f64);
    let walk = Walk::new(cells, n_first.min(n_second), n_first.max(n_second), widest);
    let (p_value, is_exact) = match widest {
        0 => (1.0, true),
        _ if walk.n_steps() <= MAX_STEPS => (walk.share_outside(), true),
        _ => {
            let (few, many) = (walk.n_few as f64, walk.n_many as f64);
            (kolmogorov_sf(statistic, (few * many / (few + many)).round() as u64), false)
        }
    };
    Some(KsTest { statistic, p_value, is_exact })
}

/// All ways to deal pooled values out, as walks: after each cell, how many of the smaller sample have come.
///
/// Each value belonging to the smaller sample with probability n_few / n, independently, and the sum being n_few, all ways
/// are equally likely.
struct Walk {
    sizes: Vec<u64>,
    n_few: u64,
    n_many: u64,
    /// A walk is outside where |i n − t n_few| is at least this, t values having come, i of them of the smaller sample.
    widest: u64,
}

impl Walk {
    fn new(cells: &[(u64, u64)], n_few: u64, n_many: u64, widest: u64) -> Self {
        let sizes = cells.iter().map(|cell| cell.0 + cell.1).filter(|size| *size > 0).collect();
        Self { sizes, n_few, n_many, widest }
    }

    fn n(&self) -> u64 {
        self.n_few + self.n_many
    }

    fn probability(&self) -> f64 {
        self.n_few as f64 / self.n() as f64
    }

    /// Shares of a cell that are followed: the first of them, and how many.
    fn reach(&self, size: u64) -> (u64, u64) {
        let p = self.probability();
        let reach = MIN_REACH.max(REACH * (size as f64 * p * (1.0 - p)).sqrt());
        let low = (size as f64 * p - reach).floor().max(0.0) as u64;
        let high = ((size as f64 * p + reach).ceil() as u64).min(size);
        (low, high - low + 1)
    }

    fn n_steps(&self) -> f64 {
        let width = (2 * self.widest / self.n() + 2).min(self.n_few + 1) as f64;
        self.sizes.iter().map(|size| width * self.reach(*size).1 as f64).sum()
    }

    /// Share of the walks that are outside at the end of some cell.
    fn share_outside(&self) -> f64 {
        let (n, p) = (self.n(), self.probability());
        let log_all = log_binomial(n, self.n_few, p);
        let mut inside = vec![1.0];
        let (mut first_inside, mut n_come, mut outside) = (0, 0, 0.0);
        let mut shares: (u64, Vec<f64>) = (0, Vec::new());
        for &size in &self.sizes {
            let (low, n_shares) = self.reach(size);
            if shares.0 != size {
                let share = |k: u64| libm::exp(log_binomial(size, low + k, p));
                shares = (size, (0..n_shares).map(share).collect());
            }
            let mut reached = vec![0.0; inside.len() + shares.1.len() - 1];
            for (at, mass) in inside.iter().enumerate() {
                let to = &mut reached[at..at + shares.1.len()];
                to.iter_mut().zip(&shares.1).for_each(|(sum, share)| *sum += mass * share);
            }
            n_come += size;
            let first = first_inside + low;
            let is_outside = |i: u64| (i * n).abs_diff(n_come * self.n_few) >= self.widest;
            // No more than all of either sample can have come.
            let is_possible = |i: u64| i <= self.n_few && n_come - i.min(n_come) <= self.n_many;
            let stays = |at: &usize| !is_outside(first + *at as u64) && is_possible(first + *at as u64);
            for (at, mass) in reached.iter().enumerate() {
                let i = first + at as u64;
                if *mass > 0.0 && is_possible(i) && is_outside(i) {
                    let rest = log_binomial(n - n_come, self.n_few - i, p);
                    outside += mass * libm::exp(rest - log_all);
                }
            }
            let from = (0..reached.len()).find(stays).unwrap_or(0);
            let to = (from..reached.len()).rev().find(stays).map_or(from, |last| last + 1);
            inside = reached[from..to].to_vec();
            first_inside = first + from as u64;
            if inside.is_empty() {
                break;
            }
        }
        outside.min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(first: &[f64], second: &[f64], statistic: f64, p_value: f64) {
        let found = ks_two_sample(first, second).unwrap();
        let is_near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * b.abs();
        assert!(is_near(found.statistic, statistic), "{found:?} is not {statistic}");
        assert!(found.is_exact && is_near(found.p_value, p_value), "{found:?} is not {p_value}");
    }

    /// n values without ties: the fractional parts of multiples of `step`, to a power.
    fn values(n: u32, step: f64, power: f64) -> Vec<f64> {
        (1..=n).map(|i| (f64::from(i) * step).fract()).map(|value| libm::pow(value, power)).collect()
    }

    // scipy 1.17.1: v = lambda n, s, p: (np.arange(1, n + 1) * s % 1) ** p;
    // stats.ks_2samp(v(n, .618033988749895, 1.0), v(m, .414213562373095, q), method="exact")
    #[test]
    fn exact_p_values_without_ties_are_scipys() {
        let check = |n: u32, m: u32, power: f64, statistic, p_value| {
            check(
                &values(n, 0.618_033_988_749_895, 1.0),
                &values(m, 0.414_213_562_373_095, power),
                statistic,
                p_value,
            );
        };
        check(7, 5, 1.0, 0.2, 0.9974747474747474);
        check(30, 30, 1.3, 0.16666666666666666, 0.8079631540901643);
        check(40, 25, 1.5, 0.2, 0.5046848636217183);
        check(100, 1000, 1.2, 0.078, 0.6150367915956649);
        check(200, 300, 3.0, 0.395, 3.414102541886653e-17);
        check(50, 8518, 1.1, 0.05250997886827894, 0.9980178642603705);
        check(400, 400, 1.4, 0.1275, 0.0029708770428139948);
        check(900, 1100, 1.15, 0.05272727272727273, 0.12241742107920313);
    }

    // scipy 1.17.1: stats.kstwo.sf(d, round(n m / (n + m))), as stats.ks_2samp(…, method="asymp")
    #[test]
    fn very_many_values_are_judged_asymptotically() {
        let cells: Vec<(u64, u64)> =
            (0..4_000_000).map(|i| (u64::from(i % 2 == 0), u64::from(i % 2 == 1))).collect();
        let found = ks_of_cells(&cells).unwrap();
        assert!(found.p_value > 0.999_999, "{found:?}");
        let apart: Vec<(u64, u64)> =
            (0..400_000).map(|i| (u64::from(i < 200_000), u64::from(i >= 200_000))).collect();
        let found = ks_of_cells(&apart).unwrap();
        assert!(!found.is_exact && found.p_value == 0.0 && found.statistic == 1.0, "{found:?}");
    }

    /// The share of all ways to choose which pooled values are the first sample's, whose statistic is as large.
    fn by_all_ways(first: &[u8], second: &[u8]) -> f64 {
        let distance = |first: &[u8], second: &[u8]| {
            let at_most = |values: &[u8], v: u8| values.iter().filter(|x| **x <= v).count() as i64;
            (0..=9)
                .map(|v| {
                    (at_most(first, v) * second.len() as i64 - at_most(second, v) * first.len() as i64).abs()
                })
                .max()
        };
        let pooled: Vec<u8> = first.iter().chain(second).copied().collect();
        let observed = distance(first, second);
        let (mut n_ways, mut n_as_far) = (0, 0);
        for chosen in 0_u32..1 << pooled.len() {
            if chosen.count_ones() as usize == first.len() {
                let side = |is_first: bool| -> Vec<u8> {
                    let on_it = |at: &usize| (chosen >> *at & 1 == 1) == is_first;
                    (0..pooled.len()).filter(on_it).map(|at| pooled[at]).collect()
                };
                n_ways += 1;
                n_as_far += i32::from(distance(&side(true), &side(false)) >= observed);
            }
        }
        f64::from(n_as_far) / f64::from(n_ways)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn with_ties_all_ways_to_deal_are_counted(
            first in proptest::collection::vec(0_u8..5, 1..7),
            second in proptest::collection::vec(0_u8..5, 1..8),
        ) {
            let real = |values: &[u8]| values.iter().map(|v| f64::from(*v)).collect::<Vec<_>>();
            let found = ks_two_sample(&real(&first), &real(&second)).unwrap();
            prop_assert!((found.p_value - by_all_ways(&first, &second)).abs() < 1e-12);
        }
    }

    #[test]
    fn nothing_or_no_number_is_no_sample() {
        assert_eq!(ks_two_sample(&[], &[1.0]), None);
        assert_eq!(ks_two_sample(&[1.0, f64::NAN], &[1.0]), None);
        let same = ks_two_sample(&[3.0; 40], &[3.0; 9]).unwrap();
        assert_eq!((same.statistic, same.p_value), (0.0, 1.0));
    }
}
