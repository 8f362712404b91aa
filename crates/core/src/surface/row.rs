//! What a row says.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tenant_contacts_api::{digest::Digest, field::Field, memory::Memory, reason::Reason};
use uuid::Uuid;

use crate::{
    canonical,
    desired::{DesiredObject, DesiredTarget},
    field::FieldFacts,
    flight::Replication,
    landscape::Landscape,
    model::{Entries, Entry, Fact, Observation, Unknown},
    step::{Resolution, Step, Target, Values},
};

/// Everything that planning has to know of a surface.
pub struct Row {
    /// Where a declared object is in the tenant.
    pub resolve: fn(&DesiredObject, Option<&Memory>, &Observation) -> Resolution,
    /// What an object was bound to, going by nothing but the object id that is remembered of it.
    pub bound: fn(Option<Uuid>) -> Option<Target>,
    /// What stands for an object of which nothing but memory is left.
    pub orphan: fn(&Memory) -> DesiredTarget,
    /// The live value of a field, or of all entries of a field that is a map. The one place.
    pub live: for<'a> fn(&'a Observation, &Target, Field) -> Result<Live<'a>, &'a Unknown>,
    /// When that was read directly; `None`: not yet.
    pub read_at: fn(&Observation, &Target) -> Option<Timestamp>,
    /// Digest of the document that a field is a member of, where it is written as a whole.
    pub base: fn(&Observation, &Target) -> Option<Digest>,
    /// The account that a write bears on: it may be protected, synchronised or privileged.
    pub account: fn(&Target) -> Option<Uuid>,
    /// Why a step is not to be written, for a reason that only this surface has.
    pub objection: fn(&Observation, &Step) -> Option<(Reason, String)>,
    /// Why a step asks for an approval, for a reason that only this surface has.
    pub risk: fn(&Observation, &Step) -> Option<Reason>,
    /// A field that the service keeps in one property with this one, which a write replaces as a whole.
    pub companion: fn(Field) -> Option<Field>,
    /// Whether a field is given when its object is created.
    pub is_first: fn(Field) -> bool,
    /// Whether a step may change who receives a notice.
    pub matters: fn(&Step, &Observation, Option<&Landscape>) -> bool,
    /// What the tenant as a whole looks like once the field of a step has these values.
    pub foresee: fn(&mut Landscape, &Step, Fact<Values>),
    /// How sure reads make us.
    pub replication: Replication,
}

/// What is live.
#[derive(Clone, Copy)]
pub enum Live<'a> {
    /// The values of a field.
    Values(&'a [Box<str>]),
    /// The entries of a field that is a map.
    Entries(&'a Entries),
}

impl<'a> Live<'a> {
    /// What is live of a slot: the field as a whole, or one entry.
    pub fn slot(self, entry: Option<&str>) -> LiveSlot<'a> {
        match (self, entry) {
            (Self::Values(values), _) => LiveSlot { values, expires: None },
            (Self::Entries(entries), Some(key)) => {
                entries.get(key).map_or(LiveSlot { values: &[], expires: None }, |Entry { values, expires }| LiveSlot {
                    values,
                    expires: *expires,
                })
            }
            (Self::Entries(_), None) => LiveSlot { values: &[], expires: None },
        }
    }

    /// The entries; none of a field that is no map.
    pub fn entries(self) -> impl Iterator<Item = (&'a str, &'a Entry)> {
        let entries = match self {
            Self::Entries(entries) => Some(entries),
            Self::Values(_) => None,
        };
        entries.into_iter().flat_map(BTreeMap::iter).map(|(key, entry)| (&**key, entry))
    }
}

/// What is live of a slot.
#[derive(Clone, Copy)]
pub struct LiveSlot<'a> {
    /// Its values; none: it is not there.
    pub values: &'a [Box<str>],
    /// When it ends by itself.
    pub expires: Option<Timestamp>,
}

impl LiveSlot<'_> {
    /// Digest in normal form.
    pub fn digest(&self, field: Field, facts: &FieldFacts) -> Digest {
        canonical::digest_until(field, facts.shape, self.values, self.expires)
    }
}

// What rows say that have nothing to say.

pub(super) fn no_objection(_: &Observation, _: &Step) -> Option<(Reason, String)> {
    None
}

pub(super) fn no_risk(_: &Observation, _: &Step) -> Option<Reason> {
    None
}

pub(super) fn no_base(_: &Observation, _: &Target) -> Option<Digest> {
    None
}

pub(super) fn no_account(_: &Target) -> Option<Uuid> {
    None
}

pub(super) fn no_companion(_: Field) -> Option<Field> {
    None
}

pub(super) fn is_never_first(_: Field) -> bool {
    false
}
