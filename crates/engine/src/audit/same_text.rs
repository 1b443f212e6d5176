//! Rows of one cleaned text: how many there are, whether they cross a split, and whether their labels agree.

use crate::dataset::{CleanedDocs, LabelId};
use crate::split::{SplitPlan, group_equal_texts};

/// Rows by cleaned text. Rows without a word are alike to none.
pub(super) struct TextGroups {
    /// The text of each row, numbered by first appearance. Shape: n_docs.
    pub group_of: Vec<u32>,
    /// The rows of each text, ascending.
    pub members: Vec<Vec<u32>>,
}

impl TextGroups {
    pub fn new(docs: &CleanedDocs) -> Self {
        let group_of = group_equal_texts(docs);
        let n_groups = group_of.iter().max().map_or(0, |&last| last as usize + 1);
        let mut members = vec![Vec::new(); n_groups];
        for (doc, &group) in (0_u32..).zip(&group_of) {
            members[group as usize].push(doc);
        }
        Self { group_of, members }
    }

    /// The rows whose text another row has, ascending.
    pub fn shared(&self) -> Vec<u32> {
        (0..self.group_of.len() as u32).filter(|&doc| self.of(doc).len() > 1).collect()
    }

    /// Rows that repeat the text of an earlier one.
    pub fn n_repeats(&self) -> u64 {
        self.members.iter().map(|members| members.len() as u64 - 1).sum()
    }

    /// The rows of one text as `doc`'s.
    pub fn of(&self, doc: u32) -> &[u32] {
        &self.members[self.group_of[doc as usize] as usize]
    }

    /// Rows with a text of which rows have different labels, ascending, and the number of such texts.
    pub fn conflicting(&self, docs: &CleanedDocs) -> (Vec<u32>, u64) {
        let label = |doc: u32| docs.labels[doc as usize];
        let conflicts = |members: &&Vec<u32>| {
            let first: LabelId = label(members[0]);
            !docs.word_ids_of(members[0] as usize).is_empty()
                && members.iter().any(|&doc| label(doc) != first)
        };
        let texts: Vec<&Vec<u32>> = self.members.iter().filter(conflicts).collect();
        let mut rows: Vec<u32> = texts.iter().flat_map(|members| members.iter().copied()).collect();
        rows.sort_unstable();
        (rows, texts.len() as u64)
    }
}

/// The rows that test and of whose group a row trains, ascending. `group_of`: n_docs, below `n_groups`.
pub(super) fn crossing(group_of: &[u32], n_groups: usize, plan: &SplitPlan) -> Vec<u32> {
    let mut trains = vec![false; n_groups];
    plan.train.iter().for_each(|&doc| trains[group_of[doc as usize] as usize] = true);
    let mut rows: Vec<u32> =
        plan.test.iter().copied().filter(|&doc| trains[group_of[doc as usize] as usize]).collect();
    rows.sort_unstable();
    rows
}
