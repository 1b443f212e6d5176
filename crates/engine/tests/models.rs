//! Every model against scikit-learn on a small table, and what must hold of all of them.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use engine::dataset::LabelId;
use engine::features::{FittedVectorizer, SparseRow, VectorizerSpec};
use engine::models::{
    ClassWeight, Criterion, DummyStrategy, EvaluateError, FittedModel, ForestGrower, ForestSpec,
    LogisticSolver, MaxFeatures, ModelSpec, Scorer, SvmLoss, TrainingSet, Truth, fit_model, objective,
};
use engine::num::{Csr, RandomStream};
use engine::pipeline::{Calibration, FittedPipeline, PIPELINE_SCHEMA, PipelineFileError, probabilities};
use proptest::prelude::{ProptestConfig, any, prop_assert, proptest};

/// A table with its classes and weights.
struct Table {
    x: Csr,
    labels: Vec<LabelId>,
    weights: Vec<f64>,
}

/// Twelve rows of four columns, three classes.
fn table() -> Table {
    let mut x = Csr::empty(4);
    for i in 0..12_u32 {
        let value =
            |j: u32| if (i + j).is_multiple_of(3) { 0.0 } else { f64::from((i * 7 + j * 5) % 6) / 5.0 };
        x.push_row((0..4).map(|j| (j, value(j))).filter(|(_, value)| *value != 0.0));
    }
    let labels = (0..12_u32).map(|i| LabelId(((i * i + i / 3) % 3) as u8)).collect();
    let weights = (0..12_u32).map(|i| 1.0 + f64::from(i % 4) / 2.0).collect();
    Table { x, labels, weights }
}

/// The second and third class as one.
fn two_classes(table: Table) -> Table {
    let labels = table.labels.iter().map(|label| LabelId(label.0.min(1))).collect();
    Table { labels, ..table }
}

/// Random rows of six columns, each class beside columns of its own; seven classes at most.
fn random_table(seed: u64, n_classes: u8) -> Table {
    let mut stream = RandomStream::new("model tests", &[seed]);
    let (mut x, mut labels, mut weights) = (Csr::empty(6), Vec::new(), Vec::new());
    for row in 0..60 {
        let label = row % n_classes;
        let mut entries = Vec::new();
        for column in 0..6 {
            let chance = if column == u32::from(label) { 0.7 } else { 0.3 };
            if stream.unit() < chance {
                entries.push((column, f64::from(stream.draw(4) + 1) / 4.0));
            }
        }
        x.push_row(entries);
        labels.push(LabelId(label));
        weights.push(f64::from(stream.draw(3) + 1));
    }
    Table { x, labels, weights }
}

fn truth(table: &Table, is_weighted: bool) -> Truth<'_> {
    let n_classes = 1 + usize::from(table.labels.iter().max().unwrap().0);
    let sample_weights = is_weighted.then_some(table.weights.as_slice());
    Truth { labels: &table.labels, n_classes, sample_weights }
}

fn fit(table: &Table, spec: &ModelSpec, is_weighted: bool) -> FittedModel {
    let fitted = fit_model(&TrainingSet { x: &table.x, truth: truth(table, is_weighted) }, spec).unwrap();
    assert_eq!(fitted.warnings, []);
    fitted.model
}

fn sparse(x: &Csr, row: usize) -> SparseRow {
    SparseRow { term_ids: x.row(row).columns.to_vec(), values: x.row(row).values.to_vec() }
}

fn scores(model: &FittedModel, x: &Csr) -> Vec<f64> {
    let scorer = Scorer::new(model);
    let mut scores = Vec::new();
    (0..x.n_rows).for_each(|row| scorer.score(&sparse(x, row), &mut scores));
    scores
}

fn shares(model: &FittedModel, x: &Csr) -> Vec<f64> {
    let n_scores = Scorer::new(model).n_scores();
    let mut shares = Vec::new();
    for scores in scores(model, x).chunks_exact(n_scores) {
        probabilities(model, &Calibration::Own, scores, &mut shares);
    }
    shares
}

#[track_caller]
fn close(ours: &[f64], theirs: &[f64], tolerance: f64) {
    for (place, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        assert!((ours - theirs).abs() <= tolerance, "place {place}: {ours} against {theirs}");
    }
}

fn centred(scores: &[f64], n_classes: usize) -> Vec<f64> {
    let of_row = |row: &[f64]| {
        let mean = row.iter().sum::<f64>() / n_classes as f64;
        row.iter().map(|score| score - mean).collect::<Vec<f64>>()
    };
    scores.chunks_exact(n_classes).flat_map(of_row).collect()
}

/// One of every model and solver.
fn every_model() -> Vec<ModelSpec> {
    let class_weight = ClassWeight::Balanced;
    let forest = ForestSpec { class_weight, ..ForestSpec::new(15, 3) };
    vec![
        ModelSpec::logistic_regression(1.5, class_weight),
        ModelSpec::LogisticRegression { c: 1.5, class_weight, solver: LogisticSolver::LiblinearL1 },
        ModelSpec::LogisticRegression { c: 1.5, class_weight, solver: LogisticSolver::Lbfgs },
        ModelSpec::linear_svc(0.7, class_weight),
        ModelSpec::LinearSvc { c: 0.7, class_weight, loss: SvmLoss::Hinge },
        ModelSpec::MultinomialNb { alpha: 0.5 },
        ModelSpec::ComplementNb { alpha: 0.5, norm: false },
        ModelSpec::ComplementNb { alpha: 0.5, norm: true },
        ModelSpec::Dummy { strategy: DummyStrategy::Prior },
        ModelSpec::Dummy { strategy: DummyStrategy::MostFrequent },
        ModelSpec::RandomForest(ForestSpec { bootstrap: false, ..forest.clone() }),
        ModelSpec::RandomForest(forest),
    ]
}

// sklearn 1.9.1, on `table()` with its weights as sample_weight, solvers' tol 1e-12 or smaller.

#[test]
fn logistic_regression_is_scikit_learns() {
    let three = table();
    let class_weight = ClassWeight::Balanced;
    // LogisticRegression(C=2, class_weight="balanced"), decision_function less its mean by row.
    let lbfgs =
        |class_weight| ModelSpec::LogisticRegression { c: 2.0, class_weight, solver: LogisticSolver::Lbfgs };
    let model = fit(&three, &lbfgs(class_weight), true);
    let theirs = [-0.0670483093, -0.7065596774, 0.7736079867, 0.7664922883, 0.3855518232, -1.1520441115];
    close(&centred(&scores(&model, &three.x), 3), &theirs, 1e-6);
    let theirs = [0.2600484112, 0.1371885755, 0.6027630133, 0.5464360668, 0.3733352647, 0.0802286685];
    close(&shares(&model, &three.x), &theirs, 1e-7);
    // LogisticRegression(C=2), two classes.
    let two = two_classes(table());
    let model = fit(&two, &lbfgs(ClassWeight::None), true);
    close(&scores(&model, &two.x), &[0.9237630471, 0.3405404481, 0.5338715880, 0.6115748897], 1e-6);
    // LogisticRegression(C=2, class_weight="balanced", solver="liblinear", l1_ratio=1).
    let spec = ModelSpec::LogisticRegression { c: 2.0, class_weight, solver: LogisticSolver::LiblinearL1 };
    let model = fit(&two, &spec, true);
    close(&scores(&model, &two.x), &[-0.1497852022, -0.5352739161, -0.2691346430, -0.1497852022], 1e-6);
    let FittedModel::Linear { coef, .. } = model else { panic!("a linear model") };
    assert_eq!(coef[1..3], [0.0, 0.0], "weights the penalty takes are exactly 0");
}

#[test]
fn support_vector_machines_are_scikit_learns() {
    let three = table();
    let loss = SvmLoss::Hinge;
    // LinearSVC(C=0.7, loss="hinge", class_weight="balanced"), no sample weights.
    let model =
        fit(&three, &ModelSpec::LinearSvc { c: 0.7, class_weight: ClassWeight::Balanced, loss }, false);
    let theirs = [-0.7848605578, -1.0000000000, -1.0000000000, -0.6772908367, -0.9049276916, -1.0253959397];
    close(&scores(&model, &three.x), &theirs, 1e-6);
    // LinearSVC(C=0.7, dual=False, class_weight={0: 2, 1: 1, 2: 0.5}).
    let class_weight = ClassWeight::Given(vec![2.0, 1.0, 0.5].try_into().unwrap());
    let model = fit(&three, &ModelSpec::linear_svc(0.7, class_weight), true);
    let theirs = [-0.0620162623, -0.6821507401, -0.3041525632, 0.3017392712, 0.0654058970, -0.9725489508];
    close(&scores(&model, &three.x), &theirs, 1e-6);
}

#[test]
fn naive_bayes_is_scikit_learns() {
    let three = table();
    // MultinomialNB(alpha=0.5).predict_proba
    let model = fit(&three, &ModelSpec::MultinomialNb { alpha: 0.5 }, true);
    let theirs = [0.2942634986, 0.3094968096, 0.3962396919, 0.3319805181, 0.5588306080, 0.1091888738];
    close(&shares(&model, &three.x), &theirs, 1e-9);
    // ComplementNB(alpha=0.5, norm=False), then norm=True: predict_proba
    let model = fit(&three, &ModelSpec::ComplementNb { alpha: 0.5, norm: false }, true);
    let theirs = [0.3223185066, 0.2208519409, 0.4568295524, 0.3576025048, 0.3730602400, 0.2693372551];
    close(&shares(&model, &three.x), &theirs, 1e-9);
    let model = fit(&three, &ModelSpec::ComplementNb { alpha: 0.5, norm: true }, true);
    let theirs = [0.3346073931, 0.3141154813, 0.3512771255, 0.3382512822, 0.3416306715, 0.3201180463];
    close(&shares(&model, &three.x), &theirs, 1e-9);
}

#[test]
fn a_baseline_answers_with_the_shares_of_the_classes() {
    let model = fit(&table(), &ModelSpec::Dummy { strategy: DummyStrategy::Prior }, true);
    // DummyClassifier(strategy="prior").predict_proba
    close(&shares(&model, &table().x), &[0.28571429, 0.5, 0.21428571], 1e-8);
    let model = fit(&table(), &ModelSpec::Dummy { strategy: DummyStrategy::MostFrequent }, true);
    assert_eq!(shares(&model, &table().x)[..3], [0.0, 1.0, 0.0]);
}

#[test]
fn a_tree_over_all_columns_is_scikit_learns() {
    let whole = ForestSpec { max_features: MaxFeatures::All, bootstrap: false, ..ForestSpec::new(1, 0) };
    let two = two_classes(table());
    // RandomForestClassifier(1, bootstrap=False, max_features=None, criterion="entropy",
    // min_samples_leaf=2, max_depth=3).predict_proba, second class
    let spec = ForestSpec {
        criterion: Criterion::Entropy,
        min_samples_leaf: 2,
        max_depth: Some(3),
        ..whole.clone()
    };
    let model = fit(&two, &ModelSpec::RandomForest(spec), true);
    let ours: Vec<f64> = shares(&model, &two.x).chunks_exact(2).map(|row| row[1]).collect();
    let theirs = [
        0.6666666667,
        0.3750000000,
        0.6666666667,
        0.6250000000,
        1.0000000000,
        1.0000000000,
        0.6666666667,
        0.3750000000,
        0.6666666667,
        0.6250000000,
        1.0000000000,
        1.0000000000,
    ];
    close(&ours, &theirs, 1e-7);
    // RandomForestClassifier(1, bootstrap=False, max_features=None).predict_proba, three classes
    let model = fit(&table(), &ModelSpec::RandomForest(whole), true);
    let theirs = [
        0.3333333333,
        0.0000000000,
        0.6666666667,
        0.6250000000,
        0.3750000000,
        0.0000000000,
        0.3333333333,
        0.6666666667,
        0.0000000000,
        0.3750000000,
        0.6250000000,
        0.0000000000,
    ];
    close(&shares(&model, &table().x), &theirs, 1e-7);
}

/// A pipeline of six one-word terms around a model.
fn pipeline(model: FittedModel, n_classes: u8) -> FittedPipeline {
    FittedPipeline {
        engine_version: "test".into(),
        cleaning: Vec::new(),
        features: FittedVectorizer {
            spec: VectorizerSpec::tf_idf((1, 1)),
            terms: ["aa", "bb", "cc", "dd", "ee", "ff"].map(str::to_owned).to_vec(),
            idf: vec![1.5; 6],
        },
        model,
        calibration: Calibration::Own,
        threshold: 0.0,
        abstain: None,
        labels: (0..n_classes).map(|class| format!("class {class}")).collect(),
    }
}

/// `testdata/pipeline_2_*.rlpipe` were written by schema 2 (`REVIEWLAB_BLESS=1` writes one where it is
/// missing); every later version must read them to these scores.
#[test]
fn files_of_the_second_version_are_still_read() {
    let class_weight = ClassWeight::None;
    let golden = [
        ("softmax", ModelSpec::LogisticRegression { c: 1.0, class_weight, solver: LogisticSolver::Lbfgs }),
        ("complement", ModelSpec::ComplementNb { alpha: 1.0, norm: false }),
        ("constant", ModelSpec::Dummy { strategy: DummyStrategy::Prior }),
        ("forest", ModelSpec::RandomForest(ForestSpec::new(3, 5))),
    ];
    let table = random_table(9, 3);
    let shown = |(name, spec): (&str, ModelSpec)| {
        let path = format!("{}/testdata/pipeline_2_{name}.rlpipe", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("REVIEWLAB_BLESS").is_some() && !std::path::Path::new(&path).exists() {
            std::fs::write(&path, pipeline(fit(&table, &spec, true), 3).to_bytes()).unwrap();
        }
        let read = FittedPipeline::from_bytes(&std::fs::read(path).unwrap()).unwrap();
        let scores = scores(&read.model, &table.x);
        format!("{name} {:.9} {:.9} {:.9}", scores[0], scores[1], scores[2])
    };
    expect_test::expect![[r#"
        softmax -0.707710686 0.503193067 0.204517619
        complement -0.062515900 0.043693290 0.018822610
        constant 0.315315315 0.324324324 0.360360360
        forest 0.666666667 0.000000000 0.333333333"#]]
    .assert_eq(&golden.map(shown).join("\n"));
}

#[test]
fn every_model_is_saved_and_read_to_the_same_bits() {
    for n_classes in [2, 4] {
        let table = random_table(1, n_classes);
        for spec in every_model() {
            let pipeline = pipeline(fit(&table, &spec, true), n_classes);
            let bytes = pipeline.to_bytes();
            let read = FittedPipeline::from_bytes(&bytes).unwrap();
            assert_eq!(read, pipeline);
            assert_eq!(read.to_bytes(), bytes);
            let bits = |model| scores(model, &table.x).iter().map(|s| s.to_bits()).collect::<Vec<u64>>();
            assert_eq!(bits(&read.model), bits(&pipeline.model));
            for place in (0..bytes.len()).step_by(7) {
                let mut changed = bytes.clone();
                changed[place] ^= 0x10;
                assert!(FittedPipeline::from_bytes(&changed).is_err(), "byte {place}");
                assert!(FittedPipeline::from_bytes(&bytes[..place]).is_err(), "{place} bytes");
            }
            let mut newer = bytes.clone();
            newer[8..12].copy_from_slice(&(PIPELINE_SCHEMA + 1).to_le_bytes());
            let found = PIPELINE_SCHEMA + 1;
            let expected = PipelineFileError::Newer { found, known: PIPELINE_SCHEMA };
            assert_eq!(FittedPipeline::from_bytes(&newer).unwrap_err(), expected);
        }
    }
}

#[test]
fn trees_are_the_same_in_any_order() {
    let table = random_table(2, 3);
    let spec = ForestSpec::new(9, 11);
    let grower = ForestGrower::new(&TrainingSet { x: &table.x, truth: truth(&table, false) }, &spec);
    let mut backwards: Vec<_> = (0..9).rev().map(|tree| grower.tree(tree)).collect();
    backwards.reverse();
    let forest = grower.assemble(backwards);
    assert_eq!(forest.validate(), Ok(()));
    assert_eq!(FittedModel::Forest(forest), fit(&table, &ModelSpec::RandomForest(spec), false));
}

#[test]
fn what_cannot_be_fitted_is_said() {
    let check = |table: Table, spec: ModelSpec, expected: &str| {
        let set = TrainingSet { x: &table.x, truth: truth(&table, true) };
        assert_eq!(fit_model(&set, &spec).unwrap_err().to_string(), expected);
    };
    let negative = || {
        let mut table = random_table(3, 2);
        table.x.values[4] = -0.5;
        table
    };
    check(
        negative(),
        ModelSpec::RandomForest(ForestSpec::new(3, 0)),
        "RandomForestClassifier cannot learn from the negative value -0.5: choose other features",
    );
    check(
        Table { weights: vec![-1.0; 60], ..random_table(3, 2) },
        ModelSpec::MultinomialNb { alpha: 1.0 },
        "a row's weight is -1: choose a value from 0 to 1000000000",
    );
    let unseen = Table { labels: vec![LabelId(1); 60], ..random_table(3, 2) };
    let set = TrainingSet { x: &unseen.x, truth: truth(&unseen, false) };
    let missing = fit_model(&set, &ModelSpec::Dummy { strategy: DummyStrategy::Prior }).unwrap_err();
    assert_eq!(missing, EvaluateError::MissingClass { class: LabelId(0) });
}

fn permuted(table: &Table, seed: u64) -> Table {
    let mut order: Vec<u32> = (0..table.x.n_rows as u32).collect();
    let mut stream = RandomStream::new("order", &[seed]);
    (1..order.len()).rev().for_each(|i| order.swap(i, stream.draw(i as u32 + 1) as usize));
    Table {
        x: table.x.select_rows(&order),
        labels: order.iter().map(|&row| table.labels[row as usize]).collect(),
        weights: order.iter().map(|&row| table.weights[row as usize]).collect(),
    }
}

/// Every row as often as it weighs.
fn repeated(table: &Table) -> Table {
    let times = |row: u32| vec![row; table.weights[row as usize] as usize];
    let rows: Vec<u32> = (0..table.x.n_rows as u32).flat_map(times).collect();
    Table {
        x: table.x.select_rows(&rows),
        labels: rows.iter().map(|&row| table.labels[row as usize]).collect(),
        weights: vec![1.0; rows.len()],
    }
}

/// What a bootstrap draws depends on the order of the rows and on their number.
fn is_drawn(spec: &ModelSpec) -> bool {
    matches!(spec, ModelSpec::RandomForest(_))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_order_of_rows_changes_nothing(seed in any::<u64>(), n_classes in 2u8..6) {
        let table = random_table(seed, n_classes);
        let other = permuted(&table, seed);
        for spec in every_model().iter().filter(|spec| !is_drawn(spec)) {
            close(&scores(&fit(&table, spec, true), &table.x), &scores(&fit(&other, spec, true), &table.x), 1e-6);
        }
    }

    #[test]
    fn a_weight_counts_as_so_many_repeats(seed in any::<u64>(), n_classes in 2u8..6) {
        let table = random_table(seed, n_classes);
        let other = repeated(&table);
        for spec in every_model().iter().filter(|spec| !is_drawn(spec)) {
            let (one, two) = (fit(&table, spec, true), fit(&other, spec, false));
            close(&scores(&one, &table.x), &scores(&two, &table.x), 1e-6);
            let values = [(&table, &one, true), (&other, &two, false)].map(|(table, model, is_weighted)| {
                objective(&truth(table, is_weighted), spec, model, &scores(model, &table.x))
            });
            if let [Some(a), Some(b)] = values {
                prop_assert!((a - b).abs() < 1e-9 * a, "{a} against {b}");
            }
        }
    }

    /// No weight moved a little makes the objective smaller: what was found is the minimum.
    #[test]
    fn fits_are_minima(seed in any::<u64>(), n_classes in 2u8..4) {
        let table = random_table(seed, n_classes);
        for spec in every_model() {
            let model = fit(&table, &spec, true);
            let value = |model: &FittedModel| objective(&truth(&table, true), &spec, model, &scores(model, &table.x));
            let Some(least) = value(&model) else { continue };
            for place in 0..6 {
                for step in [-1e-4, 1e-4] {
                    let mut moved = model.clone();
                    if let FittedModel::Linear { coef, intercept, .. } | FittedModel::Softmax { coef, intercept } = &mut moved {
                        coef[place] += step;
                        intercept[0] += step * f64::from(u8::from(place % 2 == 0));
                    }
                    prop_assert!(value(&moved).unwrap() >= least * (1.0 - 1e-10), "{spec:?}");
                }
            }
        }
    }

    #[test]
    fn probabilities_sum_to_one_and_contributions_to_the_score(seed in any::<u64>(), n_classes in 2u8..7) {
        let table = random_table(seed, n_classes);
        for spec in every_model() {
            let model = fit(&table, &spec, true);
            for row in shares(&model, &table.x).chunks_exact(usize::from(n_classes)) {
                prop_assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-6, "{row:?}");
            }
            let scorer = Scorer::new(&model);
            for row in 0..8 {
                let row = sparse(&table.x, row);
                let mut scores = Vec::new();
                scorer.score(&row, &mut scores);
                for (score, &value) in scores.iter().enumerate() {
                    let (base, of_terms) = scorer.contributions(&row, score);
                    prop_assert!((base + of_terms.iter().sum::<f64>() - value).abs() < 1e-6);
                }
            }
        }
    }

    #[test]
    fn forests_keep_to_their_bounds(seed in any::<u64>(), depth in 1u32..5, leaf in 1u32..9, share in 0.1f64..1.0) {
        let table = random_table(seed, 3);
        let spec = ForestSpec {
            max_depth: Some(depth),
            min_samples_leaf: leaf,
            max_features: MaxFeatures::Share(share),
            ..ForestSpec::new(5, seed)
        };
        let FittedModel::Forest(forest) = fit(&table, &ModelSpec::RandomForest(spec), false) else {
            panic!("a forest")
        };
        prop_assert!(forest.validate().is_ok());
        // A tree so deep has at most so many nodes.
        prop_assert!(forest.trees.iter().all(|tree| tree.columns.len() < 2 << depth));
    }

    #[test]
    fn no_bytes_of_a_saved_forest_make_reading_panic(seed in any::<u64>(), place in any::<u32>(), with in any::<u8>()) {
        let table = random_table(seed, 3);
        let forest = ModelSpec::RandomForest(ForestSpec::new(2, seed));
        let pipeline = pipeline(fit(&table, &forest, true), 3);
        let mut bytes = pipeline.to_bytes();
        let end = bytes.len() - 32;
        bytes[place as usize % end] = with;
        // With a checksum that holds, so that the parts behind it are read.
        let hash = engine::num::ContentHash::of(&bytes[..end]);
        bytes[end..].copy_from_slice(&hash.0);
        if let Ok(FittedPipeline { model: FittedModel::Forest(forest), .. }) = FittedPipeline::from_bytes(&bytes) {
            prop_assert!(forest.validate().is_ok());
        }
    }
}
