//! Whether monitoring alarms as seldom as it says, sees what it should, and A/B tests crown no false winner.
//! In: the real file, synthetic reviews. Out: tables, and figures with their bounds. Never: a bound that luck alone breaks
//! unsaid: each share is printed with its binomial interval.

use anyhow::{Context as _, Result};
use serde_json::Value;
use std::path::Path;

use super::figure::Figure;
use super::peer::Peer;
use super::program::{Program, number, word};
use super::{Settings, shared};

/// Reviews of the reference and of the batch that the real file holds, beside those a model learns from.
const REAL: [(u32, u32); 5] = [(3_000, 30), (3_000, 100), (3_000, 300), (3_000, 1_000), (2_950, 2_950)];
/// As large as the real file is not.
const SYNTHETIC: [(u32, u32); 2] = [(20_000, 3_000), (20_000, 10_000)];
const N_SYNTHETIC: u32 = 200_000;
const N_REPEATS: u32 = 1_000;
/// Columns of numbers: their tests must alarm at least as often as `AT_LEAST`.
const CONTINUOUS: [&str; 4] = ["characters", "words", "signs", "confidence"];
const AT_MOST: f64 = 0.07;
const AT_LEAST: f64 = 0.03;
/// At a nominal 5 %.
const FALSE_WINNERS_AT_MOST: f64 = 0.05;
const COVERED_AT_LEAST: f64 = 0.9;
/// Share in which the better model is right, labels, and how many tests of 10,000 must find it: as field notes have it.
const WINNERS: [(&str, &str, f64); 4] =
    [("0.6", "400", 0.8), ("0.65", "400", 0.98), ("0.7", "400", 0.99), ("0.8", "400", 0.99)];
const N_TESTS: &str = "10000";

/// Runs all of it.
///
/// # Errors
/// Where a file cannot be read or the program fails.
pub fn run(_: &Settings) -> Result<Vec<Figure>> {
    let program = Program::build()?;
    let mut figures = winners(&program)?;
    let Some(shared) = shared() else { return Ok(figures) };
    let peer = Peer::set_up(&shared)?;
    let real = peer.reviews();
    for sizes in REAL {
        figures.extend(alarms(&program, "real", &real, sizes)?);
    }
    for (_, n_batch) in &REAL[..4] {
        power(&program, &real, (3_000, *n_batch))?;
    }
    let synthetic = peer.synthetic_reviews(N_SYNTHETIC)?;
    for sizes in SYNTHETIC {
        figures.extend(alarms(&program, "synthetic", &synthetic, sizes)?);
    }
    Ok(figures)
}

fn winners(program: &Program) -> Result<Vec<Figure>> {
    let measure = |share: &str, n_labels: &str| -> Result<(f64, Value)> {
        let found = program.measure(["winners", share, N_TESTS, n_labels])?;
        Ok((number(&found, "n_winners")? / number(&found, "n_tests")?, found["median_labels"].clone()))
    };
    let (false_share, _) = measure("0.5", "2000")?;
    println!(
        "A/B tests of equal models, looked at after each of 2,000 labels: {:.2} % have a winner",
        100.0 * false_share
    );
    let mut figures = vec![Figure::at_most("false winners", false_share, FALSE_WINNERS_AT_MOST, "of tests")];
    for (share, n_labels, at_least) in WINNERS {
        let (found, median) = measure(share, n_labels)?;
        println!(
            "right alone in {share}: {:.1} % have a winner within {n_labels} labels, half of them within {median}",
            100.0 * found
        );
        figures.push(Figure::at_least(&format!("winners at {share}"), found, at_least, "of tests"));
    }
    Ok(figures)
}

fn alarms(
    program: &Program,
    kind: &str,
    file: &Path,
    (n_reference, n_batch): (u32, u32),
) -> Result<Vec<Figure>> {
    let sizes = [n_reference.to_string(), n_batch.to_string(), N_REPEATS.to_string()];
    let found = program.measure(["alarms", word(file)?, &sizes[0], &sizes[1], &sizes[2]])?;
    println!("\n{kind} reviews, {n_batch} held against {n_reference}, {N_REPEATS} times");
    let mut figures = Vec::new();
    let columns = found["columns"].as_array().context("columns were not measured")?;
    for column in columns {
        let name = column["name"].as_str().context("a name")?;
        let (n, of) = (number(column, "n_alarms")?, number(column, "n_tests")?);
        let share = print(name, (n, of), number(column, "would_see")?);
        let bench = format!("{kind} {n_batch} {name}");
        figures.push(Figure::at_most(&bench, share, AT_MOST, "alarms"));
        let is_continuous = CONTINUOUS.contains(&name) || column["is_common"] == true;
        if is_continuous && of > 0.0 {
            figures.push(Figure::at_least(&bench, share, AT_LEAST, "alarms"));
        }
    }
    let repeats = f64::from(N_REPEATS);
    let verdict = print("verdict over all", (number(&found, "n_verdict")?, repeats), 0.0);
    figures.push(Figure::at_most(&format!("{kind} {n_batch} verdict"), verdict, AT_MOST, "alarms"));
    println!("not enough data: {:.1} %", 100.0 * number(&found, "n_blind")? / repeats);
    let (covered, of) = (number(&found, "n_covered")?, number(&found, "n_estimates")?);
    if of > 0.0 {
        println!(
            "macro F1 without labels: {:.1} % of intervals hold it, {:.3} wide",
            100.0 * covered / of,
            number(&found, "mean_width")?
        );
        figures.push(Figure::at_least(
            &format!("{kind} {n_batch} estimate"),
            covered / of,
            COVERED_AT_LEAST,
            "covered",
        ));
    }
    Ok(figures)
}

/// `words  4.9 % (3.7 to 6.4)`; the share.
fn print(name: &str, (n, of): (f64, f64), would_see: f64) -> f64 {
    let share = n / of.max(1.0);
    let (low, high) = engine::stats::wilson_interval(n as u64, of as u64, 0.95).unwrap_or((0.0, 1.0));
    println!(
        "  {name:<18} {:5.1} % ({:.1} to {:.1})  would see {would_see:.3}",
        100.0 * share,
        100.0 * low,
        100.0 * high
    );
    share
}

fn power(program: &Program, file: &Path, (n_reference, n_batch): (u32, u32)) -> Result<()> {
    let found = program.measure(["power", word(file)?, &n_reference.to_string(), &n_batch.to_string()])?;
    let seen = found["seen"].as_array().context("power was not measured")?;
    let said: Result<Vec<String>> = seen
        .iter()
        .map(|seen| Ok(format!("{}: {:.0} %", number(seen, "shift")?, 100.0 * number(seen, "share")?)))
        .collect();
    println!(
        "\n{n_batch} reviews, a share of them replaced by unhappy ones, are seen in: {}",
        said?.join(", ")
    );
    Ok(())
}
