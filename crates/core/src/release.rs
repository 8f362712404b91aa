//! Letting removed objects go (design §4, Deletion): an object that nobody declares any more waits for its originals, but
//! not for ever, or its finalizer would hold up whoever deleted it.

use jiff::{SignedDuration, Timestamp};
use tenant_contacts_api::{
    field::Field,
    memory::{FieldMemory, Memory},
    reason::Reason,
    v1alpha1::DeletionPolicy,
};

use crate::{
    desired::DesiredObject,
    field::{self, Writing},
    step::{ObjectPlan, Verdict},
    surface,
};

/// How long a removed object waits for its originals, unless an operator is told otherwise. Fifteen minutes hold an ordinary restore many times over (a pass to
/// write it, two reads five seconds apart, a replication window of two minutes), one missed interval of the default ten
/// minutes, and a person who was asked for an approval and is at work; and whoever deletes a namespace still waits for it.
pub const PATIENCE: SignedDuration = SignedDuration::from_mins(15);

/// A remembered field that is to be forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetGo {
    /// Which field.
    pub field: Field,
    /// Which entry of it.
    pub entry: Option<Box<str>>,
    /// Why its original did not come back. `None` if none had to.
    pub unrestored: Option<Reason>,
}

/// When the originals of an object are given up, if it is removed.
pub fn deadline(memory: &Memory, patience: SignedDuration) -> Option<Timestamp> {
    memory.removed_at.map(|since| since.saturating_add(patience).unwrap_or(Timestamp::MAX))
}

/// What of a removed object is let go now: what has no original to come back at once, the rest when the time is up. `plan`
/// is the object's plan after the pass has done what it could, or why there is none.
pub fn judge(
    object: &DesiredObject,
    memory: &Memory,
    plan: Result<&ObjectPlan, Reason>,
    (now, patience): (Timestamp, SignedDuration),
) -> Vec<LetGo> {
    if !object.removed {
        return Vec::new();
    }
    let overdue = deadline(memory, patience).is_some_and(|deadline| deadline <= now);
    let fields = memory.fields.iter().filter_map(|remembered| {
        let gone = |unrestored| LetGo { field: remembered.field, entry: remembered.entry.clone(), unrestored };
        if is_settling(remembered, now) && !overdue {
            return None;
        }
        if !wants_original(object, remembered) {
            return Some(gone(None));
        }
        overdue.then(|| gone(obstacle(remembered, plan)))
    });
    fields.collect()
}

/// Whether a field that is no longer declared has an original that is to come back. What has none is forgotten without
/// asking the tenant.
pub(crate) fn wants_original(object: &DesiredObject, remembered: &FieldMemory) -> bool {
    // What was created stays: nothing that somebody may have come to use is deleted.
    let created = field::facts(remembered.field).is_some_and(|facts| facts.writing == Writing::Create);
    object.deletion == DeletionPolicy::Restore && remembered.original.is_some() && !created
}

/// Whether a write that must not happen twice is still under way, or may not show yet: forgotten now, it would be sent again by
/// whoever declares the same.
pub(crate) fn is_settling(remembered: &FieldMemory, now: Timestamp) -> bool {
    let window = surface::replication_of(remembered.field).window;
    let open = remembered.intent.as_ref().filter(|intent| intent.once);
    open.is_some_and(|intent| intent.operation.is_some() || now.duration_since(intent.at) <= window)
}

/// What stands between a field and its original.
fn obstacle(slot: &FieldMemory, plan: Result<&ObjectPlan, Reason>) -> Option<Reason> {
    let plan = match plan {
        Ok(plan) => plan,
        Err(reason) => return Some(reason),
    };
    let mut planned = plan.fields.iter().filter(|planned| planned.field == slot.field && planned.entry == slot.entry);
    match planned.next().map(|planned| &planned.verdict) {
        Some(Verdict::Waiting(waiting)) => Some(waiting.on.reason()),
        Some(Verdict::Blocked(reason, _) | Verdict::Gated(_, reason)) => Some(*reason),
        Some(Verdict::Write(_)) => Some(Reason::ChangesPending),
        Some(Verdict::Observe(_)) => Some(Reason::Observing),
        Some(Verdict::Verifying) => Some(Reason::AwaitingReplication),
        Some(Verdict::InSync | Verdict::Forget) | None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        desired::{DesiredTarget, Kind, ObjectKey},
        step::{FieldPlan, Resolution, Target},
    };

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + 60 * minutes).unwrap()
    }

    fn object(deletion: DeletionPolicy) -> DesiredObject {
        DesiredObject {
            key: ObjectKey { kind: Kind::OrganizationContacts, namespace: "a".into(), name: "b".into() },
            generation: None,
            target: DesiredTarget::Organization,
            deletion,
            fields: Vec::new(),
            removed: true,
            business_email: None,
            mail: None,
            requested_at: None,
        }
    }

    fn memory() -> Memory {
        let mut memory = Memory { removed_at: Some(at(0)), ..Memory::default() };
        memory.field_mut(Field::Technical).original = Some(vec!["old@x.de".into()]);
        memory.field_mut(Field::Marketing);
        memory
    }

    const MARKETING: LetGo = LetGo { field: Field::Marketing, entry: None, unrestored: None };

    #[test]
    fn what_has_no_original_waits_for_nothing_and_what_has_one_waits_a_quarter_of_an_hour() {
        let judge_at =
            |deletion, minutes| judge(&object(deletion), &memory(), Err(Reason::Suspended), (at(minutes), PATIENCE));
        let technical = |unrestored| LetGo { field: Field::Technical, entry: None, unrestored };
        assert_eq!(judge_at(DeletionPolicy::Orphan, 0), [technical(None), MARKETING]);
        assert_eq!(judge_at(DeletionPolicy::Restore, 14), [MARKETING]);
        assert_eq!(judge_at(DeletionPolicy::Restore, 15), [technical(Some(Reason::Suspended)), MARKETING]);
        let declared = DesiredObject { removed: false, ..object(DeletionPolicy::Orphan) };
        assert_eq!(judge(&declared, &memory(), Err(Reason::Suspended), (at(60), PATIENCE)), []);
    }

    #[test]
    fn the_last_obstacle_is_the_reason() {
        let judge_with = |verdict| {
            let resolution = Resolution::Found { target: Target::ORGANIZATION, renamed: false };
            let plan = ObjectPlan { resolution, fields: vec![FieldPlan::whole(Field::Technical, verdict, None)] };
            judge(&object(DeletionPolicy::Restore), &memory(), Ok(&plan), (at(15), PATIENCE))[0].unrestored
        };
        let blocked = Verdict::Blocked(Reason::PermissionMissing, String::new());
        assert_eq!(judge_with(blocked), Some(Reason::PermissionMissing));
        assert_eq!(judge_with(Verdict::Verifying), Some(Reason::AwaitingReplication));
        assert_eq!(judge_with(Verdict::Forget), None);
    }
}
