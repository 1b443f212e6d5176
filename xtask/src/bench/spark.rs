//! A million reviews scored by Spark's workers with an exported model.
//! In: the sample's model, Spark in its own environment. Out: rows a second. Never: rows that nobody counted.

use anyhow::Result;

use super::Settings;
use super::figure::Figure;
use crate::interop;

/// Rows that are scored.
const N_ROWS: u64 = 1_000_000;

/// Scores them once: Spark's workers are warm after the comparison before.
///
/// # Errors
/// Where Spark cannot be installed, answers otherwise or loses rows.
pub fn run(_: &Settings) -> Result<Vec<Figure>> {
    let seconds = interop::spark_seconds(N_ROWS)?;
    println!("{N_ROWS} rows in {seconds:.1} s");
    Ok(vec![Figure::shown("spark, rows scored", N_ROWS as f64 / seconds, "a second")])
}
