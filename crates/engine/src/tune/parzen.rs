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

/// Most different kernels of one coordinate that are told apart by looking through them.
const MAX_SHARED: usize = 64;

/// A mixture of kernels over the coordinates of `ranges`.
#[derive(Debug)]
pub(crate) struct Parzen {
    /// Sum to 1; the prior's is last.
    weights: Vec<f64>,
    log_weights: Vec<f64>,
    coordinates: Vec<Coordinate>,
}

/// What a kernel's width counts as its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Neighbours {
    /// The other settings: Optuna 5.0.
    Settings,
    /// The prior's mean, too: Optuna up to 4, one parameter at a time.
    SettingsAndPrior,
}

/// One coordinate of all kernels.
#[derive(Debug)]
struct Coordinate {
    scale: Scale,
    /// Smallest and largest value.
    bounds: (f64, f64),
    kernels: Vec<Kernel>,
    /// Which of them each setting has, in the order of the weights.
    kernel_of: Vec<u32>,
}

/// Where one setting has put its weight.
#[derive(Clone, Debug)]
enum Kernel {
    /// Over `Scale::inner` values.
    Normal(TruncatedNormal),
    /// Probability of each choice.
    Choice(Vec<f64>),
}

/// How a coordinate's values lie.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Scale {
    Linear,
    Logarithmic,
    Grid { low: f64, step: f64 },
    LogGrid,
    Choice,
}

impl Parzen {
    /// From settings in trial order; each has one coordinate a range.
    pub fn new(ranges: &[&Range], settings: &[Vec<f64>], neighbours: Neighbours) -> Self {
        let mut weights = recency_weights(settings.len());
        weights.push(PRIOR_WEIGHT);
        let total: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= total);
        let log_weights = weights.iter().map(|weight| libm::log(*weight)).collect();
        let values = |i: usize| settings.iter().map(move |setting| setting[i]).collect::<Vec<f64>>();
        let coordinates = ranges
            .iter()
            .enumerate()
            .map(|(i, range)| Coordinate::new(range, &values(i), neighbours))
            .collect();
        Self { weights, log_weights, coordinates }
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

    /// Log density (log probability for whole numbers and choices) of each point.
    pub fn log_pdf(&self, points: &[Vec<f64>]) -> Vec<f64> {
        let mut terms = vec![0.0; self.weights.len() * points.len()];
        for (i, coordinate) in self.coordinates.iter().enumerate() {
            coordinate.add_log_pdf(points.iter().map(|point| point[i]), &mut terms);
        }
        let of_point = |terms: &mut [f64]| {
            terms.iter_mut().zip(&self.log_weights).for_each(|(term, log_weight)| *term += log_weight);
            log_sum_exp(terms)
        };
        terms.chunks_exact_mut(self.weights.len()).map(of_point).collect()
    }
}

impl Coordinate {
    fn new(range: &Range, values: &[f64], neighbours: Neighbours) -> Self {
        let (scale, low, high) = match *range {
            Range::Float { low, high, log: false } => (Scale::Linear, low, high),
            Range::Float { low, high, log: true } => (Scale::Logarithmic, libm::log(low), libm::log(high)),
            Range::Int { low, high, step } => Scale::grid(low as f64, high as f64, step as f64),
            Range::FloatStep { low, high, step } => Scale::grid(low, high, step),
            Range::IntLog { low, high } => {
                (Scale::LogGrid, libm::log(low as f64 - 0.5), libm::log(high as f64 + 0.5))
            }
            Range::Choice { ref choices } => return Self::of_choices(choices.len(), values),
        };
        let means: Vec<f64> = values.iter().map(|value| scale.inner(*value)).collect();
        let centre = 0.5 * (low + high);
        let widths = kernel_widths(&means, (low, high), neighbours);
        let mut coordinate =
            Self { scale, bounds: (range.low(), range.high()), kernels: Vec::new(), kernel_of: Vec::new() };
        let mut shared: Vec<(f64, f64)> = Vec::new();
        for (mean, width) in means.iter().copied().zip(widths).chain([(centre, high - low)]) {
            let known = shared.iter().position(|pair| *pair == (mean, width));
            let kernel = known.unwrap_or(coordinate.kernels.len());
            if known.is_none() {
                coordinate.kernels.push(Kernel::Normal(TruncatedNormal::new(mean, width, low, high)));
                if shared.len() < MAX_SHARED && shared.len() + 1 == coordinate.kernels.len() {
                    shared.push((mean, width));
                }
            }
            coordinate.kernel_of.push(kernel as u32);
        }
        coordinate
    }

    /// Of choices by their places: a setting's kernel has its own choice's count and the prior's share of each.
    fn of_choices(n_choices: usize, values: &[f64]) -> Self {
        let n_kernels = values.len() + 1;
        let least = PRIOR_WEIGHT / n_kernels as f64;
        let kernel = |observed: Option<usize>| {
            let mut weights = vec![least; n_choices];
            if let Some(observed) = observed {
                weights[observed] += 1.0;
            }
            let total: f64 = weights.iter().sum();
            Kernel::Choice(weights.iter().map(|weight| weight / total).collect())
        };
        let kernels = (0..n_choices).map(Some).chain([None]).map(kernel).collect();
        let kernel_of = values.iter().map(|value| *value as u32).chain([n_choices as u32]).collect();
        Self { scale: Scale::Choice, bounds: (0.0, n_choices as f64 - 1.0), kernels, kernel_of }
    }

    fn quantile(&self, setting: usize, share: f64) -> f64 {
        let (low, high) = self.bounds;
        match &self.kernels[self.kernel_of[setting] as usize] {
            Kernel::Normal(normal) => self.scale.outer(normal.ppf(share)).clamp(low, high),
            Kernel::Choice(probabilities) => {
                let mut reached = 0.0;
                let place = probabilities.iter().position(|probability| {
                    reached += probability;
                    share < reached
                });
                place.map_or(high, |place| place as f64)
            }
        }
    }

    /// Adds to each point's terms, one a setting, the log densities of its value. Shape of `terms`: n_points x
    /// n_settings, row-major.
    fn add_log_pdf(&self, values: impl Iterator<Item = f64>, terms: &mut [f64]) {
        let mut of_kernels: Vec<f64> = Vec::with_capacity(self.kernels.len());
        for (value, terms) in values.zip(terms.chunks_exact_mut(self.kernel_of.len())) {
            let cell = self.scale.cell(value);
            of_kernels.clear();
            of_kernels.extend(self.kernels.iter().map(|kernel| kernel.log_pdf(cell)));
            for (term, kernel) in terms.iter_mut().zip(&self.kernel_of) {
                *term += of_kernels[*kernel as usize];
            }
        }
    }
}

impl Kernel {
    /// Log density at a point, log probability of a cell or of a choice.
    fn log_pdf(&self, cell: Cell) -> f64 {
        match (self, cell) {
            (Self::Normal(normal), Cell::Point(inner)) => normal.log_pdf(inner),
            (Self::Normal(normal), Cell::Between(left, right)) => normal.log_mass(left, right),
            (Self::Choice(probabilities), Cell::Point(place)) => libm::log(probabilities[place as usize]),
            (Self::Choice(_), Cell::Between(..)) => f64::NEG_INFINITY,
        }
    }
}

/// What of a coordinate belongs to one value.
#[derive(Clone, Copy, Debug)]
enum Cell {
    Point(f64),
    Between(f64, f64),
}

impl Scale {
    /// A grid, and the bounds half a step beyond it.
    fn grid(low: f64, high: f64, step: f64) -> (Self, f64, f64) {
        (Self::Grid { low, step }, low - step / 2.0, high + step / 2.0)
    }

    fn inner(self, value: f64) -> f64 {
        if matches!(self, Scale::Logarithmic | Scale::LogGrid) { libm::log(value) } else { value }
    }

    fn cell(self, value: f64) -> Cell {
        match self {
            Scale::Grid { step, .. } => Cell::Between(value - step / 2.0, value + step / 2.0),
            Scale::LogGrid => Cell::Between(libm::log(value - 0.5), libm::log(value + 0.5)),
            scale => Cell::Point(scale.inner(value)),
        }
    }

    fn outer(self, inner: f64) -> f64 {
        match self {
            Scale::Linear | Scale::Choice => inner,
            Scale::Logarithmic => libm::exp(inner),
            Scale::Grid { low, step } => low + ((inner - low) / step).round_ties_even() * step,
            Scale::LogGrid => libm::exp(inner).round_ties_even(),
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
fn kernel_widths(means: &[f64], (low, high): (f64, f64), neighbours: Neighbours) -> Vec<f64> {
    let mut all = means.to_vec();
    if neighbours == Neighbours::SettingsAndPrior {
        all.push(0.5 * (low + high));
    }
    let n = all.len();
    let widest = high - low;
    let narrowest = widest / (2.0 + means.len() as f64).min(MAX_NARROWING);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|a, b| all[*a].total_cmp(&all[*b]));
    let mut widths = vec![0.0; n];
    for (rank, &i) in order.iter().enumerate() {
        let left = if rank == 0 { low } else { all[order[rank - 1]] };
        let right = if rank + 1 == n { high } else { all[order[rank + 1]] };
        let (to_left, to_right) = (all[i] - left, right - all[i]);
        let gap = match (rank == 0, rank + 1 == n) {
            (true, false) => to_right,
            (false, true) => to_left,
            _ => to_left.max(to_right),
        };
        widths[i] = gap.clamp(narrowest, widest);
    }
    widths.truncate(means.len());
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(ranges: &[&Range], settings: &[Vec<f64>]) -> Parzen {
        Parzen::new(ranges, settings, Neighbours::Settings)
    }

    fn at(parzen: &Parzen, point: &[f64]) -> f64 {
        parzen.log_pdf(&[point.to_vec()])[0]
    }

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
            let parzen = of(&[&range], &settings);
            close(at(&parzen, &[POINTS[0][i]]), expected[0]);
            close(at(&parzen, &[POINTS[1][i]]), expected[1]);
        }
    }

    // Optuna 4.5.0: as above, consider_prior=True, multivariate=False.
    #[test]
    fn independent_densities_agree_with_optuna_4() {
        for (i, range, expected) in [
            (0, C, [-1.1186664760566505, -2.398117993561926]),
            (1, MAX_FEATURES, [-1.76948995832839, -2.5275110940961207]),
            (2, MIN_DF, [-1.3382429576349024, -2.222247591138891]),
            (3, MAX_DF, [1.802296750402028, 0.8731509174427576]),
        ] {
            let settings: Vec<Vec<f64>> = four_settings().iter().map(|setting| vec![setting[i]]).collect();
            let parzen = Parzen::new(&[&range], &settings, Neighbours::SettingsAndPrior);
            close(at(&parzen, &[POINTS[0][i]]), expected[0]);
            close(at(&parzen, &[POINTS[1][i]]), expected[1]);
        }
    }

    // Optuna 5.0.0: as above, of CategoricalDistribution(["a", "b", "c"]), IntDistribution(1, 100, log=True) and
    // FloatDistribution(0.1, 0.9, step=0.2), each by itself and together.
    #[test]
    fn densities_of_choices_and_steps_agree_with_optuna() {
        let ranges = [
            Range::words(&["a", "b", "c"]),
            Range::IntLog { low: 1, high: 100 },
            Range::FloatStep { low: 0.1, high: 0.9, step: 0.2 },
        ];
        let settings =
            [[0.0, 3.0, 0.1], [2.0, 40.0, 0.5], [2.0, 7.0, 0.7], [1.0, 100.0, 0.5]].map(|row| row.to_vec());
        let points = [[2.0, 5.0, 0.3], [0.0, 90.0, 0.9]];
        for (i, expected) in [
            [-0.8754687373538996, -1.2321436812926323],
            [-3.206020781793863, -5.7573130562746675],
            [-1.5770509771888372, -1.9471707993372394],
        ]
        .into_iter()
        .enumerate()
        {
            let settings: Vec<Vec<f64>> = settings.iter().map(|setting| vec![setting[i]]).collect();
            let parzen = of(&[&ranges[i]], &settings);
            close(at(&parzen, &[points[0][i]]), expected[0]);
            close(at(&parzen, &[points[1][i]]), expected[1]);
        }
        let parzen = of(&ranges.each_ref(), &settings);
        close(at(&parzen, &points[0]), -5.914304610071753);
        close(at(&parzen, &points[1]), -9.743669914161785);
    }

    #[test]
    fn choices_are_drawn_as_often_as_they_weigh() {
        let range = Range::words(&["a", "b", "c"]);
        let parzen = of(&[&range], &[vec![2.0], vec![2.0], vec![0.0]]);
        let mut stream = Stream::of_trial(1, 0, 0);
        let mut n_drawn = [0.0; 3];
        (0..4000).for_each(|_| n_drawn[parzen.sample(&mut stream)[0] as usize] += 1.0 / 4000.0);
        for (place, share) in n_drawn.iter().enumerate() {
            let expected = libm::exp(at(&parzen, &[place as f64]));
            assert!((share - expected).abs() < 0.03, "{share} of choice {place}, not {expected}");
        }
    }

    #[test]
    fn joint_densities_agree_with_optuna() {
        let ranges = [&C, &MAX_FEATURES, &MIN_DF, &MAX_DF];
        let parzen = of(&ranges, &four_settings());
        close(at(&parzen, &POINTS[0]), -2.1995451238486856);
        close(at(&parzen, &POINTS[1]), -5.465092695417232);
        // No value stands twice here: numpy's sort leaves the order of equal ones open.
        let mut c = 0.02 / 1.15;
        let thirty: Vec<Vec<f64>> = (0..30u32)
            .map(|i| {
                c *= 1.15;
                vec![c, 0.7 + 0.2 * f64::from(i * 7 % 30) / 29.0]
            })
            .collect();
        let parzen = of(&[&C, &MAX_DF], &thirty);
        close(at(&parzen, &[0.7, 0.8]), -1.6423465343020243);
        close(at(&parzen, &[0.011, 0.7]), -3.553093173291409);
    }

    // Optuna 5.0.0: _truncnorm.ppf of the kernels 0, 2 and 4 (the prior) at 0.1, 0.5 and 0.97, then as
    // _MixtureOfProductDistribution.sample scales and rounds it.
    #[test]
    fn quantiles_agree_with_optuna() {
        let parzen = of(&[&C, &MAX_FEATURES, &MIN_DF, &MAX_DF], &four_settings());
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
        let density = at(&of(&[&MAX_DF], &[vec![0.8]]), &[0.8]);
        assert!((libm::exp(density) - 0.5 * (kernel + prior)).abs() < 1e-9);
    }

    #[test]
    fn without_settings_the_prior_is_left() {
        let parzen = of(&[&MIN_DF], &[]);
        assert_eq!(parzen.weights, [1.0]);
        let total: f64 = (3..=7).map(|value| libm::exp(at(&parzen, &[f64::from(value)]))).sum();
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
        let widths = kernel_widths(&[0.9, 0.1, 0.5, 0.62], (0.0, 1.0), Neighbours::Settings);
        let expected = [0.28, 0.4, 0.4, 0.28];
        for (found, expected) in widths.iter().zip(expected) {
            close(*found, expected);
        }
        assert_eq!(kernel_widths(&[0.5, 0.5], (0.0, 1.0), Neighbours::Settings), [0.25, 0.25]);
        assert_eq!(kernel_widths(&[0.3], (0.0, 1.0), Neighbours::Settings), [0.7]);
    }

    #[test]
    fn points_stay_on_the_grid_and_within_the_bounds() {
        let ranges = [&C, &MAX_FEATURES, &MIN_DF, &MAX_DF];
        let settings = [vec![2.0, 5000.0, 3.0, 0.7], vec![0.01, 2000.0, 7.0, 0.9]];
        let parzen = of(&ranges, &settings);
        let mut stream = Stream::of_trial(1, 0, 0);
        for _ in 0..2000 {
            let point = parzen.sample(&mut stream);
            assert!((0.01..=2.0).contains(&point[0]) && (0.7..=0.9).contains(&point[3]), "{point:?}");
            assert!((2000.0..=5000.0).contains(&point[1]) && point[1] % 500.0 == 0.0, "{point:?}");
            assert!((3.0..=7.0).contains(&point[2]) && point[2] % 1.0 == 0.0, "{point:?}");
            assert!(at(&parzen, &point).is_finite());
        }
    }
}
