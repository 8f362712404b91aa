//! From a checked spec to the object of its kind.

use kube::core::ObjectMeta;
use serde_json::Value as Json;

use super::Object;
use crate::v1alpha1::{ContactPolicy, OrganizationContacts, Tenant, TrustedSenders, UserContact};

/// The object. The error says nothing more: it may quote values.
pub(super) fn typed(kind: &str, metadata: ObjectMeta, spec: Json) -> Result<Object, ()> {
    Ok(match kind {
        "Tenant" => {
            let spec = serde_json::from_value(spec).map_err(drop)?;
            Object::Tenant(Box::new(Tenant { metadata, spec, status: None }))
        }
        "OrganizationContacts" => {
            let spec = serde_json::from_value(spec).map_err(drop)?;
            Object::OrganizationContacts(Box::new(OrganizationContacts { metadata, spec, status: None }))
        }
        "UserContact" => {
            let spec = serde_json::from_value(spec).map_err(drop)?;
            Object::UserContact(Box::new(UserContact { metadata, spec, status: None }))
        }
        "TrustedSenders" => {
            let spec = serde_json::from_value(spec).map_err(drop)?;
            Object::TrustedSenders(Box::new(TrustedSenders { metadata, spec, status: None }))
        }
        "ContactPolicy" => {
            let spec = serde_json::from_value(spec).map_err(drop)?;
            Object::ContactPolicy(Box::new(ContactPolicy { metadata, spec, status: None }))
        }
        _ => return Err(()),
    })
}
