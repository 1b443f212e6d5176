//! Files that cannot be used, and files that look as if they could not.
//! In: a lab. Out: an error if a bad file gets anything but one clear sentence, or a good one is refused.
//! Never: a page that has to be reloaded in between.

use anyhow::{Context, Result, ensure};
use std::path::Path;
use std::time::Duration;

use e2e::{Lab, Page};

use super::files::{self, Folder};
use super::steps;

/// The largest file that is taken, as the engine's `MAX_CSV_BYTES` says.
const MAX_CSV_BYTES: u64 = 512 << 20;
const MOMENT: Duration = Duration::from_secs(10);

/// Gives all of them to the page, one after another.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    let folder = Folder::new()?;
    a_bad_file_on_the_first_page(&page, &folder).await?;
    bad_files(&page, &folder).await?;
    page.check_accessibility().await?;
    every_way_to_write_a_table(&page, &folder).await?;
    bad_rows_are_listed(&page, &folder).await?;
    three_classes_are_learned(&page, &folder).await
}

async fn a_bad_file_on_the_first_page(page: &Page, folder: &Folder) -> Result<()> {
    page.open("").await?;
    page.upload("Reviews file", &folder.write("nothing.csv", "")?).await?;
    sentence(page, "nothing.csv: ", "is empty").await
}

/// Each gets one sentence in the one alert; then the next is tried on the same page.
async fn bad_files(page: &Page, folder: &Folder) -> Result<()> {
    steps::go_to(page, "Data").await?;
    let picture = [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d];
    let one_class: Vec<_> = files::rated_rows(30).into_iter().filter(|(_, rating)| *rating == "5").collect();
    let unlabelled = |idx: usize| format!("order {idx},this is review number {idx} and it says a lot\n");
    let unlabelled = format!("Order,Review text\n{}", (0..50).map(unlabelled).collect::<String>());
    let cases = [
        (folder.write("blank.csv", " \n\n \n")?, "is empty"),
        (folder.write("picture.csv", picture)?, "not a text file"),
        (folder.write("one-column.csv", "Review text\nvery nice\nvery bad\n")?, "has one column"),
        (folder.write("header.csv", "Review text,Rating\n")?, "no rows below"),
        (folder.write("unlabelled.csv", unlabelled)?, "No column looks like a rating"),
        (folder.write("one-class.csv", files::table(',', &one_class))?, "at least two classes"),
        (folder.sparse("huge.csv", MAX_CSV_BYTES + 1)?, "at most 536870912 are taken"),
    ];
    for (file, said) in cases {
        page.upload("Reviews file", &file).await?;
        sentence(page, "", said).await?;
        if page.has("button", "Use this data").await? {
            // What is wrong may still be chosen otherwise; until then there is no way on but back.
            ensure!(!page.is_enabled("button", "Use this data").await?, "{said}, yet it can be used");
            page.click("button", "Cancel").await?;
        }
        page.upload("Reviews file", &folder.write("good.csv", files::table(',', &files::rated_rows(3)))?)
            .await?;
        page.find("table", "Preview").await?;
        ensure!(!page.has("alert", "").await?, "a good file after a bad one leaves the alert");
        page.click("button", "Cancel").await?;
    }
    page.upload("Reviews file", &folder.write("nothing.csv", "")?).await?;
    sentence(page, "nothing.csv: ", "is empty").await
}

/// Waits for the alert that says so; it is one sentence.
async fn sentence(page: &Page, begins: &str, said: &str) -> Result<()> {
    page.wait_text(said, MOMENT).await?;
    let alert = steps::alert(page).await?;
    ensure!(alert.contains(said) && alert.starts_with(begins), "the alert says {alert:?}");
    let is_one = !alert.trim_end_matches('.').contains(". ") && alert.ends_with('.') && !alert.contains('\n');
    ensure!(is_one, "more than one sentence: {alert:?}");
    Ok(())
}

/// Separators and encodings: the same rows in the preview, whatever the file looks like.
async fn every_way_to_write_a_table(page: &Page, folder: &Folder) -> Result<()> {
    let rows: Vec<_> =
        files::rated_rows(20).into_iter().map(|(text, label)| (format!("{text} café"), label)).collect();
    let text = |separator| files::table(separator, &rows);
    let utf16 = |text: &str| -> Vec<u8> {
        format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
    };
    // Every character used is below 256, where Windows-1252 and Unicode agree.
    let windows_1252 =
        |text: &str| -> Vec<u8> { text.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect() };
    let cases = [
        (folder.write("semicolon.csv", text(';'))?, ["UTF-8", "semicolon"]),
        (folder.write("mark.csv", format!("\u{feff}{}", text(',')))?, ["UTF-8", "comma"]),
        (folder.write("tab.tsv", text('\t'))?, ["UTF-8", "tab"]),
        (folder.write("pipe.txt", text('|'))?, ["UTF-8", "pipe"]),
        (folder.write("utf16.csv", utf16(&text(',')))?, ["UTF-16", "comma"]),
        (folder.write("latin.csv", windows_1252(&text(';')))?, ["Windows-1252", "semicolon"]),
    ];
    for (file, format) in cases {
        take(page, &file).await?;
        let format = format.join(", ");
        let found = format!(
            "{}, {}",
            steps::chosen(page, "Encoding").await?,
            steps::chosen(page, "Columns are parted by").await?
        );
        ensure!(found == format, "{} is read as {found}, not {format}", file.display());
        let preview = page.table("Preview").await?;
        ensure!(preview.len() > 10, "{format}: the preview has {} rows", preview.len());
        ensure!(preview[1][1] == rows[0].0, "{format}: the first review reads {:?}", preview[1][1]);
        ensure!(preview[1][2..] == ["5", "positive"], "{format}: the first label is {:?}", &preview[1][2..]);
        page.click("button", "Cancel").await?;
    }
    Ok(())
}

async fn take(page: &Page, file: &Path) -> Result<()> {
    steps::choose_file(page, file).await.with_context(|| format!("{} is not taken", file.display()))?;
    ensure!(!page.has("alert", "").await?, "{}: {}", file.display(), steps::alert(page).await?);
    Ok(())
}

async fn bad_rows_are_listed(page: &Page, folder: &Folder) -> Result<()> {
    let n_good = 40;
    let mut text = files::table(',', &files::rated_rows(n_good / 2));
    // Lines 42 to 45, rows 40 to 43.
    text.push_str("\"one, two\",5,three\nNA,1\n,5\nthis one has no known rating,unrated\n");
    take(page, &folder.write("rows.csv", &text)?).await?;
    steps::use_data(page).await?;
    let issues = page.table("Issues").await?;
    let places: Vec<(&str, &str)> =
        issues[1..].iter().map(|row| (row[0].as_str(), row[1].as_str())).collect();
    ensure!(
        places == [("42", "40"), ("43", "41"), ("44", "42"), ("45", "43")],
        "the bad rows are {issues:?}"
    );
    for (row, said) in
        issues[1..].iter().zip(["3 cells", "'NA', which reads as missing", "is empty", "'unrated' belongs"])
    {
        ensure!(row[2].contains(said), "row {} says {:?}", row[1], row[2]);
    }
    page.check_accessibility().await?;
    page.screenshot("bad-rows").await?;
    page.click("button", "Choose columns again").await?;
    page.click("switch", "Keep 2 cells that read as missing (NA, None, null …)").await?;
    steps::use_data(page).await?;
    let text = page.text().await?;
    ensure!(!text.contains("reads as missing:"), "a cell that is kept is still listed as missing");
    ensure!(text.contains(&format!(" {} reviews", n_good + 1)), "NA was to be kept: {text}");
    Ok(())
}

async fn three_classes_are_learned(page: &Page, folder: &Folder) -> Result<()> {
    steps::go_to(page, "Data").await?;
    take(page, &folder.write("named.csv", files::table(',', &files::named_rows(60)))?).await?;
    let preview = page.table("Preview").await?;
    let classes: Vec<&str> = preview[1..4].iter().map(|row| row[3].as_str()).collect();
    ensure!(classes == ["positive", "neutral", "negative"], "the classes are {classes:?}");
    steps::use_data(page).await?;
    steps::go_to(page, "Train").await?;
    steps::start_tuning(page, 3).await?;
    steps::wait_for_study(page, "Finished").await?;
    ensure!(page.table("Leaderboard").await?.len() == 5, "three models and guessing");
    steps::go_to(page, "Predict").await?;
    for (review, class) in [
        ("average product for the price, ordinary", "Neutral"),
        ("excellent quality, works perfectly", "Positive"),
        ("fake product, waste of money", "Negative"),
    ] {
        let answer = steps::ask(page, review).await?;
        ensure!(answer.class == class, "“{review}” is {answer:?}");
    }
    page.check_accessibility().await
}
