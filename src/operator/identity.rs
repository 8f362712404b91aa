//! Workload identity: tokens of ServiceAccounts that allow a Tenant to use them, through the TokenRequest API.
//!
//! Invariant: a token is only asked for the audience that Entra's federated credentials accept, so that it is worth
//! nothing to the API server or to anybody else.

use std::{sync::Arc, time::Duration};

use futures::future::BoxFuture;
use k8s_openapi::api::{
    authentication::v1::{TokenRequest, TokenRequestSpec},
    core::v1::ServiceAccount,
};
use kube::{Api, Client, api::PostParams};
use secrecy::SecretString;
use tenant_contacts_api::ALLOW_LABEL;
use tenant_contacts_core::desired::ObjectKey;
use tenant_contacts_m365::auth::{CredentialError, FederatedTokenSource};
use tokio::time::timeout;

use super::trouble;
use crate::connect::Federation;

/// The audience of federated credentials that Microsoft documents for Kubernetes.
const AUDIENCE: &str = "api://AzureADTokenExchange";

/// The shortest life a token can have in Kubernetes; it is exchanged at once.
const LIFE_SECONDS: i64 = 600;

/// How long the API server may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Tokens of ServiceAccounts.
pub struct ServiceAccounts(pub Client);

impl Federation for ServiceAccounts {
    fn tokens(&self, tenant: &ObjectKey, service_account: &str) -> Arc<dyn FederatedTokenSource> {
        Arc::new(ServiceAccountToken {
            api: Api::namespaced(self.0.clone(), &tenant.namespace),
            tenant: tenant.name.to_string(),
            name: service_account.to_owned(),
        })
    }
}

struct ServiceAccountToken {
    api: Api<ServiceAccount>,
    tenant: String,
    name: String,
}

impl FederatedTokenSource for ServiceAccountToken {
    fn token(&self) -> BoxFuture<'_, Result<SecretString, CredentialError>> {
        Box::pin(async move {
            let unavailable = |why: &str| CredentialError::Unavailable(format!("ServiceAccount {}: {why}", self.name));
            let late = || unavailable("the API server does not answer");
            let account = timeout(ANSWER_WITHIN, self.api.get_opt(&self.name)).await.map_err(|_| late())?;
            let account = account
                .map_err(|error| unavailable(&refusal(&error)))?
                .ok_or_else(|| unavailable("there is none of this name"))?;
            // Whoever owns the ServiceAccount says which Tenant may act as it: a Tenant cannot help itself to another's.
            let allowed = account.metadata.labels.as_ref().and_then(|labels| labels.get(ALLOW_LABEL));
            if allowed != Some(&self.tenant) {
                return Err(CredentialError::NotAllowed(self.name.clone()));
            }
            let request = TokenRequest {
                spec: Some(TokenRequestSpec {
                    audiences: Some(vec![AUDIENCE.to_owned()]),
                    expiration_seconds: Some(LIFE_SECONDS),
                    bound_object_ref: None,
                }),
                ..TokenRequest::default()
            };
            let parameters = PostParams::default();
            let answer = timeout(ANSWER_WITHIN, self.api.create_token_request(&self.name, &parameters, &request));
            let answer = answer.await.map_err(|_| late())?.map_err(|error| unavailable(&refusal(&error)))?;
            let token = answer.status.and_then(|status| status.token).filter(|token| !token.is_empty());
            token.map(SecretString::from).ok_or(CredentialError::NotAToken)
        })
    }
}

/// What the API server said, without anything it quotes.
fn refusal(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) if status.code == 403 => {
            "the operator may not use it: name it in the chart's values for this namespace".to_owned()
        }
        _ => trouble::why(error),
    }
}
