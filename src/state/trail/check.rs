//! Reading a trail: every line is a record, every record follows the one before it, and none is missing.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    fs::File,
    io::{BufRead, BufReader, Read as _},
    path::Path,
};

use serde::{Deserialize, Serialize};
use tenant_contacts_api::status::AuditHead;
use tenant_contacts_engine::audit::{self, AuditRecord};

use super::{Continues, HEADER, Heads, LAST, Line, TrailError, Verified};

/// Longest line that is read as a record. A record holds names and digests: names in Kubernetes end at 253 characters, so that
/// four kilobytes are more than any record takes.
const LONGEST_LINE: u64 = 4 * 1024;

/// The chains of a file.
#[derive(Default)]
pub(super) struct Chains(BTreeMap<(String, String), Chain>);

struct Chain {
    first: u64,
    head: AuditHead,
}

/// Whose line it is.
#[derive(Deserialize)]
struct Owner {
    namespace: String,
    tenant: String,
    #[serde(default)]
    continues: Option<serde::de::IgnoredAny>,
}

impl Chains {
    /// A chain goes on, or begins with a record of this number.
    pub(super) fn extend(&mut self, tenant: (String, String), first: u64, head: AuditHead) {
        match self.0.entry(tenant) {
            Entry::Occupied(mut chain) => chain.get_mut().head = head,
            Entry::Vacant(place) => {
                place.insert(Chain { first, head });
            }
        }
    }

    pub(super) fn head(&self, tenant: &(String, String)) -> Option<&AuditHead> {
        self.0.get(tenant).map(|chain| &chain.head)
    }

    pub(super) fn verified(&self) -> Vec<Verified> {
        let all = self.0.iter();
        all.map(|(tenant, chain)| Verified { tenant: tenant.clone(), first: chain.first, head: chain.head.clone() })
            .collect()
    }

    /// Takes a line. The error: what is wrong with it.
    fn take(&mut self, line: &[u8], heads: &Heads) -> Result<(), &'static str> {
        let Owner { namespace, tenant, continues } = parse(line)?;
        let tenant = (namespace, tenant);
        let (first, head) = if continues.is_some() {
            if self.0.contains_key(&tenant) {
                return Err("says that a chain goes on from another file, in the middle of it");
            }
            let line: Line<Continues> = as_written(line)?;
            let Continues { continues } = line.record;
            (continues.sequence.saturating_add(1), continues)
        } else {
            let line: Line<AuditRecord> = as_written(line)?;
            let record = line.record;
            if !audit::follows(self.head(&tenant), &record) {
                return Err("does not follow the record before it");
            }
            (record.sequence, AuditHead { sequence: record.sequence, hash: record.hash })
        };
        if head.sequence == LAST {
            return Err("has the last number there is, so that nothing can follow");
        }
        if heads.get(&tenant).is_some_and(|known| known.sequence == head.sequence && known.hash != head.hash) {
            return Err("is another record than the one that the memory of its Tenant tells of");
        }
        self.extend(tenant, first, head);
        Ok(())
    }
}

/// A line that says what it says to every reader, because it is spelt as this program spells it. The hash is one of what was
/// read: a member that this program passes over would tell other readers something else, and verify.
fn as_written<T: Serialize + for<'a> Deserialize<'a>>(line: &[u8]) -> Result<Line<T>, &'static str> {
    let read: Line<T> = parse(line)?;
    let written = serde_json::to_vec(&read).unwrap_or_default();
    if line.strip_suffix(b"\n") == Some(&*written) { Ok(read) } else { Err("is not spelt as it was written") }
}

fn parse<'a, T: Deserialize<'a>>(line: &'a [u8]) -> Result<T, &'static str> {
    serde_json::from_slice(line).map_err(|_| "is not a record that this version knows")
}

/// Reads a whole trail. Returns its chains, and its length up to the end of the last whole line.
pub(super) fn check(path: &Path, file: &File, heads: &Heads) -> Result<(Chains, u64), TrailError> {
    let mut chains = Chains::default();
    let mut whole = 0;
    let mut reader = BufReader::new(file);
    let mut bytes = Vec::new();
    for line in 1.. {
        bytes.clear();
        let read = (&mut reader).take(LONGEST_LINE).read_until(b'\n', &mut bytes);
        let failed = |source| TrailError::Io { path: path.to_owned(), action: "read", source };
        let length = read.map_err(failed)? as u64;
        let broken = |what| {
            if line == 1 {
                TrailError::NotOurs(path.to_owned())
            } else {
                TrailError::Broken { path: path.to_owned(), line, what }
            }
        };
        if bytes.last() != Some(&b'\n') {
            // The last record was being written when the process died: no request left on its strength.
            if length == LONGEST_LINE || (line == 1 && length > 0) {
                return Err(broken("is longer than a record can be"));
            }
            break;
        }
        whole += length;
        if line == 1 && &bytes[..bytes.len() - 1] == HEADER.as_bytes() {
            continue;
        }
        // A file whose first line has an owner is ours, whatever became of the line since.
        chains.take(&bytes, heads).map_err(|what| {
            let ours = parse::<Owner>(&bytes).is_ok();
            if ours { TrailError::Broken { path: path.to_owned(), line, what } } else { broken(what) }
        })?;
    }
    for (tenant, known) in heads {
        let end = chains.head(tenant).map_or(0, |head| head.sequence);
        if end < known.sequence {
            let tenant = format!("{}/{}", tenant.0, tenant.1);
            return Err(TrailError::Missing { path: path.to_owned(), tenant, from: end + 1, to: known.sequence });
        }
    }
    Ok((chains, whole))
}
