//! Why a sign-in is refused, in Entra's words.

use serde_json::{Value, json};

use crate::{clock, state::State};

/// A refused sign-in.
#[derive(Debug)]
pub(crate) struct TokenError {
    /// AADSTS number.
    number: u32,
    /// OAuth error code.
    error: &'static str,
    status: u16,
    text: String,
}

impl TokenError {
    /// 401 `invalid_client`.
    pub(crate) fn client(number: u32, text: &str) -> Self {
        Self { number, error: "invalid_client", status: 401, text: text.to_owned() }
    }

    pub(super) fn request(number: u32, error: &'static str, text: String) -> Self {
        Self { number, error, status: 400, text }
    }

    /// Status and body, in Entra's shape.
    pub(crate) fn answer(&self, state: &mut State) -> (u16, Value) {
        let (trace, correlation) = (state.guid(), state.guid());
        let time = clock::print(state.clock.wall()).replace('T', " ");
        let description = format!(
            "AADSTS{}: {} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {time}",
            self.number, self.text
        );
        let body = json!({"error": self.error, "error_description": description, "error_codes": [self.number],
            "timestamp": time, "trace_id": trace, "correlation_id": correlation,
            "error_uri": format!("https://login.microsoftonline.com/error?code={}", self.number)});
        (self.status, body)
    }
}
