//! The structure of surfaces, before a real one of that kind is written: things that are created once, entries that come before
//! others go, that end by themselves and are renewed, documents that are replaced by operations that take their time. Whatever
//! breaks or lags, the service ends as declared, and what must never be so never was.

use std::{sync::Arc, time::Duration};

use jiff::SignedDuration;

use tenant_contacts::{
    state::Ephemeral,
    world::{Chance, ProcessClock},
};
use tenant_contacts_api::{
    field::{Field, Surface},
    v1alpha1::DeletionPolicy,
};
use tenant_contacts_core::desired::{DesiredApproval, DesiredObject, DesiredTenant, ObjectKey};
use tenant_contacts_core::step::{FieldPlan, Verdict};
use tenant_contacts_engine::{
    Mode, PassReport, TenantWorker, audit,
    port::{Clock as _, NoFence, Records, SurfacePort},
    worker::{Gathered, Ports},
};
use testkit::{
    rehearsal::{self, Declared, Live, Service, State, Trouble},
    rig::{self, EPOCH},
    stop::{Mortal, Side, Stop},
};

/// Passes after which a run counts as never ending: five minutes of replication are three hundred of a second each, and a script
/// has a handful of such waits.
const MOST_PASSES: usize = 4_000;

/// A Tenant that enforces the surface of tests, and comes back seldom by itself.
fn tenant() -> DesiredTenant {
    let mut tenant = rig::folder("examples/contoso").gathered.tenant;
    tenant.enforce = [Surface::Rehearsal].into();
    tenant.protected.clear();
    tenant.interval_seconds = 5 * 86_400;
    tenant
}

fn gathered(declared: &[Declared], deletion: DeletionPolicy) -> Gathered {
    let mut objects: Vec<Arc<DesiredObject>> = declared.iter().map(|one| one.object(deletion)).collect();
    objects.sort_by(|a, b| a.key.cmp(&b.key));
    Gathered { tenant: tenant(), claimed: false, objects: Arc::new(objects), complete: true }
}

fn ports(clock: ProcessClock, records: Arc<dyn Records>, port: Arc<dyn SurfacePort>) -> Ports {
    Ports { surfaces: vec![port], records, clock: Arc::new(clock), rng: Arc::new(Chance), fence: Arc::new(NoFence) }
}

fn worker() -> TenantWorker {
    TenantWorker::new(tenant().object.clone())
}

/// Passes, with what waits approved, until nothing is left to do.
async fn converge(worker: &mut TenantWorker, ports: &Ports, gathered: &Gathered) {
    let mut gathered = gathered.clone();
    for _ in 0..MOST_PASSES {
        let report: PassReport = worker.pass(ports, &gathered, &Mode::Run).await.unwrap();
        let waits = worker.plan().and_then(|plan| plan.approval_hash);
        if let Some(hash) = waits {
            let until = ports.clock.now().saturating_add(SignedDuration::from_hours(24)).unwrap();
            gathered.tenant.approvals.push(DesiredApproval { hash, by: "somebody".into(), until });
        } else if !report.unfinished && report.problem.is_none() {
            let plan = worker.plan().unwrap();
            let open = plan
                .objects
                .iter()
                .flat_map(|object| &object.fields)
                .filter(|field| !matches!(field.verdict, Verdict::InSync | Verdict::Forget));
            assert_eq!(open.collect::<Vec<_>>(), Vec::<&FieldPlan>::new(), "ended before it was done");
            return;
        }
        tokio::time::sleep(if waits.is_some() { Duration::ZERO } else { report.next }).await;
    }
    panic!("no end:\n{:#?}", worker.plan());
}

/// Things that are there before anybody declares anything.
fn there() -> [Live; 1] {
    [Live {
        name: "hall".into(),
        text: vec!["old".into()],
        holders: ["nina".into(), "otto".into()].into(),
        leases: [("theirs".to_owned(), None)].into(),
        document: [("member".to_owned(), vec!["old@contoso.com".to_owned()]), ("other".into(), vec!["theirs".into()])]
            .into(),
    }]
}

/// What is declared, one after the other.
fn phases() -> Vec<Vec<Declared>> {
    let hall = Declared {
        name: "hall",
        text: Some("new"),
        holders: Some(&["anna", "nina"]),
        leases: Some(&["ours"]),
        member: Some("new@contoso.com"),
        ..Declared::default()
    };
    let desk = Declared {
        name: "desk",
        create: true,
        text: Some("hello"),
        holders: Some(&["anna"]),
        leases: Some(&["x", "y"]),
        member: Some("desk@contoso.com"),
    };
    vec![
        vec![desk.clone(), hall.clone()],
        vec![
            Declared { holders: Some(&["bert"]), text: Some("hello again"), leases: Some(&["y", "z"]), ..desk.clone() },
            Declared { holders: Some(&["bert"]), member: Some("third@contoso.com"), ..hall },
        ],
        vec![],
    ]
}

/// What is wrong with the state after a phase.
fn assert_as_declared(phase: usize, truth: &State) {
    let thing =
        |name: &str| truth.values().find(|thing| thing.name == name).unwrap_or_else(|| panic!("{name} is there"));
    let (hall, desk) = (thing("hall"), thing("desk"));
    let leases = |thing: &Live| thing.leases.keys().cloned().collect::<Vec<_>>();
    let holders = |thing: &Live| thing.holders.iter().cloned().collect::<Vec<_>>();
    let member = |thing: &Live| thing.document.get("member").cloned().unwrap_or_default();
    assert!(truth.values().all(|thing| thing.document["other"] == ["theirs"]), "what nobody declared stays");
    assert_eq!(hall.leases["theirs"], None, "what nobody declared stays");
    match phase {
        0 => {
            assert_eq!((holders(hall), holders(desk)), (vec!["anna".into(), "nina".into()], vec!["anna".into()]));
            assert_eq!(
                (leases(hall), leases(desk)),
                (vec!["ours".into(), "theirs".into()], vec!["x".into(), "y".into()])
            );
            assert_eq!((hall.text.clone(), desk.text.clone()), (vec!["new".into()], vec!["hello".into()]));
            assert_eq!((member(hall), member(desk)), (vec!["new@contoso.com".into()], vec!["desk@contoso.com".into()]));
        }
        1 => {
            assert_eq!((holders(hall), holders(desk)), (vec!["bert".into()], vec!["bert".into()]));
            // Nobody declares x any more: it was not there before, and goes.
            assert_eq!(
                (leases(hall), leases(desk)),
                (vec!["ours".into(), "theirs".into()], vec!["y".into(), "z".into()])
            );
            assert_eq!(
                (member(hall), member(desk)),
                (vec!["third@contoso.com".into()], vec!["desk@contoso.com".into()])
            );
            assert_eq!((hall.text.clone(), desk.text.clone()), (vec!["new".into()], vec!["hello again".into()]));
        }
        _ => {
            assert_eq!(hall, &there()[0], "everything is as it was");
            assert_eq!(
                (holders(desk), leases(desk), member(desk)),
                (vec![], vec![], vec![]),
                "what was created stays, empty"
            );
        }
    }
}

/// What a run came to.
#[derive(PartialEq, Eq, Debug)]
struct End {
    writes: Vec<String>,
    calls: usize,
    ended: bool,
}

/// Plays all phases. The first process dies as `stop` says, and a second one goes on.
fn play(seed: u64, trouble: Trouble, stop: &Stop) -> End {
    rig::on_paused_time(async {
        let clock = ProcessClock::start_at(EPOCH.parse().unwrap());
        let (service, records) = (Service::new(clock, seed, trouble, there()), Ephemeral::default());
        let phases: Vec<Gathered> = phases().iter().map(|phase| gathered(phase, DeletionPolicy::Restore)).collect();
        let done = std::cell::Cell::new(0);
        let ended = {
            let mortal_records = Mortal { inner: records.clone(), stop: stop.clone() };
            let ports = ports(clock, Arc::new(mortal_records), Arc::new(rehearsal::mortal(&service, stop)));
            let mut worker = worker();
            stop.run(async {
                for (number, phase) in phases.iter().enumerate() {
                    converge(&mut worker, &ports, phase).await;
                    assert_as_declared(number, &service.truth());
                    assert!(number == 2 || service.wrong().is_empty(), "{:?}", service.wrong());
                    done.set(number + 1);
                }
            })
            .await
            .is_some()
        };
        let ports = ports(clock, Arc::new(records.clone()), Arc::new(service.clone()));
        let mut worker = worker();
        for (number, phase) in phases.iter().enumerate().skip(done.get()) {
            converge(&mut worker, &ports, phase).await;
            assert_as_declared(number, &service.truth());
            assert!(number == 2 || service.wrong().is_empty(), "{:?}", service.wrong());
        }
        // Of what was created nobody held anything before us.
        assert_eq!(service.wrong(), ["desk was without a holder"]);
        let kept = records.kept();
        audit::verify(kept.audit.values().flatten()).expect("the audit chain holds");
        let remembered: Vec<&ObjectKey> = kept.objects.keys().map(|(_, key)| key).collect();
        assert_eq!(remembered, Vec::<&ObjectKey>::new(), "what was put back is forgotten");
        End { writes: service.writes(), calls: stop.calls(), ended }
    })
}

const NEVER: usize = 0;

#[test]
fn every_operation_of_a_surface_ends_as_declared_and_is_written_once() {
    let end = play(1, Trouble::default(), &Stop::new(NEVER, Side::Before));
    assert!(end.ended);
    let counted = |field: Field| end.writes.iter().filter(|write| write.contains(&format!("{field:?}"))).count();
    assert_eq!(counted(Field::RehearsedThing), 1, "{:#?}", end.writes);
    // hall: anna comes and otto goes; bert comes, anna and nina go; nina and otto come, bert goes. desk: anna; bert, anna goes;
    // bert goes: a thing that was created keeps its last holder, of which nobody was there before.
    assert!(counted(Field::RehearsedHolders) >= 12, "{:#?}", end.writes);
    assert_eq!(counted(Field::RehearsedMember), 5, "{:#?}", end.writes);
}

#[test]
fn a_process_stopped_at_any_call_is_continued_as_if_nothing_had_happened() {
    let whole = play(1, Trouble::default(), &Stop::new(NEVER, Side::Before));
    for side in [Side::Before, Side::After] {
        for at in 1.. {
            let end = std::panic::catch_unwind(|| play(1, Trouble::default(), &Stop::new(at, side)))
                .unwrap_or_else(|_| panic!("stopped {side:?} call {at} of {}", whole.calls));
            if end.ended {
                assert!(at > 100, "a run makes more calls than {at}");
                break;
            }
            let sorted = |end: &End| {
                let mut writes = end.writes.clone();
                writes.sort();
                writes
            };
            assert_eq!(
                sorted(&end),
                sorted(&whole),
                "stopped {side:?} call {at}: every change is made once, and no other"
            );
        }
    }
}

#[test]
fn whatever_fails_and_however_far_replicas_are_behind_it_ends_as_declared() {
    for seed in 0..300 {
        let trouble = Trouble {
            lag: [0, 2, 30, 110][usize::try_from(seed % 4).unwrap()],
            one_in: [0, 20, 6][usize::try_from(seed % 3).unwrap()],
        };
        std::panic::catch_unwind(|| play(seed, trouble, &Stop::new(NEVER, Side::Before)))
            .unwrap_or_else(|_| panic!("seed {seed}, {trouble:?}"));
    }
}
