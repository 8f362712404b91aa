//! The state file: an append-only log, compacted when most of it is out of date. Beside it lies the audit trail,
//! `<file>.audit`, which is never rewritten.
//!
//! Invariant: a file that this program did not write is never changed; a file that it did write is one process's at a time,
//! by whatever name it is called.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufRead, BufReader, Read as _, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use futures::future::BoxFuture;
use tenant_contacts_api::{
    memory::Memory,
    status::{ChildStatus, TenantMemory, TenantStatus},
};
use tenant_contacts_core::{
    desired::ObjectKey,
    status::{Published, Standing},
};
use tenant_contacts_engine::{
    audit::AuditRecord,
    port::{Loaded, ObjectUpdate, Records, RecordsError, TenantUpdate},
};

use super::{
    lines::{Content, Line, Part, Subject},
    place::{self, Held, PlaceError},
    trail::{self, Heads, Trail, TrailError, Verified},
};

/// Compact when the log is this many times larger than what still holds. Four bounds the file at four times its need and
/// the cost of compaction at a third of the cost of appending.
const COMPACT_AT: u64 = 4;

/// Never compact below this size: rewriting a small file saves nothing.
const SMALLEST_COMPACTION: u64 = 1024 * 1024;

/// Longest line that is read as a record. The largest, the memory of a Tenant, is bounded by what etcd takes of the same
/// memory in a cluster (1.5 MiB); what is longer is no record of ours, and is not read into memory to find out.
const LONGEST_LINE: u64 = 16 * 1024 * 1024;

/// A state file could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The file, or the trail beside it, cannot be taken.
    #[error("the state file cannot be used")]
    Place(#[from] PlaceError),
    /// It could not be read or repaired.
    #[error("the state file {path} could not be {action}")]
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
    #[error(
        "{0} is not a state file of tenant-contacts and was left as it is: name another file, or one that is not there yet"
    )]
    NotOurs(PathBuf),
    /// A line in the middle is not a record.
    #[error(
        "line {line} of the state file {path} is not a record: restore the file from a backup, or move it away to begin again"
    )]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
    },
    /// The audit trail beside it is not what was written.
    #[error("the audit trail cannot be trusted")]
    Trail(#[from] TrailError),
}

/// Where the line that holds for a subject lies: offset and length.
type Index = BTreeMap<Subject, (u64, u64)>;

/// Records in a file, locked as long as this lives.
pub struct StateFile(Mutex<Log>);

struct Log {
    path: PathBuf,
    /// Carries the lock.
    file: Held,
    /// The lock of the versions before the file carried its own, so that one of them cannot run beside this one.
    _lock: Option<Held>,
    trail: Trail,
    index: Index,
    length: u64,
    live: u64,
}

impl StateFile {
    /// Opens or creates a state file and locks it, and verifies the audit trail beside it. A file that is not ours is left
    /// as it is, to the byte.
    pub fn open(path: &Path) -> Result<Self, StateError> {
        if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            let failed = |source| StateError::Io { path: path.to_owned(), action: "created", source };
            fs::create_dir_all(parent).map_err(failed)?;
        }
        let path = place::resolve(path)?;
        let io = |action| {
            let path = path.clone();
            move |source| StateError::Io { path, action, source }
        };
        let (mut file, created) = place::lock(&path)?;
        let earlier = earlier_lock(&path)?;
        let Read { index, length } = if created { Read::default() } else { read(&path, &file)? };
        let trail = Trail::open(&place::beside(&path, ".audit"), &heads(&mut file, &index).map_err(io("read"))?)?;
        // Only now is anything changed. A line that was cut off by a crash is cut off for good, so that the next one starts
        // on its own line.
        place::close_to_others(&file).map_err(io("closed to others"))?;
        file.set_len(length).map_err(io("repaired"))?;
        let live = index.values().map(|(_, length)| length).sum();
        let mut log = Log { path: path.clone(), file, _lock: earlier, trail, index, length, live };
        if length == 0 {
            log.begin().map_err(io("written"))?;
        }
        Ok(Self(Mutex::new(log)))
    }

    /// The Tenants whose trail begins behind records that were taken away with an earlier file: where it begins.
    pub fn continued(&self) -> Vec<(String, u64)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).trail.continued()
    }

    fn with<T>(&self, action: &'static str, work: impl FnOnce(&mut Log) -> io::Result<T>) -> Result<T, RecordsError> {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut log).map_err(|source| RecordsError { action, source: Box::new(source) })
    }
}

/// Verifies the audit trail beside a state file, without taking a lock and without changing anything: per Tenant what is in
/// it. Works beside a process that uses the file.
pub fn verify(path: &Path) -> Result<Vec<Verified>, StateError> {
    let path = place::resolve(path)?;
    // State before trail: what the state tells of has been in the trail longer.
    let mut file = place::look(&path)?.ok_or_else(|| StateError::Io {
        path: path.clone(),
        action: "opened",
        source: io::ErrorKind::NotFound.into(),
    })?;
    let index = read(&path, &file)?.index;
    let heads =
        heads(&mut file, &index).map_err(|source| StateError::Io { path: path.clone(), action: "read", source })?;
    Ok(trail::verify(&place::beside(&path, ".audit"), &heads)?)
}

/// Where each Tenant's chain ends by what its memory tells.
fn heads(file: &mut File, index: &Index) -> io::Result<Heads> {
    let mut heads = Heads::new();
    for (subject, place) in index {
        if let Content::Tenant(TenantMemory { audit_head: Some(head), .. }) = content(file, *place)? {
            heads.insert((subject.namespace.clone(), subject.tenant.clone()), head);
        }
    }
    Ok(heads)
}

/// Locks what earlier versions lock, where one of them has left it: two versions side by side are two processes as well.
fn earlier_lock(path: &Path) -> Result<Option<Held>, StateError> {
    let lock = place::beside(path, ".lock");
    let Some(file) = place::look(&lock)? else { return Ok(None) };
    match Held::take(file) {
        Ok(file) => Ok(Some(file)),
        Err(fs::TryLockError::WouldBlock) => Err(PlaceError::Locked(path.to_owned()).into()),
        Err(fs::TryLockError::Error(source)) => Err(StateError::Io { path: lock, action: "locked", source }),
    }
}

/// What the first line of a file says. Versions before it existed read it as a subject that is forgotten.
fn header() -> Line {
    let (namespace, tenant) = (String::new(), String::new());
    let (kind, name) = ("state of tenant-contacts".to_owned(), "1".to_owned());
    Line { subject: Subject { namespace, tenant, kind, name, part: Part::Memory }, content: Content::Released }
}

fn header_bytes() -> io::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(&header())?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// What a file holds.
#[derive(Default)]
struct Read {
    index: Index,
    /// Up to the end of the last whole line.
    length: u64,
}

fn read(path: &Path, file: &File) -> Result<Read, StateError> {
    let mut found = Read::default();
    let mut reader = BufReader::new(file);
    let mut bytes = Vec::new();
    let failed = |source| StateError::Io { path: path.to_owned(), action: "read", source };
    for line in 1.. {
        bytes.clear();
        let length = (&mut reader).take(LONGEST_LINE).read_until(b'\n', &mut bytes).map_err(failed)? as u64;
        // What is not one of our lines at the head of a file makes it somebody else's, and further down a damaged one.
        let stranger = || {
            if line == 1 {
                StateError::NotOurs(path.to_owned())
            } else {
                StateError::Corrupt { path: path.to_owned(), line }
            }
        };
        if bytes.last() != Some(&b'\n') {
            // Without its line feed the last line was being written when the process died: it was never acknowledged. The
            // first line of all is known to the byte.
            if length == LONGEST_LINE || (line == 1 && !header_bytes().map_err(failed)?.starts_with(&bytes)) {
                return Err(stranger());
            }
            break;
        }
        let record: Line = serde_json::from_slice(&bytes).map_err(|_| stranger())?;
        note(&mut found.index, record.subject, &record.content, (found.length, length));
        found.length += length;
    }
    Ok(found)
}

/// Notes where a line lies. Returns how many bytes of earlier lines no longer hold.
fn note(index: &mut Index, subject: Subject, content: &Content, place: (u64, u64)) -> u64 {
    if matches!(content, Content::Released) {
        let parts = [Part::Memory, Part::Status].map(|part| index.remove(&Subject { part, ..subject.clone() }));
        // The line of a release itself never needs keeping.
        place.1 + parts.into_iter().flatten().map(|(_, length)| length).sum::<u64>()
    } else {
        index.insert(subject, place).map_or(0, |(_, length)| length)
    }
}

impl Log {
    /// Writes what tells that the file is ours.
    fn begin(&mut self) -> io::Result<()> {
        let bytes = header_bytes()?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&bytes)?;
        self.file.sync_all()?;
        self.length = bytes.len() as u64;
        Ok(())
    }

    /// An error where the path no longer names our file: what is appended to a file without a name is lost with the process.
    fn still_there(&self) -> io::Result<()> {
        if place::is_at(&self.file, &self.path)? {
            return Ok(());
        }
        Err(io::Error::new(io::ErrorKind::NotFound, "it was removed or replaced while it was in use: start again"))
    }

    fn append(&mut self, lines: Vec<Line>) -> io::Result<()> {
        self.still_there()?;
        let mut bytes = Vec::new();
        let mut places = Vec::new();
        for line in lines {
            let start = bytes.len() as u64;
            serde_json::to_writer(&mut bytes, &line)?;
            bytes.push(b'\n');
            places.push((line, self.length + start, bytes.len() as u64 - start));
        }
        self.file.seek(SeekFrom::Start(self.length))?;
        if let Err(error) = self.file.write_all(&bytes).and_then(|()| self.file.sync_data()) {
            // Whole lines of what was not acknowledged must not be read by the next process, nor half of them garble the log.
            let _ = self.file.set_len(self.length);
            return Err(error);
        }
        self.length += bytes.len() as u64;
        for (line, offset, length) in places {
            self.live = (self.live + length).saturating_sub(note(
                &mut self.index,
                line.subject,
                &line.content,
                (offset, length),
            ));
        }
        if self.length > SMALLEST_COMPACTION && self.length > self.live.saturating_mul(COMPACT_AT) {
            self.compact()?;
        }
        Ok(())
    }

    /// Writes what still holds into a new file and puts it in the old one's place.
    fn compact(&mut self) -> io::Result<()> {
        let fresh_path = place::beside(&self.path, ".new");
        // Before it has the name: whoever opens it by the name then meets the lock.
        let mut fresh = Held::take(place::create(&fresh_path)?)?;
        let mut index = BTreeMap::new();
        let header = header_bytes()?;
        let mut offset = header.len() as u64;
        let mut writer = io::BufWriter::new(&mut *fresh);
        writer.write_all(&header)?;
        for (subject, &place) in &self.index {
            writer.write_all(&read_at(&mut self.file, place)?)?;
            index.insert(subject.clone(), (offset, place.1));
            offset += place.1;
        }
        writer.flush()?;
        drop(writer);
        fresh.sync_all()?;
        fs::rename(&fresh_path, &self.path)?;
        self.file = fresh;
        self.index = index;
        self.length = offset;
        Ok(())
    }

    fn load(&mut self, tenant: &ObjectKey) -> io::Result<Loaded> {
        let mut loaded = Loaded { trail_end: self.trail.end(tenant), ..Loaded::default() };
        let mine: Vec<(Subject, (u64, u64))> = self
            .index
            .iter()
            .filter(|(subject, _)| *subject.namespace == *tenant.namespace && *subject.tenant == *tenant.name)
            .map(|(subject, place)| (subject.clone(), *place))
            .collect();
        for (subject, place) in mine {
            let Some(key) = subject.object() else { continue };
            match content(&mut self.file, place)? {
                Content::Tenant(memory) => loaded.tenant = memory,
                Content::TenantStatus(status) => loaded.tenant_standing = Standing::read(&status.conditions),
                Content::Child(memory) => loaded.objects.entry(key).or_default().0 = memory,
                Content::ChildStatus(status) => {
                    loaded.objects.entry(key).or_default().1 = Published::read(&status);
                }
                Content::Released => {}
            }
        }
        Ok(loaded)
    }
}

fn content(file: &mut File, place: (u64, u64)) -> io::Result<Content> {
    let bytes = read_at(file, place)?;
    Ok(serde_json::from_slice::<Line>(&bytes)?.content)
}

fn read_at(file: &mut File, (offset, length): (u64, u64)) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn object_lines(tenant: &ObjectKey, object: &ObjectUpdate<'_>, lines: &mut Vec<Line>) {
    let subject = |part| Subject::of(tenant, object.key, part);
    if object.released {
        lines.push(Line { subject: subject(Part::Memory), content: Content::Released });
        return;
    }
    lines.push(Line { subject: subject(Part::Memory), content: Content::Child(object.memory.clone()) });
    if let Some(status) = object.status {
        // Memory has its own line.
        let status = ChildStatus { memory: Memory::default(), ..status.clone() };
        lines.push(Line { subject: subject(Part::Status), content: Content::ChildStatus(Box::new(status)) });
    }
}

impl Records for StateFile {
    fn load<'a>(&'a self, tenant: &'a ObjectKey) -> BoxFuture<'a, Result<Loaded, RecordsError>> {
        Box::pin(async move { self.with("read", |log| log.load(tenant)) })
    }

    fn keep<'a>(
        &'a self,
        tenant: &'a ObjectKey,
        update: Option<TenantUpdate<'a>>,
        objects: &'a [ObjectUpdate<'a>],
    ) -> BoxFuture<'a, Result<(), RecordsError>> {
        Box::pin(async move {
            let mut lines = Vec::new();
            for object in objects {
                object_lines(tenant, object, &mut lines);
            }
            if let Some(update) = update {
                let subject = |part| Subject::of(tenant, tenant, part);
                lines.push(Line { subject: subject(Part::Memory), content: Content::Tenant(update.memory.clone()) });
                if let Some(status) = update.status {
                    let status = TenantStatus { memory: TenantMemory::default(), ..status.clone() };
                    lines.push(Line {
                        subject: subject(Part::Status),
                        content: Content::TenantStatus(Box::new(status)),
                    });
                }
            }
            self.with("written", |log| log.append(lines))
        })
    }

    fn audit<'a>(
        &'a self,
        tenant: &'a ObjectKey,
        records: &'a [AuditRecord],
    ) -> BoxFuture<'a, Result<(), RecordsError>> {
        Box::pin(async move { self.with("written", |log| log.trail.append(tenant, records)) })
    }
}

#[cfg(all(test, unix))]
mod tests;
