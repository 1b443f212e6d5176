//! The tuner against Optuna on real reviews, where the shared reference is at hand. Slow: it runs with
//! `RUN_SLOW_TESTS=1` and compares as many seeds as the reference has.

use std::collections::BTreeMap;
use std::path::PathBuf;

use engine::dataset::{DatasetRecipe, Fix, LabelId, LabelMapping, LabelRule};
use engine::features::Counting;
use engine::models::ModelKind;
use engine::table::{Encoding, TableFormat};
use engine::text::reference_cleaning;
use engine::tune::{SamplerSpec, StudySpec, best_trial};
use jobs::{AdvanceStudy, Answer, BlobRef, Pass, ReadChunk, Session, Worker};

/// How far the mean of the best may lie below Optuna's: about one standard error of the difference.
const TOLERANCE: f64 = 0.0003;
/// Trials of each search.
const N_TRIALS: u32 = 20;

fn shared() -> PathBuf {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    std::env::var_os("REVIEWLAB_SHARED").map_or_else(|| beside.into(), PathBuf::from)
}

fn recipe() -> DatasetRecipe {
    let classes = (1..=5).map(|star| (f64::from(star), LabelId(u8::from(star > 2)))).collect();
    DatasetRecipe {
        schema: 1,
        format: TableFormat::new(Encoding::Utf8, ','),
        text_column: 0,
        text_name: "Review text".into(),
        label_column: 1,
        label_name: "Ratings".into(),
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

/// Counts the reviews in `file`; the worker holds them afterwards.
fn read(worker: &mut Worker, file: &[u8]) -> BlobRef {
    let header =
        String::from_utf8_lossy(file.split(|byte| *byte == b'\n').next().unwrap_or_default()).into_owned();
    let columns: Vec<&str> = header.trim_start_matches('\u{feff}').trim().split(',').collect();
    let column = |name: &str| {
        columns.iter().position(|found| *found == name).expect("a column of the reference") as u32
    };
    let recipe =
        DatasetRecipe { text_column: column("Review text"), label_column: column("Ratings"), ..recipe() };
    let total_bytes = file.len() as u64;
    let job = ReadChunk {
        session: Session(0),
        offset: 0,
        total_bytes,
        recipe,
        counting: Counting::words((1, 2), 3),
    };
    match worker.run(job.into(), file, &mut || 0.0) {
        Ok((Answer::Read(Pass::Done(output)), _)) => output.counts,
        other => panic!("the file is read at once: {:?}", other.map(|(answer, _)| answer)),
    }
}

fn best_of(worker: &mut Worker, counts: BlobRef, study: &StudySpec, search: usize) -> f64 {
    let job = AdvanceStudy {
        counts: vec![counts.hash],
        study: study.clone(),
        search,
        history: Vec::new(),
        finished: Vec::new(),
        slice_ms: f64::INFINITY,
    };
    match worker.run(job.into(), &[], &mut || 0.0) {
        Ok((Answer::Study(advance), _)) => {
            assert_eq!(advance.trials.len(), N_TRIALS as usize);
            best_trial(&advance.trials).and_then(|trial| trial.mean()).expect("some trial is complete")
        }
        other => panic!("trials are made: {other:?}"),
    }
}

fn mean(values: &[f64]) -> f64 {
    engine::stats::mean(values).expect("there are seeds")
}

#[test]
fn best_of_20_trials_is_no_lower_than_optunas() {
    let folder = shared();
    let optuna = std::fs::read(folder.join("reference/flipkart/optuna_best_of_20_trials.json"));
    let reviews = std::fs::read(folder.join("data/flipkart_reviews.csv"));
    let (Ok(optuna), Ok(reviews)) = (optuna, reviews) else {
        println!("skipped: no reference in {}", folder.display());
        return;
    };
    if std::env::var_os("RUN_SLOW_TESTS").is_none() {
        println!("skipped: set RUN_SLOW_TESTS=1 to compare with Optuna");
        return;
    }
    let optuna: BTreeMap<ModelKind, BTreeMap<String, Vec<f64>>> =
        serde_json::from_slice(&optuna).expect("best values by model and sampler");
    let mut worker = Worker::default();
    let counts = read(&mut worker, &reviews);
    for (search, model) in ModelKind::ALL.into_iter().enumerate() {
        let best = |worker: &mut Worker, sampler: &SamplerSpec, seeds: u64| -> Vec<f64> {
            let study = |seed| StudySpec {
                sampler: sampler.clone(),
                ..StudySpec::reference(&ModelKind::ALL, N_TRIALS, seed)
            };
            (0..seeds).map(|seed| best_of(worker, counts, &study(seed), search)).collect()
        };
        let theirs = &optuna[&model]["tpe"];
        let ours = best(&mut worker, &SamplerSpec::optuna(), theirs.len() as u64);
        let one_by_one = SamplerSpec::TpeIndependent { n_startup_trials: 10, n_ei_candidates: 24 };
        let independent = best(&mut worker, &one_by_one, theirs.len() as u64);
        let random = best(&mut worker, &SamplerSpec::Random, theirs.len() as u64);
        println!(
            "{:20} ours {:.6}, Optuna {:.6}; independent {:.6}; random {:.6}, Optuna's {:.6}",
            model.as_str(),
            mean(&ours),
            mean(theirs),
            mean(&independent),
            mean(&random),
            mean(&optuna[&model]["random"]),
        );
        assert!(mean(&ours) >= mean(theirs) - TOLERANCE, "{}", model.as_str());
    }
}
