//! `POST /{tenant}/oauth2/v2.0/token`, client credentials, and the refresh tokens of people who
//! signed in for Partner Center. Contract §1, §7.
//!
//! Invariant: an answer never repeats a secret or an assertion.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    assertion::{self, Expectation},
    credentials::Application,
    refusal::TokenError,
    token::{Claims, Service},
};
use crate::{schema::user, state::State};

/// Answers a token request whose form fields are given.
pub(crate) fn issue(
    state: &mut State,
    tenant: &str,
    form: &BTreeMap<String, String>,
    own_host: &str,
) -> Result<Value, TokenError> {
    let field = |name: &str| form.get(name).map(String::as_str).filter(|value| !value.is_empty());
    if !state.is_tenant(tenant) {
        return Err(TokenError::request(90_002, "invalid_request", format!("Tenant '{tenant}' not found.")));
    }
    let person = match field("grant_type") {
        Some("client_credentials") => None,
        Some("refresh_token") => Some(person(state, field("refresh_token").unwrap_or_default())?),
        _ => {
            return Err(TokenError::request(
                70_003,
                "unsupported_grant_type",
                "The app requested an unsupported grant type.".to_owned(),
            ));
        }
    };
    let scope = field("scope").unwrap_or_default();
    let delegated = scope.strip_suffix("/user_impersonation").filter(|_| person.is_some());
    let resource = scope.strip_suffix("/.default").or(delegated).ok_or_else(|| {
        // AADSTS1002012 (general knowledge, UNV).
        TokenError::request(
            1_002_012,
            "invalid_scope",
            "The provided value for scope is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier.".to_owned(),
        )
    })?;
    let service = Service::of(resource, own_host).ok_or_else(|| {
        TokenError::request(
            500_011,
            "invalid_resource",
            "The resource principal was not found in the tenant.".to_owned(),
        )
    })?;
    // People signed in for Partner Center alone: the only service here that needs them.
    if person.is_some() && service != Service::Partner {
        let text = "The user or administrator has not consented to use the application.";
        return Err(TokenError::request(65_001, "invalid_grant", text.to_owned()));
    }
    let client = field("client_id").unwrap_or_default().to_lowercase();
    let now = state.clock.wall().as_second();
    let expect = Expectation {
        now,
        uptime: state.uptime().as_secs(),
        tenant_id: &state.tenant_id,
        needs_jti: state.options.switches.assertion_needs_jti,
    };
    let application =
        state.applications.iter().find(|application| application.client_id == client).ok_or_else(|| {
            TokenError::request(
                700_016,
                "unauthorized_client",
                "Application was not found in the directory. This can happen if the application has not been installed by the administrator of the tenant.".to_owned(),
            )
        })?;
    if let Some(token) = field("client_assertion") {
        if field("client_assertion_type") != Some("urn:ietf:params:oauth:client-assertion-type:jwt-bearer") {
            return Err(TokenError::request(
                900_144,
                "invalid_request",
                "The request body must contain the following parameter: 'client_assertion_type'.".to_owned(),
            ));
        }
        assertion::verify(application, token, expect)?;
    } else if let Some(secret) = field("client_secret") {
        check_secret(application, secret, now)?;
    } else {
        return Err(TokenError::client(
            7_000_218,
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        ));
    }
    let kind = if person.is_some() { "user" } else { "app" };
    let lifetime = state.options.token_lifetime.as_secs();
    let principal = person.unwrap_or_else(|| application.principal_id.clone());
    let claims = Claims {
        aud: resource.to_owned(),
        iss: format!("https://sts.windows.net/{}/", state.tenant_id),
        iat: now,
        nbf: now,
        exp: now.saturating_add_unsigned(lifetime),
        appid: client,
        tid: state.tenant_id.clone(),
        roles: application.permissions.iter().filter(|name| service.owns(name)).cloned().collect(),
        // Roles as of now: a later assignment shows only in the next token (contract §1).
        wids: crate::graph::sensitive::tenant_roles(state.store.truth(), &principal),
        sub: principal.clone(),
        oid: principal,
        idtyp: kind.to_owned(),
        ver: "1.0".to_owned(),
    };
    let token = state.signer.sign(&claims).unwrap_or_default();
    state.statistics.tokens += 1;
    Ok(json!({"token_type": "Bearer", "expires_in": lifetime, "ext_expires_in": lifetime, "access_token": token}))
}

/// The person behind a refresh token, if the account can still sign in. AADSTS numbers are general knowledge (UNV).
fn person(state: &State, refresh_token: &str) -> Result<String, TokenError> {
    let known = state.partner.sign_ins.iter().find(|known| known.refresh_token == refresh_token);
    let known = known.ok_or_else(|| {
        let text = "The provided value for the input parameter 'refresh_token' is not valid.";
        TokenError::request(9_002_313, "invalid_grant", text.to_owned())
    })?;
    let account = state.store.truth().user(&known.user_id);
    if account.is_some_and(|(_, record)| record.is_true(user::ACCOUNT_ENABLED)) {
        return Ok(known.user_id.clone());
    }
    Err(TokenError::request(50_057, "invalid_grant", "The user account is disabled.".to_owned()))
}

fn check_secret(application: &Application, secret: &str, now: i64) -> Result<(), TokenError> {
    let Some(known) = application.secrets.iter().find(|known| known.value == secret) else {
        return Err(TokenError::client(
            7_000_215,
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app.",
        ));
    };
    if known.expires.is_some_and(|expires| expires.as_second() <= now) {
        return Err(TokenError::client(7_000_222, "The provided client secret keys for app are expired."));
    }
    Ok(())
}
