//! What the tests of planning have in common.

use tenant_contacts_api::{
    digest::Digest,
    field::{Field, Surface},
    v1alpha1::{Cloud, DeletionPolicy},
};
use uuid::Uuid;

use crate::{
    desired::{DesiredObject, DesiredTarget, DesiredTenant, Kind, ObjectKey, TenantKey},
    step::{Cause, FieldPlan, ObjectPlan, Operation, Resolution, Slot, Step, Target, Verdict},
};

/// The key of an object.
pub(crate) fn key(kind: Kind, name: &str) -> ObjectKey {
    ObjectKey { kind, namespace: "contoso".into(), name: name.into() }
}

/// A tenant in which everything may be written.
pub(crate) fn tenant() -> DesiredTenant {
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
pub(crate) fn object(key: ObjectKey, target: DesiredTarget) -> DesiredObject {
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

/// A step on the organization's technical addresses.
pub(crate) fn step() -> Step {
    Step {
        slot: Slot::whole(Target::ORGANIZATION, Field::Technical),
        operation: Operation::Set {
            before: ["old@contoso.com".into()].into(),
            after: ["new@contoso.com".into()].into(),
        },
        before_digest: Digest([1; 16]),
        after_digest: Digest([2; 16]),
        cause: Cause::Declared,
        risk: None,
        from_secret: false,
        awaits: [].into(),
        declared: None,
        digest: Digest([3; 16]),
    }
}

/// The plan of an object that was found, with these verdicts on its fields.
pub(crate) fn planned(verdicts: impl IntoIterator<Item = Verdict>) -> ObjectPlan {
    let field = |verdict| FieldPlan::whole(Field::Technical, verdict, Some(Digest([1; 16])));
    ObjectPlan {
        resolution: Resolution::Found { target: Target::ORGANIZATION, renamed: false },
        fields: verdicts.into_iter().map(field).collect(),
    }
}
