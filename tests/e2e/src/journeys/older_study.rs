//! A study that was stopped and is not the newest goes on from its own page, also after a reload.
//! In: a lab. Out: an error if another study goes on, or trials are lost. Never: a study found by its place in a list.

use anyhow::{Context, Result, ensure};

use e2e::{Lab, Page};

use super::steps;

/// More than are made before Stop.
const N_TRIALS: u32 = 5_000;

/// Stops one, makes another, goes on with the first.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    steps::try_sample(&page).await?;
    stopped(&page, 30).await?;
    let (name, n_kept) = (name(&page).await?, n_done(&page).await?);
    steps::start_tuning(&page, 3).await?;
    steps::wait_for_study(&page, "Finished").await?;
    steps::go_to(&page, "Runs").await?;
    page.click("link", &name).await?;
    page.find("heading", &name).await?;
    page.find("button", "Open in Train").await?;
    page.check_accessibility().await?;
    page.screenshot("older-study").await?;
    page.click("button", "Go on").await?;
    page.wait_path("train").await?;
    steps::wait_for_trials(&page, n_kept + 20).await?;
    page.reload().await?;
    // Cut off in the middle: it is the one shown, and could go on again.
    page.find_within("button", "Go on", steps::STUDY_PATIENCE).await?;
    ensure!(self::name(&page).await? == name, "another study is shown after a reload");
    ensure!(n_done(&page).await? > n_kept, "what was made after it went on is lost");
    one_setting_alone(&page).await
}

async fn stopped(page: &Page, after: u64) -> Result<()> {
    steps::start_tuning(page, N_TRIALS).await?;
    steps::wait_for_trials(page, after).await?;
    page.click("button", "Stop").await?;
    steps::wait_for_study(page, "Stopped").await
}

/// One setting of a study that was left: it alone is tried, and not twice.
async fn one_setting_alone(page: &Page) -> Result<()> {
    let n_before = n_done(page).await?;
    steps::open_group(page, "Steer this study").await?;
    page.fill("textbox", "C, 0.01 to 2", "0.123").await?;
    page.click("button", "Try this setting").await?;
    steps::wait_for_study(page, "Finished").await?;
    let n_after = n_done(page).await?;
    ensure!(n_after == n_before + 1, "{} trials were made for one setting", n_after - n_before);
    page.fill("textbox", "C, 0.01 to 2", "0.123").await?;
    page.click("button", "Try this setting").await?;
    let refused = steps::alert(page).await?;
    ensure!(refused.contains("had these values already"), "a tried setting is not refused: {refused:?}");
    Ok(())
}

/// The name of the study on `/train`.
async fn name(page: &Page) -> Result<String> {
    const SCRIPT: &str = "document.querySelector('section[aria-label=Study] p.note').innerText.trim()";
    page.evaluate(SCRIPT).await?.as_str().map(str::to_owned).context("the study has a name")
}

/// 57 of `57 / 15,000`.
async fn n_done(page: &Page) -> Result<u64> {
    const SCRIPT: &str = "document.querySelector('section[aria-label=Study] .stats').innerText";
    let text = page.evaluate(SCRIPT).await?;
    let line = text.as_str().and_then(|text| text.lines().find(|line| line.contains(" / ")));
    let number = line.and_then(|line| line.split(" / ").next()).context("trials are counted")?;
    number.replace(',', "").trim().parse().context("a number of trials")
}
