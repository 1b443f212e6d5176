//! An exported MLflow model as a Spark function: several worker processes answer as we do; and how long they take for many rows.

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use super::compared::{self, Answer};
use super::environment::{ask, spark};
use super::terminal::program;
use crate::{process, workspace};

const CHECK: &str = include_str!("check_spark.py");
/// Probabilities are the same up to this.
const TOLERANCE: f64 = 1e-6;
/// Worker processes of Spark's.
const N_WORKERS: usize = 2;
/// Reviews that both sides answer.
const N_TEXTS: usize = 1_000;
/// Java that Spark runs on, as Debian calls it.
const JAVA: &str = "openjdk-17-jre-headless";

#[derive(Deserialize)]
struct Found {
    version: String,
    answers: Vec<BTreeMap<String, Value>>,
    n_processes: usize,
    counts: BTreeMap<String, u64>,
    seconds: Option<f64>,
}

/// # Errors
/// Where Java or Spark cannot be installed, or an answer differs.
pub(super) fn run() -> Result<()> {
    scored(0).map(|_| ())
}

/// Seconds in which so many rows are scored, after the comparison.
///
/// # Errors
/// As `run`, and where rows are lost.
pub fn scored(n_rows: u64) -> Result<f64> {
    java()?;
    let python = spark()?;
    let program = program()?;
    let scratch = tempfile::tempdir().context("no temporary folder")?;
    let (project, model) = (scratch.path().join("p.reviewlab"), scratch.path().join("model"));
    let mut train = process::in_root(&program);
    let reviews = workspace::root().join("data").join("sample_reviews.csv");
    train.arg("train").arg(&reviews).args(["--models", "lr", "--trials", "2", "--out"]).arg(&project);
    process::capture(&mut train)?;
    let mut export = process::in_root(&program);
    export.args(["export", "--format", "mlflow", "--model"]).arg(&project).arg("--out").arg(&model);
    process::capture(&mut export)?;
    let texts = texts(&reviews)?;
    let lines = scratch.path().join("texts.txt");
    std::fs::write(&lines, texts.join("\n"))?;
    let mut predict = process::in_root(&program);
    predict.args(["predict", "--json", "--model"]).arg(&project).arg("--file").arg(&lines);
    let ours: Vec<Answer> = serde_json::from_str(&process::capture(&mut predict)?)?;
    let work = json!({ "model": model, "texts": texts, "n_rows": n_rows, "n_workers": N_WORKERS });
    let found: Found = ask(&python, CHECK, &[], &work)?;
    let theirs: Vec<Answer> = found.answers.iter().map(answer).collect::<Result<_>>()?;
    let worst = compared::worst(&ours, &theirs)?;
    ensure!(worst <= TOLERANCE, "probabilities differ by {worst}");
    ensure!(found.n_processes >= N_WORKERS, "only {} processes answered", found.n_processes);
    println!(
        "spark {}: {} reviews by {} processes, labels equal, probabilities within {worst:.1e}",
        found.version,
        ours.len(),
        found.n_processes
    );
    let n_scored: u64 = found.counts.values().sum();
    ensure!(n_scored == n_rows, "{n_scored} of {n_rows} rows were scored");
    Ok(found.seconds.unwrap_or(0.0))
}

/// A row of Spark's as an answer.
fn answer(row: &BTreeMap<String, Value>) -> Result<Answer> {
    let label = row.get("label").and_then(Value::as_str).context("an answer without label")?.to_owned();
    let of_class = |(name, value): (&String, &Value)| {
        Some((name.strip_prefix("probability_")?.to_owned(), value.as_f64()?))
    };
    let unsure = row.get("unsure").and_then(Value::as_bool).unwrap_or(false);
    Ok(Answer { label, probabilities: row.iter().filter_map(of_class).collect(), unsure })
}

/// The sample's first reviews, each in one line.
fn texts(reviews: &std::path::Path) -> Result<Vec<String>> {
    let table = std::fs::read_to_string(reviews)?;
    let texts: Vec<String> = table
        .lines()
        .skip(1)
        .map(|line| line.replace(['"', '\t'], " ").trim().to_owned())
        .filter(|line| !line.is_empty())
        .take(N_TEXTS)
        .collect();
    ensure!(texts.len() == N_TEXTS, "the sample has {} lines only", texts.len());
    Ok(texts)
}

/// Java, installed where it is missing and that can be done.
fn java() -> Result<()> {
    let mut ask = Command::new("java");
    ask.arg("-version").stdout(Stdio::null()).stderr(Stdio::null());
    if ask.status().is_ok_and(|status| status.success()) {
        return Ok(());
    }
    println!("installing {JAVA}");
    let mut install = Command::new("apt-get");
    install.args(["install", "--yes", "--no-install-recommends", JAVA]);
    if !install.status().is_ok_and(|status| status.success()) {
        bail!(
            "Spark needs Java 17, and it could not be installed: install {JAVA}, or what your system calls it"
        );
    }
    Ok(())
}
