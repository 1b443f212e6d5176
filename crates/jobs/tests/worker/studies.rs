//! Trials, final fits and questions about them.

use engine::dataset::LabelId;
use engine::metrics::{IntervalSpec, Metric};
use engine::models::ModelKind;
use engine::num::ContentHash;
use engine::pipeline::{FittedPipeline, HeldOut};
use engine::tune::{PrunerSpec, StudySpec, Trial, TrialOutcome, best_trial};
use jobs::{
    AdvanceStudy, Answer, Blob, BlobRef, CompareFits, FitBlobs, FitsCompared, JobError, JudgeLabels,
    LearnFromShare, MeasureHeldOut, MeasureLuck, Session, Worker,
};

use crate::fixture::{advance, counted, final_fit, fit, recipe, run, slice, study};

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
    let outcome = TrialOutcome::complete(vec![0.125; 5]);
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
    assert_eq!(
        made.iter().map(named).collect::<Vec<_>>(),
        [fitted.pipeline, fitted.out_of_fold, fitted.test_scores, fitted.profile]
    );
    let held_out = HeldOut::from_bytes(&made[1].1).expect("its own bytes");
    assert_eq!((held_out.docs.len(), held_out.n_scores), (held_out.scores.len(), 1));
    assert!(
        held_out.docs.len() as u64 > output.summary.n_rows_kept / 2,
        "each training row was held out once"
    );
    let pipeline = FittedPipeline::from_bytes(&made[0].1).expect("its own bytes");
    let test = HeldOut::from_bytes(&made[2].1).expect("its own bytes");
    assert!(test.docs.iter().all(|doc| !held_out.docs.contains(doc)), "no test row was trained on");
    assert_eq!(pipeline.held_out_metrics(&test, &pipeline.held_out_answers(&test)), fitted.test);
    assert_eq!(pipeline.features.terms.len(), fitted.n_terms as usize);
    assert!(fitted.test.f1_macro > fitted.dummy_test_f1 && fitted.dummy_test_f1 < 0.5);
    let mut other = Worker::default();
    other.provide(output.counts.hash, blobs[0].1.clone());
    other.provide(output.terms.hash, blobs[1].1.clone());
    assert_eq!(fit(&mut other, job), (fitted, made), "a new worker answers the same");
}

/// Workers of a page fit what lanes fit. Built together with the terminal program they fit the rest, too: of these
/// reviews, where every text stands once with each label it has, scikit-learn's forest scores 0.31 to 0.51.
#[test]
fn a_forest_is_fitted_or_refused_in_a_sentence() {
    let (mut worker, output, _) = counted();
    let study = StudySpec::reference(&[ModelKind::RandomForest], 1, 5);
    let job = AdvanceStudy { study, ..slice(&output, Vec::new(), 0.0) };
    match &advance(&mut worker, job, &mut || 0.0).trials[0].outcome {
        TrialOutcome::Complete { fold_f1_macro, .. } => {
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
    let flattery = luck.flattery(Metric::F1Macro);
    assert!(flattery > -0.02 && flattery < 0.1, "{luck:?}");
    assert!((2..=12).contains(&luck.n_settings));
    for metric in [Metric::LogLoss, Metric::RocAuc] {
        let alone = StudySpec::reference(&[ModelKind::ALL[0]], 12, 5);
        let of_scores = MeasureLuck { study: StudySpec { metric, ..alone }, ..job.clone() };
        let found = match run(&mut worker, of_scores.into(), &[]) {
            Ok((Answer::Luck(output), _)) => output.luck.expect("there are settings"),
            other => panic!("luck is asked for: {other:?}"),
        };
        assert!(found.low < found.corrected && found.corrected < found.high, "{metric:?} {found:?}");
        assert!(
            found.apparent > 0.0 && (found.apparent - luck.apparent).abs() > 1e-6,
            "{metric:?} {found:?}"
        );
    }
    let again = run(&mut Worker::default(), MeasureLuck { search: 7, ..job }.into(), &[]);
    assert!(again.is_err());
}

#[test]
fn stored_fits_are_measured_and_compared_on_the_rows_they_did_not_see() {
    let (mut worker, output, _) = counted();
    let trials = advance(&mut worker, slice(&output, Vec::new(), f64::INFINITY), &mut || 0.0).trials;
    let best = final_fit(&output, &trials);
    let (fitted, made) = fit(&mut worker, best.clone());
    let mut weaker = best.clone();
    weaker.pipeline = study().searches[1].base.clone();
    let (other, also_made) = fit(&mut worker, weaker);
    let mut elsewhere = best;
    elsewhere.split.seed += 1;
    let (moved, made_elsewhere) = fit(&mut worker, elsewhere);
    let blobs = |output: &jobs::FinalFitOutput| FitBlobs {
        pipeline: output.pipeline.hash,
        out_of_fold: output.out_of_fold.hash,
    };
    let mut reader = Worker::default();
    let measure = MeasureHeldOut { fit: blobs(&fitted), is_test: false };
    assert_eq!(
        run(&mut reader, measure.into(), &[]),
        Err(JobError::MissingBlob(fitted.pipeline.hash)),
        "a worker that was given nothing"
    );
    for (hash, bytes) in made.iter().chain(&also_made).chain(&made_elsewhere) {
        reader.provide(*hash, bytes.clone());
    }
    let held_out = match run(&mut reader, measure.into(), &[]) {
        Ok((Answer::HeldOut(found), _)) => found,
        other => panic!("it is measured: {other:?}"),
    };
    let n_counted: u64 = held_out.metrics.confusion.iter().flatten().sum();
    assert_eq!(n_counted, held_out.n_rows);
    assert_eq!((held_out.roc.len(), held_out.precision_recall.len()), (1, 1));
    assert_eq!(held_out.roc[0].last(), Some(&(1.0, 1.0)));

    let interval = IntervalSpec { level: 0.95, n_resamples: 500, seed: 3 };
    let job = CompareFits { first: blobs(&fitted), second: blobs(&other), interval, n_most: 2 };
    let mut compare = |job: CompareFits| match run(&mut reader, job.into(), &[]) {
        Ok((Answer::Compared(found), _)) => Ok(found),
        Err(error) => Err(error),
        other => panic!("it is compared: {other:?}"),
    };
    let found = compare(job).expect("both were measured on the same rows");
    let FitsCompared { n_both_right, n_first_right, n_second_right, n_both_wrong, .. } = found;
    assert_eq!(n_both_right + n_first_right + n_second_right + n_both_wrong, held_out.n_rows);
    assert!(found.n_changed >= n_first_right + n_second_right && found.changed.len() <= 2);
    let f1 = found.f1.expect("there are rows");
    assert_eq!(f1.first, held_out.metrics.f1_macro);
    assert!(f1.difference.low <= f1.second - f1.first && f1.second - f1.first <= f1.difference.high);
    let alone = compare(CompareFits { second: job.first, ..job }).expect("a fit equals itself");
    assert_eq!((alone.n_changed, alone.p_value), (0, 1.0));
    let refused = compare(CompareFits { second: blobs(&moved), ..job });
    assert!(
        matches!(&refused, Err(JobError::CannotFit { reason }) if reason.contains("different reviews")),
        "{refused:?}"
    );
}
