//! Operators that go value by value; the smaller of two tensors is repeated along the larger, as ONNX has it.

use super::tensor::{Tensor, Values, size};
use super::{Node, OnnxError};

/// Where the values of several tensors meet.
struct Meeting {
    dims: Vec<usize>,
    n_values: usize,
}

impl Meeting {
    fn of(tensors: &[&Tensor]) -> Result<Self, OnnxError> {
        let rank = tensors.iter().map(|tensor| tensor.dims.len()).max().unwrap_or(0);
        let mut dims = vec![1; rank];
        for tensor in tensors {
            let offset = rank - tensor.dims.len();
            for (place, dim) in tensor.dims.iter().enumerate() {
                let known = &mut dims[offset + place];
                match (*known, *dim) {
                    (a, b) if a == b => {}
                    (1, b) => *known = b,
                    (_, 1) => {}
                    _ => return Err(OnnxError("two tensors do not fit together")),
                }
            }
        }
        let n_values = size(&dims)?;
        Ok(Self { dims, n_values })
    }

    /// For each place of the result, the place in one of the tensors.
    fn places(&self, tensor: &Tensor) -> impl Iterator<Item = usize> {
        let offset = self.dims.len() - tensor.dims.len();
        // How far a step along each dimension leads; nowhere where the tensor is repeated.
        let mut steps = vec![0; self.dims.len()];
        let mut step = 1;
        for place in (0..tensor.dims.len()).rev() {
            if tensor.dims[place] != 1 {
                steps[offset + place] = step;
            }
            step *= tensor.dims[place];
        }
        let dims = self.dims.clone();
        let mut index = vec![0; dims.len()];
        let mut at = 0;
        let mut is_first = true;
        (0..self.n_values).map(move |_| {
            if std::mem::take(&mut is_first) {
                return at;
            }
            for place in (0..dims.len()).rev() {
                index[place] += 1;
                at += steps[place];
                if index[place] < dims[place] {
                    break;
                }
                at -= steps[place] * dims[place];
                index[place] = 0;
            }
            at
        })
    }
}

/// Of numbers.
pub(super) fn reals(a: &Tensor, b: &Tensor, of: impl Fn(f64, f64) -> f64) -> Result<Tensor, OnnxError> {
    let meeting = Meeting::of(&[a, b])?;
    let (left, right) = (a.reals()?, b.reals()?);
    let places = meeting.places(a).zip(meeting.places(b));
    let values = places.map(|(a, b)| of(left[a], right[b])).collect();
    Tensor::new(meeting.dims, Values::Real(values))
}

/// Of numbers, a truth.
pub(super) fn truths(a: &Tensor, b: &Tensor, of: impl Fn(f64, f64) -> bool) -> Result<Tensor, OnnxError> {
    let meeting = Meeting::of(&[a, b])?;
    let (left, right) = (a.reals()?, b.reals()?);
    let places = meeting.places(a).zip(meeting.places(b));
    let values = places.map(|(a, b)| of(left[a], right[b])).collect();
    Tensor::new(meeting.dims, Values::Truth(values))
}

/// Whether whole numbers are the same.
pub(super) fn equal(a: &Tensor, b: &Tensor) -> Result<Tensor, OnnxError> {
    let meeting = Meeting::of(&[a, b])?;
    let (left, right) = (a.wholes()?, b.wholes()?);
    let places = meeting.places(a).zip(meeting.places(b));
    let values = places.map(|(a, b)| left[a] == right[b]).collect();
    Tensor::new(meeting.dims, Values::Truth(values))
}

/// The one number where it holds, the other where not.
pub(super) fn choose(holds: &Tensor, a: &Tensor, b: &Tensor) -> Result<Tensor, OnnxError> {
    let meeting = Meeting::of(&[holds, a, b])?;
    let (truths, left, right) = (holds.truths()?, a.reals()?, b.reals()?);
    let places = meeting.places(holds).zip(meeting.places(a)).zip(meeting.places(b));
    let values = places.map(|((holds, a), b)| if truths[holds] { left[a] } else { right[b] }).collect();
    Tensor::new(meeting.dims, Values::Real(values))
}

/// Values of another kind.
pub(super) fn cast(node: &Node, tensor: &Tensor) -> Result<Tensor, OnnxError> {
    let values = match (node.whole("to"), &tensor.values) {
        (Some(1), Values::Real(values)) => {
            Values::Real(values.iter().map(|value| f64::from(*value as f32)).collect())
        }
        (Some(11), Values::Real(values)) => Values::Real(values.clone()),
        (Some(11), Values::Truth(values)) => {
            Values::Real(values.iter().map(|truth| f64::from(u8::from(*truth))).collect())
        }
        (Some(7), Values::Truth(values)) => {
            Values::Whole(values.iter().map(|truth| i64::from(*truth)).collect())
        }
        _ => return Err(OnnxError("a cast is not known here")),
    };
    Tensor::new(tensor.dims.clone(), values)
}
