//! The structure of surfaces, before a real one of that kind is written: things that are created once, entries that come before
//! others go, that end by themselves and are renewed, documents that are replaced by operations that take their time. Whatever
//! breaks or lags, the service ends as declared, and what must never be so never was.

mod killed;
mod properties;

use std::{sync::Arc, time::Duration};

use futures::future::BoxFuture;
use jiff::SignedDuration;

use tenant_contacts::{
    state::Ephemeral,
    world::{Chance, ProcessClock},
};
use tenant_contacts_api::{
    field::{Field, Surface},
    reason::Reason,
    v1alpha1::DeletionPolicy,
};
use tenant_contacts_core::{
    desired::{DesiredObject, DesiredTenant, ObjectKey, Want},
    model::Observation,
    plan::Request,
    step::{Cause, FieldPlan, Verdict},
};
use tenant_contacts_engine::{
    Mode, PassReport, TenantWorker, audit,
    port::{Clock as _, Fence, Limits, NoFence, Outcome, Records, Scope, SurfacePort, TenantError},
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

/// A worker that does not give up: how long it takes where half of the calls fail is not what is asked here.
fn worker() -> TenantWorker {
    TenantWorker::new(tenant().object.clone()).releasing_after(Duration::from_hours(24))
}

/// Passes once, and approves what waits. Whether nothing is left to do; otherwise waits as long as the pass says.
async fn pass_is_last(worker: &mut TenantWorker, ports: &Ports, gathered: &mut Gathered) -> bool {
    let report: PassReport = worker.pass(ports, gathered, &Mode::Run).await.unwrap();
    let approved = rig::approve_plan(worker, &mut gathered.tenant, ports.clock.now());
    if !approved && !report.unfinished && report.problem.is_none() {
        let plan = worker.plan().unwrap();
        let open = plan
            .objects
            .iter()
            .flat_map(|object| &object.fields)
            .filter(|field| !matches!(field.verdict, Verdict::InSync | Verdict::Forget));
        assert_eq!(open.collect::<Vec<_>>(), Vec::<&FieldPlan>::new(), "ended before it was done");
        return true;
    }
    tokio::time::sleep(if approved { Duration::ZERO } else { report.next }).await;
    false
}

/// Passes, with what waits approved, until nothing is left to do.
async fn converge(worker: &mut TenantWorker, ports: &Ports, gathered: &Gathered) {
    let mut gathered = gathered.clone();
    for _ in 0..MOST_PASSES {
        if pass_is_last(worker, ports, &mut gathered).await {
            return;
        }
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

/// Stops a first process at each of its calls.
fn survives_every_stop(side: Side) {
    let whole = play(1, Trouble::default(), &Stop::new(NEVER, side));
    let sorted = |end: &End| {
        let mut writes = end.writes.clone();
        writes.sort();
        writes
    };
    for at in 1.. {
        let end = std::panic::catch_unwind(|| play(1, Trouble::default(), &Stop::new(at, side)))
            .unwrap_or_else(|_| panic!("stopped {side:?} call {at} of {}", whole.calls));
        if end.ended {
            assert!(at > 100, "a run makes more calls than {at}");
            break;
        }
        assert_eq!(sorted(&end), sorted(&whole), "stopped {side:?} call {at}: every change is made once, and no other");
    }
}

#[test]
fn a_process_stopped_before_any_call_is_continued_as_if_nothing_had_happened() {
    survives_every_stop(Side::Before);
}

#[test]
fn a_process_stopped_after_any_call_is_continued_as_if_nothing_had_happened() {
    survives_every_stop(Side::After);
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

/// A service, records and a worker that nothing is wrong with.
struct Calm {
    clock: ProcessClock,
    service: Service,
    records: Ephemeral,
    worker: TenantWorker,
}

impl Calm {
    fn new() -> Self {
        let clock = ProcessClock::start_at(EPOCH.parse().unwrap());
        let service = Service::new(clock, 1, Trouble::default(), there());
        Self { clock, service, records: Ephemeral::default(), worker: worker() }
    }

    fn ports(&self) -> Ports {
        ports(self.clock, Arc::new(self.records.clone()), Arc::new(self.service.clone()))
    }

    async fn pass(&mut self, gathered: &Gathered) -> PassReport {
        let ports = self.ports();
        self.worker.pass(&ports, gathered, &Mode::Run).await.unwrap()
    }

    async fn converge(&mut self, gathered: &Gathered) {
        let ports = self.ports();
        converge(&mut self.worker, &ports, gathered).await;
    }

    fn hall(&self) -> Live {
        self.service.truth().into_values().find(|thing| thing.name == "hall").unwrap()
    }

    fn verdicts(&self) -> Vec<&Verdict> {
        self.worker
            .plan()
            .unwrap()
            .objects
            .iter()
            .flat_map(|object| &object.fields)
            .map(|field| &field.verdict)
            .collect()
    }
}

const HALL: Declared = Declared { name: "hall", create: false, text: None, holders: None, leases: None, member: None };

#[test]
fn an_entry_that_ends_by_itself_is_renewed_ten_days_before_and_no_pass_is_needed_until_then() {
    rig::on_paused_time(async {
        let mut calm = Calm::new();
        let declared = gathered(&[Declared { leases: Some(&["ours"]), ..HALL }], DeletionPolicy::Orphan);
        calm.converge(&declared).await;
        let first = calm.hall().leases["ours"].expect("it ends by itself");
        let days = |from, to: jiff::Timestamp| to.duration_since(from).as_hours() / 24;
        assert_eq!(days(calm.clock.now(), first), 29, "the thirtieth day is not a whole one");
        // Nobody's interval comes into it.
        let mut far = declared.clone();
        far.tenant.interval_seconds = 365 * 86_400;
        let report = calm.pass(&far).await;
        let due = first.saturating_sub(SignedDuration::from_hours(240)).unwrap();
        let next = calm.clock.now().saturating_add(SignedDuration::try_from(report.next).unwrap()).unwrap();
        assert_eq!(next.duration_since(due).as_secs(), 0, "{next} instead of {due}");
        let before = calm.service.writes().len();
        tokio::time::sleep(report.next).await;
        calm.converge(&far).await;
        let second = calm.hall().leases["ours"].unwrap();
        assert_eq!(days(first, second), 20);
        assert_eq!(calm.service.writes().len(), before + 1, "renewed once");
        assert_eq!(calm.hall().leases["theirs"], None, "what nobody declared is not renewed");
    });
}

#[test]
fn one_approval_covers_what_comes_and_what_goes_after_it() {
    rig::on_paused_time(async {
        let mut calm = Calm::new();
        let mut declared = gathered(&[Declared { holders: Some(&["anna"]), ..HALL }], DeletionPolicy::Orphan);
        (declared.tenant.mass_objects, declared.tenant.mass_percent) = (0, 0);
        assert_eq!(calm.pass(&declared).await.gated, 3, "anna comes; nina and otto go");
        assert!(rig::approve_plan(&calm.worker, &mut declared.tenant, calm.clock.now()));
        let report = calm.pass(&declared).await;
        assert_eq!((report.sent, report.gated), (1, 0));
        assert_eq!(calm.hall().holders.len(), 3, "anna is there, and nobody went yet");
        let held = calm.verdicts().into_iter().filter(|verdict| matches!(verdict, Verdict::Waiting(_))).count();
        assert_eq!(held, 2, "{:?}", calm.verdicts());
        let approvals = declared.tenant.approvals.len();
        calm.converge(&declared).await;
        assert_eq!(calm.hall().holders, ["anna".to_owned()].into());
        assert_eq!(declared.tenant.approvals.len(), approvals, "nobody was asked again");
        assert_eq!(calm.service.wrong(), [""; 0]);
    });
}

#[test]
fn entries_beside_which_there_may_be_others_have_several_declarers_and_one_that_is_exact_has_none_beside_it() {
    rig::on_paused_time(async {
        let object = |name, declared: Declared| named(name, &declared);
        let set = of_objects;
        let mut calm = Calm::new();
        let a = object("a", Declared { leases: Some(&["x"]), ..HALL });
        let b = object("b", Declared { leases: Some(&["y"]), ..HALL });
        calm.converge(&set(vec![a.clone(), b.clone()])).await;
        assert_eq!(calm.hall().leases.into_keys().collect::<Vec<_>>(), ["theirs", "x", "y"]);
        // The same entry twice: whoever wrote it keeps it, and the other says so.
        let c = object("c", Declared { leases: Some(&["x"]), ..HALL });
        calm.pass(&set(vec![a.clone(), b.clone(), c])).await;
        let conflicts = |calm: &Calm| {
            let is_conflict = |verdict: &&Verdict| matches!(verdict, Verdict::Blocked(Reason::Conflict, _));
            calm.verdicts().into_iter().filter(is_conflict).count()
        };
        assert_eq!(conflicts(&calm), 1);
        // One goes: its entry goes with it, the other's stays.
        calm.converge(&set(vec![b])).await;
        assert_eq!(calm.hall().leases.into_keys().collect::<Vec<_>>(), ["theirs", "y"]);
        // No others at all, declared beside some: neither is written.
        let exact = object("e", Declared { holders: Some(&["nina"]), ..HALL });
        let other = object("f", Declared { holders: Some(&["otto"]), ..HALL });
        calm.pass(&set(vec![exact, other])).await;
        assert_eq!(conflicts(&calm), 2);
        assert_eq!(calm.hall().holders, there()[0].holders);
    });
}

#[test]
fn what_somebody_else_does_to_an_entry_is_put_right_and_a_document_that_changed_is_not_overwritten() {
    rig::on_paused_time(async {
        let mut calm = Calm::new();
        let declared = Declared { holders: Some(&["nina", "otto"]), member: Some("new@contoso.com"), ..HALL };
        let declared = gathered(&[declared], DeletionPolicy::Orphan);
        // The document changes between the look at it and the write.
        let preview = calm.ports();
        calm.worker.pass(&preview, &declared, &Mode::Preview).await.unwrap();
        calm.service.change(|state| {
            for thing in state.values_mut() {
                thing.document.insert("other".into(), vec!["changed".into()]);
            }
        });
        calm.converge(&declared).await;
        assert_eq!(calm.hall().document["other"], ["changed"], "what they wrote meanwhile stays");
        assert_eq!(calm.hall().document["member"], ["new@contoso.com"]);
        calm.service.change(|state| {
            for thing in state.values_mut() {
                thing.holders.remove("otto");
                thing.holders.insert("eve".into());
            }
        });
        // Beyond the window in which a replica may still show what was before.
        tokio::time::sleep(Duration::from_mins(10)).await;
        calm.converge(&declared).await;
        assert_eq!(calm.hall().holders, ["nina".to_owned(), "otto".to_owned()].into());
    });
}

/// As declared by an object of its own name.
fn named(name: &'static str, declared: &Declared) -> Arc<DesiredObject> {
    let object = declared.object(DeletionPolicy::Restore);
    Arc::new(DesiredObject { key: ObjectKey { name: name.into(), ..object.key.clone() }, ..(*object).clone() })
}

fn of_objects(objects: Vec<Arc<DesiredObject>>) -> Gathered {
    Gathered { objects: Arc::new(objects), ..gathered(&[], DeletionPolicy::Restore) }
}

#[test]
fn an_entry_that_somebody_added_to_what_is_ours_goes_and_does_not_come_back() {
    rig::on_paused_time(async {
        let mut calm = Calm::new();
        let declared = gathered(&[Declared { holders: Some(&["anna", "nina"]), ..HALL }], DeletionPolicy::Restore);
        calm.converge(&declared).await;
        calm.service.change(|state| {
            for thing in state.values_mut() {
                thing.holders.insert("eve".into());
            }
        });
        tokio::time::sleep(Duration::from_mins(10)).await;
        let ports = calm.ports();
        calm.worker.pass(&ports, &declared, &Mode::Preview).await.unwrap();
        let causes: Vec<Cause> = calm.worker.plan().unwrap().steps().map(|(_, step, _)| step.cause).collect();
        assert_eq!(causes, [Cause::Drift], "nobody declared anything");
        calm.converge(&declared).await;
        assert_eq!(calm.hall().holders, ["anna".to_owned(), "nina".to_owned()].into());
        calm.converge(&gathered(&[], DeletionPolicy::Restore)).await;
        assert_eq!(calm.hall().holders, there()[0].holders, "otto, who was there before, and not eve");
    });
}

#[test]
fn what_somebody_adds_before_the_entries_that_go_have_gone_was_not_there_before() {
    rig::on_paused_time(async {
        let mut calm = Calm::new();
        let declared = gathered(&[Declared { holders: Some(&["anna"]), ..HALL }], DeletionPolicy::Restore);
        assert_eq!(calm.pass(&declared).await.sent, 1, "anna comes before nina and otto go");
        calm.service.change(|state| {
            for thing in state.values_mut() {
                thing.holders.insert("eve".into());
            }
        });
        calm.converge(&declared).await;
        assert_eq!(calm.hall().holders, ["anna".to_owned()].into());
        calm.converge(&gathered(&[], DeletionPolicy::Restore)).await;
        assert_eq!(calm.hall().holders, there()[0].holders);
    });
}

#[test]
fn the_last_entry_of_a_map_does_not_go_without_a_person() {
    rig::on_paused_time(async {
        let mut calm = Calm::new();
        let declared = gathered(&[Declared { holders: Some(&[]), ..HALL }], DeletionPolicy::Restore);
        let report = calm.pass(&declared).await;
        assert_eq!((report.sent, report.gated), (0, 2), "{:?}", calm.verdicts());
        let cleared = |verdict: &&Verdict| matches!(verdict, Verdict::Gated(_, Reason::ClearsList));
        assert_eq!(calm.verdicts().iter().filter(|verdict| cleared(verdict)).count(), 2, "{:?}", calm.verdicts());
        assert_eq!(calm.hall().holders, there()[0].holders);
    });
}

#[test]
fn two_objects_that_declare_one_name_make_one_thing() {
    rig::on_paused_time(async {
        let clock = ProcessClock::start_at(EPOCH.parse().unwrap());
        // Longer than a pass takes, so that the second one finds nothing there.
        let service = Service::new(clock, 1, Trouble { lag: 200, one_in: 0 }, there());
        let ports = ports(clock, Arc::new(Ephemeral::default()), Arc::new(service.clone()));
        let desk = Declared { name: "desk", create: true, text: Some("hello"), ..Declared::default() };
        let (first, second) = (named("a", &desk), named("b", &desk));
        let mut worker = worker();
        worker.pass(&ports, &of_objects(vec![first.clone()]), &Mode::Run).await.unwrap();
        // Until the last replica shows it, and verifies it.
        for _ in 0..100 {
            let both = of_objects(vec![first.clone(), second.clone()]);
            let report = worker.pass(&ports, &both, &Mode::Run).await.unwrap();
            let second = &worker.plan().unwrap().objects[1];
            let mut verdicts = second.fields.iter().map(|field| &field.verdict);
            assert!(verdicts.all(|verdict| verdict.step().is_none()), "{:#?}", worker.plan());
            tokio::time::sleep(report.next.min(Duration::from_secs(5))).await;
        }
        assert_eq!(service.wrong(), [""; 0]);
        assert_eq!(service.truth().values().filter(|thing| thing.name == "desk").count(), 1);
    });
}

#[test]
fn what_was_sent_a_moment_ago_is_not_sent_again_by_whoever_declares_it_anew() {
    for seed in 0..20 {
        rig::on_paused_time(async {
            let clock = ProcessClock::start_at(EPOCH.parse().unwrap());
            let service = Service::new(clock, seed, Trouble { lag: 200, one_in: 0 }, there());
            let ports = ports(clock, Arc::new(Ephemeral::default()), Arc::new(service.clone()));
            let desk = Declared { name: "desk", create: true, text: Some("hello"), ..Declared::default() };
            let (declared, none) = (gathered(&[desk], DeletionPolicy::Restore), gathered(&[], DeletionPolicy::Restore));
            let mut worker = worker();
            assert_eq!(worker.pass(&ports, &declared, &Mode::Run).await.unwrap().sent, 1);
            worker.pass(&ports, &none, &Mode::Run).await.unwrap();
            tokio::time::sleep(Duration::from_secs(30)).await;
            worker.pass(&ports, &none, &Mode::Run).await.unwrap();
            converge(&mut worker, &ports, &declared).await;
            assert_eq!(service.wrong(), [""; 0], "seed {seed}");
            assert_eq!(service.writes().len(), 1, "seed {seed}: {:?}", service.writes());
        });
    }
}

#[test]
fn what_cannot_be_given_all_its_first_values_does_not_come_into_being() {
    rig::on_paused_time(async {
        let mut calm = Calm::new();
        let desk = Declared { name: "desk", create: true, text: Some("hello"), ..Declared::default() };
        let mut object = (*named("desk", &desk)).clone();
        let text = object.fields.iter_mut().find(|field| field.field == Field::RehearsedText).unwrap();
        text.want = Want::Unresolved { reason: Reason::ValueNotFound, message: "there is no Secret".into() };
        let report = calm.pass(&of_objects(vec![Arc::new(object)])).await;
        assert_eq!(report.sent, 0);
        let missing = |verdict: &&Verdict| matches!(verdict, Verdict::Blocked(Reason::ValueNotFound, _));
        assert!(calm.verdicts().iter().all(missing), "{:?}", calm.verdicts());
    });
}

/// A port that fails.
struct Silent;

impl SurfacePort for Silent {
    fn surfaces(&self) -> &'static [Surface] {
        &[Surface::Organization]
    }

    fn observe<'a>(
        &'a self,
        _scope: &'a Scope<'a>,
        _observation: &'a mut Observation,
    ) -> BoxFuture<'a, Result<(), TenantError>> {
        let (reason, message) = (Reason::TenantUnreachable, "no answer".to_owned());
        Box::pin(async move { Err(TenantError { reason, message, retry_after: Some(Duration::from_secs(90)) }) })
    }

    fn write<'a>(&'a self, _requests: &'a [Request]) -> BoxFuture<'a, Vec<Outcome>> {
        Box::pin(async { Vec::new() })
    }

    fn limits(&self) -> Limits {
        Limits { batch: 1, write_timeout: Duration::from_secs(10) }
    }
}

#[test]
fn a_port_that_fails_is_said_and_asked_again_soon_and_the_others_go_on() {
    rig::on_paused_time(async {
        let mut calm = Calm::new();
        let mut ports = calm.ports();
        ports.surfaces.push(Arc::new(Silent));
        let declared = gathered(&[Declared { text: Some("new"), ..HALL }], DeletionPolicy::Orphan);
        let report = calm.worker.pass(&ports, &declared, &Mode::Run).await.unwrap();
        assert_eq!(report.sent, 1);
        let said: Vec<_> = report.failing.iter().map(|problem| (problem.reason, &*problem.message)).collect();
        let [(Reason::TenantUnreachable, message)] = said[..] else { panic!("{said:?}") };
        assert!(message.starts_with("surface Organization: no answer"), "{message}");
        assert!(report.next <= Duration::from_mins(2), "{:?}", report.next);
    });
}

/// The right to write, which moves.
struct Held(Arc<std::sync::atomic::AtomicUsize>, usize);

impl Fence for Held {
    fn permits(&self, _within: Duration) -> bool {
        self.0.load(std::sync::atomic::Ordering::Relaxed) == self.1
    }
}

#[test]
fn whoever_lost_the_lead_writes_nothing_and_whoever_has_it_ends_the_work() {
    for seed in 0..60 {
        rig::on_paused_time(async {
            let clock = ProcessClock::start_at(EPOCH.parse().unwrap());
            let service = Service::new(clock, seed, Trouble { lag: 20, one_in: 12 }, there());
            let (records, mut dice) = (Ephemeral::default(), testkit::dice::Dice::new(seed));
            let leader = Arc::new(std::sync::atomic::AtomicUsize::new(0));
            let phases: Vec<Gathered> = phases().iter().map(|phase| gathered(phase, DeletionPolicy::Restore)).collect();
            let process = |number: usize| Ports {
                fence: Arc::new(Held(Arc::clone(&leader), number)),
                ..ports(clock, Arc::new(records.clone()), Arc::new(service.clone()))
            };
            let (mut number, mut now) = (0, worker());
            for (place, phase) in phases.iter().enumerate() {
                let mut phase = phase.clone();
                for passes in 0.. {
                    assert!(passes < MOST_PASSES, "seed {seed}: no end: {:#?}", now.plan());
                    if dice.below(25) == 0 {
                        number += 1;
                        leader.store(number, std::sync::atomic::Ordering::Relaxed);
                        // The old one does not know yet, and passes once more.
                        let before = service.writes().len();
                        let _ = now.pass(&process(number - 1), &phase, &Mode::Run).await;
                        assert_eq!(service.writes().len(), before, "seed {seed}: written without the lead");
                        now = worker();
                    }
                    if pass_is_last(&mut now, &process(number), &mut phase).await {
                        break;
                    }
                }
                assert_as_declared(place, &service.truth());
            }
        });
    }
}
