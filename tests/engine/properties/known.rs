//! (11) A plan that takes over what did not change is the plan from scratch, whatever happened before. (Debug builds, such as
//! these, compare every plan of every test; this looks for the sequences in which it would matter.)

use proptest::{prelude::*, sample::Index};
use serde_json::{Map, Value};
use tenant_contacts_core::plan::{self, Input};
use tenant_contacts_engine::Mode;
use testkit::{
    declared::{Declared, Private, User},
    random::{self, Case},
    seeds,
    world::{BETWEEN_READS, INTERVAL, World},
};

use super::{
    drift::{self, Disturbance},
    oracle::{self, Claim},
};

/// What happens between two passes.
#[derive(Clone, Debug)]
pub enum Move {
    /// Somebody else changes a declared field.
    Drift(Index, Disturbance),
    /// An account gets another name.
    Rename(Index),
    /// Two accounts swap their names.
    Swap(Index, Index),
    /// An account is gone for good.
    Purge(Index),
    /// An object is no longer declared.
    Withdraw(Index),
    /// What was declared at first is declared again.
    Restore,
    /// An object is declared once more, under another name.
    Rival(Index),
    /// Another phone is declared.
    Redeclare(Index),
    /// The surfaces that may be written change.
    Enforce(bool),
    /// Whatever waits is approved.
    Approve,
    /// The change feed begins anew.
    ForgetFeed,
    /// Time goes by: until the next read, or longer than a replication window.
    Wait(bool),
}

/// A case, and what happens.
pub fn stories() -> impl Strategy<Value = (Case, Vec<Move>)> {
    let disturbance = proptest::sample::select(vec![Disturbance::Another, Disturbance::Original, Disturbance::Cleared]);
    let index = any::<Index>;
    let happens = prop_oneof![
        4 => (index(), disturbance).prop_map(|(index, how)| Move::Drift(index, how)),
        1 => index().prop_map(Move::Rename),
        1 => (index(), index()).prop_map(|(one, other)| Move::Swap(one, other)),
        1 => index().prop_map(Move::Purge),
        2 => index().prop_map(Move::Withdraw),
        1 => Just(Move::Restore),
        2 => index().prop_map(Move::Rival),
        2 => index().prop_map(Move::Redeclare),
        1 => any::<bool>().prop_map(Move::Enforce),
        3 => Just(Move::Approve),
        1 => Just(Move::ForgetFeed),
        8 => any::<bool>().prop_map(Move::Wait),
    ];
    (random::cases(), proptest::collection::vec(happens, 1..25))
}

/// The plan from scratch of what the last pass saw. Only after a preview: it leaves behind what it planned on.
fn assert_from_scratch(world: &World, declared: &Declared) {
    let (worker, set) = (world.driver.worker(), declared.set());
    let whole = plan::plan(&Input {
        tenant: &set.gathered.tenant,
        claimed: set.gathered.claimed,
        objects: worker.objects(),
        observation: worker.observation(),
        landscape: worker.landscape(),
        memory: worker.memories(),
        tenant_memory: worker.tenant_memory(),
        now: world.now(),
    });
    assert_eq!(world.plan(), &whole);
}

fn rename(world: &World, place: usize, name: &str) {
    let to = Map::from_iter([("userPrincipalName".to_owned(), Value::from(name))]);
    // An account that is gone has no name to change.
    let _ = world.simulator.disturb_user(&seeds::id(place), &to);
}

async fn happen(what: &Move, world: &World, case: &Case, now: &mut Declared, first: &[(Claim, Value)]) {
    let place = |index: &Index| index.index(case.seed.users.len());
    let user =
        |index: &Index, now: &Declared| Some(index.index(now.users.len().max(1))).filter(|at| *at < now.users.len());
    match what {
        Move::Drift(index, how) if !first.is_empty() => {
            let (claim, original) = &first[index.index(first.len())];
            if !oracle::object(world, claim).is_null() {
                drift::disturb(world, claim, *how, original);
            }
        }
        Move::Rename(index) => rename(world, place(index), &format!("renamed{}@contoso.com", place(index))),
        Move::Swap(one, other) if place(one) != place(other) => {
            let name = |at: usize| case.seed.users[at].upn.clone();
            rename(world, place(one), "between@contoso.com");
            rename(world, place(other), &name(place(one)));
            rename(world, place(one), &name(place(other)));
        }
        Move::Drift(..) | Move::Swap(..) => {}
        Move::Purge(index) => drop(world.simulator.disturb_purge(&seeds::id(place(index)))),
        Move::Withdraw(index) => drop(user(index, now).map(|at| now.users.remove(at))),
        Move::Restore => {
            now.users.clone_from(&case.declared.users);
            now.organizations.clone_from(&case.declared.organizations);
        }
        Move::Rival(index) => {
            if let Some(at) = user(index, now) {
                let name = format!("rival-{}", now.users[at].name);
                let rival = User { name, ..now.users[at].clone() };
                now.users.retain(|user| user.name != rival.name);
                now.users.push(rival);
            }
        }
        Move::Redeclare(index) => {
            if let Some(at) = user(index, now) {
                now.users[at].mobile_phone = Some(Private::Value("+1 425 555 0177".into()));
            }
        }
        Move::Enforce(both) => {
            now.rails.enforce = if *both { vec!["Organization", "Users"] } else { vec!["Organization"] };
        }
        Move::Approve => {
            if let Some(hash) = world.plan().approval_hash {
                now.approve(&hash.to_string(), &world.in_an_hour());
            }
        }
        Move::ForgetFeed => world.simulator.reset_delta(),
        Move::Wait(long) => world.wait(if *long { INTERVAL } else { BETWEEN_READS }).await,
    }
}

/// See the module. Returns of how many objects plans were taken over.
pub async fn what_did_not_change_is_planned_as_if_from_scratch((case, story): (Case, Vec<Move>)) -> usize {
    let mut world = World::new(&case.seed);
    let mut now = case.declared.clone();
    let claims = oracle::claims(&case.seed, &case.declared);
    let first: Vec<(Claim, Value)> =
        claims.into_iter().map(|claim| (claim.clone(), oracle::object(&world, &claim))).collect();
    world.pass(&now.set(), &Mode::Run).await;
    let mut taken_over = 0;
    for what in &story {
        happen(what, &world, &case, &mut now, &first).await;
        let set = now.set();
        let before = world.pass(&set, &Mode::Preview).await;
        if before.problem.is_none() {
            assert_from_scratch(&world, &now);
        }
        taken_over += world.driver.worker().taken_over();
        world.pass(&set, &Mode::Run).await;
    }
    taken_over
}

/// What the stories must come across, or they say less than they seem to: nearly every one has something to take over.
pub async fn assert_something_is_taken_over(stories: impl Iterator<Item = (Case, Vec<Move>)>) {
    let (mut with, mut whole) = (0, 0);
    for story in stories {
        whole += 1;
        with += usize::from(what_did_not_change_is_planned_as_if_from_scratch(story).await > 0);
    }
    assert!(with > whole / 4, "{with} of {whole} stories take anything over");
}
