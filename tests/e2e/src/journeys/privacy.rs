//! What the page of settings says of requests, of the policy and of having the site as an app.
//! In: a lab, whose server sends no policy as a header. Out: an error if the list lacks who asked, a request left the
//! origin, the service worker's script could make one, or the browser's question is not asked.
//! Never: an origin outside this machine.

use anyhow::{Context, Result, ensure};

use e2e::patience::{PATIENCE, until};
use e2e::{Lab, Page};
use xtask::site::calls;

use super::offline::wait_until_kept;
use super::steps;

const SCRIPT: &str = "fetch(new URL(document.querySelector('[data-sw]').dataset.sw, document.baseURI)).then((script) => script.text())";
/// Whether the host sends a policy with that script.
const SENT: &str = "fetch(new URL(document.querySelector('[data-sw]').dataset.sw, document.baseURI))
    .then((script) => script.headers.get('content-security-policy') ?? 'none')";
const ASK: &str = "fetch(new URL('api/models', document.baseURI)).then(async (answer) => [answer.status, (await answer.json()).models.length])";
/// The browser's offer, as it makes it where it finds the site worth installing; a headless one never does.
const OFFER: &str = "(() => {
    const offer = new Event('beforeinstallprompt', { cancelable: true });
    offer.prompt = () => { globalThis.nAsked = (globalThis.nAsked ?? 0) + 1; return Promise.resolve({ outcome: 'accepted' }); };
    dispatchEvent(offer);
    return offer.defaultPrevented;
})()";

/// Works with the service worker in place, then reads what the page says of it.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    steps::try_sample(&page).await?;
    wait_until_kept(&page).await?;
    page.reload().await?;
    steps::go_to(&page, "Predict").await?;
    steps::ask(&page, "worst product, waste of money").await?;
    let models = page.evaluate(ASK).await?;
    ensure!(models[0] == 200, "the service worker answers {models}");
    steps::go_to(&page, "Settings").await?;
    requests_are_listed(&page).await?;
    the_policy_that_holds_is_named(&page).await?;
    let script = page.evaluate(SCRIPT).await?;
    calls::check(script.as_str().context("the service worker's script")?)?;
    it_can_be_installed(&page).await?;
    page.check_accessibility().await?;
    page.screenshot("privacy").await?;
    let foreign = lab.foreign_requests();
    ensure!(foreign.is_empty(), "with a service worker in place these left the origin: {foreign:?}");
    lab.check_clean().await
}

async fn requests_are_listed(page: &Page) -> Result<()> {
    page.click("DisclosureTriangle", "Every request since this page was opened").await?;
    until(PATIENCE, "the requests of the page and of the service worker", async || {
        let rows = page.table("Requests since this page was opened").await?;
        let has = |who: &str| rows.iter().skip(1).any(|row| row[1] == who);
        ensure!(rows.iter().skip(1).all(|row| row[2] == "this site"), "a request left the site: {rows:?}");
        Ok((has("the page") && has("the service worker")).then_some(()))
    })
    .await?;
    let said = page.read("status", "Requests").await?;
    ensure!(said.ends_with("all of this site."), "it says: {said}");
    Ok(())
}

async fn the_policy_that_holds_is_named(page: &Page) -> Result<()> {
    let sent = page.evaluate(SENT).await?;
    let said =
        if sent == "none" { "This host sends no header." } else { "This host sends the policy as a header" };
    page.wait_text(said, PATIENCE).await?;
    page.click("DisclosureTriangle", "The policy, word by word").await?;
    page.wait_text("connect-src 'self'", PATIENCE).await
}

/// The button is there while the browser offers it, and asks the browser's own question once.
async fn it_can_be_installed(page: &Page) -> Result<()> {
    ensure!(!page.has("button", "Install").await?, "the app is offered though the browser does not offer it");
    ensure!(page.evaluate(OFFER).await? == true, "the browser's own banner is not held back");
    page.click("button", "Install").await?;
    page.wait_gone("button", "Install", PATIENCE).await?;
    ensure!(page.evaluate("nAsked").await? == 1, "the browser's question was not asked once");
    Ok(())
}
