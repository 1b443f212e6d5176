//! What `report` is asked: words in, arguments out. Never: a report of nothing.

use lexopt::{Arg, Parser, ValueExt as _};
use std::path::PathBuf;

use super::{Command, DEFAULT_PROJECT, help};

/// Where it is written where that is not said.
const DEFAULT_REPORT: &str = "report.html";

/// What to write a report of.
#[derive(Debug, PartialEq)]
pub struct ReportArguments {
    /// The project file.
    pub project: PathBuf,
    /// Runs by id, name or a model's address; at least one.
    pub addresses: Vec<String>,
    /// The file that is made.
    pub out: PathBuf,
}

/// `reviewlab report`.
pub(super) fn parse_report(parser: &mut Parser) -> Result<Command, lexopt::Error> {
    let (mut project, mut out, mut addresses) = (None, None, Vec::new());
    while let Some(word) = parser.next()? {
        match word {
            Arg::Long("project") => project = Some(PathBuf::from(parser.value()?)),
            Arg::Long("out") => out = Some(PathBuf::from(parser.value()?)),
            Arg::Long("help") | Arg::Short('h') => return Ok(help()),
            Arg::Value(address) => addresses.push(address.string()?),
            other => return Err(other.unexpected()),
        }
    }
    if addresses.is_empty() {
        return Err("a run is missing: reviewlab report RUN, or several to compare them".into());
    }
    let project = project.unwrap_or_else(|| DEFAULT_PROJECT.into());
    Ok(Command::Report(ReportArguments {
        project,
        addresses,
        out: out.unwrap_or_else(|| DEFAULT_REPORT.into()),
    }))
}
