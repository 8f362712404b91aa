//! What plans make of writes in flight, whatever reads show and whenever somebody looks.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use tenant_contacts_api::{
    field::Field,
    memory::{Intent, Memory},
    reason::Reason,
    status::TenantMemory,
};

use crate::{
    canonical,
    desired::{DesiredField, DesiredObject, DesiredTarget, Kind, Want},
    field::facts,
    flight,
    model::{Fact, Observation},
    plan::{
        self, Input,
        testing::{self, key},
    },
    step::{Effect, Operation, Verdict},
};

const FIELD: Field = Field::Technical;
const DECLARED: &str = "new@contoso.com";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn declaration(value: &str) -> DesiredField {
    DesiredField::whole(FIELD, Want::Exact([value.into()].into()))
}

/// An open write of what is declared, sent at 0.
fn sent(effect: Effect) -> Memory {
    let mut memory = Memory::default();
    let after = canonical::digest(FIELD, facts(FIELD).unwrap().shape, &[DECLARED.into()]);
    let intent = match effect {
        Effect::Absolute => Intent::absolute(after, at(0)),
        Effect::Once => Intent::once(after, at(0), declaration(DECLARED).digest()),
    };
    memory.field_mut(FIELD).intent = Some(Box::new(intent));
    memory
}

/// A look at the tenant: settles, and gives the verdict on the declared value.
fn look(memory: &mut Memory, live: &str, declared: &str, now: Timestamp) -> Verdict {
    let shape = facts(FIELD).unwrap().shape;
    let live: Box<[Box<str>]> = [live.into()].into();
    let read = (canonical::digest(FIELD, shape, &live), now);
    flight::settle(memory.field_mut(FIELD), Some(read), now, flight::GRAPH);
    let fields = vec![declaration(declared)];
    let object = DesiredObject {
        fields,
        ..testing::object(key(Kind::OrganizationContacts, "contoso"), DesiredTarget::Organization)
    };
    let mut observation = Observation { domains: Fact::Absent, ..Observation::default() };
    observation.organization.technical = Fact::Present(live);
    observation.organization.read_at = Some(now);
    let plan = plan::plan(&Input {
        tenant: &testing::tenant(),
        claimed: false,
        objects: &[Arc::new(object)],
        observation: &observation,
        landscape: None,
        memory: &BTreeMap::from([(key(Kind::OrganizationContacts, "contoso"), memory.clone())]),
        tenant_memory: &TenantMemory::default(),
        now,
    });
    plan.objects[0].fields[0].verdict.clone()
}

/// Seconds at which somebody looks: within the window, at its end, and long after.
const LOOKS: [i64; 7] = [1, 7, 60, 120, 121, 3_600, 86_400];

#[test]
fn what_is_not_seen_is_sent_again_only_if_it_may_be() {
    for effect in [Effect::Absolute, Effect::Once] {
        let mut memory = sent(effect);
        for seconds in LOOKS {
            let verdict = look(&mut memory, "old@contoso.com", DECLARED, at(seconds));
            let in_window = at(seconds).duration_since(at(0)) <= SignedDuration::from_secs(120);
            match effect {
                _ if in_window => assert_eq!(verdict, Verdict::Verifying, "{effect:?} at {seconds}"),
                Effect::Absolute => assert!(matches!(verdict, Verdict::Write(_)), "at {seconds}: {verdict:?}"),
                Effect::Once => {
                    assert!(matches!(verdict, Verdict::Blocked(Reason::OutcomeUnknown, _)), "{seconds}: {verdict:?}");
                }
            }
        }
    }
}

#[test]
fn whatever_reads_show_what_must_not_happen_twice_is_never_sent_again() {
    // Every order of agreeing and disagreeing reads: never a write, and two agreeing reads in a row verify.
    for pattern in 0..1u32 << LOOKS.len() {
        let mut memory = sent(Effect::Once);
        for (index, seconds) in LOOKS.into_iter().enumerate() {
            let live = if pattern & (1 << index) == 0 { "old@contoso.com" } else { DECLARED };
            let open = memory.field(FIELD).unwrap().intent.is_some();
            let verdict = look(&mut memory, live, DECLARED, at(seconds));
            assert!(!open || !matches!(verdict, Verdict::Write(_)), "{pattern:b} at {seconds}: {verdict:?}");
            if memory.field(FIELD).unwrap().verified.is_some() {
                break;
            }
        }
    }
}

#[test]
fn a_person_answers_by_declaring_something_else_but_not_before_the_window_has_passed() {
    let mut memory = sent(Effect::Once);
    let another = "other@contoso.com";
    assert_eq!(look(&mut memory, "old@contoso.com", another, at(60)), Verdict::Verifying);
    assert!(matches!(look(&mut memory, "old@contoso.com", another, at(121)), Verdict::Write(_)));
}

#[test]
fn what_is_there_after_all_is_in_sync() {
    let mut memory = sent(Effect::Once);
    look(&mut memory, "old@contoso.com", DECLARED, at(121));
    assert_eq!(look(&mut memory, DECLARED, DECLARED, at(600)), Verdict::Verifying, "one read proves one replica");
    assert_eq!(look(&mut memory, DECLARED, DECLARED, at(606)), Verdict::InSync);
    assert!(memory.field(FIELD).unwrap().intent.is_none());
}

#[test]
fn a_step_remembers_its_effect_before_it_leaves() {
    let mut memory = Memory::default();
    let verdict = look(&mut memory, "old@contoso.com", DECLARED, at(0));
    let Verdict::Write(mut step) = verdict else { panic!("{verdict:?}") };
    assert_eq!(step.intent(at(0)), Intent::absolute(step.after_digest, at(0)));
    step.operation = Operation::Create { after: step.after().into(), first: [].into() };
    assert_eq!(Some(Box::new(step.intent(at(0)))), sent(Effect::Once).fields.remove(0).intent);
}
