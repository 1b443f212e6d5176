//! Growing one tree of a forest from its own stream.
//!
//! A large node draws columns and scans the whole column, most of which are short; only the rows that go
//! right are touched by a split, and those that stay keep their node. A small node's rows are listed, and
//! `small` grows everything below it.

use super::super::training::class_factors;
use super::super::{ForestSpec, MaxFeatures, TrainingSet};
use super::columns::{Cell, CellLists};
use super::judge::{Judge, RowWeight, Split, Tally};
use super::small::SmallNodes;
use super::{Forest, LEAF, Tree};
use crate::dataset::{LabelId, MAX_CLASSES};
use crate::num::RandomStream;

/// Rows at which a node is small: 96 are as fast over the reference forest, 160 slower by an eighth.
pub(super) const SMALL_ROWS: u32 = 48;
/// Marks a row that a tree does not learn from.
const OUTSIDE: u32 = u32::MAX;

/// Grows the trees of one forest, in any order and from any number of threads: tree `i` draws from the
/// stream `forest tree` of the seed and `i`, and from nothing else.
pub struct ForestGrower<'a> {
    set: TrainingSet<'a>,
    spec: &'a ForestSpec,
    by_row: CellLists,
    by_column: CellLists,
    /// Weight of each row, by sample and class.
    weights: Vec<f64>,
    /// Their running sum, where rows are drawn by weight.
    cumulated: Vec<f64>,
    n_drawn_columns: u32,
}

impl<'a> ForestGrower<'a> {
    /// Prepares rows and columns; `spec` and `set` are those of a checked fit.
    pub fn new(set: &TrainingSet<'a>, spec: &'a ForestSpec) -> Self {
        let mut rows_of = vec![0.0; set.truth.n_classes];
        set.truth.labels.iter().for_each(|label| rows_of[usize::from(label.0)] += 1.0);
        let factors = class_factors(spec.class_weight, &rows_of);
        let weight =
            |(row, label): (usize, &LabelId)| factors[usize::from(label.0)] * set.truth.sample_weight(row);
        let weights: Vec<f64> = set.truth.labels.iter().enumerate().map(weight).collect();
        let is_weighted = weights.iter().any(|&weight| weight != weights[0]);
        let mut sum = 0.0;
        let running = |weight: &f64| {
            sum += weight;
            sum
        };
        let cumulated = if is_weighted { weights.iter().map(running).collect() } else { Vec::new() };
        let n_columns = set.x.n_columns as f64;
        let n_drawn = match spec.max_features {
            MaxFeatures::Sqrt => n_columns.sqrt(),
            MaxFeatures::Log2 => libm::log2(n_columns),
            MaxFeatures::Share(share) => share * n_columns,
            MaxFeatures::All => n_columns,
        };
        Self {
            set: *set,
            spec,
            by_row: CellLists::by_row(set.x),
            by_column: CellLists::by_column(set.x),
            weights,
            cumulated,
            n_drawn_columns: (n_drawn as u32).max(1),
        }
    }

    /// Tree number `tree`.
    pub fn tree(&self, tree: u32) -> Tree {
        let stream = RandomStream::new("forest tree", &[self.spec.seed, u64::from(tree)]);
        if self.set.truth.n_classes == 2 {
            TreeGrower::<2>::new(self, stream).grow()
        } else {
            TreeGrower::<MAX_CLASSES>::new(self, stream).grow()
        }
    }

    /// The forest of these trees, given in order.
    pub fn assemble(&self, trees: Vec<Tree>) -> Forest {
        let n_scores = if self.set.truth.n_classes == 2 { 1 } else { self.set.truth.n_classes as u32 };
        Forest { n_columns: self.set.x.n_columns as u32, n_scores, trees }
    }

    /// What each row weighs in a tree: how often it was drawn, or its own weight.
    fn tree_weights(&self, stream: &mut RandomStream) -> Vec<f64> {
        if !self.spec.bootstrap {
            return self.weights.clone();
        }
        let n_rows = self.weights.len();
        let mut drawn = vec![0.0; n_rows];
        for _ in 0..n_rows {
            let row = match self.cumulated.last() {
                None => stream.draw(n_rows as u32) as usize,
                Some(all) => {
                    let place = stream.unit() * all;
                    self.cumulated.partition_point(|&sum| sum <= place).min(n_rows - 1)
                }
            };
            drawn[row] += 1.0;
        }
        drawn
    }
}

/// A node that waits for its split.
struct Pending<const K: usize> {
    id: u32,
    tally: Tally<K>,
    depth: u32,
    /// The node whose right child it is.
    right_of: Option<usize>,
    /// Where its rows begin in the list of rows, if they are there.
    listed_from: Option<usize>,
}

/// A tree half grown.
pub(super) struct TreeGrower<'a, const K: usize> {
    pub by_row: &'a CellLists,
    by_column: &'a CellLists,
    pub judge: Judge,
    pub max_depth: u32,
    pub n_drawn_columns: u32,
    pub n_columns: u32,
    n_scores: usize,
    n_classes: usize,
    pub stream: RandomStream,
    pub rows: Vec<RowWeight>,
    /// The node each row is in; apart from the weights, as most rows looked up are in another.
    node_of: Vec<u32>,
    /// A permutation of the columns; each draw puts the drawn ones first.
    columns: Vec<u32>,
    /// Cells of a column that are in the node at hand.
    here: Vec<Cell>,
    /// Rows of the small right children that wait.
    listed: Vec<u32>,
    n_ids: u32,
    tree: Tree,
}

impl<'a, const K: usize> TreeGrower<'a, K> {
    fn new(forest: &'a ForestGrower<'_>, mut stream: RandomStream) -> Self {
        let weights = forest.tree_weights(&mut stream);
        let node_of = weights.iter().map(|&weight| if weight > 0.0 { 0 } else { OUTSIDE }).collect();
        let row = |(label, weight): (&LabelId, f64)| RowWeight { weight, class: u32::from(label.0) };
        let n_columns = forest.by_column.n_lists() as u32;
        let n_classes = forest.set.truth.n_classes;
        Self {
            by_row: &forest.by_row,
            by_column: &forest.by_column,
            judge: Judge { criterion: forest.spec.criterion, min_samples_leaf: forest.spec.min_samples_leaf },
            max_depth: forest.spec.max_depth.unwrap_or(u32::MAX),
            n_drawn_columns: forest.n_drawn_columns,
            n_columns,
            n_scores: if n_classes == 2 { 1 } else { n_classes },
            n_classes,
            stream,
            rows: forest.set.truth.labels.iter().zip(weights).map(row).collect(),
            node_of,
            columns: (0..n_columns).collect(),
            here: Vec::new(),
            listed: Vec::new(),
            n_ids: 1,
            tree: Tree::default(),
        }
    }

    fn grow(mut self) -> Tree {
        let mut small = SmallNodes::new(self.n_columns);
        let mut tally = Tally::EMPTY;
        (0..self.rows.len()).filter(|&row| self.node_of[row] == 0).for_each(|row| tally.add(self.rows[row]));
        let mut waiting = vec![Pending { id: 0, tally, depth: 0, right_of: None, listed_from: None }];
        while let Some(node) = waiting.pop() {
            if let Some(parent) = node.right_of {
                self.tree.rights[parent] = self.tree.columns.len() as u32;
            }
            if node.tally.n_rows <= SMALL_ROWS {
                let rows = self.rows_of(&node);
                small.grow(&mut self, rows, node.tally, node.depth);
                continue;
            }
            let split = if self.ends(&node.tally, node.depth) { None } else { self.best_split(&node) };
            let place = self.push(&node.tally, split.as_ref());
            let Some(split) = split else { continue };
            let id = self.n_ids;
            self.n_ids += 1;
            let (right, listed_from) = self.part(&node, &split, id);
            let depth = node.depth + 1;
            let left = node.tally.less(&right);
            waiting.push(Pending { id, tally: right, depth, right_of: Some(place), listed_from });
            waiting.push(Pending { id: node.id, tally: left, depth, right_of: None, listed_from: None });
        }
        self.tree
    }

    /// Whether a node is a leaf whatever its columns hold.
    pub fn ends(&self, tally: &Tally<K>, depth: u32) -> bool {
        depth >= self.max_depth
            || tally.n_rows < 2
            || tally.n_rows / 2 < self.judge.min_samples_leaf
            || tally.is_pure()
    }

    /// Adds a node; a split's right child is entered once it is known. Returns its place.
    pub fn push(&mut self, tally: &Tally<K>, split: Option<&Split>) -> usize {
        let tree = &mut self.tree;
        tree.columns.push(split.map_or(LEAF, |split| split.column));
        tree.thresholds.push(split.map_or(0.0, |split| split.threshold));
        tree.rights.push(0);
        if self.n_scores == 1 {
            tree.shares.push(tally.share(1));
        } else {
            tree.shares.extend((0..self.n_classes).map(|class| tally.share(class)));
        }
        tree.columns.len() - 1
    }

    /// Says that the next node is the right child of `parent`.
    pub fn begin_right_of(&mut self, parent: usize) {
        self.tree.rights[parent] = self.tree.columns.len() as u32;
    }

    /// The best split over columns drawn without putting back: as many as asked for, and on until one
    /// varies within the node.
    fn best_split(&mut self, node: &Pending<K>) -> Option<Split> {
        let mut best = None;
        let mut varied = false;
        for n_seen in 0..self.n_columns {
            if n_seen >= self.n_drawn_columns && varied {
                break;
            }
            let drawn = n_seen + self.stream.draw(self.n_columns - n_seen);
            self.columns.swap(n_seen as usize, drawn as usize);
            let column = self.columns[n_seen as usize];
            let cells = self.by_column.list(column);
            // Written whether it is in the node or not, and kept if it is: no branch to guess wrong.
            if self.here.len() < cells.len() {
                self.here.resize(cells.len(), Cell { at: 0, value: 0.0 });
            }
            let (rows, node_of) = (self.rows.as_slice(), self.node_of.as_slice());
            let in_node = &mut self.here[..cells.len()];
            let mut n_here = 0;
            for &cell in cells {
                in_node[n_here] = cell;
                n_here += usize::from(node_of[cell.at as usize] == node.id);
            }
            let here = in_node[..n_here].iter().map(|&cell| (cell, rows[cell.at as usize]));
            varied |= self.judge.scan(&node.tally, column, here, &mut best);
        }
        best
    }

    /// Moves the rows above the threshold to node `id`, and lists them where they are few. Returns their tally
    /// and where the list begins.
    fn part(&mut self, node: &Pending<K>, split: &Split, id: u32) -> (Tally<K>, Option<usize>) {
        let begin = self.listed.len();
        let is_small = split.n_right <= SMALL_ROWS;
        let mut right = Tally::EMPTY;
        for cell in self.by_column.list(split.column) {
            if cell.value <= split.threshold {
                break;
            }
            let at = &mut self.node_of[cell.at as usize];
            if *at == node.id {
                *at = id;
                right.add(self.rows[cell.at as usize]);
                if is_small {
                    self.listed.push(cell.at);
                }
            }
        }
        (right, is_small.then_some(begin))
    }

    /// The rows of a small node. Right children are listed already, the last one waiting last; what is left
    /// of a large node by its splits is searched for.
    fn rows_of(&mut self, node: &Pending<K>) -> Vec<u32> {
        match node.listed_from {
            Some(begin) => self.listed.split_off(begin),
            None => (0..).zip(&self.node_of).filter(|(_, at)| **at == node.id).map(|(row, _)| row).collect(),
        }
    }
}
