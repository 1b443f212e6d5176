//! A study that is stopped, and cut off by a reload, goes on as if it never was; then it is steered by hand.
//! In: a lab. Out: an error if a number differs from the study that nobody disturbed, or a wish is not followed.
//! Never: a time compared.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use e2e::{Lab, Page};

use super::steps;

/// Enough to be disturbed twice on the way.
const N_TRIALS: u32 = 400;

/// Undisturbed, disturbed, compared; then more trials, and one by hand.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    steps::try_sample(&page).await?;
    one_model(&page).await?;
    steps::start_tuning(&page, N_TRIALS).await?;
    steps::wait_for_study(&page, "Finished").await?;
    let undisturbed = steps::without_times(&steps::download_summary(lab, &page).await?);
    disturb(&page).await?;
    let disturbed = steps::without_times(&steps::download_summary(lab, &page).await?);
    let difference = steps::first_difference(&undisturbed, &disturbed, "summary");
    ensure!(difference.is_none(), "a study that went on differs in {}", difference.unwrap_or_default());
    ensure!(n_trials(&disturbed)? == N_TRIALS as usize, "some trials are gone");
    more_is_made(lab, &page).await
}

async fn one_model(page: &Page) -> Result<()> {
    for model in ["Naive Bayes", "Linear SVM"] {
        page.click("checkbox", model).await?;
    }
    Ok(())
}

async fn disturb(page: &Page) -> Result<()> {
    steps::start_tuning(page, N_TRIALS).await?;
    steps::wait_for_trials(page, 20).await?;
    page.click("button", "Stop").await?;
    steps::wait_for_study(page, "Stopped").await?;
    page.reload().await?;
    steps::wait_for_study(page, "Stopped").await?;
    page.check_accessibility().await?;
    page.click("button", "Go on").await?;
    steps::wait_for_trials(page, 60).await?;
    page.reload().await?;
    page.click("button", "Go on").await?;
    steps::wait_for_study(page, "Finished").await
}

async fn more_is_made(lab: &Lab, page: &Page) -> Result<()> {
    steps::open_group(page, "Steer this study").await?;
    page.fill("textbox", "More trials per model", "5").await?;
    page.click("button", "Add trials").await?;
    steps::wait_for_study(page, "Finished").await?;
    let summary = steps::download_summary(lab, page).await?;
    ensure!(n_trials(&summary)? == N_TRIALS as usize + 5, "{} trials were made", n_trials(&summary)?);
    page.fill("textbox", "C, 0.01 to 2", "7").await?;
    page.click("button", "Try this setting").await?;
    ensure!(steps::alert(page).await?.contains("Type a number from 0.01 to 2."), "a value outside is taken");
    page.fill("textbox", "C, 0.01 to 2", "0.5").await?;
    page.fill("textbox", "min_df, 3 to 7", "4").await?;
    page.click("button", "Hold min_df").await?;
    page.find("button", "Let min_df go").await?;
    page.check_accessibility().await?;
    page.screenshot("steering").await?;
    page.click("button", "Try this setting").await?;
    steps::wait_for_study(page, "Finished").await?;
    let summary = steps::download_summary(lab, page).await?;
    let last = summary["models"][0]["trials"].as_array().and_then(|trials| trials.last());
    let setting = &last.context("there are trials")?["setting"];
    ensure!(setting["C"] == 0.5 && setting["min_df"] == 4, "the last trial tried {setting}");
    Ok(())
}

fn n_trials(summary: &Value) -> Result<usize> {
    Ok(summary["models"][0]["trials"].as_array().context("the summary lists trials")?.len())
}
