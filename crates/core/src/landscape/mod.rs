//! What was read of a tenant to say who receives its notices: everything that bears on where mail goes, as plain data.
//!
//! The pass's [`Observation`](crate::model::Observation) holds the accounts that are declared; the landscape holds the whole
//! tenant, whether or not anything is declared. It is filled in two steps: everything that one listing gives, then, for the
//! few mailboxes, lists and groups that notices lead to, what has to be asked one by one ([`Wanted`]).
//!
//! Invariant: every fact is present, absent or unknown with its reason; a key that is missing from a map of details was not
//! read. Addresses are kept as the service wrote them and compared in lower case ([`fold`]).

mod billing;
mod connectors;
mod directory;
mod exchange;
mod filter;
mod lookup;
mod mail_exchangers;
mod partner;
mod reference;
mod rules;
#[cfg(test)]
pub(crate) mod testing;
mod traces;
mod wanted;
pub mod written;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use uuid::Uuid;

pub use billing::{Agreement, BillingAccount, BillingFacts, BillingHolder, BillingProfile, BillingRole};
pub use connectors::OutboundConnector;
pub use directory::{ActiveRoles, Assignment, Behind, Directory, Orphan, Person, Principal};
pub use exchange::{
    DomainType, Exchange, Forwarding, InboxCounts, Mailbox, MailboxKind, Recipient, RecipientKind, Restrictions,
};
pub use filter::{
    AllowEntry, AutoForwarding, ContentFilter, OutboundPolicy, PolicyScope, Quarantined, RemoteDomain, RetentionTag,
    SafeLinks, SpamAction,
};
pub(crate) use lookup::{At, Lookup};
pub use mail_exchangers::MailExchangers;
pub(crate) use mail_exchangers::stands_before;
pub use partner::{LegalProfile, PartnerFacts};
pub use reference::{RecipientKey, Reference, Trustee};
pub use rules::{InboxRule, InboxRules, TransportRule, TransportVerdict};
pub use traces::{TraceStatus, Traced, Traces};
pub use wanted::Wanted;

use crate::model::{Domain, Fact, OrganizationFacts};

/// Everything that was read of one tenant.
#[derive(Clone, Debug, Default)]
pub struct Landscape {
    /// The tenant's id.
    pub tenant: Uuid,
    /// The organization's name, as it shows in portals.
    pub display_name: Fact<Box<str>>,
    /// When the tenant was created: automatic external forwarding is off for tenants since 2021 (DOMAIN F6).
    pub created: Fact<Timestamp>,
    /// The organization's contact properties.
    pub organization: OrganizationFacts,
    /// Domains of the directory, lower case.
    pub domains: Fact<BTreeMap<Box<str>, Domain>>,
    /// Accounts, groups and roles.
    pub directory: Directory,
    /// Mailboxes, lists and everything that moves mail.
    pub exchange: Exchange,
    /// Partner Center.
    pub partner: PartnerFacts,
    /// Billing accounts and profiles.
    pub billing: BillingFacts,
    /// Who takes a domain's mail, by the domain in lower case: one outside, or one of the organization's own. Absent: it takes no
    /// mail.
    pub mail_exchangers: BTreeMap<Box<str>, Fact<MailExchangers>>,
    /// Directory roles of the application that writes accounts, by template id (DOMAIN C3).
    pub writer_roles: Fact<BTreeSet<Uuid>>,
    /// When reading began.
    pub read_at: Option<Timestamp>,
    /// When the details were read that come from an earlier reading: all others are as old as [`Self::read_at`].
    pub details_read_at: BTreeMap<Wanted, Timestamp>,
    /// A service failed meanwhile in a way that passes by itself: what is unknown may be known soon.
    pub interrupted: bool,
}

impl Landscape {
    /// The day on which reading began (UTC): what people attest holds for days.
    pub fn read_on(&self) -> Option<Date> {
        self.read_at.map(|at| at.to_zoned(TimeZone::UTC).date())
    }
}

/// An address, or a name that Exchange refers to a recipient by, as it is compared.
pub fn fold(text: &str) -> Box<str> {
    text.trim().to_lowercase().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Account;

    /// A fleet has a hundred thousand of each: a fact that grows by a word costs megabytes. (Addresses and names come on top.)
    #[test]
    fn what_is_kept_of_an_account_and_a_mailbox_is_small() {
        let sizes = [size_of::<Fact<bool>>(), size_of::<Fact<Box<str>>>(), size_of::<Fact<Box<[Box<str>]>>>()];
        assert_eq!(sizes, [24; 3]);
        for (what, size, most) in [
            ("Account", size_of::<Account>(), 192),
            ("Person", size_of::<Person>(), 264),
            ("Recipient", size_of::<Recipient>(), 288),
        ] {
            assert!(size <= most, "{what}: {size} bytes");
        }
    }
}
