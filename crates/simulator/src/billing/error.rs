//! Azure Resource Manager's error answers: `{"error":{"code","message","details":[]}}`. Contract §8.
//!
//! Invariant: no `innerError`. Codes are general knowledge of ARM (UNV).

use serde_json::json;

use crate::graph::request::Answer;

/// A refused request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ArmError {
    pub(crate) status: u16,
    code: &'static str,
    message: String,
    retry_after: Option<String>,
}

impl ArmError {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), retry_after: None }
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(401, "InvalidAuthenticationToken", "The access token is invalid.")
    }

    pub(crate) fn denied() -> Self {
        Self::new(403, "AuthorizationFailed", "The client does not have authorization to perform this action.")
    }

    pub(crate) fn not_found() -> Self {
        Self::new(404, "NotFound", "The requested resource was not found.")
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequest", message)
    }

    pub(crate) fn throttled(retry_after: Option<String>) -> Self {
        let error = Self::new(429, "TooManyRequests", "The request is being throttled.");
        Self { retry_after, ..error }
    }

    /// 5xx of a fault script.
    pub(crate) fn server(status: u16) -> Self {
        Self::new(status, "InternalServerError", "An internal error occurred.")
    }

    pub(crate) fn answer(self) -> Answer {
        let body = json!({"error": {"code": self.code, "message": self.message, "details": []}});
        let mut answer = Answer::json(self.status, body);
        if self.status == 401 {
            answer.headers.push(("www-authenticate", "Bearer".to_owned()));
        }
        answer.headers.extend(self.retry_after.map(|seconds| ("retry-after", seconds)));
        answer
    }
}
