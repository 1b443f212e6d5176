//! Two fitted pipelines in, the terms whose weights differ most between them out.

use crate::models::Scorer;
use crate::num::stable_sort;
use crate::pipeline::FittedPipeline;

/// A term and what one unit of it adds to a class's score.
#[derive(Clone, Debug, PartialEq)]
pub struct TermChange {
    /// The term.
    pub term: String,
    /// In the first; none where its vocabulary lacks the term.
    pub before: Option<f64>,
    /// In the second, likewise.
    pub after: Option<f64>,
}

impl TermChange {
    fn size(&self) -> f64 {
        (self.after.unwrap_or(0.0) - self.before.unwrap_or(0.0)).abs()
    }
}

/// For each class, in label order, at most `n_most` terms whose weights differ, the greatest difference first; a term
/// that a vocabulary lacks weighs 0 there. None of models without weights, and of models of other classes.
pub fn term_changes(
    first: &FittedPipeline,
    second: &FittedPipeline,
    n_most: usize,
) -> Option<Vec<Vec<TermChange>>> {
    if first.labels != second.labels {
        return None;
    }
    let (Scorer::Linear(of_first), Scorer::Linear(of_second)) =
        (Scorer::new(&first.model), Scorer::new(&second.model))
    else {
        return None;
    };
    let (old, new) = (&first.features.terms, &second.features.terms);
    let pairs = merged(old, new);
    let of_class = |class: usize| {
        // For two classes there is one score, for the second.
        let side = |n_scores: usize| match (n_scores, class) {
            (1, 0) => (0, -1.0),
            (1, _) => (0, 1.0),
            _ => (class, 1.0),
        };
        let change = |&(before, after): &(Option<usize>, Option<usize>)| {
            let (score, sign) = side(of_first.n_scores());
            let weight_before = before.map(|term| sign * of_first.coef(score, term as u32));
            let (score, sign) = side(of_second.n_scores());
            let weight_after = after.map(|term| sign * of_second.coef(score, term as u32));
            let term = before.map_or_else(|| after.map(|term| &new[term]), |term| Some(&old[term]));
            TermChange { term: term.cloned().unwrap_or_default(), before: weight_before, after: weight_after }
        };
        let mut changes: Vec<TermChange> =
            pairs.iter().map(change).filter(|change| change.size() > 0.0).collect();
        stable_sort(&mut changes, |a, b| b.size().total_cmp(&a.size()).then_with(|| a.term.cmp(&b.term)));
        changes.truncate(n_most);
        changes
    };
    Some((0..first.labels.len()).map(of_class).collect())
}

/// The places of each term in two vocabularies, which are in alphabetical order.
fn merged(old: &[String], new: &[String]) -> Vec<(Option<usize>, Option<usize>)> {
    let place = |terms: &[String], term: &String| terms.binary_search(term).ok();
    let mut pairs: Vec<(Option<usize>, Option<usize>)> =
        old.iter().enumerate().map(|(at, term)| (Some(at), place(new, term))).collect();
    pairs.extend(
        new.iter().enumerate().filter(|(_, term)| place(old, term).is_none()).map(|(at, _)| (None, Some(at))),
    );
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{FittedVectorizer, VectorizerSpec};
    use crate::models::{FittedModel, ModelKind};
    use crate::pipeline::Calibration;

    /// A logistic regression of these weights for the second class.
    fn linear(weights: &[(&str, f64)]) -> FittedPipeline {
        FittedPipeline {
            engine_version: crate::ENGINE_VERSION.into(),
            cleaning: Vec::new(),
            features: FittedVectorizer {
                spec: VectorizerSpec::tf_idf((1, 1)),
                terms: weights.iter().map(|(term, _)| (*term).to_owned()).collect(),
                idf: vec![1.0; weights.len()],
            },
            model: FittedModel::Linear {
                kind: ModelKind::LogisticRegression,
                coef: weights.iter().map(|(_, weight)| *weight).collect(),
                intercept: vec![0.0],
            },
            calibration: Calibration::Own,
            threshold: 0.0,
            abstain: None,
            labels: vec!["negative".into(), "positive".into()],
        }
    }

    #[track_caller]
    fn check(first: &[(&str, f64)], second: &[(&str, f64)], expected: &[(&str, Option<f64>, Option<f64>)]) {
        let found = term_changes(&linear(first), &linear(second), 3).expect("both have weights");
        let of_second: Vec<(&str, Option<f64>, Option<f64>)> =
            found[1].iter().map(|change| (change.term.as_str(), change.before, change.after)).collect();
        assert_eq!(of_second, expected);
        let opposite = |weight: Option<f64>| weight.map(|weight| -weight);
        for (one, other) in found[0].iter().zip(&found[1]) {
            assert_eq!((one.before, one.after), (opposite(other.before), opposite(other.after)));
        }
    }

    #[test]
    fn the_greatest_differences_stand_first() {
        check(
            &[("bad", -2.0), ("fine", 0.5), ("good", 2.0), ("late", -1.0)],
            &[("bad", -2.0), ("fine", 0.75), ("good", 1.0), ("great", 3.0)],
            &[("great", None, Some(3.0)), ("good", Some(2.0), Some(1.0)), ("late", Some(-1.0), None)],
        );
        check(&[("bad", -2.0)], &[("bad", -2.0)], &[]);
    }

    #[test]
    fn models_of_other_classes_are_not_compared() {
        let mut other = linear(&[("bad", 1.0)]);
        other.labels = vec!["no".into(), "yes".into()];
        assert_eq!(term_changes(&linear(&[("bad", 1.0)]), &other, 3), None);
    }
}
