//! What the world outside a tenant says of the addresses that its notices go to: who takes a domain's mail, by DNS.
//!
//! Nothing here is asked unless somebody switched it on: a question tells a DNS server which domains a tenant writes to.
//!
//! Invariant: a domain takes no mail only if a server that knows said so. A failure, silence, or an answer that makes no sense
//! is unknown, and never "no". What is asked may come from anybody who can set a forwarding address: only domain names are
//! asked, time and questions under way are bounded, and no domain appears in an error, in `Debug` or in a log. This crate knows
//! neither Kubernetes nor policy.

mod failure;
mod name;
mod query;
mod resolver;
mod servers;
mod wire;

use futures::future::BoxFuture;
use tenant_contacts_core::{landscape, model::Fact};

pub use resolver::Resolver;
pub use servers::ServersError;

/// Says who takes the mail of domains (DOMAIN E4, F5).
pub trait MailExchangers: Send + Sync {
    /// The hosts in a domain's MX records (RFC 5321, 5.1; RFC 7505). Present is no promise that one can be reached: that takes a
    /// message. Absent: the domain takes no mail.
    fn hosts<'a>(&'a self, domain: &'a str) -> BoxFuture<'a, Fact<landscape::MailExchangers>>;

    /// A new survey begins: what was heard for an earlier one, failures included, counts no longer.
    fn forget(&self);
}
