//! An embedded tenant that nothing is declared of: it gets an application that may read everything.

use serde_json::json;
use tenant_contacts_simulator::{ApplicationSeed, BillingRoleSeed, SecretSeed, Seed};

use crate::cli::subject::documents;

/// The application. Its id and secret open nothing but the tenant of this process.
const NAME: &str = "reader-of-this-process";
const CLIENT_ID: &str = "6f1d6f5e-3c7a-4b35-9a55-0d6a3f0c9e21";
const SECRET: &str = "simulated-reader";

/// What reading everything takes (docs/guides/read-any-tenant.md): application permissions, and a role that lets Exchange's
/// administration interface answer.
const PERMISSIONS: &[&str] = &[
    "User.Read.All",
    "Organization.Read.All",
    "Domain.Read.All",
    "GroupMember.Read.All",
    "Member.Read.Hidden",
    "RoleManagement.Read.Directory",
    "RoleEligibilitySchedule.Read.Directory",
    "Mail.ReadBasic.All",
    "MailboxSettings.Read",
    "Exchange.ManageAsApp",
];
const ROLE: &str = "Global Reader";
/// Who may see a billing account is said in the account itself.
const BILLING_ROLE: &str = "Billing account reader";

/// The seed with the application, and the manifests of a Tenant that signs in as it.
pub(super) fn with_reader(mut seed: Seed) -> (Seed, String) {
    seed.applications.push(ApplicationSeed {
        name: NAME.into(),
        client_id: CLIENT_ID.into(),
        secrets: vec![SecretSeed { value: SECRET.into(), expires: None }],
        permissions: PERMISSIONS.iter().map(|one| (*one).to_owned()).collect(),
        directory_roles: vec![ROLE.into()],
        ..ApplicationSeed::default()
    });
    let accounts = seed.billing.iter_mut().flat_map(|billing| &mut billing.accounts);
    for account in accounts {
        account.roles.push(BillingRoleSeed { role: BILLING_ROLE.into(), principal: NAME.into() });
    }
    if let Some(allowed) = seed.partner.as_mut().and_then(|partner| partner.applications.as_mut()) {
        allowed.push(NAME.into());
    }
    let manifests = documents(
        &seed.tenant.id,
        "Global",
        CLIENT_ID,
        &json!({"clientSecret": {"secretKeyRef": {"name": "tenant-credentials", "key": "client-secret"}}}),
        &[("client-secret", SECRET)],
    );
    (seed, manifests)
}
