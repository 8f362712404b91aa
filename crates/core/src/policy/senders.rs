//! From where Microsoft sends mail that a partner must answer (DOMAIN E4): data, each entry with who says so.

use tenant_contacts_api::notice::Confidence;

/// A sender of verification mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The address, in lower case.
    pub address: &'static str,
    /// What it sends.
    pub sends: &'static str,
    /// Who says so: the title of a page of Microsoft's, or whose observation it is.
    pub by: &'static str,
    /// How well it is known.
    pub confidence: Confidence,
}

/// The senders. "Verify your account information when you enroll" asks to let all of microsoft.com through instead; a whole
/// domain is let through only with an explicit yes (DOMAIN E4), so it stands not here.
pub const VERIFICATION_SENDERS: &[Sender] = &[Sender {
    address: "maccount@microsoft.com",
    sends: "the mail that verifies the primary contact's address, with a link that holds for seven days",
    by: "Microsoft: Prepare your Microsoft Teams store submission, questions on account verification",
    confidence: Confidence::Documented,
}];

/// The domain that links in verification mail lead to, or lie below: Partner Center's. Which host exactly is not documented.
pub(super) const LINK_DOMAIN: &str = "microsoft.com";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e4_senders_are_single_addresses_in_lower_case_with_a_source() {
        for sender in VERIFICATION_SENDERS {
            assert_eq!(sender.address.to_lowercase(), sender.address);
            assert!(sender.address.contains('@') && !sender.address.starts_with('@'));
            let microsofts = sender.by.starts_with("Microsoft: ");
            assert_eq!(microsofts, sender.confidence == Confidence::Documented, "only Microsoft documents its senders");
        }
    }
}
