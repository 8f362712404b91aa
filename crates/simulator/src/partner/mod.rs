//! Partner Center: the profiles of the organization as a partner. `[PC]`, contract §7, §10.33.
//!
//! Invariant: own envelope, own throttle, own headers; an application alone may read the legal profile and nothing else.

mod access;
pub(crate) mod error;
pub(crate) mod profile;
mod write;

use std::time::Duration;

pub(crate) use self::access::{PartnerAccess, SignIn};
use self::{error::PartnerError, profile::Kind};
use crate::{
    auth::token::{Claims, Service},
    graph::request::{Answer, Content, GraphRequest},
    limits::others::Family,
    schema::Entity,
    state::State,
};

/// First segment of every path.
pub(crate) const ROOT: &str = "v1";
/// Requests per application and window. Partner Center publishes no number for profiles: simulator's choice.
const QUOTA: Family = Family { name: "partner", requests: 200.0, window: Duration::from_mins(1) };
/// How many answers are remembered for repeated `MS-RequestId`s: more than one client ever has under way.
const REMEMBERED: usize = 1000;
/// U+FEFF, which some answers begin with (UNV).
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Handles one request and adds the headers every answer carries.
pub(crate) fn handle(state: &mut State, request: &GraphRequest) -> Answer {
    let answer = dispatch(state, request).unwrap_or_else(PartnerError::answer);
    finish(state, request, answer)
}

/// An answer that a fault script dictates.
pub(crate) fn fault(state: &mut State, request: &GraphRequest, error: PartnerError) -> Answer {
    finish(state, request, error.answer())
}

fn dispatch(state: &mut State, request: &GraphRequest) -> Result<Answer, PartnerError> {
    let claims = authenticate(state, request)?;
    throttle(state, &claims)?;
    let segments: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    let ["profiles", name] = segments.as_slice() else { return Err(PartnerError::not_found()) };
    let puts_support = state.options.switches.support_put_at_its_own_link;
    match request.method.as_str() {
        "GET" => {
            let kind = Kind::read_at(name).ok_or_else(PartnerError::not_found)?;
            enter(state, &claims, kind.app_only_reads)?;
            profile::get(state, request, kind)
        }
        "PUT" => {
            let kind = Kind::written_at(name, puts_support).ok_or_else(PartnerError::method)?;
            enter(state, &claims, false)?;
            put(state, request, &claims, kind)
        }
        _ => Err(PartnerError::method()),
    }
}

/// A repeated `MS-RequestId` gets the answer of the first request and writes nothing. `[PC]`
fn put(state: &mut State, request: &GraphRequest, claims: &Claims, kind: &Kind) -> Result<Answer, PartnerError> {
    let id = request.header("ms-requestid").filter(|id| !id.is_empty()).map(str::to_owned);
    if let Some(id) = &id {
        let known = state.partner.answered.iter().find(|(known, path, _)| known == id && *path == request.path);
        if let Some((_, _, answer)) = known {
            return Ok(answer.clone());
        }
    }
    let answer = write::put(state, request, claims, kind)?;
    if let Some(id) = id {
        let answered = &mut state.partner.answered;
        if answered.len() >= REMEMBERED {
            answered.remove(0);
        }
        answered.push((id, request.path.clone(), answer.clone()));
    }
    Ok(answer)
}

fn authenticate(state: &State, request: &GraphRequest) -> Result<Claims, PartnerError> {
    let now = state.clock.wall().as_second();
    let checked = state.signer.check(request.header("authorization"), Service::Partner, request.host(), now);
    checked.map_err(|_| PartnerError::unauthorized())
}

/// Who is no partner, or not let in by the partner account, is denied everything.
fn enter(state: &State, claims: &Claims, app_only: bool) -> Result<(), PartnerError> {
    let partner = state.store.count(Entity::PartnerProfile) > 0;
    let listed = state.partner.applications.as_ref().is_none_or(|listed| listed.contains(&claims.appid));
    let person = claims.idtyp == "user";
    if partner && listed && (app_only || person) { Ok(()) } else { Err(PartnerError::denied()) }
}

fn throttle(state: &mut State, claims: &Claims) -> Result<(), PartnerError> {
    let Some(limits) = &state.options.limits else { return Ok(()) };
    let wait = state.other_quotas.admit(limits, &QUOTA, &claims.appid);
    wait.map_or(Ok(()), |seconds| Err(PartnerError::Throttled(Some(seconds))))
}

fn finish(state: &mut State, request: &GraphRequest, mut answer: Answer) -> Answer {
    if answer.status == 429 {
        state.statistics.throttled += 1;
    }
    if let Content::Json(body) = &answer.content
        && state.options.switches.partner_answers_begin_with_a_mark
    {
        answer.content = Content::Text(format!("{BYTE_ORDER_MARK}{body}"));
    }
    answer.headers.push(("content-type", "application/json; charset=utf-8".to_owned()));
    for name in ["ms-requestid", "ms-correlationid"] {
        let value = request.header(name).map_or_else(|| state.guid(), str::to_owned);
        answer.headers.push((name, value));
    }
    answer
}
