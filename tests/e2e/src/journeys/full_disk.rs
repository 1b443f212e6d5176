//! The browser has no room left: that is told in one sentence, nothing stored is lost, and work goes on once there is room.
//! In: a lab. Out: an error if a record is lost, or nobody is told.
//! Never: a disk really filled.

use anyhow::{Result, ensure};
use serde_json::json;

use e2e::patience::PATIENCE;
use e2e::{Lab, Page};

use super::{files, steps};

/// Room for the sample and its study, and for no second file.
const LITTLE: u64 = 4_000_000;
const N_OF_EACH: usize = 60_000;
const TOLD: &str = "There is no room left on this device";

/// A second file is refused for want of room; what was there stays, and the file is taken once there is some.
pub async fn run(lab: &Lab) -> Result<()> {
    let folder = files::Folder::new()?;
    let rows = files::rated_rows(N_OF_EACH);
    let lines = rows.iter().map(|(text, rating)| format!("\"{text}\",{rating}\n")).collect::<String>();
    let file = folder.write("many.csv", format!("review,rating\n{lines}"))?;
    let page = lab.page().await?;
    allow(lab, &page, Some(LITTLE)).await?;
    steps::try_sample(&page).await?;
    steps::go_to(&page, "Models").await?;
    steps::register(&page, 1).await?;
    let stored = page.evaluate(STORED).await?;
    steps::go_to(&page, "Data").await?;
    steps::choose_file(&page, &file).await?;
    page.click("button", "Use this data").await?;
    page.wait_text(TOLD, steps::STUDY_PATIENCE).await?;
    page.screenshot("full-disk").await?;
    ensure!(page.evaluate(STORED).await? == stored, "records changed on a full disk");
    allow(lab, &page, None).await?;
    page.click("button", "Cancel").await?;
    steps::choose_file(&page, &file).await?;
    steps::use_data(&page).await?;
    page.reload().await?;
    steps::go_to(&page, "Models").await?;
    page.wait_text("models:/sample_reviews/1", PATIENCE).await
}

/// How many runs, registry entries and datasets are stored.
const STORED: &str = "new Promise((done) => { const asked = indexedDB.open('reviewlab'); asked.onsuccess = () => { \
    const db = asked.result; const names = ['runs', 'registry', 'datasets']; const reading = db.transaction(names); \
    const counts = names.map((name) => reading.objectStore(name).count()); \
    reading.oncomplete = () => { db.close(); done(counts.map((count) => count.result)); }; }; })";

async fn allow(lab: &Lab, page: &Page, n_bytes: Option<u64>) -> Result<()> {
    let mut params = json!({ "origin": lab.address().trim_end_matches('/') });
    if let Some(n_bytes) = n_bytes {
        params["quotaSize"] = json!(n_bytes);
    }
    page.command("Storage.overrideQuotaForOrigin", params).await.map(|_| ())
}
