//! Runs found by a filter that is typed, completed, pointed at where it is wrong, grouped, and kept in the address.
//! In: a lab. Out: an error if the table does not answer what was asked, or a reload asks something else.
//! Never: a run that the study made here did not leave.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::patience::until;
use e2e::{Lab, Page};

use super::steps;

const BOX: &str = "Filter runs";
const PATIENCE: Duration = Duration::from_secs(10);
/// Trials of each of three models, their fits, and the study.
const N_RUNS: usize = 3 * 20 + 3 + 1;

/// Types, completes, errs, groups, reloads, saves.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    steps::sample_runs(&page).await?;
    // A real number is compared with a text as Python writes it.
    page.fill("searchbox", BOX, "kind = trial AND params.max_df LIKE '0.%'").await?;
    found(&page, &format!("60 of {N_RUNS} runs")).await?;
    page.fill("searchbox", BOX, "kind = trial AND params.model = 'LinearSVC'").await?;
    found(&page, &format!("20 of {N_RUNS} runs")).await?;
    let rows = page.table("Runs").await?;
    ensure!(rows.iter().skip(1).filter(|row| row.len() > 1).count() >= 10, "few rows: {rows:?}");
    page.check_accessibility().await?;
    // The key puts away what is offered, not the filter.
    page.type_keys("searchbox", BOX, "\u{e00c}").await?;
    found(&page, &format!("20 of {N_RUNS} runs")).await?;
    page.screenshot("search").await?;
    a_wrong_filter_is_pointed_at(&page).await?;
    a_filter_is_completed(&page).await?;
    page.choose("Group by", "Model").await?;
    page.choose("Order", "Cross-validated macro F1, best first").await?;
    found(&page, &format!("60 of {N_RUNS} runs")).await?;
    let first = first_of_group(&page).await?;
    page.reload().await?;
    found(&page, &format!("60 of {N_RUNS} runs")).await?;
    ensure!(first_of_group(&page).await? == first, "a reload shows another table");
    ensure!(page.find("searchbox", BOX).await?.value().await? == "kind = 'trial'", "the box lost its filter");
    page.screenshot("search-groups").await?;
    steps::check_width(&page).await?;
    page.click("button", "Download CSV").await?;
    let saved = std::fs::read_to_string(lab.download(".csv", PATIENCE).await?)?;
    ensure!(saved.starts_with("run_name,") && saved.lines().count() == 61, "the file says: {saved}");
    page.click("button", "Show all runs").await?;
    page.wait_gone("status", "Runs found", PATIENCE).await?;
    ensure!(page.path().await? == "runs", "the address still asks: {}", page.path().await?);
    ensure!(page.table("Runs").await?.len() == 5, "a study and its fits are not shown again");
    Ok(())
}

async fn found(page: &Page, expected: &str) -> Result<()> {
    until(PATIENCE, expected, async || {
        let is_there = page.has("status", "Runs found").await?;
        Ok((is_there && page.read("status", "Runs found").await? == expected).then_some(()))
    })
    .await
}

async fn a_wrong_filter_is_pointed_at(page: &Page) -> Result<()> {
    page.type_keys("searchbox", BOX, " AND metrics.test_f1 > 'good'").await?;
    let said = page.read("status", "What is wrong with the filter").await?;
    ensure!(said.contains("metrics.test_f1 is a number"), "it says: {said}");
    // What was right before still stands in the table.
    found(page, &format!("20 of {N_RUNS} runs")).await
}

async fn a_filter_is_completed(page: &Page) -> Result<()> {
    page.fill("searchbox", BOX, "").await?;
    page.type_keys("searchbox", BOX, "ki").await?;
    page.find("listbox", "Suggestions").await?;
    // Down and Enter take the first that is offered, three times: key, comparison, value.
    for _ in 0..2 {
        page.type_keys("searchbox", BOX, "\u{e015}\u{e007}").await?;
    }
    page.type_keys("searchbox", BOX, "'tr").await?;
    page.type_keys("searchbox", BOX, "\u{e015}\u{e007}").await?;
    let value = page.find("searchbox", BOX).await?.value().await?;
    ensure!(value.trim() == "kind = 'trial'", "completed to: {value}");
    Ok(())
}

/// The name of the first run below a group's head.
async fn first_of_group(page: &Page) -> Result<String> {
    let rows = page.table("Runs").await?;
    let at = rows.iter().position(|row| row.len() == 1 && row[0].contains("best")).context("no group")?;
    let row = rows.get(at + 1).context("an empty group")?;
    Ok(row.first().context("a row without cells")?.clone())
}
