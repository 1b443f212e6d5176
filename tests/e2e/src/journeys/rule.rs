//! A model that takes a study's best by itself: once it beats the champion, and not before.
//! In: a lab. Out: an error if the best is not registered, or registered without being better.
//! Never: a version made by hand after the first.

use anyhow::{Result, ensure};

use e2e::patience::PATIENCE;
use e2e::{Lab, Page};

use super::steps;

const MODEL: &str = "sample_reviews";

/// The worst fit is registered; the next study's best takes its place as challenger, and the one after does not.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    steps::try_sample(&page).await?;
    steps::go_to(&page, "Models").await?;
    let fits = page.find("combobox", "From").await?.options().await?;
    let worst = fits.iter().find(|fit| fit.contains("Naive Bayes")).cloned().unwrap_or_default();
    page.choose("From", &worst).await?;
    steps::register(&page, 1).await?;
    keep_rule(&page, "1").await?;
    study(&page).await?;
    ensure!(n_versions(&page).await? == 1, "a study was registered that is not better by 1");
    keep_rule(&page, "0.001").await?;
    study(&page).await?;
    page.wait_text("models:/sample_reviews/2", PATIENCE).await?;
    let rows = page.table("Model versions").await?;
    ensure!(rows[1][1].trim() == "challenger", "the newest version is {:?}", rows[1]);
    page.open(&format!("models/{MODEL}")).await?;
    page.wait_text("a macro F1 of", PATIENCE).await?;
    page.click("button", "End the rule").await?;
    page.wait_text("Off: a version is made by hand only.", PATIENCE).await
}

async fn keep_rule(page: &Page, better_by: &str) -> Result<()> {
    page.open(&format!("models/{MODEL}")).await?;
    page.fill("textbox", "Better by", better_by).await?;
    page.click("button", "Keep this rule").await?;
    page.wait_text(&format!("better than the champion's by {better_by}."), PATIENCE).await
}

async fn study(page: &Page) -> Result<()> {
    steps::go_to(page, "Train").await?;
    steps::start_tuning(page, 12).await?;
    steps::wait_for_study(page, "Finished").await?;
    steps::go_to(page, "Models").await?;
    page.find("table", "Model versions").await.map(|_| ())
}

async fn n_versions(page: &Page) -> Result<usize> {
    Ok(page.table("Model versions").await?.len() - 1)
}
