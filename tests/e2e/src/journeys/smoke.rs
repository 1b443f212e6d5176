//! The site opens, at its first page and at a deep link, in a wide window and on a telephone.
//! In: a lab. Out: an error if there is no heading, or the heading does not fit the page.
//! Never: anything that needs data.

use anyhow::{Result, ensure};

use e2e::Lab;

/// Opens the site, looks at its heading, opens it again by a deep link.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    page.open("").await?;
    let heading = page.find("heading", "").await?.text().await?;
    ensure!(!heading.trim().is_empty(), "the first heading is empty");
    page.resize(390, 844).await?;
    let overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth").await?;
    ensure!(
        overflow.as_f64().is_some_and(|pixels| pixels <= 0.0),
        "the page is {overflow} pixels wider than a telephone"
    );
    page.open("no/such/page").await?;
    page.find("heading", "").await?;
    page.check_accessibility().await?;
    page.screenshot("smoke").await?;
    Ok(())
}
