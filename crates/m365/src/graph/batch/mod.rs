//! `$batch`: up to twenty requests in one.
//!
//! Invariant: every item ends in exactly one outcome, in the order given, whatever the service answers: out of order,
//! twice, not at all. An item that may have been carried out is never reported as failed.

mod item;
mod wire;

use std::{collections::HashSet, fmt, time::Duration};

use futures::{StreamExt, stream};
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

pub use item::{BatchItem, Order};

use self::wire::{WireAnswer, WireAnswers, batch_call, by_id, headers};
use crate::{
    budget::Signals,
    send::{DecodeError, Effect, Error, GraphError, Outcome, Sender, attempts, decode, parse_retry_after},
};

/// Most items of one batch (Graph's documentation of JSON batching).
pub const MAX_BATCH: usize = 20;

/// Batches under way together, where the order does not matter. Four hide three quarters of the way to the service; more
/// would take the whole of a burst that the published limits allow, and leave more open at once where a process dies.
pub(crate) const BATCHES_AT_ONCE: usize = 4;

/// A successful answer to an item.
#[derive(Clone)]
pub struct ItemReply {
    /// HTTP status of the item, 200 to 299.
    pub status: u16,
    /// The item's headers.
    pub headers: HeaderMap,
    body: Option<Box<RawValue>>,
}

impl ItemReply {
    /// The body, decoded.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        decode(self.body.as_ref().map_or("", |body| body.get()).as_bytes())
    }
}

impl fmt::Debug for ItemReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemReply").field("status", &self.status).finish_non_exhaustive()
    }
}

/// How an item ended.
#[derive(Clone, Debug)]
pub enum ItemOutcome {
    /// It was carried out.
    Done(ItemReply),
    /// The service refused it; it had no effect.
    Refused(GraphError),
    /// It was not carried out and may be sent again after this time.
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
    /// Not carried out, because an item before it was not.
    DependencyFailed,
    /// A write may have been carried out, or a read was not answered.
    Unknown,
    /// The batch as a whole was not accepted; the item had no effect.
    NotSent(Error),
}

/// What one answer means, before it is known whether the item will be sent again.
enum Verdict {
    Final(ItemOutcome),
    /// Sending again is allowed, after this time if stated; otherwise it ends as the outcome.
    Again(Option<Duration>, ItemOutcome),
}

/// Sends the items in batches of twenty, [`BATCHES_AT_ONCE`] at a time, or one batch after the other where the order matters,
/// and answers in the items' order. Throttled and, where allowed, transiently failed items are sent again within the sender's
/// policy; the others are not touched.
pub async fn send_batch(
    sender: &Sender,
    operation: &'static str,
    items: &[BatchItem],
    order: Order,
) -> Vec<ItemOutcome> {
    if order == Order::Parallel {
        let chunks: Vec<_> = items.chunks(MAX_BATCH).map(|chunk| send_chunk(sender, operation, chunk, order)).collect();
        let outcomes: Vec<Vec<ItemOutcome>> = stream::iter(chunks).buffered(BATCHES_AT_ONCE).collect().await;
        return outcomes.into_iter().flatten().collect();
    }
    let mut outcomes: Vec<ItemOutcome> = Vec::with_capacity(items.len());
    for chunk in items.chunks(MAX_BATCH) {
        let stopped = outcomes.last().is_some_and(|outcome| !matches!(outcome, ItemOutcome::Done(_)));
        if stopped {
            outcomes.extend(chunk.iter().map(|_| ItemOutcome::DependencyFailed));
        } else {
            outcomes.extend(send_chunk(sender, operation, chunk, order).await);
        }
    }
    outcomes
}

async fn send_chunk(sender: &Sender, operation: &'static str, items: &[BatchItem], order: Order) -> Vec<ItemOutcome> {
    let mut outcomes = vec![ItemOutcome::Unknown; items.len()];
    let mut pending: Vec<usize> = (0..items.len()).collect();
    let policy = sender.policy();
    let deadline = Instant::now() + policy.total;
    let mut made = 0;
    // Items that an earlier round may have carried out: after that, only success is certain.
    let mut unsettled: HashSet<usize> = HashSet::new();
    while !pending.is_empty() {
        let (verdicts, repeated) = send_once(sender, operation, items, &pending, order).await;
        if repeated {
            unsettled.extend(&pending);
        }
        made += 1;
        let mut again = Vec::new();
        let mut wait = Duration::ZERO;
        for (&index, verdict) in pending.iter().zip(verdicts) {
            let outcome = match verdict {
                Verdict::Final(outcome) => {
                    // In a sequence, what stands behind an item that goes again goes again with it.
                    if matches!(outcome, ItemOutcome::DependencyFailed) && !again.is_empty() {
                        again.push(index);
                    }
                    outcome
                }
                Verdict::Again(asked, outcome) => {
                    again.push(index);
                    wait = wait.max(asked.unwrap_or_else(|| policy.backoff(made, &*sender.ports().rng)));
                    outcome
                }
            };
            let writes = items.get(index).is_some_and(|item| item.effect != Effect::Read);
            if matches!(outcome, ItemOutcome::Unknown) {
                unsettled.insert(index);
            }
            let uncertain = writes && unsettled.contains(&index) && !matches!(outcome, ItemOutcome::Done(_));
            if let Some(slot) = outcomes.get_mut(index) {
                *slot = if uncertain { ItemOutcome::Unknown } else { outcome };
            }
        }
        let too_late = Instant::now() + wait + policy.attempt_timeout > deadline;
        if again.is_empty() || made >= policy.max_attempts || wait > policy.longest_wait || too_late {
            break;
        }
        sleep(wait).await;
        pending = again;
    }
    if outcomes.iter().any(passes_by_itself) {
        sender.note_trouble();
    }
    outcomes
}

/// Whether an item failed in a way that nobody has to mend.
fn passes_by_itself(outcome: &ItemOutcome) -> bool {
    match outcome {
        ItemOutcome::Throttled { .. } | ItemOutcome::Unknown => true,
        ItemOutcome::Refused(error) => error.status >= 500,
        // Of what was not sent the sender has taken note.
        ItemOutcome::Done(_) | ItemOutcome::DependencyFailed | ItemOutcome::NotSent(_) => false,
    }
}

/// Sends the pending items once and says what came of each, in the same order, and whether the batch as a whole may have
/// been carried out before the answer that counts.
async fn send_once(
    sender: &Sender,
    operation: &'static str,
    items: &[BatchItem],
    pending: &[usize],
    order: Order,
) -> (Vec<Verdict>, bool) {
    let chosen: Vec<(usize, &BatchItem)> =
        pending.iter().filter_map(|&index| items.get(index).map(|item| (index, item))).collect();
    let all = |outcome: &ItemOutcome| (chosen.iter().map(|_| Verdict::Final(outcome.clone())).collect(), false);
    let call = match batch_call(operation, &chosen, order) {
        Ok(call) => call,
        Err(error) => return all(&ItemOutcome::NotSent(error)),
    };
    let reply = match sender.write::<WireAnswers>(call).await {
        Ok(Outcome::Done(reply)) => reply,
        Ok(Outcome::Unknown(_)) => return all(&ItemOutcome::Unknown),
        Err(Error::Throttled { retry_after, .. }) => return all(&ItemOutcome::Throttled { retry_after }),
        Err(error) => return all(&ItemOutcome::NotSent(error)),
    };
    let Some(mut answers) = by_id(reply.value.responses, &chosen) else { return all(&ItemOutcome::Unknown) };
    let verdicts = chosen
        .iter()
        .map(|(index, item)| match answers.remove(index) {
            Some(answer) => judge(sender, item, answer, reply.client_request_id),
            None => Verdict::Final(ItemOutcome::Unknown),
        })
        .collect();
    (verdicts, reply.repeated)
}

fn judge(sender: &Sender, item: &BatchItem, answer: WireAnswer, client_request_id: Uuid) -> Verdict {
    let Ok(status) = StatusCode::from_u16(answer.status) else { return Verdict::Final(ItemOutcome::Unknown) };
    let headers = headers(answer.headers.unwrap_or_default());
    // Half a list (206) or none yet (202) is no answer to a read.
    if status.is_success() && status != StatusCode::OK && item.effect == Effect::Read {
        return Verdict::Final(ItemOutcome::Unknown);
    }
    if status.is_success() {
        return Verdict::Final(ItemOutcome::Done(ItemReply { status: answer.status, headers, body: answer.body }));
    }
    if status == StatusCode::FAILED_DEPENDENCY {
        return Verdict::Final(ItemOutcome::DependencyFailed);
    }
    let now = sender.ports().clock.now();
    let asked = parse_retry_after(&headers, now);
    if attempts::throttles(status, asked) {
        sender.tell_throttled();
    }
    if status == StatusCode::TOO_MANY_REQUESTS {
        if let Some(limiter) = sender.limiter() {
            limiter.learn(item.cost(), &Signals::read(status, &headers, now), Instant::now());
        }
        let retry_after = asked.unwrap_or(sender.policy().longest_wait);
        return Verdict::Again(asked, ItemOutcome::Throttled { retry_after });
    }
    let body = answer.body.as_ref().map_or("", |body| body.get());
    let error = GraphError::parse(status, &headers, body.as_bytes(), client_request_id, asked);
    match item.effect {
        _ if !status.is_server_error() => Verdict::Final(ItemOutcome::Refused(error)),
        Effect::Read if attempts::is_transient(status) => Verdict::Again(asked, ItemOutcome::Refused(error)),
        Effect::Read => Verdict::Final(ItemOutcome::Refused(error)),
        Effect::Absolute if attempts::is_transient(status) => Verdict::Again(asked, ItemOutcome::Unknown),
        Effect::Absolute | Effect::Once => Verdict::Final(ItemOutcome::Unknown),
    }
}
