//! A model in, the operators that score weighted rows out: n_texts x n_scores, as `engine::models::Scorer` has it.

use engine::models::{Forest, LEAF, LinearScorer, Scorer, Tree};

use super::graph::{Attribute, Element, Graph, Value, reals, small_numbers};

/// `TreeEnsemble`: leaves are added up.
const SUM: i64 = 1;
/// `TreeEnsemble`: a row goes one way where its value is at most the threshold.
const AT_MOST: u8 = 0;

/// A linear function: terms weighed, the intercept added.
pub(super) fn linear(graph: &mut Graph, rows: &Value, linear: &LinearScorer, n_terms: usize) -> Value {
    let n_scores = linear.n_scores();
    let by_term: Vec<f64> = (0..n_terms as u32)
        .flat_map(|term| (0..n_scores).map(move |score| linear.coef(score, term)))
        .collect();
    let intercepts: Vec<f64> = (0..n_scores).map(|score| linear.intercept(score)).collect();
    let coef = graph.reals(&[n_terms, n_scores], &by_term);
    let intercept = graph.reals(&[1, n_scores], &intercepts);
    let sums = graph.node("MatMul", &[rows, &coef], &[]);
    graph.node("Add", &[&sums, &intercept], &[])
}

/// The same scores for every text.
pub(super) fn constant(graph: &mut Graph, text: &Value, scores: &[f64]) -> Value {
    let one_row = graph.reals(&[1, scores.len()], scores);
    let n_texts = graph.node("Shape", &[text], &[]);
    let n_scores = graph.wholes(&[1], &[scores.len() as i64]);
    let shape = graph.node("Concat", &[&n_texts, &n_scores], &[Attribute::Int("axis", 0)]);
    graph.node("Expand", &[&one_row, &shape], &[])
}

/// A forest's mean. Values are compared as 32-bit floats; a leaf speaks for one score, so beyond one there is a copy of
/// each tree for each score.
pub(super) fn forest(graph: &mut Graph, rows: &Value, forest: &Forest) -> Value {
    let n_scores = forest.n_scores as usize;
    let mut flat = Flat::default();
    for tree in &forest.trees {
        (0..n_scores).for_each(|score| flat.push(tree, score, n_scores));
    }
    let as_compared = graph.cast(rows, Element::Float);
    let as_compared = graph.cast(&as_compared, Element::Double);
    let modes = vec![AT_MOST; flat.columns.len()];
    let sums = graph.tree_node(
        "TreeEnsemble",
        &as_compared,
        &[
            Attribute::Int("aggregate_function", SUM),
            Attribute::Int("n_targets", n_scores as i64),
            Attribute::Int("post_transform", 0),
            Attribute::Ints("tree_roots", flat.roots),
            Attribute::Ints("nodes_featureids", flat.columns),
            Attribute::Tensor("nodes_splits", reals(&[flat.thresholds.len()], &flat.thresholds)),
            Attribute::Tensor("nodes_modes", small_numbers(&modes)),
            Attribute::Ints("nodes_truenodeids", flat.yes.to),
            Attribute::Ints("nodes_trueleafs", flat.yes.is_leaf),
            Attribute::Ints("nodes_falsenodeids", flat.no.to),
            Attribute::Ints("nodes_falseleafs", flat.no.is_leaf),
            Attribute::Ints("leaf_targetids", flat.targets),
            Attribute::Tensor("leaf_weights", reals(&[flat.shares.len()], &flat.shares)),
        ],
    );
    let n_trees = graph.reals(&[], &[forest.trees.len() as f64]);
    let mean = graph.node("Div", &[&sums, &n_trees], &[]);
    if n_scores > 1 {
        return mean;
    }
    let half = graph.reals(&[], &[0.5]);
    graph.node("Sub", &[&mean, &half], &[])
}

/// All trees' splits and leaves in two lists, as `TreeEnsemble` wants them.
#[derive(Default)]
struct Flat {
    roots: Vec<i64>,
    columns: Vec<i64>,
    thresholds: Vec<f64>,
    yes: Ways,
    no: Ways,
    targets: Vec<i64>,
    shares: Vec<f64>,
}

/// Where one side of each split leads.
#[derive(Default)]
struct Ways {
    to: Vec<i64>,
    is_leaf: Vec<i64>,
}

impl Flat {
    fn push(&mut self, tree: &Tree, score: usize, n_scores: usize) {
        self.roots.push(self.columns.len() as i64);
        // Places of the tree's nodes in the list they belong to.
        let (mut n_splits, mut n_leaves) = (self.columns.len() as i64, self.targets.len() as i64);
        let mut places = Vec::with_capacity(tree.columns.len());
        for column in &tree.columns {
            let count = if *column == LEAF { &mut n_leaves } else { &mut n_splits };
            places.push((*count, i64::from(*column == LEAF)));
            *count += 1;
        }
        for (node, column) in tree.columns.iter().enumerate() {
            if *column == LEAF {
                self.targets.push(score as i64);
                self.shares.push(f64::from(tree.shares[node * n_scores + score]));
            } else {
                let right = places[tree.rights[node] as usize];
                self.split(i64::from(*column), f64::from(tree.thresholds[node]), places[node + 1], right);
            }
        }
        // A tree has a split: one that is a leaf alone gets one that leads to it on both sides.
        if let [(leaf, 1)] = places[..] {
            self.split(0, 0.0, (leaf, 1), (leaf, 1));
        }
    }

    fn split(&mut self, column: i64, threshold: f64, yes: (i64, i64), no: (i64, i64)) {
        self.columns.push(column);
        self.thresholds.push(threshold);
        for (ways, (to, is_leaf)) in [(&mut self.yes, yes), (&mut self.no, no)] {
            ways.to.push(to);
            ways.is_leaf.push(is_leaf);
        }
    }
}

/// Number of trees' nodes that are written: a bound on the file's size before it is made.
pub(super) fn n_written(scorer: &Scorer) -> usize {
    match scorer {
        Scorer::Forest(forest) => forest.n_nodes() * forest.n_scores as usize,
        Scorer::Linear(_) | Scorer::Constant(_) => 0,
    }
}
