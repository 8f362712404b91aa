//! What a plan would do to who receives notices is said before anything is written, and what would leave a kind of notice to
//! nobody, or to too few people, waits for a person (DOMAIN F1). People are counted, not addresses.

use serde_json::Value;
use tenant_contacts::{driver::Driver, gather::TenantSet};
use tenant_contacts_api::{
    notice::{Category, Reach},
    reason::Reason,
};
use tenant_contacts_core::step::Verdict;
use tenant_contacts_engine::Mode;
use tenant_contacts_simulator::{Options, Seed};
use testkit::rig::{self, World, on_paused_time};

/// The technical notices go to a shared mailbox that two people read.
const SEED: &str = r"
tenant:
  id: 9c2f6f2e-0000-4000-8000-000000000001
  displayName: Contoso
  domains: [{name: contoso.com, default: true}, {name: contoso.onmicrosoft.com, initial: true}]
organization: {technicalNotificationMails: [noc@contoso.com]}
skus: [{skuPartNumber: EXCHANGESTANDARD, enabled: 10}]
applications:
  - name: app
    clientId: 9c2f6f2e-0000-4000-8000-0000000000aa
    secrets: [{value: opens-nothing-else}]
    permissions: [User.Read.All, Organization.ReadWrite.All, Domain.Read.All, RoleManagement.Read.Directory,
      RoleEligibilitySchedule.Read.Directory, GroupMember.Read.All, Mail.ReadBasic.All, MailboxSettings.Read,
      Exchange.ManageAsApp]
    directoryRoles: [Global Reader]
users:
  - {upn: anna@contoso.com, displayName: Anna, licences: [EXCHANGESTANDARD]}
  - {upn: bert@contoso.com, displayName: Bert, licences: [EXCHANGESTANDARD]}
  - {upn: gone@contoso.com, displayName: Gone, accountEnabled: false, licences: [EXCHANGESTANDARD]}
  - {upn: noc@contoso.com, displayName: Operations, accountEnabled: false, mail: noc@contoso.com}
exchange:
  sharedMailboxes: [{user: noc@contoso.com, fullAccess: [anna@contoso.com, bert@contoso.com]}]
";

fn manifests(technical: &[&str]) -> TenantSet {
    let values: Vec<String> = technical.iter().map(|address| format!("{{address: {address}}}")).collect();
    let values = values.join(", ");
    rig::text(&format!(
        r"
apiVersion: tenantcontacts.dev/v1alpha1
kind: Tenant
metadata: {{name: contoso, namespace: contoso}}
spec:
  tenantId: 9c2f6f2e-0000-4000-8000-000000000001
  credentials:
    - clientId: 9c2f6f2e-0000-4000-8000-0000000000aa
      clientSecret: {{secretKeyRef: {{name: app, key: secret}}}}
  enforce: [Organization]
---
apiVersion: v1
kind: Secret
metadata: {{name: app, namespace: contoso, labels: {{tenantcontacts.dev/allow: contoso}}}}
stringData: {{secret: opens-nothing-else}}
---
apiVersion: tenantcontacts.dev/v1alpha1
kind: OrganizationContacts
metadata: {{name: contoso, namespace: contoso}}
spec:
  tenantRef: {{name: contoso}}
  technical:
    values: [{values}]
"
    ))
}

fn world() -> World {
    World::new(&Seed::from_yaml(SEED).unwrap(), Options::default())
}

fn technical(world: &World) -> Value {
    world.simulator.truth()["organization"][0]["technicalNotificationMails"].clone()
}

/// Why the one step of the plan waits, if it does.
fn gate(driver: &Driver) -> Option<Reason> {
    let plan = driver.worker().plan().unwrap();
    let steps: Vec<&Verdict> = plan.steps().map(|(_, _, verdict)| verdict).collect();
    match steps[..] {
        [Verdict::Gated(_, reason)] => Some(*reason),
        [Verdict::Write(_)] => None,
        _ => panic!("{plan:#?}"),
    }
}

/// The gate of a plan with these technical contacts, and whom it says they would reach.
async fn previewed(world: &World, addresses: &[&str]) -> (Option<Reason>, Vec<(Category, Reach, Reach)>, Vec<String>) {
    let set = manifests(addresses);
    let mut driver = world.plain_process(&set);
    let report = driver.pass(&set, &Mode::Preview).await.unwrap();
    assert_eq!(report.problem, None);
    let consequences = &driver.worker().plan().unwrap().consequences;
    let reaches = consequences.iter().map(|one| (one.category, one.before, one.after)).collect();
    let loses = consequences.iter().flat_map(|one| &one.loses).map(ToString::to_string).collect();
    (gate(&driver), reaches, loses)
}

#[test]
fn a_change_that_leaves_a_notice_to_nobody_waits_for_a_person_and_says_whom_it_loses_f1() {
    on_paused_time(async {
        let world = world();
        // Two addresses, and nobody behind them: one account is disabled, and the other address nobody has.
        let (gate, reaches, loses) = previewed(&world, &["gone@contoso.com", "nobody@contoso.com"]).await;
        assert_eq!(gate, Some(Reason::EmptiesCategory));
        let technical_notices = (Category::ServiceAndTechnical, Reach::SeveralPeople, Reach::NobodyKnown);
        assert!(reaches.contains(&technical_notices), "{reaches:?}");
        assert!(loses.contains(&"Anna".to_owned()) && loses.contains(&"Bert".to_owned()), "{loses:?}");
    });
}

#[test]
fn a_change_that_leaves_one_person_waits_and_one_that_leaves_two_does_not_f1() {
    on_paused_time(async {
        let world = world();
        let (gate, ..) = previewed(&world, &["anna@contoso.com", "gone@contoso.com"]).await;
        assert_eq!(gate, Some(Reason::BelowMinimumRecipients), "two addresses, and one person");
        let (gate, _, loses) = previewed(&world, &["anna@contoso.com", "bert@contoso.com"]).await;
        assert_eq!((gate, loses), (None, Vec::new()), "other addresses, and the same people");
        let (gate, ..) = previewed(&world, &["noc@contoso.com", "anna@contoso.com"]).await;
        assert_eq!(gate, None);
    });
}

#[test]
fn where_people_are_known_nobody_counts_addresses_f1() {
    on_paused_time(async {
        let two = SEED.replace("[noc@contoso.com]}\nskus", "[anna@contoso.com, bert@contoso.com]}\nskus");
        let world = World::new(&Seed::from_yaml(&two).unwrap(), Options::default());
        let (gate, ..) = previewed(&world, &["noc@contoso.com"]).await;
        assert_eq!(gate, None, "one address, and two people read it");
        let (gate, ..) = previewed(&world, &["anna@contoso.com"]).await;
        assert_eq!(gate, Some(Reason::BelowMinimumRecipients));
    });
}

#[test]
fn what_waits_is_not_written_and_once_approved_it_is_f1() {
    on_paused_time(async {
        let world = world();
        let mut set = manifests(&["gone@contoso.com", "nobody@contoso.com"]);
        let mut driver = world.plain_process(&set);
        let report = driver.pass(&set, &Mode::Run).await.unwrap();
        assert_eq!((report.sent, report.gated), (0, 1));
        assert_eq!(technical(&world), serde_json::json!(["noc@contoso.com"]));
        assert!(rig::approve(&driver, &mut set, world.now()));
        rig::converge(&mut driver, &mut set, &world).await.unwrap();
        assert_eq!(technical(&world), serde_json::json!(["gone@contoso.com", "nobody@contoso.com"]));
    });
}

/// Whoever may edit contacts could else send every warning of Microsoft's to themselves.
#[test]
fn b8_an_address_outside_the_own_domains_waits_and_drift_back_to_what_was_approved_does_not() {
    on_paused_time(async {
        let world = world();
        let both = ["noc@contoso.com", "mallory@example.net"];
        let (gate, ..) = previewed(&world, &both).await;
        assert_eq!(gate, Some(Reason::OutsideRecipient));
        let mut set = manifests(&both);
        let mut driver = world.plain_process(&set);
        assert_eq!(driver.pass(&set, &Mode::Run).await.unwrap().sent, 0);
        assert!(rig::approve(&driver, &mut set, world.now()));
        rig::converge(&mut driver, &mut set, &world).await.unwrap();
        assert_eq!(technical(&world), serde_json::json!(both));

        // Somebody else removes it: what was approved is put back, and nobody is asked again.
        set.gathered.tenant.approvals.clear();
        let removed = serde_json::json!({"technicalNotificationMails": ["noc@contoso.com"]});
        world.simulator.disturb_organization(removed.as_object().unwrap()).unwrap();
        rig::converge(&mut driver, &mut set, &world).await.unwrap();
        assert_eq!((technical(&world), set.gathered.tenant.approvals.len()), (serde_json::json!(both), 0));

        // A subdomain of an own domain is another domain, unless it is declared as the company's.
        let mut set = manifests(&["noc@contoso.com", "mallory@example.net", "anna@sub.contoso.com"]);
        let mut driver = world.plain_process(&set);
        driver.pass(&set, &Mode::Preview).await.unwrap();
        assert_eq!(self::gate(&driver), Some(Reason::OutsideRecipient));
        set.gathered.tenant.own_domains.insert("sub.contoso.com".into());
        driver.pass(&set, &Mode::Preview).await.unwrap();
        assert_eq!(self::gate(&driver), None);
    });
}

/// A tenant may be large, and what no plan rests on any more is held once at most: where it is kept for the next hour.
#[test]
fn a_plan_that_bears_on_no_notice_holds_no_tenant_that_was_read_as_a_whole() {
    on_paused_time(async {
        let world = world();
        let mut set = manifests(&["gone@contoso.com", "nobody@contoso.com"]);
        let mut driver = world.plain_process(&set);
        driver.pass(&set, &Mode::Run).await.unwrap();
        assert!(driver.worker().landscape().is_some(), "what waits for an approval rests on it");
        let read = std::sync::Arc::downgrade(&driver.surveys().read(&[]).await.unwrap());
        assert!(read.upgrade().is_some());
        rig::approve(&driver, &mut set, world.now());
        rig::converge(&mut driver, &mut set, &world).await.unwrap();
        driver.pass(&set, &Mode::Run).await.unwrap();
        assert!(driver.worker().landscape().is_none());
        driver.surveys().outdate().await;
        assert!(read.upgrade().is_none(), "nobody else holds it");
    });
}

#[test]
fn where_mailboxes_cannot_be_read_nothing_certain_is_said_and_addresses_are_counted_g2() {
    on_paused_time(async {
        let world = world();
        let held = ["User.Read.All", "Organization.ReadWrite.All", "Domain.Read.All", "RoleManagement.Read.Directory"];
        assert!(world.simulator.set_permissions("9c2f6f2e-0000-4000-8000-0000000000aa", &held));
        let (gate, reaches, loses) = previewed(&world, &["gone@contoso.com", "bert@contoso.com"]).await;
        assert_eq!((gate, loses), (None, Vec::new()));
        assert!(reaches.iter().all(|(_, before, _)| *before == Reach::Unknown), "{reaches:?}");
    });
}
