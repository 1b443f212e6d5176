//! What a worker holds, and what crosses to it.

use engine::num::ContentHash;
use engine::table::FileError;
use jobs::{
    Answer, JobError, Pass, Request, StudyAdvance, Worker, decode_answer, decode_request, encode_answer,
    encode_request,
};

use crate::fixture::{advance, counted, csv, final_fit, fit, read_chunk, run, scan_chunk, slice};

#[test]
fn the_reader_holds_its_counts_and_others_decode_them() {
    let (mut reader, output, blobs) = counted();
    assert!(reader.holds(output.counts.hash) && reader.holds(output.terms.hash));
    assert_eq!(
        blobs.iter().map(|(hash, bytes)| (*hash, ContentHash::of(bytes))).collect::<Vec<_>>(),
        [output.counts.hash, output.terms.hash, output.records.hash].map(|hash| (hash, hash))
    );
    let records = jobs::decode_records(&blobs[2].1).expect("row numbers");
    assert_eq!(records.len() as u64, output.summary.n_rows_kept);
    assert!(records.is_sorted());
    let mut other = Worker::default();
    let job = slice(&output, Vec::new(), f64::INFINITY);
    assert_eq!(
        run(&mut other, job.clone().into(), &[]),
        Err(JobError::MissingBlob(output.counts.hash)),
        "a worker that was given nothing says what it lacks"
    );
    other.provide(output.counts.hash, blobs[0].1.clone());
    assert!(other.share(output.counts.hash).is_none(), "it is decoded when first used");
    let expected = advance(&mut reader, job.clone(), &mut || 0.0);
    assert_eq!(advance(&mut other, job.clone(), &mut || 0.0), expected);
    let mut third = Worker::default();
    third.provide_shared(output.counts.hash, other.share(output.counts.hash).expect("it was decoded"));
    assert_eq!(advance(&mut third, job.clone(), &mut || 0.0), expected);
    third.forget(output.counts.hash);
    assert_eq!(run(&mut third, job.into(), &[]), Err(JobError::MissingBlob(output.counts.hash)));
}

#[test]
fn blobs_in_pieces_are_those_that_come_whole() {
    let (mut reader, output, blobs) = counted();
    let job = slice(&output, Vec::new(), f64::INFINITY);
    let expected = advance(&mut reader, job.clone(), &mut || 0.0);
    let mut worker = Worker::default();
    for (hash, bytes) in &blobs {
        let pieces: Vec<&[u8]> = bytes.chunks(bytes.len() / 3 + 1).collect();
        for piece in &pieces {
            assert!(!worker.holds(*hash), "a part of it is no use");
            worker.provide_piece(*hash, bytes.len(), piece);
        }
        assert!(worker.holds(*hash));
    }
    assert!(worker.share(output.counts.hash).is_some(), "counts are read as they come");
    assert_eq!(advance(&mut worker, job.clone(), &mut || 0.0), expected);
    let mut other = Worker::default();
    other.provide_piece(output.counts.hash, blobs[0].1.len(), &blobs[0].1[..20]);
    other.provide_piece(output.counts.hash, blobs[0].1.len(), &[255; 1 << 16]);
    assert_eq!(run(&mut other, job.into(), &[]), Err(JobError::MissingBlob(output.counts.hash)));
}

#[test]
fn damaged_blobs_are_told() {
    let (_, output, mut blobs) = counted();
    let mut worker = Worker::default();
    blobs[0].1.truncate(20);
    worker.provide(output.counts.hash, blobs[0].1.clone());
    let answer = run(&mut worker, slice(&output, Vec::new(), 1.0).into(), &[]);
    assert!(matches!(answer, Err(JobError::DamagedBlob { .. })), "{answer:?}");
}

#[test]
fn jobs_and_answers_survive_the_wire() {
    let (mut worker, output, _) = counted();
    let trials = advance(&mut worker, slice(&output, Vec::new(), f64::INFINITY), &mut || 0.0).trials;
    let job = final_fit(&output, &trials);
    let (fitted, _) = fit(&mut worker, job.clone());
    let file = csv(30);
    let scan = run(&mut worker, scan_chunk(3, 0, file.len() as u64), &file).expect("it is read").0;
    let requests: [Request; 4] = [
        scan_chunk(1, 0, 10),
        read_chunk(u64::MAX, 3, 10),
        slice(&output, trials.clone(), 30.0).into(),
        job.into(),
    ];
    for request in requests {
        assert_eq!(decode_request(&encode_request(&request)), Ok(request));
    }
    let answers = [
        Ok(scan),
        Ok(Answer::Scan(Pass::Reading { n_rows: 3 })),
        Ok(Answer::Read(Pass::Done(output.clone()))),
        Ok(Answer::Study(StudyAdvance { trials, chunks: Vec::new(), ended: None })),
        Ok(Answer::Fit(fitted)),
        Err(JobError::File(FileError::Binary { byte: 3, value: 0 })),
        Err(JobError::OutOfOrder { expected: 1, found: 2 }),
        Err(JobError::MissingBlob(output.counts.hash)),
        Err(JobError::DamagedBlob { hash: output.counts.hash, reason: "short".into() }),
        Err(JobError::CannotFit { reason: "no term is left".into() }),
    ];
    for answer in answers {
        assert_eq!(decode_answer(&encode_answer(&answer)), Ok(answer));
    }
}

#[test]
fn texts_that_are_no_message_are_refused() {
    let message = encode_request(&scan_chunk(1, 0, 10));
    for text in ["", "null", "{\"type\":\"dance\"}", "{\"dance\":1}", &message[..message.len() - 1]] {
        assert!(decode_request(text).is_err(), "{text}");
        assert!(decode_answer(text).is_err(), "{text}");
    }
}
