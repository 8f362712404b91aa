//! What tests pull at Partner Center and billing, past all permissions.
//!
//! Invariant: every change goes through the store and is journalled with actor `outside`.

use serde_json::{Map, Value};

use crate::{
    billing,
    schema::{self, Entity},
    seed::NoticesSeed,
    simulator::{DisturbError, Simulator, disturb},
    store::record::Record,
};

impl Simulator {
    /// Changes a partner profile (`legalbusiness`, `organization`, `billing`, `support`, `mpn`) as somebody else would, its
    /// vetting status included.
    pub fn disturb_partner(&self, profile: &str, changes: &Map<String, Value>) -> Result<(), DisturbError> {
        let mut state = self.lock();
        let id = profile.to_lowercase();
        let found = state.store.truth().get(Entity::PartnerProfile, &id).map(|record| Record::clone(record));
        let mut record = found.ok_or(DisturbError::NotFound)?;
        let version = record.get(schema::partner::VERSION).and_then(Value::as_u64).unwrap_or_default();
        record.set(schema::partner::VERSION, (version + 1).into());
        disturb(&mut state, Entity::PartnerProfile, &id, record, changes)
    }

    /// Changes a billing account, or with `{account}/{profile}` a billing profile, as somebody else would.
    pub fn disturb_billing(&self, key: &str, changes: &Map<String, Value>) -> Result<(), DisturbError> {
        let mut state = self.lock();
        billing::operation::settle(&mut state);
        let place = billing::Place::of(key);
        let (entity, id) = (place.entity(), place.key());
        let found = state.store.truth().get(entity, &id).map(|record| Record::clone(record));
        disturb(&mut state, entity, &id, found.ok_or(DisturbError::NotFound)?, changes)
    }

    /// Takes all billing roles from an application; how many there were.
    pub fn drop_billing_roles(&self, client_id: &str) -> usize {
        let mut state = self.lock();
        let client_id = client_id.to_lowercase();
        let application = state.applications.iter().find(|application| application.client_id == client_id);
        let Some(principal) = application.map(|application| application.principal_id.clone()) else { return 0 };
        let all = state.store.truth().range(Entity::BillingRoleAssignment, None);
        let own = all.filter(|(_, record)| record.text(schema::billing::ROLE_PRINCIPAL) == Some(&principal));
        let keys: Vec<String> = own.map(|(key, _)| key.to_string()).collect();
        for key in &keys {
            let origin = state.outside("DELETE", "/_sim/billing/roles");
            state.commit(Entity::BillingRoleAssignment, key, None, origin);
        }
        keys.len()
    }

    /// Which applications the partner account lets in, by client id; none = all.
    pub fn set_partner_applications(&self, client_ids: Option<&[&str]>) {
        let ids = client_ids.map(|ids| ids.iter().map(|id| id.to_lowercase()).collect());
        self.lock().partner.applications = ids;
    }

    /// Replaces what Microsoft chooses recipients of notices by and no API shows.
    pub fn set_notices(&self, notices: NoticesSeed) {
        self.lock().notices = notices;
    }
}
