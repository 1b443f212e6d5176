//! The sample reviews: a seed and a phrase grammar in, `data/sample_reviews.csv` out, byte for byte again.
//! In: `phrases.txt`, `SEED`. Out: the bytes of the CSV file, or the file.
//! Never: another source of chance, the clock, or a review that somebody wrote.

mod compose;
mod grammar;
mod noise;
mod rng;

use anyhow::{Context as _, Result};
use compose::Subject;
use grammar::Grammar;
use rng::SampleRng;
use std::fmt::Write as _;

use crate::{arguments, workspace};

/// Where the sample stands, from the workspace root.
pub const SAMPLE_PATH: &str = "data/sample_reviews.csv";
/// Rows below the header.
pub const N_ROWS: usize = 3000;

const SEED: u64 = 308;
/// One to five stars in parts of 10,000, as the ratings of a real shop's file are spread.
const STAR_WEIGHTS: [usize; 5] = [903, 362, 722, 2050, 5963];
/// Per mille of the reviews whose stars were pressed without looking: any but those meant.
const WRONG_STARS: usize = 22;
/// Per mille of the reviews that repeat an earlier one word for word.
const REPEATS: usize = 35;
/// Per mille of the reviews without a text.
const NO_TEXT: usize = 2;
/// Per mille of the reviews without a title.
const NO_TITLE: usize = 120;
/// The last day of the sample: 2026-10-31, in days since 1970-01-01.
const LAST_DAY: i64 = 20_757;
/// Days covered, the last one included.
const N_DAYS: usize = 640;

#[derive(Clone)]
struct Review {
    product: String,
    title: String,
    text: String,
    stars: u8,
    day: i64,
}

/// `cargo xtask sample-data`: writes the sample reviews and says so.
///
/// # Errors
/// Where there are options, or the file cannot be written.
pub fn run(words: &[String]) -> Result<()> {
    arguments::none(words)?;
    let path = workspace::root().join(SAMPLE_PATH);
    let bytes = generate();
    std::fs::write(&path, &bytes).with_context(|| format!("cannot write {}", path.display()))?;
    println!("{SAMPLE_PATH}: {N_ROWS} reviews, {} bytes", bytes.len());
    Ok(())
}

/// The whole file.
pub fn generate() -> String {
    let grammar = Grammar::parse(include_str!("sample_data/phrases.txt"));
    let mut rng = SampleRng::new(SEED);
    let mut reviews: Vec<Review> = Vec::with_capacity(N_ROWS);
    for _ in 0..N_ROWS {
        let day = LAST_DAY - rng.below(N_DAYS) as i64;
        let review = if reviews.len() > 50 && rng.chance(REPEATS) {
            Review { day, ..reviews[rng.below(reviews.len())].clone() }
        } else {
            write_review(&mut rng, &grammar, day)
        };
        reviews.push(review);
    }
    reviews.sort_by_key(|review| std::cmp::Reverse(review.day));
    csv(&reviews)
}

fn write_review(rng: &mut SampleRng, grammar: &Grammar, day: i64) -> Review {
    let products = grammar.products();
    let subject = Subject { grammar, product: rng.pick(&products) };
    let meant = rng.weighted(&STAR_WEIGHTS) as u8 + 1;
    let text = subject.text(rng, meant);
    let text = noise::typed(rng, grammar, &text, meant);
    let title = subject.title(rng, meant);
    let given = if rng.chance(WRONG_STARS) { (meant + rng.below(4) as u8) % 5 + 1 } else { meant };
    Review {
        product: grammar.draw(rng, subject.product, "title"),
        title: if rng.chance(NO_TITLE) { String::new() } else { title },
        text: if rng.chance(NO_TEXT) { String::new() } else { text },
        stars: given,
        day,
    }
}

fn csv(reviews: &[Review]) -> String {
    let mut out = String::from("Product,Review title,Review text,Rating,Date\n");
    for review in reviews {
        let (year, month, day) = civil(review.day);
        let [product, title, text] = [&review.product, &review.title, &review.text].map(|cell| quoted(cell));
        writeln!(out, "{product},{title},{text},{},{year:04}-{month:02}-{day:02}", review.stars)
            .expect("writing to a String cannot fail");
    }
    out
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

/// Year, month and day of a number of days since 1970-01-01 (Hinnant, `civil_from_days`).
fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_file_in_the_repository_is_the_generators() {
        let kept = std::fs::read_to_string(workspace::root().join(SAMPLE_PATH))
            .expect("data/sample_reviews.csv is kept");
        assert!(kept == generate(), "run `cargo xtask sample-data` and commit the file");
    }

    #[test]
    fn days_become_dates() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(11_016), (2000, 2, 29));
        assert_eq!(civil(LAST_DAY), (2026, 10, 31));
    }

    #[test]
    fn the_sample_is_varied() {
        let file = generate();
        let texts: BTreeSet<&str> = file.lines().skip(1).collect();
        assert!(texts.len() > 2900, "{}", texts.len());
        for mark in ["<br", "https://", "😡", "not bad", "never again", "no complaints", "bakwas", "paisa"]
        {
            assert!(file.to_lowercase().contains(mark), "{mark}");
        }
        assert!(!file.contains('{') && !file.contains('|'), "a phrase was left unexpanded");
    }
}
