//! Objects as events name them.

use k8s_openapi::api::core::v1::ObjectReference;
use tenant_contacts_core::desired::ObjectKey;

use super::declared::Meta;

/// A reference to an object, for events about it.
pub fn to(key: &ObjectKey, meta: &Meta) -> ObjectReference {
    let resource = key.kind.resource();
    ObjectReference {
        api_version: Some(resource.api_version),
        kind: Some(resource.kind),
        namespace: Some(key.namespace.to_string()),
        name: Some(key.name.to_string()),
        uid: meta.uid.map(|uid| uid.to_string()),
        ..ObjectReference::default()
    }
}
