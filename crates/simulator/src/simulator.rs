//! The simulator itself: one entry point for requests, and the levers tests pull.
//!
//! Invariant: the HTTP server and in-process callers go through [`Simulator::handle`]; there is no second way in.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use serde_json::{Map, Value};
use tokio::time::sleep;

use crate::{
    admin,
    auth::{discovery, endpoint},
    billing,
    body::SimBody,
    clock::Clock,
    exchange::{api, sync},
    faults::{FaultScript, What},
    graph::{
        self,
        error::GraphError,
        request::{Answer, Content, GraphRequest, pairs},
    },
    journal::{JournalEntry, Statistics},
    mailflow,
    options::Options,
    partner,
    password_reset::{self, PasswordResetRecipients},
    requests::RequestEntry,
    schema::Entity,
    seed::{self, Seed, SeedError},
    state::State,
    store::record::Record,
    target::{Refusal, Target},
};

/// How long a request hangs that a script lets time out: longer than any client waits.
const HANG: Duration = Duration::from_mins(5);
/// Pause between the pieces of a slow body.
const SLOW: Duration = Duration::from_secs(1);

/// A simulated tenant. Clones share it.
#[derive(Clone, Debug)]
pub struct Simulator {
    state: Arc<Mutex<State>>,
    /// Held while the state is written to a file: two writers would spoil each other's.
    pub(crate) saving: Arc<Mutex<()>>,
}

/// What happens to a connection instead of an answer.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum ConnectionFault {
    /// It is reset; whether the request took effect is for the client to find out.
    #[error("connection reset by the simulator")]
    Reset,
}

/// Why a change from outside is refused.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum DisturbError {
    /// No such user.
    #[error("there is no such user")]
    NotFound,
    /// Not a property of the object, or a value of the wrong type.
    #[error("`{0}` is not a property of the object, or the value has the wrong type")]
    Property(String),
}

impl Simulator {
    /// A tenant as the seed describes it.
    pub fn new(seed: &Seed, options: Options) -> Result<Self, SeedError> {
        let clock = Clock::start(options.epoch);
        let loaded = seed::load(seed, options.seed, clock.wall())?;
        let mut state = State::new(loaded, options, clock);
        mailflow::plant_sent(&mut state);
        Ok(Self { state: Arc::new(Mutex::new(state)), saving: Arc::default() })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        // A handler that panicked left the store between two commits at worst, which is a state like any other.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        sync::settle(&mut state);
        state
    }

    /// Answers a request, or breaks its connection. The body is not checked against `Content-Length`.
    pub async fn handle(&self, request: Request<Bytes>) -> Result<Response<SimBody>, ConnectionFault> {
        if request.uri().path().starts_with("/_sim/") {
            return Ok(respond(admin::handle(self, &request), None));
        }
        let latency = self.lock().options.latency;
        if !latency.is_zero() {
            sleep(latency).await;
        }
        let (answer, fault) = self.answer(&request)?;
        if fault == Some(What::TimeoutAfterWrite) {
            sleep(HANG).await;
            return Err(ConnectionFault::Reset);
        }
        if fault == Some(What::ResetAfter) {
            return Err(ConnectionFault::Reset);
        }
        let response = respond(answer, fault.as_ref());
        let length = hyper::body::Body::size_hint(response.body()).exact().unwrap_or_default();
        self.lock().statistics.bytes_out += length;
        Ok(response)
    }

    /// Handles the request at one instant; the fault that remains concerns the connection.
    fn answer(&self, request: &Request<Bytes>) -> Result<(Answer, Option<What>), ConnectionFault> {
        let mut state = self.lock();
        let state = &mut *state;
        let origin = origin(request);
        let path = request.uri().path();
        let query = request.uri().query().unwrap_or_default();
        let target = Target::of(request, &origin, path, query);
        let operation = target.operation(request);
        state.statistics.requests += 1;
        state.statistics.bytes_in += request.body().len() as u64;
        *state.statistics.operations.entry(operation.clone()).or_default() += 1;
        let fault = state.faults.request(&operation);
        state.statistics.faults += u64::from(fault.is_some());
        let sequence = state.statistics.requests;
        let at_ms = u64::try_from(state.uptime().as_millis()).unwrap_or(u64::MAX);
        let entry = |status, retry_after| RequestEntry { sequence, at_ms, operation, status, retry_after };
        let refusal = match &fault {
            Some(What::ResetBefore) => {
                state.requests.push(entry(None, None));
                return Err(ConnectionFault::Reset);
            }
            Some(What::Throttle { retry_after }) => Some(Refusal::Throttle(retry_after.clone())),
            Some(What::Status(status)) => Some(Refusal::Status(*status)),
            _ => None,
        };
        let answer = match (refusal, &target) {
            (Some(refusal), target) => target.refuse(state, refusal),
            (None, Target::Graph(graph)) => graph::handle(state, graph),
            (None, Target::Exchange(exchange)) => api::handle(state, exchange),
            (None, Target::Partner(partner)) => partner::handle(state, partner),
            (None, Target::Billing(billing)) => billing::handle(state, billing),
            (None, Target::Outside) => outside_graph(state, request, &origin),
        };
        let retry_after = answer.headers.iter().find(|(name, _)| *name == "retry-after");
        state.requests.push(entry(Some(answer.status), retry_after.map(|(_, value)| value.clone())));
        Ok((answer, fault))
    }

    /// Writes that reached the store after position `since` (0 = all), oldest first.
    pub fn journal(&self, since: u64) -> Vec<JournalEntry> {
        let mut state = self.lock();
        billing::operation::settle(&mut state);
        state.store.log_since(since).map(|(_, commit)| commit.journal.clone()).collect()
    }

    /// Counters since start.
    pub fn statistics(&self) -> Statistics {
        self.lock().statistics.clone()
    }

    /// HTTP requests after number `since` (0 = all that are remembered: the last 10,000), oldest first.
    pub fn requests(&self, since: u64) -> Vec<RequestEntry> {
        self.lock().requests.since(since)
    }

    /// The whole authoritative state, by entity set.
    pub fn truth(&self) -> Value {
        let mut state = self.lock();
        billing::operation::settle(&mut state);
        state.truth()
    }

    /// Who gets the mail of somebody who asks an administrator for a new password, at this moment.
    pub fn password_reset_recipients(&self) -> PasswordResetRecipients {
        password_reset::recipients(&self.lock())
    }

    /// The tenant's id.
    pub fn tenant_id(&self) -> String {
        self.lock().tenant_id.clone()
    }

    /// Changes a user as somebody else would, past all permissions; journalled with actor `outside`. `key` is an id or
    /// sign-in name; null removes a value. Changes what the API cannot, as `proxyAddresses`.
    pub fn disturb_user(&self, key: &str, changes: &Map<String, Value>) -> Result<(), DisturbError> {
        let mut state = self.lock();
        let found = state.store.truth().user_with_deleted(key).map(|(id, record)| (id, Record::clone(record)));
        let (id, record) = found.ok_or(DisturbError::NotFound)?;
        disturb(&mut state, Entity::User, &id, record, changes)
    }

    /// Changes the organization as somebody else would.
    pub fn disturb_organization(&self, changes: &Map<String, Value>) -> Result<(), DisturbError> {
        let mut state = self.lock();
        let id = state.tenant_id.clone();
        let found = state.store.truth().get(Entity::Organization, &id).map(|record| Record::clone(record));
        let record = found.ok_or(DisturbError::NotFound)?;
        disturb(&mut state, Entity::Organization, &id, record, changes)
    }

    /// Removes a user for good, so that the name can be given to a new account.
    pub fn disturb_purge(&self, key: &str) -> Result<(), DisturbError> {
        let mut state = self.lock();
        let found = state.store.truth().user_with_deleted(key).map(|(id, _)| id);
        let id = found.ok_or(DisturbError::NotFound)?;
        let origin = state.outside("DELETE", &format!("/_sim/users/{id}"));
        state.commit(Entity::User, &id, None, origin);
        Ok(())
    }

    /// Replaces the fault script; its counts start anew.
    pub fn set_faults(&self, script: FaultScript) {
        self.lock().faults.restart(script);
    }

    /// Changes how far the replicas lag from now on.
    pub fn set_replicas(&self, lags: Vec<Duration>) {
        self.lock().options.replicas = lags;
    }

    /// Replaces an application's permissions; effective in its next token. False when there is no such application.
    pub fn set_permissions(&self, client_id: &str, permissions: &[&str]) -> bool {
        let mut state = self.lock();
        let found = state.applications.iter_mut().find(|application| application.client_id == client_id.to_lowercase());
        found.map(|found| found.permissions = permissions.iter().map(|name| (*name).to_owned()).collect()).is_some()
    }

    /// Replaces an application's role groups in Exchange; effective at once. False when there is no such application.
    pub fn set_exchange_role_groups(&self, client_id: &str, groups: &[&str]) -> bool {
        let mut state = self.lock();
        let found = state.applications.iter_mut().find(|application| application.client_id == client_id.to_lowercase());
        found.map(|found| found.exchange_role_groups = groups.iter().map(|name| (*name).to_owned()).collect()).is_some()
    }

    /// Makes every delta token issued so far invalid: 410 with a `Location` to start over.
    pub fn reset_delta(&self) {
        let mut state = self.lock();
        state.delta_generation += 1;
        state.delta_ended.clear();
    }
}

pub(crate) fn disturb(
    state: &mut State,
    entity: Entity,
    id: &str,
    mut record: Record,
    changes: &Map<String, Value>,
) -> Result<(), DisturbError> {
    let schema = entity.schema();
    for (name, value) in changes {
        let number = schema
            .any(name)
            .filter(|number| schema.row(*number).is_some_and(|row| value.is_null() || row.accepts(value)));
        record.set(number.ok_or_else(|| DisturbError::Property(name.clone()))?, value.clone());
    }
    let origin = state.outside("PATCH", &format!("/_sim/{}/{id}", schema.set));
    state.commit(entity, id, Some(record), origin);
    Ok(())
}

/// Everything that is not Graph: sign-in and discovery.
fn outside_graph(state: &mut State, request: &Request<Bytes>, origin: &str) -> Answer {
    let path = request.uri().path().trim_matches('/').to_owned();
    let segments: Vec<&str> = path.split('/').collect();
    let host = origin.split_once("://").map_or("", |(_, host)| host).to_owned();
    let tenant = state.tenant_id.clone();
    match (request.method().as_str(), segments.as_slice()) {
        ("POST", [tenant, "oauth2", "v2.0", "token"]) => {
            let form: BTreeMap<String, String> = pairs(&String::from_utf8_lossy(request.body())).into_iter().collect();
            match endpoint::issue(state, tenant, &form, &host) {
                Ok(body) => Answer::json(200, body),
                Err(error) => {
                    let (status, body) = error.answer(state);
                    Answer::json(status, body)
                }
            }
        }
        ("GET", ["metadata", "endpoints"]) => {
            let version = pairs(request.uri().query().unwrap_or_default());
            let version = version.iter().find(|(key, _)| key == "api-version").map_or("", |(_, value)| value);
            Answer::json(200, discovery::endpoints(origin, &host, &tenant, version))
        }
        ("GET", ["common" | "organizations", "discovery", "instance"]) => {
            Answer::json(200, discovery::instance(origin, &host, &tenant))
        }
        (
            "GET",
            [tenant, "v2.0", ".well-known", "openid-configuration"] | [tenant, ".well-known", "openid-configuration"],
        ) => Answer::json(200, discovery::openid(origin, tenant)),
        _ => graph::fault(state, &GraphRequest::default(), GraphError::odata("Invalid version or path.")),
    }
}

/// The scheme and host the client used: next links must lead back there.
fn origin(request: &Request<Bytes>) -> String {
    let host = request.headers().get(http::header::HOST).and_then(|value| value.to_str().ok());
    let authority = request.uri().authority().map(http::uri::Authority::as_str);
    let scheme = request
        .extensions()
        .get::<crate::server::Scheme>()
        .map(|scheme| scheme.0)
        .or(request.uri().scheme_str())
        .unwrap_or("http");
    format!("{scheme}://{}", authority.or(host).unwrap_or("localhost"))
}

pub(crate) fn headers(map: &HeaderMap) -> Vec<(String, String)> {
    map.iter().filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))).collect()
}

fn respond(answer: Answer, fault: Option<&What>) -> Response<SimBody> {
    let (bytes, kind) = match answer.content {
        Content::Empty => (Bytes::new(), None),
        Content::Json(body) => (
            Bytes::from(serde_json::to_vec(&body).unwrap_or_default()),
            Some("application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"),
        ),
        Content::Text(text) => (Bytes::from(text), Some("text/plain")),
    };
    let body = match fault {
        Some(What::SlowBody) => SimBody::slow(&bytes, SLOW),
        Some(What::TruncatedBody) => SimBody::truncated(&bytes),
        _ => SimBody::whole(bytes),
    };
    let mut response = Response::new(body);
    *response.status_mut() =
        http::StatusCode::from_u16(answer.status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if let Some(kind) = kind {
        headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    for (name, value) in answer.headers {
        // A client-request-id that is no header value cannot have come in as one.
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    response
}
