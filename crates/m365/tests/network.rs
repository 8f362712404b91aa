//! One exchange over a real socket: what only the network can show.

// A helper that cannot start the server has nothing better to do than to fail the test.
#![allow(clippy::unwrap_used)]

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    http::{HeaderMap, StatusCode, header::LOCATION},
    routing::{get, post},
};
use serde::Deserialize;
use tenant_contacts_m365::{
    auth::{Credential, Identity, TokenProvider},
    cloud::{Cloud, Endpoints},
    net::{NetError, NetOptions, NetTransport},
    ports::Ports,
    send::{Call, Effect, Error, Outcome, RetryPolicy, Sender},
    transport::{Cause, Reached, Transport},
};
use tokio::net::TcpListener;
use url::Url;
use uuid::Uuid;

fn options() -> NetOptions {
    NetOptions { environment_proxy: false, ..NetOptions::default() }
}

async fn serve() -> SocketAddr {
    let router = Router::new()
        .route(
            "/{tenant}/oauth2/v2.0/token",
            post(|body: String| async move {
                assert!(body.contains("client_secret=s%26cret"), "the secret is form-encoded");
                r#"{"access_token":"over-the-wire","expires_in":3599}"#
            }),
        )
        .route(
            "/v1.0/me",
            get(|headers: HeaderMap| async move {
                if headers.get("authorization").is_some_and(|value| value == "Bearer over-the-wire") {
                    (StatusCode::OK, r#"{"id":7}"#)
                } else {
                    (StatusCode::FORBIDDEN, "{}")
                }
            }),
        )
        .route("/v1.0/away", get(|| async { (StatusCode::FOUND, [(LOCATION, "http://127.0.0.1:9/v1.0/me")]) }))
        // What Exchange sends for a forbidden cmdlet.
        .route(
            "/v1.0/gzip",
            post(|| async {
                let headers = [("content-encoding", "gzip"), ("x-ms-diagnostics", "2000003;reason=\"no\"")];
                (StatusCode::FORBIDDEN, headers, vec![0_u8; 64])
            }),
        )
        .route("/v1.0/slow", post(std::future::pending::<&str>));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

fn sender(address: SocketAddr, transport: NetTransport, policy: RetryPolicy) -> Sender {
    let base = Url::parse(&format!("http://{address}/")).unwrap();
    let endpoints = Endpoints::overridden(base.clone(), base.clone(), base).unwrap();
    let ports = Ports::system(Arc::new(transport));
    let tokens = TokenProvider::new(
        ports.clone(),
        policy.clone(),
        &endpoints,
        Identity { tenant: Uuid::from_u128(1), client_id: Uuid::from_u128(2) },
        Arc::new(Credential::Secret("s&cret".to_owned().into())),
    );
    let base = endpoints.graph().join("v1.0/").unwrap();
    Sender::new(ports, Arc::new(tokens), Cloud::Global.graph_scope(), base, policy)
}

#[derive(Deserialize)]
struct Me {
    id: u32,
}

#[tokio::test]
async fn a_call_goes_over_one_kept_connection() {
    let transport = NetTransport::new(&options()).unwrap();
    let sender = sender(serve().await, transport.clone(), RetryPolicy::default());
    for _ in 0..5 {
        assert_eq!(sender.read::<Me>(Call::get("me", "me")).await.unwrap().value.id, 7);
    }
    let counts = transport.counts();
    assert_eq!((counts.connections, counts.requests), (1, 6));
    assert!(counts.bytes_in > 40 && counts.bytes_out > 0, "{counts:?}");
}

#[tokio::test]
async fn a_redirect_to_another_port_is_not_followed_and_a_false_gzip_body_keeps_its_status() {
    let sender = sender(serve().await, NetTransport::new(&options()).unwrap(), RetryPolicy::default());
    assert!(matches!(sender.read::<Me>(Call::get("away", "away")).await, Err(Error::ForeignLink)));
    let call = Call::with_effect("gzip", http::Method::POST, "gzip", Effect::Read);
    let error = sender.read::<Me>(call).await.err().unwrap();
    let error = error.service().unwrap();
    assert_eq!((error.status, error.diagnostics), (403, Some(2_000_003)));
}

#[tokio::test]
async fn a_write_without_an_answer_is_unknown_and_a_refused_connection_certainly_was_not_sent() {
    let policy = RetryPolicy { attempt_timeout: Duration::from_millis(200), ..RetryPolicy::default() };
    let sender = sender(serve().await, NetTransport::new(&options()).unwrap(), policy);
    let call = Call::with_effect("slow", http::Method::POST, "slow", Effect::Once);
    let outcome = sender.write_empty(call).await.unwrap();
    assert!(matches!(outcome, Outcome::Unknown(Error::Transport { error, .. }) if error.cause() == Cause::Timeout));

    // A port that was free a moment ago.
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let request = http::Request::post(format!("http://{closed}/users/ada@contoso.com")).body("x".into()).unwrap();
    let error = NetTransport::new(&options()).unwrap().send(request).await.err().unwrap();
    assert_eq!((error.reached(), error.cause()), (Reached::BeforeSend, Cause::Connect));
    assert!(!format!("{error:?}").contains("contoso"), "{error:?}");
}

#[test]
fn extra_roots_must_be_certificates() {
    let with = |pem: &[u8]| NetTransport::new(&NetOptions { extra_roots: Some(pem.to_vec()), ..options() });
    assert!(matches!(with(b"nothing"), Err(NetError::NoRoots)));
    assert!(with(include_bytes!("fixtures/test-only-certificate.pem")).is_ok());
}
