//! Runs below their studies: which stand in view in, rows out. Pure.

use track::id::RunId;
use track::run::{Run, RunKind};

use super::{AllRuns, GridRow, Unfolded};

/// The runs of a tree, by the study above them.
struct Tree<'a> {
    all: &'a AllRuns,
    unfolded: &'a Unfolded,
    /// Places of runs whose study is in view, too, by study, then oldest first.
    nested: Vec<(&'a RunId, usize)>,
}

/// Rows of the runs at `places`, which stand newest first: each study, its fits, and its trials where it is unfolded.
/// A run whose study is not among them stands by itself.
pub(super) fn rows(all: &AllRuns, places: &[usize], unfolded: &Unfolded) -> Vec<GridRow> {
    let run = |place: usize| -> &Run { &all.runs[place] };
    // Ids sort by time, and runs stand newest first.
    let is_in_view = |id: &RunId| places.binary_search_by(|place| id.cmp(&run(*place).id)).is_ok();
    let mut roots = Vec::new();
    let mut nested = Vec::new();
    for place in places {
        match &run(*place).parent {
            Some(parent) if is_in_view(parent) => nested.push((parent, *place)),
            _ => roots.push(*place),
        }
    }
    engine::num::stable_sort(&mut nested, |a, b| a.0.cmp(b.0).then(b.1.cmp(&a.1)));
    let tree = Tree { all, unfolded, nested };
    let mut rows = Vec::with_capacity(places.len());
    for root in roots {
        tree.push(&mut rows, root, 0);
    }
    rows
}

impl Tree<'_> {
    fn push(&self, rows: &mut Vec<GridRow>, place: usize, depth: u8) {
        let run = &self.all.runs[place];
        rows.push(GridRow::Run { place, depth, is_open: self.unfolded.is_open(run, true) });
        if run.kind != RunKind::Study {
            return super::push_folds(rows, run, place, self.unfolded);
        }
        let begin = self.nested.partition_point(|(parent, _)| *parent < &run.id);
        let own = self.nested[begin..].iter().take_while(|(parent, _)| *parent == &run.id);
        let (trials, others): (Vec<usize>, Vec<usize>) =
            own.map(|(_, place)| *place).partition(|place| self.all.runs[*place].kind == RunKind::Trial);
        others.into_iter().for_each(|other| self.push(rows, other, depth + 1));
        if !self.unfolded.has(&run.id) {
            return;
        }
        if !self.all.knows_trials_of(&run.id) {
            rows.push(GridRow::Waiting(place));
        }
        trials.into_iter().for_each(|trial| self.push(rows, trial, depth + 1));
    }
}
