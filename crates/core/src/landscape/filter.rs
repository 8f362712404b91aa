//! The mail filter, forwarding to the outside, and retention.

use jiff::{SignedDuration, Timestamp};

use super::reference::Reference;

/// Whom a policy applies to: everybody where all three are empty (the default policy).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyScope {
    /// Recipients (or, for outbound policies, senders).
    pub recipients: Box<[Reference]>,
    /// Lists whose members it applies to.
    pub members_of: Box<[Reference]>,
    /// Domains, lower case.
    pub domains: Box<[Box<str>]>,
    /// Recipients that it leaves alone.
    pub except_recipients: Box<[Reference]>,
    /// Lists whose members it leaves alone.
    pub except_members_of: Box<[Reference]>,
    /// Domains that it leaves alone, lower case.
    pub except_domains: Box<[Box<str>]>,
    /// Whether it has exceptions beside those: whether it applies to somebody cannot be said then.
    pub other_exceptions: bool,
}

impl PolicyScope {
    /// Whether it leaves anybody alone.
    pub fn has_exceptions(&self) -> bool {
        self.other_exceptions
            || !(self.except_recipients.is_empty()
                && self.except_members_of.is_empty()
                && self.except_domains.is_empty())
    }
}

/// An anti-spam policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentFilter {
    /// Its name.
    pub name: Box<str>,
    /// Whom it applies to.
    pub scope: PolicyScope,
    /// Senders let through, [folded](super::fold).
    pub allowed_senders: Box<[Box<str>]>,
    /// Domains of senders let through.
    pub allowed_domains: Box<[Box<str>]>,
    /// Senders that are blocked.
    pub blocked_senders: Box<[Box<str>]>,
    /// Domains of senders that are blocked.
    pub blocked_domains: Box<[Box<str>]>,
    /// What happens to spam: what a rule marks with 5 or 6 ("Use mail flow rules to set the spam confidence level").
    pub spam: SpamAction,
    /// What happens to high confidence spam: what comes from blocked senders (Set-HostedContentFilterPolicy), and what a
    /// rule marks with 7 to 9.
    pub high_confidence_spam: SpamAction,
    /// Whom [`SpamAction::Redirect`] sends it to.
    pub redirect_to: Box<[Reference]>,
    /// What happens to bulk mail: newsletters and, now and then, notices.
    pub bulk: SpamAction,
    /// The bulk complaint level from which mail is bulk (1 to 9).
    pub bulk_threshold: Option<u8>,
}

/// What a filter does with a message it has caught.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpamAction {
    /// Into the junk mail folder.
    Junk,
    /// Into quarantine.
    Quarantine,
    /// Deletes it.
    Delete,
    /// Sends it elsewhere instead.
    Redirect,
    /// Lets it through, marked or not.
    Deliver,
}

/// An outbound spam policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboundPolicy {
    /// Its name.
    pub name: Box<str>,
    /// Whom it applies to, as senders.
    pub scope: PolicyScope,
    /// What it does with automatic forwarding to the outside.
    pub auto_forwarding: AutoForwarding,
}

/// `AutoForwardingMode`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AutoForwarding {
    /// Off for tenants created since 2021, unknown before (DOMAIN F6).
    Automatic,
    /// Allowed.
    On,
    /// Bounced.
    Off,
}

/// Settings for mail to a domain outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteDomain {
    /// `*`, `x.example` or `*.x.example`, lower case.
    pub domain: Box<str>,
    /// `AutoForwardEnabled`
    pub auto_forward: bool,
}

/// An entry of the tenant allow/block list for a sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowEntry {
    /// Sender or domain, [folded](super::fold).
    pub value: Box<str>,
    /// Allowed, or blocked.
    pub allowed: bool,
    /// When it ends. An entry that ends so long after its last use says so in [`Self::remove_after`].
    pub expires: Option<Timestamp>,
    /// Days after its last use.
    pub remove_after: Option<u16>,
    /// When it was last used.
    pub last_used: Option<Timestamp>,
}

/// A message in quarantine.
#[derive(Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// Its sender, [folded](super::fold).
    pub sender: Box<str>,
    /// Its recipients, [folded](super::fold).
    pub recipients: Box<[Box<str>]>,
    /// When it came.
    pub received: Timestamp,
    /// Whether somebody has released it.
    pub released: bool,
}

/// Without addresses.
impl std::fmt::Debug for Quarantined {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Quarantined").field("received", &self.received).finish_non_exhaustive()
    }
}

/// A Safe Links policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafeLinks {
    /// Its name.
    pub name: Box<str>,
    /// Whom it applies to.
    pub scope: PolicyScope,
    /// Whether it is on for mail, and rewrites links.
    pub rewrites: bool,
    /// Links it leaves alone (`DoNotRewriteUrls`), lower case.
    pub leaves_alone: Box<[Box<str>]>,
}

/// A retention tag that deletes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetentionTag {
    /// Its name.
    pub name: Box<str>,
    /// Whether it applies to the inbox or the whole mailbox by itself.
    pub applies_to_inbox: bool,
    /// The age at which mail goes.
    pub after: SignedDuration,
}
