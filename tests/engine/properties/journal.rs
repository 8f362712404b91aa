//! (4), (5) What the tenant's journal, and the wire, may hold of ours.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use testkit::{random::Case, seeds, world::World};

use super::oracle::{self, Claim, Whose};

/// The properties that claims allow to be written, by the id of the account; the empty id is the organization.
fn allowed(case: &Case, claims: &[Claim]) -> BTreeMap<String, BTreeSet<&'static str>> {
    let mut allowed: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
    for claim in claims.iter().filter(|claim| oracle::enforced(&case.declared, claim)) {
        let id = match &claim.whose {
            Whose::Organization => String::new(),
            Whose::Account(id) if !oracle::protected(case, id) => id.clone(),
            Whose::Account(_) | Whose::Nobody(_) => continue,
        };
        allowed.entry(id).or_default().insert(oracle::property(claim.field).0);
    }
    allowed
}

/// The id of the account, or nothing for the organization, from a path; anything else is not ours to write.
fn target(path: &str) -> String {
    let parts: Vec<&str> = path.trim_start_matches("/v1.0").trim_matches('/').split('/').collect();
    match parts[..] {
        ["users", id] => id.to_owned(),
        ["organization", seeds::TENANT] => String::new(),
        _ => panic!("wrote to {path}"),
    }
}

/// Holds everything that was written against what is declared.
pub fn assert_only_declared(world: &World, case: &Case) {
    let claims = oracle::claims(&case.seed, &case.declared);
    let allowed = allowed(case, &claims);
    for (method, patch) in world.sent.all() {
        assert_eq!(method, "PATCH", "{}", patch.path);
        let id = target(&patch.path);
        let allowed = allowed.get(&id).unwrap_or_else(|| panic!("wrote to {id:?}, which nothing allows"));
        assert!(!patch.body.is_empty());
        for property in patch.body.keys() {
            assert!(allowed.contains(&**property), "sent {property} to {id:?}, which is not declared");
        }
    }
    let ours = world.simulator.journal(0);
    for entry in ours.iter().filter(|entry| entry.actor != "outside") {
        assert_eq!((&*entry.actor, &*entry.method), (seeds::CLIENT, "PATCH"));
        let id = if entry.kind == "organization" { String::new() } else { entry.target.clone() };
        assert!(!entry.changes.is_empty(), "a write that changes nothing: {entry:?}");
        for change in &entry.changes {
            assert!(allowed[&id].contains(&*change.property), "{entry:?}");
        }
        for change in entry.changes.iter().filter(|change| change.property == "privacyProfile") {
            assert_members(&claims, &change.before, &change.after);
        }
    }
}

/// A member of the privacy profile that is not declared stays as it is.
fn assert_members(claims: &[Claim], before: &Value, after: &Value) {
    for member in ["contactEmail", "statementUrl"] {
        let declared = claims.iter().any(|claim| oracle::property(claim.field) == ("privacyProfile", Some(member)));
        assert!(declared || before[member] == after[member], "{member}: {before} -> {after}");
    }
}

/// (4)
pub async fn the_journal_holds_declared_fields_only(mut case: Case) {
    let mut world = World::new(&case.seed);
    world.converge(&mut case.declared).await;
    assert_only_declared(&world, &case);
    let scopes = world.sent.scopes();
    let services: BTreeSet<&String> = scopes.iter().collect();
    assert_eq!(scopes.len(), services.len(), "one token a service serves all passes: {scopes:?}");
}

/// (4) What differs in the end from the beginning is what the journal holds: nothing changes past it.
pub async fn everything_else_stays_as_it_was(mut case: Case) {
    let mut world = World::new(&case.seed);
    let before = world.simulator.truth();
    world.converge(&mut case.declared).await;
    let mut after = world.simulator.truth();
    for entry in world.simulator.journal(0) {
        let set = if entry.kind == "organization" { "organization" } else { "users" };
        let object = after[set].as_array_mut().unwrap().iter_mut().find(|object| object["id"] == *entry.target);
        let (object, old) = (object.unwrap(), before[set].as_array().unwrap());
        let old = old.iter().find(|object| object["id"] == *entry.target).unwrap();
        for change in entry.changes {
            match old.get(&change.property) {
                Some(value) => object[&change.property] = value.clone(),
                None => drop(object.as_object_mut().unwrap().remove(&change.property)),
            }
        }
    }
    assert_eq!(after, before);
}

/// (5)
pub async fn observing_writes_nothing(mut case: Case) {
    case.declared.rails.enforce.clear();
    let mut world = World::new(&case.seed);
    world.converge(&mut case.declared).await;
    super::convergence::assert_converged(&world, &case);
    assert!(world.simulator.journal(0).is_empty());
    assert!(world.sent.all().is_empty());
}
