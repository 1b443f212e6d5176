//! Everything one journey stands on: the site served, a driver, a browser with a fresh profile, a witness.
//! In: a built site and its base path. Out: tabs to work in; at the end, whether anything went wrong on the way.
//! Never: a trace left behind: the profile and the downloads are gone with the lab.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use fantoccini::ClientBuilder;
use fantoccini::wd::Capabilities;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Mutex;
use xtask::browser;
use xtask::server::{Server, Site};

use crate::devtools::{ConsoleLine, Devtools, Level};
use crate::driver::Driver;
use crate::page::{Line, Page};
use crate::patience::{PATIENCE, until};

/// What the browser says of a page that the server answers with status 404, as it must for a deep link.
const DEEP_LINK_LINE: &str = "the server responded with a status of 404";

/// The browser's own folder.
const PROFILE: &str = "profile";
/// How long after an error its other reports may follow.
const AFTERMATH: Duration = Duration::from_millis(300);

/// Where the site is and how it is to be looked at.
#[derive(Debug, Clone)]
pub struct LabConfig {
    /// The built site.
    pub site: PathBuf,
    /// The base path it was built for.
    pub base: String,
    /// Whether the browser shows its window, for a person to watch.
    pub is_visible: bool,
    /// Whether files are served gzipped, as hosts do; else each as it is.
    pub is_gzipped: bool,
}

/// A browser of its own on the site.
pub struct Lab {
    line: Line,
    config: LabConfig,
    server: Server,
    downloads: PathBuf,
    /// The places of console lines that a journey provoked.
    expected: Mutex<Vec<ConsoleLine>>,
    // Dropped in this order: first the browser ends, then its profile goes.
    driver: Driver,
    folder: TempDir,
}

impl Lab {
    /// Serves the site and opens a browser with an empty profile.
    ///
    /// # Errors
    /// When there is no browser, no driver, or no site.
    pub async fn open(config: LabConfig) -> Result<Lab> {
        let site = Site::new(&config.site, &config.base)?;
        let site = if config.is_gzipped { site.gzipped() } else { site };
        let server = Server::start(site, 0)?;
        let folder = tempfile::tempdir().context("a folder for the browser's profile")?;
        let downloads = folder.path().join("downloads");
        std::fs::create_dir(&downloads)?;
        let (driver, line) = open_browser(folder.path(), &config, server.address()).await?;
        Ok(Lab { line, config, server, downloads, expected: Mutex::default(), driver, folder })
    }

    /// Closes the browser and opens it again with the same profile, as a person does the next morning. What was seen of
    /// the first one must be clean.
    ///
    /// # Errors
    /// As [`Lab::check_clean`], or when there is no browser any more.
    pub async fn restart_browser(&mut self) -> Result<()> {
        self.check_clean().await?;
        self.line.client.clone().close().await.context("closing the browser")?;
        // The profile says where the last browser could be reached.
        std::fs::remove_file(self.folder.path().join(PROFILE).join("DevToolsActivePort")).ok();
        let (driver, line) = open_browser(self.folder.path(), &self.config, self.server.address()).await?;
        self.driver = driver;
        self.line = line;
        self.expected = Mutex::default();
        Ok(())
    }

    /// The tab that the browser opened with.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn page(&self) -> Result<Page> {
        let handle =
            self.line.client.windows().await?.into_iter().next().context("the browser has no tab")?;
        Page::new(self.line.clone(), handle).await
    }

    /// Another tab, empty.
    ///
    /// # Errors
    /// When the browser opens none.
    pub async fn new_tab(&self) -> Result<Page> {
        let opened = self.line.client.new_window(true).await?;
        Page::new(self.line.clone(), opened.handle).await
    }

    /// Origin and base path of the site, with a slash at the end.
    pub fn address(&self) -> &str {
        &self.line.address
    }

    /// How the lab was set up.
    pub fn config(&self) -> &LabConfig {
        &self.config
    }

    /// How many dedicated workers live now.
    pub fn n_workers(&self) -> usize {
        self.line.devtools.observed().living("worker").len()
    }

    /// Ends one dedicated worker as a crash would: its page is told nothing. Waits until it is gone.
    ///
    /// # Errors
    /// When there is no worker, or it does not end.
    pub async fn kill_worker(&self) -> Result<()> {
        let workers = self.line.devtools.observed().living("worker");
        let (session, _) = workers.first().context("there is no worker to kill")?;
        let end = json!({ "expression": "self.close()" });
        // A worker that is gone before it could answer is what was asked for.
        self.line.devtools.call(Some(session), "Runtime.evaluate", end).await.ok();
        until(PATIENCE, "the worker's end", || {
            let is_gone =
                !self.line.devtools.observed().living("worker").iter().any(|(other, _)| other == session);
            async move { Ok(is_gone.then_some(())) }
        })
        .await
    }

    /// The value of a JavaScript expression in each living worker.
    ///
    /// # Errors
    /// When a worker does not answer.
    pub async fn evaluate_in_workers(&self, expression: &str) -> Result<Vec<Value>> {
        self.evaluate_in("worker", expression).await
    }

    /// The same in each living service worker.
    ///
    /// # Errors
    /// When one does not answer.
    pub async fn evaluate_in_service_workers(&self, expression: &str) -> Result<Vec<Value>> {
        self.evaluate_in("service_worker", expression).await
    }

    /// The browser's id of the site's registration, once a page watches it.
    ///
    /// # Errors
    /// When there is none in time.
    pub async fn registration(&self) -> Result<String> {
        until(PATIENCE, "the registration of a service worker", || async {
            Ok(self.line.devtools.observed().registration(&self.line.address).map(str::to_owned))
        })
        .await
    }

    /// Gives the site what the browser asks a person for: `notifications`, …
    ///
    /// # Errors
    /// When the browser knows no such permission.
    pub async fn grant(&self, permissions: &[&str]) -> Result<()> {
        let granted = json!({ "permissions": permissions });
        self.line.devtools.call(None, "Browser.grantPermissions", granted).await.map(|_| ())
    }

    async fn evaluate_in(&self, kind: &str, expression: &str) -> Result<Vec<Value>> {
        let workers = self.line.devtools.observed().living(kind);
        let mut values = Vec::new();
        for (session, _) in workers {
            let params = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
            let answer = self.line.devtools.call(Some(&session), "Runtime.evaluate", params).await?;
            values.push(answer["result"]["value"].clone());
        }
        Ok(values)
    }

    /// Ends the server: the site can be reached no more.
    pub fn stop_server(&self) {
        self.server.close();
    }

    /// Takes the network from all pages and workers that live now, or gives it back.
    ///
    /// # Errors
    /// When one of them does not answer.
    pub async fn cut_network(&self, is_cut: bool) -> Result<()> {
        let conditions =
            json!({ "offline": is_cut, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        let living: Vec<String> = {
            let observed = self.line.devtools.observed();
            ["page", "service_worker"]
                .iter()
                .flat_map(|kind| observed.living(kind))
                .map(|(session, _)| session)
                .collect()
        };
        for session in living {
            self.line
                .devtools
                .call(Some(&session), "Network.emulateNetworkConditions", conditions.clone())
                .await?;
        }
        Ok(())
    }

    /// A downloaded file whose name ends so, as soon as it is whole.
    ///
    /// # Errors
    /// When there is none within `patience`.
    pub async fn download(&self, ending: &str, patience: Duration) -> Result<PathBuf> {
        until(patience, &format!("the download of a *{ending}"), || async {
            let names = xtask::site::file_names(&self.downloads)?;
            let path = names.iter().find(|name| name.ends_with(ending)).map(|name| self.downloads.join(name));
            // The browser reserves a name by an empty file.
            let is_whole = |path: &PathBuf| std::fs::metadata(path).is_ok_and(|file| file.len() > 0);
            Ok(path.filter(is_whole))
        })
        .await
    }

    /// The errors seen so far that nobody expected: in the console of any page or worker.
    pub async fn errors(&self) -> Vec<ConsoleLine> {
        let mut deep_links = self.line.deep_links.lock().await.clone();
        let mut expected = self.expected.lock().await.clone();
        let console = self.line.devtools.observed().console.clone();
        let mut is_excused = |line: &ConsoleLine| {
            let is_deep_link =
                line.text.contains(DEEP_LINK_LINE) && take(&mut deep_links, |link| *link == line.url);
            is_deep_link || take(&mut expected, |other| other == line)
        };
        console.into_iter().filter(|line| line.level == Level::Error && !is_excused(line)).collect()
    }

    /// For a journey that provokes errors: waits for one that holds this text, and excuses all that hold it, also
    /// those that follow at once: a worker's refused request is reported by the worker and by its page.
    ///
    /// # Errors
    /// When there is none in time.
    pub async fn expect_error(&self, text: &str) -> Result<()> {
        let what = format!("the console line “{text}”");
        until(PATIENCE, &what, || async { Ok(self.excuse(text).await.then_some(())) }).await?;
        let mut last = Instant::now();
        while last.elapsed() < AFTERMATH {
            if self.excuse(text).await {
                last = Instant::now();
            }
            tokio::time::sleep(AFTERMATH / 10).await;
        }
        Ok(())
    }

    /// Excuses all errors that hold this text; whether there were any.
    async fn excuse(&self, text: &str) -> bool {
        let errors = self.errors().await.into_iter().filter(|line| line.text.contains(text));
        let provoked: Vec<_> = errors.collect();
        let is_there = !provoked.is_empty();
        self.expected.lock().await.extend(provoked);
        is_there
    }

    /// The addresses of requests that went to another origin than the site's.
    pub fn foreign_requests(&self) -> Vec<String> {
        let origin = self.server.origin();
        let is_own = |url: &str| {
            let address = url.strip_prefix("blob:").unwrap_or(url);
            let is_here =
                address.strip_prefix(&origin).is_some_and(|path| path.is_empty() || path.starts_with('/'));
            is_here
                || ["data:", "about:", "chrome:", "devtools:"].iter().any(|scheme| url.starts_with(scheme))
        };
        let observed = self.line.devtools.observed();
        observed.requests().filter(|url| !is_own(url)).map(str::to_owned).collect()
    }

    /// For a journey that provokes requests to another origin.
    pub fn forget_foreign_requests(&self) {
        let foreign = self.foreign_requests();
        self.line.devtools.observed().forget(&foreign);
    }

    /// Warnings seen so far, for a person to read; they fail nothing.
    pub fn warnings(&self) -> Vec<ConsoleLine> {
        let console = self.line.devtools.observed().console.clone();
        console.into_iter().filter(|line| line.level == Level::Warning).collect()
    }

    /// Fails if any page or worker logged an error that was not expected (a refusal by the policy is one),
    /// or asked another origin for anything.
    ///
    /// # Errors
    /// With all of them.
    pub async fn check_clean(&self) -> Result<()> {
        let mut wrong: Vec<String> = self.errors().await.iter().map(described).collect();
        wrong.extend(
            self.foreign_requests().into_iter().map(|url| format!("a request to another origin: {url}")),
        );
        if wrong.is_empty() {
            return Ok(());
        }
        bail!("the browser saw:\n  {}", wrong.join("\n  "))
    }

    /// Checks that all was clean, and closes the browser.
    ///
    /// # Errors
    /// As [`Lab::check_clean`].
    pub async fn close(self) -> Result<()> {
        let verdict = self.check_clean().await;
        // The driver's end takes the browser along, should this fail.
        self.line.client.clone().close().await.ok();
        verdict
    }
}

/// A browser with the profile in a folder, and the lines to it.
async fn open_browser(folder: &Path, config: &LabConfig, address: String) -> Result<(Driver, Line)> {
    let browser = browser::find()?;
    let (profile, downloads) = (folder.join(PROFILE), folder.join("downloads"));
    let capabilities = capabilities(browser.capabilities()?, &profile, &downloads, config.is_visible)?;
    let driver = Driver::start(&browser.driver)?;
    let client = ClientBuilder::new(HttpConnector::new())
        .capabilities(capabilities)
        .connect(&driver.address())
        .await
        .context("the driver opens no browser")?;
    let devtools = Devtools::connect(&profile).await?;
    let line = Line { client, devtools, current: Arc::default(), address, deep_links: Arc::default() };
    Ok((driver, line))
}

/// A console line for a person.
pub fn described(line: &ConsoleLine) -> String {
    format!("{:?} in a {}: {} {}", line.level, line.target, line.text, line.url)
}

/// Removes the first that fits; whether there was one.
fn take<T>(items: &mut Vec<T>, fits: impl FnMut(&T) -> bool) -> bool {
    let place = items.iter().position(fits);
    place.map(|at| items.remove(at)).is_some()
}

fn capabilities(
    mut value: Value,
    profile: &Path,
    downloads: &Path,
    is_visible: bool,
) -> Result<Capabilities> {
    value["pageLoadStrategy"] = json!("none");
    let options = &mut value["goog:chromeOptions"];
    options["prefs"] =
        json!({ "download.default_directory": downloads, "download.prompt_for_download": false });
    let flags = options["args"].as_array_mut().context("webdriver.json lists no flags")?;
    if is_visible {
        flags.retain(|flag| flag != "--headless");
    }
    flags.push(json!(format!("--user-data-dir={}", profile.display())));
    flags.push(json!("--window-size=1280,900"));
    let Value::Object(fields) = value else { bail!("webdriver.json is no object") };
    Ok(fields)
}
