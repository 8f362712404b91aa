//! The CustomResourceDefinitions, generated from the types. `crds/` and the chart are copies; tests compare them.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::CustomResourceExt;

use crate::v1alpha1::{OrganizationContacts, Tenant, UserContact};

/// Every CustomResourceDefinition, in the order in which to install and list them.
pub fn all() -> Vec<CustomResourceDefinition> {
    vec![Tenant::crd(), OrganizationContacts::crd(), UserContact::crd()]
}
