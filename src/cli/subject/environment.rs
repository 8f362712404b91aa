//! Credentials from the environment, by the names that Azure's own tools read.

use std::{env, path::Path};

use serde_json::{Value, json};
use tenant_contacts_api::{ALLOW_LABEL, API_VERSION};
use tenant_contacts_m365::auth::{KeyProblem, is_pfx};

use crate::cli::source::SourceError;

/// Name of the Tenant object, and its namespace, where nobody named one.
const NAME: &str = "tenant";

/// Characters of an id, as portals show it.
const ID: usize = 36;

/// A Tenant and its Secret from the environment.
pub(super) fn manifests() -> Result<String, SourceError> {
    let (Some(tenant), Some(client)) = (variable("AZURE_TENANT_ID"), variable("AZURE_CLIENT_ID")) else {
        return Err(SourceError::NoTenant(
            concat!(
                "which tenant? Give --manifests DIR with a Tenant, ",
                if_embedded!("or --simulate for an embedded one, "),
                "or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or AZURE_CLIENT_CERTIFICATE_PATH, or \
                 AZURE_FEDERATED_TOKEN_FILE)"
            )
            .into(),
        ));
    };
    for (name, value) in [("AZURE_TENANT_ID", &tenant), ("AZURE_CLIENT_ID", &client)] {
        // Azure's own tools take a tenant's domain name as well. A Tenant holds the id, which no rename changes.
        if value.len() != ID || uuid::Uuid::try_parse(value).is_err() {
            return Err(SourceError::NoTenant(format!(
                "{name} is not an id: set it to the 36 characters that the portal shows (8-4-4-4-12 hexadecimal digits)"
            )));
        }
    }
    let (credential, secrets) = credential()?;
    let entries: Vec<(&str, &str)> = secrets.iter().map(|(key, value)| (*key, &**value)).collect();
    Ok(documents(&tenant, &cloud()?, &client, &credential, &entries))
}

/// The cloud, by the host that signs in there.
fn cloud() -> Result<String, SourceError> {
    let Some(authority) = variable("AZURE_AUTHORITY_HOST") else { return Ok("Global".into()) };
    let host = authority.trim_start_matches("https://").trim_end_matches('/').to_lowercase();
    // login.microsoftonline.us serves two clouds; the variable does not tell them apart, and the larger one is meant.
    let known = [
        ("login.microsoftonline.com", "Global"),
        ("login.microsoftonline.us", "GccHigh"),
        ("login.chinacloudapi.cn", "China"),
    ];
    match known.iter().find(|(name, _)| **name == *host) {
        Some((_, cloud)) => Ok((*cloud).to_owned()),
        None => Err(SourceError::NoTenant(
            "AZURE_AUTHORITY_HOST is no cloud's: write a Tenant with spec.cloud, and give --manifests DIR".into(),
        )),
    }
}

type Secrets = Vec<(&'static str, String)>;

/// The first way to sign in that is set, in the order of Azure's own libraries.
fn credential() -> Result<(Value, Secrets), SourceError> {
    if let Some(secret) = variable("AZURE_CLIENT_SECRET") {
        let from = json!({"clientSecret": {"secretKeyRef": {"name": "tenant-credentials", "key": "client-secret"}}});
        return Ok((from, vec![("client-secret", secret)]));
    }
    if let Some(path) = variable("AZURE_CLIENT_CERTIFICATE_PATH") {
        let bytes = std::fs::read(Path::new(&path))
            .map_err(|source| SourceError::Read { path: Path::new(&path).to_owned(), source })?;
        let problem = if is_pfx(&bytes) { KeyProblem::Pfx } else { KeyProblem::NotPem };
        let pem = String::from_utf8(bytes).map_err(|_| {
            SourceError::NoTenant(format!(
                "the file that AZURE_CLIENT_CERTIFICATE_PATH names cannot be used: {problem}"
            ))
        })?;
        // One file holds both, as Azure's libraries take it; each reader picks its own part.
        let from = json!({"certificate": {"secretRef": {"name": "tenant-credentials"}}});
        return Ok((from, vec![("tls.crt", pem.clone()), ("tls.key", pem)]));
    }
    if variable("AZURE_FEDERATED_TOKEN_FILE").is_some() {
        return Ok((json!({"workloadIdentity": {"serviceAccountName": "of-this-process"}}), Vec::new()));
    }
    Err(SourceError::NoTenant(
        "AZURE_TENANT_ID and AZURE_CLIENT_ID are set, and no way to sign in: set AZURE_CLIENT_SECRET, \
         AZURE_CLIENT_CERTIFICATE_PATH or AZURE_FEDERATED_TOKEN_FILE"
            .into(),
    ))
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// The manifests of a Tenant that only observes, as JSON documents, which are YAML.
pub(in crate::cli) fn documents(
    tenant: &str,
    cloud: &str,
    client: &str,
    credential: &Value,
    secrets: &[(&str, &str)],
) -> String {
    let mut credential = credential.clone();
    if let Some(credential) = credential.as_object_mut() {
        credential.insert("clientId".into(), json!(client));
    }
    let object = json!({
        "apiVersion": API_VERSION,
        "kind": "Tenant",
        "metadata": {"name": NAME, "namespace": NAME},
        "spec": {"tenantId": tenant, "cloud": cloud, "credentials": [credential], "enforce": []},
    });
    if secrets.is_empty() {
        return object.to_string();
    }
    let entries: serde_json::Map<String, Value> =
        secrets.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect();
    let secret = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "tenant-credentials", "namespace": NAME, "labels": {ALLOW_LABEL: NAME}},
        "stringData": entries,
    });
    format!("{object}\n---\n{secret}\n")
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::manifest::{Checker, Object};

    use super::*;

    #[test]
    fn what_is_built_in_is_a_valid_tenant_that_observes_only() {
        let credential =
            json!({"clientSecret": {"secretKeyRef": {"name": "tenant-credentials", "key": "client-secret"}}});
        let id = "4b8e2c17-93d5-4f6a-8a21-5d0c7e9f3b64";
        let text = documents(id, "Global", id, &credential, &[("client-secret", "a \"secret\": # of\nall kinds")]);
        let read = Checker::new().unwrap().read("(built in)", text.as_bytes());
        assert_eq!(read.problems.len(), 0, "{text}");
        let [tenant, secret] = &read.manifests[..] else { panic!("{text}") };
        let Object::Tenant(tenant) = &tenant.object else { panic!("{text}") };
        assert!(tenant.spec.enforce.is_empty());
        let Object::Secret(secret) = &secret.object else { panic!("{text}") };
        assert_eq!(secret.data["client-secret"].expose(), b"a \"secret\": # of\nall kinds");
    }
}
