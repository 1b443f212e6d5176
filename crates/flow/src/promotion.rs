//! Whether a new version becomes the champion: what was measured of both and the rule in, the decision and its reason
//! out.

use engine::quote::Quoted;
use track::flow::PromotionRule;

/// What is known of a new version and of the champion it would replace.
#[derive(Clone, Debug, PartialEq)]
pub struct Contest {
    /// Bytes of the new version.
    pub n_bytes: u64,
    /// Milliseconds it takes for 1,000 reviews; none where that was not measured.
    pub predict_ms: Option<f64>,
    /// How it compares.
    pub champion: Champion,
}

/// How a new version compares with the champion.
#[derive(Clone, Debug, PartialEq)]
pub enum Champion {
    /// There is none.
    None,
    /// It is the same model.
    Same,
    /// They were not measured on the same rows, or tell other classes apart.
    Incomparable {
        /// Why, in one sentence.
        reason: String,
    },
    /// Both answered the same rows, which neither had seen.
    Measured {
        /// Macro F1 of the new one and of the champion.
        f1: (f64, f64),
        /// Two-sided p-value of McNemar's exact test of the rows they are right about.
        p_value: f64,
        /// Recall of each class, by the new one and by the champion.
        recall: Vec<(String, f64, f64)>,
    },
}

/// What is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether it becomes the champion.
    pub is_champion: bool,
    /// Why, in one sentence.
    pub reason: String,
}

/// Judges a contest. The new version has to be better by a paired test, lose no class more recall than allowed, and
/// keep its budgets; else it stays challenger.
pub fn decide(rule: &PromotionRule, contest: &Contest) -> Decision {
    match objection(rule, contest) {
        Some(reason) => Decision { is_champion: false, reason },
        None => Decision { is_champion: true, reason: praise(&contest.champion) },
    }
}

fn objection(rule: &PromotionRule, contest: &Contest) -> Option<String> {
    let over_budget = || {
        if let Some(most) = rule.max_bytes.filter(|most| contest.n_bytes > *most) {
            return Some(format!("It has {} bytes, and {most} are allowed.", contest.n_bytes));
        }
        match (rule.max_predict_ms, contest.predict_ms) {
            (Some(most), Some(found)) if found > most => {
                Some(format!("It takes {found:.1} ms for 1,000 reviews, and {most:.1} are allowed."))
            }
            (Some(most), None) => Some(format!(
                "How long it takes was not measured, and {most:.1} ms for 1,000 reviews are allowed."
            )),
            _ => None,
        }
    };
    match &contest.champion {
        Champion::Same => Some("It is the champion's model, word for word.".to_owned()),
        Champion::None => over_budget(),
        Champion::Incomparable { reason } => {
            Some(format!("It cannot be compared with the champion: {reason}"))
        }
        Champion::Measured { f1, p_value, recall } => {
            too_weak(rule, *f1, *p_value).or_else(|| lost_class(rule, recall)).or_else(over_budget)
        }
    }
}

fn too_weak(rule: &PromotionRule, (new, champion): (f64, f64), p_value: f64) -> Option<String> {
    // A number that is none is no better than any.
    if new.is_nan() || new <= champion {
        return Some(format!(
            "Its macro F1 on the same held-out reviews is {new:.4}, the champion's {champion:.4}."
        ));
    }
    (p_value.is_nan() || p_value > rule.max_p_value).then(|| {
        format!(
            "Its macro F1 is {new:.4} against {champion:.4}, which may be chance: p = {p_value:.3} by McNemar's test, and at most {} was asked for.",
            rule.max_p_value
        )
    })
}

fn lost_class(rule: &PromotionRule, recall: &[(String, f64, f64)]) -> Option<String> {
    // A hair above the bound that rounding puts there is not above it.
    const ROUNDING: f64 = 1e-12;
    let worst = recall.iter().max_by(|a, b| (a.2 - a.1).total_cmp(&(b.2 - b.1)))?;
    let (class, loss) = (&worst.0, worst.2 - worst.1);
    (loss > rule.max_recall_loss + ROUNDING).then(|| {
        format!(
            "It finds {:.1} points less of the class '{}' than the champion, and {:.1} are allowed.",
            loss * 100.0,
            Quoted(class),
            rule.max_recall_loss * 100.0
        )
    })
}

fn praise(champion: &Champion) -> String {
    match champion {
        Champion::Measured { f1: (new, old), p_value, .. } => format!(
            "It beats the champion on the same held-out reviews: macro F1 {new:.4} against {old:.4}, p = {p_value:.3} by McNemar's test."
        ),
        _ => "There was no champion to beat.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> PromotionRule {
        let (max_bytes, max_predict_ms) = (Some(1_000_000), Some(50.0));
        PromotionRule { max_p_value: 0.05, max_recall_loss: 0.02, max_bytes, max_predict_ms }
    }

    fn measured(f1: (f64, f64), p_value: f64, recall: (f64, f64)) -> Contest {
        let recall = vec![("good".to_owned(), 0.9, 0.9), ("bad".to_owned(), recall.0, recall.1)];
        let champion = Champion::Measured { f1, p_value, recall };
        Contest { n_bytes: 500_000, predict_ms: Some(10.0), champion }
    }

    #[track_caller]
    fn check(contest: Contest, is_champion: bool, reason: &str) {
        assert_eq!(decide(&rule(), &contest), Decision { is_champion, reason: reason.to_owned() });
    }

    #[test]
    fn a_better_version_becomes_the_champion() {
        check(
            measured((0.85, 0.82), 0.01, (0.80, 0.82)),
            true,
            "It beats the champion on the same held-out reviews: macro F1 0.8500 against 0.8200, p = 0.010 by McNemar's test.",
        );
        let first = Contest { champion: Champion::None, ..measured((0.0, 0.0), 1.0, (0.0, 0.0)) };
        check(first, true, "There was no champion to beat.");
    }

    #[test]
    fn any_other_stays_challenger_and_says_why() {
        let good = || measured((0.85, 0.82), 0.01, (0.81, 0.82));
        check(
            measured((0.82, 0.82), 0.01, (0.8, 0.8)),
            false,
            "Its macro F1 on the same held-out reviews is 0.8200, the champion's 0.8200.",
        );
        check(
            measured((0.83, 0.82), 0.2, (0.8, 0.8)),
            false,
            "Its macro F1 is 0.8300 against 0.8200, which may be chance: p = 0.200 by McNemar's test, and at most 0.05 was asked for.",
        );
        check(
            measured((0.85, 0.82), 0.01, (0.78, 0.82)),
            false,
            "It finds 4.0 points less of the class 'bad' than the champion, and 2.0 are allowed.",
        );
        check(
            Contest { n_bytes: 1_000_001, ..good() },
            false,
            "It has 1000001 bytes, and 1000000 are allowed.",
        );
        check(
            Contest { predict_ms: Some(50.04), ..good() },
            false,
            "It takes 50.0 ms for 1,000 reviews, and 50.0 are allowed.",
        );
        let slow = "How long it takes was not measured, and 50.0 ms for 1,000 reviews are allowed.";
        check(Contest { predict_ms: None, ..good() }, false, slow);
        let same = Contest { champion: Champion::Same, ..good() };
        check(same, false, "It is the champion's model, word for word.");
        let champion = Champion::Incomparable { reason: "other reviews were held out.".into() };
        check(
            Contest { champion, ..good() },
            false,
            "It cannot be compared with the champion: other reviews were held out.",
        );
        assert!(!decide(&rule(), &measured((f64::NAN, 0.8), 0.0, (0.8, 0.8))).is_champion);
        assert!(!decide(&rule(), &measured((0.9, 0.8), f64::NAN, (0.8, 0.8))).is_champion);
    }
}
