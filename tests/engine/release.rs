//! Objects that are gone are let go: at once where nothing is to be put back, after a quarter of an hour where the original
//! cannot be, whatever stands in the way. Otherwise a finalizer would hold up whoever deleted them.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use serde_json::Value;
use tenant_contacts::{driver::Driver, gather::TenantSet, simulated::InProcess};
use tenant_contacts_api::{field::Field, reason::Reason, status::TenantStatus};
use tenant_contacts_core::{desired::ObjectKey, release::PATIENCE};
use tenant_contacts_engine::{
    Mode,
    audit::{self, AuditEvent},
    port::{Listener, Listening, ObjectUpdate},
};
use tenant_contacts_m365::transport::{Body, Cause, Reached, Transport, TransportError};
use tenant_contacts_simulator::Options;
use testkit::{
    rig::{self, World},
    small,
};

/// A quarter of an hour.
const PATIENT: Duration = Duration::from_secs(PATIENCE.as_secs().unsigned_abs());

/// What a pass with repeated attempts, or a restore with its verification, may take.
const FEW: Duration = Duration::from_mins(1);

/// A line that can be cut.
struct Line(InProcess, Arc<AtomicBool>);

impl Transport for Line {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        if self.1.load(Ordering::Relaxed) {
            return Box::pin(async { Err(TransportError::new(Reached::BeforeSend, Cause::Connect)) });
        }
        self.0.send(request)
    }
}

/// Notes which objects were released: in a cluster, whose finalizer goes.
#[derive(Clone, Default)]
struct Noting(Arc<Mutex<Vec<ObjectKey>>>);

impl Listener for Noting {
    fn kept(&self, _tenant: &ObjectKey, _status: Option<&TenantStatus>, objects: &[ObjectUpdate<'_>]) {
        let released = objects.iter().filter(|object| object.released).map(|object| object.key.clone());
        self.0.lock().unwrap().extend(released);
    }
}

/// Ben, Cleo and Root as declared: under Restore, under Orphan, and under Restore with a role.
struct Scene {
    world: World,
    driver: Driver,
    set: TenantSet,
    cut: Arc<AtomicBool>,
}

fn people(names: &[&str]) -> String {
    let objects: Vec<String> = names
        .iter()
        .map(|name| match *name {
            "ben" => small::user("ben", "deletionPolicy: Restore\nbusinessPhone: {value: \"+1 206 555 0112\"}"),
            "cleo" => small::user("cleo", "alternateEmails: {values: [{value: cleo@example.net}]}"),
            "root" => {
                small::user("root", "deletionPolicy: Restore\nalternateEmails: {values: [{value: root@example.org}]}")
            }
            other => panic!("{other} is not in the scene"),
        })
        .collect();
    small::manifests(&objects)
}

impl Scene {
    /// All of them converged.
    async fn new() -> Self {
        let world = World::new(&small::seed(), Options::default());
        let cut = Arc::new(AtomicBool::new(false));
        let mut set = rig::text(&people(&["ben", "cleo", "root"]));
        let line = Line(InProcess(world.simulator.clone()), Arc::clone(&cut));
        let mut driver = world.process(&set, Arc::new(world.records.clone()), Arc::new(line));
        rig::converge(&mut driver, &mut set, &world).await.unwrap();
        Self { world, driver, set, cut }
    }

    /// Declares these from now on.
    fn declare(&mut self, names: &[&str]) {
        self.set = rig::text(&people(names));
    }

    /// A process that starts anew: it has a fresh token, and remembers what was kept.
    fn restart(&mut self) {
        self.driver = self.world.plain_process(&self.set);
    }

    /// Passes as they fall due until an object is remembered no more. How long that took.
    async fn until_released(&mut self, name: &str) -> Duration {
        let began = tokio::time::Instant::now();
        while self.remembers(name) {
            assert!(began.elapsed() < PATIENT + FEW, "{name} is held up");
            let report = self.driver.pass(&self.set, &Mode::Run).await.unwrap();
            if self.remembers(name) {
                tokio::time::sleep(report.next).await;
            }
        }
        began.elapsed()
    }

    fn remembers(&self, name: &str) -> bool {
        self.world.records.kept().objects.keys().any(|(_, key)| &*key.name == name)
    }

    /// What the trail says of an object's end: the field, and why its original did not come back.
    fn ends(&self, name: &str) -> Vec<(Field, Option<Reason>)> {
        let kept = self.world.records.kept();
        let trail: Vec<_> = kept.audit.into_values().flatten().collect();
        audit::verify(&trail).expect("the audit chain holds");
        let ends = trail.into_iter().filter_map(|record| match record.what {
            AuditEvent::Released { object, field, .. } => Some((object, field, None)),
            AuditEvent::ReleasedUnrestored { object, field, reason, .. } => Some((object, field, Some(reason))),
            AuditEvent::Intent { .. } | AuditEvent::Outcome { .. } => None,
        });
        let of = format!("UserContact contoso/{name}");
        ends.filter(|(object, ..)| *object == of).map(|(_, field, reason)| (field, reason)).collect()
    }

    fn user(&self, name: &str) -> Value {
        let truth = self.world.simulator.truth();
        let mut users = truth["users"].as_array().unwrap().iter();
        users.find(|user| user["userPrincipalName"] == format!("{name}@contoso.com")).cloned().unwrap()
    }

    /// Ben goes, and for this reason his phone cannot be put back.
    async fn ben_is_given_up(&mut self, reason: Reason) {
        assert_eq!(self.until_released("ben").await, PATIENT, "not earlier, and not a second later");
        assert_eq!(self.ends("ben"), [(Field::BusinessPhone, Some(reason))]);
        assert_eq!(self.user("ben")["businessPhones"], serde_json::json!(["+1 206 555 0112"]), "left as it is");
    }
}

#[test]
fn what_can_be_restored_is_restored_and_released_without_waiting() {
    rig::on_paused_time(async {
        let mut scene = Scene::new().await;
        scene.declare(&["cleo", "root"]);
        assert!(scene.until_released("ben").await < FEW);
        assert_eq!(scene.ends("ben"), [(Field::BusinessPhone, None)]);
        assert_eq!(scene.user("ben")["businessPhones"], serde_json::json!(["+1 206 555 0102"]));
    });
}

#[test]
fn a_tenant_that_cannot_be_reached_holds_nobody_up() {
    rig::on_paused_time(async {
        let mut scene = Scene::new().await;
        scene.declare(&["root"]);
        scene.cut.store(true, Ordering::Relaxed);
        assert!(scene.until_released("cleo").await < FEW, "nothing needs the tenant under Orphan");
        assert_eq!(scene.ends("cleo"), [(Field::AlternateEmails, None)]);
        // Attempts take their time, and the waits between them are drawn by the machine.
        let waited = scene.until_released("ben").await;
        assert!(waited + FEW > PATIENT && waited < PATIENT + FEW, "{waited:?}");
        assert_eq!(scene.ends("ben"), [(Field::BusinessPhone, Some(Reason::TenantUnreachable))]);
        assert!(scene.remembers("root"), "who is declared is not forgotten");
    });
}

#[test]
fn a_refused_credential_holds_nobody_up() {
    rig::on_paused_time(async {
        let mut scene = Scene::new().await;
        let others = people(&["cleo", "root"]).replace("client-secret: simulated", "client-secret: revoked");
        scene.set = rig::text(&others);
        scene.restart();
        scene.ben_is_given_up(Reason::AuthenticationFailed).await;
    });
}

#[test]
fn a_missing_permission_holds_nobody_up() {
    rig::on_paused_time(async {
        let mut scene = Scene::new().await;
        scene.declare(&["cleo", "root"]);
        let held = ["User.Read.All", "Domain.Read.All", "RoleManagement.Read.Directory", "GroupMember.Read.All"];
        assert!(scene.world.simulator.set_permissions("2d6c9f80-41b7-4c35-9e58-a7d3f1b20c46", &held));
        scene.restart();
        scene.ben_is_given_up(Reason::PermissionMissing).await;
    });
}

#[test]
fn a_suspended_tenant_holds_nobody_up() {
    rig::on_paused_time(async {
        let mut scene = Scene::new().await;
        scene.declare(&["root"]);
        scene.set.gathered.tenant.suspend = true;
        let before = scene.world.simulator.requests(0).len();
        assert_eq!(scene.until_released("cleo").await, Duration::ZERO, "nothing needs the tenant under Orphan");
        scene.ben_is_given_up(Reason::Suspended).await;
        assert_eq!(scene.world.simulator.requests(0).len(), before, "suspended: nothing is read or written");
    });
}

#[test]
fn a_claimed_tenant_holds_nobody_up() {
    rig::on_paused_time(async {
        let mut scene = Scene::new().await;
        scene.declare(&["cleo", "root"]);
        scene.set.gathered.claimed = true;
        scene.ben_is_given_up(Reason::Observing).await;
    });
}

#[test]
fn an_approval_that_nobody_gives_holds_nobody_up() {
    rig::on_paused_time(async {
        let mut scene = Scene::new().await;
        scene.declare(&["ben", "cleo"]);
        assert_eq!(scene.until_released("root").await, PATIENT);
        assert_eq!(scene.ends("root"), [(Field::AlternateEmails, Some(Reason::ClearsList))], "there was none before");
        assert_eq!(scene.user("root")["otherMails"], serde_json::json!(["root@example.org"]), "left as it is");
        let gated = scene.driver.worker().plan().unwrap().approval_hash;
        assert_eq!(gated, None, "nobody is asked for an approval of what was given up");
    });
}

#[test]
fn an_account_that_is_gone_has_nothing_to_wait_for() {
    rig::on_paused_time(async {
        let mut scene = Scene::new().await;
        scene.declare(&["cleo", "root"]);
        scene.world.simulator.disturb_purge("ben@contoso.com").unwrap();
        assert!(scene.until_released("ben").await < FEW);
        assert_eq!(scene.ends("ben"), [(Field::BusinessPhone, None)]);
    });
}

#[test]
fn the_time_goes_on_through_a_restart() {
    rig::on_paused_time(async {
        let mut scene = Scene::new().await;
        scene.declare(&["cleo", "root"]);
        scene.set.gathered.tenant.suspend = true;
        scene.driver.pass(&scene.set, &Mode::Run).await.unwrap();
        tokio::time::sleep(PATIENT / 2).await;
        scene.restart();
        assert_eq!(scene.until_released("ben").await, PATIENT / 2);
    });
}

#[test]
fn an_object_that_comes_back_is_not_given_up() {
    rig::on_paused_time(async {
        let mut scene = Scene::new().await;
        scene.declare(&["cleo", "root"]);
        scene.set.gathered.tenant.suspend = true;
        scene.driver.pass(&scene.set, &Mode::Run).await.unwrap();
        tokio::time::sleep(PATIENT / 2).await;
        scene.declare(&["ben", "cleo", "root"]);
        scene.driver.pass(&scene.set, &Mode::Run).await.unwrap();
        tokio::time::sleep(PATIENT).await;
        // It goes again: its quarter of an hour begins anew, and its original is still there to come back.
        scene.declare(&["cleo", "root"]);
        scene.set.gathered.tenant.suspend = true;
        scene.driver.pass(&scene.set, &Mode::Run).await.unwrap();
        tokio::time::sleep(PATIENT / 2).await;
        assert!(scene.remembers("ben"));
        scene.set.gathered.tenant.suspend = false;
        assert!(scene.until_released("ben").await < FEW);
        assert_eq!(scene.ends("ben"), [(Field::BusinessPhone, None)]);
        assert_eq!(scene.user("ben")["businessPhones"], serde_json::json!(["+1 206 555 0102"]));
    });
}

#[test]
fn what_is_only_looked_at_is_neither_noted_nor_released() {
    rig::on_paused_time(async {
        let mut scene = Scene::new().await;
        scene.declare(&["root"]);
        scene.set.gathered.tenant.suspend = true;
        let before = scene.world.records.kept();
        scene.driver.pass(&scene.set, &Mode::Preview).await.unwrap();
        tokio::time::sleep(PATIENT).await;
        scene.driver.pass(&scene.set, &Mode::Preview).await.unwrap();
        let after = scene.world.records.kept();
        assert_eq!((after.writes, after.objects.len()), (before.writes, before.objects.len()));
    });
}

/// In a cluster an object that is being deleted is still there, marked, until its finalizer goes. Of one that was never
/// looked at there is nothing to keep.
#[test]
fn an_object_on_its_way_out_that_was_never_seen_is_released_at_once() {
    rig::on_paused_time(async {
        for suspend in [false, true] {
            let world = World::new(&small::seed(), Options::default());
            let mut set = rig::text(&people(&["ben", "cleo"]));
            set.gathered.tenant.suspend = suspend;
            let mut objects = (*set.gathered.objects).clone();
            Arc::make_mut(&mut objects[0]).removed = true;
            set.gathered.objects = Arc::new(objects);
            let noted = Noting::default();
            let records = Listening::new(Arc::new(world.records.clone()), noted.clone());
            let door = InProcess(world.simulator.clone());
            let mut driver = world.process(&set, Arc::new(records), Arc::new(door));
            driver.pass(&set, &Mode::Run).await.unwrap();
            let released: Vec<String> = noted.0.lock().unwrap().iter().map(ToString::to_string).collect();
            assert_eq!(released, ["UserContact contoso/ben"], "once, suspended or not ({suspend})");
        }
    });
}
