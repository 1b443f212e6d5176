//! A page whose workers and memory are watched from its first script on.
//! In: a page not opened yet. Out: the page, opened. Never: a change to what the site's own scripts do.

use anyhow::{Context as _, Result};
use e2e::Page;
use serde_json::{Value, json};

const WATCH: &str = include_str!("watch.js");

/// Opens the site's first page.
pub async fn open(page: &Page) -> Result<()> {
    page.command("Page.enable", json!({})).await?;
    page.command("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH })).await?;
    page.open("").await
}

/// Milliseconds in which workers worked since a moment of the page's clock: of the clock, and of all together.
pub async fn work_since(page: &Page, since: f64) -> Result<[f64; 2]> {
    // What the workers noted of their last jobs may still be on its way.
    let noted = format!("new Promise((done) => setTimeout(() => done(watched.work({since})), 50))");
    let work = page.evaluate(&noted).await?;
    let ms = |name: &str| work[name].as_f64().with_context(|| format!("no {name}"));
    Ok([ms("clock")?, ms("together")?])
}

/// The most bytes that all instances of the program and the buffers between them held at a time.
pub async fn peak_bytes(page: &Page) -> Result<Value> {
    page.evaluate("watched.peak").await
}
