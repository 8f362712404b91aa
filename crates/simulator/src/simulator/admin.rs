//! The admin surface under `/_sim/`: what people and tests look at and pull at. No authentication: loopback use only.
//!
//! Invariant: counts nothing, is befallen by no fault, and can do no more than the Rust methods; over a network it answers
//! to its own name alone, and to no page of another origin.

use std::net::IpAddr;

use bytes::Bytes;
use http::{
    Request,
    header::{HOST, ORIGIN},
    uri::Authority,
};
use serde_json::{Map, Value, json};

use super::{
    Simulator,
    connection::{Here, Scheme},
};
use crate::{
    disturb::DisturbError,
    faults::FaultScript,
    graph::request::{Answer, pairs},
    mailflow::Message,
};

/// Answers `GET journal|requests|statistics|truth|password-reset-recipients|notices`, `PATCH users/{id}|organization|
/// partner/{profile}|billing/{account}[/{profile}]|mailboxes/{key}`, `PATCH|DELETE exchange/{set}/{key}`, `POST mail`, `PUT faults`.
pub(super) fn handle(simulator: &Simulator, request: &Request<Bytes>) -> Answer {
    if let Err(why) = own(request) {
        return refuse(403, why);
    }
    let path = request.uri().path().trim_start_matches("/_sim/");
    let segments: Vec<String> = path
        .split('/')
        .filter(|part| !part.is_empty())
        .map(|part| percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned())
        .collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match (request.method().as_str(), segments.as_slice()) {
        ("GET", ["journal"]) => since(request, |since| json!(simulator.journal(since))),
        ("GET", ["requests"]) => since(request, |since| json!(simulator.requests(since))),
        ("GET", ["statistics"]) => Answer::json(200, json!(simulator.statistics())),
        ("GET", ["truth"]) => Answer::json(200, simulator.truth()),
        ("GET", ["password-reset-recipients"]) => Answer::json(200, json!(simulator.password_reset_recipients())),
        ("GET", ["notices"]) => Answer::json(200, json!(simulator.notices())),
        ("PATCH", ["users", key]) => changed(request, |changes| simulator.disturb_user(key, changes)),
        ("PATCH", ["organization"]) => changed(request, |changes| simulator.disturb_organization(changes)),
        ("PATCH", ["partner", profile]) => changed(request, |changes| simulator.disturb_partner(profile, changes)),
        ("PATCH", ["billing", account]) => changed(request, |changes| simulator.disturb_billing(account, changes)),
        ("PATCH", ["billing", account, profile]) => {
            changed(request, |changes| simulator.disturb_billing(&format!("{account}/{profile}"), changes))
        }
        ("PATCH", ["mailboxes", key]) => changed(request, |changes| simulator.disturb_mailbox(key, changes)),
        ("PATCH", ["exchange", set, key @ ..]) => {
            changed(request, |changes| simulator.disturb_exchange(set, &key.join("/"), Some(changes)))
        }
        ("DELETE", ["exchange", set, key @ ..]) => outcome(simulator.disturb_exchange(set, &key.join("/"), None)),
        ("PUT", ["notices"]) => match serde_json::from_slice(request.body()) {
            Ok(notices) => {
                simulator.set_notices(notices);
                Answer::none()
            }
            Err(_) => refuse(400, "the body must be the seed's `notices`, as JSON"),
        },
        ("POST", ["mail"]) => mail(simulator, request),
        ("PUT", ["faults"]) => match String::from_utf8_lossy(request.body()).parse::<FaultScript>() {
            Ok(script) => {
                simulator.set_faults(script);
                Answer::none()
            }
            Err(error) => refuse(400, &error.to_string()),
        },
        _ => refuse(
            404,
            "the admin surface has journal, requests, statistics, truth, password-reset-recipients, notices, users/{id}, organization, partner/{profile}, billing/{account}/{profile}, mailboxes/{key}, exchange/{set}/{key}, mail and faults",
        ),
    }
}

/// Whether the request was sent to this simulator by its own name, and not by a page of another origin: a name that was
/// made to point here, or a page open in a browser on this machine, must not reach what has no password.
fn own(request: &Request<Bytes>) -> Result<(), &'static str> {
    let Some(Here(here)) = request.extensions().get::<Here>() else { return Ok(()) };
    let header = |name| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    let host = header(HOST).or_else(|| request.uri().authority().map(Authority::as_str)).unwrap_or_default();
    let Ok(authority) = host.parse::<Authority>() else { return Err("the Host is not this simulator's") };
    let name = authority.host().trim_start_matches('[').trim_end_matches(']');
    let address = name.parse::<IpAddr>();
    let mine = name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|ip| ip == here.ip().to_canonical());
    if !mine {
        return Err("the Host is not this simulator's: use the address that it printed");
    }
    let scheme = request.extensions().get::<Scheme>().map_or("http", |scheme| scheme.0);
    match header(ORIGIN) {
        Some(origin) if !origin.eq_ignore_ascii_case(&format!("{scheme}://{host}")) => {
            Err("pages of another origin do not reach this surface")
        }
        _ => Ok(()),
    }
}

/// Sends a message: its JSON form; with `?count=true` the mailboxes' statistics grow.
fn mail(simulator: &Simulator, request: &Request<Bytes>) -> Answer {
    let query = pairs(request.uri().query().unwrap_or_default());
    let count = query.iter().any(|(key, value)| key == "count" && value == "true");
    match serde_json::from_slice::<Message>(request.body()) {
        Ok(message) => Answer::json(200, json!(simulator.post(&message, count))),
        Err(_) => refuse(400, "the body must be a message: from, to, and if need be subject, inside, verdict, headers"),
    }
}

/// What came after the position that the query names.
fn since(request: &Request<Bytes>, read: impl FnOnce(u64) -> Value) -> Answer {
    let query = pairs(request.uri().query().unwrap_or_default());
    let since = query.iter().find(|(key, _)| key == "since").map_or(Ok(0), |(_, value)| value.parse());
    since.map_or_else(|_| refuse(400, "since must be a number"), |since| Answer::json(200, read(since)))
}

fn changed(request: &Request<Bytes>, change: impl FnOnce(&Map<String, Value>) -> Result<(), DisturbError>) -> Answer {
    let Ok(Value::Object(changes)) = serde_json::from_slice(request.body()) else {
        return refuse(400, "the body must be a JSON object of properties");
    };
    outcome(change(&changes))
}

fn outcome(result: Result<(), DisturbError>) -> Answer {
    match result {
        Ok(()) => Answer::none(),
        Err(error @ DisturbError::NotFound) => refuse(404, &error.to_string()),
        Err(error) => refuse(400, &error.to_string()),
    }
}

fn refuse(status: u16, message: &str) -> Answer {
    Answer::json(status, json!({"error": message}))
}
