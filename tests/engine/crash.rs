//! A process that dies at any moment: whatever call to the records or to the tenant it dies at, before the call takes effect
//! or after it, the next process finishes the work as if nothing had happened.
//!
//! The present plans hold no *once* steps (creates, sends): every write is a PATCH of whole values, which every run checks.
//! So what must be shown is that nothing is lost and nothing is written that nobody wanted.

use std::{cell::Cell, collections::BTreeMap, sync::Arc};

use serde_json::Value;
use tenant_contacts::gather::TenantSet;
use tenant_contacts_api::field::Field;
use tenant_contacts_core::desired::ObjectKey;
use tenant_contacts_engine::audit;
use tenant_contacts_simulator::{JournalEntry, Options, Seed};
use testkit::{
    rig::{self, World},
    small,
    stop::{Mortal, Side, Stop},
    witness::Witness,
};

/// A tenant, and what is declared of it one after the other.
struct Scenario {
    seed: Seed,
    phases: Vec<TenantSet>,
}

/// What a run left behind.
struct End {
    /// The tenant.
    truth: Value,
    /// Originals at the end of each phase.
    originals: Vec<BTreeMap<(ObjectKey, Field), Vec<String>>>,
    /// Writes by target and what they changed, with how often.
    writes: BTreeMap<(String, String), usize>,
    /// Writes that changed nothing: repetitions.
    repeated: usize,
    /// Approvals that were asked for.
    approvals: usize,
    /// Calls of the first process, and whether it got to the end.
    calls: usize,
    ended: bool,
}

/// Plays a scenario in which the first process dies as `stop` says, and a second one goes on.
fn play(scenario: &Scenario, stop: &Stop) -> End {
    rig::on_paused_time(async {
        let world = World::new(&scenario.seed, Options::default());
        let witness = Witness::new(&world);
        let unjustified = witness.unjustified();
        let phase = Cell::new(0);
        let mut phases = scenario.phases.clone();
        let mut originals = Vec::new();
        let ended = {
            let records = Mortal { inner: world.records.clone(), stop: stop.clone() };
            let door = Mortal { inner: witness, stop: stop.clone() };
            let mut driver = world.process(&phases[0], Arc::new(records), Arc::new(door));
            stop.run(async {
                for set in &mut phases {
                    rig::converge(&mut driver, set, &world).await.unwrap();
                    originals.push(originals_kept(&world));
                    phase.set(phase.get() + 1);
                }
            })
            .await
            .is_some()
        };
        if !ended {
            let witness = Witness::new(&world);
            let late = witness.unjustified();
            let mut driver = world.process(&phases[0], Arc::new(world.records.clone()), Arc::new(witness));
            for set in &mut phases[phase.get()..] {
                rig::converge(&mut driver, set, &world).await.unwrap();
                originals.push(originals_kept(&world));
            }
            assert_eq!(*late.lock().unwrap(), Vec::<String>::new(), "written without an intent kept before");
        }
        assert_eq!(*unjustified.lock().unwrap(), Vec::<String>::new(), "written without an intent kept before");
        let kept = world.records.kept();
        let head = audit::verify(kept.audit.values().flatten()).expect("the audit chain holds");
        let anchored = kept.tenants.values().next().and_then(|(memory, _)| memory.audit_head.clone());
        assert_eq!(head, anchored, "the chain's head is anchored");
        let journal = world.simulator.journal(0);
        // A PATCH of whole values is absolute. A step that creates or sends would be a *once* step, and want its own tests.
        assert!(journal.iter().all(|entry| entry.method == "PATCH"), "{journal:#?}");
        End {
            truth: world.simulator.truth(),
            originals,
            repeated: journal.iter().filter(|entry| entry.changes.is_empty()).count(),
            writes: writes(&journal),
            approvals: phases.iter().map(|set| set.gathered.tenant.approvals.len()).sum(),
            calls: stop.calls(),
            ended,
        }
    })
}

fn originals_kept(world: &World) -> BTreeMap<(ObjectKey, Field), Vec<String>> {
    let kept = world.records.kept();
    let fields = kept.objects.iter().flat_map(|((_, key), (memory, _))| memory.fields.iter().map(move |f| (key, f)));
    fields.filter_map(|(key, field)| Some(((key.clone(), field.field), field.original.clone()?))).collect()
}

fn writes(journal: &[JournalEntry]) -> BTreeMap<(String, String), usize> {
    let mut writes = BTreeMap::new();
    for entry in journal.iter().filter(|entry| !entry.changes.is_empty()) {
        let changes = serde_json::to_string(&entry.changes).unwrap();
        *writes.entry((entry.target.clone(), changes)).or_default() += 1;
    }
    writes
}

/// Plays a scenario once without interruption, then once for every call and side of it.
fn survives_every_stop(scenario: &Scenario) -> End {
    let whole = play(scenario, &Stop::new(0, Side::Before));
    assert!(whole.ended && whole.repeated == 0);
    for side in [Side::Before, Side::After] {
        for at in 1.. {
            let end = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| play(scenario, &Stop::new(at, side))))
                .unwrap_or_else(|_| panic!("stopped {side:?} call {at}"));
            if end.ended {
                assert!(at > 20, "a run makes more calls than {at}");
                break;
            }
            let place = format!("stopped {side:?} call {at} of {}", whole.calls);
            assert_eq!(end.truth, whole.truth, "{place}: the tenant ends as without the stop");
            assert_eq!(end.originals, whole.originals, "{place}: originals are from before the first write");
            assert_eq!(end.writes, whole.writes, "{place}: every change is made once, and no other");
            // An absolute step that took effect unnoticed may be sent once more; reading first avoids even that.
            assert_eq!(end.repeated, 0, "{place}: nothing is sent twice");
            assert_eq!(end.approvals, whole.approvals, "{place}: nothing is approved twice");
        }
    }
    whole
}

#[test]
fn a_process_stopped_at_any_call_on_the_example_company_is_continued_as_if_nothing_had_happened() {
    let seed = tenant_contacts::simulated::seed(None).unwrap();
    survives_every_stop(&Scenario { seed, phases: vec![rig::folder("examples/contoso")] });
}

#[test]
fn restoring_withdrawn_fields_survives_a_stop_at_any_call() {
    let phases = vec![rig::text(&small::everything()), rig::text(&small::withdrawn())];
    let end = survives_every_stop(&Scenario { seed: small::seed(), phases });
    let organization = &end.truth["organization"][0];
    assert_eq!(organization["technicalNotificationMails"], serde_json::json!(["old@contoso.com"]));
    assert_eq!(organization["privacyProfile"]["contactEmail"], "old@contoso.com");
    let user = |name: &str| {
        let users = end.truth["users"].as_array().unwrap();
        users.iter().find(|user| user["userPrincipalName"] == format!("{name}@contoso.com")).unwrap().clone()
    };
    assert_eq!(user("ada")["otherMails"], serde_json::json!(["ada@example.org"]), "restored");
    assert_eq!(user("ada")["mobilePhone"], "+1 206 555 0111", "still declared");
    assert_eq!(user("ben")["businessPhones"], serde_json::json!(["+1 206 555 0102"]), "restored with its object");
    assert_eq!(user("cleo")["otherMails"], serde_json::json!(["cleo@example.org", "cleo@example.net"]), "orphaned");
    assert_eq!(user("cleo")["mobilePhone"], "+1 206 555 0113", "declared later");
    assert!(end.originals[1].keys().all(|(key, _)| &*key.name != "ben"), "what was restored is forgotten");
}
