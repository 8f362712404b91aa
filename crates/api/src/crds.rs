//! The CustomResourceDefinitions, generated from the types. `crds/` and the chart are copies; tests compare them.
//!
//! Invariant: what the generator emits and Kubernetes does not mean is taken out here, in one place.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceDefinition, JSON, JSONSchemaProps, JSONSchemaPropsOrArray,
};
use kube::CustomResourceExt;
use serde_json::json;

use crate::{kind, status::UNOBSERVED, v1alpha1::ContactReport};

/// First lines of every generated file.
const HEADER: &str = "# Generated from the types in crates/api by `tenant-contacts crds`. Do not edit.\n";

/// Every CustomResourceDefinition, in the order in which to install and list them.
pub fn all() -> Vec<CustomResourceDefinition> {
    let mut crds = kind::definitions();
    crds.push(ContactReport::crd());
    let versions = crds.iter_mut().flat_map(|crd| &mut crd.spec.versions);
    for root in versions.filter_map(|version| version.schema.as_mut()?.open_api_v3_schema.as_mut()) {
        clean(root);
        not_yet_observed(root);
        // `kubectl explain KIND` shows the root's description: the derived one says nothing.
        let spec = root.properties.as_ref().and_then(|properties| properties.get("spec"));
        root.description = spec.and_then(|spec| spec.description.clone());
    }
    crds
}

/// A CustomResourceDefinition as a YAML file.
pub fn to_yaml(crd: &CustomResourceDefinition) -> Result<String, serde_saphyr::ser::Error> {
    Ok(format!("{HEADER}{}", serde_saphyr::to_string(crd)?))
}

/// The name of its file under `crds/`.
pub fn file_name(crd: &CustomResourceDefinition) -> String {
    format!("{}.yaml", crd.spec.names.plural)
}

/// What stands in status until the operator writes it.
fn not_yet_observed(root: &mut JSONSchemaProps) {
    if let Some(status) = root.properties.as_mut().and_then(|properties| properties.get_mut("status")) {
        status.default = Some(JSON(json!({"observedGeneration": UNOBSERVED})));
    }
}

/// Takes out what an `Option` and an unsigned integer leave behind:
///
/// - `nullable`: with it the API server stores an explicit null, and `has(self.field)` is true for nothing. Without it
///   a null is dropped, and means what leaving the field out means.
/// - formats that OpenAPI does not know (`uint32`), at which the API server warns.
/// - titles, which repeat the kind.
/// - line breaks that come from the width of the source.
fn clean(schema: &mut JSONSchemaProps) {
    schema.description = schema.description.take().map(|text| text.replace('\n', " "));
    schema.nullable = None;
    schema.title = None;
    schema.format = match schema.format.as_deref() {
        Some("uint8" | "uint16" | "int8" | "int16") => Some("int32".to_owned()),
        Some("uint32" | "uint64" | "uint") => Some("int64".to_owned()),
        _ => schema.format.take(),
    };
    schema.properties.iter_mut().flat_map(|properties| properties.values_mut()).for_each(clean);
    match &mut schema.items {
        Some(JSONSchemaPropsOrArray::Schema(items)) => clean(items),
        Some(JSONSchemaPropsOrArray::Schemas(items)) => items.iter_mut().for_each(clean),
        None => {}
    }
}
