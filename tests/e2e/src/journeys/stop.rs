//! A long study is stopped in the middle.
//! In: a lab. Out: an error if it does not stop at once, or what had finished is lost.
//! Never: the driver's own delay counted as the page's.

use anyhow::{Context, Result, ensure};

use e2e::patience::{PATIENCE, until};
use e2e::{Lab, Page};

use super::steps;

/// From the click on `Stop` to its status.
const MAX_STOP_MS: f64 = 200.0;
/// More trials of each model than can be done before the click.
const N_TRIALS: u32 = 5_000;
/// Notes when a trusted click hit `Stop` and when the status said so, by the page's own clock.
const WATCH: &str = r#"
    globalThis.__stop = {};
    document.addEventListener('click', (event) => {
        if (event.target.closest('button')?.textContent.trim() === 'Stop') __stop.clicked = event.timeStamp;
    }, true);
    new MutationObserver(() => {
        const status = document.querySelector('[role=status][aria-label="Study status"]');
        if (__stop.clicked && status?.textContent.includes('Stopped')) __stop.shown ??= performance.now();
    }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    0"#;

/// Starts, stops, reloads, starts again.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    steps::try_sample(&page).await?;
    steps::start_tuning(&page, N_TRIALS).await?;
    steps::wait_for_trials(&page, 20).await?;
    page.check_accessibility().await?;
    page.screenshot("tuning").await?;
    page.evaluate(WATCH).await?;
    let n_before = steps::wait_for_trials(&page, 40).await?;
    page.click("button", "Stop").await?;
    steps::wait_for_study(&page, "Stopped").await?;
    let took = page.evaluate("__stop.shown - __stop.clicked").await?.as_f64().context("both were seen")?;
    println!("  stop: {took:.0} ms from the click to the status");
    ensure!(took <= MAX_STOP_MS, "Stop took {took:.0} ms");
    page.check_accessibility().await?;
    let kept = trials_kept(&page).await?;
    ensure!(kept >= n_before, "{n_before} trials were done before Stop, {kept} are kept");
    stopped_study_is_listed(&page, kept).await?;
    steps::go_to(&page, "Train").await?;
    page.reload().await?;
    steps::wait_for_study(&page, "Stopped").await?;
    let after = trials_kept(&page).await?;
    ensure!(after == kept, "{kept} trials before the reload, {after} after it");
    steps::start_tuning(&page, 5).await?;
    steps::wait_for_study(&page, "Finished").await?;
    ensure!(page.table("Leaderboard").await?.len() == 5, "three models and guessing");
    Ok(())
}

/// 57 in `57 / 15,000`.
async fn trials_kept(page: &Page) -> Result<u64> {
    let text = page.text().await?;
    let of_all = format!(" / {},000", 3 * N_TRIALS / 1_000);
    let line = text.lines().find_map(|line| line.trim().strip_suffix(of_all.as_str()).map(str::to_owned));
    let kept = line.with_context(|| format!("no number of trials{of_all}"))?;
    Ok(kept.replace(',', "").parse()?)
}

async fn stopped_study_is_listed(page: &Page, n_trials: u64) -> Result<()> {
    steps::go_to(page, "Runs").await?;
    let rows = page.table("Runs").await?;
    let study = &rows[1];
    ensure!(study[1] == "Study" && study[2] == "Stopped", "the newest run is {study:?}");
    page.click("link", &study[0]).await?;
    page.find("table", "Nested runs").await?;
    let all = [format!("{n_trials} runs"), format!(" of {n_trials}\n")];
    until(PATIENCE, &format!("{n_trials} nested runs"), || async {
        let text = page.text().await?.replace(',', "");
        Ok(all.iter().any(|words| text.contains(words)).then_some(()))
    })
    .await
}
