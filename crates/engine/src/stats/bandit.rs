//! Which of several models to send the next review to, when what they earn is learned on the way.

use super::normal_ppf;
use crate::num::RandomStream;

/// What one arm has shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arm {
    /// Answers that were right.
    pub n_right: u64,
    /// Answers that were wrong.
    pub n_wrong: u64,
}

impl Arm {
    /// Share right, none seen counting as one half.
    pub fn mean(&self) -> f64 {
        (self.n_right as f64 + 1.0) / ((self.n_right + self.n_wrong) as f64 + 2.0)
    }
}

/// The arm that Thompson's sampling (1933) sends the next one to: that of the highest draw from Beta(1 + right, 1 +
/// wrong). 0 where there is none.
///
/// The share right of an arm that is chosen so is biased: an arm that began badly is asked no more and stays so.
pub fn thompson_choice(arms: &[Arm], stream: &mut RandomStream) -> usize {
    let draws = arms.iter().map(|arm| draw_beta(arm.n_right as f64 + 1.0, arm.n_wrong as f64 + 1.0, stream));
    let best = draws
        .enumerate()
        .fold((0, f64::NEG_INFINITY), |best, drawn| if drawn.1 > best.1 { drawn } else { best });
    best.0
}

/// About how many right answers were missed by not sending all to the arm that looks best now: Σ n (best − mean).
pub fn regret(arms: &[Arm]) -> f64 {
    let best = arms.iter().map(Arm::mean).fold(0.0, f64::max);
    arms.iter().map(|arm| (arm.n_right + arm.n_wrong) as f64 * (best - arm.mean())).sum()
}

/// Draws from the beta distribution of shapes `a` and `b`, each above 0.
pub fn draw_beta(a: f64, b: f64, stream: &mut RandomStream) -> f64 {
    let (one, other) = (draw_gamma(a, stream), draw_gamma(b, stream));
    one / (one + other)
}

/// Draws from the gamma distribution of shape `a`, above 0 (Marsaglia and Tsang 2000; below 1 by their boost).
pub fn draw_gamma(a: f64, stream: &mut RandomStream) -> f64 {
    if a < 1.0 {
        let of_next = draw_gamma(a + 1.0, stream);
        return of_next * libm::pow(1.0 - stream.unit(), 1.0 / a);
    }
    let d = a - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        // The unit is a multiple of 2⁻⁵³: moved by half of one it is neither 0 nor 1.
        let x = normal_ppf(stream.unit() + 0.5 / (1_u64 << 53) as f64);
        let v = 1.0 + c * x;
        if v <= 0.0 {
            continue;
        }
        let cube = v * v * v;
        let bound = 0.5 * x * x + d - d * cube + d * libm::log(cube);
        if libm::log(1.0 - stream.unit()) < bound {
            return d * cube;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beta_draws_have_the_right_mean_and_variance() {
        for (a, b) in [(1.0, 1.0), (3.0, 8.0), (120.0, 40.0), (0.3, 0.7)] {
            let mut stream = RandomStream::new("test", &[f64::to_bits(a), f64::to_bits(b)]);
            const N_DRAWS: u32 = 50_000;
            let draws: Vec<f64> = (0..N_DRAWS).map(|_| draw_beta(a, b, &mut stream)).collect();
            let mean = draws.iter().sum::<f64>() / f64::from(N_DRAWS);
            let variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / f64::from(N_DRAWS);
            let exact = a * b / ((a + b) * (a + b) * (a + b + 1.0));
            assert!(
                (mean - a / (a + b)).abs() < 5.0 * (exact / f64::from(N_DRAWS)).sqrt(),
                "{mean} of {a}, {b}"
            );
            assert!((variance / exact - 1.0).abs() < 0.05, "{variance} of {a}, {b}");
        }
    }

    // Lai and Robbins' bound (1985) for 0.6 and 0.8 after 2,000: ln 2000 · 0.2 / KL(0.6 ‖ 0.8) is 14.5 answers.
    #[test]
    fn most_go_to_the_better_arm_and_little_is_missed() {
        let mut stream = RandomStream::new("test", &[1]);
        let mut missed = 0.0;
        for _ in 0..20 {
            let mut arms = [Arm::default(); 2];
            for _ in 0..2_000 {
                let chosen = thompson_choice(&arms, &mut stream);
                missed += if chosen == 0 { 0.2 } else { 0.0 };
                let is_right = stream.unit() < [0.6, 0.8][chosen];
                let arm = &mut arms[chosen];
                if is_right { arm.n_right += 1 } else { arm.n_wrong += 1 }
            }
            assert!(arms[1].n_right + arms[1].n_wrong > 1_700, "{arms:?}");
        }
        assert!(missed / 20.0 < 30.0, "{missed}");
    }

    #[test]
    fn regret_is_of_what_went_to_the_worse() {
        let arms = [Arm { n_right: 5, n_wrong: 5 }, Arm { n_right: 88, n_wrong: 10 }];
        assert!((regret(&arms) - 10.0 * (0.89 - 0.5)).abs() < 1e-12);
        assert_eq!(regret(&[]), 0.0);
        assert_eq!(thompson_choice(&[], &mut RandomStream::new("test", &[])), 0);
    }
}
