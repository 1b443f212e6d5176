//! Operators along an axis, of matrices and lists.

use super::tensor::{Tensor, Values, size};
use super::{Node, OnnxError};

const OTHER_AXIS: OnnxError = OnnxError("an operator goes along another axis");

/// Whether the axes are the second alone.
fn check_second(axes: &Tensor) -> Result<(), OnnxError> {
    if axes.wholes()? == [1] { Ok(()) } else { Err(OTHER_AXIS) }
}

/// The dimensions without the second.
fn reduced(node: &Node, tensor: &Tensor, axes: &Tensor) -> Result<Vec<usize>, OnnxError> {
    check_second(axes)?;
    let (rows, _) = tensor.matrix()?;
    Ok(if node.whole("keepdims") == Some(0) { vec![rows] } else { vec![rows, 1] })
}

/// The sum of each row.
pub(super) fn sum(node: &Node, tensor: &Tensor, axes: &Tensor) -> Result<Tensor, OnnxError> {
    let dims = reduced(node, tensor, axes)?;
    let (rows, columns) = tensor.matrix()?;
    let values = match &tensor.values {
        Values::Real(values) => {
            Values::Real((0..rows).map(|row| values[row * columns..][..columns].iter().sum()).collect())
        }
        Values::Whole(values) => {
            Values::Whole((0..rows).map(|row| values[row * columns..][..columns].iter().sum()).collect())
        }
        _ => return Err(OnnxError("only numbers are added up")),
    };
    Tensor::new(dims, values)
}

/// The largest of each row.
pub(super) fn max(node: &Node, tensor: &Tensor, axes: &Tensor) -> Result<Tensor, OnnxError> {
    let dims = reduced(node, tensor, axes)?;
    let largest = |row: &[f64]| row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Tensor::new(dims, Values::Real(by_row(tensor, largest)?))
}

fn by_row<T>(tensor: &Tensor, of: impl Fn(&[f64]) -> T) -> Result<Vec<T>, OnnxError> {
    let (rows, columns) = tensor.matrix()?;
    let values = tensor.reals()?;
    Ok((0..rows).map(|row| of(&values[row * columns..][..columns])).collect())
}

/// Probabilities of each row's scores.
pub(super) fn softmax(tensor: &Tensor) -> Result<Tensor, OnnxError> {
    let rows = by_row(tensor, |row| {
        let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let grown: Vec<f64> = row.iter().map(|score| libm::exp(score - largest)).collect();
        let sum: f64 = grown.iter().sum();
        grown.into_iter().map(|share| share / sum).collect::<Vec<f64>>()
    })?;
    Tensor::new(tensor.dims.clone(), Values::Real(rows.concat()))
}

/// The first place of each row's largest value, as a column.
pub(super) fn argmax(tensor: &Tensor) -> Result<Tensor, OnnxError> {
    let places = by_row(tensor, |row| {
        let mut best = 0;
        for (place, value) in row.iter().enumerate() {
            if *value > row[best] {
                best = place;
            }
        }
        best as i64
    })?;
    Tensor::new(vec![places.len(), 1], Values::Whole(places))
}

/// A column as a list.
pub(super) fn squeeze(tensor: &Tensor, axes: &Tensor) -> Result<Tensor, OnnxError> {
    check_second(axes)?;
    let (rows, 1) = tensor.matrix()? else { return Err(OTHER_AXIS) };
    Tensor::new(vec![rows], tensor.values.clone())
}

/// Of a list the values at places; of a matrix the columns.
pub(super) fn gather(node: &Node, tensor: &Tensor, places: &Tensor) -> Result<Tensor, OnnxError> {
    let out = OnnxError("a place lies outside of its table");
    let is_in = |place: &i64, n: usize| usize::try_from(*place).ok().filter(|place| *place < n).ok_or(out);
    let wanted = places.wholes()?;
    match (node.whole("axis").unwrap_or(0), &tensor.values, &tensor.dims[..]) {
        (0, Values::Text(values), [n]) => {
            let found: Result<Vec<String>, _> =
                wanted.iter().map(|place| Ok(values[is_in(place, *n)?].clone())).collect();
            Tensor::new(places.dims.clone(), Values::Text(found?))
        }
        (0, Values::Real(values), [n]) => {
            let found: Result<Vec<f64>, _> =
                wanted.iter().map(|place| Ok(values[is_in(place, *n)?])).collect();
            Tensor::new(places.dims.clone(), Values::Real(found?))
        }
        (1, Values::Real(values), [rows, columns]) => {
            let wanted: Result<Vec<usize>, _> = wanted.iter().map(|place| is_in(place, *columns)).collect();
            let wanted = wanted?;
            let of_row = |row: usize| wanted.iter().map(move |column| (row, *column));
            let found = (0..*rows).flat_map(of_row).map(|(row, column)| values[row * columns + column]);
            Tensor::new(vec![*rows, wanted.len()], Values::Real(found.collect()))
        }
        _ => Err(OTHER_AXIS),
    }
}

/// Matrices side by side, or lists one after another.
pub(super) fn concat(node: &Node, tensors: &[&Tensor]) -> Result<Tensor, OnnxError> {
    if node.whole("axis") == Some(0) {
        let mut wholes = Vec::new();
        for tensor in tensors {
            wholes.extend_from_slice(tensor.wholes()?);
        }
        return Tensor::new(vec![wholes.len()], Values::Whole(wholes));
    }
    let (rows, _) = tensors[0].matrix()?;
    let mut values = Vec::new();
    let mut n_columns = 0;
    for tensor in tensors {
        let (n, columns) = tensor.matrix()?;
        if n != rows {
            return Err(OnnxError("matrices side by side have other numbers of rows"));
        }
        n_columns += columns;
    }
    for row in 0..rows {
        for tensor in tensors {
            let (_, columns) = tensor.matrix()?;
            values.extend_from_slice(&tensor.reals()?[row * columns..][..columns]);
        }
    }
    Tensor::new(vec![rows, n_columns], Values::Real(values))
}

/// The product of two matrices; what is 0 in the first costs nothing.
pub(super) fn product(a: &Tensor, b: &Tensor) -> Result<Tensor, OnnxError> {
    let ((rows, inner), (other, columns)) = (a.matrix()?, b.matrix()?);
    if inner != other {
        return Err(OnnxError("two matrices do not fit together"));
    }
    let (left, right) = (a.reals()?, b.reals()?);
    let mut values = vec![0.0; size(&[rows, columns])?];
    for row in 0..rows {
        for (place, weight) in left[row * inner..][..inner].iter().enumerate().filter(|(_, w)| **w != 0.0) {
            for column in 0..columns {
                values[row * columns + column] += weight * right[place * columns + column];
            }
        }
    }
    Tensor::new(vec![rows, columns], Values::Real(values))
}

/// One row repeated.
pub(super) fn expand(tensor: &Tensor, shape: &Tensor) -> Result<Tensor, OnnxError> {
    let (&[rows, columns], [1, known]) = (shape.wholes()?, &tensor.dims[..]) else {
        return Err(OnnxError("only a row is repeated"));
    };
    let rows = usize::try_from(rows).or(Err(OnnxError("a row is repeated less than no times")))?;
    if usize::try_from(columns) != Ok(*known) {
        return Err(OnnxError("a row is repeated along itself"));
    }
    size(&[rows, *known])?;
    Tensor::new(vec![rows, *known], Values::Real(tensor.reals()?.repeat(rows)))
}
