//! Response bodies as a stream of chunks.
//!
//! Invariant: nobody reads a body without saying how much of it he is willing to hold.

use std::fmt;

use bytes::{Bytes, BytesMut};
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};

use super::error::TransportError;

/// A response body that has not been read yet.
pub struct Body(BoxStream<'static, Result<Bytes, TransportError>>);

/// Why a body could not be read whole.
#[derive(Clone, Debug, thiserror::Error)]
pub enum BodyError {
    /// More than the reader allows.
    #[error("the response is larger than {limit} bytes")]
    TooLarge {
        /// The reader's limit, in bytes.
        limit: usize,
    },
    /// It ended early or took too long.
    #[error("the response could not be read to its end")]
    Transport(#[source] TransportError),
}

impl Body {
    /// A body in one piece.
    pub fn full(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self(stream::iter((!bytes.is_empty()).then_some(Ok(bytes))).boxed())
    }

    /// No body.
    pub fn empty() -> Self {
        Self(stream::empty().boxed())
    }

    /// A body in pieces. The stream's end is the body's end; a body cut short must end with an error.
    pub fn stream(chunks: impl stream::Stream<Item = Result<Bytes, TransportError>> + Send + 'static) -> Self {
        Self(chunks.boxed())
    }

    /// The next piece, or `None` at the end.
    pub async fn chunk(&mut self) -> Option<Result<Bytes, TransportError>> {
        self.0.next().await
    }

    /// The whole body, if it has at most `limit` bytes. Stops reading at the first byte too many.
    pub async fn read(mut self, limit: usize) -> Result<Bytes, BodyError> {
        let Some(first) = self.chunk().await.transpose().map_err(BodyError::Transport)? else {
            return Ok(Bytes::new());
        };
        if first.len() > limit {
            return Err(BodyError::TooLarge { limit });
        }
        let Some(second) = self.chunk().await else {
            return Ok(first);
        };
        let mut whole = BytesMut::from(first);
        let mut next = Some(second);
        while let Some(chunk) = next {
            let chunk = chunk.map_err(BodyError::Transport)?;
            if chunk.len() > limit - whole.len() {
                return Err(BodyError::TooLarge { limit });
            }
            whole.extend_from_slice(&chunk);
            next = self.chunk().await;
        }
        Ok(whole.freeze())
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::{Cause, Reached};

    fn chunks(parts: &'static [&'static str]) -> Body {
        Body::stream(stream::iter(parts.iter().map(|part| Ok(Bytes::from_static(part.as_bytes())))))
    }

    #[tokio::test]
    async fn a_body_is_read_whole_up_to_its_limit_and_not_one_byte_further() {
        assert_eq!(chunks(&["ab", "cd", "e"]).read(5).await.unwrap(), "abcde");
        assert!(matches!(chunks(&["ab", "cd", "e"]).read(4).await, Err(BodyError::TooLarge { limit: 4 })));
        assert!(matches!(Body::full("abcde").read(4).await, Err(BodyError::TooLarge { .. })));
        assert_eq!(Body::empty().read(0).await.unwrap(), "");
    }

    #[tokio::test]
    async fn a_body_cut_short_is_an_error_not_a_shorter_body() {
        let cut = Body::stream(stream::iter([
            Ok(Bytes::from_static(b"ab")),
            Err(TransportError::new(Reached::Unknown, Cause::Broken)),
        ]));
        assert!(matches!(cut.read(10).await, Err(BodyError::Transport(_))));
    }
}
