//! What Microsoft Graph (and, with the same envelope, Exchange) answers when it refuses.
//!
//! Invariant: ids are kept, and a code that is known by its name; messages are kept to be matched on, and neither `Display` nor
//! `Debug` shows them, because they quote addresses.

use std::{fmt, time::Duration};

use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use uuid::Uuid;

use super::{decode::decode, exchange_error, known};

/// How many messages of one error are kept, and how many bytes of each: the texts to match on stand in front.
const MAX_TEXTS: usize = 8;
const MAX_TEXT: usize = 2048;

/// What an error means, as far as the operator treats it differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The object does not exist, or not yet on this replica.
    NotFound,
    /// A permission is missing or the target is protected: the same text for both.
    RequestDenied,
    /// The object is mastered on-premises, or by another service (Exchange).
    OnPremisesMastered,
    /// The address belongs to another object.
    ConflictingProxyAddress,
    /// An object with the same key exists already.
    AlreadyExists,
    /// The query needs `ConsistencyLevel: eventual`, or is not supported at all.
    UnsupportedQuery,
    /// The tenant lacks a Premium licence (PIM).
    PremiumLicenseRequired,
    /// The token is not accepted, a new one either.
    InvalidToken,
    /// Too many requests.
    Throttled,
    /// The delta token is too old: start from the beginning.
    ResyncRequired,
    /// Another item of the same batch failed first.
    DependencyFailed,
    /// The service has trouble of its own.
    Unavailable,
    /// The request is wrong in a way not told apart here.
    BadRequest,
    /// Anything else.
    Other,
}

/// A refusal of the service.
#[derive(Clone, PartialEq, Eq)]
pub struct GraphError {
    /// HTTP status.
    pub status: u16,
    /// The error's code, such as `Request_ResourceNotFound`. `None`: there is none, or none that is known.
    pub code: Option<&'static str>,
    /// What it means.
    pub kind: ErrorKind,
    /// The service's id of the request.
    pub request_id: Option<Uuid>,
    /// Our id of the call.
    pub client_request_id: Uuid,
    /// How long the service wants us to wait.
    pub retry_after: Option<Duration>,
    /// The number in Exchange's `x-ms-diagnostics`.
    pub diagnostics: Option<u32>,
    texts: Box<[String]>,
}

#[derive(Deserialize)]
struct Envelope {
    error: Wire,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Wire {
    code: Option<serde_json::Value>,
    message: Option<String>,
    details: Option<Vec<Detail>>,
    #[serde(alias = "innererror", rename = "innerError")]
    deeper: Option<Deeper>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Detail {
    code: Option<String>,
    message: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Deeper {
    #[serde(rename = "request-id")]
    request_id: Option<String>,
    message: Option<String>,
    internalexception: Option<Detail>,
}

impl GraphError {
    /// Reads an error. A body of another shape still gives status, kind and ids.
    pub(crate) fn parse(
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
        client_request_id: Uuid,
        retry_after: Option<Duration>,
    ) -> Self {
        let wire = decode::<Envelope>(body).map(|envelope| envelope.error).unwrap_or_default();
        let code = wire.code.and_then(|code| named(&code));
        let details = wire.details.unwrap_or_default();
        let deeper = wire.deeper.unwrap_or_default();
        let exception = deeper.internalexception.and_then(|exception| exception.message);
        let texts: Vec<String> = details
            .iter()
            .flat_map(|detail| [detail.message.clone(), detail.code.clone()])
            .chain([exception, deeper.message, wire.message])
            .flatten()
            .take(MAX_TEXTS)
            .map(shorten)
            .collect();
        let header_id = headers.get("request-id").and_then(|id| id.to_str().ok());
        let request_id = header_id.or(deeper.request_id.as_deref()).and_then(|id| Uuid::parse_str(id).ok());
        let kind = classify(status.as_u16(), code, &texts);
        let diagnostics = exchange_error::diagnostics(headers);
        let status = status.as_u16();
        Self { status, code, kind, request_id, client_request_id, retry_after, diagnostics, texts: texts.into() }
    }

    /// The type of the exception behind it, as Exchange names it, without its namespace.
    pub fn exception(&self) -> Option<&'static str> {
        self.texts.iter().find_map(|text| exchange_error::exception(text))
    }

    /// Whether Exchange says that the application has used up what it may ask for: its own way to throttle, beside the status.
    pub(crate) fn is_over_budget(&self) -> bool {
        self.exception() == Some("OverBudgetException")
    }

    /// Whether any of the error's messages contains `part`. The messages themselves are not handed out.
    pub fn says(&self, part: &str) -> bool {
        self.texts.iter().any(|text| text.contains(part))
    }
}

impl std::error::Error for GraphError {}

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the service answered {}", self.status)?;
        if let Some(code) = self.code {
            write!(f, " {code}")?;
        }
        if let Some(exception) = self.exception() {
            write!(f, " {exception}")?;
        }
        if let Some(id) = self.request_id {
            write!(f, " (request {id}, client request {})", self.client_request_id)
        } else {
            write!(f, " (client request {})", self.client_request_id)
        }
    }
}

impl fmt::Debug for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GraphError")
            .field("status", &self.status)
            .field("code", &self.code)
            .field("kind", &self.kind)
            .field("request_id", &self.request_id)
            .field("client_request_id", &self.client_request_id)
            .field("retry_after", &self.retry_after)
            .field("exception", &self.exception())
            .field("diagnostics", &self.diagnostics)
            .finish_non_exhaustive()
    }
}

/// Codes are names (Partner Center: numbers). What is not known to be one could be data and is dropped.
fn named(code: &serde_json::Value) -> Option<&'static str> {
    match code {
        serde_json::Value::String(text) => known::code(text),
        serde_json::Value::Number(number) => known::code(&number.to_string()),
        _ => None,
    }
}

fn shorten(mut text: String) -> String {
    let mut end = text.len().min(MAX_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

fn classify(status: u16, code: Option<&str>, texts: &[String]) -> ErrorKind {
    let says = |part: &str| texts.iter().any(|text| text.contains(part));
    match code.unwrap_or_default() {
        "Request_ResourceNotFound" | "ResourceNotFound" | "NotFound" | "itemNotFound" => ErrorKind::NotFound,
        "Authorization_RequestDenied" | "accessDenied" => ErrorKind::RequestDenied,
        "Request_UnsupportedQuery" => ErrorKind::UnsupportedQuery,
        "AadPremiumLicenseRequired" => ErrorKind::PremiumLicenseRequired,
        "InvalidAuthenticationToken" => ErrorKind::InvalidToken,
        "TooManyRequests" => ErrorKind::Throttled,
        "syncStateNotFound" | "SyncStateNotFound" | "resyncRequired" | "ResyncRequired" => ErrorKind::ResyncRequired,
        "Request_MultipleObjectsWithSameKeyValue" => ErrorKind::AlreadyExists,
        // Two texts: mastered by an on-premises directory, or by a service such as Exchange.
        _ if says("on-premises mastered Directory Sync objects")
            || says("objects that have originated within an external service") =>
        {
            ErrorKind::OnPremisesMastered
        }
        _ if says("Another object with the same value for property proxyAddresses")
            || (says("ConflictingObjects") && says("proxyAddresses")) =>
        {
            ErrorKind::ConflictingProxyAddress
        }
        _ if says("A conflicting object with one or more of the specified property values") => ErrorKind::AlreadyExists,
        _ => match status {
            400 => ErrorKind::BadRequest,
            401 => ErrorKind::InvalidToken,
            403 => ErrorKind::RequestDenied,
            404 => ErrorKind::NotFound,
            410 => ErrorKind::ResyncRequired,
            424 => ErrorKind::DependencyFailed,
            429 => ErrorKind::Throttled,
            500.. => ErrorKind::Unavailable,
            _ => ErrorKind::Other,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(status: u16, body: &str) -> GraphError {
        let status = StatusCode::from_u16(status).unwrap();
        GraphError::parse(status, &HeaderMap::new(), body.as_bytes(), Uuid::from_u128(9), None)
    }

    fn error(code: &str, message: &str) -> String {
        serde_json::json!({"error": {"code": code, "message": message, "innerError": {"date": "x"}}}).to_string()
    }

    #[test]
    fn documented_errors_have_their_kind() {
        let bad = "Request_BadRequest";
        for (status, code, message, kind) in [
            (404, "Request_ResourceNotFound", "Resource 'x' does not exist", ErrorKind::NotFound),
            (403, "Authorization_RequestDenied", "Insufficient privileges", ErrorKind::RequestDenied),
            (
                400,
                bad,
                "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects \
                 currently undergoing migration.",
                ErrorKind::OnPremisesMastered,
            ),
            (
                400,
                bad,
                "Unable to update the specified properties for objects that have originated within an external service.",
                ErrorKind::OnPremisesMastered,
            ),
            (
                400,
                bad,
                "Another object with the same value for property proxyAddresses already exists.",
                ErrorKind::ConflictingProxyAddress,
            ),
            (400, "Request_UnsupportedQuery", "x", ErrorKind::UnsupportedQuery),
            (400, "AadPremiumLicenseRequired", "x", ErrorKind::PremiumLicenseRequired),
            (401, "InvalidAuthenticationToken", "expired", ErrorKind::InvalidToken),
            (429, "TooManyRequests", "x", ErrorKind::Throttled),
            (400, "syncStateNotFound", "x", ErrorKind::ResyncRequired),
            (410, "", "x", ErrorKind::ResyncRequired),
            (400, bad, "something", ErrorKind::BadRequest),
            (503, "", "", ErrorKind::Unavailable),
        ] {
            assert_eq!(parse(status, &error(code, message)).kind, kind, "{code} {message}");
        }
    }

    #[test]
    fn messages_are_matched_and_never_shown() {
        let error = parse(400, &error("Request_BadRequest", "The address ada@contoso.com is taken"));
        assert!(error.says("is taken"));
        assert!(!format!("{error} {error:?}").contains("contoso"));
        let hostile = parse(400, &self::error("ada@contoso.com", "x"));
        assert_eq!(hostile.code, None);
        for name in ["HelenaMarsh", "4915112345678"] {
            let text = format!("Ex6F9304|Microsoft.Exchange.{name}|x");
            let body = serde_json::json!({"error": {"code": name, "details": [{"message": text}]}}).to_string();
            let error = parse(400, &body);
            assert!(!format!("{error} {error:?}").contains(name), "B10: {error} {error:?}");
        }
    }

    #[test]
    fn exchange_details_are_matched_too() {
        let body = r#"{"error":{"code":"NotFound","message":"Error executing cmdlet","details":[{"code":"Client",
            "message":"Ex6F9304|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|gone"}],
            "innererror":{"message":"m","internalexception":{"message":"deep","type":"t"}}}}"#;
        let error = parse(404, body);
        assert!(error.says("|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|"));
        assert!(error.says("deep"));
        assert_eq!(error.exception(), Some("ManagementObjectNotFoundException"));
    }

    #[test]
    fn a_body_of_another_shape_still_has_status_and_kind() {
        for body in ["", "\0\0", "[]", r#"{"error":"text"}"#, r#"{"error":{"details":7}}"#] {
            let error = parse(403, body);
            assert_eq!((error.status, error.kind), (403, ErrorKind::RequestDenied), "{body:?}");
        }
        let long = "ä".repeat(MAX_TEXT);
        assert!(parse(400, &self::error("x", &long)).says("ää"));
    }
}
