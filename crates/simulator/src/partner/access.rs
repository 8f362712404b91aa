//! Who may come to Partner Center, and what was answered lately.

use std::collections::BTreeSet;

use crate::graph::request::Answer;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct PartnerAccess {
    /// Client ids; none = every application of the tenant.
    pub(crate) applications: Option<BTreeSet<String>>,
    pub(crate) sign_ins: Vec<SignIn>,
    /// `MS-RequestId`, path and answer of the latest writes.
    pub(super) answered: Vec<(String, String, Answer)>,
}

/// A person who signed in with a second factor, kept as a refresh token ("App+User", Secure Application Model).
pub(crate) struct SignIn {
    pub(crate) refresh_token: String,
    pub(crate) user_id: String,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}
