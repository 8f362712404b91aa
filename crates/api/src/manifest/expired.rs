//! Approvals that have expired: nothing is wrong with them, and whoever wrote one expects something of it.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Manifest, Note, Object};

/// A note for each approval that holds no more at `now`.
pub fn expired(manifests: &[Manifest], now: Timestamp) -> Vec<Note> {
    let mut notes = Vec::new();
    for manifest in manifests {
        let Object::Tenant(tenant) = &manifest.object else { continue };
        for (index, approval) in tenant.spec.approvals.iter().enumerate() {
            let Ok(until) = approval.until.parse::<Timestamp>() else { continue };
            if until > now {
                continue;
            }
            let path = format!("spec.approvals[{index}].until");
            let place = manifest.source.places.of(&path).unwrap_or(manifest.source.place);
            let message = format!(
                "Tenant {}/{}: approvals[{index}] expired at {}, and lets nothing pass: remove it, or give one that ends later \
                 for what waits now",
                manifest.object.namespace(),
                super::printable(manifest.object.name()),
                until.strftime("%Y-%m-%dT%H:%M:%SZ"),
            );
            notes.push(Note { file: Arc::clone(&manifest.source.file), place, message });
        }
    }
    notes
}
