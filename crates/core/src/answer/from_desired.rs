//! From what manifests declare to what bears on the answer.

use std::sync::Arc;

use tenant_contacts_api::field::Field;

use super::{Declared, DeclaredContact};
use crate::desired::{DesiredObject, DesiredTarget, DesiredTenant};

impl Declared {
    /// What a Tenant and its children declare, policies apart.
    pub fn of(tenant: &DesiredTenant, objects: &[Arc<DesiredObject>]) -> Self {
        let present = || objects.iter().filter(|object| !object.removed);
        let contacts = present().filter_map(|object| match &object.target {
            DesiredTarget::Organization | DesiredTarget::Gateways(_) | DesiredTarget::Thing { .. } => None,
            DesiredTarget::Account { name, .. } => Some((name.to_lowercase().into(), contact(object))),
        });
        Self {
            protected: tenant.protected.clone(),
            own_domains: tenant.own_domains.clone(),
            contacts: contacts.collect(),
            gateways: present().flat_map(|object| object.target.gateways()).cloned().collect(),
            minimum_recipients: tenant.minimum_recipients,
            ..Self::default()
        }
    }
}

fn contact(object: &DesiredObject) -> DeclaredContact {
    let claim = object.business_email.as_ref();
    let alternates = object.fields.iter().find(|field| field.field == Field::AlternateEmails);
    DeclaredContact {
        mail: object.mail.as_deref().cloned(),
        business_email: claim.map(|claim| claim.address.clone()),
        business_email_attested: claim.and_then(|claim| claim.attestation.as_ref()?.on),
        inside_allowed: alternates.is_some_and(|field| field.inside_allowed),
    }
}
