//! Answered reviews held against those a model was tested on.

use std::collections::BTreeSet;

use engine::dataset::Fix;
use engine::num::ContentHash;
use engine::pipeline::FittedPipeline;
use watch::WATCH_SCHEMA;
use watch::describe::{Describer, push_row};
use watch::drift::{Verdict, drift};
use watch::estimate::{EstimateSpec, estimate, realised_f1_macro};
use watch::profile::{Profile, ProfileBuilder};
use watch::report::DriftReport;
use watch::rows::{RowText, read_rows};

use crate::blobs::Blobs;
use crate::request::{CheckDrift, DriftChecked, JobError};
use crate::rescored::learned;

/// What draws derive from: the same reviews give the same answer.
const SEED: u64 = 42;

/// Whether answered reviews are of another kind.
pub(crate) fn check_drift(job: &CheckDrift, blobs: &Blobs) -> Result<DriftChecked, JobError> {
    let damaged = |hash, reason: String| JobError::DamagedBlob { hash, reason };
    let pipeline = FittedPipeline::from_bytes(blobs.bytes(job.pipeline)?)
        .map_err(|error| damaged(job.pipeline, error.to_string()))?;
    let profile = String::from_utf8_lossy(blobs.bytes(job.profile)?).into_owned();
    let reference = Profile::from_json(&profile).map_err(|error| damaged(job.profile, error.to_string()))?;
    let learned = job.learned.as_ref().map(|from| learned(from, blobs)).transpose()?.flatten();
    let mut batch = ProfileBuilder::new(&pipeline.labels);
    let mut describer = Describer::new(pipeline).map_err(cannot_fit)?;
    let mut n_rows = 0;
    // Where repeats were left out of what tested the model, they are left out here.
    let are_repeats_out =
        job.learned.as_ref().is_some_and(|from| from.recipe.fixes.contains(&Fix::DropRepeats));
    let mut seen: BTreeSet<(ContentHash, Option<u8>)> = BTreeSet::new();
    for hash in &job.rows {
        let rows = read_rows(blobs.bytes(*hash)?);
        for row in rows.map_err(|error| damaged(*hash, error.to_string()))? {
            let RowText::Text(text) = &row.text else { continue };
            if are_repeats_out && !seen.insert((ContentHash::of(text.as_bytes()), row.truth)) {
                continue;
            }
            n_rows += 1;
            let is_as_new = learned.as_ref().is_none_or(|learned| !learned.has(text));
            push_row(&describer.describe(text), row.truth, is_as_new, &mut batch);
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
        is_found: report.drift.verdict == Verdict::Drift,
        sentence: report.sentence(),
        n_rows,
        expected_f1_macro: report.estimate.as_ref().map(|found| found.f1_macro),
        realised_f1_macro: report.realised_f1_macro,
    })
}

fn cannot_fit(error: impl ToString) -> JobError {
    JobError::CannotFit { reason: error.to_string() }
}
