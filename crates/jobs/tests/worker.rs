//! Workers asked by hand: what they answer, what they refuse, and that a new worker answers the same.

use engine::audit::Audit;
use engine::dataset::{DatasetRecipe, Fix, LabelId, LabelMapping, LabelRule};
use engine::features::Counting;
use engine::intake::{Given, Join};
use engine::metrics::IntervalSpec;
use engine::models::ModelKind;
use engine::num::ContentHash;
use engine::pipeline::{FittedPipeline, HeldOut};
use engine::table::{Encoding, FileError, TableFormat};
use engine::text::reference_cleaning;
use engine::tune::{PrunerSpec, StudySpec, Trial, TrialOutcome, best_trial};
use jobs::{
    AdvanceStudy, Answer, Answered, AuditChunk, Blob, BlobRef, DescribeData, FinalFitOutput, FitFinal,
    IntakeChunk, JobError, JudgeLabels, LearnFromShare, MeasureLuck, Pass, ReadChunk, ReadOutput, Request,
    ScanChunk, Session, StudyAdvance, Worker, decode_answer, decode_request, encode_answer, encode_request,
};

const HEADER: &str = "text,stars\n";

/// `n_rows` reviews whose words say what their stars say, but for every seventh.
fn csv(n_rows: usize) -> Vec<u8> {
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

fn recipe() -> DatasetRecipe {
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

fn scan_chunk(session: u64, offset: u64, total_bytes: u64) -> Request {
    ScanChunk { session: Session(session), offset, total_bytes, format: None }.into()
}

fn read_chunk(session: u64, offset: u64, total_bytes: u64) -> Request {
    let (session, recipe) = (Session(session), recipe());
    ReadChunk { session, offset, total_bytes, recipe, counting: Counting::words((1, 2), 3) }.into()
}

fn run(worker: &mut Worker, request: Request, input: &[u8]) -> Result<Answered, JobError> {
    worker.run(request, input, &mut || 0.0)
}

/// Counted reviews, and the worker that counted them.
fn counted() -> (Worker, ReadOutput, Vec<Blob>) {
    let mut worker = Worker::default();
    let file = csv(300);
    match run(&mut worker, read_chunk(1, 0, file.len() as u64), &file) {
        Ok((Answer::Read(Pass::Done(output)), blobs)) => (worker, output, blobs),
        other => panic!("the file is read at once: {other:?}"),
    }
}

fn study() -> StudySpec {
    StudySpec::reference(&ModelKind::ALL, 12, 5)
}

fn slice(output: &ReadOutput, finished: Vec<Trial>, slice_ms: f64) -> AdvanceStudy {
    AdvanceStudy {
        counts: vec![output.counts.hash],
        study: study(),
        search: 0,
        history: Vec::new(),
        finished,
        slice_ms,
    }
}

fn advance(worker: &mut Worker, job: AdvanceStudy, clock: &mut dyn FnMut() -> f64) -> StudyAdvance {
    match worker.run(job.into(), &[], clock) {
        Ok((Answer::Study(advance), _)) => advance,
        other => panic!("trials are made: {other:?}"),
    }
}

fn fit(worker: &mut Worker, job: FitFinal) -> (FinalFitOutput, Vec<Blob>) {
    match run(worker, job.into(), &[]) {
        Ok((Answer::Fit(output), blobs)) => (output, blobs),
        other => panic!("a pipeline is fitted: {other:?}"),
    }
}

fn final_fit(output: &ReadOutput, trials: &[Trial]) -> FitFinal {
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
fn labels_are_judged_alike_by_the_worker_that_was_asked_before_and_by_a_new_one() {
    let (mut reader, output, blobs) = counted();
    let job = |corrections: &[(u32, LabelId)]| JudgeLabels {
        session: Session(9),
        counts: output.counts.hash,
        terms: output.terms.hash,
        split: study().split,
        pipeline: study().searches[0].base.clone(),
        labels: recipe().mapping.classes,
        corrections: corrections.to_vec(),
        n_most: 5,
    };
    let judge =
        |worker: &mut Worker, corrections: &[(u32, LabelId)]| match run(worker, job(corrections).into(), &[])
        {
            Ok((Answer::Labels(answer), blobs)) => (answer, blobs),
            other => panic!("labels are judged: {other:?}"),
        };
    let (first, pipelines) = judge(&mut reader, &[]);
    assert_eq!(pipelines[0].0, first.pipeline.hash);
    assert!(first.suspects.len() <= 5 && first.n_suspects >= first.suspects.len() as u64);
    let corrections: Vec<(u32, LabelId)> =
        first.suspects.iter().map(|suspect| (suspect.doc, suspect.likely)).collect();
    assert!(!corrections.is_empty());
    let second = judge(&mut reader, &corrections);
    assert_ne!(second.0.held_out, first.held_out);
    let is_there = |doc: u32| corrections.iter().any(|(known, _)| *known == doc);
    assert!(second.0.suspects.iter().all(|suspect| !is_there(suspect.doc)), "what was mended is no suspect");
    let mut other = Worker::default();
    let missing = run(&mut other, job(&[]).into(), &[]);
    assert_eq!(missing, Err(JobError::MissingBlob(output.counts.hash)));
    other.provide(output.counts.hash, blobs[0].1.clone());
    other.provide(output.terms.hash, blobs[1].1.clone());
    assert_eq!(judge(&mut other, &corrections), second);
    assert_eq!(judge(&mut reader, &[]), (first, pipelines));
    let unknown = run(&mut reader, job(&[(9_999, LabelId(0))]).into(), &[]);
    assert!(matches!(unknown, Err(JobError::CannotFit { .. })), "{unknown:?}");
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
fn slices_of_any_length_make_the_same_trials() {
    let (mut worker, output, _) = counted();
    let whole = advance(&mut worker, slice(&output, Vec::new(), f64::INFINITY), &mut || 0.0).trials;
    assert_eq!(whole.len(), 12);
    let mut trials: Vec<Trial> = Vec::new();
    let mut time = 0.0;
    while trials.len() < whole.len() {
        let mut clock = || {
            time += 1.0;
            time
        };
        let slice_ms = [0.0, 5.0, f64::NAN][trials.len() % 3];
        let made = advance(&mut worker, slice(&output, trials.clone(), slice_ms), &mut clock).trials;
        assert!((1..=3).contains(&made.len()), "{} trials in {slice_ms} ms", made.len());
        assert!(made.iter().all(|trial| trial.elapsed_ms == 1.0));
        trials.extend(made.into_iter().map(|trial| Trial { elapsed_ms: 0.0, ..trial }));
    }
    assert_eq!(trials, whole);
}

#[test]
fn a_setting_tried_before_is_not_evaluated_again() {
    let (mut worker, output, _) = counted();
    let job = slice(&output, Vec::new(), f64::INFINITY);
    let first = advance(&mut worker, AdvanceStudy { slice_ms: 0.0, ..job.clone() }, &mut || 0.0).trials;
    // The next setting, put among the finished with a score that no fit gives, comes back with that score.
    let next = advance(
        &mut worker,
        AdvanceStudy { finished: first.clone(), slice_ms: 0.0, ..job.clone() },
        &mut || 0.0,
    );
    let outcome = TrialOutcome::Complete { fold_f1_macro: vec![0.125; 5] };
    let known = Trial { number: 0, outcome: outcome.clone(), ..next.trials[0].clone() };
    let again =
        advance(&mut worker, AdvanceStudy { finished: vec![known], slice_ms: 0.0, ..job }, &mut || 0.0);
    assert_eq!(again.trials[0].setting, next.trials[0].setting, "startup draws depend on the number alone");
    assert_eq!(again.trials[0].outcome, outcome);
}

#[test]
fn what_cannot_be_learned_is_told_in_a_sentence() {
    let (mut worker, output, _) = counted();
    let job = slice(&output, Vec::new(), 1.0);
    let answer = run(&mut worker, AdvanceStudy { search: 9, ..job.clone() }.into(), &[]);
    assert_eq!(answer, Err(JobError::CannotFit { reason: "there is no search number 9".into() }));
    let mut wrong = job;
    wrong.study.split.n_folds = 1;
    let answer = run(&mut worker, wrong.into(), &[]);
    let reason = "1 folds were asked for: choose 2 to 20.".to_owned();
    assert_eq!(answer, Err(JobError::CannotFit { reason }));
}

#[test]
fn a_final_fit_scores_as_its_trial_and_can_be_loaded() {
    let (mut worker, output, blobs) = counted();
    let trials = advance(&mut worker, slice(&output, Vec::new(), f64::INFINITY), &mut || 0.0).trials;
    let job = final_fit(&output, &trials);
    let (fitted, made) = fit(&mut worker, job.clone());
    let best = best_trial(&trials).expect("some trial is complete");
    assert_eq!(fitted.fold_f1_macro, best.fold_scores());
    let named = |(_, bytes): &Blob| BlobRef { hash: ContentHash::of(bytes), n_bytes: bytes.len() as u64 };
    assert_eq!(made.iter().map(named).collect::<Vec<_>>(), [fitted.pipeline, fitted.out_of_fold]);
    let held_out = HeldOut::from_bytes(&made[1].1).expect("its own bytes");
    assert_eq!((held_out.docs.len(), held_out.n_scores), (held_out.scores.len(), 1));
    assert!(
        held_out.docs.len() as u64 > output.summary.n_rows_kept / 2,
        "each training row was held out once"
    );
    let pipeline = FittedPipeline::from_bytes(&made[0].1).expect("its own bytes");
    assert_eq!(pipeline.features.terms.len(), fitted.n_terms as usize);
    assert!(fitted.test.f1_macro > fitted.dummy_test_f1 && fitted.dummy_test_f1 < 0.5);
    let mut other = Worker::default();
    other.provide(output.counts.hash, blobs[0].1.clone());
    other.provide(output.terms.hash, blobs[1].1.clone());
    assert_eq!(fit(&mut other, job), (fitted, made), "a new worker answers the same");
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

/// Workers of a page fit what lanes fit. Built together with the terminal program they fit the rest, too: of these
/// reviews, where every text stands once with each label it has, scikit-learn's forest scores 0.31 to 0.51.
#[test]
fn a_forest_is_fitted_or_refused_in_a_sentence() {
    let (mut worker, output, _) = counted();
    let study = StudySpec::reference(&[ModelKind::RandomForest], 1, 5);
    let job = AdvanceStudy { study, ..slice(&output, Vec::new(), 0.0) };
    match &advance(&mut worker, job, &mut || 0.0).trials[0].outcome {
        TrialOutcome::Complete { fold_f1_macro } => {
            assert!(fold_f1_macro.len() == 5 && fold_f1_macro.iter().all(|score| (0.1..1.0).contains(score)));
        }
        TrialOutcome::Pruned { .. } => panic!("nothing is pruned"),
        TrialOutcome::Failed { reason } => assert_eq!(
            reason,
            "RandomForestClassifier with these settings is not part of this build: choose others, or use the \
             terminal program `reviewlab`"
        ),
    }
}

#[test]
fn folds_fitted_one_by_one_score_as_together() {
    let (mut worker, output, _) = counted();
    let patient = PrunerSpec::Median { n_startup_trials: 1_000, n_warmup_folds: 0 };
    for search in 0..3 {
        let together = AdvanceStudy { search, ..slice(&output, Vec::new(), f64::INFINITY) };
        let mut by_fold = together.clone();
        by_fold.study.pruner = patient.clone();
        let outcomes = |worker: &mut Worker, job| {
            let trials = advance(worker, job, &mut || 0.0).trials;
            trials.into_iter().map(|trial| trial.outcome).collect::<Vec<_>>()
        };
        assert_eq!(outcomes(&mut worker, by_fold), outcomes(&mut worker, together));
    }
}

#[test]
fn a_learning_curve_rises_to_the_cross_validated_score() {
    let (mut worker, output, _) = counted();
    let pipeline = study().searches[0].base.clone();
    let split = study().split;
    let mut learn = |share| {
        let job = LearnFromShare {
            counts: output.counts.hash,
            split: split.clone(),
            pipeline: pipeline.clone(),
            share,
        };
        match run(&mut worker, job.into(), &[]) {
            Ok((Answer::Learned(point), _)) => Ok(point),
            Ok(other) => panic!("a point is asked for: {other:?}"),
            Err(error) => Err(error),
        }
    };
    let (few, all) = (learn(0.3).expect("rows enough"), learn(1.0).expect("rows enough"));
    assert!(few.n_rows < 0.32 * all.n_rows && few.mean() < all.mean(), "{few:?} {all:?}");
    assert_eq!(few.fold_f1_macro.len(), 5);
    assert!(learn(0.0).is_err());
    let mut whole = study();
    whole.searches[0].space.clear();
    let job = AdvanceStudy { study: whole, ..slice(&output, Vec::new(), 0.0) };
    let trials = advance(&mut worker, job, &mut || 0.0).trials;
    assert_eq!(trials[0].fold_scores(), all.fold_f1_macro, "all rows give the folds of a trial");
}

#[test]
fn luck_is_weighed_over_all_settings_tried() {
    let (mut worker, output, _) = counted();
    let trials = advance(&mut worker, slice(&output, Vec::new(), f64::INFINITY), &mut || 0.0).trials;
    let settings: Vec<_> = trials.iter().map(|trial| trial.setting.clone()).collect();
    let job = MeasureLuck { counts: vec![output.counts.hash], study: study(), search: 0, settings };
    let luck = match run(&mut worker, job.clone().into(), &[]) {
        Ok((Answer::Luck(output), _)) => output.luck.expect("there are settings"),
        other => panic!("luck is asked for: {other:?}"),
    };
    assert!(luck.low < luck.corrected && luck.corrected < luck.high, "{luck:?}");
    assert!(luck.flattery() > -0.02 && luck.flattery() < 0.1, "{luck:?}");
    assert!((2..=12).contains(&luck.n_settings));
    let again = run(&mut Worker::default(), MeasureLuck { search: 7, ..job }.into(), &[]);
    assert!(again.is_err());
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
