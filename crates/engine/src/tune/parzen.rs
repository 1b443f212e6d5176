//! Finished settings in, the Parzen estimator of their density out, as Optuna 5.0 builds it.
//!
//! Each setting is one kernel, a product of truncated normals; one more kernel, as wide as the space,
//! is the prior. Coordinates are real numbers in the order of the space: a whole number as itself.

use crate::stats::{TruncatedNormal, log_sum_exp};
use crate::tune::Range;
use crate::tune::random::Stream;

/// Weight of the prior kernel; a setting's is at most 1.
const PRIOR_WEIGHT: f64 = 1.0;
/// The newest settings weigh 1 each; with more than these, older ones weigh less, the oldest 1/n.
const N_FULL_WEIGHT: usize = 25;
/// A kernel is at least `width of the space / this` wide, or wider while there are fewer kernels.
const MAX_NARROWING: f64 = 100.0;

/// A mixture of kernels over the coordinates of `ranges`.
#[derive(Debug)]
pub(crate) struct Parzen {
    /// Sum to 1; the prior's is last.
    weights: Vec<f64>,
    coordinates: Vec<Coordinate>,
}

/// One coordinate of all kernels.
#[derive(Debug)]
struct Coordinate {
    scale: Scale,
    /// Smallest and largest value.
    bounds: (f64, f64),
    /// In the order of the weights, over `Scale::inner` values.
    kernels: Vec<TruncatedNormal>,
}

/// How a coordinate's values lie.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Scale {
    Linear,
    Logarithmic,
    Grid { low: f64, step: f64 },
}

impl Parzen {
    /// From settings in trial order; each has one number a range.
    pub fn new(ranges: &[&Range], settings: &[Vec<f64>]) -> Self {
        let mut weights = recency_weights(settings.len());
        weights.push(PRIOR_WEIGHT);
        let total: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= total);
        let coordinates = ranges
            .iter()
            .enumerate()
            .map(|(i, range)| Coordinate::new(range, settings.iter().map(|setting| setting[i])))
            .collect();
        Self { weights, coordinates }
    }

    /// A point of this density: one kernel is picked, and every coordinate drawn from it.
    pub fn sample(&self, stream: &mut Stream) -> Vec<f64> {
        let kernel = self.kernel_at(stream.unit());
        self.coordinates.iter().map(|coordinate| coordinate.quantile(kernel, stream.unit())).collect()
    }

    fn kernel_at(&self, share: f64) -> usize {
        let mut reached = 0.0;
        let found = self.weights.iter().position(|weight| {
            reached += weight;
            share < reached
        });
        found.unwrap_or(self.weights.len() - 1)
    }

    /// Log density (log probability for whole numbers) of a point.
    pub fn log_pdf(&self, point: &[f64]) -> f64 {
        let terms: Vec<f64> = self
            .weights
            .iter()
            .enumerate()
            .map(|(kernel, weight)| {
                let product: f64 = self
                    .coordinates
                    .iter()
                    .zip(point)
                    .map(|(coordinate, value)| coordinate.log_pdf(kernel, *value))
                    .sum();
                product + libm::log(*weight)
            })
            .collect();
        log_sum_exp(&terms)
    }
}

impl Coordinate {
    fn new(range: &Range, values: impl Iterator<Item = f64>) -> Self {
        let (scale, bounds, low, high) = match *range {
            Range::Float { low, high, log: false } => (Scale::Linear, (low, high), low, high),
            Range::Float { low, high, log: true } => {
                (Scale::Logarithmic, (low, high), libm::log(low), libm::log(high))
            }
            Range::Int { low, high, step } => {
                let (low, high, step) = (low as f64, high as f64, step as f64);
                (Scale::Grid { low, step }, (low, high), low - step / 2.0, high + step / 2.0)
            }
        };
        let means: Vec<f64> = values.map(|value| scale.inner(value)).collect();
        let kernels = kernel_widths(&means, low, high)
            .into_iter()
            .zip(&means)
            .map(|(width, mean)| (*mean, width))
            .chain([(0.5 * (low + high), high - low)])
            .map(|(mean, width)| TruncatedNormal::new(mean, width, low, high))
            .collect();
        Self { scale, bounds, kernels }
    }

    fn quantile(&self, kernel: usize, share: f64) -> f64 {
        let (low, high) = self.bounds;
        self.scale.outer(self.kernels[kernel].ppf(share)).clamp(low, high)
    }

    fn log_pdf(&self, kernel: usize, value: f64) -> f64 {
        let kernel = &self.kernels[kernel];
        match self.scale {
            Scale::Grid { step, .. } => kernel.log_mass(value - step / 2.0, value + step / 2.0),
            scale => kernel.log_pdf(scale.inner(value)),
        }
    }
}

impl Scale {
    fn inner(self, value: f64) -> f64 {
        if self == Scale::Logarithmic { libm::log(value) } else { value }
    }

    fn outer(self, inner: f64) -> f64 {
        match self {
            Scale::Linear => inner,
            Scale::Logarithmic => libm::exp(inner),
            Scale::Grid { low, step } => low + ((inner - low) / step).round_ties_even() * step,
        }
    }
}

/// Weights of `n` settings in trial order, before they are normalised.
fn recency_weights(n: usize) -> Vec<f64> {
    let n_older = n.saturating_sub(N_FULL_WEIGHT);
    let oldest = 1.0 / n.max(1) as f64;
    let step = if n_older > 1 { (1.0 - oldest) / (n_older - 1) as f64 } else { 0.0 };
    (0..n).map(|i| if i < n_older { oldest + i as f64 * step } else { 1.0 }).collect()
}

/// Width of each kernel: the larger gap to its neighbours (the bounds count as neighbours, but the
/// outermost two of several kernels look inward only), kept within the prior's and a narrowest width.
fn kernel_widths(means: &[f64], low: f64, high: f64) -> Vec<f64> {
    let n = means.len();
    let widest = high - low;
    let narrowest = widest / (2.0 + n as f64).min(MAX_NARROWING);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|a, b| means[*a].total_cmp(&means[*b]));
    let mut widths = vec![0.0; n];
    for (rank, &i) in order.iter().enumerate() {
        let left = if rank == 0 { low } else { means[order[rank - 1]] };
        let right = if rank + 1 == n { high } else { means[order[rank + 1]] };
        let (to_left, to_right) = (means[i] - left, right - means[i]);
        let gap = match (rank == 0, rank + 1 == n) {
            (true, false) => to_right,
            (false, true) => to_left,
            _ => to_left.max(to_right),
        };
        widths[i] = gap.clamp(narrowest, widest);
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-12 * expected.abs(), "{found} is not {expected}");
    }

    const C: Range = Range::Float { low: 0.01, high: 2.0, log: true };
    const MAX_FEATURES: Range = Range::Int { low: 2000, high: 5000, step: 500 };
    const MIN_DF: Range = Range::Int { low: 3, high: 7, step: 1 };
    const MAX_DF: Range = Range::Float { low: 0.7, high: 0.9, log: false };

    fn four_settings() -> Vec<Vec<f64>> {
        vec![
            vec![0.5, 3000.0, 4.0, 0.75],
            vec![1.25, 4500.0, 3.0, 0.82],
            vec![0.03, 2000.0, 7.0, 0.9],
            vec![0.9, 3000.0, 4.0, 0.78],
        ]
    }

    const POINTS: [[f64; 4]; 2] = [[0.7, 3500.0, 3.0, 0.8], [0.011, 5000.0, 7.0, 0.7]];

    // Optuna 5.0.0: _ParzenEstimator(observations, space, prior_weight=1, consider_magic_clip=True,
    // consider_endpoints=False, weights=default_weights).log_pdf(points).
    #[test]
    fn densities_of_one_coordinate_agree_with_optuna() {
        for (i, range, expected) in [
            (0, C, [-1.1401615177381113, -2.3106569643821526]),
            (1, MAX_FEATURES, [-1.8462056165717118, -2.437975382979068]),
            (2, MIN_DF, [-1.3207271789196247, -2.111246870247386]),
            (3, MAX_DF, [1.766639921150267, 0.9304167238119243]),
        ] {
            let settings: Vec<Vec<f64>> = four_settings().iter().map(|setting| vec![setting[i]]).collect();
            let parzen = Parzen::new(&[&range], &settings);
            close(parzen.log_pdf(&[POINTS[0][i]]), expected[0]);
            close(parzen.log_pdf(&[POINTS[1][i]]), expected[1]);
        }
    }

    #[test]
    fn joint_densities_agree_with_optuna() {
        let ranges = [&C, &MAX_FEATURES, &MIN_DF, &MAX_DF];
        let parzen = Parzen::new(&ranges, &four_settings());
        close(parzen.log_pdf(&POINTS[0]), -2.1995451238486856);
        close(parzen.log_pdf(&POINTS[1]), -5.465092695417232);
        // No value stands twice here: numpy's sort leaves the order of equal ones open.
        let mut c = 0.02 / 1.15;
        let thirty: Vec<Vec<f64>> = (0..30u32)
            .map(|i| {
                c *= 1.15;
                vec![c, 0.7 + 0.2 * f64::from(i * 7 % 30) / 29.0]
            })
            .collect();
        let parzen = Parzen::new(&[&C, &MAX_DF], &thirty);
        close(parzen.log_pdf(&[0.7, 0.8]), -1.6423465343020243);
        close(parzen.log_pdf(&[0.011, 0.7]), -3.553093173291409);
    }

    // Optuna 5.0.0: _truncnorm.ppf of the kernels 0, 2 and 4 (the prior) at 0.1, 0.5 and 0.97, then as
    // _MixtureOfProductDistribution.sample scales and rounds it.
    #[test]
    fn quantiles_agree_with_optuna() {
        let parzen = Parzen::new(&[&C, &MAX_FEATURES, &MIN_DF, &MAX_DF], &four_settings());
        let expected = [
            [
                [0.024807474440724953, 0.2205359753343495, 1.7331958153706561],
                [0.015420286082044462, 0.08234747385109001, 1.417672596602903],
                [0.017545084426647668, 0.14142135623730945, 1.6847724886059987],
            ],
            [[2000.0, 3000.0, 5000.0], [2000.0, 2500.0, 4000.0], [2000.0, 3500.0, 5000.0]],
            [[3.0, 4.0, 6.0], [3.0, 6.0, 7.0], [3.0, 5.0, 7.0]],
            [
                [0.7168686806143892, 0.7527941404405689, 0.8137016657104397],
                [0.7725661356479129, 0.846819907159322, 0.8970287198621565],
                [0.7212214063123202, 0.8, 0.8935256182065057],
            ],
        ];
        for (coordinate, expected) in parzen.coordinates.iter().zip(expected) {
            for (kernel, expected) in [0, 2, 4].into_iter().zip(expected) {
                for (share, expected) in [0.1, 0.5, 0.97].into_iter().zip(expected) {
                    close(coordinate.quantile(kernel, share), expected);
                }
            }
        }
    }

    // By hand: one setting at 0.8 in [0.7, 0.9], so gaps 0.1 and 0.1; n = 1 clips below 0.2/3; the prior has mean 0.8
    // and width 0.2. At 0.8: φ(0)/0.1/(2Φ(1) − 1) and φ(0)/0.2/(2Φ(0.5) − 1), half of each.
    #[test]
    fn density_of_one_setting_is_as_by_hand() {
        let phi = 0.3989422804014327;
        let kernel = phi / 0.1 / (2.0 * 0.8413447460685429 - 1.0);
        let prior = phi / 0.2 / (2.0 * 0.6914624612740131 - 1.0);
        let density = Parzen::new(&[&MAX_DF], &[vec![0.8]]).log_pdf(&[0.8]);
        assert!((libm::exp(density) - 0.5 * (kernel + prior)).abs() < 1e-9);
    }

    #[test]
    fn without_settings_the_prior_is_left() {
        let parzen = Parzen::new(&[&MIN_DF], &[]);
        assert_eq!(parzen.weights, [1.0]);
        let total: f64 = (3..=7).map(|value| libm::exp(parzen.log_pdf(&[f64::from(value)]))).sum();
        close(total, 1.0);
    }

    // numpy 2.4.6: np.concatenate([np.linspace(1 / n, 1, num=n - 25), np.ones(25)]) for n = 27, 28.
    #[test]
    fn older_settings_weigh_less() {
        assert_eq!(recency_weights(3), [1.0; 3]);
        assert_eq!(recency_weights(25), [1.0; 25]);
        assert_eq!(recency_weights(26)[..2], [1.0 / 26.0, 1.0]);
        assert_eq!(recency_weights(28)[..4], [1.0 / 28.0, 0.5178571428571429, 1.0, 1.0]);
    }

    #[test]
    fn widths_are_the_larger_gap_within_their_bounds() {
        // Outermost look inward only; 0.12 of width 1 with n = 4 clips below 1/6.
        let widths = kernel_widths(&[0.9, 0.1, 0.5, 0.62], 0.0, 1.0);
        let expected = [0.28, 0.4, 0.4, 0.28];
        for (found, expected) in widths.iter().zip(expected) {
            close(*found, expected);
        }
        assert_eq!(kernel_widths(&[0.5, 0.5], 0.0, 1.0), [0.25, 0.25]);
        assert_eq!(kernel_widths(&[0.3], 0.0, 1.0), [0.7]);
    }

    #[test]
    fn points_stay_on_the_grid_and_within_the_bounds() {
        let ranges = [&C, &MAX_FEATURES, &MIN_DF, &MAX_DF];
        let settings = [vec![2.0, 5000.0, 3.0, 0.7], vec![0.01, 2000.0, 7.0, 0.9]];
        let parzen = Parzen::new(&ranges, &settings);
        let mut stream = Stream::of_trial(1, 0, 0);
        for _ in 0..2000 {
            let point = parzen.sample(&mut stream);
            assert!((0.01..=2.0).contains(&point[0]) && (0.7..=0.9).contains(&point[3]), "{point:?}");
            assert!((2000.0..=5000.0).contains(&point[1]) && point[1] % 500.0 == 0.0, "{point:?}");
            assert!((3.0..=7.0).contains(&point[2]) && point[2] % 1.0 == 0.0, "{point:?}");
            assert!(parzen.log_pdf(&point).is_finite());
        }
    }
}
