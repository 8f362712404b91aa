//! What is declared: for every account what it has, so that everything is in sync, in a file that the engine's process
//! reads line by line, as a cluster's watch would hand it objects one by one.

use std::{
    io::{BufWriter, Write as _},
    path::PathBuf,
    sync::Arc,
};

use tenant_contacts::gather::TenantSet;
use tenant_contacts_api::{
    field::Surface,
    v1alpha1::{ClientSecretRef, Cloud, Credential, SecretKeyRef},
};
use tenant_contacts_core::desired::{self, DesiredObject, DesiredTenant, Kind, ObjectKey, TenantKey};
use tenant_contacts_engine::worker::Gathered;

use super::{bare::Client, simulator};

/// Writes one line per account: name, mobile phone, alternate emails, whether it is synchronised.
pub(crate) fn write(base: &str, size: usize) -> PathBuf {
    let path = std::env::temp_dir().join(format!("fleet-{}-{size}.tsv", std::process::id()));
    let mut file = BufWriter::new(std::fs::File::create(&path).unwrap());
    super::block_on(async {
        let client = Client::sign_in(base).await;
        client
            .pages(base, |page| {
                for user in page.value {
                    let phone = user.mobile_phone.unwrap_or_default();
                    let mails = user.other_mails.join(",");
                    let synchronised = user.on_premises_sync_enabled == Some(true);
                    writeln!(file, "{}\t{phone}\t{mails}\t{synchronised}", user.user_principal_name).unwrap();
                }
            })
            .await;
    });
    file.flush().unwrap();
    path
}

/// The key of an object.
pub(crate) fn key(kind: Kind, name: &str) -> ObjectKey {
    ObjectKey { kind, namespace: "fleet".into(), name: name.into() }
}

/// The Tenant of the simulator's minimal seed with these objects.
pub(crate) fn tenant_set(objects: Vec<DesiredObject>) -> TenantSet {
    let secret = SecretKeyRef { name: "graph".into(), key: "secret".into() };
    let credentials = vec![Credential {
        client_id: simulator::CLIENT.parse().unwrap(),
        surfaces: Vec::new(),
        client_secret: Some(ClientSecretRef { secret_key_ref: secret }),
        certificate: None,
        workload_identity: None,
    }];
    let tenant = DesiredTenant {
        object: key(Kind::Tenant, "fleet"),
        generation: Some(1),
        key: TenantKey { cloud: Cloud::Global, id: simulator::TENANT.parse().unwrap() },
        credentials: desired::assign(&credentials, &Surface::ALL),
        enforce: [Surface::Organization, Surface::Users].into(),
        suspend: false,
        interval_seconds: 600,
        own_domains: std::collections::BTreeSet::new(),
        protected: Vec::new(),
        mass_objects: 10,
        mass_percent: 10,
        minimum_recipients: 2,
        approvals: Vec::new(),
        approval_problems: Vec::new(),
        requested_at: None,
    };
    TenantSet {
        gathered: Gathered {
            tenant,
            claimed: false,
            objects: Arc::new(objects.into_iter().map(Arc::new).collect()),
            complete: true,
        },
        credentials,
        rules: BTreeMap::new(),
        secrets: Arc::new(secrets()),
    }
}

fn secrets() -> tenant_contacts::gather::Secrets {
    let text = format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: graph, namespace: fleet, labels: {{tenantcontacts.dev/allow: fleet}}}}\nstringData: {{secret: {}}}\n",
        simulator::SECRET
    );
    let checker = tenant_contacts_api::manifest::Checker::new().unwrap();
    let reading = checker.read("secret.yaml", text.as_bytes());
    let secrets = reading.manifests.into_iter().filter_map(|manifest| match manifest.object {
        tenant_contacts_api::manifest::Object::Secret(secret) => Some((("fleet".into(), "graph".into()), *secret)),
        _ => None,
    });
    secrets.collect()
}
