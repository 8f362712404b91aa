//! Writes on their way to the directory.

use std::collections::{BTreeMap, HashMap, VecDeque};

use tokio::time::Instant;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Sync {
    /// Keys of recipients by the time their addresses arrive; the number keeps equal times apart.
    pub(super) due: BTreeMap<(Instant, u64), String>,
    pub(super) counter: u64,
    /// Log position at which the directory took over an object's addresses.
    pub(crate) mirrored: HashMap<String, u64>,
    /// Requests to the message trace, latest last.
    pub(crate) traced: VecDeque<Instant>,
    /// How far the directory's log was looked through for licences that ended.
    pub(super) seen: u64,
}

impl Sync {
    /// Nothing is under way after a restart: what the file holds of addresses is what the directory has.
    pub(crate) fn resume(&mut self, keys: impl Iterator<Item = String>, position: u64) {
        self.mirrored = keys.map(|key| (key, 0)).collect();
        self.seen = position;
    }
}
