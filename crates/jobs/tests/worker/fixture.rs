//! Reviews, what is asked about them, and a worker that has counted them.

use engine::dataset::{DatasetRecipe, Fix, LabelId, LabelMapping, LabelRule};
use engine::features::Counting;
use engine::metrics::IntervalSpec;
use engine::models::ModelKind;
use engine::table::{Encoding, TableFormat};
use engine::text::reference_cleaning;
use engine::tune::{StudySpec, Trial, best_trial};
use jobs::{
    AdvanceStudy, Answer, Answered, Blob, FinalFitOutput, FitFinal, JobError, Pass, ReadChunk, ReadOutput,
    Request, ScanChunk, Session, StudyAdvance, Worker,
};

pub(crate) const HEADER: &str = "text,stars\n";

/// `n_rows` reviews whose words say what their stars say, but for every seventh.
pub(crate) fn csv(n_rows: usize) -> Vec<u8> {
    let good = ["great fabric", "lovely colour", "works perfectly", "fast delivery", "happy family"];
    let bad = ["broken screen", "poor quality", "late parcel", "fake product", "torn seam"];
    let mut file = HEADER.to_owned();
    for row in 0..n_rows {
        let is_good = row % 3 != 0;
        let said = if is_good { good } else { bad };
        let stars = if is_good == (row % 7 != 0) { 5 } else { 2 };
        let (first, second) = (said[row % 5], said[row / 5 % 5]);
        file += &format!("{first} {second} {},{stars}\n", ["item", "order", "box"][row / 25 % 3]);
    }
    file.into_bytes()
}

pub(crate) fn recipe() -> DatasetRecipe {
    let classes = (1..=5).map(|star| (f64::from(star), LabelId(u8::from(star > 2)))).collect();
    DatasetRecipe {
        schema: 1,
        format: TableFormat::new(Encoding::Utf8, ','),
        text_column: 0,
        text_name: "text".into(),
        label_column: 1,
        label_name: "stars".into(),
        extra: Default::default(),
        mapping: LabelMapping {
            classes: vec!["negative".into(), "positive".into()],
            rule: LabelRule::Ratings { classes },
        },
        keep_missing: false,
        cleaning: reference_cleaning(),
        fixes: vec![Fix::DropRepeats],
    }
}

pub(crate) fn scan_chunk(session: u64, offset: u64, total_bytes: u64) -> Request {
    ScanChunk { session: Session(session), offset, total_bytes, format: None, of_texts: false }.into()
}

pub(crate) fn read_chunk(session: u64, offset: u64, total_bytes: u64) -> Request {
    let (session, recipe) = (Session(session), recipe());
    ReadChunk { session, offset, total_bytes, recipe, counting: Counting::words((1, 2), 3) }.into()
}

pub(crate) fn run(worker: &mut Worker, request: Request, input: &[u8]) -> Result<Answered, JobError> {
    worker.run(request, input, &mut || 0.0)
}

/// Counted reviews, and the worker that counted them.
pub(crate) fn counted() -> (Worker, ReadOutput, Vec<Blob>) {
    let mut worker = Worker::default();
    let file = csv(300);
    match run(&mut worker, read_chunk(1, 0, file.len() as u64), &file) {
        Ok((Answer::Read(Pass::Done(output)), blobs)) => (worker, output, blobs),
        other => panic!("the file is read at once: {other:?}"),
    }
}

pub(crate) fn study() -> StudySpec {
    StudySpec::reference(&ModelKind::ALL, 12, 5)
}

pub(crate) fn slice(output: &ReadOutput, finished: Vec<Trial>, slice_ms: f64) -> AdvanceStudy {
    AdvanceStudy {
        counts: vec![output.counts.hash],
        study: study(),
        search: 0,
        history: Vec::new(),
        finished,
        slice_ms,
    }
}

pub(crate) fn advance(
    worker: &mut Worker,
    job: AdvanceStudy,
    clock: &mut dyn FnMut() -> f64,
) -> StudyAdvance {
    match worker.run(job.into(), &[], clock) {
        Ok((Answer::Study(advance), _)) => advance,
        other => panic!("trials are made: {other:?}"),
    }
}

pub(crate) fn fit(worker: &mut Worker, job: FitFinal) -> (FinalFitOutput, Vec<Blob>) {
    match run(worker, job.into(), &[]) {
        Ok((Answer::Fit(output), blobs)) => (output, blobs),
        other => panic!("a pipeline is fitted: {other:?}"),
    }
}

pub(crate) fn final_fit(output: &ReadOutput, trials: &[Trial]) -> FitFinal {
    let study = study();
    let best = best_trial(trials).expect("some trial is complete");
    FitFinal {
        counts: output.counts.hash,
        terms: output.terms.hash,
        split: study.split.clone(),
        pipeline: study.searches[0].pipeline(&best.setting),
        labels: vec!["negative".into(), "positive".into()],
        decision: study.decision.clone(),
        interval: IntervalSpec::usual(study.seed),
    }
}
