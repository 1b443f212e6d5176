//! Terms that tell a class from the others: log-odds ratios with an informative Dirichlet prior (Monroe, Colaresi and
//! Quinn, "Fightin' Words: Lexical Feature Selection and Evaluation for Identifying the Content of Political Conflict",
//! Political Analysis 16, 2008).

use json::{FromJson, ToJson};

/// Terms kept of each class.
pub const TELLING_TERMS: usize = 12;
/// Weight of the prior in words, α₀: how much use it takes until a term is believed to differ.
pub const PRIOR_WORDS: f64 = 500.0;

/// A term of a class.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct TellingTerm {
    /// The term.
    pub term: String,
    /// How often it stands in reviews of the class.
    pub n_within: u64,
    /// How often in all others.
    pub n_without: u64,
    /// The log-odds ratio divided by its standard deviation: above 2 it is hardly chance.
    pub z: f64,
}

/// The z-score of a term's log-odds ratio between a class and the others:
///
/// `δ = ln((y₁ + α) / (n₁ + α₀ − y₁ − α)) − ln((y₂ + α) / (n₂ + α₀ − y₂ − α))`,
/// `σ² = 1 / (y₁ + α) + 1 / (y₂ + α)`, `z = δ / σ`,
///
/// where `y₁` of the `n₁` words of the class are the term, and `y₂` of the `n₂` of all others; the prior `α = α₀ (y₁ + y₂)
/// / (n₁ + n₂)` pulls both towards the term's share of all words. 0 of a term that does not occur, and of the only one.
pub fn log_odds((y1, n1): (u64, u64), (y2, n2): (u64, u64), prior_words: f64) -> f64 {
    let (y1, n1, y2, n2) = (y1 as f64, n1 as f64, y2 as f64, n2 as f64);
    let alpha = prior_words * (y1 + y2) / (n1 + n2);
    let odds = |y: f64, n: f64| (y + alpha) / (n + prior_words - y - alpha);
    let (own, other) = (odds(y1, n1), odds(y2, n2));
    if !(own > 0.0 && other > 0.0 && own.is_finite() && other.is_finite()) {
        return 0.0;
    }
    let delta = libm::log(own) - libm::log(other);
    delta / (1.0 / (y1 + alpha) + 1.0 / (y2 + alpha)).sqrt()
}

/// Of each class the most telling terms that stand in it more than chance would have it, the first of equal ones first.
/// `used`: how often each class uses each term.
pub(super) fn telling(used: &[Vec<u32>], terms: &[String]) -> Vec<Vec<TellingTerm>> {
    let n_words: Vec<u64> =
        used.iter().map(|of_class| of_class.iter().copied().map(u64::from).sum()).collect();
    let n_all: u64 = n_words.iter().sum();
    let of_class = |class: usize| {
        let telling = |term: usize| {
            let n_within = u64::from(used[class][term]);
            let n_without = used.iter().map(|of_class| u64::from(of_class[term])).sum::<u64>() - n_within;
            let others = n_all - n_words[class];
            let z = log_odds((n_within, n_words[class]), (n_without, others), PRIOR_WORDS);
            (z > 0.0).then_some((term, n_within, n_without, z))
        };
        let mut found: Vec<(usize, u64, u64, f64)> = (0..terms.len()).filter_map(telling).collect();
        found.sort_by(|a, b| b.3.total_cmp(&a.3));
        found.truncate(TELLING_TERMS);
        let named = |(term, n_within, n_without, z): (usize, u64, u64, f64)| {
            let term = terms[term].clone();
            TellingTerm { term, n_within, n_without, z }
        };
        found.into_iter().map(named).collect()
    };
    (0..used.len()).map(of_class).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(within: (u64, u64), without: (u64, u64), prior_words: f64, expected: f64) {
        let z = log_odds(within, without, prior_words);
        assert!((z - expected).abs() < 1e-9, "{z}");
    }

    #[test]
    fn log_odds_are_those_computed_by_hand() {
        // y1 = 30 of 100, y2 = 10 of 100, α0 = 10: α = 10 · 40 / 200 = 2.
        // δ = ln(32 / (110 − 32)) − ln(12 / (110 − 12)) = ln(32/78) − ln(12/98) = 1.209087904993...
        // σ² = 1/32 + 1/12 = 0.114583333333, σ = 0.338501600193.
        let delta = f64::from(32 * 98) / f64::from(78 * 12);
        check((30, 100), (10, 100), 10.0, libm::log(delta) / (1.0f64 / 32.0 + 1.0 / 12.0).sqrt());
        check((30, 100), (10, 100), 10.0, 3.571_882_390);
        check((10, 100), (30, 100), 10.0, -3.571_882_390);
        check((10, 100), (20, 200), 500.0, 0.0);
    }

    #[test]
    fn a_rare_term_is_doubted_and_a_frequent_one_believed() {
        // α = 0.75, δ = ln(3.75 / 1496.25) − ln(0.75 / 1499.25) = 1.6114, σ² = 1/3.75 + 1/0.75 = 1.6.
        let rare = log_odds((3, 1_000), (0, 1_000), PRIOR_WORDS);
        let frequent = log_odds((300, 1_000), (150, 1_000), PRIOR_WORDS);
        assert!((rare - 1.274).abs() < 1e-3 && frequent > 5.0, "{rare} {frequent}");
    }

    #[test]
    fn nothing_counted_tells_nothing() {
        check((0, 0), (0, 0), 500.0, 0.0);
        check((0, 10), (0, 10), 500.0, 0.0);
        check((5, 5), (7, 7), 500.0, 0.0);
    }

    #[test]
    fn each_class_has_its_own_terms_the_most_telling_first() {
        let terms = ["awful", "great", "phone"].map(str::to_owned);
        let found = telling(&[vec![4, 1, 3], vec![0, 12, 6]], &terms);
        let names: Vec<Vec<&str>> =
            found.iter().map(|class| class.iter().map(|term| term.term.as_str()).collect()).collect();
        assert_eq!(names, [vec!["awful", "phone"], vec!["great"]]);
        assert_eq!((found[0][0].n_within, found[0][0].n_without), (4, 0));
    }
}
