//! Graph's error answers. Contract §2, §9; branch on `code`, texts are as reported.
//!
//! Invariant: one constructor per refusal, so the same cause always reads the same.

use serde_json::{Map, Value, json};

/// A refused request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GraphError {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// What `innerError` carries beside date and ids.
    pub(crate) inner: Vec<(&'static str, &'static str)>,
}

impl GraphError {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), headers: Vec::new(), inner: Vec::new() }
    }

    /// 403: one text for a missing permission and for a protected target. [JB]
    pub(crate) fn denied() -> Self {
        Self::new(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    }

    /// 404. (3P)
    pub(crate) fn not_found(id: &str) -> Self {
        Self::new(
            404,
            "Request_ResourceNotFound",
            format!("Resource '{id}' does not exist or one of its queried reference-property objects are not present."),
        )
    }

    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self::new(400, "Request_BadRequest", message)
    }

    /// 400 for a malformed OData option.
    pub(crate) fn odata(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequest", message)
    }

    /// 400 for a query that is well-formed but not served; never an unfiltered list instead. [ADV]
    pub(crate) fn unsupported(message: impl Into<String>) -> Self {
        Self::new(400, "Request_UnsupportedQuery", message)
    }

    /// 401. (3P)
    pub(crate) fn unauthorized(message: &str) -> Self {
        let mut error = Self::new(401, "InvalidAuthenticationToken", message);
        error.headers.push(("www-authenticate", "Bearer".to_owned()));
        error
    }

    /// 429 with the given `Retry-After`, or none. [TH21]
    pub(crate) fn throttled(retry_after: Option<&str>) -> Self {
        let mut error = Self::new(429, "TooManyRequests", "Please retry again later.");
        error.inner = vec![("code", "429"), ("message", "Please retry after"), ("status", "429")];
        if let Some(seconds) = retry_after {
            error.headers.push(("retry-after", seconds.to_owned()));
        }
        error
    }

    /// 5xx of a fault script.
    pub(crate) fn server(status: u16) -> Self {
        let (code, message) = match status {
            503 => ("serviceNotAvailable", "The service is temporarily unavailable."),
            504 => ("UnknownError", "Gateway timeout."),
            _ => ("InternalServerError", "An internal server error occurred."),
        };
        Self::new(status, code, message)
    }

    pub(crate) fn body(&self, date: &str, request_id: &str, client_request_id: &str) -> Value {
        let mut inner = Map::new();
        // `date` is printed without zone. [JB]
        inner.insert("date".to_owned(), json!(date.trim_end_matches('Z')));
        inner.insert("request-id".to_owned(), json!(request_id));
        inner.insert("client-request-id".to_owned(), json!(client_request_id));
        for (name, value) in &self.inner {
            inner.insert((*name).to_owned(), json!(value));
        }
        json!({"error": {"code": self.code, "message": self.message, "innerError": inner}})
    }
}
