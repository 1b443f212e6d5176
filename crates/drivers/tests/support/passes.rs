//! Passes over a file, under a scripted executor.

use drivers::{
    AuditDriver, AuditFile, Driver as _, Event, PassError, ScanDriver, SurveyCleaning, SurveyDriver,
};
use engine::audit::FindingKind;
use engine::dataset::DatasetRecipe;
use engine::pipeline::PipelineSpec;
use engine::table::FileError;
use jobs::Session;
use track::id::Millis;

use crate::reviews;
use crate::support::{Pump, Script};

const N_ROWS: usize = 240;

/// Reviews over and over, so that there are three chunks and few different rows.
fn long_file() -> Vec<u8> {
    let reviews = reviews::csv(N_ROWS);
    let header = "Review text,Ratings,Day,Shop\n".len();
    let mut file = reviews.clone();
    while (file.len() as u64) < 2 * drivers::CHUNK_BYTES + 1_000 {
        file.extend(&reviews[header..]);
    }
    file
}

#[test]
fn a_file_lost_in_the_middle_is_read_again() {
    let file = long_file();
    let total_bytes = file.len() as u64;
    let mut undisturbed = Pump::new(file.clone(), 1, Script::default());
    let expected = reviews::read(&mut undisturbed, total_bytes);
    assert_eq!(undisturbed.n_jobs, 6, "three chunks a pass");
    let mut disturbed = Pump::new(file, 3, Script::killing([1, 5, 7, 10]));
    assert_eq!(reviews::read(&mut disturbed, total_bytes), expected);
    assert_eq!(disturbed.n_killed, 4);
    assert_eq!(disturbed.blobs, undisturbed.blobs);
}

#[test]
fn an_audit_is_the_same_whatever_happens_to_workers() {
    let file = long_file();
    let total_bytes = file.len() as u64;
    let mut reader = Pump::new(file.clone(), 1, Script::default());
    let (table, _) = reviews::read(&mut reader, total_bytes);
    let study = reviews::study(1);
    let audit = |script: Script| {
        let of = AuditFile {
            recipe: reviews::recipe(&table),
            split: study.split.clone(),
            pipeline: Some(study.searches[0].base.clone()),
        };
        let mut driver = AuditDriver::new(Session(0), total_bytes, of);
        let mut pump = Pump::new(file.clone(), 2, script);
        pump.pump(&mut driver, |_, _| ());
        (pump, driver.take_outcome().expect("it is finished").expect("the file can be read"))
    };
    let (undisturbed, expected) = audit(Script::default());
    assert!(undisturbed.n_jobs == 3 && undisturbed.records.is_empty());
    let (disturbed, found) = audit(Script::killing([1, 3]));
    assert_eq!((disturbed.n_killed, &found), (2, &expected));
    let repeats = expected.findings.iter().find(|finding| finding.kind == FindingKind::ExactRepeats);
    assert!(repeats.is_some_and(|finding| finding.n_rows > 100_000), "{:?}", expected.findings);
    assert!(expected.findings.iter().any(|finding| finding.effect.is_some()));
}

#[test]
fn what_boilerplate_does_to_the_score_is_measured_by_another_pass() {
    let file: Vec<u8> = String::from_utf8(reviews::csv(N_ROWS))
        .expect("a table of text")
        .lines()
        .enumerate()
        .map(|(line, row)| match (line, row.split_once(',')) {
            (0, _) | (_, None) => format!("{row}\n"),
            (_, Some((text, rest))) => format!("{text}READ MORE,{rest}\n"),
        })
        .collect::<String>()
        .into_bytes();
    let total_bytes = file.len() as u64;
    let mut reader = Pump::new(file.clone(), 1, Script::default());
    let (table, _) = reviews::read(&mut reader, total_bytes);
    let study = reviews::study(1);
    let audit = |script: Script, recipe: DatasetRecipe| {
        let of =
            AuditFile { recipe, split: study.split.clone(), pipeline: Some(study.searches[0].base.clone()) };
        let mut driver = AuditDriver::new(Session(0), total_bytes, of);
        let mut pump = Pump::new(file.clone(), 2, script);
        pump.pump(&mut driver, |_, _| ());
        (pump.n_jobs, driver.take_outcome().expect("it is finished").expect("the file can be read"))
    };
    let recipe = reviews::recipe(&table);
    let (n_jobs, expected) = audit(Script::default(), recipe.clone());
    assert_eq!(n_jobs, 2, "one chunk a pass");
    let is_boilerplate = |kind: &FindingKind| matches!(kind, FindingKind::Boilerplate { .. });
    let found = expected.findings.iter().find(|finding| is_boilerplate(&finding.kind)).expect("READ MORE");
    let effect = found.effect.expect("it is measured");
    let mut mended = recipe.clone();
    found.fix.as_ref().expect("it can be stripped").apply_to_recipe(&mut mended);
    // Mended, it is found in the file still, and stripping it again changes nothing.
    let (_, without) = audit(Script::default(), mended);
    assert_eq!(Some(effect.f1_macro), expected.held_out_f1);
    assert_eq!(Some(effect.f1_macro_without), without.held_out_f1);
    assert_eq!(audit(Script::killing([0, 2]), recipe).1, expected, "whatever happens to workers");
}

#[test]
fn what_dropping_the_words_that_tell_does_is_measured_for_all_of_them_by_one_pass() {
    let file: Vec<u8> = String::from_utf8(reviews::csv(N_ROWS))
        .expect("a table of text")
        .lines()
        .enumerate()
        .map(|(line, row)| match (line, row.split_once(',')) {
            (0, _) | (_, None) => format!("{row}\n"),
            (_, Some((text, rest))) if rest.starts_with('5') => format!("{text} fivestar topmark,{rest}\n"),
            (_, Some((text, rest))) => format!("{text},{rest}\n"),
        })
        .collect::<String>()
        .into_bytes();
    let total_bytes = file.len() as u64;
    let mut reader = Pump::new(file.clone(), 1, Script::default());
    let (table, _) = reviews::read(&mut reader, total_bytes);
    let study = reviews::study(1);
    let audit = |recipe: DatasetRecipe| {
        let pipeline = study.searches[0].base.clone();
        let pipeline = Some(PipelineSpec { cleaning: recipe.cleaning.clone(), ..pipeline });
        let of = AuditFile { recipe, split: study.split.clone(), pipeline };
        let mut driver = AuditDriver::new(Session(0), total_bytes, of);
        let mut pump = Pump::new(file.clone(), 2, Script::default());
        pump.pump(&mut driver, |_, _| ());
        driver.take_outcome().expect("it is finished").expect("the file can be read")
    };
    let expected = audit(reviews::recipe(&table));
    let is_word = |kind: &FindingKind| matches!(kind, FindingKind::Giveaway { .. });
    let words: Vec<_> = expected.findings.iter().filter(|finding| is_word(&finding.kind)).collect();
    assert!(words.len() >= 2, "{:?}", expected.findings);
    let mut mended = reviews::recipe(&table);
    words.iter().for_each(|word| word.fix.as_ref().expect("it can be dropped").apply_to_recipe(&mut mended));
    assert_eq!(mended.cleaning.len(), reviews::recipe(&table).cleaning.len() + 1, "one step drops them all");
    let without = audit(mended);
    for word in words {
        let effect = word.effect.expect("it is measured");
        assert_eq!(Some(effect.f1_macro), expected.held_out_f1);
        assert_eq!(Some(effect.f1_macro_without), without.held_out_f1);
    }
    let is_told =
        |kind: &FindingKind| matches!(kind, FindingKind::Giveaway { word, .. } if word == "fivestar");
    assert!(!without.findings.iter().any(|finding| is_told(&finding.kind)), "it is dropped");
}

#[test]
fn an_audit_that_is_stopped_while_it_measures_ends_at_once() {
    let mut driver = AuditDriver::new(
        Session(0),
        100,
        AuditFile {
            recipe: {
                let file = reviews::csv(N_ROWS);
                let mut reader = Pump::new(file.clone(), 1, Script::default());
                reviews::recipe(&reviews::read(&mut reader, file.len() as u64).0)
            },
            split: reviews::study(1).split,
            pipeline: None,
        },
    );
    assert_eq!(driver.next().len(), 1);
    driver.on(Event::Stop { now: Millis(0) });
    assert_eq!(driver.next().len(), 1, "the chunk is cancelled, and no other is asked for");
    assert!(driver.next().is_empty() && driver.is_finished());
    assert_eq!(driver.take_outcome(), Some(Err(PassError::Stopped)));
}

#[test]
fn a_survey_of_the_cleaning_is_the_same_whatever_happens_to_workers() {
    let file = long_file();
    let total_bytes = file.len() as u64;
    let mut reader = Pump::new(file.clone(), 1, Script::default());
    let (table, output) = reviews::read(&mut reader, total_bytes);
    let survey = |script: Script| {
        let of = SurveyCleaning { recipe: reviews::recipe(&table) };
        let mut driver = SurveyDriver::new(Session(0), total_bytes, of);
        let mut pump = Pump::new(file.clone(), 2, script);
        pump.pump(&mut driver, |_, _| ());
        (pump.n_killed, driver.take_outcome().expect("it is finished").expect("the file can be read"))
    };
    let (_, expected) = survey(Script::default());
    assert_eq!(expected.n_reviews, output.summary.n_rows_kept);
    assert!(expected.steps.iter().any(|step| step.n_texts > 0), "{:?}", expected.steps);
    assert_eq!(survey(Script::killing([1, 3])), (2, expected));
}

#[test]
fn a_file_lost_again_and_again_fails_with_a_reason() {
    let file = reviews::csv(N_ROWS);
    let mut scan = ScanDriver::new(Session(0), file.len() as u64);
    let mut pump = Pump::new(file, 1, Script::killing(0..100));
    pump.pump(&mut scan, |_, _| ());
    let expected = PassError::Lost { reason: "killed by the script".into(), n_losses: 4 };
    assert_eq!(scan.take_outcome(), Some(Err(expected)));
}

#[test]
fn a_file_that_cannot_be_used_fails_with_its_sentence() {
    for (file, expected) in [
        (Vec::new(), FileError::Empty),
        (b"a,b\n".to_vec(), FileError::NoRows),
        (b"a\nb\n".to_vec(), FileError::OneColumn { name: "a".into() }),
    ] {
        let mut scan = ScanDriver::new(Session(0), file.len() as u64);
        Pump::new(file, 1, Script::default()).pump(&mut scan, |_, _| ());
        assert_eq!(scan.take_outcome(), Some(Err(PassError::File(expected))));
    }
}

#[test]
fn a_file_above_the_bound_is_not_read_at_all() {
    let most = engine::table::MAX_CSV_BYTES;
    let mut scan = ScanDriver::new(Session(0), most + 1);
    assert!(scan.next().is_empty() && scan.is_finished());
    let expected = FileError::TooLarge { bytes: most + 1, most };
    assert_eq!(scan.take_outcome(), Some(Err(PassError::File(expected))));
    assert_eq!(ScanDriver::new(Session(0), most).next().len(), 2, "the bound itself is taken");
}

#[test]
fn stopping_a_pass_ends_it_at_once() {
    let mut scan = ScanDriver::new(Session(0), 100);
    assert_eq!(scan.next().len(), 1);
    scan.on(Event::Stop { now: Millis(0) });
    assert_eq!(scan.next().len(), 1, "the chunk is cancelled");
    assert!(scan.is_finished());
    assert_eq!(scan.take_outcome(), Some(Err(PassError::Stopped)));
}
