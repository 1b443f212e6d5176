//! Champion and challenger answer the same words side by side, and how often they agree is counted by what was kept.
//! In: a lab. Out: an error if one of them does not follow the text, or answers that were kept are not counted.
//! Never: an answer kept that nobody asked to keep.

use anyhow::{Result, ensure};

use e2e::patience::{PATIENCE, until};
use e2e::{Lab, Page};

use super::steps;

const MODEL: &str = "sample_reviews";
const TABLE: &str = "Champion and challenger";

/// Two versions, two aliases, two answers.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    steps::try_sample(&page).await?;
    steps::go_to(&page, "Models").await?;
    steps::register(&page, 1).await?;
    let second = page.find("combobox", "From").await?.options().await?.into_iter().nth(1).unwrap_or_default();
    page.choose("From", &second).await?;
    steps::register(&page, 2).await?;
    page.click("link", MODEL).await?;
    for (version, alias) in [(1, "champion"), (2, "challenger")] {
        page.choose("Version", &format!("Version {version}")).await?;
        page.fill("textbox", "Alias", alias).await?;
        page.click("button", "Set alias").await?;
        let said = format!("gave version {version} the alias {alias}");
        until(PATIENCE, &said, async || {
            Ok(page.read("status", "Last change").await?.contains(&said).then_some(()))
        })
        .await?;
    }
    steps::go_to(&page, "Predict").await?;
    for (text, class) in
        [("worst product, waste of money", "negative"), ("very good quality, loved it", "positive")]
    {
        steps::ask(&page, text).await?;
        both_say(&page, class).await?;
    }
    page.click("button", "This was right").await?;
    page.wait_text("agree on 100 % of 1 kept text", PATIENCE).await?;
    page.check_accessibility().await?;
    page.screenshot("side-by-side").await?;
    page.resize(390, 844).await?;
    steps::check_width(&page).await?;
    page.screenshot("side-by-side-narrow").await?;
    lab.check_clean().await
}

async fn both_say(page: &Page, class: &str) -> Result<()> {
    until(PATIENCE, &format!("both to say {class}"), async || {
        let rows = page.table(TABLE).await?;
        let [_, first, second] = rows.as_slice() else { return Ok(None) };
        ensure!(first[0].contains("champion") && second[0].contains("challenger"), "side by side: {rows:?}");
        Ok((first[2] == class && second[2] == class && first[3].ends_with('%')).then_some(()))
    })
    .await
}
