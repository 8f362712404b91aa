//! The surface of tests: things that are created, whose entries come, go and expire, and whose document is replaced as a whole.
//! No product is built with it. It asks of the structure all that a surface can, before a real one does.

use jiff::SignedDuration;
use tenant_contacts_api::{
    field::{Field, Surface},
    memory::Memory,
    reason::Reason,
};

use super::row::{Live, Row, no_account, no_companion, no_objection, no_risk};
use crate::{
    desired::{DesiredObject, DesiredTarget},
    flight::Replication,
    model::{Observation, Thing, Unknown},
    step::{Resolution, Target},
};

pub(super) const ROW: Row = Row {
    resolve,
    bound: |id| id.map(|id| Target::Object(Surface::Rehearsal, id)),
    orphan: |_| DesiredTarget::Thing { surface: Surface::Rehearsal, name: "".into() },
    live,
    read_at: |observation, target| match target {
        Target::Absent(_, name) => observation.rehearsal.names.get(name).map(|(_, at)| *at),
        _ => target.object_id().and_then(|id| observation.rehearsal.by_id.get(&id)).map(|(_, at)| *at),
    },
    base: |observation, target| thing(observation, target).ok().flatten().map(|thing| thing.base),
    account: no_account,
    objection: no_objection,
    risk: no_risk,
    companion: no_companion,
    is_first: |field| field == Field::RehearsedText,
    matters: |_, _, _| false,
    foresee: |_, _, _| {},
    // As slow as Exchange is taken to be.
    replication: Replication {
        agreeing: 2,
        spacing: SignedDuration::from_secs(5),
        window: SignedDuration::from_secs(300),
    },
};

fn thing<'a>(observation: &'a Observation, target: &Target) -> Result<Option<&'a Thing>, &'a Unknown> {
    let read = target.object_id().and_then(|id| observation.rehearsal.by_id.get(&id));
    read.map_or(Err(&Unknown::NotRead), |(fact, _)| fact.known())
}

fn live<'a>(observation: &'a Observation, target: &Target, field: Field) -> Result<Live<'a>, &'a Unknown> {
    if let Target::Absent(..) = target {
        return Ok(Live::Values(&[]));
    }
    let Some(thing) = thing(observation, target)? else {
        let is_there = field == Field::RehearsedThing;
        return if is_there { Ok(Live::Values(&[])) } else { Err(&Unknown::NotRead) };
    };
    Ok(match field {
        Field::RehearsedThing => Live::Values(&thing.name),
        Field::RehearsedText => Live::Values(&thing.text),
        Field::RehearsedMember => Live::Values(&thing.member),
        Field::RehearsedHolders => Live::Entries(&thing.holders),
        Field::RehearsedLeases => Live::Entries(&thing.leases),
        _ => return Err(&Unknown::NotRead),
    })
}

fn resolve(object: &DesiredObject, memory: Option<&Memory>, observation: &Observation) -> Resolution {
    let DesiredTarget::Thing { name, .. } = &object.target else {
        return Resolution::Failed(Reason::AccountNotFound, "the object declares no thing".into());
    };
    let found = |id| Resolution::Found { target: Target::Object(Surface::Rehearsal, id), renamed: false };
    let failed = |message: &str| Resolution::Failed(Reason::AccountNotFound, message.into());
    let unknown = |why: &Unknown| Resolution::Failed(why.reason(), format!("the thing could not be looked up: {why}"));
    if let Some(id) = memory.and_then(|memory| memory.object_id) {
        let created = memory.and_then(|memory| memory.field(Field::RehearsedThing));
        return match observation.rehearsal.by_id.get(&id).map_or(Err(&Unknown::NotRead), |(fact, _)| fact.known()) {
            Ok(Some(_)) => found(id),
            // Within the window a replica that does not show it says nothing.
            Ok(None) if created.is_some_and(|slot| slot.intent.is_some()) => Resolution::Failed(
                Reason::AwaitingReplication,
                "the thing was created a moment ago, and not every replica shows it".into(),
            ),
            // It is not created again by itself: somebody took it away.
            Ok(None) => failed("the thing no longer exists"),
            Err(why) => unknown(why),
        };
    }
    if object.removed {
        return failed("the object was never bound to a thing");
    }
    match observation.rehearsal.names.get(name).map_or(Err(&Unknown::NotRead), |(fact, _)| fact.known()) {
        Ok(Some(id)) => found(*id),
        Ok(None) if object.fields.iter().any(|field| field.field == Field::RehearsedThing) => {
            Resolution::Absent(Target::Absent(Surface::Rehearsal, name.clone()))
        }
        Ok(None) => failed("nothing has the declared name"),
        Err(why) => unknown(why),
    }
}
