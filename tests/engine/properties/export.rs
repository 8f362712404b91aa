//! A tenant that is exported and planned anew has no step: the files say what is there, and all of it that can be declared.

use tenant_contacts::survey;
use tenant_contacts_api::{field::Surface, manifest::Object, v1alpha1::Tenant};
use tenant_contacts_core::{
    export::{self, Exportable, Exported, Options, Private},
    step::Verdict,
};
use tenant_contacts_engine::Mode;
use tenant_contacts_report::export::yaml;
use tenant_contacts_simulator::Seed;
use testkit::{declared::read, random::Case, rig, world::World};

/// See the module. Everything is enforced, so that whatever differed would be a step.
pub async fn what_is_exported_is_planned_without_a_step(case: Case, secrets: bool) {
    let mut world = World::new(&case.seed);
    let landscape = survey::directory(&case.declared.set(), &world.network).await.unwrap();
    let tenant = enforcing(tenant(&case.declared.text()));
    let private = if secrets { Private::Secrets } else { Private::InPlace };
    let exported = export::export(&landscape, &Options { tenant, private, unnamed: false });
    all_is_there(&case.seed, &exported);
    let credentials = case.declared.documents().into_iter().filter(|document| document["metadata"]["name"] == "graph");
    let credentials = credentials.map(|document| serde_saphyr::to_string(&document).unwrap());
    let files = exported.files.iter().map(|file| yaml(file).unwrap()).chain(credentials);
    let set = read(&files.collect::<Vec<_>>().join("---\n"));
    let report = world.pass(&set, &Mode::Run).await;
    assert_eq!(report.problem, None);
    let view = world.view(&set);
    assert!(view.steps.is_empty() && view.not_done.is_empty(), "{view:#?}");
    assert!(world.verdicts().iter().all(|(_, _, verdict)| *verdict == Verdict::InSync));
    assert!(world.sent.all().is_empty() && world.simulator.journal(0).is_empty());
}

fn tenant(manifests: &str) -> Tenant {
    let reading = rig::checker().read("declared.yaml", manifests.as_bytes());
    let found = reading.manifests.into_iter().find_map(|manifest| match manifest.object {
        Object::Tenant(tenant) => Some(*tenant),
        _ => None,
    });
    found.unwrap()
}

fn enforcing(mut tenant: Tenant) -> Tenant {
    tenant.spec.enforce = vec![Surface::Organization, Surface::Users];
    tenant.spec.guard_rails.protected_accounts.clear();
    tenant
}

/// An export of nothing has no steps either: whoever has an alternate email or a phone is in it, and every notice address.
fn all_is_there(seed: &Seed, exported: &Exported) {
    let objects = || exported.files.iter().flat_map(|file| &file.objects);
    let mut users: Vec<&str> = objects()
        .filter_map(|object| match object {
            Exportable::User(user) => Some(&*user.spec.account_ref.user_principal_name),
            _ => None,
        })
        .collect();
    users.sort_unstable();
    let reachable = seed.users.iter().filter(|user| {
        let phone = |phone: Option<&String>| phone.is_some_and(|phone| !phone.is_empty());
        let values =
            !user.other_mails.is_empty() || phone(user.mobile_phone.as_ref()) || phone(user.business_phones.first());
        values && !user.deleted && user.user_type.as_deref() != Some("Guest")
    });
    let mut expected: Vec<&str> = reachable.map(|user| &*user.upn).collect();
    expected.sort_unstable();
    assert_eq!(users, expected);
    let technical = objects().find_map(|object| match object {
        Exportable::Organization(contacts) => contacts.spec.technical.as_ref(),
        _ => None,
    });
    let declared = technical.map_or(0, |list| list.values.len());
    let mut live: Vec<String> =
        seed.organization.technical_notification_mails.iter().map(|address| address.to_lowercase()).collect();
    live.sort_unstable();
    live.dedup();
    assert_eq!(declared, live.len());
}
