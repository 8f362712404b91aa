//! `POST …/$batch`, at most ten. Contract §6.1; (3P) [CIPP New-ExoBulkRequest.ps1].
//!
//! Invariant: the outer answer is 200 once the envelope is sound; every item has its own status, in any order.

use std::collections::BTreeSet;

use bytes::Bytes;
use rand::seq::SliceRandom;
use serde_json::{Map, Value, json};

use super::{
    error::ExchangeError,
    refusal::fault,
    request::{ExchangeRequest, Target},
};
use crate::{
    faults::What,
    graph::{
        batch,
        request::{Answer, Content},
    },
    state::State,
};

/// Most items. (3P)
const MAX_ITEMS: usize = 10;

/// How one request is answered, of a batch or by itself.
type Handle = fn(&mut State, &ExchangeRequest) -> Answer;

/// Handles a batch.
pub(crate) fn run(state: &mut State, outer: &ExchangeRequest, handle: Handle) -> Result<Answer, ExchangeError> {
    let items = outer.body.get("requests").and_then(Value::as_array);
    let items = items.ok_or_else(|| ExchangeError::bad("The batch has no requests."))?;
    if items.len() > MAX_ITEMS {
        return Err(ExchangeError::bad(format!("The batch has more than {MAX_ITEMS} requests.")));
    }
    let mut ids = BTreeSet::new();
    let mut parsed = Vec::with_capacity(items.len());
    for item in items {
        let id = item.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        if id.is_empty() || !ids.insert(id.clone()) {
            return Err(ExchangeError::bad("Every request of a batch needs an id of its own."));
        }
        parsed.push((id, request(outer, item)?));
    }
    let mut responses = Vec::with_capacity(parsed.len());
    for (id, request) in parsed {
        state.statistics.batch_items += 1;
        let operation = request.operation();
        *state.statistics.operations.entry(operation.clone()).or_default() += 1;
        let answer = match state.faults.item(&operation) {
            Some(What::Throttle { retry_after }) => {
                state.statistics.faults += 1;
                fault(state, &ExchangeError::throttled(retry_after.as_deref()))
            }
            Some(What::Status(status)) => {
                state.statistics.faults += 1;
                fault(state, &ExchangeError::server(status))
            }
            _ => handle(state, &request),
        };
        responses.push(print(&id, answer));
    }
    responses.shuffle(&mut state.rng);
    Ok(Answer::json(200, json!({"responses": responses})))
}

fn request(outer: &ExchangeRequest, item: &Value) -> Result<ExchangeRequest, ExchangeError> {
    let url = item.get("url").and_then(Value::as_str).unwrap_or_default();
    let method = item.get("method").and_then(Value::as_str).unwrap_or_default().to_uppercase();
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    // Clients send whole URLs, or paths from the root, the tenant or the last segment on.
    let last = path.rsplit('/').next().unwrap_or_default();
    let base = outer.path.rsplit_once('/').map_or("", |(base, _)| base);
    let mut headers = batch::headers(item);
    headers.retain(|(name, _)| name != "authorization");
    headers.extend(outer.headers.iter().filter(|(name, _)| name == "authorization").cloned());
    let body = item.get("body").map(Value::to_string).unwrap_or_default();
    let path = format!("{base}/{last}");
    let request = ExchangeRequest::parse(&method, &outer.origin, &path, query, headers, &Bytes::from(body));
    match request.target {
        Target::Invoke { .. } => Ok(request),
        Target::Batch { .. } | Target::Endpoint { .. } | Target::Unknown => {
            Err(ExchangeError::bad("A request of a batch must be one of InvokeCommand."))
        }
    }
}

fn print(id: &str, answer: Answer) -> Value {
    let headers: Map<String, Value> =
        answer.headers.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    let body = match answer.content {
        Content::Json(body) => body,
        // What becomes of the NUL byte inside a batch is UNV.
        Content::Empty | Content::Text(_) => Value::Null,
    };
    json!({"id": id, "status": answer.status, "headers": headers, "body": body})
}
