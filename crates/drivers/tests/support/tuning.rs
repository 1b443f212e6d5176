//! Budgets, small spaces and variants of a study, under a scripted executor.

use drivers::{
    Driver as _, ENDED_TAG, Event, QuestionDriver, QuestionError, Read, ReadDriver, Said, StudyDriver,
    StudyError, StudyPhase, StudyPlan, trial_of,
};
use engine::dataset::DatasetRecipe;
use engine::metrics::Metric;
use engine::tune::{CURVE_SHARES, ParamName, PrunerSpec, Range, StopRule, StudySpec, Trial, Value};
use jobs::Session;
use track::id::Millis;
use track::record::Record;
use track::run::{ParamValue, Run, RunKind, RunSpec, RunState};

use crate::reviews;
use crate::support::{Pump, Script, runs, timeless};

const N_ROWS: usize = 240;

/// A pump that holds all that `study` learns from, and its plan.
fn ready(n_workers: usize, script: Script, study: StudySpec) -> (Pump, StudyPlan) {
    let file = reviews::csv(N_ROWS);
    let total_bytes = file.len() as u64;
    let mut reader = Pump::new(file, 1, Script::default());
    let (table, read) = reviews::read(&mut reader, total_bytes);
    let mut variants = Vec::new();
    for (corpus, number) in study.corpora().into_iter().zip(2..).skip(1) {
        let recipe = DatasetRecipe { cleaning: corpus.cleaning, ..reviews::recipe(&table) };
        let read = Read { recipe, counting: corpus.counting };
        let mut read = ReadDriver::new(Session(100 * number), total_bytes, read);
        reader.pump(&mut read, |_, _| ());
        let output = read.take_outcome().expect("it is finished").expect("the file can be read");
        variants.push((output.counts.hash, output.terms.hash));
    }
    let mut pump = Pump::new(Vec::new(), n_workers, script);
    pump.blobs = reader.blobs;
    (pump, StudyPlan { variants, ..reviews::plan(&table, &read, study) })
}

fn run(n_workers: usize, script: Script, study: StudySpec) -> (Pump, StudyDriver) {
    let (mut pump, plan) = ready(n_workers, script, study);
    let mut driver = StudyDriver::new(plan).expect("it can be run");
    pump.pump(&mut driver, |_, _| ());
    (pump, driver)
}

#[test]
fn a_small_space_ends_when_all_of_it_was_tried_and_says_so() {
    let mut study = StudySpec { may_repeat: false, ..reviews::study(50) };
    for search in &mut study.searches {
        search.space = vec![
            (ParamName::MinDf, Range::Int { low: 3, high: 5, step: 1 }),
            (ParamName::SublinearTf, Range::words(&["false", "true"])),
        ];
    }
    let (pump, driver) = run(2, Script::default(), study);
    let status = driver.status();
    assert_eq!((status.phase, status.n_done, status.n_total), (StudyPhase::Finished, 18, 18));
    assert_eq!(status.fits.len(), 3);
    for search in &status.searches {
        assert_eq!(search.ended.as_deref(), Some("Every setting of its space was tried."));
    }
    let study = runs(&pump, RunKind::Study)[0];
    let said = &study.tags[ENDED_TAG];
    assert!(said.starts_with("LogisticRegression: Every setting of its space was tried. Multi"), "{said}");
    for trial in runs(&pump, RunKind::Trial) {
        assert!(matches!(trial.params["sublinear_tf"], ParamValue::Bool(_)), "{:?}", trial.params);
    }
    assert!(driver.summary().to_json().contains(r#""ended":"Every setting of its space was tried.""#));
}

#[test]
fn a_study_out_of_minutes_stops_searching_and_fits_what_it_found() {
    let study = StudySpec { minutes: Some(0.003), ..reviews::study(10_000) };
    let (pump, driver) = run(2, Script::default(), study);
    let status = driver.status();
    assert_eq!((status.phase, status.fits.len()), (StudyPhase::Finished, 3));
    assert!(status.n_done > 3 && status.n_done < 30_000, "{}", status.n_done);
    for search in &status.searches {
        assert_eq!(search.ended.as_deref(), Some("The 0.003 minutes of the study were over."));
    }
    assert_eq!(runs(&pump, RunKind::Study)[0].state, RunState::Finished);
    // 0.003 minutes from the beginning at 1,000 ms.
    let last = runs(&pump, RunKind::Trial).iter().filter_map(|trial| trial.ended).max();
    assert!(last.is_some_and(|last| last.0 <= 1_180), "{last:?}");
}

#[test]
fn a_study_without_time_for_one_trial_fails_with_its_reason() {
    let (mut pump, plan) =
        ready(1, Script::default(), StudySpec { minutes: Some(0.000_001), ..reviews::study(10) });
    let mut driver = StudyDriver::new(plan).expect("it can be run");
    assert!(driver.wakes_at().is_some());
    pump.pump(&mut driver, |_, _| ());
    let status = driver.status();
    assert_eq!((status.phase, status.n_done), (StudyPhase::Failed, 0));
    let expected = "No trial of LogisticRegression came to its end within 0.000001 minutes.";
    assert_eq!(status.error.as_deref(), Some(expected));
    assert_eq!(driver.wakes_at(), None);
}

/// A study whose searches choose between words, and words and pairs of words.
fn of_two_corpora() -> StudySpec {
    let mut study = StudySpec { may_repeat: false, ..reviews::study(12) };
    for search in &mut study.searches {
        search.space.push((ParamName::NgramRange, Range::words(&["1-2", "1-1"])));
    }
    study
}

#[test]
fn settings_learn_from_the_corpus_they_need() {
    let (pump, driver) = run(2, Script::default(), of_two_corpora());
    assert_eq!(driver.status().phase, StudyPhase::Finished);
    let trials = runs(&pump, RunKind::Trial);
    for lengths in ["1-2", "1-1"] {
        let wanted = ParamValue::Text(lengths.to_owned());
        assert!(trials.iter().any(|trial| trial.params["ngram_range"] == wanted), "{lengths}");
    }
    assert!(trials.iter().all(|trial| trial.state == RunState::Finished));
    assert_eq!(driver.summary().models.iter().filter(|model| model.fit.is_some()).count(), 3);
    let queued: Value = Value::Text("1-1".into());
    let mut by_hand = of_two_corpora();
    by_hand.searches[0].queued = vec![[(ParamName::NgramRange, queued)].into_iter().collect()];
    let (pump, _) = run(1, Script::default(), by_hand);
    assert_eq!(runs(&pump, RunKind::Trial)[0].params["ngram_range"], ParamValue::Text("1-1".into()));
}

#[test]
fn a_study_whose_corpora_are_not_all_there_does_not_begin() {
    let (_, mut plan) = ready(1, Script::default(), of_two_corpora());
    plan.variants.clear();
    assert_eq!(StudyDriver::new(plan).err(), Some(StudyError::Corpora { needed: 2, found: 1 }));
}

fn timeless_trials(pump: &Pump) -> Vec<String> {
    runs(pump, RunKind::Trial).into_iter().map(|trial| timeless(&Record::Run(trial.clone()))).collect()
}

#[test]
fn pruned_trials_are_the_same_with_1_2_and_8_workers() {
    for pruner in [
        PrunerSpec::Median { n_startup_trials: 3, n_warmup_folds: 0 },
        PrunerSpec::Wilcoxon { p_threshold: 0.2, n_startup_folds: 2 },
        PrunerSpec::Halving { reduction_factor: 2, n_rungs: 1 },
    ] {
        let study = || StudySpec { pruner: pruner.clone(), ..reviews::study(16) };
        let (alone, one) = run(1, Script::default(), study());
        let trials = runs(&alone, RunKind::Trial);
        let pruned: Vec<&&Run> = trials.iter().filter(|trial| trial.state == RunState::Pruned).collect();
        assert!(!pruned.is_empty() && pruned.len() < trials.len(), "{pruner:?} prunes {}", pruned.len());
        for trial in pruned {
            assert!(!trial.folds.is_empty() && !trial.metrics.contains_key("cv_f1_macro"), "{trial:?}");
            assert_eq!(trial.folds.len() < 5, pruner.is_by_fold());
        }
        let status = one.status();
        let n_pruned: u32 = status.searches.iter().map(|search| search.n_pruned).sum();
        assert_eq!(n_pruned as usize, trials.iter().filter(|run| run.state == RunState::Pruned).count());
        for n_workers in [2, 8] {
            let script =
                Script::new((0..=255).cycle().take(4_000).map(|i: u8| i.wrapping_mul(89)).collect(), 5, 0);
            let (pump, _) = run(n_workers, script, study());
            assert_eq!(pump.timeless(), alone.timeless(), "{pruner:?} with {n_workers} workers");
        }
    }
}

#[test]
fn a_long_history_goes_to_each_worker_once() {
    let study = || {
        let mut study = reviews::study(250);
        study.searches.truncate(2);
        study
    };
    let (alone, driver) = run(1, Script::default(), study());
    assert_eq!(driver.status().n_done, 500);
    assert!(alone.most_trials_carried < 150, "{} trials in a job", alone.most_trials_carried);
    let (pump, _) = run(2, Script::new([1, 0, 1, 3, 7, 3, 2, 3].repeat(400), 9, 0), study());
    assert_eq!(pump.timeless(), alone.timeless());
}

/// Runs a study until `n_done` trials are stored, then stops it, or closes the tab.
fn cut(n_done: u64, is_stopped: bool, study: StudySpec) -> (Pump, StudyPlan) {
    let (mut pump, plan) = ready(2, Script::new([9, 13, 5, 17].repeat(300), 0, 0), study);
    let mut driver = StudyDriver::new(plan.clone()).expect("it can be run");
    let mut is_cut = false;
    pump.pump_while(&mut driver, |driver, pump| {
        if !is_cut && driver.status().n_done >= n_done {
            is_cut = true;
            if is_stopped {
                driver.on(Event::Stop { now: Millis(pump.now) });
            }
        }
        is_stopped || !is_cut
    });
    (pump, plan)
}

fn resume(pump: Pump, plan: StudyPlan) -> (Pump, StudyDriver) {
    let children: Vec<Run> =
        [runs(&pump, RunKind::Trial), runs(&pump, RunKind::Fit)].concat().into_iter().cloned().collect();
    let now = Millis(pump.now + 60_000);
    let mut driver = StudyDriver::resume(plan, &children, now).expect("it can be run");
    let mut pump = pump.after(now.0);
    pump.pump(&mut driver, |_, _| ());
    (pump, driver)
}

#[test]
fn a_study_that_was_cut_off_goes_on_as_if_it_never_was() {
    let study = || StudySpec {
        pruner: PrunerSpec::Median { n_startup_trials: 3, n_warmup_folds: 0 },
        ..reviews::study(14)
    };
    let (whole, _) = run(1, Script::default(), study());
    for (n_done, is_stopped) in [(1, true), (11, true), (11, false), (30, false), (41, true)] {
        let (pump, plan) = cut(n_done, is_stopped, study());
        let (pump, driver) = resume(pump, plan);
        let status = driver.status();
        assert_eq!(status.phase, StudyPhase::Finished);
        // The minute between stop and go is no time of the study.
        assert!(status.elapsed_ms < 60_000, "{} ms", status.elapsed_ms);
        assert_eq!(pump.timeless(), whole.timeless(), "cut after {n_done}");
    }
}

#[test]
fn a_finished_study_can_be_given_more_trials() {
    let (whole, _) = run(1, Script::default(), reviews::study(26));
    let (pump, driver) = run(1, Script::default(), reviews::study(12));
    let mut plan = driver.plan().clone();
    let mut said = runs(&pump, RunKind::Study)[0].clone();
    (said.name, said.note) = ("ours".to_owned(), "a note".to_owned());
    for (name, value) in [("by", "hand"), ("luck.LinearSVC", "of fewer trials"), ("ended_early", "then")] {
        said.tags.insert(name.to_owned(), value.to_owned());
    }
    plan.said = Said::of(&said);
    plan.study.searches.iter_mut().for_each(|search| search.n_trials = 26);
    let (pump, driver) = resume(pump, plan);
    assert_eq!(driver.status().phase, StudyPhase::Finished);
    assert_eq!(timeless_trials(&pump), timeless_trials(&whole));
    let study = runs(&pump, RunKind::Study)[0];
    assert_eq!((&study.state, &study.params["n_trials"]), (&RunState::Finished, &ParamValue::Int(78)));
    assert_eq!((study.name.as_str(), study.note.as_str()), ("ours", "a note"), "what people said stays");
    let tags: Vec<&str> = study.tags.keys().map(String::as_str).collect();
    assert!(
        tags.contains(&"by") && !tags.iter().any(|tag| tag.starts_with("luck.") || *tag == "ended_early")
    );
    for fit in &driver.status().fits {
        let record = runs(&pump, RunKind::Fit).into_iter().find(|run| run.id == fit.run);
        let record = record.expect("every fit shown has its record");
        assert_eq!(record.params["trial"], ParamValue::Int(i64::from(fit.trial)));
        assert_eq!(record.artifacts[0].sha256, fit.pipeline_sha256);
    }
}

#[test]
fn settings_queued_and_values_held_while_it_runs_are_tried_and_stored() {
    let (mut pump, plan) = ready(1, Script::new([9, 13, 5, 17, 2].repeat(300), 0, 0), reviews::study(150));
    let mut driver = StudyDriver::new(plan).expect("it can be run");
    let mut is_asked = false;
    pump.pump(&mut driver, |driver, _| {
        if !is_asked && driver.status().searches[0].n_done >= 5 {
            is_asked = true;
            let by_hand = [(ParamName::C, Value::Float(0.125))].into_iter().collect();
            driver.enqueue(0, by_hand).expect("it lies in the space");
            driver.freeze(0, ParamName::MinDf, Some(Value::Int(4))).expect("it lies in the space");
            let outside = [(ParamName::C, Value::Float(99.0))].into_iter().collect();
            assert!(driver.enqueue(0, outside).is_err());
            assert!(driver.freeze(1, ParamName::C, Some(Value::Float(1.0))).is_err());
        }
    });
    let of_first: Vec<&Run> = runs(&pump, RunKind::Trial)
        .into_iter()
        .filter(|trial| trial.params["model"] == ParamValue::Text("LogisticRegression".into()))
        .collect();
    let c = |trial: &Run| trial.params["C"].clone();
    let at = of_first.iter().position(|trial| c(trial) == ParamValue::Float(0.125)).expect("it was tried");
    assert!((5..140).contains(&at), "{at}");
    assert!(of_first[at..].iter().all(|trial| trial.params["min_df"] == ParamValue::Int(4)));
    let Some(RunSpec::Study(spec)) = &runs(&pump, RunKind::Study)[0].spec else { panic!("a study's") };
    assert_eq!(spec.searches[0].queued.len(), 1);
    assert_eq!(spec.searches[0].frozen[&ParamName::MinDf], Value::Int(4));
}

#[test]
fn a_study_stops_when_it_is_pointless_and_says_so() {
    let study = StudySpec { stop_rule: Some(StopRule { patience: 10 }), ..reviews::study(400) };
    let (pump, driver) = run(2, Script::default(), study);
    let status = driver.status();
    assert_eq!((status.phase, status.fits.len()), (StudyPhase::Finished, 3));
    for search in &status.searches {
        assert!((20..400).contains(&search.n_done), "{}", search.n_done);
        let said = search.ended.as_deref().unwrap_or_default();
        assert!(said.starts_with("The last 10 trials gained ") && said.ends_with("pointless."), "{said}");
    }
    assert!(runs(&pump, RunKind::Study)[0].tags.contains_key(ENDED_TAG));
}

#[test]
fn a_curve_and_luck_are_asked_for_in_order_whatever_dies() {
    let (mut pump, driver) = run(2, Script::new([1, 0, 1, 3].repeat(400), 0, 0), reviews::study(6));
    let plan = driver.plan().clone();
    let pipeline = plan.study.searches[1].base.clone();
    let mut curve = QuestionDriver::learning_curve(&plan, &pipeline);
    pump = pump.after(9_000).killing([0, 2, 5]);
    pump.pump(&mut curve, |_, _| ());
    assert_eq!((curve.failed(), curve.progress()), (None, (6, 6)));
    let shares: Vec<f64> = curve.answers().map(|point| point.share).collect();
    assert_eq!(shares, CURVE_SHARES);
    let summary = driver.summary();
    let trials: Vec<&[Trial]> = summary.models.iter().map(|model| model.trials.as_slice()).collect();
    let (models, mut luck) = QuestionDriver::luck(&plan, &trials);
    pump = pump.after(9_900);
    pump.pump(&mut luck, |_, _| ());
    assert_eq!((models.len(), luck.answers().filter(|output| output.luck.is_some()).count()), (3, 3));
    let mut lost = QuestionDriver::learning_curve(&plan, &pipeline);
    pump = pump.after(10_900).killing(0..100);
    pump.pump(&mut lost, |_, _| ());
    assert!(matches!(lost.failed(), Some(QuestionError::Lost { n_losses: 8, .. })), "{:?}", lost.failed());
}

/// A study of two models after `metric`.
fn after(metric: Metric) -> StudySpec {
    let mut study = StudySpec { metric, ..reviews::study(12) };
    study.searches.truncate(2);
    study
}

#[test]
fn a_study_after_a_loss_looks_for_the_least_and_says_so_in_its_records() {
    let (pump, driver) = run(1, Script::default(), after(Metric::LogLoss));
    let trials = runs(&pump, RunKind::Trial);
    let loss = |run: &Run| run.metrics["cv_log_loss"];
    assert!(trials.iter().all(|trial| loss(trial) > 0.0 && trial.metrics.contains_key("cv_f1_macro")));
    for fit in runs(&pump, RunKind::Fit) {
        let own = trials.iter().filter(|trial| trial.params["model"] == fit.params["model"]);
        let least = own.map(|trial| loss(trial)).fold(f64::INFINITY, f64::min);
        assert_eq!((loss(fit), fit.metrics["test_log_loss"]), (least, fit.metrics["log_loss"]));
    }
    let study = runs(&pump, RunKind::Study)[0];
    assert_eq!(study.params["metric"], ParamValue::Text("log_loss".into()));
    assert!(loss(study) < study.metrics["dummy_cv_log_loss"], "{:?}", study.metrics);
    let json = driver.summary().to_json();
    assert!(json.contains(r#""cv_metric":{"name":"log_loss","mean":0."#), "{json}");
    // What was stored is read back to the same trials.
    let read: Vec<Trial> = trials
        .iter()
        .filter_map(|run| trial_of(&study.id, &driver.plan().study, run))
        .filter_map(|(search, trial)| (search == 0).then_some(trial))
        .collect();
    let known: Vec<&Trial> = driver.stored_trials(0, 0).map(|(trial, _)| trial).collect();
    assert_eq!(read.len(), known.len());
    for (read, known) in read.iter().zip(known) {
        assert_eq!((&read.outcome, &read.setting), (&known.outcome, &known.setting));
        assert!(read.mean().is_some_and(|mean| mean < 0.0), "more is better in a trial");
    }
}

#[test]
fn pruned_studies_after_any_metric_are_the_same_with_1_and_3_workers() {
    for metric in [Metric::RocAuc, Metric::Mcc] {
        for pruner in [PrunerSpec::median(), PrunerSpec::halving()] {
            let study = || StudySpec { pruner: pruner.clone(), ..after(metric) };
            let (alone, _) = run(1, Script::default(), study());
            let (pump, _) = run(3, Script::new([3, 7, 0, 3, 1, 3, 2].repeat(300), 5, 0), study());
            assert_eq!(timeless_trials(&pump), timeless_trials(&alone), "{metric:?} {pruner:?}");
        }
    }
}

#[test]
fn a_metric_of_probabilities_refuses_a_model_without() {
    let (_, mut plan) = ready(1, Script::default(), reviews::study(5));
    plan.study.metric = Metric::Brier;
    let error = StudyDriver::new(plan).expect_err("a linear SVM is among them").to_string();
    let expected = "Brier score needs probabilities, which LinearSVC does not have: choose another metric or leave \
                    the model out.";
    assert_eq!(error, expected);
}

/// A setting that no fold can be fitted with is a failed trial with its reason; the search goes on.
#[test]
fn a_trial_that_cannot_be_fitted_fails_with_its_reason_and_the_study_goes_on() {
    let mut study = reviews::study(12);
    // Above the number of reviews no word is left.
    study.searches[0].space = vec![(ParamName::MinDf, Range::Int { low: 3, high: 403, step: 100 })];
    study.may_repeat = true;
    for pruner in [PrunerSpec::None, PrunerSpec::median(), PrunerSpec::halving()] {
        let (pump, driver) = run(2, Script::default(), StudySpec { pruner, ..study.clone() });
        let status = driver.status();
        assert_eq!((status.phase, status.n_done, status.fits.len()), (StudyPhase::Finished, 36, 3));
        let n_failed = status.searches[0].n_failed;
        assert!((1..12).contains(&n_failed), "{n_failed} of 12");
        let failed: Vec<&Run> = runs(&pump, RunKind::Trial)
            .into_iter()
            .filter(|trial| matches!(&trial.state, RunState::Failed { reason } if reason.contains("min_df")))
            .collect();
        assert_eq!(failed.len(), n_failed as usize);
        assert!(
            failed.iter().all(|trial| trial.folds.is_empty() && !trial.metrics.contains_key("cv_f1_macro"))
        );
    }
}
