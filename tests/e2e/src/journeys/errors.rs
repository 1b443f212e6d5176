//! Errors of one fit: the reviews behind a cell, kinds of reviews, probabilities, another threshold kept as a version.
//! In: a lab. Out: an error if a count and its list differ, an address loses what was looked at, or a threshold changes
//! a model without being kept.
//! Never: a version that is changed.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::patience::until;
use e2e::{Lab, Page};

use super::steps;

const PATIENCE: Duration = Duration::from_secs(20);
const LEFT: &str = "\u{e012}";
const WHY: &str = "Missing an unhappy buyer costs more than a call.";

/// Opens a fit of the sample's study.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    steps::sample_runs(&page).await?;
    let rows = page.table("Runs").await?;
    let fit = rows.get(2).and_then(|row| row.first()).context("a fit")?.clone();
    page.click("link", &fit).await?;
    page.find("heading", &fit).await?;
    page.click("button", "Look into the errors").await?;
    cells_list_their_reviews(&page).await?;
    kinds_are_compared(&page).await?;
    a_threshold_moves_reviews(&page).await?;
    page.check_accessibility().await?;
    page.screenshot("errors").await?;
    steps::check_width(&page).await?;
    a_threshold_is_kept(&page).await
}

async fn is_said(page: &Page, status: &str, expected: &str) -> Result<()> {
    until(PATIENCE, &format!("{status}: {expected}"), async || {
        Ok(page.read("status", status).await?.contains(expected).then_some(()))
    })
    .await
}

/// Rows of the first class that are taken for the second, and the other way round.
async fn n_wrong(page: &Page) -> Result<(u64, u64)> {
    let matrix = page.table("Confusion matrix").await?;
    let count = |row: usize, column: usize| -> Result<u64> {
        let cell = matrix.get(row).and_then(|row| row.get(column)).context("a cell")?;
        Ok(cell.split_whitespace().next().context("a count")?.replace(',', "").parse()?)
    };
    Ok((count(1, 2)?, count(2, 1)?))
}

fn reviews(count: u64) -> String {
    if count == 1 { "1 review".to_owned() } else { format!("{count} reviews") }
}

async fn cells_list_their_reviews(page: &Page) -> Result<()> {
    let (alarms, missed) = n_wrong(page).await?;
    ensure!(alarms > 0 && missed > 0, "there are no mistakes to look into");
    let cell = page.table("Confusion matrix").await?[1][2].clone();
    page.click("button", &format!("{cell}: negative predicted as positive, list the reviews")).await?;
    is_said(page, "Reviews listed", &format!("{}, the surest answers first.", reviews(alarms))).await?;
    text_of_first(page, "negative").await?;
    ensure!(page.path().await?.contains("rows=cell-0-1"), "the address does not say which rows are listed");
    page.reload().await?;
    is_said(page, "Reviews listed", &reviews(alarms)).await?;
    page.click("button", &format!("Most confident mistakes ({})", alarms + missed)).await?;
    is_said(page, "Reviews listed", &reviews(alarms + missed)).await
}

/// The first row is read, and of this class.
async fn text_of_first(page: &Page, class: &str) -> Result<()> {
    until(PATIENCE, "a review's text", async || {
        let rows = page.table("Reviews").await?;
        let Some(row) = rows.get(1) else { return Ok(None) };
        ensure!(row.get(1).is_some_and(|of| of == class), "the first row is {row:?}");
        Ok((row[0].chars().count() > 3 && row[4] != "–").then_some(()))
    })
    .await
}

async fn kinds_are_compared(page: &Page) -> Result<()> {
    page.wait_gone("progressbar", "Reading progress", PATIENCE).await?;
    let kinds = page.table("Kinds of reviews").await?;
    ensure!(kinds.len() > 5, "few kinds of reviews: {kinds:?}");
    ensure!(kinds[1..].iter().all(|row| row[4].contains(" to ")), "no intervals: {kinds:?}");
    let bins = page.table("Reviews by probability").await?;
    ensure!(bins.len() == 11 && bins[0].len() == 3, "before and after calibration the bins are {bins:?}");
    let first = &kinds[1];
    let kind = first[0].trim_end_matches("surely worse").trim();
    page.click("button", &format!("List the reviews {kind}")).await?;
    let said = format!("{} reviews, those predicted wrong first.", first[2]);
    is_said(page, "Reviews listed", &said).await?;
    page.reload().await?;
    is_said(page, "Reviews listed", &said).await
}

/// A line of the table of figures, as it is and at the slider.
async fn figure(page: &Page, name: &str) -> Result<(f64, f64)> {
    let lines = page.table("At the threshold").await?;
    let line = lines.iter().find(|line| line[0] == name).with_context(|| format!("no {name}: {lines:?}"))?;
    let number =
        |text: &str| text.replace(',', "").parse::<f64>().with_context(|| format!("{name} is {text}"));
    Ok((number(&line[1])?, number(&line[2])?))
}

async fn a_threshold_moves_reviews(page: &Page) -> Result<()> {
    is_said(page, "What the threshold moves", "No review gets another answer.").await?;
    page.type_keys("slider", "Threshold", &LEFT.repeat(12)).await?;
    is_said(page, "What the threshold moves", "another answer").await?;
    let moved = page.read("status", "What the threshold moves").await?;
    let n_moved = moved.split_whitespace().next().context("a number")?.to_owned();
    page.click("button", "List the reviews that move").await?;
    is_said(page, "Reviews listed", &format!("{n_moved} review")).await?;
    page.fill("textbox", "Cost of positive predicted as negative", "50").await?;
    page.click("button", "Lowest cost").await?;
    until(PATIENCE, "a lower cost", async || {
        let (before, here) = figure(page, "Cost").await?;
        Ok((here < before).then_some(()))
    })
    .await?;
    page.reload().await?;
    until(PATIENCE, "the same threshold after a reload", async || {
        let (before, here) = figure(page, "Cost").await?;
        Ok((here < before).then_some(()))
    })
    .await
}

async fn a_threshold_is_kept(page: &Page) -> Result<()> {
    ensure!(!page.is_enabled("button", "Save as a new version").await?, "a threshold is kept for no reason");
    page.fill("textbox", "Model", "careful").await?;
    page.fill("textbox", "Why this threshold", WHY).await?;
    page.click("button", "Save as a new version").await?;
    is_said(page, "Threshold kept", "Version 1 of 'careful' has this threshold.").await?;
    page.open("models/careful").await?;
    page.wait_text(WHY, PATIENCE).await?;
    page.open("models/careful/1?show=errors").await?;
    is_said(page, "What the threshold moves", "No review gets another answer.").await?;
    let (before, here) = figure(page, "Accuracy").await?;
    ensure!(before == here, "a version's own threshold is {before} and {here}");
    page.click("button", "Close the error analysis").await?;
    page.wait_gone("table", "At the threshold", PATIENCE).await
}
