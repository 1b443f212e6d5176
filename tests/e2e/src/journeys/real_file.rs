//! The main way through the site with a real file of reviews, and scores that a known stack reaches.
//! In: a lab, and the file where it is present. Out: an error if a score is not the reference's.
//! Never: a failure where the file is absent; then one line says so.

use anyhow::{Context, Result, ensure};

use e2e::{Lab, Page};

use super::{files, steps};

const FILE: &str = "data/flipkart_reviews.csv";
/// How far a model's CV macro F1 may be from the reference's.
const MAX_DISTANCE: f64 = 0.01;
/// Best CV macro F1 of 20 TPE trials with seed 42 on this file with the search space, split and folds of this
/// study: `python peer_seed_job.py flipkart_reviews.csv` under scikit-learn 1.9.1, Optuna 5.0.0, NLTK 3.10.4, NumPy 2.4.6, pandas 3.1.1, Python 3.11.
const REFERENCE: [(&str, f64); 3] =
    [("LogisticRegression", 0.811_509_675), ("MultinomialNB", 0.791_069_073), ("LinearSVC", 0.812_389_580)];
const REVIEW: &str = "Not original shuttles, the quality is poor and they broke in one game. Waste of money.";

/// Walks it, or says that the file is absent.
pub async fn run(lab: &Lab) -> Result<()> {
    let Some(file) = files::shared(FILE) else {
        println!("skipped: the real file ({FILE} of the shared folder, REVIEWLAB_SHARED) is not here");
        return Ok(());
    };
    let page = lab.page().await?;
    page.open("").await?;
    page.upload("Reviews file", &file).await?;
    page.wait_path("data").await?;
    page.find_within("button", "Use this data", steps::STUDY_PATIENCE).await?;
    for (select, guess) in [("Text column", "Review text"), ("Rating column", "Ratings")] {
        let select = page.find("combobox", select).await?;
        let chosen: usize = select.value().await?.parse().context("an option's value is its column")?;
        ensure!(select.options().await?[chosen] == guess, "the guess is column {chosen}, not {guess}");
    }
    steps::use_data(&page).await?;
    page.screenshot("real-data").await?;
    steps::go_to(&page, "Train").await?;
    page.click("button", "Start tuning").await?;
    steps::wait_for_study(&page, "Finished").await?;
    page.screenshot("real-train").await?;
    let summary = steps::download_summary(lab, &page).await?;
    for (model, expected) in REFERENCE {
        let models = summary["models"].as_array().context("the summary lists models")?;
        let of_model = models.iter().find(|entry| entry["fit"]["model"] == model);
        let fit = &of_model.with_context(|| format!("there is no fit of {model}"))?["fit"];
        let score = fit["cv_f1_macro"].as_f64().context("a fit has a score")?;
        println!("  real_file: {model} CV macro F1 {score:.4}, the reference's {expected:.4}");
        ensure!((score - expected).abs() <= MAX_DISTANCE, "{model} scores {score}, the reference {expected}");
    }
    steps::register(&page, 1).await?;
    steps::go_to(&page, "Predict").await?;
    let before = steps::ask(&page, REVIEW).await?;
    ensure!(before.class == "Negative", "an unhappy review is {before:?}");
    page.reload().await?;
    let after = steps::ask(&page, REVIEW).await?;
    ensure!(after == before, "before the reload {before:?}, after it {after:?}");
    its_faults_are_mended(&page).await
}

/// What every review ends in, and texts that lie on both sides of the split: one click each.
async fn its_faults_are_mended(page: &Page) -> Result<()> {
    const MENDS: [(&str, &str); 2] = [
        ("Mend: boilerplate", "Undo: 'READ MORE' is stripped from the end of reviews"),
        ("Mend: same text more than once", "Undo: Equal texts stay on one side when reviews are parted"),
    ];
    steps::go_to(page, "Data").await?;
    page.click("tab", "Check").await?;
    page.click("button", "Check this data").await?;
    for (mend, undo) in MENDS {
        page.find_within("button", mend, steps::STUDY_PATIENCE).await?.click().await?;
        page.find_within("button", undo, steps::STUDY_PATIENCE).await?;
        ensure!(!page.has("button", mend).await?, "'{mend}' is still to be seen to");
    }
    page.screenshot("real-mended").await.map(|_| ())
}
