//! Every kind of record, as each version writes it: what is stored today must be read for good.
//!
//! `UPDATE_EXPECT=1 cargo test -p track` writes the files anew; a change of one is a change of the
//! stored format and needs a new schema number with files of its own.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use engine::dataset::{
    DatasetRecipe, DateColumn, ExtraColumns, Fix, LabelId, LabelMapping, LabelRule, NamedColumn,
};
use engine::features::{DocumentFrequency, VectorizerSpec};
use engine::metrics::Metric;
use engine::models::{ClassWeight, ModelSpec};
use engine::num::{ContentHash, SortedMap};
use engine::pipeline::{
    AbstainRule, CalibrationMethod, DecisionSpec, PipelineSpec, Prediction, ThresholdGoal,
};
use engine::split::{SplitKind, SplitSpec};
use engine::table::{DateOrder, Encoding, TableFormat};
use engine::text::{CleanStep, reference_cleaning};
use engine::tune::{
    CleaningVariant, ParamName, PrunerSpec, Range, SamplerSpec, SearchSpec, StopRule, StudySpec,
};
use expect_test::expect_file;
use track::SCHEMA;
use track::board::{Card, ChartSpec};
use track::dataset::{Dataset, DatasetRef, Origin, Original, RecipeRecord};
use track::experiment::{Experiment, Lifecycle};
use track::id::{DatasetId, EventId, ExperimentId, FeedbackId, Millis, PredictionId, RunId, SavedId};
use track::name::memorable;
use track::prediction::{
    AnsweredClass, AnsweringModel, Feedback, KeptPrediction, KeptRows, KeptText, PredictionBatch,
    PredictionSource, Verdict,
};
use track::record::{Record, RecordError};
use track::registry::{RegistryChange, RegistryEvent, Stage};
use track::run::{
    Artifact, FoldScore, PIPELINE_ARTIFACT, PIPELINE_MEDIA_TYPE, ParamValue, Run, RunKind, RunSpec, RunState,
};
use track::saved::{Saved, SavedContent};

/// A trial of five folds takes at most this many bytes in the store.
const MAX_TRIAL_BYTES: usize = 3 * 1024;

const BEGIN: Millis = Millis(1_790_000_000_000);

fn experiment() -> Experiment {
    Experiment {
        schema: 1,
        id: ExperimentId::new(BEGIN, [0; 10]),
        created: BEGIN,
        lifecycle: Lifecycle::Active,
        name: "Headphones".into(),
        note: "Why do people send them back?\n\"Sound\" or „Versand“?".into(),
        about: None,
    }
}

fn recipe() -> DatasetRecipe {
    DatasetRecipe {
        schema: 1,
        format: TableFormat::new(Encoding::Utf8, ','),
        text_column: 2,
        text_name: "review".into(),
        label_column: 1,
        label_name: "rating".into(),
        extra: Default::default(),
        mapping: LabelMapping {
            classes: vec!["negative".into(), "positive".into()],
            rule: LabelRule::Ratings {
                classes: vec![
                    (1.0, LabelId(0)),
                    (2.0, LabelId(0)),
                    (3.0, LabelId(1)),
                    (4.0, LabelId(1)),
                    (5.0, LabelId(1)),
                ],
            },
        },
        keep_missing: false,
        cleaning: reference_cleaning(),
        fixes: vec![Fix::DropRepeats],
    }
}

fn recipe_of_words() -> DatasetRecipe {
    let rule = LabelRule::Words { classes: vec![("bad".into(), LabelId(0)), ("good".into(), LabelId(1))] };
    DatasetRecipe {
        format: TableFormat::new(Encoding::Windows1252, '\t'),
        mapping: LabelMapping { classes: vec!["bad".into(), "good".into()], rule },
        keep_missing: true,
        cleaning: vec![CleanStep::Lowercase],
        fixes: Vec::new(),
        ..recipe()
    }
}

fn recipe_of_columns() -> DatasetRecipe {
    let named = |column, name: &str| Some(NamedColumn { column, name: name.into() });
    let date = DateColumn { column: 5, name: "when".into(), order: DateOrder::DayFirst };
    DatasetRecipe {
        schema: 2,
        extra: ExtraColumns { title: named(3, "headline"), date: Some(date), group: named(4, "shop") },
        fixes: vec![
            Fix::DropRepeats,
            Fix::DropEmpty,
            Fix::DropRows { records: vec![7, 11] },
            Fix::KeepTogether,
            Fix::Ignore { finding: "stars".into() },
        ],
        ..recipe()
    }
}

fn study_of_decisions() -> StudySpec {
    StudySpec {
        schema: 2,
        split: SplitSpec { kind: SplitKind::ByGroup, n_repeats: 3, ..SplitSpec::reference() },
        decision: DecisionSpec {
            calibration: CalibrationMethod::Isotonic,
            threshold: ThresholdGoal::MinPrecision { class: LabelId(1), precision: 0.9 },
            abstain: AbstainRule::Share { share: 0.05 },
        },
        ..study_spec()
    }
}

fn recipe_record(recipe: DatasetRecipe) -> RecipeRecord {
    RecipeRecord { schema: 1, hash: recipe.hash(), created: BEGIN, recipe }
}

fn data() -> DatasetRef {
    // A fixed hash: a recipe's own may change with its shape, these files may not.
    DatasetRef { file: ContentHash::of(b"file"), recipe: ContentHash::of(b"recipe") }
}

fn dataset(origin: Origin) -> Dataset {
    Dataset {
        schema: 1,
        id: DatasetId::new(BEGIN, [1; 10]),
        created: BEGIN,
        lifecycle: Lifecycle::Deleted,
        name: "reviews".into(),
        origin,
        data: data(),
        file_bytes: 1_234_567,
        n_rows: 5_241,
        classes: vec![("negative".into(), 812), ("positive".into(), 4_429)],
        n_set_aside: None,
        originals: Vec::new(),
        n_unread: 0,
    }
}

fn pipeline(model: ModelSpec) -> PipelineSpec {
    PipelineSpec {
        cleaning: reference_cleaning(),
        vectorizer: VectorizerSpec {
            ngram_range: (1, 2),
            sublinear_tf: true,
            min_df: DocumentFrequency::Count(3),
            max_df: DocumentFrequency::Share(0.85),
            max_features: Some(7_000),
            ..VectorizerSpec::tf_idf((1, 2))
        },
        model,
    }
}

fn study_spec() -> StudySpec {
    let search = |model, own: (ParamName, Range)| {
        let space = vec![
            own,
            (ParamName::MaxFeatures, Range::Int { low: 1000, high: 10_000, step: 1000 }),
            (ParamName::MinDf, Range::Int { low: 1, high: 5, step: 1 }),
            (ParamName::MaxDf, Range::Float { low: 0.7, high: 1.0, log: false }),
        ];
        SearchSpec::new(pipeline(model), space, 20)
    };
    let strength = |name| (name, Range::Float { low: 0.001, high: 100.0, log: true });
    let class_weight = ClassWeight::Balanced;
    StudySpec {
        schema: 1,
        cleaning: reference_cleaning(),
        split: SplitSpec::reference(),
        sampler: SamplerSpec::Tpe {
            n_startup_trials: 10,
            n_ei_candidates: 24,
            multivariate: true,
            group: false,
        },
        searches: vec![
            search(ModelSpec::logistic_regression(1.0, class_weight), strength(ParamName::C)),
            search(ModelSpec::MultinomialNb { alpha: 1.0 }, strength(ParamName::Alpha)),
            search(ModelSpec::linear_svc(1.0, class_weight), strength(ParamName::C)),
        ],
        decision: DecisionSpec::default(),
        metric: Default::default(),
        seed: u64::MAX,
        may_repeat: true,
        pruner: PrunerSpec::None,
        stop_rule: None,
        minutes: None,
        cleanings: Vec::new(),
    }
}

fn study_id() -> RunId {
    RunId::new(Millis(BEGIN.0 + 5), [2; 10])
}

fn run(id: RunId, kind: RunKind, state: RunState) -> Run {
    Run {
        schema: 1,
        name: memorable(id.as_str()),
        parent: (kind != RunKind::Study).then(study_id),
        id,
        experiment: experiment().id,
        kind,
        state,
        created: Millis(BEGIN.0 + 5),
        ended: Some(Millis(BEGIN.0 + 905)),
        lifecycle: Lifecycle::Active,
        params: SortedMap::new(),
        metrics: SortedMap::new(),
        folds: Vec::new(),
        tags: SortedMap::new(),
        note: String::new(),
        dataset: data(),
        spec: None,
        seed: u64::MAX,
        engine_version: "0.1.0".into(),
        artifacts: Vec::new(),
    }
}

fn study() -> Run {
    Run {
        ended: None,
        spec: Some(RunSpec::Study(study_spec())),
        params: SortedMap::from([
            ("n_folds".into(), ParamValue::Int(5)),
            ("sublinear_tf".into(), ParamValue::Bool(true)),
        ]),
        ..run(study_id(), RunKind::Study, RunState::Running)
    }
}

fn trial() -> Run {
    let fold = |fold: u32| FoldScore {
        score: None,
        f1_macro: 0.812_345_678_901_234_5 + f64::from(fold) / 1024.0,
        fit_ms: 4.199_999_999_999_999 + f64::from(fold) / 3.0,
    };
    Run {
        params: SortedMap::from([
            ("model".into(), ParamValue::Text("LogisticRegression".into())),
            ("C".into(), ParamValue::Float(3.272_911_234_567_89)),
            ("min_df".into(), ParamValue::Int(3)),
            ("max_df".into(), ParamValue::Float(1.0)),
            ("max_features".into(), ParamValue::Int(7_000)),
        ]),
        metrics: SortedMap::from([
            ("cv_f1_macro".into(), 0.814_299_123_456_789_1),
            ("cv_f1_macro_std".into(), 0.012_345_678_901_234_5),
            ("trial_time".into(), 0.025_499_999_999_999_99),
            ("negative_zero".into(), -0.0),
        ]),
        folds: (0..5).map(fold).collect(),
        tags: SortedMap::from([("owner".into(), "me".into())]),
        ..run(study_id().trial(0, 19), RunKind::Trial, RunState::Finished)
    }
}

fn fit() -> Run {
    let bytes = b"a fitted pipeline";
    Run {
        params: SortedMap::from([("model".into(), ParamValue::Text("MultinomialNB".into()))]),
        metrics: SortedMap::from([
            ("fit_time".into(), 0.05),
            ("test_f1".into(), 0.75),
            ("train_f1".into(), 1.0),
        ]),
        spec: Some(RunSpec::Pipeline(pipeline(ModelSpec::MultinomialNb { alpha: 0.1 }))),
        note: "the one to beat".into(),
        artifacts: vec![Artifact {
            name: PIPELINE_ARTIFACT.into(),
            media_type: PIPELINE_MEDIA_TYPE.into(),
            sha256: ContentHash::of(bytes),
            bytes: bytes.len() as u64,
        }],
        ..run(study_id().final_fit(1), RunKind::Fit, RunState::Finished)
    }
}

fn registration() -> RegistryEvent {
    RegistryEvent {
        schema: 1,
        id: EventId::new(Millis(BEGIN.0 + 2_000), [3; 10]),
        at: Millis(BEGIN.0 + 2_000),
        who: "me".into(),
        why: "best on unhappy reviews".into(),
        change: RegistryChange::Register {
            model: "headphones".into(),
            version: 1,
            run: fit().id,
            pipeline: ContentHash::of(b"a fitted pipeline"),
        },
    }
}

#[track_caller]
fn check(file: &str, record: Record) {
    let path = format!("{}/testdata/{file}.json", env!("CARGO_MANIFEST_DIR"));
    let text = record.to_json().unwrap();
    expect_file![path.clone()].assert_eq(&text);
    let stored = std::fs::read_to_string(&path).unwrap();
    assert_eq!(serde_json::to_string(&record).unwrap(), stored, "{file} is written as serde writes it");
    let read = Record::from_json(&stored).unwrap();
    assert_eq!(read, record, "{file} reads as what was written");
    assert_eq!(read.to_json().unwrap(), stored, "{file} is written as it was read");
    assert_eq!(serde_json::from_str::<Record>(&stored).unwrap(), record, "{file} reads as serde reads it");
}

#[test]
fn every_kind_of_record_of_version_1_is_read_for_good() {
    let failed = RunState::Failed { reason: "Fold 3 has one class only.".into() };
    let words = RecipeRecord { hash: data().recipe, ..recipe_record(recipe_of_words()) };
    check("v1/experiment", Record::Experiment(experiment()));
    check("v1/recipe", Record::Recipe(RecipeRecord { hash: data().recipe, ..recipe_record(recipe()) }));
    check("v1/recipe_of_words", Record::Recipe(words));
    check("v1/dataset", Record::Dataset(dataset(Origin::File { name: "reviews.csv".into() })));
    check("v1/dataset_sample", Record::Dataset(dataset(Origin::Sample)));
    check("v1/run_study", Record::Run(study()));
    check("v1/run_trial", Record::Run(trial()));
    check("v1/run_trial_failed", Record::Run(run(study_id().trial(0, 3), RunKind::Trial, failed)));
    check("v1/run_study_killed", Record::Run(run(study_id(), RunKind::Study, RunState::Killed)));
    check("v1/run_fit", Record::Run(fit()));
    check("v1/registry_register", Record::Registry(registration()));
    let silent = RegistryEvent { why: String::new(), ..registration() };
    check("v1/registry_register_without_why", Record::Registry(silent));
}

#[test]
fn what_version_2_brought_is_read_for_good() {
    let n_set_aside = Some(37);
    let counted = Dataset { schema: 2, n_set_aside, ..dataset(Origin::Sample) };
    check("v2/dataset", Record::Dataset(counted));
    let of_version_2 = |recipe| RecipeRecord { schema: 2, hash: data().recipe, ..recipe_record(recipe) };
    check("v2/recipe", Record::Recipe(of_version_2(recipe_of_columns())));
    let spec = Some(RunSpec::Study(study_of_decisions()));
    check("v2/run_study", Record::Run(Run { schema: 2, spec, ..study() }));
}

#[test]
fn what_version_3_brought_is_read_for_good() {
    let corrected = vec![(3, LabelId(1)), (12, LabelId(0))];
    let fixes = vec![Fix::DropRepeats, Fix::Relabel { labels: corrected }];
    let recipe = RecipeRecord {
        schema: 3,
        hash: data().recipe,
        ..recipe_record(DatasetRecipe { schema: 3, fixes, ..recipe_of_columns() })
    };
    check("v3/recipe", Record::Recipe(recipe));
    let saved = Saved {
        schema: 3,
        id: SavedId::new(BEGIN, [4; 10]),
        created: BEGIN,
        lifecycle: Lifecycle::Active,
        name: "with emoji as words".into(),
        content: SavedContent::Cleaning {
            steps: vec![CleanStep::EmojiToWords, CleanStep::RemoveSuffix { text: "READ MORE".into() }],
        },
    };
    check("v3/saved_cleaning", Record::Saved(saved.clone()));
    let content = SavedContent::Study { study: study_of_decisions() };
    check("v3/saved_study", Record::Saved(Saved { name: "for the shop".into(), content, ..saved }));
}

/// A board with a card of every kind.
fn board() -> Saved {
    let key = |name: &str| format!("metrics.{name}");
    let charts = [
        ChartSpec::Bars { metric: "test_f1".into() },
        ChartSpec::Folds,
        ChartSpec::Scatter { x: "params.C".into(), y: key("test_f1"), colour: "params.model".into() },
        ChartSpec::Boxes { value: key("cv_f1_macro"), by: "params.model".into() },
        ChartSpec::Contour { x: "params.C".into(), y: "params.min_df".into(), value: key("cv_f1_macro") },
        ChartSpec::Parallel { axes: vec!["params.C".into(), key("test_f1")], colour: key("test_f1") },
        ChartSpec::Confusion,
        ChartSpec::Roc { class: 1 },
        ChartSpec::Overfitting,
    ];
    let card = |(id, chart): (usize, ChartSpec)| Card { id: id as u32, columns: 3, chart };
    let cards = charts.into_iter().enumerate().map(card).collect();
    let content = SavedContent::Board { experiment: Some(ExperimentId::new(BEGIN, [0; 10])), cards };
    let id = SavedId::new(BEGIN, [7; 10]);
    Saved { schema: 4, ..Saved::new("Charts", content, id, BEGIN) }
}

#[test]
fn what_version_4_brought_is_read_for_good() {
    check("v4/saved_board", Record::Saved(board()));
    let model = || "headphones".to_owned();
    let changes = [
        ("describe", RegistryChange::Describe { model: model(), version: None, text: "for the shop".into() }),
        (
            "describe_version",
            RegistryChange::Describe { model: model(), version: Some(2), text: String::new() },
        ),
        (
            "tag",
            RegistryChange::Tag {
                model: model(),
                version: Some(2),
                key: "use case".into(),
                value: "returns".into(),
            },
        ),
        ("untag", RegistryChange::Untag { model: model(), version: None, key: "owner".into() }),
        ("set_alias", RegistryChange::SetAlias { model: model(), alias: "champion".into(), version: 2 }),
        ("remove_alias", RegistryChange::RemoveAlias { model: model(), alias: "champion".into() }),
        (
            "set_stage",
            RegistryChange::SetStage {
                model: model(),
                version: 2,
                stage: Stage::Production,
                archive_existing: true,
            },
        ),
        ("rename", RegistryChange::Rename { model: model(), to: "earphones".into() }),
        ("delete_version", RegistryChange::DeleteVersion { model: model(), version: 1 }),
        ("delete_model", RegistryChange::DeleteModel { model: model() }),
        ("set_rule", RegistryChange::SetRule { model: model(), better_by: Some(0.01) }),
        ("end_rule", RegistryChange::SetRule { model: model(), better_by: None }),
        (
            "roll_back",
            RegistryChange::RollBack {
                model: model(),
                to: BEGIN,
                aliases: SortedMap::from([("champion".into(), 1)]),
                stages: vec![(1, Stage::Production), (2, Stage::Archived), (3, Stage::Staging)],
            },
        ),
    ];
    for (name, change) in changes {
        let event = RegistryEvent { schema: 4, change, ..registration() };
        check(&format!("v4/registry_{name}"), Record::Registry(event));
    }
}

#[test]
fn what_version_4_brought_to_datasets_is_read_for_good() {
    let of_version_4 = |origin| Dataset { schema: 4, n_set_aside: Some(41), ..dataset(origin) };
    check("v4/dataset_typed", Record::Dataset(of_version_4(Origin::Typed)));
    let origin = Origin::Extended { name: "shop.csv".into(), from: data().file, n_rows: 3 };
    check("v4/dataset_extended", Record::Dataset(Dataset { n_unread: 4, ..of_version_4(origin) }));
}

#[test]
fn what_version_4_keeps_of_runs_and_experiments_is_read_for_good() {
    let query = "?filter=metrics.test_f1%20%3E%200.8&sort=start_time".to_owned();
    let id = SavedId::new(BEGIN, [5; 10]);
    let saved = Saved::new("the best", SavedContent::RunsView { query }, id, BEGIN);
    check("v4/saved_runs_view", Record::Saved(Saved { schema: 4, ..saved }));
    let renamed = experiment().renamed("spring");
    check("v4/experiment", Record::Experiment(Experiment { schema: 4, ..renamed }));
}

fn answering_model() -> AnsweringModel {
    AnsweringModel {
        address: "models:/headphones/2".into(),
        pipeline: ContentHash::of(b"a fitted pipeline"),
        labels: vec!["negative".into(), "positive".into()],
    }
}

#[test]
fn what_version_5_keeps_of_predictions_is_read_for_good() {
    let id = PredictionId::new(BEGIN, [8; 10]);
    let answer = Prediction {
        label: 0,
        probabilities: vec![0.912_345_678_901_234_5, 0.087_654_321_098_765_5],
        scores: vec![-2.342_567_891_234_567],
        abstains: false,
    };
    let text = KeptText::Text { text: "„Kaputt“ \u{1f600}\nnach 2 Tagen".into() };
    let kept = KeptPrediction {
        schema: 5,
        id: id.clone(),
        at: BEGIN,
        source: PredictionSource::Typed,
        model: answering_model(),
        text,
        answer,
    };
    check("v5/prediction", Record::Prediction(kept.clone()));
    let text = KeptText::Hash { sha256: kept.text.sha256() };
    let answer = Prediction { abstains: true, ..kept.answer.clone() };
    let served = KeptPrediction { source: PredictionSource::Api, text, answer, ..kept };
    check("v5/prediction_served", Record::Prediction(served));
    let class = |class: &str, n_rows, n_unsure| AnsweredClass { class: class.into(), n_rows, n_unsure };
    let of_file = PredictionBatch {
        schema: 5,
        id: id.clone(),
        at: BEGIN,
        file: "reviews.csv".into(),
        text_column: "review".into(),
        model: answering_model(),
        n_rows: 99_994,
        n_without_text: 6,
        classes: vec![class("negative", 20_000, 31), class("positive", 79_994, 0)],
        metrics: Vec::new(),
        keeps_texts: false,
        rows: KeptRows { sha256: ContentHash::of(b"rows"), bytes: 4 },
    };
    check("v5/prediction_batch", Record::PredictionBatch(of_file.clone()));
    let metrics = vec![("accuracy".to_owned(), 0.875), ("f1_macro".to_owned(), 0.812_345_678_901_234_5)];
    let labelled = PredictionBatch { metrics, keeps_texts: true, ..of_file };
    check("v5/prediction_batch_labelled", Record::PredictionBatch(labelled));
    let wrong = Verdict::Wrong { right_class: Some("positive".into()) };
    let said = Feedback {
        schema: 5,
        id: FeedbackId::new(BEGIN, [9; 10]),
        at: BEGIN,
        who: "me".into(),
        prediction: id,
        record: None,
        verdict: wrong,
    };
    check("v5/feedback_wrong", Record::Feedback(said.clone()));
    let of_row = Feedback { record: Some(41), verdict: Verdict::Wrong { right_class: None }, ..said.clone() };
    check("v5/feedback_of_row", Record::Feedback(of_row));
    check("v5/feedback_right", Record::Feedback(Feedback { verdict: Verdict::Right, ..said.clone() }));
    check("v5/feedback_withdrawn", Record::Feedback(Feedback { verdict: Verdict::Withdrawn, ..said }));
}

/// A trial of a study after log loss that grew in three steps, as a driver records it.
fn trial_of_a_loss() -> Run {
    let fold = |(f1_macro, score)| FoldScore { f1_macro, score: Some(score), fit_ms: 4.25 };
    Run {
        schema: 4,
        metrics: SortedMap::from([
            ("cv_f1_macro".into(), 0.8125),
            ("cv_f1_std".into(), 0.015625),
            ("cv_log_loss".into(), 0.328125),
            ("cv_log_loss_std".into(), 0.0078125),
            ("fit_time".into(), 0.0255),
            ("rung_0_log_loss".into(), 0.5),
            ("rung_1_log_loss".into(), 0.375),
        ]),
        folds: [(0.796875, 0.3359375), (0.828125, 0.3203125)].map(fold).to_vec(),
        ..trial()
    }
}

#[test]
fn what_version_4_keeps_of_studies_after_a_loss_is_read_for_good() {
    let spec = StudySpec {
        schema: 4,
        metric: Metric::LogLoss,
        pruner: PrunerSpec::Halving { reduction_factor: 3, n_rungs: 2 },
        stop_rule: Some(StopRule { patience: 30 }),
        minutes: Some(15.0),
        cleanings: vec![CleaningVariant { name: "plain".into(), steps: vec![CleanStep::Lowercase] }],
        ..study_of_decisions()
    };
    let study = Run {
        schema: 4,
        spec: Some(RunSpec::Study(spec)),
        params: SortedMap::from([
            ("metric".into(), ParamValue::Text("log_loss".into())),
            ("n_trials".into(), ParamValue::Int(60)),
        ]),
        metrics: SortedMap::from([
            ("dummy_cv_f1_macro".into(), 0.4375),
            ("dummy_cv_log_loss".into(), 0.53125),
            ("dummy_test_log_loss".into(), 0.515625),
        ]),
        ..study()
    };
    check("v4/run_study", Record::Run(study));
    check("v4/run_trial", Record::Run(trial_of_a_loss()));
    check("v4/run_trial_pruned", Record::Run(Run { state: RunState::Pruned, ..trial_of_a_loss() }));
    let original = Original { name: "shop.json".into(), file: ContentHash::of(b"shop"), bytes: 99 };
    let joined = Dataset {
        schema: 4,
        n_set_aside: Some(41),
        n_unread: 4,
        ..dataset(Origin::File { name: "shop.json".into() })
    };
    check("v4/dataset_unread", Record::Dataset(Dataset { originals: vec![original], ..joined }));
}

#[test]
fn a_dataset_of_version_1_does_not_know_what_it_set_aside() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/v1/dataset.json");
    let read = Record::from_json(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(matches!(read, Record::Dataset(Dataset { schema: 1, n_set_aside: None, .. })), "{read:?}");
}

#[test]
fn a_trial_of_five_folds_is_small() {
    let bytes = Record::Run(trial()).to_json().unwrap().len();
    assert!(bytes <= MAX_TRIAL_BYTES, "a trial takes {bytes} bytes");
}

#[test]
fn zero_keeps_its_sign() {
    let read = Record::from_json(&Record::Run(trial()).to_json().unwrap()).unwrap();
    let Record::Run(read) = read else { panic!("a run") };
    assert_eq!(read.metrics["negative_zero"].to_bits(), (-0.0_f64).to_bits());
}

#[track_caller]
fn refused(text: &str, expected: &str) {
    assert_eq!(Record::from_json(text).unwrap_err().to_string(), expected);
}

#[test]
fn what_is_no_record_of_this_version_is_named() {
    let newer = Record::Experiment(Experiment { schema: 9, ..experiment() }).to_json().unwrap();
    let advice = "open it with a newer one";
    refused(
        &newer,
        &format!(
            "this experiment was written by another version of Reviewlab (schema 9, this one knows 1 to {SCHEMA}): {advice}"
        ),
    );
    refused(
        r#"{"type":"flow","schema":8}"#,
        &format!(
            "this flow was written by another version of Reviewlab (schema 8, this one knows 1 to {SCHEMA}): {advice}"
        ),
    );
    refused(
        r#"{"type":"poem","schema":1}"#,
        &format!("this build of Reviewlab knows no record of type 'poem': {advice}"),
    );
    refused(
        r#"{"type":"experiment","schema":1}"#,
        "this experiment cannot be read: missing field `id` at line 1 column 1",
    );
    let inner = RecipeRecord { recipe: DatasetRecipe { schema: 9, ..recipe() }, ..recipe_record(recipe()) };
    assert!(matches!(
        Record::from_json(&Record::Recipe(inner).to_json().unwrap()),
        Err(RecordError::Newer { found: 9, .. })
    ));
    for text in ["", "null", "[]", "{}", r#"{"type":"run"}"#, r#"{"schema":1}"#, r#"{"type":1,"schema":1}"#] {
        assert!(matches!(Record::from_json(text), Err(RecordError::NotARecord { .. })), "{text}");
    }
}

#[test]
fn a_number_that_json_cannot_hold_is_refused_when_written() {
    let mut bad = trial();
    bad.metrics.insert("cv_f1_macro".into(), f64::NAN);
    assert!(matches!(Record::Run(bad).to_json(), Err(RecordError::NotFinite { .. })));
}
