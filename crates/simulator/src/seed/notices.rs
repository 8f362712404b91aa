//! The seed's `notices:` section: what Microsoft chooses recipients by and no API shows. Contract §5, §10.35.
//!
//! Invariant: nothing here is ever served; it is read by the notices' truth alone.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{error::SeedError, exchange::moment};
use crate::{mailflow::Verdict, notices::NoticeCategory};

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
    /// Notices that Microsoft has sent. They leave their marks in message trace and quarantine, as the tenant's mail flow is at
    /// the start.
    pub sent: Vec<SentSeed>,
}

/// A notice that Microsoft has sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SentSeed {
    /// What kind: it went to whom Microsoft chooses for it.
    #[serde(default)]
    pub category: Option<NoticeCategory>,
    /// Addresses that it went to beside those.
    #[serde(default)]
    pub to: Vec<String>,
    /// The sender's address.
    pub from: String,
    /// When: RFC 3339, or relative to the start (`-3d`).
    pub at: String,
    /// Subject.
    #[serde(default)]
    pub subject: String,
    /// What the spam filter thought of it.
    #[serde(default)]
    pub verdict: Verdict,
}

/// With absolute times.
pub(super) fn resolve(mut seed: NoticesSeed, now: Timestamp) -> Result<NoticesSeed, SeedError> {
    for (index, sent) in seed.sent.iter_mut().enumerate() {
        sent.at = moment(now, &format!("notices.sent[{index}].at"), &sent.at)?;
    }
    Ok(seed)
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
