//! What a seed becomes.

use super::notices::NoticesSeed;
use crate::{auth::credentials::Application, partner::PartnerAccess, store::Store};

/// See the module.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) store: Store,
    pub(crate) tenant_id: String,
    /// Verified domain names, lower case.
    pub(crate) domains: Vec<String>,
    pub(crate) applications: Vec<Application>,
    pub(crate) help_desk_link: Option<String>,
    pub(crate) partner: PartnerAccess,
    pub(crate) notices: NoticesSeed,
}
