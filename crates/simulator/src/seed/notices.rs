//! The seed's `notices:` section: what Microsoft chooses recipients by and no API shows. Contract §5, §10.35.
//!
//! Invariant: nothing here is ever served; it is read by the notices' truth alone.

use serde::{Deserialize, Serialize};

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct NoticesSeed {
    /// Business emails. Each stays where it is when its account is disabled or deleted (DOMAIN A3).
    pub business_emails: Vec<BusinessEmailSeed>,
    /// Further addresses of the message centre.
    pub message_center: Vec<String>,
    /// "Notify all admins when other admins reset their password" is on.
    pub admins_are_told_of_resets: bool,
}

/// A business email.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BusinessEmailSeed {
    /// Sign-in name of the administrator; need not exist any more.
    pub user: String,
    /// The address.
    pub address: String,
}
