//! A service that fails at random: whatever goes wrong with the requests of a run, in the end the tenant is as declared,
//! nothing was written that nobody declared, and status told what was the matter.
//!
//! 300 seeds, each a script of faults. A failing one is printed with its script; `FAULT_SEED=n cargo test --test engine faults`
//! plays that one alone. (The waits between attempts are drawn by the machine, as in production; the faults are not.)

use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, LazyLock, Mutex},
};

use serde_json::Value;
use tenant_contacts::{gather::TenantSet, state::Kept};
use tenant_contacts_api::{digest::Digest, field::Field, reason::Reason};
use tenant_contacts_engine::audit::{self, AuditEvent};
use tenant_contacts_simulator::{Fault, FaultScript, Options, What, When};
use testkit::{
    dice::Dice,
    rig::{self, World},
    small,
    witness::{self, Witness},
};

const SEEDS: u64 = 300;

/// Requests of an undisturbed run: about fifty. Repetitions make it longer, so faults may lie somewhat behind its end.
const REQUESTS: u64 = 70;

/// Operations of a run, to put a fault where it hurts; inside batches as well.
const OPERATIONS: &[&str] = &[
    "POST $batch",
    "POST token",
    "GET users/delta",
    "GET users",
    "PATCH users",
    "PATCH organization",
    "GET organization",
    "GET domains",
    "GET roleManagement/directory/roleAssignments",
];

fn script(seed: u64) -> FaultScript {
    let mut dice = Dice::new(seed);
    let faults = (0..=dice.below(12)).map(|_| Fault { when: when(&mut dice), what: what(&mut dice) }).collect();
    FaultScript { faults }
}

fn when(dice: &mut Dice) -> When {
    if dice.below(3) > 0 {
        return When::Request(1 + dice.below(REQUESTS));
    }
    let operation = OPERATIONS[usize::try_from(dice.below(OPERATIONS.len() as u64)).unwrap()].to_owned();
    When::Operation { operation, occurrence: 1 + dice.below(8) }
}

fn what(dice: &mut Dice) -> What {
    let throttle = |text: String| What::Throttle { retry_after: Some(text) };
    match dice.below(12) {
        0 => What::Throttle { retry_after: None },
        1 => throttle(dice.below(4).to_string()),
        2 => throttle((10 + dice.below(300)).to_string()),
        // Fractional values have been seen; nonsense must do no harm either.
        3 => throttle(format!("{}.{}", dice.below(3), dice.below(10))),
        4 => {
            throttle(["-1", "soon", "99999999999999999999", "1e3"][usize::try_from(dice.below(4)).unwrap()].to_owned())
        }
        5 => What::Status([500, 502, 503, 504][usize::try_from(dice.below(4)).unwrap()]),
        6 => What::Status([501, 507, 509, 599][usize::try_from(dice.below(4)).unwrap()]),
        7 => What::ResetBefore,
        8 => What::ResetAfter,
        9 => What::TimeoutAfterWrite,
        10 => What::SlowBody,
        _ => What::TruncatedBody,
    }
}

/// What an undisturbed run leaves behind.
struct Whole {
    truth: Value,
    /// The tenant before anything was withdrawn.
    before_withdrawal: Value,
    written: BTreeSet<(String, Field, Digest)>,
    originals: Vec<Vec<String>>,
}

static WHOLE: LazyLock<Whole> = LazyLock::new(|| {
    let Played { world, first_truth, .. } = play(FaultScript::default());
    Whole {
        truth: world.simulator.truth(),
        before_withdrawal: first_truth,
        written: written(&world),
        originals: originals(&world.records.kept()),
    }
});

fn phases() -> Vec<TenantSet> {
    vec![rig::text(&small::everything()), rig::text(&small::withdrawn())]
}

fn written(world: &World) -> BTreeSet<(String, Field, Digest)> {
    let journal = world.simulator.journal(0);
    let entries = journal.iter().flat_map(|entry| {
        witness::written(entry).into_iter().map(|(field, after)| (entry.target.clone(), field, after))
    });
    entries.collect()
}

fn originals(kept: &Kept) -> Vec<Vec<String>> {
    let memories = kept.objects.values().flat_map(|(memory, _)| &memory.fields);
    memories.filter_map(|field| field.original.clone()).collect()
}

/// What a run came to.
struct Played {
    world: World,
    /// The tenant after the first phase.
    first_truth: Value,
    /// The problems that status told of.
    told: BTreeSet<Reason>,
}

/// Runs into the script, and on until all is as declared.
fn play(script: FaultScript) -> Played {
    rig::on_paused_time(async {
        let world = World::new(&small::seed(), Options { faults: script, ..Options::default() });
        let witness = Witness::new(&world);
        let unjustified = witness.unjustified();
        let mut phases = phases();
        let mut driver = world.process(&phases[0], Arc::new(world.records.clone()), Arc::new(witness));
        let (mut told, mut truths) = (BTreeSet::new(), Vec::new());
        for set in &mut phases {
            rig::converge_watching(&mut driver, set, &world, |_, report| {
                let kept = world.records.kept();
                assert_eq!(stalled(&kept), Vec::<String>::new(), "a passing fault needs nobody's help");
                for problem in report.problem.iter().chain(&report.failing) {
                    assert!(matches!(problem.reason, Reason::Throttled | Reason::TenantUnreachable), "{problem:?}");
                    assert_eq!(tenant_reason(&kept), problem.reason.to_string(), "status tells the problem");
                    told.insert(problem.reason);
                }
            })
            .await
            .unwrap();
            assert_eq!(tenant_reason(&world.records.kept()), "InSync", "status tells that it is over");
            truths.push(world.simulator.truth());
        }
        assert_eq!(*unjustified.lock().unwrap(), Vec::<String>::new(), "written without an intent kept before");
        audit::verify(world.records.kept().audit.values().flatten()).expect("the audit chain holds");
        Played { world, first_truth: truths.remove(0), told }
    })
}

/// What an undisturbed run leaves behind, but for restores that were given up: a script may keep the tenant away for longer
/// than a removed object waits. What the trail says was given up is as it was declared before; where it was written and could
/// not be verified in time, the write may have arrived.
fn expected_truth(kept: &Kept, found: &Value) -> Value {
    let mut truth = WHOLE.truth.clone();
    for record in kept.audit.values().flatten() {
        let AuditEvent::ReleasedUnrestored { object, field, reason, .. } = &record.what else { continue };
        let name = object.strip_prefix("UserContact contoso/").expect("only people's objects are removed");
        let property = match field {
            Field::AlternateEmails => "otherMails",
            Field::BusinessPhone => "businessPhones",
            other => panic!("{other:?} is not declared of a removed object"),
        };
        let is_it = |user: &Value| user["userPrincipalName"] == format!("{name}@contoso.com");
        let of = |truth: &Value| {
            truth["users"].as_array().unwrap().iter().find(|user| is_it(user)).unwrap()[property].clone()
        };
        let ours = of(&WHOLE.before_withdrawal);
        if *reason != Reason::AwaitingReplication || of(found) == ours {
            truth["users"].as_array_mut().unwrap().iter_mut().find(|user| is_it(user)).unwrap()[property] = ours;
        }
    }
    truth
}

fn tenant_reason(kept: &Kept) -> String {
    let status = kept.tenants.values().next().and_then(|(_, status)| status.as_ref()).expect("a status");
    status.conditions.iter().find(|condition| condition.type_ == "Ready").expect("Ready").reason.clone()
}

fn stalled(kept: &Kept) -> Vec<String> {
    let children = kept.objects.iter().filter_map(|((_, key), (_, status))| Some((key, status.as_ref()?)));
    children
        .flat_map(|(key, status)| status.conditions.iter().map(move |condition| (key, condition)))
        .filter(|(_, condition)| condition.type_ == "Stalled" && condition.status == "True")
        .map(|(key, condition)| format!("{key}: {}: {}", condition.reason, condition.message))
        .collect()
}

/// Plays a seed's script and looks at what it left behind. Returns the problems that status told of.
fn survives(script: FaultScript) -> BTreeSet<Reason> {
    let Played { world, told, .. } = play(script);
    let truth = world.simulator.truth();
    assert_eq!(truth, expected_truth(&world.records.kept(), &truth), "the tenant is as declared");
    let wrong: Vec<_> = written(&world).difference(&WHOLE.written).cloned().collect();
    assert!(wrong.is_empty(), "written and never declared: {wrong:?}");
    assert_eq!(originals(&world.records.kept()), WHOLE.originals, "originals are from before the first write");
    told
}

#[test]
fn an_approved_step_that_did_not_arrive_can_be_approved_again() {
    // The fifth write to an account is the one that waits for an approval. 501 leaves open what became of it.
    survives("PATCH users#5:501".parse().unwrap());
}

#[test]
fn three_hundred_scripts_of_faults_end_in_the_declared_state() {
    let chosen: Option<u64> =
        std::env::var("FAULT_SEED").ok().map(|seed| seed.parse().expect("FAULT_SEED is a number"));
    let seeds = chosen.map_or(0..SEEDS, |seed| seed..seed + 1);
    LazyLock::force(&WHOLE);
    let queue = Mutex::new(seeds);
    let failed = Mutex::new(Vec::new());
    let told = Mutex::new(BTreeSet::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let Some(seed) = queue.lock().unwrap().next() else { return };
                    match catch_unwind(AssertUnwindSafe(|| survives(script(seed)))) {
                        Ok(reasons) => told.lock().unwrap().extend(reasons),
                        Err(_) => failed.lock().unwrap().push(seed),
                    }
                }
            });
        }
    });
    let failed: Vec<String> = failed
        .into_inner()
        .unwrap()
        .into_iter()
        .map(|seed| format!("FAULT_SEED={seed} cargo test --test engine faults   # {}", script(seed)))
        .collect();
    assert!(failed.is_empty(), "{} scripts:\n{}", failed.len(), failed.join("\n"));
    if chosen.is_none() {
        let both = BTreeSet::from([Reason::Throttled, Reason::TenantUnreachable]);
        assert_eq!(told.into_inner().unwrap(), both, "both problems were met and told");
    }
}

/// A service that asks to wait no time at all, or until a moment that has passed, is asked some times a minute and not some
/// hundred times a second: at the login service, at Graph, and inside batches.
#[test]
fn b3_there_is_a_floor_under_every_wait() {
    const MINUTES: u64 = 2;
    let throttled = |operation: &str, text: &str| {
        let fault = |occurrence| Fault {
            when: When::Operation { operation: operation.to_owned(), occurrence },
            what: What::Throttle { retry_after: Some(text.to_owned()) },
        };
        FaultScript { faults: (1..=5_000).map(fault).collect() }
    };
    for operation in ["POST token", "POST $batch", "GET organization", "GET users", "PATCH users"] {
        for text in ["0", "0.001", "Sun, 06 Nov 1994 08:49:37 GMT"] {
            rig::on_paused_time(async {
                let options = Options { faults: throttled(operation, text), ..Options::default() };
                let world = World::new(&small::seed(), options);
                let mut set = rig::text(&small::everything());
                let mut driver = world.plain_process(&set);
                let start = tokio::time::Instant::now();
                while start.elapsed() < std::time::Duration::from_mins(MINUTES) {
                    let report = driver.pass(&set, &tenant_contacts_engine::Mode::Run).await.unwrap();
                    rig::approve(&driver, &mut set, world.now());
                    tokio::time::sleep(report.next).await;
                    // Some requests a second at the most: those that are answered go along with the one that is not. Asked
                    // within the loop: where nothing is waited for, time stands still.
                    let asked = world.simulator.statistics().requests;
                    assert!(asked <= MINUTES * 60 * 5, "{operation}, Retry-After: {text}: {asked} requests");
                }
            });
        }
    }
}
