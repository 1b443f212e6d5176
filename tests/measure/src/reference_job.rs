//! The reference job's work as jobs for one worker, in this thread.
//! In: the reference's file. Out: seconds of each round, the jobs and the names of what they gave. Never: a job done
//! another way than a worker of the page does it: a message in, decoded; an answer out, encoded.

use anyhow::{Context as _, Result, bail, ensure};
use drivers::CHUNK_BYTES;
use engine::dataset::DatasetRecipe;
use engine::features::Counting;
use engine::metrics::IntervalSpec;
use engine::models::ModelKind;
use engine::num::ContentHash;
use engine::tune::{StudySpec, best_trial};
use jobs::{
    AdvanceStudy, Answer, FitFinal, Pass, ReadChunk, ReadOutput, Request, ScanChunk, Session, Worker,
    decode_request, encode_answer, encode_request,
};
use serde_json::{Value, json};
use std::ops::Range;
use std::path::Path;
use std::time::Instant;

use crate::reviews;

const N_TRIALS: u32 = 20;
const SEED: u64 = 42;

/// One worker, its clock, and what it was asked so far.
pub struct Asked {
    worker: Worker,
    begun: Instant,
    /// Seconds that its jobs took.
    pub seconds: f64,
    /// Each job, the bytes of the file that go with it, and the names of the blobs it gave.
    pub steps: Vec<Step>,
}

/// A job that was done.
pub struct Step {
    /// As it goes to a worker.
    pub request: String,
    /// The bytes of the file that go with it.
    pub input: Option<Range<usize>>,
    /// The blobs it needs.
    pub needs: Vec<ContentHash>,
    /// The blobs it gave.
    pub gave: Vec<ContentHash>,
}

impl Asked {
    /// A new worker.
    pub fn new() -> Self {
        Self { worker: Worker::default(), begun: Instant::now(), seconds: 0.0, steps: Vec::new() }
    }

    /// Has a job done.
    ///
    /// # Errors
    /// Where it has no answer.
    pub fn ask(&mut self, job: impl Into<Request>) -> Result<Answer> {
        self.ask_with(job.into(), None)
    }

    fn ask_with(&mut self, request: Request, chunk: Option<(&[u8], Range<usize>)>) -> Result<Answer> {
        let needs = request.needs();
        let text = encode_request(&request);
        let begun = Instant::now();
        let request = decode_request(&text)?;
        let input = chunk.as_ref().map_or_else(Vec::new, |(bytes, range)| bytes[range.clone()].to_vec());
        let mut clock = || self.begun.elapsed().as_secs_f64() * 1e3;
        let (answer, blobs) = self.worker.run(request, &input, &mut clock)?;
        let gave: Vec<ContentHash> = blobs.iter().map(|(hash, _)| *hash).collect();
        let encoded = encode_answer(&Ok(answer.clone()));
        self.seconds += begun.elapsed().as_secs_f64();
        ensure!(!encoded.is_empty(), "an answer without words");
        self.steps.push(Step { request: text, input: chunk.map(|(_, range)| range), needs, gave });
        Ok(answer)
    }

    /// Has the file looked through, chunk by chunk.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn scan(&mut self, bytes: &[u8]) -> Result<()> {
        let total_bytes = bytes.len() as u64;
        for range in chunks(bytes.len()) {
            let scan = ScanChunk {
                session: Session(0),
                offset: range.start as u64,
                total_bytes,
                format: None,
                of_texts: false,
            };
            self.ask_with(scan.into(), Some((bytes, range)))?;
        }
        Ok(())
    }

    /// Has the file read by `recipe`, chunk by chunk.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read(&mut self, bytes: &[u8], recipe: &DatasetRecipe, counting: &Counting) -> Result<ReadOutput> {
        let mut last = None;
        for range in chunks(bytes.len()) {
            let read = ReadChunk {
                session: Session(1),
                offset: range.start as u64,
                total_bytes: bytes.len() as u64,
                recipe: recipe.clone(),
                counting: counting.clone(),
            };
            last = Some(self.ask_with(read.into(), Some((bytes, range)))?);
        }
        match last {
            Some(Answer::Read(Pass::Done(output))) => Ok(output),
            _ => bail!("the last chunk did not end the reading"),
        }
    }
}

fn chunks(n_bytes: usize) -> impl Iterator<Item = Range<usize>> {
    let step = CHUNK_BYTES as usize;
    (0..n_bytes).step_by(step).map(move |start| start..n_bytes.min(start + step))
}

/// Does the whole job.
///
/// # Errors
/// Where a job has no answer.
pub fn ask_all(bytes: &[u8]) -> Result<Asked> {
    let mut asked = Asked::new();
    let study = StudySpec::reference(&ModelKind::ALL, N_TRIALS, SEED);
    let recipe = reviews::reference_recipe(bytes)?;
    let labels = recipe.mapping.classes.clone();
    asked.scan(bytes)?;
    let output = asked.read(bytes, &recipe, &study.counting())?;
    let mut best = Vec::new();
    for search in 0..study.searches.len() {
        let counts = output.counts.hash;
        let slice = AdvanceStudy {
            counts: vec![counts],
            study: study.clone(),
            search,
            history: Vec::new(),
            finished: Vec::new(),
            slice_ms: f64::MAX,
        };
        let Answer::Study(advance) = asked.ask(slice)? else { bail!("no trials") };
        best.push(best_trial(&advance.trials).context("no trial is complete")?.setting.clone());
    }
    for (search, setting) in study.searches.iter().zip(&best) {
        asked.ask(FitFinal {
            counts: output.counts.hash,
            terms: output.terms.hash,
            split: study.split.clone(),
            pipeline: search.pipeline(setting),
            labels: labels.clone(),
            decision: study.decision.clone(),
            interval: IntervalSpec::usual(study.seed),
        })?;
    }
    Ok(asked)
}

/// Times the job, each round by a new worker.
///
/// # Errors
/// Where a job has no answer.
pub fn run(file: &Path, n_rounds: usize) -> Result<Value> {
    let bytes = std::fs::read(file)?;
    let rounds: Result<Vec<f64>> = (0..n_rounds).map(|_| Ok(ask_all(&bytes)?.seconds)).collect();
    Ok(json!({ "seconds": rounds? }))
}
