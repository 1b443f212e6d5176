//! Training part, test part and folds, against scikit-learn's: every index equal.
//! In: the split, splits.json. Out: lines of the report. Never: sets compared where order counts.

use anyhow::Result;
use engine::split::SplitPlan;
use serde::Deserialize;

use super::Reference;
use super::data::Data;
use super::report::Report;

/// A split as the reference writes it.
#[derive(Deserialize)]
pub struct TheirSplit {
    train: Vec<u32>,
    test: Vec<u32>,
    folds_as_positions_in_train: Vec<Vec<u32>>,
}

#[derive(Deserialize)]
struct Rows {
    rows: usize,
    #[serde(flatten)]
    split: TheirSplit,
}

pub fn compare(report: &mut Report, reference: &Reference, data: &Data) -> Result<()> {
    if !reference.has("splits.json") {
        report.absent("splits.json");
        return Ok(());
    }
    let theirs: Rows = reference.json("splits.json")?;
    report.same("splits: rows", data.docs.n_docs(), theirs.rows);
    compare_split(report, "splits", &data.plan, &theirs.split);
    Ok(())
}

/// Compares one split with one of theirs.
pub fn compare_split(report: &mut Report, what: &str, plan: &SplitPlan, theirs: &TheirSplit) {
    same_indices(report, format!("{what}: training part"), &plan.train, &theirs.train);
    same_indices(report, format!("{what}: test part"), &plan.test, &theirs.test);
    let n_folds = plan.n_folds as usize;
    report.same(format!("{what}: folds"), n_folds, theirs.folds_as_positions_in_train.len());
    for (fold, held) in theirs.folds_as_positions_in_train.iter().enumerate() {
        let ours: Vec<u32> = (0..)
            .zip(&plan.fold_of)
            .filter(|(_, of)| usize::from(**of) == fold)
            .map(|(position, _)| position)
            .collect();
        same_indices(report, format!("{what}: fold {fold}"), &ours, held);
    }
}

fn same_indices(report: &mut Report, what: String, ours: &[u32], theirs: &[u32]) {
    let n_common = ours.len().min(theirs.len());
    let n_odd =
        ours.iter().zip(theirs).filter(|(a, b)| a != b).count() + ours.len().max(theirs.len()) - n_common;
    let values = [ours.len().to_string(), theirs.len().to_string()];
    report.add(what, values, format!("{n_odd} indices"), n_odd == 0);
}
