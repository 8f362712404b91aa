//! What was observed of a tenant, as plain data. Absent is not unknown (design §3).

mod account;
mod credential;
mod entry;
mod fact;
mod observation;
#[cfg(feature = "rehearsal")]
mod rehearsal;
pub mod role;
mod shared;
mod tracked;

pub use account::{Account, ObservedAccount};
pub use credential::{CredentialFacts, Failure, Grants, reads_domains};
pub use entry::{Entries, Entry};
pub use fact::{Fact, Literal, ServiceFailure, Unknown};
pub use observation::{Domain, Observation, OrganizationFacts};
#[cfg(feature = "rehearsal")]
pub use rehearsal::{Thing, Things};
pub use shared::Shared;
pub use tracked::{Touched, Tracked};
