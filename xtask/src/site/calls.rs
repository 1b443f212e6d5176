//! Where the service worker can call. No policy in a `<meta>` element binds it, so on a host that sends no headers its
//! text is what can be checked.
//! In: the built script. Out: an error for each way it has to reach another origin.
//! Never: a proof about what a host or the browser itself asks for.

use anyhow::{Result, ensure};

use super::script::{self, Token};

/// Names by which a service worker reaches a network, other than those of [`CALLED`].
const FORBIDDEN: &[&str] = &[
    "EventSource",
    "FontFace",
    "RTCPeerConnection",
    "Worker",
    "WebSocket",
    "WebTransport",
    "XMLHttpRequest",
    "addAll",
    "backgroundFetch",
    "eval",
    "Function",
    "import",
    "importScripts",
    "sendBeacon",
];
/// How a script asks for what lies at an address, and opens a page there.
const CALLED: &[&str] = &["fetch", "openWindow"];
/// What these may be given: an address made of the site's own, or a request whose origin the script compared with it.
const FETCHED: &[&str] = &["absolute", "request"];
/// What compares it.
const COMPARED: &str = "origin!==scope.origin";
/// How addresses of other origins are written.
const FOREIGN: &[&str] = &["http:", "https:", "ws:", "wss:", "\"//", "'//", "`//"];

/// Whether a part of a script is a way to the network, whatever it is given.
pub fn is_way_out(token: &Token) -> bool {
    CALLED.iter().chain(FORBIDDEN).any(|name| token.text == *name)
}

/// Checks a service worker's script.
///
/// # Errors
/// Naming what could call another origin.
pub fn check(text: &str) -> Result<()> {
    let tokens = script::tokens(text);
    for (at, token) in tokens.iter().enumerate() {
        let name = token.text.as_ref();
        ensure!(!FORBIDDEN.contains(&name), "it names `{name}`");
        let is_text = name.starts_with(['"', '\'', '`']);
        let foreign = FOREIGN.iter().find(|foreign| is_text && name.contains(**foreign));
        ensure!(foreign.is_none(), "it holds the address {name}");
        if CALLED.contains(&name) {
            let next: Vec<&str> = tokens[at + 1..].iter().take(2).map(|token| token.text.as_ref()).collect();
            ensure!(
                next.first() == Some(&"(") && next.get(1).is_some_and(|given| FETCHED.contains(given)),
                "it calls {name}{}",
                next.join("")
            );
        }
    }
    let is_compared = compared(&tokens);
    ensure!(is_compared, "it compares no request's origin with its own");
    Ok(())
}

fn compared(tokens: &[Token]) -> bool {
    let n_tokens = script::tokens(COMPARED).len();
    tokens.windows(n_tokens).any(|tokens| script::text(tokens).replace(' ', "") == COMPARED)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "if (origin !== scope.origin) return; fetch(absolute(path)); fetch(request); clients.openWindow(absolute(path));";

    #[track_caller]
    fn refuse(more: &str, said: &str) {
        let error = check(&format!("{OWN}{more}")).expect_err("it calls elsewhere");
        assert!(error.to_string().contains(said), "{error}");
    }

    #[test]
    fn a_script_that_stays_at_home_passes() {
        check(OWN).expect("it stays at home");
    }

    #[test]
    fn every_way_out_is_seen() {
        refuse("fetch(url)", "calls fetch(url");
        refuse("const f = fetch; f(url)", "calls fetch;");
        refuse("fetch('//a.example')", "calls fetch('//a.example'");
        refuse("clients.openWindow(url)", "calls openWindow(url");
        refuse("new WebSocket(url)", "WebSocket");
        refuse("importScripts(url)", "importScripts");
        refuse("cache.addAll(urls)", "addAll");
        refuse("registration.backgroundFetch.fetch(id, urls)", "backgroundFetch");
        refuse("new FontFace(name, url)", "FontFace");
        refuse("import(url)", "import");
        refuse("navigator.sendBeacon(url)", "sendBeacon");
        refuse("const a = 'https://a.example';", "a.example");
        let error = check("fetch(request)").expect_err("nothing is compared");
        assert!(error.to_string().contains("origin"), "{error}");
    }
}
