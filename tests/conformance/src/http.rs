//! A case, carried over HTTP to whatever listens at an address. Never: a connection kept, or an answer in chunks.

use std::io::{Error, ErrorKind, Read as _, Result, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::case::Case;
use crate::check::Heard;

/// Longest silence of a server.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends a case to the interface below `root`, such as `/api/`, of the server at `address`, such as `127.0.0.1:8000`.
///
/// # Errors
/// Where nobody answers, or not by HTTP.
pub fn heard_over_http(address: &str, root: &str, case: &Case) -> Result<Heard> {
    let content_type =
        case.content_type.map(|value| format!("Content-Type: {value}\r\n")).unwrap_or_default();
    let length =
        case.body.as_ref().map(|body| format!("Content-Length: {}\r\n", body.len())).unwrap_or_default();
    let head = format!(
        "{} {root}{} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{content_type}{length}\r\n",
        case.method, case.path
    );
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(head.as_bytes())?;
    stream.write_all(case.body.as_deref().unwrap_or_default())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let no_http = || Error::new(ErrorKind::InvalidData, "the answer is not of HTTP");
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(no_http)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(no_http)?;
    let header = |name: &str| {
        let mut headers = head.lines().filter_map(|line| line.split_once(": "));
        headers.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
    };
    Ok(Heard {
        status,
        content_type: header("content-type").unwrap_or_default(),
        allow: header("allow"),
        body: body.to_owned(),
    })
}
