//! The site opens, at its first page and at a deep link, in a wide window and on a telephone.
//! In: a lab. Out: an error if a heading is missing, or the page does not fit the telephone.
//! Never: anything that needs data.

use anyhow::{Result, ensure};

use e2e::Lab;

/// Opens the site, looks at its heading, opens it again by a deep link.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    page.open("").await?;
    page.find("heading", "Home").await?;
    page.resize(390, 844).await?;
    let overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth").await?;
    ensure!(
        overflow.as_f64().is_some_and(|pixels| pixels <= 0.0),
        "the page is {overflow} pixels wider than a telephone"
    );
    page.open("no/such/page").await?;
    page.find("heading", "Not found").await?;
    page.check_accessibility().await?;
    page.screenshot("smoke").await?;
    Ok(())
}
