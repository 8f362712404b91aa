//! What a token does not see, and what cannot be read of one thing: neither is taken for "there is none", and neither takes
//! anything from the rest.

use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use serde_json::json;
use tenant_contacts::{
    connect::Network,
    simulated::{self, InProcess},
    survey,
};
use tenant_contacts_api::{field::Field, reason::Reason, rule::Rule};
use tenant_contacts_core::{
    model::{Fact, Unknown},
    step::Verdict,
};
use tenant_contacts_engine::Mode;
use tenant_contacts_m365::{
    observe::Unobserved,
    send::RetryPolicy,
    transport::{Body, Transport, TransportError},
};
use tenant_contacts_simulator::{Options, Seed};
use testkit::{
    rig::{self, World},
    small,
};

/// An id that nothing has.
const GONE: &str = "9d0c4a7e-52b1-4a6e-9f0d-3c8e5b7a1f42";

/// Cleo holds Helpdesk Administrator through a group of this visibility, and the application has these permissions more.
fn through_group(visibility: &str, more: &[&str]) -> Seed {
    let mut seed = small::seed();
    seed.groups = serde_json::from_value(json!([{
        "name": "Desk", "isAssignableToRole": true, "visibility": visibility,
        "members": ["cleo@contoso.com"], "roles": ["Helpdesk Administrator"],
    }]))
    .unwrap();
    seed.applications[0].permissions.extend(more.iter().map(|one| (*one).to_owned()));
    seed
}

/// What becomes of each field of an account in a pass that may write nothing: `None` is a plain write, else why it is none.
async fn reasons(world: &World, account: &str) -> Vec<Option<Reason>> {
    let set = rig::text(&small::everything());
    let mut driver = world.plain_process(&set);
    driver.pass(&set, &Mode::Preview).await.unwrap();
    let worker = driver.worker();
    let plan = worker.plan().unwrap();
    let place = worker.objects().iter().position(|object| &*object.key.name == account).unwrap();
    let fields = plan.objects[place].fields.iter();
    fields
        .map(|field| match &field.verdict {
            Verdict::Write(_) => None,
            Verdict::Gated(_, reason) | Verdict::Blocked(reason, _) => Some(*reason),
            other => panic!("{other:?}"),
        })
        .collect()
}

/// What is read of the whole tenant.
async fn look(world: &World) -> survey::Looked {
    let network = Network {
        transport: Arc::new(InProcess(world.simulator.clone())),
        endpoints: Some(simulated::in_process_endpoints().unwrap()),
        clock: world.clock,
        policy: RetryPolicy::default(),
        limited: false,
        mail_exchangers: Arc::new(survey::NotAsked),
        observer: Arc::new(Unobserved),
        federation: None,
    };
    survey::look(&rig::text(&small::everything()), &network).await.unwrap()
}

#[test]
fn a2_whoever_may_be_privileged_through_members_that_do_not_show_is_not_written() {
    rig::on_paused_time(async {
        let gated = [Some(Reason::PrivilegedRecoveryData)];
        for (seed, expected) in [
            (through_group("Private", &[]), gated),
            (through_group("HiddenMembership", &["Member.Read.Hidden"]), gated),
            (through_group("HiddenMembership", &[]), [Some(Reason::PermissionMissing)]),
        ] {
            let world = World::new(&seed, Options::default());
            assert_eq!(reasons(&world, "cleo").await, expected, "{:?}", seed.groups[0].visibility);
        }
        let world = World::new(&through_group("HiddenMembership", &[]), Options::default());
        let looked = look(&world).await;
        let hidden = Fact::Unknown(Unknown::PermissionMissing("Member.Read.Hidden".into()));
        assert_eq!(looked.landscape.directory.group_members.into_values().collect::<Vec<_>>(), [hidden]);
        let named = Unknown::PermissionMissing("Member.Read.Hidden".into());
        assert!(looked.answer.gaps.iter().any(|gap| gap.why == named), "{:?}", looked.answer.gaps);
    });
}

/// The small tenant with an assignment whose principal is gone.
fn orphaned() -> Seed {
    let mut seed = through_group("Private", &[]);
    let assignment = json!({"role": "Helpdesk Administrator", "principal": GONE});
    seed.role_assignments.push(serde_json::from_value(assignment).unwrap());
    seed
}

#[test]
fn a3_an_assignment_that_outlived_its_principal_changes_nothing_for_the_others() {
    rig::on_paused_time(async {
        let whole = World::new(&through_group("Private", &[]), Options::default());
        for fails in [true, false] {
            let mut options = Options::default();
            options.switches.orphaned_assignment_fails_expansion = fails;
            let world = World::new(&orphaned(), options);
            for account in ["ada", "ben", "cleo", "root"] {
                assert_eq!(reasons(&world, account).await, reasons(&whole, account).await, "{account}, {fails}");
            }
        }
    });
}

#[test]
fn a3_an_orphaned_assignment_is_a_finding_with_its_id_and_role() {
    rig::on_paused_time(async {
        let world = World::new(&orphaned(), Options::default());
        let looked = look(&world).await;
        assert!(looked.landscape.directory.active.present().is_some_and(|active| active.len() > 1));
        let orphan = &looked.landscape.directory.orphans[0];
        let truth = world.simulator.truth();
        let assignments = truth["roleManagement/directory/roleAssignments"].as_array().unwrap();
        let there = assignments.iter().find(|one| one["principalId"] == GONE).expect("it is planted");
        assert_eq!(there["id"], *orphan.assignment);
        let found: Vec<_> = looked.answer.findings.iter().filter(|one| one.rule == Rule::DisabledRoleHolder).collect();
        assert_eq!(found.len(), 1);
        let message = &found[0].message;
        assert!(message.contains(&*orphan.assignment) && message.contains("Helpdesk Administrator"), "{message}");
    });
}

#[test]
fn a3_a_value_that_nobody_understands_spoils_one_field_of_one_account() {
    rig::on_paused_time(async {
        let world = World::new(&small::seed(), Options::default());
        let set = rig::text(&small::everything());
        let transport = Garbling(InProcess(world.simulator.clone()));
        let mut driver = world.process(&set, Arc::new(world.records.clone()), Arc::new(transport));
        driver.pass(&set, &Mode::Preview).await.unwrap();
        let accounts = &driver.worker().observation().accounts;
        let mut phones: Vec<bool> = accounts
            .values()
            .filter_map(Fact::present)
            .map(|account| account.field(Field::BusinessPhone).is_ok() && account.field(Field::AlternateEmails).is_ok())
            .collect();
        phones.sort_unstable();
        assert_eq!(phones, [false, true, true, true], "one field of one account is unknown");
        let ben = accounts.values().filter_map(Fact::present).find(|one| one.user_principal_name.starts_with("ben"));
        let ben = ben.unwrap();
        assert!(ben.field(Field::BusinessPhone).is_err() && ben.field(Field::AlternateEmails).is_ok());
    });
}

/// Puts a null into the list of Ben's phones.
struct Garbling(InProcess);

impl Transport for Garbling {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(async move {
            let (head, body) = self.0.send(request).await?.into_parts();
            let text = String::from_utf8(body.read(usize::MAX).await.unwrap().to_vec()).unwrap();
            let text = text.replace(r#"["+1 206 555 0102"]"#, "[null]");
            Ok(Response::from_parts(head, Body::full(text)))
        })
    }
}
