//! Text of a person's or a file's that would be a page if it were read as one stays text wherever it is shown.
//! In: a lab. Out: an error where it becomes elements, or a script of it runs.
//! Never: a text that is shown otherwise than it stands in the file.

use anyhow::{Result, ensure};

use e2e::patience::{PATIENCE, until};
use e2e::{Lab, Page};

use super::files::Folder;
use super::steps;

const MARKUP: &str = "<img src=x onerror=globalThis.ran=1><script>globalThis.ran=1</script>";
/// What became of it: elements that nobody but the text could have made, and scripts that ran.
const BECAME: &str =
    "document.querySelectorAll('img[src=x], td b, th b, option b').length + (globalThis.ran ?? 0)";

/// Types it, scores a file of it, and looks at that file as data.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    steps::try_sample(&page).await?;
    steps::go_to(&page, "Predict").await?;
    steps::ask(&page, &format!("waste of money {MARKUP}")).await?;
    let marked = page.evaluate("document.querySelector('.marked').textContent").await?;
    ensure!(marked == format!("waste of money {MARKUP}"), "the marked text is {marked}");
    stays_text(&page).await?;
    let folder = Folder::new()?;
    let file = folder.path().join("markup.csv");
    let rows: Vec<String> = (0..40)
        .map(|row| format!("\"{MARKUP} good quality {row}\",{},<b>{}</b>\n", 1 + 4 * (row % 2), row % 3))
        .collect();
    std::fs::write(&file, format!("<b>review</b>,<b>rating</b>,<b>shop</b>\n{}", rows.concat()))?;
    page.upload("Reviews file", &file).await?;
    page.find_within("button", "Score this file", PATIENCE).await?;
    page.choose("Column of groups", "<b>shop</b>").await?;
    page.choose("Keep the answers", "Yes, with the texts").await?;
    page.click("button", "Score this file").await?;
    page.find_within("button", "Download", PATIENCE).await?;
    let groups = page.table("Answers by group").await?;
    ensure!(groups.iter().any(|row| row[0] == "<b>0</b>"), "the groups are {groups:?}");
    stays_text(&page).await?;
    steps::go_to(&page, "Data").await?;
    steps::choose_file(&page, &file).await?;
    until(PATIENCE, "the file's first row", async || {
        let rows = page.table("Preview").await?;
        Ok(rows.iter().flatten().any(|cell| cell.contains(MARKUP)).then_some(()))
    })
    .await?;
    stays_text(&page).await?;
    lab.check_clean().await
}

async fn stays_text(page: &Page) -> Result<()> {
    let became = page.evaluate(BECAME).await?;
    ensure!(became == 0, "of the text {became} elements or scripts were made");
    Ok(())
}
