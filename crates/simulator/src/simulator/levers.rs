//! What tests pull at the tenant, past all permissions, and at the simulator.
//!
//! Invariant: every change goes through the store and is journalled with actor `outside`.

use std::time::Duration;

use serde_json::{Map, Value};

use super::Simulator;
use crate::{
    billing,
    disturb::{DisturbError, disturb},
    exchange,
    faults::FaultScript,
    schema::{self, Entity},
    seed::NoticesSeed,
    store::record::Record,
};

impl Simulator {
    /// Changes a user as somebody else would, past all permissions; journalled with actor `outside`. `key` is an id or
    /// sign-in name; null removes a value. Changes what the API cannot, as `proxyAddresses`.
    pub fn disturb_user(&self, key: &str, changes: &Map<String, Value>) -> Result<(), DisturbError> {
        let mut state = self.lock();
        let found = state.store.truth().user_with_deleted(key).map(|(id, record)| (id, Record::clone(record)));
        let (id, record) = found.ok_or(DisturbError::NotFound)?;
        disturb(&mut state, Entity::User, &id, record, changes)
    }

    /// Changes the organization as somebody else would.
    pub fn disturb_organization(&self, changes: &Map<String, Value>) -> Result<(), DisturbError> {
        let mut state = self.lock();
        let id = state.tenant_id.clone();
        let found = state.store.truth().get(Entity::Organization, &id).map(|record| Record::clone(record));
        let record = found.ok_or(DisturbError::NotFound)?;
        disturb(&mut state, Entity::Organization, &id, record, changes)
    }

    /// Removes a user for good, so that the name can be given to a new account.
    pub fn disturb_purge(&self, key: &str) -> Result<(), DisturbError> {
        let mut state = self.lock();
        let found = state.store.truth().user_with_deleted(key).map(|(id, _)| id);
        let id = found.ok_or(DisturbError::NotFound)?;
        let origin = state.outside("DELETE", &format!("/_sim/users/{id}"));
        state.commit(Entity::User, &id, None, origin);
        Ok(())
    }

    /// Replaces the fault script; its counts start anew.
    pub fn set_faults(&self, script: FaultScript) {
        self.lock().faults.restart(script);
    }

    /// Changes how far the replicas lag from now on.
    pub fn set_replicas(&self, lags: Vec<Duration>) {
        self.lock().options.replicas = lags;
    }

    /// Replaces an application's permissions; effective in its next token. False when there is no such application.
    pub fn set_permissions(&self, client_id: &str, permissions: &[&str]) -> bool {
        let mut state = self.lock();
        let found = state.applications.iter_mut().find(|application| application.client_id == client_id.to_lowercase());
        found.map(|found| found.permissions = permissions.iter().map(|name| (*name).to_owned()).collect()).is_some()
    }

    /// Replaces an application's role groups in Exchange; effective at once. False when there is no such application.
    pub fn set_exchange_role_groups(&self, client_id: &str, groups: &[&str]) -> bool {
        let mut state = self.lock();
        let found = state.applications.iter_mut().find(|application| application.client_id == client_id.to_lowercase());
        found.map(|found| found.exchange_role_groups = groups.iter().map(|name| (*name).to_owned()).collect()).is_some()
    }

    /// Makes every delta token issued so far invalid: 410 with a `Location` to start over.
    pub fn reset_delta(&self) {
        let mut state = self.lock();
        state.delta_generation += 1;
        state.delta_ended.clear();
    }

    /// Changes a recipient (mailbox, list, group, contact). `key` is what a cmdlet's `Identity` may be; properties are
    /// named as the cmdlets print them, hidden ones (`Members`, `Subscribers`) included, and recipients among the values as
    /// in `key`; null takes a value back. Statistics of a mailbox (`TotalItemSize`, `ItemCount`, `LastLogonTime`,
    /// `InboxTotal`, `InboxUnread`, `OldestUnread`) can be among them.
    pub fn disturb_mailbox(&self, key: &str, changes: &Map<String, Value>) -> Result<(), DisturbError> {
        exchange::disturb::mailbox(&mut self.lock(), key, changes)
    }

    /// Makes or changes any other object of Exchange; `None` removes it. `set` is its name in [`Simulator::truth`], as
    /// `transportRules` or `remoteDomains`. `key`: rules and lists of messages by their place as `000000`, policies by
    /// name, domains and entries by their value, all in lower case; what belongs to a mailbox by `{id}/{anything}`.
    pub fn disturb_exchange(
        &self,
        set: &str,
        key: &str,
        changes: Option<&Map<String, Value>>,
    ) -> Result<(), DisturbError> {
        exchange::disturb::object(&mut self.lock(), set, key, changes)
    }

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
