use super::*;
use crate::models::ModelKind;
use crate::tune::Value;

fn reference(n_trials: u32, seed: u64) -> StudySpec {
    StudySpec::reference(&ModelKind::ALL, n_trials, seed)
}

fn ask(study: &StudySpec, search: usize, finished: &[Trial]) -> Setting {
    super::ask(study, search, finished).expect("no end of settings")
}

fn trial(number: u32, setting: Setting, score: f64) -> Trial {
    let outcome = TrialOutcome::complete(vec![score]);
    Trial { number, setting, outcome, rungs: Vec::new(), elapsed_ms: 0.0 }
}

/// A hill over the space of logistic regression, highest at C = 0.6, 3,500 terms, min_df 3, max_df 0.8.
fn hill(setting: &Setting) -> f64 {
    let at = |name: ParamName| setting[&name].as_f64();
    let c = libm::log(at(ParamName::C) / 0.6) / libm::log(200.0);
    let size = (at(ParamName::MaxFeatures) - 3500.0) / 3000.0;
    let (fewest, share) = ((at(ParamName::MinDf) - 3.0) / 4.0, (at(ParamName::MaxDf) - 0.8) / 0.2);
    1.0 - 4.0 * c * c - 0.5 * size * size - 0.3 * fewest - 0.2 * share * share
}

fn best_of(study: &StudySpec, n_trials: u32) -> f64 {
    let mut finished = Vec::new();
    for number in 0..n_trials {
        let setting = ask(study, 0, &finished);
        let score = hill(&setting);
        finished.push(trial(number, setting, score));
    }
    best_trial(&finished).and_then(Trial::mean).expect("every trial is complete")
}

fn mean_best(sampler: &SamplerSpec, n_trials: u32) -> f64 {
    let best: Vec<f64> = (0..100)
        .map(|seed| best_of(&StudySpec { sampler: sampler.clone(), ..reference(n_trials, seed) }, n_trials))
        .collect();
    stats::mean(&best).expect("there are seeds")
}

#[test]
fn tpe_beats_random_search() {
    let random = mean_best(&SamplerSpec::Random, 40);
    let (n_startup_trials, n_ei_candidates) = (10, 24);
    for sampler in [
        SamplerSpec::Tpe { n_startup_trials, n_ei_candidates, multivariate: false, group: false },
        SamplerSpec::optuna(),
        SamplerSpec::grouped(),
        SamplerSpec::TpeIndependent { n_startup_trials, n_ei_candidates },
    ] {
        let tpe = mean_best(&sampler, 40);
        assert!(tpe > random + 0.02, "{sampler:?}: {tpe} against {random}");
    }
}

#[test]
fn first_trials_are_random_and_do_not_look_back() {
    let study = reference(20, 7);
    let finished: Vec<Trial> = (0..9).map(|number| trial(number, ask(&study, 0, &[]), 0.5)).collect();
    let random = StudySpec { sampler: SamplerSpec::Random, ..study.clone() };
    assert_eq!(ask(&study, 0, &finished), ask(&random, 0, &finished));
}

#[test]
fn searches_and_seeds_draw_apart() {
    let study = reference(20, 7);
    let other = reference(20, 8);
    let c = |setting: &Setting| setting[&ParamName::C].as_f64();
    assert_ne!(c(&ask(&study, 0, &[])), c(&ask(&other, 0, &[])));
    assert_ne!(c(&ask(&study, 0, &[])), c(&ask(&study, 2, &[])));
    assert!(ask(&study, 1, &[]).contains_key(&ParamName::Alpha));
}

#[test]
fn failed_trials_teach_nothing_but_keep_their_number() {
    let study = reference(40, 3);
    let mut finished = Vec::new();
    for number in 0..12 {
        let setting = ask(&study, 0, &finished);
        let score = hill(&setting);
        finished.push(trial(number, setting, score));
    }
    let mut failed = finished.clone();
    for one in &mut failed[..3] {
        one.outcome = TrialOutcome::Failed { reason: "no term is left".into() };
    }
    let random = StudySpec { sampler: SamplerSpec::Random, ..study.clone() };
    assert_eq!(ask(&study, 0, &failed), ask(&random, 0, &failed), "nine complete trials are too few");
    assert_ne!(ask(&study, 0, &finished), ask(&random, 0, &finished));
}

#[test]
fn damaged_trials_are_passed_over() {
    let study = reference(40, 3);
    let wild: Setting = ask(&study, 0, &[]).into_keys().map(|name| (name, Value::Float(-1.0))).collect();
    let finished: Vec<Trial> = (0..15)
        .map(|number| trial(number, if number % 2 == 0 { wild.clone() } else { Setting::new() }, 0.5))
        .collect();
    let random = StudySpec { sampler: SamplerSpec::Random, ..study.clone() };
    assert_eq!(ask(&study, 0, &finished), ask(&random, 0, &finished));
}

#[test]
fn a_range_of_one_value_gives_it() {
    let mut study = reference(40, 3);
    study.searches[0].space[0].1 = Range::Float { low: 0.25, high: 0.25, log: true };
    study.searches[0].space[2].1 = Range::Int { low: 5, high: 5, step: 1 };
    let mut finished = Vec::new();
    for number in 0..14 {
        let setting = ask(&study, 0, &finished);
        assert_eq!(setting[&ParamName::C], Value::Float(0.25));
        assert_eq!(setting[&ParamName::MinDf], Value::Int(5));
        let score = hill(&setting);
        finished.push(trial(number, setting, score));
    }
}

#[test]
fn of_equal_trials_the_earlier_is_best() {
    let scores = [0.2, 0.7, 0.7, 0.1];
    let trials: Vec<Trial> =
        (0u32..).zip(scores).map(|(number, score)| trial(number, Setting::new(), score)).collect();
    assert_eq!(best_trial(&trials).map(|trial| trial.number), Some(1));
    assert_eq!(best_trial(&[]), None);
}

#[test]
fn a_setting_tried_before_has_a_known_outcome() {
    let study = reference(20, 1);
    let first = trial(0, ask(&study, 0, &[]), 0.5);
    let known = known_trial(&first.setting.clone(), std::slice::from_ref(&first)).cloned();
    assert_eq!(known, Some(first.clone()));
    assert_eq!(known_trial(&ask(&study, 0, std::slice::from_ref(&first)), &[first]), None);
}

#[test]
fn a_trial_survives_json_bit_for_bit() {
    let study = reference(20, 1);
    let made = trial(0, ask(&study, 0, &[]), 0.1 + 0.2);
    let json = serde_json::to_string(&made).expect("a trial is JSON");
    assert_eq!(serde_json::from_str::<Trial>(&json).expect("its own JSON"), made);
}

/// What this engine draws for one seed: a change here changes every study ever run.
#[test]
fn trace_of_a_seed_stays_as_it_is() {
    let study = reference(13, 42);
    let mut finished = Vec::new();
    let mut trace = String::new();
    for number in 0..13 {
        let setting = ask(&study, 0, &finished);
        let values: Vec<String> = setting.values().map(|value| format!("{:?}", value.as_f64())).collect();
        trace += &format!("{}\n", values.join(" "));
        let score = hill(&setting);
        finished.push(trial(number, setting, score));
    }
    expect_test::expect![[r#"
        1.5446651255054735 3000.0 5.0 0.8597175799590919
        0.019961550632580347 2500.0 4.0 0.8576767019135415
        0.1352352890455192 5000.0 3.0 0.8447688435295676
        0.038148697057094394 5000.0 6.0 0.7301808653300871
        0.22980849804168185 3000.0 3.0 0.734744855021356
        0.0103536902798379 2000.0 5.0 0.8480674072193963
        0.5524785958597488 3000.0 7.0 0.7327591136526741
        1.9035115571063312 4500.0 4.0 0.7766929407752112
        0.16654819941358665 4000.0 3.0 0.7554704979551686
        0.6325213751783672 3500.0 3.0 0.7564199406336134
        0.7108380540695929 2500.0 4.0 0.8007737062775964
        0.7818625016321505 2500.0 3.0 0.8145042831708694
        0.08493029135660465 2000.0 4.0 0.8066389186811576
    "#]]
    .assert_eq(&trace);
}

/// A forest's space, small enough to be exhausted: 2 + 3 x 2 settings.
fn small(sampler: SamplerSpec) -> StudySpec {
    let mut study =
        StudySpec { sampler, may_repeat: false, ..StudySpec::reference(&[ModelKind::RandomForest], 99, 5) };
    study.searches[0].space = vec![
        (ParamName::LimitDepth, Range::words(&["false", "true"])),
        (ParamName::MaxDepth, Range::Int { low: 10, high: 12, step: 1 }),
        (ParamName::MinSamplesLeaf, Range::Int { low: 1, high: 2, step: 1 }),
    ];
    study
}

/// All a study tries until it says that nothing is left, scored by `score`.
fn run(study: &StudySpec, n_trials: u32, score: impl Fn(&Setting) -> f64) -> Vec<Trial> {
    let mut finished: Vec<Trial> = Vec::new();
    while let Some(setting) = super::ask(study, 0, &finished) {
        if finished.len() == n_trials as usize {
            break;
        }
        let score = score(&setting);
        finished.push(trial(finished.len() as u32, setting, score));
    }
    finished
}

const EVERY_SAMPLER: [SamplerSpec; 6] = [
    SamplerSpec::Tpe { n_startup_trials: 3, n_ei_candidates: 24, multivariate: true, group: true },
    SamplerSpec::Tpe { n_startup_trials: 3, n_ei_candidates: 24, multivariate: true, group: false },
    SamplerSpec::TpeIndependent { n_startup_trials: 3, n_ei_candidates: 24 },
    SamplerSpec::Random,
    SamplerSpec::Grid { n_points: 3 },
    SamplerSpec::QuasiRandom,
];

#[test]
fn a_space_is_exhausted_without_a_repeat_and_then_the_study_ends() {
    for sampler in EVERY_SAMPLER {
        let found = run(&small(sampler.clone()), 99, |setting| setting.len() as f64);
        assert_eq!(found.len(), 8, "{sampler:?}");
        for (i, trial) in found.iter().enumerate() {
            assert!(found[..i].iter().all(|earlier| earlier.setting != trial.setting), "{sampler:?}");
            let is_limited = trial.setting[&ParamName::LimitDepth] == Value::Text("true".into());
            assert_eq!(trial.setting.contains_key(&ParamName::MaxDepth), is_limited, "{sampler:?}");
        }
    }
}

#[test]
fn what_may_repeat_never_ends() {
    let study = StudySpec { may_repeat: true, ..small(SamplerSpec::Random) };
    assert_eq!(run(&study, 30, |_| 0.5).len(), 30);
}

#[test]
fn settings_lie_in_their_space_whatever_the_sampler() {
    for sampler in EVERY_SAMPLER {
        let mut study = StudySpec { sampler, ..reference(30, 11) };
        study.searches[0].space.extend([
            (ParamName::Vectorizer, Range::words(&["tfidf", "bow"])),
            (ParamName::SublinearTf, Range::words(&["false", "true"])),
            (ParamName::ClassWeight, Range::words(&["none", "balanced"])),
        ]);
        study.searches[0].space[1].1 = Range::IntLog { low: 100, high: 10_000 };
        study.searches[0].space[3].1 = Range::FloatStep { low: 0.5, high: 0.9, step: 0.1 };
        assert_eq!(study.problems(&[]), []);
        for trial in run(&study, 30, |setting| 1.0 / setting[&ParamName::C].as_f64()) {
            for (name, range) in &study.searches[0].space {
                let value = trial.setting.get(name);
                assert_eq!(value.is_some(), name.is_active(&trial.setting), "{name:?}");
                assert!(value.is_none_or(|value| range.coordinate(value).is_some()), "{name:?} {value:?}");
            }
        }
    }
}

#[test]
fn grouped_draws_learn_what_matters_under_each_choice() {
    let mut study = small(SamplerSpec::grouped());
    study.searches[0].space[1].1 = Range::Int { low: 1, high: 1000, step: 1 };
    study.searches[0].space[2].1 = Range::Int { low: 1, high: 1000, step: 1 };
    let score = |setting: &Setting| match setting.get(&ParamName::MaxDepth) {
        Some(depth) => 1.0 - (depth.as_f64() / 1000.0 - 0.8).abs(),
        None => 0.2,
    };
    let trials = run(&study, 60, score);
    // A draw at random is so good once in five.
    let n_good = trials[40..].iter().filter(|trial| score(&trial.setting) > 0.79).count();
    assert!(n_good >= 10, "{n_good} of 20");
}

#[test]
fn queued_settings_come_first_and_held_values_stay() {
    let mut study = reference(20, 7);
    let by_hand = Setting::from([(ParamName::C, Value::Float(0.25)), (ParamName::MinDf, Value::Int(4))]);
    study.searches[0].queued = vec![by_hand.clone(), Setting::from([(ParamName::C, Value::Float(0.5))])];
    study.searches[0].frozen = Setting::from([(ParamName::MaxFeatures, Value::Int(2500))]);
    let trials = run(&study, 14, hill);
    assert!(by_hand.iter().all(|(name, value)| trials[0].setting[name] == *value));
    assert_eq!(trials[1].setting[&ParamName::C], Value::Float(0.5));
    assert!(trials.iter().all(|trial| trial.setting[&ParamName::MaxFeatures] == Value::Int(2500)));
    assert!(trials.iter().all(|trial| trial.setting.len() == 4), "what is not said is drawn");
    assert!(trials[2..].iter().all(|trial| trial.setting[&ParamName::C] != Value::Float(0.25)));
}

#[test]
fn a_queued_value_that_another_decides_on_does_not_wait_for_a_draw() {
    let mut study = StudySpec::reference(&[ModelKind::RandomForest], 20, 7);
    let depth = Setting::from([(ParamName::MaxDepth, Value::Int(20))]);
    let next = Setting::from([(ParamName::NEstimators, Value::Int(60))]);
    study.searches[0].queued = vec![depth, next];
    study.searches[0].frozen = Setting::from([(ParamName::LimitDepth, Value::Text("false".into()))]);
    let trials = run(&study, 4, |_| 0.5);
    assert_eq!(trials[0].setting[&ParamName::MaxDepth], Value::Int(20));
    assert_eq!(trials[1].setting[&ParamName::NEstimators], Value::Int(60));
    assert!(trials[1..].iter().all(|trial| !trial.setting.contains_key(&ParamName::MaxDepth)));
    assert!(trials[2..].iter().any(|trial| trial.setting[&ParamName::NEstimators] != Value::Int(60)));
}

#[test]
fn a_grid_tries_both_ends_of_a_real_range() {
    let mut study = StudySpec { may_repeat: false, ..reference(99, 1) };
    study.sampler = SamplerSpec::Grid { n_points: 4 };
    study.searches[0].space.retain(|(name, _)| matches!(name, ParamName::C | ParamName::MinDf));
    let trials = run(&study, 99, |_| 0.5);
    assert_eq!(trials.len(), 4 * 5);
    let strengths: Vec<f64> = trials.iter().map(|trial| trial.setting[&ParamName::C].as_f64()).collect();
    assert!(strengths.contains(&0.01) && strengths.contains(&2.0));
}
