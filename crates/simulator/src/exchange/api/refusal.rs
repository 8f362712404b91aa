//! What is answered instead of a result.

use super::error::ExchangeError;
use crate::{graph::request::Answer, state::State};

/// An answer that a fault script dictates.
pub(crate) fn fault(state: &mut State, error: &ExchangeError) -> Answer {
    let request_id = state.guid();
    let mut answer = refuse(state, error);
    answer.headers.push(("request-id", request_id));
    answer
}

pub(super) fn refuse(state: &mut State, error: &ExchangeError) -> Answer {
    if error.status == 429 {
        state.statistics.throttled += 1;
    }
    error.answer()
}
