//! What was written, as it is told: one event an object, and one for the rest of a fleet.
//!
//! Invariant: told once it is on record that the tenant took it; no value is told.

use std::collections::BTreeMap;

use tenant_contacts_api::{digest::Digest, field::Field};
use tenant_contacts_core::desired::ObjectKey;
use tenant_contacts_engine::audit::{AuditEvent, AuditRecord};

/// Objects that are told of one by one when records are kept: a change of a whole fleet is one thing to be told, and events are
/// the API server's to keep.
const MOST_TOLD: usize = 20;

/// Writes under way that are remembered: five times what one pass sends. One whose outcome was never recorded is told of by the
/// status of its object.
const MOST_UNDER_WAY: usize = 1_000;

/// Writes that left, until it is recorded what became of them.
#[derive(Default)]
pub struct Written(BTreeMap<Digest, UnderWay>);

struct UnderWay {
    object: ObjectKey,
    field: Field,
    approval: Option<Digest>,
}

/// What is to be told.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Of single objects, in a sentence each.
    pub objects: Vec<(ObjectKey, String)>,
    /// How many more objects were written.
    pub more: usize,
}

impl Written {
    /// Takes note of records, and says what was written.
    pub fn note(&mut self, records: &[AuditRecord]) -> Told {
        let mut written: BTreeMap<ObjectKey, (Vec<&'static str>, Option<Digest>)> = BTreeMap::new();
        for record in records {
            match &record.what {
                AuditEvent::Intent { object, field, step, approval, .. } => {
                    let Some(object) = ObjectKey::read(object) else { continue };
                    if self.0.len() >= MOST_UNDER_WAY {
                        self.0.clear();
                    }
                    self.0.insert(*step, UnderWay { object, field: *field, approval: *approval });
                }
                AuditEvent::Outcome { step, outcome, .. } => {
                    let Some(UnderWay { object, field, approval }) = self.0.remove(step) else { continue };
                    if outcome == "done" {
                        let (fields, approved) = written.entry(object).or_default();
                        fields.push(field.path());
                        *approved = approved.or(approval);
                    }
                }
                AuditEvent::Released { .. } | AuditEvent::ReleasedUnrestored { .. } => {}
            }
        }
        let more = written.len().saturating_sub(MOST_TOLD);
        let objects = written.into_iter().take(MOST_TOLD);
        let objects = objects.map(|(object, (fields, approval))| (object, sentence(&fields, approval))).collect();
        Told { objects, more }
    }
}

fn sentence(fields: &[&str], approval: Option<Digest>) -> String {
    let was = match fields {
        [one] => format!("The field {one} was written"),
        _ => format!("The fields {} were written", fields.join(", ")),
    };
    let by = approval.map(|hash| format!(", by the approval of {hash}")).unwrap_or_default();
    format!("{was}{by}; reading again will verify it.")
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use tenant_contacts_core::desired::Kind;
    use tenant_contacts_engine::audit;

    use super::*;

    fn records(what: Vec<AuditEvent>) -> Vec<AuditRecord> {
        let mut head = None;
        what.into_iter().map(|what| audit::append(&mut head, Timestamp::UNIX_EPOCH, what)).collect()
    }

    fn key(name: &str) -> ObjectKey {
        ObjectKey { kind: Kind::UserContact, namespace: "contoso".into(), name: name.into() }
    }

    fn intent(name: &str, field: Field, step: u8, approval: Option<Digest>) -> AuditEvent {
        let digest = Digest([0; 16]);
        let object = key(name).to_string();
        AuditEvent::Intent {
            object,
            field,
            entry: None,
            step: Digest([step; 16]),
            before: digest,
            after: digest,
            approval,
        }
    }

    fn outcome(step: u8, word: &str) -> AuditEvent {
        AuditEvent::Outcome { step: Digest([step; 16]), outcome: word.into(), reason: None }
    }

    #[test]
    fn c7_what_was_written_without_asking_leaves_an_event_too() {
        let mut written = Written::default();
        let intents = vec![
            intent("ann", Field::AlternateEmails, 1, None),
            intent("ann", Field::MobilePhone, 2, None),
            intent("ben", Field::MobilePhone, 3, Some(Digest([9; 16]))),
            intent("cleo", Field::MobilePhone, 4, None),
            intent("dora", Field::MobilePhone, 5, None),
        ];
        assert_eq!(written.note(&records(intents)), Told::default(), "nothing is told before the tenant took it");
        let outcomes = vec![
            outcome(1, "done"),
            outcome(2, "done"),
            outcome(3, "done"),
            outcome(4, "refused"),
            outcome(5, "unknown"),
        ];
        let told = written.note(&records(outcomes.clone()));
        let approved = format!("The field mobilePhone was written, by the approval of {}; ", Digest([9; 16]));
        assert_eq!(
            told.objects.len(),
            2,
            "what was refused, or may not have arrived, is not told as written: {told:#?}"
        );
        assert_eq!(told.objects[0].0, key("ann"));
        assert!(told.objects[0].1.starts_with("The fields alternateEmails, mobilePhone were written; "), "{told:#?}");
        assert!(told.objects[1].1.starts_with(&approved), "{told:#?}");
        assert_eq!(written.note(&records(outcomes)), Told::default(), "once");
    }

    #[test]
    fn c7_a_fleet_is_told_of_in_few_events() {
        let mut written = Written::default();
        let of = |number: u8| intent(&format!("user-{number}"), Field::MobilePhone, number, None);
        written.note(&records((0..200).map(of).collect()));
        let told = written.note(&records((0..200).map(|number| outcome(number, "done")).collect()));
        assert_eq!((told.objects.len(), told.more), (MOST_TOLD, 200 - MOST_TOLD));
    }
}
