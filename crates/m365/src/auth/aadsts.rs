//! What the login service says when it refuses.
//!
//! Invariant: of its free text only the AADSTS number is used; the text itself may name people and is dropped here.

use std::fmt;

use serde::Deserialize;
use uuid::Uuid;

use crate::send::known;

/// Why the login service refused, from its AADSTS number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// 7000215: the secret is wrong (often its id was taken for its value).
    InvalidSecret,
    /// 7000222: the secret has expired.
    ExpiredSecret,
    /// 700016: the application does not exist in this tenant.
    AppNotInTenant,
    /// 90002: there is no such tenant.
    TenantNotFound,
    /// 70025: the application has no federated credential; also seen for minutes after one was created.
    NoFederatedCredential,
    /// 700213: no federated credential of the application matches the token's subject.
    FederatedSubjectMismatch,
    /// 700027: the certificate is not registered with the application, or the signature is wrong.
    InvalidAssertion,
    /// Another number, or none.
    Other(Option<u32>),
}

impl RefusalKind {
    /// The meaning of an AADSTS number.
    pub fn of(code: Option<u32>) -> Self {
        match code {
            Some(7_000_215) => Self::InvalidSecret,
            Some(7_000_222) => Self::ExpiredSecret,
            Some(700_016) => Self::AppNotInTenant,
            Some(90_002) => Self::TenantNotFound,
            Some(70_025) => Self::NoFederatedCredential,
            Some(700_213) => Self::FederatedSubjectMismatch,
            Some(700_027) => Self::InvalidAssertion,
            other => Self::Other(other),
        }
    }
}

impl fmt::Display for RefusalKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvalidSecret => "the client secret is wrong",
            Self::ExpiredSecret => "the client secret has expired",
            Self::AppNotInTenant => "the application does not exist in this tenant",
            Self::TenantNotFound => "the tenant does not exist in this cloud",
            Self::NoFederatedCredential => "the application has no federated credential",
            Self::FederatedSubjectMismatch => "no federated credential of the application matches the token's subject",
            Self::InvalidAssertion => "the certificate is not registered with the application",
            Self::Other(_) => "the login service refused",
        })
    }
}

/// A refusal of the login service, without its free text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The reason.
    pub kind: RefusalKind,
    /// HTTP status.
    pub status: u16,
    /// AADSTS number.
    pub code: Option<u32>,
    /// The OAuth error, such as `invalid_client`. `None`: there is none, or none that is known.
    pub error: Option<&'static str>,
    /// Id of the request at the login service, for Microsoft's support.
    pub trace_id: Option<Uuid>,
    /// Id of the operation at the login service, for Microsoft's support.
    pub correlation_id: Option<Uuid>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (HTTP {}", self.kind, self.status)?;
        if let Some(code) = self.code {
            write!(f, ", AADSTS{code}")?;
        }
        if let Some(error) = self.error {
            write!(f, ", {error}")?;
        }
        if let Some(id) = self.trace_id {
            write!(f, ", trace {id}")?;
        }
        if let Some(id) = self.correlation_id {
            write!(f, ", correlation {id}")?;
        }
        f.write_str(")")
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Wire {
    error: Option<String>,
    error_description: Option<String>,
    error_codes: Option<Vec<u32>>,
    trace_id: Option<String>,
    correlation_id: Option<String>,
}

/// Reads a refusal. A body that is not the documented shape still gives the status.
pub(super) fn parse(status: u16, body: &[u8]) -> Refusal {
    let wire: Wire = serde_json::from_slice(body).unwrap_or_default();
    let named = wire.error_codes.and_then(|codes| codes.first().copied());
    let code = named.or_else(|| wire.error_description.as_deref().and_then(number));
    let id = |text: Option<String>| text.and_then(|text| Uuid::parse_str(&text).ok());
    Refusal {
        kind: RefusalKind::of(code),
        status,
        code,
        error: wire.error.as_deref().and_then(known::oauth),
        trace_id: id(wire.trace_id),
        correlation_id: id(wire.correlation_id),
    }
}

fn number(description: &str) -> Option<u32> {
    let digits = description.split_once("AADSTS")?.1;
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_number_has_its_kind() {
        for (code, kind) in [
            (7_000_215, RefusalKind::InvalidSecret),
            (7_000_222, RefusalKind::ExpiredSecret),
            (700_016, RefusalKind::AppNotInTenant),
            (90_002, RefusalKind::TenantNotFound),
            (70_025, RefusalKind::NoFederatedCredential),
            (700_213, RefusalKind::FederatedSubjectMismatch),
            (700_027, RefusalKind::InvalidAssertion),
            (50_000, RefusalKind::Other(Some(50_000))),
        ] {
            let body = format!(r#"{{"error":"invalid_client","error_codes":[{code}]}}"#);
            assert_eq!(parse(401, body.as_bytes()).kind, kind);
            let body = format!(r#"{{"error_description":"AADSTS{code}: x"}}"#);
            assert_eq!(parse(401, body.as_bytes()).kind, kind);
        }
    }

    #[test]
    fn free_text_is_dropped_and_ids_are_kept() {
        let refusal = parse(
            401,
            br#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid secret of ada@contoso.com",
                "error_codes":[7000215],"trace_id":"00000000-0000-0000-0000-000000000001","correlation_id":"ada@contoso.com"}"#,
        );
        assert_eq!(refusal.trace_id, Some(Uuid::from_u128(1)));
        let shown = format!("{refusal} {refusal:?}");
        assert!(!shown.contains("contoso"), "{shown}");
        assert!(shown.contains("AADSTS7000215"));
        assert_eq!(parse(400, br#"{"error":"ada@contoso.com"}"#).error, None);
    }

    #[test]
    fn a_body_that_is_no_json_still_says_the_status() {
        assert_eq!(parse(503, b"<html>").to_string(), "the login service refused (HTTP 503)");
    }
}
