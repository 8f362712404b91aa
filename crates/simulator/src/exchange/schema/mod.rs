//! What each kind of object in Exchange consists of: one table per kind, property names as the cmdlets print them.
//!
//! Invariant: as in the directory's schema, a property is described in exactly one row. A recipient's table is common to
//! mailboxes, mail users, contacts and groups; [`crate::schema::Property::shown`] says which of them print a row.

pub(crate) mod mailbox;
pub(crate) mod organization;
pub(crate) mod policies;
pub(crate) mod recipient;
pub(crate) mod transport;
