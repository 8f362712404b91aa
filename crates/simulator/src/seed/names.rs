//! What names of a seed stand for, and values as they are checked on the way into the store.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::error::{SeedError, written};
use crate::{
    ids,
    schema::{Entity, role},
    store::record::Record,
};

/// Names of the seed and what they stand for (lower case → kind and id).
#[derive(Default)]
pub(crate) struct Names {
    objects: HashMap<String, (Entity, String)>,
    /// Roles have names of their own: a group may be called like one.
    roles: HashMap<String, String>,
    addresses: HashMap<String, String>,
}

impl Names {
    pub(super) fn take(&mut self, place: &str, name: &str, entity: Entity, id: &str) -> Result<(), SeedError> {
        for key in [name.to_lowercase(), id.to_lowercase()] {
            if self.objects.insert(key, (entity, id.to_owned())).is_some() {
                return Err(SeedError::Duplicate {
                    place: place.to_owned(),
                    kind: "name or id",
                    name: name.to_owned(),
                });
            }
        }
        Ok(())
    }

    pub(super) fn find(&self, place: &str, kind: &'static str, name: &str) -> Result<(Entity, String), SeedError> {
        self.objects.get(&name.to_lowercase()).cloned().ok_or_else(|| SeedError::Unknown {
            place: place.to_owned(),
            kind,
            name: name.to_owned(),
        })
    }

    /// A role, by name and by id.
    pub(super) fn take_role(&mut self, place: &str, name: &str, id: &str) -> Result<(), SeedError> {
        for key in [name.to_lowercase(), id.to_lowercase()] {
            if self.roles.insert(key, id.to_owned()).is_some() {
                return Err(SeedError::Duplicate {
                    place: place.to_owned(),
                    kind: "name or id of a role",
                    name: name.to_owned(),
                });
            }
        }
        Ok(())
    }

    /// The id of a role by name or id.
    pub(super) fn role(&self, place: &str, name: &str) -> Result<String, SeedError> {
        self.roles.get(&name.to_lowercase()).cloned().ok_or_else(|| SeedError::Unknown {
            place: place.to_owned(),
            kind: "role",
            name: name.to_owned(),
        })
    }

    pub(super) fn take_addresses(&mut self, place: &str, entity: Entity, record: &Record) -> Result<(), SeedError> {
        for address in crate::store::addresses(entity, record) {
            if self.addresses.insert(address.clone(), place.to_owned()).is_some() {
                return Err(SeedError::Duplicate { place: place.to_owned(), kind: "address", name: address });
            }
        }
        Ok(())
    }
}

/// Sets a property by name, checking it against the schema.
pub(super) fn set(entity: Entity, record: &mut Record, place: &str, name: &str, value: Value) -> Result<(), SeedError> {
    let (number, row) = entity.schema().find(name).ok_or_else(|| SeedError::Unknown {
        place: place.to_owned(),
        kind: "property",
        name: name.to_owned(),
    })?;
    if !row.accepts(&value) {
        return Err(SeedError::Invalid {
            place: format!("{place}.{name}"),
            value: written(&value),
            expected: "a value of the property's type",
        });
    }
    record.set(number, value);
    Ok(())
}

pub(super) fn date(place: &str, text: &str) -> Result<Timestamp, SeedError> {
    text.parse().map_err(|_| SeedError::Invalid {
        place: place.to_owned(),
        value: text.to_owned(),
        expected: "an RFC 3339 date and time",
    })
}

pub(super) fn guid(place: &str, text: &str) -> Result<String, SeedError> {
    if ids::is_guid(text) {
        return Ok(text.to_lowercase());
    }
    Err(SeedError::Invalid { place: place.to_owned(), value: text.to_owned(), expected: "a GUID" })
}

/// An assignment's record; its first four rows serve eligibilities too.
pub(crate) fn assignment_record(id: &str, role: &str, principal: &str, scope: &str) -> Record {
    let mut record = Record::default();
    record.set(role::ASSIGNMENT_ID, json!(id));
    record.set(role::PRINCIPAL_ID, json!(principal));
    record.set(role::SCOPE_ID, json!(scope));
    record.set(role::ROLE_ID, json!(role));
    record
}
