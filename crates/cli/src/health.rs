//! `reviewlab health`: a server's address in; whether it is ready out, as the exit code. Never: longer than a few
//! seconds, whatever answers there.

use std::io::{Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use serde_json::Value;

use crate::arguments::HealthArguments;
use crate::failure::Failure;
use crate::pump::print;

/// How long each step may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// Most bytes of an answer that are read.
const MAX_ANSWER_BYTES: u64 = 64 << 10;

/// Asks.
///
/// # Errors
/// Where nobody answers, or the server is not ready.
pub fn run(arguments: &HealthArguments) -> Result<(), Failure> {
    let host = &arguments.host;
    let answer = ask(host).map_err(|error| Failure::wrong(format!("{host} does not answer: {error}.")))?;
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let health: Value = serde_json::from_str(body)
        .map_err(|_| Failure::wrong(format!("{host} answers, and not as Reviewlab does.")))?;
    if arguments.json {
        print(&format!("{}\n", body.trim()))?;
    }
    let is_ready = answer.split(' ').nth(1) == Some("200");
    match (is_ready, health["fault"].as_str()) {
        (true, _) if arguments.json => Ok(()),
        (true, fault) => {
            let model = health["model"].as_str().map(|model| format!(", with {model}")).unwrap_or_default();
            let fault = fault.map(|fault| format!("; {fault}")).unwrap_or_default();
            print(&format!("ready{model}{fault}\n"))
        }
        (false, Some(fault)) => Err(Failure::wrong(format!("{host} is not ready: {fault}"))),
        (false, None) => Err(Failure::wrong(format!("{host} is not ready: its project holds no model."))),
    }
}

fn ask(host: &str) -> std::io::Result<String> {
    let mut last = std::io::Error::new(std::io::ErrorKind::NotFound, "it has no address");
    for address in host.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(stream) => return ask_through(stream, host),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn ask_through(mut stream: TcpStream, host: &str) -> std::io::Result<String> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(MAX_ANSWER_BYTES).read_to_string(&mut answer)?;
    Ok(answer)
}
