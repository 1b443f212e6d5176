//! A real table just below the largest size that is taken.
//! In: a lab. Out: an error if it is not looked through and previewed. Never: half a gigabyte left behind.

use anyhow::{Result, ensure};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use e2e::Lab;

use super::files::{self, Folder};

/// The largest file that is taken, as the engine's `MAX_CSV_BYTES` says.
const MAX_CSV_BYTES: u64 = 512 << 20;
const PATIENCE: Duration = Duration::from_secs(180);

/// Gives it to the page, and looks at its first and its last rows.
pub async fn run(lab: &Lab) -> Result<()> {
    let folder = Folder::new()?;
    let (file, n_rows) = write_below(folder.path(), MAX_CSV_BYTES)?;
    let page = lab.page().await?;
    page.open("data").await?;
    let begun = Instant::now();
    page.upload("Reviews file", &file).await?;
    page.find_within("table", "Preview", PATIENCE).await?;
    println!("  large_file: {n_rows} rows looked through in {:.1} s", begun.elapsed().as_secs_f64());
    page.wait_text(&format!("of {}", with_commas(n_rows)), Duration::from_secs(5)).await?;
    ensure!(page.is_enabled("button", "Use this data").await?, "it cannot be used");
    page.fill("textbox", "Go to row", &(n_rows - 1).to_string()).await?;
    page.click("button", "Show this row").await?;
    page.find("button", &format!("Row {} in full", with_commas(n_rows - 1))).await?;
    page.wait_text(&format!("to {0} of {0}", with_commas(n_rows)), Duration::from_secs(5)).await
}

/// A file of as many rows as fit below `most` bytes, and their number.
fn write_below(folder: &Path, most: u64) -> Result<(PathBuf, u64)> {
    let path = folder.join("large.csv");
    let table = files::table(',', &files::rated_rows(5_000));
    let (head, rows) = table.split_once('\n').unwrap_or_default();
    let mut file = BufWriter::with_capacity(1 << 20, File::create(&path)?);
    writeln!(file, "{head}")?;
    let n_times = (most - 1 - head.len() as u64) / rows.len() as u64;
    for _ in 0..n_times {
        file.write_all(rows.as_bytes())?;
    }
    file.flush()?;
    let n_bytes = std::fs::metadata(&path)?.len();
    ensure!((most - rows.len() as u64..=most).contains(&n_bytes), "the file has {n_bytes} bytes");
    Ok((path, n_times * rows.lines().count() as u64))
}

/// `5,241`.
fn with_commas(number: u64) -> String {
    let digits = number.to_string();
    let place = |(idx, digit): (usize, char)| {
        let comma = (idx > 0 && (digits.len() - idx).is_multiple_of(3)).then_some(',');
        comma.into_iter().chain([digit])
    };
    digits.chars().enumerate().flat_map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_parted() {
        assert_eq!(with_commas(5_241), "5,241");
        assert_eq!(with_commas(123_456_789), "123,456,789");
        assert_eq!(with_commas(7), "7");
    }
}
