//! A flow that is edited, and a run of it that is cancelled, cut off by its tab's end, gone on with, held; and an
//! automation that tells.
//! In: a lab. Out: an error if an edit is lost, or a run does not stand as it must. Never: a run in two tabs.

use anyhow::{Result, ensure};

use e2e::patience::{PATIENCE, until};
use e2e::{Lab, Page};

use super::flows::{open_run, wait_for_run, wait_for_state};
use super::steps::{self, STUDY_PATIENCE};

/// More than any machine does while a journey lasts.
const N_TRIALS: &str = "20000";

/// Keeps what the system's notices say.
const NOTICES: &str = r#"globalThis.noticed = [];
globalThis.Notification = class extends Notification {
  constructor(title, options) {
    super(title, options);
    noticed.push(`${title}: ${options.body}`);
  }
};
0"#;

/// Edited, run, cancelled, cut off, gone on with, paused.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    lab.grant(&["notifications"]).await?;
    steps::try_sample(&page).await?;
    steps::go_to(&page, "Flows").await?;
    automate(&page).await?;
    edit(&page).await?;
    cancel(&page).await?;
    let page = cut_off(lab, page).await?;
    hold(&page).await?;
    lab.check_clean().await
}

async fn automate(page: &Page) -> Result<()> {
    page.click("tab", "Automations").await?;
    page.click("button", "Add an automation").await?;
    page.click("button", "Keep automation").await?;
    page.wait_text("Type a name for the automation.", PATIENCE).await?;
    page.fill("textbox", "Automation name", "alarm").await?;
    page.choose("State listened to", "Cancelled").await?;
    page.fill("textbox", "What I am told", "Somebody pressed Cancel.").await?;
    page.check_accessibility().await?;
    page.click("button", "Keep automation").await?;
    page.wait_text("When a run of any flow comes to Cancelled", PATIENCE).await
}

async fn edit(page: &Page) -> Result<()> {
    page.click("tab", "Edit flows").await?;
    page.choose("Flow to edit", "a new one like retune").await?;
    page.fill("textbox", "Flow name", "long search").await?;
    page.click("DisclosureTriangle", "tune (Tune)").await?;
    page.fill("textbox", "Trials of each model", N_TRIALS).await?;
    page.click("button", "Change this task").await?;
    page.click("DisclosureTriangle", "vectorise (Count words)").await?;
    page.click("button", "Drop this task").await?;
    page.wait_text("needs", PATIENCE).await?;
    ensure!(!page.is_enabled("button", "Keep as a version").await?, "a flow that cannot run can be kept");
    page.choose("Flow to edit", "a new one like retrain").await?;
    page.click("DisclosureTriangle", "fit (Fit)").await?;
    page.fill("textbox", "C", "lots").await?;
    page.click("button", "Change this task").await?;
    page.wait_text("'C' is a number from 0.000001 to 1000000.", PATIENCE).await?;
    page.fill("textbox", "C", "0.25").await?;
    page.click("button", "Change this task").await?;
    page.click("DisclosureTriangle", "fit (Fit)").await?;
    ensure!(page.find("textbox", "C").await?.value().await? == "0.25", "what a fit is given is lost");
    page.choose("Flow to edit", "Choose a flow").await?;
    page.choose("Flow to edit", "a new one like retune").await?;
    page.fill("textbox", "Flow name", "long search").await?;
    page.click("DisclosureTriangle", "tune (Tune)").await?;
    page.fill("textbox", "Trials of each model", N_TRIALS).await?;
    page.click("button", "Change this task").await?;
    page.check_accessibility().await?;
    page.click("button", "Keep as a version").await?;
    page.wait_text("Version 1 of 'long search' is kept.", PATIENCE).await?;
    page.screenshot("flow-edit").await?;
    page.click("button", "Run this flow now").await?;
    page.wait_text("'long search' runs as soon as it can.", PATIENCE).await?;
    page.click("tab", "Overview").await
}

async fn cancel(page: &Page) -> Result<()> {
    page.wait_text("trials", STUDY_PATIENCE).await?;
    page.evaluate(NOTICES).await?;
    page.click("button", "Cancel").await?;
    wait_for_run(page, 1, &["Cancelled"]).await?;
    page.wait_text("alarm: Somebody pressed Cancel.", STUDY_PATIENCE).await?;
    until(PATIENCE, "a notice by the system", || async {
        let noticed = page.evaluate("noticed.join()").await?;
        Ok((noticed == "alarm: Somebody pressed Cancel.").then_some(()))
    })
    .await
}

/// Its tab is closed in the middle; another finds it crashed, and goes on.
async fn cut_off(lab: &Lab, page: Page) -> Result<Page> {
    page.click("tab", "Edit flows").await?;
    page.choose("Flow to edit", "long search, version 1").await?;
    page.click("button", "Run this flow now").await?;
    page.click("tab", "Overview").await?;
    wait_for_run(&page, 2, &["Running"]).await?;
    page.wait_text("trials", STUDY_PATIENCE).await?;
    let other = lab.new_tab().await?;
    page.close().await?;
    let page = other;
    page.open("flows").await?;
    let name = wait_for_run(&page, 2, &["Crashed"]).await?;
    page.wait_text("Its tab was closed.", PATIENCE).await?;
    open_run(&page, &name).await?;
    wait_for_state(&page, "Crashed").await?;
    page.click("button", "Go on from there").await?;
    page.find("list", "Runs of one line").await?;
    steps::go_to(&page, "Flows").await?;
    let next = wait_for_run(&page, 3, &["Running"]).await?;
    page.wait_text("trials", STUDY_PATIENCE).await?;
    open_run(&page, &next).await?;
    wait_for_state(&page, "Running").await?;
    let tasks = page.table("Tasks").await?;
    let n_cached = tasks.iter().filter(|row| row[1].trim() == "Cached").count();
    ensure!(n_cached == 4, "{n_cached} of four tasks were taken from where the last one ended: {tasks:?}");
    Ok(page)
}

/// A task at work goes on to its end; the run is held all the same, and can go on or end.
async fn hold(page: &Page) -> Result<()> {
    page.click("button", "Pause").await?;
    wait_for_state(page, "Paused").await?;
    page.click("button", "Resume").await?;
    wait_for_state(page, "Running").await?;
    page.click("button", "Cancel").await?;
    wait_for_state(page, "Cancelled").await?;
    page.find("button", "Go on from there").await.map(|_| ())
}
