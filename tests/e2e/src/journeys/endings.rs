//! Studies that end before their last trial, each for its own reason, and laid beside each other.
//! In: a lab. Out: an error if one of them does not end so, or does not say why.
//! Never: a study so short that it ends by itself first.

use anyhow::{Context, Result, ensure};

use e2e::patience::{PATIENCE, until};
use e2e::{Lab, Page};

use super::steps;

/// More trials than are made before any other end.
const MANY: u32 = 20_000;

/// A space that is used up, minutes that are over, a search that gains no more, trials given up on the way.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    steps::try_sample(&page).await?;
    page.click("radio", "Scheduled job").await?;
    ends_with(&page, 5, "Every setting of its space was tried.").await?;
    page.click("radio", "Fast").await?;
    page.fill("textbox", "At most, minutes", "0.02").await?;
    ends_with(&page, MANY, "The 0.02 minutes of the study were over.").await?;
    page.fill("textbox", "At most, minutes", "").await?;
    steps::open_group(&page, "How to search").await?;
    page.click("switch", "Stop when it is pointless to go on").await?;
    ends_with(&page, MANY, "more trials are pointless.").await?;
    page.click("switch", "Stop when it is pointless to go on").await?;
    page.choose("Pruning", "Below the median, fold by fold").await?;
    ends_with(&page, 40, "given up early").await?;
    page.check_accessibility().await?;
    page.screenshot("endings").await?;
    beside_another(&page).await
}

async fn ends_with(page: &Page, n_trials: u32, said: &str) -> Result<()> {
    steps::start_tuning(page, n_trials).await?;
    steps::wait_for_study(page, "Finished").await?;
    page.wait_text(said, PATIENCE).await
}

/// The scores of an earlier study drawn beside this one's.
async fn beside_another(page: &Page) -> Result<()> {
    const NAMES: &str =
        "[...document.querySelectorAll('[role=tabpanel] fieldset label')].map((one) => one.innerText.trim())";
    page.click("tab", "Distribution").await?;
    let names = until(PATIENCE, "earlier studies", || async {
        let names: Vec<String> = serde_json::from_value(page.evaluate(NAMES).await?)?;
        Ok((!names.is_empty()).then_some(names))
    })
    .await?;
    let first = names.first().context("there are earlier studies")?;
    page.click("checkbox", first).await?;
    page.wait_text("this study", PATIENCE).await?;
    page.evaluate("document.querySelector('[role=tabpanel] details').open = true").await?;
    let curves = page.table("Distribution of scores as a table").await?;
    let of = |name: &str| curves.iter().filter(|row| row[0].trim() == name).count();
    ensure!(of("this study") > 0 && of(first) > 0, "both are drawn: {curves:?}");
    Ok(())
}
