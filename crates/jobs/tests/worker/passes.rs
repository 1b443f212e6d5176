//! Passes over files, chunk by chunk, and what counted reviews look like.

use engine::audit::Audit;
use engine::intake::{Given, Join};
use engine::num::ContentHash;
use jobs::{
    Answer, AuditChunk, Blob, BlobRef, DescribeData, IntakeChunk, JobError, Pass, Request, Session, Worker,
};

use crate::fixture::{counted, csv, recipe, run, scan_chunk, study};

#[test]
fn chunks_of_any_size_give_the_same_file() {
    let file = csv(300);
    let total_bytes = file.len() as u64;
    let mut worker = Worker::default();
    let whole = run(&mut worker, scan_chunk(1, 0, total_bytes), &file);
    for size in [700, 5_000] {
        let mut offset = 0;
        let mut last = None;
        for chunk in file.chunks(size) {
            last = Some(run(&mut worker, scan_chunk(2, offset, total_bytes), chunk));
            offset += chunk.len() as u64;
        }
        assert_eq!(last, Some(whole.clone()), "chunks of {size} bytes");
    }
}

#[test]
fn an_audit_is_the_same_in_chunks_of_any_size_and_with_predictions_says_more() {
    let file = csv(300);
    let total_bytes = file.len() as u64;
    let audit = |session: u64, offset: u64, is_scored: bool| -> Request {
        let pipeline = is_scored.then(|| study().searches[0].base.clone());
        let session = Session(session);
        AuditChunk { session, offset, total_bytes, recipe: recipe(), split: study().split, pipeline }.into()
    };
    let mut worker = Worker::default();
    let whole = run(&mut worker, audit(1, 0, true), &file);
    let half = file.len() / 2;
    let first = run(&mut worker, audit(2, 0, true), &file[..half]);
    assert!(matches!(first, Ok((Answer::Audit(Pass::Reading { n_rows }), _)) if n_rows > 0), "{first:?}");
    assert_eq!(run(&mut worker, audit(2, half as u64, true), &file[half..]), whole);
    let Ok((Answer::Audit(Pass::Done(scored)), blobs)) = whole else { panic!("an audit: {whole:?}") };
    assert!(blobs.is_empty());
    let Ok((Answer::Audit(Pass::Done(plain)), _)) = run(&mut worker, audit(3, 0, false), &file) else {
        panic!("an audit")
    };
    let n_effects = |audit: &Audit| audit.findings.iter().filter(|finding| finding.effect.is_some()).count();
    assert!(n_effects(&scored) > 0 && n_effects(&plain) == 0, "{scored:?}");
}

#[test]
fn a_chunk_out_of_order_is_refused() {
    let file = csv(300);
    let total_bytes = file.len() as u64;
    let mut worker = Worker::default();
    assert_eq!(
        run(&mut worker, scan_chunk(1, 50, total_bytes), &file[50..100]),
        Err(JobError::OutOfOrder { expected: 0, found: 50 })
    );
    assert!(run(&mut worker, scan_chunk(1, 0, total_bytes), &file[..700]).is_ok());
    assert_eq!(
        run(&mut worker, scan_chunk(2, 700, total_bytes), &file[700..900]),
        Err(JobError::OutOfOrder { expected: 0, found: 700 }),
        "another session's chunk does not follow"
    );
}

#[test]
fn given_files_become_one_table_in_parts() {
    let files = ["text,rating\ngood,5\n", "rating,text\n1,bad\n"];
    let all = files.concat();
    let given: Vec<Given> = [("a.csv", files[0]), ("b.csv", files[1])]
        .map(|(name, text)| Given { name: name.to_owned(), n_bytes: text.len() as u64 })
        .to_vec();
    let mut worker = Worker::default();
    let mut kept: Vec<Blob> = Vec::new();
    let mut output = None;
    for (offset, chunk) in (0..).step_by(10).zip(all.as_bytes().chunks(10)) {
        let job = IntakeChunk {
            session: Session(1),
            offset,
            total_bytes: all.len() as u64,
            files: given.clone(),
            join: Join::ByName,
        };
        let (answer, blobs) = worker.run(job.into(), chunk, &mut || 0.0).expect("an answer");
        kept.extend(blobs);
        if let Answer::TakenIn(Pass::Done(done)) = answer {
            output = Some(done);
        }
    }
    let output = output.expect("the last chunk ends the pass");
    let part = |part: &BlobRef| &kept.iter().find(|(hash, _)| *hash == part.hash).expect("kept").1;
    let table: Vec<u8> = output.parts.iter().flat_map(part).copied().collect();
    assert_eq!(String::from_utf8_lossy(&table), "text,rating\ngood,5\nbad,1\n");
    assert_eq!(output.hashes, files.map(|file| ContentHash::of(file.as_bytes())));
}

#[test]
fn counted_reviews_are_described() {
    let (mut worker, output, _) = counted();
    let job = DescribeData { counts: output.counts.hash, terms: output.terms.hash };
    let found = match run(&mut worker, job.into(), &[]) {
        Ok((Answer::Described(found), _)) => found,
        other => panic!("a description is asked for: {other:?}"),
    };
    assert_eq!(found.n_rows, output.summary.class_counts.iter().sum::<u64>());
    assert!(found.telling[1].iter().any(|term| term.term.starts_with("great")), "{found:?}");
    assert!((0.0..0.9).contains(&found.overlaps[0].of_use), "{:?}", found.overlaps);
    assert!(run(&mut worker, DescribeData { terms: output.counts.hash, ..job }.into(), &[]).is_err());
}
