//! The file's form: JSON, objects by entity set with their properties by name.
//!
//! Invariant: what is written can be read back by any version that knows the same properties; an unknown one is an error.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use serde::{
    Deserialize, Serialize, Serializer,
    ser::{SerializeMap, SerializeStruct},
};
use serde_json::Value;

use crate::{
    journal::JournalEntry,
    schema::{Entity, Schema, role},
    state::State,
    store::{Logged, Store, record::Record},
};

/// Form of the file; another one is refused.
const VERSION: u32 = 1;
/// How many of the latest writes are kept. Delta tokens older than that start over, as they do at the service after
/// seven days.
const WRITES: usize = 10_000;

/// The state, to be written.
pub(crate) struct Document<'a>(pub(crate) &'a State);

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let state = self.0;
        let mut document = to.serialize_struct("State", 7)?;
        document.serialize_field("version", &VERSION)?;
        document.serialize_field("tenant", &state.tenant_id)?;
        document.serialize_field("position", &state.store.position())?;
        document.serialize_field("generation", &state.delta_generation)?;
        document.serialize_field("ended", &state.delta_ended)?;
        document.serialize_field("objects", &Objects(&state.store))?;
        let position = state.store.position();
        let writes = state.store.log_since(position.saturating_sub(WRITES as u64));
        let writes: Vec<Write<'_>> = writes
            .map(|(_, commit)| Write {
                kind: commit.entity.schema().set.into(),
                id: commit.id.to_string(),
                changed: commit.changed.iter().map(|number| commit.entity.schema().name(*number).into()).collect(),
                created: commit.created,
                journal: Cow::Borrowed(&commit.journal),
            })
            .collect();
        document.serialize_field("writes", &writes)?;
        document.end()
    }
}

struct Objects<'a>(&'a Store);

impl Serialize for Objects<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(Entity::ALL.iter().map(|entity| (entity.schema().set, Set(self.0, *entity))))
    }
}

struct Set<'a>(&'a Store, Entity);

impl Serialize for Set<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(
            self.0.truth().range(self.1, None).map(|(id, record)| (&**id, Properties(self.1.schema(), record))),
        )
    }
}

struct Properties<'a>(&'static Schema, &'a Record);

impl Serialize for Properties<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        for (number, value) in self.1.iter() {
            map.serialize_entry(self.0.name(number), value)?;
        }
        map.end()
    }
}

/// One of the latest writes.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Write<'a> {
    kind: Cow<'a, str>,
    id: String,
    changed: Vec<Cow<'a, str>>,
    created: bool,
    journal: Cow<'a, JournalEntry>,
}

/// The state, as read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kept {
    version: u32,
    pub(crate) tenant: String,
    pub(crate) position: u64,
    pub(crate) generation: u64,
    pub(crate) ended: BTreeMap<u64, u64>,
    objects: BTreeMap<String, BTreeMap<String, BTreeMap<String, Value>>>,
    writes: Vec<Write<'static>>,
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    #[error("it belongs to another tenant")]
    Tenant,
    #[error("it has the form {0}, this version reads {VERSION}")]
    Version(u32),
    #[error("it has more writes than positions")]
    Writes,
    #[error("unknown kind `{0}`")]
    Kind(String),
    #[error("property `{1}` of `{0}` is unknown or has the wrong type")]
    Property(String, String),
}

fn entity(set: &str) -> Result<Entity, Problem> {
    let found = Entity::ALL.into_iter().find(|entity| entity.schema().set == set);
    found.ok_or_else(|| Problem::Kind(set.to_owned()))
}

impl Kept {
    /// Puts the kept objects and writes in place of the seed's.
    pub(crate) fn restore(self, store: &mut Store) -> Result<(), Problem> {
        if self.version != VERSION {
            return Err(Problem::Version(self.version));
        }
        if self.writes.len() as u64 > self.position {
            return Err(Problem::Writes);
        }
        // What many objects have alike (service plans) is kept once.
        let mut alike: HashMap<(u8, String), Arc<Value>> = HashMap::new();
        for (set, objects) in self.objects {
            let kind = entity(&set)?;
            // A new application of the seed has a service principal that the file cannot know, and a new version knows
            // built-in roles that an older one did not.
            match kind {
                Entity::ServicePrincipal | Entity::DirectoryRoleTemplate => {}
                Entity::RoleDefinition => store.retain(kind, |record| record.is_true(role::ROLE_BUILT_IN)),
                _ => store.clear(kind),
            }
            for (id, properties) in objects {
                let mut record = Record::default();
                for (name, value) in properties {
                    let schema = kind.schema();
                    let number = schema.any(&name).filter(|n| schema.row(*n).is_some_and(|row| row.accepts(&value)));
                    let number = number.ok_or_else(|| Problem::Property(set.clone(), name))?;
                    if value.is_array() {
                        let known = alike.entry((number, value.to_string())).or_insert_with(|| Arc::new(value));
                        record.share(number, known.clone());
                    } else {
                        record.set(number, value);
                    }
                }
                store.plant(kind, &id, record);
            }
        }
        let mut log = Vec::with_capacity(self.writes.len());
        for write in self.writes {
            let kind = entity(&write.kind)?;
            let numbers = write.changed.iter().map(|name| {
                kind.schema().any(name).ok_or_else(|| Problem::Property(write.kind.to_string(), name.to_string()))
            });
            log.push(Logged {
                entity: kind,
                id: write.id,
                changed: numbers.collect::<Result<_, _>>()?,
                created: write.created,
                journal: write.journal.into_owned(),
            });
        }
        store.resume(self.position, log);
        Ok(())
    }
}
