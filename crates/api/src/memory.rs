//! What the operator must remember about an object between passes: `status.memory`, or the state file.
//!
//! Invariant: nothing here can be recomputed. Everything that can be is not kept, so a lost record costs an original or a
//! pin, never a wrong write.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{digest::Digest, field::Field, reason::Reason};

/// Memory of one declaring object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Memory {
    /// The Entra object id the declared name stood for when it was first resolved: the id is the truth, the name is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub object_id: Option<Uuid>,
    /// One entry per slot (a field, or an entry of a field that is a map) that was ever verified or written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldMemory>,
    /// When something of it was last about to be written: for a while, what a read shows otherwise may be a replica that is
    /// behind.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub written_at: Option<Timestamp>,
    /// Since when the object is known to be removed: its originals are not tried for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub removed_at: Option<Timestamp>,
}

impl Memory {
    /// What is remembered of a field as a whole.
    pub fn field(&self, field: Field) -> Option<&FieldMemory> {
        self.slot(field, None)
    }

    /// What is remembered of a slot: a field as a whole, or one entry of a field that is a map.
    pub fn slot(&self, field: Field, entry: Option<&str>) -> Option<&FieldMemory> {
        let at = self.fields.binary_search_by(|one| (one.field, one.entry.as_deref()).cmp(&(field, entry)));
        at.ok().map(|at| &self.fields[at])
    }

    /// The same of a field as a whole, made if there is none.
    pub fn field_mut(&mut self, field: Field) -> &mut FieldMemory {
        self.slot_mut(field, None)
    }

    /// What is remembered of a slot, made if there is nothing; slots stay in order, so equal memory is equal bytes.
    pub fn slot_mut(&mut self, field: Field, entry: Option<&str>) -> &mut FieldMemory {
        let index = match self.fields.binary_search_by(|one| (one.field, one.entry.as_deref()).cmp(&(field, entry))) {
            Ok(index) => index,
            Err(index) => {
                // Exactly: a fleet has a hundred thousand of these, and doubling would keep room for three more in each.
                self.fields.reserve_exact(1);
                self.fields.insert(index, FieldMemory { entry: entry.map(Into::into), ..FieldMemory::new(field) });
                index
            }
        };
        &mut self.fields[index]
    }

    /// Whether there is anything to remember.
    pub fn is_empty(&self) -> bool {
        self.object_id.is_none() && self.fields.is_empty()
    }

    /// Brings times that lie ahead of `now` back to it. They come from another process whose clock is fast: what is
    /// remembered has happened, and would otherwise be waited for until our clock gets there.
    pub fn not_after(&mut self, now: Timestamp) {
        self.removed_at = self.removed_at.map(|at| at.min(now));
        self.written_at = self.written_at.map(|at| at.min(now));
        for field in &mut self.fields {
            let times = field.intent.iter_mut().map(|intent| &mut intent.at);
            let times = times.chain(field.refusal.iter_mut().map(|refusal| &mut refusal.at));
            for at in times.chain(field.contest.iter_mut().map(|contest| &mut contest.last)) {
                *at = (*at).min(now);
            }
        }
    }
}

/// Memory of one field.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FieldMemory {
    /// Which field.
    pub field: Field,
    /// The key of an entry, where the field is a map and its entries come and go one by one. Never a private value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub entry: Option<Box<str>>,
    /// The live value before our first write, for `deletionPolicy: Restore`. Absent for values that come from Secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<Vec<String>>,
    /// Digest of the last value that enough fresh reads agreed on: it is ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub verified: Option<Digest>,
    /// Digest of the declared value that `verified` satisfied: tells drift from a changed declaration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub declared: Option<Digest>,
    /// The write that has left, or is about to, and is not verified yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<Box<Intent>>,
    /// The tenant's refusal of a value, so that the same value is not sent again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Box<Refusal>>,
    /// How often in a row somebody else changed the field back, and when we last corrected it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contest: Option<Contest>,
}

/// Without the original: it may be private, and a `{:?}` ends in logs.
impl std::fmt::Debug for FieldMemory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FieldMemory")
            .field("field", &self.field)
            .field("verified", &self.verified)
            .field("intent", &self.intent)
            .field("refusal", &self.refusal)
            .field("contest", &self.contest)
            .finish_non_exhaustive()
    }
}

impl FieldMemory {
    /// An entry that remembers nothing yet.
    pub fn new(field: Field) -> Self {
        Self {
            field,
            entry: None,
            original: None,
            verified: None,
            declared: None,
            intent: None,
            refusal: None,
            contest: None,
        }
    }
}

/// An open write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Intent {
    /// Digest of the value the write leaves behind.
    #[schemars(with = "String")]
    pub after: Digest,
    /// When the request was about to leave.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// How many fresh reads in a row agreed with `after`. Not kept: a process that starts anew reads anew.
    #[serde(skip)]
    pub agreeing: u8,
    /// When the last of them was made. Not kept either.
    #[serde(skip)]
    pub read_at: Option<Timestamp>,
    /// Whether a *once* effect (a create, a send) is open: it is settled by reading and never sent again while unknown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub once: bool,
    /// Digest of the declaration that a *once* effect serves: only another declaration is another effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub declared: Option<Digest>,
    /// The id under which the service takes the request once, where it knows such ids: the same for every repetition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub request: Option<Box<str>>,
    /// The address of the operation, while the service carries out what it took. Kept as soon as it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub operation: Option<Box<str>>,
}

impl Intent {
    /// An absolute write: the same request again ends the same.
    pub fn absolute(after: Digest, at: Timestamp) -> Self {
        Self { after, at, agreeing: 0, read_at: None, once: false, declared: None, request: None, operation: None }
    }

    /// An effect that must not happen twice, for this declaration.
    pub fn once(after: Digest, at: Timestamp, declared: Option<Digest>) -> Self {
        Self { once: true, declared, ..Self::absolute(after, at) }
    }
}

/// A value the tenant refused, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// Digest of the refused value.
    #[schemars(with = "String")]
    pub of: Digest,
    /// Why.
    pub reason: Reason,
    /// When.
    #[schemars(with = "String")]
    pub at: Timestamp,
}

/// A field that somebody else keeps changing back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Contest {
    /// Corrections in a row.
    pub corrections: u32,
    /// When the last one was written.
    #[schemars(with = "String")]
    pub last: Timestamp,
}
