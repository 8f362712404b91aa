//! The audit trail beside a state file: one record a line, never rewritten, several Tenants in one file.
//!
//! Invariant: what [`Trail::append`] returned from survives a crash, and the next process continues each Tenant's chain
//! behind the last whole record, also behind one that the memory of that Tenant had no time to hear of.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, Write},
    path::Path,
};

use serde::{Deserialize, Serialize};
use tenant_contacts_api::{digest::Digest, status::AuditHead};
use tenant_contacts_core::desired::ObjectKey;
use tenant_contacts_engine::audit::AuditRecord;

/// A line: whose record it is, and the record.
#[derive(Serialize)]
struct Line<'a> {
    namespace: &'a str,
    tenant: &'a str,
    #[serde(flatten)]
    record: &'a AuditRecord,
}

/// What continuing a chain takes of a line.
#[derive(Deserialize)]
struct End {
    namespace: String,
    tenant: String,
    sequence: u64,
    hash: Digest,
}

/// An open trail.
pub(super) struct Trail {
    file: File,
    /// Where each Tenant's chain ends, by namespace and name.
    ends: BTreeMap<(String, String), AuditHead>,
}

impl Trail {
    /// Opens or creates a trail. A line that a crash cut off is cut off for good, so that the next one starts on its own.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.create(true).read(true).append(true);
        // No value is in it, but names of objects are.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        let mut ends = BTreeMap::new();
        let mut whole = 0;
        let mut reader = BufReader::new(&file);
        let mut bytes = Vec::new();
        loop {
            bytes.clear();
            let length = reader.read_until(b'\n', &mut bytes)?;
            if bytes.last() != Some(&b'\n') {
                break;
            }
            whole += length as u64;
            // A line that is no record is for whoever verifies the chain to find; it ends no chain.
            if let Ok(end) = serde_json::from_slice::<End>(&bytes) {
                ends.insert((end.namespace, end.tenant), AuditHead { sequence: end.sequence, hash: end.hash });
            }
        }
        file.set_len(whole)?;
        Ok(Self { file, ends })
    }

    /// Appends records of a Tenant.
    pub(super) fn append(&mut self, tenant: &ObjectKey, records: &[AuditRecord]) -> io::Result<()> {
        let Some(last) = records.last() else { return Ok(()) };
        let mut bytes = Vec::new();
        for record in records {
            let line = Line { namespace: &tenant.namespace, tenant: &tenant.name, record };
            serde_json::to_writer(&mut bytes, &line)?;
            bytes.push(b'\n');
        }
        self.file.write_all(&bytes)?;
        self.file.sync_data()?;
        let key = (tenant.namespace.to_string(), tenant.name.to_string());
        self.ends.insert(key, AuditHead { sequence: last.sequence, hash: last.hash });
        Ok(())
    }

    /// Where a Tenant's chain ends.
    pub(super) fn end(&self, tenant: &ObjectKey) -> Option<AuditHead> {
        self.ends.get(&(tenant.namespace.to_string(), tenant.name.to_string())).cloned()
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use tenant_contacts_core::desired::Kind;
    use tenant_contacts_engine::audit::{self, AuditEvent};

    use super::*;

    #[test]
    fn each_tenants_chain_goes_on_behind_its_last_whole_record() {
        let folder = std::env::temp_dir().join(format!("tenant-contacts-trail-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("state.audit");
        let tenant = |name: &str| ObjectKey { kind: Kind::Tenant, namespace: "n".into(), name: name.into() };
        let event = |step| AuditEvent::Outcome { step: Digest([step; 16]), outcome: "done".into(), reason: None };
        let mut trail = Trail::open(&path).unwrap();
        let (mut a, mut b) = (None, None);
        for step in 1..=3 {
            let record = audit::append(&mut a, Timestamp::UNIX_EPOCH, event(step));
            trail.append(&tenant("a"), &[record]).unwrap();
            let record = audit::append(&mut b, Timestamp::UNIX_EPOCH, event(step + 10));
            trail.append(&tenant("b"), &[record]).unwrap();
        }
        drop(trail);
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, [&whole[..], b"{\"namespace\":\"n\",\"tenant\":\"a\",\"sequ"].concat()).unwrap();
        let trail = Trail::open(&path).unwrap();
        assert_eq!(trail.end(&tenant("a")), a);
        assert_eq!(trail.end(&tenant("b")), b);
        assert_eq!(trail.end(&tenant("c")), None);
        assert_eq!(std::fs::read(&path).unwrap(), whole, "the line that was cut off is gone");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
