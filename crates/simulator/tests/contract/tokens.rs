//! Signing in. Contract §1.

use std::time::Duration;

use crate::support::{CLIENT, TENANT, client, minimal, options, sign_in, simulator, token};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ring::{
    hmac,
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding,
        RsaKeyPair,
    },
};
use serde_json::{Value, json};
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
    let seed = Seed::from_yaml(&include_str!("../../src/seed/minimal.yaml").replace(
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
    let nobody = crate::support::Client { simulator: client.simulator.clone(), token: "nonsense".to_owned() };
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
    let exchange = crate::support::Client {
        simulator: client.simulator,
        token: reply.body["access_token"].as_str().unwrap().to_owned(),
    };
    assert_eq!(exchange.get("/users").await.status, 401);
}

const FEDERATED: &str = "
    federatedCredentials:
      - {issuer: 'https://cluster.example', subject: 'system:serviceaccount:ns:op', effectiveAfterSeconds: 120}
    permissions:";

/// A token in the compact form (RFC 7515 §7.1).
fn compact(header: &Value, claims: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let message =
        format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let signature = sign(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn assertion(issuer: &str, subject: &str, audience: &str) -> String {
    let claims = json!({"iss": issuer, "sub": subject, "aud": [audience], "exp": 1_900_000_000});
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"the cluster's");
    compact(&json!({"alg": "HS256"}), &claims, |message| hmac::sign(&key, message).as_ref().to_vec())
}

/// Federated: 70025 until the credential is known (3P), 700213 for another subject, then a token.
#[tokio::test(start_paused = true)]
async fn federated_credentials() {
    let yaml = include_str!("../../src/seed/minimal.yaml").replacen("\n    permissions:", FEDERATED, 1);
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

/// The bytes of the one block in a PEM file.
fn der(pem: &str) -> Vec<u8> {
    STANDARD.decode(pem.lines().filter(|line| !line.starts_with("---")).collect::<String>()).unwrap()
}

/// Certificate: PS256 and RS256 with x5t#S256, or RS256 with the older x5t; another key, audience or time is refused.
#[tokio::test(start_paused = true)]
async fn certificate_assertions() {
    let (pem, key) = (include_str!("../fixtures/app.crt"), include_str!("../fixtures/app.key"));
    let mut seed = Seed::minimal();
    seed.applications[0].certificates = vec![pem.to_owned()];
    let simulator = simulator(&seed, options());
    let der = der(pem);
    let thumbprint = URL_SAFE_NO_PAD.encode(<sha2::Sha256 as sha2::Digest>::digest(&der));
    let now = options().epoch.unwrap().as_second();
    let key = RsaKeyPair::from_pkcs8(&self::der(key)).unwrap();
    let ask = async |algorithm: &str, thumbprint: &str, aud: &str, exp: i64| {
        let header = match thumbprint.strip_prefix("sha1:") {
            Some(legacy) => json!({"alg": algorithm, "x5t": legacy}),
            None => json!({"alg": algorithm, "x5t#S256": thumbprint}),
        };
        let claims = json!({"iss": CLIENT, "sub": CLIENT, "aud": aud, "exp": exp, "jti": "1"});
        let padding: &dyn RsaEncoding = if algorithm == "PS256" { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
        let jwt = compact(&header, &claims, |message| {
            let mut signature = vec![0; key.public().modulus_len()];
            key.sign(padding, &SystemRandom::new(), message, &mut signature).unwrap();
            signature
        });
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let form = format!(
            "grant_type=client_credentials&client_id={CLIENT}&client_assertion_type={kind}&client_assertion={jwt}&scope=https://graph.microsoft.com/.default"
        );
        token(&simulator, TENANT, &form).await.body
    };
    let endpoint = format!("https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token");
    for algorithm in ["PS256", "RS256"] {
        let reply = ask(algorithm, &thumbprint, &endpoint, now + 600).await;
        assert!(reply["access_token"].is_string(), "{reply}");
    }
    // `openssl x509 -fingerprint -sha1` of the fixture.
    let legacy = "sha1:foV_uHTgoyfpImAjeztGskT4XTs";
    assert!(ask("RS256", legacy, &endpoint, now + 600).await["access_token"].is_string());
    let other = "sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let refused = ask("RS256", other, &endpoint, now + 600).await;
    assert_eq!(refused["error_codes"], json!([700_027]));
    let ps = "PS256";
    assert_eq!(ask(ps, "nonsense", &endpoint, now + 600).await["error_codes"], json!([700_027]));
    assert_eq!(ask(ps, &thumbprint, "https://other.example", now + 600).await["error_codes"], json!([700_023]));
    assert_eq!(ask(ps, &thumbprint, &endpoint, now - 600).await["error_codes"], json!([700_024]));
    // A signature that was made with one padding and is named as the other, an unknown algorithm, none.
    for algorithm in ["ES256", "HS256", "none"] {
        assert_eq!(
            ask(algorithm, &thumbprint, &endpoint, now + 600).await["error_codes"],
            json!([700_027]),
            "{algorithm}"
        );
    }
}

/// Where the seed has the issuer's keys, a federated token is signed by one of them: the one it names.
#[tokio::test(start_paused = true)]
async fn federated_tokens_are_proved_by_the_issuers_keys() {
    let random = SystemRandom::new();
    let pair = || {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap()
    };
    let (own, foreign) = (pair(), pair());
    let point = own.public_key().as_ref();
    let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
    let keys = json!({"keys": [{"kty": "OKP"}, {"kty": "EC", "crv": "P-256", "kid": "one", "x": x, "y": y}]});
    let yaml = include_str!("../../src/seed/minimal.yaml").replacen(
        "\n    permissions:",
        &FEDERATED.replace("effectiveAfterSeconds: 120", &format!("jwks: {keys}")),
        1,
    );
    let simulator = simulator(&Seed::from_yaml(&yaml).unwrap(), options());
    let ask = async |key: &EcdsaKeyPair, kid: Option<&str>| {
        let claims = json!({
            "iss": "https://cluster.example", "sub": "system:serviceaccount:ns:op",
            "aud": ["api://AzureADTokenExchange"], "exp": 1_900_000_000,
        });
        let header = json!({"alg": "ES256", "kid": kid});
        let jwt = compact(&header, &claims, |message| key.sign(&random, message).unwrap().as_ref().to_vec());
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let form = format!(
            "grant_type=client_credentials&client_id={CLIENT}&client_assertion_type={kind}&client_assertion={jwt}&scope=https://graph.microsoft.com/.default"
        );
        token(&simulator, TENANT, &form).await.body
    };
    assert!(ask(&own, Some("one")).await["access_token"].is_string());
    assert!(ask(&own, None).await["access_token"].is_string());
    assert_eq!(ask(&own, Some("two")).await["error_codes"], json!([50_013]));
    assert_eq!(ask(&foreign, Some("one")).await["error_codes"], json!([50_013]));
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
