//! The audit trail beside a state file: one record a line, never rewritten, several Tenants in one file.
//!
//! Invariant: what [`Trail::append`] returned from survives a crash, and the next process continues each Tenant's chain
//! behind the last whole record, also behind one that the memory of that Tenant had no time to hear of. No chain is continued
//! that is broken, or that ends before what the memory of its Tenant tells of.

mod check;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use tenant_contacts_api::status::AuditHead;
use tenant_contacts_core::desired::ObjectKey;
use tenant_contacts_engine::audit::AuditRecord;

use self::check::{Chains, check};
use super::place::{self, Held, PlaceError};

/// Where chains end, by namespace and name of the Tenant.
pub(super) type Heads = BTreeMap<(String, String), AuditHead>;

/// Why a trail is not continued.
#[derive(Debug, thiserror::Error)]
pub enum TrailError {
    /// The file cannot be taken.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// It could not be read or written.
    #[error("{path} could not be {action}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// Another program wrote it.
    #[error("{0} is not an audit trail of tenant-contacts and was left as it is: move it away")]
    NotOurs(PathBuf),
    /// A line is no record, or not the one that follows the one before it.
    #[error(
        "line {line} of {path} {what}: somebody or something changed the file. Restore it from a backup; or keep it as evidence \
         under another name, and the trail goes on in a new file"
    )]
    Broken {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        what: &'static str,
    },
    /// Records are missing that the memory of a Tenant tells of.
    #[error(
        "{path} lacks records {from} to {to} of Tenant {tenant}: the file was emptied, cut, or replaced by an older one. Restore it \
         from a backup; or keep it as evidence under another name, and the trail goes on in a new file"
    )]
    Missing {
        /// The file.
        path: PathBuf,
        /// Namespace and name of the Tenant.
        tenant: String,
        /// The first missing record.
        from: u64,
        /// The last record that is known to have been written.
        to: u64,
    },
}

/// What the trail of one Tenant holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Namespace and name of the Tenant.
    pub tenant: (String, String),
    /// Number of the first record that is in the file, or would be the next. 1 unless earlier ones are in another file.
    pub first: u64,
    /// Where the chain ends.
    pub head: AuditHead,
}

/// A line: whose record it is, and the record.
#[derive(Serialize, Deserialize)]
struct Line<R> {
    namespace: String,
    tenant: String,
    #[serde(flatten)]
    record: R,
}

/// What stands instead of a record where a chain goes on from an earlier file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Continues {
    continues: AuditHead,
}

/// First line of a file. Versions before it existed pass over it: it is no record.
const HEADER: &str = "{\"trail\":\"tenant-contacts\",\"version\":1}";

/// The last number there is: a record that has it could not be followed. Nobody has written so many; a file that was changed
/// may say so.
const LAST: u64 = u64::MAX;

/// An open trail.
pub(super) struct Trail {
    path: PathBuf,
    file: Held,
    length: u64,
    chains: Chains,
}

impl Trail {
    /// Opens or creates a trail, and verifies it. `heads`: where each chain ends at least. A line that a crash cut off is cut
    /// off for good, so that the next one starts on its own. A trail that is not there is begun: its chains go on.
    pub(super) fn open(path: &Path, heads: &Heads) -> Result<Self, TrailError> {
        let io = |action| move |source| TrailError::Io { path: path.to_owned(), action, source };
        if place::look(path)?.is_none() {
            begin(path, heads).map_err(io("created"))?;
        }
        let (file, _) = place::lock(path)?;
        let (chains, length) = check(path, &file, heads)?;
        place::close_to_others(&file).map_err(io("closed to others"))?;
        file.set_len(length).map_err(io("repaired"))?;
        Ok(Self { path: path.to_owned(), file, length, chains })
    }

    /// Appends records of a Tenant.
    pub(super) fn append(&mut self, tenant: &ObjectKey, records: &[AuditRecord]) -> io::Result<()> {
        let Some(last) = records.last() else { return Ok(()) };
        // What would be refused at the next start is not written in this one.
        if last.sequence == LAST {
            return Err(io::Error::other("the audit trail has come to the last number there is"));
        }
        if !place::is_at(&self.file, &self.path)? {
            return Err(io::Error::new(
                io::ErrorKind::NotFound,
                "the audit trail was removed or replaced while it was in use",
            ));
        }
        let mut bytes = Vec::new();
        for record in records {
            let (namespace, tenant) = owner(tenant);
            serde_json::to_writer(&mut bytes, &Line { namespace, tenant, record })?;
            bytes.push(b'\n');
        }
        self.file.seek(SeekFrom::Start(self.length))?;
        if let Err(error) = self.file.write_all(&bytes).and_then(|()| self.file.sync_data()) {
            // Half a record in the middle of a file would break the chain for good.
            let _ = self.file.set_len(self.length);
            return Err(error);
        }
        self.length += bytes.len() as u64;
        self.chains.extend(owner(tenant), records[0].sequence, AuditHead { sequence: last.sequence, hash: last.hash });
        Ok(())
    }

    /// Another descriptor of the same open file, as a child process has it while it is being started.
    #[cfg(test)]
    pub(super) fn copy(&self) -> fs::File {
        self.file.try_clone().unwrap()
    }

    /// Where a Tenant's chain ends.
    pub(super) fn end(&self, tenant: &ObjectKey) -> Option<AuditHead> {
        self.chains.head(&owner(tenant)).cloned()
    }

    /// The Tenants whose first records are not in this file, and the number of the first that is, or will be.
    pub(super) fn continued(&self) -> Vec<(String, u64)> {
        let all = self.chains.verified().into_iter().filter(|one| one.first > 1);
        all.map(|Verified { tenant: (namespace, name), first, .. }| (format!("{namespace}/{name}"), first)).collect()
    }
}

/// Verifies a trail without changing anything.
pub(super) fn verify(path: &Path, heads: &Heads) -> Result<Vec<Verified>, TrailError> {
    let missing = |source| TrailError::Io { path: path.to_owned(), action: "opened", source };
    let file = place::look(path)?.ok_or_else(|| missing(io::ErrorKind::NotFound.into()))?;
    Ok(check(path, &file, heads)?.0.verified())
}

fn owner(tenant: &ObjectKey) -> (String, String) {
    (tenant.namespace.to_string(), tenant.name.to_string())
}

/// Makes a new trail, which is there as a whole or not at all: a file without the line that says from where a chain goes on
/// is one that was emptied.
fn begin(path: &Path, heads: &Heads) -> io::Result<()> {
    let fresh = place::beside(path, ".new");
    let mut bytes = format!("{HEADER}\n").into_bytes();
    for ((namespace, tenant), head) in heads {
        let record = Continues { continues: head.clone() };
        serde_json::to_writer(&mut bytes, &Line { namespace: namespace.clone(), tenant: tenant.clone(), record })?;
        bytes.push(b'\n');
    }
    let mut file = place::create(&fresh)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, path)
}
