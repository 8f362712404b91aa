//! The organization. `[OU]`, `[OR]`: contract §5. Everything is returned by default; the rows are in `service.tsv`.
//!
//! With only `User.Read` every property but id, displayName and verifiedDomains is null. `[OU]`

use std::sync::LazyLock;

use super::{property::Schema, table::read};

/// See the module.
pub(crate) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| read("organization", "organization", &[]));
