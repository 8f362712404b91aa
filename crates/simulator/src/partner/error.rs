//! Partner Center's error answers: a number and a text, and another shape altogether for 429. Contract §7.
//!
//! Invariant: never Graph's envelope. Names of the fields, and codes beyond 400, 2032 and 2055, are UNV.

use serde_json::{Value, json};

use crate::graph::request::Answer;

/// A refused request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum PartnerError {
    /// Status, code, description.
    Refused(u16, u32, String),
    /// 429 with the `Retry-After` it carries.
    Throttled(Option<String>),
}

impl PartnerError {
    pub(crate) fn unauthorized() -> Self {
        Self::Refused(401, 400, "Unauthorized.".to_owned())
    }

    pub(crate) fn denied() -> Self {
        Self::Refused(403, 2032, "Access denied.".to_owned())
    }

    pub(crate) fn invalid(description: impl Into<String>) -> Self {
        Self::Refused(400, 2000, description.into())
    }

    pub(crate) fn stale() -> Self {
        Self::Refused(400, 2055, "Etag is no longer valid.".to_owned())
    }

    pub(crate) fn not_found() -> Self {
        Self::Refused(404, 404, "The resource was not found.".to_owned())
    }

    pub(crate) fn method() -> Self {
        Self::Refused(405, 405, "The method is not allowed for this resource.".to_owned())
    }

    /// 5xx of a fault script.
    pub(crate) fn server(status: u16) -> Self {
        Self::Refused(status, u32::from(status), "An internal error occurred.".to_owned())
    }

    pub(crate) fn answer(self) -> Answer {
        match self {
            Self::Refused(status, code, description) => Answer::json(status, body(code, &description)),
            Self::Throttled(retry_after) => {
                let seconds = retry_after.as_deref().unwrap_or("57");
                let message = format!("Rate limit is exceeded. Try again in {seconds} seconds.");
                let mut answer = Answer::json(429, json!({"statusCode": 429, "message": message}));
                answer.headers.extend(retry_after.map(|seconds| ("retry-after", seconds)));
                answer
            }
        }
    }
}

fn body(code: u32, description: &str) -> Value {
    json!({"code": code, "description": description, "data": [], "source": "PartnerFD"})
}
