//! Where a fit is wrong: rows listed, and kinds of reviews found in the file.

use engine::dataset::LabelId;
use engine::errors::{Pick, Picked, SliceKind};
use jobs::{
    Answer, FitBlobs, HeldOutOutput, JobError, ListRows, MeasureHeldOut, Pass, Session, SliceChunk,
    SlicesOutput, Worker, decode_records,
};

use crate::fixture::{advance, counted, csv, final_fit, fit, recipe, run, slice};

/// A fit, and a worker that holds what it left behind and nothing else.
fn fitted() -> (FitBlobs, Worker) {
    let (mut worker, output, _) = counted();
    let trials = advance(&mut worker, slice(&output, Vec::new(), f64::INFINITY), &mut || 0.0).trials;
    let (fitted, made) = fit(&mut worker, final_fit(&output, &trials));
    let mut reader = Worker::default();
    made.into_iter().for_each(|(hash, bytes)| reader.provide(hash, bytes));
    (FitBlobs { pipeline: fitted.pipeline.hash, out_of_fold: fitted.out_of_fold.hash }, reader)
}

fn measured(worker: &mut Worker, fit: FitBlobs) -> HeldOutOutput {
    match run(worker, MeasureHeldOut { fit, is_test: false }.into(), &[]) {
        Ok((Answer::HeldOut(found), _)) => found,
        other => panic!("it is measured: {other:?}"),
    }
}

fn listed(worker: &mut Worker, fit: FitBlobs, pick: Pick, n_most: u32) -> Picked {
    match run(worker, ListRows { fit, pick, n_most }.into(), &[]) {
        Ok((Answer::Rows(found), _)) => found,
        other => panic!("they are listed: {other:?}"),
    }
}

#[test]
fn the_rows_of_each_cell_are_those_that_were_counted() {
    let (fit, mut worker) = fitted();
    let found = measured(&mut worker, fit);
    for (truth, row) in (0..).map(LabelId).zip(&found.metrics.confusion) {
        for (predicted, count) in (0..).map(LabelId).zip(row) {
            let cell = listed(&mut worker, fit, Pick::Cell { truth, predicted }, 1_000);
            assert_eq!((cell.n_all, cell.rows.len() as u64), (*count, *count));
            assert!(cell.rows.iter().all(|row| row.truth == truth && row.predicted == predicted));
            assert!(cell.rows.windows(2).all(|pair| pair[0].probability >= pair[1].probability));
        }
    }
    let n_wrong = found.metrics.confusion[0][1] + found.metrics.confusion[1][0];
    let mistakes = listed(&mut worker, fit, Pick::Mistakes, 3);
    assert_eq!((mistakes.n_all, mistakes.rows.len()), (n_wrong, 3));
    assert!(mistakes.rows.iter().all(|row| row.truth != row.predicted));
}

#[test]
fn a_threshold_moves_the_rows_that_it_counts() {
    let (fit, mut worker) = fitted();
    let found = measured(&mut worker, fit);
    let cuts = found.cuts.expect("of two classes");
    let own = cuts.figures(cuts.nearest(found.threshold), &[[0.0; 2]; 2]).unwrap();
    assert_eq!(own.confusion.map(|row| row.to_vec()).to_vec(), found.metrics.confusion);
    assert_eq!(own.f1_macro, found.metrics.f1_macro);
    let last = cuts.all.last().unwrap();
    let moved = listed(&mut worker, fit, Pick::Moved { to: last.threshold }, 10_000);
    let n_second = own.confusion[0][1] + own.confusion[1][1];
    assert_eq!(moved.n_all, n_second, "above the highest score nothing is the second class");
    assert!(moved.rows.iter().all(|row| row.predicted == LabelId(0)));
    assert_eq!(listed(&mut worker, fit, Pick::Moved { to: found.threshold }, 9).n_all, 0);
}

#[test]
fn probabilities_are_counted_before_and_after_calibration() {
    let (fit, mut worker) = fitted();
    let found = measured(&mut worker, fit);
    let n_rows = |bins: &[engine::metrics::CalibrationBin]| bins.iter().map(|bin| bin.n_rows).sum::<u64>();
    assert_eq!(n_rows(&found.before), found.n_rows);
    assert_eq!(n_rows(&found.after.bins), found.n_rows);
    assert!(found.after.is_anew, "no calibration is looked at by the rows it was fitted on");
    assert_eq!(found.terms.map(|terms| terms.len()), Some(2));
}

fn sliced(
    worker: &mut Worker,
    fit: FitBlobs,
    file: &[u8],
    n_chunks: usize,
) -> Result<(SlicesOutput, Vec<u8>), JobError> {
    listing(worker, fit, (file, n_chunks), None)
}

fn listing(
    worker: &mut Worker,
    fit: FitBlobs,
    (file, n_chunks): (&[u8], usize),
    list: Option<SliceKind>,
) -> Result<(SlicesOutput, Vec<u8>), JobError> {
    let length = file.len().div_ceil(n_chunks);
    for (place, chunk) in file.chunks(length).enumerate() {
        let job = SliceChunk {
            session: Session(4),
            offset: (place * length) as u64,
            total_bytes: file.len() as u64,
            recipe: recipe(),
            fit,
            list: list.clone(),
            n_most: 1_000,
        };
        match run(worker, job.into(), chunk)? {
            (Answer::Sliced(Pass::Reading { .. }), _) => {}
            (Answer::Sliced(Pass::Done(output)), mut blobs) => return Ok((output, blobs.swap_remove(0).1)),
            other => panic!("the file is read: {other:?}"),
        }
    }
    panic!("the last chunk ends the pass")
}

#[test]
fn kinds_of_reviews_are_compared_whatever_the_chunks() {
    let (fit, mut worker) = fitted();
    let file = csv(300);
    let (whole, records) = sliced(&mut worker, fit, &file, 1).unwrap();
    assert_eq!(sliced(&mut worker, fit, &file, 7), Ok((whole.clone(), records.clone())));
    let found = measured(&mut worker, fit);
    let n_wrong = found.metrics.confusion[0][1] + found.metrics.confusion[1][0];
    assert_eq!((whole.found.n_rows, whole.found.n_wrong), (found.n_rows, n_wrong));
    let rated = |value: &str| {
        let kind = SliceKind::Rating { value: value.into() };
        whole.found.slices.iter().find(|slice| slice.kind == kind).map(|slice| (slice.n_rows, slice.n_wrong))
    };
    let of_class = |class: usize| {
        let row = &found.metrics.confusion[class];
        Some((row.iter().sum::<u64>(), row[1 - class]))
    };
    assert_eq!((rated("2"), rated("5")), (of_class(0), of_class(1)), "two stars are negative, five positive");
    let records = decode_records(&records).expect("row numbers");
    assert!(records.windows(2).all(|pair| pair[0] < pair[1]));
}

#[test]
fn the_reviews_of_each_kind_are_those_that_were_counted() {
    let (fit, mut worker) = fitted();
    let file = csv(300);
    let (whole, _) = sliced(&mut worker, fit, &file, 1).unwrap();
    assert_eq!(whole.listed, None);
    assert!(whole.found.slices.iter().any(|slice| matches!(slice.kind, SliceKind::Word { .. })));
    for slice in whole.found.slices {
        let (output, _) = listing(&mut worker, fit, (&file, 3), Some(slice.kind.clone())).unwrap();
        let listed = output.listed.expect("a kind was named");
        let is_wrong = |row: &&engine::errors::JudgedRow| row.truth != row.predicted;
        let n_wrong = listed.rows.iter().take_while(is_wrong).count() as u64;
        assert_eq!((listed.n_all, n_wrong), (slice.n_rows, slice.n_wrong), "{:?}", slice.kind);
        assert_eq!(listed.rows.iter().filter(is_wrong).count() as u64, n_wrong, "mistakes stand first");
    }
}

#[test]
fn another_file_than_the_fit_learned_from_is_refused() {
    let (fit, mut worker) = fitted();
    let refused = sliced(&mut worker, fit, &csv(100), 1);
    assert!(
        matches!(&refused, Err(JobError::CannotFit { reason }) if reason.contains("other reviews")),
        "{refused:?}"
    );
    let mut empty = Worker::default();
    assert_eq!(sliced(&mut empty, fit, &csv(300), 1).err(), Some(JobError::MissingBlob(fit.pipeline)));
}
