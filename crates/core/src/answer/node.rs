//! The places mail passes on its way to somebody who reads it.

use tenant_contacts_api::{
    notice::{Arrival, Category},
    obstacle::Obstacle,
};
use uuid::Uuid;

use crate::{landscape::RecipientKey, model::Unknown};

/// A node's place in [`Answer::nodes`](super::Answer::nodes).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

impl NodeId {
    /// The id of a place. `None` beyond four thousand million.
    pub fn of(index: usize) -> Option<Self> {
        u32::try_from(index).ok().map(Self)
    }

    /// The place.
    pub fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// A place.
#[derive(Clone, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// What people call it: a display name, an address, a role's name. Anybody's words: escape it.
    pub label: Box<str>,
    /// Its address, where it has one beside the label.
    pub address: Option<Box<str>>,
    /// Where mail goes from here.
    pub hops: Vec<Hop>,
    /// Whether mail that comes here reaches somebody who reads it, here or further on.
    pub arrival: Arrival,
    /// Why it is not better, or what else is worth saying; the decisive one first.
    pub blockages: Vec<Blockage>,
    /// Obstacles among those that stand further on, at a place that mail goes to from here. No other blockage here is of the same.
    pub inherited: Box<[Obstacle]>,
    /// Ways on from here that cannot be followed, where mail arrives by another one: somebody may get it as well whom nobody can name.
    pub unfollowed: Box<[Blockage]>,
    /// The categories whose mail this is said of, where what becomes of mail here depends on who sends it. Empty: of all mail.
    pub notices: Box<[Category]>,
}

impl Node {
    /// What stands here: neither further on nor on a step from here.
    pub fn own(&self) -> impl Iterator<Item = &Blockage> {
        let on_a_step = |one: &Blockage| self.hops.iter().any(|hop| hop.blockage.as_ref() == Some(one));
        self.blockages.iter().filter(move |one| !self.inherited.contains(&one.obstacle) && !on_a_step(one))
    }
}

/// The kind only: label and address are private.
impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Node")
            .field("kind", &self.kind.as_str())
            .field("arrival", &self.arrival)
            .finish_non_exhaustive()
    }
}

/// What a place is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeKind {
    /// A directory role, by template id.
    Role(Uuid),
    /// A field of contact state that names addresses: `technicalNotificationMails`, `primaryContact`, …
    Field(&'static str),
    /// A billing role, by the name of its account or profile.
    BillingRole(Box<str>),
    /// A role-assignable group.
    Group(Uuid),
    /// A service principal.
    ServicePrincipal(Uuid),
    /// An account, as the holder of a role.
    Account(Uuid),
    /// An address, [folded](crate::landscape::fold).
    Address(Box<str>),
    /// What mail to an address passes before it comes to Exchange Online, by the address.
    Gateway(Box<str>),
    /// A mailbox.
    Mailbox(RecipientKey),
    /// A distribution list, or a mail-enabled security group.
    List(RecipientKey),
    /// A Microsoft 365 group.
    UnifiedGroup(RecipientKey),
    /// A mail user or contact, which leads outside.
    Forwarder(RecipientKey),
    /// Nowhere: an account that a notice is for has no address that it is sent to.
    NoAddress(Uuid),
    /// Somewhere outside, or behind a relay, by address.
    Outside(Box<str>),
    /// Somebody who reads, by account.
    Person(Uuid),
}

impl NodeKind {
    /// The kind's name, as reports write it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Role(_) => "Role",
            Self::Field(_) => "Field",
            Self::BillingRole(_) => "BillingRole",
            Self::Group(_) => "Group",
            Self::ServicePrincipal(_) => "ServicePrincipal",
            Self::Account(_) => "Account",
            Self::Address(_) => "Address",
            Self::Gateway(_) => "Gateway",
            Self::Mailbox(_) => "Mailbox",
            Self::List(_) => "List",
            Self::UnifiedGroup(_) => "Microsoft365Group",
            Self::Forwarder(_) => "Contact",
            Self::NoAddress(_) => "NoAddress",
            Self::Outside(_) => "Outside",
            Self::Person(_) => "Person",
        }
    }
}

/// One step of mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// Where it leads.
    pub to: NodeId,
    /// How.
    pub kind: HopKind,
    /// What stops it, or makes it uncertain, on this step alone.
    pub blockage: Option<Blockage>,
}

/// How mail gets from one place to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HopKind {
    /// The role is held by it.
    Holds,
    /// It is a member of the group.
    Member,
    /// It is sent to this address.
    SentTo,
    /// It passes this on its way.
    Passes,
    /// The address is this recipient's.
    Resolves,
    /// The list's member gets it.
    Expands,
    /// The member follows the group in the own inbox.
    Subscribes,
    /// The mailbox forwards to it.
    Forwards,
    /// An inbox rule sends it on.
    InboxRule,
    /// A transport rule sends it there.
    TransportRule,
    /// The person reads the mailbox.
    Reads,
}

impl HopKind {
    /// The verb between two places, for people.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Holds => "held by",
            Self::Member => "has member",
            Self::SentTo => "sent to",
            Self::Passes => "passes",
            Self::Resolves => "is",
            Self::Expands => "goes to member",
            Self::Subscribes => "followed by",
            Self::Forwards => "forwards to",
            Self::InboxRule => "sent on by an inbox rule to",
            Self::TransportRule => "sent by a transport rule to",
            Self::Reads => "read by",
        }
    }
}

/// What stands in the way, and the words for it.
#[derive(Clone, PartialEq, Eq)]
pub struct Blockage {
    /// Which obstacle.
    pub obstacle: Obstacle,
    /// What exactly: which rule, which policy, which fact. May hold names; never a secret.
    pub detail: Box<str>,
    /// The fact that could not be read, where that is it.
    pub unknown: Option<Unknown>,
}

/// Without the words.
impl std::fmt::Debug for Blockage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Blockage").field("obstacle", &self.obstacle).finish_non_exhaustive()
    }
}

impl Blockage {
    /// An obstacle with its words.
    pub fn new(obstacle: Obstacle, detail: impl Into<Box<str>>) -> Self {
        Self { obstacle, detail: detail.into(), unknown: None }
    }

    /// A fact that could not be read.
    pub fn unread(detail: impl Into<Box<str>>, why: &Unknown) -> Self {
        Self { obstacle: Obstacle::NotReadable, detail: detail.into(), unknown: Some(why.clone()) }
    }
}
