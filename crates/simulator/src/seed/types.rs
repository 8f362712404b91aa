//! The seed document, key by key.
//!
//! Invariant: what is optional has a believable default; ids left out derive from names, so they never move.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{billing::BillingSeed, exchange::ExchangeSeed, notices::NoticesSeed, partner::PartnerSeed};

/// A whole simulated tenant. All keys are camelCase; unknown ones are refused.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Seed {
    /// The tenant and its domains.
    pub tenant: TenantSeed,
    /// The organization's contact fields.
    #[serde(default)]
    pub organization: OrganizationSeed,
    /// Subscriptions. A SKU with the service plan `AAD_PREMIUM_P2` makes PIM available.
    #[serde(default)]
    pub skus: Vec<SkuSeed>,
    /// Applications that can sign in.
    #[serde(default)]
    pub applications: Vec<ApplicationSeed>,
    /// Accounts.
    #[serde(default)]
    pub users: Vec<UserSeed>,
    /// Groups.
    #[serde(default)]
    pub groups: Vec<GroupSeed>,
    /// Administrative units. One that only a scope names is made of its id.
    #[serde(default)]
    pub administrative_units: Vec<UnitSeed>,
    /// Roles beyond the built-in ones.
    #[serde(default)]
    pub custom_roles: Vec<CustomRoleSeed>,
    /// Active role assignments, beside those named at users, groups and applications.
    #[serde(default)]
    pub role_assignments: Vec<RoleAssignmentSeed>,
    /// Eligible role assignments (PIM).
    #[serde(default)]
    pub eligible_roles: Vec<EligibilitySeed>,
    /// What Microsoft chooses recipients of notices by and no API shows.
    #[serde(default)]
    pub notices: NoticesSeed,
    /// The organization as a partner of Microsoft; absent: it is none.
    #[serde(default)]
    pub partner: Option<PartnerSeed>,
    /// Billing accounts.
    #[serde(default)]
    pub billing: Option<BillingSeed>,
    /// What Exchange knows beyond the directory.
    #[serde(default)]
    pub exchange: ExchangeSeed,
    /// How many accounts to generate beside the written ones; see [`Seed::generate`].
    #[serde(default)]
    pub generate_users: usize,
}

/// The tenant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TenantSeed {
    /// Tenant id, a GUID.
    pub id: String,
    /// Name of the organization.
    pub display_name: String,
    /// RFC 3339; decides defaults such as automatic external forwarding. Default 2022-01-01.
    #[serde(default)]
    pub created_date_time: Option<String>,
    /// A customised help-desk link, which replaces the mail for password-reset requests (contract §4; no API shows it).
    #[serde(default)]
    pub help_desk_link: Option<String>,
    /// Domains; at least one. Without `initial` or `default` the first one is it.
    pub domains: Vec<DomainSeed>,
}

/// A domain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DomainSeed {
    /// As `contoso.com`.
    pub name: String,
    /// Ownership is proved (default).
    #[serde(default = "yes")]
    pub verified: bool,
    /// New accounts get it.
    #[serde(default)]
    pub default: bool,
    /// The `onmicrosoft.com` domain of the tenant.
    #[serde(default)]
    pub initial: bool,
}

/// The organization's contact fields, named as in Graph.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrganizationSeed {
    /// Technical contact.
    #[serde(default)]
    pub technical_notification_mails: Vec<String>,
    /// Marketing.
    #[serde(default)]
    pub marketing_notification_emails: Vec<String>,
    /// Security and compliance.
    #[serde(default)]
    pub security_compliance_notification_mails: Vec<String>,
    /// Security and compliance, phones; not checked for a format (contract §5).
    #[serde(default)]
    pub security_compliance_notification_phones: Vec<String>,
    /// Privacy contact and statement.
    #[serde(default)]
    pub privacy_profile: Option<PrivacySeed>,
    /// Business phones.
    #[serde(default)]
    pub business_phones: Vec<String>,
    /// Any other property of the organization by its Graph name, as `city`.
    #[serde(default)]
    pub properties: BTreeMap<String, Value>,
}

/// The privacy profile.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PrivacySeed {
    /// Mail address.
    #[serde(default)]
    pub contact_email: Option<String>,
    /// URL.
    #[serde(default)]
    pub statement_url: Option<String>,
}

/// A subscription.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SkuSeed {
    /// As `SPE_E5`; the usual ones have their ids and service plans built in.
    pub sku_part_number: String,
    /// GUID; default built in, else derived from the name.
    #[serde(default)]
    pub sku_id: Option<String>,
    /// Units bought.
    #[serde(default)]
    pub enabled: u64,
    /// Names of the service plans, as `EXCHANGE_S_ENTERPRISE`; default built in.
    #[serde(default)]
    pub service_plans: Vec<String>,
}

/// An application registration with its service principal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApplicationSeed {
    /// Display name.
    pub name: String,
    /// Client id, a GUID.
    pub client_id: String,
    /// Object id of the service principal; default derived.
    #[serde(default)]
    pub object_id: Option<String>,
    /// Client secrets.
    #[serde(default)]
    pub secrets: Vec<SecretSeed>,
    /// PEM certificates (RSA) whose keys may sign assertions.
    #[serde(default)]
    pub certificates: Vec<String>,
    /// Federated credentials.
    #[serde(default)]
    pub federated_credentials: Vec<FederatedSeed>,
    /// Application permissions, as `User.Read.All` or `Exchange.ManageAsApp`.
    #[serde(default)]
    pub permissions: Vec<String>,
    /// Directory roles of the service principal, by name or template id.
    #[serde(default)]
    pub directory_roles: Vec<String>,
    /// Exchange's own role groups of the service principal, as `View-Only Organization Management`.
    #[serde(default)]
    pub exchange_role_groups: Vec<String>,
}

/// A client secret. Its Debug form hides the value.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretSeed {
    /// The secret.
    pub value: String,
    /// RFC 3339; none = never.
    #[serde(default)]
    pub expires: Option<String>,
}

impl std::fmt::Debug for SecretSeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecretSeed").field("value", &"***").field("expires", &self.expires).finish()
    }
}

/// A federated credential: a token of another issuer that stands for the application.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FederatedSeed {
    /// Issuer, as the cluster's URL.
    pub issuer: String,
    /// Subject, as `system:serviceaccount:ns:name`.
    pub subject: String,
    /// Audience; default `api://AzureADTokenExchange`.
    #[serde(default)]
    pub audience: Option<String>,
    /// The issuer's keys (a JWK set). Without, signatures are not checked.
    #[serde(default)]
    pub jwks: Option<Value>,
    /// Seconds after start during which the credential is not known yet (70025, contract §1).
    #[serde(default)]
    pub effective_after_seconds: u64,
}

/// An account.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserSeed {
    /// Sign-in name.
    pub upn: String,
    /// Object id; default derived from the name.
    #[serde(default)]
    pub id: Option<String>,
    /// Default: the part of the name before the `@`.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Primary address. Default: the `SMTP:` entry of `proxyAddresses`, else the sign-in name if a licence carries
    /// Exchange, else none.
    #[serde(default)]
    pub mail: Option<String>,
    /// All addresses with prefix. Default: `SMTP:` + mail, where there is one.
    #[serde(default)]
    pub proxy_addresses: Option<Vec<String>>,
    /// Alternate emails.
    #[serde(default)]
    pub other_mails: Vec<String>,
    /// At most one.
    #[serde(default)]
    pub business_phones: Vec<String>,
    /// Mobile phone.
    #[serde(default)]
    pub mobile_phone: Option<String>,
    /// Fax.
    #[serde(default)]
    pub fax_number: Option<String>,
    /// Default true.
    #[serde(default = "yes")]
    pub account_enabled: bool,
    /// true synchronised, false was once, absent never.
    #[serde(default)]
    pub on_premises_sync_enabled: Option<bool>,
    /// SKU part numbers.
    #[serde(default)]
    pub licences: Vec<String>,
    /// Directory roles, tenant-wide, by name or template id.
    #[serde(default)]
    pub roles: Vec<String>,
    /// `Member` (default) or `Guest`.
    #[serde(default)]
    pub user_type: Option<String>,
    /// Sign-in name of the manager.
    #[serde(default)]
    pub manager: Option<String>,
    /// Soft-deleted before the simulation began.
    #[serde(default)]
    pub deleted: bool,
    /// The mail attributes are mastered by Exchange ("external service" refusals, contract §2).
    #[serde(default)]
    pub exchange_mastered: bool,
    /// Registered recovery methods.
    #[serde(default)]
    pub methods: MethodsSeed,
    /// Any other property of a user by its Graph name, as `department`.
    #[serde(default)]
    pub properties: BTreeMap<String, Value>,
}

/// Registered recovery methods.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MethodsSeed {
    /// Recovery email.
    #[serde(default)]
    pub email: Option<String>,
    /// Recovery phones.
    #[serde(default)]
    pub phones: PhonesSeed,
}

/// Registered phones, `+1 5555551234`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PhonesSeed {
    /// Mobile.
    #[serde(default)]
    pub mobile: Option<String>,
    /// Alternate mobile.
    #[serde(default)]
    pub alternate_mobile: Option<String>,
    /// Office.
    #[serde(default)]
    pub office: Option<String>,
}

/// A group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GroupSeed {
    /// Display name; unique within the seed.
    pub name: String,
    /// Object id; default derived from the name.
    #[serde(default)]
    pub id: Option<String>,
    /// Mail address; makes it mail-enabled.
    #[serde(default)]
    pub mail: Option<String>,
    /// A Microsoft 365 group; else a security group or, with mail and without `security`, a distribution list.
    #[serde(default)]
    pub unified: bool,
    /// Security-enabled; default: true without mail.
    #[serde(default)]
    pub security: Option<bool>,
    /// Can hold directory roles.
    #[serde(default)]
    pub is_assignable_to_role: bool,
    /// `Public`, `Private` or `HiddenMembership`; who is in the latter shows only with `Member.Read.Hidden`.
    #[serde(default)]
    pub visibility: Option<String>,
    /// Members: sign-in names, group names, application names or object ids.
    #[serde(default)]
    pub members: Vec<String>,
    /// Owners, named like members.
    #[serde(default)]
    pub owners: Vec<String>,
    /// Directory roles, tenant-wide.
    #[serde(default)]
    pub roles: Vec<String>,
}

/// An administrative unit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UnitSeed {
    /// Display name.
    pub name: String,
    /// Object id; default derived from the name.
    #[serde(default)]
    pub id: Option<String>,
    /// Members: sign-in names, group names or object ids.
    #[serde(default)]
    pub members: Vec<String>,
}

/// A role of the tenant's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CustomRoleSeed {
    /// Display name.
    pub name: String,
    /// Id; default derived.
    #[serde(default)]
    pub id: Option<String>,
}

/// An active assignment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoleAssignmentSeed {
    /// Role name or id.
    pub role: String,
    /// Sign-in name, group name, application name or object id. The object id of nothing that is there: the assignment has
    /// outlived its principal.
    pub principal: String,
    /// `/` (default), `/administrativeUnits/{id}` or `/{app object id}`.
    #[serde(default)]
    pub scope: Option<String>,
}

/// An eligible assignment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EligibilitySeed {
    /// Role name or id.
    pub role: String,
    /// As in [`RoleAssignmentSeed`].
    pub principal: String,
    /// As in [`RoleAssignmentSeed`].
    #[serde(default)]
    pub scope: Option<String>,
}

fn yes() -> bool {
    true
}
