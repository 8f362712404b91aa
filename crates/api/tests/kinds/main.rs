//! The kinds as people write them and as a cluster serves them: reading manifests, rules, definitions, and the pages about them.

#![allow(clippy::unwrap_used, clippy::panic)] // a test fails by panicking, its helpers as well

mod crd_quality;
mod docs;
mod hostile;
mod neighbours;
mod policies;
mod rules;
mod trusted_senders;
