//! What was observed of a tenant, as plain data. Absent is not unknown (DESIGN §3).

mod account;
mod fact;
mod observation;

pub use account::Account;
pub use fact::{Fact, Unknown};
pub use observation::{Domain, Grants, Observation, OrganizationFacts, role};
