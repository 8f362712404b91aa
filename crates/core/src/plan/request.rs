//! From steps to requests: one per object and permission, naming the differing fields and no other.

use tenant_contacts_api::{digest::Digest, field::Field};

use super::{Step, Target};
use crate::{field, model::Observation};

/// One request to the tenant, with nothing left to decide.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// What is changed.
    pub target: Target,
    /// The values to leave behind, per field.
    pub set: Vec<(Field, Box<[Box<str>]>)>,
    /// Values that travel along unchanged because the service keeps them in one property with a field of `set`: the live
    /// ones, so that nothing undeclared changes.
    pub carry: Vec<(Field, Box<[Box<str>]>)>,
    /// The steps it carries out: index of the object and digest.
    pub steps: Vec<(usize, Digest)>,
}

/// Without the values: they may be private, and a `{:?}` ends in logs.
impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let fields: Vec<Field> = self.set.iter().map(|(field, _)| *field).collect();
        f.debug_struct("Request").field("target", &self.target).field("set", &fields).finish_non_exhaustive()
    }
}

/// Fields that the service keeps in one property, which a write replaces as a whole (`privacyProfile`).
fn companion(field: Field) -> Option<Field> {
    match field {
        Field::PrivacyContact => Some(Field::PrivacyStatement),
        Field::PrivacyStatement => Some(Field::PrivacyContact),
        _ => None,
    }
}

/// Groups steps, which come in execution order, into requests. The order of first steps is kept.
pub fn requests<'a>(steps: impl IntoIterator<Item = (usize, &'a Step)>, observation: &Observation) -> Vec<Request> {
    let mut requests: Vec<Request> = Vec::new();
    let mut open: std::collections::BTreeMap<Target, Vec<usize>> = std::collections::BTreeMap::new();
    for (object, step) in steps {
        let mates = open.entry(step.target).or_default();
        let mate = mates.iter().copied().find(|&index| field::same_request(requests[index].set[0].0, step.field));
        let index = mate.unwrap_or_else(|| {
            requests.push(Request { target: step.target, set: Vec::new(), carry: Vec::new(), steps: Vec::new() });
            mates.push(requests.len() - 1);
            requests.len() - 1
        });
        requests[index].set.push((step.field, step.after.clone()));
        requests[index].steps.push((object, step.digest));
    }
    for request in &mut requests {
        let wanted = request.set.iter().filter_map(|(field, _)| companion(*field));
        request.carry = wanted
            .filter(|companion| request.set.iter().all(|(field, _)| field != companion))
            .filter_map(|companion| Some((companion, observation.organization.field(companion).ok()?.into())))
            .collect();
    }
    requests
}
