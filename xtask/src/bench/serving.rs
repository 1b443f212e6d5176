//! `reviewlab serve` beside Flask under gunicorn, each asked by wrk: the same pipeline, the same review.
//! In: the project's sample reviews, the Python peer. Out: requests a second and the slowest in a hundred of both.
//! Never: a number of two servers that do not answer alike, or of answers that are no predictions.

use anyhow::{Context as _, Result, bail, ensure};
use engine::features::VectorizerSpec;
use engine::models::FittedModel;
use engine::num::ContentHash;
use engine::pipeline::{Calibration, FittedPipeline};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use storage::{Order, ProjectFileStore, Query, Store as _};
use track::record::Record;
use track::run::{PIPELINE_ARTIFACT, RunKind};

use super::figure::{Figure, median};
use super::{Settings, shared};
use crate::tools::{self, Found};
use crate::{process, python, workspace};

const AT_LEAST: f64 = 20.0;
const SECONDS: u64 = 30;
/// Fewer, to try the bench out.
const SECONDS_VARIABLE: &str = "REVIEWLAB_SERVING_SECONDS";
const WARM_UP_SECONDS: u64 = 2;
/// How long a server may take to begin.
const PATIENCE: Duration = Duration::from_secs(60);
/// Twenty words.
const REVIEW: &str = "the racket looked great at first but the grip came off within the first weeks and nobody answered my complaint";
const REQUIREMENTS: &[u8] = include_bytes!("serving_requirements.txt");
const PEER: &str = include_str!("peer_serving.py");
const POST: &str = "wrk.method = \"POST\"\nwrk.headers[\"Content-Type\"] = \"application/json\"\nwrk.body = os.getenv(\"WRK_BODY\")\n";

/// What wrk measured.
struct Measured {
    per_second: f64,
    p99_ms: f64,
}

/// Runs both in turn.
///
/// # Errors
/// Where one of them fails, or they do not agree.
pub fn run(settings: &Settings) -> Result<Vec<Figure>> {
    let Some(shared) = shared() else { return Ok(Vec::new()) };
    let wrk = ensure_wrk()?;
    let folder = workspace::target_dir().join("bench-serving");
    fs::create_dir_all(&folder)?;
    let python = python::environment(&folder.join("venv"), REQUIREMENTS)?;
    let program = build()?;
    let project = train(&program, &folder)?;
    let pipeline = dump(&project, &folder)?;
    let seconds = match std::env::var(SECONDS_VARIABLE) {
        Ok(word) => word.parse().with_context(|| format!("{SECONDS_VARIABLE}={word} is no number"))?,
        Err(_) => SECONDS,
    };
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..settings.rounds {
        let server = Server::ours(&program, &project)?;
        let (our_answer, measured) = (server.answer()?, wrk.measure(&server, seconds)?);
        ours.push(measured);
        drop(server);
        let server = Server::theirs(&python, &shared, &pipeline, &folder)?;
        let (their_answer, measured) = (server.answer()?, wrk.measure(&server, seconds)?);
        theirs.push(measured);
        ensure!((our_answer - their_answer).abs() < 1e-9, "ours says {our_answer}, Flask's {their_answer}");
    }
    let of = |side: &[Measured], number: fn(&Measured) -> f64| {
        median(&side.iter().map(number).collect::<Vec<f64>>())
    };
    let (fast, slow) = (of(&ours, |m| m.per_second), of(&theirs, |m| m.per_second));
    let (p99, their_p99) = (of(&ours, |m| m.p99_ms), of(&theirs, |m| m.p99_ms));
    println!("reviewlab serve: {fast:.0} requests a second, 99 of 100 within {p99:.2} ms");
    println!("Flask, gunicorn: {slow:.0} requests a second, 99 of 100 within {their_p99:.2} ms");
    Ok(vec![
        Figure::at_least("serve-times-flask", fast / slow, AT_LEAST, "times the requests a second"),
        Figure::shown("serve-requests", fast, "a second"),
        Figure::shown("serve-flask-requests", slow, "a second"),
        Figure::shown("serve-p99", p99, "ms"),
        Figure::shown("serve-flask-p99", their_p99, "ms"),
    ])
}

fn build() -> Result<PathBuf> {
    let mut cargo = process::cargo();
    process::run(cargo.args(["build", "--quiet", "--profile", "native", "--package", "reviewlab-cli"]))?;
    Ok(workspace::target_dir().join("native").join(format!("reviewlab{}", std::env::consts::EXE_SUFFIX)))
}

/// One logistic regression, of the sample reviews.
fn train(program: &Path, folder: &Path) -> Result<PathBuf> {
    let project = folder.join("project.reviewlab");
    if project.exists() {
        fs::remove_file(&project)?;
    }
    let mut command = process::in_root(program);
    command.args(["train", "data/sample_reviews.csv", "--models", "lr", "--trials", "5", "--json", "--out"]);
    process::capture(command.arg(&project))?;
    Ok(project)
}

/// The fitted pipeline as the peer reads it.
fn dump(project: &Path, folder: &Path) -> Result<PathBuf> {
    let bytes = pollster::block_on(async {
        let store = ProjectFileStore::open(project).await?;
        let fits = store.list(&Query::RunsOfKind(RunKind::Fit), Order::Descending, 1).await?;
        let Some(Record::Run(fit)) = fits.into_iter().next() else { bail!("the project holds no fit") };
        let artifact = fit.artifacts.iter().find(|artifact| artifact.name == PIPELINE_ARTIFACT);
        let hash: ContentHash = artifact.context("the fit holds no pipeline")?.sha256;
        let blob = store.blob(hash).await?.context("the pipeline is not there")?;
        Ok(blob.bytes().await?)
    })?;
    let FittedPipeline { features, model, calibration, labels, .. } = FittedPipeline::from_bytes(&bytes)?;
    let VectorizerSpec { ngram_range, sublinear_tf, .. } = features.spec;
    let FittedModel::Linear { coef, intercept, .. } = model else { bail!("the model is not linear") };
    ensure!(calibration == Calibration::Own, "probabilities are not the model's own");
    let fitted = json!({
        "terms": features.terms, "idf": features.idf, "ngram_range": ngram_range, "sublinear_tf": sublinear_tf,
        "coef": coef, "intercept": intercept, "labels": labels,
    });
    let path = folder.join("pipeline.json");
    fs::write(&path, fitted.to_string())?;
    Ok(path)
}

/// A server, which is told to end when it is dropped.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn ours(program: &Path, project: &Path) -> Result<Self> {
        let mut command = process::in_root(program);
        command.args(["serve", "--listen", "127.0.0.1:0", "--json", "--project"]).arg(project);
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let out = child.stdout.take().context("the server's words are piped")?;
        let mut server = Self { child, address: String::new() };
        for line in BufReader::new(out).lines() {
            let event: Value = serde_json::from_str(&line?)?;
            if let Some(address) = event["address"].as_str() {
                server.address = address.to_owned();
                return Ok(server);
            }
        }
        bail!("`reviewlab serve` ended before it listened")
    }

    fn theirs(python: &Path, shared: &Path, pipeline: &Path, folder: &Path) -> Result<Self> {
        fs::write(folder.join("peer_serving.py"), PEER)?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = format!("127.0.0.1:{port}");
        let mut command = Command::new(python);
        command.current_dir(folder).args(["-m", "gunicorn", "--workers", "2", "--worker-class", "sync"]);
        command.args(["--log-level", "error", "--bind", &address, "peer_serving:app"]);
        command.env("PEER_PIPELINE", pipeline).env("PEER_REFERENCE", shared.join("reference"));
        let server = Self { child: command.spawn()?, address };
        let begun = Instant::now();
        while server.answer().is_err() {
            ensure!(begun.elapsed() < PATIENCE, "gunicorn does not answer at {}", server.address);
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(server)
    }

    /// The probability of the second class.
    fn answer(&self) -> Result<f64> {
        let body = json!({ "text": REVIEW }).to_string();
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(
            stream,
            "POST /api/predict HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (_, body) = answer.split_once("\r\n\r\n").context("the answer is not of HTTP")?;
        let body: Value =
            serde_json::from_str(body).with_context(|| format!("'{answer}' is no prediction"))?;
        let found = body["predictions"][0]["probabilities"]["positive"].as_f64();
        found.with_context(|| format!("{body} is no prediction"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // gunicorn's workers end with their parent only where it is told to.
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        if told.is_err() {
            self.child.kill().ok();
        }
        self.child.wait().ok();
    }
}

/// wrk, found or installed.
struct Wrk(PathBuf);

fn ensure_wrk() -> Result<Wrk> {
    if process::find("wrk").is_none() && tools::is_debian() && tools::is_root() {
        tools::step("wrk", || {
            tools::apt_install(&["wrk"])?;
            Ok((Found::Installed, ()))
        })?;
    }
    process::find("wrk")
        .map(Wrk)
        .context("wrk is missing: Debian, Ubuntu: `sudo apt-get install wrk`; macOS: `brew install wrk`")
}

impl Wrk {
    fn measure(&self, server: &Server, seconds: u64) -> Result<Measured> {
        let script = workspace::target_dir().join("bench-serving").join("post.lua");
        fs::write(&script, POST)?;
        let said = |seconds: u64| {
            let mut command = process::in_root(&self.0);
            command.args(["--threads", "2", "--connections", "32", "--latency", "--script"]).arg(&script);
            command.arg("--duration").arg(format!("{seconds}s"));
            command.arg(format!("http://{}/api/predict", server.address));
            process::capture(command.env("WRK_BODY", json!({ "text": REVIEW }).to_string()))
        };
        said(WARM_UP_SECONDS)?;
        read(&said(seconds)?)
    }
}

/// Reads what wrk prints.
fn read(said: &str) -> Result<Measured> {
    let field = |name: &str| {
        let line = said.lines().map(str::trim).find_map(|line| line.strip_prefix(name));
        line.map(str::trim).with_context(|| format!("wrk says no {name} in:\n{said}"))
    };
    ensure!(!said.contains("Non-2xx"), "some answers were no predictions:\n{said}");
    let per_second = field("Requests/sec:")?.parse()?;
    Ok(Measured { per_second, p99_ms: milliseconds(field("99%")?)? })
}

/// `850.00us`, `1.23ms`, `2.01s`.
fn milliseconds(word: &str) -> Result<f64> {
    let units = [("us", 0.001), ("ms", 1.0), ("m", 60_000.0), ("s", 1000.0)];
    let found = units.iter().find_map(|(unit, factor)| Some((word.strip_suffix(unit)?, factor)));
    let (number, factor) = found.with_context(|| format!("'{word}' is no time"))?;
    Ok(number.parse::<f64>()? * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_wrk_prints_is_read() {
        // wrk 4.1.0
        let said = "Running 2s test @ http://127.0.0.1:1/\n  Latency Distribution\n     50%  598.00us\n     99%    2.50ms\n  95684 requests in 2.00s, 18.98MB read\nRequests/sec:  47812.21\nTransfer/sec:      9.48MB\n";
        let measured = read(said).expect("it is right");
        assert_eq!((measured.per_second, measured.p99_ms), (47_812.21, 2.5));
        assert!(read(&format!("{said}  Non-2xx or 3xx responses: 3\n")).is_err());
        for (word, expected) in [("850.00us", 0.85), ("1.50s", 1500.0), ("2.00m", 120_000.0)] {
            assert_eq!(milliseconds(word).expect("a time"), expected);
        }
        assert_eq!(REVIEW.split(' ').count(), 20);
    }
}
