//! From steps to requests: one per object and permission, naming the differing fields and no other; what comes into being, and
//! entries, one by one.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tenant_contacts_api::{
    digest::Digest,
    field::{Field, Surface},
};

use crate::{
    digest, field,
    model::Observation,
    step::{Operation, Step, Target, Values},
    surface,
};

/// One request to the tenant, with nothing left to decide.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// What is changed.
    pub target: Target,
    /// How.
    pub change: Change,
    /// The steps it carries out: index of the object and digest.
    pub steps: Vec<(usize, Digest)>,
    /// The id under which the service takes it once, where it knows such ids. A repetition has the same.
    pub id: Option<Box<str>>,
}

/// What a request does.
#[derive(Clone, PartialEq, Eq)]
pub enum Change {
    /// Properties are set to whole values.
    Set {
        /// The values to leave behind, per field.
        set: Vec<(Field, Values)>,
        /// Values that travel along unchanged because the service keeps them in one property with a field of `set`: the live
        /// ones, so that nothing undeclared changes.
        carry: Vec<(Field, Values)>,
    },
    /// One entry comes, or is renewed.
    Add {
        /// The field.
        field: Field,
        /// Its key.
        entry: Box<str>,
        /// Its values.
        values: Values,
        /// When it ends by itself.
        expires: Option<Timestamp>,
        /// Whether it is there already, and is changed.
        present: bool,
    },
    /// One entry goes.
    Remove {
        /// The field.
        field: Field,
        /// Its key.
        entry: Box<str>,
    },
    /// The object comes into being.
    Create {
        /// The field that says that it is there.
        field: Field,
        /// Its first values.
        first: Box<[(Field, Values)]>,
    },
    /// A document is replaced as a whole.
    Replace {
        /// Digest of the document that was read: another one is not replaced.
        base: Digest,
        /// The members to change.
        members: Vec<(Field, Values)>,
    },
}

impl Request {
    /// The surface that it writes.
    pub fn surface(&self) -> Surface {
        self.target.surface()
    }

    /// The fields that it names.
    pub fn fields(&self) -> Vec<Field> {
        match &self.change {
            Change::Set { set, .. } => set.iter().map(|(field, _)| *field).collect(),
            Change::Add { field, .. } | Change::Remove { field, .. } | Change::Create { field, .. } => vec![*field],
            Change::Replace { members, .. } => members.iter().map(|(field, _)| *field).collect(),
        }
    }
}

/// Without the values: they may be private, and a `{:?}` ends in logs.
impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request").field("target", &self.target).field("fields", &self.fields()).finish_non_exhaustive()
    }
}

/// Groups steps, which come in execution order, into requests. The order of first steps is kept.
pub fn requests<'a>(
    steps: impl IntoIterator<Item = (usize, &'a Step)>,
    observation: &Observation,
    now: Timestamp,
) -> Vec<Request> {
    let mut requests: Vec<Request> = Vec::new();
    let mut open: BTreeMap<&Target, Vec<usize>> = BTreeMap::new();
    for (object, step) in steps {
        let mates = open.entry(step.target()).or_default();
        let mate = mates.iter().copied().find(|&index| takes(&mut requests[index].change, step));
        if let Some(index) = mate {
            requests[index].steps.push((object, step.digest));
        } else {
            let id = request_id(step, now);
            let steps = vec![(object, step.digest)];
            requests.push(Request { target: step.target().clone(), change: change(step), steps, id });
            mates.push(requests.len() - 1);
        }
    }
    for Request { target, change, .. } in &mut requests {
        let Change::Set { set, carry } = change else { continue };
        let companion = surface::row(target.surface()).companion;
        let wanted = set.iter().filter_map(|(field, _)| companion(*field));
        *carry = wanted
            .filter(|companion| set.iter().all(|(field, _)| field != companion))
            .filter_map(|companion| {
                let live = surface::live(observation, target, companion).ok()?;
                Some((companion, live.slot(None).values.into()))
            })
            .collect();
    }
    requests
}

/// Whether a request takes a step along; then it has it.
fn takes(change: &mut Change, step: &Step) -> bool {
    match (change, &step.operation) {
        (Change::Set { set, .. }, Operation::Set { after, .. })
            if set.first().is_some_and(|(field, _)| field::same_request(*field, step.field())) =>
        {
            set.push((step.field(), after.clone()));
            true
        }
        (Change::Replace { base, members }, Operation::Replace { base: read, after, .. })
            if base == read && members.iter().all(|(field, _)| field::same_request(*field, step.field())) =>
        {
            members.push((step.field(), after.clone()));
            true
        }
        _ => false,
    }
}

fn change(step: &Step) -> Change {
    let field = step.field();
    let entry = || step.slot.entry.clone().unwrap_or_default();
    match &step.operation {
        Operation::Set { after, .. } => Change::Set { set: vec![(field, after.clone())], carry: Vec::new() },
        Operation::Add { before, after, expires } => {
            Change::Add { field, entry: entry(), values: after.clone(), expires: *expires, present: !before.is_empty() }
        }
        Operation::Remove { .. } => Change::Remove { field, entry: entry() },
        Operation::Create { first, .. } => Change::Create { field, first: first.clone() },
        Operation::Replace { base, after, .. } => {
            Change::Replace { base: *base, members: vec![(field, after.clone())] }
        }
    }
}

/// An id of its own for each time that a step is planned to leave, for what services know by one. Shaped as a UUID, which is
/// what Partner Center takes (`MS-RequestId`).
fn request_id(step: &Step, now: Timestamp) -> Option<Box<str>> {
    let (Operation::Replace { .. } | Operation::Create { .. }) = step.operation else { return None };
    let digest = digest::of("request", [&step.digest.0[..], &now.as_nanosecond().to_be_bytes()]);
    Some(uuid::Builder::from_random_bytes(digest.0).into_uuid().to_string().into())
}
