//! The site and its interface from the terminal's own server, whose policy is a header.
//! In: a lab, for its browser; the workspace's own terminal program. Out: an error if page or service worker reaches another
//! origin, the wrong one answers the interface, or nobody does once the server is away.
//! Never: an origin outside this machine.

use anyhow::{Context, Result, ensure};
use std::io::{BufRead as _, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use e2e::patience::{PATIENCE, until};
use e2e::{Lab, Page};
use serde_json::Value;
use xtask::server::{Server, Site};
use xtask::{process, workspace};

use super::files::{self, Folder};
use super::project_file::train;

/// Who answered, and with how many models.
const ASK: &str = "fetch(new URL('api/models', document.baseURI)).then(async (answer) =>
    [answer.headers.get('reviewlab-interface') ?? 'the browser', answer.status, (await answer.json()).models?.length ?? 0])";
const KEPT: &str = "navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)";

/// Serves, asks, tries to get out, asks again without the server.
pub async fn run(lab: &Lab) -> Result<()> {
    let folder = Folder::new()?;
    let project = folder.path().join("terminal.reviewlab");
    train(&files::sample_reviews(), &project, &["--trials", "2", "--models", "nb"])?;
    let server = Serving::begin(&project, &lab.config().site)?;
    let page = lab.page().await?;
    page.open(&server.address).await?;
    until(PATIENCE, "a service worker that has the page", || async {
        Ok((page.evaluate(KEPT).await? == true).then_some(()))
    })
    .await?;
    let asked = page.evaluate(ASK).await?;
    ensure!(asked[0] == "here" && asked[1] == 200, "of a host that answers itself {asked} is heard");
    nobody_gets_out(lab, &page, &server.address).await?;
    page.open(&format!("{}settings", server.address)).await?;
    page.wait_text("This host sends the policy as a header, too.", PATIENCE).await?;
    drop(server);
    let alone = page.evaluate(ASK).await?;
    ensure!(
        alone[0] == "the browser" && alone[1] == 200 && alone[2] == 0,
        "where the host is away {alone} is heard"
    );
    // All of it was elsewhere than the lab's own site.
    lab.forget_foreign_requests();
    lab.check_clean().await
}

/// The policy refuses another origin to the page and to the service worker, which the one in the page would not bind.
async fn nobody_gets_out(lab: &Lab, page: &Page, own: &str) -> Result<()> {
    let elsewhere = Server::start(Site::new(&lab.config().site, "/")?, 0)?;
    let fetch = |address: &str| {
        format!("fetch('{address}', {{ mode: 'no-cors' }}).then(() => 'answered', () => 'refused')")
    };
    let out = page.evaluate(&fetch(&elsewhere.address())).await?;
    ensure!(out == "refused", "from the page: {out}");
    lab.expect_error(REFUSED).await?;
    let outcomes = lab.evaluate_in_service_workers(&fetch(&elsewhere.address())).await?;
    ensure!(!outcomes.is_empty(), "there is no service worker to try it from");
    ensure!(outcomes.iter().all(|outcome| outcome == "refused"), "from the service worker: {outcomes:?}");
    lab.expect_error(REFUSED).await?;
    let at_home = lab.evaluate_in_service_workers(&fetch(own)).await?;
    ensure!(at_home.iter().all(|outcome| outcome == "answered"), "its own origin: {at_home:?}");
    Ok(())
}

const REFUSED: &str = "Content Security Policy";

/// `reviewlab serve`, until it is dropped.
struct Serving {
    child: Child,
    // Held open: a program whose lines nobody can read ends.
    lines: Option<Lines<BufReader<ChildStdout>>>,
    address: String,
}

impl Serving {
    fn begin(project: &Path, site: &Path) -> Result<Self> {
        let build = ["build", "--quiet", "--package", "reviewlab-cli", "--bin", "reviewlab"];
        process::run(process::cargo().args(build))?;
        let name = format!("reviewlab{}", std::env::consts::EXE_SUFFIX);
        let mut command = Command::new(workspace::target_dir().join("debug").join(name));
        command.args(["serve", "--json", "--listen", "127.0.0.1:0", "--project"]).arg(project);
        command.arg("--site").arg(site).stdout(Stdio::piped());
        let mut child = command.spawn().context("the terminal program does not serve")?;
        let out = child.stdout.take().context("it has an output")?;
        let mut serving = Self { child, lines: None, address: String::new() };
        let mut lines = BufReader::new(out).lines();
        for line in lines.by_ref() {
            let told: Value = serde_json::from_str(&line?).context("it tells JSON")?;
            if told["event"] == "listening" {
                let address = told["address"].as_str().context("it has an address")?;
                let base = told["base"].as_str().context("it has a base")?;
                serving.address = format!("http://{address}{base}");
                serving.lines = Some(lines);
                return Ok(serving);
            }
        }
        anyhow::bail!("the terminal program ended before it served")
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.lines = None;
        // One that is gone already is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
