//! What tests and people may look at: the journal of writes and the counters.
//!
//! Invariant: every write that reached the store has exactly one entry, also one that changed nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A write that reached the store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JournalEntry {
    /// Position in the log, from 1.
    pub sequence: u64,
    /// Simulated time of the commit, RFC 3339 UTC.
    pub time: String,
    /// The application's client id, or `outside` for changes made through the admin surface.
    pub actor: String,
    /// HTTP method of the request (of the batch item, where it came in a batch).
    pub method: String,
    /// Path of the request without query.
    pub path: String,
    /// Kind of the target, as `user` or `unifiedRoleAssignment`.
    pub kind: String,
    /// Id of the object that was written.
    pub target: String,
    /// The `request-id` the answer carried.
    pub request_id: String,
    /// What differs; empty when the write changed nothing.
    pub changes: Vec<Change>,
}

/// One property of a written object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// Property name; relations such as `manager` and `members` appear as properties.
    pub property: String,
    /// Value before, null where there was none.
    pub before: Value,
    /// Value after, null where there is none.
    pub after: Value,
}

/// Counters since start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Statistics {
    /// Requests by operation, as `GET users/{id}`; batch items are counted here too.
    pub operations: BTreeMap<String, u64>,
    /// HTTP requests, a batch counting once; the admin surface is not counted.
    pub requests: u64,
    /// Items inside batches.
    pub batch_items: u64,
    /// Connections accepted by the server (none for in-process callers).
    pub connections: u64,
    /// Bytes of request bodies.
    pub bytes_in: u64,
    /// Bytes of response bodies.
    pub bytes_out: u64,
    /// Resource units of the answers that carried `x-ms-resource-unit`, batch items included.
    pub resource_units: u64,
    /// 429 answers, batch items included.
    pub throttled: u64,
    /// Faults of the script that fired.
    pub faults: u64,
    /// Tokens issued.
    pub tokens: u64,
}
