//! The ContactReport of each Tenant: created once, then its status alone is written.
//!
//! Invariant: only a report that the Tenant owns is written. One of its name that somebody else made is left as it is: it may
//! be a test's or a backup's, and whoever deletes it gets ours.

use std::sync::Arc;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::{
    Resource as _,
    core::{ApiResource, DynamicObject},
};
use serde::Deserialize as _;
use serde_json::json;
use tenant_contacts_api::v1alpha1::{ContactReport, ContactReportStatus, Tenant};
use tenant_contacts_core::desired::ObjectKey;
use uuid::Uuid;

use super::api::{self, ApiServer, KeepError, STATUS_MANAGER};

/// Publishes reports.
pub struct Reports {
    server: Arc<ApiServer>,
}

/// What became of a report.
#[derive(Debug)]
pub enum Kept {
    /// It says now what it should.
    Published {
        /// What it said before.
        before: Box<ContactReportStatus>,
        /// What it says.
        after: Box<ContactReportStatus>,
    },
    /// There is none, or it is on its way out, and none was made.
    Missing,
    /// One of its name belongs to somebody else.
    SomebodyElses,
}

impl Reports {
    /// Publishes through this API server.
    pub fn new(server: Arc<ApiServer>) -> Self {
        Self { server }
    }

    /// Whether a report of a Tenant's name is there.
    pub async fn is_there(&self, tenant: &ObjectKey) -> Result<bool, KeepError> {
        let api = self.server.api(&tenant.namespace, &ApiResource::erase::<ContactReport>(&()));
        Ok(self.server.bounded(api.get_opt(&tenant.name)).await?.is_some())
    }

    /// Publishes the report of a Tenant: `status` makes it from what was published before and the generation. Written only
    /// where it differs from that; made where there is none, if `make`.
    pub async fn publish(
        &self,
        tenant: &ObjectKey,
        uid: Uuid,
        make: bool,
        status: impl FnOnce(&ContactReportStatus, Option<i64>) -> ContactReportStatus,
    ) -> Result<Kept, KeepError> {
        let resource = ApiResource::erase::<ContactReport>(&());
        let api = self.server.api(&tenant.namespace, &resource);
        // Read each time: it is seldom, and a report that somebody deleted or changed is put right.
        let object = match self.server.bounded(api.get_opt(&tenant.name)).await? {
            Some(object) => object,
            None if make => self.server.create(&api, STATUS_MANAGER, &new(tenant, uid, &resource)).await?,
            None => return Ok(Kept::Missing),
        };
        match owned(&object, tenant, uid) {
            Owned::Ours if object.metadata.deletion_timestamp.is_none() => {}
            Owned::Ours | Owned::Before => return Ok(Kept::Missing),
            Owned::No => return Ok(Kept::SomebodyElses),
        }
        // What does not fit was not written by this version, and is replaced.
        let before = object.data.get("status").and_then(|status| ContactReportStatus::deserialize(status).ok());
        let before = before.unwrap_or_default();
        let after = status(&before, object.metadata.generation);
        if after != before {
            let uid = object.metadata.uid.as_deref().and_then(|uid| uid.parse().ok());
            let mut part = api::envelope(&resource, (&tenant.namespace, &tenant.name), uid);
            part["status"] = serde_json::to_value(&after).unwrap_or_default();
            self.server.apply(&api, &tenant.name, STATUS_MANAGER, &part).await?;
        }
        Ok(Kept::Published { before: Box::new(before), after: Box::new(after) })
    }
}

fn new(tenant: &ObjectKey, uid: Uuid, resource: &ApiResource) -> DynamicObject {
    let owner = ApiResource::erase::<Tenant>(&());
    let mut object = DynamicObject::new(&tenant.name, resource).within(&tenant.namespace);
    object.metadata.owner_references = Some(vec![OwnerReference {
        api_version: owner.api_version,
        kind: owner.kind,
        name: tenant.name.to_string(),
        uid: uid.to_string(),
        controller: Some(true),
        // A Tenant that is deleted waits for no report; and to block it would take a right on its finalizers.
        block_owner_deletion: Some(false),
    }]);
    object.data = json!({ "spec": { "tenantRef": { "name": *tenant.name } } });
    object
}

/// Whose a report is.
enum Owned {
    /// This Tenant's.
    Ours,
    /// A Tenant's of this name that was deleted: it goes with it.
    Before,
    /// Nobody's, or somebody else's.
    No,
}

fn owned(object: &DynamicObject, tenant: &ObjectKey, uid: Uuid) -> Owned {
    let (uid, kind) = (uid.to_string(), Tenant::kind(&()));
    let mut owners = object.metadata.owner_references.iter().flatten();
    if owners.clone().any(|owner| owner.uid == uid) {
        Owned::Ours
    } else if owners.any(|owner| owner.kind == kind && *owner.name == *tenant.name) {
        Owned::Before
    } else {
        Owned::No
    }
}
