//! The plan's data: what is changed, how, why, and what becomes of it. Everything that decides stands above this file, and
//! everything that carries out, publishes or shows a decision needs nothing else of it.
//!
//! Invariant: a step leaves nothing to decide. Its digest is its identity: tenant, surface, target, field, entry, operation
//! and both values. Nothing here shows a value in `{:?}`: it may be private, and ends in logs.

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;
use tenant_contacts_api::{
    digest::Digest,
    field::{Field, Surface},
    memory::Intent,
    reason::Reason,
};
use uuid::Uuid;

/// The values of a slot. None: it is not there.
pub type Values = Box<[Box<str>]>;

/// The thing that is changed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// The one thing of a surface that a tenant has once: the organization, the mail filter.
    Only(Surface),
    /// Something with an object id: an account, a recipient, a directory role.
    Object(Surface, Uuid),
    /// Something with a name and no object id: a billing profile.
    Named(Surface, Box<str>),
    /// Something that is declared and not there, by the name under which it is looked for.
    Absent(Surface, Box<str>),
}

impl Target {
    /// The organization.
    pub const ORGANIZATION: Self = Self::Only(Surface::Organization);

    /// An account.
    pub fn account(id: Uuid) -> Self {
        Self::Object(Surface::Users, id)
    }

    /// The surface it lies on.
    pub fn surface(&self) -> Surface {
        match self {
            Self::Only(surface) | Self::Object(surface, _) | Self::Named(surface, _) | Self::Absent(surface, _) => {
                *surface
            }
        }
    }

    /// Its object id, if it has one.
    pub fn object_id(&self) -> Option<Uuid> {
        match self {
            Self::Object(_, id) => Some(*id),
            Self::Only(_) | Self::Named(..) | Self::Absent(..) => None,
        }
    }

    /// The account, where it is one.
    pub fn as_account(&self) -> Option<Uuid> {
        match self {
            Self::Object(Surface::Users, id) => Some(*id),
            _ => None,
        }
    }
}

/// Without names: they may be addresses.
impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Only(surface) => write!(f, "Only({surface:?})"),
            Self::Object(surface, id) => write!(f, "Object({surface:?}, {id})"),
            Self::Named(surface, _) => write!(f, "Named({surface:?})"),
            Self::Absent(surface, _) => write!(f, "Absent({surface:?})"),
        }
    }
}

/// One managed value: a field, or one entry of a field that is a map (as `listType: map` in server-side apply).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    /// What it belongs to.
    pub target: Target,
    /// Which field.
    pub field: Field,
    /// Which entry of it. A key is never private: where people would be known by a private value (a phone), the key is its
    /// kind.
    pub entry: Option<Box<str>>,
}

impl Slot {
    /// A field as a whole.
    pub fn whole(target: Target, field: Field) -> Self {
        Self { target, field, entry: None }
    }
}

/// Without the key of the entry: it may be an address.
impl std::fmt::Debug for Slot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let entry = if self.entry.is_some() { "[…]" } else { "" };
        write!(f, "{:?}.{}{entry}", self.target, self.field.path())
    }
}

/// What repeating a write does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// The same request again ends the same: it may be repeated.
    Absolute,
    /// The same request again has its effect twice (a create, a send): it leaves once, and is then settled by reading alone.
    Once,
}

/// How a slot is changed.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Whole values of a property are set.
    Set {
        /// The live values the decision was made on.
        before: Values,
        /// The values to leave behind.
        after: Values,
    },
    /// One entry comes by a call of its own, or is renewed.
    Add {
        /// The live values: none, unless the entry is there and is changed or renewed.
        before: Values,
        /// The values to leave behind.
        after: Values,
        /// When it ends by itself.
        expires: Option<Timestamp>,
    },
    /// One entry goes by a call of its own.
    Remove {
        /// The live values the decision was made on.
        before: Values,
    },
    /// The object comes into being, with its first values. What else is declared of it waits until it is there.
    Create {
        /// What shows that it is there.
        after: Values,
        /// Its first values.
        first: Box<[(Field, Values)]>,
    },
    /// The document that was read is replaced as a whole, with this member changed.
    Replace {
        /// Digest of the document that was read: another one is not replaced.
        base: Digest,
        /// The member's live values.
        before: Values,
        /// The member's values to leave behind.
        after: Values,
    },
}

impl Operation {
    /// The word for it, as plans show it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Set { after, .. } if after.is_empty() => "clear",
            Self::Set { .. } => "set",
            Self::Add { .. } => "add",
            Self::Remove { .. } => "remove",
            Self::Create { .. } => "create",
            Self::Replace { .. } => "replace",
        }
    }

    /// What sending it twice would do.
    pub fn effect(&self) -> Effect {
        match self {
            // An entry is known by its key, and a document by its base: the second request finds the work done.
            Self::Set { .. } | Self::Add { .. } | Self::Remove { .. } | Self::Replace { .. } => Effect::Absolute,
            Self::Create { .. } => Effect::Once,
        }
    }
}

/// Without the values: they may be private, and a `{:?}` ends in logs.
impl std::fmt::Debug for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a value is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// It was declared, or declared differently, since it was last verified.
    Declared,
    /// It was as declared, and somebody else changed it.
    Drift,
    /// It is no longer declared, and its original comes back.
    Restore,
}

/// One value to be written, with nothing left to decide.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Step {
    /// What is changed.
    pub slot: Slot,
    /// How.
    pub operation: Operation,
    /// Digest of the live values.
    pub before_digest: Digest,
    /// Digest of the values to leave behind.
    pub after_digest: Digest,
    /// Why.
    pub cause: Cause,
    /// What makes it ask for approval, if anything.
    pub risk: Option<Reason>,
    /// What must be seen to be as declared before this leaves.
    pub awaits: Arc<[Slot]>,
    /// Whether a value came from a Secret.
    pub from_secret: bool,
    /// Digest of the declaration it serves.
    pub declared: Option<Digest>,
    /// Identity of the step. What approvals cover.
    pub digest: Digest,
}

/// Without the values: they may be private, and a `{:?}` ends in logs.
impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Step")
            .field("slot", &self.slot)
            .field("operation", &self.operation)
            .field("cause", &self.cause)
            .field("risk", &self.risk)
            .field("before_digest", &self.before_digest)
            .field("after_digest", &self.after_digest)
            .finish_non_exhaustive()
    }
}

impl Step {
    /// The field that is changed.
    pub fn field(&self) -> Field {
        self.slot.field
    }

    /// The thing that is changed.
    pub fn target(&self) -> &Target {
        &self.slot.target
    }

    /// The live values the decision was made on; none where nothing is there.
    pub fn before(&self) -> &[Box<str>] {
        match &self.operation {
            Operation::Set { before, .. }
            | Operation::Add { before, .. }
            | Operation::Remove { before }
            | Operation::Replace { before, .. } => before,
            Operation::Create { .. } => &[],
        }
    }

    /// The values to leave behind; none where nothing is to be left.
    pub fn after(&self) -> &[Box<str>] {
        match &self.operation {
            Operation::Set { after, .. }
            | Operation::Add { after, .. }
            | Operation::Create { after, .. }
            | Operation::Replace { after, .. } => after,
            Operation::Remove { .. } => &[],
        }
    }

    /// What a refusal of it is remembered by: the same values are not sent again. What comes into being is refused with its first
    /// values.
    pub fn refused_digest(&self) -> Digest {
        match self.operation {
            Operation::Create { .. } => self.digest,
            Operation::Set { .. } | Operation::Add { .. } | Operation::Remove { .. } | Operation::Replace { .. } => {
                self.after_digest
            }
        }
    }

    /// What is to be remembered of it before it leaves.
    pub fn intent(&self, at: Timestamp) -> Intent {
        match self.operation.effect() {
            Effect::Absolute => Intent::absolute(self.after_digest, at),
            Effect::Once => Intent::once(self.after_digest, at, self.declared),
        }
    }
}

/// What a value waits for, apart from a person's approval.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum WaitingOn {
    /// The object that it belongs to comes into being.
    Creation,
    /// Another value is seen to be as declared: the new one before the old one goes.
    Slot(Slot),
    /// Mail to this address arrives.
    Delivery(Box<str>),
    /// The service carries the write out: it took it, and is not done.
    Operation,
    /// Reads agree.
    Replication,
    /// A licence.
    Licence,
    /// A person does this.
    Human(Box<str>),
}

impl WaitingOn {
    /// The reason to report.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Operation | Self::Replication => Reason::AwaitingReplication,
            Self::Creation | Self::Slot(_) | Self::Delivery(_) | Self::Licence | Self::Human(_) => Reason::WaitingOn,
        }
    }
}

/// For people: addresses and keys of entries do not stand in it, since it ends in events.
impl std::fmt::Display for WaitingOn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Creation => f.write_str("it is written once the object is created"),
            Self::Slot(slot) => {
                write!(f, "it is written once {} is verified to be as declared", slot.field.path())
            }
            Self::Delivery(_) => f.write_str("it is written once mail is seen to arrive"),
            Self::Operation => f.write_str("the service accepted the request and is still carrying it out"),
            Self::Replication => f.write_str("written, and being verified"),
            Self::Licence => f.write_str("it is written once the account has the licence that it takes"),
            Self::Human(what) => f.write_str(what),
        }
    }
}

/// Without addresses and keys.
impl std::fmt::Debug for WaitingOn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// Something that waits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Waiting {
    /// For what.
    pub on: WaitingOn,
    /// What is written then, where that is known already.
    pub step: Option<Step>,
}

/// What is to be done about a slot.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// As declared.
    InSync,
    /// Differs: to be written.
    Write(Box<Step>),
    /// Differs: to be written once approved.
    Gated(Box<Step>, Reason),
    /// Differs: only observed.
    Observe(Box<Step>),
    /// Differs, and is written by itself once something else is so.
    Waiting(Box<Waiting>),
    /// Written, and being verified.
    Verifying,
    /// Differs, or cannot be judged, and is not written.
    Blocked(Reason, String),
    /// No longer declared: to be forgotten.
    Forget,
}

impl Verdict {
    /// Its step, whatever becomes of it now.
    pub fn step(&self) -> Option<&Step> {
        match self {
            Self::Write(step) | Self::Gated(step, _) | Self::Observe(step) => Some(step),
            Self::Waiting(waiting) => waiting.step.as_ref(),
            Self::InSync | Self::Verifying | Self::Blocked(..) | Self::Forget => None,
        }
    }

    /// Holds back what is to be written once something else is seen to be as declared: after the gates, so that one approval
    /// covers both.
    pub(crate) fn hold(&mut self) {
        if let Self::Write(step) = self
            && let Some(first) = step.awaits.first()
        {
            let on = WaitingOn::Slot(first.clone());
            *self = Self::Waiting(Box::new(Waiting { on, step: Some((**step).clone()) }));
        }
    }
}

/// One slot's plan.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct FieldPlan {
    /// Which field.
    pub field: Field,
    /// Which entry of it.
    pub entry: Option<Box<str>>,
    /// What is to be done.
    pub verdict: Verdict,
    /// Digest of the live values, where they are known.
    pub live: Option<Digest>,
    /// When the verdict may next change by itself: a renewal, a deadline.
    pub due: Option<Timestamp>,
}

/// Without the key of the entry: it may be an address.
impl std::fmt::Debug for FieldPlan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FieldPlan")
            .field("field", &self.field)
            .field("verdict", &self.verdict)
            .field("live", &self.live)
            .field("due", &self.due)
            .finish_non_exhaustive()
    }
}

impl FieldPlan {
    /// The plan of a field as a whole, which changes with nothing but what is read and declared.
    pub fn whole(field: Field, verdict: Verdict, live: Option<Digest>) -> Self {
        Self { field, entry: None, verdict, live, due: None }
    }
}

/// What a declared target stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Resolution {
    /// It is known.
    Found {
        /// The target.
        target: Target,
        /// Whether the account now has another name than the one declared.
        renamed: bool,
    },
    /// It is known not to be there, and is declared to be created.
    Absent(Target),
    /// It is not known, or not there, for this reason; nothing is written.
    Failed(Reason, String),
}

impl Resolution {
    /// The target: what was found, or what is to be created.
    pub fn target(&self) -> Option<&Target> {
        match self {
            Self::Found { target, .. } | Self::Absent(target) => Some(target),
            Self::Failed(..) => None,
        }
    }
}

/// One object's plan.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ObjectPlan {
    /// What the object's target was resolved to.
    pub resolution: Resolution,
    /// Its slots, declared ones first, each in field order.
    pub fields: Vec<FieldPlan>,
}

impl ObjectPlan {
    /// Its steps, whatever becomes of them now: written, gated, waiting or only observed.
    pub fn steps(&self) -> impl Iterator<Item = (&Step, &Verdict)> {
        self.fields.iter().filter_map(|field| Some((field.verdict.step()?, &field.verdict)))
    }

    /// Whether a step of it is to be written now.
    pub fn is_written(&self) -> bool {
        self.fields.iter().any(|field| matches!(field.verdict, Verdict::Write(_)))
    }

    /// The same plan once these of its steps have left: open, until reads agree.
    pub fn once_sent(&self, steps: &BTreeSet<Digest>) -> Self {
        let mut plan = self.clone();
        for field in &mut plan.fields {
            if matches!(&field.verdict, Verdict::Write(step) if steps.contains(&step.digest)) {
                field.verdict = Verdict::Verifying;
            }
        }
        plan
    }
}
