//! Where to cut a score in two: scores of rows that the fit did not see in, the cut that serves a goal out.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use super::DecisionError;
use crate::dataset::LabelId;
use crate::metrics::{Table, for_each_cut};
use crate::models::f1_macro;

/// What the cut between two classes is to serve.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ThresholdGoal {
    /// None: the model's own cut, a score of 0.
    #[default]
    Own,
    /// The highest macro F1.
    MacroF1,
    /// The lowest sum of costs.
    Cost {
        /// What a row of class (row) costs where it is taken for class (column): n_classes x n_classes.
        costs: Vec<Vec<f64>>,
    },
    /// As many rows of a class found as a precision allows.
    MinPrecision {
        /// The class.
        class: LabelId,
        /// Share of its predictions that must be right, above 0 and at most 1.
        precision: f64,
    },
}

/// The cut that serves `goal` best on these rows; of equally good ones that nearest to 0. The second class is
/// predicted above it. Lengths of both lists are equal.
///
/// # Errors
/// Where costs or precision make no sense, or no cut reaches the precision.
pub(super) fn tune(goal: &ThresholdGoal, scores: &[f64], is_second: &[bool]) -> Result<f64, DecisionError> {
    check_goal(goal)?;
    let mut best: Option<(f64, f64)> = None;
    let mut highest_precision: f64 = 0.0;
    for_each_cut(scores, is_second, |cut, table| {
        if let ThresholdGoal::MinPrecision { class, .. } = goal {
            let here = table.precision(usize::from(class.0)).unwrap_or(0.0);
            highest_precision = highest_precision.max(here);
        }
        let Some(value) = worth(goal, table) else { return };
        let is_better =
            best.is_none_or(|(most, kept)| value > most || (value == most && cut.abs() < f64::abs(kept)));
        if is_better {
            best = Some((value, cut));
        }
    });
    match (goal, best) {
        (ThresholdGoal::Own, _) => Ok(0.0),
        (_, Some((_, cut))) => Ok(cut),
        (ThresholdGoal::MinPrecision { class, precision }, None) => Err(DecisionError::PrecisionOutOfReach {
            class: *class,
            asked: *precision,
            highest: highest_precision,
        }),
        (ThresholdGoal::MacroF1 | ThresholdGoal::Cost { .. }, None) => Err(DecisionError::NoRows),
    }
}

/// How good a table is for the goal: more is better. `None` where it cannot be taken.
fn worth(goal: &ThresholdGoal, table: &Table) -> Option<f64> {
    match goal {
        ThresholdGoal::Own => None,
        ThresholdGoal::MacroF1 => Some(f1_macro(table.cells.as_flattened(), 2)),
        ThresholdGoal::Cost { costs } => {
            let cells = table.cells.as_flattened().iter().zip(costs.iter().flatten());
            Some(-cells.map(|(&n_rows, cost)| n_rows as f64 * cost).sum::<f64>())
        }
        ThresholdGoal::MinPrecision { class, precision } => {
            let class = usize::from(class.0);
            let reaches = table.precision(class).is_some_and(|found| found >= *precision);
            reaches.then(|| table.cells[class][class] as f64)
        }
    }
}

/// Checks costs and precision.
///
/// # Errors
/// `BadCosts`, `BadPrecision`.
pub(super) fn check_goal(goal: &ThresholdGoal) -> Result<(), DecisionError> {
    match goal {
        ThresholdGoal::Own | ThresholdGoal::MacroF1 => Ok(()),
        ThresholdGoal::Cost { costs } => {
            let is_square = costs.len() == 2 && costs.iter().all(|row| row.len() == 2);
            let is_cost = |cost: &f64| cost.is_finite() && *cost >= 0.0;
            if is_square && costs.iter().flatten().all(is_cost) {
                Ok(())
            } else {
                Err(DecisionError::BadCosts)
            }
        }
        ThresholdGoal::MinPrecision { class, precision } => {
            if class.0 > 1 || !(*precision > 0.0 && *precision <= 1.0) {
                return Err(DecisionError::BadPrecision { precision: *precision });
            }
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::*;

    const SCORES: [f64; 8] = [-2.0, -1.0, -0.5, 0.25, 0.5, 1.0, 1.5, 3.0];
    const SECOND: [bool; 8] = [false, false, true, false, false, true, true, true];

    #[track_caller]
    fn check(goal: ThresholdGoal, expected: Result<f64, DecisionError>) {
        assert_eq!(tune(&goal, &SCORES, &SECOND), expected);
    }

    fn costs(costs: [[f64; 2]; 2]) -> ThresholdGoal {
        ThresholdGoal::Cost { costs: costs.map(|row| row.to_vec()).to_vec() }
    }

    fn min_precision(class: u8, precision: f64) -> ThresholdGoal {
        ThresholdGoal::MinPrecision { class: LabelId(class), precision }
    }

    #[test]
    fn each_goal_has_its_cut() {
        check(ThresholdGoal::Own, Ok(0.0));
        // Above 0.75 one error is left; every other cut makes more.
        check(ThresholdGoal::MacroF1, Ok(0.75));
        // A second-class row that is missed costs ten false alarms.
        check(costs([[0.0, 1.0], [10.0, 0.0]]), Ok(-0.75));
        check(costs([[0.0, 10.0], [1.0, 0.0]]), Ok(0.75));
        check(min_precision(1, 1.0), Ok(0.75));
        check(min_precision(1, 0.6), Ok(-0.75));
        check(min_precision(0, 1.0), Ok(-0.75));
        check(min_precision(0, 0.8), Ok(0.75));
    }

    #[test]
    fn of_equal_cuts_that_nearest_to_0_is_taken() {
        let all = [true; 3];
        assert_eq!(tune(&ThresholdGoal::MacroF1, &[1.0, 2.0, 3.0], &all), Ok(0.0));
        assert_eq!(tune(&costs([[0.0, 0.0], [0.0, 0.0]]), &SCORES, &SECOND), Ok(0.0));
    }

    #[test]
    fn goals_that_cannot_be_served_say_why() {
        check(costs([[0.0, -1.0], [1.0, 0.0]]), Err(DecisionError::BadCosts));
        check(ThresholdGoal::Cost { costs: vec![vec![0.0]] }, Err(DecisionError::BadCosts));
        check(min_precision(1, 0.0), Err(DecisionError::BadPrecision { precision: 0.0 }));
        let swapped = SECOND.map(|second| !second);
        let out_of_reach = DecisionError::PrecisionOutOfReach { class: LabelId(1), asked: 0.9, highest: 0.5 };
        assert_eq!(tune(&min_precision(1, 0.9), &SCORES, &swapped), Err(out_of_reach));
    }

    proptest! {
        #[test]
        fn no_other_cut_serves_better(rows in proptest::collection::vec((-20i32..20, proptest::bool::ANY), 1..40)) {
            let scores: Vec<f64> = rows.iter().map(|row| f64::from(row.0) / 4.0).collect();
            let second: Vec<bool> = rows.iter().map(|row| row.1).collect();
            let value_at = |goal: &ThresholdGoal, cut: f64| {
                let mut table = Table::default();
                scores.iter().zip(&second).for_each(|(score, &second)| table.cells[usize::from(second)][usize::from(*score > cut)] += 1);
                worth(goal, &table)
            };
            for goal in [ThresholdGoal::MacroF1, costs([[0.0, 2.0], [3.0, 1.0]]), min_precision(1, 0.7), min_precision(0, 0.7)] {
                match tune(&goal, &scores, &second) {
                    Ok(cut) => {
                        let best = value_at(&goal, cut);
                        prop_assert!(best.is_some());
                        let others = (-50..50).map(|k| f64::from(k) / 8.0);
                        prop_assert!(others.into_iter().all(|other| value_at(&goal, other) <= best));
                    }
                    Err(error) => {
                        let is_out_of_reach = matches!(error, DecisionError::PrecisionOutOfReach { .. });
                        prop_assert!(is_out_of_reach);
                        prop_assert_eq!((-50..50).find_map(|k| value_at(&goal, f64::from(k) / 8.0)), None);
                    }
                }
            }
        }
    }
}
