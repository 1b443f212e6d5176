//! A tab, used as a person uses it: controls are found by role and accessible name.
//! In: roles and names, as the browser computes them for a screen reader. Out: clicks, words typed, files given,
//! texts and tables read.
//! Never: a CSS class; and every wait ends when what it waits for is there.

use anyhow::{Context, Result, bail, ensure};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use fantoccini::Client;
use fantoccini::error::CmdError;
use fantoccini::wd::WindowHandle;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use xtask::workspace;

mod tree;
mod pointer;

use crate::control::Control;
use crate::devtools::Devtools;
use crate::patience::{PATIENCE, until};
pub use pointer::Pointer;
use tree::described;

/// What a page needs of its lab.
#[derive(Clone)]
pub(crate) struct Line {
    pub(crate) client: Client,
    pub(crate) devtools: Devtools,
    /// The tab that WebDriver's commands go to at present.
    pub(crate) current: Arc<Mutex<Option<WindowHandle>>>,
    /// Origin and base path, with a slash at the end.
    pub(crate) address: String,
    /// Addresses that were opened on purpose although the server has no such file.
    pub(crate) deep_links: Arc<Mutex<Vec<String>>>,
}

/// A tab of the browser.
#[derive(Clone)]
pub struct Page {
    line: Line,
    handle: WindowHandle,
    session: String,
}

/// Light or dark, as the system prefers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Dark ink on a light page.
    Light,
    /// Light ink on a dark page.
    Dark,
}

impl Page {
    pub(crate) async fn new(line: Line, handle: WindowHandle) -> Result<Page> {
        let session = line.devtools.session_of(&String::from(handle.clone())).await?;
        Ok(Page { line, handle, session })
    }

    /// Opens a page of the site: `""`, `"runs/7?tab=charts"` (the server answers 404 and the app); or a whole address.
    ///
    /// # Errors
    /// When the browser cannot load it.
    pub async fn open(&self, path: &str) -> Result<()> {
        let is_whole = ["file:", "http:"].iter().any(|scheme| path.starts_with(scheme));
        let address = if is_whole { path.to_owned() } else { format!("{}{path}", self.line.address) };
        if !path.is_empty() && !is_whole {
            self.line.deep_links.lock().await.push(address.clone());
        }
        self.leave().await?;
        self.focus().await?.goto(&address).await?;
        self.arrive().await
    }

    /// Loads the page again.
    ///
    /// # Errors
    /// When the browser cannot.
    pub async fn reload(&self) -> Result<()> {
        let path = self.path().await?;
        if !path.is_empty() {
            self.line.deep_links.lock().await.push(format!("{}{path}", self.line.address));
        }
        self.leave().await?;
        self.focus().await?.refresh().await?;
        self.arrive().await
    }

    /// Where the tab is, from the site's first page: `""`, `"train"`, `"runs/7"`.
    ///
    /// # Errors
    /// When the tab is outside the site.
    pub async fn path(&self) -> Result<String> {
        let address = self.focus().await?.current_url().await?.to_string();
        let path = address.strip_prefix(&self.line.address);
        path.map(str::to_owned).with_context(|| format!("the tab is at {address}, outside the site"))
    }

    /// Waits until the tab is at this path.
    ///
    /// # Errors
    /// When it is not in time.
    pub async fn wait_path(&self, path: &str) -> Result<()> {
        until(PATIENCE, &format!("the page /{path}"), || async {
            Ok((self.path().await? == path).then_some(()))
        })
        .await
    }

    /// The control with this role (`button`, `link`, `combobox` for a select, `textbox`, `searchbox`, `progressbar`,
    /// `table`, `heading`, `status`, …) and accessible name, as soon as there is one; any name if `name` is empty.
    ///
    /// # Errors
    /// When there is none in time, or more than one.
    pub async fn find(&self, role: &str, name: &str) -> Result<Control> {
        self.find_within(role, name, PATIENCE).await
    }

    /// As [`Page::find`], with another patience.
    ///
    /// # Errors
    /// As there.
    pub async fn find_within(&self, role: &str, name: &str, patience: Duration) -> Result<Control> {
        let what = described(role, name);
        let found = until(patience, &what, || async {
            let nodes = self.nodes(role, name).await?;
            ensure!(
                nodes.len() < 2,
                "there are {} of {what}, and a person could not tell which is meant",
                nodes.len()
            );
            match nodes.first() {
                Some(node) => self.element(*node).await,
                None => Ok(None),
            }
        });
        let element = match found.await {
            Ok(element) => element,
            Err(error) => bail!("{error:#}; {}", self.what_is_there(role).await),
        };
        Ok(Control { element, what })
    }

    /// How many controls of this role and name are there now.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn count(&self, role: &str, name: &str) -> Result<usize> {
        Ok(self.nodes(role, name).await?.len())
    }

    /// Whether such a control is there now.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn has(&self, role: &str, name: &str) -> Result<bool> {
        Ok(self.count(role, name).await? > 0)
    }

    /// Waits until no such control is left.
    ///
    /// # Errors
    /// When one is left after `patience`.
    pub async fn wait_gone(&self, role: &str, name: &str, patience: Duration) -> Result<()> {
        let what = format!("the end of {}", described(role, name));
        until(patience, &what, || async { Ok((!self.has(role, name).await?).then_some(())) }).await
    }

    /// Clicks a control.
    ///
    /// # Errors
    /// When it is not there, disabled, or covered.
    pub async fn click(&self, role: &str, name: &str) -> Result<()> {
        let what = format!("a click on {}", described(role, name));
        until(PATIENCE, &what, || async { fresh(self.find(role, name).await?.click().await) }).await
    }

    /// The text a person sees in a control.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn read(&self, role: &str, name: &str) -> Result<String> {
        let what = format!("the text of {}", described(role, name));
        until(PATIENCE, &what, || async { fresh(self.find(role, name).await?.text().await) }).await
    }

    /// Whether a control can be used.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn is_enabled(&self, role: &str, name: &str) -> Result<bool> {
        let what = format!("the state of {}", described(role, name));
        until(PATIENCE, &what, || async { fresh(self.find(role, name).await?.is_enabled().await) }).await
    }

    /// Replaces what stands in a text field.
    ///
    /// # Errors
    /// When it is not there or takes no text.
    pub async fn fill(&self, role: &str, name: &str, text: &str) -> Result<()> {
        self.find(role, name).await?.fill(text).await
    }

    /// Adds to what stands in a text field, key by key.
    ///
    /// # Errors
    /// As [`Page::fill`].
    pub async fn type_keys(&self, role: &str, name: &str, keys: &str) -> Result<()> {
        self.find(role, name).await?.type_keys(keys).await
    }

    /// Chooses an option of a select by its visible text.
    ///
    /// # Errors
    /// When the select or the option is not there.
    pub async fn choose(&self, name: &str, option: &str) -> Result<()> {
        until(PATIENCE, &format!("the option `{option}` of the combobox “{name}”"), || async {
            let select = self.find("combobox", name).await?;
            Ok(select.element.select_by_label(option).await.ok())
        })
        .await
    }

    /// Gives a file to the file input with this label; the input may be hidden behind a button of its own.
    ///
    /// # Errors
    /// When there is no such input or no such file.
    pub async fn upload(&self, name: &str, file: &Path) -> Result<()> {
        self.upload_all(name, &[file.to_path_buf()]).await
    }

    /// As [`Page::upload`], of several files at once.
    ///
    /// # Errors
    /// As there.
    pub async fn upload_all(&self, name: &str, files: &[PathBuf]) -> Result<()> {
        const SCRIPT: &str = "
            const text = (element) => (element ? element.textContent : '').trim().replace(/\\s+/g, ' ');
            const named = (input) => [
                input.getAttribute('aria-label') ?? '',
                ...(input.getAttribute('aria-labelledby') ?? '').split(' ').filter(Boolean).map((id) => text(document.getElementById(id))),
                ...[...input.labels].map(text),
            ];
            return [...document.querySelectorAll('input[type=file]')].find((input) => named(input).includes(arguments[0])) ?? null;";
        let mut paths = Vec::new();
        for file in files {
            let path = file.canonicalize().with_context(|| format!("no file {}", file.display()))?;
            paths.push(path.to_string_lossy().into_owned());
        }
        let keys = paths.join("\n");
        let what = described("file input", name);
        until(PATIENCE, &what, || async {
            let found = self.focus().await?.execute(SCRIPT, vec![json!(name)]).await?;
            let Some(input) = self.element_of(found)? else { return Ok(None) };
            fresh(input.send_keys(&keys).await.map_err(Into::into))
        })
        .await
    }

    /// Waits until this text stands somewhere on the page, visible to a person.
    ///
    /// # Errors
    /// When it does not within `patience`.
    pub async fn wait_text(&self, text: &str, patience: Duration) -> Result<()> {
        let what = format!("the text “{text}”");
        until(patience, &what, || async { Ok(self.text().await?.contains(text).then_some(())) }).await
    }

    /// All text that a person sees on the page, hidden parts left out.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn text(&self) -> Result<String> {
        let text = self.evaluate("document.body.innerText").await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// The cells of a table, row by row, the head first: of a long one those that are drawn.
    ///
    /// # Errors
    /// When the table is not there.
    pub async fn table(&self, name: &str) -> Result<Vec<Vec<String>>> {
        let table = self.find("table", name).await?;
        const SCRIPT: &str = "return [...arguments[0].rows].filter((row) => row.ariaHidden !== 'true')
                .map((row) => [...row.cells].map((cell) => cell.innerText.trim()))";
        let rows = self.focus().await?.execute(SCRIPT, vec![serde_json::to_value(&table.element)?]).await?;
        serde_json::from_value(rows).with_context(|| format!("{} has no rows and cells", table.what))
    }

    /// The value of a JavaScript expression, awaited if it is a promise. The page's policy does not bind it.
    ///
    /// # Errors
    /// When it throws; the error holds what.
    pub async fn evaluate(&self, expression: &str) -> Result<Value> {
        let params = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let answer = self.command("Runtime.evaluate", params).await.context(expression.to_owned())?;
        if let Some(thrown) = answer.get("exceptionDetails") {
            bail!("the page threw: {}", thrown["exception"]["description"].as_str().unwrap_or("?"));
        }
        Ok(answer["result"]["value"].clone())
    }

    /// Lets the page believe that the system prefers light or dark.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn prefer(&self, scheme: Scheme) -> Result<()> {
        let value = match scheme {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.command("Emulation.setEmulatedMedia", features).await.map(|_| ())
    }

    /// Gives the page another size: 390 by 844 is a telephone.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.command("Emulation.setDeviceMetricsOverride", metrics).await.map(|_| ())
    }

    /// Any other command of the DevTools protocol, for this page.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn command(&self, method: &'static str, params: Value) -> Result<Value> {
        self.line.devtools.call(Some(&self.session), method, params).await
    }

    /// Saves what is visible as `target/screenshots/NAME.png` and returns the path.
    ///
    /// # Errors
    /// When it cannot be taken or written.
    pub async fn screenshot(&self, name: &str) -> Result<PathBuf> {
        let folder = workspace::target_dir().join("screenshots");
        std::fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{name}.png"));
        std::fs::write(&path, self.focus().await?.screenshot().await?)?;
        Ok(path)
    }

    /// Closes the tab.
    ///
    /// # Errors
    /// When the browser cannot.
    pub async fn close(self) -> Result<()> {
        self.focus().await?.close_window().await?;
        *self.line.current.lock().await = None;
        Ok(())
    }

    /// The driver's client, its commands going to this tab: for the rare thing that this type does not offer.
    ///
    /// # Errors
    /// When the tab is gone.
    pub async fn focus(&self) -> Result<&Client> {
        let mut current = self.line.current.lock().await;
        if current.as_ref() != Some(&self.handle) {
            self.line.client.switch_to_window(self.handle.clone()).await.context("the tab is gone")?;
            // A tab in the background draws nothing, and what is not drawn has no accessibility tree.
            self.command("Page.bringToFront", json!({})).await?;
            *current = Some(self.handle.clone());
        }
        Ok(&self.line.client)
    }

    /// Marks the page as the one that is about to be left.
    async fn leave(&self) -> Result<()> {
        self.evaluate("globalThis.__leftByTest = true").await.map(|_| ())
    }

    /// Waits until another page than the marked one has been read. The driver does not wait: it would wait for
    /// everything the page loads, which no person does.
    async fn arrive(&self) -> Result<()> {
        const IS_THERE: &str = "globalThis.__leftByTest === undefined && document.readyState !== 'loading'";
        until(PATIENCE, "the page", || async {
            // While one page gives way to the next there is nobody to ask.
            let answer = self.evaluate(IS_THERE).await;
            Ok(answer.is_ok_and(|is_there| is_there == true).then_some(()))
        })
        .await
    }
}

/// `None` where a control was drawn anew between finding and using it: the next try finds the new one.
fn fresh<T>(outcome: Result<T>) -> Result<Option<T>> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(error) => match error.downcast_ref::<CmdError>() {
            Some(refused) if refused.is_stale_element_reference() => Ok(None),
            _ => Err(error),
        },
    }
}
