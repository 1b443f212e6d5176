//! Page and terminal give the same numbers, to the last bit.
//! In: a lab, the workspace's own terminal program. Out: an error that names the first number that differs.
//! Never: a tolerance.

use anyhow::{Result, ensure};

use e2e::Lab;

use super::files::{self, Folder};
use super::project_file::train;
use super::steps;

/// The sample with the seed and the trials that the page offers, there and here.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    steps::try_sample(&page).await?;
    let ours = steps::without_times(&steps::download_summary(lab, &page).await?);
    let folder = Folder::new()?;
    let project = folder.path().join("same.reviewlab");
    let theirs = steps::without_times(&train(&files::sample_reviews(), &project, &["--preset", "fast"])?);
    ensure!(
        ours["models"].as_array().is_some_and(|models| models.len() == 3),
        "the summary has no three models"
    );
    let difference = steps::first_difference(&ours, &theirs, "summary");
    ensure!(difference.is_none(), "page and terminal differ in {}", difference.unwrap_or_default());
    Ok(())
}
