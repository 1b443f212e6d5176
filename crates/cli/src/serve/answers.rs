//! What each path answers. In: requests, as axum routes them. Out: responses, counted and with their headers. Never:
//! more bodies in memory than bounds allow, or a long prediction where it keeps others waiting.

use api::{Answer, Call, MAX_BODY_BYTES, Refusal, Request as Asked, problem};
use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, EXPECT, RETRY_AFTER,
    WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::any;
use serde::Serialize;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::bounds::{BODY_TIME, MAX_BUFFERED_KIB, MAX_FORGOTTEN_BYTES, MAX_PROMPT_BYTES};
use super::follow::Followed;
use super::guard::Guard;
use super::metrics::{Metrics, PROMETHEUS};
use super::site::Site;

/// Says that this host answers the interface (`assets/sw.js`).
const INTERFACE: HeaderName = HeaderName::from_static("reviewlab-interface");

/// All that requests are answered from.
pub struct Server {
    pub guard: Guard,
    pub metrics: Metrics,
    pub site: Option<Site>,
    pub followed: Arc<Followed>,
    /// One permit a processor: who predicts long texts.
    pub at_work: Arc<Semaphore>,
    /// One permit a KiB of bodies in memory.
    pub buffered: Arc<Semaphore>,
    /// How long a request waits for either.
    pub patience: Duration,
}

/// As many long predictions at a time as there are processors.
pub fn at_work() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from)))
}

/// Room for bodies.
pub fn buffered() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(MAX_BUFFERED_KIB))
}

/// How ready a server is.
#[derive(Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
    /// Who answers where a request names no model.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    /// What is wrong with the project file as it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
}

/// The routes.
pub fn router(server: &Arc<Server>) -> Router {
    let interface = format!("{}api", server.base());
    Router::new()
        .route("/health", any(health))
        .route("/metrics", any(metrics))
        .route(&interface, any(interface_answer))
        .route(&format!("{interface}/{{*path}}"), any(interface_answer))
        .fallback(site)
        .layer(from_fn_with_state(Arc::clone(server), around))
        .with_state(Arc::clone(server))
}

/// What is done for every request.
async fn around(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let what = server.what(request.uri().path());
    let mut response = match server.guard.check_host(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => response_of(refusal),
    };
    server.metrics.answered(what, response.status().as_u16(), begun.elapsed());
    // The page's service worker, which answers the same requests, leaves them to a host that says this.
    response.headers_mut().insert(INTERFACE, HeaderValue::from_static("here"));
    response
}

async fn health(State(server): State<Arc<Server>>, request: Request) -> Response {
    if let Err(refusal) = only_get(&request) {
        return response_of(refusal);
    }
    let state = server.followed.state();
    let model = state.home.and_then(|home| home.answering());
    let is_ready = model.is_some();
    // Strangers are told whether, not what.
    let is_known = server.guard.is_known(request.headers());
    let health = Health {
        status: if is_ready { "ready" } else { "not ready" },
        version: env!("CARGO_PKG_VERSION"),
        model: model.filter(|_| is_known),
        fault: state.fault.filter(|_| is_known),
    };
    let body = serde_json::to_string(&health).unwrap_or_default();
    let status = if is_ready { 200 } else { 503 };
    response_of(Answer { status, content_type: api::JSON, allow: None, body })
}

async fn metrics(State(server): State<Arc<Server>>, request: Request) -> Response {
    let refused = only_get(&request).and_then(|()| server.guard.check_token(request.headers()));
    response_of(match refused {
        Ok(()) => Answer {
            status: 200,
            content_type: PROMETHEUS,
            allow: None,
            body: server.metrics.text(&server.followed.state()),
        },
        Err(refusal) => refusal,
    })
}

async fn site(State(server): State<Arc<Server>>, request: Request) -> Response {
    if let Err(refusal) = only_get(&request) {
        return response_of(refusal);
    }
    let path = request.uri().path();
    let found = server.site.as_ref().and_then(|site| site.answer(path, request.headers()));
    found.unwrap_or_else(|| {
        let detail = match &server.site {
            Some(_) => "There is nothing at this path: begin at the first page.",
            None => "This server has no page: start it with --site, or ask for api/predict.",
        };
        response_of(problem(404, "no_such_path", detail))
    })
}

async fn interface_answer(State(server): State<Arc<Server>>, request: Request) -> Response {
    match server.answer(request).await {
        Ok(answer) | Err(answer) => response_of(answer),
    }
}

fn only_get(request: &Request) -> Result<(), Answer> {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(());
    }
    let detail = format!("{} is no way to ask for this path: use GET.", request.method());
    Err(Answer { allow: Some("GET, HEAD"), ..problem(405, "wrong_method", &detail) })
}

fn too_busy() -> Answer {
    problem(503, "too_busy", "Too many requests wait for their turn: try again in a second.")
}

impl Server {
    /// The path of the site's first page; the interface's root lies below it.
    pub fn base(&self) -> &str {
        self.site.as_ref().map_or("/", Site::base)
    }

    /// What is asked for, in one of a few words.
    fn what(&self, path: &str) -> &'static str {
        match path {
            "/health" => return "health",
            "/metrics" => return "metrics",
            _ => {}
        }
        match path.strip_prefix(self.base()).and_then(|below| below.strip_prefix("api/")) {
            Some("predict") => "predict",
            Some("models") => "models",
            Some("openapi.json") => "openapi",
            Some(_) => "nothing",
            None => "site",
        }
    }

    async fn answer(self: &Arc<Self>, request: Request) -> Result<Answer, Answer> {
        self.guard.check_token(request.headers())?;
        let (parts, body) = request.into_parts();
        let (body, room) = self.read(&parts, body).await?;
        if body.len() <= MAX_PROMPT_BYTES {
            return Ok(self.respond(&parts, &body));
        }
        let turn = timeout(self.patience, Arc::clone(&self.at_work).acquire_owned()).await;
        let turn = turn.ok().and_then(Result::ok).ok_or_else(too_busy)?;
        let own = Arc::clone(self);
        let work = move || {
            let answer = own.respond(&parts, &body);
            drop((turn, room));
            answer
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| too_busy())
    }

    /// A body within its bounds, and the room it takes.
    async fn read(
        &self,
        parts: &Parts,
        body: Body,
    ) -> Result<(Vec<u8>, Option<OwnedSemaphorePermit>), Answer> {
        if body.is_end_stream() {
            return Ok((Vec::new(), None));
        }
        let said =
            parts.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if said.is_some_and(|said| said > MAX_BODY_BYTES as u64) {
            // Who waits for `100 Continue` has sent nothing yet.
            if !parts.headers.contains_key(EXPECT) {
                let _ = timeout(BODY_TIME, forget(body)).await;
            }
            return Err(Refusal::BodyTooLarge.answer());
        }
        // At most `MAX_BODY_BYTES`, so it fits.
        let n_kib = said.map_or(MAX_BODY_BYTES, |said| said as usize) as u32 / 1024 + 1;
        let room = timeout(self.patience, Arc::clone(&self.buffered).acquire_many_owned(n_kib)).await;
        let room = room.ok().and_then(Result::ok).ok_or_else(too_busy)?;
        let bytes = timeout(BODY_TIME, collect(body)).await.map_err(|_| {
            let seconds = BODY_TIME.as_secs();
            problem(
                408,
                "too_slow",
                &format!("The body did not arrive within {seconds} seconds: send it again."),
            )
        })??;
        Ok((bytes, Some(room)))
    }

    fn respond(&self, parts: &Parts, body: &[u8]) -> Answer {
        let below = parts.uri.path().strip_prefix(self.base()).and_then(|below| below.strip_prefix("api"));
        let path = below.unwrap_or_default();
        let path = path.strip_prefix('/').unwrap_or(path);
        let content_type = parts.headers.get(CONTENT_TYPE).map(|value| value.to_str().unwrap_or("?"));
        let asked = Asked { method: parts.method.as_str(), path, content_type, body };
        self.try_to_respond(&asked).unwrap_or_else(|refusal| refusal.answer())
    }

    fn try_to_respond(&self, asked: &Asked<'_>) -> Result<Answer, Refusal> {
        let home = || self.followed.home();
        match Call::read(asked)? {
            Call::Predict(call) => {
                let predicted = home().ok_or(Refusal::NoModel)?.predict(&call)?;
                self.metrics.predicted(&predicted);
                Ok(predicted.answer())
            }
            Call::Models => {
                let none = api::ModelList { answering: None, models: Vec::new() };
                Ok(Answer::ok(&home().map_or(none, |home| home.list())))
            }
            Call::OpenApi => {
                Ok(Answer { status: 200, content_type: api::JSON, allow: None, body: api::openapi() })
            }
        }
    }
}

async fn frame(body: &mut Body) -> Option<Result<usize, axum::Error>> {
    let frame = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await?;
    Some(frame.map(|frame| frame.data_ref().map_or(0, |data| data.len())))
}

/// Reads a body so that its sender hears what is said of it, and keeps nothing.
async fn forget(mut body: Body) {
    let mut n_bytes = 0;
    while let Some(Ok(more)) = frame(&mut body).await {
        n_bytes += more as u64;
        if n_bytes > MAX_FORGOTTEN_BYTES {
            return;
        }
    }
}

async fn collect(mut body: Body) -> Result<Vec<u8>, Answer> {
    let mut bytes = Vec::new();
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let cut = |_| problem(400, "body_cut", "The body ended before its end: send it again.");
        let frame = frame.map_err(cut)?;
        let data = frame.data_ref().map_or(&[][..], |data| data);
        if bytes.len() + data.len() > MAX_BODY_BYTES {
            forget(body).await;
            return Err(Refusal::BodyTooLarge.answer());
        }
        bytes.extend_from_slice(data);
    }
    Ok(bytes)
}

/// An answer with its headers. What it says is for the one who asked, and is no page.
fn response_of(answer: Answer) -> Response {
    const POLICY: &str = "default-src 'none'; frame-ancestors 'none'";
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut set = |name: HeaderName, value: &'static str| {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    };
    set(CONTENT_TYPE, answer.content_type);
    set(CACHE_CONTROL, "no-store");
    set(CONTENT_SECURITY_POLICY, POLICY);
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    if let Some(allowed) = answer.allow {
        set(ALLOW, allowed);
    }
    match answer.status {
        401 => set(WWW_AUTHENTICATE, "Bearer realm=\"reviewlab\""),
        503 => set(RETRY_AFTER, "1"),
        _ => {}
    }
    response
}
