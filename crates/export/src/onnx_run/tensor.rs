//! Tensors: dimensions and values, with what is asked of them.

use super::OnnxError;
use super::wire::{Wire, fields};

/// Most values of one tensor.
const MAX_VALUES: usize = 1 << 28;

/// What a tensor is made of. Bytes are whole numbers here, and real numbers of 32 bits are kept rounded in 64.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Values {
    Real(Vec<f64>),
    Whole(Vec<i64>),
    Text(Vec<String>),
    Truth(Vec<bool>),
}

/// Values in rows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tensor {
    pub(super) dims: Vec<usize>,
    pub(super) values: Values,
}

const OTHER_KIND: OnnxError = OnnxError("values of another kind are needed");

impl Tensor {
    pub(super) fn new(dims: Vec<usize>, values: Values) -> Result<Self, OnnxError> {
        let n_values = match &values {
            Values::Real(values) => values.len(),
            Values::Whole(values) => values.len(),
            Values::Text(values) => values.len(),
            Values::Truth(values) => values.len(),
        };
        if size(&dims)? != n_values {
            return Err(OnnxError("a tensor has another size than it says"));
        }
        Ok(Self { dims, values })
    }

    /// A named constant, as `TensorProto` has it.
    pub(super) fn read(bytes: &[u8]) -> Result<(String, Self), OnnxError> {
        let (mut name, mut dims, mut element) = (String::new(), Vec::new(), 0);
        let (mut raw, mut texts): (&[u8], Vec<String>) = (&[], Vec::new());
        for field in fields(bytes) {
            match field? {
                (1, Wire::Number(dim)) => {
                    dims.push(usize::try_from(dim).or(Err(OnnxError("a dimension is too large")))?);
                }
                (2, Wire::Number(number)) => element = number,
                (6, wire) => texts.push(wire.text()?),
                (8, wire) => name = wire.text()?,
                (9, Wire::Bytes(bytes)) => raw = bytes,
                _ => {}
            }
        }
        let eight = |bytes: &[u8]| -> [u8; 8] { std::array::from_fn(|place| bytes[place]) };
        let values = match element {
            2 => Values::Whole(raw.iter().map(|byte| i64::from(*byte)).collect()),
            7 => Values::Whole(raw.chunks_exact(8).map(|bytes| i64::from_le_bytes(eight(bytes))).collect()),
            8 => Values::Text(texts),
            11 => Values::Real(raw.chunks_exact(8).map(|bytes| f64::from_le_bytes(eight(bytes))).collect()),
            _ => return Err(OTHER_KIND),
        };
        Ok((name, Self::new(dims, values)?))
    }

    pub(super) fn reals(&self) -> Result<&[f64], OnnxError> {
        if let Values::Real(values) = &self.values { Ok(values) } else { Err(OTHER_KIND) }
    }

    pub(super) fn wholes(&self) -> Result<&[i64], OnnxError> {
        if let Values::Whole(values) = &self.values { Ok(values) } else { Err(OTHER_KIND) }
    }

    pub(super) fn texts(&self) -> Result<&[String], OnnxError> {
        if let Values::Text(values) = &self.values { Ok(values) } else { Err(OTHER_KIND) }
    }

    pub(super) fn truths(&self) -> Result<&[bool], OnnxError> {
        if let Values::Truth(values) = &self.values { Ok(values) } else { Err(OTHER_KIND) }
    }

    /// Rows and columns of a matrix.
    pub(super) fn matrix(&self) -> Result<(usize, usize), OnnxError> {
        if let [rows, columns] = self.dims[..] {
            Ok((rows, columns))
        } else {
            Err(OnnxError("a matrix is needed"))
        }
    }

    /// The same dimensions, each number changed.
    pub(super) fn each(&self, change: impl Fn(f64) -> f64) -> Result<Self, OnnxError> {
        Self::new(self.dims.clone(), Values::Real(self.reals()?.iter().map(|value| change(*value)).collect()))
    }
}

/// How many values dimensions hold.
pub(super) fn size(dims: &[usize]) -> Result<usize, OnnxError> {
    let size = dims.iter().try_fold(1_usize, |size, dim| size.checked_mul(*dim));
    size.filter(|size| *size <= MAX_VALUES).ok_or(OnnxError("a tensor is too large"))
}
