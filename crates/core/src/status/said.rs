//! What is remembered of a published status: enough to tell whether a new one says anything else.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use tenant_contacts_api::status::ChildStatus;

use super::Standing;

/// A published status in a compact form that a hundred thousand objects can afford.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// Where the object stands.
    pub standing: Standing,
    /// Stands for everything it says, memory aside: memory is kept at other moments too.
    pub says: u64,
}

impl Published {
    /// A status as it is published, with where the object stands.
    pub fn new(standing: Standing, status: &ChildStatus) -> Self {
        let ChildStatus { observed_generation, conditions, fields, memory: _, last_handled_reconcile_at } = status;
        let mut hasher = DefaultHasher::new();
        (observed_generation, fields, last_handled_reconcile_at).hash(&mut hasher);
        for Condition { type_, status, reason, message, last_transition_time, observed_generation } in conditions {
            (type_, status, reason, message, last_transition_time.0, observed_generation).hash(&mut hasher);
        }
        Self { standing, says: hasher.finish() }
    }

    /// A status as it was read back. `None`: it has no conditions of ours.
    pub fn read(status: &ChildStatus) -> Option<Self> {
        Some(Self::new(Standing::read(&status.conditions)?, status))
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use tenant_contacts_api::{memory::Memory, reason::Reason};

    use super::*;
    use crate::status::set_aside;

    #[test]
    fn a_status_made_anew_says_the_same_and_another_one_does_not() {
        let now: Timestamp = "2026-11-25T10:00:00Z".parse().unwrap();
        let status = |message: &str, memory: &Memory| {
            set_aside(Some(3), (Reason::TenantNotFound, message.into()), memory, None, now).status
        };
        let remembered = Memory { removed_at: Some(now), ..Memory::default() };
        let first = Published::read(&status("none", &Memory::default())).unwrap();
        assert_eq!(Published::read(&status("none", &remembered)), Some(first), "memory is not what it says");
        assert_ne!(Published::read(&status("other", &Memory::default())).unwrap().says, first.says);
        // What is made of it after a restart says the same.
        let message = (Reason::TenantNotFound, "none".to_owned());
        let again =
            set_aside(Some(3), message, &remembered, Some(&first.standing), now + SignedDuration::from_hours(1));
        assert_eq!(Published::new(again.standing, &again.status), first);
        assert_eq!(Published::read(&ChildStatus::default()), None);
    }
}
