//! A study is under way when other data are chosen, and when the page is loaded anew.
//! In: a lab. Out: an error if the study loses a trial, or what follows is not as after any other.
//! Never: a study that goes on unseen.

use anyhow::{Context, Result, ensure};

use e2e::patience::{PATIENCE, until};
use e2e::{Lab, Page};

use super::files::{self, Folder};
use super::steps;

/// More trials of each model than can be done on the way.
const N_TRIALS: u32 = 5_000;
/// Rows of each of the two classes of the other data.
const N_OF_EACH: usize = 60;
/// What the page says of a study that a reload ended.
const REASON: &str = "was closed while this run was under way; the trials it had finished are kept.";

/// Chooses other data in the middle of a study, learns from them, reloads in the middle of the next.
pub async fn run(lab: &Lab) -> Result<()> {
    let folder = Folder::new()?;
    let page = lab.page().await?;
    steps::try_sample(&page).await?;
    other_data_wait_for_the_study(lab, &page, &folder).await?;
    a_reload_keeps_what_finished(&page).await
}

async fn other_data_wait_for_the_study(lab: &Lab, page: &Page, folder: &Folder) -> Result<()> {
    steps::start_tuning(page, N_TRIALS).await?;
    let before = steps::wait_for_trials(page, 20).await?;
    let other = folder.write("other.csv", files::table(',', &files::rated_rows(N_OF_EACH)))?;
    steps::go_to(page, "Data").await?;
    steps::choose_file(page, &other).await?;
    steps::use_data(page).await?;
    steps::go_to(page, "Train").await?;
    let after = steps::wait_for_trials(page, before + 1).await?;
    ensure!(after > before, "the study stood still at {before} trials while other data were read");
    page.click("button", "Stop").await?;
    steps::wait_for_study(page, "Stopped").await?;
    steps::start_tuning(page, 5).await?;
    steps::wait_for_study(page, "Finished").await?;
    let summary = steps::download_summary(lab, page).await?;
    let n_rows = summary["data"]["n_rows"].as_u64().context("a summary without its number of rows")?;
    ensure!(n_rows == 2 * N_OF_EACH as u64, "the new study learned from {n_rows} rows");
    Ok(())
}

async fn a_reload_keeps_what_finished(page: &Page) -> Result<()> {
    steps::start_tuning(page, N_TRIALS).await?;
    let before = steps::wait_for_trials(page, 20).await?;
    page.reload().await?;
    page.wait_text(REASON, PATIENCE).await?;
    ensure!(!page.has("progressbar", "Tuning progress").await?, "a study goes on after its page is gone");
    page.check_accessibility().await?;
    page.screenshot("cut_off").await?;
    steps::go_to(page, "Runs").await?;
    let rows = page.table("Runs").await?;
    let study = rows.get(1).context("the table of runs is empty")?;
    ensure!(study[2] == "Failed", "a study that was cut off is {study:?}");
    page.click("link", &study[0]).await?;
    let kept = nested_runs(page).await?;
    ensure!(kept >= before, "{before} trials were stored before the reload, {kept} are kept");
    steps::go_to(page, "Train").await?;
    steps::start_tuning(page, 5).await?;
    steps::wait_for_study(page, "Finished").await
}

/// 57 in `57 runs`, and in `the first 50 of 57`.
async fn nested_runs(page: &Page) -> Result<u64> {
    page.find("table", "Nested runs").await?;
    let number = |line: &str| {
        let line = line.trim();
        let words = line.strip_suffix(" runs").or_else(|| line.rsplit_once(" of ").map(|(_, n)| n))?;
        words.replace(',', "").parse().ok()
    };
    until(PATIENCE, "the number of nested runs", || async { Ok(page.text().await?.lines().find_map(number)) })
        .await
}
