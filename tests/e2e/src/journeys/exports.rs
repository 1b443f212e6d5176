//! A model leaves as every file there is: each made, held to the model's own answers, and downloaded.
//! In: a lab. Out: an error if a file is not made, does not answer as the model does, or is not what it is called.
//! Never: what another tool says of the files, which `cargo xtask interop` asks them.

use anyhow::{Result, ensure};
use std::time::Duration;

use e2e::patience::{PATIENCE, until};
use e2e::{Lab, Page};

use super::steps;

/// For five exports on a machine with other work.
const CHECKED: Duration = Duration::from_secs(60);
/// Each export, and how its file's name ends.
const EXPORTS: [(&str, &str); 7] = [
    ("one-file predictor", "sentiment.html"),
    ("npm package", "review-sentiment-npm.zip"),
    ("MLflow model", "mlflow-model.zip"),
    ("ONNX folder", "onnx-model.zip"),
    ("scikit-learn project", "scikit-learn-project.zip"),
    ("coefficients", "coefficients.csv"),
    ("model file", "model.rlm"),
];

/// From the sample's model to files.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    steps::try_sample(&page).await?;
    steps::go_to(&page, "Models").await?;
    steps::register(&page, 1).await?;
    page.open("models/sample_reviews/1").await?;
    page.find("list", "Exports of this model").await?;
    page.click("button", "Make and check all").await?;
    page.click("button", "Stop making exports").await?;
    page.wait_gone("button", "Stop making exports", PATIENCE).await?;
    page.click("button", "Make and check all").await?;
    for (name, _) in EXPORTS {
        checked(&page, name).await?;
    }
    page.check_accessibility().await?;
    page.screenshot("exports").await?;
    steps::check_width(&page).await?;
    for (name, ending) in EXPORTS {
        page.click("button", &format!("Download {name}")).await?;
        let path = lab.download(ending, PATIENCE).await?;
        let bytes = std::fs::read(&path)?;
        let begin: &[u8] = match ending.rsplit('.').next() {
            Some("zip") => b"PK\x03\x04",
            Some("html") => b"<!doctype html>",
            Some("csv") => b"term,class,weight,idf",
            _ => b"RLPIPE",
        };
        ensure!(bytes.starts_with(begin), "{} is no such file", path.display());
    }
    lab.check_clean().await
}

/// The badge: every text has the model's label.
async fn checked(page: &Page, name: &str) -> Result<()> {
    until(CHECKED, &format!("the check of {name}"), || async {
        let said = page.read("status", &format!("Check of {name}")).await?;
        ensure!(!said.contains("otherwise") && !said.contains("does not"), "{name}: {said}");
        Ok(said.starts_with("1,000 texts: all labels equal").then_some(()))
    })
    .await
}
