//! The example company's tenant, served, and its application that may read everything.

use std::net::SocketAddr;

use tenant_contacts::simulated::CONTOSO_SEED;
use testkit::cli::{
    binary::{self, Answer},
    office::Office,
};

/// The example company's tenant.
pub const TENANT: &str = "4b8e2c17-93d5-4f6a-8a21-5d0c7e9f3b64";
/// Its `tenant-contacts-observer`, which may read everything and write nothing.
pub const OBSERVER: &str = "8f03b5ae-6d12-47c9-a4e0-3c5b9d7e1f62";
/// The observer's secret.
pub const SECRET: &str = "simulated-observer";

/// The Secret that an exported Tenant names, as a team would add it.
pub const CREDENTIAL: &str = "apiVersion: v1
kind: Secret
metadata: {name: tenant-credentials, namespace: contoso-cloud-services, labels: {tenantcontacts.dev/allow: contoso-cloud-services}}
stringData: {client-secret: simulated-observer}
";

/// The example company, served.
pub fn contoso() -> Office {
    Office::open(CONTOSO_SEED)
}

/// Calls a verb on the embedded tenant.
pub fn embedded(args: &[&str]) -> Answer {
    binary::call(args.iter().chain(&["--simulate"]))
}

/// Calls a verb on a served tenant, as the observer.
pub fn served(office: &Office, args: &[&str]) -> Answer {
    with_secret(office.address, args, SECRET)
}

/// Calls a verb on a tenant at an address, with the credentials in the environment.
pub fn with_secret(address: SocketAddr, args: &[&str], secret: &str) -> Answer {
    let environment = [("AZURE_TENANT_ID", TENANT), ("AZURE_CLIENT_ID", OBSERVER), ("AZURE_CLIENT_SECRET", secret)];
    binary::call_with(at(address, args), environment)
}

/// Arguments with the address of a served tenant.
pub fn at(address: SocketAddr, args: &[&str]) -> Vec<String> {
    let endpoint = format!("http://{address}/");
    let reach = ["--login-endpoint", &endpoint, "--graph-endpoint", &endpoint];
    args.iter().chain(&reach).map(|argument| (*argument).to_owned()).collect()
}
