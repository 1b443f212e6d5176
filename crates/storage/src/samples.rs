//! Records like those a study leaves: numbers come in, records of realistic shape and size go out.
//!
//! For tests and measurements only.

mod flows;
mod watching;

use engine::dataset::{DatasetRecipe, Fix, LabelId, LabelMapping, LabelRule};
use engine::num::{ContentHash, SortedMap};
use engine::pipeline::Prediction;
use engine::table::{Encoding, TableFormat};
use engine::text::reference_cleaning;
use track::dataset::{Dataset, DatasetRef, Origin, RecipeRecord};
use track::experiment::{Experiment, Lifecycle};
use track::id::{DatasetId, EventId, ExperimentId, FeedbackId, Millis, PredictionId, RunId, SavedId};
use track::name::memorable;
use track::prediction::{
    AnsweredClass, AnsweringModel, Feedback, KeptPrediction, KeptRows, KeptText, PredictionBatch,
    PredictionSource, Verdict,
};
use track::record::Record;
use track::registry::{RegistryChange, RegistryEvent};
use track::run::{
    Artifact, FoldScore, PIPELINE_ARTIFACT, PIPELINE_MEDIA_TYPE, ParamValue, Run, RunKind, RunState,
};
use track::saved::{Saved, SavedContent};

pub use flows::{
    automation, counting, deployment, flow_definition, flow_event, flow_records, flow_run, log_page,
    task_result, task_run,
};
pub use watching::{ab_answer, ab_test, report, report_content, watching_records};

const BEGIN_MS: u64 = 1_790_000_000_000;

fn entropy(number: u32) -> [u8; 10] {
    let mut bytes = [7; 10];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    bytes
}

/// The instant of the `number`th record.
pub fn instant(number: u32) -> Millis {
    Millis(BEGIN_MS + u64::from(number))
}

/// Id of the `number`th experiment.
pub fn experiment_id(number: u32) -> ExperimentId {
    ExperimentId::new(instant(number), entropy(number))
}

/// The `number`th experiment.
pub fn experiment(number: u32) -> Experiment {
    Experiment {
        schema: 1,
        id: experiment_id(number),
        created: instant(number),
        lifecycle: Lifecycle::Active,
        name: format!("Experiment {number}"),
        note: "„Was stört?“ 🙂".into(),
        about: None,
    }
}

/// A recipe that reads column `number`.
pub fn recipe(number: u32) -> RecipeRecord {
    let recipe = DatasetRecipe {
        schema: 1,
        format: TableFormat::new(Encoding::Utf8, ','),
        text_column: number,
        text_name: "review".into(),
        label_column: number + 1,
        label_name: "rating".into(),
        extra: Default::default(),
        mapping: LabelMapping {
            classes: vec!["negative".into(), "positive".into()],
            rule: LabelRule::Ratings { classes: vec![(1.0, LabelId(0)), (5.0, LabelId(1))] },
        },
        keep_missing: false,
        cleaning: reference_cleaning(),
        fixes: vec![Fix::DropRepeats],
    };
    // Not the recipe's own hash: samples keep theirs when the recipe's shape grows.
    RecipeRecord { schema: 1, hash: data(number).recipe, created: instant(number), recipe }
}

/// A file and its recipe.
pub fn data(number: u32) -> DatasetRef {
    DatasetRef {
        file: ContentHash::of(&file(number)),
        recipe: ContentHash::of(format!("recipe {number}").as_bytes()),
    }
}

/// The bytes of the `number`th file.
pub fn file(number: u32) -> Vec<u8> {
    format!("review,rating\nGreat sound {number},5\n").into_bytes()
}

/// The `number`th dataset.
pub fn dataset(number: u32) -> Dataset {
    Dataset {
        schema: 1,
        id: DatasetId::new(instant(number), entropy(number)),
        created: instant(number),
        lifecycle: Lifecycle::Active,
        name: format!("reviews {number}"),
        origin: Origin::File { name: format!("reviews_{number}.csv") },
        data: data(number),
        file_bytes: file(number).len() as u64,
        n_rows: 1,
        classes: vec![("negative".into(), 0), ("positive".into(), 1)],
        n_set_aside: None,
        originals: Vec::new(),
        n_unread: 0,
    }
}

/// Id of the `number`th study.
pub fn study_id(number: u32) -> RunId {
    RunId::new(instant(number), entropy(number))
}

fn run(id: RunId, kind: RunKind, state: RunState) -> Run {
    Run {
        schema: 1,
        name: memorable(id.as_str()),
        id,
        experiment: experiment_id(0),
        parent: None,
        kind,
        ended: (state != RunState::Running).then(|| instant(1_000)),
        state,
        created: instant(0),
        lifecycle: Lifecycle::Active,
        params: SortedMap::new(),
        metrics: SortedMap::new(),
        folds: Vec::new(),
        tags: SortedMap::from([("owner".into(), "me".into())]),
        note: String::new(),
        dataset: data(0),
        spec: None,
        // Larger than any number JavaScript counts to.
        seed: u64::MAX - 1,
        engine_version: "0.1.0".into(),
        artifacts: Vec::new(),
    }
}

/// The `number`th study, under way.
pub fn study(number: u32) -> Run {
    run(study_id(number), RunKind::Study, RunState::Running)
}

/// Trial `number` of a study, finished, with five folds and floats of full length.
pub fn trial(study: u32, number: u32) -> Run {
    let share = |n: u32| f64::from((number * 7919 + n * 104_729) % 999_983) / 999_983.0;
    let name = |text: &str| text.to_owned();
    Run {
        parent: Some(study_id(study)),
        params: SortedMap::from([
            (name("model"), ParamValue::Text("LogisticRegression".into())),
            (name("C"), ParamValue::Float(100.0 * share(0))),
            (name("class_weight"), ParamValue::Text("balanced".into())),
            (name("max_df"), ParamValue::Float(1.0)),
            (name("max_features"), ParamValue::Int(1_000 + i64::from(number % 10) * 1_000)),
            (name("min_df"), ParamValue::Int(1 + i64::from(number % 5))),
            (name("ngram_range"), ParamValue::Text("1-2".into())),
            (name("sublinear_tf"), ParamValue::Bool(true)),
        ]),
        metrics: SortedMap::from([
            (name("cv_f1_macro"), share(1)),
            (name("cv_f1_macro_std"), share(2) / 7.0),
            (name("trial_time"), share(3) / 3.0),
        ]),
        folds: (0..5)
            .map(|fold| FoldScore { f1_macro: share(4 + fold), score: None, fit_ms: 10.0 * share(9 + fold) })
            .collect(),
        ..run(study_id(study).trial(0, number as usize), RunKind::Trial, RunState::Finished)
    }
}

/// The bytes of a study's fitted pipeline.
pub fn pipeline(study: u32) -> Vec<u8> {
    format!("pipeline of study {study}").into_bytes()
}

/// A study's final fit, finished, with its artifact.
pub fn fit(study: u32) -> Run {
    let bytes = pipeline(study);
    Run {
        parent: Some(study_id(study)),
        metrics: SortedMap::from([("test_f1".to_owned(), 0.843_75), ("train_f1".to_owned(), 1.0)]),
        artifacts: vec![Artifact {
            name: PIPELINE_ARTIFACT.into(),
            media_type: PIPELINE_MEDIA_TYPE.into(),
            sha256: ContentHash::of(&bytes),
            bytes: bytes.len() as u64,
        }],
        ..run(study_id(study).final_fit(0), RunKind::Fit, RunState::Finished)
    }
}

/// The registration of a study's fit as version `version`.
pub fn registration(study: u32, version: u32) -> RegistryEvent {
    RegistryEvent {
        schema: 1,
        id: EventId::new(instant(2_000 + version), entropy(version)),
        at: instant(2_000 + version),
        who: "me".into(),
        why: String::new(),
        change: RegistryChange::Register {
            model: "headphones".into(),
            version,
            run: study_id(study).final_fit(0),
            pipeline: ContentHash::of(&pipeline(study)),
        },
    }
}

/// A cleaning that is kept.
pub fn saved(number: u32) -> Saved {
    let content = SavedContent::Cleaning { steps: reference_cleaning() };
    let id = SavedId::new(instant(number), [number as u8; 10]);
    Saved::new(&format!("cleaning {number}"), content, id, instant(number))
}

/// The model that answered the samples.
pub fn answering_model() -> AnsweringModel {
    let labels = ["negative", "positive"].map(str::to_owned).to_vec();
    AnsweringModel { address: "models:/headphones/1".into(), pipeline: ContentHash::of(&pipeline(0)), labels }
}

/// The answer to the `number`th text.
pub fn prediction(number: u32) -> KeptPrediction {
    let share = f64::from(number % 97) / 97.0;
    let answer = Prediction {
        label: u8::from(share > 0.5),
        probabilities: vec![1.0 - share, share],
        scores: vec![share - 0.5],
        abstains: false,
    };
    let id = PredictionId::new(instant(number), entropy(number));
    let text = KeptText::of(&format!("text {number}"), number.is_multiple_of(2));
    KeptPrediction::new((id, instant(number)), PredictionSource::Typed, answering_model(), text, answer)
}

/// The answers to the `number`th file, whose rows are `prediction_rows`.
pub fn prediction_batch(number: u32) -> PredictionBatch {
    let rows = prediction_rows(number);
    let class = |class: &str, n_rows| AnsweredClass { class: class.into(), n_rows, n_unsure: 1 };
    PredictionBatch {
        schema: track::SCHEMA,
        id: PredictionId::new(instant(number), [9; 10]),
        at: instant(number),
        file: format!("reviews_{number}.csv"),
        text_column: "review".into(),
        model: answering_model(),
        n_rows: 5,
        n_without_text: 1,
        classes: vec![class("negative", 2), class("positive", 3)],
        metrics: vec![("f1_macro".into(), 0.75)],
        keeps_texts: false,
        rows: KeptRows { sha256: ContentHash::of(&rows), bytes: rows.len() as u64 },
    }
}

/// The bytes that stand for the rows of a file's answers.
pub fn prediction_rows(number: u32) -> Vec<u8> {
    format!("rows of batch {number}").into_bytes()
}

/// What somebody said of the `number`th answer.
pub fn feedback(number: u32) -> Feedback {
    let id = FeedbackId::new(instant(number + 1), entropy(number));
    let verdict = Verdict::Wrong { right_class: Some("negative".into()) };
    Feedback::new((id, instant(number + 1)), "me", prediction(number).id, verdict)
}

/// One record of every kind that the first version had, and a study with its trials and fit.
pub fn project() -> Vec<Record> {
    let trials = (0..3).map(|number| Record::Run(trial(0, number)));
    let mut records = vec![
        Record::Experiment(experiment(0)),
        Record::Recipe(recipe(0)),
        Record::Dataset(dataset(0)),
        Record::Run(study(0)),
        Record::Run(fit(0)),
        Record::Registry(registration(0, 1)),
    ];
    records.extend(trials);
    records
}
