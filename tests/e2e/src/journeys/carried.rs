//! A model leaves as one page, which is opened from the disk and answers there, and as a package with a web component.
//! In: a lab. Out: an error if the page or the component does not answer, or the page asks any network.
//! Never: a server for the page.

use anyhow::{Context as _, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use e2e::patience::{PATIENCE, until};
use e2e::{Lab, LabConfig, Page};

use super::steps;

/// For an export on a machine with other work.
const MADE: Duration = Duration::from_secs(60);
/// Most bytes of the page.
const MAX_PAGE_BYTES: u64 = 500 * 1024;
const TABLE: &str =
    "id,review\n1,\"worst product, waste of money\"\n2,=1+1\n3,\"great quality, very happy\"\n4,\n";
/// What reaches beyond the window, where the window scrolls sideways.
const TOO_WIDE: &str = "document.documentElement.scrollWidth <= document.documentElement.clientWidth ? '' :
    [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.table-scroll'))
        .map((one) => `${one.tagName} ${one.className.baseVal ?? one.className} ${one.id}`).slice(0, 8).join('; ')";
const USES_ELEMENT: &str = r#"<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page with the component</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src data:">
<link rel="icon" href="data:,"><script type="module" src="/review-sentiment/element.js"></script></head>
<body><main><h1>Reviews</h1><review-sentiment input></review-sentiment></main></body></html>"#;

/// The page, then the package.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    steps::try_sample(&page).await?;
    steps::go_to(&page, "Models").await?;
    steps::register(&page, 1).await?;
    page.open("models/sample_reviews/1").await?;
    let html = downloaded(lab, &page, ("one-file predictor", "sentiment.html")).await?;
    let package = downloaded(lab, &page, ("npm package", "review-sentiment-npm.zip")).await?;
    let n_bytes = fs::metadata(&html)?.len();
    ensure!(n_bytes <= MAX_PAGE_BYTES, "the page has {n_bytes} bytes");
    lab.check_clean().await?;
    from_disk(lab, &page, &html).await?;
    let folder = tempfile::tempdir()?;
    unzip(&fs::read(&package)?, folder.path())?;
    in_node(folder.path())?;
    as_element(folder.path()).await
}

async fn downloaded(lab: &Lab, page: &Page, (name, ending): (&str, &str)) -> Result<PathBuf> {
    page.click("button", &format!("Download {name}")).await?;
    let path = lab.download(ending, MADE).await?;
    until(MADE, &format!("the check of {name}"), || async {
        let said = page.read("status", &format!("Check of {name}")).await?;
        Ok(said.starts_with("1,000 texts: all labels equal").then_some(()))
    })
    .await?;
    Ok(path)
}

async fn from_disk(lab: &Lab, page: &Page, html: &Path) -> Result<()> {
    let address = format!("file://{}", html.display());
    page.open(&address).await?;
    page.wait_text("checked: 20 of 20 equal", MADE).await?;
    let settings = page.table("Settings of the fit").await?;
    let is_said = |row: &Vec<String>| row.len() == 2 && !row[1].trim().is_empty();
    ensure!(settings.len() > 5 && settings.iter().all(is_said), "the card's settings: {settings:?}");
    page.fill("textbox", "Your review", "worst product, waste of money").await?;
    said(page, "Answer", "negative").await?;
    page.find("table", "What counted most").await?;
    page.fill("textbox", "Your review", "great quality, very happy with it").await?;
    said(page, "Answer", "positive").await?;
    page.resize(390, 800).await?;
    page.check_accessibility().await?;
    page.screenshot("carried").await?;
    let wide = page.evaluate(TOO_WIDE).await?;
    ensure!(wide == "", "on a telephone the page is made wider by {wide}");
    page.resize(1280, 800).await?;
    score(lab, page).await?;
    // Nothing but the page itself was asked for, and its policy refuses what it is made to ask.
    let foreign = lab.foreign_requests();
    let is_own = |url: &String| url.starts_with("file://") || url.starts_with("blob:");
    ensure!(foreign.iter().all(is_own), "the page asked for {foreign:?}");
    lab.forget_foreign_requests();
    lab.check_clean().await?;
    page.evaluate("fetch('http://127.0.0.1:9/').catch(() => 0)").await?;
    lab.expect_error("Content Security Policy").await?;
    lab.forget_foreign_requests();
    Ok(())
}

async fn score(lab: &Lab, page: &Page) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let table = folder.path().join("reviews.csv");
    fs::write(&table, TABLE)?;
    page.upload("A CSV file with reviews (or drop one anywhere on this page)", &table).await?;
    said(page, "File", "4 rows").await?;
    page.choose("Column with the reviews", "review").await?;
    page.click("button", "Score the file").await?;
    said(page, "File", "is scored").await?;
    page.click("link", "Download scored rows").await?;
    let scored = fs::read_to_string(lab.download("reviews_scored.csv", PATIENCE).await?)?;
    let lines: Vec<&str> = scored.lines().collect();
    ensure!(lines[0].starts_with("id,review,predicted,probability"), "{scored}");
    ensure!(lines[1].contains("negative") && lines[3].contains("positive"), "{scored}");
    ensure!(lines[2].starts_with("2,'=1+1"), "a cell is a formula: {scored}");
    Ok(())
}

/// What a status says, as soon as it holds this.
async fn said(page: &Page, name: &str, expected: &str) -> Result<()> {
    until(PATIENCE, expected, || async {
        Ok(page.read("status", name).await?.contains(expected).then_some(()))
    })
    .await
}

/// The package checks itself in node, where there is one.
fn in_node(folder: &Path) -> Result<()> {
    let check = Command::new("node").arg(folder.join("review-sentiment/check.mjs")).output();
    let Ok(output) = check else {
        println!("carried: there is no node to run the package in");
        return Ok(());
    };
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(
        output.status.success() && said.contains("checked: 50 of 50 equal"),
        "node: {said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

async fn as_element(folder: &Path) -> Result<()> {
    for name in ["index.html", "404.html"] {
        fs::write(folder.join(name), USES_ELEMENT)?;
    }
    let config =
        LabConfig { site: folder.to_owned(), base: "/".to_owned(), is_visible: false, is_gzipped: false };
    let lab = Lab::open(config).await?;
    let page = lab.page().await?;
    page.open("").await?;
    page.fill("textbox", "Your review", "worst product, waste of money").await?;
    said(&page, "Answer", "negative").await?;
    page.evaluate("document.querySelector('review-sentiment').text = 'great quality, very happy with it'")
        .await?;
    said(&page, "Answer", "positive").await?;
    page.check_accessibility().await?;
    lab.check_clean().await?;
    lab.close().await
}

/// Files that are stored in a zip file, below a folder.
fn unzip(mut rest: &[u8], folder: &Path) -> Result<()> {
    const HEADER_BYTES: usize = 30;
    while rest.starts_with(b"PK\x03\x04") && rest.len() > HEADER_BYTES {
        let n_bytes = u32::from_le_bytes(rest[18..22].try_into()?) as usize;
        let n_name = usize::from(u16::from_le_bytes(rest[26..28].try_into()?));
        let (name, after) = rest[HEADER_BYTES..].split_at_checked(n_name).context("it is cut off")?;
        let (content, after) = after.split_at_checked(n_bytes).context("it is cut off")?;
        let path = folder.join(std::str::from_utf8(name)?);
        fs::create_dir_all(path.parent().context("it lies in a folder")?)?;
        fs::write(path, content)?;
        rest = after;
    }
    Ok(())
}
