//! What kind of a group a group is, and who may change it.

use super::{call::Call, error::GraphError, permissions::ROLES_WRITE};
use crate::{schema::group, store::record::Record};

/// A Microsoft 365 group.
pub(super) fn is_unified(record: &Record) -> bool {
    record.strings(group::GROUP_TYPES).any(|kind| kind == "Unified")
}

/// One whose members follow from a rule.
pub(super) fn is_dynamic(record: &Record) -> bool {
    record.strings(group::GROUP_TYPES).any(|kind| kind == "DynamicMembership")
}

/// A group that the caller may change with one of the permissions.
pub(super) fn writable(call: &Call<'_>, id: &str, permissions: &[&str]) -> Result<Record, GraphError> {
    call.require(permissions)?;
    let record = call.truth().group(id).ok_or_else(|| GraphError::not_found(id))?;
    // Whoever changes a role-assignable group, or its members, gives its roles.
    if record.is_true(group::IS_ASSIGNABLE_TO_ROLE) {
        call.require(ROLES_WRITE)?;
    }
    // The same text as of accounts (general knowledge, UNV).
    if record.is_true(group::SYNC_ENABLED) {
        return Err(GraphError::bad(
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.",
        ));
    }
    if record.is_true(group::MAIL_ENABLED) && !is_unified(record) {
        // Documented as read-only; the text is a report (3P).
        return Err(GraphError::bad("Cannot Update a mail-enabled security groups and or distribution list."));
    }
    Ok(Record::clone(record))
}
