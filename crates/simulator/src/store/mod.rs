//! The authoritative state and its append-only log of committed changes.
//!
//! Invariant: state changes only through [`Store::commit`]; a replica is nothing but a position in the log, and what it
//! shows is what the log says up to there. Objects keep the versions that some replica may still show.

pub(crate) mod record;
pub(crate) mod view;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use serde_json::Value;
use tokio::time::Instant;

use self::record::Record;
use crate::{
    exchange::schema::recipient,
    journal::{Change, JournalEntry},
    schema::{Entity, group, user},
};

/// One object's versions, oldest first; `None` = does not exist (any more).
type Versions = Vec<(u64, Option<Arc<Record>>)>;

/// What one committed write did to one object.
#[derive(Debug)]
pub(crate) struct Commit {
    pub(crate) at: Instant,
    pub(crate) entity: Entity,
    pub(crate) id: Arc<str>,
    /// Numbers of the properties that differ.
    pub(crate) changed: Vec<u8>,
    /// True when the object came to be with this write.
    pub(crate) created: bool,
    pub(crate) journal: JournalEntry,
}

/// A write of an earlier run.
#[derive(Debug)]
pub(crate) struct Logged {
    pub(crate) entity: Entity,
    pub(crate) id: String,
    pub(crate) changed: Vec<u8>,
    pub(crate) created: bool,
    pub(crate) journal: JournalEntry,
}

/// Who wrote, when and by which request: goes to the journal.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub(crate) at: Instant,
    pub(crate) time: String,
    pub(crate) actor: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) request_id: String,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Store {
    objects: [BTreeMap<Arc<str>, Versions>; Entity::COUNT],
    /// The writes after position `base`.
    log: Vec<Commit>,
    base: u64,
    /// Position at start: what was there before is known to every replica.
    floor: u64,
    /// Ids that ever held a sign-in name (lower case). Only a hint: a view checks what it finds.
    names: HashMap<String, Vec<Arc<str>>>,
    /// Holders that ever had an SMTP address (lower case, without prefix). Only a hint, as above.
    addresses: HashMap<String, Vec<(Entity, Arc<str>)>>,
    /// Groups and recipients that ever had a name or alias (lower case). Only a hint, as above. Accounts are found by
    /// sign-in name and address instead.
    labels: HashMap<String, Vec<(Entity, Arc<str>)>>,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            objects: std::array::from_fn(|_| BTreeMap::new()),
            log: Vec::new(),
            base: 0,
            floor: 0,
            names: HashMap::new(),
            addresses: HashMap::new(),
            labels: HashMap::new(),
        }
    }
}

impl Store {
    /// Puts an object into the state before the log begins (the seed).
    pub(crate) fn plant(&mut self, entity: Entity, id: &str, record: Record) {
        let id: Arc<str> = id.into();
        self.index(entity, &id, &record);
        self.objects[entity as usize].insert(id, vec![(0, Some(Arc::new(record)))]);
    }

    /// Forgets all objects of a kind, before others are planted.
    pub(crate) fn clear(&mut self, entity: Entity) {
        self.objects[entity as usize].clear();
    }

    /// Forgets the objects of a kind that do not fit.
    pub(crate) fn retain(&mut self, entity: Entity, fits: impl Fn(&Record) -> bool) {
        self.objects[entity as usize]
            .retain(|_, versions| versions.last().and_then(|(_, record)| record.as_ref()).is_some_and(|r| fits(r)));
    }

    /// Continues a log that ends at `position`; `log` holds its latest writes.
    pub(crate) fn resume(&mut self, position: u64, log: Vec<Logged>) {
        let at = Instant::now();
        self.base = position - log.len() as u64;
        self.floor = position;
        let commit = |Logged { entity, id, changed, created, journal }| Commit {
            at,
            entity,
            id: id.into(),
            changed,
            created,
            journal,
        };
        self.log = log.into_iter().map(commit).collect();
    }

    /// The oldest position from which the log can tell what changed.
    pub(crate) fn oldest(&self) -> u64 {
        self.base
    }

    /// Writes one object (`None` removes it) and returns the new log position. `horizon` is the oldest position any
    /// replica may still show; versions nobody can see are dropped.
    pub(crate) fn commit(
        &mut self,
        entity: Entity,
        id: &str,
        after: Option<Record>,
        origin: Origin,
        horizon: u64,
    ) -> u64 {
        let position = self.position() + 1;
        let id: Arc<str> = id.into();
        let after = after.map(Arc::new);
        if let Some(record) = &after {
            self.index(entity, &id, record);
        }
        let versions = self.objects[entity as usize].entry(id.clone()).or_default();
        let before = versions.last().and_then(|(_, record)| record.clone());
        let differing = Record::changed(before.as_deref(), after.as_deref());
        let schema = entity.schema();
        let changes = differing
            .iter()
            .map(|number| Change {
                property: schema.name(*number).to_owned(),
                before: before.as_ref().and_then(|r| r.get(*number)).cloned().unwrap_or(Value::Null),
                after: after.as_ref().and_then(|r| r.get(*number)).cloned().unwrap_or(Value::Null),
            })
            .collect();
        let visible = versions.iter().rposition(|(at, _)| *at <= horizon).unwrap_or(0);
        versions.drain(..visible);
        if visible > 0
            && let Some(oldest) = versions.first_mut()
        {
            // Should a replica be set further back later on, it shows the oldest version that is left, not nothing.
            oldest.0 = 0;
        }
        versions.push((position, after));
        self.log.push(Commit {
            at: origin.at,
            entity,
            id: id.clone(),
            changed: differing,
            created: before.is_none(),
            journal: JournalEntry {
                sequence: position,
                time: origin.time,
                actor: origin.actor,
                method: origin.method,
                path: origin.path,
                kind: schema.type_name.to_owned(),
                target: id.to_string(),
                request_id: origin.request_id,
                changes,
            },
        });
        position
    }

    /// How many objects of a kind there are or ever were.
    pub(crate) fn count(&self, entity: Entity) -> usize {
        self.objects[entity as usize].len()
    }

    /// The position after the last committed write.
    pub(crate) fn position(&self) -> u64 {
        self.base + self.log.len() as u64
    }

    /// The position a copy has that knows only what was committed at or before `at`.
    pub(crate) fn position_at(&self, at: Option<Instant>) -> u64 {
        at.map_or(self.floor, |at| self.base + self.log.partition_point(|commit| commit.at <= at) as u64)
    }

    /// The writes after position `since`, oldest first, with their positions.
    pub(crate) fn log_since(&self, since: u64) -> impl Iterator<Item = (u64, &Commit)> {
        let skip = usize::try_from(since.saturating_sub(self.base)).unwrap_or(usize::MAX);
        self.log.iter().enumerate().skip(skip).map(|(index, commit)| (self.base + index as u64 + 1, commit))
    }

    fn index(&mut self, entity: Entity, id: &Arc<str>, record: &Record) {
        if entity == Entity::User
            && let Some(name) = record.text(user::USER_PRINCIPAL_NAME)
        {
            let ids = self.names.entry(name.to_lowercase()).or_default();
            if !ids.contains(id) {
                ids.push(id.clone());
            }
        }
        for address in addresses(entity, record) {
            hint(&mut self.addresses, address, entity, id);
        }
        for label in labels(entity, record) {
            hint(&mut self.labels, label, entity, id);
        }
    }

    /// Who ever held an SMTP address (lower case, without prefix): to be checked against a view.
    pub(crate) fn holders(&self, address: &str) -> &[(Entity, Arc<str>)] {
        self.addresses.get(address).map_or(&[], Vec::as_slice)
    }

    /// Who ever had a name or alias (lower case): to be checked against a view.
    pub(crate) fn labelled(&self, label: &str) -> &[(Entity, Arc<str>)] {
        self.labels.get(label).map_or(&[], Vec::as_slice)
    }
}

/// Adds a holder to an index, once.
fn hint(index: &mut HashMap<String, Vec<(Entity, Arc<str>)>>, key: String, entity: Entity, id: &Arc<str>) {
    let holders = index.entry(key).or_default();
    if !holders.iter().any(|(kind, holder)| *kind == entity && holder == id) {
        holders.push((entity, id.clone()));
    }
}

/// Names and aliases by which Exchange finds an object, lower case.
fn labels(entity: Entity, record: &Record) -> Vec<String> {
    let properties: &[u8] = match entity {
        Entity::Group => &[group::DISPLAY_NAME, group::MAIL_NICKNAME],
        Entity::Recipient => &[recipient::NAME, recipient::ALIAS, recipient::DISPLAY_NAME],
        _ => return Vec::new(),
    };
    properties.iter().filter_map(|property| record.text(*property)).map(str::to_lowercase).collect()
}

/// The SMTP addresses an object holds, lower case and without prefix.
pub(crate) fn addresses(entity: Entity, record: &Record) -> Vec<String> {
    let property = match entity {
        Entity::User => user::PROXY_ADDRESSES,
        Entity::Group => group::PROXY_ADDRESSES,
        Entity::Recipient => recipient::EMAIL_ADDRESSES,
        _ => return Vec::new(),
    };
    record
        .strings(property)
        .filter_map(|entry| entry.split_once(':'))
        .filter(|(prefix, _)| prefix.eq_ignore_ascii_case("smtp"))
        .map(|(_, address)| address.to_lowercase())
        .collect()
}
