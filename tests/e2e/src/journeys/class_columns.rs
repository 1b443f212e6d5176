//! Ratings are moved between classes: by keys, by mouse, by finger, by two presses; classes come, go and are renamed.
//! In: a lab. Out: an error if a move does not show at once, loses the focus, or is not what the dataset is made by.
//! Never: a rating moved in any way a person could not.

use anyhow::{Result, ensure};
use std::time::Duration;

use e2e::{Lab, Page, Pointer};

use super::files::Folder;
use super::steps;

const MOMENT: Duration = Duration::from_secs(10);
const N_OF_EACH: usize = 10;

/// Moves every rating somewhere, and uses what comes of it.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    let folder = Folder::new()?;
    page.open("data").await?;
    steps::choose_file(&page, &folder.write("stars.csv", stars())?).await?;
    page.find("group", "negative: 20 rows").await?;
    page.find("group", "positive: 30 rows").await?;
    by_keys(&page).await?;
    page.click("button", "Add a class").await?;
    page.wait_text("Class 'neutral' has no rating", MOMENT).await?;
    ensure!(!page.is_enabled("button", "Use this data").await?, "a class without a rating can be used");
    page.drag(("button", "3 10 rows"), ("group", "neutral: 0 rows"), Pointer::Mouse).await?;
    page.find("group", "neutral: 10 rows").await?;
    page.drag(("button", "4 10 rows"), ("group", "left out: 0 rows"), Pointer::Finger).await?;
    page.find("group", "left out: 10 rows").await?;
    page.click("button", "2 10 rows").await?;
    page.screenshot("class-columns").await?;
    page.check_accessibility().await?;
    page.click("button", "Put 2 here: neutral").await?;
    page.find("group", "neutral: 20 rows").await?;
    named(&page).await?;
    page.resize(390, 844).await?;
    steps::check_width(&page).await?;
    page.screenshot("class-columns-narrow").await?;
    page.resize(1280, 900).await?;
    steps::use_data(&page).await?;
    let kept = page.read("listitem", "stars.csv").await?;
    ensure!(kept.contains("40 reviews") && kept.contains("negative, so-so, positive"), "kept is {kept}");
    page.reload().await?;
    page.click("button", "Choose columns again").await?;
    page.find("group", "so-so: 20 rows").await?;
    page.click("button", "Remove class so-so").await?;
    page.find("group", "left out: 30 rows").await?;
    page.find("group", "positive: 10 rows").await.map(|_| ())
}

async fn by_keys(page: &Page) -> Result<()> {
    for (key, group) in [
        ("\u{e012}", "negative: 30 rows"),
        ("\u{e014}", "positive: 30 rows"),
        ("\u{e014}", "left out: 10 rows"),
        ("\u{e014}", "left out: 10 rows"),
    ] {
        page.type_keys("button", "3 10 rows", key).await?;
        page.find("group", group).await?;
        let focused = page.evaluate("document.activeElement.innerText").await?;
        let focused = focused.as_str().unwrap_or_default();
        ensure!(focused.starts_with('3'), "after a key the focus is on {focused:?}");
    }
    let said = page.read("status", "Last move").await?;
    ensure!(said == "3 is in 'left out' now, which has 10 rows.", "the last move is said to be {said:?}");
    Ok(())
}

async fn named(page: &Page) -> Result<()> {
    page.fill("textbox", "Class 2", "positive").await?;
    page.wait_text("Class 3", MOMENT).await?;
    page.wait_text("Two classes are called 'positive': rename one.", MOMENT).await?;
    ensure!(!page.is_enabled("button", "Use this data").await?, "two classes of one name can be used");
    page.fill("textbox", "Class 2", "so-so").await?;
    page.find("group", "so-so: 20 rows").await.map(|_| ())
}

fn stars() -> String {
    let row = |number: usize| format!("a review of its own number {number} of these,{}\n", 1 + number % 5);
    std::iter::once("Review text,Rating\n".to_owned()).chain((0..5 * N_OF_EACH).map(row)).collect()
}
