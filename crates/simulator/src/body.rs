//! Response bodies: whole, slow or cut off.
//!
//! Invariant: a truncated body ends in an error, never in a clean end, so a server must abort the connection.

use std::{
    collections::VecDeque,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// Pause before a body breaks: a server flushes what it has while it waits, so the client gets the first half.
const BREAK: Duration = Duration::from_millis(20);

/// The stream broke off before its end.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
#[error("the simulated connection broke in the middle of the body")]
pub struct Truncated;

/// A response body; implements [`hyper::body::Body`], so `http_body_util::BodyExt::collect` reads it.
#[derive(Debug)]
pub struct SimBody {
    chunks: VecDeque<Bytes>,
    /// Pause before each chunk.
    pause: Option<Duration>,
    sleeping: Option<Pin<Box<Sleep>>>,
    truncated: bool,
    length: u64,
}

impl SimBody {
    /// A body that is all there.
    pub(crate) fn whole(bytes: Bytes) -> Self {
        let length = bytes.len() as u64;
        let chunks = if bytes.is_empty() { VecDeque::new() } else { VecDeque::from([bytes]) };
        Self { chunks, pause: None, sleeping: None, truncated: false, length }
    }

    /// A body in eight pieces, each after `pause`.
    pub(crate) fn slow(bytes: &Bytes, pause: Duration) -> Self {
        let size = bytes.len().div_ceil(8).max(1);
        let chunks = bytes.chunks(size).map(Bytes::copy_from_slice).collect();
        Self { chunks, pause: Some(pause), sleeping: None, truncated: false, length: bytes.len() as u64 }
    }

    /// The first half of a body, then a broken connection.
    pub(crate) fn truncated(bytes: &Bytes) -> Self {
        let half = bytes.slice(..bytes.len() / 2);
        Self { truncated: true, pause: Some(BREAK), length: bytes.len() as u64, ..Self::whole(half) }
    }
}

impl Body for SimBody {
    type Data = Bytes;
    type Error = Truncated;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Truncated>>> {
        if self.chunks.is_empty() && !self.truncated {
            return Poll::Ready(None);
        }
        if let Some(pause) = self.pause {
            let sleeping = self.sleeping.get_or_insert_with(|| Box::pin(sleep(pause)));
            if sleeping.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            self.sleeping = None;
        }
        if let Some(chunk) = self.chunks.pop_front() {
            return Poll::Ready(Some(Ok(Frame::data(chunk))));
        }
        self.truncated = false;
        Poll::Ready(Some(Err(Truncated)))
    }

    fn is_end_stream(&self) -> bool {
        self.chunks.is_empty() && !self.truncated
    }

    fn size_hint(&self) -> SizeHint {
        let left: u64 = self.chunks.iter().map(|chunk| chunk.len() as u64).sum();
        // A truncated answer still announces its full length, as a real server would have.
        if self.truncated { SizeHint::with_exact(self.length) } else { SizeHint::with_exact(left) }
    }
}
