//! What the directory knows a place by.

use uuid::Uuid;

/// See the module.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// Object id in the directory; of a role its template id, which a built-in role has in every tenant.
    pub object_id: Option<Uuid>,
    /// Sign-in name of the account. Private.
    pub user_principal_name: Option<Box<str>>,
}

/// The id only.
impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("object_id", &self.object_id).finish_non_exhaustive()
    }
}
