//! How an object names an Entra account.

use kube::KubeSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Names an Entra account. The object id is the truth; without it the name is resolved once and the id remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccountRef {
    /// Sign-in name (user principal name). Only read, never written (DOMAIN D7), and not the mail address.
    #[schemars(length(min = 3, max = 1024), regex(pattern = super::patterns::SIGN_IN_NAME))]
    pub user_principal_name: String,
    /// Entra object id. When given, an account of that name with another id is refused; giving a new id is how a changed
    /// identity is accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", regex(pattern = super::patterns::UUID))]
    pub object_id: Option<Uuid>,
}

impl AccountRef {
    /// Whether both may name one account: by name, or by id.
    pub fn may_be(&self, other: &Self) -> bool {
        self.user_principal_name.eq_ignore_ascii_case(&other.user_principal_name)
            || (self.object_id.is_some() && self.object_id == other.object_id)
    }
}
