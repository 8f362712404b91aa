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
    /// Whether it names an account, as far as that is known: by its sign-in name, or by its object id.
    pub fn names(&self, name: Option<&str>, id: Option<Uuid>) -> bool {
        name.is_some_and(|name| name.eq_ignore_ascii_case(&self.user_principal_name))
            || (id.is_some() && self.object_id == id)
    }
}
