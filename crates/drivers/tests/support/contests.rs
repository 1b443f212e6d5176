//! A new version against the champion: on the reviews both were held to, and on reviews that only one of them knows.

use engine::models::ModelKind;
use engine::tune::StudySpec;
use flow::new_run;
use track::flow::{Cause, FlowDefinition, FlowRun, LogLevel, TaskKind, TaskOutput};
use track::id::{FlowRunId, Millis};
use track::registry::{CHALLENGER, CHAMPION, Registry};

use crate::flows::{MODEL, first_run, lines, registry_events, results, retune, whole};
use crate::reviews;
use crate::support::{Pump, Script};

const N_ROWS: usize = 160;

fn second_run(flow: &FlowDefinition) -> FlowRun {
    let now = Millis(100_000);
    new_run(flow, FlowRunId::new(now, [6; 10]), (now, now), Cause::Person { who: "me".into() })
}

/// Versions of champion and challenger.
fn standing(pump: &Pump) -> (Option<u32>, Option<u32>) {
    let registry = Registry::from_events(&registry_events(pump));
    let model = registry.model(MODEL).expect("it is registered");
    (model.aliases.get(CHAMPION).copied(), model.aliases.get(CHALLENGER).copied())
}

/// The champion learns from one file, the next version from another.
fn two_versions(first: Vec<u8>, second: Vec<u8>, is_first_kept: bool) -> (Pump, FlowRun) {
    let flow = retune(3);
    let pump = whole(Pump::new(first.clone(), 2, Script::default()), &flow, &first_run(&flow));
    let mut pump = pump.after(100_000).with_file(second);
    if !is_first_kept {
        pump.blobs.remove(&engine::num::ContentHash::of(&first));
    }
    let run = second_run(&flow);
    (whole(pump, &flow, &run), run)
}

fn scores(pump: &Pump, run: &FlowRun) -> impl Fn(&str) -> Option<f64> + use<> {
    let of_run = results(pump).into_iter().filter(|result| result.task_run.0.starts_with(&run.id.0));
    let mut scores = of_run.filter_map(|result| match result.output {
        TaskOutput::Scores { metrics, .. } => Some(metrics),
        _ => None,
    });
    let metrics = scores.next_back().expect("it was evaluated");
    move |name| metrics.get(name).copied()
}

/// Good reviews with few stars, and the other way round.
fn turned_over() -> Vec<u8> {
    let text = String::from_utf8(reviews::csv(N_ROWS)).expect("made of words");
    text.replace(",5,", ",x,").replace(",1,", ",5,").replace(",x,", ",1,").into_bytes()
}

#[test]
fn on_new_data_the_champion_answers_the_same_reviews_and_loses_where_it_is_worse() {
    let (pump, run) = two_versions(turned_over(), reviews::csv(400), true);
    assert_eq!(standing(&pump), (Some(2), None));
    let why = registry_events(&pump).last().expect("an event").why.clone();
    assert!(why.starts_with("It beats the champion on the same held-out reviews: macro F1 0."), "{why}");
    let scores = scores(&pump, &run);
    // A fifth of 400 reviews; the first 160 have other labels there, and the champion knows four fifths of their texts.
    let (n_compared, n_left_out) = (scores("n_rows_compared").unwrap(), scores("n_rows_left_out").unwrap());
    assert!(n_compared + n_left_out > 70.0 && n_left_out > 10.0, "{n_compared} and {n_left_out}");
    assert!(scores("champion_f1_macro").unwrap() < scores("f1_macro").unwrap() - 0.2);
    let said = lines(&pump, &run);
    let text = format!(
        "evaluate The champion answered {n_compared} held-out reviews; {n_left_out} that it has learned from are left out."
    );
    assert!(said.contains(&(LogLevel::Info, text)), "{said:?}");
}

#[test]
fn on_new_data_that_it_answers_as_well_the_champion_stays() {
    let (pump, run) = two_versions(reviews::csv(N_ROWS), reviews::csv(400), true);
    assert_eq!(standing(&pump), (Some(1), Some(2)));
    let why = registry_events(&pump).last().expect("an event").why.clone();
    assert!(why.starts_with("Its macro F1"), "{why}");
    assert!(scores(&pump, &run)("n_rows_left_out").unwrap() > 10.0, "what it learned from is no test of it");
}

#[test]
fn what_is_not_known_of_the_champions_data_is_said() {
    let (pump, run) = two_versions(reviews::csv(N_ROWS), reviews::csv(400), false);
    let said = lines(&pump, &run);
    let is_told = |line: &(LogLevel, String)| {
        line.0 == LogLevel::Warning && line.1.contains("What the champion has learned from is not stored")
    };
    assert!(said.iter().any(is_told), "{said:?}");
    assert_eq!(scores(&pump, &run)("n_rows_left_out"), Some(0.0));
}

#[test]
fn on_the_same_data_parted_otherwise_only_reviews_that_tested_both_count() {
    let flow = retune(3);
    let pump = whole(Pump::new(reviews::csv(N_ROWS), 2, Script::default()), &flow, &first_run(&flow));
    let mut other = retune(3);
    other.version = 2;
    let TaskKind::Split { split } = &mut other.tasks[2].kind else { panic!("a split") };
    split.seed += 1;
    let run = second_run(&other);
    let pump = whole(pump.after(100_000).with_file(reviews::csv(N_ROWS)), &other, &run);
    let scores = scores(&pump, &run);
    let (n_compared, n_left_out) = (scores("n_rows_compared").unwrap(), scores("n_rows_left_out").unwrap());
    assert!(n_compared > 0.0 && n_left_out > n_compared, "{n_compared} and {n_left_out}");
    assert_eq!(standing(&pump).0, Some(1));
}

#[test]
fn a_champion_of_other_classes_is_not_compared() {
    let flow = retune(3);
    let pump = whole(Pump::new(reviews::csv(N_ROWS), 2, Script::default()), &flow, &first_run(&flow));
    let mut pump = pump.after(100_000).with_file(reviews::csv(400));
    // The champion's pipeline is replaced by one of other names.
    let registry = Registry::from_events(&registry_events(&pump));
    let hash = registry.model(MODEL).and_then(|model| model.aliased(CHAMPION)).expect("a champion").pipeline;
    let mut pipeline = engine::pipeline::FittedPipeline::from_bytes(&pump.blobs[&hash]).expect("a pipeline");
    pipeline.labels = vec!["sad".into(), "happy".into()];
    pump.blobs.insert(hash, pipeline.to_bytes());
    let run = second_run(&flow);
    let pump = whole(pump, &flow, &run);
    assert_eq!(standing(&pump), (Some(1), Some(2)));
    let why = registry_events(&pump).last().expect("an event").why.clone();
    assert!(why.contains("it tells sad, happy apart, and these reviews are negative, positive"), "{why}");
}

#[test]
fn a_new_version_replaces_the_champion_only_if_it_deserves_it() {
    let flow = retune(3);
    let run = first_run(&flow);
    let pump = whole(Pump::new(reviews::csv(N_ROWS), 2, Script::default()), &flow, &run).after(100_000);
    // Another seed gives another model on the same rows, hardly a better one.
    let mut other = retune(3);
    other.version = 2;
    other.tasks[4].kind = TaskKind::Tune { study: StudySpec::reference(&[ModelKind::MultinomialNb], 1, 99) };
    let second = second_run(&other);
    let pump = whole(pump, &other, &second);
    let events = registry_events(&pump);
    let registry = Registry::from_events(&events);
    let model = registry.model(MODEL).expect("it is registered");
    assert_eq!((model.aliases.get(CHAMPION), model.aliases.get(CHALLENGER)), (Some(&1), Some(&2)));
    let why = &events.last().expect("an event").why;
    assert!(why.starts_with("Its macro F1"), "{why}");
    let promoted = results(&pump).into_iter().filter_map(|result| match result.output {
        TaskOutput::Promoted { is_champion, reason } => Some((is_champion, reason)),
        _ => None,
    });
    assert!(promoted.collect::<Vec<_>>().contains(&(false, why.clone())));
}
