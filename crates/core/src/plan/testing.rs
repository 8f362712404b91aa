//! What the tests of planning have in common.

use tenant_contacts_api::{
    field::Surface,
    v1alpha1::{Cloud, DeletionPolicy},
};
use uuid::Uuid;

use crate::desired::{DesiredObject, DesiredTarget, DesiredTenant, Kind, ObjectKey, TenantKey};

/// The key of an object.
pub(super) fn key(kind: Kind, name: &str) -> ObjectKey {
    ObjectKey { kind, namespace: "contoso".into(), name: name.into() }
}

/// A tenant in which everything may be written.
pub(super) fn tenant() -> DesiredTenant {
    DesiredTenant {
        object: key(Kind::Tenant, "contoso"),
        generation: None,
        key: TenantKey { cloud: Cloud::Global, id: Uuid::nil() },
        credentials: Ok(Vec::new()),
        enforce: [Surface::Organization, Surface::Users].into(),
        suspend: false,
        interval_seconds: 600,
        own_domains: ["contoso.com".into()].into(),
        protected: Vec::new(),
        mass_objects: 10,
        mass_percent: 10,
        minimum_recipients: 1,
        approvals: Vec::new(),
        approval_problems: Vec::new(),
        requested_at: None,
    }
}

/// An object that declares nothing yet.
pub(super) fn object(key: ObjectKey, target: DesiredTarget) -> DesiredObject {
    DesiredObject {
        key,
        generation: None,
        target,
        deletion: DeletionPolicy::Orphan,
        fields: Vec::new(),
        removed: false,
        business_email: None,
        mail: None,
        requested_at: None,
    }
}
