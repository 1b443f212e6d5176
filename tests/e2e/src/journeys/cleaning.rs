//! A cleaning put together, looked at, counted over all reviews, kept under a name, and used by the next study.
//! In: a lab. Out: an error if a step does not do to a text what it says, or a reload forgets what was made.
//! Never: a cleaning that this journey did not put together.

use anyhow::{Context as _, Result, ensure};

use e2e::patience::{PATIENCE, until};
use e2e::{Lab, Page};

use super::files::{self, Folder};
use super::steps;

const TEXT: &str = "SOOOO good at http://a.bc READ MORE";
const IN_USE: &str = "This cleaning is in use.";

/// Types, switches, orders, counts, keeps, uses, reloads, trains.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    let folder = Folder::new()?;
    let rows: Vec<_> = files::rated_rows(30)
        .into_iter()
        .map(|(text, rating)| (format!("{text} READ MORE"), rating))
        .collect();
    page.open("").await?;
    steps::choose_file(&page, &folder.write("shop.csv", files::table(',', &rows))?).await?;
    steps::use_data(&page).await?;
    page.click("tab", "Cleaning").await?;
    page.wait_path("data?show=cleaning").await?;
    reviews_one_by_one(&page).await?;
    put_together(&page).await?;
    a_bad_step_is_told(&page).await?;
    steps_with_large_tables(&page).await?;
    page.click("button", "Count over all reviews").await?;
    page.wait_text("60 reviews looked through", steps::STUDY_PATIENCE).await?;
    let suffix = "changes 60 reviews";
    ensure!(page.text().await?.contains(suffix), "the step that removes READ MORE does not say '{suffix}'");
    page.fill("textbox", "Name of this cleaning", "no read more").await?;
    page.click("button", "Keep this cleaning").await?;
    page.find_within("button", "Open: no read more", steps::STUDY_PATIENCE).await?;
    steps::check_width(&page).await?;
    page.check_accessibility().await?;
    page.screenshot("cleaning").await?;
    page.click("button", "Use this cleaning").await?;
    page.wait_text(IN_USE, steps::STUDY_PATIENCE).await?;
    page.reload().await?;
    page.wait_text(IN_USE, steps::STUDY_PATIENCE).await?;
    until(PATIENCE, "the step that was put in use before the reload", || async {
        let steps = steps_of(&page).await?;
        Ok(steps.contains(&"Remove a text from the end".to_owned()).then_some(()))
    })
    .await?;
    page.click("button", "Take away: remove a text from the end").await?;
    page.wait_text("This cleaning is not in use", steps::STUDY_PATIENCE).await?;
    page.find_within("button", "Open: no read more", steps::STUDY_PATIENCE).await?.click().await?;
    page.wait_text(IN_USE, steps::STUDY_PATIENCE).await?;
    steps::go_to(&page, "Train").await?;
    page.fill("textbox", "Trials per model", "2").await?;
    page.click("button", "Start tuning").await?;
    steps::wait_for_study(&page, "Finished").await
}

/// The dataset's reviews come one after another.
async fn reviews_one_by_one(page: &Page) -> Result<()> {
    page.wait_text("row 0", steps::STUDY_PATIENCE).await?;
    let first = page.find("textbox", "Review to clean").await?.value().await?;
    page.click("button", "Next review").await?;
    page.wait_text("row 1", steps::STUDY_PATIENCE).await?;
    let second = page.find("textbox", "Review to clean").await?.value().await?;
    ensure!(second != first, "the next review is the same");
    page.click("button", "Previous review").await?;
    page.wait_text("row 0", steps::STUDY_PATIENCE).await?;
    page.click("button", "Previous review").await?;
    page.wait_text("row 59", steps::STUDY_PATIENCE).await
}

/// Steps added, filled in, moved and switched; what goes is struck out.
async fn put_together(page: &Page) -> Result<()> {
    page.fill("textbox", "Review to clean", TEXT).await?;
    check_cleaned(page, "soooo good read").await?;
    for step in ["Remove a text from the end", "Shorten soooo to soo"] {
        page.choose("Step to add", step).await?;
        page.click("button", "Add this step").await?;
    }
    page.fill("textbox", "Text", "read more").await?;
    check_cleaned(page, "soo good").await?;
    let struck = "[...document.querySelectorAll('.step del')].map((gone) => gone.textContent)";
    let struck: Vec<String> = serde_json::from_value(page.evaluate(struck).await?)?;
    for gone in ["http://a.bc", "read more"] {
        ensure!(struck.iter().any(|text| text.trim() == gone), "'{gone}' is not struck out: {struck:?}");
    }
    // Before lower case there is nothing that ends so.
    let first = steps_of(page).await?.iter().position(|name| name == "Remove a text from the end");
    for _ in 0..first.context("the step that was added")? {
        page.click("button", "Move up: remove a text from the end").await?;
    }
    check_cleaned(page, "soo good read").await?;
    ensure!(steps_of(page).await?[0] == "Remove a text from the end", "it was not moved to the top");
    page.click("switch", "Shorten soooo to soo").await?;
    check_cleaned(page, "soooo good read").await?;
    page.click("switch", "Shorten soooo to soo").await?;
    page.fill("textbox", "Text", "READ MORE").await?;
    check_cleaned(page, "soo good").await
}

/// A step that cannot be is told at its field, and nothing can be used until it is right.
async fn a_bad_step_is_told(page: &Page) -> Result<()> {
    page.choose("Step to add", "Replace numbers").await?;
    page.click("button", "Add this step").await?;
    page.fill("textbox", "Put in its place", &"0".repeat(1_001)).await?;
    page.wait_text(
        "A cleaning step holds a text of 1001 bytes, at most 1000 are taken",
        steps::STUDY_PATIENCE,
    )
    .await?;
    ensure!(
        !page.find("button", "Use this cleaning").await?.is_enabled().await?,
        "a step that cannot be can be used"
    );
    page.fill("textbox", "Put in its place", "number").await?;
    check_cleaned(page, "soo good").await?;
    page.click("button", "Take away: replace numbers").await?;
    check_cleaned(page, "soo good").await
}

/// Accents, patterns and other languages, whose code and tables the page fetches after the first screen.
async fn steps_with_large_tables(page: &Page) -> Result<()> {
    page.fill("textbox", "Review to clean", "Caf\u{e9} und Kuchen").await?;
    check_cleaned(page, "caf und kuchen").await?;
    page.choose("Step to add", "Strip accents").await?;
    page.click("button", "Add this step").await?;
    let place = steps_of(page).await?.iter().position(|name| name == "Strip accents");
    for _ in 0..place.context("the step that was added")? {
        page.click("button", "Move up: strip accents").await?;
    }
    check_cleaned(page, "cafe und kuchen").await?;
    page.choose("Step to add", "Replace a pattern").await?;
    page.click("button", "Add this step").await?;
    page.fill("textbox", "Pattern (regular expression)", "c.f[a-e]").await?;
    page.fill("textbox", "Put in its place", "tea").await?;
    check_cleaned(page, "tea und kuchen").await?;
    page.choose("Language", "German").await?;
    check_cleaned(page, "tea kuchen").await?;
    page.choose("Language", "English").await?;
    page.click("button", "Take away: strip accents").await?;
    page.click("button", "Take away: replace a pattern").await?;
    page.fill("textbox", "Review to clean", TEXT).await?;
    check_cleaned(page, "soo good").await
}

async fn check_cleaned(page: &Page, expected: &str) -> Result<()> {
    until(PATIENCE, &format!("the cleaned review '{expected}'"), || async {
        Ok((page.read("status", "Cleaned review").await? == expected).then_some(()))
    })
    .await
}

/// The names of the steps, in order.
async fn steps_of(page: &Page) -> Result<Vec<String>> {
    let names = "[...document.querySelectorAll('.step')].map((step) => step.getAttribute('aria-label'))";
    Ok(serde_json::from_value(page.evaluate(names).await?)?)
}
