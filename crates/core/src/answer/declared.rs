//! What is declared of a tenant, as far as it bears on the answer. Everything may be empty: the answer needs no manifest
//! beside the Tenant.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use tenant_contacts_api::{
    notice::Severity,
    rule::Rule,
    v1alpha1::{AccountRef, MailUse},
};

use crate::desired::GatewayClaim;

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// Break-glass accounts.
    pub protected: Vec<AccountRef>,
    /// Domains the company controls beside the verified ones, lower case.
    pub own_domains: BTreeSet<Box<str>>,
    /// What is declared of accounts, by sign-in name in lower case.
    pub contacts: BTreeMap<Box<str>, DeclaredContact>,
    /// Systems before the mailboxes.
    pub gateways: Vec<GatewayClaim>,
    /// What policies say of rules; a rule that is missing is on, with its own severity.
    pub rules: BTreeMap<Rule, RuleSetting>,
    /// The fewest people behind a category of notices (`guardRails.minimumRecipients`).
    pub minimum_recipients: u32,
}

/// What a UserContact says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeclaredContact {
    /// Whether the account is meant to receive mail.
    pub mail: Option<MailUse>,
    /// The declared business email.
    pub business_email: Option<Box<str>>,
    /// The day on which somebody attested it.
    pub business_email_attested: Option<Date>,
    /// Whether a reason is given for alternate emails inside the organization (DOMAIN A1).
    pub inside_allowed: bool,
}

/// What a policy says of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSetting {
    /// Whether it is on.
    pub enabled: bool,
    /// How much it matters; the rule's own where left out.
    pub severity: Option<Severity>,
    /// Days, for rules that count them: how long mail may stay unread, an attestation old.
    pub days: Option<u16>,
    /// What may be so.
    pub exceptions: Vec<Exception>,
}

impl Default for RuleSetting {
    fn default() -> Self {
        Self { enabled: true, severity: None, days: None, exceptions: Vec::new() }
    }
}

/// Somebody's word that a finding may be so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exception {
    /// The subject, by the name in [`Subject::name`](super::Subject::name), without regard to case.
    pub subject: Box<str>,
    /// Who answers for it.
    pub owner: Box<str>,
    /// Why.
    pub reason: Box<str>,
    /// The last day on which it holds. An exception that has ended is watched: the finding counts again and says so.
    pub until: Date,
}
