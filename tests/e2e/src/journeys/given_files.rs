//! Reviews that do not come as one CSV file: packed, as lines of JSON, in several files, as pasted text.
//! In: a lab. Out: an error if one of them does not become the same rows, or a bad one is not told of.
//! Never: a file that a person could not have.

use anyhow::{Result, ensure};
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, Crc};

use e2e::{Lab, Page};

use super::files::{self, Folder};
use super::steps;

const MOMENT: Duration = Duration::from_secs(20);
const N_ROWS: usize = 40;

/// Gives each, and looks at the rows; then learns from one after a reload.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    let folder = Folder::new()?;
    page.open("data").await?;
    let rows = files::rated_rows(N_ROWS / 2);
    let (first, second) = rows.split_at(N_ROWS / 4);
    let table = files::table(',', &rows);
    for given in [
        vec![folder.write("all.csv.gz", gzip(table.as_bytes())?)?],
        vec![folder.write("all.zip", zip(&[("all.csv", table.as_bytes())])?)?],
        vec![folder.write(
            "halves.zip",
            zip(&[
                ("first.csv", files::table(',', first).as_bytes()),
                ("second.csv", files::table(',', second).as_bytes()),
            ])?,
        )?],
        vec![folder.write("all.jsonl", json_lines(&rows))?],
        vec![folder.write("all.jsonl.gz", gzip(json_lines(&rows).as_bytes())?)?],
        vec![
            folder.write("first.csv", files::table(';', first))?,
            folder.write("second.jsonl", json_lines(second))?,
        ],
    ] {
        give(&page, &given).await?;
        page.wait_text(&format!("of {N_ROWS}"), MOMENT).await?;
        let preview = page.table("Preview").await?;
        ensure!(preview[1][1] == rows[0].0, "{given:?}: the first review reads {:?}", preview[1][1]);
        ensure!(preview[1][2] == "5", "{given:?}: the first rating reads {:?}", preview[1][2]);
    }
    page.screenshot("given-files").await?;
    steps::use_data(&page).await?;
    what_does_not_fit(&page, &folder).await?;
    pasted(&page, &table).await?;
    page.reload().await?;
    page.find_within("button", "Choose columns again", steps::STUDY_PATIENCE).await?;
    steps::go_to(&page, "Train").await?;
    page.fill("textbox", "Trials per model", "2").await?;
    page.click("button", "Start tuning").await?;
    steps::wait_for_study(&page, "Finished").await
}

async fn give(page: &Page, given: &[PathBuf]) -> Result<()> {
    page.upload_all("Reviews file", given).await?;
    page.find_within("button", "Use this data", steps::STUDY_PATIENCE).await?;
    page.find("table", "Preview").await.map(|_| ())
}

/// Each is told of in one sentence, and the dataset in use stays.
async fn what_does_not_fit(page: &Page, folder: &Folder) -> Result<()> {
    let good = files::table(',', &files::rated_rows(3));
    let mut damaged = gzip(good.as_bytes())?;
    damaged.truncate(damaged.len() - 3);
    let cases = [
        (vec![folder.write("short.csv.gz", damaged)?], "ends too early"),
        (vec![folder.write("nothing.zip", b"PK\x05\x06 no entry at all in here")?], "There is no CSV"),
        (vec![folder.write("list.json", "[{\"text\":\"a\",\"rating\":1}]")?], "is one JSON array"),
        (
            vec![folder.write("one.csv", &good)?, folder.write("other.csv", "Review text,Stars\na,1\n")?],
            "has no column 'Rating', which 'one.csv' has",
        ),
    ];
    for (given, said) in cases {
        page.upload_all("Reviews file", &given).await?;
        page.wait_text(said, MOMENT).await?;
        let alert = steps::alert(page).await?;
        ensure!(alert.contains(said), "the alert says {alert:?}");
        ensure!(page.text().await?.contains("reviews to learn from"), "the dataset in use is gone");
    }
    Ok(())
}

async fn pasted(page: &Page, table: &str) -> Result<()> {
    steps::open_group(page, "Paste reviews instead").await?;
    let text = serde_json::to_string(&table.replace(',', "\t"))?;
    let paste = format!(
        "const field = document.querySelector('#pasted'); field.value = {text}; field.dispatchEvent(new Event('input'))"
    );
    page.evaluate(&paste).await?;
    page.click("button", "Use pasted rows").await?;
    page.wait_text(&format!("of {N_ROWS}"), MOMENT).await?;
    ensure!(
        steps::chosen(page, "Columns are parted by").await? == "tab",
        "pasted rows are not parted by tabs"
    );
    steps::use_data(page).await
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// A zip of deflated files, as a person's tool packs them.
fn zip(files: &[(&str, &[u8])]) -> Result<Vec<u8>> {
    let (mut packed, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in files {
        let mut sum = Crc::new();
        sum.update(bytes);
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes)?;
        let deflated = encoder.finish()?;
        let offset = u32::try_from(packed.len())?;
        // Version 2.0, no flags, deflate, no time.
        let mut head: Vec<u8> = [20_u16, 0, 8, 0, 0].iter().flat_map(|word| word.to_le_bytes()).collect();
        for number in [sum.sum(), u32::try_from(deflated.len())?, u32::try_from(bytes.len())?] {
            head.extend(number.to_le_bytes());
        }
        head.extend(u16::try_from(name.len())?.to_le_bytes());
        head.extend(0_u16.to_le_bytes());
        packed.extend([b"PK\x03\x04".as_slice(), &head, name.as_bytes(), &deflated].concat());
        directory.extend(
            [b"PK\x01\x02\x14\0".as_slice(), &head, &[0; 10], &offset.to_le_bytes(), name.as_bytes()]
                .concat(),
        );
    }
    let n_files = u16::try_from(files.len())?;
    let (at, long) = (u32::try_from(packed.len())?, u32::try_from(directory.len())?);
    packed.extend(directory);
    packed.extend(b"PK\x05\x06\0\0\0\0");
    packed.extend([n_files.to_le_bytes(), n_files.to_le_bytes()].concat());
    packed.extend([long.to_le_bytes(), at.to_le_bytes()].concat());
    packed.extend([0, 0]);
    Ok(packed)
}

fn json_lines(rows: &[(String, &str)]) -> String {
    let line = |(text, rating): &(String, &str)| {
        format!("{}\n", serde_json::json!({ "Review text": text, "Rating": rating.parse::<u32>().ok() }))
    };
    rows.iter().map(line).collect()
}
