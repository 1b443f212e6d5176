//! An answer in, what is wrong with it out. Never: the first fault only.

use api::{Request, answer};
use serde_json::Value;

use crate::case::{Case, Hold};
use crate::project::PureHome;
use crate::schema::Schemas;

/// What a home answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The status code.
    pub status: u16,
    /// The header `Content-Type`; empty where there is none.
    pub content_type: String,
    /// The header `Allow`.
    pub allow: Option<String>,
    /// The body.
    pub body: String,
}

/// What the pure crate answers with the suite's project.
pub fn heard_of(case: &Case, home: &mut PureHome) -> Heard {
    let body = case.body.as_deref().unwrap_or_default();
    let request = Request { method: case.method, path: case.path, content_type: case.content_type, body };
    let answer = answer(&request, home);
    Heard {
        status: answer.status,
        content_type: answer.content_type.to_owned(),
        allow: answer.allow.map(str::to_owned),
        body: answer.body,
    }
}

/// What is wrong with an answer, beginning with the case's name; nothing where all holds. `schemas`: of the
/// `openapi.json` that the same home answered.
pub fn faults_of(case: &Case, heard: &Heard, schemas: &Schemas) -> Vec<String> {
    let mut faults = Vec::new();
    let expected = &case.expected;
    if heard.status != expected.status {
        faults.push(format!(
            "status {} instead of {}: {}",
            heard.status,
            expected.status,
            shown(&heard.body)
        ));
    }
    let body: Value = serde_json::from_str(&heard.body).unwrap_or_else(|error| {
        faults.push(format!("the body is not JSON ({error}): {}", shown(&heard.body)));
        Value::Null
    });
    faults.extend(schema_faults(case, heard, &body, schemas));
    if heard.status >= 400 {
        faults.extend(problem_faults(heard, &body));
    } else if case.path == "predict" {
        faults.extend(prediction_faults(&body));
    }
    faults.extend(expected.holds.iter().filter_map(|hold| fault_of(hold, heard, &body)));
    faults.extend(request_fault(case, heard, schemas));
    let pure = heard_of(case, &mut PureHome::default());
    if heard.body != pure.body {
        faults.push(format!("the pure crate answers {}, not {}", shown(&pure.body), shown(&heard.body)));
    }
    faults.into_iter().map(|fault| format!("{}: {fault}", case.name)).collect()
}

/// The beginning of a text that may be long.
fn shown(text: &str) -> String {
    const MAX_CHARS: usize = 300;
    text.chars().take(MAX_CHARS).collect()
}

/// The description's response for the status, or its `default`: media type and schema.
fn schema_faults(case: &Case, heard: &Heard, body: &Value, schemas: &Schemas) -> Vec<String> {
    let path = schemas.document()["paths"].get(format!("/{}", case.path));
    let operation = path.and_then(|path| path.get(case.method.to_lowercase()));
    // What the description does not have is refused as everything is.
    let problem = &schemas.document()["components"]["responses"]["Problem"];
    let response = operation.map_or(problem, |operation| {
        let responses = &operation["responses"];
        schemas.resolved(responses.get(heard.status.to_string()).unwrap_or(&responses["default"]))
    });
    let media = heard.content_type.split(';').next().unwrap_or_default().trim();
    match response["content"].get(media) {
        Some(content) => schemas.faults(&content["schema"], body, "the body"),
        None => vec![format!("the description has no '{media}' for status {}", heard.status)],
    }
}

fn problem_faults(heard: &Heard, body: &Value) -> Vec<String> {
    let detail = body["detail"].as_str().unwrap_or_default();
    let is_sentence = detail.ends_with('.')
        && !detail.contains("..")
        && !detail.contains(char::is_control)
        && detail.starts_with(|first: char| {
            first.is_uppercase() || detail.starts_with("models:/") || first == '\''
        });
    let mut faults = Vec::new();
    if !is_sentence {
        faults.push(format!("'{detail}' is not one sentence"));
    }
    if body["status"] != heard.status {
        faults.push(format!("the problem says status {}, the answer {}", body["status"], heard.status));
    }
    faults
}

/// Probabilities sum to 1, the label's is its own, and classes are those of the model.
fn prediction_faults(body: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let labels: Vec<&str> =
        body["model"]["labels"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (idx, prediction) in body["predictions"].as_array().into_iter().flatten().enumerate() {
        let probabilities = &prediction["probabilities"];
        let of = |label: &str| probabilities[label].as_f64().unwrap_or(f64::NAN);
        let sum: f64 = labels.iter().map(|label| of(label)).sum();
        if (sum - 1.0).abs() > 1e-9 || probabilities.as_object().is_none_or(|all| all.len() != labels.len()) {
            faults.push(format!("probabilities of prediction {idx} sum to {sum}"));
        }
        let label = prediction["label"].as_str().unwrap_or_default();
        if prediction["probability"] != probabilities[label] {
            faults.push(format!("prediction {idx} says {label} and another probability"));
        }
    }
    faults
}

fn fault_of(hold: &Hold, heard: &Heard, body: &Value) -> Option<String> {
    let at = |pointer: &str| body.pointer(pointer).unwrap_or(&Value::Null);
    let compared = |what: &str, found: &Value, expected: Value| {
        (*found != expected).then(|| format!("{what} is {found} instead of {expected}"))
    };
    match hold {
        Hold::Reason(reason) => compared("reason", at("/reason"), (*reason).into()),
        Hold::Detail(detail) => compared("detail", at("/detail"), detail.as_str().into()),
        Hold::At(pointer, value) => compared(pointer, at(pointer), value.clone()),
        Hold::Near(pointer, value) => {
            let found = at(pointer).as_f64().unwrap_or(f64::NAN);
            let is_near = (found - value).abs() <= 1e-12;
            (!is_near).then(|| format!("{pointer} is {found} instead of {value}"))
        }
        Hold::Length(pointer, length) => {
            compared("length", &at(pointer).as_array().map_or(0, Vec::len).into(), (*length).into())
        }
        Hold::Absent(pointer) => body.pointer(pointer).map(|found| format!("{pointer} is there: {found}")),
        Hold::Allow(methods) => {
            let is_same = heard.allow.as_deref() == Some(methods);
            (!is_same).then(|| format!("Allow is {:?} instead of {methods}", heard.allow))
        }
        Hold::BeyondSchema => None,
    }
}

/// A body is refused for its fields exactly where the schema refuses it.
fn request_fault(case: &Case, heard: &Heard, schemas: &Schemas) -> Option<String> {
    let is_beyond = case.expected.holds.contains(&Hold::BeyondSchema);
    let body: Value = serde_json::from_slice(case.body.as_deref()?).ok()?;
    if case.path != "predict" || heard.status == 415 || is_beyond {
        return None;
    }
    let content = &schemas.document()["paths"]["/predict"]["post"]["requestBody"]["content"];
    let faults = schemas.faults(&content["application/json"]["schema"], &body, "the request");
    let is_refused = heard.status == 422;
    (is_refused == faults.is_empty())
        .then(|| format!("status {}, and the schema says {faults:?}", heard.status))
}
