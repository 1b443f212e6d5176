//! Experiments made, renamed and put away; columns moved, resized, pinned; a view of all that saved and opened again.
//! In: a lab. Out: an error if runs end up in another experiment than a person would say, or a view is another one.
//! Never: a run that is gone with its experiment.

use std::time::Duration;

use anyhow::{Result, ensure};
use e2e::patience::until;
use e2e::{Lab, Page};

use super::steps;

const PATIENCE: Duration = Duration::from_secs(10);
const LEFT: &str = "\u{e012}";

/// Makes, renames, studies, restricts, deletes; then arranges columns.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    steps::sample_runs(&page).await?;
    a_renamed_experiment_keeps_its_file(&page).await?;
    runs_go_where_they_are_sent(&page).await?;
    what_is_put_away_comes_back(&page).await?;
    a_view_is_kept(&page).await
}

async fn rename(page: &Page, from: &str, to: &str) -> Result<()> {
    page.click("button", &format!("Edit {from}")).await?;
    page.fill("textbox", "Description", "What autumn buyers say.").await?;
    page.fill("textbox", "Name of the experiment", " ").await?;
    page.click("button", "Save experiment").await?;
    page.wait_text("An experiment needs a name", PATIENCE).await?;
    let typed = page.find("textbox", "Description").await?.value().await?;
    ensure!(typed == "What autumn buyers say.", "what could not be stored became: {typed}");
    page.fill("textbox", "Name of the experiment", to).await?;
    page.click("button", "Save experiment").await?;
    is_said(page, "Experiment", &format!("'{to}' is kept.")).await
}

async fn a_renamed_experiment_keeps_its_file(page: &Page) -> Result<()> {
    rename(page, "sample_reviews", "autumn").await?;
    page.find("checkbox", "autumn · 64").await?;
    steps::go_to(page, "Train").await?;
    steps::start_tuning(page, 3).await?;
    steps::wait_for_study(page, "Finished").await?;
    steps::go_to(page, "Runs").await?;
    // A study of three trials for each of three models, and their fits.
    page.find("checkbox", "autumn · 77").await?;
    page.check_accessibility().await
}

async fn runs_go_where_they_are_sent(page: &Page) -> Result<()> {
    page.click("button", "New experiment").await?;
    page.fill("textbox", "Name of the new experiment", "autumn").await?;
    page.click("button", "Make experiment").await?;
    page.wait_text("There is an experiment called 'autumn' already", PATIENCE).await?;
    let typed = page.find("textbox", "Name of the new experiment").await?.value().await?;
    ensure!(typed == "autumn", "what could not be stored became: {typed}");
    page.fill("textbox", "Name of the new experiment", "winter").await?;
    page.click("button", "Make experiment").await?;
    is_said(page, "Experiment", "Made the experiment 'winter'.").await?;
    page.click("button", "Edit winter").await?;
    page.click("button", "Send new runs here").await?;
    is_said(page, "Experiment", "New runs on 'sample_reviews.csv' belong to 'winter' from now on.").await?;
    steps::go_to(page, "Train").await?;
    steps::start_tuning(page, 3).await?;
    steps::wait_for_study(page, "Finished").await?;
    steps::go_to(page, "Runs").await?;
    page.click("checkbox", "winter · 13").await?;
    n_studies(page, 1).await?;
    page.click("checkbox", "winter · 13").await?;
    n_studies(page, 3).await
}

async fn what_is_put_away_comes_back(page: &Page) -> Result<()> {
    page.click("button", "Edit winter").await?;
    page.click("button", "Move to trash").await?;
    is_said(page, "Experiment", "Moved 'winter' and its runs to the trash.").await?;
    n_studies(page, 2).await?;
    page.click("checkbox", "Trash").await?;
    page.wait_text("The trash is empty", PATIENCE).await?;
    page.click("button", "Edit winter").await?;
    page.click("button", "Restore winter").await?;
    is_said(page, "Experiment", "'winter' is back.").await?;
    page.click("checkbox", "Trash").await?;
    n_studies(page, 3).await
}

async fn a_view_is_kept(page: &Page) -> Result<()> {
    page.type_keys("slider", "Width of Run", LEFT).await?;
    page.click("DisclosureTriangle", "Columns").await?;
    page.click("button", "Pin Test").await?;
    page.click("button", "Move Began to the left").await?;
    let heads = async || -> Result<String> { Ok(page.table("Runs").await?[0].join("|").replace("\n", " ")) };
    let expected = "Run|Test|Kind|State|Model|Cross-validated macro F1|Train|Began|Time";
    until(PATIENCE, expected, async || Ok((heads().await? == expected).then_some(()))).await?;
    page.screenshot("columns_of_runs").await?;
    steps::check_width(page).await?;
    page.click("DisclosureTriangle", "Saved views").await?;
    page.fill("textbox", "Name of this view", "mine").await?;
    page.click("button", "Save view").await?;
    is_said(page, "View", "Saved as 'mine'.").await?;
    page.open("runs").await?;
    page.find("table", "Runs").await?;
    ensure!(heads().await? != expected, "the columns stay as they were without the view");
    page.click("DisclosureTriangle", "Saved views").await?;
    page.click("button", "Open mine").await?;
    until(PATIENCE, expected, async || Ok((heads().await? == expected).then_some(()))).await?;
    page.click("button", "Delete mine").await?;
    is_said(page, "View", "Deleted 'mine'.").await?;
    page.click("button", "Undo").await?;
    page.find("button", "Open mine").await.map(|_| ())
}

async fn n_studies(page: &Page, expected: usize) -> Result<()> {
    until(PATIENCE, &format!("{expected} studies"), async || {
        let rows = page.table("Runs").await?;
        let n_studies = rows.iter().filter(|row| row.get(1).is_some_and(|kind| kind == "Study")).count();
        Ok((n_studies == expected).then_some(()))
    })
    .await
}

async fn is_said(page: &Page, status: &str, expected: &str) -> Result<()> {
    until(PATIENCE, &format!("{status}: {expected}"), async || {
        Ok((page.read("status", status).await? == expected).then_some(()))
    })
    .await
}
