//! A tenant of four people, and manifests that ask for one change of each sort.

use super::folder::Folder;

/// Two people without a role, a global administrator, and one who is synchronised from on-premises.
pub const SEED: &str = r#"
tenant:
  id: 9c2f6f2e-5a1c-4d55-8a36-0f6f2a7e1001
  displayName: Contoso
  domains:
    - {name: contoso.onmicrosoft.com, initial: true}
    - {name: contoso.com, default: true}
organization:
  technicalNotificationMails: [gone@contoso.com]
applications:
  - name: tenant-contacts
    clientId: 6f9f1c8e-2b7d-4a52-9a0e-1d3c5b7a2001
    secrets: [{value: small-secret}]
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
  - {upn: ann@contoso.com}
  - {upn: bob@contoso.com, mobilePhone: "+1 425 555 0102"}
  - {upn: ada@contoso.com, otherMails: [ada.old@example.org], roles: [Global Administrator]}
  - {upn: sam@contoso.com, onPremisesSyncEnabled: true, mobilePhone: "+1 425 555 0104"}
"#;

/// The application of [`SEED`].
pub const CLIENT: &str = "6f9f1c8e-2b7d-4a52-9a0e-1d3c5b7a2001";

/// The Secret of the application.
pub const SECRET: &str = "
apiVersion: v1
kind: Secret
metadata: {name: app, namespace: contoso, labels: {tenantcontacts.dev/allow: contoso}}
stringData: {secret: small-secret}
";

/// The Tenant; `more` are further lines of its spec, indented by two.
pub fn tenant(enforce: &str, more: &str) -> String {
    format!(
        "apiVersion: tenantcontacts.dev/v1alpha1
kind: Tenant
metadata: {{name: contoso, namespace: contoso}}
spec:
  tenantId: 9c2f6f2e-5a1c-4d55-8a36-0f6f2a7e1001
  credentials:
    - clientId: {CLIENT}
      clientSecret: {{secretKeyRef: {{name: app, key: secret}}}}
  enforce: {enforce}
{more}
"
    )
}

/// A UserContact; `fields` are further lines of its spec, indented by two.
pub fn contact(name: &str, fields: &str) -> String {
    format!(
        "apiVersion: tenantcontacts.dev/v1alpha1
kind: UserContact
metadata: {{name: {name}, namespace: contoso}}
spec:
  tenantRef: {{name: contoso}}
  accountRef: {{userPrincipalName: {name}@contoso.com}}
{fields}
"
    )
}

/// An address and a phone that are written without asking.
pub const ANN: &str =
    "  alternateEmails: {values: [{value: ann.home@example.org}]}\n  mobilePhone: {value: \"+1 425 555 0101\"}";
/// As it is in the seed.
pub const BOB: &str = "  mobilePhone: {value: \"+1 425 555 0102\"}";
/// Recovery data of an administrator: waits for an approval.
pub const ADA: &str = "  alternateEmails: {mode: Exact, values: [{value: ada.new@example.net}]}";
/// Mastered on-premises, and another number than there.
pub const SAM: &str = "  mobilePhone: {value: \"+1 425 555 0199\"}";

/// Recipients of the organization.
pub const ORGANIZATION: &str = "apiVersion: tenantcontacts.dev/v1alpha1
kind: OrganizationContacts
metadata: {name: contoso, namespace: contoso}
spec:
  tenantRef: {name: contoso}
  technical: {values: [{address: noc@contoso.com}, {address: oncall@contoso.com}]}
";

/// Everything, one file an object; both surfaces are enforced.
pub fn folder(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.write("tenant.yaml", tenant("[Organization, Users]", ""));
    folder.write("secret.yaml", SECRET);
    folder.write("organization.yaml", ORGANIZATION);
    for (name, fields) in [("ann", ANN), ("bob", BOB), ("ada", ADA), ("sam", SAM)] {
        folder.write(&format!("{name}.yaml"), contact(name, fields));
    }
    folder
}
