//! What the terminal trained opens in the page.
//! In: a lab, the workspace's own terminal program. Out: an error if a run or the model does not come over.
//! Never: a program of another build than the page's sources.

use anyhow::{Context, Result, ensure};
use std::path::Path;

use e2e::Lab;
use serde_json::Value;
use xtask::process;

use super::files::{self, Folder};
use super::{settings, steps};

/// Trains natively, opens the project file, predicts.
pub async fn run(lab: &Lab) -> Result<()> {
    let folder = Folder::new()?;
    let project = folder.path().join("terminal.reviewlab");
    let summary = train(&files::sample_reviews(), &project, &["--trials", "5"])?;
    let page = lab.page().await?;
    page.open("").await?;
    settings::open_project(&page, &project).await?;
    steps::go_to(&page, "Runs").await?;
    let rows = page.table("Runs").await?;
    let kinds: Vec<&str> = rows[1..].iter().map(|row| row[1].as_str()).collect();
    ensure!(kinds == ["Study", "Fit", "Fit", "Fit"], "the runs are of the kinds {kinds:?}");
    let best = summary["models"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|model| model["fit"]["cv_f1_macro"].as_f64());
    let best = best.reduce(f64::max).context("the terminal made a model")?;
    ensure!(
        rows[1].iter().any(|cell| cell.starts_with(&format!("{best:.3}"))),
        "the study's cells are {:?}, the terminal's best score is {best}",
        rows[1]
    );
    steps::go_to(&page, "Predict").await?;
    let answer = steps::ask(&page, "Worst purchase, total waste of money").await?;
    ensure!(answer.class == "Negative", "the terminal's model says {answer:?}");
    steps::go_to(&page, "Train").await?;
    page.find("table", "Leaderboard").await.map(|_| ())
}

/// Runs `reviewlab train FILE --json --seed 42`, and gives the summary it prints.
pub fn train(file: &Path, project: &Path, more: &[&str]) -> Result<Value> {
    let mut command = process::cargo();
    command.args(["run", "--quiet", "--package", "reviewlab-cli", "--bin", "reviewlab", "--", "train"]);
    command.arg(file).args(["--json", "--seed", "42", "--out"]).arg(project).args(more);
    let printed = process::capture(&mut command).context("the terminal program does not train")?;
    serde_json::from_str(&printed).context("the terminal prints JSON")
}
