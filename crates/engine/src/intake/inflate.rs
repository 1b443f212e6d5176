//! Deflated bytes in chunks of any size in, what they were out, piece by piece.

use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZError, MZFlush, MZStatus};

use crate::table::FileError;

/// What is handed on at a time.
const PIECE_BYTES: usize = 64 * 1024;

/// Undoes deflate (RFC 1951).
pub(super) struct Inflater {
    state: Box<InflateState>,
    piece: Vec<u8>,
}

/// Why a stream is none.
pub(super) enum InflateError {
    /// Its bytes are no deflated ones.
    Damaged,
    /// What was handed on was refused.
    Refused(FileError),
}

impl Inflater {
    pub fn new() -> Self {
        Self { state: InflateState::new_boxed(DataFormat::Raw), piece: vec![0; PIECE_BYTES] }
    }

    /// Takes bytes until the stream ends. How many belonged to it, and whether it has ended.
    pub fn push(
        &mut self,
        bytes: &[u8],
        take: &mut dyn FnMut(&[u8]) -> Result<(), FileError>,
    ) -> Result<(usize, bool), InflateError> {
        let mut n_taken = 0;
        loop {
            let step = inflate(&mut self.state, &bytes[n_taken..], &mut self.piece, MZFlush::None);
            n_taken += step.bytes_consumed;
            take(&self.piece[..step.bytes_written]).map_err(InflateError::Refused)?;
            match step.status {
                Ok(MZStatus::StreamEnd) => return Ok((n_taken, true)),
                Ok(MZStatus::Ok) if step.bytes_consumed + step.bytes_written > 0 => {}
                // Nothing more can be done with what is there.
                Ok(MZStatus::Ok) | Err(MZError::Buf) => return Ok((n_taken, false)),
                Ok(MZStatus::NeedDict) | Err(_) => return Err(InflateError::Damaged),
            }
        }
    }
}
