//! One run: renamed, noted, tagged, looked into, and made again with every number the same.
//! In: a lab. Out: an error if a word is lost by a reload, a figure is missing, or a number comes out otherwise.
//! Never: HTML that somebody wrote in a note.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::patience::until;
use e2e::{Lab, Page};

use super::steps;

const PATIENCE: Duration = Duration::from_secs(20);
const NOTE: &str = "# Kept\n\nThe **best** one, see [the shop](https://example.org). <b>No HTML</b>";

/// Opens a fit and a trial of the sample's study, and the study.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    steps::sample_runs(&page).await?;
    let rows = page.table("Runs").await?;
    let fit = rows.get(2).and_then(|row| row.first()).context("a fit")?.clone();
    page.click("link", &fit).await?;
    page.find("heading", &fit).await?;
    words_are_kept(&page).await?;
    figures_are_shown(&page).await?;
    reported(lab, &page).await?;
    verified(&page).await?;
    page.check_accessibility().await?;
    page.screenshot("one_run").await?;
    steps::check_width(&page).await?;
    // Of a kind, its place in the table, and how the answer ends.
    for (kind, place, end) in [("trial", 3, "."), ("study", 1, " runs.")] {
        page.open(&format!("runs?filter=kind%20%3D%20%27{kind}%27")).await?;
        page.find("table", "Runs").await?;
        let runs = page.table("Runs").await?;
        let run = runs.get(place).and_then(|row| row.first()).context("a run")?.clone();
        page.click("link", &run).await?;
        page.find("heading", &run).await?;
        verified(&page).await?;
        let said = page.read("status", "Verification").await?;
        ensure!(said.trim().ends_with(end), "of a {kind} it says: {said}");
    }
    Ok(())
}

async fn words_are_kept(page: &Page) -> Result<()> {
    page.fill("textbox", "Name of the run", "the good one").await?;
    page.click("button", "Rename").await?;
    page.find("heading", "the good one").await?;
    page.click("button", "Write a note").await?;
    page.fill("textbox", "Note (Markdown)", NOTE).await?;
    other_changes_leave_what_is_typed(page).await?;
    page.click("button", "Save note").await?;
    page.find("heading", "Kept").await?;
    page.find("link", "the shop").await?;
    page.wait_text("<b>No HTML</b>", PATIENCE).await?;
    page.fill("textbox", "New tag", "team").await?;
    page.fill("textbox", "Its value", "blue").await?;
    page.click("button", "Add tag").await?;
    page.find("button", "Remove team").await?;
    page.reload().await?;
    page.find("heading", "the good one").await?;
    page.find("heading", "Kept").await?;
    page.click("button", "Remove team").await?;
    page.wait_gone("button", "Remove team", PATIENCE).await
}

/// The record changes while a note is being written: its words stay, and so does the way back from the change.
async fn other_changes_leave_what_is_typed(page: &Page) -> Result<()> {
    page.fill("textbox", "New tag", "draft").await?;
    page.click("button", "Add tag").await?;
    page.find("button", "Remove draft").await?;
    page.click("button", "Undo").await?;
    page.wait_gone("button", "Remove draft", PATIENCE).await?;
    let typed = page.find("textbox", "Note (Markdown)").await?.value().await?;
    ensure!(typed == NOTE, "the note being written became: {typed}");
    Ok(())
}

async fn figures_are_shown(page: &Page) -> Result<()> {
    let matrix = page.table("Confusion matrix").await?;
    ensure!(matrix.len() == 3 && matrix[1].len() == 3, "the matrix is {matrix:?}");
    let of_test = page.table("Confusion matrix, test part").await?;
    ensure!(of_test.len() == 3 && of_test != matrix, "the matrix of the test part is {of_test:?}");
    page.find("heading", "Curves, test part").await?;
    for class in ["negative", "positive"] {
        let terms = page.table(&format!("Top terms for {class}")).await?;
        ensure!(terms.len() > 5, "few terms for {class}: {terms:?}");
    }
    let scores = page.table("Scores").await?;
    for name in
        ["cv_f1_macro", "train_f1", "test_f1", "accuracy", "fit_time", "study_time", "model_size_bytes"]
    {
        ensure!(scores.iter().any(|row| row[0] == name), "no {name} among {scores:?}");
    }
    let settings = page.table("Settings").await?;
    for name in ["model", "vectorizer", "max_features", "min_df", "max_df", "ngram_range", "preprocessing"] {
        ensure!(settings.iter().any(|row| row[0] == name), "no {name} among {settings:?}");
    }
    page.click("button", "Show MLmodel").await?;
    let model = page.find("region", "Content of MLmodel").await?.text().await?;
    ensure!(model.contains("loader_module: review_model"), "the file says: {model}");
    page.click("button", "Show profile.json").await?;
    until(PATIENCE, "the stored profile as text", || async {
        let text = page.find("region", "Content of profile.json").await?.text().await?;
        Ok(text.contains("\"schema\":").then_some(()))
    })
    .await?;
    for name in [
        "conda.yaml",
        "python_env.yaml",
        "requirements.txt",
        "coefficients.csv",
        "MODEL_CARD.md",
        "spec.json",
        "confusion_matrix.json",
        "confusion_matrix.svg",
        "roc_curve.csv",
        "test_roc_curve.csv",
        "strongest_terms.csv",
    ] {
        page.find("button", &format!("Show {name}")).await?;
    }
    page.find("button", "Download MLflow model").await?;
    Ok(())
}

/// The report is one file that holds the run's words as words, and its model's card.
async fn reported(lab: &Lab, page: &Page) -> Result<()> {
    page.click("button", "Download report").await?;
    let html = std::fs::read_to_string(lab.download("report.html", PATIENCE).await?)?;
    ensure!(
        html.starts_with("<!doctype html>") && !html.contains("<script"),
        "the report is no page of its own"
    );
    for part in ["the good one", "&lt;b&gt;No HTML&lt;/b&gt;", "Model card", "Each class in the test part"] {
        ensure!(html.contains(part), "no {part} in the report");
    }
    Ok(())
}

async fn verified(page: &Page) -> Result<()> {
    page.click("button", "Verify").await?;
    until(PATIENCE, "a verification", async || {
        let said = page.read("status", "Verification").await?;
        ensure!(!said.contains("otherwise"), "it says: {said}");
        Ok(said.starts_with("Every number came out equal").then_some(()))
    })
    .await
}
