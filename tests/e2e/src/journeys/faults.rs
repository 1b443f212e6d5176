//! Faults of a file found, mended with a click, and taken back.
//! In: a lab. Out: an error if a fault is not found, or a fix is not part of the data after a reload.
//! Never: a fault that the file written here does not have.

use anyhow::{Result, ensure};

use e2e::patience::PATIENCE;
use e2e::{Lab, Page};

use super::files::{self, Folder};
use super::steps;

const BOILERPLATE: &str = "Mend: boilerplate";
const SAME_TEXT: &str = "Mend: same text more than once";
const STRIPPED: &str = "Undo: 'READ MORE' is stripped from the end of reviews";
const KEPT_TOGETHER: &str = "Undo: Equal texts stay on one side when reviews are parted";

/// Checks, mends, reloads, takes back, trains.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    let folder = Folder::new()?;
    // Cleaning leaves out the number that each ends with, so that many of them are one text.
    let rows: Vec<_> = files::rated_rows(60)
        .into_iter()
        .map(|(text, rating)| (format!("{text}READ MORE"), rating))
        .collect();
    page.open("").await?;
    steps::choose_file(&page, &folder.write("shop.csv", files::table(',', &rows))?).await?;
    steps::use_data(&page).await?;
    tabs_by_click_and_key(&page).await?;
    page.click("button", "Check this data").await?;
    page.find_within("button", BOILERPLATE, steps::STUDY_PATIENCE).await?;
    page.find("button", SAME_TEXT).await?;
    steps::check_width(&page).await?;
    page.check_accessibility().await?;
    page.screenshot("faults").await?;
    mend(&page, BOILERPLATE, STRIPPED).await?;
    mend(&page, SAME_TEXT, KEPT_TOGETHER).await?;
    page.reload().await?;
    ensure!(page.path().await? == "data?show=check", "the address does not say which part is shown");
    page.find_within("button", "Check this data", steps::STUDY_PATIENCE).await?.click().await?;
    for undo in [STRIPPED, KEPT_TOGETHER] {
        page.find_within("button", undo, steps::STUDY_PATIENCE).await?;
    }
    for fault in [BOILERPLATE, SAME_TEXT] {
        ensure!(!page.has("button", fault).await?, "after a reload there is '{fault}' again");
    }
    page.click("button", STRIPPED).await?;
    page.find_within("button", BOILERPLATE, steps::STUDY_PATIENCE).await?;
    ensure!(!page.has("button", STRIPPED).await?, "what was taken back is still mended");
    other_data_has_other_faults(&page, &folder).await?;
    words_are_dropped(&page, &folder).await?;
    steps::go_to(&page, "Train").await?;
    // So few short reviews are learned before anyone could see that Stop was there.
    page.fill("textbox", "Trials per model", "2").await?;
    page.click("button", "Start tuning").await?;
    steps::wait_for_study(&page, "Finished").await
}

/// The parts of the page are tabs, and the address says which is shown.
async fn tabs_by_click_and_key(page: &Page) -> Result<()> {
    page.click("tab", "Check").await?;
    page.wait_path("data?show=check").await?;
    page.find("tabpanel", "Check").await?;
    page.type_keys("tab", "Check", "\u{e011}").await?;
    page.find("tabpanel", "Overview").await?;
    for tab in ["Overview", "Pictures"] {
        page.type_keys("tab", tab, "\u{e014}").await?;
    }
    page.wait_path("data?show=check").await?;
    page.find("tabpanel", "Check").await.map(|_| ())
}

async fn other_data_has_other_faults(page: &Page, folder: &Folder) -> Result<()> {
    page.click("tab", "Overview").await?;
    let other = folder.write("other.csv", files::table(',', &files::rated_rows(40)))?;
    steps::choose_file(page, &other).await?;
    steps::use_data(page).await?;
    page.click("tab", "Check").await?;
    page.find("button", "Check this data").await?;
    ensure!(!page.has("button", BOILERPLATE).await?, "faults of another file are shown");
    Ok(())
}

/// Words that give the label away are dropped with a click, which tells what that does, and are back with another.
async fn words_are_dropped(page: &Page, folder: &Folder) -> Result<()> {
    const FAULT: &str = "Mend: words that give the label away";
    const DROPPED: &str = "Undo: 'fivestar' is dropped from every review";
    page.click("tab", "Overview").await?;
    let file = folder.write("words.csv", files::table(',', &with_a_word_that_tells()))?;
    steps::choose_file(page, &file).await?;
    steps::use_data(page).await?;
    page.click("tab", "Check").await?;
    page.click("button", "Check this data").await?;
    page.find_within("button", FAULT, steps::STUDY_PATIENCE).await?;
    page.wait_text("once all of them are dropped.", PATIENCE).await?;
    page.screenshot("giveaway").await?;
    mend(page, FAULT, DROPPED).await?;
    page.click("tab", "Cleaning").await?;
    page.find("textbox", "Words, as the steps before leave them").await?;
    page.click("tab", "Check").await?;
    page.click("button", DROPPED).await?;
    page.find_within("button", FAULT, steps::STUDY_PATIENCE).await.map(|_| ())
}

/// Reviews whose words say the same of every class, but for one.
fn with_a_word_that_tells() -> Vec<(String, &'static str)> {
    const OF: [&str; 6] = ["lamp", "kettle", "racket", "bottle", "chair", "shoe"];
    const ON: [&str; 5] = ["monday", "tuesday", "friday", "sunday", "saturday"];
    let row = |number: usize| {
        let (thing, day) = (OF[number / 2 % OF.len()], ON[number / 4 % ON.len()]);
        let text = format!("bought this {thing} on {day} beside a {}", OF[number / 6 % OF.len()]);
        match number % 2 {
            0 => (format!("{text} fivestar {number}"), "5"),
            _ => (format!("{text} {number}"), "1"),
        }
    };
    (0..160).map(row).collect()
}

async fn mend(page: &Page, fault: &str, undo: &str) -> Result<()> {
    page.click("button", fault).await?;
    page.find_within("button", undo, steps::STUDY_PATIENCE).await?;
    ensure!(!page.has("button", fault).await?, "'{fault}' is mended and still there");
    Ok(())
}
