//! Where in a repository what a finding is about is declared, or would be.

use std::collections::BTreeMap;

/// Fields of the organization's contacts: as findings name them, and where a manifest of OrganizationContacts has them.
pub const ORGANIZATION_FIELDS: [(&str, &str); 4] = [
    ("technicalNotificationMails", "spec.technical"),
    ("securityComplianceNotificationMails", "spec.securityAndCompliance.mails"),
    ("marketingNotificationEmails", "spec.marketing"),
    ("privacyProfile.contactEmail", "spec.privacy.contactEmail"),
];

/// A line of a manifest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The file, as it was named to the program.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

/// The lines of one tenant's manifests. Nothing where it was read without any.
#[derive(Clone, Debug, Default)]
pub struct Positions {
    /// The Tenant.
    pub tenant: Option<Position>,
    /// The organization's contacts.
    pub organization: Option<Position>,
    /// Their fields, by the names that findings give them (Graph's: `technicalNotificationMails`).
    pub fields: BTreeMap<String, Position>,
    /// Accounts, by sign-in name in lower case.
    pub accounts: BTreeMap<String, Position>,
    /// Gateways before the mailboxes, by their declared names.
    pub gateways: BTreeMap<String, Position>,
}

impl Positions {
    /// The line that a subject's finding is to be shown at: the nearest declaration of it. `None`: nothing is declared.
    pub(super) fn of(&self, kind: &str, name: &str, field: Option<&str>) -> Option<&Position> {
        let near = match kind {
            "Account" => self.accounts.get(&name.to_lowercase()),
            "Address" => field.and_then(|field| self.fields.get(field)).or(self.organization.as_ref()),
            "Gateway" => self.gateways.get(name),
            // A recipient for it would be declared there.
            "Category" => self.organization.as_ref(),
            _ => None,
        };
        near.or(self.tenant.as_ref())
    }
}
