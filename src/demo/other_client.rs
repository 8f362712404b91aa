//! Somebody else: an application of its own, with its own credentials and its own connections.

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use serde_json::Value;
use tenant_contacts_m365::{
    net::{NetError, NetOptions, NetTransport},
    transport::Transport as _,
};

/// Largest answer that is read: the whole simulated tenant, as JSON.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// The example tenant's second application, which may write accounts and the organization.
const CLIENT_ID: &str = "c51e7a94-2f8d-4b03-8c76-e0d4a9b3f517";
/// Its secret: it opens the simulated tenant only.
const SECRET: &str = "simulated-script";

/// The other client could not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum OtherError {
    /// No HTTP client could be made.
    #[error("the other client could not be set up")]
    Net(#[from] NetError),
    /// No answer.
    #[error("{0}: no answer")]
    NoAnswer(&'static str),
    /// Another answer than the one that was hoped for.
    #[error("{what}: answered {status}")]
    Refused {
        /// What was asked for.
        what: &'static str,
        /// The answer's status.
        status: StatusCode,
    },
}

/// A client of the simulated tenant that knows nothing of this product.
pub(super) struct OtherClient {
    net: NetTransport,
    base: String,
    token: String,
}

impl OtherClient {
    /// Signs in at the simulator under `base` (without a slash at its end).
    pub(super) async fn sign_in(base: &str, tenant: &str) -> Result<Self, OtherError> {
        let mut client =
            Self { net: NetTransport::new(&NetOptions::default())?, base: base.to_owned(), token: String::new() };
        let form = format!(
            "grant_type=client_credentials&client_id={CLIENT_ID}&client_secret={SECRET}&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"
        );
        let answer = client
            .send(
                "signing in",
                Method::POST,
                &format!("/{tenant}/oauth2/v2.0/token"),
                "application/x-www-form-urlencoded",
                form.into(),
            )
            .await?;
        let token: Value = serde_json::from_slice(&answer).map_err(|_| OtherError::NoAnswer("signing in"))?;
        token["access_token"].as_str().unwrap_or_default().clone_into(&mut client.token);
        Ok(client)
    }

    /// Changes properties of an object, as any application may.
    pub(super) async fn patch(&self, path: &str, body: &Value) -> Result<(), OtherError> {
        let body = Bytes::from(body.to_string());
        self.send("changing the tenant", Method::PATCH, path, "application/json", body).await.map(|_| ())
    }

    /// The whole tenant as it really is.
    pub(super) async fn truth(&self) -> Result<Value, OtherError> {
        let what = "reading the tenant";
        let answer = self.send(what, Method::GET, "/_sim/truth", "application/json", Bytes::new()).await?;
        serde_json::from_slice(&answer).map_err(|_| OtherError::NoAnswer(what))
    }

    async fn send(
        &self,
        what: &'static str,
        method: Method,
        path: &str,
        kind: &'static str,
        body: Bytes,
    ) -> Result<Bytes, OtherError> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header(header::CONTENT_TYPE, kind)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .body(body)
            .map_err(|_| OtherError::NoAnswer(what))?;
        let response = self.net.send(request).await.map_err(|_| OtherError::NoAnswer(what))?;
        let status = response.status();
        if !status.is_success() {
            return Err(OtherError::Refused { what, status });
        }
        response.into_body().read(MOST_BYTES).await.map_err(|_| OtherError::NoAnswer(what))
    }
}
