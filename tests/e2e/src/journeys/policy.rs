//! The page's own policy keeps everything on its origin.
//! In: a lab, and another origin that would answer. Out: an error if page or worker reaches it.
//! Never: an origin outside this machine.

use anyhow::{Context, Result, ensure};

use e2e::{Lab, Page};
use xtask::server::{Server, Site};

use super::steps;

const REFUSED: &str = "Content Security Policy";
const FIRST_SCRIPT: &str = "document.querySelector('script[src]').getAttribute('src')";
const POLICY: &str = "document.querySelector('meta[http-equiv=\"Content-Security-Policy\"]').content";

/// Tries to reach another origin from the page and from the app's own workers.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    steps::try_sample(&page).await?;
    policy_is_strict(&page).await?;
    lab.check_clean().await?;
    // The same site at another port: every request to it would be answered.
    let elsewhere = Server::start(Site::new(&lab.config().site, "/")?, 0)?;
    let elsewhere = elsewhere.address();
    let boot = page.evaluate(FIRST_SCRIPT).await?;
    let boot = format!("{elsewhere}{}", boot.as_str().context("the page has a script")?);
    for try_it in [fetch(&elsewhere), image(&elsewhere), socket(&elsewhere), script(&boot)] {
        let outcome = page.evaluate(&try_it).await?;
        ensure!(outcome == "refused", "from the page: {outcome} by {try_it}");
        lab.expect_error(REFUSED).await?;
    }
    ensure!(page.evaluate(INLINE_SCRIPT).await? == "refused", "an inline script ran");
    lab.expect_error(REFUSED).await?;
    ensure!(lab.n_workers() > 0, "the app keeps no worker to try it from");
    for try_it in [fetch(&elsewhere), socket(&elsewhere)] {
        let outcomes = lab.evaluate_in_workers(&try_it).await?;
        ensure!(
            outcomes.iter().all(|outcome| outcome == "refused"),
            "from the workers: {outcomes:?} by {try_it}"
        );
        lab.expect_error(REFUSED).await?;
    }
    own_origin_is_open(lab, &page).await
}

async fn policy_is_strict(page: &Page) -> Result<()> {
    let policy = page.evaluate(POLICY).await?;
    let policy = policy.as_str().context("the page has a policy")?;
    ensure!(
        policy.contains("default-src 'none'") && policy.contains("connect-src 'self'"),
        "the policy is {policy}"
    );
    for forbidden in ["'unsafe-inline'", "'unsafe-eval'", "http:", "https:", "data:", "*"] {
        ensure!(!policy.contains(forbidden), "the policy allows {forbidden}: {policy}");
    }
    Ok(())
}

/// What is refused elsewhere is allowed at home: it is the policy that refuses, and not the network.
async fn own_origin_is_open(lab: &Lab, page: &Page) -> Result<()> {
    let own = fetch(lab.address());
    ensure!(page.evaluate(&own).await? == "answered", "the page cannot reach its own origin");
    let outcomes = lab.evaluate_in_workers(&own).await?;
    ensure!(outcomes.iter().all(|outcome| outcome == "answered"), "workers: {outcomes:?}");
    Ok(())
}

fn fetch(address: &str) -> String {
    format!("fetch('{address}', {{ mode: 'no-cors' }}).then(() => 'answered', () => 'refused')")
}

fn image(address: &str) -> String {
    element("new Image()", &format!("{address}icon-192.png"))
}

fn script(address: &str) -> String {
    element("document.head.appendChild(document.createElement('script'))", address)
}

fn element(make: &str, address: &str) -> String {
    format!(
        "new Promise((done) => {{ const element = {make}; element.onload = () => done('answered'); \
         element.onerror = () => done('refused'); element.src = '{address}'; }})"
    )
}

/// A socket that is refused by the policy throws or never opens.
fn socket(address: &str) -> String {
    let address = address.replacen("http", "ws", 1);
    format!(
        "new Promise((done) => {{ try {{ const socket = new WebSocket('{address}'); \
         socket.onopen = () => done('answered'); socket.onerror = () => done('refused'); }} \
         catch {{ done('refused'); }} }})"
    )
}

const INLINE_SCRIPT: &str = "(() => {
    const script = document.createElement('script');
    script.textContent = 'globalThis.__inline = true';
    document.head.appendChild(script);
    return globalThis.__inline ? 'ran' : 'refused';
})()";
