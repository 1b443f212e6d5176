//! Random forests over sparse rows: trees in, the mean of their leaves' shares out.
//!
//! A row's values are compared as 32-bit floats, as scikit-learn's trees do. Growing is in `grow`; here a
//! forest is a plain value that scores rows and says which column moved a score how far.

mod columns;
mod grow;
mod judge;
mod small;

use thiserror::Error;

use super::{ForestSpec, TrainingSet};
use crate::features::SparseRow;

pub use grow::ForestGrower;

/// Marks a node without a split.
pub const LEAF: u32 = u32::MAX;
/// Most nodes of one tree.
pub const MAX_TREE_NODES: usize = 1 << 28;

/// A tree's nodes in the order of a walk, left before right, parents first: a node's left child is the next.
///
/// Shapes: `columns`, `thresholds`, `rights`: n_nodes; `shares`: n_nodes x n_scores row-major.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    /// Column of each split; `LEAF` where there is none.
    pub columns: Vec<u32>,
    /// A row goes left where its value is at most this.
    pub thresholds: Vec<f32>,
    /// The right child of each split; 0 at leaves.
    pub rights: Vec<u32>,
    /// Share of each class among a node's rows by weight; of the second alone for two classes.
    pub shares: Vec<f32>,
}

/// A fitted forest.
#[derive(Clone, Debug, PartialEq)]
pub struct Forest {
    /// Columns of the rows it scores.
    pub n_columns: u32,
    /// 1 for two classes, else n_classes.
    pub n_scores: u32,
    /// At least one.
    pub trees: Vec<Tree>,
}

/// What contradicts in the parts of a forest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("tree {tree} of the forest is damaged at node {node}")]
pub struct ForestError {
    /// Which tree.
    pub tree: usize,
    /// Which node; 0 also where lengths differ.
    pub node: usize,
}

/// Grows every tree, one after another.
pub(super) fn grow(set: &TrainingSet<'_>, spec: &ForestSpec) -> Forest {
    let grower = ForestGrower::new(set, spec);
    grower.assemble((0..spec.n_estimators).map(|tree| grower.tree(tree)).collect())
}

impl Forest {
    /// Appends a row's scores: for two classes the second's share less one half, else each class's share,
    /// being the mean over the trees.
    pub fn score(&self, row: &SparseRow, out: &mut Vec<f64>) {
        let n_scores = self.n_scores as usize;
        let begin = out.len();
        out.resize(begin + n_scores, 0.0);
        let sums = &mut out[begin..];
        let values = self.dense(row);
        for tree in &self.trees {
            let mut leaf = 0;
            while let Some(child) = tree.child_of(leaf, &values) {
                leaf = child;
            }
            let shares = &tree.shares[leaf * n_scores..][..n_scores];
            sums.iter_mut().zip(shares).for_each(|(sum, &share)| *sum += f64::from(share));
        }
        let n_trees = self.trees.len() as f64;
        let shift = if n_scores == 1 { 0.5 } else { 0.0 };
        sums.iter_mut().for_each(|sum| *sum = *sum / n_trees - shift);
    }

    /// A row's values by column: trees ask for hundreds of them.
    fn dense(&self, row: &SparseRow) -> Vec<f32> {
        let mut values = vec![0.0; self.n_columns as usize];
        row.term_ids.iter().zip(&row.values).for_each(|(&at, &value)| values[at as usize] = value as f32);
        values
    }

    /// What each column did to score `score` of a row: at every split on its way the share changes, and the
    /// change is the split's column's. Returns the score before any split (the mean over the roots), and
    /// columns, ascending, with their sums; all together add up to the score.
    pub fn path_contributions(&self, row: &SparseRow, score: usize) -> (f64, Vec<(u32, f64)>) {
        let n_scores = self.n_scores as usize;
        let n_trees = self.trees.len() as f64;
        let mut base = 0.0;
        let mut changes: Vec<(u32, f64)> = Vec::new();
        let values = self.dense(row);
        for tree in &self.trees {
            let share = |node: usize| f64::from(tree.shares[node * n_scores + score]);
            base += share(0);
            let mut node = 0;
            while let Some(child) = tree.child_of(node, &values) {
                changes.push((tree.columns[node], (share(child) - share(node)) / n_trees));
                node = child;
            }
        }
        changes.sort_by_key(|change| change.0);
        let sum_of = |same: &[(u32, f64)]| (same[0].0, same.iter().map(|change| change.1).sum());
        let sums = changes.chunk_by(|a, b| a.0 == b.0).map(sum_of).collect();
        let shift = if n_scores == 1 { 0.5 } else { 0.0 };
        (base / n_trees - shift, sums)
    }

    /// What each of a row's terms, by its place in the row, added to a score, and what is left without them.
    pub(super) fn contributions(&self, row: &SparseRow, score: usize) -> (f64, Vec<f64>) {
        let (mut base, by_column) = self.path_contributions(row, score);
        let mut of_terms = vec![0.0; row.term_ids.len()];
        for (column, change) in by_column {
            match row.term_ids.binary_search(&column) {
                Ok(place) => of_terms[place] += change,
                Err(_) => base += change,
            }
        }
        (base, of_terms)
    }

    /// Number of nodes in all trees.
    pub fn n_nodes(&self) -> usize {
        self.trees.iter().map(|tree| tree.columns.len()).sum()
    }

    /// Checks that every way through a tree ends at a leaf, and that shares are shares.
    ///
    /// # Errors
    /// The first place that contradicts.
    pub fn validate(&self) -> Result<(), ForestError> {
        if self.trees.is_empty() || self.n_scores == 0 {
            return Err(ForestError { tree: 0, node: 0 });
        }
        for (place, tree) in self.trees.iter().enumerate() {
            tree.validate(self.n_columns, self.n_scores as usize)
                .map_err(|node| ForestError { tree: place, node })?;
        }
        Ok(())
    }
}

impl Tree {
    /// The child a row goes to; none at a leaf.
    #[inline]
    fn child_of(&self, node: usize, values: &[f32]) -> Option<usize> {
        let column = self.columns[node];
        if column == LEAF {
            return None;
        }
        let goes_left = values[column as usize] <= self.thresholds[node];
        Some(if goes_left { node + 1 } else { self.rights[node] as usize })
    }

    /// The first bad node.
    fn validate(&self, n_columns: u32, n_scores: usize) -> Result<(), usize> {
        let n_nodes = self.columns.len();
        let lengths = [self.thresholds.len(), self.rights.len(), self.shares.len() / n_scores];
        let lengths_hold = (1..=MAX_TREE_NODES).contains(&n_nodes)
            && lengths == [n_nodes; 3]
            && self.shares.len() == n_nodes * n_scores;
        if !lengths_hold {
            return Err(0);
        }
        for node in 0..n_nodes {
            let right = self.rights[node] as usize;
            // Children stand behind their parents, so no way goes round.
            let split_holds = self.columns[node] < n_columns
                && right > node + 1
                && right < n_nodes
                && self.thresholds[node].is_finite();
            let shares = &self.shares[node * n_scores..][..n_scores];
            let shares_hold = shares.iter().all(|share| (0.0..=1.0).contains(share));
            if !shares_hold || !(self.columns[node] == LEAF || split_holds) {
                return Err(node);
            }
        }
        Ok(())
    }
}
