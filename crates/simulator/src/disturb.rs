//! Changes from outside: as somebody else would make them, past all permissions.
//!
//! Invariant: every change goes through the store and is journalled with actor `outside`.

use serde_json::{Map, Value};

use crate::{schema::Entity, state::State, store::record::Record};

/// Why a change from outside is refused.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum DisturbError {
    /// No such user.
    #[error("there is no such user")]
    NotFound,
    /// Not a property of the object, or a value of the wrong type.
    #[error("`{0}` is not a property of the object, or the value has the wrong type")]
    Property(String),
}

/// Changes an object.
pub(crate) fn disturb(
    state: &mut State,
    entity: Entity,
    id: &str,
    mut record: Record,
    changes: &Map<String, Value>,
) -> Result<(), DisturbError> {
    let schema = entity.schema();
    for (name, value) in changes {
        let number = schema
            .any(name)
            .filter(|number| schema.row(*number).is_some_and(|row| value.is_null() || row.accepts(value)));
        record.set(number.ok_or_else(|| DisturbError::Property(name.clone()))?, value.clone());
    }
    let origin = state.outside("PATCH", &format!("/_sim/{}/{id}", schema.set));
    state.commit(entity, id, Some(record), origin);
    Ok(())
}
