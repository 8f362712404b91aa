//! The one entry point for requests.

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response};
use tokio::time::sleep;

use super::{Simulator, admin, connection::Scheme};
use crate::{
    auth::{discovery, endpoint},
    billing,
    body::SimBody,
    exchange::api,
    faults::{ConnectionFault, What},
    graph::{
        self,
        error::GraphError,
        request::{Answer, Content, GraphRequest, pairs},
    },
    partner,
    requests::RequestEntry,
    state::State,
    target::{Refusal, Target},
};

/// How long a request hangs that a script lets time out: longer than any client waits.
const HANG: Duration = Duration::from_mins(5);
/// Pause between the pieces of a slow body.
const SLOW: Duration = Duration::from_secs(1);

impl Simulator {
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
    let scheme =
        request.extensions().get::<Scheme>().map(|scheme| scheme.0).or(request.uri().scheme_str()).unwrap_or("http");
    format!("{scheme}://{}", authority.or(host).unwrap_or("localhost"))
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
