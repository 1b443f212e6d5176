use super::*;
use crate::dataset::{DatasetRecipe, Fix, guess_mapping, guess_roles};
use crate::models::ModelKind;
use crate::pipeline::{AbstainRule, ThresholdGoal};
use crate::split::{SplitKind, SplitSpec};
use crate::table::{TableScan, detect_format};
use crate::text::CleanStep;
use crate::tune::CleaningVariant;

fn study() -> StudySpec {
    StudySpec::reference(&ModelKind::ALL, 20, 42)
}

#[track_caller]
fn check(change: impl FnOnce(&mut StudySpec), expected: &str) {
    let mut study = study();
    change(&mut study);
    let found = study.validate().map_err(|error| error.to_string());
    assert_eq!(found, Err(expected.to_owned()));
}

#[test]
fn the_reference_can_be_run() {
    assert_eq!(study().validate(), Ok(()));
    assert_eq!(study().n_trials(), 60);
}

#[test]
fn what_cannot_be_run_gets_one_sentence() {
    check(|study| study.searches.clear(), "The study has no model: choose at least one.");
    check(
        |study| study.searches = vec![study.searches[0].clone(); 17],
        "The study has 17 searches, at most 16 are run: leave some out.",
    );
    check(|study| study.searches[1].n_trials = 0, "MultinomialNB is to make 0 trials: choose 1 to 100000.");
    check(
        |study| study.searches[1].n_trials = MAX_TRIALS + 1,
        "MultinomialNB is to make 100001 trials: choose 1 to 100000.",
    );
    check(|study| study.split.n_folds = 1, "1 folds were asked for: choose 2 to 20.");
    check(|study| study.split.n_folds = 21, "21 folds were asked for: choose 2 to 20.");
    check(
        |study| study.split.test_share = 0.0,
        "A test share of 0 was asked for: choose one between 0.05 and 0.95.",
    );
    check(
        |study| study.searches[0].base.vectorizer.ngram_range = (2, 1),
        "Phrases of 2 to 1 words or characters were asked for: choose 1 to 5, the smaller number first.",
    );
    check(
        |study| {
            study.sampler = SamplerSpec::Tpe {
                n_startup_trials: 10,
                n_ei_candidates: 0,
                multivariate: true,
                group: false,
            };
        },
        "The sampler is to weigh 0 candidates for each trial: choose 1 to 1000.",
    );
    check(
        |study| study.cleaning = vec![CleanStep::Lowercase],
        "LogisticRegression cleans the reviews otherwise than the study does: use the study's cleaning steps.",
    );
}

#[track_caller]
fn check_range(name: ParamName, range: Range, expected: &str) {
    check(|study| study.searches[2].space = vec![(name, range)], expected);
}

#[test]
fn ranges_that_cannot_be_searched_get_one_sentence() {
    check_range(
        ParamName::C,
        Range::Float { low: 2.0, high: 0.5, log: true },
        "C of LinearSVC goes from 2 to 0.5: give the smaller number first.",
    );
    check_range(
        ParamName::C,
        Range::Float { low: 0.0, high: 0.5, log: true },
        "C of LinearSVC is searched on a logarithmic scale from 0: start above 0.",
    );
    check_range(
        ParamName::C,
        Range::Float { low: 0.1, high: f64::NAN, log: false },
        "C of LinearSVC cannot be NaN: choose a number from 0.000001 to 1000000.",
    );
    check_range(
        ParamName::MaxDf,
        Range::Float { low: 0.5, high: 1.5, log: false },
        "max_df of LinearSVC cannot be 1.5: choose a number above 0 and at most 1.",
    );
    check_range(
        ParamName::MinDf,
        Range::Int { low: 0, high: 3, step: 1 },
        "min_df of LinearSVC cannot be 0: choose a number from 1 to 4294967295.",
    );
    check_range(
        ParamName::MaxFeatures,
        Range::Int { low: 2000, high: 5100, step: 500 },
        "max_features of LinearSVC goes from 2000 to 5100 in steps of 500, which miss 5100: choose a step that divides 3100.",
    );
    check_range(
        ParamName::MaxFeatures,
        Range::Int { low: 2000, high: 5000, step: 0 },
        "max_features of LinearSVC goes from 2000 to 5000 in steps of 0, which miss 5000: choose a step that divides 3000.",
    );
    check_range(
        ParamName::MinDf,
        Range::Float { low: 1.0, high: 3.0, log: false },
        "min_df of LinearSVC is a whole number: give such a range.",
    );
    check_range(
        ParamName::Alpha,
        Range::Float { low: 0.1, high: 1.0, log: false },
        "LinearSVC has no alpha: leave it out.",
    );
    check(
        |study| {
            let first = study.searches[0].space[0].clone();
            study.searches[0].space.push(first);
        },
        "C of LogisticRegression is listed twice: keep one range.",
    );
}

#[test]
fn values_that_are_not_searched_are_checked_too() {
    check(
        |study| study.searches[1].base.model = ModelSpec::MultinomialNb { alpha: -1.0 },
        "alpha of MultinomialNB cannot be -1: choose a number from 0.0000000001 to 1000000.",
    );
    check(
        |study| study.searches[1].base.vectorizer.max_features = Some(0),
        "max_features of MultinomialNB cannot be 0: choose a number from 1 to 4294967295.",
    );
    check(
        |study| study.searches[1].base.vectorizer.max_df = DocumentFrequency::Share(1.5),
        "max_df of MultinomialNB cannot be 1.5: choose a number from 0 to 1.",
    );
}

#[test]
fn a_split_or_a_decision_that_makes_no_sense_is_told() {
    check(|study| study.split.n_repeats = 0, "folds drawn 0 times were asked for: choose 1 to 20.");
    check(
        |study| study.split = SplitSpec { kind: SplitKind::ByTime, n_repeats: 2, ..study.split.clone() },
        "folds by time come out the same each time, so 2 draws of them tell no more than one: choose 1.",
    );
    check(
        |study| study.decision.abstain = AbstainRule::Share { share: 2.0 },
        "a share of 2 cannot be left unanswered: choose a number from 0 to 0.9.",
    );
    check(
        |study| study.decision.threshold = ThresholdGoal::Cost { costs: vec![vec![0.0, f64::NAN]] },
        "costs are a table of two rows and two columns of numbers from 0 up: fill in every cell.",
    );
}

#[test]
fn steps_and_choices_that_cannot_be_searched_get_one_sentence() {
    check_range(
        ParamName::MaxDf,
        Range::FloatStep { low: 0.5, high: 0.9, step: 0.3 },
        "max_df of LinearSVC goes from 0.5 to 0.9 in steps of 0.3, which miss 0.9: choose a step that divides the way.",
    );
    check_range(
        ParamName::MinDf,
        Range::IntLog { low: 0, high: 3 },
        "min_df of LinearSVC is searched on a logarithmic scale from 0: start above 0.",
    );
    check_range(
        ParamName::Loss,
        Range::words(&["hinge", "log"]),
        "loss of LinearSVC cannot be 'log' here: choose each once, of squared_hinge, hinge.",
    );
    check_range(
        ParamName::Loss,
        Range::words(&["hinge", "hinge"]),
        "loss of LinearSVC cannot be 'hinge' here: choose each once, of squared_hinge, hinge.",
    );
    check_range(
        ParamName::Loss,
        Range::Int { low: 0, high: 1, step: 1 },
        "loss of LinearSVC is a choice of words: give such a range.",
    );
    check_range(
        ParamName::C,
        Range::Choice { choices: Vec::new() },
        "C of LinearSVC has 0 choices: give 1 to 64.",
    );
    check_range(
        ParamName::C,
        Range::Choice { choices: vec![Value::Float(0.0)] },
        "C of LinearSVC cannot be 0: choose a number from 0.000001 to 1000000.",
    );
    check_range(
        ParamName::NgramRange,
        Range::words(&["1-2", "2-1"]),
        "ngram_range of LinearSVC cannot be '2-1' here: choose each once, shortest and longest such as 1-2.",
    );
    check_range(
        ParamName::Cleaning,
        Range::words(&["none"]),
        "cleaning of LinearSVC cannot be 'none' here: choose each once, of the study's cleaning variants .",
    );
}

#[test]
fn a_study_follows_its_recipe() {
    let mut study = study();
    let recipe = |fixes| {
        let text = "text,stars\ngood stuff,5\nbad stuff,1\n".as_bytes();
        let format = detect_format(text, text.len() as u64).unwrap();
        let mut scan = TableScan::new(&format, text.len() as u64).unwrap();
        scan.push(text).unwrap();
        let table = scan.finish().unwrap();
        let roles = guess_roles(&table).unwrap();
        let mapping = guess_mapping(&table.columns[1]).unwrap();
        let cleaning = vec![CleanStep::Lowercase];
        DatasetRecipe { fixes, cleaning, ..DatasetRecipe::reference(&table, roles, mapping) }
    };
    study.follow(&recipe(vec![Fix::DropRepeats]));
    assert_eq!(study.validate(), Ok(()));
    assert_eq!(
        (study.cleaning.as_slice(), study.split.kind),
        (&[CleanStep::Lowercase][..], SplitKind::Stratified)
    );
    study.follow(&recipe(vec![Fix::KeepTogether]));
    assert_eq!(study.split.kind, SplitKind::Grouped);
    let boilerplate = CleanStep::RemoveSuffix { text: "READ MORE".into() };
    let variant = CleaningVariant { name: "short".into(), steps: vec![CleanStep::RemoveUrls] };
    study.cleanings = vec![variant];
    let mended =
        DatasetRecipe { cleaning: vec![boilerplate.clone(), CleanStep::Lowercase], ..recipe(Vec::new()) };
    study.follow(&mended);
    study.follow(&mended);
    assert_eq!(study.cleanings[0].steps, [boilerplate, CleanStep::RemoveUrls]);
    study.split.kind = SplitKind::ByTime;
    study.follow(&recipe(vec![Fix::KeepTogether]));
    assert_eq!(study.split.kind, SplitKind::ByTime, "a person's choice of another kind stands");
}

#[test]
fn budgets_and_grids_have_bounds() {
    check(
        |study| study.minutes = Some(0.0),
        "The study is given 0 minutes: choose more than 0 and at most 10080.",
    );
    check(
        |study| study.minutes = Some(f64::NAN),
        "The study is given NaN minutes: choose more than 0 and at most 10080.",
    );
    check(
        |study| study.sampler = SamplerSpec::Grid { n_points: 1 },
        "The grid is to have 1 values of each real range: choose 2 to 64.",
    );
}

#[test]
fn pruners_and_stop_rules_have_bounds() {
    check(
        |study| study.pruner = PrunerSpec::Wilcoxon { p_threshold: 1.0, n_startup_folds: 2 },
        "The pruner's p_threshold is 1: choose a number between 0 and 1.",
    );
    check(
        |study| study.pruner = PrunerSpec::Halving { reduction_factor: 1, n_rungs: 2 },
        "The pruner's reduction_factor is 1: choose a number from 2 to 10.",
    );
    check(
        |study| study.pruner = PrunerSpec::Halving { reduction_factor: 3, n_rungs: 7 },
        "The pruner's n_rungs is 7: choose a number from 1 to 6.",
    );
    check(
        |study| study.stop_rule = Some(StopRule { patience: 3 }),
        "The study is to stop when 3 trials gain nothing: choose 10 to 10000.",
    );
}

#[test]
fn values_held_or_queued_lie_in_the_space() {
    check(
        |study| study.searches[0].frozen = Setting::from([(ParamName::MinDf, Value::Int(9))]),
        "min_df of LogisticRegression is to be held or tried at 9, which its range does not have: choose one that it has.",
    );
    check(
        |study| study.searches[0].queued = vec![Setting::from([(ParamName::Alpha, Value::Float(0.1))])],
        "alpha of LogisticRegression is to be held or tried at 0.1, which its range does not have: choose one that it has.",
    );
}

#[test]
fn a_study_that_needs_too_many_readings_is_refused() {
    check(
        |study| {
            let names: Vec<String> = (0..6).map(|n| format!("v{n}")).collect();
            let variant = |(n, name): (usize, &String)| CleaningVariant {
                name: name.clone(),
                steps: vec![CleanStep::Lowercase; n],
            };
            study.cleanings = names.iter().enumerate().map(variant).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            study.searches[0].space.push((ParamName::Cleaning, Range::words(&names)));
            study.searches[0].space.push((ParamName::NgramRange, Range::words(&["1-1", "1-2", "1-3"])));
        },
        "The study needs the reviews read in 19 ways, at most 16 are: choose fewer cleaning variants, phrases or stop words.",
    );
}

#[test]
fn every_problem_stands_beside_its_field() {
    let mut study = study();
    study.split.n_folds = 9;
    study.searches[0].n_trials = 0;
    study.searches[1].space[0].1 = Range::Float { low: 2.0, high: 0.5, log: true };
    study.searches[2].space[1].1 = Range::Int { low: 2000, high: 5100, step: 500 };
    let classes = [("bad".to_owned(), 12), ("good".to_owned(), 90), ("none".to_owned(), 0)];
    let problems = study.problems(&classes);
    let paths: Vec<&str> = problems.iter().map(|problem| problem.path.as_str()).collect();
    let expected = [
        "split.n_folds",
        "searches.0.n_trials",
        "searches.1.space.alpha.low",
        "searches.2.space.max_features.step",
    ];
    assert_eq!(paths, expected);
    assert_eq!(
        problems[0].error.to_string(),
        "9 folds and a test part need 13 reviews of each class, 'bad' has 12: choose fewer folds or add reviews."
    );
}
