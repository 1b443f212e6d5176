//! A tracking server of MLflow's, asked over HTTP/1.1 on one connection that is kept.
//! In: an address, requests. Out: answers as JSON, refusals in the server's own words.
//! Never: a secret written into a sentence, or a connection to another host than the address names.

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use axum::http::{HeaderValue, Method, Request, StatusCode, Uri};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::failure::Failure;

/// How long one request may take; a server writes a whole run's metrics in one.
const PATIENCE: Duration = Duration::from_secs(120);
/// Most bytes of an answer that are read.
const MAX_ANSWER_BYTES: usize = 64 << 20;
/// Letters of an answer that is no JSON which are told.
const MAX_TOLD: usize = 200;
/// The environment's names for a token, as MLflow's own clients have it.
const TOKEN: &str = "MLFLOW_TRACKING_TOKEN";

/// Why a server did not do it.
#[derive(Debug)]
pub enum Refusal {
    /// It knows of none such.
    Missing,
    /// There is one already.
    Exists,
    /// Anything else.
    Failed(Failure),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Missing => Self::wrong("The tracking server lost what was just written: push again."),
            Refusal::Exists => Self::wrong("Somebody else writes to the tracking server: push again."),
            Refusal::Failed(failure) => failure,
        }
    }
}

/// The server.
pub struct Server {
    /// `127.0.0.1:5000`.
    authority: String,
    /// What stands before `/api`: empty, or `/mlflow`.
    path: String,
    token: Option<HeaderValue>,
    connection: Option<SendRequest<Body>>,
}

impl Server {
    /// The server at an address such as `http://127.0.0.1:5000`.
    ///
    /// # Errors
    /// Where it is no such address.
    pub fn at(address: &str) -> Result<Self, Failure> {
        let wrong = |why: &str| {
            Failure::wrong(format!("--tracking-uri takes an address such as http://127.0.0.1:5000: {why}."))
        };
        let uri: Uri = address.parse().map_err(|_| wrong("this is none"))?;
        match uri.scheme_str() {
            Some("http") => {}
            Some("https") => {
                return Err(wrong(
                    "this program speaks http alone; take a tunnel or a proxy on this machine",
                ));
            }
            _ => return Err(wrong("it begins with http://")),
        }
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(|| wrong("it names no host"))?;
        let authority = format!("{host}:{}", uri.port_u16().unwrap_or(80));
        let token = match std::env::var(TOKEN) {
            Ok(token) if !token.is_empty() => {
                let value = HeaderValue::from_str(&format!("Bearer {token}"));
                Some(value.map_err(|_| Failure::wrong(format!("{TOKEN} holds what no header can.")))?)
            }
            _ => None,
        };
        let path = uri.path().trim_end_matches('/').to_owned();
        Ok(Self { authority, path, token, connection: None })
    }

    /// Asks for something; `query` is encoded already.
    pub async fn get(&mut self, endpoint: &str, query: &str) -> Result<Value, Refusal> {
        let path = format!("/api/2.0/mlflow/{endpoint}?{query}");
        self.asked((Method::GET, &path, "application/json"), Bytes::new()).await
    }

    /// Changes something.
    pub async fn post(&mut self, endpoint: &str, body: &Value) -> Result<Value, Refusal> {
        let path = format!("/api/2.0/mlflow/{endpoint}");
        self.asked((Method::POST, &path, "application/json"), body.to_string().into()).await
    }

    /// Stores a file below the server's artifacts; `path` is encoded already.
    pub async fn put_file(&mut self, path: &str, bytes: Vec<u8>) -> Result<(), Refusal> {
        let path = format!("/api/2.0/mlflow-artifacts/artifacts/{path}");
        self.asked((Method::PUT, &path, "application/octet-stream"), bytes.into()).await.map(|_| ())
    }

    async fn asked(&mut self, head: (Method, &str, &str), body: Bytes) -> Result<Value, Refusal> {
        let answer = timeout(PATIENCE, self.answered(head.clone(), body)).await;
        let answer = answer.unwrap_or_else(|_| {
            let seconds = PATIENCE.as_secs();
            Err(Failure::wrong(format!("{} has not answered for {seconds} seconds.", self.authority)))
        });
        let (status, bytes) = answer.map_err(Refusal::Failed)?;
        let value: Option<Value> = serde_json::from_slice(&bytes).ok();
        if status.is_success() {
            return Ok(value.unwrap_or(Value::Null));
        }
        let said = |name: &str| value.as_ref().and_then(|value| value[name].as_str());
        match said("error_code") {
            Some("RESOURCE_DOES_NOT_EXIST") => return Err(Refusal::Missing),
            Some("RESOURCE_ALREADY_EXISTS") => return Err(Refusal::Exists),
            _ => {}
        }
        let words = match said("message") {
            Some(message) => message.to_owned(),
            None => String::from_utf8_lossy(&bytes).chars().take(MAX_TOLD).collect(),
        };
        let sentence = format!("{} refuses {} with {status}: {words}", self.authority, head.1);
        Err(Refusal::Failed(Failure::wrong(sentence)))
    }

    async fn answered(
        &mut self,
        (method, path, media_type): (Method, &str, &str),
        body: Bytes,
    ) -> Result<(StatusCode, Bytes), Failure> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.path));
        request = request.header(HOST, &self.authority).header(CONTENT_TYPE, media_type);
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, token);
        }
        let request = request.body(Body::from(body)).map_err(|error| self.unreachable(&error))?;
        let sender = self.connected().await?;
        let sent = sender.send_request(request).await;
        let response = sent.map_err(|error| self.unreachable(&error))?;
        let status = response.status();
        let bytes = to_bytes(Body::new(response.into_body()), MAX_ANSWER_BYTES).await;
        Ok((status, bytes.map_err(|error| self.unreachable(&error))?))
    }

    /// A connection that takes a request: the one there is, or a new one where the server has closed it.
    async fn connected(&mut self) -> Result<&mut SendRequest<Body>, Failure> {
        let is_open = match &mut self.connection {
            Some(sender) => sender.ready().await.is_ok(),
            None => false,
        };
        if !is_open {
            let stream = TcpStream::connect(&self.authority).await;
            let stream = stream.map_err(|error| self.unreachable(&error))?;
            let (sender, connection) =
                handshake(TokioIo::new(stream)).await.map_err(|error| self.unreachable(&error))?;
            tokio::spawn(async move {
                // Its end is seen by the next request.
                let _ = connection.await;
            });
            self.connection = Some(sender);
        }
        self.connection.as_mut().ok_or_else(|| Failure::Fault("there is no connection".to_owned()))
    }

    fn unreachable(&self, error: &dyn std::fmt::Display) -> Failure {
        Failure::wrong(format!("{} cannot be reached: {error}.", self.authority))
    }
}

/// A text as it stands in a query or a path.
pub fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart_or_refused_in_a_sentence() {
        for (address, expected) in [
            ("http://127.0.0.1:5000", Ok(("127.0.0.1:5000", ""))),
            ("http://ml.example/mlflow/", Ok(("ml.example:80", "/mlflow"))),
            ("https://ml.example", Err("http alone")),
            ("ml.example", Err("begins with http://")),
            ("", Err("this is none")),
        ] {
            match (Server::at(address), expected) {
                (Ok(server), Ok((authority, path))) => {
                    assert_eq!((server.authority.as_str(), server.path.as_str()), (authority, path));
                }
                (Err(Failure::Wrong(said)), Err(words)) => assert!(said.contains(words), "{said}"),
                (found, _) => panic!("{address}: {:?}", found.map(|server| server.authority)),
            }
        }
    }

    #[test]
    fn texts_are_encoded() {
        assert_eq!(encoded("a b/c='é'"), "a%20b%2Fc%3D%27%C3%A9%27");
    }
}
