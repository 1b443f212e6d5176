//! The fits of a study side by side: records, pictures, predictions, and what of it stands in the address.
//! In: a lab. Out: an error if what is told of two runs does not add up, or a reload shows something else.
//! Never: a run that the study made here did not leave.

use anyhow::{Context as _, Result, ensure};
use e2e::patience::{PATIENCE, until};
use e2e::{Lab, Page};

use super::steps;

/// Pictures, and the groups that their points are walked in.
const PICTURES: [(&str, &str); 5] = [
    ("Bars", "test F1 by run"),
    ("Train against test", "Train against test"),
    ("Confusion", "Confusion matrices"),
    ("ROC curves", "ROC curves"),
    ("Parallel", "Parallel coordinates"),
];

/// Compares three fits, looks at each picture, turns pages, swaps, leaves one out, reloads.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    steps::sample_runs(&page).await?;
    let fits = ids_of_fits(&page).await?;
    page.open(&format!("runs/compare?runs={}", fits.join(","))).await?;
    let lines = page.table("Runs side by side").await?;
    ensure!(lines[0].len() == 4, "a name and three runs, there are {:?}", lines[0]);
    page.click("switch", "Only differences").await?;
    let differing = until(PATIENCE, "fewer lines", || async {
        let differing = page.table("Runs side by side").await?;
        Ok((differing.len() < lines.len()).then_some(differing))
    })
    .await?;
    ensure!(differing.iter().any(|line| line[0] == "test_f1"), "the scores differ: {differing:?}");
    ensure!(!differing.iter().any(|line| line[0] == "Seed"), "the seeds do not: {differing:?}");
    for (tab, name) in PICTURES {
        page.click("tab", tab).await?;
        let group = format!("{name}, point by point with the arrow keys");
        page.find_within("group", &group, steps::STUDY_PATIENCE).await?;
        steps::check_width(&page).await?;
        page.screenshot(&format!("compare-{}", tab.to_lowercase().replace(' ', "-"))).await?;
    }
    page.check_accessibility().await?;
    predictions_add_up(&page).await?;
    page.reload().await?;
    page.find("table", "Runs side by side").await?;
    ensure!(page.table("Runs side by side").await?.len() == differing.len(), "a reload shows other lines");
    let name = lines[0][3].split_whitespace().next().context("the third run has a name")?;
    let name = name.trim_end_matches('×').to_owned();
    page.click("button", &format!("Leave out {name}")).await?;
    until(PATIENCE, "two runs", || async {
        Ok((page.table("Runs side by side").await?[0].len() == 3).then_some(()))
    })
    .await?;
    page.open("runs/compare").await?;
    page.find("region", "Choose runs to compare").await.map(|_| ())
}

/// The ids of the fits that the table of runs links to, oldest first.
async fn ids_of_fits(page: &Page) -> Result<Vec<String>> {
    page.find("table", "Runs").await?;
    let script = "[...document.querySelectorAll('tbody tr')].filter(row => row.innerText.includes('Fit')).map(row => \
                  row.querySelector('th a').href.split('/').pop())";
    let found = page.evaluate(script).await?;
    let ids: Vec<String> = found
        .as_array()
        .context("a list of ids")?
        .iter()
        .filter_map(|id| id.as_str().map(str::to_owned))
        .collect();
    ensure!(ids.len() == 3, "the study has three fits, here are {ids:?}");
    Ok(ids)
}

/// Who is better is said, and each page of the list holds reviews that the two predict differently.
async fn predictions_add_up(page: &Page) -> Result<()> {
    let told = || async {
        page.find_within("status", "Which run is better", steps::STUDY_PATIENCE).await?;
        page.read("status", "Which run is better").await
    };
    let verdict = told().await?;
    ensure!(verdict.contains("macro F1"), "it says: {verdict}");
    page.find_within("table", "Reviews that changed side", steps::STUDY_PATIENCE).await?;
    let first = page.table("Reviews that changed side").await?;
    ensure!(first.len() == 21, "a head and twenty reviews, there are {}", first.len());
    for row in &first[1..] {
        let (one, other) = (row[3].split(' ').next(), row[4].split(' ').next());
        ensure!(one != other && !row[1].is_empty(), "both predict the same, or there is no text: {row:?}");
    }
    page.click("button", "Later reviews").await?;
    until(PATIENCE, "other reviews", || async {
        let is_there = page.has("table", "Reviews that changed side").await?;
        Ok((is_there && page.table("Reviews that changed side").await?[1] != first[1]).then_some(()))
    })
    .await?;
    let before = steps::chosen(page, "First run").await?;
    let other = steps::chosen(page, "Second run").await?;
    page.choose("First run", &other).await?;
    until(PATIENCE, "the two swapped", || async {
        Ok((steps::chosen(page, "Second run").await? == before).then_some(()))
    })
    .await?;
    let swapped = told().await?;
    ensure!(swapped.split(' ').next() == verdict.split(' ').next(), "{verdict:?} swapped says {swapped:?}");
    page.check_accessibility().await
}
