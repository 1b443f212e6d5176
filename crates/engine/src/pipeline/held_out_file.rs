//! Scores of rows by fits that did not see them, as bytes, and back with every bound checked: what is stored beside
//! a fit, so that thresholds, calibration and labels can be looked at later without fitting again.
//!
//! Numbers are little-endian: magic, rows, scores a row, then `docs`, `truth`, `scores` one after another.

use thiserror::Error;

use super::HeldOut;
use crate::dataset::{LabelId, MAX_CLASSES};
use crate::features::MAX_DOCS;

const MAGIC: &[u8; 4] = b"RLH1";

/// Bytes that hold no such scores.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("these are no held-out scores ({what}): train again")]
pub struct HeldOutFileError {
    /// What is wrong with them.
    pub what: &'static str,
}

impl HeldOut {
    /// All of it as bytes; `from_bytes` reads them back.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(12 + 5 * self.docs.len() + 8 * self.scores.len());
        bytes.extend_from_slice(MAGIC);
        for number in [self.docs.len() as u32, self.n_scores as u32].iter().chain(&self.docs) {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend(self.truth.iter().map(|label| label.0));
        self.scores.iter().for_each(|score| bytes.extend_from_slice(&score.to_le_bytes()));
        bytes
    }

    /// Reads what `to_bytes` wrote and checks it.
    ///
    /// # Errors
    /// Where the bytes are not such scores.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, HeldOutFileError> {
        let wrong = |what| HeldOutFileError { what };
        let rest = bytes.strip_prefix(MAGIC).ok_or(wrong("their beginning"))?;
        let (sizes, rest) = rest.split_at_checked(8).ok_or(wrong("their length"))?;
        let number = |at: usize| u32::from_le_bytes(std::array::from_fn(|byte| sizes[at + byte])) as usize;
        let (n_rows, n_scores) = (number(0), number(4));
        if n_rows > MAX_DOCS as usize || !(1..=MAX_CLASSES).contains(&n_scores) {
            return Err(wrong("their number"));
        }
        if rest.len() != n_rows * (5 + 8 * n_scores) {
            return Err(wrong("their length"));
        }
        let (docs, rest) = rest.split_at(4 * n_rows);
        let (truth, scores) = rest.split_at(n_rows);
        let doc = |bytes: &[u8]| u32::from_le_bytes(std::array::from_fn(|byte| bytes[byte]));
        let score = |bytes: &[u8]| f64::from_le_bytes(std::array::from_fn(|byte| bytes[byte]));
        let n_classes = if n_scores == 1 { 2 } else { n_scores };
        if truth.iter().any(|label| usize::from(*label) >= n_classes) {
            return Err(wrong("a class"));
        }
        let held_out = Self {
            docs: docs.chunks_exact(4).map(doc).collect(),
            scores: scores.chunks_exact(8).map(score).collect(),
            n_scores,
            truth: truth.iter().map(|label| LabelId(*label)).collect(),
        };
        if held_out.docs.windows(2).any(|pair| pair[0] == pair[1])
            || held_out.scores.iter().any(|score| score.is_nan())
        {
            return Err(wrong("a row or a score"));
        }
        Ok(held_out)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample() -> HeldOut {
        HeldOut {
            docs: vec![4, 1, 9],
            scores: vec![-0.5, 0.0, 2.25],
            n_scores: 1,
            truth: vec![LabelId(0), LabelId(1), LabelId(1)],
        }
    }

    #[test]
    fn scores_come_back_as_they_went() {
        assert_eq!(HeldOut::from_bytes(&sample().to_bytes()), Ok(sample()));
        let three = HeldOut { n_scores: 3, scores: vec![0.5; 9], truth: vec![LabelId(2); 3], ..sample() };
        assert_eq!(HeldOut::from_bytes(&three.to_bytes()), Ok(three));
    }

    #[test]
    fn the_first_version_is_read_for_good() {
        let mut expected = b"RLH1\x03\0\0\0\x01\0\0\0\x04\0\0\0\x01\0\0\0\x09\0\0\0\0\x01\x01".to_vec();
        [-0.5_f64, 0.0, 2.25].iter().for_each(|score| expected.extend_from_slice(&score.to_le_bytes()));
        assert_eq!(sample().to_bytes(), expected);
    }

    #[test]
    fn damaged_scores_are_refused() {
        let bytes = sample().to_bytes();
        for end in 0..bytes.len() {
            assert!(HeldOut::from_bytes(&bytes[..end]).is_err(), "{end} bytes");
        }
        let of_class_two = HeldOut { truth: vec![LabelId(2); 3], ..sample() };
        assert_eq!(HeldOut::from_bytes(&of_class_two.to_bytes()), Err(HeldOutFileError { what: "a class" }));
    }

    proptest! {
        #[test]
        fn any_bytes_are_scores_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let mut tagged = MAGIC.to_vec();
            tagged.extend(&bytes);
            if let Ok(held_out) = HeldOut::from_bytes(&tagged) {
                prop_assert_eq!(held_out.to_bytes(), tagged);
            }
        }
    }
}
