//! Addresses that the server has no file for lead to the right page.
//! In: a lab. Out: an error if a deep link opens another page, or costs more than its one console line.
//! Never: an address outside the site's base path.

use anyhow::{Result, ensure};

use e2e::{Lab, Page};

use super::steps::{self, PAGES};

const STATUS: &str = "performance.getEntriesByType('navigation')[0].responseStatus";

/// Opens every page by its address, with and without a query, then one that is not there.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    for (path, heading) in [
        ("data", "Data"),
        ("train", "Train"),
        ("runs", "Runs"),
        ("runs?state=finished&sort=cv", "Runs"),
        ("models", "Models"),
        ("predict", "Predict"),
        ("settings", "Settings"),
    ] {
        opens(lab, &page, path, heading).await?;
        page.check_accessibility().await?;
        page.resize(390, 844).await?;
        steps::check_width(&page).await?;
        page.resize(1280, 900).await?;
    }
    for path in ["no/such/page", "runs/01ARZ3NDEKTSV4RRFFQ69G5FAV"] {
        page.open(path).await?;
        let heading = if path.starts_with("runs") { "Run" } else { "Not found" };
        page.find("heading", heading).await?;
        page.check_accessibility().await?;
        lab.check_clean().await?;
    }
    page.click("link", "See all runs").await?;
    page.wait_path("runs").await?;
    back_and_forward(&page).await?;
    lab.check_clean().await
}

/// The server answers 404 with the app in it; the app opens the page and leaves the address alone.
async fn opens(lab: &Lab, page: &Page, path: &str, heading: &str) -> Result<()> {
    page.open(path).await?;
    page.find("heading", heading).await?;
    ensure!(page.evaluate(STATUS).await? == 404, "/{path} is answered with {}", page.evaluate(STATUS).await?);
    ensure!(page.path().await? == path, "the address became /{}", page.path().await?);
    let title = page.evaluate("document.title").await?;
    ensure!(title == format!("{heading} · Reviewlab"), "/{path} has the title {title}");
    lab.check_clean().await
}

/// Walking on from a deep link asks the server for no page any more, there and back.
async fn back_and_forward(page: &Page) -> Result<()> {
    page.evaluate("globalThis.__same = true").await?;
    for name in PAGES {
        steps::go_to(page, name).await?;
    }
    for name in PAGES.iter().rev().skip(1) {
        page.focus().await?.back().await?;
        page.find("heading", name).await?;
    }
    ensure!(page.evaluate("globalThis.__same").await? == true, "the page was loaded anew on the way");
    Ok(())
}
