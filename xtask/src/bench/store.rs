//! How fast trials are kept by the browser's database, and how large they are.
//! In: the store's own measurement among its browser tests. Out: trials a second, bytes. Never: memory in place of
//! the database.

use anyhow::{Context as _, Result};

use super::Settings;
use super::figure::{Figure, median};
use crate::{browser, process, tools};

const PER_SECOND_AT_LEAST: f64 = 2000.0;
const BYTES_AT_MOST: f64 = 3.0 * 1024.0;
const TEST: &str = "five_thousand_trials_are_written_and_timed";

/// Writes 5,000 trials in Chromium.
///
/// # Errors
/// Where there is no browser, or the test fails or says nothing.
pub fn run(settings: &Settings) -> Result<Vec<Figure>> {
    let tools = tools::setup()?;
    let environment = browser::ensure()?.environment()?;
    let (mut rates, mut sizes) = (Vec::new(), Vec::new());
    for _ in 0..settings.rounds {
        // Without `--quiet`, which cargo would hand on to the runner of browser tests, and that knows none.
        let mut command = process::cargo();
        command.args(["test", "--package", "storage", "--target", tools::WASM_TARGET, "--test", "web"]);
        command.args(["--", TEST, "--nocapture"]).env("PATH", tools.search_path());
        command.envs(environment.iter().map(|(name, value)| (*name, value)));
        let (rate, size) = measured(&process::capture(&mut command)?)?;
        println!("{rate:.0} trials a second, at most {size:.0} bytes each");
        rates.push(rate);
        sizes.push(size);
    }
    Ok(vec![
        Figure::at_least("store, trials written", median(&rates), PER_SECOND_AT_LEAST, "a second"),
        Figure::at_most(
            "store, longest trial",
            sizes.into_iter().fold(0.0, f64::max),
            BYTES_AT_MOST,
            "bytes",
        ),
    ])
}

/// Trials a second and bytes of the longest, from `store: 5000 trials of 1234 bytes at most, 4321 a second`.
fn measured(said: &str) -> Result<(f64, f64)> {
    let place = said.find("store: ").context("the test says no measurement")?;
    let line = said[place..].lines().next().unwrap_or_default();
    let numbers: Vec<f64> = line.split([' ', ',']).filter_map(|word| word.parse().ok()).collect();
    let [_, bytes, rate] = numbers.as_slice() else { anyhow::bail!("'{line}' is no measurement") };
    Ok((*rate, *bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tests_line_is_understood() {
        let said = "log output:\n    store: 5000 trials of 1234 bytes at most, 4321 a second\n";
        assert_eq!(measured(said).expect("a measurement"), (4321.0, 1234.0));
        assert!(measured("test result: ok").is_err());
    }
}
