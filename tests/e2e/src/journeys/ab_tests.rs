//! The Experiments page: a test between two versions is begun, counts what is typed under Predict, is there after a reload,
//! keeps its versions from being deleted, and ends with its reason.
//! In: a lab. Out: an error if a review is not counted, or counted twice, or if an end does not last.
//! Never: a winner without labels.

use anyhow::{Result, ensure};
use std::time::Duration;

use e2e::patience::{PATIENCE, until};
use e2e::{Lab, Page};

use super::steps;

/// A typed text counts once it has rested.
const REST_PATIENCE: Duration = Duration::from_secs(20);
const REVIEWS: [&str; 2] = ["Worst purchase, waste of money.", "Very good quality, loved it."];

/// All of it, with two fits of the sample's study.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    page.open("experiments").await?;
    page.find("heading", "Begin an A/B test").await?;
    ensure!(!page.is_enabled("button", "Begin the test").await?, "a test without versions can begin");
    steps::try_sample(&page).await?;
    steps::go_to(&page, "Models").await?;
    steps::register(&page, 1).await?;
    let second = page.find("combobox", "From").await?.options().await?.into_iter().nth(1).unwrap_or_default();
    page.choose("From", &second).await?;
    steps::register(&page, 2).await?;
    steps::go_to(&page, "Experiments").await?;
    page.fill("textbox", "Name of the test", "new words").await?;
    page.choose("Champion", "models:/sample_reviews/2").await?;
    page.choose("Challenger", "models:/sample_reviews/1").await?;
    page.choose("How answers are given", "Shadow: the challenger answers unseen").await?;
    page.click("button", "Begin the test").await?;
    page.find("heading", "new words: running").await?;
    ensure!(!page.is_enabled("button", "Promote the winner").await?, "nobody has won");
    steps::go_to(&page, "Predict").await?;
    for (place, review) in REVIEWS.iter().enumerate() {
        steps::ask(&page, review).await?;
        counted(&page, place + 1).await?;
    }
    page.open("experiments").await?;
    let sides = page.table("Sides").await?;
    ensure!(sides.iter().all(|row| row[0] == "Side" || row[3] == "2"), "two reviews were typed: {sides:?}");
    page.check_accessibility().await?;
    page.screenshot("experiments").await?;
    steps::check_width(&page).await?;
    page.fill("textbox", "Why it ends", "Enough for today.").await?;
    page.click("button", "Stop the test").await?;
    page.find("heading", "new words: stopped").await?;
    page.reload().await?;
    page.find("heading", "new words: stopped").await?;
    page.wait_text("Enough for today.", PATIENCE).await?;
    lab.check_clean().await
}

/// Waits until so many reviews are stored with the test.
async fn counted(page: &Page, wanted: usize) -> Result<()> {
    const SCRIPT: &str = "new Promise((tell) => {
        const open = indexedDB.open('reviewlab');
        open.onerror = () => tell(-1);
        open.onsuccess = () => {
            const all = open.result.transaction('ab_tests').objectStore('ab_tests').getAll();
            all.onsuccess = () => { open.result.close(); tell(JSON.parse(all.result[0].json).seen.length); };
        };
    })";
    until(REST_PATIENCE, "a counted review", || async {
        let n_seen = page.evaluate(SCRIPT).await?.as_u64().unwrap_or(0);
        Ok((n_seen == wanted as u64).then_some(()))
    })
    .await
}
