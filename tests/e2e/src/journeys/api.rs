//! Pages of the site that are not the app ask the service worker for predictions, and what it answered is in the log
//! when the app is opened next.
//! In: the built site, with a page of another kind in it. Out: an error if it answers wrong, late, not at all, or if an
//! answer is lost or kept twice.
//! Never: a tab of the app while it is asked.

use anyhow::{Context, Result, ensure};
use std::fs;
use std::time::Duration;

use e2e::patience::until;
use e2e::{Lab, LabConfig, Page};
use serde_json::{Value, json};

use super::offline::wait_until_kept;
use super::steps;
use super::update::copy;

const NOTES: &str = "<!doctype html><html lang=\"en\"><title>Notes</title><link rel=\"icon\" href=\"../logo.svg\"><h1>Notes</h1></html>";
/// Longest wait for the first answer of a service worker that was not awake.
const MAX_COLD_MS: f64 = 500.0;
/// Tries, of which the best counts: the machine does other things, too.
const N_COLD: usize = 4;
const N_CALLS: usize = 10;
const N_TEXTS: usize = 100;
const REVIEW: &str = "worst product, waste of money";
/// Answers in the log and in the inbox, where the number of dropped ones is no answer.
const IN_LOG: &str = "(async () => {
    const asked = (request) => new Promise((done, failed) => {
        request.onsuccess = () => done(request.result);
        request.onerror = () => failed(request.error);
    });
    const database = await asked(indexedDB.open('reviewlab'));
    const count = (name) => asked(database.transaction(name).objectStore(name).count());
    const found = { log: await count('predictions'), inbox: await count('inbox') };
    database.close();
    return found;
})()";

/// Trains and registers, leaves the app, asks, restarts the browser, asks again, comes back.
pub async fn run(lab: &Lab) -> Result<()> {
    let folder = tempfile::tempdir()?;
    copy(&lab.config().site, folder.path())?;
    fs::create_dir(folder.path().join("notes"))?;
    fs::write(folder.path().join("notes/index.html"), NOTES)?;
    let site = folder.path().to_owned();
    let mut lab = Lab::open(LabConfig { site, ..lab.config().clone() }).await?;
    let page = lab.page().await?;
    steps::try_sample(&page).await?;
    steps::go_to(&page, "Models").await?;
    steps::register(&page, 1).await?;
    page.click("link", "sample_reviews").await?;
    page.find("button", "Copy the call of a page").await?;
    page.check_accessibility().await?;
    page.screenshot("model-api").await?;
    steps::go_to(&page, "Predict").await?;
    let shown = steps::ask(&page, REVIEW).await?;
    wait_until_kept(&page).await?;
    page.open("notes/").await?;
    page.find("heading", "Notes").await?;
    let n_first = it_answers(&lab, &page, &shown.class).await?;
    let n_cold = it_is_awake_soon(&page).await?;
    thousand(&page).await?;
    lab.restart_browser().await?;
    let page = lab.page().await?;
    page.open("notes/").await?;
    predict(&page, &json!({ "text": REVIEW })).await?;
    page.open("").await?;
    let expected = json!({ "log": n_first + n_cold + N_CALLS * N_TEXTS + 1, "inbox": 0 });
    for _ in 0..2 {
        until(Duration::from_secs(20), &format!("{expected} answers"), || async {
            Ok((page.evaluate(IN_LOG).await? == expected).then_some(()))
        })
        .await
        .with_context(|| "answers were lost or kept twice")?;
        page.reload().await?;
    }
    lab.close().await
}

/// What each way of asking gives; how many texts were answered.
async fn it_answers(lab: &Lab, page: &Page, class: &str) -> Result<usize> {
    let models = ask(page, "GET", "models", &Value::Null).await?;
    ensure!(
        models["status"] == 200 && models["text"].to_string().contains("sample_reviews"),
        "models: {models}"
    );
    let document = ask(page, "GET", "openapi.json", &Value::Null).await?;
    ensure!(document["text"].to_string().contains("openapi"), "the document: {document}");
    let one = predict(page, &json!({ "text": REVIEW, "model": "sample_reviews", "version": 1 })).await?;
    ensure!(
        one["predictions"][0]["label"] == class.to_lowercase().as_str(),
        "the page says {class}, and a program is told {one}"
    );
    let two =
        predict(page, &json!({ "texts": [REVIEW, "lovely"], "model": "models:/sample_reviews/1" })).await?;
    ensure!(two["predictions"][0] == one["predictions"][0], "{one} and {two}");
    for (body, status) in [
        (json!({ "text": REVIEW, "model": "nobody" }), 404),
        (json!({ "review": REVIEW }), 422),
        (Value::Null, 422),
    ] {
        let refused = ask(page, "POST", "predict", &body).await?;
        ensure!(
            refused["status"] == status && refused["type"] == "application/problem+json",
            "to {body} it says {refused}"
        );
        lab.expect_error(&format!("status of {status}")).await?;
    }
    Ok(3)
}

/// The first answer of a worker that has to begin: its script, the program, the store, the model.
async fn it_is_awake_soon(page: &Page) -> Result<usize> {
    page.command("ServiceWorker.enable", json!({})).await?;
    let mut best = f64::INFINITY;
    for _ in 0..N_COLD {
        page.command("ServiceWorker.stopAllWorkers", json!({})).await?;
        let answer = ask(page, "POST", "predict", &json!({ "text": REVIEW })).await?;
        best = best.min(answer["ms"].as_f64().context("a time")?);
    }
    println!("  api: {best:.0} ms from a cold start to the first answer");
    ensure!(best <= MAX_COLD_MS, "the first answer took {best:.0} ms");
    Ok(N_COLD)
}

async fn thousand(page: &Page) -> Result<()> {
    for call in 0..N_CALLS {
        let texts: Vec<String> = (0..N_TEXTS).map(|text| format!("good product {call} {text}")).collect();
        let answer = predict(page, &json!({ "texts": texts })).await?;
        let n_answers = answer["predictions"].as_array().map_or(0, Vec::len);
        ensure!(n_answers == N_TEXTS, "{n_answers} answers to {N_TEXTS} texts");
    }
    Ok(())
}

async fn predict(page: &Page, body: &Value) -> Result<Value> {
    let answer = ask(page, "POST", "predict", body).await?;
    ensure!(answer["status"] == 200, "to {body} it says {answer}");
    serde_json::from_str(answer["text"].as_str().unwrap_or_default()).context("the answer is JSON")
}

/// Asks as any page would; status, type, text and milliseconds of the answer.
async fn ask(page: &Page, method: &str, path: &str, body: &Value) -> Result<Value> {
    let body = if method == "POST" { json!(body.to_string()) } else { Value::Null };
    let address =
        page.evaluate("navigator.serviceWorker.getRegistrations().then(([ours]) => ours.scope)").await?;
    let address = format!("{}api/{path}", address.as_str().context("no service worker is registered")?);
    page.evaluate(&format!(
        "(async () => {{ const begun = performance.now(); \
         const answer = await fetch('{address}', {{ method: '{method}', body: {body} ?? undefined, \
         headers: {{ 'content-type': 'application/json' }} }}); const text = await answer.text(); \
         return {{ status: answer.status, type: answer.headers.get('content-type'), text, ms: performance.now() - begun }}; }})()"
    ))
    .await
}
