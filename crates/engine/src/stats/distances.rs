//! How far two distributions are apart, in numbers that do not grow with the samples.

use super::chi_square_ppf;

/// What a share of 0 is taken for in `population_stability`, where no share above 0 is smaller (Evidently's rule).
const SMALLEST_SHARE: f64 = 1e-4;
/// How far below a yet smaller share it is put.
const BELOW_SMALLEST: f64 = 1e6;

/// Wasserstein's first distance: the area between two distribution functions, in the values' unit. `cells`: ascending
/// values and how often each is in either sample. `None` where a sample is empty (scipy's `wasserstein_distance`).
pub fn wasserstein(cells: &[(f64, u64, u64)]) -> Option<f64> {
    let (n, other_n) = cells.iter().fold((0, 0), |sum, cell| (sum.0 + cell.1, sum.1 + cell.2));
    if n == 0 || other_n == 0 {
        return None;
    }
    let (mut before, mut other_before, mut area) = (0, 0, 0.0);
    for pair in cells.windows(2) {
        before += pair[0].1;
        other_before += pair[0].2;
        let apart = before as f64 / n as f64 - other_before as f64 / other_n as f64;
        area += apart.abs() * (pair[1].0 - pair[0].0);
    }
    Some(area)
}

fn shares(counts: &[u64]) -> Option<Vec<f64>> {
    let n: u64 = counts.iter().sum();
    (n > 0).then(|| counts.iter().map(|count| *count as f64 / n as f64).collect())
}

/// The distance of Jensen and Shannon, in natural logarithms: 0 for equal shares, √ln 2 for shares that have no cell in
/// common. `None` where a sample is empty or lengths differ (scipy's `jensenshannon`).
pub fn jensen_shannon(counts: &[u64], others: &[u64]) -> Option<f64> {
    let (p, q) = (shares(counts)?, shares(others)?);
    if p.len() != q.len() {
        return None;
    }
    let part = |p: f64, middle: f64| if p > 0.0 { p * libm::log(p / middle) } else { 0.0 };
    let of_cell = |(&p, &q): (&f64, &f64)| part(p, (p + q) / 2.0) + part(q, (p + q) / 2.0);
    let divergence: f64 = p.iter().zip(&q).map(of_cell).sum();
    Some((divergence / 2.0).max(0.0).sqrt())
}

/// The population stability index Σ (p − q) ln(p / q). Shares of 0 count as 0.0001, or as a millionth of a share below
/// that. `None` where a sample is empty or lengths differ (Evidently's `psi`).
pub fn population_stability(counts: &[u64], others: &[u64]) -> Option<f64> {
    let (mut p, mut q) = (shares(counts)?, shares(others)?);
    if p.len() != q.len() {
        return None;
    }
    fill(&mut p);
    fill(&mut q);
    Some(p.iter().zip(&q).map(|(p, q)| (p - q) * libm::log(p / q)).sum())
}

fn fill(shares: &mut [f64]) {
    let least = shares.iter().copied().filter(|share| *share > 0.0).fold(f64::INFINITY, f64::min);
    let zero = if least <= SMALLEST_SHARE { least / BELOW_SMALLEST } else { SMALLEST_SHARE };
    shares.iter_mut().filter(|share| **share == 0.0).for_each(|share| *share = zero);
}

/// The stability index that two samples of one distribution stay below with probability `level`:
/// (1/n + 1/m) χ²(B − 1), B being the number of cells. `None` where there are fewer than two, or a sample is empty.
pub fn stability_by_luck((n, other_n): (u64, u64), n_cells: usize, level: f64) -> Option<f64> {
    if n == 0 || other_n == 0 {
        return None;
    }
    let df = u32::try_from(n_cells.checked_sub(1)?).ok()?;
    Some((1.0 / n as f64 + 1.0 / other_n as f64) * chi_square_ppf(level, df)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::RandomStream;

    #[track_caller]
    fn near(found: Option<f64>, expected: f64) {
        let found = found.unwrap();
        assert!((found - expected).abs() <= 1e-12 * expected.abs(), "{found} is not {expected}");
    }

    // scipy 1.17.1: stats.wasserstein_distance(values, values, counts, others)
    #[test]
    fn wassersteins_distance_is_scipys() {
        near(wasserstein(&[(0.0, 3, 1), (1.5, 2, 2), (4.0, 0, 5), (9.0, 1, 0)]), 2.5416666666666665);
        near(wasserstein(&[(1.0, 10, 0), (2.0, 0, 7)]), 1.0);
        near(wasserstein(&[(-2.0, 5, 4), (3.0, 5, 4)]), 0.0);
        assert_eq!(wasserstein(&[(1.0, 10, 0)]), None);
    }

    // scipy 1.17.1: spatial.distance.jensenshannon(counts, others)
    #[test]
    fn jensen_and_shannons_distance_is_scipys() {
        near(jensen_shannon(&[10, 20, 30], &[6, 9, 17]), 0.04059696077199181);
        near(jensen_shannon(&[5, 0, 9, 1], &[7, 3, 0, 2]), 0.5682604293105351);
        near(jensen_shannon(&[3, 0], &[0, 8]), 0.8325546111576977);
        near(jensen_shannon(&[90000, 9, 1], &[500, 300, 0]), 0.3890520279331677);
        assert_eq!(jensen_shannon(&[0, 0], &[1, 2]), None);
        assert_eq!(jensen_shannon(&[1], &[1, 2]), None);
    }

    // evidently 0.7.15: evidently.legacy.calculations.stattests.psi._psi(reference, current, ColumnType.Categorical, 0.1, 30)[0]
    #[test]
    fn the_stability_index_is_evidentlys() {
        near(population_stability(&[10, 20, 30], &[6, 9, 17]), 0.01319724084103186);
        near(population_stability(&[5, 0, 9, 1], &[7, 3, 0, 2]), 7.405601015735552);
        near(population_stability(&[3, 0], &[0, 8]), 18.41883867587797);
        near(population_stability(&[90000, 9, 1], &[500, 300, 0]), 3.261638276746311);
        assert_eq!(population_stability(&[], &[]), None);
    }

    // 4,000 pairs of 200 rows of 10 equal cells: 5 of 100 indexes are above, give or take the curve of the logarithm.
    #[test]
    fn luck_stays_below_its_bound_as_often_as_it_says() {
        let mut stream = RandomStream::new("test", &[7]);
        let mut sample = || {
            let mut counts = [0_u64; 10];
            (0..200).for_each(|_| counts[stream.below(10) as usize] += 1);
            counts
        };
        let bound = stability_by_luck((200, 200), 10, 0.95).unwrap();
        let n_above =
            (0..4_000).filter(|_| population_stability(&sample(), &sample()).unwrap() > bound).count();
        assert!((160..=260).contains(&n_above), "{n_above}");
        assert_eq!(stability_by_luck((200, 0), 10, 0.95), None);
        assert_eq!(stability_by_luck((200, 200), 1, 0.95), None);
    }
}
