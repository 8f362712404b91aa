//! From a declared Tenant to its port: credentials, endpoints, transport.
//!
//! Invariant: a credential that is of no use stops its own surfaces, and no other credential notices when one changes.

mod shared;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::future::BoxFuture;
use secrecy::SecretString;
use tenant_contacts_api::{
    field::Surface,
    reason::Reason,
    v1alpha1::{Cloud, Credential as Declared, SecretKeyRef},
};
use tenant_contacts_core::{
    desired::{DesiredCredential, ObjectKey, SecretValue, TenantKey},
    status::TenantProblem,
};
use tenant_contacts_engine::port::{Fence, SurfacePort, TenantError};
use tenant_contacts_m365::{
    auth::{
        CertificateCredential, Credential, CredentialError, CredentialSource, FederatedTokenFile, FederatedTokenSource,
        Identity, KeyProblem, TokenProvider,
    },
    budget::{Limiter, Limits, Share, TenantSize},
    clock::Clock,
    cloud::{self, Endpoints, GRAPH_VERSION},
    directory::{Access, Directory},
    observe::Observer,
    ports::Ports,
    random::SystemRng,
    send::{RetryPolicy, Sender},
    survey::{KnownNames, Services, TenantSurvey},
    transport::Transport,
};
use tenant_contacts_probe::MailExchangers;
use uuid::Uuid;

use crate::{
    gather::{self, TenantSet},
    world::{ProcessClock, TransportFence},
};

pub use shared::SharedConnection;

/// How long one answer may take when a whole tenant is read: a page of a thousand mailboxes takes Exchange tens of seconds,
/// and its own cmdlets give up after fifteen minutes. Just below the client's own limit of two minutes.
const SLOW_ANSWER: Duration = Duration::from_secs(110);

/// How long one call may take then, waits and further attempts included.
const SLOW_CALL: Duration = Duration::from_mins(5);

/// How long the service may ask to wait then. Nobody's pass waits for it, and what is not read is unknown for the whole
/// report; Partner Center asks for up to a minute.
const LONG_WAIT: Duration = Duration::from_mins(1);

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
    /// Who says which domains outside take mail.
    pub mail_exchangers: Arc<dyn MailExchangers>,
    /// Who hears of every request.
    pub observer: Arc<dyn Observer>,
    /// Where workload identity gets its tokens. `None`: from the file that `AZURE_FEDERATED_TOKEN_FILE` names.
    pub federation: Option<Arc<dyn Federation>>,
}

/// Gives tokens of ServiceAccounts.
pub trait Federation: Send + Sync {
    /// Tokens of a ServiceAccount of the Tenant's own namespace, as far as it allows that Tenant to have them.
    fn tokens(&self, tenant: &ObjectKey, service_account: &str) -> Arc<dyn FederatedTokenSource>;
}

/// A connected Tenant. What it holds outlives a pass: tokens, and what is known of the limits.
pub struct Connection {
    key: TenantKey,
    network: Network,
    fence: Arc<dyn Fence>,
    cloud: cloud::Cloud,
    endpoints: Endpoints,
    /// What was connected last, by the credential's declaration.
    senders: Senders,
    /// Graph counts per application and tenant, so two credentials of one application share what they may ask for.
    limiters: BTreeMap<Uuid, Arc<Limiter>>,
    /// What recipients are called, whichever credential lists them.
    names: Arc<KnownNames>,
}

/// A credential that was connected.
#[derive(Clone)]
struct Connected {
    sender: Arc<Sender>,
    /// Tokens for every service, one per scope.
    tokens: Arc<TokenProvider>,
    credential: Arc<CurrentCredential>,
}

/// What was connected, by the declaration of its credential, without its surfaces. There are a handful.
#[derive(Default)]
struct Senders(Vec<(Declared, Connected)>);

impl Senders {
    fn get(&self, identity: &Declared) -> Option<&Connected> {
        self.0.iter().find(|(known, _)| known == identity).map(|(_, connected)| connected)
    }

    /// Of two that are declared alike the later one counts.
    fn keep(&mut self, identity: Declared, connected: Connected) {
        self.0.retain(|(known, _)| *known != identity);
        self.0.push((identity, connected));
    }
}

/// The credential as it is now: a rotated Secret is used with the next token.
struct CurrentCredential(Mutex<Credential>);

impl CredentialSource for CurrentCredential {
    fn load(&self) -> BoxFuture<'_, Result<Credential, CredentialError>> {
        Box::pin(async { Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()) })
    }
}

impl Connection {
    /// Connects a tenant. Nothing is sent yet.
    pub fn open(key: TenantKey, network: &Network, fence: Arc<dyn Fence>) -> Result<Self, TenantProblem> {
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
        let (senders, limiters) = (Senders::default(), BTreeMap::new());
        let names = Arc::default();
        Ok(Self { key, network: network.clone(), fence, cloud, endpoints, senders, limiters, names })
    }

    /// Which tenant it leads to.
    pub fn key(&self) -> TenantKey {
        self.key
    }

    /// The ports, with the credentials as they are now. One whose declaration did not change keeps its token, whatever became
    /// of its Secret and of the others.
    pub fn surfaces(&mut self, set: &TenantSet) -> Result<Vec<Arc<dyn SurfacePort>>, TenantProblem> {
        let assigned = set.gathered.tenant.credentials.as_ref();
        let assigned =
            assigned.map_err(|wrong| problem(Reason::InvalidSpec, format!("{}: {}", wrong.field, wrong.message)))?;
        let mut senders = Senders::default();
        let mut accesses = Vec::with_capacity(assigned.len());
        for DesiredCredential { place, client_id, surfaces } in assigned {
            let Some(declared) = set.credentials.get(*place) else { continue };
            let sender = match load(set, *place, declared, &self.network) {
                Ok(credential) => {
                    let (identity, connected) = self.with_credential(*client_id, declared, credential)?;
                    let sender = Arc::clone(&connected.sender);
                    senders.keep(identity, connected);
                    Ok(sender)
                }
                // Its token goes as well: who takes a Secret away takes away what it was good for.
                Err(TenantProblem { reason, message }) => Err(TenantError { reason, message, retry_after: None }),
            };
            accesses.push(Access { place: *place, client_id: *client_id, surfaces: surfaces.clone(), sender });
        }
        self.senders = senders;
        self.limiters.retain(|client_id, _| assigned.iter().any(|one| one.client_id == *client_id));
        let clock: Arc<dyn Clock> = Arc::new(self.network.clock);
        Ok(vec![Arc::new(Directory::new(accesses, self.key.id, clock, self.network.policy.clone()))])
    }

    /// Forgets the tokens: what was granted or withdrawn since shows only in the next one (contract §1). What is known of the
    /// limits stays.
    pub fn renew(&mut self) {
        self.senders.0.clear();
    }

    /// The port that reads the whole tenant, with the credential that serves reports; where none is meant for them, with that of
    /// the accounts. Each service has tokens of its own, and one that gives none makes what it tells unknown.
    pub fn survey(&mut self, set: &TenantSet) -> Result<TenantSurvey, TenantProblem> {
        let assigned = set.gathered.tenant.credentials.as_ref();
        let assigned =
            assigned.map_err(|wrong| problem(Reason::InvalidSpec, format!("{}: {}", wrong.field, wrong.message)))?;
        let serves = |surface: Surface| assigned.iter().find(|one| one.surfaces.contains(&surface));
        let serving = serves(Surface::Report).or_else(|| serves(Surface::Users));
        let serving = serving.and_then(|one| set.credentials.get(one.place).map(|declared| (one, declared)));
        let Some((DesiredCredential { place, client_id, .. }, declared)) = serving else {
            let message = "no credential of the Tenant serves the surface Report, with which a whole tenant is read: name it \
                           in spec.credentials[].surfaces";
            return Err(problem(Reason::InvalidSpec, message.into()));
        };
        let credential = load(set, *place, declared, &self.network)?;
        let (identity, connected) = self.with_credential(*client_id, declared, credential)?;
        self.senders.keep(identity, connected.clone());
        let services = self.services(&connected, *client_id)?;
        let clock: Arc<dyn Clock> = Arc::new(self.network.clock);
        Ok(TenantSurvey::new(self.key.id, services, clock, Arc::clone(&self.names)))
    }

    /// Every service as one application sees it.
    fn services(&self, connected: &Connected, client_id: Uuid) -> Result<Services, TenantProblem> {
        let Network { policy, .. } = &self.network;
        let policy = RetryPolicy {
            attempt_timeout: policy.attempt_timeout.max(SLOW_ANSWER),
            total: policy.total.max(SLOW_CALL),
            longest_wait: policy.longest_wait.max(LONG_WAIT),
            ..policy.clone()
        };
        Services::through(self.cloud, &self.endpoints, |base, path, scope| {
            let base = base.join(path);
            let base = base.map_err(|_| problem(Reason::InvalidSpec, "an endpoint is not a base address".into()))?;
            let tokens = Arc::clone(&connected.tokens);
            let mut sender = Sender::new(self.ports(), tokens, scope, base, policy.clone());
            if let Some(limiter) = self.limiters.get(&client_id) {
                sender = sender.with_limiter(Arc::clone(limiter));
            }
            Ok(Arc::new(sender))
        })
    }

    /// A credential as it is now, connected; and what it is known by. One that did not change keeps its token.
    fn with_credential(
        &mut self,
        client_id: Uuid,
        declared: &Declared,
        credential: Credential,
    ) -> Result<(Declared, Connected), TenantProblem> {
        // Which surfaces it serves is no part of what it is.
        let identity = Declared { surfaces: Vec::new(), ..declared.clone() };
        let connected = match self.senders.get(&identity) {
            Some(connected) => connected.clone(),
            None => self.connect(client_id, credential.clone())?,
        };
        *connected.credential.0.lock().unwrap_or_else(PoisonError::into_inner) = credential;
        Ok((identity, connected))
    }

    fn ports(&self) -> Ports {
        let Network { transport, clock, observer, .. } = &self.network;
        let (transport, observer) = (Arc::clone(transport), Arc::clone(observer));
        Ports { transport, clock: Arc::new(*clock), rng: Arc::new(SystemRng), observer }
    }

    fn connect(&mut self, client_id: Uuid, credential: Credential) -> Result<Connected, TenantProblem> {
        let Network { policy, limited, .. } = &self.network;
        let ports = self.ports();
        let credential = Arc::new(CurrentCredential(Mutex::new(credential)));
        let identity = Identity { tenant: self.key.id, client_id };
        let loaded: Arc<dyn CredentialSource> = Arc::<CurrentCredential>::clone(&credential);
        let tokens = Arc::new(TokenProvider::new(ports.clone(), policy.clone(), &self.endpoints, identity, loaded));
        let base = self.endpoints.graph().join(GRAPH_VERSION);
        let base = base.map_err(|_| problem(Reason::InvalidSpec, "the Graph endpoint is not a base address".into()))?;
        let mut sender = Sender::new(ports, Arc::clone(&tokens), self.cloud.graph_scope(), base, policy.clone())
            .with_fence(Arc::new(TransportFence(Arc::clone(&self.fence))));
        if *limited {
            let limiter = self.limiters.entry(client_id).or_insert_with(|| {
                // The smallest tenant's limits until its size is known: too slow is a nuisance, too fast a refusal.
                Arc::new(Limiter::new(&Limits::published(TenantSize::of(0)), Share::default()))
            });
            sender = sender.with_limiter(Arc::clone(limiter));
        }
        Ok(Connected { sender: Arc::new(sender), tokens, credential })
    }
}

fn problem(reason: Reason, message: String) -> TenantProblem {
    TenantProblem { reason, message }
}

/// A credential as it is now: `declared` is the one at `place`.
fn load(set: &TenantSet, place: usize, declared: &Declared, network: &Network) -> Result<Credential, TenantProblem> {
    Ok(match declared {
        Declared { client_secret: Some(from), .. } => {
            Credential::Secret(SecretString::from(String::from(text(set, place, &from.secret_key_ref)?)))
        }
        Declared { certificate: Some(from), .. } => {
            let key = |key: &str| SecretKeyRef { name: from.secret_ref.name.clone(), key: key.into() };
            Credential::Certificate(CertificateCredential {
                key_pem: SecretString::from(String::from(text(set, place, &key("tls.key"))?)),
                certificate_pem: text(set, place, &key("tls.crt"))?.into(),
            })
        }
        Declared { workload_identity: Some(from), .. } => match &network.federation {
            Some(federation) => {
                Credential::Federated(federation.tokens(&set.gathered.tenant.object, &from.service_account_name))
            }
            None => federated(place)?,
        },
        _ => {
            return Err(problem(Reason::InvalidSpec, format!("credentials[{place}] names no way to authenticate")));
        }
    })
}

/// Outside a cluster there is no TokenRequest API: the token comes from the file that workload identity mounts.
fn federated(place: usize) -> Result<Credential, TenantProblem> {
    match std::env::var_os("AZURE_FEDERATED_TOKEN_FILE") {
        Some(path) => Ok(Credential::Federated(Arc::new(FederatedTokenFile(path.into())))),
        None => Err(problem(
            Reason::CredentialsNotFound,
            format!("credentials[{place}].workloadIdentity: AZURE_FEDERATED_TOKEN_FILE names no token file"),
        )),
    }
}

fn text(set: &TenantSet, place: usize, wanted: &SecretKeyRef) -> Result<Box<str>, TenantProblem> {
    let object = &set.gathered.tenant.object;
    match gather::secret(&set.secrets, &object.namespace, &object.name, wanted) {
        SecretValue::Found(text) => Ok(text),
        SecretValue::Missing => Err(problem(
            Reason::CredentialsNotFound,
            format!("credentials[{place}]: there is no Secret {} with a key {}", wanted.name, wanted.key),
        )),
        SecretValue::NotText => {
            let SecretKeyRef { name, key } = wanted;
            let pem = if key.starts_with("tls.") { format!(": {}", KeyProblem::NotPem) } else { String::new() };
            let message = format!("credentials[{place}]: the value of key {key} in Secret {name} is not text{pem}");
            Err(problem(Reason::CredentialsNotFound, message))
        }
        SecretValue::Encrypted(encrypted) => {
            let SecretKeyRef { name, key } = wanted;
            let (what, remedy) = (encrypted.what(), encrypted.remedy());
            let message = format!("credentials[{place}]: the value of key {key} in Secret {name} {what}. {remedy}");
            Err(problem(Reason::CredentialsNotFound, message))
        }
        SecretValue::NotAllowed => Err(problem(
            Reason::CredentialsNotAllowed,
            format!("credentials[{place}]: Secret {} lacks the label that allows this Tenant to use it", wanted.name),
        )),
    }
}
