//! Connections, from the first to the last. In: a listener. Out: each connection's requests, answered. Never: more
//! connections than bounds allow, one that idles or takes no answer for ever, or one that is cut while its request is
//! answered.

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::announce::{Announcer, Happening};
use super::answers::{Server, router};
use super::bounds::{END_TIME, HEAD_TIME, MAX_CONNECTIONS, MAX_HEAD_BYTES};
use super::deadline::Deadline;
use crate::failure::Failure;

/// How long accepting rests after it failed, as it does where the system has no more files to give.
const REST: Duration = Duration::from_millis(50);

/// Serves until SIGTERM or Ctrl-C, then until every request in flight is answered.
///
/// # Errors
/// Where the standard output cannot be written to.
pub async fn serve(
    listener: TcpListener,
    server: &Arc<Server>,
    announcer: Announcer,
    told_to_end: impl Future<Output = ()>,
) -> Result<(), Failure> {
    let mut connections = Connections::new(server, MAX_CONNECTIONS);
    connections.accept(&listener, told_to_end).await;
    announcer.say(&Happening::Ending)?;
    // Who is connected already, though not accepted yet, may have sent a request.
    while let Some(stream) = waiting(&listener).await {
        let Ok(room) = Arc::clone(&connections.room).try_acquire_owned() else { break };
        connections.begin(stream, room);
    }
    drop(listener);
    let n_cut = tokio::select! {
        () = connections.graceful.shutdown() => 0,
        () = tokio::time::sleep(END_TIME) => server.metrics.n_connections() as usize,
    };
    announcer.say(&Happening::Ended { n_cut })
}

/// The next connection that waits; none where no one does now.
async fn waiting(listener: &TcpListener) -> Option<TcpStream> {
    poll_fn(|cx| match listener.poll_accept(cx) {
        Poll::Ready(Ok((stream, _))) => Poll::Ready(Some(stream)),
        Poll::Ready(Err(_)) | Poll::Pending => Poll::Ready(None),
    })
    .await
}

struct Connections {
    http: http1::Builder,
    service: TowerToHyperService<axum::Router>,
    graceful: GracefulShutdown,
    room: Arc<Semaphore>,
    server: Arc<Server>,
}

impl Connections {
    fn new(server: &Arc<Server>, n_most: usize) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_buf_size(MAX_HEAD_BYTES);
        Self {
            http,
            service: TowerToHyperService::new(router(server)),
            graceful: GracefulShutdown::new(),
            room: Arc::new(Semaphore::new(n_most)),
            server: Arc::clone(server),
        }
    }

    /// Lets connections in until the end is asked for.
    async fn accept(&mut self, listener: &TcpListener, told_to_end: impl Future<Output = ()>) {
        let mut end = std::pin::pin!(told_to_end);
        loop {
            let room = tokio::select! {
                () = &mut end => return,
                room = Arc::clone(&self.room).acquire_owned() => room,
            };
            // It is closed by nobody.
            let Ok(room) = room else { return };
            tokio::select! {
                () = &mut end => return,
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => self.begin(stream, room),
                    Err(_) => tokio::time::sleep(REST).await,
                }
            }
        }
    }

    fn begin(&mut self, stream: TcpStream, room: OwnedSemaphorePermit) {
        // Answers are whole when they are written, so nothing is gained by waiting for more.
        let _ = stream.set_nodelay(true);
        let connection =
            self.http.serve_connection(TokioIo::new(Deadline::new(stream)), self.service.clone());
        let connection = self.graceful.watch(connection);
        let server = Arc::clone(&self.server);
        server.metrics.connected();
        tokio::spawn(async move {
            // A client that goes away is no fault of ours.
            let _ = connection.await;
            server.metrics.disconnected();
            drop(room);
        });
    }
}

/// Ends when the system or a person says so.
///
/// # Errors
/// Where signals cannot be heard.
#[cfg(unix)]
pub fn told_to_end() -> Result<impl Future<Output = ()>, Failure> {
    use tokio::signal::unix::{SignalKind, signal};

    let deaf = |error: std::io::Error| Failure::Fault(format!("signals cannot be heard: {error}"));
    let mut told = signal(SignalKind::terminate()).map_err(deaf)?;
    let mut asked = signal(SignalKind::interrupt()).map_err(deaf)?;
    Ok(async move {
        tokio::select! {
            _ = told.recv() => {}
            _ = asked.recv() => {}
        }
    })
}

/// Ends when a person says so.
#[cfg(not(unix))]
pub fn told_to_end() -> Result<impl Future<Output = ()>, Failure> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::answers;
    use super::super::bounds::WAIT_TIME;
    use super::super::follow::Followed;
    use super::super::guard::Guard;
    use super::super::metrics::Metrics;
    use super::*;
    use std::io::{ErrorKind, Read as _, Write as _};
    use std::net::SocketAddr;
    use std::path::Path;
    use tokio::runtime::Runtime;

    const PATIENCE: Duration = Duration::from_secs(30);
    const SHORT: Duration = Duration::from_millis(100);

    fn server() -> Server {
        let nowhere = Followed::begin(Path::new("no-project-here"), Announcer { json: false });
        let anyone = Guard::new(None, SocketAddr::from(([127, 0, 0, 1], 0)), Vec::new());
        Server {
            guard: anyone,
            metrics: Metrics::default(),
            site: None,
            followed: Arc::new(nowhere.unwrap_or_else(|_| panic!("a project may be absent"))),
            at_work: answers::at_work(),
            buffered: answers::buffered(),
            patience: WAIT_TIME,
        }
    }

    /// A server in threads of its own, with room for so many connections.
    fn begin(server: Server, n_most: usize) -> (Runtime, SocketAddr) {
        let threads = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads");
        let listener = threads.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let server = Arc::new(server);
        threads.spawn(async move {
            Connections::new(&server, n_most).accept(&listener, std::future::pending()).await;
        });
        (threads, address)
    }

    fn ask(address: SocketAddr, text: &str) -> std::net::TcpStream {
        let mut stream = std::net::TcpStream::connect(address).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time");
        stream.write_all(text.as_bytes()).expect("it reads");
        stream
    }

    fn heard(mut stream: std::net::TcpStream) -> String {
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("an answer");
        text
    }

    fn prediction(n_bytes: usize) -> String {
        let body = format!("{{\"text\": \"{}\"}}", "a".repeat(n_bytes));
        format!(
            "POST /api/predict HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }

    #[track_caller]
    fn is_too_busy(answer: &str) {
        let answer = answer.to_lowercase();
        assert!(answer.starts_with("http/1.1 503 "), "{answer}");
        assert!(
            answer.contains("\"reason\":\"too_busy\"") && answer.contains("retry-after: 1\r\n"),
            "{answer}"
        );
    }

    #[test]
    fn who_waits_too_long_for_room_or_for_a_processor_is_told_to_come_again() {
        let none = || Arc::new(Semaphore::new(0));
        let (_threads, address) = begin(Server { buffered: none(), patience: SHORT, ..server() }, 8);
        is_too_busy(&heard(ask(address, &prediction(10))));
        let (_threads, address) = begin(Server { at_work: none(), patience: SHORT, ..server() }, 8);
        is_too_busy(&heard(ask(address, &prediction(10_000))));
        let short = heard(ask(address, &prediction(10)));
        assert!(short.contains("\"reason\":\"no_model\""), "a short one needs no turn: {short}");
    }

    #[test]
    fn a_connection_beyond_the_last_waits_for_the_end_of_another() {
        let (_threads, address) = begin(server(), 1);
        let mut first = ask(address, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert!(first.read(&mut [0; 4096]).is_ok_and(|n_bytes| n_bytes > 0), "the first is answered");
        let mut second = ask(address, "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        second.set_read_timeout(Some(SHORT)).expect("a time");
        let silence = second.read(&mut [0; 1]).map_err(|error| error.kind());
        assert!(matches!(silence, Err(ErrorKind::WouldBlock | ErrorKind::TimedOut)), "{silence:?}");
        drop(first);
        second.set_read_timeout(Some(PATIENCE)).expect("a time");
        assert!(heard(second).starts_with("HTTP/1.1 503 "), "it is answered: no model yet");
    }
}
