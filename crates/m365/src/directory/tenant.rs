//! A tenant's directory: which one it is, and the credentials that reach it.

use std::sync::Arc;

use tenant_contacts_api::field::Surface;
use uuid::Uuid;

use super::access::Access;
use crate::{clock::Clock, send::RetryPolicy};

/// A tenant's directory.
pub struct Directory {
    pub(super) accesses: Vec<Access>,
    pub(super) tenant: Uuid,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) policy: RetryPolicy,
}

impl Directory {
    /// The directory of `tenant`. `accesses` are its credentials, of which no two serve the same surface; `policy` is that of
    /// their senders.
    pub fn new(accesses: Vec<Access>, tenant: Uuid, clock: Arc<dyn Clock>, policy: RetryPolicy) -> Self {
        Self { accesses, tenant, clock, policy }
    }

    /// The place among the accesses of the one that serves a surface.
    pub(super) fn serving(&self, surface: Surface) -> Option<usize> {
        self.accesses.iter().position(|access| access.surfaces.contains(&surface))
    }
}
