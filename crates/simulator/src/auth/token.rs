//! Access tokens: what is in them, and what a service makes of one.
//!
//! Invariant: a token is bound to a resource (`aud`), a tenant, an expiry, and the grants at issue time.

use ring::hmac;
use serde::{Deserialize, Serialize};

use super::jwt::{self, Token};

/// The services tokens are issued for. Contract §1 Scopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Graph,
    Exchange,
    Arm,
    Partner,
}

impl Service {
    /// The service behind a resource URL; the simulator's own host stands for Graph.
    pub(crate) fn of(resource: &str, own_host: &str) -> Option<Self> {
        let url = resource.trim_end_matches('/');
        let host = url.split_once("://").map_or(url, |(_, rest)| rest).to_lowercase();
        Some(match host.as_str() {
            // Contract §1, clouds; the id of the Graph application is accepted as its resource too.
            "graph.microsoft.com"
            | "graph.microsoft.us"
            | "dod-graph.microsoft.us"
            | "microsoftgraph.chinacloudapi.cn"
            | "00000003-0000-0000-c000-000000000000" => Self::Graph,
            "00000002-0000-0ff1-ce00-000000000000"
            | "outlook.office365.com"
            | "outlook.office365.us"
            | "outlook-dod.office365.us"
            | "outlook.office365.cn" => Self::Exchange,
            "management.azure.com" | "management.core.windows.net" => Self::Arm,
            "api.partnercenter.microsoft.com" | "graph.windows.net" => Self::Partner,
            host if !own_host.is_empty() && host == own_host.to_lowercase() => Self::Graph,
            _ => return None,
        })
    }

    /// Whether an application permission belongs to the service.
    pub(crate) fn owns(self, permission: &str) -> bool {
        let exchange = permission.starts_with("Exchange.");
        match self {
            Self::Graph => !exchange,
            Self::Exchange => exchange,
            Self::Arm | Self::Partner => false,
        }
    }
}

/// The claims that matter, as Entra prints them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) aud: String,
    pub(crate) iss: String,
    pub(crate) iat: i64,
    pub(crate) nbf: i64,
    pub(crate) exp: i64,
    pub(crate) appid: String,
    pub(crate) tid: String,
    /// Object id of the service principal.
    pub(crate) oid: String,
    pub(crate) sub: String,
    /// `app`, or `user` where a person signed in for the application.
    pub(crate) idtyp: String,
    pub(crate) ver: String,
    /// Application permissions.
    #[serde(default)]
    pub(crate) roles: Vec<String>,
    /// Template ids of the service principal's directory roles. UNV: the only place the simulator looks for them.
    #[serde(default)]
    pub(crate) wids: Vec<String>,
}

/// Signs and checks tokens with a key of this simulator alone.
pub(crate) struct Signer(hmac::Key);

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer")
    }
}

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    Missing,
    Malformed,
    Expired,
    Audience,
}

impl Signer {
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    pub(crate) fn sign(&self, claims: &Claims) -> Option<String> {
        jwt::issue(claims, &self.0)
    }

    /// The claims of the bearer token in an `Authorization` header, if it is good for `service` at `now` (Unix time).
    pub(crate) fn check(
        &self,
        header: Option<&str>,
        service: Service,
        own_host: &str,
        now: i64,
    ) -> Result<Claims, Refused> {
        let header = header.ok_or(Refused::Missing)?;
        let (scheme, token) = header.split_once(' ').ok_or(Refused::Malformed)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Refused::Missing);
        }
        let token = Token::parse(token.trim()).filter(|token| token.is_authentic(&self.0)).ok_or(Refused::Malformed)?;
        let claims = token.claims::<Claims>().ok_or(Refused::Malformed)?;
        // Expiry by the simulated clock, not by the machine's.
        if now >= claims.exp {
            return Err(Refused::Expired);
        }
        if Service::of(&claims.aud, own_host) != Some(service) {
            return Err(Refused::Audience);
        }
        Ok(claims)
    }
}
