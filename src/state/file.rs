//! The state file: an append-only log, compacted when most of it is out of date. Beside it lies the audit trail,
//! `<file>.audit`, which is never rewritten.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write},
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
    trail::Trail,
};

/// Compact when the log is this many times larger than what still holds. Four bounds the file at four times its need and
/// the cost of compaction at a third of the cost of appending.
const COMPACT_AT: u64 = 4;

/// Never compact below this size: rewriting a small file saves nothing.
const SMALLEST_COMPACTION: u64 = 1024 * 1024;

/// A state file could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// It could not be opened, read or created.
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
    /// Another process has it.
    #[error("the state file {0} is in use by another process: two of them would write the tenant against each other")]
    Locked(PathBuf),
    /// A line in the middle is not a record.
    #[error(
        "line {line} of the state file {path} is not a record: restore the file from a backup, or move it away to begin anew"
    )]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
    },
}

/// Where the line that holds for a subject lies: offset and length.
type Index = BTreeMap<Subject, (u64, u64)>;

/// Records in a file, locked as long as this lives.
pub struct StateFile(Mutex<Log>);

struct Log {
    path: PathBuf,
    file: File,
    /// The file that carries the lock; compaction replaces the log but not this one.
    _lock: File,
    trail: Trail,
    index: Index,
    length: u64,
    live: u64,
}

impl StateFile {
    /// Opens or creates a state file and locks it.
    pub fn open(path: &Path) -> Result<Self, StateError> {
        let io = |action| move |source| StateError::Io { path: path.to_owned(), action, source };
        if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            fs::create_dir_all(parent).map_err(io("created"))?;
        }
        let beside = |suffix: &str| {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        };
        let lock = options().open(beside(".lock")).map_err(io("locked"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(StateError::Locked(path.to_owned())),
            Err(fs::TryLockError::Error(source)) => return Err(io("locked")(source)),
        }
        let file = options().open(path).map_err(io("opened"))?;
        let trail = Trail::open(&beside(".audit")).map_err(io("opened"))?;
        let (index, length) = read_index(path, &file)?;
        // A line that was cut off by a crash is cut off for good, so that the next one starts on its own line.
        file.set_len(length).map_err(io("repaired"))?;
        let live = index.values().map(|(_, length)| length).sum();
        Ok(Self(Mutex::new(Log { path: path.to_owned(), file, _lock: lock, trail, index, length, live })))
    }

    fn with<T>(&self, action: &'static str, work: impl FnOnce(&mut Log) -> io::Result<T>) -> Result<T, RecordsError> {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut log).map_err(|source| RecordsError { action, source: Box::new(source) })
    }
}

/// Opens for reading and writing; values may be private data, so nobody else may read the file.
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true).read(true).write(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn read_index(path: &Path, file: &File) -> Result<(Index, u64), StateError> {
    let mut index = BTreeMap::new();
    let mut reader = BufReader::new(file);
    let mut offset = 0;
    let mut bytes = Vec::new();
    for line in 1.. {
        bytes.clear();
        let length = reader.read_until(b'\n', &mut bytes).map_err(|source| StateError::Io {
            path: path.to_owned(),
            action: "read",
            source,
        })? as u64;
        // Without its line feed the last line was being written when the process died: it was never acknowledged.
        if length == 0 || bytes.last() != Some(&b'\n') {
            break;
        }
        let corrupt = || StateError::Corrupt { path: path.to_owned(), line };
        let record: Line = serde_json::from_slice(&bytes).map_err(|_| corrupt())?;
        note(&mut index, record.subject, &record.content, (offset, length));
        offset += length;
    }
    Ok((index, offset))
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
    fn append(&mut self, lines: Vec<Line>) -> io::Result<()> {
        let mut bytes = Vec::new();
        let mut places = Vec::new();
        for line in lines {
            let start = bytes.len() as u64;
            serde_json::to_writer(&mut bytes, &line)?;
            bytes.push(b'\n');
            places.push((line, self.length + start, bytes.len() as u64 - start));
        }
        self.file.seek(SeekFrom::Start(self.length))?;
        self.file.write_all(&bytes)?;
        self.file.sync_data()?;
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
        let mut name = self.path.as_os_str().to_owned();
        name.push(".new");
        let fresh_path = PathBuf::from(name);
        let mut fresh = options().open(&fresh_path)?;
        fresh.set_len(0)?;
        let mut index = BTreeMap::new();
        let mut offset = 0;
        let mut writer = io::BufWriter::new(&mut fresh);
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

    fn content(&mut self, place: (u64, u64)) -> io::Result<Content> {
        let bytes = read_at(&mut self.file, place)?;
        Ok(serde_json::from_slice::<Line>(&bytes)?.content)
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
            match self.content(place)? {
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
