//! Steps that several journeys take.
//! In: a page. Out: what a person then sees, or an error. Never: a way past what a person could do.

use anyhow::{Context, Result, ensure};
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use e2e::patience::{PATIENCE, until};
use e2e::{Lab, Page};

/// A study of the sample, on a machine that is busy with other things.
pub const STUDY_PATIENCE: Duration = Duration::from_secs(90);
/// Every page of the navigation by the name of its link, which is its heading too.
pub const PAGES: [&str; 8] = ["Home", "Data", "Train", "Runs", "Models", "Predict", "Flows", "Settings"];

/// What `/predict` answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// `Negative`.
    pub class: String,
    /// In percent.
    pub sure: u32,
    /// What every word and phrase added, strongest first: `waste -0.82`.
    pub why: Vec<String>,
}

/// The figure that stands over its label: `12` over `rows set aside`.
pub async fn figure(page: &Page, label: &str) -> Result<String> {
    until(PATIENCE, label, || async {
        let text = page.text().await?;
        let before = text.split_once(label).and_then(|(before, _)| before.split_whitespace().last());
        Ok(before.map(str::to_owned))
    })
    .await
}

/// Opens a page by its link in the navigation.
pub async fn go_to(page: &Page, name: &str) -> Result<()> {
    page.click("link", name).await?;
    page.find("heading", name).await.map(|_| ())
}

/// From the first page to a finished study of the sample, with one click.
pub async fn try_sample(page: &Page) -> Result<()> {
    page.open("").await?;
    page.click("button", "Try the sample reviews").await?;
    page.wait_path("train").await?;
    wait_for_study(page, "Finished").await
}

/// From the first page to the runs that a study of the sample left.
pub async fn sample_runs(page: &Page) -> Result<()> {
    try_sample(page).await?;
    go_to(page, "Runs").await
}

/// Waits until the study has ended so: `Finished`, `Stopped`.
pub async fn wait_for_study(page: &Page, ending: &str) -> Result<()> {
    let what = format!("a study that is {ending}");
    until(STUDY_PATIENCE, &what, || async {
        let status = page.read("status", "Study status").await?;
        ensure!(!status.starts_with("Ended without"), "the study {}", status.to_lowercase());
        Ok(status.starts_with(ending).then_some(()))
    })
    .await?;
    ensure!(!page.has("progressbar", "Tuning progress").await?, "an ended study still shows progress");
    Ok(())
}

/// Waits until this many trials are stored, and gives the number that there are.
pub async fn wait_for_trials(page: &Page, wanted: u64) -> Result<u64> {
    until(STUDY_PATIENCE, &format!("{wanted} trials"), || async {
        let bar = page.find("progressbar", "Tuning progress").await?;
        // Between finding and reading the bar may have been drawn anew.
        let now = bar.attribute("aria-valuenow").await.unwrap_or_default();
        Ok(now.and_then(|number| number.parse().ok()).filter(|done| *done >= wanted))
    })
    .await
}

/// Starts a study of so many trials for each model.
pub async fn start_tuning(page: &Page, n_trials: u32) -> Result<()> {
    page.fill("textbox", "Trials per model", &n_trials.to_string()).await?;
    page.click("button", "Start tuning").await?;
    page.find("button", "Stop").await.map(|_| ())
}

/// Opens settings behind a title.
pub async fn open_group(page: &Page, title: &str) -> Result<()> {
    page.click("DisclosureTriangle", title).await
}

/// Gives a file to `/data` and waits until its columns can be chosen.
pub async fn choose_file(page: &Page, file: &Path) -> Result<()> {
    page.upload("Reviews file", file).await?;
    page.find_within("button", "Use this data", STUDY_PATIENCE).await?;
    page.find("table", "Preview").await.map(|_| ())
}

/// The text of the option that a select shows.
pub async fn chosen(page: &Page, select: &str) -> Result<String> {
    const SCRIPT: &str = "[...document.querySelectorAll('select')].map((select) => [select.labels[0]?.innerText, select.selectedOptions[0]?.text])";
    let all: Vec<(String, Option<String>)> = serde_json::from_value(page.evaluate(SCRIPT).await?)?;
    let found = all.into_iter().find(|(label, _)| label.trim() == select);
    found.and_then(|(_, text)| text).with_context(|| format!("no select {select} with something chosen"))
}

/// Uses the chosen file and waits until it can be learned from.
pub async fn use_data(page: &Page) -> Result<()> {
    page.click("button", "Use this data").await?;
    page.find_within("link", "Train on this data", STUDY_PATIENCE).await.map(|_| ())
}

/// The finished study's summary, as the page offers it.
pub async fn download_summary(lab: &Lab, page: &Page) -> Result<Value> {
    page.click("button", "Download summary").await?;
    let path = lab.download("summary.json", PATIENCE).await?;
    let text = std::fs::read_to_string(&path)?;
    // The next one is to have the same name.
    std::fs::remove_file(&path)?;
    serde_json::from_str(&text).context("the summary is JSON")
}

/// A summary or a part of it without times: what spec, data and seed alone decide.
pub fn without_times(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let is_time = |name: &str| name.ends_with("_ms") || name.ends_with("_time");
            let kept = fields.iter().filter(|(name, _)| !is_time(name));
            Value::Object(kept.map(|(name, value)| (name.clone(), without_times(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(without_times).collect()),
        other => other.clone(),
    }
}

/// Where two values differ first, as a path into them; `None` if they are the same to the last bit.
pub fn first_difference(ours: &Value, theirs: &Value, path: &str) -> Option<String> {
    match (ours, theirs) {
        (Value::Object(a), Value::Object(b)) => {
            let names: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            names.into_iter().find_map(|name| {
                let side =
                    |fields: &serde_json::Map<String, Value>| fields.get(name).cloned().unwrap_or_default();
                first_difference(&side(a), &side(b), &format!("{path}.{name}"))
            })
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let pairs = a.iter().zip(b).enumerate();
            pairs.into_iter().find_map(|(idx, (a, b))| first_difference(a, b, &format!("{path}[{idx}]")))
        }
        _ => (ours != theirs).then(|| format!("{path}: {ours} and {theirs}")),
    }
}

/// Registers the model that is offered, and checks the version it becomes.
pub async fn register(page: &Page, version: u32) -> Result<()> {
    page.click("button", "Register model").await?;
    let said = format!("Version {version} of ");
    until(PATIENCE, &said, || async {
        let status = page.read("status", "Registration").await?;
        Ok(status.contains(&said).then_some(()))
    })
    .await
}

/// Types a review on `/predict` and reads the answer.
pub async fn ask(page: &Page, review: &str) -> Result<Answer> {
    page.fill("textbox", "Review text", review).await?;
    answer(page).await
}

/// The answer that stands on `/predict`.
pub async fn answer(page: &Page) -> Result<Answer> {
    let (class, sure) = until(PATIENCE, "an answer", || async {
        let text = page.read("status", "Prediction").await?;
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let (class, rest) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
        let sure = rest.split_once('%').and_then(|(number, _)| number.trim().parse().ok());
        Ok(sure.map(|sure| (class.to_owned(), sure)))
    })
    .await?;
    let why = page
        .evaluate("[...document.querySelectorAll('ul[aria-label=Why] li')].map((bar) => bar.textContent)")
        .await?;
    Ok(Answer { class, sure, why: serde_json::from_value(why)? })
}

/// Fails where the page is wider than the window.
pub async fn check_width(page: &Page) -> Result<()> {
    let overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth").await?;
    let path = page.path().await?;
    let pixels = overflow.as_f64().context("a number of pixels")?;
    ensure!(pixels <= 0.0, "/{path} is {pixels} pixels wider than the window");
    Ok(())
}

/// The one sentence of the one alert on the page.
pub async fn alert(page: &Page) -> Result<String> {
    page.find_within("alert", "", STUDY_PATIENCE).await?;
    Ok(page.read("alert", "").await?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn times_are_left_out_at_any_depth() {
        let value = json!({ "a": [{ "fit_time": 1.0, "f1": 0.5 }], "elapsed_ms": 3 });
        assert_eq!(without_times(&value), json!({ "a": [{ "f1": 0.5 }] }));
    }

    #[test]
    fn the_first_difference_is_named() {
        let (a, b) = (json!({ "x": [1, { "y": 0.1 }] }), json!({ "x": [1, { "y": 0.2 }] }));
        assert_eq!(first_difference(&a, &a, "it"), None);
        assert_eq!(first_difference(&a, &b, "it").as_deref(), Some("it.x[1].y: 0.1 and 0.2"));
        assert_eq!(
            first_difference(&json!({ "x": 1 }), &json!({}), "it").as_deref(),
            Some("it.x: 1 and null")
        );
        assert_eq!(first_difference(&json!([1]), &json!([1, 2]), "it").as_deref(), Some("it: [1] and [1,2]"));
    }
}
