//! Attempts of one request: time-out, retry, wait.
//!
//! Invariant: this module does not know tokens, links or error bodies. It decides from the transport's word and the
//! status alone whether to try again, and it remembers whether any attempt may have had an effect.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

use super::{Effect, Fence, GraphError, RetryPolicy, retry_after};
use crate::{
    budget::{Cost, Limiter, Permit, Signals},
    observe::{Operation, Service, StatusClass},
    ports::Ports,
    transport::{BodyError, Cause, Reached, TransportError},
};

/// Largest error body that is read, in bytes. Exchange puts stack traces into its errors; what is longer is dropped and
/// the error known by its status alone.
const MAX_ERROR_BODY: usize = 256 * 1024;

/// What every attempt needs.
pub(crate) struct Attempts<'a> {
    pub(crate) ports: &'a Ports,
    pub(crate) policy: &'a RetryPolicy,
    pub(crate) fence: Option<&'a dyn Fence>,
    pub(crate) limiter: Option<&'a Limiter>,
}

/// One request that may be tried several times.
pub(crate) struct Attempt {
    pub(crate) service: Service,
    pub(crate) operation: Operation,
    pub(crate) effect: Effect,
    pub(crate) body_limit: usize,
    pub(crate) deadline: Instant,
    pub(crate) cost: Cost,
}

impl Attempt {
    pub(crate) fn new(
        service: Service,
        operation: Operation,
        effect: Effect,
        body_limit: usize,
        policy: &RetryPolicy,
    ) -> Self {
        Self { service, operation, effect, body_limit, deadline: Instant::now() + policy.total, cost: Cost::default() }
    }
}

/// A whole response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Whether an earlier attempt may have had an effect.
    pub(crate) ambiguous: bool,
}

/// The caller's word on a successful answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accept {
    Yes,
    /// It ends in the middle; a read is tried again.
    Truncated,
}

/// Why there is no answer to work with.
#[derive(Debug)]
pub(crate) enum Failure {
    Transport {
        error: TransportError,
        ambiguous: bool,
    },
    /// The wait is longer than the policy allows, or no attempt is left. `answer` is absent where our own limiter spoke.
    Throttled {
        retry_after: Duration,
        answer: Option<Box<Answer>>,
        ambiguous: bool,
    },
    TooLarge {
        limit: usize,
    },
    Fenced {
        ambiguous: bool,
    },
}

enum Tried {
    Answer(Answer),
    Transport(TransportError),
    TooLarge(usize),
}

impl Attempts<'_> {
    /// Sends what `make` builds until there is an answer, a definite failure, or no time left. Statuses other than
    /// throttling are answers, also those of a server that kept failing.
    pub(crate) async fn run(
        &self,
        make: impl Fn() -> Option<Request<Bytes>>,
        attempt: &Attempt,
        mut accept: impl FnMut(&Answer) -> Accept,
    ) -> Result<Answer, Failure> {
        let mut ambiguous = false;
        let mut tries = 0;
        loop {
            self.permit(attempt, ambiguous).await?;
            let Some(request) = make() else {
                let error = TransportError::new(Reached::BeforeSend, Cause::Unsendable);
                return Err(Failure::Transport { error, ambiguous });
            };
            tries += 1;
            let failure = match self.once(request, attempt).await {
                Tried::TooLarge(limit) => return Err(Failure::TooLarge { limit }),
                Tried::Transport(error) => {
                    let unsettled = error.reached() == Reached::Unknown;
                    ambiguous |= unsettled && attempt.effect != Effect::Read;
                    let repeat = error.is_transient() && (!unsettled || attempt.effect != Effect::Once);
                    let failure = Failure::Transport { error, ambiguous };
                    if !repeat {
                        return Err(failure);
                    }
                    Err(failure)
                }
                Tried::Answer(mut answer) => {
                    answer.ambiguous = ambiguous;
                    let again = judge(&answer, attempt.effect, &mut accept);
                    ambiguous |= answer.status.is_server_error() && attempt.effect != Effect::Read;
                    if !again {
                        return self.settle(answer);
                    }
                    Ok(answer)
                }
            };
            let asked = match &failure {
                Ok(answer) => retry_after::parse(&answer.headers, self.ports.clock.now()),
                Err(_) => None,
            };
            let wait = asked.unwrap_or_else(|| self.policy.backoff(tries, &*self.ports.rng));
            let too_late = Instant::now() + wait + self.policy.attempt_timeout > attempt.deadline;
            if tries >= self.policy.max_attempts || wait > self.policy.longest_wait || too_late {
                return failure.and_then(|answer| self.settle(answer));
            }
            tracing::debug!(attempt = tries, wait_ms = wait.as_millis(), "request is tried again");
            sleep(wait).await;
        }
    }

    /// Waits for the client-side limits, and asks the fence last: right before the request leaves.
    async fn permit(&self, attempt: &Attempt, ambiguous: bool) -> Result<(), Failure> {
        if let Some(limiter) = self.limiter {
            while let Permit::After(wait) = limiter.take(attempt.cost, Instant::now()) {
                let too_late = Instant::now() + wait + self.policy.attempt_timeout > attempt.deadline;
                if wait > self.policy.longest_wait || too_late {
                    return Err(Failure::Throttled { retry_after: wait, answer: None, ambiguous });
                }
                sleep(wait).await;
            }
        }
        match self.fence {
            Some(fence) if attempt.effect != Effect::Read && !fence.admits(self.policy.attempt_timeout) => {
                Err(Failure::Fenced { ambiguous })
            }
            _ => Ok(()),
        }
    }

    async fn once(&self, request: Request<Bytes>, attempt: &Attempt) -> Tried {
        let limit = attempt.body_limit;
        let exchange = async {
            let response = match self.ports.transport.send(request).await {
                Ok(response) => response,
                Err(error) => return Tried::Transport(error),
            };
            let (head, body) = response.into_parts();
            let success = head.status.is_success();
            let body = match body.read(if success { limit } else { limit.min(MAX_ERROR_BODY) }).await {
                Ok(body) => body,
                // Exchange sends 403 with a body falsely declared as gzip: the status still counts.
                Err(_) if !success => Bytes::new(),
                Err(BodyError::TooLarge { limit }) => return Tried::TooLarge(limit),
                Err(BodyError::Transport(error)) => return Tried::Transport(error),
            };
            Tried::Answer(Answer { status: head.status, headers: head.headers, body, ambiguous: false })
        };
        let tried = timeout(self.policy.attempt_timeout, exchange)
            .await
            .unwrap_or_else(|_| Tried::Transport(TransportError::timed_out()));
        self.tell(attempt, &tried);
        if let (Some(limiter), Tried::Answer(answer)) = (self.limiter, &tried) {
            let signals = Signals::read(answer.status, &answer.headers, self.ports.clock.now());
            limiter.learn(attempt.cost, &signals, Instant::now());
        }
        tried
    }

    /// Tells the observer how the request ended, unless the transport refused to send it.
    fn tell(&self, attempt: &Attempt, tried: &Tried) {
        let class = match tried {
            Tried::Answer(answer) => StatusClass::of(answer.status),
            Tried::Transport(error) if !error.is_transient() => return,
            Tried::Transport(_) | Tried::TooLarge(_) => StatusClass::Error,
        };
        self.ports.observer.ended(attempt.service, attempt.operation, class);
        let Tried::Answer(answer) = tried else { return };
        let asked = retry_after::parse(&answer.headers, self.ports.clock.now());
        let over_budget = attempt.service == Service::Exchange && !answer.status.is_success() && {
            let error = GraphError::parse(answer.status, &answer.headers, &answer.body, Uuid::nil(), asked);
            error.is_over_budget()
        };
        if throttles(answer.status, asked) || over_budget {
            self.ports.observer.throttled(attempt.service);
        }
    }

    /// The end: a request to wait becomes `Throttled`, everything else is the answer.
    fn settle(&self, answer: Answer) -> Result<Answer, Failure> {
        let asked = retry_after::parse(&answer.headers, self.ports.clock.now());
        if !throttles(answer.status, asked) {
            return Ok(answer);
        }
        // What it does not say, and has not come in this call, does not come in the next second either.
        let retry_after = asked.unwrap_or(self.policy.longest_wait);
        // A 503 may come after the work was done, a 429 comes before it was begun.
        let ambiguous = answer.ambiguous || answer.status != StatusCode::TOO_MANY_REQUESTS;
        Err(Failure::Throttled { retry_after, answer: Some(Box::new(answer)), ambiguous })
    }
}

/// Server failures that pass by themselves. Graph's contract names 429, 503 and 504; 500 and 502 are what its gateways
/// send in the same situations.
pub(crate) fn is_transient(status: StatusCode) -> bool {
    matches!(status.as_u16(), 500 | 502 | 503 | 504)
}

/// Whether an answer asks to slow down: it says so, or it is unavailable and says until when.
pub(crate) fn throttles(status: StatusCode, asked: Option<Duration>) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || (status == StatusCode::SERVICE_UNAVAILABLE && asked.is_some())
}

/// Whether another attempt is worth it and allowed.
fn judge(answer: &Answer, effect: Effect, accept: &mut impl FnMut(&Answer) -> Accept) -> bool {
    if answer.status.is_success() {
        return accept(answer) == Accept::Truncated && effect == Effect::Read;
    }
    effect != Effect::Once && (answer.status == StatusCode::TOO_MANY_REQUESTS || is_transient(answer.status))
}
