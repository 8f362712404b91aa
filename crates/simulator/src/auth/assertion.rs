//! Client assertions: certificates (PS256/RS256 with `x5t#S256` or `x5t`) and tokens of another issuer. Contract §1.
//!
//! Invariant: an assertion is accepted only if its signature, audience, subject and time are right; a federated one is
//! accepted without signature only where the seed gives no keys.

use serde::Deserialize;
use serde_json::Value;

use super::{
    credentials::{Application, Certificate},
    jwt::Token,
    refusal::TokenError,
};

/// The claims of an assertion; `aud` may be a list, as Kubernetes prints it.
#[derive(Debug, Deserialize)]
pub(crate) struct Assertion {
    #[serde(default)]
    iss: String,
    #[serde(default)]
    sub: String,
    #[serde(default)]
    aud: Value,
    exp: Option<f64>,
    nbf: Option<f64>,
    jti: Option<Value>,
}

/// What an assertion is checked against.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expectation<'a> {
    /// Unix time.
    pub(crate) now: i64,
    /// Seconds since the simulator started.
    pub(crate) uptime: u64,
    pub(crate) tenant_id: &'a str,
    pub(crate) needs_jti: bool,
}

/// Entra tolerates five minutes of clock skew (general knowledge, UNV).
const SKEW: f64 = 300.0;

pub(crate) fn verify(application: &Application, token: &str, expect: Expectation<'_>) -> Result<(), TokenError> {
    // Malformed: AADSTS50027 (general knowledge, UNV).
    let malformed = || TokenError::client(50_027, "Invalid JWT token. The token is malformed.");
    let token = Token::parse(token).ok_or_else(malformed)?;
    let claims = token.claims::<Assertion>().ok_or_else(malformed)?;
    if claims.iss == application.client_id {
        certificate(application, &token, &claims, expect)
    } else {
        federated(application, &token, &claims, expect)
    }
}

fn certificate(
    application: &Application,
    token: &Token<'_>,
    claims: &Assertion,
    expect: Expectation<'_>,
) -> Result<(), TokenError> {
    // AADSTS700027: the key was not found or the signature is wrong (general knowledge, UNV).
    let refuse = || {
        TokenError::client(
            700_027,
            "The certificate with identifier used to sign the client assertion is not registered on application.",
        )
    };
    let plain = |text: &Option<String>| text.as_deref().map(|text| text.trim_end_matches('=').to_owned());
    let (thumbprint, legacy) = (plain(&token.header.thumbprint), plain(&token.header.legacy_thumbprint));
    let known = |certificate: &&Certificate| match &thumbprint {
        Some(thumbprint) => certificate.thumbprint == *thumbprint,
        None => Some(&certificate.legacy_thumbprint) == legacy.as_ref(),
    };
    let certificate = application.certificates.iter().find(known).ok_or_else(refuse)?;
    if !token.is_signed_by(&certificate.key) {
        return Err(refuse());
    }
    timely(claims, expect)?;
    let own = claims.sub == application.client_id && audiences(claims).any(|aud| is_token_endpoint(aud, expect));
    if !own || (expect.needs_jti && claims.jti.is_none()) {
        // AADSTS700023: audience; AADSTS700021: issuer and subject (general knowledge, UNV).
        return Err(TokenError::client(700_023, "Client assertion audience claim does not match Realm issuer."));
    }
    Ok(())
}

fn federated(
    application: &Application,
    token: &Token<'_>,
    claims: &Assertion,
    expect: Expectation<'_>,
) -> Result<(), TokenError> {
    let known: Vec<_> = application
        .federated
        .iter()
        .filter(|credential| credential.effective_after.as_secs() <= expect.uptime)
        .collect();
    if known.is_empty() {
        // Also seen for about two minutes after creating one. Contract §1 (3P).
        return Err(TokenError::client(70_025, "The client has no configured federated identity credentials."));
    }
    let trim = |issuer: &str| issuer.trim_end_matches('/').to_owned();
    let matching = known.into_iter().find(|credential| {
        trim(&credential.issuer) == trim(&claims.iss)
            && credential.subject == claims.sub
            && audiences(claims).any(|aud| aud == credential.audience)
    });
    let Some(credential) = matching else {
        return Err(TokenError::client(
            700_213,
            "No matching federated identity record found for presented assertion subject.",
        ));
    };
    if let Some(keys) = &credential.keys
        && !token.is_signed_by_set(keys)
    {
        // AADSTS5000224-like texts differ; the code for a bad signature is general knowledge (UNV).
        return Err(TokenError::client(50_013, "Assertion failed signature validation."));
    }
    timely(claims, expect)
}

fn audiences(claims: &Assertion) -> impl Iterator<Item = &str> {
    let single = claims.aud.as_str();
    single.into_iter().chain(claims.aud.as_array().into_iter().flatten().filter_map(Value::as_str))
}

/// The token endpoint in any cloud or at the simulator itself: only the path is compared, because clients build the
/// audience from the authority they were given. The v1 form and the issuer form are accepted as Entra does (UNV).
fn is_token_endpoint(audience: &str, expect: Expectation<'_>) -> bool {
    let path = audience.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
    let path = path.trim_end_matches('/').to_lowercase();
    let mut parts = path.splitn(2, '/');
    let _tenant = parts.next().unwrap_or_default();
    let rest = parts.next().unwrap_or_default();
    matches!(rest, "oauth2/v2.0/token" | "oauth2/token" | "v2.0") || path == expect.tenant_id
}

fn timely(claims: &Assertion, expect: Expectation<'_>) -> Result<(), TokenError> {
    #[allow(clippy::cast_precision_loss)] // Unix seconds fit a double exactly
    let now = expect.now as f64;
    let expired = claims.exp.is_none_or(|exp| now > exp + SKEW);
    let early = claims.nbf.is_some_and(|nbf| now < nbf - SKEW);
    if expired || early {
        return Err(TokenError::client(700_024, "Client assertion is not within its valid time range."));
    }
    Ok(())
}
