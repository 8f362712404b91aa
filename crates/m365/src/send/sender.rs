//! Calls to one service of one tenant.
//!
//! Invariant: a read ends in an answer or an error; a write ends in an answer, an error that proves it had no effect, or
//! [`Outcome::Unknown`].

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode,
    header::{ACCEPT, AUTHORIZATION, LOCATION},
};
use serde::de::DeserializeOwned;
use url::Url;
use uuid::Uuid;

use super::{
    Call, DecodeError, Effect, Error, Fence, GraphError, RetryPolicy,
    attempts::{Accept, Answer, Attempt, Attempts, Failure},
    call::Target,
    decode, retry_after,
};
use crate::{
    auth::{AuthError, Token, TokenProvider},
    budget::{Cost, Limiter},
    cloud::{Origin, Scope},
    ports::Ports,
    random,
};

/// Redirects of a read that are followed. Services answer at their own address; three leave room for a moved API
/// version and end a circle quickly.
const MAX_REDIRECTS: u32 = 3;

/// A successful answer.
pub struct Reply<T> {
    /// The decoded body.
    pub value: T,
    /// HTTP status, 200 to 299.
    pub status: u16,
    /// The answer's headers.
    pub headers: HeaderMap,
    /// Our id of the call.
    pub client_request_id: Uuid,
    /// Whether an earlier attempt of the same call may have been carried out as well.
    pub(crate) repeated: bool,
}

impl<T> fmt::Debug for Reply<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("status", &self.status).finish_non_exhaustive()
    }
}

/// How a write ended.
#[derive(Debug)]
pub enum Outcome<T> {
    /// It was carried out.
    Done(Reply<T>),
    /// It may or may not have been carried out: only reading tells. The error says what was seen last.
    Unknown(Error),
}

/// Sends calls to one service (Graph, Exchange) as one application in one tenant.
pub struct Sender {
    ports: Ports,
    tokens: Arc<TokenProvider>,
    scope: Scope,
    base: Url,
    origin: Origin,
    policy: RetryPolicy,
    limiter: Option<Arc<Limiter>>,
    fence: Option<Arc<dyn Fence>>,
    troubles: AtomicU64,
}

/// An error, and whether the write may have happened all the same.
struct Broken {
    error: Error,
    ambiguous: bool,
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        Self { error, ambiguous: false }
    }
}

impl Sender {
    /// A sender to the service at `base` (with its version, such as `https://graph.microsoft.com/v1.0/`).
    pub fn new(ports: Ports, tokens: Arc<TokenProvider>, scope: Scope, mut base: Url, policy: RetryPolicy) -> Self {
        if !base.path().ends_with('/') {
            let path = format!("{}/", base.path());
            base.set_path(&path);
        }
        let origin = Origin::of(&base);
        let troubles = AtomicU64::new(0);
        Self { ports, tokens, scope, base, origin, policy, limiter: None, fence: None, troubles }
    }

    /// Keeps to client-side limits, shared by all senders of the same application and tenant.
    #[must_use]
    pub fn with_limiter(mut self, limiter: Arc<Limiter>) -> Self {
        self.limiter = Some(limiter);
        self
    }

    /// Asks before every attempt of a write.
    #[must_use]
    pub fn with_fence(mut self, fence: Arc<dyn Fence>) -> Self {
        self.fence = Some(fence);
        self
    }

    /// The present token: its grants say what the application may do.
    pub async fn token(&self) -> Result<Token, Error> {
        let token = self.tokens.token(&self.scope).await;
        if token.as_ref().is_err_and(AuthError::is_transient) {
            self.note_trouble();
        }
        token.map_err(Error::Auth)
    }

    /// Reads and decodes JSON.
    pub async fn read<T: DeserializeOwned>(&self, mut call: Call) -> Result<Reply<T>, Error> {
        call.effect = Effect::Read;
        self.exchange(&call, decode).await.map_err(|broken| broken.error)
    }

    /// Reads, and decodes as `decode` says; it is called again for an answer that ended in the middle.
    pub(crate) async fn read_by<T>(
        &self,
        mut call: Call,
        decode: impl Fn(&[u8]) -> Result<T, DecodeError>,
    ) -> Result<Reply<T>, Error> {
        call.effect = Effect::Read;
        self.exchange(&call, decode).await.map_err(|broken| broken.error)
    }

    /// Writes and decodes the JSON answer.
    pub async fn write<T: DeserializeOwned>(&self, call: Call) -> Result<Outcome<T>, Error> {
        Self::outcome(self.exchange(&call, decode).await)
    }

    /// Writes; what the answer's body says does not matter.
    pub async fn write_empty(&self, call: Call) -> Result<Outcome<()>, Error> {
        Self::outcome(self.exchange(&call, |_| Ok(())).await)
    }

    /// Writes and hands out the body undecoded, for services that answer with or without one.
    pub async fn write_bytes(&self, call: Call) -> Result<Outcome<Bytes>, Error> {
        Self::outcome(self.exchange(&call, |body| Ok(Bytes::copy_from_slice(body))).await)
    }

    /// How many calls, or items of batches, have failed in a way that passes by itself.
    pub(crate) fn troubles(&self) -> u64 {
        self.troubles.load(Ordering::Relaxed)
    }

    /// Counts one.
    pub(crate) fn note_trouble(&self) {
        self.troubles.fetch_add(1, Ordering::Relaxed);
    }

    /// Tells the observer that the service asked to slow down in the answer to one item of a batch.
    pub(crate) fn tell_throttled(&self) {
        self.ports.observer.throttled(self.scope.service());
    }

    /// The service's base address; ends with a slash.
    pub(crate) fn base(&self) -> &Url {
        &self.base
    }

    pub(crate) fn ports(&self) -> &Ports {
        &self.ports
    }

    pub(crate) fn policy(&self) -> &RetryPolicy {
        &self.policy
    }

    pub(crate) fn limiter(&self) -> Option<&Limiter> {
        self.limiter.as_deref()
    }

    fn outcome<T>(result: Result<Reply<T>, Broken>) -> Result<Outcome<T>, Error> {
        match result {
            Ok(reply) => Ok(Outcome::Done(reply)),
            Err(Broken { error, ambiguous: true }) => Ok(Outcome::Unknown(error)),
            Err(Broken { error, ambiguous: false }) => Err(error),
        }
    }

    async fn exchange<T>(
        &self,
        call: &Call,
        decode: impl Fn(&[u8]) -> Result<T, DecodeError>,
    ) -> Result<Reply<T>, Broken> {
        let ended = self.converse(call, decode).await;
        if ended.as_ref().is_err_and(|broken| broken.error.is_transient()) {
            self.note_trouble();
        }
        ended
    }

    async fn converse<T>(
        &self,
        call: &Call,
        decode: impl Fn(&[u8]) -> Result<T, DecodeError>,
    ) -> Result<Reply<T>, Broken> {
        let id = random::uuid(&*self.ports.rng);
        let writes = call.effect != Effect::Read;
        let mut url = self.address(&call.target)?;
        let mut attempt = Attempt::new(self.scope.service(), call.kind(), call.effect, call.body_limit, &self.policy);
        attempt.cost = call.cost.unwrap_or_else(|| Cost::of(&call.method, &url));
        let (mut renewed, mut redirects, mut ambiguous) = (false, 0, false);
        loop {
            let token = self.token().await.map_err(|error| Broken { error, ambiguous })?;
            let mut decoded = None;
            let accept = |answer: &Answer| {
                let result = decode(&answer.body);
                // Another success than 200 is no answer to a read, however often it is given.
                let truncated = answer.status == StatusCode::OK && result.as_ref().is_err_and(|error| error.truncated);
                decoded = Some(result);
                if truncated { Accept::Truncated } else { Accept::Yes }
            };
            let attempts = Attempts {
                ports: &self.ports,
                policy: &self.policy,
                fence: self.fence.as_deref(),
                limiter: self.limiter.as_deref(),
            };
            let answer = attempts
                .run(|| request(call, &url, &token, id), &attempt, accept)
                .await
                .map_err(|failure| self.failed(failure, writes, ambiguous, id))?;
            ambiguous |= answer.ambiguous;
            let status = answer.status;
            tracing::debug!(operation = call.operation, status = status.as_u16(), client_request_id = %id, "answer");

            // Whatever its body holds: half a list (206) or none yet (202) is not the list.
            if status.is_success() && status != StatusCode::OK && !writes {
                let (status, client_request_id) = (status.as_u16(), id);
                return Err(Error::NotAnswered { status, client_request_id }.into());
            }
            if status.is_success() {
                return match decoded {
                    Some(Ok(value)) => Ok(Reply {
                        value,
                        status: status.as_u16(),
                        headers: answer.headers,
                        client_request_id: id,
                        repeated: ambiguous,
                    }),
                    // It was carried out, but what came of it is not known.
                    Some(Err(error)) => {
                        Err(Broken { error: Error::Malformed { error, client_request_id: id }, ambiguous: writes })
                    }
                    None => Err(Broken { error: Error::InvalidPath, ambiguous: writes }),
                };
            }
            if status == StatusCode::UNAUTHORIZED && !renewed {
                renewed = true;
                self.tokens.invalidate(&self.scope, &token);
                continue;
            }
            if status.is_redirection() {
                if call.method != Method::GET || redirects == MAX_REDIRECTS {
                    return Err(Broken { error: Error::Redirect, ambiguous });
                }
                redirects += 1;
                url = self.redirected(&url, &answer)?;
                continue;
            }
            ambiguous |= writes && status.is_server_error();
            return Err(Broken { error: Error::Service(self.refused(&answer, id)), ambiguous });
        }
    }

    fn failed(&self, failure: Failure, writes: bool, before: bool, id: Uuid) -> Broken {
        let (error, ambiguous) = match failure {
            Failure::Transport { error, ambiguous } => {
                let unsettled = ambiguous || (writes && !Error::before_send(&error));
                (Error::Transport { error, client_request_id: id }, unsettled)
            }
            Failure::Throttled { retry_after, answer, ambiguous } => {
                let error = answer.map(|answer| self.refused(&answer, id));
                (Error::Throttled { retry_after, error }, ambiguous)
            }
            Failure::TooLarge { limit } => (Error::TooLarge { limit, client_request_id: id }, true),
            Failure::Fenced { ambiguous } => (Error::Fenced, ambiguous),
        };
        Broken { error, ambiguous: writes && (ambiguous || before) }
    }

    fn refused(&self, answer: &Answer, id: Uuid) -> GraphError {
        let wait = retry_after::parse(&answer.headers, self.ports.clock.now());
        GraphError::parse(answer.status, &answer.headers, &answer.body, id, wait)
    }

    fn address(&self, target: &Target) -> Result<Url, Error> {
        match target {
            Target::Path(path) => {
                let relative = path.trim_start_matches('/');
                let url = Url::parse(&format!("{}{relative}", self.base)).map_err(|_| Error::InvalidPath)?;
                // `..` in a path must not reach another API of the same host.
                if url.path().starts_with(self.base.path()) { self.admit(url) } else { Err(Error::InvalidPath) }
            }
            Target::Link(link) => self.admit(Url::parse(link).map_err(|_| Error::ForeignLink)?),
        }
    }

    fn redirected(&self, from: &Url, answer: &Answer) -> Result<Url, Error> {
        let location = answer.headers.get(LOCATION).and_then(|location| location.to_str().ok());
        let url = from.join(location.ok_or(Error::Redirect)?).map_err(|_| Error::ForeignLink)?;
        self.admit(url)
    }

    fn admit(&self, mut url: Url) -> Result<Url, Error> {
        url.set_fragment(None);
        if self.origin.admits(&url) { Ok(url) } else { Err(Error::ForeignLink) }
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").field("origin", &self.origin).field("scope", &self.scope).finish_non_exhaustive()
    }
}

fn request(call: &Call, url: &Url, token: &Token, id: Uuid) -> Option<Request<Bytes>> {
    let mut request =
        Request::builder().method(&call.method).uri(url.as_str()).body(call.body.clone().unwrap_or_default()).ok()?;
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.extend(call.headers.clone());
    headers.insert(AUTHORIZATION, token.header()?);
    headers.insert(HeaderName::from_static("client-request-id"), HeaderValue::try_from(id.to_string()).ok()?);
    headers.insert(HeaderName::from_static("return-client-request-id"), HeaderValue::from_static("true"));
    Some(request)
}
