//! A transport that cannot write.
//!
//! Invariant: what passes is GET or HEAD, the token request at the login service, and a Graph batch whose every item
//! is a GET. The rule looks at the request that would leave, not at what the caller says about it.

use std::collections::BTreeMap;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Method, Request, Response};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;
use url::Url;

use super::{Body, Cause, Reached, Transport, TransportError};
use crate::cloud::{Endpoints, Origin};

/// Wraps a transport and refuses every request that writes (`--read-only`).
#[derive(Clone, Debug)]
pub struct ReadOnly<T> {
    inner: T,
    login: Origin,
    graph: Origin,
}

impl<T> ReadOnly<T> {
    /// A reading view of `inner`. The endpoints say where a POST is a token request or a batch.
    pub fn new(inner: T, endpoints: &Endpoints) -> Self {
        Self { inner, login: Origin::of(endpoints.login()), graph: Origin::of(endpoints.graph()) }
    }

    fn admits(&self, request: &Request<Bytes>) -> bool {
        // Servers exist that let a header overrule the method.
        if request.headers().keys().any(|name| overrides_method(name.as_str())) {
            return false;
        }
        match *request.method() {
            Method::GET | Method::HEAD => true,
            Method::POST => {
                let Ok(url) = Url::parse(&request.uri().to_string()) else { return false };
                (self.login.admits(&url) && url.path().ends_with("/oauth2/v2.0/token"))
                    || (self.graph.admits(&url) && url.path().ends_with("/$batch") && only_reads(request.body()))
            }
            _ => false,
        }
    }
}

impl<T: Transport> Transport for ReadOnly<T> {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        if self.admits(&request) {
            self.inner.send(request)
        } else {
            Box::pin(async { Err(TransportError::new(Reached::BeforeSend, Cause::ReadOnly)) })
        }
    }
}

fn overrides_method(header: &str) -> bool {
    ["x-http-method-override", "x-http-method", "x-method-override"]
        .iter()
        .any(|name| header.trim().eq_ignore_ascii_case(name))
}

/// Whether a batch holds GETs only. A member given twice does not parse, so no other reader can see another method.
fn only_reads(body: &[u8]) -> bool {
    // Unknown members are refused: a server may well read `Method` where this reader sees `method`.
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Item {
        method: String,
        #[serde(default)]
        headers: BTreeMap<String, Value>,
        #[serde(rename = "id")]
        _id: Option<IgnoredAny>,
        #[serde(rename = "url")]
        _url: Option<IgnoredAny>,
        #[serde(rename = "dependsOn")]
        _depends_on: Option<IgnoredAny>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Batch {
        requests: Vec<Item>,
    }
    serde_json::from_slice::<Batch>(body).is_ok_and(|batch| {
        batch
            .requests
            .iter()
            .all(|item| item.method == "GET" && !item.headers.keys().any(|name| overrides_method(name)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cloud::Cloud, testing::Script};

    async fn check(method: &str, url: &str, body: &'static str) -> bool {
        let script = Script::new();
        script.reply(200, "{}");
        let transport = ReadOnly::new(script.clone(), &Cloud::Global.endpoints().unwrap());
        let request = Request::builder().method(method).uri(url).body(Bytes::from_static(body.as_bytes())).unwrap();
        match transport.send(request).await {
            Ok(_) => true,
            Err(error) => {
                assert_eq!((error.cause(), error.reached()), (Cause::ReadOnly, Reached::BeforeSend));
                assert_eq!(script.requests().len(), 0);
                false
            }
        }
    }

    #[tokio::test]
    async fn reading_passes_and_writing_does_not() {
        const GRAPH: &str = "https://graph.microsoft.com/v1.0";
        let batch = format!("{GRAPH}/$batch");
        assert!(check("GET", &format!("{GRAPH}/users"), "").await);
        assert!(check("POST", "https://login.microsoftonline.com/t/oauth2/v2.0/token", "x=y").await);
        assert!(check("POST", &batch, r#"{"requests":[{"id":"1","method":"GET","url":"/users"}]}"#).await);

        assert!(!check("PATCH", &format!("{GRAPH}/users/x"), "{}").await);
        assert!(!check("DELETE", &format!("{GRAPH}/users/x"), "").await);
        assert!(!check("POST", &format!("{GRAPH}/users"), "{}").await);
        assert!(!check("POST", "https://graph.microsoft.com/t/oauth2/v2.0/token", "x=y").await);
        assert!(!check("POST", "https://elsewhere.example/v1.0/$batch", r#"{"requests":[]}"#).await);
        assert!(!check("POST", &batch, r#"{"requests":[{"method":"GET"},{"method":"PATCH"}]}"#).await);
        assert!(!check("POST", &batch, r#"{"requests":[{"method":"GET","method":"PATCH"}]}"#).await);
        assert!(!check("POST", &batch, r#"{"requests":[{"method":"PATCH"}],"requests":[]}"#).await);
        assert!(
            !check("POST", &batch, r#"{"requests":[{"method":"GET","headers":{"X-HTTP-Method-Override":"PATCH"}}]}"#)
                .await
        );
        assert!(!check("POST", &batch, r#"{"requests":[{"method":"GET","Method":"PATCH"}]}"#).await);
        assert!(!check("POST", &batch, "not json").await);
    }
}
