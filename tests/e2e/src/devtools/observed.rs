//! What was seen of the browser: console lines, requests, pages and workers.
//! In: the events of the debugging line. Out: lists a journey can ask about.
//! Never: a judgement; what is allowed is the lab's to say.

use std::collections::BTreeMap;

use serde_json::Value;

/// How bad a console line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Said in passing.
    Note,
    /// The browser or the page warns.
    Warning,
    /// Something went wrong: an error logged, an exception nobody caught, a refused request.
    Error,
}

/// A line of the console, of a page or a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleLine {
    /// How bad it is.
    pub level: Level,
    /// What it says.
    pub text: String,
    /// The address it is about, where the browser names one.
    pub url: String,
    /// `page`, `worker`, `service_worker`.
    pub target: String,
}

/// A page or worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The id that WebDriver uses as a window's handle.
    pub id: String,
    /// `page`, `worker`, `service_worker`, `tab`, …
    pub kind: String,
    /// Where it came from.
    pub url: String,
}

/// Everything seen since the browser started.
#[derive(Debug, Default)]
pub struct Observed {
    /// The console, in order.
    pub console: Vec<ConsoleLine>,
    /// The addresses of all requests that were not refused, by session and request.
    requests: BTreeMap<(String, String), String>,
    /// The living pages and workers, by session.
    targets: BTreeMap<String, Target>,
    /// Registrations of service workers that a page watches (`ServiceWorker.enable`): scopes and the browser's ids.
    registrations: BTreeMap<String, String>,
}

impl Observed {
    /// The addresses of all requests that were not refused.
    pub fn requests(&self) -> impl Iterator<Item = &str> {
        self.requests.values().map(String::as_str)
    }

    /// Forgets all requests to these addresses.
    pub fn forget(&mut self, addresses: &[String]) {
        self.requests.retain(|_, url| !addresses.contains(url));
    }

    /// The sessions and targets of a kind that live now, in no meaningful order.
    pub fn living(&self, kind: &str) -> Vec<(String, Target)> {
        let of_kind = self.targets.iter().filter(|(_, target)| target.kind == kind);
        of_kind.map(|(session, target)| (session.clone(), target.clone())).collect()
    }

    /// The browser's id of the registration of a service worker for a scope.
    pub fn registration(&self, scope: &str) -> Option<&str> {
        self.registrations.get(scope).map(String::as_str)
    }

    /// The session of the page with this id.
    pub(super) fn session_of(&self, id: &str) -> Option<String> {
        self.targets
            .iter()
            .find(|(_, target)| target.kind == "page" && target.id == id)
            .map(|(session, _)| session.clone())
    }

    /// Takes an event in.
    pub(super) fn note(&mut self, event: &Value) {
        let params = &event["params"];
        let session = text(&event["sessionId"]);
        let request = || (session.clone(), text(&params["requestId"]));
        match event["method"].as_str().unwrap_or_default() {
            "Target.attachedToTarget" => {
                let about = &params["targetInfo"];
                let target = Target {
                    id: text(&about["targetId"]),
                    kind: text(&about["type"]),
                    url: text(&about["url"]),
                };
                self.targets.insert(text(&params["sessionId"]), target);
            }
            "Target.detachedFromTarget" => {
                self.targets.remove(&text(&params["sessionId"]));
            }
            "ServiceWorker.workerRegistrationUpdated" => {
                for one in params["registrations"].as_array().into_iter().flatten() {
                    self.registrations.insert(text(&one["scopeURL"]), text(&one["registrationId"]));
                }
            }
            "Network.requestWillBeSent" => {
                self.requests.insert(request(), text(&params["request"]["url"]));
            }
            // A socket that the policy refuses is never created.
            "Network.webSocketCreated" => {
                self.requests.insert(request(), text(&params["url"]));
            }
            "Network.loadingFailed" if params["blockedReason"].is_string() => {
                self.requests.remove(&request());
            }
            "Runtime.consoleAPICalled" => {
                let level = level_of(&text(&params["type"]));
                let words = params["args"].as_array().into_iter().flatten().map(word).collect::<Vec<_>>();
                self.line(&session, level, words.join(" "), String::new());
            }
            "Runtime.exceptionThrown" => {
                let details = &params["exceptionDetails"];
                let said = [text(&details["text"]), text(&details["exception"]["description"])].join(" ");
                self.line(&session, Level::Error, said, text(&details["url"]));
            }
            "Log.entryAdded" => {
                let entry = &params["entry"];
                self.line(
                    &session,
                    level_of(&text(&entry["level"])),
                    text(&entry["text"]),
                    text(&entry["url"]),
                );
            }
            _ => {}
        }
    }

    fn line(&mut self, session: &str, level: Level, text: String, url: String) {
        let target = self.targets.get(session).map_or_else(String::new, |target| target.kind.clone());
        self.console.push(ConsoleLine { level, text, url, target });
    }
}

fn level_of(name: &str) -> Level {
    match name {
        "error" | "assert" => Level::Error,
        "warning" => Level::Warning,
        _ => Level::Note,
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// An argument of `console.log` as a person would read it.
fn word(argument: &Value) -> String {
    match &argument["value"] {
        Value::String(text) => text.clone(),
        Value::Null => text(&argument["description"]),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn seen(events: &[Value]) -> Observed {
        let mut observed = Observed::default();
        for event in events {
            observed.note(event);
        }
        observed
    }

    fn worker() -> Value {
        let about = json!({ "targetId": "T", "type": "worker", "url": "blob:x" });
        json!({ "method": "Target.attachedToTarget", "params": { "sessionId": "S", "targetInfo": about } })
    }

    #[test]
    fn a_worker_lives_until_it_is_detached() {
        let end = json!({ "method": "Target.detachedFromTarget", "params": { "sessionId": "S" } });
        assert_eq!(seen(&[worker()]).living("worker").len(), 1);
        assert_eq!(seen(&[worker(), end]).living("worker").len(), 0);
    }

    #[test]
    fn console_lines_carry_level_words_and_origin() {
        let params = json!({ "type": "error", "args": [{ "value": "no" }, { "value": 7 }, { "description": "Error: x" }] });
        let logged = json!({ "method": "Runtime.consoleAPICalled", "sessionId": "S", "params": params });
        let line = seen(&[worker(), logged]).console.remove(0);
        let expected = ConsoleLine {
            level: Level::Error,
            text: "no 7 Error: x".into(),
            url: String::new(),
            target: "worker".into(),
        };
        assert_eq!(line, expected);
    }

    #[test]
    fn a_socket_is_a_request() {
        let created = json!({ "method": "Network.webSocketCreated", "sessionId": "S", "params": { "requestId": "1", "url": "ws://a.example/" } });
        assert_eq!(seen(&[created]).requests().collect::<Vec<_>>(), ["ws://a.example/"]);
    }

    #[test]
    fn a_refused_request_never_left() {
        let sent = json!({ "method": "Network.requestWillBeSent", "sessionId": "S", "params": { "requestId": "1", "request": { "url": "http://a.example/" } } });
        let refused = json!({ "method": "Network.loadingFailed", "sessionId": "S", "params": { "requestId": "1", "blockedReason": "csp" } });
        assert_eq!(seen(std::slice::from_ref(&sent)).requests().collect::<Vec<_>>(), ["http://a.example/"]);
        assert_eq!(seen(&[sent, refused]).requests().count(), 0);
    }
}
