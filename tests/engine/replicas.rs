//! Replicas that lag, answer in turn and disagree: reads may show any of the last minutes, and what they show must neither
//! be corrected again nor be believed too soon.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};
use tenant_contacts::{driver::Driver, gather::TenantSet};
use tenant_contacts_core::flight;
use tenant_contacts_engine::Mode;
use tenant_contacts_simulator::{JournalEntry, Options, ReplicaChoice, Seed};
use testkit::{
    rig::{self, World},
    small,
};

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

/// A tenant that is kept as declared.
struct Scene {
    world: World,
    set: TenantSet,
    driver: Driver,
}

impl Scene {
    fn new(seed: &Seed, set: TenantSet, options: Options) -> Self {
        let world = World::new(seed, options);
        let driver = world.plain_process(&set);
        Self { world, set, driver }
    }

    /// Kept for an hour: past the second full reading, so that from here on the change feed tells.
    async fn settled(seed: &Seed, set: TenantSet, options: Options) -> Self {
        let mut scene = Self::new(seed, set, options);
        scene.keep_for(Duration::from_hours(1)).await;
        scene
    }

    /// Passes as the operator makes them, for this long.
    async fn keep_for(&mut self, time: Duration) {
        let end = tokio::time::Instant::now() + time;
        while tokio::time::Instant::now() < end {
            let report = self.driver.pass(&self.set, &Mode::Run).await.unwrap();
            assert_eq!(report.problem, None);
            rig::approve(&self.driver, &mut self.set, self.world.now());
            tokio::time::sleep(report.next).await;
        }
    }

    fn user(&self, name: &str) -> Value {
        let truth = self.world.simulator.truth();
        let users = truth["users"].as_array().unwrap();
        users.iter().find(|user| user["userPrincipalName"] == format!("{name}@contoso.com")).unwrap().clone()
    }

    /// Status and reason of an object's `Ready`.
    fn ready(&self, name: &str) -> (String, String) {
        let kept = self.world.records.kept();
        let (_, (_, status)) = kept.objects.iter().find(|((_, key), _)| &*key.name == name).expect("an object");
        let conditions = &status.as_ref().expect("a status").conditions;
        let ready = conditions.iter().find(|condition| condition.type_ == "Ready").unwrap();
        (ready.status.clone(), ready.reason.clone())
    }

    /// Somebody else changes an account.
    fn disturb(&self, account: &str, changes: Value) {
        let Value::Object(changes) = changes else { panic!("{changes} is no object") };
        self.world.simulator.disturb_user(account, &changes).unwrap();
    }
}

/// How many replicas there are and how far they are behind: up to a minute, and one beyond.
const CLUSTERS: &[&[u64]] =
    &[&[0, 0], &[0, 10], &[0, 60], &[60, 0], &[60, 60], &[0, 5, 60], &[3, 20, 60, 0], &[0, 100], &[100, 0, 1]];

/// Each of them, answering in turn and at random, with what to call it.
fn choices() -> impl Iterator<Item = (Options, String)> {
    CLUSTERS.iter().flat_map(|lag| {
        [(ReplicaChoice::InTurn, 0), (ReplicaChoice::Random, 1), (ReplicaChoice::Random, 2)]
            .map(|(choice, seed)| (options(lag, choice, seed), format!("{lag:?} {choice:?} {seed}")))
    })
}

#[test]
fn whatever_the_lag_each_value_is_written_once_within_the_window_and_stays() {
    for (options, what) in choices() {
        rig::on_paused_time(async {
            let scene = Scene::settled(&small::seed(), rig::text(&small::everything()), options).await;
            let writes = ours(&scene.world.simulator.journal(0));
            let twice: Vec<_> = writes.iter().filter(|(_, (times, _))| *times > 1).collect();
            assert!(twice.is_empty(), "{what}: written again for lag alone: {twice:#?}");
            for name in ["ada", "ben", "cleo", "root"] {
                assert_eq!(scene.ready(name), ("True".into(), "InSync".into()), "{what} {name}");
            }
        });
    }
}

/// Drift that the change feed told of must not be forgotten because a replica that is behind has not heard of it.
#[test]
fn drift_is_put_back_whichever_replica_answers() {
    for (options, what) in choices() {
        let resets = options.seed == 2;
        rig::on_paused_time(async {
            let mut scene = Scene::settled(&small::seed(), rig::text(&small::everything()), options).await;
            scene.disturb("ada@contoso.com", json!({"mobilePhone": "+1 206 555 0199"}));
            if resets {
                // The service forgets where the feed was: everything is read anew.
                scene.world.simulator.reset_delta();
            }
            scene.keep_for(Duration::from_hours(1)).await;
            let phone = scene.user("ada")["mobilePhone"].clone();
            assert_eq!(phone, "+1 206 555 0111", "{what}");
        });
    }
}

/// The feed is opened by one replica and the first listing answered by another: what changed in between must be seen.
#[test]
fn a_change_between_the_opening_of_the_feed_and_the_first_listing_is_not_lost() {
    for lag in CLUSTERS {
        for before in [0, 1, 30, 59] {
            rig::on_paused_time(async {
                let options = options(lag, ReplicaChoice::InTurn, 0);
                let mut scene = Scene::new(&small::seed(), rig::text(&small::everything()), options);
                tokio::time::sleep(Duration::from_secs(200)).await;
                // As declared already, until shortly before the operator starts.
                scene.disturb(
                    "ada@contoso.com",
                    json!({"mobilePhone": "+1 206 555 0111", "otherMails": ["ada.lovelace@example.net"]}),
                );
                tokio::time::sleep(Duration::from_secs(200)).await;
                scene.disturb("ada@contoso.com", json!({"mobilePhone": "+1 206 555 0199"}));
                tokio::time::sleep(Duration::from_secs(before)).await;
                scene.keep_for(Duration::from_hours(1)).await;
                let phone = scene.user("ada")["mobilePhone"].clone();
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
            let mut scene =
                Scene::settled(&seed_with("dora", DORA), dora(), options(lag, ReplicaChoice::InTurn, 0)).await;
            assert_eq!(scene.ready("dora"), ("True".into(), "InSync".into()));
            scene.world.simulator.disturb_purge(DORA).unwrap();
            // The new one takes the name: an account of the seed is renamed to it.
            scene.disturb(
                "ben@contoso.com",
                json!({"userPrincipalName": "dora@contoso.com", "mobilePhone": "+1 206 555 0141"}),
            );
            let new = scene.user("dora")["id"].as_str().unwrap().to_owned();
            scene.keep_for(Duration::from_hours(1)).await;
            assert_eq!(scene.ready("dora"), ("False".into(), "IdentityChanged".into()), "{lag:?}");
            let journal = scene.world.simulator.journal(0);
            assert!(journal.iter().all(|entry| entry.target != new || entry.actor == "outside"), "{lag:?}: written");
        });
    }
}

#[test]
fn a_renamed_account_is_still_kept_as_declared() {
    for lag in CLUSTERS {
        rig::on_paused_time(async {
            let mut scene =
                Scene::settled(&seed_with("dora", DORA), dora(), options(lag, ReplicaChoice::InTurn, 0)).await;
            scene.disturb(DORA, json!({"userPrincipalName": "theodora@contoso.com", "mobilePhone": "+1 206 555 0199"}));
            scene.keep_for(Duration::from_hours(1)).await;
            assert_eq!(scene.ready("dora"), ("True".into(), "Renamed".into()), "{lag:?}");
            let phone = scene.user("theodora")["mobilePhone"].clone();
            assert_eq!(phone, "+1 206 555 0140", "{lag:?}");
        });
    }
}

/// An account that appears: names may be found by one replica and not by the next for a while.
#[test]
fn an_account_that_was_just_created_is_found_within_half_an_hour() {
    for (options, what) in choices() {
        rig::on_paused_time(async {
            let mut scene = Scene::settled(&small::seed(), dora(), options).await;
            assert_eq!(scene.ready("dora").1, "AccountNotFound");
            scene.disturb("cleo@contoso.com", json!({"userPrincipalName": "dora@contoso.com"}));
            scene.keep_for(Duration::from_mins(30)).await;
            assert_eq!(scene.ready("dora"), ("True".into(), "InSync".into()), "{what}");
        });
    }
}

/// A deleted account that a replica still shows is neither written nor taken for alive for long.
#[test]
fn a_deleted_account_that_a_replica_still_shows_is_not_found_in_the_end() {
    for lag in CLUSTERS {
        rig::on_paused_time(async {
            let mut scene =
                Scene::settled(&seed_with("dora", DORA), dora(), options(lag, ReplicaChoice::InTurn, 0)).await;
            let before = scene.world.simulator.journal(0).len();
            scene.world.simulator.disturb_purge(DORA).unwrap();
            scene.keep_for(Duration::from_mins(30)).await;
            assert_eq!(scene.ready("dora").1, "AccountNotFound", "{lag:?}");
            assert_eq!(
                scene.world.simulator.journal(0).len(),
                before + 1,
                "{lag:?}: only the deletion itself was written"
            );
        });
    }
}

/// One read proves one replica, and which one answers nobody tells: so a value counts only after two reads, apart in time.
#[test]
fn a_value_counts_as_verified_only_after_reads_a_spacing_apart() {
    rig::on_paused_time(async {
        let ben = rig::text(&small::manifests(&[small::user("ben", "businessPhone: {value: \"+1 206 555 0112\"}")]));
        let mut scene = Scene::new(&small::seed(), ben, options(&[0, 60], ReplicaChoice::InTurn, 0));
        let Scene { world, set, driver } = &mut scene;
        let mut written_at = None;
        rig::converge_watching(driver, set, world, |driver, report| {
            if report.sent > 0 {
                written_at = Some(world.now());
            }
            let verified =
                driver.worker().plan().is_some_and(|plan| !plan.verifying() && plan.writes().next().is_none());
            if verified && let Some(at) = written_at {
                assert!(world.now().duration_since(at) >= flight::GRAPH.spacing, "two reads, at least a spacing apart");
            }
        })
        .await
        .unwrap();
        assert!(written_at.is_some());
        assert_eq!(scene.ready("ben"), ("True".into(), "InSync".into()));
    });
}
