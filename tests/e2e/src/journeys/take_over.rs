//! A second tab takes a study over in the middle, and ends it as if nothing had happened; a tab that crashes is replaced.
//! In: a lab. Out: an error if a number differs from the study that nobody disturbed, or nobody writes in time.
//! Never: two writers.

use anyhow::{Result, ensure};
use serde_json::json;
use std::time::Duration;

use e2e::patience::until;
use e2e::{Lab, Page};

use super::steps;

/// So many that a study is under way for seconds: it is to be taken over in the middle.
const N_TRIALS: u32 = 3_000;
const TAKE_OVER: &str = "Take over here";
/// A writer that is gone is replaced within this.
const REPLACED: Duration = Duration::from_secs(2);

/// Undisturbed, taken over, compared; then the writer crashes.
pub async fn run(lab: &Lab) -> Result<()> {
    let first = lab.page().await?;
    steps::try_sample(&first).await?;
    for model in ["Naive Bayes", "Linear SVM"] {
        first.click("checkbox", model).await?;
    }
    steps::start_tuning(&first, N_TRIALS).await?;
    steps::wait_for_study(&first, "Finished").await?;
    let undisturbed = steps::without_times(&steps::download_summary(lab, &first).await?);
    let second = lab.new_tab().await?;
    second.open("train").await?;
    second.find("button", TAKE_OVER).await?;
    steps::start_tuning(&first, N_TRIALS).await?;
    steps::wait_for_trials(&first, 30).await?;
    second.wait_text("Under way in another tab", steps::STUDY_PATIENCE).await?;
    second.click("button", TAKE_OVER).await?;
    second.find("progressbar", "Tuning progress").await?;
    first.find("button", TAKE_OVER).await?;
    steps::wait_for_study(&second, "Finished").await?;
    let taken_over = steps::without_times(&steps::download_summary(lab, &second).await?);
    let difference = steps::first_difference(&undisturbed, &taken_over, "summary");
    ensure!(difference.is_none(), "a study taken over differs in {}", difference.unwrap_or_default());
    crash(&second).await?;
    writes_again(&first).await
}

async fn crash(page: &Page) -> Result<()> {
    page.focus().await?;
    // The page dies before it can answer.
    tokio::time::timeout(Duration::from_millis(200), page.command("Page.crash", json!({}))).await.ok();
    Ok(())
}

async fn writes_again(page: &Page) -> Result<()> {
    page.focus().await?;
    until(REPLACED, "a writer in place of the one that crashed", || async {
        Ok((!page.has("button", TAKE_OVER).await?).then_some(()))
    })
    .await?;
    ensure!(page.is_enabled("button", "Start tuning").await?, "the new writer may not write");
    Ok(())
}
