//! The preview of a long file: scrolled, gone to a row by its number from the keyboard, read in full.
//! In: a lab. Out: an error if a row far down is not the one that stands there in the file.
//! Never: a file that fits a page.

use anyhow::{Result, ensure};
use std::time::Duration;

use e2e::patience::until;
use e2e::{Lab, Page};

use super::files::Folder;
use super::steps;

const MOMENT: Duration = Duration::from_secs(10);
const N_ROWS: u64 = 300_000;
/// A row that cannot be read: numbers go on behind it.
const BAD: u64 = 1_000;

/// Goes to rows near and far, by keys and by scrolling.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    let folder = Folder::new()?;
    page.open("data").await?;
    steps::choose_file(&page, &folder.write("long.csv", table())?).await?;
    page.wait_text("of 299,999", MOMENT).await?;
    page.check_accessibility().await?;
    for row in [123_456, 299_999, 1_001, 0] {
        page.fill("textbox", "Go to row", &format!("{row}\u{e007}")).await?;
        shown(&page, row).await?;
    }
    page.fill("textbox", "Go to row", "1000\u{e007}").await?;
    page.wait_text("Row 1,000 is not here", MOMENT).await?;
    page.fill("textbox", "Go to row", "half").await?;
    page.wait_text("Type the number of a row", MOMENT).await?;
    // The end key scrolls what has the focus.
    page.find("region", "Preview rows").await?.type_keys("\u{e010}").await?;
    page.find("button", "Row 299,999 in full").await?;
    page.click("button", "Row 299,999 in full").await?;
    page.wait_text("the review in row 299999", MOMENT).await?;
    page.screenshot("preview-far-down").await?;
    steps::check_width(&page).await
}

/// Waits until the row stands in the table and, whole, below it.
async fn shown(page: &Page, row: u64) -> Result<()> {
    let text = text_of(row);
    until(MOMENT, &format!("row {row}"), || async {
        let whole = page.read("status", "Row in full").await?;
        let rows = page.table("Preview").await?;
        Ok((whole.contains(&text) && rows.iter().any(|row| row.get(1) == Some(&text))).then_some(()))
    })
    .await?;
    let number = page.read("status", "Row in full").await?;
    let expected = format!("rating {}", 1 + row % 5);
    ensure!(number.contains(&expected), "of row {row} is said: {number}");
    Ok(())
}

fn text_of(row: u64) -> String {
    format!("this is the review in row {row}")
}

fn table() -> String {
    let row = |row: u64| match row {
        BAD => "too,many,cells\n".to_owned(),
        _ => format!("{},{}\n", text_of(row), 1 + row % 5),
    };
    std::iter::once("Review text,Rating\n".to_owned()).chain((0..N_ROWS).map(row)).collect()
}
