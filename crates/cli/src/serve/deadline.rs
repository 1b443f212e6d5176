//! A connection whose client must take what it asked for. In: a stream. Out: the same, which fails where an answer is
//! taken too slowly. Never: a connection held for as long as its client likes.

use std::io::{Error, ErrorKind, Result};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::bounds::{MIN_WRITE_RATE, WRITE_TIME};

/// A stream whose other end must read.
pub struct Deadline<S> {
    stream: S,
    /// The answer that is being written; none between answers.
    answer: Option<Writing>,
}

/// An answer on its way.
struct Writing {
    begun: Instant,
    n_bytes: u64,
    /// Since the client takes no more for now.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Writing {
    /// Each piece has `WRITE_TIME`; so has the whole, and more the more of it was taken.
    fn end(&self) -> Instant {
        let whole = self.begun + WRITE_TIME + Duration::from_secs(self.n_bytes / MIN_WRITE_RATE);
        whole.min(Instant::now() + WRITE_TIME)
    }
}

impl<S> Deadline<S> {
    /// Of a stream that nothing was written to.
    pub fn new(stream: S) -> Self {
        Self { stream, answer: None }
    }

    /// What a write came to, or the end of patience.
    fn heard(&mut self, cx: &mut Context<'_>, written: Poll<Result<usize>>) -> Poll<Result<usize>> {
        let begin = || Writing { begun: Instant::now(), n_bytes: 0, waiting: None };
        let answer = self.answer.get_or_insert_with(begin);
        if let Poll::Ready(written) = written {
            answer.waiting = None;
            answer.n_bytes += *written.as_ref().unwrap_or(&0) as u64;
            return Poll::Ready(written);
        }
        let end = answer.end();
        let waiting = answer.waiting.get_or_insert_with(|| Box::pin(sleep_until(end)));
        ready!(waiting.as_mut().poll(cx));
        Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "the client does not take its answer")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Deadline<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Deadline<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.heard(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[std::io::IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, pieces);
        self.heard(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// hyper flushes where all of an answer is written.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
        self.answer = None;
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
