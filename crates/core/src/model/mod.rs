//! What was observed of a tenant, as plain data. Absent is not unknown (DESIGN §3).

mod account;
mod fact;
mod observation;
mod tracked;

pub use account::Account;
pub use fact::{Fact, Unknown};
pub use observation::{Domain, Grants, Observation, OrganizationFacts, role};
pub use tracked::{Touched, Tracked};
