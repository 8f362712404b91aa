//! Replicas that lag, answer in turn and disagree: reads may show any of the last minutes, and what they show must neither
//! be corrected again nor be believed too soon.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking, its helpers as well

mod support {
    pub mod rig;
    pub mod small;
}

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Map, Value, json};
use support::{
    rig::{self, World},
    small,
};
use tenant_contacts::{driver::Driver, gather::TenantSet};
use tenant_contacts_core::verify;
use tenant_contacts_engine::Mode;
use tenant_contacts_simulator::{JournalEntry, Options, ReplicaChoice, Seed};

fn lags(seconds: &[u64]) -> Vec<Duration> {
    seconds.iter().copied().map(Duration::from_secs).collect()
}

fn options(seconds: &[u64], replica_choice: ReplicaChoice, seed: u64) -> Options {
    Options { replicas: lags(seconds), replica_choice, seed, ..Options::default() }
}

/// Writes of ours per target and property: how often, and the last value.
fn ours(journal: &[JournalEntry]) -> BTreeMap<(String, String), (usize, Value)> {
    let mut writes = BTreeMap::new();
    for entry in journal.iter().filter(|entry| entry.actor != "outside") {
        if entry.changes.is_empty() {
            let again: &mut (usize, Value) = writes.entry((entry.target.clone(), "repetition".into())).or_default();
            again.0 += 1;
        }
        for change in &entry.changes {
            let write: &mut (usize, Value) = writes.entry((entry.target.clone(), change.property.clone())).or_default();
            *write = (write.0 + 1, change.after.clone());
        }
    }
    writes
}

/// Passes as the operator makes them, for this long.
async fn keep_for(driver: &mut Driver, set: &mut TenantSet, world: &World, time: Duration) {
    let end = tokio::time::Instant::now() + time;
    while tokio::time::Instant::now() < end {
        let report = driver.pass(set, &Mode::Run).await.unwrap();
        assert_eq!(report.problem, None);
        rig::approve(driver, set, world.now());
        tokio::time::sleep(report.next).await;
    }
}

fn user(truth: &Value, name: &str) -> Value {
    let users = truth["users"].as_array().unwrap();
    users.iter().find(|user| user["userPrincipalName"] == format!("{name}@contoso.com")).unwrap().clone()
}

fn ready(world: &World, name: &str) -> (String, String) {
    let kept = world.records.kept();
    let (_, (_, status)) = kept.objects.iter().find(|((_, key), _)| &*key.name == name).expect("an object");
    let conditions = &status.as_ref().expect("a status").conditions;
    let ready = conditions.iter().find(|condition| condition.type_ == "Ready").unwrap();
    (ready.status.clone(), ready.reason.clone())
}

fn changes(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// How many replicas there are and how far they are behind: up to a minute, and one beyond.
const CLUSTERS: &[&[u64]] =
    &[&[0, 0], &[0, 10], &[0, 60], &[60, 0], &[60, 60], &[0, 5, 60], &[3, 20, 60, 0], &[0, 100], &[100, 0, 1]];

#[test]
fn whatever_the_lag_each_value_is_written_once_within_the_window_and_stays() {
    for lag in CLUSTERS {
        for (choice, seed) in [(ReplicaChoice::InTurn, 0), (ReplicaChoice::Random, 1), (ReplicaChoice::Random, 2)] {
            rig::on_paused_time(async {
                let world = World::new(&small::seed(), options(lag, choice, seed));
                let mut set = rig::text(&small::everything());
                let mut driver = world.plain_process(&set);
                keep_for(&mut driver, &mut set, &world, Duration::from_hours(1)).await;
                let writes = ours(&world.simulator.journal(0));
                let twice: Vec<_> = writes.iter().filter(|(_, (times, _))| *times > 1).collect();
                assert!(twice.is_empty(), "{lag:?} {choice:?} {seed}: written again for lag alone: {twice:#?}");
                for name in ["ada", "ben", "cleo", "root"] {
                    assert_eq!(ready(&world, name), ("True".into(), "InSync".into()), "{lag:?} {choice:?} {name}");
                }
            });
        }
    }
}

/// Drift that the change feed told of must not be forgotten because a replica that is behind has not heard of it.
#[test]
fn drift_is_put_back_whichever_replica_answers() {
    for lag in CLUSTERS {
        for (choice, seed) in [(ReplicaChoice::InTurn, 0), (ReplicaChoice::Random, 1), (ReplicaChoice::Random, 2)] {
            rig::on_paused_time(async {
                let world = World::new(&small::seed(), options(lag, choice, seed));
                let mut set = rig::text(&small::everything());
                let mut driver = world.plain_process(&set);
                // Past the second full reading: from here on the change feed tells.
                keep_for(&mut driver, &mut set, &world, Duration::from_hours(1)).await;
                let drift = changes(&json!({"mobilePhone": "+1 206 555 0199"}));
                world.simulator.disturb_user("ada@contoso.com", &drift).unwrap();
                if seed == 2 {
                    // The service forgets where the feed was: everything is read anew.
                    world.simulator.reset_delta();
                }
                keep_for(&mut driver, &mut set, &world, Duration::from_hours(1)).await;
                let phone = user(&world.simulator.truth(), "ada")["mobilePhone"].clone();
                assert_eq!(phone, "+1 206 555 0111", "{lag:?} {choice:?} {seed}");
            });
        }
    }
}

/// The feed is opened by one replica and the first listing answered by another: what changed in between must be seen.
#[test]
fn a_change_between_the_opening_of_the_feed_and_the_first_listing_is_not_lost() {
    for lag in CLUSTERS {
        for before in [0, 1, 30, 59] {
            rig::on_paused_time(async {
                let world = World::new(&small::seed(), options(lag, ReplicaChoice::InTurn, 0));
                let mut set = rig::text(&small::everything());
                tokio::time::sleep(Duration::from_secs(200)).await;
                // As declared already, until shortly before the operator starts.
                let declared =
                    changes(&json!({"mobilePhone": "+1 206 555 0111", "otherMails": ["ada.lovelace@example.net"]}));
                world.simulator.disturb_user("ada@contoso.com", &declared).unwrap();
                tokio::time::sleep(Duration::from_secs(200)).await;
                let drift = changes(&json!({"mobilePhone": "+1 206 555 0199"}));
                world.simulator.disturb_user("ada@contoso.com", &drift).unwrap();
                tokio::time::sleep(Duration::from_secs(before)).await;
                let mut driver = world.plain_process(&set);
                keep_for(&mut driver, &mut set, &world, Duration::from_hours(1)).await;
                let phone = user(&world.simulator.truth(), "ada")["mobilePhone"].clone();
                assert_eq!(phone, "+1 206 555 0111", "{lag:?}, changed {before} s before the start");
            });
        }
    }
}

/// The seed with one more account, whose id is fixed.
fn seed_with(name: &str, id: &str) -> Seed {
    let mut seed = small::seed();
    let like = seed.users[0].clone();
    seed.users.push(tenant_contacts_simulator::UserSeed {
        upn: format!("{name}@contoso.com"),
        id: Some(id.into()),
        ..like
    });
    seed
}

const DORA: &str = "5f2a8d31-b6c7-4e90-a1d4-08e3f7c9b2aa";

fn dora() -> TenantSet {
    rig::text(&small::manifests(&[small::user("dora", "mobilePhone: {value: \"+1 206 555 0140\"}")]))
}

#[test]
fn an_account_recreated_under_the_same_name_is_not_written_and_says_identity_changed() {
    for lag in CLUSTERS {
        rig::on_paused_time(async {
            let world = World::new(&seed_with("dora", DORA), options(lag, ReplicaChoice::InTurn, 0));
            let mut set = dora();
            let mut driver = world.plain_process(&set);
            keep_for(&mut driver, &mut set, &world, Duration::from_hours(1)).await;
            assert_eq!(ready(&world, "dora"), ("True".into(), "InSync".into()));
            world.simulator.disturb_purge(DORA).unwrap();
            // The new one takes the name: an account of the seed is renamed to it.
            let rename = changes(&json!({"userPrincipalName": "dora@contoso.com", "mobilePhone": "+1 206 555 0141"}));
            world.simulator.disturb_user("ben@contoso.com", &rename).unwrap();
            let new = user(&world.simulator.truth(), "dora")["id"].as_str().unwrap().to_owned();
            keep_for(&mut driver, &mut set, &world, Duration::from_hours(1)).await;
            assert_eq!(ready(&world, "dora"), ("False".into(), "IdentityChanged".into()), "{lag:?}");
            let journal = world.simulator.journal(0);
            assert!(journal.iter().all(|entry| entry.target != new || entry.actor == "outside"), "{lag:?}: written");
        });
    }
}

#[test]
fn a_renamed_account_is_still_kept_as_declared() {
    for lag in CLUSTERS {
        rig::on_paused_time(async {
            let world = World::new(&seed_with("dora", DORA), options(lag, ReplicaChoice::InTurn, 0));
            let mut set = dora();
            let mut driver = world.plain_process(&set);
            keep_for(&mut driver, &mut set, &world, Duration::from_hours(1)).await;
            let rename =
                changes(&json!({"userPrincipalName": "theodora@contoso.com", "mobilePhone": "+1 206 555 0199"}));
            world.simulator.disturb_user(DORA, &rename).unwrap();
            keep_for(&mut driver, &mut set, &world, Duration::from_hours(1)).await;
            assert_eq!(ready(&world, "dora"), ("True".into(), "Renamed".into()), "{lag:?}");
            let phone = user(&world.simulator.truth(), "theodora")["mobilePhone"].clone();
            assert_eq!(phone, "+1 206 555 0140", "{lag:?}");
        });
    }
}

/// An account that appears: names may be found by one replica and not by the next for a while.
#[test]
fn an_account_that_was_just_created_is_found_within_half_an_hour() {
    for lag in CLUSTERS {
        for (choice, seed) in [(ReplicaChoice::InTurn, 0), (ReplicaChoice::Random, 1), (ReplicaChoice::Random, 2)] {
            rig::on_paused_time(async {
                let world = World::new(&small::seed(), options(lag, choice, seed));
                let mut set = dora();
                let mut driver = world.plain_process(&set);
                keep_for(&mut driver, &mut set, &world, Duration::from_hours(1)).await;
                assert_eq!(ready(&world, "dora").1, "AccountNotFound");
                let appear = changes(&json!({"userPrincipalName": "dora@contoso.com"}));
                world.simulator.disturb_user("cleo@contoso.com", &appear).unwrap();
                keep_for(&mut driver, &mut set, &world, Duration::from_mins(30)).await;
                assert_eq!(ready(&world, "dora"), ("True".into(), "InSync".into()), "{lag:?} {choice:?} {seed}");
            });
        }
    }
}

/// A deleted account that a replica still shows is neither written nor taken for alive for long.
#[test]
fn a_deleted_account_that_a_replica_still_shows_is_not_found_in_the_end() {
    for lag in CLUSTERS {
        rig::on_paused_time(async {
            let world = World::new(&seed_with("dora", DORA), options(lag, ReplicaChoice::InTurn, 0));
            let mut set = dora();
            let mut driver = world.plain_process(&set);
            keep_for(&mut driver, &mut set, &world, Duration::from_hours(1)).await;
            let before = world.simulator.journal(0).len();
            world.simulator.disturb_purge(DORA).unwrap();
            keep_for(&mut driver, &mut set, &world, Duration::from_mins(30)).await;
            assert_eq!(ready(&world, "dora").1, "AccountNotFound", "{lag:?}");
            assert_eq!(world.simulator.journal(0).len(), before + 1, "{lag:?}: only the deletion itself was written");
        });
    }
}

/// One read proves one replica, and which one answers nobody tells: so a value counts only after two reads, apart in time.
#[test]
fn a_value_counts_as_verified_only_after_reads_a_spacing_apart() {
    rig::on_paused_time(async {
        let world = World::new(&small::seed(), options(&[0, 60], ReplicaChoice::InTurn, 0));
        let mut set =
            rig::text(&small::manifests(&[small::user("ben", "businessPhone: {value: \"+1 206 555 0112\"}")]));
        let mut driver = world.plain_process(&set);
        let mut written_at = None;
        rig::converge_watching(&mut driver, &mut set, &world, |driver, report| {
            if report.sent > 0 {
                written_at = Some(world.now());
            }
            let verified =
                driver.worker().plan().is_some_and(|plan| !plan.verifying() && plan.writes().next().is_none());
            if verified && let Some(at) = written_at {
                assert!(world.now().duration_since(at) >= verify::GRAPH.spacing, "two reads, at least a spacing apart");
            }
        })
        .await
        .unwrap();
        assert!(written_at.is_some());
        assert_eq!(ready(&world, "ben"), ("True".into(), "InSync".into()));
    });
}
