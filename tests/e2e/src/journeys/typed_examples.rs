//! A dataset with no file at all: reviews are typed under their classes, used, added to, and trained on.
//! In: a lab. Out: an error if what is typed is lost, or the dataset is not like any other.
//! Never: a file.

use anyhow::{Result, ensure};
use std::time::Duration;

use e2e::patience::PATIENCE;
use e2e::{Lab, Page};

use super::files;
use super::steps;

const MOMENT: Duration = Duration::from_secs(10);
const N_OF_EACH: usize = 24;
const NAME: &str = "my examples";

/// Types, uses, adds, trains.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    page.open("data").await?;
    typed(&page).await?;
    page.wait_text("my examples · 48 reviews", MOMENT).await?;
    page.click("button", "Download as given: my examples").await?;
    let table = std::fs::read_to_string(lab.download("my examples.csv", PATIENCE).await?)?;
    ensure!(table.starts_with("review,class\n") && table.lines().count() == 49, "the table is {table}");
    added(&page).await?;
    page.click("link", "Train on this data").await?;
    steps::start_tuning(&page, 2).await?;
    steps::wait_for_study(&page, "Finished").await
}

async fn typed(page: &Page) -> Result<()> {
    steps::open_group(page, "Type reviews instead").await?;
    ensure!(!page.is_enabled("button", "Use these reviews").await?, "nothing is typed and can be used");
    page.click("button", "Add a class of reviews").await?;
    let rows = files::rated_rows(N_OF_EACH);
    for (class, rating) in [("negative", "1"), ("positive", "5")] {
        page.fill("textbox", &format!("Reviews of class {class}"), &lines_of(&rows, rating)).await?;
    }
    page.wait_text("Class 'neutral' has no review", MOMENT).await?;
    page.fill("textbox", "Name of these reviews", NAME).await?;
    page.click("button", "Remove class neutral").await?;
    page.wait_text("48 reviews in all.", MOMENT).await?;
    page.screenshot("typed-examples").await?;
    page.check_accessibility().await?;
    // The page is left in the middle of a line.
    page.type_keys("textbox", "Reviews of class positive", "\nand one mo").await?;
    page.reload().await?;
    steps::open_group(page, "Type reviews instead").await?;
    page.wait_text("49 reviews in all.", MOMENT).await?;
    too_much_is_told(page).await?;
    page.fill("textbox", "Reviews of class positive", &lines_of(&rows, "5")).await?;
    page.wait_text("48 reviews in all.", MOMENT).await?;
    page.click("button", "Use these reviews").await?;
    page.find_within("link", "Train on this data", steps::STUDY_PATIENCE).await.map(|_| ())
}

fn lines_of(rows: &[(String, &str)], rating: &str) -> String {
    let lines = rows.iter().filter(|(_, of)| *of == rating).map(|(text, _)| text.as_str());
    lines.collect::<Vec<_>>().join("\n")
}

/// More than the browser's small storage takes: it is said, and nothing older comes back in its place.
async fn too_much_is_told(page: &Page) -> Result<()> {
    const PUT: &str = "(() => {
        const box = document.querySelector('textarea[aria-label=\"Reviews of class positive\"]');
        box.value = 'a very long review of a lamp '.repeat(40000);
        box.dispatchEvent(new Event('input', { bubbles: true }));
    })()";
    page.evaluate(PUT).await?;
    page.wait_text("This browser has no room to keep so much typed text", MOMENT).await?;
    let kept = page.evaluate("localStorage.getItem('reviewlab.typed')").await?;
    ensure!(kept.is_null(), "an older text is kept: {kept}");
    Ok(())
}

async fn added(page: &Page) -> Result<()> {
    page.click("button", "Add rows: my examples").await?;
    let lines = "an entirely different, lovely thing\nwonderful, \"as promised\"";
    page.fill("textbox", "New reviews of class positive", lines).await?;
    page.reload().await?;
    page.click("button", "Add rows: my examples").await?;
    let typed = page.find("textbox", "New reviews of class positive").await?.value().await?;
    ensure!(typed == lines, "rows to add became: {typed}");
    page.screenshot("added-rows").await?;
    page.check_accessibility().await?;
    page.click("button", "Add these rows").await?;
    page.wait_text("my examples + 2 rows · 50 reviews", MOMENT).await?;
    let of_new = page.read("listitem", "my examples + 2 rows").await?;
    ensure!(of_new.contains("from 'my examples' with 2 rows added"), "of the new one is said: {of_new}");
    let of_old = page.read("listitem", NAME).await?;
    ensure!(
        of_old.contains("48 reviews") && of_old.contains("typed here"),
        "of the old one is said: {of_old}"
    );
    Ok(())
}
