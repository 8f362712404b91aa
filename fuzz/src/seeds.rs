//! What input begins with: the example company's manifests and seed, and the objects of the tests.
//!
//! Invariant: only files of this repository, read when the target is built; no file of a campaign is needed to repeat an input.

use std::sync::OnceLock;

use serde_json::Value;
use tenant_contacts_simulator::{BillingRoleSeed, Seed};

/// Name of the application that reads everything.
const OBSERVER: &str = "tenant-contacts-observer";

/// Files of manifests.
pub const MANIFESTS: &[&str] = &[
    include_str!("../../examples/contoso/administrators.yaml"),
    include_str!("../../examples/contoso/credentials.yaml"),
    include_str!("../../examples/contoso/fabrikam-partners.yaml"),
    include_str!("../../examples/contoso/organization.yaml"),
    include_str!("../../examples/contoso/people.yaml"),
    include_str!("../../examples/contoso/private-contacts.yaml"),
    include_str!("../../examples/contoso/tenant.yaml"),
    include_str!("../../tests/bad_objects/policy_days.yaml"),
    include_str!("../../tests/bad_objects/gateway_twice.yaml"),
    include_str!("../../tests/bad_objects/yaml_alias_bomb.yaml"),
];

/// Objects of those files, as JSON.
pub fn objects() -> &'static [Value] {
    static OBJECTS: OnceLock<Vec<Value>> = OnceLock::new();
    OBJECTS.get_or_init(|| {
        let documents = MANIFESTS.iter().flat_map(|file| file.split("\n---\n"));
        let objects: Vec<Value> = documents.filter_map(|text| yaml(text).filter(Value::is_object)).collect();
        assert!(objects.len() > 20, "{}", objects.len());
        objects
    })
}

/// A document of YAML as JSON.
fn yaml(text: &str) -> Option<Value> {
    serde_saphyr::from_str_with_options(text, serde_saphyr::options! { no_schema: true }).ok()
}

/// Seeds of simulated tenants, each with the application that reads everything.
pub fn tenants() -> Vec<Seed> {
    let read = |text: &str| Seed::from_yaml(text).expect("a seed of this repository is one");
    let contoso = read(tenant_contacts::simulated::CONTOSO_SEED);
    let observer = contoso.applications.iter().find(|one| one.name == OBSERVER).expect("the example has an observer");
    let mut tangled: Vec<Seed> =
        (1..).map(Seed::tangled).filter(|seed| seed.partner.is_some() && seed.billing.is_some()).take(3).collect();
    for seed in &mut tangled {
        seed.applications.push(observer.clone());
        for account in seed.billing.iter_mut().flat_map(|billing| &mut billing.accounts) {
            account.roles.push(BillingRoleSeed { role: "Billing account reader".into(), principal: OBSERVER.into() });
        }
        // So that mail to every account is followed.
        seed.organization.marketing_notification_emails = seed.users.iter().map(|user| user.upn.clone()).collect();
    }
    [vec![contoso, read(include_str!("../../crates/simulator/src/seed/minimal.yaml"))], tangled].concat()
}

/// Those of them that have the observer, which may write as well.
pub fn observed() -> Vec<Seed> {
    let mut seeds = tenants();
    seeds.retain(|seed| seed.applications.iter().any(|one| one.name == OBSERVER));
    for application in seeds.iter_mut().flat_map(|seed| &mut seed.applications).filter(|one| one.name == OBSERVER) {
        let more =
            ["User.ReadWrite.All", "User-Mail.ReadWrite.All", "User-Phone.ReadWrite.All", "Organization.ReadWrite.All"];
        application.permissions.extend(more.map(str::to_owned));
    }
    seeds
}
