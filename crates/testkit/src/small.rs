//! A small tenant and what is declared of it: enough for every kind of step, small enough to be played hundreds of times.

use tenant_contacts_simulator::Seed;

/// Four people, one with a role, and an organization.
pub fn seed() -> Seed {
    Seed::from_yaml(
        r#"
tenant:
  id: 4b8e2c17-93d5-4f6a-8a21-5d0c7e9f3b64
  displayName: Contoso
  domains:
    - {name: contoso.onmicrosoft.com, initial: true}
    - {name: contoso.com, default: true}
organization:
  technicalNotificationMails: [old@contoso.com]
  marketingNotificationEmails: [news@contoso.com, press@contoso.com]
  privacyProfile: {contactEmail: old@contoso.com, statementUrl: "https://contoso.com/privacy"}
skus: [{skuPartNumber: AAD_PREMIUM_P2, enabled: 5}]
applications:
  - name: tenant-contacts
    clientId: 2d6c9f80-41b7-4c35-9e58-a7d3f1b20c46
    secrets: [{value: simulated}]
    permissions:
      - User.Read.All
      - User-Mail.ReadWrite.All
      - User-Phone.ReadWrite.All
      - Organization.ReadWrite.All
      - Domain.Read.All
      - RoleManagement.Read.Directory
      - GroupMember.Read.All
    directoryRoles: [Privileged Authentication Administrator]
users:
  - {upn: ada@contoso.com, otherMails: [ada@example.org], mobilePhone: "+1 206 555 0101"}
  - {upn: ben@contoso.com, businessPhones: ["+1 206 555 0102"]}
  - {upn: cleo@contoso.com, otherMails: [cleo@example.org]}
  - {upn: root@contoso.com, roles: [User Administrator], licences: [AAD_PREMIUM_P2]}
"#,
    )
    .unwrap()
}

const TENANT: &str = r"
apiVersion: tenantcontacts.dev/v1alpha1
kind: Tenant
metadata: {name: contoso, namespace: contoso}
spec:
  tenantId: 4b8e2c17-93d5-4f6a-8a21-5d0c7e9f3b64
  credentials:
    - clientId: 2d6c9f80-41b7-4c35-9e58-a7d3f1b20c46
      clientSecret: {secretKeyRef: {name: graph, key: client-secret}}
  enforce: [Organization, Users]
  guardRails: {minimumRecipients: 1}
---
apiVersion: v1
kind: Secret
metadata: {name: graph, namespace: contoso, labels: {tenantcontacts.dev/allow: contoso}}
stringData: {client-secret: simulated}
";

/// The Tenant, its Secret and these objects as manifests.
pub fn manifests(objects: &[String]) -> String {
    std::iter::once(TENANT).chain(objects.iter().map(String::as_str)).collect::<Vec<_>>().join("\n---\n")
}

/// A UserContact of `name`@contoso.com with these further lines of its spec.
pub fn user(name: &str, spec: &str) -> String {
    format!(
        "apiVersion: tenantcontacts.dev/v1alpha1\nkind: UserContact\nmetadata: {{name: {name}, namespace: contoso}}\nspec:\n  \
         tenantRef: {{name: contoso}}\n  accountRef: {{userPrincipalName: {name}@contoso.com}}\n{}",
        indented(spec)
    )
}

/// The OrganizationContacts with these further lines of its spec.
pub fn organization(spec: &str) -> String {
    format!(
        "apiVersion: tenantcontacts.dev/v1alpha1\nkind: OrganizationContacts\nmetadata: {{name: contoso, namespace: \
         contoso}}\nspec:\n  tenantRef: {{name: contoso}}\n{}",
        indented(spec)
    )
}

fn indented(spec: &str) -> String {
    let lines: Vec<&str> = spec.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    format!("  {}\n", lines.join("\n  "))
}

/// Everything that can be declared, under Restore, one of it waiting for an approval.
pub fn everything() -> String {
    manifests(&[
        organization(
            "deletionPolicy: Restore
            technical: {values: [{address: noc@contoso.com}, {address: oncall@contoso.com}]}
            marketing: {mode: Contains, values: [{address: fairs@contoso.com}]}
            privacy: {contactEmail: {address: privacy@contoso.com}}",
        ),
        user(
            "ada",
            "deletionPolicy: Restore
            alternateEmails: {mode: Exact, values: [{value: ada.lovelace@example.net}]}
            mobilePhone: {value: \"+1 206 555 0111\"}",
        ),
        user("ben", "deletionPolicy: Restore\nbusinessPhone: {value: \"+1 206 555 0112\"}"),
        user("cleo", "alternateEmails: {values: [{value: cleo@example.net}]}"),
        user("root", "deletionPolicy: Restore\nalternateEmails: {values: [{value: root@example.org}]}"),
    ])
}

/// The same later: fields are withdrawn, and Ben's and Root's objects are gone.
pub fn withdrawn() -> String {
    manifests(&[
        organization(
            "deletionPolicy: Restore
            marketing: {mode: Contains, values: [{address: fairs@contoso.com}]}",
        ),
        user("ada", "deletionPolicy: Restore\nmobilePhone: {value: \"+1 206 555 0111\"}"),
        user("cleo", "mobilePhone: {value: \"+1 206 555 0113\"}"),
    ])
}
