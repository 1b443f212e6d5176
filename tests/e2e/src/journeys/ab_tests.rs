//! The Experiments page: a test between two versions is begun, counts what is typed under Predict, is there after a reload,
//! and ends with its reason. Where the challenger answers a typed text, what is said of the answer is kept as said of it.
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
    challenger_answers(&page).await?;
    lab.check_clean().await
}

/// A split in which the challenger answers nearly everything: the answer, what turns it and what is said of it are its own.
async fn challenger_answers(page: &Page) -> Result<()> {
    page.fill("textbox", "Name of the test", "split").await?;
    page.choose("Champion", "models:/sample_reviews/2").await?;
    page.choose("Challenger", "models:/sample_reviews/1").await?;
    page.choose("How answers are given", "Split: each review goes to one side for good").await?;
    page.fill("textbox", "Challenger's share in %", "99").await?;
    page.click("button", "Begin the test").await?;
    page.find("heading", "split: running").await?;
    steps::go_to(page, "Predict").await?;
    for n_very in 1..10 {
        steps::ask(page, &format!("{}good quality, loved it.", "very ".repeat(n_very))).await?;
        if page.text().await?.contains("the challenger of the A/B test 'split'") {
            break;
        }
    }
    page.wait_text("Answered by models:/sample_reviews/1, the challenger", PATIENCE).await?;
    page.click("button", "This was wrong").await?;
    page.wait_text("Noted, with the answer it is about.", PATIENCE).await?;
    let [address, said, right] = last_said(page).await?;
    ensure!(address == "models:/sample_reviews/1", "the challenger answered, and {address} is kept");
    ensure!(said == "positive" && right == "negative", "{said} was said wrong, and {right} right");
    page.click("button", "loved").await?;
    page.wait_text("Put all words back to say whether the answer is right", PATIENCE).await
}

/// Who gave the answer that was spoken of last, what it was, and which is right.
async fn last_said(page: &Page) -> Result<[String; 3]> {
    const SCRIPT: &str = "new Promise((tell) => {
        const open = indexedDB.open('reviewlab');
        open.onerror = () => tell([]);
        open.onsuccess = () => {
            const of = open.result.transaction(['feedback', 'predictions']);
            const said = of.objectStore('feedback').getAll();
            said.onsuccess = () => {
                const { prediction, verdict } = JSON.parse(said.result.at(-1).json);
                const answered = of.objectStore('predictions').get(prediction);
                answered.onsuccess = () => {
                    const { model, answer } = JSON.parse(answered.result.json);
                    open.result.close();
                    tell([model.address, model.labels[answer.label], verdict.right_class]);
                };
            };
        };
    })";
    let found = page.evaluate(SCRIPT).await?;
    let text = |at: usize| found[at].as_str().unwrap_or_default().to_owned();
    Ok([text(0), text(1), text(2)])
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
