//! After the first visit everything works without a network, training included.
//! In: a lab. Out: an error if a page, the sample, a worker or the second part of the program needs the network.
//! Never: a file that the browser kept for other reasons: the network is cut, and then the server is gone.

use anyhow::{Result, ensure};
use std::time::Duration;

use e2e::{Lab, Page};

use super::steps;

/// The files are kept once the page stands and its first work is done.
const KEPT_PATIENCE: Duration = Duration::from_secs(60);
const KEPT: &str = "is kept on this device";
/// No file of the app came from anywhere but the service worker.
const FROM_NETWORK: &str = "performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))
    .filter((entry) => entry.workerStart === 0 && !entry.name.startsWith('blob:')).map((entry) => entry.name).join(' ')";

/// Visits once, cuts the network, comes back and trains; then ends the server and comes back by a deep link.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    page.open("").await?;
    wait_until_kept(&page).await?;
    lab.cut_network(true).await?;
    page.open("").await?;
    page.find("heading", "Home").await?;
    page.click("button", "Try the sample reviews").await?;
    page.wait_path("train").await?;
    steps::wait_for_study(&page, "Finished").await?;
    page.find("table", "Leaderboard").await?;
    let fetched = page.evaluate(FROM_NETWORK).await?;
    ensure!(fetched == "", "without a network these were asked of it: {fetched}");
    steps::go_to(&page, "Models").await?;
    steps::register(&page, 1).await?;
    lab.cut_network(false).await?;
    lab.stop_server();
    page.open("predict").await?;
    let answer = steps::ask(&page, "worst product, waste of money").await?;
    ensure!(answer.class == "Negative", "without a server the answer is {answer:?}");
    page.open("no/such/page").await?;
    page.find("heading", "Not found").await.map(|_| ())
}

/// Waits on the page of settings until all files are kept.
pub async fn wait_until_kept(page: &Page) -> Result<()> {
    steps::go_to(page, "Settings").await?;
    page.wait_text(KEPT, KEPT_PATIENCE).await?;
    page.check_accessibility().await
}
