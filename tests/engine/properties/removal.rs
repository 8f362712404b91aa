//! (9) What happens when objects, or fields of them, are no longer declared.

use proptest::{prelude::*, sample::Index};
use serde_json::Value;
use testkit::{
    random::{self, Case},
    world::{INTERVAL, World},
};

use super::{
    drift::{self, Disturbed},
    oracle::{self, Claim, Whose},
};

/// A case that is disturbed between convergence and deletion.
pub fn deleted() -> impl Strategy<Value = Disturbed> {
    drift::disturbed()
}

/// A case, and which of its claims goes.
pub fn one_field() -> impl Strategy<Value = (Case, Index)> {
    (random::cases(), any::<Index>())
}

fn live(world: &World, claim: &Claim) -> Vec<String> {
    oracle::live(&oracle::object(world, claim), claim.field)
}

/// What must be there after `claim` is gone, told from what was there at first, after convergence, and just before.
fn left_behind(case: &Case, claim: &Claim, original: &[String], ours: &[String], now: &[String]) -> Vec<String> {
    let normal = |values: &[String]| oracle::normal(claim.field, values);
    let wrote = ours != original;
    let still_ours = normal(now) == normal(ours);
    let back = Claim { exact: true, values: Some(original.to_vec()), inside_reason: false, ..claim.clone() };
    // What would be refused as a declaration is refused as a restored value.
    let refused = claim.field == tenant_contacts_api::field::Field::AlternateEmails
        && !oracle::excuses(case, &back, now).is_empty();
    let restores = claim.restore && !claim.from_secret && wrote && still_ours && !refused;
    if restores && normal(original) != normal(now) { original.to_vec() } else { now.to_vec() }
}

/// See the module.
pub async fn deleted_objects_restore_what_is_still_ours_or_leave_it(disturbed: Disturbed) {
    let Disturbed { mut case, fields, .. } = disturbed;
    let mut world = World::new(&case.seed);
    let claims = oracle::claims(&case.seed, &case.declared);
    let objects: Vec<Value> = claims.iter().map(|claim| oracle::object(&world, claim)).collect();
    let original: Vec<Vec<String>> = claims.iter().map(|claim| live(&world, claim)).collect();
    world.converge(&mut case.declared).await;
    let ours: Vec<Vec<String>> = claims.iter().map(|claim| live(&world, claim)).collect();
    world.wait(INTERVAL).await;
    for (index, how) in fields.iter().filter(|_| !claims.is_empty()) {
        let place = index.index(claims.len());
        drift::disturb(&world, &claims[place], *how, &objects[place]);
    }
    let now: Vec<Vec<String>> = claims.iter().map(|claim| live(&world, claim)).collect();
    case.declared.organizations.clear();
    case.declared.users.clear();
    world.converge(&mut case.declared).await;
    for (place, claim) in claims.iter().enumerate() {
        let expected = left_behind(&case, claim, &original[place], &ours[place], &now[place]);
        assert_eq!(live(&world, claim), expected, "{claim:?}: {:?}, {:?}", original[place], ours[place]);
    }
    let left = world.verdicts();
    if left.is_empty() {
        assert!(world.records.kept().objects.is_empty(), "nothing is remembered of what is gone");
    }
}

/// See the module.
pub async fn a_removed_field_is_restored_alone((mut case, index): (Case, Index)) {
    let mut world = World::new(&case.seed);
    let claims = oracle::claims(&case.seed, &case.declared);
    if claims.is_empty() {
        return;
    }
    let original: Vec<Vec<String>> = claims.iter().map(|claim| live(&world, claim)).collect();
    world.converge(&mut case.declared).await;
    let before = world.simulator.truth();
    let place = index.index(claims.len());
    let gone = &claims[place];
    // A rival's end is the other's beginning: that is another property.
    if oracle::by_target(&claims).get(&(gone.whose.clone(), gone.field)).is_some_and(|rivals| rivals.len() > 1) {
        return;
    }
    let ours = live(&world, gone);
    remove(&mut case, gone);
    world.converge(&mut case.declared).await;
    super::convergence::assert_converged(&world, &case);
    let expected = left_behind(&case, gone, &original[place], &ours, &ours);
    assert_eq!(live(&world, gone), expected, "{gone:?}");
    let mut after = world.simulator.truth();
    // Put the one field back in the comparison: everything else is untouched.
    let (property, _) = oracle::property(gone.field);
    for set in ["users", "organization"] {
        for (object, old) in after[set].as_array_mut().unwrap().iter_mut().zip(before[set].as_array().unwrap()) {
            let same = match &gone.whose {
                Whose::Account(id) => object["id"] == **id,
                Whose::Organization => set == "organization",
                Whose::Nobody(_) => false,
            };
            if same {
                match old.get(property) {
                    Some(value) => object[property] = value.clone(),
                    None => drop(object.as_object_mut().unwrap().remove(property)),
                }
            }
        }
    }
    assert_eq!(after, before);
}

fn remove(case: &mut Case, gone: &Claim) {
    use tenant_contacts_api::field::Field;
    for object in case.declared.organizations.iter_mut().filter(|object| object.name == gone.object) {
        match gone.field {
            Field::Technical => object.technical = None,
            Field::SecurityMails => object.security_mails = None,
            Field::SecurityPhones => object.security_phones = None,
            Field::Marketing => object.marketing = None,
            Field::PrivacyContact => object.privacy_contact = None,
            _ => object.privacy_statement = None,
        }
    }
    for object in case.declared.users.iter_mut().filter(|object| object.name == gone.object) {
        match gone.field {
            Field::AlternateEmails => object.alternate_emails = None,
            Field::MobilePhone => object.mobile_phone = None,
            _ => object.business_phone = None,
        }
    }
}

/// Every object goes and comes under another name: what the one lets go the other declares, so nothing is restored first.
pub async fn objects_under_other_names_write_nothing(mut case: Case) {
    let mut world = World::new(&case.seed);
    world.converge(&mut case.declared).await;
    let journal = world.simulator.journal(0);
    for object in &mut case.declared.organizations {
        object.name.insert_str(0, "renamed-");
    }
    for object in &mut case.declared.users {
        object.name.insert_str(0, "renamed-");
    }
    world.converge(&mut case.declared).await;
    super::convergence::assert_converged(&world, &case);
    assert_eq!(world.simulator.journal(0), journal);
}
