//! Settings of a study under a name, over a reload, and by a link, in an open tab and in a new one.
//! In: a lab. Out: an error if what is opened is not what was kept, or what was deleted cannot come back.
//! Never: a link that is read with the data it was made beside.

use anyhow::{Context, Result, ensure};

use e2e::patience::{PATIENCE, until};
use e2e::{Lab, Page};

use super::steps;

const TRIALS: &str = "Trials per model";

/// Saved, copied, deleted, taken back, reloaded, opened, sent.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    page.open("").await?;
    steps::go_to(&page, "Train").await?;
    page.fill("textbox", TRIALS, "37").await?;
    steps::open_group(&page, "Save and share").await?;
    page.fill("textbox", "Name of these settings", "for the shop").await?;
    page.click("button", "Save settings").await?;
    page.find("button", "Open for the shop").await?;
    page.click("button", "Copy for the shop").await?;
    page.find("button", "Open for the shop copy").await?;
    page.click("button", "Delete for the shop copy").await?;
    page.wait_gone("button", "Open for the shop copy", PATIENCE).await?;
    page.click("button", "Undo").await?;
    page.find("button", "Open for the shop copy").await?;
    page.click("button", "Rename for the shop copy").await?;
    page.fill("textbox", "New name of for the shop copy", "for the shop").await?;
    page.click("button", "Keep this name").await?;
    ensure!(steps::alert(&page).await?.contains("'for the shop' already"), "two have one name");
    page.fill("textbox", "New name of for the shop copy", "for the stall").await?;
    page.click("button", "Keep this name").await?;
    page.find("button", "Open for the stall").await?;
    page.wait_gone("button", "Open for the shop copy", PATIENCE).await?;
    page.check_accessibility().await?;
    page.screenshot("kept-settings").await?;
    let link = page.find("textbox", "Link to these settings").await?.value().await?;
    page.reload().await?;
    trials_are(&page, "20").await?;
    steps::open_group(&page, "Save and share").await?;
    page.click("button", "Open for the shop").await?;
    trials_are(&page, "37").await?;
    a_link_fills_the_form(&page, lab.address(), &link).await?;
    a_link_opened_cold_fills_the_form(lab, &link).await
}

/// The first thing that a new tab loads.
async fn a_link_opened_cold_fills_the_form(lab: &Lab, link: &str) -> Result<()> {
    let page = lab.new_tab().await?;
    let path = link.strip_prefix(lab.address()).with_context(|| format!("the link leads to {link}"))?;
    page.open(path).await?;
    page.wait_text("These settings came with a link", PATIENCE).await?;
    trials_are(&page, "37").await?;
    page.wait_path("train").await
}

async fn a_link_fills_the_form(page: &Page, address: &str, link: &str) -> Result<()> {
    let path = link.strip_prefix(address).with_context(|| format!("the link leads to {link}"))?;
    let settings = path.strip_prefix("train").with_context(|| format!("the link leads to {path}"))?;
    page.open("").await?;
    steps::go_to(page, "Train").await?;
    // As it is pasted into the address bar of an open tab.
    page.evaluate(&format!("location.hash = '{settings}'")).await?;
    page.wait_text("These settings came with a link", PATIENCE).await?;
    trials_are(page, "37").await?;
    page.wait_path("train").await?;
    page.evaluate("location.hash = '#settings=abc'").await?;
    ensure!(steps::alert(page).await?.contains("copy it again, whole"), "a broken link is not told");
    Ok(())
}

async fn trials_are(page: &Page, expected: &str) -> Result<()> {
    until(PATIENCE, &format!("{expected} trials"), || async {
        Ok((page.find("textbox", TRIALS).await?.value().await? == expected).then_some(()))
    })
    .await
}
