//! That what a reader can tell apart has different hashes, and what is as declared.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use tenant_contacts_api::{
    notice::{Category, Reach},
    status::TenantMemory,
};

use super::*;
use crate::{
    desired::{Attested, BusinessEmailClaim, DesiredTarget, Kind},
    plan::testing::{self, key, planned, step},
};

/// The hash of a plan of these objects.
fn hash_of(objects: &[(DesiredObject, ObjectPlan)], consequences: &[Consequence]) -> Digest {
    let declared: Vec<Arc<DesiredObject>> = objects.iter().map(|(object, _)| Arc::new(object.clone())).collect();
    let plans: Vec<ObjectPlan> = objects.iter().map(|(_, plan)| plan.clone()).collect();
    let input = Input {
        tenant: &testing::tenant(),
        claimed: false,
        objects: &declared,
        observation: &Observation { domains: crate::model::Fact::Absent, ..Observation::default() },
        landscape: None,
        memory: &BTreeMap::new(),
        tenant_memory: &TenantMemory::default(),
        now: Timestamp::UNIX_EPOCH,
    };
    hash(&input, &plans, consequences)
}

fn organization() -> DesiredObject {
    testing::object(key(Kind::OrganizationContacts, "contoso"), DesiredTarget::Organization)
}

fn of(verdict: Verdict) -> Digest {
    hash_of(&[(organization(), planned([verdict]))], &[])
}

/// Everything that can become of one and the same difference.
fn every_verdict() -> Vec<Verdict> {
    let with = |risk, cause| Box::new(Step { cause, risk, ..step() });
    let mut all = vec![Verdict::InSync, Verdict::Verifying, Verdict::Observe(Box::new(step()))];
    for cause in [Cause::Declared, Cause::Drift, Cause::Restore] {
        all.push(Verdict::Write(with(None, cause)));
        all.extend(Reason::ALL.iter().map(|reason| Verdict::Write(with(Some(*reason), cause))));
        all.extend(Reason::ALL.iter().map(|reason| Verdict::Gated(with(None, cause), *reason)));
    }
    // A blocked field that is being verified says so with the same word.
    let blocked = Reason::ALL.iter().filter(|reason| **reason != Reason::AwaitingReplication);
    all.extend(blocked.map(|reason| Verdict::Blocked(*reason, String::new())));
    all
}

#[test]
fn a1_whatever_becomes_of_a_step_is_another_plan() {
    let verdicts = every_verdict();
    let hashes: BTreeSet<Digest> = verdicts.iter().cloned().map(of).collect();
    assert_eq!(hashes.len(), verdicts.len(), "two verdicts that a reader tells apart have one hash");
}

#[test]
fn a1_what_is_not_shown_is_not_hashed() {
    let message = |text: &str| of(Verdict::Blocked(Reason::OutcomeUnknown, text.into()));
    assert_eq!(message("sent at one time"), message("sent at another"));
    assert_eq!(of(Verdict::InSync), hash_of(&[], &[]), "what is as declared is counted, and not shown");
    assert_eq!(of(Verdict::Forget), hash_of(&[], &[]));
}

#[test]
fn a1_an_object_that_is_not_found_is_another_plan_than_one_that_is() {
    let failed = |reason| ObjectPlan { resolution: Resolution::Failed(reason, String::new()), fields: Vec::new() };
    let mut hashes: BTreeSet<Digest> = [hash_of(&[], &[])].into();
    for reason in [Reason::AccountNotFound, Reason::NotReadable, Reason::IdentityChanged] {
        assert!(hashes.insert(hash_of(&[(organization(), failed(reason))], &[])), "{reason}");
    }
    let other = testing::object(key(Kind::OrganizationContacts, "other"), DesiredTarget::Organization);
    assert!(hashes.insert(hash_of(&[(other, failed(Reason::AccountNotFound))], &[])), "it is another object");
}

#[test]
fn a1_who_would_receive_notices_is_part_of_the_plan() {
    let consequence = Consequence {
        category: Category::Privacy,
        before: Reach::SeveralPeople,
        after: Reach::OnePerson,
        people_before: 2,
        people_after: 1,
        left: vec!["Ann".into()],
        gains: Vec::new(),
        loses: vec!["Bob".into()],
        addresses_added: Vec::new(),
        addresses_removed: Vec::new(),
    };
    let one = |change: fn(&mut Consequence)| {
        let mut consequence = consequence.clone();
        change(&mut consequence);
        hash_of(&[(organization(), planned([Verdict::Observe(Box::new(step()))]))], &[consequence])
    };
    let all = [
        of(Verdict::Observe(Box::new(step()))),
        one(|_| {}),
        one(|of| of.category = Category::Billing),
        one(|of| of.after = Reach::Nobody),
        one(|of| of.people_after = 0),
        one(|of| of.loses = vec!["Ann".into()]),
        one(|of| (of.gains, of.loses) = (vec!["Bob".into()], Vec::new())),
        one(|of| of.addresses_added = vec!["x@contoso.com".into()]),
        one(|of| of.addresses_removed = vec!["x@contoso.com".into()]),
    ];
    assert_eq!(BTreeSet::from(all).len(), all.len());
}

#[test]
fn a15_only_what_a_person_attests_leaves_an_object_as_declared() {
    let observation = Observation { domains: crate::model::Fact::Absent, ..Observation::default() };
    let (tenant, object) = (testing::tenant(), organization());
    let declared = |object: &DesiredObject, plan: &ObjectPlan| {
        as_declared(object, plan, &undone(&tenant, object, plan, &observation))
    };
    for verdict in every_verdict() {
        let fine = matches!(verdict, Verdict::InSync | Verdict::Blocked(Reason::Manual, _));
        assert_eq!(declared(&object, &planned([verdict.clone()])), fine, "{verdict:?}");
    }
    assert!(declared(&object, &planned([Verdict::Forget])));
    let lost =
        ObjectPlan { resolution: Resolution::Failed(Reason::AccountNotFound, String::new()), fields: Vec::new() };
    assert!(!declared(&object, &lost));
    assert!(declared(&DesiredObject { removed: true, ..organization() }, &lost), "nothing of it is declared any more");
    // Nobody attested it: a person's to do. Private: not to be as it is declared.
    let claims = |address: &str, attestation: Option<Attested>| {
        let claim = BusinessEmailClaim { address: address.into(), attestation };
        DesiredObject { business_email: Some(claim), ..organization() }
    };
    assert!(declared(&claims("ann@contoso.com", None), &planned([Verdict::InSync])));
    assert!(!declared(&claims("ann@gmail.com", None), &planned([Verdict::InSync])));
}
