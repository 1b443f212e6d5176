//! A first visit by a telephone on a slow line: when the shell is painted, and when a click on it is acted upon.
//! In: a lab that serves gzipped files, a page that is nowhere yet. Out: milliseconds by the page's own clock.
//! Never: a cache from an earlier visit.

use anyhow::{Context as _, Result, ensure};
use e2e::patience::until;
use e2e::{Lab, Page};
use serde_json::{Value, json};

use super::JOB_PATIENCE;

/// 1.6 Mbit/s, 150 ms a round trip, and a processor four times slower: what Lighthouse takes for a telephone.
const BYTES_A_SECOND: u32 = 200_000;
const LATENCY_MS: u32 = 150;
const SLOWER: u32 = 4;
const PAINTED: &str = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null";
/// Clicks as soon as the shell is there; whether it says that it took the click, and when that was.
const CLICK: &str = "(() => {
    const button = document.querySelector('[data-boot=sample]');
    const clicked = performance.now();
    button.click();
    return { clicked, busy: button.getAttribute('aria-busy') === 'true',
        early: document.documentElement.hasAttribute('data-boot') };
})()";
/// The page of the study: the sample is read and learned from.
const ACTED: &str = "new Promise((done) => {
    const look = () => (location.pathname.endsWith('/train') ? done(performance.now()) : setTimeout(look, 5));
    look();
})";

/// Visits, clicks, waits.
pub async fn run(lab: &Lab, page: &Page) -> Result<Value> {
    page.command("Network.enable", json!({})).await?;
    let line = json!({
        "offline": false, "latency": LATENCY_MS,
        "downloadThroughput": BYTES_A_SECOND, "uploadThroughput": BYTES_A_SECOND,
    });
    page.command("Network.emulateNetworkConditions", line).await?;
    page.command("Emulation.setCPUThrottlingRate", json!({ "rate": SLOWER })).await?;
    page.focus().await?;
    page.command("Page.navigate", json!({ "url": lab.address() })).await?;
    let painted = until(JOB_PATIENCE, "the shell", || async {
        // While one page gives way to the next there is nobody to ask.
        Ok(page.evaluate(PAINTED).await.ok().and_then(|painted| painted.as_f64()))
    })
    .await?;
    let click = page.evaluate(CLICK).await?;
    ensure!(click["early"] == true, "the app was there before the click: the line is too fast");
    ensure!(click["busy"] == true, "the shell did not take the click");
    let clicked = click["clicked"].as_f64().context("when it was clicked")?;
    let acted = page.evaluate(ACTED).await?.as_f64().context("when it was acted upon")?;
    Ok(json!({ "painted_ms": painted, "clicked_ms": clicked, "acted_ms": acted - clicked }))
}
