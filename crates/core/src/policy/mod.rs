//! What the built-in rules find in a tenant: each rule a small pure function, in the file of its family.
//!
//! Precedence, so that one defect has one finding where a more specific rule exists:
//!
//! - `ContactUndeliverable` is silent where the cause has a rule of its own (`ListWithoutMembers`,
//!   `ListRefusesExternalSenders`, `MailTakenByRule`, `DepartedAddress`) and for the partner's primary contact
//!   (`PrimaryContactUndeliverable`).
//! - `PersonalAddress` gives way to `DepartedAddress`.
//! - `AddressWithoutMailbox` gives way to the rules about administrators (`AdministratorWithoutMailbox`,
//!   `AdministratorUndeliverable`); of these two, the one about a missing mailbox speaks where nothing is declared.
//! - A disabled holder of a role is `DisabledRoleHolder`, a guest `GuestRoleHolder`: the other rules about administrators
//!   speak of enabled members of the organization only.
//! - `NobodyAnswersResets` and `SoleResetTier` speak for `PasswordResetRequest`, and the rules about categories for the others.
//! - `PrimaryContactUndeliverable` and `AdministratorUndeliverable` say whom it hurts and stand beside the rule that says why:
//!   an exception for a list does not hide that the partner's verification is lost.
//!
//! Invariant: a fact that is not known makes no rule fire (DOMAIN G2). Equal arguments give equal findings in equal order.

mod administrators;
mod alternate_email;
mod business_email;
mod case;
mod category;
mod contacts;
mod declared;
mod departed;
mod directory;
mod exception;
mod filter;
mod found;
mod graph;
mod lists;
mod mailboxes;
mod ownership;
mod partner_contact;
mod personal;
mod primary_address;
mod privileged;
mod reset_tier;
mod role_holders;
mod senders;
mod table;
#[cfg(test)]
mod testing;
mod verification;

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};

use self::{case::Case, found::Found};
pub use self::{
    case::own_domains,
    declared::rules,
    senders::{Sender, VERIFICATION_SENDERS},
};
use crate::{
    answer::{Answer, Declared, Finding},
    landscape::{Landscape, Wanted},
};

/// What the rules found, and what they would have to know to find more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// The graver first, then in the order of [`tenant_contacts_api::rule::Rule::ALL`], then by subject.
    pub findings: Vec<Finding>,
    /// What has to be asked one by one.
    pub wanted: BTreeSet<Wanted>,
}

/// Judges a tenant. `answer` is what `routing` made of the same landscape; its findings are not looked at. `today` is the day
/// that attestations and exceptions are compared with, `now` the moment for entries that expire.
pub fn judge(landscape: &Landscape, declared: &Declared, answer: &Answer, today: Date, now: Timestamp) -> Judged {
    let case = Case::of(landscape, declared, answer, today, now);
    let mut findings = Vec::new();
    let mut wanted = BTreeSet::new();
    for (rule, check) in table::RULES {
        let setting = declared.rules.get(rule);
        if setting.is_some_and(|setting| !setting.enabled) {
            continue;
        }
        let mut found = Found::default();
        check(&case, &mut found);
        wanted.append(&mut found.wanted);
        findings.append(&mut exception::apply(*rule, setting, found, today));
    }
    let place = |finding: &Finding| table::RULES.iter().position(|(rule, _)| *rule == finding.rule);
    findings.sort_by(|a, b| {
        (b.severity.cmp(&a.severity))
            .then_with(|| place(a).cmp(&place(b)))
            .then_with(|| a.subject.cmp(&b.subject))
            .then_with(|| a.message.cmp(&b.message))
    });
    findings.dedup();
    Judged { findings, wanted }
}
