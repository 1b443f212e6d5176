//! Every way to part two classes by a score: a score and a class for each row in, counts at each threshold out, and
//! what follows from them: precision, recall, F1, cost.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use crate::models::{f1_macro, f1_of_classes};
use crate::num::stable_sort;

/// Rows of two classes by truth and prediction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Table {
    /// Rows of true class (row) predicted as class (column).
    pub cells: [[u64; 2]; 2],
}

impl Table {
    pub fn predicted(&self, class: usize) -> u64 {
        self.cells[0][class] + self.cells[1][class]
    }

    pub fn precision(&self, class: usize) -> Option<f64> {
        let predicted = self.predicted(class);
        (predicted > 0).then(|| self.cells[class][class] as f64 / predicted as f64)
    }
}

/// Calls `on_cut(cut, table)` for each way to part the rows by score, from all above the cut to none. Lengths of both
/// lists are equal.
pub(crate) fn for_each_cut(scores: &[f64], is_second: &[bool], mut on_cut: impl FnMut(f64, &Table)) {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    let (Some(&lowest), Some(&highest)) = (order.first(), order.last()) else { return };
    let mut table = Table::default();
    is_second.iter().for_each(|&second| table.cells[usize::from(second)][1] += 1);
    on_cut(below(scores[lowest]), &table);
    for (place, &row) in order.iter().enumerate() {
        let truth = usize::from(is_second[row]);
        table.cells[truth][1] -= 1;
        table.cells[truth][0] += 1;
        match order.get(place + 1) {
            Some(&next) if scores[next] > scores[row] => on_cut(between(scores[row], scores[next]), &table),
            Some(_) => {}
            None => on_cut(scores[highest].max(0.0), &table),
        }
    }
}

/// A number below `lowest`: 0 where it can be.
fn below(lowest: f64) -> f64 {
    if lowest > 0.0 { 0.0 } else { (lowest - 1.0).min(lowest.next_down()) }
}

/// A number from `low` on and below `high`: 0 where that lies between, else the middle.
fn between(low: f64, high: f64) -> f64 {
    if low <= 0.0 && high > 0.0 {
        return 0.0;
    }
    let middle = low + (high - low) / 2.0;
    if middle < high { middle } else { low }
}

/// One threshold: the second class is predicted where its score is above it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Cut {
    /// The threshold.
    pub threshold: f64,
    /// Rows of the second class that are predicted as such.
    pub n_found: u64,
    /// Rows of the first class that are taken for the second.
    pub n_alarms: u64,
}

/// Thresholds in ascending order, and the rows they part.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Cuts {
    /// Rows of the first class.
    pub n_first: u64,
    /// Rows of the second.
    pub n_second: u64,
    /// The thresholds, those that part no rows otherwise than the one before left out.
    pub all: Vec<Cut>,
}

/// What a threshold gives. Where a formula comes to 0/0 it is 0, as in `evaluate`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CutFigures {
    /// Rows of true class (row) predicted as class (column).
    pub confusion: [[u64; 2]; 2],
    /// Share predicted right.
    pub accuracy: f64,
    /// Share right of what is taken for each class.
    pub precision: [f64; 2],
    /// Share found of each class.
    pub recall: [f64; 2],
    /// F1 of each class.
    pub f1: [f64; 2],
    /// Mean of the classes' F1.
    pub f1_macro: f64,
    /// Sum over all rows of what truth (row) and prediction (column) cost together.
    pub cost: f64,
}

/// What a row of true class (row) costs where it is predicted as class (column).
pub type Costs = [[f64; 2]; 2];

impl Cuts {
    /// At most `n_most` thresholds of these rows, at least 2 of which are given: those that predict all alike, the
    /// one that parts rows as `kept` does, the one of the highest macro F1, and others as far apart in rows as they
    /// can be. Lengths of both lists are equal.
    pub fn of(scores: &[f64], is_second: &[bool], kept: f64, n_most: usize) -> Self {
        let n_second = is_second.iter().filter(|is_second| **is_second).count() as u64;
        let mut all = Vec::new();
        let mut best = (f64::NEG_INFINITY, 0);
        for_each_cut(scores, is_second, |threshold, table| {
            let f1 = f1_macro(table.cells.as_flattened(), 2);
            if f1 > best.0 {
                best = (f1, all.len());
            }
            all.push(Cut { threshold, n_found: table.cells[1][1], n_alarms: table.cells[0][1] });
        });
        let cuts = Self { n_first: scores.len() as u64 - n_second, n_second, all };
        let n_all = cuts.all.len();
        if n_all <= n_most {
            return cuts;
        }
        // Two places are kept free for the two that must be there.
        let n_even = n_most.saturating_sub(2).max(2);
        let mut places: Vec<usize> = (0..n_even).map(|at| at * (n_all - 1) / (n_even - 1)).collect();
        places.extend([best.1, cuts.place_of(kept, scores)]);
        stable_sort(&mut places, usize::cmp);
        places.dedup();
        Self { all: places.into_iter().map(|place| cuts.all[place]).collect(), ..cuts }
    }

    /// The place of the threshold that predicts of these rows what `threshold` does: it has as many above it.
    fn place_of(&self, threshold: f64, scores: &[f64]) -> usize {
        let n_above = scores.iter().filter(|score| **score > threshold).count() as u64;
        self.all
            .partition_point(|cut| cut.n_found + cut.n_alarms > n_above)
            .min(self.all.len().saturating_sub(1))
    }

    /// The place of the threshold nearest to this one: the last of those at or below it, where there is one.
    pub fn nearest(&self, threshold: f64) -> usize {
        let n_below = self.all.partition_point(|cut| cut.threshold <= threshold);
        let (low, high) = (n_below.saturating_sub(1), n_below.min(self.all.len().saturating_sub(1)));
        let distance =
            |place: usize| self.all.get(place).map_or(f64::INFINITY, |cut| (cut.threshold - threshold).abs());
        if distance(high) < distance(low) { high } else { low }
    }

    /// What the threshold at a place gives; none where there is none.
    pub fn figures(&self, place: usize, costs: &Costs) -> Option<CutFigures> {
        let cut = self.all.get(place)?;
        let confusion =
            [[self.n_first - cut.n_alarms, cut.n_alarms], [self.n_second - cut.n_found, cut.n_found]];
        let table = Table { cells: confusion };
        let ratio = |part: u64, whole: u64| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
        let recall = |class: usize| ratio(confusion[class][class], confusion[class][0] + confusion[class][1]);
        let f1 = f1_of_classes(confusion.as_flattened(), 2);
        let cells = confusion.as_flattened().iter().zip(costs.as_flattened());
        Some(CutFigures {
            confusion,
            accuracy: ratio(confusion[0][0] + confusion[1][1], self.n_first + self.n_second),
            precision: [0, 1].map(|class| table.precision(class).unwrap_or(0.0)),
            recall: [0, 1].map(recall),
            f1: [f1[0], f1[1]],
            f1_macro: f1_macro(confusion.as_flattened(), 2),
            cost: cells.map(|(&n_rows, cost)| n_rows as f64 * cost).sum(),
        })
    }

    /// The place of the threshold of which `worth` is highest; of equally good ones that nearest to 0.
    pub fn best(&self, costs: &Costs, worth: impl Fn(&CutFigures) -> f64) -> Option<usize> {
        let valued =
            (0..self.all.len()).filter_map(|place| Some((place, worth(&self.figures(place, costs)?))));
        let nearer = |a: usize, b: usize| self.all[b].threshold.abs().total_cmp(&self.all[a].threshold.abs());
        valued.max_by(|a, b| a.1.total_cmp(&b.1).then_with(|| nearer(a.0, b.0))).map(|(place, _)| place)
    }
}

/// Rows whose answer is another one at another threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moves {
    /// Those that are right then.
    pub n_righted: u64,
    /// Those that are wrong then.
    pub n_wronged: u64,
}

impl Moves {
    /// Of the same rows at two thresholds.
    pub fn between(before: &CutFigures, after: &CutFigures) -> Self {
        let cell = |figures: &CutFigures, class: usize| figures.confusion[class][class];
        let gained = |class: usize| cell(after, class).saturating_sub(cell(before, class));
        let lost = |class: usize| cell(before, class).saturating_sub(cell(after, class));
        Self { n_righted: gained(0) + gained(1), n_wronged: lost(0) + lost(1) }
    }

    /// All of them.
    pub fn n_all(&self) -> u64 {
        self.n_righted + self.n_wronged
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SCORES: [f64; 12] = [-2.0, -1.5, -1.5, -0.7, -0.2, 0.1, 0.1, 0.4, 0.9, 1.3, 1.8, 2.5];
    const SECOND: [bool; 12] = [false, false, true, false, true, false, true, false, true, true, false, true];
    const COSTS: Costs = [[0.0, 1.0], [5.0, 0.0]];

    fn near(found: &[f64], expected: &[f64]) -> bool {
        found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12)
    }

    // sklearn 1.9.1 of score > threshold: confusion_matrix, precision_score, recall_score and f1_score with
    // average=None and zero_division=0, f1_score(average="macro"); the cost is np.sum(confusion * costs).
    #[track_caller]
    fn check(threshold: f64, confusion: [[u64; 2]; 2], figures: [f64; 8]) {
        let cuts = Cuts::of(&SCORES, &SECOND, 0.0, 100);
        let found = cuts.figures(cuts.nearest(threshold), &COSTS).unwrap();
        assert_eq!(found.confusion, confusion);
        let all = [found.precision, found.recall, found.f1, [found.f1_macro, found.cost]].concat();
        assert!(near(&all, &figures), "{all:?}");
    }

    #[test]
    fn figures_are_scikit_learns() {
        check(
            0.0,
            [[3, 3], [2, 4]],
            [
                0.6,
                0.5714285714285714,
                0.5,
                0.6666666666666666,
                0.5454545454545454,
                0.6153846153846154,
                0.5804195804195804,
                13.0,
            ],
        );
        check(
            1.0,
            [[5, 1], [4, 2]],
            [
                0.5555555555555556,
                0.6666666666666666,
                0.8333333333333334,
                0.3333333333333333,
                0.6666666666666666,
                0.4444444444444444,
                0.5555555555555556,
                21.0,
            ],
        );
        check(-9.0, [[0, 6], [0, 6]], [0.0, 0.5, 0.0, 1.0, 0.0, 0.6666666666666666, 0.3333333333333333, 6.0]);
        check(9.0, [[6, 0], [6, 0]], [0.5, 0.0, 1.0, 0.0, 0.6666666666666666, 0.0, 0.3333333333333333, 30.0]);
        check(
            -1.0,
            [[2, 4], [1, 5]],
            [
                0.6666666666666666,
                0.5555555555555556,
                0.3333333333333333,
                0.8333333333333334,
                0.4444444444444444,
                0.6666666666666666,
                0.5555555555555556,
                9.0,
            ],
        );
    }

    #[test]
    fn all_ways_to_part_rows_are_there_once() {
        let cuts = Cuts::of(&SCORES, &SECOND, 0.0, 100);
        let above: Vec<u64> = cuts.all.iter().map(|cut| cut.n_found + cut.n_alarms).collect();
        assert_eq!(above, [12, 11, 9, 8, 7, 5, 4, 3, 2, 1, 0], "equal scores are never parted");
        assert!(cuts.all.windows(2).all(|pair| pair[0].threshold < pair[1].threshold));
        assert_eq!((cuts.n_first, cuts.n_second), (6, 6));
    }

    #[test]
    fn few_thresholds_hold_the_ends_the_best_and_the_one_in_use() {
        let all = Cuts::of(&SCORES, &SECOND, 0.0, 100);
        let few = Cuts::of(&SCORES, &SECOND, 1.5, 5);
        let best = |cuts: &Cuts| cuts.all[cuts.best(&COSTS, |found| found.f1_macro).unwrap()];
        assert_eq!((few.all.len(), few.all[0], few.all.last()), (5, all.all[0], all.all.last()));
        assert_eq!(best(&few), best(&all));
        assert!(few.all.iter().any(|cut| cut.n_found + cut.n_alarms == 2), "those above 1.5: {few:?}");
        assert_eq!(few.figures(99, &COSTS), None);
    }

    #[test]
    fn the_cheapest_threshold_depends_on_the_costs() {
        let cuts = Cuts::of(&SCORES, &SECOND, 0.0, 100);
        let cheapest = |costs: Costs| cuts.all[cuts.best(&costs, |found| -found.cost).unwrap()];
        assert_eq!(cheapest([[0.0, 1.0], [50.0, 0.0]]).n_found, 6, "none of the second is missed");
        assert_eq!(cheapest([[0.0, 50.0], [1.0, 0.0]]).n_alarms, 0, "none of the first is taken for it");
    }

    #[test]
    fn rows_move_from_one_class_to_the_other() {
        let cuts = Cuts::of(&SCORES, &SECOND, 0.0, 100);
        let at = |threshold: f64| cuts.figures(cuts.nearest(threshold), &COSTS).unwrap();
        // From 0 up to 1: the rows of 0.1, 0.1, 0.4 and 0.9 are no longer the second class.
        let moves = Moves::between(&at(0.0), &at(1.1));
        assert_eq!(moves, Moves { n_righted: 2, n_wronged: 2 });
        assert_eq!(Moves::between(&at(1.1), &at(0.0)), Moves { n_righted: 2, n_wronged: 2 });
        assert_eq!(Moves::between(&at(0.0), &at(0.0)).n_all(), 0);
    }

    #[test]
    fn no_rows_have_no_threshold() {
        let cuts = Cuts::of(&[], &[], 0.0, 9);
        assert_eq!((cuts.all.len(), cuts.nearest(0.0), cuts.figures(0, &COSTS)), (0, 0, None));
        assert_eq!(cuts.best(&COSTS, |found| found.f1_macro), None);
    }

    proptest! {
        #[test]
        fn a_threshold_predicts_as_it_counts(rows in proptest::collection::vec((-3..3_i8, any::<bool>()), 1..60), n_most in 4..20_usize) {
            let (scores, second): (Vec<f64>, Vec<bool>) =
                rows.iter().map(|(score, second)| (f64::from(*score) * 0.5, *second)).unzip();
            let cuts = Cuts::of(&scores, &second, 0.25, n_most);
            prop_assert!(cuts.all.len() <= n_most.max(4));
            for cut in &cuts.all {
                let above = |is: bool| scores.iter().zip(&second).filter(|(score, of)| **score > cut.threshold && **of == is).count() as u64;
                prop_assert_eq!((cut.n_found, cut.n_alarms), (above(true), above(false)));
            }
        }
    }
}
