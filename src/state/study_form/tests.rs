//! The form against the engine's presets, and what is wrong beside its field.

use engine::dataset::LabelId;
use engine::metrics::Metric;
use engine::split::{MAX_FOLDS, SplitSpec};
use engine::text::CleanStep;
use engine::tune::StopRule;

use super::*;

fn facts(rows: &[u64]) -> Facts {
    let names = ["bad", "good", "mixed"];
    let classes = names.iter().zip(rows).map(|(name, rows)| ((*name).to_owned(), *rows)).collect();
    Facts { classes, has_dates: true, has_groups: true, keeps_together: false }
}

fn with(change: impl FnOnce(&mut StudyForm)) -> StudyForm {
    let mut form = StudyForm::default();
    change(&mut form);
    form
}

/// Places of what is wrong.
#[track_caller]
fn check(form: &StudyForm, expected: &[&str]) {
    let checked = form.check(&facts(&[500, 500]));
    let places: Vec<&str> = checked.problems.iter().map(|problem| problem.place.as_str()).collect();
    assert_eq!(places, expected, "{:?}", checked.problems);
    assert!(checked.problems.iter().all(|problem| problem.sentence.ends_with('.')), "{checked:?}");
}

#[test]
fn the_form_as_it_stands_is_fast() {
    let checked = StudyForm::default().check(&facts(&[500, 500]));
    assert_eq!(checked.study, StudyPreset::Fast.study(&ModelKind::ALL, 42));
    assert_eq!(checked.preset(), Some(StudyPreset::Fast));
    assert!(checked.is_right());
}

#[test]
fn every_preset_goes_through_the_form_unchanged() {
    for preset in StudyPreset::ALL {
        for models in [&MODELS[..], &MODELS[1..3]] {
            let study = preset.study(models, 7);
            let checked = StudyForm::of(&study).check(&facts(&[500, 500]));
            assert_eq!(checked.study, study, "{}", preset.name());
            assert_eq!(checked.preset(), Some(preset));
            assert_eq!(checked.problems, []);
        }
    }
}

#[test]
fn a_preset_keeps_models_and_seed_and_the_scheduled_job_has_its_own() {
    let facts = facts(&[500, 500]);
    let mut form = with(|form| {
        form.set_model(ModelKind::LinearSvc, false);
        form.set_text(Field::Seed, "7".into());
    });
    form.set_preset(StudyPreset::Thorough, &form.check(&facts));
    let models = [ModelKind::LogisticRegression, ModelKind::MultinomialNb];
    assert_eq!(form.check(&facts).study, StudyPreset::Thorough.study(&models, 7));
    form.set_preset(StudyPreset::ScheduledJob, &form.check(&facts));
    assert_eq!(form.models(), [ModelKind::LogisticRegression]);
    form.set_preset(StudyPreset::Fast, &form.check(&facts));
    assert_eq!(form.models(), ModelKind::ALL);
}

#[test]
fn everything_that_can_be_asked_for_goes_through_the_form_unchanged() {
    let mut study = StudyPreset::Balanced.study(&MODELS, 3);
    study.minutes = Some(2.5);
    study.metric = Metric::RocAuc;
    study.stop_rule = Some(StopRule { patience: 40 });
    study.split = SplitSpec { test_share: 0.25, n_folds: 4, seed: 9, kind: SplitKind::Plain, n_repeats: 3 };
    study.sampler = SamplerSpec::TpeIndependent { n_startup_trials: 4, n_ei_candidates: 12 };
    study.pruner = PrunerSpec::Wilcoxon { p_threshold: 0.2, n_startup_folds: 3 };
    study.decision = DecisionSpec {
        calibration: CalibrationMethod::Isotonic,
        threshold: ThresholdGoal::MinPrecision { class: LabelId(0), precision: 0.8 },
        abstain: AbstainRule::Width { width: 0.2 },
    };
    study.searches[0].space = vec![
        (ParamName::MinDf, Range::IntLog { low: 2, high: 9 }),
        (ParamName::C, Range::FloatStep { low: 0.5, high: 2.0, step: 0.5 }),
        (ParamName::Solver, Range::words(&["liblinear", "lbfgs"])),
    ];
    study.searches[1].space =
        vec![(ParamName::Alpha, Range::Choice { choices: vec![Value::Float(0.1), Value::Float(1.0)] })];
    let checked = StudyForm::of(&study).check(&facts(&[500, 500]));
    assert_eq!(checked.problems, []);
    assert_eq!(checked.study, study);
    assert_eq!(StudyForm::of(&checked.study), StudyForm::of(&study));
}

#[test]
fn numbers_that_cannot_be_read_are_told_at_their_field() {
    for trials in ["", "0", "-3", "ten", "100001"] {
        check(&with(|form| form.set_text(Field::Trials, trials.into())), &["n_trials"]);
    }
    check(&with(|form| form.set_text(Field::Seed, "x".into())), &["seed"]);
    check(&with(|form| form.set_text(Field::Minutes, "0".into())), &["minutes"]);
    check(&with(|form| form.set_text(Field::Minutes, "soon".into())), &["minutes"]);
    check(&with(|form| form.set_text(Field::TestShare, "0.99".into())), &["split.test_share"]);
    check(&with(|form| form.set_text(Field::Repeats, "99".into())), &["split.n_repeats"]);
    check(&with(|form| form.set_text(Field::Folds, (MAX_FOLDS + 1).to_string())), &["split.n_folds"]);
    let none = with(|form| ModelKind::ALL.into_iter().for_each(|model| form.set_model(model, false)));
    check(&none, &["searches"]);
}

#[test]
fn a_metric_that_a_model_cannot_have_is_told_at_its_field() {
    check(&with(|form| form.choose(Choice::Metric, "log_loss".into())), &["metric"]);
    check(&with(|form| form.choose(Choice::Metric, "average_precision".into())), &[]);
    let without_svm = with(|form| {
        form.choose(Choice::Metric, "log_loss".into());
        form.set_model(ModelKind::LinearSvc, false);
    });
    check(&without_svm, &[]);
}

#[test]
fn a_field_that_is_not_used_may_hold_anything() {
    check(&with(|form| form.set_text(Field::Points, "x".into())), &[]);
    check(&with(|form| form.set_text(Field::Patience, "x".into())), &[]);
    let grid = with(|form| {
        form.set_text(Field::Points, "1".into());
        form.choose(Choice::Sampler, "grid".into());
    });
    check(&grid, &["sampler.n_points"]);
}

#[track_caller]
fn check_param(name: ParamName, how: How, typed: &[(Part, &str)], expected: &[&str]) {
    let form = with(|form| {
        let param = form.param_mut(Some(ModelKind::LogisticRegression), name).expect("it has it");
        param.how = how;
        typed.iter().for_each(|(part, text)| param.set_text(*part, (*text).to_owned()));
    });
    check(&form, expected);
}

#[test]
fn a_range_that_cannot_be_searched_is_told_at_its_part() {
    use Part::{Choices, High, Low, Step};
    check_param(ParamName::C, How::Range, &[(Low, "3"), (High, "2")], &["LogisticRegression.C.low"]);
    check_param(ParamName::C, How::Log, &[(Low, "0")], &["LogisticRegression.C.low"]);
    check_param(ParamName::C, How::Held, &[(Part::Value, "")], &["LogisticRegression.C.value"]);
    check_param(ParamName::C, How::Held, &[(Part::Value, "0")], &["LogisticRegression.C.value"]);
    check_param(ParamName::C, How::Choices, &[(Choices, "0.1, much")], &["LogisticRegression.C.choices"]);
    check_param(ParamName::MinDf, How::Steps, &[(Step, "3")], &["LogisticRegression.min_df.step"]);
    check_param(ParamName::MinDf, How::Range, &[(High, "7.5")], &["LogisticRegression.min_df.high"]);
    check_param(ParamName::MaxFeatures, How::Held, &[(Part::Value, "")], &[]);
    check_param(ParamName::MaxDf, How::Held, &[(Part::Value, "2")], &["LogisticRegression.max_df.value"]);
}

#[test]
fn folds_above_the_smallest_class_are_told_at_the_folds() {
    let checked = StudyForm::default().check(&facts(&[6, 500]));
    let sentence = checked.sentence(Field::Folds.place()).expect("six reviews are too few");
    assert!(sentence.contains("'bad' has 6"), "{sentence}");
}

#[test]
fn parting_by_what_the_data_do_not_have_is_told() {
    let none = Facts { has_dates: false, has_groups: false, ..facts(&[500, 500]) };
    for (key, is_wrong) in [("by_time", true), ("by_group", true), ("grouped", false)] {
        let checked = with(|form| form.choose(Choice::Split, key.into())).check(&none);
        assert_eq!(checked.sentence("split.kind").is_some(), is_wrong, "{key}");
    }
    let three = facts(&[500, 500, 500]);
    let checked = with(|form| form.choose(Choice::Threshold, "macro_f1".into())).check(&three);
    assert!(checked.sentence("decision.threshold").is_some());
}

#[test]
fn one_word_is_held_and_several_are_searched() {
    let checked = with(|form| {
        let lengths = form.param_mut(None, ParamName::NgramRange).expect("all share it");
        lengths.set_word("1-1", true);
        let weights = form.param_mut(None, ParamName::Vectorizer).expect("all share it");
        weights.set_word("bow", true);
        weights.set_word("tfidf", false);
    })
    .check(&facts(&[500, 500]));
    assert_eq!(checked.problems, []);
    for search in &checked.study.searches {
        assert_eq!(search.range(ParamName::NgramRange), Some(&Range::words(&["1-1", "1-2"])));
        assert_eq!(search.range(ParamName::Vectorizer), None);
        assert_eq!(ParamName::Vectorizer.held_at(&search.base), Some(Value::Text("bow".into())));
    }
    let none = with(|form| {
        if let Some(weights) = form.param_mut(None, ParamName::Vectorizer) {
            weights.set_word("tfidf", false);
        }
    });
    check(&none, &["features.vectorizer.choices"]);
}

#[test]
fn a_parameter_that_does_not_matter_is_left_out() {
    let forest = ModelKind::RandomForest;
    let checked = with(|form| {
        form.set_model(forest, true);
        let limit = form.param_mut(Some(forest), ParamName::LimitDepth).expect("a forest has it");
        limit.set_word("true", false);
    });
    assert!(!checked.applies(forest, ParamName::MaxDepth));
    let checked = checked.check(&facts(&[500, 500]));
    assert_eq!(checked.problems, []);
    let search = checked.study.searches.last().expect("the forest is searched");
    assert_eq!(search.range(ParamName::MaxDepth), None);
    assert_eq!(ParamName::MaxDepth.held_at(&search.base), None);
}

#[test]
fn ways_to_clean_are_searched_from_two_on() {
    let mut form = StudyForm::default();
    form.set_cleaning(Cleaning::AllWords, true);
    let checked = form.check(&facts(&[500, 500]));
    let names = [Cleaning::AsData.as_str(), Cleaning::AllWords.as_str()];
    for search in &checked.study.searches {
        assert_eq!(search.range(ParamName::Cleaning), Some(&Range::words(&names)));
    }
    assert_eq!(checked.study.corpora().len(), 2);
    assert_eq!(StudyForm::of(&checked.study), form);
    form.set_cleaning(Cleaning::AllWords, false);
    assert_eq!(form, StudyForm::default());
}

#[test]
fn ways_to_clean_follow_what_the_data_say() {
    let mut form = StudyForm::default();
    form.set_cleaning(Cleaning::Endings, true);
    let mut study = form.check(&facts(&[500, 500])).study;
    let mut recipe = recipe();
    recipe.cleaning = vec![CleanStep::Lowercase, CleanStep::KeepLetters];
    follow_recipe(&mut study, &recipe);
    assert_eq!(study.cleaning, recipe.cleaning);
    assert!(study.cleanings.iter().all(|variant| variant.steps == recipe.cleaning), "{:?}", study.cleanings);
}

#[test]
fn the_seed_of_trees_follows_the_studys() {
    let form = with(|form| {
        form.set_model(ModelKind::RandomForest, true);
        form.set_text(Field::Seed, "11".into());
    });
    assert_eq!(form.check(&facts(&[500, 500])).preset(), Some(StudyPreset::Fast));
}

fn recipe() -> engine::dataset::DatasetRecipe {
    let json = r#"{"schema":2,"format":{"encoding":"utf8","delimiter":","},"text_column":0,"text_name":"t",
        "label_column":1,"label_name":"l","mapping":{"classes":["bad","good"],"rule":{"type":"words","classes":[]}},
        "keep_missing":false,"cleaning":[],"fixes":[]}"#;
    json::from_str(json).expect("it is a recipe")
}
