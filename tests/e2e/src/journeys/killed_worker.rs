//! Workers die in the middle of a study.
//! In: a lab. Out: an error if the study does not finish, or its records are others than an undisturbed one's.
//! Never: a hint to the page that a worker is gone.

use anyhow::{Result, ensure};

use e2e::{Lab, Page};
use serde_json::Value;

use super::steps;

const N_TRIALS: u32 = 300;

/// The same study twice: undisturbed, and with two workers killed on the way.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    steps::try_sample(&page).await?;
    steps::start_tuning(&page, N_TRIALS).await?;
    let undisturbed = finished(lab, &page).await?;
    steps::start_tuning(&page, N_TRIALS).await?;
    for n_trials in [20, 120] {
        steps::wait_for_trials(&page, n_trials).await?;
        lab.kill_worker().await?;
        ensure!(
            page.has("progressbar", "Tuning progress").await?,
            "the study was over before a worker was killed"
        );
    }
    let disturbed = finished(lab, &page).await?;
    let difference = steps::first_difference(&undisturbed, &disturbed, "summary");
    ensure!(difference.is_none(), "after two deaths the records differ: {}", difference.unwrap_or_default());
    Ok(())
}

async fn finished(lab: &Lab, page: &Page) -> Result<Value> {
    steps::wait_for_study(page, "Finished").await?;
    let summary = steps::without_times(&steps::download_summary(lab, page).await?);
    let n_trials = summary["models"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|model| model["trials"].as_array().map_or(0, Vec::len));
    let n_trials: usize = n_trials.sum();
    ensure!(n_trials == 3 * N_TRIALS as usize, "the summary has {n_trials} trials");
    Ok(summary)
}
