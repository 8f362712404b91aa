//! The names that DNS is asked for.

use domain::base::Name;
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use tenant_contacts_api::address::SmtpAddress;

/// Longest text that is looked at. A name has 253 characters in DNS (RFC 1035, 2.3.4); one of other scripts is shorter there
/// than four times that in UTF-8.
const LONGEST_TEXT: usize = 1_024;

/// A domain that may be asked: its name in ASCII and lower case, and as DNS writes it. Always absolute, so that no search
/// list of this machine turns it into another name.
pub(crate) struct Asked {
    /// In ASCII and lower case.
    pub(crate) text: Box<str>,
    /// As DNS writes it.
    pub(crate) name: Name<Vec<u8>>,
}

/// Reads the domain of an address: of any script (UTS 46), and one that an address may have
/// ([`ADDRESS_PATTERN`](tenant_contacts_api::address::ADDRESS_PATTERN)). `None` for everything else: a single label, an IP
/// address, characters that no host has.
pub(crate) fn asked(domain: &str) -> Option<Asked> {
    if domain.len() > LONGEST_TEXT {
        return None;
    }
    let ascii = Uts46::new()
        .to_ascii(domain.trim().as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify)
        .ok()?;
    // What the domain of an address may be is said in one place.
    format!("a@{ascii}").parse::<SmtpAddress>().ok()?;
    // Four numbers are an address of a host and no name; there is no top level of digits (RFC 3696, 2).
    if ascii.rsplit('.').next()?.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let name = Name::from_chars(ascii.chars()).ok()?;
    Some(Asked { text: ascii.into(), name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_an_address_may_have_as_its_domain_is_asked() {
        for (text, expected) in [
            ("fabrikam.com", "fabrikam.com"),
            ("Mail.Fabrikam.COM", "mail.fabrikam.com"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("r3---sn.example", "r3---sn.example"),
        ] {
            let asked = asked(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(&*asked.text, expected);
            assert_eq!(asked.name.to_string(), expected);
        }
        let label = "a".repeat(64);
        let many = vec!["a".repeat(63); 5].join(".");
        for text in [
            "",
            ".",
            "com",
            "fabrikam.com.",
            "fabrikam..com",
            "-fabrikam.com",
            "fabrikam-.com",
            "fabri kam.com",
            "fabrikam.com/mx",
            "fabri_kam.com",
            "fabrikam.c",
            "%66abrikam.com",
            "10.0.0.1",
            "[10.0.0.1]",
            "2001:db8::1",
            "fabrikam.com\0",
            "a@fabrikam.com",
            r"fabri\.kam.com",
            &format!("{label}.com"),
            &many,
            &"a.".repeat(100_000),
        ] {
            assert!(asked(text).is_none(), "{text:?}");
        }
    }
}
