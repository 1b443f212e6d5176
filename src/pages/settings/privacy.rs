//! What leaves this device: every request since the page was opened, and what forbids others.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use markup::view;

use crate::components::card::Card;
use crate::markup::View;
use crate::reactive::{Derived, Held, State};
use crate::services::requests::{self, Asker, MAX_REQUESTS, Seen};
use crate::state::format;

/// Rules that a host may add: they allow nothing.
const FORBIDS_ONLY: [&str; 2] = ["frame-ancestors", "upgrade-insecure-requests"];

/// What is known of the host's policy.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    /// It has not answered yet.
    Asked,
    /// It sends the page's policy, and maybe more.
    Sends,
    /// It sends a policy that allows what the page's forbids.
    SendsAnother,
    /// It sends none.
    SendsNone,
    /// It cannot be asked now.
    Silent,
}

impl Host {
    /// By the header that it sends and the policy in the page.
    fn of(sent: Option<&str>, page: Option<&str>) -> Self {
        let Some(sent) = sent else { return Self::SendsNone };
        let page = page.map(rules).unwrap_or_default();
        let is_pages = |policy: &str| {
            let sent = rules(policy);
            let holds_it = page.iter().all(|(name, values)| sent.get(name) == Some(values));
            // A rule of another name may allow what a general one of the page's forbids.
            holds_it
                && sent.keys().all(|name| page.contains_key(name) || FORBIDS_ONLY.contains(&name.as_str()))
        };
        // Of several policies in a header each binds.
        if !page.is_empty() && sent.split(',').any(is_pages) { Self::Sends } else { Self::SendsAnother }
    }

    fn words(&self) -> &'static str {
        match self {
            Self::Asked => "The host is being asked which policy it sends.",
            Self::Sends => {
                "This host sends the policy as a header, too. So it binds the service worker, which answers without a network, as well."
            }
            Self::SendsAnother => {
                "This host sends a policy as a header, and not the one in the page. That one binds the page and its workers. It does not bind the service worker, which answers without a network: that one's script holds no call to another address, and every build is checked for it."
            }
            Self::SendsNone => {
                "This host sends no header. The policy in the page binds the page and its workers. It does not bind the service worker, which answers without a network: that one's script holds no call to another address, and every build is checked for it."
            }
            Self::Silent => {
                "Whether the host sends the policy as a header, too, cannot be asked without a network. The policy in the page binds the page and its workers."
            }
        }
    }
}

/// The rules of a policy by their names, with single blanks; of several of one name the first holds.
fn rules(policy: &str) -> BTreeMap<String, String> {
    let mut rules = BTreeMap::new();
    for rule in policy.split(';') {
        let mut words = rule.split_whitespace();
        let Some(name) = words.next() else { continue };
        rules.entry(name.to_ascii_lowercase()).or_insert_with(|| words.collect::<Vec<_>>().join(" "));
    }
    rules
}

/// The card.
#[component]
pub fn Privacy() -> View {
    let seen = State::new(BTreeSet::new());
    let watching = Held::new(None);
    let tell = move |found: Vec<Seen>| {
        let is_new = seen.with_untracked(|seen: &BTreeSet<Seen>| found.iter().any(|one| !seen.contains(one)));
        if is_new {
            seen.update(|seen| seen.extend(found));
        }
    };
    watching.set(Some(requests::watch(Rc::new(tell))));
    let host = State::new(Host::Asked);
    spawn_local(async move {
        host.set_if_new(match requests::policy_of_host().await {
            Ok(sent) => Host::of(sent.as_deref(), requests::policy_of_page().as_deref()),
            Err(_) => Host::Silent,
        });
    });
    view! {
        <Card title="Privacy">
            <div class="stack">
                <p class="note">
                    "Reviews, runs and models stay in this browser. A policy that the browser enforces forbids the page "
                    "to send anything to another site, to load anything from one, and to run code that is not its own."
                </p>
                <p class="note">{move || host.with(Host::words)}</p>
                {requests::policy_of_page().map(|policy| view! { <Policy policy /> })}
                <Requests seen=seen.into() />
            </div>
        </Card>
    }
}

/// The policy, word by word.
#[component]
fn Policy(policy: String) -> View {
    let rules: Vec<View> = policy
        .split(';')
        .map(|rule| {
            let rule = rule.trim().to_owned();
            view! { <li><code>{rule}</code></li> }
        })
        .collect();
    view! {
        <details>
            <summary>"The policy, word by word"</summary>
            <ul>{rules}</ul>
        </details>
    }
}

#[component]
fn Requests(seen: Derived<BTreeSet<Seen>>) -> View {
    let own = requests::own_origin();
    let is_own = {
        let own = own.clone();
        move |one: &Seen| is_of(&one.address, &own)
    };
    let sentence = {
        let is_own = is_own.clone();
        move || seen.with(|seen| summary(seen.len(), seen.iter().filter(|one| !is_own(one)).count()))
    };
    let rows = View::live(move || {
        let row = |one: &Seen| {
            let (who, place) = (asker(one.asker), if is_own(one) { "this site" } else { "another site" });
            let address = one.address.strip_prefix(&own).unwrap_or(&one.address).to_owned();
            view! {
                <tr>
                    <td>{address}</td>
                    <td>{who}</td>
                    <td>{place}</td>
                </tr>
            }
        };
        seen.with(|seen| seen.iter().map(row).collect::<Vec<View>>())
    });
    view! {
        <p role="status" aria-label="Requests">{sentence}</p>
        <details>
            <summary>"Every request since this page was opened"</summary>
            <p class="note">"Those of the service worker are told since the browser last began it."</p>
            <div class="table-scroll" tabindex="0" role="region" aria-label="List of requests">
                <table class="table" aria-label="Requests since this page was opened">
                    <thead>
                        <tr>
                            <th>"Asked for"</th>
                            <th>"By"</th>
                            <th>"From"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
}

fn asker(asker: Asker) -> &'static str {
    match asker {
        Asker::Page => "the page",
        Asker::Worker => "a worker",
        Asker::ServiceWorker => "the service worker",
    }
}

/// Whether an address is of this origin, and not only begins like it.
fn is_of(address: &str, origin: &str) -> bool {
    address.strip_prefix(origin).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn summary(n_seen: usize, n_foreign: usize) -> String {
    let most = if n_seen >= MAX_REQUESTS { " (the first that the browser notes)" } else { "" };
    let files = format::whole(n_seen as u64);
    match n_foreign {
        0 => format!(
            "Since this page was opened it asked for {files} different files{most}, all of this site."
        ),
        n => format!(
            "Since this page was opened it asked for {files} different files{most}, {} of them of another site: something on this device has changed the page.",
            format::whole(n as u64)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_only_begins_alike_is_another_sites() {
        let own = "https://a.example";
        for (address, expected) in [
            ("https://a.example/x.js", true),
            ("https://a.example", true),
            ("https://a.example.org/x.js", false),
            ("http://a.example/x.js", false),
        ] {
            assert_eq!(is_of(address, own), expected, "{address}");
        }
    }

    #[test]
    fn only_the_pages_own_policy_in_the_header_binds_the_service_worker() {
        let page = "default-src 'none'; connect-src 'self'";
        for (sent, expected) in [
            (Some("default-src 'none';  connect-src 'self'; frame-ancestors 'none'"), Host::Sends),
            (Some("upgrade-insecure-requests, connect-src 'self'; default-src 'none'"), Host::Sends),
            (Some("frame-ancestors 'none'"), Host::SendsAnother),
            (Some("default-src 'none'; connect-src *"), Host::SendsAnother),
            (Some("connect-src *; connect-src 'self'; default-src 'none'"), Host::SendsAnother),
            (Some("default-src 'none'; connect-src 'self'; script-src-elem *"), Host::SendsAnother),
            (None, Host::SendsNone),
        ] {
            assert_eq!(Host::of(sent, Some(page)), expected, "{sent:?}");
        }
        assert_eq!(Host::of(Some("default-src 'none'"), None), Host::SendsAnother, "a page without a policy");
    }

    #[test]
    fn the_summary_names_requests_that_went_elsewhere() {
        assert!(summary(12, 0).ends_with("all of this site."));
        assert!(summary(12, 2).contains("2 of them of another site"));
        assert!(summary(MAX_REQUESTS, 0).contains("first"));
    }
}
