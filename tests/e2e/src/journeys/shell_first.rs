//! The page paints before the app arrives, and a click on it is not lost.
//! In: a lab. Out: an error if what was asked of the shell is not done by the app, or if that takes more of the program
//! than its first part.
//! Never: a click after the app has arrived.

use anyhow::{Context, Result, ensure};

use e2e::{Lab, Page};
use serde_json::json;

use super::steps;

/// Bytes a second of a slow line: the app needs some seconds over it.
const SLOW: u64 = 300_000;
/// No limit.
const FAST: i64 = -1;
/// Whether a call had to wait for the program's second part; a site built without wasm-opt has no such part.
const WAS_WAITED_FOR: &str = "reviewlab.later?.wasWaitedFor ?? false";
const NOT_YET: &str = "document.documentElement.hasAttribute('data-boot')";

/// Clicks before the app is there.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    page.command("Network.enable", json!({})).await?;
    limit(&page, SLOW.into()).await?;
    page.focus().await?;
    // The driver would wait for the whole page.
    page.command("Page.navigate", json!({ "url": lab.address() })).await?;
    page.press("button", "Try the sample reviews").await?;
    ensure!(
        page.evaluate(NOT_YET).await? == true,
        "the app was there before the click: the line is too fast"
    );
    let busy = "document.querySelector('[data-boot=sample]').getAttribute('aria-busy')";
    ensure!(page.evaluate(busy).await? == "true", "the shell does not show that the click was taken");
    limit(&page, FAST.into()).await?;
    page.wait_path("train").await?;
    steps::wait_for_study(&page, "Finished").await?;
    page.find("table", "Leaderboard").await.context("the click on the shell led to no leaderboard")?;
    ensure!(
        page.evaluate(WAS_WAITED_FOR).await? == false,
        "the first training needed the program's second part: look at xtask/src/site/parts/later.rs"
    );
    Ok(())
}

async fn limit(page: &Page, bytes_a_second: serde_json::Value) -> Result<()> {
    let conditions = json!({
        "offline": false, "latency": 0, "downloadThroughput": bytes_a_second, "uploadThroughput": FAST,
    });
    page.command("Network.emulateNetworkConditions", conditions).await.map(|_| ())
}
