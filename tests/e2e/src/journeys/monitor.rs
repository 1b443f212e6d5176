//! The Monitor page: new reviews of the same kind, then of another language; a row labelled; all of it there after a
//! reload.
//! In: a lab. Out: an error if the same kind is called drift or another is not, or if what was kept is gone.
//! Never: a check that goes on after Stop.

use anyhow::{Context, Result, ensure};
use std::fmt::Write as _;
use std::time::Duration;

use e2e::patience::{PATIENCE, until};
use e2e::{Lab, Page};
use serde_json::Value;

use super::files::{Folder, sample_reviews};
use super::steps;

/// A check reads two files and deals texts 499 times.
const CHECK_PATIENCE: Duration = Duration::from_secs(60);
const N_GERMAN: usize = 300;
const NOUNS: [&str; 6] = ["Kopfhörer", "Lampe", "Hülle", "Matte", "Flasche", "Tasche"];
const VERBS: [&str; 5] =
    ["gefällt mir sehr", "ist leider kaputt", "kam zu spät", "taugt gar nichts", "hält gut"];

/// Learns from every second review of the sample, then checks the others and a file in German.
pub async fn run(lab: &Lab) -> Result<()> {
    let folder = Folder::new()?;
    let all = std::fs::read_to_string(sample_reviews())?;
    let (header, rows) = all.split_once('\n').context("the sample has a header")?;
    let every_second = |first: usize| {
        let rows: Vec<&str> = rows.lines().skip(first).step_by(2).collect();
        format!("{header}\n{}\n", rows.join("\n"))
    };
    let known = folder.write("known.csv", every_second(0))?;
    let alike = folder.write("alike.csv", every_second(1))?;
    let german = folder.write("german.csv", german())?;
    let page = lab.page().await?;
    page.open("monitor").await?;
    page.wait_text("There is no model to watch yet", PATIENCE).await?;
    steps::go_to(&page, "Data").await?;
    steps::choose_file(&page, &known).await?;
    steps::use_data(&page).await?;
    steps::go_to(&page, "Train").await?;
    steps::start_tuning(&page, 3).await?;
    steps::wait_for_study(&page, "Finished").await?;
    steps::go_to(&page, "Monitor").await?;
    page.upload("New reviews file", &alike).await?;
    let said = checked(&page).await?;
    ensure!(!said.starts_with("Drift"), "reviews of the same kind: {said}");
    page.upload("New reviews file", &german).await?;
    page.find_within("button", "Check these reviews", CHECK_PATIENCE).await?.click().await?;
    let said = until(CHECK_PATIENCE, "another verdict", || async {
        let said = page.read("status", "Verdict").await?;
        Ok(said.contains("300 reviews").then_some(said))
    })
    .await?;
    ensure!(said.starts_with("Drift"), "reviews in another language: {said}");
    let columns = page.table("Drift").await?;
    let unknown = columns.iter().find(|row| row[0] == "nothing known" || row[0] == "confidence");
    ensure!(unknown.is_some(), "{columns:?}");
    page.wait_text("Label these 20 to confirm", PATIENCE).await?;
    label_one(&page).await?;
    page.click("button", "Download as JSON").await?;
    let json = std::fs::read_to_string(lab.download("german-drift.json", PATIENCE).await?)?;
    let report: Value = serde_json::from_str(&json)?;
    ensure!(report["drift"]["verdict"] == "drift", "the download says otherwise");
    page.check_accessibility().await?;
    page.screenshot("monitor").await?;
    steps::check_width(&page).await?;
    page.reload().await?;
    let kept = page.table("Kept reports").await?;
    ensure!(kept.len() == 3 && kept[1][2] == "drift", "{kept:?}");
    page.click("button", "Show german.csv").await?;
    page.wait_text("You labelled 1 of 20", PATIENCE).await?;
    lab.check_clean().await
}

/// Checks the file whose columns can be chosen.
async fn checked(page: &Page) -> Result<String> {
    page.find_within("button", "Check these reviews", CHECK_PATIENCE).await?.click().await?;
    page.find_within("status", "Verdict", CHECK_PATIENCE).await?;
    page.read("status", "Verdict").await
}

async fn label_one(page: &Page) -> Result<()> {
    let rows = page.table("Reviews to label").await?;
    let number = rows.get(1).and_then(|row| row.get(1)).context("a review to label")?;
    page.click("button", &format!("negative for row {number}")).await?;
    page.wait_text("You labelled 1 of 20", PATIENCE).await
}

fn german() -> String {
    let mut text = "Number,Review text\n".to_owned();
    for row in 0..N_GERMAN {
        let (noun, verb) = (NOUNS[row % NOUNS.len()], VERBS[row / 3 % VERBS.len()]);
        let _ = writeln!(text, "{row},Die Ware {row}: {noun} {verb} nach {} Tagen", row % 17);
    }
    text
}
