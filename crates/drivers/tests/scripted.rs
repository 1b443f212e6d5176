//! Drivers under a scripted executor: whatever it does to workers, answers and stores, the records are the
//! same, times apart.

#[path = "support/mod.rs"]
mod support;
#[path = "support/reviews.rs"]
mod reviews;
#[path = "support/tuning.rs"]
mod tuning;
#[path = "support/passes.rs"]
mod passes;
#[path = "support/flows.rs"]
mod flows;
#[path = "support/contests.rs"]
mod contests;

use drivers::{Driver, Event, StudyDriver, StudyPhase, StudyPlan, StudySummary};
use engine::pipeline::{
    AbstainRule, Calibration, CalibrationMethod, DecisionSpec, FittedPipeline, ThresholdGoal,
};
use engine::split::{SplitKind, SplitSpec};
use engine::tune::StudySpec;
use proptest::prelude::{ProptestConfig, any, prop, proptest};
use proptest::prop_assert_eq;
use track::id::Millis;
use track::record::Record;
use track::run::{ParamValue, Run, RunKind, RunState};

use support::{Pump, Script, runs, timeless};

const N_ROWS: usize = 240;
const N_TRIALS: u32 = 13;

/// A pump whose blobs hold the counted reviews, and the study's plan.
fn ready(n_workers: usize, script: Script) -> (Pump, StudyPlan) {
    ready_for(reviews::study(N_TRIALS), n_workers, script)
}

fn ready_for(study: StudySpec, n_workers: usize, script: Script) -> (Pump, StudyPlan) {
    let file = reviews::csv(N_ROWS);
    let total_bytes = file.len() as u64;
    let mut reader = Pump::new(file, 1, Script::default());
    let (table, read) = reviews::read(&mut reader, total_bytes);
    let mut pump = Pump::new(Vec::new(), n_workers, script);
    pump.blobs = reader.blobs;
    (pump, reviews::plan(&table, &read, study))
}

fn driver(plan: StudyPlan) -> StudyDriver {
    StudyDriver::new(plan).expect("the reference can be run")
}

/// Runs a study under a script; a refused store is tried again.
fn study(n_workers: usize, script: Script) -> (Pump, StudyDriver) {
    study_of(reviews::study(N_TRIALS), n_workers, script)
}

fn study_of(study: StudySpec, n_workers: usize, script: Script) -> (Pump, StudyDriver) {
    let (mut pump, plan) = ready_for(study, n_workers, script);
    let mut driver = driver(plan);
    pump.pump(&mut driver, |driver, pump| {
        if driver.status().error.is_some() {
            driver.on(Event::Retry { now: Millis(pump.now) });
        }
    });
    (pump, driver)
}

/// The summary's JSON without times.
fn timeless_json(summary: &StudySummary) -> String {
    fn strip(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Object(fields) => {
                fields.retain(|key, _| !key.ends_with("_ms") && !key.ends_with("_time"));
                fields.values_mut().for_each(strip);
            }
            serde_json::Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let mut value = serde_json::from_str(&summary.to_json()).expect("a summary is JSON");
    strip(&mut value);
    value.to_string()
}

#[test]
fn a_study_leaves_all_its_records() {
    let (pump, driver) = study(1, Script::default());
    let trials = runs(&pump, RunKind::Trial);
    assert_eq!(trials.len(), 3 * N_TRIALS as usize);
    let studies = runs(&pump, RunKind::Study);
    let [run] = studies.as_slice() else { panic!("one study") };
    assert_eq!(run.state, RunState::Finished);
    assert!(run.ended >= Some(run.created));
    let fits = runs(&pump, RunKind::Fit);
    assert_eq!(fits.len(), 3);
    for fit in &fits {
        assert_eq!((&fit.state, fit.parent.as_ref()), (&RunState::Finished, Some(&run.id)));
        assert!(pump.stored_blobs.contains(&fit.artifacts[0].sha256));
        assert!(fit.metrics["test_f1"] > fit.metrics["dummy_f1"], "{:?}", fit.metrics);
        assert!(fit.metrics.contains_key("test_recall_negative"));
        assert_eq!(fit.metrics["model_size_bytes"], fit.artifacts[0].bytes as f64);
        let best = trials.iter().filter(|trial| trial.params["model"] == fit.params["model"]);
        let most = best.map(|trial| trial.metrics["cv_f1_macro"]).fold(0.0, f64::max);
        assert_eq!(fit.metrics["cv_f1_macro"].to_bits(), most.to_bits());
    }
    let best = fits.iter().fold(fits[0], |best, fit| {
        if fit.metrics["cv_f1_macro"] > best.metrics["cv_f1_macro"] { fit } else { best }
    });
    assert_eq!(run.tags[drivers::BEST_FIT_TAG], best.id.0);
    let status = driver.status();
    assert_eq!((status.phase, status.n_done, status.n_total), (StudyPhase::Finished, 39, 39));
    assert!(status.stored && status.fits.len() == 3 && status.left_ms.is_none());
    let guess = status.guess.expect("guessing is measured on the same folds");
    assert_eq!((guess.fold_f1_macro.len(), guess.cv_f1_macro), (5, run.metrics[drivers::GUESS_CV]));
    assert!(guess.cv_f1_macro < run.metrics["cv_f1_macro"], "{guess:?}");
    assert_eq!(pump.most_stores_at_once, 1);
}

#[test]
fn a_trial_keeps_its_setting_folds_and_times() {
    let (pump, _) = study(1, Script::default());
    for trial in runs(&pump, RunKind::Trial) {
        assert_eq!(trial.folds.len(), 5);
        let mean = trial.folds.iter().map(|fold| fold.f1_macro).sum::<f64>() / 5.0;
        assert_eq!(trial.metrics["cv_f1_macro"].to_bits(), mean.to_bits());
        for name in ["model", "min_df", "max_df", "max_features", "ngram_range", "vectorizer"] {
            assert!(trial.params.contains_key(name), "{name} of {:?}", trial.params);
        }
        assert!(trial.params.contains_key("C") != trial.params.contains_key("alpha"));
        assert!(trial.ended > Some(trial.created), "every clock moves on");
    }
}

/// Names of a run's parameters, then of its metrics.
fn names(run: &Run) -> String {
    let params: Vec<&str> = run.params.keys().map(String::as_str).collect();
    let metrics: Vec<&str> = run.metrics.keys().map(String::as_str).collect();
    format!("{}\n{}\n", params.join(" "), metrics.join(" "))
}

#[test]
fn parameters_and_metrics_have_the_fields_names() {
    let (pump, _) = study(1, Script::default());
    let study = names(runs(&pump, RunKind::Study)[0]);
    let trial = names(runs(&pump, RunKind::Trial)[0]);
    let fits: String = runs(&pump, RunKind::Fit).into_iter().map(names).collect();
    expect_test::expect![[r#"
        models n_folds n_trials split test_share
        accuracy cv_f1_macro cv_f1_std dummy_cv_f1_macro dummy_cv_f1_std dummy_test_f1_macro study_time test_f1 train_f1
        C class_weight max_df max_features min_df model ngram_range preprocessing solver sublinear_tf vectorizer
        cv_f1_macro cv_f1_std fit_time
        C class_weight max_df max_features min_df model ngram_range preprocessing solver sublinear_tf trial vectorizer
        accuracy average_precision brier cv_f1_macro cv_f1_std dummy_f1 ece f1_binary f1_weighted fit_time log_loss mcc model_size_bytes n_terms predict_time roc_auc study_time test_f1 test_f1_high test_f1_low test_f1_negative test_f1_positive test_precision_negative test_precision_positive test_recall_negative test_recall_positive train_f1
        algorithm alpha max_df max_features min_df model ngram_range preprocessing sublinear_tf trial vectorizer
        accuracy average_precision brier cv_f1_macro cv_f1_std dummy_f1 ece f1_binary f1_weighted fit_time log_loss mcc model_size_bytes n_terms predict_time roc_auc study_time test_f1 test_f1_high test_f1_low test_f1_negative test_f1_positive test_precision_negative test_precision_positive test_recall_negative test_recall_positive train_f1
        C class_weight max_df max_features min_df model ngram_range preprocessing solver sublinear_tf trial vectorizer
        accuracy average_precision brier cv_f1_macro cv_f1_std dummy_f1 ece f1_binary f1_weighted fit_time log_loss mcc model_size_bytes n_terms predict_time roc_auc study_time test_f1 test_f1_high test_f1_low test_f1_negative test_f1_positive test_precision_negative test_precision_positive test_recall_negative test_recall_positive train_f1
    "#]].assert_eq(&format!("{study}{trial}{fits}"));
}

#[test]
fn records_are_the_same_with_1_2_and_8_workers() {
    let (alone, one) = study(1, Script::default());
    for n_workers in [2, 8] {
        let script =
            Script::new((0..=255).cycle().take(4_000).map(|i: u8| i.wrapping_mul(89)).collect(), 0, 0);
        let (pump, driver) = study(n_workers, script);
        assert_eq!(pump.timeless(), alone.timeless());
        assert_eq!(timeless_json(&driver.summary()), timeless_json(&one.summary()));
        assert_eq!(pump.stored_blobs, alone.stored_blobs);
    }
}

#[track_caller]
fn check_split(split: SplitSpec, n_scores: usize) {
    let mut spec = reviews::study(3);
    spec.split = split;
    let (alone, one) = study_of(spec.clone(), 1, Script::default());
    assert_eq!(one.status().phase, StudyPhase::Finished, "{:?}", one.status().error);
    let trials = runs(&alone, RunKind::Trial);
    assert!(trials.len() == 9 && trials.iter().all(|trial| trial.folds.len() == n_scores));
    let fits = runs(&alone, RunKind::Fit);
    assert!(fits.iter().all(|fit| fit.metrics["test_f1"] > fit.metrics["dummy_f1"]));
    let script = Script::new([3, 7, 0, 3, 1, 3, 2].repeat(300), 5, 0);
    let (pump, driver) = study_of(spec, 3, script);
    assert!(pump.n_killed > 0);
    assert_eq!(pump.timeless(), alone.timeless());
    assert_eq!(timeless_json(&driver.summary()), timeless_json(&one.summary()));
}

#[test]
fn every_way_to_part_rows_gives_the_same_records_whatever_happens_to_workers() {
    let reference = SplitSpec::reference();
    let of_kind = |kind| SplitSpec { kind, ..reference.clone() };
    check_split(of_kind(SplitKind::Plain), 5);
    check_split(of_kind(SplitKind::Grouped), 5);
    check_split(of_kind(SplitKind::ByGroup), 5);
    check_split(of_kind(SplitKind::ByTime), 5);
    check_split(SplitSpec { n_folds: 8, n_repeats: 3, ..reference.clone() }, 24);
    check_split(SplitSpec { n_folds: 3, n_repeats: 2, ..of_kind(SplitKind::ByGroup) }, 6);
}

#[test]
fn rows_without_dates_cannot_be_parted_by_time() {
    let mut spec = reviews::study(2);
    spec.split.kind = SplitKind::ByTime;
    let (mut pump, mut plan) = ready_for(spec, 1, Script::default());
    // Counts as a recipe without a column of dates gives them.
    let mut counts = engine::features::Counts::from_bytes(&pump.blobs[&plan.counts]).expect("counts");
    counts.keys.times.clear();
    plan.counts = counts.content_hash();
    pump.blobs.insert(plan.counts, counts.to_bytes());
    let mut driver = driver(plan);
    pump.pump(&mut driver, |_, _| ());
    let error = driver.status().error.expect("no model came out");
    assert!(error.starts_with("0 dates were given for 240 rows: choose the column"), "{error}");
}

#[test]
fn answers_are_learned_from_held_out_scores() {
    let mut spec = reviews::study(3);
    spec.decision = DecisionSpec {
        calibration: CalibrationMethod::Platt,
        threshold: ThresholdGoal::MacroF1,
        abstain: AbstainRule::Share { share: 0.2 },
    };
    let (own, _) = study_of(reviews::study(3), 1, Script::default());
    let (pump, driver) = study_of(spec.clone(), 1, Script::default());
    for (fit, without) in runs(&pump, RunKind::Fit).iter().zip(runs(&own, RunKind::Fit)) {
        assert_eq!(fit.params["calibration"], ParamValue::Text("platt".into()));
        assert_eq!(fit.params["threshold_goal"], ParamValue::Text("macro_f1".into()));
        assert_eq!(fit.params["abstain_share"], ParamValue::Float(0.2));
        assert!(fit.metrics["coverage"] < 1.0 && fit.metrics["held_out_ece"] < 0.2, "{:?}", fit.metrics);
        // A cut tuned on the held-out rows is no worse on them than the model's own.
        assert!(fit.metrics["held_out_f1"] + 0.05 > without.metrics["cv_f1_macro"]);
        assert!(!without.metrics.contains_key("coverage") && !without.params.contains_key("threshold"));
        let saved = FittedPipeline::from_bytes(&pump.blobs[&fit.artifacts[0].sha256]).expect("a pipeline");
        assert_eq!(fit.params["threshold"], ParamValue::Float(saved.threshold));
        assert!(matches!(saved.calibration, Calibration::Platt { .. }) && saved.abstain.is_some());
        assert!(fit.metrics["test_f1_low"] <= fit.metrics["test_f1"]);
        assert!(fit.metrics["test_f1"] <= fit.metrics["test_f1_high"]);
    }
    let (other, same) = study_of(spec, 3, Script::new([3, 7, 0, 3, 1, 3, 2].repeat(300), 5, 0));
    assert_eq!(other.timeless(), pump.timeless());
    assert_eq!(timeless_json(&same.summary()), timeless_json(&driver.summary()));
}

#[test]
fn a_threshold_parts_two_classes_only() {
    let (_, mut plan) = ready(1, Script::default());
    plan.study.decision.threshold = ThresholdGoal::MacroF1;
    plan.classes.push(("mixed".to_owned(), 100));
    let error = StudyDriver::new(plan).expect_err("there are three classes").to_string();
    assert_eq!(error, "a threshold parts two classes, and here are 3: leave the threshold to the model.");
}

#[test]
fn a_killed_worker_costs_only_its_job() {
    let (alone, _) = study(1, Script::default());
    let (pump, _) = study(2, Script::new([1, 0, 1, 3, 7, 3, 2, 3].repeat(200), 7, 0));
    assert_eq!(pump.n_killed, 7);
    assert_eq!(pump.timeless(), alone.timeless());
}

#[test]
fn what_was_not_stored_is_stored_when_asked_again() {
    let (alone, _) = study(1, Script::default());
    let (mut pump, plan) = ready(1, Script::new([0, 1, 2, 1, 1, 5].repeat(300), 0, 3));
    let mut driver = driver(plan);
    let mut n_waits = 0;
    pump.pump(&mut driver, |driver, pump| {
        let status = driver.status();
        assert!(status.n_done as usize <= runs(pump, RunKind::Trial).len(), "only what is stored is shown");
        if let Some(error) = status.error {
            assert_eq!(error, "There is no room left.");
            assert!(!status.stored && driver.next().is_empty(), "a study that waits asks for nothing");
            n_waits += 1;
            driver.on(Event::Retry { now: Millis(pump.now) });
        }
    });
    assert_eq!((n_waits, pump.n_refused), (3, 3));
    assert_eq!(pump.timeless(), alone.timeless());
    assert_eq!(pump.most_stores_at_once, 1);
}

#[test]
fn stop_keeps_what_is_finished() {
    let (alone, _) = study(1, Script::default());
    let (mut pump, plan) = ready(2, Script::new([9, 13, 5, 17].repeat(300), 0, 0));
    let mut driver = driver(plan);
    let mut is_stopped = false;
    pump.pump(&mut driver, |driver, pump| {
        if !is_stopped && driver.status().n_done >= 10 {
            is_stopped = true;
            driver.on(Event::Stop { now: Millis(pump.now) });
        }
    });
    let status = driver.status();
    assert_eq!(status.phase, StudyPhase::Stopped);
    assert!(is_stopped && (10..39).contains(&status.n_done), "{}", status.n_done);
    let whole = status.searches.iter().filter(|search| search.n_done == search.n_total).count();
    assert!(status.fits.len() <= whole, "only a search that came to its end has a fit");
    assert_eq!(runs(&pump, RunKind::Study)[0].state, RunState::Killed);
    assert_eq!(runs(&pump, RunKind::Trial).len() as u64, status.n_done);
    let whole = alone.timeless();
    let finished = runs(&pump, RunKind::Trial).into_iter().map(|trial| timeless(&Record::Run(trial.clone())));
    assert!(finished.into_iter().all(|trial| whole.contains(&trial)), "stopping changes no trial");
}

#[test]
fn stop_gives_up_a_study_that_cannot_be_stored() {
    let (mut pump, plan) = ready(1, Script::full());
    let mut driver = driver(plan);
    pump.pump(&mut driver, |driver, pump| {
        if driver.status().error.is_some() {
            driver.on(Event::Stop { now: Millis(pump.now) });
        }
    });
    let status = driver.status();
    assert_eq!((status.phase, status.stored), (StudyPhase::Failed, false));
    assert_eq!(status.error.as_deref(), Some("There is no room left."));
    assert!(pump.records.is_empty(), "nothing was stored, so nothing is shown: {:?}", status.n_done);
    assert_eq!(status.n_done, 0);
}

#[test]
fn a_search_that_cannot_be_evaluated_fails_and_the_others_go_on() {
    let (mut pump, mut plan) = ready(2, Script::default());
    // No term stands in so many reviews.
    plan.study.searches[1].space.retain(|(name, _)| *name != engine::tune::ParamName::MinDf);
    plan.study.searches[1].base.vectorizer.min_df = engine::features::DocumentFrequency::Count(100_000);
    let mut driver = driver(plan);
    pump.pump(&mut driver, |_, _| ());
    let status = driver.status();
    assert_eq!((status.phase, status.fits.len()), (StudyPhase::Finished, 2));
    let reason = status.searches[1].failed.clone().expect("it has no model");
    assert!(reason.starts_with("No setting of MultinomialNB could be evaluated: "), "{reason}");
    let failed: Vec<&Run> =
        runs(&pump, RunKind::Fit).into_iter().filter(|run| run.state != RunState::Finished).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].state, RunState::Failed { reason });
}

#[test]
fn workers_that_always_die_fail_the_study() {
    let (mut pump, plan) = ready(1, Script::killing(0..1_000));
    let mut driver = driver(plan);
    pump.pump(&mut driver, |_, _| ());
    let status = driver.status();
    assert_eq!(status.phase, StudyPhase::Failed);
    assert_eq!(
        status.error.as_deref(),
        Some("The worker of LogisticRegression died 8 times in a row: killed by the script")
    );
}

#[test]
fn more_folds_than_the_smallest_class_has_reviews_are_refused_however_rows_are_parted() {
    let (_, plan) = ready(1, Script::default());
    for kind in [SplitKind::Stratified, SplitKind::Plain, SplitKind::Grouped, SplitKind::ByTime] {
        for n_rows in [1, 2, 6, 7, 8] {
            let mut plan = plan.clone();
            plan.classes[0].1 = n_rows;
            plan.study.split = SplitSpec { n_folds: 5, kind, ..SplitSpec::reference() };
            let told = plan.study.problems(&plan.classes);
            let refused = StudyDriver::new(plan).is_err();
            assert_eq!(refused, n_rows < 8, "{n_rows} reviews, {kind:?}");
            // What a form says at the field and what a driver refuses are the same.
            assert_eq!(refused, told.iter().any(|problem| problem.path == "split.n_folds"), "{told:?}");
        }
    }
}

#[test]
fn too_few_reviews_of_a_class_are_told_before_anything_runs() {
    let (_, mut plan) = ready(1, Script::default());
    plan.classes[0].1 = 1;
    let error = StudyDriver::new(plan).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(error.starts_with("Class 'negative' has 1 usable rows"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn records_do_not_depend_on_the_script(
        bytes in prop::collection::vec(any::<u8>(), 0..600),
        n_workers in 1usize..9,
        n_kills in 0usize..8,
        n_refusals in 0usize..5,
    ) {
        let (pump, _) = study(n_workers, Script::new(bytes, n_kills, n_refusals));
        let (alone, _) = study(1, Script::default());
        prop_assert_eq!(pump.timeless(), alone.timeless());
        prop_assert_eq!(pump.most_stores_at_once, 1);
    }
}
