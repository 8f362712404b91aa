//! Billing accounts and profiles of a Microsoft Customer Agreement, as Azure Resource Manager serves them. `[BILL]`,
//! contract §8, §10.34.
//!
//! Invariant: who holds no billing role sees nothing; a write is accepted first and shows later.

pub(crate) mod error;
pub(crate) mod operation;
pub(crate) mod operations;
mod place;
mod read;
pub(crate) mod role;
mod write;

use std::time::Duration;

pub(crate) use self::place::{Place, ROOT, VERSION};

use self::error::ArmError;
use crate::{
    auth::token::{Claims, Service},
    graph::request::{Answer, GraphRequest},
    limits::others::Family,
    state::State,
};

/// ARM's reads per principal and hour (general knowledge, UNV); writes are counted with them.
const QUOTA: Family = Family { name: "billing", requests: 12_000.0, window: Duration::from_hours(1) };
/// Segment words in the spelling of the swagger; ARM reads them in any case of letters.
const WORDS: [&str; 5] =
    ["billingAccounts", "billingProfiles", "billingRoleAssignments", "billingRoleDefinitions", "operationResults"];

/// The request, if it is one for this service.
pub(crate) fn parse(method: &str, origin: &str, path: &str, query: &str) -> Option<GraphRequest> {
    let mut request = GraphRequest::below(ROOT, method, origin, path, query)?;
    for segment in &mut request.segments {
        if let Some(word) = WORDS.iter().find(|word| word.eq_ignore_ascii_case(segment)) {
            (*word).clone_into(segment);
        }
    }
    Some(request)
}

/// Handles one request and adds the headers every answer carries.
pub(crate) fn handle(state: &mut State, request: &GraphRequest) -> Answer {
    operation::settle(state);
    let answer = dispatch(state, request).unwrap_or_else(ArmError::answer);
    finish(state, answer)
}

/// An answer that a fault script dictates.
pub(crate) fn fault(state: &mut State, error: ArmError) -> Answer {
    finish(state, error.answer())
}

fn finish(state: &mut State, mut answer: Answer) -> Answer {
    if answer.status == 429 {
        state.statistics.throttled += 1;
    }
    answer.headers.push(("content-type", "application/json; charset=utf-8".to_owned()));
    answer.headers.push(("x-ms-request-id", state.guid()));
    answer
}

fn dispatch(state: &mut State, request: &GraphRequest) -> Result<Answer, ArmError> {
    let now = state.clock.wall().as_second();
    let claims = state.signer.check(request.header("authorization"), Service::Arm, request.host(), now);
    let claims = claims.map_err(|_| ArmError::unauthorized())?;
    if let Some(limits) = &state.options.limits
        && let Some(seconds) = state.other_quotas.admit(limits, &QUOTA, &claims.appid)
    {
        return Err(ArmError::throttled(Some(seconds)));
    }
    match request.option("api-version") {
        Some(VERSION) => {}
        Some(_) => {
            let message = format!("The api-version is invalid. The supported versions are '{VERSION}'.");
            return Err(ArmError::new(400, "InvalidApiVersionParameter", message));
        }
        None => {
            let message = "The api-version query parameter (?api-version=) is required for all requests.";
            return Err(ArmError::new(400, "MissingApiVersionParameter", message));
        }
    }
    let segments: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    match (request.method.as_str(), segments.as_slice()) {
        ("GET", ["billingAccounts"]) => Ok(read::accounts(state, &claims)),
        (method, ["billingAccounts", account, rest @ ..]) => {
            let account = Place::account(account);
            match (method, rest) {
                ("GET", []) => read::account(state, &claims, &account),
                ("PATCH", []) => write::account(state, request, &claims, &account),
                ("GET", ["billingProfiles"]) => read::profiles(state, &claims, &account),
                (_, ["billingProfiles", profile, rest @ ..]) => {
                    let profile = account.profile(profile);
                    match (method, rest) {
                        ("GET", []) => read::profile(state, &claims, &profile),
                        ("PUT", []) => write::profile(state, request, &claims, &profile),
                        _ => below(state, request, &claims, &profile, rest),
                    }
                }
                _ => below(state, request, &claims, &account, rest),
            }
        }
        _ => Err(ArmError::not_found()),
    }
}

/// What an account and a profile have alike.
fn below(
    state: &mut State,
    request: &GraphRequest,
    claims: &Claims,
    place: &Place,
    rest: &[&str],
) -> Result<Answer, ArmError> {
    match (request.method.as_str(), rest) {
        ("GET", ["billingRoleAssignments"]) => read::role_assignments(state, claims, place),
        ("GET", ["billingRoleDefinitions"]) => read::role_definitions(state, claims, place),
        ("GET", ["billingRoleDefinitions", id]) => read::role_definition(state, claims, place, id),
        ("GET", ["operationResults", id]) => operation::result(state, request, claims, id),
        _ => Err(ArmError::not_found()),
    }
}
