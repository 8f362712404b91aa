//! SMTP addresses as contact state uses them.
//!
//! Invariant: an [`SmtpAddress`] is well formed, bounded and compares without regard to case (DOMAIN D2: the case of an
//! address carries no meaning). Exchange accepts less than RFC 5321, so quoted local parts and address literals are refused.

use std::{fmt, str::FromStr};

/// Longest address accepted: RFC 5321's path limit of 256 octets less the angle brackets.
pub const MAX_ADDRESS_LENGTH: usize = 254;

/// Longest local part (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL_LENGTH: usize = 64;

/// The pattern that the API server checks addresses with; [`SmtpAddress::from_str`] is stricter in one thing: a pattern
/// cannot count to 64 across the dots of a local part.
pub const ADDRESS_PATTERN: &str = r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,62})*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])$";

/// Domains of the free-mail services that people commonly have a private address at, in lower case (DOMAIN F5). Not
/// complete, and it need not be: it catches what is certainly private.
pub const FREE_MAIL_DOMAINS: &[&str] = &[
    "aol.com",
    "fastmail.com",
    "free.fr",
    "freenet.de",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "gmx.de",
    "gmx.fr",
    "gmx.net",
    "googlemail.com",
    "hotmail.be",
    "hotmail.ca",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.com.br",
    "hotmail.de",
    "hotmail.es",
    "hotmail.fr",
    "hotmail.it",
    "hotmail.nl",
    "icloud.com",
    "laposte.net",
    "libero.it",
    "live.ca",
    "live.co.uk",
    "live.com",
    "live.com.au",
    "live.de",
    "live.fr",
    "live.it",
    "live.nl",
    "mac.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "naver.com",
    "orange.fr",
    "outlook.com",
    "outlook.com.br",
    "outlook.de",
    "outlook.es",
    "outlook.fr",
    "outlook.it",
    "outlook.jp",
    "pm.me",
    "proton.me",
    "protonmail.ch",
    "protonmail.com",
    "qq.com",
    "163.com",
    "t-online.de",
    "web.de",
    "yahoo.ca",
    "yahoo.co.in",
    "yahoo.co.jp",
    "yahoo.co.uk",
    "yahoo.com",
    "yahoo.com.au",
    "yahoo.com.br",
    "yahoo.de",
    "yahoo.es",
    "yahoo.fr",
    "yahoo.in",
    "yahoo.it",
    "yandex.com",
    "yandex.ru",
    "ymail.com",
    "zoho.com",
];

/// A well-formed address. Keeps the case it was written in; compares, hashes and orders without it.
#[derive(Clone)]
pub struct SmtpAddress(Box<str>);

/// Why a text is not an address that Microsoft 365 would take. Never carries the text: it may be private.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum AddressError {
    /// Longer than [`MAX_ADDRESS_LENGTH`].
    #[error("an address has at most 254 characters")]
    TooLong,
    /// Not exactly one `@` with something on both sides.
    #[error("an address has one '@' with a local part before it and a domain after it")]
    Shape,
    /// The local part has a character, a dot position or a length that Exchange does not take.
    #[error("the part before '@' has a character, a leading, trailing or double dot, or a length that is not allowed")]
    Local,
    /// The domain is not at least two labels of letters, digits and inner hyphens.
    #[error("the part after '@' is not a domain name of at least two labels")]
    Domain,
}

impl SmtpAddress {
    /// The address as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The domain, as written.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Whether the address lies in `domain` itself (not in a subdomain of it), without regard to case.
    pub fn is_in(&self, domain: &str) -> bool {
        self.domain().eq_ignore_ascii_case(domain)
    }
}

impl FromStr for SmtpAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        if text.len() > MAX_ADDRESS_LENGTH {
            return Err(AddressError::TooLong);
        }
        let (local, domain) = text.split_once('@').ok_or(AddressError::Shape)?;
        if local.is_empty() || domain.is_empty() || domain.contains('@') {
            return Err(AddressError::Shape);
        }
        let local_ok = local.len() <= MAX_LOCAL_LENGTH
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && local.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~.-".contains(&b));
        if !local_ok {
            return Err(AddressError::Local);
        }
        let label_ok = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        let top = domain.rsplit('.').next().unwrap_or_default();
        if !domain.contains('.') || top.len() < 2 || !domain.split('.').all(label_ok) {
            return Err(AddressError::Domain);
        }
        Ok(Self(text.into()))
    }
}

impl PartialEq for SmtpAddress {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}
impl Eq for SmtpAddress {}
impl PartialOrd for SmtpAddress {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for SmtpAddress {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let lower = |text: &'_ str| text.bytes().map(|b| b.to_ascii_lowercase()).collect::<Vec<_>>();
        lower(&self.0).cmp(&lower(&other.0))
    }
}
impl std::hash::Hash for SmtpAddress {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        for byte in self.0.bytes() {
            byte.to_ascii_lowercase().hash(state);
        }
    }
}

/// Shows the domain only: a whole address must not reach a log by way of `{:?}`.
impl fmt::Debug for SmtpAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SmtpAddress(…@{})", self.domain())
    }
}

/// Masks an address for a place that others read: first letter and domain stay.
pub fn mask(address: &str) -> String {
    match address.split_once('@') {
        Some((local, domain)) => {
            let first: String = local.chars().take(1).collect();
            format!("{first}***@{domain}")
        }
        None => mask_text(address),
    }
}

/// Masks any other private value, a phone number say: the last two characters stay, so that a person who knows the
/// value recognises it.
pub fn mask_text(text: &str) -> String {
    let count = text.chars().count();
    // Under six characters two of them would give too much away.
    let tail: String = if count < 6 { String::new() } else { text.chars().skip(count - 2).collect() };
    format!("***{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d2_case_of_an_address_carries_no_meaning() {
        let a: SmtpAddress = "NOC@Contoso.com".parse().unwrap();
        let b: SmtpAddress = "noc@contoso.COM".parse().unwrap();
        assert_eq!(a, b);
        assert_eq!(a.as_str(), "NOC@Contoso.com", "the case written is kept");
    }

    #[test]
    fn refuses_what_exchange_refuses() {
        for (text, why) in [
            ("", AddressError::Shape),
            ("noc", AddressError::Shape),
            ("@contoso.com", AddressError::Shape),
            ("a@b@contoso.com", AddressError::Shape),
            (".a@contoso.com", AddressError::Local),
            ("a..b@contoso.com", AddressError::Local),
            ("a b@contoso.com", AddressError::Local),
            ("ä@contoso.com", AddressError::Local),
            ("a@contoso", AddressError::Domain),
            ("a@-contoso.com", AddressError::Domain),
            ("a@contoso..com", AddressError::Domain),
            ("a@contoso.c", AddressError::Domain),
        ] {
            assert_eq!(text.parse::<SmtpAddress>().unwrap_err(), why, "{text}");
        }
        let long = format!("{}@contoso.com", "a".repeat(250));
        assert_eq!(long.parse::<SmtpAddress>().unwrap_err(), AddressError::TooLong);
    }

    #[test]
    fn debug_and_masks_hide_the_person() {
        let a: SmtpAddress = "jane.doe@fabrikam.com".parse().unwrap();
        assert!(!format!("{a:?}").contains("jane"));
        assert_eq!(mask("jane.doe@fabrikam.com"), "j***@fabrikam.com");
        assert_eq!(mask_text("+1 4255550100"), "***00");
        assert_eq!(mask_text("1234"), "***");
    }
}
