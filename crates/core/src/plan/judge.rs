//! The verdict on one slot: what differs, and whether it may be written.

use std::sync::Arc;

use tenant_contacts_api::{
    digest::Digest,
    field::{Field, Surface},
    memory::{Contest, FieldMemory},
    reason::Reason,
};

use super::{Input, difference, renewal};
use crate::{
    canonical,
    desired::{DesiredField, DesiredObject, Want},
    digest,
    field::{self, FieldFacts, Shape, Writing},
    flight, gate,
    lint::{self, Place},
    model::Unknown,
    permission,
    privilege::{self, Privilege},
    step::{Cause, FieldPlan, Operation, Resolution, Slot, Step, Target, Values, Verdict, Waiting, WaitingOn},
    surface::{self, LiveSlot},
};

/// Corrections of one field in a row before it counts as contested: one is an accident, two a misunderstanding.
const CONTESTED_AFTER: u32 = 3;

/// Longest pause between corrections of a contested field: a day, so that it is still seen daily.
const LONGEST_CONTEST_PAUSE_SECONDS: i64 = 86_400;

/// A refusal for want of a permission is tried again after an hour, since a grant shows in no event we see.
const PERMISSION_RETRY_SECONDS: i64 = 3_600;

/// The verdict on one wanted value, with the digest of the live one.
pub(super) fn judge(
    input: &Input<'_>,
    object: &DesiredObject,
    resolution: &Resolution,
    wanted: &DesiredField,
    memory: Option<&FieldMemory>,
    cause: Option<Cause>,
) -> FieldPlan {
    let now = |verdict| FieldPlan { entry: wanted.entry.clone(), ..FieldPlan::whole(wanted.field, verdict, None) };
    let Some(facts) = field::facts(wanted.field) else {
        return now(blocked(Reason::Manual, "the field has no API".into()));
    };
    if let Want::Unresolved { reason, message } = &wanted.want {
        return now(Verdict::Blocked(*reason, message.to_string()));
    }
    let target = match resolution {
        Resolution::Found { target, .. } => target,
        Resolution::Absent(target) if facts.writing == Writing::Create => target,
        Resolution::Absent(_) => return now(waiting(WaitingOn::Creation)),
        Resolution::Failed(reason, message) => return now(failed(*reason, message)),
    };
    let live = match surface::live(input.observation, target, wanted.field) {
        Ok(live) => live.slot(wanted.entry.as_deref()),
        Err(why) => return now(unknown(why)),
    };
    let rule = surface::replication(target.surface());
    let live_digest = live.digest(wanted.field, &facts);
    let intent = memory.and_then(|memory| memory.intent.as_deref());
    let renewed_at = renewal::renewed_at(&facts, live);
    let after = difference::after(&wanted.want, facts.shape, live.values);
    let after = after.or_else(|| renewed_at.is_some_and(|at| at <= input.now).then(|| live.values.to_vec()));
    let proposed = |after| {
        step(input, object, target, wanted, &facts, (live, live_digest), after, memory, cause)
            .map_or_else(|verdict| verdict, |step| differing(input, wanted, &facts, memory, step))
    };
    let verdict = match (intent, after) {
        (Some(intent), after) if !flight::is_answered(intent, wanted, after.is_none(), input.now, rule) => {
            match after {
                Some(after) if facts.writing == Writing::Create && flight::is_unknown(intent, input.now, rule) => {
                    match proposed(after) {
                        // Whoever looked, and says that it is not there, has it asked for again.
                        Verdict::Write(step) => Verdict::Gated(step, Reason::OutcomeUnknown),
                        objection => objection,
                    }
                }
                _ => flight::verdict(intent, input.now, rule),
            }
        }
        (_, None) => Verdict::InSync,
        (_, Some(after)) => proposed(after),
    };
    let due = renewed_at.filter(|_| verdict == Verdict::InSync);
    FieldPlan { field: wanted.field, entry: wanted.entry.clone(), verdict, live: Some(live_digest), due }
}

#[allow(clippy::too_many_arguments)] // One call, and every argument is a different fact.
fn step(
    input: &Input<'_>,
    object: &DesiredObject,
    target: &Target,
    wanted: &DesiredField,
    facts: &FieldFacts,
    (live, before_digest): (LiveSlot<'_>, Digest),
    after: Vec<Box<str>>,
    memory: Option<&FieldMemory>,
    cause: Option<Cause>,
) -> Result<Step, Verdict> {
    let renewed = !after.is_empty() && canonical::equal(facts.shape, &after, live.values);
    let (before, after): (Values, Values) = (live.values.into(), after.into());
    let expires = renewal::expires(facts, input.now).filter(|_| !after.is_empty());
    let after_digest = canonical::digest_until(wanted.field, facts.shape, &after, expires);
    let operation = match facts.writing {
        Writing::Set => Operation::Set { before, after },
        Writing::Entries { .. } if after.is_empty() => Operation::Remove { before },
        Writing::Entries { .. } => Operation::Add { before, after, expires },
        Writing::Create => Operation::Create { after, first: first_values(input, object, target.surface())? },
        Writing::Replace => match (surface::row(target.surface()).base)(input.observation, target) {
            Some(base) => Operation::Replace { base, before, after },
            None => return Err(unknown(&Unknown::NotRead)),
        },
    };
    let declared = wanted.digest();
    let was_so = memory.and_then(|memory| memory.declared) == declared;
    let slot = Slot { target: target.clone(), field: wanted.field, entry: wanted.entry.clone() };
    let digest = step_digest(input, &slot, &operation, (before_digest, after_digest));
    Ok(Step {
        slot,
        operation,
        before_digest,
        after_digest,
        // What ends by itself and is renewed was changed by nobody.
        cause: cause.unwrap_or(if was_so && !renewed { Cause::Drift } else { Cause::Declared }),
        risk: None,
        awaits: Arc::default(),
        from_secret: wanted.from_secret,
        declared,
        digest,
    })
}

/// What an object that comes into being is given at once: all of it, judged as what is written later, or it does not come into
/// being.
fn first_values(
    input: &Input<'_>,
    object: &DesiredObject,
    surface: Surface,
) -> Result<Box<[(Field, Values)]>, Verdict> {
    let is_first = surface::row(surface).is_first;
    let mut first = Vec::new();
    for wanted in object.fields.iter().filter(|wanted| is_first(wanted.field)) {
        let values = match &wanted.want {
            Want::Exact(values) | Want::Contains(values) => values,
            Want::Unresolved { reason, message } => return Err(Verdict::Blocked(*reason, message.to_string())),
            // Entries come one by one, once it is there.
            Want::Entries { .. } => continue,
        };
        let added: Vec<&str> = values.iter().map(|value| &**value).collect();
        let own = &input.tenant.own_domains;
        if let Some(objection) = lint::check(wanted.field, &added, wanted.inside_allowed, own, input.observation) {
            return Err(Verdict::Blocked(objection.reason, objection.message));
        }
        first.push((wanted.field, values.clone()));
    }
    Ok(first.into())
}

/// Identity of a step. Of a field that is set as a whole it is what it was in every version: approvals lie in people's
/// repositories.
fn step_digest(input: &Input<'_>, slot: &Slot, operation: &Operation, (before, after): (Digest, Digest)) -> Digest {
    let tenant = input.tenant.key.id;
    let id: &[u8] = match &slot.target {
        Target::Only(_) => tenant.as_bytes(),
        Target::Object(_, id) => id.as_bytes(),
        Target::Named(_, name) | Target::Absent(_, name) => name.as_bytes(),
    };
    let surface = slot.target.surface().as_str();
    let mut parts: Vec<&[u8]> = vec![
        tenant.as_bytes(),
        surface.as_bytes(),
        id,
        slot.field.path().as_bytes(),
        operation.as_str().as_bytes(),
        &before.0,
        &after.0,
    ];
    let mut more: Vec<Digest> = Vec::new();
    match operation {
        Operation::Create { first, .. } => more.extend(first.iter().map(|(field, values)| {
            let shape = field::facts(*field).map_or(Shape::Text, |facts| facts.shape);
            canonical::digest(*field, shape, values)
        })),
        Operation::Replace { base, .. } => more.push(*base),
        Operation::Set { .. } | Operation::Add { .. } | Operation::Remove { .. } => {}
    }
    parts.extend(slot.entry.iter().map(|entry| entry.as_bytes()));
    parts.extend(more.iter().map(|digest| digest.0.as_slice()));
    digest::of("step", parts)
}

/// The verdict on a value that differs: the first objection wins, in the order in which a person would raise them.
fn differing(
    input: &Input<'_>,
    wanted: &DesiredField,
    facts: &FieldFacts,
    memory: Option<&FieldMemory>,
    mut step: Step,
) -> Verdict {
    let row = surface::row(facts.surface);
    if let Some((reason, message)) = (row.objection)(input.observation, &step) {
        return Verdict::Blocked(reason, message);
    }
    let mut special = (row.risk)(input.observation, &step);
    let added: Vec<&str> = step
        .after()
        .iter()
        .filter(|value| !canonical::has(facts.shape, step.before(), value))
        .map(|value| &**value)
        .collect();
    if let Some(objection) =
        lint::check(wanted.field, &added, wanted.inside_allowed, &input.tenant.own_domains, input.observation)
    {
        return Verdict::Blocked(objection.reason, objection.message);
    }
    // What may not be written is judged no further: in Observe mode a difference is a healthy answer (design §5).
    if input.claimed || !input.tenant.enforce.contains(&facts.surface) {
        return Verdict::Observe(Box::new(step));
    }
    if let Some(id) = (row.account)(step.target()) {
        if gate::is_protected(input, id) {
            return blocked(Reason::ProtectedAccount, "the account is protected: it is never written".into());
        }
        if let Some(verdict) = synchronised(input, id, facts) {
            return verdict;
        }
        match privilege::of(id, input.observation) {
            Privilege::None => {}
            Privilege::Unknown(why) => {
                let message = format!("whether the account holds a directory role is not known: {why}");
                return blocked(why.reason(), message);
            }
            Privilege::Roles(roles) => {
                if let Some((reason, message)) =
                    privilege::objection(roles, input.observation.credential(facts.surface))
                {
                    return Verdict::Blocked(reason, message);
                }
                special = special.or(facts.recovery.then_some(Reason::PrivilegedRecoveryData));
            }
        }
    }
    if input.observation.allows(facts.surface, facts.write_permissions) == Some(false) {
        return blocked(
            Reason::PermissionMissing,
            format!("writing it takes the permission {}", permission::described(facts.write_permissions[0])),
        );
    }
    if let Some(reason) = refused(memory, &step, input) {
        return blocked(reason, "the tenant refused this value; it is not sent again".into());
    }
    if let Some(contest) = memory.and_then(|memory| memory.contest.as_ref()).filter(|contest| paused(contest, input)) {
        return blocked(
            Reason::Contested,
            format!(
                "corrected {} times in a row, and changed back each time; corrections are backed off",
                contest.corrections
            ),
        );
    }
    let outside = gains_outside(input, facts, step.cause, &added);
    step.risk = risk(input, facts, &step).or(special).or(outside);
    Verdict::Write(Box::new(step))
}

fn synchronised(input: &Input<'_>, id: uuid::Uuid, facts: &FieldFacts) -> Option<Verdict> {
    let attribute = facts.on_premises_attribute?;
    let account = input.observation.accounts.get(&id)?.present()?;
    match account.synchronised.known() {
        Ok(Some(true)) => Some(blocked(
            Reason::SynchronisedOnPremises,
            format!("the account is synchronised: change the attribute {attribute} in the on-premises directory"),
        )),
        Ok(_) => None,
        Err(why) => Some(blocked(why.reason(), format!("whether the account is synchronised is not known: {why}"))),
    }
}

fn risk(input: &Input<'_>, facts: &FieldFacts, step: &Step) -> Option<Reason> {
    let (before, after) = (step.before(), step.after());
    if matches!(facts.writing, Writing::Entries { .. }) {
        return None;
    }
    if after.is_empty() && !before.is_empty() {
        return Some(if facts.notices { Reason::EmptiesCategory } else { Reason::ClearsList });
    }
    let fewer = after.len() < before.len();
    let minimum = usize::try_from(input.tenant.minimum_recipients).unwrap_or(usize::MAX);
    (facts.notices && fewer && after.len() < minimum).then_some(Reason::BelowMinimumRecipients)
}

/// Whoever replaces the recipients of security notices takes the warnings away from those who would act on them. What was
/// declared before, approved and then undone by somebody is put back without another approval.
fn gains_outside(input: &Input<'_>, facts: &FieldFacts, cause: Cause, added: &[&str]) -> Option<Reason> {
    let own = &input.tenant.own_domains;
    let verified = input.observation.organization.verified_domains.present();
    // Where the tenant's domains are not known, only a declared one is certainly the organization's.
    let inside = |address: &str| {
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain).to_ascii_lowercase();
        lint::place(address, own, input.observation) == Place::Inside
            || verified.is_some_and(|verified| verified.contains(domain.as_str()))
    };
    let gains = facts.warnings && cause == Cause::Declared && added.iter().any(|address| !inside(address));
    gains.then_some(Reason::OutsideRecipient)
}

fn refused(memory: Option<&FieldMemory>, step: &Step, input: &Input<'_>) -> Option<Reason> {
    let refusal = memory?.refusal.as_ref().filter(|refusal| refusal.of == step.refused_digest())?;
    let for_permission = matches!(refusal.reason, Reason::PermissionMissing | Reason::DirectoryRoleMissing);
    let old = input.now.duration_since(refusal.at).as_secs() >= PERMISSION_RETRY_SECONDS;
    (!(for_permission && old)).then_some(refusal.reason)
}

fn paused(contest: &Contest, input: &Input<'_>) -> bool {
    if contest.corrections < CONTESTED_AFTER {
        return false;
    }
    let interval = i64::try_from(input.tenant.interval_seconds).unwrap_or(i64::MAX);
    let doublings = (contest.corrections - CONTESTED_AFTER + 1).min(30);
    let pause = interval.saturating_mul(1 << doublings).min(LONGEST_CONTEST_PAUSE_SECONDS);
    input.now.duration_since(contest.last).as_secs() < pause
}

pub(super) fn blocked(reason: Reason, message: String) -> Verdict {
    Verdict::Blocked(reason, message)
}

pub(super) fn unknown(why: &Unknown) -> Verdict {
    blocked(why.reason(), format!("the live value is not known: {why}"))
}

/// What is to be said of every slot of an object that was not found.
pub(super) fn failed(reason: Reason, message: &str) -> Verdict {
    match reason {
        // It was created a moment ago: what a replica does not show says nothing yet.
        Reason::AwaitingReplication => waiting(WaitingOn::Replication),
        _ => blocked(reason, message.into()),
    }
}

pub(super) fn waiting(on: WaitingOn) -> Verdict {
    Verdict::Waiting(Box::new(Waiting { on, step: None }))
}
