//! Runs that were due while no tab was open: all of them made up for, or none, as the schedule says. (That the latest is
//! made up for is walked in `flows`.)
//! In: a lab. Out: an error if another number of runs is made. Never: a wait for real time.

use anyhow::{Result, ensure};

use e2e::patience::PATIENCE;
use e2e::{Lab, Page};

use super::flows::{runs, set_clock, wait_for_run};
use super::steps::{self, STUDY_PATIENCE};

const NAME: &str = "hourly";
/// Times that pass while no tab is open.
const N_MISSED: usize = 3;

/// Deployed, missed and run one after another; then missed and left out.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    set_clock(&page).await?;
    steps::try_sample(&page).await?;
    steps::go_to(&page, "Flows").await?;
    page.find_within("button", "Deploy a flow", STUDY_PATIENCE).await?;
    // A minute after the hour: it does not strike again while the journey lasts.
    page.evaluate("flowClock.forward(3600000 - Date.now() % 3600000 + 60000)").await?;
    page.click("button", "Deploy a flow").await?;
    page.fill("textbox", "Deployment name", NAME).await?;
    page.choose("Unit", "hours").await?;
    page.choose("Missed while no tab was open", "Run all of them").await?;
    page.click("button", "Deploy").await?;
    page.find("table", "Deployments").await?;
    away(&page).await?;
    wait_for_run(&page, N_MISSED, &["Completed"]).await?;
    let made = runs(&page).await?;
    ensure!(
        made.iter().all(|row| row[1].trim().starts_with("Completed")),
        "not every missed run was made up for: {made:?}"
    );
    page.click("button", "Edit").await?;
    page.choose("Missed while no tab was open", "Leave them out").await?;
    page.click("button", "Deploy").await?;
    page.wait_text(&format!("'{NAME}' is deployed."), PATIENCE).await?;
    away(&page).await?;
    page.wait_text(
        &format!("{N_MISSED} runs were missed while no tab was open, and left out."),
        STUDY_PATIENCE,
    )
    .await?;
    wait_for_run(&page, N_MISSED, &["Completed"]).await?;
    lab.check_clean().await
}

/// The tab is closed for some hours.
async fn away(page: &Page) -> Result<()> {
    page.evaluate(&format!(
        "localStorage.setItem('journey-clock', String(Number(localStorage.getItem('journey-clock')) + {N_MISSED} * 3600000)); 0"
    ))
    .await?;
    page.reload().await
}
