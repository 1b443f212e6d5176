//! Who may ask. In: a request's headers. Out: nothing, or the refusal. Never: a comparison that takes longer the more
//! of a token is right.

use api::{Answer, problem};
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, HOST};
use engine::num::ContentHash;
use engine::quote::Quoted;
use std::hint::black_box;
use std::net::{IpAddr, SocketAddr};

/// Who may ask.
pub struct Guard {
    /// SHA-256 of the token.
    token: Option<ContentHash>,
    /// Requests come from this machine, and name it: a page of another name that was made to lead here (DNS rebinding)
    /// is refused. A token, which such a page lacks, makes that needless.
    only_own_names: bool,
    /// Further names that are answered to; then no others are, wherever the server listens.
    names: Vec<String>,
}

impl Guard {
    /// Guards a server that listens at an address.
    pub fn new(token: Option<String>, listening: SocketAddr, names: Vec<String>) -> Self {
        let only_own_names = !names.is_empty() || (listening.ip().is_loopback() && token.is_none());
        Self { token: token.map(|token| ContentHash::of(token.as_bytes())), only_own_names, names }
    }

    /// Refuses a request to another name than this machine's and those that were given.
    pub fn check_host(&self, headers: &HeaderMap) -> Result<(), Answer> {
        // Browsers always name the host; what does not is none of theirs.
        let Some(host) = headers.get(HOST).filter(|_| self.only_own_names) else { return Ok(()) };
        let host = host.to_str().unwrap_or_default();
        let name = name_of(host);
        if is_own_name(name) || self.names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            return Ok(());
        }
        let detail = format!(
            "'{}' is no name that this server answers to: ask for localhost, or start it with --only-host and this name.",
            Quoted(name)
        );
        Err(problem(421, "wrong_host", &detail))
    }

    /// Refuses a request without the token, where there is one.
    pub fn check_token(&self, headers: &HeaderMap) -> Result<(), Answer> {
        if self.is_known(headers) {
            return Ok(());
        }
        Err(problem(
            401,
            "unauthorized",
            "This server asks for its token: send it as 'Authorization: Bearer …'.",
        ))
    }

    /// Whether a request brings the token, or none is needed.
    pub fn is_known(&self, headers: &HeaderMap) -> bool {
        let Some(token) = &self.token else { return true };
        let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (scheme, given) = header.split_once(' ').unwrap_or_default();
        scheme.eq_ignore_ascii_case("bearer") && is_same(token, &ContentHash::of(given.trim().as_bytes()))
    }
}

/// Compares all bytes of two hashes, whichever differ.
fn is_same(one: &ContentHash, other: &ContentHash) -> bool {
    let differences = one.0.iter().zip(&other.0).fold(0, |sum, (one, other)| black_box(sum | (one ^ other)));
    differences == 0
}

/// A host without its port.
fn name_of(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.ends_with(':') => name,
        _ => host,
    }
}

/// `localhost`, `127.0.0.1` or `[::1]`.
fn is_own_name(name: &str) -> bool {
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_names_are_those_of_loopback() {
        for host in
            ["localhost", "LOCALHOST:8000", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:8000", "127.1.2.3"]
        {
            assert!(is_own_name(name_of(host)), "{host}");
        }
        for host in ["", "example.org", "localhost.example.org:80", "10.0.0.1", "[::2]:1", "127.0.0.1.nip.io"]
        {
            assert!(!is_own_name(name_of(host)), "{host}");
        }
    }

    #[test]
    fn a_token_is_asked_for_where_there_is_one() {
        let listening = SocketAddr::from(([127, 0, 0, 1], 80));
        let guard = Guard::new(Some("0123456789abcdef".to_owned()), listening, Vec::new());
        let with = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, value.parse().expect("a header"));
            guard.is_known(&headers)
        };
        assert!(with("Bearer 0123456789abcdef") && with("bearer  0123456789abcdef"));
        for wrong in
            ["Bearer 0123456789abcdeg", "Bearer ", "Bearer", "Basic 0123456789abcdef", "0123456789abcdef"]
        {
            assert!(!with(wrong), "{wrong}");
        }
        assert!(!guard.is_known(&HeaderMap::new()));
        assert!(Guard::new(None, listening, Vec::new()).is_known(&HeaderMap::new()));
    }

    #[test]
    fn names_that_were_given_are_answered_to_and_no_others() {
        let all = SocketAddr::from(([0, 0, 0, 0], 80));
        let is_let_in = |guard: &Guard, host: &'static str| {
            let headers = HeaderMap::from_iter([(HOST, host.parse().expect("a header"))]);
            guard.check_host(&headers).is_ok()
        };
        let open = Guard::new(None, all, Vec::new());
        assert!(is_let_in(&open, "attacker.example"));
        for token in [None, Some("0123456789abcdef".to_owned())] {
            let guard = Guard::new(token, all, vec!["lab.example".to_owned(), "lab".to_owned()]);
            for host in ["lab.example", "LAB:8000", "localhost:8000", "127.0.0.1"] {
                assert!(is_let_in(&guard, host), "{host}");
            }
            for host in ["attacker.example", "lab.example.org", "xlab", "10.0.0.1:8000", ""] {
                assert!(!is_let_in(&guard, host), "{host}");
            }
        }
    }
}
