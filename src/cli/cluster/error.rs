//! What can be wrong with a cluster: what, where, and what to do.

use crate::operator::innermost;

/// What is asked of the API server, for the words in which it is refused.
#[derive(Clone, Copy, Debug)]
pub struct Doing<'a> {
    /// The verb that it takes.
    pub verb: &'a str,
    /// The resource.
    pub resource: &'a str,
    /// What it is for.
    pub what: &'a str,
    /// Where; empty for the whole cluster.
    pub namespace: &'a str,
}

/// Why a cluster did not answer as asked.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// No kubeconfig that can be used.
    #[error(
        "no access to a cluster: {0}\n    \
         KUBECONFIG or --kubeconfig names the file that kubectl uses; `kubectl config get-contexts` shows what is in it"
    )]
    NoAccess(String),
    /// The client could not be set up.
    #[error("the kubeconfig cannot be used: {0}\n    See whether `kubectl version` works with it")]
    Client(String),
    /// A proxy is in between.
    #[error(
        "the API server would be reached through a proxy, which this program cannot use\n    \
         Take https_proxy out of its environment, or proxy-url out of the kubeconfig, where the API server is reached without"
    )]
    Proxy,
    /// No answer.
    #[error("the API server {server} cannot be reached: {why}\n    See whether `kubectl version` reaches it")]
    Unreachable {
        /// Its address.
        server: String,
        /// Why.
        why: String,
    },
    /// The credentials are not accepted.
    #[error("the API server {0} does not accept your credentials\n    Sign in again, as for kubectl")]
    Unauthenticated(String),
    /// The kinds are not there.
    #[error(
        "the cluster does not know Tenants: the CustomResourceDefinitions are not installed\n    \
         Install the chart, or `tenant-contacts crds | kubectl apply --server-side -f -`"
    )]
    NotInstalled,
    /// The rights are missing.
    #[error("you may not {what}: {said}\n    Ask an administrator of the cluster for {right}; {role}")]
    Forbidden {
        /// What was asked for.
        what: String,
        /// What the API server said.
        said: String,
        /// What is missing.
        right: String,
        /// A role that has it.
        role: &'static str,
    },
    /// An admission policy refuses it.
    #[error("the cluster's policy refuses to {what}:\n    {said}")]
    Refused {
        /// What was asked for.
        what: String,
        /// What the policy said: it names the right and how to get it.
        said: String,
    },
    /// Another field manager declares something else.
    #[error("cannot {what}: {said}")]
    Conflict {
        /// What was asked for.
        what: String,
        /// Who, as the API server says it.
        said: String,
    },
    /// It changed since it was read, or is another one by now.
    #[error("cannot {0}: the Tenant keeps changing meanwhile\n    Try again")]
    Changed(String),
    /// It is gone.
    #[error("cannot {0}: the Tenant is gone")]
    Gone(String),
    /// An object does not fit.
    #[error("an object cannot be read: {0}\n    Is this program older than the operator? Use the operator's version")]
    Unreadable(String),
    /// Something else.
    #[error("cannot {what}: the API server answers {code}: {said}")]
    Answered {
        /// What was asked for.
        what: String,
        /// Its code.
        code: u16,
        /// Its words.
        said: String,
    },
    /// The API server does not know who asks.
    #[error("the API server does not say who you are\n    Give your name with --by")]
    Nobody,
    /// There are no Tenants.
    #[error(
        "no Tenant in namespace {0}\n    \
         -n names another namespace; `kubectl get tenants --all-namespaces` shows where there are any"
    )]
    NoTenant(String),
    /// No Tenant of that name.
    #[error("no Tenant {name} in namespace {namespace}\n    {hint}")]
    NoSuchTenant {
        /// The name that was asked for.
        name: String,
        /// The namespace.
        namespace: String,
        /// What there is.
        hint: String,
    },
    /// More than one.
    #[error("several Tenants in namespace {namespace}: {names}\n    Say which one with --tenant")]
    Several {
        /// The namespace.
        namespace: String,
        /// Their names.
        names: String,
    },
}

impl ClusterError {
    pub(super) fn client(error: &kube::Error) -> Self {
        match error {
            // The proxy's address is not told: it may hold a password.
            kube::Error::ProxyProtocolDisabled { .. } | kube::Error::ProxyProtocolUnsupported { .. } => Self::Proxy,
            _ => Self::Client(innermost(error)),
        }
    }

    pub(super) fn of(server: &str, doing: &Doing<'_>, error: &kube::Error) -> Self {
        let what = doing.what.to_owned();
        let status = match error {
            kube::Error::Api(status) => status,
            kube::Error::SerdeError(error) => return Self::Unreadable(error.to_string()),
            kube::Error::Auth(_) => return Self::Client(innermost(error)),
            _ => return Self::Unreachable { server: server.to_owned(), why: innermost(error) },
        };
        let said = status.message.clone();
        let contested = status.details.iter().flat_map(|details| &details.causes);
        let contested: Vec<&str> = contested
            .filter(|cause| cause.reason == "FieldManagerConflict")
            .map(|cause| cause.message.as_str())
            .collect();
        match status.code {
            401 => Self::Unauthenticated(server.to_owned()),
            403 => match said.split_once("denied request: ") {
                Some((_, said)) => Self::Refused { what, said: said.to_owned() },
                None => Self::Forbidden { what, said, right: right(doing), role: role(doing) },
            },
            // Of an object that is missing the name is told; of a kind that is missing there is nothing to tell.
            404 if status.details.as_ref().is_some_and(|details| !details.name.is_empty()) => Self::Gone(what),
            404 => Self::NotInstalled,
            409 if contested.is_empty() => Self::Changed(what),
            409 => Self::Conflict { what, said: contested.join(", ") },
            code => Self::Answered { what, code, said },
        }
    }
}

fn right(doing: &Doing<'_>) -> String {
    let Doing { verb, resource, namespace, .. } = doing;
    let place = if namespace.is_empty() { String::new() } else { format!(" in namespace {namespace}") };
    format!("the right to {verb} {resource}{place}")
}

fn role(doing: &Doing<'_>) -> &'static str {
    match doing.verb {
        "patch" => "the chart's ClusterRole tenant-contacts-tenant-admin has it",
        _ => "the chart's ClusterRole tenant-contacts-viewer has it",
    }
}
