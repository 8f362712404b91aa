//! The API server, as everything that is kept there is sent: bounded in time, and written only while the lease covers it.

use std::{sync::Arc, time::Duration};

use kube::{
    Api, Client,
    api::{Patch, PatchParams, PostParams},
    core::{ApiResource, DynamicObject},
};
use serde_json::{Value, json};
use tenant_contacts_engine::port::Fence;
use tokio::time::timeout;
use uuid::Uuid;

use super::trouble;

/// Owns every field of status, memory included.
pub const STATUS_MANAGER: &str = "tenant-contacts";

/// How long one request to the API server may take at most: it answers in milliseconds, and a request that takes longer
/// than this is better sent anew. Never longer than a request to the tenant, so that one rule bounds the lease.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Sends to the API server.
pub struct ApiServer {
    client: Client,
    fence: Arc<dyn Fence>,
    answer_within: Duration,
}

/// Why the API server did not keep something.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// Another replica may lead before it is done.
    #[error("the lease ends too soon")]
    Fenced,
    /// No answer.
    #[error("the API server does not answer in time")]
    TimedOut,
    /// It refuses.
    #[error("the API server answers {}", trouble::named(*.code, .reason))]
    Refused {
        /// The HTTP status.
        code: u16,
        /// Its reason.
        reason: String,
    },
    /// There is no way to it.
    #[error("{0}")]
    Unreachable(String),
    /// It gave something else than was asked for.
    #[error("a status that was read does not fit its type")]
    Unreadable,
}

impl From<kube::Error> for KeepError {
    fn from(error: kube::Error) -> Self {
        match error {
            // The message may quote what was sent.
            kube::Error::Api(status) => Self::Refused { code: status.code, reason: status.reason },
            _ => Self::Unreachable(trouble::why(&error)),
        }
    }
}

impl KeepError {
    /// The object is not there, or is another one by now.
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Refused { code: 404 | 409, .. })
    }
}

impl ApiServer {
    /// Writes as long as the fence permits; no request takes longer than `request_timeout`.
    pub fn new(client: Client, fence: Arc<dyn Fence>, request_timeout: Duration) -> Self {
        Self { client, fence, answer_within: request_timeout.min(ANSWER_WITHIN) }
    }

    /// A namespace's objects of a resource.
    pub fn api(&self, namespace: &str, resource: &ApiResource) -> Api<DynamicObject> {
        Api::namespaced_with(self.client.clone(), namespace, resource)
    }

    /// A request that only reads.
    pub async fn bounded<T>(&self, work: impl Future<Output = Result<T, kube::Error>>) -> Result<T, KeepError> {
        Ok(timeout(self.answer_within, work).await.map_err(|_| KeepError::TimedOut)??)
    }

    /// Applies a part of an object under one of our managers: its status, if the part has one.
    pub async fn apply(
        &self,
        api: &Api<DynamicObject>,
        name: &str,
        manager: &str,
        object: &Value,
    ) -> Result<(), KeepError> {
        self.permitted()?;
        let (parameters, patch) = (PatchParams::apply(manager).force(), Patch::Apply(object));
        if object.get("status").is_some() {
            self.bounded(api.patch_status(name, &parameters, &patch)).await?;
        } else {
            self.bounded(api.patch(name, &parameters, &patch)).await?;
        }
        Ok(())
    }

    /// Creates an object. What is there already is left as it is, and refused with 409.
    pub async fn create(
        &self,
        api: &Api<DynamicObject>,
        manager: &str,
        object: &DynamicObject,
    ) -> Result<DynamicObject, KeepError> {
        self.permitted()?;
        let parameters = PostParams { field_manager: Some(manager.to_owned()), ..PostParams::default() };
        self.bounded(api.create(&parameters, object)).await
    }

    /// Asked last, so that nothing slow lies between the answer and the request.
    fn permitted(&self) -> Result<(), KeepError> {
        if self.fence.permits(self.answer_within) { Ok(()) } else { Err(KeepError::Fenced) }
    }
}

/// What every object that is applied begins with. The uid goes along: what is meant for one object never ends on another of
/// the same name.
pub fn envelope(resource: &ApiResource, (namespace, name): (&str, &str), uid: Option<Uuid>) -> Value {
    let mut object = json!({
        "apiVersion": resource.api_version,
        "kind": resource.kind,
        "metadata": { "namespace": namespace, "name": name },
    });
    if let Some(uid) = uid {
        object["metadata"]["uid"] = json!(uid);
    }
    object
}
