//! A fitted model as bytes, and back with every bound checked. Its shape stands in the file's header.
//!
//! Numbers are little-endian f64, row by row. A forest's nodes follow each other tree by tree, each begun by a
//! number of seven bits a byte: 0 for a leaf of several classes, 1 to n_classes for a leaf of that class alone,
//! beyond for a split on a column. A split goes on with its threshold (f32) and the distance to its right
//! child; both but the leaf of one class end with their shares (f32).

use json::{FromJson, ToJson};

use super::{PipelineFileError, damaged};
use crate::models::{FittedModel, Forest, LEAF, ModelKind, TREES_RANGE, Tree};

/// What a header says of the model.
#[derive(ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ModelShape {
    Linear { kind: ModelKind, n_scores: u32 },
    NaiveBayes { n_classes: u32 },
    Softmax { n_classes: u32 },
    ComplementNb { n_classes: u32 },
    Forest { n_scores: u32, n_nodes: Vec<u32> },
    Constant { n_classes: u32 },
}

impl ModelShape {
    pub fn of(model: &FittedModel) -> Self {
        match model {
            FittedModel::Linear { kind, intercept, .. } => {
                Self::Linear { kind: *kind, n_scores: intercept.len() as u32 }
            }
            FittedModel::NaiveBayes { class_log_prior, .. } => {
                Self::NaiveBayes { n_classes: class_log_prior.len() as u32 }
            }
            FittedModel::Softmax { intercept, .. } => Self::Softmax { n_classes: intercept.len() as u32 },
            FittedModel::ComplementNb { n_classes, .. } => Self::ComplementNb { n_classes: *n_classes },
            FittedModel::Forest(forest) => Self::Forest {
                n_scores: forest.n_scores,
                n_nodes: forest.trees.iter().map(|tree| tree.columns.len() as u32).collect(),
            },
            FittedModel::Constant { probabilities } => {
                Self::Constant { n_classes: probabilities.len() as u32 }
            }
        }
    }

    /// Whether the first version of the file knew it.
    pub fn is_of_first_version(&self) -> bool {
        matches!(self, Self::Linear { .. } | Self::NaiveBayes { .. })
    }

    /// Reads the model that `write` wrote: of `n_classes` classes over `n_terms` terms.
    pub fn read(
        self,
        (n_classes, n_terms): (usize, usize),
        bytes: &[u8],
    ) -> Result<FittedModel, PipelineFileError> {
        let n_scores = if n_classes == 2 { 1 } else { n_classes };
        let (n_rows, n_expected) = match &self {
            Self::Linear { n_scores: n_rows, .. } | Self::Forest { n_scores: n_rows, .. } => {
                (*n_rows, n_scores)
            }
            Self::NaiveBayes { n_classes: n_rows }
            | Self::Softmax { n_classes: n_rows }
            | Self::ComplementNb { n_classes: n_rows }
            | Self::Constant { n_classes: n_rows } => (*n_rows, n_classes),
        };
        if n_rows as usize != n_expected {
            return Err(damaged("its parts do not fit together"));
        }
        let n_rows = n_expected;
        Ok(match self {
            Self::Linear { kind, .. } => {
                if !matches!(kind, ModelKind::LogisticRegression | ModelKind::LinearSvc) {
                    return Err(damaged("its kind of model"));
                }
                let [coef, intercept] = numbers(bytes, [n_rows * n_terms, n_rows])?;
                FittedModel::Linear { kind, coef, intercept }
            }
            Self::NaiveBayes { .. } => {
                let [feature_log_prob, class_log_prior] = numbers(bytes, [n_rows * n_terms, n_rows])?;
                FittedModel::NaiveBayes { feature_log_prob, class_log_prior }
            }
            Self::Softmax { .. } => {
                let [coef, intercept] = numbers(bytes, [n_rows * n_terms, n_rows])?;
                FittedModel::Softmax { coef, intercept }
            }
            Self::ComplementNb { .. } => {
                let [weights] = numbers(bytes, [n_rows * n_terms])?;
                FittedModel::ComplementNb { n_classes: n_rows as u32, weights }
            }
            Self::Constant { .. } => {
                let [probabilities] = numbers(bytes, [n_rows])?;
                FittedModel::Constant { probabilities }
            }
            Self::Forest { n_nodes, .. } => {
                let forest = read_forest(&n_nodes, (n_rows, n_terms), bytes)?;
                forest.validate().or(Err(damaged("a tree of its forest")))?;
                FittedModel::Forest(forest)
            }
        })
    }
}

/// Appends the model to `bytes`.
pub(super) fn write(model: &FittedModel, bytes: &mut Vec<u8>) {
    let lists: &[&[f64]] = match model {
        FittedModel::Linear { coef, intercept, .. } | FittedModel::Softmax { coef, intercept } => {
            &[coef, intercept]
        }
        FittedModel::NaiveBayes { feature_log_prob, class_log_prior } => &[feature_log_prob, class_log_prior],
        FittedModel::ComplementNb { weights, .. } => &[weights],
        FittedModel::Constant { probabilities } => &[probabilities],
        FittedModel::Forest(forest) => return write_forest(forest, bytes),
    };
    lists.iter().copied().flatten().for_each(|number| bytes.extend_from_slice(&number.to_le_bytes()));
}

/// Lists of finite numbers of these lengths, which take up all of `bytes`.
pub(super) fn numbers<const N: usize>(
    bytes: &[u8],
    lengths: [usize; N],
) -> Result<[Vec<f64>; N], PipelineFileError> {
    if bytes.len() != 8 * lengths.iter().sum::<usize>() {
        return Err(damaged("its parts do not fit together"));
    }
    let number = |chunk: &[u8]| {
        f64::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3], chunk[4], chunk[5], chunk[6], chunk[7]])
    };
    let mut all = bytes.chunks_exact(8).map(number);
    let lists = lengths.map(|length| all.by_ref().take(length).collect::<Vec<f64>>());
    if lists.iter().flatten().any(|number| !number.is_finite()) {
        return Err(damaged("a number is not finite"));
    }
    Ok(lists)
}

/// The class that a node's rows are all of.
fn only_class(shares: &[f32]) -> Option<u32> {
    match shares {
        [share] if *share == 0.0 => Some(0),
        [share] if *share == 1.0 => Some(1),
        [_] => None,
        _ => {
            let class = shares.iter().position(|&share| share == 1.0)?;
            let is_alone = shares.iter().filter(|&&share| share != 0.0).count() == 1;
            is_alone.then_some(class as u32)
        }
    }
}

fn write_forest(forest: &Forest, bytes: &mut Vec<u8>) {
    let n_scores = forest.n_scores as usize;
    let n_classes = if n_scores == 1 { 2 } else { forest.n_scores };
    for tree in &forest.trees {
        for node in 0..tree.columns.len() {
            let shares = &tree.shares[node * n_scores..][..n_scores];
            let column = tree.columns[node];
            if column == LEAF {
                let class = only_class(shares);
                push_number(bytes, class.map_or(0, |class| u64::from(class) + 1));
                if class.is_some() {
                    continue;
                }
            } else {
                push_number(bytes, u64::from(n_classes) + 1 + u64::from(column));
                bytes.extend_from_slice(&tree.thresholds[node].to_le_bytes());
                push_number(bytes, u64::from(tree.rights[node]) - node as u64);
            }
            shares.iter().for_each(|share| bytes.extend_from_slice(&share.to_le_bytes()));
        }
    }
}

fn read_forest(
    n_nodes: &[u32],
    (n_scores, n_terms): (usize, usize),
    bytes: &[u8],
) -> Result<Forest, PipelineFileError> {
    let n_all: usize = n_nodes.iter().map(|&n| n as usize).sum();
    // A node takes at least a byte, so a wrong number cannot ask for much memory.
    if n_nodes.len() > TREES_RANGE.1 as usize || n_all > bytes.len() {
        return Err(damaged("number of nodes"));
    }
    let mut rest = Nodes { rest: bytes, n_scores };
    let trees = n_nodes.iter().map(|&n| rest.tree(n as usize)).collect::<Result<_, _>>()?;
    if !rest.rest.is_empty() {
        return Err(damaged("bytes after the end"));
    }
    Ok(Forest { n_columns: n_terms as u32, n_scores: n_scores as u32, trees })
}

struct Nodes<'a> {
    rest: &'a [u8],
    n_scores: usize,
}

impl Nodes<'_> {
    fn tree(&mut self, n_nodes: usize) -> Result<Tree, PipelineFileError> {
        let n_classes = if self.n_scores == 1 { 2 } else { self.n_scores as u64 };
        let mut tree = Tree::default();
        for node in 0..n_nodes as u64 {
            let tag = self.number()?;
            let (column, threshold, right) = match tag.checked_sub(n_classes + 1) {
                Some(column) => (column, self.float()?, node + self.number()?),
                None => (u64::from(LEAF), 0.0, 0),
            };
            let in_range = |number: u64| u32::try_from(number).or(Err(damaged("a tree of its forest")));
            tree.columns.push(in_range(column)?);
            tree.thresholds.push(threshold);
            tree.rights.push(in_range(right)?);
            for score in 0..self.n_scores as u64 {
                // Of two classes the second alone has a share.
                let class = if self.n_scores == 1 { 1 } else { score };
                let is_sure = (1..=n_classes).contains(&tag);
                let share = if is_sure { f32::from(u8::from(tag == class + 1)) } else { self.float()? };
                tree.shares.push(share);
            }
        }
        Ok(tree)
    }

    fn float(&mut self) -> Result<f32, PipelineFileError> {
        let (taken, rest) = self.rest.split_first_chunk::<4>().ok_or(damaged("it ends too early"))?;
        self.rest = rest;
        Ok(f32::from_le_bytes(*taken))
    }

    /// Seven bits a byte, low ones first; the top bit says that more follow.
    fn number(&mut self) -> Result<u64, PipelineFileError> {
        let mut number = 0;
        for shift in [0, 7, 14, 21, 28] {
            let (&byte, rest) = self.rest.split_first().ok_or(damaged("it ends too early"))?;
            self.rest = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(damaged("a number of its forest"))
    }
}

fn push_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}
