//! Studies in, a journal's lines out.

use engine::tune::{Range, Value};

use super::{OptunaState, OptunaStudy, OptunaTrial, time};

/// Who writes: Optuna takes lines of a worker of another name for what happened elsewhere.
const WORKER: &str = "reviewlab";

/// The journal of these studies, which have different names.
pub fn journal(studies: &[OptunaStudy]) -> String {
    let mut lines = String::new();
    let mut n_trials = 0;
    for (number, study) in studies.iter().enumerate() {
        let direction = if study.is_minimised { 1 } else { 2 };
        push(&mut lines, 0, &format!("\"study_name\":{},\"directions\":[{direction}]", text(&study.name)));
        if let Some(metric) = &study.metric {
            let names = format!(
                "\"study_id\":{number},\"system_attr\":{{\"study:metric_names\":[{}]}}",
                text(metric)
            );
            push(&mut lines, 3, &names);
        }
        for (name, value) in &study.attributes {
            push(&mut lines, 2, &format!("\"study_id\":{number},\"user_attr\":{{{}:{value}}}", text(name)));
        }
        for trial in &study.trials {
            push(&mut lines, 4, &format!("\"study_id\":{number},{}", of_trial(trial)));
            // Said once more for the dashboard of the browser, which reads steps from lines of their own; Optuna itself
            // passes over what is said of a trial that has ended.
            for (step, value) in &trial.steps {
                let said = format!(
                    "\"trial_id\":{n_trials},\"step\":{step},\"intermediate_value\":{}",
                    real(*value)
                );
                push(&mut lines, 7, &said);
            }
            n_trials += 1;
        }
    }
    lines
}

fn push(lines: &mut String, operation: u8, rest: &str) {
    lines.push_str(&format!("{{\"op_code\":{operation},\"worker_id\":\"{WORKER}\",{rest}}}\n"));
}

fn of_trial(trial: &OptunaTrial) -> String {
    let OptunaTrial { state, value, began_ms, ended_ms, params, steps, attributes } = trial;
    let mut fields = vec![format!("\"state\":{}", *state as u8)];
    if let Some(value) = value {
        fields.push(format!("\"value\":{},\"values\":null", real(*value)));
    }
    let instant = |ms: &u64| text(&time::written(*ms));
    fields.push(format!("\"datetime_start\":{}", began_ms.as_ref().map_or("null".to_owned(), instant)));
    if let (Some(ended), true) = (ended_ms, is_over(*state)) {
        fields.push(format!("\"datetime_complete\":{}", instant(ended)));
    }
    let told: Vec<(&str, &Range, String)> = params
        .iter()
        .filter_map(|(name, range, value)| Some((name.as_str(), range, inner(range, value)?)))
        .collect();
    let distributions = told.iter().map(|(name, range, _)| (*name, text(&distribution(range))));
    fields.push(format!("\"distributions\":{}", object(distributions)));
    fields.push(format!("\"params\":{}", object(told.iter().map(|(name, _, value)| (*name, value.clone())))));
    fields.push(format!(
        "\"user_attrs\":{}",
        object(attributes.iter().map(|(name, value)| (name.as_str(), value.clone())))
    ));
    fields.push("\"system_attrs\":{}".to_owned());
    let steps: Vec<(String, String)> =
        steps.iter().map(|(step, value)| (step.to_string(), real(*value))).collect();
    let steps = steps.iter().map(|(step, value)| (step.as_str(), value.clone()));
    fields.push(format!("\"intermediate_values\":{}", object(steps)));
    fields.join(",")
}

fn is_over(state: OptunaState) -> bool {
    !matches!(state, OptunaState::Running | OptunaState::Waiting)
}

/// A value as Optuna holds it within: a number, of a choice its place. None of one that lies outside its range.
fn inner(range: &Range, value: &Value) -> Option<String> {
    let place = range.coordinate(value)?;
    Some(match (range, value) {
        (Range::Choice { .. }, _) => format!("{place:.0}"),
        (_, Value::Int(whole)) => whole.to_string(),
        _ => real(place),
    })
}

/// A range as the JSON that Optuna keeps as text.
fn distribution(range: &Range) -> String {
    let named =
        |name: &str, attributes: String| format!("{{\"name\":\"{name}\",\"attributes\":{{{attributes}}}}}");
    let float = |low: f64, high: f64, step: String, log: bool| {
        named(
            "FloatDistribution",
            format!("\"step\":{step},\"low\":{},\"high\":{},\"log\":{log}", real(low), real(high)),
        )
    };
    let int = |low: i64, high: i64, step: i64, log: bool| {
        named("IntDistribution", format!("\"log\":{log},\"step\":{step},\"low\":{low},\"high\":{high}"))
    };
    match range {
        Range::Float { low, high, log } => float(*low, *high, "null".to_owned(), *log),
        Range::FloatStep { low, high, step } => float(*low, *high, real(*step), false),
        Range::Int { low, high, step } => int(*low, *high, *step, false),
        Range::IntLog { low, high } => int(*low, *high, 1, true),
        Range::Choice { choices } => {
            let choices = json::to_string(choices);
            named("CategoricalDistribution", format!("\"choices\":{choices}"))
        }
    }
}

fn text(text: &str) -> String {
    json::to_string(text)
}

fn real(number: f64) -> String {
    json::to_string(&number)
}

fn object<'a>(members: impl Iterator<Item = (&'a str, String)>) -> String {
    let members: Vec<String> = members.map(|(name, value)| format!("{}:{value}", text(name))).collect();
    format!("{{{}}}", members.join(","))
}
