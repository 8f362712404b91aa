//! A transport that cannot write.
//!
//! Invariant: what passes is GET or HEAD, the token request at the login service, a Graph batch whose every item is a GET,
//! and a cmdlet of Exchange, or a batch of them, that is known by name to read. The rule looks at the request that would
//! leave, not at what the caller says about it.

use std::collections::BTreeMap;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Method, Request, Response};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;
use url::Url;

use super::{Body, Cause, Reached, Transport, TransportError};
use crate::{
    cloud::{Cloud, EndpointError, Endpoints, Origin},
    exchange,
};

/// Wraps a transport and refuses every request that writes (`--read-only`).
#[derive(Clone, Debug)]
pub struct ReadOnly<T> {
    inner: T,
    places: Vec<Places>,
}

/// Where a POST may be something that reads.
#[derive(Clone, Debug)]
struct Places {
    login: Origin,
    graph: Origin,
    exchange: Origin,
    /// Path of Exchange's administration interface.
    cmdlets: String,
}

impl<T> ReadOnly<T> {
    /// A reading view of `inner`. The endpoints say where a POST is a token request or a batch.
    pub fn new(inner: T, endpoints: &Endpoints) -> Self {
        Self { inner, places: vec![Places::of(endpoints)] }
    }

    /// The same where it is not known yet which cloud will be asked.
    pub fn in_every_cloud(inner: T) -> Result<Self, EndpointError> {
        let places = Cloud::ALL.into_iter().map(|cloud| cloud.endpoints().map(|endpoints| Places::of(&endpoints)));
        Ok(Self { inner, places: places.collect::<Result<_, _>>()? })
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
                self.places.iter().any(|places| places.admit_post(&url, request))
            }
            _ => false,
        }
    }
}

impl Places {
    fn of(endpoints: &Endpoints) -> Self {
        Self {
            login: Origin::of(endpoints.login()),
            graph: Origin::of(endpoints.graph()),
            exchange: Origin::of(endpoints.exchange()),
            cmdlets: format!("{}adminapi/", endpoints.exchange().path()),
        }
    }

    fn admit_post(&self, url: &Url, request: &Request<Bytes>) -> bool {
        (self.login.admits(url) && url.path().ends_with("/oauth2/v2.0/token"))
            || (self.graph.admits(url) && url.path().ends_with("/$batch") && only_reads(request.body()))
            || (self.exchange.admits(url) && self.is_reading_cmdlet(url, request))
    }

    fn is_reading_cmdlet(&self, url: &Url, request: &Request<Bytes>) -> bool {
        let Some(path) = url.path().strip_prefix(&self.cmdlets) else { return false };
        let headers = request.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().ok()));
        exchange::reads_only(path, headers, request.body())
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
    use crate::testing::Script;

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

    #[tokio::test]
    async fn a_token_is_asked_for_at_any_cloud_where_the_cloud_is_not_known_yet() {
        for cloud in Cloud::ALL {
            let script = Script::new();
            let transport = ReadOnly::in_every_cloud(script.clone()).unwrap();
            let uri = format!("https://{}/t/oauth2/v2.0/token", cloud.login_host());
            let request = Request::builder().method("POST").uri(uri).body(Bytes::new()).unwrap();
            assert!(transport.send(request).await.is_ok(), "{cloud:?}");
            let uri = format!("https://{}/v1.0/users", cloud.graph_host());
            let request = Request::builder().method("POST").uri(uri).body(Bytes::new()).unwrap();
            assert!(transport.send(request).await.is_err(), "{cloud:?}");
        }
    }

    #[tokio::test]
    async fn cmdlets_that_read_pass_by_name_and_all_others_do_not() {
        const BETA: &str = "https://outlook.office365.com/adminapi/beta/t";
        let invoke = &format!("{BETA}/InvokeCommand");
        let v2 = |endpoint: &str| format!("https://outlook.office365.com/adminapi/v2.0/t/{endpoint}");
        let get = r#"{"CmdletInput":{"CmdletName":"Get-Mailbox","Parameters":{"ResultSize":"Unlimited"}}}"#;
        assert!(check("POST", invoke, get).await);
        assert!(check("POST", &format!("{invoke}?$skiptoken=x"), get).await);
        assert!(check("POST", &v2("Mailbox"), get).await);

        assert!(!check("POST", &v2("AcceptedDomain"), get).await, "the endpoint is another's");
        assert!(!check("POST", "https://outlook.office365.com/other/beta/t/InvokeCommand", get).await);
        assert!(!check("POST", "https://graph.microsoft.com/adminapi/beta/t/InvokeCommand", get).await);
        for body in [
            r#"{"CmdletInput":{"CmdletName":"Set-Mailbox","Parameters":{}}}"#,
            r#"{"CmdletInput":{"CmdletName":"Get-Everything; Remove-Mailbox","Parameters":{}}}"#,
            r#"{"CmdletInput":{"CmdletName":"get-mailbox","Parameters":{}}}"#,
            r#"{"CmdletInput":{"CmdletName":"Get-Mailbox","cmdletName":"Set-Mailbox"}}"#,
            r#"{"CmdletInput":{"CmdletName":"Get-Mailbox","CmdletName":"Set-Mailbox"}}"#,
            r#"{"CmdletInput":{"CmdletName":"Get-Mailbox"},"cmdletInput":{"CmdletName":"Set-Mailbox"}}"#,
            r#"{"CmdletInput":{"CmdletName":"Get-Mailbox"},"CmdletInput":{"CmdletName":"Set-Mailbox"}}"#,
            "{}",
            "",
        ] {
            assert!(!check("POST", invoke, body).await, "{body}");
        }
    }

    #[tokio::test]
    async fn a_batch_of_cmdlets_passes_if_every_one_reads() {
        const BATCH: &str = "https://outlook.office365.com/adminapi/beta/t/$batch";
        let item = |method: &str, path: &str, header: &str, cmdlet: &str| {
            format!(
                r#"{{"id":"1","method":"{method}","url":"https://outlook.office365.com/adminapi/beta/t/{path}",
                    "headers":{{{header}}},"body":{{"CmdletInput":{{"CmdletName":"{cmdlet}","Parameters":{{}}}}}}}}"#
            )
        };
        let batch = |items: &[String]| -> &'static str {
            Box::leak(format!(r#"{{"requests":[{}]}}"#, items.join(",")).into_boxed_str())
        };
        let named = r#""X-CmdletName":"Get-Mailbox""#;
        let good = item("POST", "InvokeCommand", named, "Get-Mailbox");
        assert!(check("POST", BATCH, batch(std::slice::from_ref(&good))).await);
        for bad in [
            item("POST", "InvokeCommand", "", "Set-Mailbox"),
            item("POST", "InvokeCommand", r#""X-CmdletName":"Set-Mailbox""#, "Get-Mailbox"),
            item("POST", "InvokeCommand", r#""X-HTTP-Method":"DELETE""#, "Get-Mailbox"),
            item("DELETE", "InvokeCommand", "", "Get-Mailbox"),
            item("POST", "Mailbox('x')", "", "Get-Mailbox"),
            r#"{"id":"1","method":"POST","url":"/users"}"#.to_owned(),
        ] {
            assert!(!check("POST", BATCH, batch(&[good.clone(), bad.clone()])).await, "{bad}");
        }
    }

    #[tokio::test]
    async fn a_header_cannot_name_another_cmdlet_than_the_body() {
        let body = r#"{"CmdletInput":{"CmdletName":"Get-Mailbox","Parameters":{}}}"#;
        for (header, passes) in [("Get-Mailbox", true), ("Set-Mailbox", false), ("Get-MailUser", false)] {
            let script = Script::new();
            script.reply(200, "{}");
            let transport = ReadOnly::new(script, &Cloud::Global.endpoints().unwrap());
            let request = Request::builder()
                .method("POST")
                .uri("https://outlook.office365.com/adminapi/beta/t/InvokeCommand")
                .header("x-cmdletname", header)
                .body(Bytes::from_static(body.as_bytes()))
                .unwrap();
            assert_eq!(transport.send(request).await.is_ok(), passes, "{header}");
        }
    }
}
