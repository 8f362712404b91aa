//! The Graph service: from a parsed request to an answer.
//!
//! Invariant: every request is authenticated, counted and answered in Graph's shapes, alone or inside a batch.

pub(crate) mod administrative;
pub(crate) mod batch;
pub(crate) mod call;
pub(crate) mod contacts;
pub(crate) mod definitions;
pub(crate) mod deleted;
pub(crate) mod delta;
pub(crate) mod directory;
pub(crate) mod error;
pub(crate) mod expand;
pub(crate) mod filter;
mod group_kind;
pub(crate) mod groups;
pub(crate) mod licences;
pub(crate) mod list;
pub(crate) mod mail;
pub(crate) mod methods;
pub(crate) mod organization;
pub(crate) mod password;
pub(crate) mod permissions;
pub(crate) mod relations;
pub(crate) mod request;
pub(crate) mod roles;
pub(crate) mod route;
pub(crate) mod search;
pub(crate) mod sensitive;
pub(crate) mod units;
pub(crate) mod user_write;
pub(crate) mod users;
pub(crate) mod write;

use rand::Rng;

use self::{
    call::Call,
    error::GraphError,
    request::{Answer, GraphRequest},
};
use crate::{
    auth::token::{Claims, Refused, Service},
    limits::quotas::Weight,
    schema::Entity,
    state::State,
};

/// Handles one request (or batch item) and adds the headers every answer carries.
pub(crate) fn handle(state: &mut State, request: &GraphRequest) -> Answer {
    let request_id = state.guid();
    let units = units::cost(request);
    let mut percentage = None;
    let result = authenticate(state, request).and_then(|claims| {
        percentage = admit(state, request, &claims, units)?;
        let position = state.next_position();
        let mut call = Call { state, request, claims, request_id: request_id.clone(), position };
        route::dispatch(&mut call)
    });
    let answer = match result {
        Ok(mut answer) => {
            if let Some(units) = units {
                state.statistics.resource_units += u64::from(units);
                answer.headers.push(("x-ms-resource-unit", units.to_string()));
            }
            answer.headers.extend(percentage.map(|part| ("x-ms-throttle-limit-percentage", part)));
            answer
        }
        Err(error) => refuse(state, request, &request_id, error),
    };
    finish(request, answer, request_id)
}

/// An answer that a fault script dictates.
pub(crate) fn fault(state: &mut State, request: &GraphRequest, error: GraphError) -> Answer {
    let request_id = state.guid();
    let answer = refuse(state, request, &request_id, error);
    finish(request, answer, request_id)
}

fn refuse(state: &mut State, request: &GraphRequest, request_id: &str, error: GraphError) -> Answer {
    if error.status == 429 {
        state.statistics.throttled += 1;
    }
    // Without a client-request-id the service uses its own. [ERR]
    let client = request.header("client-request-id").unwrap_or(request_id);
    let body = error.body(&state.clock.text(), request_id, client);
    let mut answer = Answer::json(error.status, body);
    answer.headers = error.headers;
    answer
}

fn finish(request: &GraphRequest, mut answer: Answer, request_id: String) -> Answer {
    // The echo of client-request-id. [ERR]
    let client = request.header("client-request-id").map_or_else(|| request_id.clone(), str::to_owned);
    answer.headers.push(("client-request-id", client));
    answer.headers.push(("request-id", request_id));
    answer
}

/// Charges the application's quotas. Items of a batch come here one by one, the batch itself costs nothing. `[THR]`
fn admit(
    state: &mut State,
    request: &GraphRequest,
    claims: &Claims,
    units: Option<u32>,
) -> Result<Option<String>, GraphError> {
    let Some(limits) = &state.options.limits else { return Ok(None) };
    let weight = Weight {
        units,
        writes: request.method != "GET",
        methods: matches!(request.segments.as_slice(), [users, _, name, ..] if users == "users" && name == "authentication"),
    };
    // Drawn only where it matters, so that the switch does not shift what else is random.
    let lot = (limits.early > 0.0).then(|| state.rng.random());
    let users = state.store.count(Entity::User);
    state.quotas.admit(limits, users, (&claims.appid, &state.tenant_id), weight, lot)
}

fn authenticate(state: &State, request: &GraphRequest) -> Result<Claims, GraphError> {
    let now = state.clock.wall().as_second();
    state.signer.check(request.header("authorization"), Service::Graph, request.host(), now).map_err(|refused| {
        GraphError::unauthorized(match refused {
            Refused::Missing => "Access token is empty.",
            Refused::Malformed => "IDX14100: JWT is not well formed, there are no dots (.).",
            // (3P)
            Refused::Expired => "Lifetime validation failed, the token is expired.",
            Refused::Audience => "Access token validation failure. Invalid audience.",
        })
    })
}
