//! What the API server's audit log says of a fleet.

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use jiff::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    verb: String,
    user: User,
    object_ref: Option<Reference>,
    stage_timestamp: Timestamp,
    stage: String,
}

#[derive(Deserialize)]
struct User {
    username: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Reference {
    resource: String,
    subresource: String,
    name: String,
}

/// What happened between two moments.
#[derive(Default)]
pub(crate) struct Seen {
    /// When each UserContact was last applied.
    pub(crate) applied: BTreeMap<String, Timestamp>,
    /// When the operator wrote the status of each.
    pub(crate) statuses: BTreeMap<String, Vec<Timestamp>>,
    /// Requests of the operator by verb and resource, watches and leases apart.
    pub(crate) requests: BTreeMap<(String, String), usize>,
}

/// Reads the log from a moment on. `operator` is its ServiceAccount's user name.
pub(crate) fn since(log: &Path, operator: &str, from: Timestamp) -> Seen {
    let mut seen = Seen::default();
    for line in fs::read_to_string(log).unwrap().lines() {
        let Ok(entry) = serde_json::from_str::<Entry>(line) else { continue }; // the last line may be half written
        if entry.stage != "ResponseComplete" || entry.stage_timestamp < from {
            continue;
        }
        let Some(object) = entry.object_ref else { continue };
        let contact = object.resource == "usercontacts";
        if entry.user.username != operator {
            if contact && object.subresource.is_empty() && matches!(&*entry.verb, "patch" | "create") {
                seen.applied.insert(object.name, entry.stage_timestamp);
            }
            continue;
        }
        if object.resource == "leases" || entry.verb == "watch" {
            continue;
        }
        let resource = [object.resource, object.subresource].join("/");
        if contact && resource.ends_with("/status") {
            seen.statuses.entry(object.name).or_default().push(entry.stage_timestamp);
        }
        *seen.requests.entry((entry.verb, resource)).or_default() += 1;
    }
    seen
}

impl Seen {
    /// From being applied to the operator's last word, of each object.
    pub(crate) fn until_settled(&self) -> Vec<Duration> {
        let ends = self.statuses.iter().filter_map(|(name, times)| Some((self.applied.get(name)?, times.last()?)));
        ends.map(|(applied, last)| last.duration_since(*applied).try_into().unwrap_or_default()).collect()
    }

    /// How many objects had how many status writes.
    pub(crate) fn status_writes(&self) -> BTreeMap<usize, usize> {
        let mut counts = BTreeMap::new();
        for times in self.statuses.values() {
            *counts.entry(times.len()).or_default() += 1;
        }
        counts
    }
}
