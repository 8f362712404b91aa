//! Text of the tenant that stands where an address should: whether it is one. Graph checks nothing that is written there
//! (contract §5), so this is asked before anything else is, in one place for routing, rules, exports and the worklist.
//!
//! Invariant: an entry is an address, or it has exactly one [`Flaw`]; what is no address is never judged by a domain.

use tenant_contacts_api::address::{AddressError, SmtpAddress};

/// Why an entry is no address. Says where, and never what is written: it may be private.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flaw {
    /// Nothing, or nothing but blanks.
    Empty,
    /// A character that nobody sees, and its place counted from 1.
    Invisible(char, usize),
    /// Several addresses in one entry.
    Several,
    /// A name beside the address, or angle brackets around it.
    DisplayName,
    /// `mailto:` or `smtp:` before it.
    Scheme,
    /// Blanks before or after it.
    Padded,
    /// A domain with letters beyond ASCII.
    UnicodeDomain,
    /// A character before the `@` that Exchange takes in no address, and its place counted from 1.
    Character(char, usize),
    /// Another shape.
    Shape(AddressError),
}

impl std::fmt::Display for Flaw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("it is empty"),
            Self::Invisible(c, at) => {
                write!(f, "character {at} is U+{:04X}, which nobody sees", u32::from(*c))
            }
            Self::Several => f.write_str("it holds several addresses, and each needs an entry of its own"),
            Self::DisplayName => f.write_str("it has a name or angle brackets around the address"),
            Self::Scheme => f.write_str("it begins with a scheme, as a link does"),
            Self::Padded => f.write_str("it has blanks around the address"),
            Self::UnicodeDomain => {
                f.write_str("its domain has letters beyond ASCII, where mail needs the form that begins with xn--")
            }
            Self::Character(c, at) => {
                write!(f, "character {at} is U+{:04X}, which Exchange takes in no address", u32::from(*c))
            }
            Self::Shape(error) => write!(f, "{error}"),
        }
    }
}

/// What is wrong with an entry; `None`: it is an address.
pub fn flaw(entry: &str) -> Option<Flaw> {
    let Err(error) = entry.parse::<SmtpAddress>() else { return None };
    if entry.trim().is_empty() {
        return Some(Flaw::Empty);
    }
    if let Some((at, c)) = (1..).zip(entry.chars()).find(|(_, c)| is_invisible(*c)) {
        return Some(Flaw::Invisible(c, at));
    }
    let bare = entry.trim();
    Some(if bare.matches('@').count() > 1 || bare.contains([';', ',']) {
        Flaw::Several
    } else if bare.contains(['<', '>', '"']) {
        Flaw::DisplayName
    } else if has_scheme(bare) {
        Flaw::Scheme
    } else if bare.len() < entry.len() && bare.parse::<SmtpAddress>().is_ok() {
        Flaw::Padded
    } else {
        let domain = bare.rsplit_once('@').map_or("", |(_, domain)| domain);
        match (1..).zip(entry.chars()).find(|(_, c)| !c.is_ascii()) {
            Some(_) if !domain.is_ascii() => Flaw::UnicodeDomain,
            Some((at, c)) => Flaw::Character(c, at),
            None => Flaw::Shape(error),
        }
    })
}

/// The entries of a list that are addresses.
pub fn addresses<'a>(entries: impl IntoIterator<Item = &'a Box<str>>) -> impl Iterator<Item = &'a str> {
    entries.into_iter().map(|entry| &**entry).filter(|entry| flaw(entry).is_none())
}

fn has_scheme(text: &str) -> bool {
    text.split_once(':')
        .is_some_and(|(scheme, _)| ["mailto", "smtp"].iter().any(|one| scheme.eq_ignore_ascii_case(one)))
}

/// Characters that take no place, or look like a blank and are none: what is copied from contacts and documents brings them.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{a0}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}'
            | '\u{3000}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a14_an_entry_is_an_address_or_has_one_flaw() {
        for fine in ["noc@contoso.com", "NOC+tag@Contoso.com", "o'brien@xn--bcher-kva.example"] {
            assert_eq!(flaw(fine), None, "{fine}");
        }
        for (entry, expected) in [
            ("", Flaw::Empty),
            (" \t ", Flaw::Empty),
            ("\u{a0}", Flaw::Empty),
            (" noc@contoso.com", Flaw::Padded),
            ("noc@contoso.com ", Flaw::Padded),
            ("noc@contoso.com\u{a0}", Flaw::Invisible('\u{a0}', 16)),
            ("no\u{200b}c@contoso.com", Flaw::Invisible('\u{200b}', 3)),
            ("\u{202a}noc@contoso.com\u{202c}", Flaw::Invisible('\u{202a}', 1)),
            ("noc@contoso.com\n", Flaw::Invisible('\n', 16)),
            ("noc@contoso.com;soc@contoso.com", Flaw::Several),
            ("noc@contoso.com, soc@contoso.com", Flaw::Several),
            ("noc@contoso.com soc@contoso.com", Flaw::Several),
            ("noc@contoso.com;", Flaw::Several),
            ("Noc <noc@contoso.com>", Flaw::DisplayName),
            ("<noc@contoso.com>", Flaw::DisplayName),
            ("mailto:noc@contoso.com", Flaw::Scheme),
            ("SMTP:noc@contoso.com", Flaw::Scheme),
            ("noc@b\u{fc}cher.example", Flaw::UnicodeDomain),
            ("m\u{fc}ller@contoso.com", Flaw::Character('\u{fc}', 2)),
            ("noc", Flaw::Shape(AddressError::Shape)),
            ("noc@contoso", Flaw::Shape(AddressError::Domain)),
            ("n oc@contoso.com", Flaw::Shape(AddressError::Local)),
        ] {
            assert_eq!(flaw(entry), Some(expected), "{entry:?}");
            assert!(!expected.to_string().contains("contoso"), "the words never tell the value");
        }
    }
}
