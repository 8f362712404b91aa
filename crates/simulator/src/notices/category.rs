//! The kinds of notices.

use serde::{Deserialize, Serialize};

/// A kind of notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum NoticeCategory {
    /// Somebody asks an administrator for a new password.
    PasswordResetRequest,
    /// An administrator reset their password.
    AdminPasswordChanged,
    /// Service and technical notices.
    ServiceAndTechnical,
    /// Security and compliance.
    SecurityAndCompliance,
    /// Privacy.
    Privacy,
    /// Marketing.
    Marketing,
    /// Invoices, payments.
    Billing,
    /// Verification of the partner's legal profile.
    PartnerVerification,
    /// The partner account.
    PartnerAccount,
    /// The partner's billing.
    PartnerBilling,
}

impl NoticeCategory {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::PasswordResetRequest,
        Self::AdminPasswordChanged,
        Self::ServiceAndTechnical,
        Self::SecurityAndCompliance,
        Self::Privacy,
        Self::Marketing,
        Self::Billing,
        Self::PartnerVerification,
        Self::PartnerAccount,
        Self::PartnerBilling,
    ];
}
