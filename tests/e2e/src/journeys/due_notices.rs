//! While no tab is open the browser wakes the service worker, which tells what is due; where the browser cannot, the page
//! says so.
//! In: a lab. Out: an error if nobody is told, something is run, or a control is shown that can do nothing.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use e2e::patience::{PATIENCE, until};
use e2e::{Lab, Page};

use super::flows::set_clock;
use super::steps::{self, STUDY_PATIENCE};

const SWITCH: &str = "Tell me when a run is due";
const TAG: &str = "reviewlab-due";
const TAGS: &str =
    "navigator.serviceWorker.ready.then((ours) => ours.periodicSync.getTags()).then((tags) => tags.join())";
const NOTICES: &str = "self.registration.getNotifications().then((all) => all.map((one) => one.body).join())";

/// Wanted, told, no longer wanted; and a browser that has no such thing.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    set_clock(&page).await?;
    lab.grant(&["notifications", "periodicBackgroundSync"]).await?;
    page.open("").await?;
    // To the service worker, whose clock is the browser's, a run is due that this page still waits for.
    page.evaluate("flowClock.forward(-7200000)").await?;
    steps::go_to(&page, "Flows").await?;
    page.find_within("button", "Retrain every hour", STUDY_PATIENCE).await?;
    page.click("button", "Retrain every hour").await?;
    page.find("table", "Deployments").await?;
    page.find("switch", SWITCH).await?;
    page.check_accessibility().await?;
    page.click("switch", SWITCH).await?;
    wait_for_tags(&page, TAG).await?;
    let page = told(lab, page).await?;
    page.open("flows").await?;
    page.find_within("switch", SWITCH, STUDY_PATIENCE).await?;
    page.screenshot("flow-tabless").await?;
    page.click("switch", SWITCH).await?;
    wait_for_tags(&page, "").await?;
    let without = json!({ "source": "delete ServiceWorkerRegistration.prototype.periodicSync;" });
    page.command("Page.addScriptToEvaluateOnNewDocument", without).await?;
    page.reload().await?;
    page.wait_text("this browser has no periodic background sync", STUDY_PATIENCE).await?;
    ensure!(!page.has("switch", SWITCH).await?, "a switch is shown that can do nothing");
    lab.check_clean().await
}

async fn wait_for_tags(page: &Page, expected: &str) -> Result<()> {
    until(PATIENCE, &format!("the tags '{expected}'"), || async {
        Ok((page.evaluate(TAGS).await? == expected).then_some(()))
    })
    .await
}

/// The tab is closed, and the browser wakes the worker. Another tab, which is nowhere yet.
async fn told(lab: &Lab, page: Page) -> Result<Page> {
    let other = lab.new_tab().await?;
    set_clock(&other).await?;
    other.command("ServiceWorker.enable", json!({})).await?;
    let registration = lab.registration().await?;
    page.close().await?;
    let origin = lab.address().trim_end_matches('/');
    let event = json!({ "origin": origin, "registrationId": registration, "tag": TAG });
    other.command("ServiceWorker.dispatchPeriodicSyncEvent", event).await?;
    until(STUDY_PATIENCE, "a notice of what is due", || async {
        // A worker may end while it is asked.
        let said = lab.evaluate_in_service_workers(NOTICES).await.unwrap_or_default();
        let is_told = |one: &Value| one.as_str().is_some_and(|text| text.contains(" is due: open Reviewlab"));
        Ok(said.iter().any(is_told).then_some(()))
    })
    .await?;
    Ok(other)
}
