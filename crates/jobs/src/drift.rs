//! Answered reviews held against those a model was tested on.

use engine::pipeline::FittedPipeline;
use watch::WATCH_SCHEMA;
use watch::describe::{Describer, push_row};
use watch::drift::drift;
use watch::estimate::{EstimateSpec, estimate, realised_f1_macro};
use watch::profile::{Profile, ProfileBuilder};
use watch::report::DriftReport;
use watch::rows::{RowText, read_rows};

use crate::blobs::Blobs;
use crate::request::{CheckDrift, DriftChecked, JobError};

/// What draws derive from: the same reviews give the same answer.
const SEED: u64 = 42;

/// Whether answered reviews are of another kind.
pub(crate) fn check_drift(job: &CheckDrift, blobs: &Blobs) -> Result<DriftChecked, JobError> {
    let damaged = |hash, reason: String| JobError::DamagedBlob { hash, reason };
    let pipeline = FittedPipeline::from_bytes(blobs.bytes(job.pipeline)?)
        .map_err(|error| damaged(job.pipeline, error.to_string()))?;
    let profile = String::from_utf8_lossy(blobs.bytes(job.profile)?).into_owned();
    let reference = Profile::from_json(&profile).map_err(|error| damaged(job.profile, error.to_string()))?;
    let mut batch = ProfileBuilder::new(&pipeline.labels);
    let mut describer = Describer::new(pipeline).map_err(cannot_fit)?;
    let mut n_rows = 0;
    for hash in &job.rows {
        let rows = read_rows(blobs.bytes(*hash)?);
        for row in rows.map_err(|error| damaged(*hash, error.to_string()))? {
            let RowText::Text(text) = &row.text else { continue };
            n_rows += 1;
            push_row(&describer.describe(text), row.truth, true, &mut batch);
        }
    }
    let batch = batch.finish_whole().map_err(cannot_fit)?;
    let expected = estimate(&reference.answers, &batch.answers, &EstimateSpec::usual(SEED));
    let realised = realised_f1_macro(&batch.answers);
    let report = DriftReport {
        schema: WATCH_SCHEMA,
        created: Default::default(),
        model: String::new(),
        reference: String::new(),
        batch: String::new(),
        drift: drift(&reference, &batch, None),
        estimate: expected,
        realised_f1_macro: realised,
        typical_of_reference: Vec::new(),
        typical_of_batch: Vec::new(),
        label_these: Vec::new(),
    };
    Ok(DriftChecked {
        verdict: report.drift.verdict,
        sentence: report.sentence(),
        n_rows,
        expected_f1_macro: report.estimate.as_ref().map(|found| found.f1_macro),
        realised_f1_macro: report.realised_f1_macro,
    })
}

fn cannot_fit(error: impl ToString) -> JobError {
    JobError::CannotFit { reason: error.to_string() }
}
