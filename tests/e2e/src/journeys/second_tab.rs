//! Two tabs on one store: one writes, the other reads, and either can become the writer.
//! In: a lab. Out: an error if both write, none does, a reader is not told so, or a study ends with its tab's turn.
//! Never: a third tab.

use anyhow::{Result, ensure};
use std::time::Duration;

use e2e::patience::{PATIENCE, until};
use e2e::{Lab, Page};

use super::steps;

const BANNER: &str = "Reviewlab is open in another tab, which does the writing. This one only reads.";
const TAKE_OVER: &str = "Take over here";

/// First, second, second takes over, second is closed.
pub async fn run(lab: &Lab) -> Result<()> {
    let first = lab.page().await?;
    steps::try_sample(&first).await?;
    let second = lab.new_tab().await?;
    a_reader_is_told(&second).await?;
    ensure!(!first.has("button", TAKE_OVER).await?, "the writer shows the reader's banner");
    study_goes_on_where_it_is_taken_over(&first, &second).await?;
    steps::go_to(&second, "Models").await?;
    steps::register(&second, 1).await?;
    steps::go_to(&first, "Models").await?;
    first.wait_text("models:/sample_reviews/1", PATIENCE).await?;
    is_disabled(&first, "Register model").await?;
    second.close().await?;
    first.wait_gone("button", TAKE_OVER, Duration::from_secs(5)).await?;
    steps::register(&first, 2).await
}

async fn a_reader_is_told(page: &Page) -> Result<()> {
    page.open("").await?;
    page.find("button", TAKE_OVER).await?;
    page.wait_text(BANNER, PATIENCE).await?;
    is_disabled(page, "Try the sample reviews").await?;
    page.check_accessibility().await?;
    page.screenshot("reader").await?;
    for (name, button) in [("Train", "Start tuning"), ("Models", "Register model")] {
        steps::go_to(page, name).await?;
        page.find("button", TAKE_OVER).await?;
        is_disabled(page, button).await?;
    }
    let field = page.find("textbox", "Model name").await?;
    ensure!(!field.is_enabled().await?, "a reader can type a model's name");
    let why = field.attribute("title").await?.unwrap_or_default();
    ensure!(why.contains(TAKE_OVER), "a field that cannot be used says: {why}");
    steps::go_to(page, "Settings").await?;
    page.fill("textbox", "Type the word delete to confirm", "delete").await?;
    is_disabled(page, "Delete everything on this device").await?;
    // A reader may look and predict.
    steps::go_to(page, "Predict").await?;
    let answer = steps::ask(page, "worst product, waste of money").await?;
    ensure!(answer.class == "Negative", "a reader's answer is {answer:?}");
    Ok(())
}

async fn is_disabled(page: &Page, button: &str) -> Result<()> {
    until(PATIENCE, &format!("{button}, disabled"), || async {
        Ok((!page.is_enabled("button", button).await?).then_some(()))
    })
    .await
}

async fn study_goes_on_where_it_is_taken_over(first: &Page, second: &Page) -> Result<()> {
    steps::start_tuning(first, 5_000).await?;
    steps::wait_for_trials(first, 10).await?;
    second.click("button", TAKE_OVER).await?;
    second.wait_gone("button", TAKE_OVER, PATIENCE).await?;
    first.find("button", TAKE_OVER).await?;
    first.wait_text("Under way in another tab", PATIENCE).await?;
    is_disabled(first, "Start tuning").await?;
    second.click("link", "Train").await?;
    second.click("button", "Stop").await?;
    steps::wait_for_study(second, "Stopped").await
}
