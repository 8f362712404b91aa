//! The kinds as the API server knows them.

use k8s_openapi::api::core::v1::ObjectReference;
use kube::core::ApiResource;
use tenant_contacts_api::v1alpha1::{OrganizationContacts, Tenant, TrustedSenders, UserContact};
use tenant_contacts_core::desired::{Kind, ObjectKey};

use super::declared::Meta;

/// Kinds that name a Tenant.
pub const CHILDREN: [Kind; 3] = [Kind::OrganizationContacts, Kind::UserContact, Kind::TrustedSenders];

/// The resource of a kind.
pub fn resource(kind: Kind) -> ApiResource {
    match kind {
        Kind::Tenant => ApiResource::erase::<Tenant>(&()),
        Kind::OrganizationContacts => ApiResource::erase::<OrganizationContacts>(&()),
        Kind::UserContact => ApiResource::erase::<UserContact>(&()),
        Kind::TrustedSenders => ApiResource::erase::<TrustedSenders>(&()),
    }
}

/// A reference to an object, for events about it.
pub fn reference(key: &ObjectKey, meta: &Meta) -> ObjectReference {
    let resource = resource(key.kind);
    ObjectReference {
        api_version: Some(resource.api_version),
        kind: Some(resource.kind),
        namespace: Some(key.namespace.to_string()),
        name: Some(key.name.to_string()),
        uid: meta.uid.map(|uid| uid.to_string()),
        ..ObjectReference::default()
    }
}
