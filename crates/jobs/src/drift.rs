//! Answered reviews held against those a model was tested on.

use std::collections::BTreeSet;

use engine::dataset::Fix;
use engine::num::{ContentHash, SortedMap};
use engine::pipeline::FittedPipeline;
use watch::WATCH_SCHEMA;
use watch::describe::{DescribedRow, Describer, push_row};
use watch::domain::{DomainSpec, domain_drift};
use watch::drift::{Verdict, drift};
use watch::estimate::{EstimateSpec, decide_most, estimate, realised_f1_macro};
use watch::profile::{ColumnProfile, Profile, ProfileBuilder};
use watch::report::{DriftReport, LABEL_THESE, RowToLabel, shown};
use watch::rows::{RowText, read_rows};

use crate::blobs::Blobs;
use crate::request::{CheckDrift, DriftChecked, JobError, ReportDrift};
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
    let mut repeats = Repeats { are_out: are_repeats_out, seen: BTreeSet::new() };
    for hash in &job.rows {
        let rows = read_rows(blobs.bytes(*hash)?);
        for row in rows.map_err(|error| damaged(*hash, error.to_string()))? {
            let RowText::Text(text) = &row.text else { continue };
            if repeats.is_out(text, row.truth) {
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

/// All there is to say of answered reviews against those a model was tested on, and against the texts it learned from.
pub(crate) fn report_drift(job: &ReportDrift, blobs: &Blobs) -> Result<DriftReport, JobError> {
    let damaged = |hash, reason: String| JobError::DamagedBlob { hash, reason };
    let check = &job.check;
    let pipeline = FittedPipeline::from_bytes(blobs.bytes(check.pipeline)?)
        .map_err(|error| damaged(check.pipeline, error.to_string()))?;
    let profile = String::from_utf8_lossy(blobs.bytes(check.profile)?).into_owned();
    let stored = Profile::from_json(&profile).map_err(|error| damaged(check.profile, error.to_string()))?;
    let labels = pipeline.labels.clone();
    let mut describer = Describer::new(pipeline).map_err(cannot_fit)?;
    let known = described((&job.reference, job.are_repeats_out), blobs, &mut describer)?;
    let new = described((&check.rows, job.are_repeats_out), blobs, &mut describer)?;
    let reference = if known.rows.is_empty() { stored } else { with_texts(stored, &known, &labels)? };
    // What it answers to reviews that stand in the file it learned from is no guide to what it answers to new ones.
    let in_file: BTreeSet<&str> = known.texts.iter().map(String::as_str).collect();
    let mut batch = ProfileBuilder::new(&labels);
    for ((row, truth), text) in new.rows.iter().zip(&new.texts) {
        push_row(row, *truth, !in_file.contains(text.as_str()), &mut batch);
    }
    let batch = batch.finish_whole().map_err(cannot_fit)?;
    let words = |of: &Texts| of.rows.iter().map(|(row, _)| row.words.clone()).collect::<Vec<_>>();
    let spec = DomainSpec { seed: SEED, n_deals: job.n_deals };
    let apart = domain_drift(&words(&known), &words(&new), spec);
    let typical = |places: Option<&Vec<u64>>, of: &Texts| {
        let text = |place: &u64| of.texts.get(*place as usize).map(|text| shown(text));
        places.into_iter().flatten().filter_map(text).collect::<Vec<_>>()
    };
    let [model, reference_name, batch_name] = job.names.clone();
    Ok(DriftReport {
        schema: WATCH_SCHEMA,
        created: Default::default(),
        model,
        reference: reference_name,
        batch: batch_name,
        typical_of_reference: typical(apart.as_ref().map(|found| &found.typical_of_reference), &known),
        typical_of_batch: typical(apart.as_ref().map(|found| &found.typical_of_batch), &new),
        drift: drift(&reference, &batch, apart),
        estimate: estimate(&reference.answers, &batch.answers, &EstimateSpec::usual(SEED)),
        realised_f1_macro: realised_f1_macro(&batch.answers),
        label_these: label_these(&new, &labels),
    })
}

/// Answered rows with their texts.
#[derive(Default)]
struct Texts {
    texts: Vec<String>,
    records: Vec<u64>,
    rows: Vec<(DescribedRow, Option<u8>)>,
}

/// Rows that say the same of the same text as one before.
struct Repeats {
    are_out: bool,
    seen: BTreeSet<(ContentHash, Option<u8>)>,
}

impl Repeats {
    fn is_out(&mut self, text: &str, truth: Option<u8>) -> bool {
        self.are_out && !self.seen.insert((ContentHash::of(text.as_bytes()), truth))
    }
}

fn described(
    (hashes, are_repeats_out): (&[ContentHash], bool),
    blobs: &Blobs,
    describer: &mut Describer,
) -> Result<Texts, JobError> {
    let mut found = Texts::default();
    let mut repeats = Repeats { are_out: are_repeats_out, seen: BTreeSet::new() };
    for hash in hashes {
        let rows = read_rows(blobs.bytes(*hash)?);
        let rows = rows.map_err(|error| JobError::DamagedBlob { hash: *hash, reason: error.to_string() })?;
        for row in rows {
            let RowText::Text(text) = row.text else { continue };
            if repeats.is_out(&text, row.truth) {
                continue;
            }
            found.rows.push((describer.describe(&text), row.truth));
            found.texts.push(text);
            found.records.push(row.record);
        }
    }
    Ok(found)
}

/// A stored profile, of which the columns that follow from texts alone are those of the texts at hand: what the model
/// made of reviews stays that of the reviews it was tested on.
fn with_texts(stored: Profile, known: &Texts, labels: &[String]) -> Result<Profile, JobError> {
    let mut of_texts = ProfileBuilder::new(labels);
    known.rows.iter().for_each(|(row, truth)| push_row(row, *truth, false, &mut of_texts));
    let of_texts = of_texts.finish().map_err(cannot_fit)?;
    let mut columns: SortedMap<String, ColumnProfile> = SortedMap::new();
    for column in of_texts.columns.into_iter().chain(stored.columns) {
        columns.insert(column.name.clone(), column);
    }
    Ok(Profile {
        columns: columns.into_iter().map(|(_, column)| column).collect(),
        terms: of_texts.terms,
        ..stored
    })
}

/// The rows without a label that decide most.
fn label_these(new: &Texts, labels: &[String]) -> Vec<RowToLabel> {
    let open: Vec<usize> = (0..new.rows.len()).filter(|at| new.rows[*at].1.is_none()).collect();
    let answer = |at: &usize| {
        let answer = &new.rows[*at].0.answer;
        let probability = answer.probabilities.get(usize::from(answer.label)).copied();
        (answer.label, probability.unwrap_or(0.0))
    };
    let answers: Vec<(u8, f64)> = open.iter().map(answer).collect();
    let row = |place: usize| RowToLabel {
        row: new.records[open[place]],
        text: shown(&new.texts[open[place]]),
        predicted: labels.get(usize::from(answers[place].0)).cloned().unwrap_or_default(),
        probability: answers[place].1,
    };
    decide_most(&answers, labels.len(), LABEL_THESE).into_iter().map(row).collect()
}

fn cannot_fit(error: impl ToString) -> JobError {
    JobError::CannotFit { reason: error.to_string() }
}
