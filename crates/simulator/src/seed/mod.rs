//! What a simulated tenant starts with: a YAML document written by people.
//!
//! Invariant: an unknown key, an unknown name or a duplicate is an error that says where; nothing is ignored.

mod billing;
mod catalogue;
mod error;
mod exchange;
mod generate;
mod licences;
mod load;
mod loaded;
mod names;
mod notices;
mod partner;
mod relations;
mod tangle;
mod types;

pub use self::{
    billing::{BillingAccountSeed, BillingProfileSeed, BillingRoleSeed, BillingSeed},
    error::SeedError,
    exchange::{
        ContactSeed, ExchangeObject, ExchangeSeed, GroupMailboxSeed, ListKindSeed, ListSeed, MailUserSeed,
        MailboxKindSeed, MailboxSeed, PublicFolderSeed, SoftDeletedSeed,
    },
    notices::{BusinessEmailSeed, NoticesSeed, SentSeed},
    partner::{
        LegalBusinessSeed, PartnerAddressSeed, PartnerBillingSeed, PartnerContactSeed, PartnerOrganizationSeed,
        PartnerSeed, PartnerSupportSeed, SignInSeed,
    },
    types::{
        ApplicationSeed, CustomRoleSeed, DomainSeed, EligibilitySeed, FederatedSeed, GroupSeed, MethodsSeed,
        OrganizationSeed, PhonesSeed, PrivacySeed, RoleAssignmentSeed, SecretSeed, Seed, SkuSeed, TenantSeed, UnitSeed,
        UserSeed,
    },
};

pub(crate) use self::{
    catalogue::plan_service,
    load::load,
    loaded::Loaded,
    names::assignment_record,
    relations::{activated, plans_of},
};

/// A seed may be large (a generated fleet), but not without end: 64 MiB of YAML is beyond any written by hand.
const MAX_YAML: usize = 64 * 1024 * 1024;

impl Seed {
    /// Most accounts that a seed generates: ten times the largest fleet that anything is measured with. A number is quickly
    /// written, and so many accounts as fit into it no machine has room for.
    pub const MOST_GENERATED: usize = 1_000_000;

    /// Reads a seed from YAML.
    pub fn from_yaml(text: &str) -> Result<Self, SeedError> {
        if text.len() > MAX_YAML {
            return Err(SeedError::TooLarge { bytes: text.len() });
        }
        // `no_schema`: `+14255550100` unquoted would be a number for every other YAML reader.
        let options = serde_saphyr::options! { no_schema: true };
        let seed: Self =
            serde_saphyr::from_str_with_options(text, options).map_err(|error| SeedError::Yaml(Box::new(error)))?;
        if seed.generate_users > Self::MOST_GENERATED {
            let (place, value) = ("generateUsers".to_owned(), seed.generate_users.to_string());
            return Err(SeedError::Invalid { place, value, expected: "a number of accounts up to 1,000,000" });
        }
        Ok(seed)
    }

    /// The smallest tenant: `contoso.com`, one application `minimal_client()` with every permission, one administrator.
    pub fn minimal() -> Self {
        Self::from_yaml(include_str!("minimal.yaml")).unwrap_or_default()
    }
}
