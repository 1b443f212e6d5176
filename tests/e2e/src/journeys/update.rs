//! A newer version of the site is offered, waits for work under way, and is taken when a person says so.
//! In: the built site, copied and changed by a byte. Out: an error if it comes unasked, ends a study, or mixes files.
//! Never: the lab it is called with: the site changes on the way.

use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::Path;
use std::time::Duration;

use e2e::patience::{PATIENCE, until};
use e2e::{Lab, LabConfig, Page};
use xtask::site::offline::write;

use super::offline::wait_until_kept;
use super::steps;

const UPDATE: &str = "Update now";
const WAITS: &str = "Waits for the work under way";
const VERSION: &str = "document.querySelector('script[data-version]').dataset.version";
/// Looks for a newer version, as the browser does at every visit. What comes of it is seen on the page: the browser may say
/// that it has looked long after.
const LOOK: &str =
    "navigator.serviceWorker.getRegistration().then((registration) => registration.update()); 0";
/// The versions of the site that are kept.
const KEPT: &str = "caches.keys().then((names) => names.map((name) => name.split(' ').at(-1)))";
const LOGO: &str =
    "fetch('logo.svg').then((logo) => logo.text()).then((logo) => logo.includes('another version'))";

/// Two tabs on one version; the newer one is taken in the first, then in the second.
pub async fn run(lab: &Lab) -> Result<()> {
    let folder = tempfile::tempdir()?;
    copy(&lab.config().site, folder.path())?;
    let site = folder.path().to_owned();
    let lab = Lab::open(LabConfig { site, ..lab.config().clone() }).await?;
    let page = lab.page().await?;
    steps::try_sample(&page).await?;
    wait_until_kept(&page).await?;
    let other = lab.new_tab().await?;
    other.open("train").await?;
    let first = version(&page).await?;
    change(folder.path(), &lab.config().base)?;
    it_waits_for_a_study(&page, &other, &first).await?;
    page.click("button", UPDATE).await?;
    until(PATIENCE, "the newer version", || async {
        Ok((version(&page).await.is_ok_and(|now| now != first)).then_some(()))
    })
    .await?;
    let second = version(&page).await?;
    page.wait_gone("button", UPDATE, PATIENCE).await?;
    ensure!(page.evaluate(LOGO).await? == true, "the newer version has an older file");
    an_older_tab_keeps_its_files(&other, &first).await?;
    other.click("button", UPDATE).await?;
    until(PATIENCE, "the newer version in the other tab", || async {
        Ok((version(&other).await.is_ok_and(|now| now == second)).then_some(()))
    })
    .await?;
    // What nobody shows any more is forgotten when a page is opened next.
    other.reload().await?;
    until(PATIENCE, "the end of the older version's files", || async {
        Ok((other.evaluate(KEPT).await? == serde_json::json!([second])).then_some(()))
    })
    .await?;
    lab.close().await
}

async fn version(page: &Page) -> Result<String> {
    let version = page.evaluate(VERSION).await?;
    version.as_str().map(str::to_owned).context("the page does not say its version")
}

async fn it_waits_for_a_study(page: &Page, other: &Page, first: &str) -> Result<()> {
    steps::go_to(page, "Train").await?;
    // Found before the work begins: Chromium puts off a look while a page is busy.
    page.evaluate(LOOK).await?;
    page.find_within("button", UPDATE, PATIENCE).await?;
    steps::start_tuning(page, 5_000).await?;
    page.find_within("button", WAITS, Duration::from_secs(20)).await?;
    ensure!(!page.is_enabled("button", WAITS).await?, "an update can be taken while a study runs");
    page.check_accessibility().await?;
    page.screenshot("update-waits").await?;
    // The other tab does nothing, and is told that this one does.
    other.click("button", UPDATE).await?;
    other.wait_text("Work is under way in another tab", PATIENCE).await?;
    page.click("button", "Stop").await?;
    steps::wait_for_study(page, "Stopped").await?;
    page.find_within("button", UPDATE, PATIENCE).await?;
    page.screenshot("update").await?;
    ensure!(version(page).await? == first, "the newer version came unasked");
    Ok(())
}

async fn an_older_tab_keeps_its_files(other: &Page, first: &str) -> Result<()> {
    ensure!(version(other).await? == first, "the other tab was opened anew unasked");
    let kept = other.evaluate(KEPT).await?;
    ensure!(
        kept.as_array().is_some_and(|kept| kept.iter().any(|name| name == first)),
        "a tab shows {first}, and kept is {kept}"
    );
    other.find("button", UPDATE).await.map(|_| ())
}

/// The next version of the site: one file has changed, and what names it.
fn change(site: &Path, base: &str) -> Result<()> {
    let logo = site.join("logo.svg");
    let text = fs::read_to_string(&logo)?;
    fs::write(&logo, format!("{text}<!-- another version -->"))?;
    write(base, site)
}

/// A folder with all it holds.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir(&place)?;
            copy(&entry.path(), &place)?;
        } else {
            fs::copy(entry.path(), place)?;
        }
    }
    Ok(())
}
