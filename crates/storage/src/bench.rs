//! Times a store while it takes trials as a study hands them over: in batches, one transaction each.
//!
//! The clock is the caller's.

use track::record::Record;

use crate::error::StoreError;
use crate::samples;
use crate::store::{Batch, Store};

/// How fast trials were written, and how large they are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WriteTimes {
    /// Trials written.
    pub n_records: u32,
    /// Length of their JSON together.
    pub n_bytes: u64,
    /// Length of the longest.
    pub largest_bytes: u64,
    /// From the first batch until the last was kept.
    pub elapsed_ms: f64,
}

impl WriteTimes {
    /// Trials a second.
    pub fn records_per_second(&self) -> f64 {
        f64::from(self.n_records) * 1000.0 / self.elapsed_ms
    }
}

/// Writes `n_records` finished trials of five folds, `per_batch` in each transaction; `now_ms` is a
/// clock in milliseconds. Making the trials is not timed, checking, encoding and writing them is.
///
/// # Errors
/// Where the store does not take them.
pub async fn write_trials(
    store: &impl Store,
    n_records: u32,
    per_batch: u32,
    now_ms: impl Fn() -> f64,
) -> Result<WriteTimes, StoreError> {
    let trials: Vec<Record> = (0..n_records).map(|number| Record::Run(samples::trial(0, number))).collect();
    let sizes: Vec<u64> = trials
        .iter()
        .map(|trial| trial.to_json().expect("samples hold finite numbers only").len() as u64)
        .collect();
    let batches: Vec<Batch> = trials
        .chunks(per_batch.max(1) as usize)
        .map(|records| Batch { records: records.to_vec(), blobs: Vec::new() })
        .collect();
    let begin = now_ms();
    for batch in batches {
        store.write(batch).await?;
    }
    let elapsed_ms = now_ms() - begin;
    let largest_bytes = sizes.iter().copied().max().unwrap_or(0);
    Ok(WriteTimes { n_records, n_bytes: sizes.iter().sum(), largest_bytes, elapsed_ms })
}
