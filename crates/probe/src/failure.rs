//! Why it is not known whether a domain takes mail.

use tenant_contacts_core::model::Unknown;

/// Why DNS did not tell. Never names the domain: whoever shows the reason knows what it asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The text is no domain name, and was not asked.
    NotAName,
    /// Nothing came back in time.
    Silent,
    /// The server could not be reached, or hung up.
    Unreachable,
    /// The server says that it failed, or that it will not answer.
    Refused,
    /// The answer is not one to the question, or not a DNS message.
    Garbled,
    /// The server does not look up the names of others: a referral, or neither the authority nor recursion.
    NotResolving,
    /// An alias of an alias, and so on: in circles, or too many.
    Aliases,
}

impl Failure {
    /// As the landscape says it: completes "… could not be read".
    pub(crate) fn unknown(self) -> Unknown {
        Unknown::ReadFailed(
            match self {
                Self::NotAName => "the mail exchanger of a domain (its name is not one that DNS can be asked for)",
                Self::Silent => "the mail exchanger of a domain (no DNS server answered in time)",
                Self::Unreachable => "the mail exchanger of a domain (no DNS server could be reached)",
                Self::Refused => "the mail exchanger of a domain (the DNS server reported a failure)",
                Self::Garbled => "the mail exchanger of a domain (the DNS server's answer made no sense)",
                Self::NotResolving => {
                    "the mail exchanger of a domain (the DNS server does not look up names that are not its own)"
                }
                Self::Aliases => "the mail exchanger of a domain (its aliases in DNS lead nowhere)",
            }
            .into(),
        )
    }

    /// Whether the server said nothing at all, as one does that is not there.
    pub(crate) fn is_no_answer(self) -> bool {
        match self {
            Self::Silent | Self::Unreachable => true,
            Self::NotAName | Self::Refused | Self::Garbled | Self::NotResolving | Self::Aliases => false,
        }
    }
}
