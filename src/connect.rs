//! From a declared Tenant to its port: credentials, endpoints, transport.

use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;
use secrecy::SecretString;
use tenant_contacts_api::{
    field::Surface,
    reason::Reason,
    v1alpha1::{Cloud, Credential as Declared, SecretKeyRef},
};
use tenant_contacts_core::{
    desired::{ObjectKey, SecretValue},
    status::TenantProblem,
};
use tenant_contacts_engine::port::{Fence, Tenant};
use tenant_contacts_m365::{
    auth::{
        CertificateCredential, Credential, CredentialError, CredentialSource, FederatedTokenFile, FederatedTokenSource,
        Identity, TokenProvider,
    },
    budget::{Limiter, Limits, Share, TenantSize},
    clock::Clock,
    cloud::{self, Endpoints},
    directory::Directory,
    ports::Ports,
    random::SystemRng,
    send::{RetryPolicy, Sender},
    transport::Transport,
};

use crate::{
    gather::{self, TenantSet},
    world::{ProcessClock, TransportFence},
};

/// Where the services are, and how to get there.
#[derive(Clone)]
pub struct Network {
    /// How requests leave.
    pub transport: Arc<dyn Transport>,
    /// Endpoints instead of the cloud's own; an operator's choice, never a manifest's.
    pub endpoints: Option<Endpoints>,
    /// Time.
    pub clock: ProcessClock,
    /// How long and how often to try.
    pub policy: RetryPolicy,
    /// Whether to keep to the published limits on this side. A simulator that does not limit needs none.
    pub limited: bool,
    /// Where workload identity gets its tokens. `None`: from the file that `AZURE_FEDERATED_TOKEN_FILE` names.
    pub federation: Option<Arc<dyn Federation>>,
}

/// Gives tokens of ServiceAccounts.
pub trait Federation: Send + Sync {
    /// Tokens of a ServiceAccount of the Tenant's own namespace, as far as it allows that Tenant to have them.
    fn tokens(&self, tenant: &ObjectKey, service_account: &str) -> Arc<dyn FederatedTokenSource>;
}

/// A connected Tenant: the port, and the place where its credential can be replaced.
pub struct Connection {
    /// The port.
    pub tenant: Arc<dyn Tenant>,
    credential: Arc<CurrentCredential>,
}

/// The credential as it is now: a rotated Secret is used with the next token.
struct CurrentCredential(Mutex<Credential>);

impl CredentialSource for CurrentCredential {
    fn load(&self) -> BoxFuture<'_, Result<Credential, CredentialError>> {
        Box::pin(async { Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()) })
    }
}

impl Connection {
    /// Takes over a changed Secret.
    pub fn renew(&self, set: &TenantSet, network: &Network) -> Result<(), TenantProblem> {
        let (_, credential) = credential(set, network)?;
        *self.credential.0.lock().unwrap_or_else(PoisonError::into_inner) = credential;
        Ok(())
    }
}

/// Connects a Tenant. Nothing is sent yet.
pub fn connect(set: &TenantSet, network: &Network, fence: Arc<dyn Fence>) -> Result<Connection, TenantProblem> {
    let (client_id, credential) = credential(set, network)?;
    let key = set.gathered.tenant.key;
    let cloud = match key.cloud {
        Cloud::Global => cloud::Cloud::Global,
        Cloud::GccHigh => cloud::Cloud::GccHigh,
        Cloud::DoD => cloud::Cloud::Dod,
        Cloud::China => cloud::Cloud::China,
    };
    let endpoints = match &network.endpoints {
        Some(endpoints) => endpoints.clone(),
        None => cloud.endpoints().map_err(|error| problem(Reason::InvalidSpec, error.to_string()))?,
    };
    let clock: Arc<dyn Clock> = Arc::new(network.clock);
    let ports =
        Ports { transport: Arc::clone(&network.transport), clock: Arc::clone(&clock), rng: Arc::new(SystemRng) };
    let source = Arc::new(CurrentCredential(Mutex::new(credential)));
    let identity = Identity { tenant: key.id, client_id };
    let loaded: Arc<dyn CredentialSource> = Arc::<CurrentCredential>::clone(&source);
    let tokens = Arc::new(TokenProvider::new(ports.clone(), network.policy.clone(), &endpoints, identity, loaded));
    let base = endpoints
        .graph()
        .join("v1.0/")
        .map_err(|_| problem(Reason::InvalidSpec, "the Graph endpoint is not a base address".into()))?;
    let mut sender = Sender::new(ports, tokens, cloud.graph_scope(), base, network.policy.clone())
        .with_fence(Arc::new(TransportFence(fence)));
    if network.limited {
        // The smallest tenant's limits until its size is known: too slow is a nuisance, too fast a refusal.
        let limiter = Limiter::new(&Limits::published(TenantSize::of(0)), Share::default());
        sender = sender.with_limiter(Arc::new(limiter));
    }
    let tenant: Arc<dyn Tenant> = Arc::new(Directory::new(sender, key.id, clock, network.policy.clone()));
    Ok(Connection { tenant, credential: source })
}

fn problem(reason: Reason, message: String) -> TenantProblem {
    TenantProblem { reason, message }
}

/// The credential that serves the directory.
fn credential(set: &TenantSet, network: &Network) -> Result<(uuid::Uuid, Credential), TenantProblem> {
    // One credential for both surfaces so far: more than one would leave it open which reads and which writes.
    let [declared] = set.credentials.as_slice() else {
        return Err(problem(
            Reason::InvalidSpec,
            "credentials: exactly one is supported by this version; several, one per surface, are not yet".into(),
        ));
    };
    // A credential that is only for some surfaces leaves the others without one.
    let for_all = |surfaces: &[Surface]| Surface::ALL.iter().all(|surface| surfaces.contains(surface));
    if !declared.surfaces.is_empty() && !for_all(&declared.surfaces) {
        return Err(problem(
            Reason::InvalidSpec,
            "credentials[0].surfaces: the only credential serves every surface in this version; leave it out".into(),
        ));
    }
    let loaded = match declared {
        Declared { client_secret: Some(from), .. } => {
            Credential::Secret(SecretString::from(String::from(text(set, &from.secret_key_ref)?)))
        }
        Declared { certificate: Some(from), .. } => {
            let key = |key: &str| SecretKeyRef { name: from.secret_ref.name.clone(), key: key.into() };
            Credential::Certificate(CertificateCredential {
                key_pem: SecretString::from(String::from(text(set, &key("tls.key"))?)),
                certificate_pem: text(set, &key("tls.crt"))?.into(),
            })
        }
        Declared { workload_identity: Some(from), .. } => match &network.federation {
            Some(federation) => {
                Credential::Federated(federation.tokens(&set.gathered.tenant.object, &from.service_account_name))
            }
            None => federated()?,
        },
        _ => return Err(problem(Reason::InvalidSpec, "credentials[0] names no way to authenticate".into())),
    };
    Ok((declared.client_id, loaded))
}

/// Outside a cluster there is no TokenRequest API: the token comes from the file that workload identity mounts.
fn federated() -> Result<Credential, TenantProblem> {
    match std::env::var_os("AZURE_FEDERATED_TOKEN_FILE") {
        Some(path) => Ok(Credential::Federated(Arc::new(FederatedTokenFile(path.into())))),
        None => Err(problem(
            Reason::CredentialsNotFound,
            "credentials[0].workloadIdentity: AZURE_FEDERATED_TOKEN_FILE names no token file".into(),
        )),
    }
}

fn text(set: &TenantSet, wanted: &SecretKeyRef) -> Result<Box<str>, TenantProblem> {
    let object = &set.gathered.tenant.object;
    match gather::secret(&set.secrets, &object.namespace, &object.name, wanted) {
        SecretValue::Found(text) => Ok(text),
        SecretValue::Missing => Err(problem(
            Reason::CredentialsNotFound,
            format!("credentials: there is no Secret {} with a key {}", wanted.name, wanted.key),
        )),
        SecretValue::NotAllowed => Err(problem(
            Reason::CredentialsNotAllowed,
            format!("credentials: Secret {} lacks the label that allows this Tenant to use it", wanted.name),
        )),
    }
}
