//! A study as a person asks for it: presets, what is behind the groups, and what is wrong told at its field.
//! In: a lab. Out: an error if what is chosen is not what is run, or a wrong number can be started.
//! Never: a group opened that the way does not need.

use anyhow::{Context, Result, ensure};

use e2e::patience::{PATIENCE, until};
use e2e::{Lab, Page};

use super::steps;

const LOWEST_C: &str = "C of Logistic regression, lowest";

/// From presets over a range that is upside down to a study over two ways to clean.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    steps::try_sample(&page).await?;
    presets_are_one_click(&page).await?;
    what_is_wrong_is_told_at_its_field(&page).await?;
    page.check_accessibility().await?;
    page.screenshot("spec").await?;
    what_is_chosen_is_run(lab, &page).await
}

async fn presets_are_one_click(page: &Page) -> Result<()> {
    for (preset, n_trials) in
        [("Thorough", "1000"), ("Balanced", "200"), ("Scheduled job", "1"), ("Fast", "20")]
    {
        page.click("radio", preset).await?;
        until(PATIENCE, preset, || async {
            let field = page.find("textbox", "Trials per model").await?;
            Ok((field.value().await? == n_trials).then_some(()))
        })
        .await?;
    }
    Ok(())
}

async fn what_is_wrong_is_told_at_its_field(page: &Page) -> Result<()> {
    page.fill("textbox", "Trials per model", "many").await?;
    page.wait_text("Type a whole number from 1 to 100000.", PATIENCE).await?;
    ensure!(!page.is_enabled("button", "Start tuning").await?, "a wrong number can be started");
    page.fill("textbox", "Trials per model", "4").await?;
    steps::open_group(page, "Every parameter").await?;
    steps::open_group(page, "Logistic regression").await?;
    page.fill("textbox", LOWEST_C, "3").await?;
    page.wait_text("C of LogisticRegression goes from 3 to 2: give the smaller number first.", PATIENCE)
        .await?;
    ensure!(!page.is_enabled("button", "Start tuning").await?, "a range upside down can be started");
    page.fill("textbox", LOWEST_C, "0").await?;
    page.wait_text("is searched on a logarithmic scale from 0: start above 0.", PATIENCE).await?;
    page.fill("textbox", LOWEST_C, "0.5").await?;
    until(PATIENCE, "a study that can be started", || async {
        Ok(page.is_enabled("button", "Start tuning").await?.then_some(()))
    })
    .await
}

async fn what_is_chosen_is_run(lab: &Lab, page: &Page) -> Result<()> {
    for model in ["Naive Bayes", "Linear SVM"] {
        page.click("checkbox", model).await?;
    }
    page.click("checkbox", "Random forest").await?;
    steps::open_group(page, "Words and cleaning").await?;
    page.click("checkbox", "filler words stay").await?;
    steps::open_group(page, "Test and folds").await?;
    page.fill("textbox", "Folds", "3").await?;
    page.click("button", "Start tuning").await?;
    steps::wait_for_study(page, "Finished").await?;
    let summary = steps::download_summary(lab, page).await?;
    let models = summary["models"].as_array().context("the summary lists models")?;
    let names: Vec<&str> = models.iter().filter_map(|model| model["model"].as_str()).collect();
    ensure!(names == ["LogisticRegression", "RandomForest"], "the models are {names:?}");
    let trials = models[0]["trials"].as_array().context("a model has trials")?;
    ensure!(trials.len() == 4, "{} trials were made", trials.len());
    for trial in trials {
        let c = trial["setting"]["C"].as_f64().context("C is searched")?;
        ensure!((0.5..=2.0).contains(&c), "C was {c}");
        let folds = trial["outcome"]["complete"]["fold_f1_macro"].as_array().context("folds have scores")?;
        ensure!(folds.len() == 3, "{} folds were made", folds.len());
        let cleaning = trial["setting"]["cleaning"].as_str().context("cleaning is searched")?;
        ensure!(["as the data say", "filler words stay"].contains(&cleaning), "cleaned {cleaning}");
    }
    Ok(())
}
