//! `TreeEnsemble` of `ai.onnx.ml` 5: each row's leaves added up.

use super::tensor::{Tensor, Values, size};
use super::{Node, OnnxError};

/// The sums, n_rows x n_targets.
pub(super) fn sum(node: &Node, rows: &Tensor) -> Result<Tensor, OnnxError> {
    let missing = OnnxError("a forest lacks a setting");
    let wholes = |name| node.setting(name).map(|setting| &setting.wholes[..]).ok_or(missing);
    let tensor = |name| node.setting(name).and_then(|setting| setting.tensor.as_ref()).ok_or(missing);
    if node.whole("aggregate_function") != Some(1)
        || tensor("nodes_modes")?.wholes()?.iter().any(|mode| *mode != 0)
    {
        return Err(OnnxError("a forest does more than add up leaves"));
    }
    let (columns, splits) = (wholes("nodes_featureids")?, tensor("nodes_splits")?.reals()?);
    let (yes, yes_leaf) = (wholes("nodes_truenodeids")?, wholes("nodes_trueleafs")?);
    let (no, no_leaf) = (wholes("nodes_falsenodeids")?, wholes("nodes_falseleafs")?);
    let (targets, weights) = (wholes("leaf_targetids")?, tensor("leaf_weights")?.reals()?);
    let n_targets = node.whole("n_targets").and_then(|n| usize::try_from(n).ok()).ok_or(missing)?;
    let (n_rows, n_columns) = rows.matrix()?;
    let values = rows.reals()?;
    let mut sums = vec![0.0; size(&[n_rows, n_targets])?];
    let outside = OnnxError("a forest leads outside of itself");
    let at = |list: &[i64], place: usize| {
        list.get(place).and_then(|value| usize::try_from(*value).ok()).ok_or(outside)
    };
    for row in 0..n_rows {
        for root in wholes("tree_roots")? {
            let mut place = usize::try_from(*root).or(Err(outside))?;
            // A walk that is longer than there are nodes goes in circles.
            for _ in 0..=columns.len() {
                let column = at(columns, place)?;
                let value =
                    if column < n_columns { values[row * n_columns + column] } else { return Err(outside) };
                let is_yes = value <= *splits.get(place).ok_or(outside)?;
                let (to, is_leaf) = if is_yes {
                    (at(yes, place)?, at(yes_leaf, place)?)
                } else {
                    (at(no, place)?, at(no_leaf, place)?)
                };
                place = to;
                if is_leaf == 1 {
                    let target = at(targets, place)?;
                    let sum = sums.get_mut(row * n_targets + target).ok_or(outside)?;
                    *sum += weights.get(place).ok_or(outside)?;
                    break;
                }
            }
        }
    }
    Tensor::new(vec![n_rows, n_targets], Values::Real(sums))
}
