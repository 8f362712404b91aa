//! The accounts, and what is declared of them.

use std::{fmt::Write as _, fs, path::PathBuf};

/// The application of the seed.
const CLIENT: &str = "6f9f1c8e-2b7d-4a52-9a0e-1d3c5b7a2001";
const TENANT: &str = "9c2f6f2e-5a1c-4d55-8a36-0f6f2a7e1001";

/// A tenant with this many accounts, none of which has a phone. Where `mailboxes` are read, each has a mailbox, and the
/// application may see them.
pub(crate) fn seed(size: usize, mailboxes: bool) -> String {
    let (exchange, role, licence) =
        if mailboxes { (", Exchange.ManageAsApp", "Global Reader", ", licences: [SPE_E5]") } else { ("", "", "") };
    let mut yaml = format!(
        "tenant:
  id: {TENANT}
  displayName: Contoso
  domains: [{{name: contoso.onmicrosoft.com, initial: true}}, {{name: contoso.com, default: true}}]
skus:
  - {{skuPartNumber: SPE_E5, enabled: {size}}}
applications:
  - name: tenant-contacts
    clientId: {CLIENT}
    secrets: [{{value: small-secret}}]
    permissions: [User.Read.All, User-Phone.ReadWrite.All, Organization.ReadWrite.All, Domain.Read.All, RoleManagement.Read.Directory, GroupMember.Read.All{exchange}]
    directoryRoles: [{role}]
users:
"
    );
    for number in 0..size {
        writeln!(yaml, "  - {{upn: {}@contoso.com{licence}}}", name(number)).unwrap();
    }
    yaml
}

/// The Secret and the Tenant. Mass changes are what this is about, so none waits for an approval.
pub(crate) fn tenant(size: usize) -> String {
    format!(
        "apiVersion: v1
kind: Secret
metadata: {{name: app, namespace: contoso, labels: {{tenantcontacts.dev/allow: contoso}}}}
stringData: {{secret: small-secret}}
---
apiVersion: tenantcontacts.dev/v1alpha1
kind: Tenant
metadata: {{name: contoso, namespace: contoso}}
spec:
  tenantId: {TENANT}
  credentials:
    - clientId: {CLIENT}
      clientSecret: {{secretKeyRef: {{name: app, key: secret}}}}
  enforce: [Organization, Users]
  interval: 10m
  guardRails: {{massChange: {{objects: {}, percent: 100}}}}
",
        size * 10
    )
}

/// The name of an account, and of the object that declares it.
pub(crate) fn name(number: usize) -> String {
    format!("person-{number:06}")
}

/// An object with a phone; `round` tells its values apart.
pub(crate) fn contact(namespace: &str, number: usize, round: usize) -> String {
    let name = name(number);
    format!(
        "apiVersion: tenantcontacts.dev/v1alpha1
kind: UserContact
metadata: {{name: {name}, namespace: {namespace}}}
spec:
  tenantRef: {{name: contoso}}
  accountRef: {{userPrincipalName: {name}@contoso.com}}
  mobilePhone: {{value: \"{}\"}}
---
",
        phone(number, round)
    )
}

/// A phone that no other account has, nor this one in another round.
pub(crate) fn phone(number: usize, round: usize) -> String {
    format!("+1 {}{:02} {:03} {:04}", 2 + round, number / 10_000_000, number / 10_000 % 1_000, number % 10_000)
}

/// What is declared of the organization.
pub(crate) fn organization(namespace: &str) -> String {
    format!(
        "apiVersion: tenantcontacts.dev/v1alpha1
kind: OrganizationContacts
metadata: {{name: contoso, namespace: {namespace}}}
spec:
  tenantRef: {{name: contoso}}
  technical: {{values: [{{address: noc@contoso.com}}, {{address: oncall@contoso.com}}]}}
"
    )
}

/// Writes all objects into so many files of equal size.
pub(crate) fn files(namespace: &str, size: usize, files: usize) -> Vec<PathBuf> {
    let folder = std::env::temp_dir().join(format!("cluster-bench-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let part = |part: usize| {
        let path = folder.join(format!("{part}.yaml"));
        let text: String = (part..size).step_by(files).map(|number| contact(namespace, number, 0)).collect();
        fs::write(&path, text).unwrap();
        path
    };
    (0..files).map(part).collect()
}
