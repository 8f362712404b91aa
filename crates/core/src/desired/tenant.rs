//! A Tenant object as decisions see it.

use tenant_contacts_api::{duration, v1alpha1::Tenant};

use super::{DesiredTenant, Kind, ObjectKey, TenantKey, approvals, credentials, requested_at};

/// Ten minutes: drift is put back well within the hour in which a person would notice, at two requests a pass.
const DEFAULT_INTERVAL_SECONDS: u64 = 600;
/// What a person can still look through before approving.
const DEFAULT_MASS_OBJECTS: u32 = 10;
/// The same for large fleets.
const DEFAULT_MASS_PERCENT: u32 = 10;
/// One person is absent some day (DOMAIN F1).
const DEFAULT_MINIMUM_RECIPIENTS: u32 = 2;

/// Reduces a Tenant to what decisions need.
pub fn tenant(object: &Tenant) -> DesiredTenant {
    let spec = &object.spec;
    let (approvals, approval_problems) = approvals::read(&spec.approvals);
    DesiredTenant {
        object: ObjectKey {
            kind: Kind::Tenant,
            namespace: object.metadata.namespace.as_deref().unwrap_or("default").into(),
            name: object.metadata.name.as_deref().unwrap_or_default().into(),
        },
        generation: object.metadata.generation,
        key: TenantKey { cloud: spec.cloud, id: spec.tenant_id },
        credentials: credentials::assign(&spec.credentials, &spec.enforce),
        enforce: spec.enforce.iter().copied().collect(),
        suspend: spec.suspend,
        interval_seconds: spec
            .interval
            .as_deref()
            .and_then(duration::parse)
            .map_or(DEFAULT_INTERVAL_SECONDS, |interval| interval.as_secs()),
        own_domains: spec.own_domains.iter().map(|domain| domain.to_ascii_lowercase().into()).collect(),
        protected: spec.guard_rails.protected_accounts.clone(),
        mass_objects: spec.guard_rails.mass_change.objects.unwrap_or(DEFAULT_MASS_OBJECTS),
        mass_percent: spec.guard_rails.mass_change.percent.unwrap_or(DEFAULT_MASS_PERCENT),
        minimum_recipients: spec.guard_rails.minimum_recipients.unwrap_or(DEFAULT_MINIMUM_RECIPIENTS),
        approvals,
        approval_problems,
        requested_at: requested_at(&object.metadata),
    }
}
