//! How the operator runs: its flags, which the chart sets.

use std::{net::SocketAddr, time::Duration};

use tenant_contacts_api::duration;

/// Flags of the operator.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "In a cluster (without --manifests)")]
pub struct Options {
    /// A namespace whose Tenants this operator serves; may be given several times.
    #[arg(long = "namespace", value_name = "NAMESPACE", conflicts_with = "manifests")]
    pub namespaces: Vec<String>,
    /// Namespace of the operator's own Leases.
    #[arg(long, value_name = "NAMESPACE", env = "POD_NAMESPACE", default_value = "tenant-contacts")]
    pub lease_namespace: String,
    /// Name of the Lease that one replica holds at a time. Operators that serve different namespaces need different ones.
    #[arg(long, value_name = "NAME", default_value = "tenant-contacts")]
    pub lease_name: String,
    /// How long a replica may write after it last renewed its Lease. At least twice the request time-out.
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration_flag)]
    pub lease_duration: Duration,
    /// How long one request to the tenant may take.
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration_flag)]
    pub request_timeout: Duration,
    /// How long an object that is deleted waits for its original values to be put back. After that it is let go without them,
    /// and the audit trail says why. At least 10s.
    #[arg(long, value_name = "DURATION", default_value = "15m", value_parser = duration_flag)]
    pub release_after: Duration,
    /// Where to serve /livez, /readyz and /metrics.
    #[arg(long, value_name = "ADDRESS", default_value = "0.0.0.0:8080")]
    pub admin_listen: SocketAddr,
    /// Name of this replica in Leases and events.
    #[arg(long, value_name = "NAME", env = "POD_NAME", default_value = "tenant-contacts")]
    pub replica: String,
}

/// A duration as a flag takes it.
pub(crate) fn duration_flag(text: &str) -> Result<Duration, String> {
    duration::parse(text).ok_or_else(|| "not a duration such as 30s or 10m".to_owned())
}
