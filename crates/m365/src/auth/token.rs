//! One token request.
//!
//! Invariant: the request goes to the login endpoint only, follows no redirect, and is safe to repeat, so its transient
//! failures are retried like those of a read.

use std::{fmt, time::Duration};

use bytes::Bytes;
use http::{
    HeaderValue, Method, Request,
    header::{ACCEPT, CONTENT_TYPE},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::time::Instant;
use url::{Url, form_urlencoded};

use super::{Credential, CredentialError, CredentialSource, Grants, Identity, aadsts, assertion, error::AuthError};
use crate::{
    cloud::Scope,
    observe::{Operation, Service},
    ports::Ports,
    send::{
        Effect,
        attempts::{Accept, Attempt, Attempts, Failure},
    },
};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Largest answer of the token endpoint, in bytes. Tokens have a few KiB; hundreds of permissions make it tens.
const MAX_ANSWER: usize = 256 * 1024;

/// Longest life time that is believed. Microsoft's tokens live about an hour, long-lived ones up to 28 hours.
const MAX_LIFETIME: Duration = Duration::from_hours(48);

/// An access token.
#[derive(Clone)]
pub struct Token {
    pub(super) secret: SecretString,
    pub(super) expires: Instant,
    pub(super) refresh: Instant,
    pub(super) grants: Grants,
}

impl Token {
    /// What the token says that we may do; see [`Grants`] for how far that goes.
    pub fn grants(&self) -> &Grants {
        &self.grants
    }

    /// When the service stops accepting it, on our monotonic clock.
    pub fn expires(&self) -> Instant {
        self.expires
    }

    /// The `Authorization` header's value, marked as sensitive.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::try_from(format!("Bearer {}", self.secret.expose_secret())).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.secret.expose_secret() == other.secret.expose_secret()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("expires", &self.expires).field("grants", &self.grants).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    expires_in: u64,
}

/// The token endpoint of a tenant.
pub(super) fn endpoint(login: &Url, identity: &Identity) -> Option<Url> {
    login.join(&format!("{}/oauth2/v2.0/token", identity.tenant)).ok()
}

/// Asks for a token once, with the retries of `attempts`.
pub(super) async fn request(
    attempts: &Attempts<'_>,
    endpoint: &Url,
    identity: &Identity,
    source: &dyn CredentialSource,
    scope: &Scope,
) -> Result<Token, AuthError> {
    let asked = Instant::now();
    let form = form(endpoint, identity, source, scope, attempts.ports).await.map_err(AuthError::Credential)?;
    let make = || {
        Request::builder()
            .method(Method::POST)
            .uri(endpoint.as_str())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            .body(form.clone())
            .ok()
    };
    let attempt = Attempt::new(Service::Login, Operation::Token, Effect::Read, MAX_ANSWER, attempts.policy);
    let answer = match attempts.run(make, &attempt, |_| Accept::Yes).await {
        Ok(answer) => answer,
        Err(Failure::Throttled { retry_after, .. }) => return Err(AuthError::Throttled { retry_after }),
        Err(Failure::Transport { error, .. }) => return Err(AuthError::Transport(error)),
        Err(Failure::TooLarge { .. } | Failure::Fenced { .. }) => return Err(AuthError::Malformed),
    };
    if answer.status != 200 {
        return Err(AuthError::Refused(aadsts::parse(answer.status.as_u16(), &answer.body)));
    }
    let Answer { access_token, expires_in } = serde_json::from_slice(&answer.body).map_err(|_| AuthError::Malformed)?;
    let secret = SecretString::from(access_token);
    let lifetime = Duration::from_secs(expires_in).min(MAX_LIFETIME);
    let token = Token {
        grants: Grants::read(secret.expose_secret()),
        secret,
        expires: asked + lifetime,
        refresh: asked + lifetime.saturating_sub(margin(lifetime)),
    };
    if token.header().is_none() { Err(AuthError::Malformed) } else { Ok(token) }
}

/// How long before its end a token is replaced. Five minutes: a request and all its retries end well within them, the
/// clocks of the services differ by less, and a login service that is down for a few minutes goes unnoticed. A token
/// that lives shorter than twenty minutes is replaced after three quarters of its life.
fn margin(lifetime: Duration) -> Duration {
    Duration::from_mins(5).min(lifetime / 4)
}

async fn form(
    endpoint: &Url,
    identity: &Identity,
    source: &dyn CredentialSource,
    scope: &Scope,
    ports: &Ports,
) -> Result<Bytes, CredentialError> {
    let (secret, assertion) = match source.load().await? {
        Credential::Secret(secret) => (Some(secret), None),
        Credential::Certificate(credential) => {
            let assertion =
                assertion::sign(&credential, identity.client_id, endpoint.as_str(), &*ports.clock, &*ports.rng)?;
            (None, Some(assertion))
        }
        Credential::Federated(source) => (None, Some(source.token().await?)),
    };
    // The serializer cannot be held across an await: it is not `Sync`.
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "client_credentials")
        .append_pair("client_id", &identity.client_id.to_string())
        .append_pair("scope", scope.as_str());
    if let Some(secret) = secret {
        form.append_pair("client_secret", secret.expose_secret());
    }
    if let Some(assertion) = assertion {
        form.append_pair("client_assertion_type", ASSERTION_TYPE)
            .append_pair("client_assertion", assertion.expose_secret());
    }
    Ok(Bytes::from(form.finish()))
}
