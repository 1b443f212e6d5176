use engine::dataset::{LabelId, LabelMapping, LabelRule, RECIPE_SCHEMA};
use engine::features::{FittedVectorizer, VectorizerSpec};
use engine::models::{FittedModel, ModelKind};
use engine::num::{ContentHash, SortedMap};
use engine::pipeline::Calibration;
use engine::table::{Encoding, TableFormat};
use engine::text::reference_cleaning;
use engine::tune::StudyPreset;
use expect_test::expect_file;
use track::dataset::{DatasetRef, Origin};
use track::experiment::Lifecycle;
use track::id::{DatasetId, ExperimentId, Millis, RunId};
use track::registry::Stage;
use track::run::{Artifact, PIPELINE_ARTIFACT, PIPELINE_MEDIA_TYPE, RunKind, RunState};

use super::*;

const CLASSES: [&str; 2] = ["bad <b>", "good | *fine*"];

pub(crate) fn pipeline() -> FittedPipeline {
    FittedPipeline {
        engine_version: "0.1.0".into(),
        cleaning: reference_cleaning(),
        features: FittedVectorizer {
            spec: VectorizerSpec::tf_idf((1, 1)),
            terms: vec!["bad".into(), "good".into()],
            idf: vec![1.5, 1.25],
        },
        model: FittedModel::Linear {
            kind: ModelKind::LogisticRegression,
            coef: vec![-2.0, 1.0],
            intercept: vec![0.5],
        },
        calibration: Calibration::Own,
        threshold: 0.0,
        abstain: None,
        labels: CLASSES.map(str::to_owned).to_vec(),
    }
}

fn data() -> DatasetRef {
    DatasetRef { file: ContentHash::of(b"file"), recipe: ContentHash::of(b"recipe") }
}

pub(crate) fn fit() -> Run {
    let metrics = [
        ("accuracy", 0.75),
        ("cv_f1_macro", 0.8),
        ("cv_f1_std", 0.0125),
        ("dummy_f1", 0.333),
        ("test_f1", 0.7333),
        ("test_f1_high", 0.91),
        ("test_f1_low", 0.55),
        ("train_f1", 0.97),
    ];
    Run {
        schema: 7,
        id: RunId("01STUDY.00.fit".into()),
        experiment: ExperimentId("01EXP".into()),
        parent: Some(RunId("01STUDY".into())),
        kind: RunKind::Fit,
        name: "calm-owl-7".into(),
        state: RunState::Finished,
        created: Millis(1_790_000_000_000),
        ended: Some(Millis(1_790_000_060_000)),
        lifecycle: Lifecycle::Active,
        params: [
            ("model".to_owned(), ParamValue::Text("LogisticRegression".into())),
            ("C".to_owned(), ParamValue::Float(1e-5)),
        ]
        .into_iter()
        .collect(),
        metrics: metrics.map(|(name, value)| (name.to_owned(), value)).into_iter().collect(),
        folds: Vec::new(),
        tags: SortedMap::from([("owner".to_owned(), "=cmd()|<script>".to_owned())]),
        note: String::new(),
        dataset: data(),
        spec: None,
        seed: 42,
        engine_version: "0.1.0".into(),
        artifacts: vec![Artifact {
            name: PIPELINE_ARTIFACT.into(),
            media_type: PIPELINE_MEDIA_TYPE.into(),
            sha256: ContentHash::of(b"model"),
            bytes: 12_345,
        }],
    }
}

pub(crate) fn dataset() -> Dataset {
    Dataset {
        schema: 7,
        id: DatasetId("01DATA".into()),
        created: Millis(1),
        lifecycle: Lifecycle::Active,
        name: "[reviews](http://x) <i>.csv".into(),
        origin: Origin::File { name: "reviews.csv".into() },
        data: data(),
        file_bytes: 54_321,
        n_rows: 1000,
        classes: vec![(CLASSES[0].into(), 150), (CLASSES[1].into(), 850)],
        n_set_aside: Some(17),
        originals: Vec::new(),
        n_unread: 0,
    }
}

pub(crate) fn recipe() -> DatasetRecipe {
    DatasetRecipe {
        schema: RECIPE_SCHEMA,
        format: TableFormat { encoding: Encoding::Utf8, delimiter: ',', has_header: true },
        text_column: 0,
        text_name: "text".into(),
        label_column: 1,
        label_name: "rating".into(),
        extra: Default::default(),
        mapping: LabelMapping {
            classes: CLASSES.map(str::to_owned).to_vec(),
            rule: LabelRule::Ratings {
                classes: vec![(1.0, LabelId(0)), (2.5, LabelId(0)), (5.0, LabelId(1))],
            },
        },
        keep_missing: false,
        cleaning: reference_cleaning(),
        fixes: vec![engine::dataset::Fix::DropRepeats],
    }
}

pub(crate) fn test() -> HeldOut {
    let (good, bad) = (LabelId(1), LabelId(0));
    HeldOut {
        docs: (0..8).collect(),
        scores: vec![1.0, 2.0, -0.5, 0.25, -1.0, -2.0, -0.1, 0.75],
        n_scores: 1,
        truth: vec![good, good, good, good, bad, bad, bad, bad],
    }
}

fn slices() -> SlicesFound {
    let kind = engine::errors::SliceKind::Word { word: "`lamp`".into() };
    let slice = engine::errors::Slice { kind, n_rows: 40, n_wrong: 20, worse_by: 0.4, low: 0.1, high: 0.6 };
    SlicesFound { n_rows: 200, n_wrong: 36, n_compared: 12, slices: vec![slice] }
}

fn version() -> ModelVersion {
    ModelVersion {
        model: "reviews".into(),
        version: 3,
        run: RunId("01STUDY.00.fit".into()),
        pipeline: ContentHash::of(b"model"),
        created: Millis(2),
        who: "Ann".into(),
        description: "Sorts the <shop>'s mail.\nWatch it!".into(),
        tags: SortedMap::new(),
        stage: Stage::Production,
    }
}

#[test]
fn a_card_is_written_from_the_records() {
    let pipeline = pipeline();
    let study = StudyPreset::Fast.study(&[ModelKind::LogisticRegression], 42);
    let card = ModelCard::new(&CardFacts {
        pipeline: &pipeline,
        version: Some(version()),
        aliases: vec!["champion".to_owned()],
        fit: Some(fit()),
        dataset: Some(dataset()),
        recipe: Some(recipe()),
        study: Some(study),
        test: Some(test()),
        slices: Some(slices()),
    });
    expect_file!["../../testdata/model_card.md"].assert_eq(&card.markdown());
    expect_file!["../../testdata/model_card.html"].assert_eq(&card.html(1));
}

#[test]
fn what_is_not_known_is_said_to_be_unknown() {
    let pipeline = pipeline();
    let card = ModelCard::new(&CardFacts::of(&pipeline)).markdown();
    assert!(card.contains("What it was trained on is not known here"), "{card}");
    assert!(
        card.contains("How good it is is not known here") && card.contains("were not looked at by kinds")
    );
    let card = ModelCard::new(&CardFacts { fit: Some(fit()), ..CardFacts::of(&pipeline) }).markdown();
    assert!(card.contains("| macro F1 | 0.733 | 0.550 to 0.910 |"), "{card}");
}

#[test]
fn scores_of_another_model_are_not_taken_for_its_own() {
    let pipeline = pipeline();
    for test in [
        HeldOut { n_scores: 3, ..test() },
        HeldOut { truth: vec![LabelId(2); 8], ..test() },
        HeldOut { docs: Vec::new(), scores: Vec::new(), n_scores: 1, truth: Vec::new() },
    ] {
        let card = ModelCard::new(&CardFacts { test: Some(test), ..CardFacts::of(&pipeline) }).markdown();
        assert!(card.contains("How good it is is not known here"), "{card}");
    }
}
