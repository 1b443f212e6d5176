//! What happens to a server, as lines for people or for programs. In: happenings. Out: lines on the standard output,
//! faults on stderr. Never: a request, its sender or a text.

use serde::Serialize;
use std::net::SocketAddr;

use crate::failure::Failure;
use crate::pump::print;

/// Says what happens.
#[derive(Clone, Copy, Debug)]
pub struct Announcer {
    /// As lines of JSON.
    pub json: bool,
}

/// What happened.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Happening<'a> {
    /// Requests are answered from now on.
    Listening {
        /// Where.
        address: SocketAddr,
        /// The path of the site's first page.
        base: &'a str,
    },
    /// A project file was read.
    Loaded {
        /// Who answers where a request names no model.
        model: Option<String>,
    },
    /// A project file cannot be used; what was read before stays.
    Unreadable {
        /// One sentence.
        fault: &'a str,
    },
    /// No new request is accepted.
    Ending,
    /// All requests are answered, or so many connections were cut.
    Ended {
        /// How many.
        n_cut: usize,
    },
}

impl Announcer {
    /// Says it.
    ///
    /// # Errors
    /// Where the standard output cannot be written to.
    pub fn say(self, happening: &Happening<'_>) -> Result<(), Failure> {
        if self.json {
            let line = serde_json::to_string(happening);
            let line = line.map_err(|error| Failure::Fault(format!("a line cannot be written: {error}")))?;
            return print(&format!("{line}\n"));
        }
        match happening {
            Happening::Listening { address, base } => {
                print(&format!("listening on http://{address}{base}\n"))
            }
            Happening::Loaded { model: Some(model) } => print(&format!("answers with {model}\n")),
            Happening::Loaded { model: None } => print("answers with no model yet: the project holds none\n"),
            Happening::Ending => print("ending: requests in flight are answered\n"),
            Happening::Ended { n_cut: 0 } => print("ended\n"),
            Happening::Ended { n_cut } => {
                print(&format!("ended, and cut {n_cut} connections that took too long\n"))
            }
            Happening::Unreadable { fault } => {
                eprintln!("reviewlab: {fault}");
                Ok(())
            }
        }
    }
}
