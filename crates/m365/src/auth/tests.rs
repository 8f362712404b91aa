//! Token requests, single flight, expiry, refusals.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures::future::{BoxFuture, join_all};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::{Instant, advance};

use super::*;
use crate::{
    cloud::Cloud,
    testing::{CLIENT, Script, TEST_CERTIFICATE, TEST_KEY, provider},
};

fn secret() -> Credential {
    Credential::Secret(SecretString::from("the-secret".to_owned()))
}

fn value(token: &Token) -> String {
    token.secret.expose_secret().to_owned()
}

#[tokio::test(start_paused = true)]
async fn many_callers_share_one_token_request_per_scope() {
    let script = Script::new();
    script.login_time(Duration::from_millis(300));
    let provider = provider(&script, secret());
    let (graph, exchange) = (Cloud::Global.graph_scope(), Cloud::Global.exchange_scope());
    let tokens = join_all((0..50).map(|n| provider.token(if n % 2 == 0 { &graph } else { &exchange }))).await;
    assert_eq!(script.logins().len(), 2);
    assert!(tokens.iter().all(Result::is_ok));
    assert_ne!(value(tokens[0].as_ref().unwrap()), value(tokens[1].as_ref().unwrap()));

    let login = &script.logins()[0];
    let form = login.body();
    assert!(form.contains("grant_type=client_credentials"), "{form}");
    assert!(form.contains("scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"), "{form}");
    assert!(form.contains("client_secret=the-secret"), "{form}");
    let url = "https://login.microsoftonline.com/00000000-0000-0000-0000-000000000011/oauth2/v2.0/token";
    assert_eq!(login.request.uri(), url);
}

#[tokio::test(start_paused = true)]
async fn waiting_callers_share_a_failure_and_the_next_caller_tries_again() {
    let script = Script::new();
    script.login_time(Duration::from_millis(300));
    script.login(401, r#"{"error":"invalid_client","error_codes":[7000215]}"#);
    let provider = provider(&script, secret());
    let scope = Cloud::Global.graph_scope();
    let tokens = join_all((0..20).map(|_| provider.token(&scope))).await;
    assert_eq!(script.logins().len(), 1);
    for token in tokens {
        let AuthError::Refused(refusal) = token.unwrap_err() else { panic!("a refusal") };
        assert_eq!(refusal.kind, RefusalKind::InvalidSecret);
    }
    assert!(provider.token(&scope).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_token_is_replaced_before_it_ends_and_kept_while_the_login_service_is_down() {
    let script = Script::new();
    let provider = provider(&script, secret());
    let scope = Cloud::Global.graph_scope();
    assert_eq!(value(&provider.token(&scope).await.unwrap()), "token-1");
    advance(Duration::from_secs(3599 - 301)).await;
    assert_eq!(value(&provider.token(&scope).await.unwrap()), "token-1");
    advance(Duration::from_secs(2)).await;
    script.login(400, "{}");
    assert_eq!(value(&provider.token(&scope).await.unwrap()), "token-1");
    assert_eq!(script.logins().len(), 2);
    assert_eq!(value(&provider.token(&scope).await.unwrap()), "token-3");
}

#[tokio::test(start_paused = true)]
async fn only_the_refused_token_is_forgotten() {
    let script = Script::new();
    let provider = provider(&script, secret());
    let scope = Cloud::Global.graph_scope();
    let first = provider.token(&scope).await.unwrap();
    provider.invalidate(&scope, &first);
    let second = provider.token(&scope).await.unwrap();
    assert_eq!(value(&second), "token-2");
    provider.invalidate(&scope, &first);
    assert_eq!(value(&provider.token(&scope).await.unwrap()), "token-2");
}

#[tokio::test(start_paused = true)]
async fn a_login_service_in_trouble_is_asked_again_and_a_long_wait_is_handed_back() {
    let script = Script::new();
    script.login(503, "");
    let provider = provider(&script, secret());
    assert!(provider.token(&Cloud::Global.graph_scope()).await.is_ok());
    assert_eq!(script.logins().len(), 2);

    for _ in 0..4 {
        script.login(500, "");
    }
    let error = provider.token(&Cloud::Global.exchange_scope()).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert_eq!(script.logins().len(), 6);
}

/// Gives another token each time, like a projected file that rotates.
#[derive(Default)]
struct Rotating(AtomicU64);

impl FederatedTokenSource for Rotating {
    fn token(&self) -> BoxFuture<'_, Result<SecretString, CredentialError>> {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move { Ok(SecretString::from(format!("projected-{number}"))) })
    }
}

#[tokio::test(start_paused = true)]
async fn a_federated_token_is_read_anew_for_every_request() {
    let script = Script::new();
    let provider = provider(&script, Credential::Federated(Arc::new(Rotating::default())));
    let scope = Cloud::Global.graph_scope();
    let token = provider.token(&scope).await.unwrap();
    provider.invalidate(&scope, &token);
    provider.token(&scope).await.unwrap();
    let logins = script.logins();
    assert!(logins[0].body().contains("client_assertion=projected-0"));
    assert!(logins[1].body().contains("client_assertion=projected-1"));
    assert!(logins[0].body().contains("client_assertion_type=urn%3Aietf%3A"));
}

#[tokio::test(start_paused = true)]
async fn a_certificate_signs_for_the_token_endpoint() {
    let script = Script::new();
    let certificate = CertificateCredential {
        key_pem: SecretString::from(TEST_KEY.to_owned()),
        certificate_pem: TEST_CERTIFICATE.to_owned(),
    };
    let provider = provider(&script, Credential::Certificate(certificate));
    provider.token(&Cloud::Global.graph_scope()).await.unwrap();
    let form = script.logins()[0].body();
    assert!(form.contains(&format!("client_id={CLIENT}")));
    assert!(form.contains("client_assertion=ey"));
    assert!(!form.contains("client_secret"));
}

#[tokio::test]
async fn a_token_file_is_read_within_bounds() {
    let path = std::env::temp_dir().join(format!("tenant-contacts-token-{}", std::process::id()));
    let file = FederatedTokenFile(path.clone());
    assert!(matches!(file.token().await, Err(CredentialError::TokenFile(_))));
    std::fs::write(&path, "first\n").unwrap();
    assert_eq!(file.token().await.unwrap().expose_secret(), "first");
    std::fs::write(&path, "second").unwrap();
    assert_eq!(file.token().await.unwrap().expose_secret(), "second");
    for bad in [String::new(), "two words".to_owned(), "x".repeat(70_000)] {
        std::fs::write(&path, bad).unwrap();
        assert!(matches!(file.token().await, Err(CredentialError::NotAToken)));
    }
    std::fs::remove_file(&path).unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_no_token_is_an_error_and_no_life_time_overflows() {
    let script = Script::new();
    let provider = provider(&script, secret());
    let scope = Cloud::Global.graph_scope();
    for body in ["", "{}", r#"{"access_token":7,"expires_in":1}"#, r#"{"access_token":"a\nb","expires_in":9}"#] {
        script.login(200, body);
        assert!(matches!(provider.token(&scope).await, Err(AuthError::Malformed)), "{body}");
    }
    script.login(200, &format!(r#"{{"access_token":"x","expires_in":{}}}"#, u64::MAX));
    let token = provider.token(&scope).await.unwrap();
    assert!(token.expires() <= Instant::now() + Duration::from_hours(48));
}

#[tokio::test(start_paused = true)]
async fn nothing_secret_is_shown() {
    let script = Script::new();
    script.login(401, r#"{"error":"invalid_client","error_description":"AADSTS7000215: the-secret ada@contoso.com"}"#);
    let provider = provider(&script, secret());
    let scope = Cloud::Global.graph_scope();
    let error = provider.token(&scope).await.unwrap_err();
    let token = provider.token(&scope).await.unwrap();
    let header = token.header().unwrap();
    let shown = format!("{error} {error:?} {token:?} {provider:?} {:?} {header:?}", secret());
    for hidden in ["the-secret", "contoso.com", "token-"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}
