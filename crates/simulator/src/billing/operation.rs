//! Long-running operations: accepted with 202 and a `Location`, asked there until they end. `[BILL]`, contract §8.
//!
//! Invariant: an operation's write is committed when its time has come, in order of acceptance, asked for or not. What is
//! still open when the simulator ends is lost.

use tokio::time::Instant;

use super::{error::ArmError, operations::Operation, place::VERSION, read, role::Grant};
use crate::{
    auth::token::Claims,
    graph::request::{Answer, Content, GraphRequest},
    state::State,
};

/// "Retry-After: 10" in the samples. `[BILL]`
const RETRY_AFTER: &str = "10";
/// How many operations are remembered; more than any client has under way.
const KEPT: usize = 1000;

/// Commits what is due.
pub(crate) fn settle(state: &mut State) {
    let now = Instant::now();
    let due: Vec<_> = state
        .billing
        .0
        .iter_mut()
        .filter(|(_, operation)| operation.due <= now)
        .filter_map(|(_, operation)| Some((operation.place.clone(), operation.write.take()?)))
        .collect();
    for (place, (record, mut origin)) in due {
        origin.at = now;
        origin.time = state.clock.text();
        state.commit(place.entity(), &place.key(), Some(record), origin);
    }
}

/// Remembers an operation and answers 202.
pub(super) fn accept(state: &mut State, request: &GraphRequest, id: String, operation: Operation) -> Answer {
    let place = read::path(state.store.truth(), &operation.place);
    let location = format!("{}{place}/operationResults/{id}?api-version={VERSION}", request.origin);
    if state.billing.0.len() >= KEPT {
        state.billing.0.pop_front();
    }
    state.billing.0.push_back((id, operation));
    pending(location)
}

fn pending(location: String) -> Answer {
    let headers = vec![("location", location), ("retry-after", RETRY_AFTER.to_owned())];
    Answer { status: 202, headers, content: Content::Empty }
}

/// `GET …/operationResults/{id}`: 202 until the operation has ended, then 200 with the resource.
pub(super) fn result(state: &mut State, request: &GraphRequest, claims: &Claims, id: &str) -> Result<Answer, ArmError> {
    let own = |(known, operation): &&(String, Operation)| known == id && operation.actor == claims.oid;
    let (_, operation) = state.billing.0.iter().find(own).ok_or_else(ArmError::not_found)?;
    let view = state.store.truth();
    if operation.write.is_some() {
        let place = read::path(view, &operation.place);
        return Ok(pending(format!("{}{place}/operationResults/{id}?api-version={VERSION}", request.origin)));
    }
    let place = &operation.place;
    let record = view.get(place.entity(), &place.key()).ok_or_else(ArmError::not_found)?;
    Ok(Answer::json(200, read::render(view, place, record, Grant::Write)))
}
