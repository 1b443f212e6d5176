//! Runs chosen by pointer and by keys, tagged together, deleted, and taken back.
//! In: a lab. Out: an error if other runs are chosen or changed than a person would say, or a change cannot be undone.
//! Never: a run that is gone for good.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::patience::until;
use e2e::{Lab, Page};

use super::steps;

const PATIENCE: Duration = Duration::from_secs(10);
const SHIFT_DOWN: &str = "\u{e008}\u{e015}\u{e000}";
const CONTROL_A: &str = "\u{e009}a\u{e000}";
const ESCAPE: &str = "\u{e00c}";
/// Trials of each of three models, their fits, and the study.
const N_RUNS: usize = 3 * 20 + 3 + 1;

/// Chooses, tags, deletes, takes back.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    steps::sample_runs(&page).await?;
    let rows = page.table("Runs").await?;
    let name = |place: usize| rows.get(place).and_then(|row| row.first()).context("a run");
    let (study, first) = (name(1)?, format!("Choose {}", name(2)?));
    page.click("checkbox", &first).await?;
    chosen(&page, "1 run chosen").await?;
    ensure!(!page.is_enabled("button", "Compare 2 to 20").await?, "one run can be compared");
    page.type_keys("checkbox", &first, SHIFT_DOWN).await?;
    chosen(&page, "2 runs chosen").await?;
    page.find("button", "Compare 2").await?;
    page.check_accessibility().await?;
    page.screenshot("chosen_runs").await?;
    steps::check_width(&page).await?;
    tags_find_their_runs(&page).await?;
    page.click("button", "Show all runs").await?;
    the_trash_gives_back(&page, study).await?;
    page.click("button", &format!("Show trials of {study}")).await?;
    page.find("button", &format!("Hide trials of {study}")).await?;
    page.type_keys("checkbox", &first, CONTROL_A).await?;
    chosen(&page, &format!("{N_RUNS} runs chosen")).await?;
    page.type_keys("checkbox", &first, ESCAPE).await?;
    chosen(&page, "").await
}

async fn tags_find_their_runs(page: &Page) -> Result<()> {
    page.click("button", "Tag").await?;
    page.fill("textbox", "Tag", "team").await?;
    page.fill("textbox", "Value", "blue").await?;
    page.click("button", "Give tag").await?;
    done(page, "Tagged 2 runs with team.").await?;
    page.fill("searchbox", "Filter runs", "tags.team = 'blue'").await?;
    until(PATIENCE, "the tagged runs", async || {
        let is_there = page.has("status", "Runs found").await?;
        Ok((is_there && page.read("status", "Runs found").await? == format!("2 of {N_RUNS} runs"))
            .then_some(()))
    })
    .await
}

/// A study goes to the trash with all its runs, and comes back with them.
async fn the_trash_gives_back(page: &Page, study: &str) -> Result<()> {
    page.click("button", "Choose none").await?;
    page.click("checkbox", &format!("Choose {study}")).await?;
    page.click("button", "Delete").await?;
    done(page, &format!("Moved {N_RUNS} runs to the trash.")).await?;
    page.wait_gone("link", study, PATIENCE).await?;
    page.click("button", "Undo").await?;
    done(page, "It is as it was before.").await?;
    page.find("link", study).await.map(|_| ())
}

async fn chosen(page: &Page, expected: &str) -> Result<()> {
    is_said(page, "Runs chosen", expected).await
}

async fn done(page: &Page, expected: &str) -> Result<()> {
    is_said(page, "Last change", expected).await
}

async fn is_said(page: &Page, status: &str, expected: &str) -> Result<()> {
    until(PATIENCE, &format!("{status}: {expected}"), async || {
        let said = page.read("status", status).await?;
        Ok((said == expected || (!expected.is_empty() && said.starts_with(expected))).then_some(()))
    })
    .await
}
