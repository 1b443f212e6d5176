//! Labels that are wrong found, corrected by keyboard, weighed, kept, and taken back.
//! In: a lab. Out: an error if a label that was turned round is not found, the score does not follow, or a reload
//! forgets what was said.
//! Never: a label that this journey did not turn round.

use anyhow::{Result, ensure};

use e2e::patience::{PATIENCE, until};
use e2e::{Lab, Page};

use super::files::{self, Folder};
use super::steps;

/// Rows whose rating says the opposite of their words; most of them are held out by some fold.
const TURNED: [usize; 10] = [3, 11, 18, 30, 37, 47, 59, 66, 80, 95];

/// Finds, accepts, rejects, skips, reloads, takes back, trains.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    let folder = Folder::new()?;
    let mut rows = files::rated_rows(60);
    TURNED.iter().for_each(|row| rows[*row].1 = if rows[*row].1 == "5" { "1" } else { "5" });
    page.open("").await?;
    steps::choose_file(&page, &folder.write("shop.csv", files::table(',', &rows))?).await?;
    steps::use_data(&page).await?;
    page.click("tab", "Labels").await?;
    page.wait_path("data?show=labels").await?;
    page.click("button", "Find labels to check").await?;
    page.find_within("group", "Label queue", steps::STUDY_PATIENCE).await?;
    let first = suspect(&page).await?;
    ensure!(TURNED.contains(&first), "row {first} is in doubt, but its label was not turned round");
    let before = score(&page).await?;
    steps::check_width(&page).await?;
    page.check_accessibility().await?;
    page.screenshot("labels").await?;
    page.type_keys("group", "Label queue", "s").await?;
    let second = another(&page, first).await?;
    page.type_keys("group", "Label queue", "\u{e012}").await?;
    ensure!(another(&page, second).await? == first, "the arrow does not lead back");
    page.type_keys("group", "Label queue", "a").await?;
    page.find_within("button", &format!("Undo: row {first}"), steps::STUDY_PATIENCE).await?;
    ensure!(another(&page, first).await? == second, "the next suspect does not follow");
    let after = until(steps::STUDY_PATIENCE, "a score that follows", || async {
        let now = score(&page).await?;
        Ok((now != before).then_some(now))
    })
    .await?;
    ensure!(after > before, "a mended label makes the score {after} of {before}");
    page.type_keys("group", "Label queue", "r").await?;
    page.wait_text("1 changed, 1 left as they are", steps::STUDY_PATIENCE).await?;
    page.reload().await?;
    page.find_within("button", "Find labels to check", steps::STUDY_PATIENCE).await?.click().await?;
    page.wait_text("1 changed, 1 left as they are", steps::STUDY_PATIENCE).await?;
    page.click("button", &format!("Undo: row {second}")).await?;
    page.wait_text("1 changed, 0 left as they are", steps::STUDY_PATIENCE).await?;
    page.click("button", "Undo all").await?;
    page.wait_text("Nothing yet.", steps::STUDY_PATIENCE).await?;
    ensure!(suspect(&page).await? == first, "what was taken back is not in doubt again");
    page.click("button", &format!("Accept: it is {} (A)", likely(&page).await?)).await?;
    page.wait_text("1 changed, 0 left as they are", steps::STUDY_PATIENCE).await?;
    steps::go_to(&page, "Train").await?;
    page.fill("textbox", "Trials per model", "2").await?;
    page.click("button", "Start tuning").await?;
    steps::wait_for_study(&page, "Finished").await
}

/// The row that is looked at, and the label that is said to be right.
async fn looked_at(page: &Page) -> Result<Option<(usize, String)>> {
    let text = page.read("group", "Label queue").await?;
    let line = text.lines().find(|line| line.starts_with("Row ") && line.contains("probably"));
    Ok(line.and_then(|line| {
        let row = line.strip_prefix("Row ")?.split(':').next()?.parse().ok()?;
        Some((row, line.rsplit(' ').next()?.to_owned()))
    }))
}

async fn suspect(page: &Page) -> Result<usize> {
    until(steps::STUDY_PATIENCE, "a row in doubt", || looked_at(page)).await.map(|(row, _)| row)
}

async fn likely(page: &Page) -> Result<String> {
    until(steps::STUDY_PATIENCE, "a row in doubt", || looked_at(page)).await.map(|(_, label)| label)
}

/// The row that is looked at once it is not `before`.
async fn another(page: &Page, before: usize) -> Result<usize> {
    until(PATIENCE, &format!("another row than {before}"), || async {
        Ok(looked_at(page).await?.map(|(row, _)| row).filter(|row| *row != before))
    })
    .await
}

/// The held-out score that is shown.
async fn score(page: &Page) -> Result<f64> {
    let figure =
        "[...document.querySelectorAll('.stat__value')].map((value) => parseFloat(value.textContent))[0]";
    until(PATIENCE, "a score", || async { Ok(page.evaluate(figure).await?.as_f64()) }).await
}
