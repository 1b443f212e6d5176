//! What a person sets, takes away, deletes and brings back.
//! In: a lab. Out: an error if a setting is forgotten, or anything stays after everything was deleted.
//! Never: a project file made by anything but the page itself.

use anyhow::{Context, Result, bail, ensure};
use std::path::PathBuf;
use std::time::Duration;

use e2e::patience::{PATIENCE, until};
use e2e::{Lab, Page};
use serde_json::json;

use super::steps;

const THEME: &str = "document.documentElement.dataset.theme ?? 'none'";
/// Ctrl down, A, all keys up.
const SELECT_ALL: &str = "\u{E009}a\u{E000}";
const REVIEW: &str = "Good quality but the delivery was late and the box was broken.";
/// Records and blobs in all databases, caches, and keys in local storage. `meta` is left out: a first visit writes
/// the number of the database's layout there.
const LEFT: &str = "(async () => {
    const asked = (request) => new Promise((done, failed) => {
        request.onsuccess = () => done(request.result);
        request.onerror = () => failed(request.error);
    });
    let records = 0;
    for (const { name } of await indexedDB.databases()) {
        const database = await asked(indexedDB.open(name));
        for (const store of database.objectStoreNames) {
            if (store === 'meta') continue;
            records += await asked(database.transaction(store).objectStore(store).count());
        }
        database.close();
    }
    return { records, caches: (await caches.keys()).length, settings: localStorage.length };
})()";

/// Sets, registers, downloads, deletes, opens.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    steps::try_sample(&page).await?;
    theme_and_name_stay(&page).await?;
    steps::go_to(&page, "Models").await?;
    steps::register(&page, 1).await?;
    let versions = page.table("Model versions").await?;
    ensure!(
        versions[1].iter().any(|cell| cell.ends_with("by Asha")),
        "the history does not name Asha: {versions:?}"
    );
    steps::go_to(&page, "Runs").await?;
    let runs = without_ages(page.table("Runs").await?);
    steps::go_to(&page, "Predict").await?;
    let answer = steps::ask(&page, REVIEW).await?;
    let project = download_project(lab, &page).await?;
    delete_everything(&page).await?;
    open_project(&page, &project).await?;
    steps::go_to(&page, "Runs").await?;
    let back = without_ages(page.table("Runs").await?);
    ensure!(back == runs, "the runs were {runs:?} and are {back:?}");
    steps::go_to(&page, "Models").await?;
    let back = without_ages(page.table("Model versions").await?);
    let versions = without_ages(versions);
    ensure!(back == versions, "the versions were {versions:?} and are {back:?}");
    steps::go_to(&page, "Predict").await?;
    let again = steps::ask(&page, REVIEW).await?;
    ensure!(again == answer, "the answer was {answer:?} and is {again:?}");
    steps::go_to(&page, "Train").await?;
    steps::start_tuning(&page, 3).await?;
    steps::wait_for_study(&page, "Finished").await
}

/// Rows without their last column: how long ago something was changes while it is looked at.
fn without_ages(rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let without = |mut row: Vec<String>| {
        row.pop();
        row
    };
    rows.into_iter().map(without).collect()
}

async fn theme_and_name_stay(page: &Page) -> Result<()> {
    steps::go_to(page, "Settings").await?;
    page.click("radio", "Dark").await?;
    ensure!(page.evaluate(THEME).await? == "dark", "the page does not turn dark");
    page.type_keys("textbox", "Your name", &format!("{SELECT_ALL}Asha\t")).await?;
    page.screenshot("settings-dark").await?;
    page.reload().await?;
    ensure!(page.evaluate(THEME).await? == "dark", "the theme is forgotten");
    page.find("heading", "Settings").await?;
    let name = page.find("textbox", "Your name").await?.value().await?;
    ensure!(name == "Asha", "the name is {name:?} after a reload");
    page.click("radio", "As the device").await
}

async fn download_project(lab: &Lab, page: &Page) -> Result<PathBuf> {
    steps::go_to(page, "Settings").await?;
    page.click("button", "Download project").await?;
    let path = lab.download(".reviewlab", Duration::from_secs(30)).await?;
    let n_bytes = std::fs::metadata(&path).context("the project file")?.len();
    ensure!(n_bytes > 10_000, "the project file has {n_bytes} bytes");
    Ok(path)
}

async fn delete_everything(page: &Page) -> Result<()> {
    let before = page.evaluate(LEFT).await?;
    ensure!(
        before["records"].as_u64() > Some(60) && before["settings"].as_u64() > Some(0),
        "before: {before}"
    );
    let button = page.find("button", "Delete everything on this device").await?;
    ensure!(!button.is_enabled().await?, "everything can be deleted without the word");
    page.fill("textbox", "Type the word delete to confirm", "delete").await?;
    button.click().await?;
    page.wait_path("").await?;
    page.find("button", "Try the sample reviews").await?;
    let nothing = json!({ "records": 0, "caches": 0, "settings": 0 });
    let is_gone = until(PATIENCE, "the end of everything", || async {
        Ok((page.evaluate(LEFT).await? == nothing).then_some(()))
    });
    if is_gone.await.is_err() {
        bail!("after everything was deleted there is left {}", page.evaluate(LEFT).await?);
    }
    steps::go_to(page, "Runs").await?;
    page.wait_text("No runs yet", PATIENCE).await
}

/// Opens a project file and waits until the page says what it added.
pub async fn open_project(page: &Page, file: &std::path::Path) -> Result<()> {
    steps::go_to(page, "Settings").await?;
    page.upload("Project file", file).await?;
    until(Duration::from_secs(60), "the project file's records", || async {
        let text = page.read("status", "Last action").await?;
        Ok(text.contains("records were added").then_some(()))
    })
    .await
}
