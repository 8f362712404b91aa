//! What could not be read, and what each of it would tell (DOMAIN G1).

use std::collections::BTreeMap;

use crate::{answer::Gap, model::Unknown};

macro_rules! readings {
    ($($name:ident => $what:literal, $tells:literal;)+) => {
        /// A kind of facts that the answer rests on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Reading { $($name,)+ }

        impl Reading {
            /// What is read, in the plural.
            pub(super) fn what(self) -> &'static str {
                match self { $(Self::$name => $what,)+ }
            }

            /// What knowing it would tell.
            fn tells(self) -> &'static str {
                match self { $(Self::$name => $tells,)+ }
            }
        }
    };
}

readings! {
    Accounts => "accounts", "It would tell which addresses notices are sent to, and whose they are.";
    DeletedAccounts => "deleted accounts", "It would tell whether an address belongs to a deleted account.";
    Roles => "role assignments", "It would tell which administrators receive notices.";
    EligibleRoles => "eligible role assignments", "It would tell which administrators are not notified until they activate a role.";
    GroupMembers => "members of role-assignable groups", "It would tell who holds a role through a group.";
    Domains => "domains", "It would tell whether an address lies inside the organization, and which cloud the tenant is in.";
    TechnicalContacts => "technical contacts", "It would tell who receives service and technical notices.";
    SecurityContacts => "security and compliance contacts", "It would tell who receives security and compliance notices.";
    MarketingContacts => "marketing contacts", "It would tell who receives marketing mail.";
    PrivacyContact => "privacy contact", "It would tell who receives privacy notices.";
    PartnerProfile => "partner profile", "It would tell whether the tenant is a partner, and who receives the verification mail.";
    BillingAccounts => "billing accounts", "It would tell whether invoices follow a Customer Agreement or an older subscription.";
    BillingRoles => "billing roles", "It would tell who receives invoices and billing notices.";
    BillingProfiles => "billing profiles", "It would tell which addresses invoices are mailed to.";
    Recipients => "mailboxes and lists", "It would tell where mail to the organization's addresses goes.";
    AcceptedDomains => "accepted domains", "It would tell which domains Exchange Online accepts mail for.";
    Members => "members of lists", "It would tell who receives messages to a list.";
    Subscribers => "subscribers of groups", "It would tell which members are subscribed to a Microsoft 365 group (Follow in inbox).";
    FullAccess => "mailbox permissions", "It would tell who reads shared mailboxes.";
    InboxRules => "inbox rules", "It would tell whether a rule, hidden ones included, removes notices from an inbox.";
    Sizes => "mailbox sizes", "It would tell whether a mailbox is full, so that mail bounces.";
    Quotas => "mailbox quotas", "It would tell whether a mailbox is full, so that mail bounces.";
    Licences => "licences of mailboxes", "It would tell whether a mailbox will be deleted because its licence was removed.";
    TransportRules => "transport rules", "It would tell whether transport rules redirect or delete notices.";
    ContentFilters => "anti-spam policies", "It would tell whether notices end in quarantine.";
    AllowEntries => "tenant allow/block list", "It would tell whether Microsoft's senders are blocked.";
    MessageTrace => "message trace", "It would tell what became of the latest mail of Microsoft's senders.";
    OutboundPolicies => "outbound spam policies", "It would tell whether mail that is forwarded outside bounces.";
    RemoteDomains => "remote domains", "It would tell whether mail that is forwarded outside bounces.";
    OutboundConnectors => "outbound connectors", "It would tell whether mail for synchronised recipients is sent on-premises.";
    TenantAge => "date of the tenant's creation", "It would tell whether automatic forwarding to the outside is off.";
}

/// The gaps met so far, each kind and reason once.
#[derive(Default)]
pub(super) struct Gaps {
    found: BTreeMap<(Reading, String), Unknown>,
}

impl Gaps {
    /// A fact of this kind was needed and is unknown.
    pub(super) fn add(&mut self, reading: Reading, why: &Unknown) {
        self.found.entry((reading, why.to_string())).or_insert_with(|| why.clone());
    }

    /// In a stable order.
    pub(super) fn into_list(self) -> Vec<Gap> {
        let gap = |((reading, _), why): ((Reading, String), Unknown)| Gap {
            what: reading.what().into(),
            why,
            tells: reading.tells(),
        };
        self.found.into_iter().map(gap).collect()
    }
}
