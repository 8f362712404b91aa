//! What was observed of a tenant, as plain data. Absent is not unknown (design §3).

mod account;
mod credential;
mod fact;
mod observation;
pub mod role;
mod shared;
mod tracked;

pub use account::Account;
pub use credential::{CredentialFacts, Failure, Grants, reads_domains};
pub use fact::{Fact, Literal, ServiceFailure, Unknown};
pub use observation::{Domain, Observation, OrganizationFacts};
pub use shared::Shared;
pub use tracked::{Touched, Tracked};
