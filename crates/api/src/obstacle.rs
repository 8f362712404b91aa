//! What stands between a notice and somebody who reads it: the closed list. Each has a page under `docs/obstacles/`; a test
//! compares list and pages.
//!
//! Invariant: an obstacle either stops mail for certain, or makes its arrival unknown, or is only worth saying.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::notice::Arrival;

macro_rules! obstacles {
    ($($(#[doc = $doc:literal])+ $name:ident => $arrival:ident, $remedy:literal;)+) => {
        /// What stands between a notice and somebody who reads it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum Obstacle { $($(#[doc = $doc])+ $name,)+ }

        impl Obstacle {
            /// Every obstacle.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The name as reports write it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }

            /// What it is, in one sentence: the words of its documentation.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+).trim_ascii(),)+ }
            }

            /// The best arrival that is left where it stands: `Deliverable` where it stops nothing.
            pub fn leaves(self) -> Arrival {
                match self { $(Self::$name => Arrival::$arrival,)+ }
            }

            /// What to do about it, in one sentence.
            pub fn remedy(self) -> &'static str {
                match self { $(Self::$name => $remedy,)+ }
            }
        }
    };
}

obstacles! {
    /// The account has no address at all that the notice is sent to.
    NoAddress => Undeliverable, "Give the account a mailbox, or assign the role to an account that has one. Where alternate emails are notified as well, an alternate email is enough.";
    /// Nothing in the organization has the address: mail bounces.
    NoRecipient => Undeliverable, "Correct the address, or create a mailbox or list that has it.";
    /// The address is an account's, and no mailbox is behind it.
    NoMailbox => Undeliverable, "Give the account a mailbox, or use an address that has one.";
    /// The mailbox has no licence any more and will be deleted.
    NoLicence => Undeliverable, "Assign a licence with an Exchange Online plan, or convert it to a shared mailbox.";
    /// Only a deleted mailbox or account has the address.
    SoftDeleted => Undeliverable, "Use another address; restore the account only if its person is back.";
    /// The mailbox or address belongs to a disabled account: nobody reads it.
    DisabledOwner => Undeliverable, "Use an address that somebody reads; a person who left reads nothing.";
    /// The mailbox belongs to a disabled account. Delegates can open it, and nobody has attested that they read it.
    HandedOver => Unknown, "Ask the delegates. Then declare in the account's UserContact that mail is received, and who reads it.";
    /// The shared mailbox has no enabled person with full access.
    NoReader => Undeliverable, "Give at least two people full access to the shared mailbox.";
    /// The mailbox is full: mail bounces.
    OverQuota => Undeliverable, "Make room in the mailbox, or raise its quota.";
    /// The mailbox forwards all mail without keeping a copy, and nobody reads it at the destination.
    DrainedByForwarding => Undeliverable, "Remove the forwarding, keep a copy, or forward to somebody who reads it.";
    /// Forwarded to the outside, which the outbound policy does not allow: it bounces.
    ForwardBouncedByOutboundPolicy => Undeliverable, "Forward inside the organization, or allow it in an outbound spam policy for this mailbox.";
    /// Forwarded to the outside, which the remote domain's setting does not allow.
    ForwardBouncedByRemoteDomain => Undeliverable, "Forward inside the organization, or allow forwarding to this remote domain.";
    /// The list accepts mail from authenticated senders only: Microsoft's notices bounce.
    RefusesExternalSenders => Undeliverable, "Let the list receive mail from outside (RequireSenderAuthenticationEnabled = false).";
    /// The list has no members.
    EmptyList => Undeliverable, "Add members to the list.";
    /// None of the list's members is reached.
    NoMemberReached => Undeliverable, "Add a member who can read mail.";
    /// No member is subscribed to the Microsoft 365 group (Follow in inbox).
    UnsubscribedMembers => Undeliverable, "Let members subscribe to the group, or use a shared mailbox or a distribution list.";
    /// The list or mailbox accepts mail from certain senders only, or refuses the notice's senders.
    SenderNotAccepted => Undeliverable, "Remove the restriction, or accept the notice's senders.";
    /// A moderator must release each message.
    Moderation => Unknown, "Exempt Microsoft's senders from moderation, or turn moderation off.";
    /// An inbox rule deletes, moves or redirects incoming messages.
    InboxRule => Undeliverable, "Remove the rule, or add an exception for messages from Microsoft.";
    /// A hidden inbox rule, which no mail program shows, deletes, moves or redirects incoming messages.
    HiddenInboxRule => Undeliverable, "Investigate it as a security incident: attackers use hidden rules to conceal their access.";
    /// A transport rule deletes, redirects, quarantines or rejects the message.
    TransportRule => Undeliverable, "Change the rule, or add an exception for Microsoft's senders.";
    /// Whether a rule applies to the message depends on the message itself.
    RuleMayApply => Unknown, "Check whether the rule that the message names applies to Microsoft's notices.";
    /// A rule or filter applies to every known sender of the notice. Whether there are other senders is not documented.
    TakesKnownSenders => Unknown, "Add an exception for Microsoft's senders to the rule, or allow them in the filter.";
    /// The mail route loops, or needs a second inbox rule to forward the message, which Exchange does not do.
    Loop => Undeliverable, "Break the loop of lists or forwardings. Let a single inbox rule forward the message.";
    /// The organization's filter would quarantine the message.
    Quarantine => Undeliverable, "Release the message, and allow Microsoft's senders in the filter.";
    /// The domain is not verified in this organization: mail to it arrives elsewhere, if anywhere.
    UnverifiedDomain => Unknown, "Verify the domain, or use an address in a verified one.";
    /// The domain takes no mail: it has no mail exchanger.
    NoMailExchanger => Undeliverable, "Publish an MX record, or use another address.";
    /// The entry is not a mail address: it is empty, holds several addresses, or has other characters around the address. How Microsoft treats it is not documented.
    NotAnAddress => Unknown, "Write the list again, with one plain address to an entry.";
    /// The address is outside the organization, and whether mail arrives there cannot be determined.
    OutsideAddress => Unknown, "Use an address inside the organization for this notice, or attest that it arrives.";
    /// The address belongs to a free-mail service or to another company, and not to the organization.
    PersonalAddress => Unknown, "Use a corporate address.";
    /// Mail from outside to a dynamic list in an Authoritative domain may be refused at the edge, which knows no dynamic lists.
    DynamicListAtEdge => Unknown, "Use the address of a static list that has the dynamic one as a member.";
    /// An on-premises or hosted system holds the address, or may hold it.
    RelayedElsewhere => Unknown, "Check the system that the mail is relayed to.";
    /// A mail gateway is in front of Exchange Online, and it has no valid attestation.
    GatewayUnverified => Unknown, "Declare the gateway in a TrustedSenders, and attest that it lets Microsoft's senders through.";
    /// A setting names a recipient by a name that several recipients have.
    AmbiguousName => Unknown, "Name the recipient by its address or object id in that setting, or give the recipients unique names.";
    /// A fact that the answer depends on could not be read; the gap names it.
    NotReadable => Unknown, "Grant the permission that the gap names. If a service was busy or down, wait: the fact is read again. If no interface provides it, check the portal.";
    /// The role assignment is only eligible: its holder is not notified until it is activated (assumed, DOMAIN F2).
    EligibleOnly => Undeliverable, "Assign the role actively, at least to two people who answer.";
    /// The account is disabled.
    AccountDisabled => Undeliverable, "Remove the role from an account of a person who has left.";
    /// The role is assigned in one administrative unit only; whether its holder is notified is not documented.
    ScopedRole => Unknown, "Assign the role for the whole organization to at least two people who answer.";
    /// The role is held through a group; whether such a holder is notified is not documented.
    ThroughGroup => Unknown, "Assign the role to people themselves, to at least two who answer.";
    /// A service principal holds the role and reads no mail; whether it fills a tier is not documented.
    ServicePrincipal => Unknown, "Assign the role to people who answer.";
    /// The account is a guest: its mailbox belongs to another organization.
    Guest => Unknown, "Assign the role to a member of the organization.";
    /// The address belongs to somebody who has left.
    DepartedPerson => Unknown, "Replace the address.";
    /// Safe Links rewrites links in the mail: a verification link may be used up before a person clicks it.
    LinkRewriting => Deliverable, "Exclude Microsoft's verification links from rewriting.";
    /// A retention tag may delete mail before anybody has read it.
    Retention => Deliverable, "Keep mail in this mailbox longer.";
    /// Microsoft notifies a limited number of accounts, and more accounts hold the role.
    BeyondLimit => Unknown, "Assign the role to fewer accounts.";
}

impl std::fmt::Display for Obstacle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_obstacle_is_written_by_its_name_and_its_remedy_is_a_sentence() {
        for obstacle in Obstacle::ALL {
            assert_eq!(serde_json::to_value(obstacle).unwrap(), obstacle.as_str());
            assert!(obstacle.remedy().ends_with('.'), "{obstacle}");
            assert!(obstacle.meaning().ends_with('.') && !obstacle.meaning().starts_with(' '), "{obstacle}");
        }
    }
}
