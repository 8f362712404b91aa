//! Stands at the door of a simulated tenant: nothing is written there that was not kept as an intent before.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use serde_json::Value;
use tenant_contacts::{simulated::InProcess, state::Kept};
use tenant_contacts_api::{digest::Digest, field::Field};
use tenant_contacts_core::{canonical, field};
use tenant_contacts_engine::audit::AuditEvent;
use tenant_contacts_m365::transport::{Body, Transport, TransportError};
use tenant_contacts_simulator::JournalEntry;

use super::rig::World;

/// A transport into the world's simulator. Every write that passes must have been kept before, in memory and in the audit
/// trail; what was not is noted.
pub struct Witness {
    world: World,
    door: InProcess,
    unjustified: Arc<Mutex<Vec<String>>>,
}

impl Witness {
    pub fn new(world: &World) -> Self {
        Self { world: world.clone(), door: InProcess(world.simulator.clone()), unjustified: Arc::default() }
    }

    /// What passed without justification: shared, so that it outlives the process.
    pub fn unjustified(&self) -> Arc<Mutex<Vec<String>>> {
        Arc::clone(&self.unjustified)
    }

    fn look(&self, before: u64, kept: &Kept) {
        for entry in self.world.simulator.journal(before) {
            for (field, after) in written(&entry) {
                let in_trail = kept.audit.values().flatten().any(|record| {
                    matches!(&record.what, AuditEvent::Intent { field: of, after: to, .. } if *of == field && *to == after)
                });
                let in_memory = kept.objects.values().any(|(memory, _)| {
                    let intent = memory.field(field).and_then(|entry| entry.intent.as_ref());
                    let bound = memory.object_id.is_none_or(|id| id.to_string() == entry.target);
                    bound && intent.is_some_and(|intent| intent.after == after && !intent.once)
                });
                if !in_trail || !in_memory {
                    let what = format!(
                        "{field:?} of {} {} at {}: intent in trail {in_trail}, in memory {in_memory}",
                        entry.kind, entry.target, entry.time
                    );
                    self.unjustified.lock().unwrap().push(what);
                }
            }
        }
    }
}

impl Transport for Witness {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(async move {
            let kept = self.world.records.kept();
            let before = self.world.simulator.journal(0).len() as u64;
            let answer = self.door.send(request).await;
            self.look(before, &kept);
            answer
        })
    }
}

/// The managed fields an entry of the simulator's journal changed, and the digests of what it left behind.
pub fn written(entry: &JournalEntry) -> Vec<(Field, Digest)> {
    let digest = |field: Field, value: &Value| {
        let values: Vec<Box<str>> = match value {
            Value::Array(values) => values.iter().filter_map(Value::as_str).map(Into::into).collect(),
            Value::String(value) => vec![value.as_str().into()],
            _ => Vec::new(),
        };
        (field, canonical::digest(field, field::facts(field).unwrap().shape, &values))
    };
    let mut fields = Vec::new();
    for change in &entry.changes {
        match change.property.as_str() {
            "privacyProfile" => {
                let members = [("contactEmail", Field::PrivacyContact), ("statementUrl", Field::PrivacyStatement)];
                for (member, field) in members {
                    if change.before.get(member) != change.after.get(member) {
                        fields.push(digest(field, change.after.get(member).unwrap_or(&Value::Null)));
                    }
                }
            }
            property => match managed(property) {
                Some(field) => fields.push(digest(field, &change.after)),
                None => panic!("{property} of {} is not a managed property", entry.target),
            },
        }
    }
    fields
}

fn managed(property: &str) -> Option<Field> {
    Some(match property {
        "technicalNotificationMails" => Field::Technical,
        "securityComplianceNotificationMails" => Field::SecurityMails,
        "securityComplianceNotificationPhones" => Field::SecurityPhones,
        "marketingNotificationEmails" => Field::Marketing,
        "otherMails" => Field::AlternateEmails,
        "mobilePhone" => Field::MobilePhone,
        "businessPhones" => Field::BusinessPhone,
        _ => return None,
    })
}
