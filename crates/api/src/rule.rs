//! The built-in rules of a contact policy: the closed list. Each has a page under `docs/rules/`; a test compares them.
//!
//! Invariant: a rule names the ids of DOMAIN that it watches over, and unknown facts never make it fire (DOMAIN G2).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::notice::Severity;

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $name:ident => $id:literal, $severity:ident, $remedy:literal;)+) => {
        /// A built-in rule.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum Rule { $($(#[doc = $doc])+ $name,)+ }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The name as policies and reports write it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }

            /// What it finds, in one sentence: the words of its documentation.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+).trim_ascii(),)+ }
            }

            /// The id in DOMAIN.
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)+ }
            }

            /// How much it matters where a policy says nothing else.
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)+ }
            }

            /// Its page under `docs/rules`, in Markdown.
            pub fn page(self) -> &'static str {
                match self {
                    $(Self::$name => {
                        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/rules/", stringify!($name), ".md"))
                    })+
                }
            }

            /// What to do about it, in one sentence.
            pub fn remedy(self) -> &'static str {
                match self { $(Self::$name => $remedy,)+ }
            }
        }
    };
}

rules! {
    /// An administrator's alternate email lies inside the organization's own domains.
    AlternateEmailInside => "A1", Warning, "Use an address outside the organization, or give a reason in the UserContact.";
    /// The alternate email of somebody who gets billing notices is private.
    PrivateAlternateGetsInvoices => "A1", Warning, "Use a corporate alternate email for holders of billing roles.";
    /// A business email is not corporate, or was copied from a private alternate email.
    PrivateBusinessEmail => "A2", Warning, "Set a corporate business email in the portal, and attest it.";
    /// A contact entry is the address of a deleted or disabled account, or its mail is forwarded to one.
    DepartedAddress => "A3", Error, "Replace the address, or remove it from the list, forwarding, rule or permission that the message names.";
    /// A contact entry is a personal address, or its mail is forwarded to one.
    PersonalAddress => "A3", Warning, "Replace the address by a corporate one, or remove it from the list, forwarding or rule that the message names.";
    /// An administrator's business email has no valid attestation.
    BusinessEmailUnattested => "A4", Info, "Check the business email in the portal, and write the attestation; `worklist` lists them.";
    /// Nobody would receive requests to reset a password.
    NobodyAnswersResets => "B1", Error, "Assign Helpdesk Administrator to at least two people who can read mail.";
    /// A single role holder receives all password reset requests, and other administrators receive none.
    SoleResetTier => "B3", Warning, "Assign the role to a second person, or remove it from the first.";
    /// A disabled or deleted account holds a role.
    DisabledRoleHolder => "B4", Warning, "Remove the role.";
    /// A role assignment is only eligible, so its holder is not notified.
    EligibleOnlyHolder => "B4", Info, "Assign the role actively where the holder must be notified.";
    /// A guest holds a role, and its mailbox belongs to another organization.
    GuestRoleHolder => "B4", Warning, "Assign the role to a member of the organization.";
    /// A service principal holds a role whose notices are mail.
    ServicePrincipalHolder => "B4", Info, "Make sure people hold the role as well.";
    /// The application that writes contact details lacks the directory role for privileged accounts.
    PrivilegedContactsUnreachable => "C3", Info, "Assign the directory role that the message names to the application.";
    /// A primary address lies in an onmicrosoft.com domain.
    PrimaryOnInitialDomain => "D6", Warning, "Make an address in a domain of the organization's own the primary one: of a synchronised account on-premises.";
    /// A synchronised or licensed account has no mail address.
    EmptyMailAttribute => "D6", Warning, "Set `mail` and `proxyAddresses` on-premises, then synchronise.";
    /// A synchronised account has none or several primary addresses.
    SeveralPrimaryAddresses => "D6", Warning, "Leave exactly one `SMTP:` entry in `proxyAddresses` on-premises, then synchronise.";
    /// A partner has no primary contact, so nobody receives the verification mail.
    PrimaryContactMissing => "E1", Error, "Name a primary contact in Partner Center, best a role mailbox that somebody reads.";
    /// The partner's primary contact is one employee's address.
    PrimaryContactIsOnePerson => "E1", Warning, "Use a role mailbox or a list.";
    /// The partner's primary contact would not receive the verification mail.
    PrimaryContactUndeliverable => "E1", Error, "Correct the cause that the message names, before Microsoft verifies.";
    /// An administrator can receive no mail, and no alternate path is declared.
    AdministratorWithoutMailbox => "E2", Warning, "Declare `mail.alternatePath` in a UserContact, or give the account a mailbox.";
    /// An administrator is declared to receive mail, and mail to the account is not read.
    AdministratorUndeliverable => "E2", Error, "Correct the cause that the message names.";
    /// A contact entry is not a mail address: it is empty, holds several addresses, or has other characters around the address.
    EntryIsNoAddress => "F9", Warning, "Write the list again, with one plain address to an entry.";
    /// Mail to a contact address is not read.
    ContactUndeliverable => "E3", Error, "Correct the cause that the message names.";
    /// A list that a notice goes to has no members.
    ListWithoutMembers => "E3", Error, "Add members.";
    /// A list that a notice goes to refuses external senders.
    ListRefusesExternalSenders => "E3", Error, "Let the list receive mail from outside.";
    /// An account has a mail address, and its mailbox is deleted or will be deleted.
    AddressWithoutMailbox => "E3", Warning, "Assign a licence, or remove the address.";
    /// A rule deletes, moves or redirects a notice before its recipient reads it.
    MailTakenByRule => "E3", Error, "Change the rule.";
    /// Mail in a monitored mailbox stays unread.
    UnreadMail => "E3", Warning, "Have somebody read the mailbox.";
    /// Nothing guarantees that Microsoft's verification senders pass the mail filter.
    VerificationSenderNotTrusted => "E4", Warning, "Add an allow-list entry that is renewed, or a transport rule that also requires authentication to pass.";
    /// A message of a verification sender is in quarantine.
    VerificationMailQuarantined => "E4", Error, "Release the message, and allow the sender.";
    /// The latest message of one of Microsoft's notice senders to a recipient of notices was lost.
    NoticeNotDelivered => "E4", Error, "Find the message by message trace, release it if it is held, and allow the sender.";
    /// Links in verification mail are rewritten.
    VerificationLinksRewritten => "E4", Warning, "Exclude Microsoft's verification links from Safe Links rewriting.";
    /// The filter allows a whole domain.
    DomainAllowed => "E4", Warning, "Allow single senders, and require authentication to pass.";
    /// A mail gateway is not declared, or its attestation is missing, expired or about to expire.
    GatewayUnattested => "E4", Warning, "Check whether the gateway lets Microsoft's senders through, and write the attestation into a TrustedSenders; `worklist` lists declared gateways.";
    /// A gateway is declared for a domain whose mail from outside goes directly to Exchange Online.
    GatewayBypassed => "E4", Warning, "Correct the TrustedSenders, or point the domain's MX record at the gateway.";
    /// A role mailbox has no declared owner.
    RoleMailboxWithoutOwner => "G5", Warning, "Declare owner and backup.";
    /// Nobody would really receive a category of notices.
    NobodyBehindCategory => "F1", Error, "Declare a recipient that somebody reads.";
    /// No known recipient would receive a category of notices; others that cannot be read may.
    NobodyKnownBehindCategory => "F1", Warning, "Declare a recipient that somebody reads, or attest the business emails of administrators.";
    /// One person only would really receive a category of notices.
    OnePersonBehindCategory => "F1", Warning, "Add a second person: a single recipient may be absent.";
    /// A global administrator has no alternate email.
    GlobalAdministratorWithoutAlternate => "G3", Warning, "Set an alternate email outside the organization.";
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_written_by_its_name_and_its_remedy_is_a_sentence() {
        for rule in Rule::ALL {
            assert_eq!(serde_json::to_value(rule).unwrap(), rule.as_str());
            assert!(rule.remedy().ends_with('.'), "{rule}");
            assert!(rule.meaning().ends_with('.') && !rule.meaning().starts_with(' '), "{rule}");
        }
    }
}
