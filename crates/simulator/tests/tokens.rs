//! Signing in. Contract §1.

// Helpers of tests are test code too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::time::Duration;

use serde_json::json;
use support::{CLIENT, TENANT, client, minimal, options, sign_in, simulator, token};
use tenant_contacts_simulator::Seed;

/// [EXA]: bearer, about an hour, no refresh token.
#[tokio::test(start_paused = true)]
async fn a_secret_gets_a_token_of_an_hour() {
    let client = minimal().await;
    let reply = sign_in(&client.simulator, CLIENT, "minimal-secret").await;
    assert_eq!(
        (reply.status, &reply.body["token_type"], &reply.body["expires_in"]),
        (200, &json!("Bearer"), &json!(3599))
    );
    assert!(reply.body.get("refresh_token").is_none());
    // A verified domain names the tenant as well as its id.
    let form = format!(
        "grant_type=client_credentials&client_id={CLIENT}&client_secret=minimal-secret&scope=https://graph.microsoft.com/.default"
    );
    assert_eq!(token(&client.simulator, "contoso.com", &form).await.status, 200);
    assert_eq!(token(&client.simulator, "fabrikam.com", &form).await.body["error_codes"], json!([90002]));
}

/// The AADSTS numbers (3P quotes); a secret is never repeated.
#[tokio::test(start_paused = true)]
async fn refusals_carry_their_numbers() {
    let seed = Seed::from_yaml(&include_str!("../src/seed/minimal.yaml").replace(
        "secrets: [{value: minimal-secret}]",
        "secrets: [{value: minimal-secret}, {value: old-secret, expires: 2026-11-01T00:00:00Z}]",
    ))
    .unwrap();
    let simulator = simulator(&seed, options());
    for (id, secret, number) in [
        (CLIENT, "wrong-secret", 7_000_215),
        (CLIENT, "old-secret", 7_000_222),
        ("00000000-1111-4222-8333-444444444444", "minimal-secret", 700_016),
    ] {
        let reply = sign_in(&simulator, id, secret).await;
        assert_eq!(reply.body["error_codes"], json!([number]), "{}", reply.body);
        assert!(reply.status == 401 || number == 700_016);
        assert!(reply.body["error_description"].as_str().unwrap().starts_with(&format!("AADSTS{number}: ")));
        assert!(!reply.text.contains(secret));
    }
    let form = format!("grant_type=client_credentials&client_id={CLIENT}&client_secret=minimal-secret&scope=openid");
    assert_eq!(token(&simulator, TENANT, &form).await.body["error"], json!("invalid_scope"));
}

/// 401 with WWW-Authenticate; expiry follows the simulated clock (contract §2 401, §10.9).
#[tokio::test(start_paused = true)]
async fn tokens_expire() {
    let client = minimal().await;
    tokio::time::advance(Duration::from_secs(3598)).await;
    assert_eq!(client.get("/organization").await.status, 200);
    tokio::time::advance(Duration::from_secs(2)).await;
    let reply = client.get("/organization").await;
    assert_eq!((reply.status, reply.code()), (401, "InvalidAuthenticationToken"));
    assert!(reply.header("www-authenticate").unwrap().starts_with("Bearer"));
    let nobody = support::Client { simulator: client.simulator.clone(), token: "nonsense".to_owned() };
    assert_eq!(nobody.get("/organization").await.status, 401);
}

/// A grant shows only in the next token (contract §1).
#[tokio::test(start_paused = true)]
async fn grants_take_effect_in_the_next_token() {
    let old = minimal().await;
    let new = old.limited(&["Organization.Read.All"]).await;
    assert_eq!(old.get("/users").await.status, 200);
    assert_eq!(new.get("/users").await.status, 403);
    assert_eq!(new.get("/organization").await.status, 200);
}

/// A token for another resource is no token for Graph.
#[tokio::test(start_paused = true)]
async fn tokens_are_bound_to_their_resource() {
    let client = minimal().await;
    let form = format!(
        "grant_type=client_credentials&client_id={CLIENT}&client_secret=minimal-secret&scope=https://outlook.office365.com/.default"
    );
    let reply = token(&client.simulator, TENANT, &form).await;
    let exchange =
        support::Client { simulator: client.simulator, token: reply.body["access_token"].as_str().unwrap().to_owned() };
    assert_eq!(exchange.get("/users").await.status, 401);
}

const FEDERATED: &str = "
    federatedCredentials:
      - {issuer: 'https://cluster.example', subject: 'system:serviceaccount:ns:op', effectiveAfterSeconds: 120}
    permissions:";

fn assertion(issuer: &str, subject: &str, audience: &str) -> String {
    let claims = json!({"iss": issuer, "sub": subject, "aud": [audience], "exp": 1_900_000_000});
    let key = jsonwebtoken::EncodingKey::from_secret(b"the cluster's");
    jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap()
}

/// Federated: 70025 until the credential is known (3P), 700213 for another subject, then a token.
#[tokio::test(start_paused = true)]
async fn federated_credentials() {
    let yaml = include_str!("../src/seed/minimal.yaml").replacen("\n    permissions:", FEDERATED, 1);
    let simulator = simulator(&Seed::from_yaml(&yaml).unwrap(), options());
    let audience = "api://AzureADTokenExchange";
    let ask = async |jwt: String| {
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let form = format!(
            "grant_type=client_credentials&client_id={CLIENT}&client_assertion_type={kind}&client_assertion={jwt}&scope=https://graph.microsoft.com/.default"
        );
        token(&simulator, TENANT, &form).await.body
    };
    let good = assertion("https://cluster.example/", "system:serviceaccount:ns:op", audience);
    assert_eq!(ask(good.clone()).await["error_codes"], json!([70025]));
    tokio::time::advance(Duration::from_secs(121)).await;
    assert!(ask(good).await["access_token"].is_string());
    let other = assertion("https://cluster.example", "system:serviceaccount:ns:other", audience);
    assert_eq!(ask(other).await["error_codes"], json!([700_213]));
    let elsewhere = assertion("https://cluster.example", "system:serviceaccount:ns:op", "api://other");
    assert_eq!(ask(elsewhere).await["error_codes"], json!([700_213]));
}

/// Certificate: PS256 and RS256 with x5t#S256, or RS256 with the older x5t; another key, audience or time is refused.
#[tokio::test(start_paused = true)]
async fn certificate_assertions() {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let (pem, key) = (include_str!("fixtures/app.crt"), include_str!("fixtures/app.key"));
    let mut seed = Seed::minimal();
    seed.applications[0].certificates = vec![pem.to_owned()];
    let simulator = simulator(&seed, options());
    let der = base64::engine::general_purpose::STANDARD
        .decode(pem.lines().filter(|line| !line.starts_with("---")).collect::<String>())
        .unwrap();
    let thumbprint = URL_SAFE_NO_PAD.encode(<sha2::Sha256 as sha2::Digest>::digest(&der));
    let now = options().epoch.unwrap().as_second();
    let ask = async |algorithm, thumbprint: &str, aud: &str, exp: i64| {
        let mut header = jsonwebtoken::Header::new(algorithm);
        match thumbprint.strip_prefix("sha1:") {
            Some(legacy) => header.x5t = Some(legacy.to_owned()),
            None => header.x5t_s256 = Some(thumbprint.to_owned()),
        }
        let claims = json!({"iss": CLIENT, "sub": CLIENT, "aud": aud, "exp": exp, "jti": "1"});
        let key = jsonwebtoken::EncodingKey::from_rsa_pem(key.as_bytes()).unwrap();
        let jwt = jsonwebtoken::encode(&header, &claims, &key).unwrap();
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let form = format!(
            "grant_type=client_credentials&client_id={CLIENT}&client_assertion_type={kind}&client_assertion={jwt}&scope=https://graph.microsoft.com/.default"
        );
        token(&simulator, TENANT, &form).await.body
    };
    let endpoint = format!("https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token");
    for algorithm in [jsonwebtoken::Algorithm::PS256, jsonwebtoken::Algorithm::RS256] {
        let reply = ask(algorithm, &thumbprint, &endpoint, now + 600).await;
        assert!(reply["access_token"].is_string(), "{reply}");
    }
    // `openssl x509 -fingerprint -sha1` of the fixture.
    let legacy = "sha1:foV_uHTgoyfpImAjeztGskT4XTs";
    assert!(ask(jsonwebtoken::Algorithm::RS256, legacy, &endpoint, now + 600).await["access_token"].is_string());
    let other = "sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let refused = ask(jsonwebtoken::Algorithm::RS256, other, &endpoint, now + 600).await;
    assert_eq!(refused["error_codes"], json!([700_027]));
    let ps = jsonwebtoken::Algorithm::PS256;
    assert_eq!(ask(ps, "nonsense", &endpoint, now + 600).await["error_codes"], json!([700_027]));
    assert_eq!(ask(ps, &thumbprint, "https://other.example", now + 600).await["error_codes"], json!([700_023]));
    assert_eq!(ask(ps, &thumbprint, &endpoint, now - 600).await["error_codes"], json!([700_024]));
}

/// What clients discover leads back to the host they asked.
#[tokio::test(start_paused = true)]
async fn discovery_points_to_the_own_host() {
    let client = client(simulator(&Seed::minimal(), options())).await;
    let openid = client.get(&format!("http://sim.test:8443/{TENANT}/v2.0/.well-known/openid-configuration")).await;
    assert_eq!(openid.body["token_endpoint"], json!(format!("http://sim.test:8443/{TENANT}/oauth2/v2.0/token")));
    let arm = client.get("http://sim.test:8443/metadata/endpoints?api-version=2022-09-01").await;
    assert_eq!(arm.body["authentication"]["loginEndpoint"], json!("http://sim.test:8443"));
    let old = client.get("http://sim.test:8443/metadata/endpoints?api-version=2020-06-01").await;
    assert!(old.body.is_array());
}
