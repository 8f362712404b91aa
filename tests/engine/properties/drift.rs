//! (8), (10) Ways back: from a bad declaration, and from what others change.

use proptest::{
    prelude::*,
    sample::{Index, select},
};
use serde_json::{Map, Value, json};
use tenant_contacts_api::field::Field;
use tenant_contacts_core::step::Verdict;
use testkit::{
    declared::Declared,
    random::{self, Case},
    world::{INTERVAL, World},
};

use super::{
    convergence, journal,
    oracle::{self, Claim, Whose},
};

/// What somebody else does to a field.
#[derive(Clone, Copy, Debug)]
pub enum Disturbance {
    /// Another value.
    Another,
    /// Back to what it was before anything was declared.
    Original,
    /// Nothing is left.
    Cleared,
}

/// A case, what happens to which of its claims, and which accounts change where nothing is declared.
#[derive(Clone, Debug)]
pub struct Disturbed {
    pub case: Case,
    pub fields: Vec<(Index, Disturbance)>,
    pub elsewhere: Vec<Index>,
}

/// See [`Disturbed`].
pub fn disturbed() -> impl Strategy<Value = Disturbed> {
    let what = select(vec![Disturbance::Another, Disturbance::Original, Disturbance::Cleared]);
    let fields = proptest::collection::vec((any::<Index>(), what), 1..4);
    let elsewhere = proptest::collection::vec(any::<Index>(), 0..3);
    (random::cases(), fields, elsewhere).prop_map(|(case, fields, elsewhere)| Disturbed { case, fields, elsewhere })
}

fn change(world: &World, id: Option<&str>, changes: &Map<String, Value>) {
    match id {
        Some(id) => world.simulator.disturb_user(id, changes).unwrap(),
        None => world.simulator.disturb_organization(changes).unwrap(),
    }
}

/// Somebody else changes a field. `original` is the truth before anything was declared.
pub fn disturb(world: &World, claim: &Claim, how: Disturbance, original: &Value) {
    let id = match &claim.whose {
        Whose::Organization => None,
        Whose::Account(id) => Some(&**id),
        Whose::Nobody(_) => return,
    };
    let (property, member) = oracle::property(claim.field);
    let another = match claim.field {
        Field::SecurityPhones | Field::BusinessPhone => json!(["+1 425 555 0123"]),
        Field::MobilePhone => json!("+1 425 555 0123"),
        Field::PrivacyContact => json!("intruder@example.org"),
        Field::PrivacyStatement => json!("https://intruder.example/"),
        _ => json!(["intruder@example.org"]),
    };
    let list = another.is_array();
    let value = match how {
        Disturbance::Another => another,
        Disturbance::Original => member.map_or(&original[property], |member| &original[property][member]).clone(),
        Disturbance::Cleared => Value::Null,
    };
    let value = if value.is_null() && list { json!([]) } else { value };
    let value = match member {
        None => value,
        Some(member) => {
            let mut profile = world.truth(id)[property].as_object().cloned().unwrap_or_default();
            profile.insert(member.into(), value);
            profile.into()
        }
    };
    change(world, id, &Map::from_iter([(property.to_owned(), value)]));
}

/// (10)
pub async fn drift_is_healed_and_what_is_not_declared_stays(disturbed: Disturbed) {
    let Disturbed { mut case, fields, elsewhere } = disturbed;
    let mut world = World::new(&case.seed);
    let claims = oracle::claims(&case.seed, &case.declared);
    let original: Vec<Value> = claims.iter().map(|claim| oracle::object(&world, claim)).collect();
    world.converge(&mut case.declared).await;
    let before = world.verdicts();
    world.wait(INTERVAL).await;
    let mut healed = Vec::new();
    for (index, how) in fields.iter().filter(|_| !claims.is_empty()) {
        let place = index.index(claims.len());
        let claim = &claims[place];
        disturb(&world, claim, *how, &original[place]);
        healed.push(claim);
    }
    for index in &elsewhere {
        let user = &case.seed.users[index.index(case.seed.users.len())];
        let title = Map::from_iter([("jobTitle".to_owned(), json!("changed by somebody else"))]);
        change(&world, user.id.as_deref(), &title);
    }
    // Where the disturbances really made a difference to what was so before.
    let was_so = |claim: &Claim| {
        let mine = |one: &&(String, Field, Verdict)| one.0 == claim.object && one.1 == claim.field;
        before.iter().find(mine).is_some_and(|(.., verdict)| *verdict == Verdict::InSync)
    };
    healed.retain(|claim| {
        let live = oracle::live(&oracle::object(&world, claim), claim.field);
        was_so(claim) && !oracle::satisfied(claim, &live)
    });
    let others: Vec<_> = world.simulator.journal(0).into_iter().filter(|entry| entry.actor == "outside").collect();
    world.converge(&mut case.declared).await;
    convergence::assert_converged(&world, &case);
    journal::assert_only_declared(&world, &case);
    for claim in healed {
        let live = oracle::live(&oracle::object(&world, claim), claim.field);
        if !oracle::satisfied(claim, &live) {
            continue; // assert_converged has looked at the excuse
        }
        let object = world.driver.worker().objects().iter().find(|object| *object.key.name == *claim.object).unwrap();
        let memory = world.driver.worker().memory(&object.key).unwrap();
        let contest = memory.field(claim.field).unwrap().contest.as_ref();
        assert_eq!(contest.map(|contest| contest.corrections), Some(1), "{claim:?}");
    }
    for entry in others.iter().filter(|entry| entry.kind == "user") {
        for title in entry.changes.iter().filter(|change| change.property == "jobTitle") {
            assert_eq!(world.truth(Some(&entry.target))["jobTitle"], title.after, "what is not declared stays");
        }
    }
}

/// (8) The other declaration is anything: conflicts, other accounts, other guard rails, missing Secrets.
pub async fn a_bad_declaration_leaves_nothing_behind((mut case, mut other): (Case, Declared)) {
    let mut world = World::new(&case.seed);
    world.converge(&mut case.declared).await;
    convergence::assert_converged(&world, &case);
    // Half of it beside the good one, then it alone.
    let mut both = Declared { rails: case.declared.rails.clone(), ..other.clone() };
    both.organizations.extend(case.declared.organizations.clone());
    both.users.extend(case.declared.users.clone());
    world.converge(&mut both).await;
    world.converge(&mut other).await;
    world.converge(&mut case.declared).await;
    convergence::assert_converged(&world, &case);
    let verdicts = world.verdicts();
    let claims = oracle::claims(&case.seed, &case.declared);
    for ((_, key), (_, status)) in &world.records.kept().objects {
        let mut mine = claims.iter().filter(|claim| claim.object == *key.name).peekable();
        let reached = mine.peek().is_some() && mine.all(|claim| !matches!(claim.whose, Whose::Nobody(_)));
        let mut fields = verdicts.iter().filter(|(object, ..)| **object == *key.name);
        if reached && fields.all(|(.., verdict)| *verdict == Verdict::InSync) {
            let conditions = &status.as_ref().unwrap().conditions;
            let condition = |kind: &str| conditions.iter().find(|condition| condition.type_ == kind);
            assert!(condition("Stalled").is_none() && condition("Reconciling").is_none(), "{key}: {conditions:?}");
            assert_eq!(condition("Ready").unwrap().status, "True", "{key}");
        }
    }
}
