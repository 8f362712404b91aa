//! One row per surface: everything that planning has to know of it. Planning and the engine know no surface by name.
//!
//! A row answers where a declared object is in the tenant, where the live value of a slot is and when it was read, what only
//! this surface objects to, what travels along with a write, what the tenant as a whole would look like after a step, and how
//! sure reads make us. Behind it stands a port that reads and writes (`m365`).

mod organization;
#[cfg(feature = "rehearsal")]
mod rehearsal;
mod report;
mod row;
mod users;

use tenant_contacts_api::{
    field::{Field, Surface},
    memory::Memory,
};

pub use row::{Live, LiveSlot, Row};
pub use users::RENAMED;

use crate::{
    desired::{DesiredObject, DesiredTarget},
    field,
    flight::{self, Replication},
    landscape::Landscape,
    model::{Observation, Unknown},
    step::{Resolution, Step, Target},
};

/// The row of a surface. A surface without one does not compile.
pub fn row(surface: Surface) -> &'static Row {
    match surface {
        Surface::Organization => &organization::ROW,
        Surface::Users => &users::ROW,
        Surface::Report => &report::ROW,
        #[cfg(feature = "rehearsal")]
        Surface::Rehearsal => &rehearsal::ROW,
    }
}

/// Resolves an object's target.
pub fn resolve(object: &DesiredObject, memory: Option<&Memory>, observation: &Observation) -> Resolution {
    let Some(surface) = object.target.surface() else {
        return Resolution::Found { target: Target::ORGANIZATION, renamed: false };
    };
    // What was read of the surface before says nothing while its credential is of no use.
    if let Some((reason, message)) = observation.out_of_reach(surface) {
        return Resolution::Failed(reason, message);
    }
    (row(surface).resolve)(object, memory, observation)
}

/// The live value of a slot.
pub fn live<'a>(observation: &'a Observation, target: &Target, field: Field) -> Result<Live<'a>, &'a Unknown> {
    (row(target.surface()).live)(observation, target, field)
}

/// How sure reads of a surface make us.
pub fn replication(surface: Surface) -> Replication {
    row(surface).replication
}

/// The same of what a field is on. A field without an API is never in flight.
pub fn replication_of(field: Field) -> Replication {
    field::facts(field).map_or(flight::GRAPH, |facts| replication(facts.surface))
}

/// What stands for an object of which nothing but memory is left. What remembers no field has nothing to put back.
pub fn orphan(memory: &Memory) -> DesiredTarget {
    let facts = memory.fields.iter().find_map(|remembered| field::facts(remembered.field));
    facts.map_or_else(|| DesiredTarget::Gateways([].into()), |facts| (row(facts.surface).orphan)(memory))
}

/// Whether a step may change who receives a notice.
pub fn matters(step: &Step, observation: &Observation, landscape: Option<&Landscape>) -> bool {
    (row(step.target().surface()).matters)(step, observation, landscape)
}
