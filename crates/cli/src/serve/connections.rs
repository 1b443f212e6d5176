//! Connections, from the first to the last. In: a listener. Out: each connection's requests, answered. Never: more
//! connections than bounds allow, one that idles for ever, or one that is cut while its request is answered.

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
    let mut connections = Connections::new(server);
    let mut end = std::pin::pin!(told_to_end);
    loop {
        let room = tokio::select! {
            () = &mut end => break,
            room = Arc::clone(&connections.room).acquire_owned() => room,
        };
        // It is closed by nobody.
        let Ok(room) = room else { break };
        tokio::select! {
            () = &mut end => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => connections.begin(stream, room),
                Err(_) => tokio::time::sleep(REST).await,
            }
        }
    }
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
    fn new(server: &Arc<Server>) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_buf_size(MAX_HEAD_BYTES);
        Self {
            http,
            service: TowerToHyperService::new(router(server)),
            graceful: GracefulShutdown::new(),
            room: Arc::new(Semaphore::new(MAX_CONNECTIONS)),
            server: Arc::clone(server),
        }
    }

    fn begin(&mut self, stream: TcpStream, room: OwnedSemaphorePermit) {
        // Answers are whole when they are written, so nothing is gained by waiting for more.
        let _ = stream.set_nodelay(true);
        let connection = self.http.serve_connection(TokioIo::new(stream), self.service.clone());
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
