//! An answer as it is shown: the JSON form, and what the other forms are made of.

use schemars::JsonSchema;
use serde::Serialize;
use tenant_contacts_api::{
    notice::{Arrival, Category, Confidence, Reach, Selected, Severity},
    obstacle::Obstacle,
    rule::Rule,
};
use tenant_contacts_core::answer::{HopKind, NodeId, NodeKind, Passing};

/// Version of the JSON form. Members may be added without a new one. Since 2 people are named in `certain` and `possible`, which
/// had ids alone.
pub const SCHEMA_VERSION: u32 = 2;

/// Who receives a tenant's notices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AnswerView {
    /// Version of this form. Members may be added without a new one.
    pub schema_version: u32,
    /// The tenant's id.
    pub tenant: String,
    /// The organization's name, where it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// When the tenant was read (RFC 3339, UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_at: Option<String>,
    /// The answer in one sentence.
    pub headline: String,
    /// How much there is of what.
    pub summary: SummaryView,
    /// One answer per kind of notices.
    pub categories: Vec<CategoryView>,
    /// The places that mail passes, in the order of their ids.
    pub nodes: Vec<NodeView>,
    /// What the rules found, the graver first.
    pub findings: Vec<FindingView>,
    /// What could not be read, and what it would tell.
    pub gaps: Vec<GapView>,
    /// The grants that would tell most of what is unknown, three at most, the one that bears on most kinds of notices first. Absent
    /// where no grant would tell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<GrantView>,
    /// What the notices that are shown come to on each step; [`NodeView::outcome`] has it of places.
    #[serde(skip)]
    pub passing: Passing,
}

/// Counts: of kinds of notices by how many people receive them, and of findings that count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SummaryView {
    /// Kinds of notices that certainly reach nobody.
    pub nobody: usize,
    /// Kinds of notices that reach nobody who can be read; others that cannot be read may be notified.
    pub nobody_known: usize,
    /// Kinds of which it is unknown whether anybody receives them.
    pub unknown: usize,
    /// Kinds that one person only certainly receives.
    pub one_person: usize,
    /// Kinds that two people or more certainly receive.
    pub several_people: usize,
    /// Kinds that have no recipients here, as meant.
    pub not_applicable: usize,
    /// Findings of severity `Error` without an exception.
    pub errors: usize,
    /// Findings of severity `Warning` without an exception.
    pub warnings: usize,
    /// Findings of severity `Info` without an exception.
    pub infos: usize,
    /// Findings that an exception in a policy lets stand.
    pub excepted: usize,
}

/// Who receives one kind of notices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CategoryView {
    /// Which.
    pub category: Category,
    /// What the mail is, in a few words.
    pub title: String,
    /// The answer in a word.
    pub reach: Reach,
    /// Why it is not better, in one line; absent where two people or more receive it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// People who certainly receive it.
    pub certain: Vec<PersonView>,
    /// People who may receive it beside those.
    pub possible: Vec<PersonView>,
    /// Whom it is sent to, and whether that arrives.
    pub recipients: Vec<RecipientView>,
    /// The rules of Microsoft's by which recipients are chosen.
    pub sources: Vec<SourceView>,
    /// What else is to be said.
    pub notes: Vec<String>,
}

/// Somebody who reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonView {
    /// The id of the node.
    pub node: usize,
    /// What people call the person.
    pub name: String,
    /// Object id of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_id: Option<String>,
    /// Sign-in name of the account, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_principal_name: Option<String>,
    /// Primary address of the account, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// A recipient of a notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecipientView {
    /// From where Microsoft starts to the address or account, as ids of nodes.
    pub path: Vec<usize>,
    /// The labels of these nodes.
    pub names: Vec<String>,
    /// Whether Microsoft chooses it.
    pub selected: Selected,
    /// Why it is not chosen, or why that cannot be said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unselected: Option<BlockageView>,
    /// Whether mail sent there arrives.
    pub arrival: Arrival,
    /// The weaker of the two.
    pub verdict: Arrival,
}

/// A rule about who is sent a notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SourceView {
    /// What it says.
    pub says: String,
    /// Who says so.
    pub by: String,
    /// How well it is known.
    pub confidence: Confidence,
}

/// A place that mail passes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeView {
    /// Its id within this answer.
    pub id: usize,
    /// What it is.
    #[schemars(with = "String", extend("enum" = ["Role", "Field", "BillingRole", "Group", "ServicePrincipal", "Account", "Address", "Gateway",
        "Mailbox", "List", "Microsoft365Group", "Contact", "NoAddress", "Outside", "Person"]))]
    pub kind: Place,
    /// What people call it.
    pub label: String,
    /// Its address, where it has one beside the label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Its object id in the directory, where it has one: of the account, group or application, or of the one that a mailbox or
    /// list belongs to. Of a role its template id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_id: Option<String>,
    /// The sign-in name of that account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_principal_name: Option<String>,
    /// Whether mail that comes here reaches somebody who reads it, whoever sends it here.
    pub arrival: Arrival,
    /// What the notices shown come to here: `Deliverable` where one of them certainly reaches somebody by way of this place, a
    /// person where that one certainly receives it; `Undeliverable` where none does.
    pub outcome: Arrival,
    /// Where mail goes from here.
    pub hops: Vec<HopView>,
    /// What stands in the way here; the decisive one first.
    pub blockages: Vec<BlockageView>,
    /// Ways on from here that cannot be followed, where mail arrives by another one: somebody may get it as well whom nobody
    /// can name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unfollowed: Vec<BlockageView>,
    /// What became of the latest mail of Microsoft's senders to it, after the message trace of the last ten days. It is about the
    /// past, and no part of the arrival.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EvidenceView>,
    /// The kinds of notices of which this is said, where what becomes of mail here depends on who sends it. Left out: of all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Category>,
}

/// What a place is, whichever it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Place {
    /// A directory role.
    Role,
    /// A field of contact state that names addresses.
    Field,
    /// A billing role.
    BillingRole,
    /// A role-assignable group.
    Group,
    /// A service principal.
    ServicePrincipal,
    /// An account, as the holder of a role.
    Account,
    /// An address.
    Address,
    /// What mail to an address passes before it comes to Exchange Online.
    Gateway,
    /// A mailbox.
    Mailbox,
    /// A distribution list, or a mail-enabled security group.
    List,
    /// A Microsoft 365 group.
    Microsoft365Group,
    /// A mail user or contact, which leads outside.
    Contact,
    /// Nowhere: an account has no address that a notice is sent to.
    NoAddress,
    /// Somewhere outside, or behind a relay.
    Outside,
    /// Somebody who reads.
    Person,
}

impl From<&NodeKind> for Place {
    fn from(kind: &NodeKind) -> Self {
        match kind {
            NodeKind::Role(_) => Self::Role,
            NodeKind::Field(_) => Self::Field,
            NodeKind::BillingRole(_) => Self::BillingRole,
            NodeKind::Group(_) => Self::Group,
            NodeKind::ServicePrincipal(_) => Self::ServicePrincipal,
            NodeKind::Account(_) => Self::Account,
            NodeKind::Address(_) => Self::Address,
            NodeKind::Gateway(_) => Self::Gateway,
            NodeKind::Mailbox(_) => Self::Mailbox,
            NodeKind::List(_) => Self::List,
            NodeKind::UnifiedGroup(_) => Self::Microsoft365Group,
            NodeKind::Forwarder(_) => Self::Contact,
            NodeKind::NoAddress(_) => Self::NoAddress,
            NodeKind::Outside(_) => Self::Outside,
            NodeKind::Person(_) => Self::Person,
        }
    }
}

/// What became of the latest mail of one of Microsoft's senders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceView {
    /// The sender's address.
    pub sender: String,
    /// As Exchange writes it.
    #[schemars(extend("enum" = ["Delivered", "Expanded", "FilteredAsSpam", "Quarantined", "Failed"]))]
    pub status: String,
    /// The same in words.
    pub says: String,
    /// Whether it did not come to where people look.
    pub lost: bool,
    /// When Exchange received it (RFC 3339, UTC).
    pub received: String,
}

/// One step of mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HopView {
    /// The id of the node it leads to.
    pub to: usize,
    /// What that node is called.
    pub name: String,
    /// How mail takes it.
    pub kind: Way,
    /// The same in words.
    pub how: String,
    /// What stands in the way on this step alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blockage: Option<BlockageView>,
}

/// How mail gets from one place to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub enum Way {
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
    /// The mailbox or contact forwards to it.
    Forwards,
    /// An inbox rule sends it on.
    InboxRule,
    /// A transport rule sends it there.
    TransportRule,
    /// The person reads the mailbox: no step of mail.
    Reads,
}

impl From<HopKind> for Way {
    fn from(kind: HopKind) -> Self {
        match kind {
            HopKind::Holds => Self::Holds,
            HopKind::Member => Self::Member,
            HopKind::SentTo => Self::SentTo,
            HopKind::Passes => Self::Passes,
            HopKind::Resolves => Self::Resolves,
            HopKind::Expands => Self::Expands,
            HopKind::Subscribes => Self::Subscribes,
            HopKind::Forwards => Self::Forwards,
            HopKind::InboxRule => Self::InboxRule,
            HopKind::TransportRule => Self::TransportRule,
            HopKind::Reads => Self::Reads,
        }
    }
}

/// What stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BlockageView {
    /// Which obstacle.
    pub obstacle: Obstacle,
    /// What it is, in one sentence.
    pub meaning: String,
    /// What exactly.
    pub detail: String,
    /// The best arrival that it leaves.
    pub leaves: Arrival,
    /// What to do about it.
    pub remedy: String,
    /// Why a fact that decides is not known, where that is it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<String>,
}

/// What a rule found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FindingView {
    /// The rule.
    pub rule: Rule,
    /// The requirement that the rule watches over.
    pub requirement: String,
    /// How much it matters.
    pub severity: Severity,
    /// Whom or what it is about.
    pub subject: SubjectView,
    /// What is wrong.
    pub message: String,
    /// The kind of notices it concerns, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// What to do.
    pub remedy: String,
    /// Who has said that it may be so. The finding stays, and does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excepted: Option<ExceptionView>,
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SubjectView {
    /// What it is.
    #[schemars(extend("enum" = ["Account", "Address", "Recipient", "Category", "Principal", "Policy", "Gateway", "Tenant"]))]
    pub kind: String,
    /// The name that an exception in a policy refers to it by.
    pub name: String,
    /// Its object id in the directory, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The field of contact state that names the address, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// Somebody's word that a finding may be so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExceptionView {
    /// Who answers for it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// The last day on which it holds (`2026-12-31`).
    pub until: String,
}

/// What could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GapView {
    /// What was to be read.
    pub what: String,
    /// Why it could not be.
    pub why: String,
    /// What knowing it would tell.
    pub tells: String,
}

/// What an administrator would grant to the application, so that it tells more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GrantView {
    /// Its name: `Exchange.ManageAsApp`, `Global Reader`.
    pub grant: String,
    /// What kind of thing it is.
    #[schemars(extend("enum" = [
        "application permission of Microsoft Graph", "application permission of Office 365 Exchange Online", "directory role",
        "billing role"
    ]))]
    pub kind: String,
    /// What it tells or allows.
    pub tells: String,
    /// The kinds of notices whose answer is unknown for want of it; other things may be missing beside.
    pub categories: Vec<Category>,
    /// The command for the Azure CLI in a POSIX shell. `APP` holds the application's client id, and where it is named `BILLING` the
    /// name of the billing account.
    pub az: String,
    /// The command for PowerShell, with the same variables.
    pub powershell: String,
}

impl AnswerView {
    /// What the notices that are shown come to on the steps from one place to another.
    pub(super) fn outcome_on(&self, from: usize, to: usize) -> Arrival {
        let step = NodeId::of(from).zip(NodeId::of(to)).and_then(|(from, to)| self.passing.on(from, to));
        step.unwrap_or(Arrival::Undeliverable)
    }

    /// The kind of notices that alone was asked for.
    pub fn only(&self) -> Option<Category> {
        match self.categories.as_slice() {
            [only] => Some(only.category),
            _ => None,
        }
    }

    /// A node by its id. `None` where a single category was asked for and the node is none of its.
    pub fn node(&self, id: usize) -> Option<&NodeView> {
        self.nodes.binary_search_by_key(&id, |node| node.id).ok().and_then(|at| self.nodes.get(at))
    }
}
