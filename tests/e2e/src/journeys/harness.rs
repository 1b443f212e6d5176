//! The harness itself: a small site with known faults, each of which must be seen.
//! In: nothing of the built site. Out: an error for each fault the harness would have missed.
//! Never: the lab it is called with.

use anyhow::{Result, ensure};
use std::fs;
use std::path::Path;
use std::time::Duration;

use e2e::{Lab, LabConfig};
use xtask::server::{Server, Site};

const PAGE: &str = r#"<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Known faults</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'self'; worker-src 'self' blob:; img-src * data:">
<link rel="icon" href="data:,"><script src="/page.js" defer></script></head><body><main><h1>Known faults</h1>
<button>Start</button><button hidden>Hidden</button><button>Twice</button><button>Twice</button>
<label>Text column<select><option>first</option><option>second</option></select></label>
<label>Your name<input value="me"></label><label>Reviews file<input type="file"></label>
<table aria-label="Leaderboard"><tr><th>Model</th></tr><tr><td>Bayes</td></tr></table>
<p role="status" aria-label="Answer">nothing yet</p></main></body></html>"#;

/// Says in the status what was done, and starts a worker as the app does.
const SCRIPT: &str = r#"
const say = (text) => { document.querySelector('[role=status]').textContent = text; };
document.querySelector('button').addEventListener('click', () => say('clicked'));
document.querySelector('select').addEventListener('change', (event) => say(event.target.value));
document.querySelector('input[type=file]').addEventListener('change', (event) => say(event.target.files[0].name));
const line = `import ${JSON.stringify(new URL('/worker.js', location.href).href)}`;
globalThis.worker = new Worker(URL.createObjectURL(new Blob([line], { type: 'text/javascript' })), { type: 'module' });
"#;
const WORKER: &str = "onmessage = (event) => fetch(event.data).catch(() => console.log('refused'));";
const DOT: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"></svg>"#;

/// Opens the faulty site in a lab of its own.
pub async fn run(_: &Lab) -> Result<()> {
    let folder = tempfile::tempdir()?;
    for (name, text) in [
        ("index.html", PAGE),
        ("404.html", PAGE),
        ("page.js", SCRIPT),
        ("worker.js", WORKER),
        ("dot.svg", DOT),
    ] {
        fs::write(folder.path().join(name), text)?;
    }
    let config = LabConfig {
        site: folder.path().to_owned(),
        base: "/".to_owned(),
        is_visible: false,
        is_gzipped: false,
    };
    let lab = Lab::open(config).await?;
    controls_are_found(&lab, folder.path()).await?;
    faults_are_seen(&lab, folder.path()).await?;
    worker_is_killed(&lab).await?;
    lab.close().await
}

async fn controls_are_found(lab: &Lab, folder: &Path) -> Result<()> {
    let page = lab.page().await?;
    page.open("").await?;
    page.click("button", "Start").await?;
    ensure!(page.find("status", "Answer").await?.text().await? == "clicked", "the click did not arrive");
    page.choose("Text column", "second").await?;
    ensure!(
        page.find("combobox", "Text column").await?.value().await? == "second",
        "the choice did not arrive"
    );
    ensure!(
        page.find("combobox", "Text column").await?.options().await? == ["first", "second"],
        "two options"
    );
    page.fill("textbox", "Your name", "Ada").await?;
    ensure!(page.find("textbox", "Your name").await?.value().await? == "Ada", "the name did not arrive");
    page.upload("Reviews file", &folder.join("page.js")).await?;
    page.wait_text("page.js", Duration::from_secs(2)).await?;
    ensure!(page.table("Leaderboard").await? == [["Model"], ["Bayes"]], "the table is read wrongly");
    ensure!(!page.has("button", "Hidden").await?, "a hidden button is found");
    let twice = page.find("button", "Twice").await.err().map(|error| error.to_string()).unwrap_or_default();
    ensure!(twice.contains("there are 2"), "two buttons of one name are one: {twice}");
    let none = page.find_within("button", "None", Duration::ZERO).await.err().map(|error| error.to_string());
    ensure!(none.is_some_and(|text| text.contains("Start")), "a missing button is not explained");
    page.check_accessibility().await?;
    page.evaluate("document.querySelector('label').replaceWith(document.querySelector('select'))").await?;
    let finding = page.check_accessibility().await.err().map(|error| error.to_string()).unwrap_or_default();
    ensure!(finding.contains("select-name"), "a select without a name is not found: {finding}");
    lab.check_clean().await
}

async fn faults_are_seen(lab: &Lab, folder: &Path) -> Result<()> {
    let page = lab.page().await?;
    let elsewhere = Server::start(Site::new(folder, "/")?, 0)?;
    page.open("deep/link").await?;
    page.open("").await?;
    lab.check_clean().await?;
    for (what, script, said) in [
        ("an error in the console", "console.error('a fault')".to_owned(), "a fault"),
        ("an exception", "setTimeout(() => { throw new Error('thrown') })".to_owned(), "thrown"),
        ("a missing file", "fetch('missing.json')".to_owned(), "status of 404"),
        (
            "a refused request",
            format!("fetch('{}').catch(() => 0)", elsewhere.address()),
            "Content Security Policy",
        ),
        (
            "a refused style",
            "document.body.setAttribute('style', 'color: red')".to_owned(),
            "Content Security Policy",
        ),
        (
            "a worker's refused request",
            format!("worker.postMessage('{}')", elsewhere.address()),
            "Content Security Policy",
        ),
    ] {
        page.evaluate(&script).await?;
        let seen = lab.expect_error(said).await;
        ensure!(seen.is_ok(), "{what} goes unseen");
        lab.check_clean().await?;
    }
    let picture = format!("{}dot.svg", elsewhere.address());
    let image = format!(
        "new Promise((done) => {{ const i = new Image(); i.onload = i.onerror = done; i.src = '{picture}' }}).then(() => 0)"
    );
    page.evaluate(&image).await?;
    let [request] = &lab.foreign_requests()[..] else {
        anyhow::bail!("a request to another origin goes unseen")
    };
    ensure!(*request == picture, "{request} is seen, not {picture}");
    lab.forget_foreign_requests();
    lab.check_clean().await
}

async fn worker_is_killed(lab: &Lab) -> Result<()> {
    let page = lab.new_tab().await?;
    page.open("").await?;
    page.find("heading", "Known faults").await?;
    ensure!(lab.n_workers() == 2, "two tabs have one worker each, not {} together", lab.n_workers());
    lab.kill_worker().await?;
    ensure!(lab.n_workers() == 1, "one of two is left, not {}", lab.n_workers());
    page.close().await
}
