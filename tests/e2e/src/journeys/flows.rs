//! A flow that runs by itself: deployed, due by a clock that is set forward, tried again after a failure, taken from its
//! cache, made up for after the tab was closed, read in a second tab.
//! In: a lab. Out: an error if a run is not made in time, or twice, or not told as it was. Never: a wait for real time.

use anyhow::{Result, ensure};
use serde_json::json;

use e2e::patience::{PATIENCE, until};
use e2e::{Lab, Page};

use super::steps::{self, STUDY_PATIENCE};

const CLOCK: &str = include_str!("flow_clock.js");
const NAME: &str = "every minute";

/// Gives a page a clock that can be set forward.
pub async fn set_clock(page: &Page) -> Result<()> {
    page.command("Page.enable", json!({})).await?;
    let script = json!({ "source": CLOCK });
    page.command("Page.addScriptToEvaluateOnNewDocument", script).await.map(|_| ())
}

/// Sets the clock forward.
pub async fn forward(page: &Page, seconds: u32) -> Result<()> {
    page.evaluate(&format!("flowClock.forward({})", u64::from(seconds) * 1000)).await.map(|_| ())
}

/// Rows of the table of flow runs, newest first, without its head.
pub async fn runs(page: &Page) -> Result<Vec<Vec<String>>> {
    let rows = page.table("Flow runs").await?;
    Ok(rows.into_iter().skip(1).collect())
}

/// Waits until there are so many runs, the newest of which has one of these states.
pub async fn wait_for_run(page: &Page, n_runs: usize, states: &[&str]) -> Result<String> {
    let what = format!("{n_runs} flow runs, the newest {}", states.join(" or "));
    until(STUDY_PATIENCE, &what, || async {
        let rows = if page.has("table", "Flow runs").await? { runs(page).await? } else { Vec::new() };
        let newest = rows.first().filter(|_| rows.len() == n_runs);
        let is_so = newest.is_some_and(|row| states.contains(&row[1].trim()));
        Ok(newest.filter(|_| is_so).map(|row| row[0].trim().to_owned()))
    })
    .await
}

/// Opens a run's page. Two links lead to one that is under way: from there, and from the table.
pub async fn open_run(page: &Page, name: &str) -> Result<()> {
    let script =
        format!("[...document.querySelectorAll('a')].find((link) => link.textContent === '{name}').click()");
    page.evaluate(&script).await?;
    page.find("heading", name).await.map(|_| ())
}

/// Waits until the run that is shown stands so.
pub async fn wait_for_state(page: &Page, state: &str) -> Result<()> {
    until(STUDY_PATIENCE, &format!("a run that is {state}"), || async {
        let text = page.text().await?;
        let after = text.split_once("How it stands").map(|(_, after)| after.trim_start().to_owned());
        Ok(after.is_some_and(|after| after.starts_with(state)).then_some(()))
    })
    .await
}

/// Deployed, due, failed and tried again, cached, caught up on, read elsewhere.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    set_clock(&page).await?;
    steps::try_sample(&page).await?;
    steps::go_to(&page, "Flows").await?;
    page.find_within("button", "Retrain every 5 minutes", STUDY_PATIENCE).await?;
    page.check_accessibility().await?;
    page.screenshot("flows-none").await?;
    deploy(&page).await?;
    tried_again(&page).await?;
    from_the_cache(&page).await?;
    caught_up(&page).await?;
    in_two_tabs(lab, &page).await?;
    lab.check_clean().await
}

async fn deploy(page: &Page) -> Result<()> {
    page.click("button", "Deploy a flow").await?;
    page.fill("textbox", "Deployment name", NAME).await?;
    page.choose("Unit", "minutes").await?;
    page.wait_text("every minute; next ", PATIENCE).await?;
    page.fill("textbox", "Counted from (date, time)", "soon").await?;
    page.wait_text("Type a date and a time, such as 2026-11-22 09:30.", PATIENCE).await?;
    page.fill("textbox", "Counted from (date, time)", "2026-11-22 09:30").await?;
    page.fill("textbox", "Time zone", "Mars/Base").await?;
    page.wait_text("This browser knows no time zone 'Mars/Base'", PATIENCE).await?;
    page.fill("textbox", "Time zone", "Europe/Berlin").await?;
    page.wait_text("every minute; next ", PATIENCE).await?;
    page.check_accessibility().await?;
    page.click("button", "Deploy").await?;
    page.find("table", "Deployments").await?;
    page.wait_text("every minute (Europe/Berlin)", PATIENCE).await?;
    ensure!(page.find("switch", "Active").await?.is_enabled().await?, "a schedule cannot be switched off");
    page.check_accessibility().await
}

/// The first run cannot read the file, waits, and goes on once it can.
async fn tried_again(page: &Page) -> Result<()> {
    page.evaluate(
        "globalThis.whole = Blob.prototype.arrayBuffer; Blob.prototype.arrayBuffer = () => Promise.reject(new Error('injected')); 0",
    )
    .await?;
    forward(page, 61).await?;
    let name = wait_for_run(page, 1, &["Running"]).await?;
    open_run(page, &name).await?;
    page.wait_text("AwaitingRetry", STUDY_PATIENCE).await?;
    page.wait_text("It is tried again in", PATIENCE).await?;
    page.evaluate("Blob.prototype.arrayBuffer = whole; 0").await?;
    forward(page, 15).await?;
    wait_for_state(page, "Completed with warnings").await?;
    page.wait_text("Is tried for the 2. time.", PATIENCE).await?;
    let tasks = page.table("Tasks").await?;
    ensure!(tasks.len() == 1 + 9, "{} tasks of nine are shown", tasks.len() - 1);
    ensure!(
        tasks.iter().skip(1).all(|row| row[1].trim() == "Completed"),
        "a task is not Completed: {tasks:?}"
    );
    ensure!(tasks[1][2].trim() == "2", "the first task was begun {} times", tasks[1][2]);
    page.choose("Level", "WARNING and above").await?;
    page.wait_text("1 of ", PATIENCE).await?;
    ensure!(!page.text().await?.contains("Is tried for the"), "a line below the level is shown");
    page.check_accessibility().await?;
    page.screenshot("flow-run").await?;
    page.click("link", "reviews, version 1").await?;
    page.wait_path("models/reviews/1").await
}

/// Nothing has changed: what was done before is taken.
async fn from_the_cache(page: &Page) -> Result<()> {
    steps::go_to(page, "Flows").await?;
    forward(page, 61).await?;
    let name = wait_for_run(page, 2, &["Completed"]).await?;
    open_run(page, &name).await?;
    wait_for_state(page, "Completed").await?;
    let tasks = page.table("Tasks").await?;
    let n_cached = tasks.iter().filter(|row| row[1].trim() == "Cached").count();
    ensure!(n_cached == 5, "{n_cached} of five tasks were taken from the cache: {tasks:?}");
    page.wait_text("it was there already", PATIENCE).await?;
    steps::go_to(page, "Flows").await?;
    page.screenshot("flows").await?;
    steps::check_width(page).await
}

/// Ten minutes without a tab: of the runs that were missed the latest is made up for.
async fn caught_up(page: &Page) -> Result<()> {
    page.evaluate("localStorage.setItem('journey-clock', String(Number(localStorage.getItem('journey-clock')) + 600000)); 0")
        .await?;
    page.reload().await?;
    wait_for_run(page, 3, &["Completed"]).await?;
    page.click("switch", "Active").await?;
    page.wait_text("are switched off.", PATIENCE).await?;
    forward(page, 300).await?;
    page.click("button", "Run now").await?;
    wait_for_run(page, 4, &["Completed"]).await?;
    page.click("tab", "Events").await?;
    page.find("table", "Events").await?;
    page.choose("Kind of event", "New versions").await?;
    page.wait_text("reviews has version 1", PATIENCE).await?;
    ensure!(page.table("Events").await?.len() == 2, "one version was made");
    page.check_accessibility().await?;
    page.click("tab", "Overview").await
}

async fn in_two_tabs(lab: &Lab, first: &Page) -> Result<()> {
    let second = lab.new_tab().await?;
    set_clock(&second).await?;
    second.open("flows").await?;
    second.find_within("button", "Run now", STUDY_PATIENCE).await?;
    ensure!(runs(&second).await?.len() == 4, "a second tab shows other runs");
    for button in ["Run now", "Deploy a flow"] {
        ensure!(!second.is_enabled("button", button).await?, "a reader can press {button}");
    }
    first.click("button", "Run now").await?;
    wait_for_run(&second, 5, &["Completed"]).await?;
    second.check_accessibility().await?;
    second.close().await
}
