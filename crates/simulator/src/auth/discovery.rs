//! The documents by which clients find their endpoints.
//!
//! Invariant: every URL points back to the host the document was fetched from.

use serde_json::{Value, json};

/// `/{tenant}/v2.0/.well-known/openid-configuration`.
pub(crate) fn openid(origin: &str, tenant: &str) -> Value {
    json!({
        "authorization_endpoint": format!("{origin}/{tenant}/oauth2/v2.0/authorize"),
        "claims_supported": ["sub", "iss", "aud", "exp", "iat"],
        "device_authorization_endpoint": format!("{origin}/{tenant}/oauth2/v2.0/devicecode"),
        "end_session_endpoint": format!("{origin}/{tenant}/oauth2/v2.0/logout"),
        "id_token_signing_alg_values_supported": ["RS256"],
        "issuer": format!("{origin}/{tenant}/v2.0"),
        "jwks_uri": format!("{origin}/{tenant}/discovery/v2.0/keys"),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "subject_types_supported": ["pairwise"],
        "tenant_region_scope": "EU",
        "token_endpoint": format!("{origin}/{tenant}/oauth2/v2.0/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
    })
}

/// `/common/discovery/instance`, which MSAL asks before it trusts an authority it does not know.
pub(crate) fn instance(origin: &str, host: &str, tenant: &str) -> Value {
    json!({
        "tenant_discovery_endpoint": format!("{origin}/{tenant}/v2.0/.well-known/openid-configuration"),
        "api-version": "1.1",
        "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
    })
}

/// `/metadata/endpoints?api-version=…`, as Azure Resource Manager serves it. Terraform's azuread reads
/// `microsoftGraphResourceId` and `authentication` from it (general knowledge of its SDK, UNV); from 2022-09-01 the
/// document is one object, before that a list of clouds.
pub(crate) fn endpoints(origin: &str, host: &str, tenant: &str, version: &str) -> Value {
    let document = json!({
        "name": "AzureCloud",
        "portal": origin,
        "authentication": {
            "loginEndpoint": origin,
            "audiences": ["https://management.core.windows.net/", "https://management.azure.com/"],
            "tenant": tenant,
            "identityProvider": "AAD",
        },
        "resourceManager": origin,
        "microsoftGraphResourceId": format!("{origin}/"),
        "graph": format!("{origin}/"),
        "graphAudience": format!("{origin}/"),
        "batch": "https://batch.core.windows.net/",
        "media": "https://rest.media.azure.net",
        "gallery": origin,
        "activeDirectoryDataLake": "https://datalake.azure.net/",
        "suffixes": {
            "keyVaultDns": "vault.azure.net",
            "storage": "core.windows.net",
            "sqlServerHostname": "database.windows.net",
            "acrLoginServer": "azurecr.io",
            "mhsmDns": "managedhsm.azure.net",
            "attestationEndpoint": "attest.azure.net",
            "azureDataLakeStoreFileSystem": "azuredatalakestore.net",
            "mysqlServerEndpoint": "mysql.database.azure.com",
            "postgresqlServerEndpoint": "postgres.database.azure.com",
            "storageSyncEndpointSuffix": "afs.azure.net",
            "synapseAnalytics": "dev.azuresynapse.net",
        },
        "simulatedHost": host,
    });
    if version < "2022-09-01" { json!([document]) } else { document }
}
