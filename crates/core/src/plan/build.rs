//! One verdict per declared field.

use std::collections::BTreeSet;

use tenant_contacts_api::{
    digest::Digest,
    field::Field,
    memory::{Contest, FieldMemory},
    reason::Reason,
};

use super::{
    Cause, FieldPlan, Input, ObjectPlan, Plan, Resolution, Step, Target, Verdict,
    conflict::{self, Conflicts},
    difference, open,
    privilege::{self, Privilege},
    resolve::resolve,
    withdrawn::{self, Withdrawn},
};
use crate::{
    canonical,
    desired::{DesiredField, DesiredObject, Want},
    digest,
    field::{self, FieldFacts},
    gate,
    lint::{self, Place},
    model::Unknown,
    permission, release,
};

/// Graph's limit for `otherMails` (Update user).
const MOST_ALTERNATE_EMAILS: usize = 250;

/// Corrections of one field in a row before it counts as contested: one is an accident, two a misunderstanding.
const CONTESTED_AFTER: u32 = 3;

/// Longest pause between corrections of a contested field: a day, so that it is still seen daily.
const LONGEST_CONTEST_PAUSE_SECONDS: i64 = 86_400;

/// A refusal for want of a permission is tried again after an hour, since a grant shows in no event we see.
const PERMISSION_RETRY_SECONDS: i64 = 3_600;

/// Makes the plan.
pub fn plan(input: &Input<'_>) -> Plan {
    plan_again(input, Vec::new())
}

/// Makes the plan where the plans of some objects are known already: those that were quiet ([`super::is_quiet`]) and were
/// not touched since. `known` has an entry per object; where it ends, nothing more is known.
pub fn plan_again(input: &Input<'_>, mut known: Vec<Option<ObjectPlan>>) -> Plan {
    known.resize_with(input.objects.len(), || None);
    let mut open: Vec<bool> = known.iter().map(Option::is_none).collect();
    // What is planned begins as what its target is resolved to. Each list is made of the one before, in its place: a
    // fleet's plan is large.
    let resolved = |object: &DesiredObject| ObjectPlan {
        resolution: resolve(object, input.memory.get(&object.key), input.observation),
        fields: Vec::new(),
    };
    let parts = known.into_iter().enumerate();
    let parts: Vec<ObjectPlan> =
        parts.map(|(index, known)| known.unwrap_or_else(|| resolved(&input.objects[index]))).collect();
    let members = members(&parts, &open);
    let conflicts = conflict::find(input, &members);
    let taken_over = conflict::taken_over(input, &members);
    // What was quiet may have a rival now.
    for (index, _) in conflicts.keys() {
        open[*index] = true;
    }
    let planned = parts.into_iter().enumerate().map(|(index, part)| {
        if open[index] {
            object_plan(input, (&conflicts, &taken_over), index, &input.objects[index], part.resolution)
        } else {
            part
        }
    });
    let objects = planned.collect();
    gate::close(input, objects)
}

/// The objects among which rivals are looked for, with their targets: those that are planned, and those that share a target
/// with one of them. Two known ones are no rivals: one of them would not have been in sync.
fn members(parts: &[ObjectPlan], open: &[bool]) -> Vec<(usize, Target)> {
    let found = || parts.iter().enumerate().filter_map(|(index, part)| Some((index, part.resolution.target()?)));
    if open.iter().all(|open| *open) {
        return found().collect();
    }
    let targets: BTreeSet<Target> = found().filter(|(index, _)| open[*index]).map(|(_, target)| target).collect();
    found().filter(|(_, target)| targets.contains(target)).collect()
}

fn object_plan(
    input: &Input<'_>,
    (conflicts, taken_over): (&Conflicts, &BTreeSet<(Target, Field)>),
    index: usize,
    object: &DesiredObject,
    resolution: Resolution,
) -> ObjectPlan {
    let memory = input.memory.get(&object.key);
    let mut fields: Vec<FieldPlan> = Vec::with_capacity(object.fields.len());
    let declared = if object.removed { &[][..] } else { &object.fields[..] };
    for wanted in declared {
        let remembered = memory.and_then(|memory| memory.field(wanted.field));
        let (verdict, live) = match conflicts.get(&(index, wanted.field)) {
            Some(&other) => {
                (blocked(Reason::Conflict, format!("{} declares the same field", input.objects[other].key)), None)
            }
            None => judge(input, &resolution, wanted, remembered, None),
        };
        fields.push(FieldPlan { field: wanted.field, verdict, live });
    }
    for remembered in memory.iter().flat_map(|memory| &memory.fields) {
        if declared.iter().all(|wanted| wanted.field != remembered.field) {
            let (verdict, live) = withdraw(input, object, &resolution, taken_over, remembered);
            fields.push(FieldPlan { field: remembered.field, verdict, live });
        }
    }
    ObjectPlan { resolution, fields }
}

fn withdraw(
    input: &Input<'_>,
    object: &DesiredObject,
    resolution: &Resolution,
    taken_over: &BTreeSet<(Target, Field)>,
    remembered: &FieldMemory,
) -> (Verdict, Option<Digest>) {
    if !release::wants_original(object, remembered) {
        return (Verdict::Forget, None);
    }
    let (facts, target) = match (field::facts(remembered.field), resolution) {
        (Some(facts), Resolution::Found { target, .. }) => (facts, *target),
        // What cannot be looked up now may be restored later; what is gone needs no restoring.
        (Some(_), Resolution::Failed(reason, message)) if *reason != Reason::AccountNotFound => {
            return (Verdict::Blocked(*reason, message.clone()), None);
        }
        _ => return (Verdict::Forget, None),
    };
    let live = match live_values(input, target, remembered.field) {
        Ok(live) => live,
        Err(why) => return (unknown(why), None),
    };
    if let Some(intent) = &remembered.intent {
        return (open::verdict(intent, input.now), None);
    }
    // Restoring would only fight the object that declares it now.
    if taken_over.contains(&(target, remembered.field)) {
        return (Verdict::Forget, None);
    }
    match withdrawn::judge(remembered, &facts, live) {
        Withdrawn::Now(verdict) => (verdict, None),
        Withdrawn::Wanted(wanted, cause) => judge(input, resolution, &wanted, Some(remembered), Some(cause)),
    }
}

/// The verdict on one wanted value, and the digest of the live one.
fn judge(
    input: &Input<'_>,
    resolution: &Resolution,
    wanted: &DesiredField,
    memory: Option<&FieldMemory>,
    cause: Option<Cause>,
) -> (Verdict, Option<Digest>) {
    let Some(facts) = field::facts(wanted.field) else {
        return (blocked(Reason::Manual, "the field has no API".into()), None);
    };
    if let Want::Unresolved { reason, message } = &wanted.want {
        return (Verdict::Blocked(*reason, message.to_string()), None);
    }
    let target = match resolution {
        Resolution::Found { target, .. } => *target,
        Resolution::Failed(reason, message) => return (Verdict::Blocked(*reason, message.clone()), None),
    };
    let live = match live_values(input, target, wanted.field) {
        Ok(live) => live,
        Err(why) => return (unknown(why), None),
    };
    let live_digest = canonical::digest(wanted.field, facts.shape, live);
    let intent = memory.and_then(|memory| memory.intent.as_deref());
    let verdict = match (intent, difference::after(&wanted.want, facts.shape, live)) {
        (Some(intent), after) if !open::is_answered(intent, wanted, after.is_none(), input.now) => {
            open::verdict(intent, input.now)
        }
        (_, None) => Verdict::InSync,
        (_, Some(after)) => {
            let step = step(input, target, wanted, &facts, (live, live_digest), after, memory, cause);
            differing(input, wanted, &facts, memory, step)
        }
    };
    (verdict, Some(live_digest))
}

fn live_values<'a>(input: &'a Input<'_>, target: Target, field: Field) -> Result<&'a [Box<str>], &'a Unknown> {
    match target {
        Target::Organization => input.observation.organization.field(field),
        Target::Account(id) => match input.observation.accounts.get(&id) {
            Some(fact) => match fact.known()? {
                Some(account) => account.field(field),
                None => Err(&Unknown::NotRead),
            },
            None => Err(&Unknown::NotRead),
        },
    }
}

#[allow(clippy::too_many_arguments)] // One call, and every argument is a different fact.
fn step(
    input: &Input<'_>,
    target: Target,
    wanted: &DesiredField,
    facts: &FieldFacts,
    (live, before_digest): (&[Box<str>], Digest),
    after: Vec<Box<str>>,
    memory: Option<&FieldMemory>,
    cause: Option<Cause>,
) -> Step {
    let after_digest = canonical::digest(wanted.field, facts.shape, &after);
    let declared = declared_digest(wanted);
    let was_so = memory.and_then(|memory| memory.declared) == declared;
    let id = match target {
        Target::Organization => input.tenant.key.id,
        Target::Account(id) => id,
    };
    Step {
        target,
        field: wanted.field,
        before: live.into(),
        cause: cause.unwrap_or(if was_so { Cause::Drift } else { Cause::Declared }),
        risk: None,
        from_secret: wanted.from_secret,
        effect: facts.effect,
        declared,
        before_digest,
        after_digest,
        digest: digest::of(
            "step",
            [
                input.tenant.key.id.as_bytes().as_slice(),
                facts.surface.as_str().as_bytes(),
                id.as_bytes(),
                wanted.field.path().as_bytes(),
                if after.is_empty() { b"clear" } else { b"set" },
                &before_digest.0,
                &after_digest.0,
            ],
        ),
        after: after.into(),
    }
}

/// The verdict on a value that differs: the first objection wins, in the order in which a person would raise them.
fn differing(
    input: &Input<'_>,
    wanted: &DesiredField,
    facts: &FieldFacts,
    memory: Option<&FieldMemory>,
    mut step: Step,
) -> Verdict {
    if wanted.field == Field::AlternateEmails && step.after.len() > MOST_ALTERNATE_EMAILS {
        return blocked(
            Reason::InvalidSpec,
            format!(
                "together with the live values there would be {}, more than Graph's limit of {MOST_ALTERNATE_EMAILS}",
                step.after.len()
            ),
        );
    }
    let added: Vec<&str> = step
        .after
        .iter()
        .filter(|value| !canonical::has(facts.shape, &step.before, value))
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
    if let Target::Account(id) = step.target {
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
                step.risk = facts.recovery.then_some(Reason::PrivilegedRecoveryData);
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
    step.risk = risk(input, facts, &step).or(step.risk).or(outside);
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
    if step.after.is_empty() && !step.before.is_empty() {
        return Some(if facts.notices { Reason::EmptiesCategory } else { Reason::ClearsList });
    }
    let fewer = step.after.len() < step.before.len();
    let minimum = usize::try_from(input.tenant.minimum_recipients).unwrap_or(usize::MAX);
    (facts.notices && fewer && step.after.len() < minimum).then_some(Reason::BelowMinimumRecipients)
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
    let refusal = memory?.refusal.as_ref().filter(|refusal| refusal.of == step.after_digest)?;
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

/// Digest of what is wanted of a field, to tell drift from a changed declaration.
pub fn declared_digest(wanted: &DesiredField) -> Option<Digest> {
    let facts = field::facts(wanted.field)?;
    let (mode, values) = match &wanted.want {
        Want::Exact(values) => ("exact", values),
        Want::Contains(values) => ("contains", values),
        Want::Unresolved { .. } => return None,
    };
    let values = canonical::digest(wanted.field, facts.shape, values);
    Some(digest::of("declared", [mode.as_bytes(), &values.0]))
}

fn blocked(reason: Reason, message: String) -> Verdict {
    Verdict::Blocked(reason, message)
}

fn unknown(why: &Unknown) -> Verdict {
    blocked(why.reason(), format!("the live value is not known: {why}"))
}
