//! Datasets that are kept: another is used, one is renamed, deleted, brought back, forgotten, downloaded.
//! In: a lab. Out: an error if one is lost that was not deleted, or a change is gone after a reload.
//! Never: a dataset that was not made here.

use anyhow::{Result, ensure};
use std::time::Duration;

use e2e::patience::PATIENCE;
use e2e::{Lab, Page};

use super::files::{self, Folder};
use super::steps;

const MOMENT: Duration = Duration::from_secs(10);

/// Makes two, and does to them what can be done.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    let folder = Folder::new()?;
    page.open("data").await?;
    for (name, n_rows) in [("first.csv", 20), ("second.csv", 30)] {
        let table = files::table(',', &files::rated_rows(n_rows / 2));
        steps::choose_file(&page, &folder.write(name, table)?).await?;
        steps::use_data(&page).await?;
    }
    page.find("listitem", "first.csv").await?;
    page.screenshot("kept-datasets").await?;
    page.check_accessibility().await?;
    steps::check_width(&page).await?;
    page.click("button", "Use: first.csv").await?;
    page.wait_text("'first.csv' is in use now.", MOMENT).await?;
    page.wait_text("first.csv · 20 reviews", MOMENT).await?;
    page.reload().await?;
    page.wait_text("first.csv · 20 reviews", MOMENT).await?;
    page.click("button", "Rename: second.csv").await?;
    page.fill("textbox", "Name of the dataset", "autumn").await?;
    page.click("button", "Save name").await?;
    page.find("listitem", "autumn").await?;
    downloads(lab, &page).await?;
    deleted_and_back(&page).await
}

async fn downloads(lab: &Lab, page: &Page) -> Result<()> {
    page.click("button", "Download as given: autumn").await?;
    let given = std::fs::read_to_string(lab.download("second.csv", PATIENCE).await?)?;
    ensure!(given == files::table(',', &files::rated_rows(15)), "the file is another than was given");
    page.click("button", "Download cleaned CSV: autumn").await?;
    let cleaned = std::fs::read_to_string(lab.download("autumn-cleaned.csv", PATIENCE).await?)?;
    ensure!(cleaned.starts_with("row,review,class,cleaned\n0,"), "the table begins {:?}", &cleaned[..40]);
    ensure!(cleaned.lines().count() == 31, "the table has {} lines", cleaned.lines().count());
    Ok(())
}

async fn deleted_and_back(page: &Page) -> Result<()> {
    page.click("button", "Delete: first.csv").await?;
    page.wait_text("'first.csv' is deleted.", MOMENT).await?;
    page.wait_text("autumn · 30 reviews", MOMENT).await?;
    page.reload().await?;
    page.wait_text("autumn · 30 reviews", MOMENT).await?;
    page.click("button", "Undo delete: first.csv").await?;
    page.find("listitem", "first.csv").await?;
    for name in ["first.csv", "autumn"] {
        page.click("button", &format!("Delete: {name}")).await?;
        page.wait_text(&format!("'{name}' is deleted."), MOMENT).await?;
    }
    page.find("button", "Try the sample reviews").await?;
    page.click("button", "Remove deleted files for good").await?;
    page.wait_gone("list", "Deleted datasets", MOMENT).await
}
