//! The cluster as the verbs see it that talk to one: access as kubectl takes it, and what is found there.
//!
//! Invariant: no credentials of a tenant and no Secret are ever asked for.

mod error;
mod lookup;

use std::{path::PathBuf, time::Duration};

use k8s_openapi::api::authentication::v1::SelfSubjectReview;
use kube::{
    Api, Client, Config,
    api::PostParams,
    config::{KubeConfigOptions, Kubeconfig, KubeconfigError},
};
use serde_json::{Value, json};
use tenant_contacts_api::v1alpha1::Tenant;
use tokio::time::timeout;

pub use self::error::{ClusterError, Doing};

/// How long the API server may take to be reached: it answers in milliseconds, or is not there.
const REACHED_WITHIN: Duration = Duration::from_secs(10);

/// How long it may take to answer, a page of a long list included.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// Which cluster, as whom, and where in it.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "In a cluster")]
pub struct Access {
    /// The namespace of the Tenant; left out, that of the kubeconfig's context.
    #[arg(short, long, value_name = "NAMESPACE")]
    pub namespace: Option<String>,
    /// The kubeconfig's context.
    #[arg(long, value_name = "CONTEXT")]
    pub context: Option<String>,
    /// The kubeconfig; left out, the one that kubectl uses.
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// Act as this user.
    #[arg(long = "as", value_name = "USER")]
    pub user: Option<String>,
    /// Act as a member of this group; may be given several times.
    #[arg(long = "as-group", value_name = "GROUP", requires = "user")]
    pub groups: Vec<String>,
}

impl Access {
    /// Whether anything of it was given.
    pub fn is_given(&self) -> bool {
        let Self { namespace, context, kubeconfig, user, groups } = self;
        namespace.is_some() || context.is_some() || kubeconfig.is_some() || user.is_some() || !groups.is_empty()
    }

    /// Reads the kubeconfig. Nothing is sent yet.
    pub async fn connect(&self) -> Result<Cluster, ClusterError> {
        let mut config = self.config().await?;
        config.connect_timeout = Some(REACHED_WITHIN);
        if self.user.is_some() {
            config.auth_info.impersonate.clone_from(&self.user);
            config.auth_info.impersonate_groups = Some(self.groups.clone()).filter(|groups| !groups.is_empty());
        }
        let namespace = self.namespace.clone().unwrap_or_else(|| config.default_namespace.clone());
        let server = config.cluster_url.to_string();
        let client = Client::try_from(config).map_err(|error| ClusterError::client(&error))?;
        Ok(Cluster { client, namespace, server })
    }

    async fn config(&self) -> Result<Config, ClusterError> {
        let options = KubeConfigOptions { context: self.context.clone(), ..KubeConfigOptions::default() };
        let unusable = |error: KubeconfigError| ClusterError::NoAccess(error.to_string());
        if let Some(path) = &self.kubeconfig {
            let kubeconfig = Kubeconfig::read_from(path).map_err(unusable)?;
            return Config::from_custom_kubeconfig(kubeconfig, &options).await.map_err(unusable);
        }
        match Config::from_kubeconfig(&options).await {
            Ok(config) => Ok(config),
            // In a pod, as kubectl does; what is wrong with a kubeconfig is told where there is no pod around.
            Err(error) if self.context.is_none() => Config::incluster().map_err(|_| unusable(error)),
            Err(error) => Err(unusable(error)),
        }
    }
}

/// A cluster and a namespace in it.
pub struct Cluster {
    client: Client,
    namespace: String,
    server: String,
}

impl Cluster {
    /// The namespace.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Its Tenants.
    pub fn tenants(&self) -> Api<Tenant> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// Waits for an answer, and no longer than one takes.
    pub async fn ask<T>(
        &self,
        doing: &Doing<'_>,
        work: impl Future<Output = Result<T, kube::Error>>,
    ) -> Result<T, ClusterError> {
        let late = |_| ClusterError::Unreachable {
            server: self.server.clone(),
            why: format!("no answer within {} s", ANSWER_WITHIN.as_secs()),
        };
        timeout(ANSWER_WITHIN, work).await.map_err(late)?.map_err(|error| self.wrong(doing, &error))
    }

    /// What went wrong, in words.
    pub fn wrong(&self, doing: &Doing<'_>, error: &kube::Error) -> ClusterError {
        ClusterError::of(&self.server, doing, error)
    }

    /// Who the API server takes us for.
    pub async fn user(&self) -> Result<String, ClusterError> {
        let doing = Doing { verb: "create", resource: "selfsubjectreviews", what: "ask who you are", namespace: "" };
        let api: Api<SelfSubjectReview> = Api::all(self.client.clone());
        let review = SelfSubjectReview::default();
        let answer = self.ask(&doing, api.create(&PostParams::default(), &review)).await?;
        let user = answer.status.and_then(|status| status.user_info).and_then(|info| info.username);
        user.filter(|user| !user.is_empty()).ok_or(ClusterError::Nobody)
    }
}

/// The head of a Tenant that is applied: of the very object that was seen, and, where that was decided on, as it was seen.
pub fn envelope(tenant: &Tenant, as_seen: bool) -> Value {
    let metadata = &tenant.metadata;
    let mut object = json!({
        "apiVersion": tenant_contacts_api::API_VERSION,
        "kind": "Tenant",
        "metadata": {"namespace": metadata.namespace, "name": metadata.name, "uid": metadata.uid},
    });
    if as_seen {
        object["metadata"]["resourceVersion"] = json!(metadata.resource_version);
    }
    object
}

/// What changing a Tenant is called where it is refused.
pub fn changing<'a>(cluster: &'a Cluster, what: &'a str) -> Doing<'a> {
    Doing { verb: "patch", resource: "tenants", what, namespace: cluster.namespace() }
}
