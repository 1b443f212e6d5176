//! The sample reviews are as hard as real ones: no model is perfect, phrases count, no word gives a class away.

use engine::dataset::{
    CleanedDocs, DatasetReader, DatasetRecipe, Fix, LabelId, LabelMapping, guess_mapping, guess_roles,
};
use engine::features::{DocumentFrequency, VectorizerSpec, count};
use engine::metrics;
use engine::models::{ClassWeight, CrossValidator, ModelKind, ModelSpec};
use engine::split::{SplitPlan, SplitSpec};
use engine::table::{DETECT_BYTES, TableScan, detect_format};
use engine::text::{CleanStep, reference_cleaning};
use engine::tune::{StudySpec, Trial, TrialOutcome, ask, best_trial};

const N_TRIALS: u32 = 20;
const SEED: u64 = 42;

/// The sample, cleaned by `cleaning`, and how its stars became classes.
fn sample(cleaning: Vec<CleanStep>) -> (CleanedDocs, LabelMapping) {
    let path = it::workspace_root().join("data/sample_reviews.csv");
    let bytes = std::fs::read(path).expect("the sample is in the repository");
    let format = detect_format(&bytes[..DETECT_BYTES.min(bytes.len())], bytes.len() as u64).expect("a table");
    let mut scan = TableScan::new(&format, bytes.len() as u64).expect("a small file");
    scan.push(&bytes).expect("a small file");
    let table = scan.finish().expect("a table");
    let roles = guess_roles(&table).expect("columns of text and rating");
    let [text, label] = [roles.text_column, roles.label_column].map(|column| &table.columns[column as usize]);
    assert_eq!([text.name.as_str(), label.name.as_str()], ["Review text", "Rating"], "the columns are found");
    let recipe = DatasetRecipe {
        schema: 1,
        format,
        text_column: roles.text_column,
        text_name: text.name.clone(),
        label_column: roles.label_column,
        label_name: label.name.clone(),
        extra: Default::default(),
        mapping: guess_mapping(label).expect("five stars"),
        keep_missing: false,
        cleaning,
        fixes: vec![Fix::DropRepeats],
    };
    let mut reader = DatasetReader::new(&recipe).expect("steps of every build");
    reader.push(&bytes).expect("the recipe fits");
    (reader.finish().expect("usable reviews").docs, recipe.mapping)
}

/// The best cross-validated macro F1 of twenty trials over the reference's space, with n-grams of these lengths.
fn best_cv_f1(docs: &CleanedDocs, kind: ModelKind, ngram_range: (u8, u8)) -> f64 {
    let mut study = StudySpec::reference(&[kind], N_TRIALS, SEED);
    study.searches[0].base.vectorizer.ngram_range = ngram_range;
    let corpus = count(docs.clone(), 2, &study.counting()).expect("a small corpus");
    let plan = SplitPlan::new(&docs.labels, 2, &study.split).expect("enough reviews of both classes");
    let mut validator = CrossValidator::new(&corpus.counts, &plan).expect("split and counts fit");
    let mut trials: Vec<Trial> = Vec::new();
    for number in 0..N_TRIALS {
        let setting = ask(&study, 0, &trials).expect("no end of settings");
        let pipeline = study.searches[0].pipeline(&setting);
        let scores =
            validator.evaluate(&pipeline.vectorizer, &pipeline.model).expect("a setting of the space");
        let outcome = TrialOutcome::complete(scores.fold_f1_macro);
        trials.push(Trial { number, setting, outcome, rungs: Vec::new(), elapsed_ms: 0.0 });
    }
    best_trial(&trials).and_then(Trial::mean).expect("twenty complete trials")
}

#[test]
fn every_model_is_good_and_none_is_perfect_and_phrases_help() {
    let (docs, mapping) = sample(reference_cleaning());
    assert_eq!(mapping.classes, ["negative", "positive"]);
    for kind in ModelKind::ALL {
        let phrases = best_cv_f1(&docs, kind, (1, 2));
        let words = best_cv_f1(&docs, kind, (1, 1));
        println!("{}: words {words:.4}, words and pairs {phrases:.4}", kind.as_str());
        assert!((0.80..=0.93).contains(&phrases), "{}: {phrases}", kind.as_str());
        assert!(
            phrases - words >= 0.01,
            "{}: words alone reach {words}, pairs only {phrases}",
            kind.as_str()
        );
    }
}

#[test]
fn a_large_c_over_rows_of_any_length_is_solved() {
    let (docs, _) = sample(reference_cleaning());
    let features =
        VectorizerSpec { min_df: DocumentFrequency::Count(3), ..VectorizerSpec::bag_of_words((1, 2)) };
    let corpus = count(docs.clone(), 2, &features.counting(3)).expect("a small corpus");
    let plan = SplitPlan::new(&docs.labels, 2, &SplitSpec::reference()).expect("enough reviews");
    let mut validator = CrossValidator::new(&corpus.counts, &plan).expect("split and counts fit");
    for c in [1.0, 35.0, 100.0] {
        let weight = ClassWeight::Balanced;
        for model in [ModelSpec::linear_svc(c, weight), ModelSpec::logistic_regression(c, weight)] {
            let scores = validator.evaluate(&features, &model).expect("it is solved");
            assert!(scores.mean() > 0.6 && scores.warnings.is_empty(), "{scores:?}");
        }
    }
}

#[test]
fn always_guessing_the_commoner_class_is_worth_little() {
    let (docs, _) = sample(reference_cleaning());
    let plan =
        SplitPlan::new(&docs.labels, 2, &SplitSpec::reference()).expect("enough reviews of both classes");
    let truth: Vec<LabelId> = plan.test.iter().map(|&doc| docs.labels[doc as usize]).collect();
    let dummy = metrics::evaluate(&truth, &vec![1; truth.len()], 2, None, None).f1_macro;
    assert!(dummy < 0.50, "{dummy}");
}

#[test]
fn no_word_gives_its_class_away() {
    let as_typed = [CleanStep::Lowercase, CleanStep::KeepLetters].to_vec();
    for cleaning in [reference_cleaning(), as_typed] {
        let (docs, _) = sample(cleaning);
        let fewest = docs.n_docs() as f64 * 0.01;
        let mut n_docs_of = vec![[0_u32; 2]; docs.words.len()];
        for (doc, label) in docs.labels.iter().enumerate() {
            let mut words = docs.word_ids_of(doc).to_vec();
            words.sort_unstable();
            words.dedup();
            words.iter().for_each(|&word| n_docs_of[word as usize][usize::from(label.0)] += 1);
        }
        let frequent = docs.words.iter().zip(&n_docs_of).filter(|(_, n)| f64::from(n[0] + n[1]) >= fewest);
        let giveaways: Vec<_> =
            frequent.filter(|(_, n)| f64::from(n[0].max(n[1])) > 0.97 * f64::from(n[0] + n[1])).collect();
        assert!(giveaways.is_empty(), "{giveaways:?}");
    }
}
