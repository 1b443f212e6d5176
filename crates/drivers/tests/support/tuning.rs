//! Budgets, small spaces and variants of a study, under a scripted executor.

use drivers::{Driver as _, ENDED_TAG, Read, ReadDriver, StudyDriver, StudyError, StudyPhase, StudyPlan};
use engine::dataset::DatasetRecipe;
use engine::tune::{ParamName, Range, StudySpec, Value};
use jobs::Session;
use track::record::Record;
use track::run::{ParamValue, Run, RunKind, RunState};

use crate::reviews;
use crate::support::{Pump, Script};

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

fn runs(pump: &Pump, kind: RunKind) -> Vec<&Run> {
    let mut runs = Vec::new();
    for record in pump.records.values() {
        if let Record::Run(run) = record
            && run.kind == kind
        {
            runs.push(run);
        }
    }
    runs
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
