//! What is observed on the surface of tests.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tenant_contacts_api::digest::Digest;
use uuid::Uuid;

use super::{entry::Entries, fact::Fact};

/// What was observed of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thing {
    /// Its object id.
    pub id: Uuid,
    /// Its name.
    pub name: Box<[Box<str>]>,
    /// A text.
    pub text: Box<[Box<str>]>,
    /// Entries that come and go.
    pub holders: Entries,
    /// Entries that end by themselves.
    pub leases: Entries,
    /// A member of its document.
    pub member: Box<[Box<str>]>,
    /// Digest of the document as it was read.
    pub base: Digest,
}

/// The things of a tenant.
#[derive(Clone, Debug, Default)]
pub struct Things {
    /// By object id, and when it was read. A missing one was not read.
    pub by_id: BTreeMap<Uuid, (Fact<Thing>, Timestamp)>,
    /// What a name stands for. A missing one was not read.
    pub names: BTreeMap<Box<str>, (Fact<Uuid>, Timestamp)>,
}
