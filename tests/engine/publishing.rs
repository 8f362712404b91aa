//! How often something is published of an object: once for each thing that a person would want to know, and never because
//! time passed, because others wait their turn too, or because a process started anew.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Arc, Mutex},
};

use tenant_contacts::simulated::InProcess;
use tenant_contacts_api::{reason::Reason, status::TenantStatus};
use tenant_contacts_core::desired::{Kind, ObjectKey};
use tenant_contacts_engine::{
    Mode,
    port::{Listener, Listening, ObjectUpdate},
};
use tenant_contacts_simulator::{Options, Seed};
use testkit::rig::{self, World};

/// More than one pass writes (200), so that some wait their turn.
const ACCOUNTS: usize = 250;

fn seed() -> Seed {
    let mut yaml = r"
tenant:
  id: 4b8e2c17-93d5-4f6a-8a21-5d0c7e9f3b64
  displayName: Contoso
  domains: [{name: contoso.onmicrosoft.com, initial: true}, {name: contoso.com, default: true}]
applications:
  - name: tenant-contacts
    clientId: 2d6c9f80-41b7-4c35-9e58-a7d3f1b20c46
    secrets: [{value: simulated}]
    permissions: [User.Read.All, User-Phone.ReadWrite.All, Domain.Read.All, RoleManagement.Read.Directory, GroupMember.Read.All]
users:
"
    .to_owned();
    for number in 0..ACCOUNTS {
        writeln!(yaml, "  - {{upn: user{number}@contoso.com}}").unwrap();
    }
    Seed::from_yaml(&yaml).unwrap()
}

fn declared(policy: &str) -> String {
    let mut yaml = r"
apiVersion: tenantcontacts.dev/v1alpha1
kind: Tenant
metadata: {name: contoso, namespace: contoso}
spec:
  tenantId: 4b8e2c17-93d5-4f6a-8a21-5d0c7e9f3b64
  credentials:
    - clientId: 2d6c9f80-41b7-4c35-9e58-a7d3f1b20c46
      clientSecret: {secretKeyRef: {name: graph, key: client-secret}}
  enforce: [Users]
  guardRails: {massChange: {objects: 100000, percent: 100}}
---
apiVersion: v1
kind: Secret
metadata: {name: graph, namespace: contoso, labels: {tenantcontacts.dev/allow: contoso}}
stringData: {client-secret: simulated}
"
    .to_owned();
    for number in 0..ACCOUNTS {
        write!(
            yaml,
            "---
apiVersion: tenantcontacts.dev/v1alpha1
kind: UserContact
metadata: {{name: user{number}, namespace: contoso}}
spec:
  tenantRef: {{name: contoso}}
  accountRef: {{userPrincipalName: user{number}@contoso.com}}
  deletionPolicy: {policy}
  mobilePhone: {{value: \"+1 425 555 {number:04}\"}}
"
        )
        .unwrap();
    }
    yaml
}

/// How often each child was kept, and the reason of its last status.
type Kept = BTreeMap<ObjectKey, (usize, Option<String>)>;

/// Counts what is kept of each child, and notes the reason of its last status.
#[derive(Clone, Default)]
struct Counting(Arc<Mutex<Kept>>);

impl Counting {
    fn of(&self, world: &World) -> Arc<Listening<Self>> {
        Arc::new(Listening::new(Arc::new(world.records.clone()), self.clone()))
    }

    fn kept(&self) -> Kept {
        self.0.lock().unwrap().clone()
    }
}

impl Listener for Counting {
    fn kept(&self, _tenant: &ObjectKey, _status: Option<&TenantStatus>, objects: &[ObjectUpdate<'_>]) {
        let mut kept = self.0.lock().unwrap();
        for object in objects {
            let entry = kept.entry(object.key.clone()).or_default();
            entry.0 += 1;
            let ready = object.status.map(|status| status.conditions[0].reason.clone());
            entry.1 = ready.or(entry.1.take());
        }
    }
}

#[test]
fn a_fleet_declared_at_once_is_published_twice_an_object_and_not_again_after_a_restart() {
    for policy in ["Orphan", "Restore"] {
        rig::on_paused_time(async {
            let world = World::new(&seed(), Options::default());
            let mut set = rig::text(&declared(policy));
            let records = Counting::default();
            let door = || Arc::new(InProcess(world.simulator.clone()));
            let mut driver = world.process(&set, records.of(&world), door());
            rig::converge(&mut driver, &mut set, &world).await.unwrap();
            let kept = records.kept();
            assert_eq!(kept.len(), ACCOUNTS);
            for (key, (times, reason)) in &kept {
                assert_eq!(key.kind, Kind::UserContact);
                assert_eq!(reason.as_deref(), Some(Reason::InSync.as_str()), "{key}");
                assert_eq!(*times, 2, "{policy} {key}: once before its write leaves, and once when it is verified");
            }

            // Another process, which knows only what is on record.
            drop(driver);
            let records = Counting::default();
            let mut driver = world.process(&set, records.of(&world), door());
            let report = driver.pass(&set, &Mode::Run).await.unwrap();
            assert!(report.problem.is_none() && !report.unfinished, "{report:?}");
            assert_eq!(records.kept().len(), 0, "a restart is no news");
        });
    }
}

#[test]
fn while_a_write_is_open_its_status_says_so_before_it_leaves() {
    rig::on_paused_time(async {
        let world = World::new(&seed(), Options::default());
        let set = rig::text(&declared("Orphan"));
        let records = Counting::default();
        let door = Arc::new(InProcess(world.simulator.clone()));
        let mut driver = world.process(&set, records.of(&world), door);
        let report = driver.pass(&set, &Mode::Run).await.unwrap();
        assert!(report.sent > 0 && report.sent < ACCOUNTS, "{report:?}");
        let kept = records.kept();
        assert_eq!(kept.len(), report.sent, "those that wait their turn are published when it comes");
        let waiting = Some(Reason::AwaitingReplication.as_str().to_owned());
        assert!(kept.values().all(|(times, reason)| *times == 1 && *reason == waiting), "{kept:#?}");
    });
}

#[test]
fn where_the_tenant_cannot_be_looked_at_each_object_says_once_what_it_waits_for() {
    rig::on_paused_time(async {
        let world = World::new(&seed(), Options::default());
        let mut set = rig::text(&declared("Orphan").replace("client-secret: simulated", "client-secret: wrong"));
        let records = Counting::default();
        let door = Arc::new(InProcess(world.simulator.clone()));
        let mut driver = world.process(&set, records.of(&world), door);
        for _ in 0..3 {
            let report = driver.pass(&set, &Mode::Run).await.unwrap();
            assert_eq!(report.problem.unwrap().reason, Reason::AuthenticationFailed);
            tokio::time::sleep(report.next).await;
        }
        let kept = records.kept();
        let waiting = Some(Reason::WaitingOn.as_str().to_owned());
        assert_eq!(kept.len(), ACCOUNTS);
        assert!(kept.values().all(|(times, reason)| *times == 1 && *reason == waiting), "{kept:#?}");

        // Mended by a commit, all goes on.
        set = rig::text(&declared("Orphan"));
        rig::converge(&mut driver, &mut set, &world).await.unwrap();
        let kept = records.kept();
        assert!(kept.values().all(|(_, reason)| reason.as_deref() == Some(Reason::InSync.as_str())), "{kept:#?}");
    });
}
