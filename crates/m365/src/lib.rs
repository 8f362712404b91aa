//! Microsoft 365 over HTTP: who we are (`auth`), how a request leaves (`transport`, `send`), how Microsoft Graph is
//! read and written (`graph`), how Exchange Online's administration interface (`exchange`), Partner Center (`partner`) and
//! Azure billing (`billing`) are read, how fast that may go (`budget`), who hears of
//! every request (`observe`), the tenant's directory as the engine sees it
//! (`directory`), and the whole tenant (`survey`).
//!
//! Invariant: this crate knows nothing of Kubernetes, manifests or policy. Everything a service answers is treated as
//! hostile: sizes are bounded, links never leave the service's own host, nothing panics. No secret, token or mail
//! address appears in the `Display` or `Debug` of anything here that can be logged.

pub mod auth;
pub mod billing;
pub mod budget;
pub mod clock;
pub mod cloud;
pub mod directory;
pub mod exchange;
pub mod graph;
pub mod net;
mod object;
pub mod observe;
pub mod partner;
pub mod ports;
pub mod random;
pub mod send;
pub mod survey;
pub mod transport;
mod weighed;

#[cfg(test)]
mod testing;
