//! A file with more columns than two: what each holds, what each is for, and how the file is read, all to be overruled.
//! In: a lab. Out: an error if a choice does not show at once, or is forgotten with the page.
//! Never: a file whose columns could be found no other way.

use anyhow::{Result, ensure};
use std::time::Duration;

use e2e::{Lab, Page};

use super::files::{self, Folder};
use super::steps;

const MOMENT: Duration = Duration::from_secs(10);
const N_ROWS: usize = 40;

/// Chooses roles, then another way to read the file, uses it, and opens it again.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    let folder = Folder::new()?;
    page.open("data").await?;
    steps::choose_file(&page, &folder.write("shop.csv", shop())?).await?;
    roles(&page).await?;
    steps::check_width(&page).await?;
    page.check_accessibility().await?;
    page.screenshot("columns").await?;
    another_format(&page).await?;
    steps::use_data(&page).await?;
    page.reload().await?;
    page.click("button", "Choose columns again").await?;
    page.find("combobox", "Title column").await?;
    for (select, option) in [("Title column", "Headline"), ("Group column", "Product"), ("Encoding", "UTF-8")]
    {
        let found = steps::chosen(&page, select).await?;
        ensure!(found == option, "after a reload {select} is {found}");
    }
    Ok(())
}

async fn roles(page: &Page) -> Result<()> {
    let columns = page.table("Columns").await?;
    ensure!(columns.len() == 6, "the table of columns has {} rows", columns.len());
    ensure!(columns[1][..5] == ["Day", "date", "dates", "0", "28"], "the first column is {:?}", columns[1]);
    ensure!(columns[2][1..] == ["", "text", "2", "1", "Fine"], "the second column is {:?}", columns[2]);
    ensure!(columns[4][1] == "review" && columns[5][1] == "rating", "the roles are {columns:?}");
    page.choose("Title column", "Headline").await?;
    page.choose("Group column", "Product").await?;
    let columns = page.table("Columns").await?;
    ensure!(columns[2][1] == "title" && columns[3][1] == "group", "the roles are {columns:?}");
    page.choose("Date column", "none").await?;
    ensure!(page.table("Columns").await?[1][1].is_empty(), "a date that was taken back is still one");
    Ok(())
}

/// A parting that is none is refused in one sentence and can be taken back; a header that is none becomes a row.
async fn another_format(page: &Page) -> Result<()> {
    page.choose("Columns are parted by", "pipe").await?;
    page.wait_text("The file has one column", MOMENT).await?;
    ensure!(!page.is_enabled("button", "Use this data").await?, "a file of one column can be used");
    page.choose("Columns are parted by", "semicolon").await?;
    page.wait_gone("alert", "", MOMENT).await?;
    page.click("switch", "The first row names the columns").await?;
    page.wait_text("Column 4", MOMENT).await?;
    page.wait_text(&format!("of {}", N_ROWS + 1), MOMENT).await?;
    page.click("switch", "The first row names the columns").await?;
    page.wait_text("Headline", MOMENT).await?;
    page.choose("Encoding", "Windows-1252").await?;
    page.wait_text("cafÃ©", MOMENT).await?;
    page.choose("Encoding", "UTF-8").await?;
    page.wait_text("café", MOMENT).await?;
    page.choose("Title column", "Headline").await?;
    page.choose("Group column", "Product").await
}

fn shop() -> String {
    let row = |(number, (text, rating)): (usize, (String, &str))| {
        let headline = if number < 2 { "" } else { "Fine" };
        let (day, product) = (1 + number % 28, number % 3);
        format!("{day}.03.2024;{headline};thing {product};\"{text}, café\";{rating}\n")
    };
    let rows = files::rated_rows(N_ROWS / 2).into_iter().enumerate().map(row);
    std::iter::once("Day;Headline;Product;Review text;Rating\n".to_owned()).chain(rows).collect()
}
