//! A live tenant as the objects that would declare it: so that the next plan is empty.
//!
//! Invariant: declares only what was read, as it was read, and nothing that the product could not declare again; what is
//! left out is said, with the reason and without the value.

mod accounts;
mod files;
mod left_out;
mod names;
mod organization;
mod private;
mod protected;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use tenant_contacts_api::v1alpha1::Tenant;

pub use files::{Exportable, Exported, File, Options};
pub use left_out::{LeftOut, MOST_NAMED};
pub use names::Names;
pub use private::{Private, PrivateSecret};

use crate::landscape::Landscape;
use left_out::Notes;

/// Exports.
pub fn export(landscape: &Landscape, options: &Options) -> Exported {
    let mut notes = Notes::default();
    let mut options = options.clone();
    if let Some(name) = options.unnamed.then(|| names::of_organization(landscape)).flatten() {
        options.tenant.metadata.namespace = Some(name.clone());
        options.tenant.metadata.name = Some(name);
    }
    let mut about = "Which tenant, and how it is reached.".to_owned();
    let protected = &mut options.tenant.spec.guard_rails.protected_accounts;
    if protected.is_empty() {
        *protected = protected::proposed(landscape);
        if !protected.is_empty() {
            about.push_str(protected::ABOUT);
        }
    }
    let options = &options;
    let mut files = vec![File {
        name: "tenant.yaml".into(),
        about,
        objects: vec![Exportable::Tenant(Box::new(tenant(&options.tenant)))],
    }];
    files.extend(organization::file(landscape, options, &mut notes));
    files.extend(accounts::files(landscape, options, &mut notes));
    files.retain(|file| !file.objects.is_empty());
    Exported { files, left_out: notes.said() }
}

/// The Tenant as it is declared, without what only its past explains: approvals are used once.
fn tenant(given: &Tenant) -> Tenant {
    let mut tenant = given.clone();
    tenant.metadata = ObjectMeta {
        name: given.metadata.name.clone(),
        namespace: given.metadata.namespace.clone(),
        labels: given.metadata.labels.clone(),
        ..ObjectMeta::default()
    };
    tenant.spec.approvals.clear();
    tenant.status = None;
    tenant
}

#[cfg(test)]
mod tests;
