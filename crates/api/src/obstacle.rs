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
    NoAddress => Undeliverable, "Give the account a mailbox, or the role to an account that has one; where alternate emails are told too, one of those will do.";
    /// Nothing in the organization has the address: mail bounces.
    NoRecipient => Undeliverable, "Correct the address, or create a mailbox or list that has it.";
    /// The address is an account's, and no mailbox is behind it.
    NoMailbox => Undeliverable, "Give the account a mailbox, or use an address that has one.";
    /// The mailbox's licence was taken away: the mailbox goes.
    NoLicence => Undeliverable, "Assign a licence with an Exchange Online plan, or convert it to a shared mailbox.";
    /// Only a deleted mailbox or account has the address.
    SoftDeleted => Undeliverable, "Use another address; restore the account only if its person is back.";
    /// The mailbox or address belongs to a disabled account: nobody reads it.
    DisabledOwner => Undeliverable, "Use an address that somebody reads; a person who left reads nothing.";
    /// The mailbox of a disabled account, handed over: people who can open it are named, and nobody has said that they read it.
    HandedOver => Unknown, "Ask the delegates; declare in the UserContact of its account that mail is received, and who reads it.";
    /// The shared mailbox has no enabled person with full access.
    NoReader => Undeliverable, "Give at least two people full access to the shared mailbox.";
    /// The mailbox is full: mail bounces.
    OverQuota => Undeliverable, "Make room in the mailbox, or raise its quota.";
    /// All mail is forwarded away, none stays, and where it goes nobody reads it.
    DrainedByForwarding => Undeliverable, "Remove the forwarding, keep a copy, or forward to somebody who reads it.";
    /// Forwarded to the outside, which the outbound policy does not allow: it bounces.
    ForwardBouncedByOutboundPolicy => Undeliverable, "Forward inside the organization, or allow it in an outbound spam policy for this mailbox.";
    /// Forwarded to the outside, which the remote domain's setting does not allow.
    ForwardBouncedByRemoteDomain => Undeliverable, "Forward inside the organization, or allow forwarding to this remote domain.";
    /// The list takes mail from authenticated senders only: Microsoft's notices bounce.
    RefusesExternalSenders => Undeliverable, "Let the list receive mail from outside (RequireSenderAuthenticationEnabled = false).";
    /// The list has no members.
    EmptyList => Undeliverable, "Add members to the list.";
    /// None of the list's members is reached.
    NoMemberReached => Undeliverable, "Add a member who can read mail.";
    /// Members of the Microsoft 365 group do not follow it in their inboxes.
    UnsubscribedMembers => Undeliverable, "Let members subscribe to the group, or use a shared mailbox or a distribution list.";
    /// The list or mailbox takes mail from certain senders only, or refuses these.
    SenderNotAccepted => Undeliverable, "Remove the restriction, or let the notice's senders in.";
    /// A moderator must release each message.
    Moderation => Unknown, "Exempt Microsoft's senders from moderation, or turn moderation off.";
    /// An inbox rule deletes, moves or redirects what comes in.
    InboxRule => Undeliverable, "Remove the rule, or let it stop at messages from Microsoft.";
    /// An inbox rule that no mail program shows does it.
    HiddenInboxRule => Undeliverable, "Look into it as an intrusion: hidden rules are a known way to hide a break-in.";
    /// A transport rule deletes, redirects, quarantines or rejects it.
    TransportRule => Undeliverable, "Change the rule, or except Microsoft's senders from it.";
    /// Whether a rule takes the message cannot be said without the message itself.
    RuleMayApply => Unknown, "Look whether the rule that the message names takes Microsoft's notices.";
    /// A rule or filter takes what every known sender of the notice sends; whether it comes from another is not documented.
    TakesKnownSenders => Unknown, "Except Microsoft's senders from the rule, or let them pass the filter.";
    /// Mail loops, or would be sent on by a second inbox rule, and is cut.
    Loop => Undeliverable, "Break the loop of lists or forwardings; let one inbox rule send it on, and not one after another.";
    /// The organization's filter would keep it in quarantine.
    Quarantine => Undeliverable, "Release it, and let Microsoft's senders pass the filter.";
    /// The domain is not verified in this organization: mail to it arrives elsewhere, if anywhere.
    UnverifiedDomain => Unknown, "Verify the domain, or use an address in a verified one.";
    /// The domain takes no mail: it has no mail exchanger.
    NoMailExchanger => Undeliverable, "Publish an MX record, or use another address.";
    /// The entry is no mail address: empty, several in one, or with something around it. What Microsoft makes of it is not documented.
    NotAnAddress => Unknown, "Write the list again, with one plain address to an entry.";
    /// An address outside: whether it arrives cannot be seen from here.
    OutsideAddress => Unknown, "Use an address inside the organization for this notice, or attest that it arrives.";
    /// A free-mail address, or one of another company: not the organization's.
    PersonalAddress => Unknown, "Use a corporate address.";
    /// Mail from outside to a dynamic list in an Authoritative domain may be refused at the edge, which knows no dynamic lists.
    DynamicListAtEdge => Unknown, "Use the address of a static list that has the dynamic one as a member.";
    /// An on-premises or hosted system behind this organization has the address, or may have it.
    RelayedElsewhere => Unknown, "Look in the system that the mail is relayed to.";
    /// Another system stands before the mailboxes, and nobody has attested what it does.
    GatewayUnverified => Unknown, "Declare the gateway in a TrustedSenders, and attest that it lets Microsoft's senders through.";
    /// Somebody is named in a way that fits several, and which of them is meant cannot be told.
    AmbiguousName => Unknown, "Where it is set, name the recipient by its address or object id, or give the recipients names of their own.";
    /// A fact that decides could not be read; the gap says which.
    NotReadable => Unknown, "Grant the permission that the gap names; where a service was busy or down, wait: it is \
        read again. What no interface tells, look up in the portal.";
    /// The holder's role is only eligible: no recipient until it is activated (assumed, DOMAIN F2).
    EligibleOnly => Undeliverable, "Assign the role actively, at least to two people who answer.";
    /// The account is disabled.
    AccountDisabled => Undeliverable, "Remove the role from an account of a person who has left.";
    /// The role holds in one administrative unit only; whether it counts is not documented.
    ScopedRole => Unknown, "Assign the role for the whole organization to at least two people who answer.";
    /// The role is held through a group; whether such a holder is notified is not documented.
    ThroughGroup => Unknown, "Assign the role to people themselves, to at least two who answer.";
    /// A service principal reads no mail; whether it fills a tier is not documented.
    ServicePrincipal => Unknown, "Assign the role to people who answer.";
    /// A guest: another organization's mailbox.
    Guest => Unknown, "Assign the role to a member of the organization.";
    /// The address belongs to somebody who has left.
    DepartedPerson => Unknown, "Replace the address.";
    /// Links in the mail are rewritten: a verification link may be spent before a person clicks it.
    LinkRewriting => Deliverable, "Except Microsoft's verification links from rewriting.";
    /// Mail is deleted by retention before anybody may have read it.
    Retention => Deliverable, "Keep mail in this mailbox longer.";
    /// Microsoft takes at most so many recipients.
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
