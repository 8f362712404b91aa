//! What a rule found.

use tenant_contacts_api::{
    notice::{Category, Severity},
    rule::Rule,
};
use uuid::Uuid;

use super::declared::Exception;

/// What a rule found. Equal facts give equal findings, so that one can be followed from report to report.
#[derive(Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// How much it matters: the policy's word, or the rule's own.
    pub severity: Severity,
    /// Whom or what it is about.
    pub subject: Subject,
    /// What is wrong, in one sentence with names.
    pub message: String,
    /// The category of notices it concerns, where there is one.
    pub category: Option<Category>,
    /// Somebody has said that it may be so, and until when. The finding stays, and does not count.
    pub excepted: Option<Exception>,
}

/// The rule only: the message has names.
impl std::fmt::Debug for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Finding").field("rule", &self.rule).field("severity", &self.severity).finish_non_exhaustive()
    }
}

/// What a finding is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// An account.
    Account {
        /// Object id.
        id: Uuid,
        /// Sign-in name.
        name: Box<str>,
    },
    /// An address in a field of contact state.
    Address {
        /// The field, as `technicalNotificationMails`.
        field: Box<str>,
        /// The address.
        address: Box<str>,
    },
    /// A recipient of Exchange.
    Recipient {
        /// Its primary address, or its name without one.
        name: Box<str>,
    },
    /// A category of notices.
    Category(Category),
    /// A group or application of the directory.
    Principal {
        /// Object id.
        id: Uuid,
        /// Name for people.
        name: Box<str>,
    },
    /// A rule or policy of the tenant's, by name.
    Policy {
        /// Its name.
        name: Box<str>,
    },
    /// A system before the mailboxes.
    Gateway {
        /// Its declared name, or the domain where nobody declared it.
        name: Box<str>,
    },
    /// The tenant as a whole.
    Tenant,
}

impl Subject {
    /// The name that an exception in a policy refers to it by.
    pub fn name(&self) -> &str {
        match self {
            Self::Account { name, .. }
            | Self::Recipient { name }
            | Self::Principal { name, .. }
            | Self::Policy { name }
            | Self::Gateway { name } => name,
            Self::Address { address, .. } => address,
            Self::Category(category) => category.as_str(),
            Self::Tenant => "tenant",
        }
    }

    /// The kind's name, as reports write it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Account { .. } => "Account",
            Self::Address { .. } => "Address",
            Self::Recipient { .. } => "Recipient",
            Self::Category(_) => "Category",
            Self::Principal { .. } => "Principal",
            Self::Policy { .. } => "Policy",
            Self::Gateway { .. } => "Gateway",
            Self::Tenant => "Tenant",
        }
    }
}

/// The kind only.
impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind())
    }
}
