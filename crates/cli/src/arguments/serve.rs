//! What `serve` and `health` are asked: words in, arguments out. Never: an address of every network by default.

use lexopt::{Arg, Parser, ValueExt as _};
use std::net::SocketAddr;
use std::path::PathBuf;

use super::{Command, DEFAULT_PROJECT, help, next_option};

/// Where a server listens, and is looked for.
const DEFAULT_LISTEN: &str = "127.0.0.1:8000";
const DEFAULT_URL: &str = "http://127.0.0.1:8000";
/// A token that is shorter could be guessed.
const MIN_TOKEN_CHARS: usize = 16;
/// A header that is longer would be refused.
const MAX_TOKEN_CHARS: usize = 512;

/// What to serve, where and to whom.
#[derive(Debug, PartialEq)]
pub struct ServeArguments {
    /// The project file.
    pub project: PathBuf,
    /// Address and port; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// The folder of the site.
    pub site: Option<PathBuf>,
    /// Asked for by the interface and the metrics.
    pub token: Option<String>,
    /// A file that holds it.
    pub token_file: Option<PathBuf>,
    /// The names it answers to beside those of this machine; none: as `Guard` does by itself.
    pub only_hosts: Vec<String>,
    /// Run what is due in the same project, too.
    pub flows: bool,
    /// Print what happens as lines of JSON.
    pub json: bool,
}

/// Whom to ask.
#[derive(Debug, PartialEq)]
pub struct HealthArguments {
    /// Host and port.
    pub host: String,
    /// Print JSON.
    pub json: bool,
}

/// `reviewlab serve`.
pub fn parse_serve(parser: &mut Parser) -> Result<Command, lexopt::Error> {
    let mut others: Vec<PathBuf> = Vec::new();
    let mut arguments = ServeArguments {
        project: DEFAULT_PROJECT.into(),
        listen: listen(DEFAULT_LISTEN)?,
        site: None,
        token: None,
        token_file: None,
        only_hosts: Vec::new(),
        flows: false,
        json: false,
    };
    while let Some(option) = next_option(parser, &mut others)? {
        match option.as_str() {
            "project" => arguments.project = parser.value()?.into(),
            "listen" => arguments.listen = listen(&parser.value()?.string()?)?,
            "site" => arguments.site = Some(parser.value()?.into()),
            "token" => arguments.token = Some(checked_token(&parser.value()?.string()?)?),
            "token-file" => arguments.token_file = Some(parser.value()?.into()),
            "only-host" => arguments.only_hosts.push(host_name(&parser.value()?.string()?)?),
            "flows" => arguments.flows = true,
            "json" => arguments.json = true,
            "help" => return Ok(help()),
            _ => return Err(Arg::Long(&option).unexpected()),
        }
    }
    none(others)?;
    if arguments.token.is_some() && arguments.token_file.is_some() {
        return Err("give --token or --token-file, not both".into());
    }
    Ok(Command::Serve(arguments))
}

/// `reviewlab health`.
pub fn parse_health(parser: &mut Parser) -> Result<Command, lexopt::Error> {
    let mut others: Vec<PathBuf> = Vec::new();
    let (mut url, mut json) = (DEFAULT_URL.to_owned(), false);
    while let Some(option) = next_option(parser, &mut others)? {
        match option.as_str() {
            "url" => url = parser.value()?.string()?,
            "json" => json = true,
            "help" => return Ok(help()),
            _ => return Err(Arg::Long(&option).unexpected()),
        }
    }
    none(others)?;
    let host = url.strip_prefix("http://").map(|rest| rest.trim_end_matches('/'));
    let is_host = |host: &&str| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']);
    let with_port = |host: &str| match host.rsplit_once(':') {
        Some((_, port)) if port.parse::<u16>().is_ok() => host.to_owned(),
        _ => format!("{host}:80"),
    };
    let host = host.filter(is_host).map(with_port);
    let host = host.ok_or_else(|| format!("--url takes an address such as {DEFAULT_URL}, not '{url}'"))?;
    Ok(Command::Health(HealthArguments { host, json }))
}

fn listen(word: &str) -> Result<SocketAddr, lexopt::Error> {
    let wrong =
        || format!("--listen takes an address and a port, such as {DEFAULT_LISTEN}, not '{word}'").into();
    word.parse().map_err(|_| wrong())
}

/// A name or address as requests give it, without a port.
fn host_name(word: &str) -> Result<String, lexopt::Error> {
    let is_name = |name: &str| {
        name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
    };
    let is_address = word.starts_with('[') && word.ends_with(']');
    if !word.is_empty() && (is_name(word) || is_address) {
        return Ok(word.to_owned());
    }
    Err(format!("--only-host takes a name without a port, such as lab.example, not '{word}'").into())
}

/// A token as it is compared.
///
/// # Errors
/// Where it is too short, too long, or could not stand in a header.
pub fn checked_token(token: &str) -> Result<String, String> {
    let is_sent = token.chars().all(|c| c.is_ascii_graphic());
    if is_sent && (MIN_TOKEN_CHARS..=MAX_TOKEN_CHARS).contains(&token.len()) {
        return Ok(token.to_owned());
    }
    Err(format!(
        "a token has {MIN_TOKEN_CHARS} to {MAX_TOKEN_CHARS} letters, digits and signs, without spaces"
    ))
}

fn none(others: Vec<PathBuf>) -> Result<(), lexopt::Error> {
    match others.into_iter().next() {
        Some(other) => Err(Arg::Value(other.into()).unexpected()),
        None => Ok(()),
    }
}
