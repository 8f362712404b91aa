//! Where in a folder of manifests a tenant's objects and fields are declared.

use tenant_contacts_api::{
    kind::Declares,
    manifest::{Manifest, Object, Place},
};
use tenant_contacts_core::desired::ObjectKey;
use tenant_contacts_report::explain::{ORGANIZATION_FIELDS, Position, Positions};

/// The children of Tenants and the Tenants themselves, with their lines.
#[derive(Debug, Default)]
pub struct Declared(Vec<(Of, What, Position)>);

/// Namespace and name of the Tenant that an object is declared for.
type Of = (String, String);

#[derive(Clone, Debug)]
enum What {
    Tenant,
    Organization,
    Field(&'static str),
    Account(String),
    Gateway(String),
}

impl Declared {
    pub(super) fn new(manifests: &[Manifest]) -> Self {
        let mut declared = Vec::new();
        for manifest in manifests {
            let of = |tenant: &str| (manifest.object.namespace().to_owned(), tenant.to_owned());
            match &manifest.object {
                Object::Tenant(_) => {
                    declared.push((of(manifest.object.name()), What::Tenant, position(manifest, None)));
                }
                Object::OrganizationContacts(contacts) => {
                    let tenant = of(&contacts.spec.tenant_ref.name);
                    declared.push((tenant.clone(), What::Organization, position(manifest, None)));
                    declared.extend(ORGANIZATION_FIELDS.iter().map(|(name, path)| {
                        let place = manifest.source.places.of(path);
                        (tenant.clone(), What::Field(name), position(manifest, place))
                    }));
                }
                Object::TrustedSenders(senders) => {
                    let tenant = of(&senders.spec.tenant_ref.name);
                    declared.extend(senders.spec.gateways.iter().enumerate().map(|(index, gateway)| {
                        let place = manifest.source.places.of(&format!("spec.gateways[{index}]"));
                        (tenant.clone(), What::Gateway(gateway.name.clone()), position(manifest, place))
                    }));
                }
                other => {
                    let account = other.child().and_then(Declares::account);
                    if let Some((tenant, account)) = other.tenant_ref().zip(account) {
                        let name = account.user_principal_name.to_lowercase();
                        declared.push((of(&tenant.name), What::Account(name), position(manifest, None)));
                    }
                }
            }
        }
        Self(declared)
    }

    /// Those of one Tenant. Of several declarations of the same the first counts, as the reader sorts them.
    pub fn of(&self, tenant: &ObjectKey) -> Positions {
        let mut positions = Positions::default();
        for ((namespace, name), what, position) in &self.0 {
            if **namespace != *tenant.namespace || **name != *tenant.name {
                continue;
            }
            let position = position.clone();
            match what {
                What::Tenant => _ = positions.tenant.get_or_insert(position),
                What::Organization => _ = positions.organization.get_or_insert(position),
                What::Field(field) => _ = positions.fields.entry((*field).to_owned()).or_insert(position),
                What::Gateway(name) => _ = positions.gateways.entry(name.clone()).or_insert(position),
                What::Account(account) => _ = positions.accounts.entry(account.clone()).or_insert(position),
            }
        }
        positions
    }
}

/// The place of a field, or of the object.
fn position(manifest: &Manifest, place: Option<Place>) -> Position {
    let source = &manifest.source;
    Position { file: source.file.to_string(), line: place.unwrap_or(source.place).line }
}
