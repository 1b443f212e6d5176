//! A folder that a flow scores: picked, looked into when due, results beside the files, nothing twice, kept over a reload.
//! In: a lab. Out: an error if a file is scored twice, written over or missed. Never: a folder of this machine: the
//! browser's own has the same interface.

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use e2e::patience::{PATIENCE, until};
use e2e::{Lab, Page};

use super::flows::{forward, open_run, runs, set_clock, wait_for_run, wait_for_state};
use super::steps::{self, STUDY_PATIENCE};

/// Gives the picker a folder of the browser's own, and the page ways to look into it.
const FOLDER: &str = r#"(() => {
  const folder = async () => (await navigator.storage.getDirectory()).getDirectoryHandle("inbox", { create: true });
  globalThis.showDirectoryPicker = folder;
  globalThis.put = async (name, text) => {
    const stream = await (await (await folder()).getFileHandle(name, { create: true })).createWritable();
    await stream.write(text);
    await stream.close();
  };
  globalThis.listed = async () => {
    const names = [];
    for await (const name of (await folder()).keys()) names.push(name);
    return names.sort().join(" ");
  };
  globalThis.content = async (name) => (await (await (await folder()).getFileHandle(name)).getFile()).text();
})();"#;

/// Picked, scored, nothing twice.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    set_clock(&page).await?;
    page.command("Page.addScriptToEvaluateOnNewDocument", json!({ "source": FOLDER })).await?;
    steps::try_sample(&page).await?;
    steps::go_to(&page, "Flows").await?;
    a_model(&page).await?;
    pick(&page).await?;
    deploy(&page).await?;
    score(&page).await?;
    nothing_twice(&page).await?;
    without_folders(&page).await?;
    lab.check_clean().await
}

/// The flow that comes with the program registers one.
async fn a_model(page: &Page) -> Result<()> {
    page.find_within("button", "Retrain every hour", STUDY_PATIENCE).await?;
    page.click("button", "Retrain every hour").await?;
    page.find("table", "Deployments").await?;
    page.click("switch", "Active").await?;
    page.wait_text("are switched off.", PATIENCE).await?;
    page.click("button", "Run now").await?;
    wait_for_run(page, 1, &["Completed"]).await?;
    page.click("button", "Delete").await?;
    page.wait_text("Nothing is deployed.", PATIENCE).await
}

async fn pick(page: &Page) -> Result<()> {
    page.evaluate(r#"put("may.csv", "review\n\"I love it, great sound and easy to use\"\n\"It broke, I want my money back\"\n").then(() => 0)"#)
        .await?;
    page.click("button", "Pick a folder").await?;
    page.wait_text("The folder 'inbox' is kept.", PATIENCE).await?;
    page.find("table", "Folders").await?;
    page.check_accessibility().await
}

async fn deploy(page: &Page) -> Result<()> {
    page.click("button", "Deploy a flow").await?;
    page.fill("textbox", "Deployment name", "inbox each minute").await?;
    page.choose("Flow", "score folder (ready-made)").await?;
    page.choose("Unit", "minutes").await?;
    page.click("button", "Deploy").await?;
    page.wait_text("Choose the folder it scores", PATIENCE).await?;
    page.choose("Folder it scores", "inbox").await?;
    page.check_accessibility().await?;
    page.screenshot("flow-folder").await?;
    page.click("button", "Deploy").await?;
    page.wait_text("'inbox each minute' is deployed.", PATIENCE).await
}

/// The names in the folder, once they are these.
async fn wait_for_files(page: &Page, names: &str) -> Result<()> {
    until(STUDY_PATIENCE, &format!("a folder with {names}"), || async {
        let listed = page.evaluate("listed()").await?;
        Ok((listed.as_str() == Some(names)).then_some(()))
    })
    .await
}

async fn score(page: &Page) -> Result<()> {
    forward(page, 61).await?;
    wait_for_run(page, 2, &["Completed", "Completed with warnings"]).await?;
    wait_for_files(page, "may.csv may.scored.csv").await?;
    let scored = page.evaluate(r#"content("may.scored.csv")"#).await?;
    let scored = scored.as_str().context("a result is no text")?;
    ensure!(scored.lines().count() == 3, "two reviews have other than two answers: {scored}");
    ensure!(scored.contains("It broke, I want my money back"), "a result lacks the review: {scored}");
    let name = runs(page).await?[0][0].trim().to_owned();
    open_run(page, &name).await?;
    page.wait_text("may.csv: 2 reviews scored, in may.scored.csv.", PATIENCE).await?;
    page.check_accessibility().await?;
    steps::go_to(page, "Flows").await
}

/// Opened again, with one file more: that one alone is scored.
async fn nothing_twice(page: &Page) -> Result<()> {
    page.evaluate(r#"put("june.csv", "review\n\"Works as it should, very happy\"\n").then(() => 0)"#).await?;
    page.reload().await?;
    page.find_within("table", "Folders", STUDY_PATIENCE).await?;
    forward(page, 61).await?;
    wait_for_run(page, 3, &["Completed", "Completed with warnings"]).await?;
    wait_for_files(page, "june.csv june.scored.csv may.csv may.scored.csv").await?;
    forward(page, 61).await?;
    let name = wait_for_run(page, 4, &["Completed", "Completed with warnings"]).await?;
    wait_for_files(page, "june.csv june.scored.csv may.csv may.scored.csv").await?;
    open_run(page, &name).await?;
    wait_for_state(page, "Completed").await?;
    steps::go_to(page, "Flows").await?;
    page.screenshot("flow-folders").await?;
    steps::check_width(page).await
}

/// A browser that opens no folder: one line says so, and there is nothing to pick.
async fn without_folders(page: &Page) -> Result<()> {
    let without = json!({ "source": "delete globalThis.showDirectoryPicker;" });
    page.command("Page.addScriptToEvaluateOnNewDocument", without).await?;
    page.reload().await?;
    page.wait_text("This browser lets no page open a folder", STUDY_PATIENCE).await?;
    ensure!(!page.has("button", "Pick a folder").await?, "a button is shown that can do nothing");
    Ok(())
}
