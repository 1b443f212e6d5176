//! A model's life: two versions, promoted, gone back, described, found by address, and not deleted while in use.
//! In: a lab. Out: an error if a move is not kept, not told in the history, or not followed by the prediction page.
//! Never: a version that changes.

use anyhow::{Result, ensure};

use e2e::patience::{PATIENCE, until};
use e2e::{Lab, Page};

use super::steps;

const MODEL: &str = "sample_reviews";

/// Registered, promoted, rolled back, each time found again after a reload.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    steps::try_sample(&page).await?;
    two_versions(&page).await?;
    promote(&page).await?;
    roll_back(&page).await?;
    say_what_it_is(&page).await?;
    predict_by_address(&page).await?;
    delete_refused_then_done(&page).await?;
    lab.check_clean().await
}

async fn two_versions(page: &Page) -> Result<()> {
    steps::go_to(page, "Models").await?;
    page.screenshot("models-none").await?;
    steps::register(page, 1).await?;
    page.find("table", "Registered models").await?;
    page.check_accessibility().await?;
    // Another fit of the same study.
    let select = page.find("combobox", "From").await?;
    let second = select.options().await?.into_iter().nth(1).unwrap_or_default();
    page.choose("From", &second).await?;
    steps::register(page, 2).await?;
    page.wait_text("models:/sample_reviews/2", PATIENCE).await?;
    page.click("link", MODEL).await?;
    page.wait_path(&format!("models/{MODEL}")).await?;
    page.find("table", "Model versions").await?;
    page.find("table", "Differences").await?;
    page.find("group", "Gained").await.map(|_| ())
}

async fn said(page: &Page, expected: &str) -> Result<()> {
    until(PATIENCE, expected, || async {
        Ok(page.read("status", "Last change").await?.contains(expected).then_some(()))
    })
    .await
}

async fn versions(page: &Page) -> Result<Vec<(String, String, String)>> {
    let rows = page.table("Model versions").await?;
    let cell = |row: &[String], place: usize| row.get(place).cloned().unwrap_or_default();
    let first = |text: String| text.lines().next().unwrap_or_default().trim().to_owned();
    Ok(rows.iter().skip(1).map(|row| (first(cell(row, 0)), cell(row, 1), cell(row, 2))).collect())
}

async fn stand(page: &Page, number: &str, alias: &str, stage: &str) -> Result<()> {
    let what = format!("version {number} with alias '{alias}' in stage '{stage}'");
    until(PATIENCE, &what, || async {
        let versions = versions(page).await?;
        let is_it = |(first, aliases, stands): &&(String, String, String)| {
            first.starts_with(&format!("Version {number}"))
                && aliases.trim() == alias
                && stands.trim() == stage
        };
        Ok(versions.iter().find(is_it).map(|_| ()))
    })
    .await
}

async fn promote(page: &Page) -> Result<()> {
    page.choose("Version", "Version 1").await?;
    page.fill("textbox", "Why (if you like)", "finds more unhappy reviews").await?;
    page.click("button", "Set alias").await?;
    said(page, "gave version 1 the alias champion").await?;
    page.click("button", "Move to stage").await?;
    said(page, "moved version 1 to Production").await?;
    page.reload().await?;
    stand(page, "1", "champion", "Production").await?;
    stand(page, "2", "–", "–").await?;
    page.wait_text("finds more unhappy reviews", PATIENCE).await?;
    page.choose("Version", "Version 2").await?;
    page.click("button", "Move to stage").await?;
    said(page, "moved version 2 to Production, and archived what was there").await?;
    stand(page, "1", "champion", "Archived").await?;
    stand(page, "2", "–", "Production").await
}

async fn roll_back(page: &Page) -> Result<()> {
    page.wait_text("Then version 1 is in Production; version 2 leaves Production.", PATIENCE).await?;
    page.click("button", "Roll back the last move").await?;
    said(page, "went back").await?;
    page.reload().await?;
    stand(page, "1", "champion", "Production").await?;
    stand(page, "2", "–", "–").await?;
    let history = page.table("History").await?;
    ensure!(history.len() == 1 + 6, "the history has {} entries", history.len() - 1);
    ensure!(history[1][2].starts_with("went back"), "the newest entry is {:?}", history[1]);
    page.check_accessibility().await?;
    page.screenshot("model").await?;
    steps::check_width(page).await
}

async fn say_what_it_is(page: &Page) -> Result<()> {
    page.fill("textbox", "Description", "for the shop's front page").await?;
    page.click("button", "Save description").await?;
    said(page, "changed the description").await?;
    page.fill("textbox", "Tag", "owner").await?;
    page.fill("textbox", "Says", "the shop").await?;
    page.click("button", "Set tag").await?;
    said(page, "set the tag owner").await?;
    page.reload().await?;
    page.wait_text("owner: the shop", PATIENCE).await?;
    page.click("link", "Version 1").await?;
    page.wait_path(&format!("models/{MODEL}/1")).await?;
    let lineage = page.find("list", "Lineage").await?.text().await?;
    for word in ["Data", "Run", "models:/sample_reviews/1", "champion", "the page Predict"] {
        ensure!(lineage.contains(word), "the lineage lacks {word}: {lineage}");
    }
    page.check_accessibility().await?;
    page.screenshot("model-version").await.map(|_| ())
}

async fn predict_by_address(page: &Page) -> Result<()> {
    steps::go_to(page, "Predict").await?;
    page.wait_text("models:/sample_reviews/1", PATIENCE).await?;
    page.choose("Model that answers", "models:/sample_reviews/2").await?;
    let second = steps::ask(page, "worst product, waste of money").await?;
    page.open("predict?model=models%3A%2Fsample_reviews%40champion").await?;
    let champion = steps::ask(page, "worst product, waste of money").await?;
    ensure!(second.class == "Negative" && champion.class == "Negative", "{second:?}, {champion:?}");
    ensure!(second != champion, "two versions answer alike to the last word");
    page.open("predict?model=models%3A%2Fsample_reviews%2F9").await?;
    page.wait_text("'sample_reviews' has no version 9: its newest is 2.", PATIENCE).await
}

async fn delete_refused_then_done(page: &Page) -> Result<()> {
    page.open(&format!("models/{MODEL}/1")).await?;
    page.wait_text("Version 1 is in use by the alias champion and the stage Production.", PATIENCE).await?;
    ensure!(!page.is_enabled("button", "Delete version").await?, "a version in use can be deleted");
    page.open(&format!("models/{MODEL}/2")).await?;
    page.find("button", "Delete version").await?;
    ensure!(!page.is_enabled("button", "Delete version").await?, "it is deleted without its name");
    page.fill("textbox", &format!("Type {MODEL} to confirm"), MODEL).await?;
    page.click("button", "Delete version").await?;
    page.wait_path(&format!("models/{MODEL}")).await?;
    page.reload().await?;
    stand(page, "1", "champion", "Production").await?;
    ensure!(versions(page).await?.len() == 1, "a deleted version is listed");
    Ok(())
}
