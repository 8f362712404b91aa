//! `POST /$batch`. `[JB]`, contract §9.
//!
//! Invariant: the outer answer is 200 once the envelope is sound; every item has its own status, in any order.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use rand::seq::SliceRandom;
use serde_json::{Map, Value, json};

use super::{
    call::Call,
    error::GraphError,
    request::{Answer, Content, GraphRequest},
};
use crate::faults::What;

/// Most items. [JB]
const MAX_ITEMS: usize = 20;

struct Item {
    id: String,
    request: GraphRequest,
    depends_on: Vec<String>,
}

/// Handles the batch of `call`.
pub(crate) fn run(call: &mut Call<'_>) -> Result<Answer, GraphError> {
    let body = call.body()?;
    let items = body
        .get("requests")
        .and_then(Value::as_array)
        .ok_or_else(|| GraphError::odata("Invalid batch payload format."))?;
    if items.len() > MAX_ITEMS {
        return Err(GraphError::odata(format!(
            "Number of batch request steps exceeds the maximum value of {MAX_ITEMS}."
        )));
    }
    let mut parsed = Vec::with_capacity(items.len());
    let mut ids = BTreeSet::new();
    for item in items {
        let item = parse(call.request, item)?;
        if !ids.insert(item.id.clone()) {
            return Err(GraphError::odata("Request Id has to be unique in a batch."));
        }
        parsed.push(item);
    }
    order(&parsed, &ids)?;
    let mut done: BTreeMap<String, u16> = BTreeMap::new();
    let mut responses = Vec::with_capacity(parsed.len());
    while responses.len() < parsed.len() {
        for item in &parsed {
            let ready = item.depends_on.iter().all(|id| done.contains_key(id));
            if done.contains_key(&item.id) || !ready {
                continue;
            }
            call.state.statistics.batch_items += 1;
            let failed = item.depends_on.iter().any(|id| done.get(id).is_some_and(|status| *status >= 400));
            let answer = if failed {
                // Dependents of a failure. [JB]
                let error = GraphError::new(424, "FailedDependency", "Failed Dependency");
                super::fault(call.state, &item.request, error)
            } else {
                answer(call, &item.request)
            };
            done.insert(item.id.clone(), answer.status);
            responses.push(print(&item.id, answer));
        }
    }
    // Answers come in any order. [JB]
    responses.shuffle(&mut call.state.rng);
    Ok(Answer::json(200, json!({"responses": responses})))
}

fn answer(call: &mut Call<'_>, request: &GraphRequest) -> Answer {
    let operation = request.operation();
    *call.state.statistics.operations.entry(operation.clone()).or_default() += 1;
    match call.state.faults.item(&operation) {
        Some(What::Throttle { retry_after }) => {
            call.state.statistics.faults += 1;
            super::fault(call.state, request, GraphError::throttled(retry_after.as_deref()))
        }
        Some(What::Status(status)) => {
            call.state.statistics.faults += 1;
            super::fault(call.state, request, GraphError::server(status))
        }
        _ => super::handle(call.state, request),
    }
}

/// The headers of an item of a batch, names in lower case.
pub(crate) fn headers(item: &Value) -> Vec<(String, String)> {
    let headers = item.get("headers").and_then(Value::as_object).into_iter().flatten();
    headers.filter_map(|(name, value)| Some((name.to_lowercase(), value.as_str()?.to_owned()))).collect()
}

fn parse(outer: &GraphRequest, item: &Value) -> Result<Item, GraphError> {
    let bad = |what: &str| GraphError::odata(format!("Invalid batch payload format: {what}."));
    let text = |name: &str| item.get(name).and_then(Value::as_str);
    let id = text("id").filter(|id| !id.is_empty()).ok_or_else(|| bad("id is missing"))?;
    let method = text("method").ok_or_else(|| bad("method is missing"))?.to_uppercase();
    let url = text("url").ok_or_else(|| bad("url is missing"))?;
    let mut headers = headers(item);
    let body = match item.get("body") {
        None | Some(Value::Null) => Bytes::new(),
        // A body requires headers.Content-Type. [JB]
        Some(_) if headers.iter().all(|(name, _)| name != "content-type") => {
            return Err(GraphError::odata(
                "Write request id : ".to_owned() + id + " does not contain Content-Type header or body.",
            ));
        }
        Some(Value::String(encoded)) => STANDARD.decode(encoded).map_err(|_| bad("body is not Base64"))?.into(),
        Some(value) => value.to_string().into(),
    };
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let path = format!("/{}/{}", outer.version, path.trim_start_matches('/'));
    let mut request =
        GraphRequest::parse(&method, &outer.origin, &path, query).ok_or_else(|| bad("url must be relative"))?;
    if request.segments.first().is_some_and(|first| first == "$batch") {
        return Err(bad("a batch cannot contain a batch"));
    }
    headers.retain(|(name, _)| name != "authorization");
    headers.extend(outer.headers.iter().filter(|(name, _)| name == "authorization").cloned());
    request.headers = headers;
    request.body = body;
    let depends_on = item.get("dependsOn").and_then(Value::as_array).into_iter().flatten();
    let depends_on = depends_on.filter_map(Value::as_str).map(str::to_owned).collect();
    Ok(Item { id: id.to_owned(), request, depends_on })
}

/// Dependencies must exist and not be circular; and a batch is either sequential or parallel as a whole. [JB]
fn order(items: &[Item], ids: &BTreeSet<String>) -> Result<(), GraphError> {
    let mut settled: BTreeSet<&str> = BTreeSet::new();
    for _ in 0..items.len() {
        for item in items {
            if item.depends_on.iter().all(|id| settled.contains(id.as_str())) {
                settled.insert(&item.id);
            }
        }
    }
    let known = items.iter().all(|item| item.depends_on.iter().all(|id| ids.contains(id)));
    if known && settled.len() == items.len() {
        return Ok(());
    }
    Err(GraphError::odata("Invalid dependsOn: the request it names does not exist or the dependency is circular."))
}

fn print(id: &str, answer: Answer) -> Value {
    let mut headers = Map::new();
    for (name, value) in answer.headers {
        headers.insert(name.to_owned(), json!(value));
    }
    let mut item = json!({"id": id, "status": answer.status});
    let body = match answer.content {
        Content::Empty => None,
        Content::Json(body) => {
            headers.insert("Content-Type".to_owned(), json!("application/json"));
            Some(body)
        }
        Content::Text(text) => {
            headers.insert("Content-Type".to_owned(), json!("text/plain"));
            Some(json!(STANDARD.encode(text)))
        }
    };
    if let Some(item) = item.as_object_mut() {
        item.insert("headers".to_owned(), Value::Object(headers));
        if let Some(body) = body {
            item.insert("body".to_owned(), body);
        }
    }
    item
}
